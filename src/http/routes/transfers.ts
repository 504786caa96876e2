/** Transfers: proposals, what was made of them, each step and each part under the version it saw. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { money, toDecimal } from '../../domain/money.ts';
import { rejectedUnits, type Move, type RejectReason } from '../../domain/replenishment/transfer-moves.ts';
import { stepRefusal, TRANSFER_STEPS, type TransferStepName } from '../../domain/replenishment/transfer-steps.ts';
import { positions } from '../../store/planning.ts';
import type { StoreRow } from '../../store/stores.ts';
import { proposalPage, proposalTotals, type ProposalRow } from '../../store/transfer-proposals.ts';
import { askTransfer, changeDraft, findTransfer, makeTransfer, saveTransferSettings, transferCounts, transferLines, transferMoves, transferOfKey, transferPage, transferSettings, type MoveRow, type TransferLineRow, type TransferRow as Row } from '../../store/transfers.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { ProposalPage, ProposalQuery, ShipmentBody, TransferBody, TransferDetail, TransferLinesBody, TransferPage, TransferQuery, TransferReceiptBody, TransferSettings, TransferSettingsBody, TransferStepBody, type TransferProposal, type TransferRow, type TRANSFER_VIEWS } from '../contract-transfers.ts';
import { csv } from '../csv.ts';
import { cut, decodeParts, encodeParts } from '../cursor.ts';
import { storeOf } from '../store-scope.ts';

const VIEWS: Record<(typeof TRANSFER_VIEWS)[number], readonly string[] | null> = { open: ['draft', 'ready', 'in transit'], ready: ['ready'], 'in transit': ['in transit'], refused: ['draft', 'ready', 'in transit'], over: ['received', 'cancelled'], all: null };

const proposalView = (r: ProposalRow): Of<typeof TransferProposal> => ({ itemId: r.item_id, sku: r.sku, title: r.title, fromLocationId: r.from_location_id, fromName: r.from_location, toLocationId: r.to_location_id, toName: r.to_location, quantity: r.quantity, gain: Number(r.gain), worth: r.detail, warehouse: r.warehouse });
const rowView = (r: Row): Of<typeof TransferRow> => ({
  transferId: r.transfer_id, reference: r.reference, fromLocationId: r.from_location_id, fromName: r.from_location, toLocationId: r.to_location_id, toName: r.to_location, state: r.state, asked: r.asked, refused: r.refused, message: r.message, reason: r.reason, shopifyTransferId: r.shopify_transfer_id,
  lines: r.lines, units: r.units, shipped: r.shipped, received: r.received, rejected: r.rejected, version: r.version, createdAt: r.created_at, createdBy: r.created_by, updatedAt: r.updated_at,
});
const figures = (r: Row): { left: number; coming: number } => ({ left: r.units - r.shipped, coming: r.shipped - r.received - r.rejected });
const partView = ({ move, state, message, note, made_at: madeAt, made_by: madeBy }: MoveRow): Of<typeof TransferDetail>['parts'][number] => {
  const rejected = new Map<RejectReason, number>();
  if (move.kind === 'receive') for (const part of move.lines.flatMap((line) => line.rejected)) rejected.set(part.reason, (rejected.get(part.reason) ?? 0) + part.quantity);
  return { kind: move.kind, state, message, note, madeAt, madeBy, units: move.kind === 'receive' ? move.lines.reduce((sum, line) => sum + line.accepted, 0) : move.lines.reduce((sum, line) => sum + line.quantity, 0), rejected: [...rejected].map(([reason, quantity]) => ({ reason, quantity })) };
};
const CANNOT: Record<TransferStepName, string> = { create: 'made', change: 'changed', ship: 'shipped', receive: 'received', cancel: 'cancelled' };

export function transferRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), querystring = z.object({ store: z.coerce.number() }), params = z.object({ transferId: z.coerce.number().int().min(1).max(2 ** 31 - 1) }), now = (): string => house.clock.now().toISOString();
  const found = async (storeId: number, id: number): Promise<Row> => {
    const row = await findTransfer(house.db, storeId, id);
    if (!row) throw new Refusal(404, `There is no transfer ${id}`);
    return row;
  };
  const detail = async (storeId: number, id: number): Promise<Of<typeof TransferDetail>> => {
    const row = await found(storeId, id), lines = await transferLines(house.db, storeId, id), free = await freeFor(storeId, row, lines), itemOf = new Map(lines.map((line) => [line.inventory_item_id, line.item_id]));
    return {
      ...rowView(row), may: TRANSFER_STEPS.filter((step) => row.asked !== step && stepRefusal(row.state, row.asked, step, figures(row)) === null),
      items: lines.map((line) => ({ itemId: line.item_id, sku: line.sku, barcode: line.barcode, title: line.title, quantity: line.quantity, shipped: line.shipped, received: line.received, rejected: line.rejected, free: free.get(line.item_id)!, worth: line.detail })),
      shipments: row.shipments.map((one) => ({ shipmentId: one.id, name: one.name, status: one.status, lines: one.lines.flatMap((line) => { const itemId = itemOf.get(line.inventoryItemId); return itemId === undefined ? [] : [{ itemId, quantity: line.quantity, accepted: line.accepted, rejected: line.rejected }]; }) })),
      parts: (await transferMoves(house.db, storeId, id, 50)).map(partView),
    };
  };
  /** What each line may have in all: what stands free at the origin, and what is set aside for it there. */
  const freeFor = async (storeId: number, row: Row, lines: readonly TransferLineRow[]): Promise<Map<number, number>> => {
    const stock = await positions(house.db, storeId, lines.map((line) => line.item_id)), holds = row.state === 'draft' || row.state === 'ready';
    return new Map(lines.map((line) => [line.item_id, Math.max(0, (stock.get(`${line.item_id}@${row.from_location_id}`)?.available ?? 0) + (holds ? line.quantity : 0))]));
  };

  api.get('/api/v1/transfers/proposals', { schema: { tags: ['transfers'], summary: 'Units worth more elsewhere than where they stand, the most gain first', querystring: ProposalQuery, response: { 200: ProposalPage } } }, async (request) => {
    const { store_id: storeId } = await storeOf(house.db, request.query.store), { limit, cursor, q, from, to, told } = request.query, offset = decodeParts<[number]>(cursor, ['number'])?.[0] ?? 0, filter = { q, from, to, told, offset, limit: limit + 1 };
    const rows = await proposalPage(house.db, storeId, filter), { computed_at: computedAt, ...totals } = await proposalTotals(house.db, storeId, filter);
    return { rows: rows.slice(0, limit).map(proposalView), nextCursor: rows.length > limit ? encodeParts(offset + limit) : null, totals: { ...totals, gain: Number(totals.gain) }, computedAt };
  });
  api.get('/api/v1/transfers/proposals.csv', { schema: { tags: ['transfers'], summary: 'The filtered proposals as CSV', querystring: ProposalQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), { q, from, to, told } = request.query, amount = (minor: number): string => toDecimal(money(minor, store.currency));
    return csv(reply, `transfer-proposals-${store.shop_domain}`, ['SKU', 'Title', 'From', 'Available there', 'To', 'Available here', 'Incoming here', 'Units', `Gain (${store.currency})`, 'Last unit worth at destination', 'Last unit worth at origin', 'Moved by', 'Code there'],
      (await proposalPage(house.db, store.store_id, { q, from, to, told, offset: 0, limit: 50_000 })).map((r) => [r.sku, r.title, r.from_location, r.detail.here, r.to_location, r.detail.there, r.detail.thereIncoming, r.quantity, amount(Number(r.gain)), amount(r.detail.lastThere), amount(r.detail.lastHere), r.warehouse ?? 'a transfer in Shopify', r.warehouse_code]));
  });

  api.get('/api/v1/transfers', { schema: { tags: ['transfers'], summary: 'Transfers, newest first', querystring: TransferQuery, response: { 200: TransferPage } } }, async (request) => {
    const { store_id: storeId } = await storeOf(house.db, request.query.store), { view, q, limit, cursor } = request.query;
    const { page, nextCursor } = cut(await transferPage(house.db, storeId, { states: VIEWS[view], refused: view === 'refused', q: q ?? null, before: decodeParts<[number]>(cursor, ['number'])?.[0] ?? null, limit: limit + 1 }), limit, (row) => [row.transfer_id]);
    const states = await transferCounts(house.db, storeId);
    return { rows: page.map(rowView), nextCursor, counts: Object.fromEntries(Object.entries(VIEWS).map(([name, of]) => [name, name === 'refused' ? states['refused'] ?? 0 : Object.entries(states).reduce((sum, [state, n]) => sum + (state !== 'refused' && (of === null || of.includes(state)) ? n : 0), 0)])) };
  });
  api.get('/api/v1/transfers.csv', { schema: { tags: ['transfers'], summary: 'The filtered transfers as CSV', querystring: TransferQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), { view, q } = request.query;
    return csv(reply, `transfers-${store.shop_domain}`, ['Transfer', 'From', 'To', 'State', 'Lines', 'Units', 'Received', 'Message', 'Made by', 'Made at'],
      (await transferPage(house.db, store.store_id, { states: VIEWS[view], refused: view === 'refused', q: q ?? null, before: null, limit: 20_000 })).map((r) => [r.reference, r.from_location, r.to_location, r.state, r.lines, r.units, r.received, r.message, r.created_by, r.created_at]));
  });
  api.get('/api/v1/transfers/settings', { schema: { tags: ['transfers'], summary: 'What moving costs, and the least gain worth proposing', querystring, response: { 200: TransferSettings } } }, async (request) => transferSettings(house.db, (await storeOf(house.db, request.query.store)).store_id));
  api.put('/api/v1/transfers/settings', { schema: { tags: ['transfers'], summary: 'Set what moving costs', querystring, body: TransferSettingsBody, response: { 200: TransferSettings } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', before = await transferSettings(house.db, store.store_id);
    if (!(await saveTransferSettings(house.db, store.store_id, { ...request.body, transferDays: request.body.transferDays ?? before.transferDays }, by, now()))) throw new Refusal(409, `Somebody saved ${toDecimal(money(before.unitCost, store.currency))} a unit and ${toDecimal(money(before.leastGain, store.currency))} of least gain meanwhile: look again, then save`);
    await audit(house.db, { at: now(), actor: by, action: 'transfer settings', subject: store.shop_domain, before, after: request.body });
    for (const flow of ['replenishment', 'transfer-proposals']) await house.enqueue(flow, store.store_id);
    return transferSettings(house.db, store.store_id);
  });
  api.get('/api/v1/transfers/:transferId', { schema: { tags: ['transfers'], summary: 'One transfer with its lines', querystring, params, response: { 200: TransferDetail } } }, async (request) => detail((await storeOf(house.db, request.query.store)).store_id, request.params.transferId));

  api.post('/api/v1/transfers', { schema: { tags: ['transfers'], summary: 'Make a transfer: it is written to Shopify, ready to ship', querystring, body: TransferBody, response: { 200: TransferDetail } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator';
    await checkBody(store, request.body);
    const id = await makeTransfer(house.db, store.store_id, request.body, by, now());
    await audit(house.db, { at: now(), actor: by, action: 'transfer made', subject: `${store.shop_domain} transfer ${id}`, after: request.body });
    await asked(store.store_id);
    return detail(store.store_id, id);
  });

  api.post('/api/v1/transfers/:transferId/:step', { schema: { tags: ['transfers'], summary: 'Ask for a step: ship all that is left, receive all that is coming, cancel, or make it again after a refusal', querystring, params: params.extend({ step: z.enum(['create', 'ship', 'receive', 'cancel']) }), body: TransferStepBody, response: { 200: TransferDetail } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { transferId, step } = request.params, row = await found(store.store_id, transferId), lines = await transferLines(house.db, store.store_id, transferId), itemOf = new Map(lines.map((line) => [line.inventory_item_id, line.item_id]));
    const all: Move | null = step === 'ship' ? { kind: 'ship', known: row.shipments.map((one) => one.id), lines: lines.filter((line) => line.quantity > line.shipped).map((line) => ({ itemId: line.item_id, inventoryItemId: line.inventory_item_id, quantity: line.quantity - line.shipped })) }
      : step !== 'receive' ? null : { kind: 'receive', lines: row.shipments.filter((one) => one.status === 'in transit').flatMap((one) => one.lines.filter((line) => line.quantity > line.accepted + line.rejected)
        .map((line) => ({ itemId: itemOf.get(line.inventoryItemId) ?? 0, shipmentId: one.id, inventoryItemId: line.inventoryItemId, accepted: line.quantity - line.accepted - line.rejected, rejected: [], before: { accepted: line.accepted, rejected: line.rejected } }))) };
    await ask(store, row, request.body.version, step, all && { key: `${row.key}/${step}/${row.version}`, move: all, note: '' }, request.user?.email ?? 'operator');
    return detail(store.store_id, transferId);
  });
  api.post('/api/v1/transfers/:transferId/shipments', { schema: { tags: ['transfers'], summary: 'Ship a part of what is left', querystring, params, body: ShipmentBody, response: { 200: TransferDetail } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { transferId } = request.params, { key, version, note, lines: wanted } = request.body;
    if (await isKnown(store, key, transferId)) return detail(store.store_id, transferId);
    const row = await found(store.store_id, transferId), lines = byItem(row, await transferLines(house.db, store.store_id, transferId), wanted);
    for (const [n, line] of wanted.entries()) { const left = lines[n]!.quantity - lines[n]!.shipped; if (line.quantity > left) throw new Refusal(409, `lines.${n}.quantity: ${line.quantity} are to be shipped, but ${left} of ${lines[n]!.sku || lines[n]!.title} are left`); }
    await ask(store, row, version, 'ship', { key, note, move: { kind: 'ship', known: row.shipments.map((one) => one.id), lines: wanted.map((line, n) => ({ ...line, inventoryItemId: lines[n]!.inventory_item_id })) } }, request.user?.email ?? 'operator');
    return detail(store.store_id, transferId);
  });
  api.post('/api/v1/transfers/:transferId/receipts', { schema: { tags: ['transfers'], summary: 'Receive a part of what is coming: units that come into stock, and units that do not, by reason; the others stay on their way', querystring, params, body: TransferReceiptBody, response: { 200: TransferDetail } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { transferId } = request.params, { key, version, note, lines: wanted } = request.body;
    if (await isKnown(store, key, transferId)) return detail(store.store_id, transferId);
    const row = await found(store.store_id, transferId), lines = await transferLines(house.db, store.store_id, transferId), twice = new Set<string>();
    const counted = wanted.map((line, n) => {
      const item = lines.find((one) => one.item_id === line.itemId), shipment = row.shipments.find((one) => one.id === line.shipmentId), at = shipment?.lines.find((one) => one.inventoryItemId === item?.inventory_item_id), units = line.accepted + rejectedUnits(line);
      if (!shipment) throw new Refusal(400, `lines.${n}.shipmentId: ${row.reference} has no shipment ${line.shipmentId}`);
      if (!item || !at) throw new Refusal(400, `lines.${n}.itemId: the item is not in shipment ${shipment.name}`);
      if (twice.has(`${line.shipmentId}/${line.itemId}`)) throw new Refusal(400, `lines.${n}.itemId: the item is listed twice`);
      if (units === 0) throw new Refusal(400, `lines.${n}.accepted: neither accepted nor rejected units`);
      if (units > at.quantity - at.accepted - at.rejected) throw new Refusal(409, `lines.${n}.accepted: ${units} were counted, but ${at.quantity - at.accepted - at.rejected} of ${item.sku || item.title} are still coming with ${shipment.name}. What came beyond that is a stock count.`);
      twice.add(`${line.shipmentId}/${line.itemId}`);
      return { itemId: line.itemId, shipmentId: line.shipmentId, inventoryItemId: item.inventory_item_id, accepted: line.accepted, rejected: line.rejected, before: { accepted: at.accepted, rejected: at.rejected } };
    });
    await ask(store, row, version, 'receive', { key, note, move: { kind: 'receive', lines: counted } }, request.user?.email ?? 'operator');
    return detail(store.store_id, transferId);
  });
  api.put('/api/v1/transfers/:transferId/lines', { schema: { tags: ['transfers'], summary: 'Other quantities, until something of it has left', querystring, params, body: TransferLinesBody, response: { 200: TransferDetail } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), storeId = store.store_id, { transferId } = request.params, { key, version, lines: wanted } = request.body, by = request.user?.email ?? 'operator';
    if (await isKnown(store, key, transferId)) return detail(storeId, transferId);
    const row = await found(storeId, transferId), all = await transferLines(house.db, storeId, transferId), lines = byItem(row, all, wanted), free = await freeFor(storeId, row, all);
    for (const [n, line] of wanted.entries()) if (line.quantity > Math.max(free.get(line.itemId)!, lines[n]!.quantity)) throw new Refusal(409, `lines.${n}.quantity: ${line.quantity} are to be moved, but ${free.get(line.itemId)!} stand free at the origin now`);
    if (all.every((line) => wanted.some((one) => one.itemId === line.item_id && one.quantity === 0))) throw new Refusal(400, 'lines: one must keep some units. Cancel the transfer instead.');
    const changed = wanted.flatMap((line, n) => (line.quantity === lines[n]!.quantity ? [] : [{ ...line, inventoryItemId: lines[n]!.inventory_item_id }]));
    if (changed.length === 0) throw new Refusal(400, 'lines: these are the quantities it has');
    if (row.state !== 'draft') await ask(store, row, version, 'change', { key, note: '', move: { kind: 'change', lines: changed } }, by);
    else {
      const why = stepRefusal(row.state, row.asked, 'change', figures(row));
      if (why !== null) throw new Refusal(409, `${row.reference} cannot be changed: ${why}.`);
      if (!(await changeDraft(house.db, storeId, transferId, version, changed, now()))) throw new Refusal(409, movedOn(row));
      await audit(house.db, { at: now(), actor: by, action: 'transfer change', subject: `${store.shop_domain} ${row.reference}`, after: { lines: changed } });
      house.changed(storeId, ['transfers']);
    }
    return detail(storeId, transferId);
  });

  const movedOn = (row: Row): string => `${row.reference} moved on meanwhile: it is ${row.state}${row.asked ? `, ${row.asked} was asked for` : ''}. Look again.`;
  async function ask(store: StoreRow, row: Row, version: number, step: TransferStepName, part: { key: string; move: Move; note: string } | null, by: string): Promise<void> {
    if (row.version !== version) throw new Refusal(409, movedOn(row));
    const why = stepRefusal(row.state, row.asked, step, figures(row));
    if (why !== null || part?.move.lines.length === 0) throw new Refusal(409, `${row.reference} cannot be ${CANNOT[step]}: ${why ?? 'Shopify has not shown yet what is on its way; it is looked at every five minutes'}.`);
    if (row.asked !== null && part !== null) throw new Refusal(409, movedOn(row));
    if (!(await askTransfer(house.db, store.store_id, row.transfer_id, row.version, { step, part, by }, now()))) throw new Refusal(409, movedOn(row));
    await audit(house.db, { at: now(), actor: by, action: `transfer ${step}`, subject: `${store.shop_domain} ${row.reference}`, ...(part ? { after: part } : {}) });
    await asked(store.store_id);
  }
  /** The same key came before: what it asked for stands. */
  async function isKnown(store: StoreRow, key: string, transferId: number): Promise<boolean> {
    const known = await transferOfKey(house.db, store.store_id, key);
    if (known !== null && known !== transferId) throw new Refusal(409, 'key: was used for another transfer');
    return known !== null;
  }
  /** The transfer's line of each, in their order. */
  function byItem(row: Row, lines: readonly TransferLineRow[], wanted: readonly { itemId: number }[]): TransferLineRow[] {
    return wanted.map(({ itemId }, n) => {
      const line = lines.find((one) => one.item_id === itemId);
      if (!line) throw new Refusal(400, `lines.${n}.itemId: the item is not on ${row.reference}`);
      if (wanted.findIndex((one) => one.itemId === itemId) < n) throw new Refusal(400, `lines.${n}.itemId: the item is listed twice`);
      return line;
    });
  }

  async function asked(storeId: number): Promise<void> {
    await house.enqueue('transfers', storeId);
    house.changed(storeId, ['transfers']);
  }

  /** Two known places, each item once, and no more than stands free at the origin. */
  async function checkBody(store: StoreRow, body: Of<typeof TransferBody>): Promise<void> {
    const { rows: places } = await house.db.query<{ location_id: number; name: string; is_active: boolean; authority: string }>('select location_id, name, is_active, authority from location where store_id = $1 and location_id = any($2)', [store.store_id, [body.fromLocationId, body.toLocationId]]);
    if (body.fromLocationId === body.toLocationId) throw new Refusal(400, 'toLocationId: choose another place than the origin');
    for (const field of ['fromLocationId', 'toLocationId'] as const) {
      const place = places.find((one) => one.location_id === body[field]);
      if (!place?.is_active) throw new Refusal(400, `${field}: ${place ? `${place.name} is not active` : 'there is no such location'}`);
      if (place.authority === 'warehouse') throw new Refusal(400, `${field}: ${place.name} follows a warehouse, whose people a transfer in Shopify does not tell. Move it there, then both follow`);
    }
    const stock = await positions(house.db, store.store_id, body.lines.map((line) => line.itemId)), seen = new Set<number>();
    for (const [n, line] of body.lines.entries()) {
      const there = stock.get(`${line.itemId}@${body.fromLocationId}`)?.available ?? 0;
      if (seen.has(line.itemId)) throw new Refusal(400, `lines.${n}.itemId: the item is listed twice`);
      seen.add(line.itemId);
      if (line.quantity > there) throw new Refusal(409, `lines.${n}.quantity: ${line.quantity} are to be moved, but ${Math.max(0, there)} stand free at the origin now`);
    }
  }
}
