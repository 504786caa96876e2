/** Transfers: proposals, what was made of them, each step under the version it saw. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { money, toDecimal } from '../../domain/money.ts';
import { stepRefusal, TRANSFER_STEPS } from '../../domain/replenishment/transfer-steps.ts';
import { positions } from '../../store/planning.ts';
import type { StoreRow } from '../../store/stores.ts';
import { proposalPage, proposalTotals, type ProposalRow } from '../../store/transfer-proposals.ts';
import { askTransfer, findTransfer, makeTransfer, saveTransferSettings, transferCounts, transferLines, transferPage, transferSettings, type TransferRow as Row } from '../../store/transfers.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { ProposalPage, ProposalQuery, TransferBody, TransferDetail, TransferPage, TransferQuery, TransferSettings, TransferStepBody, type TransferProposal, type TransferRow, type TRANSFER_VIEWS } from '../contract-transfers.ts';
import { csv } from '../csv.ts';
import { cut, decodeParts, encodeParts } from '../cursor.ts';
import { storeOf } from '../store-scope.ts';

const VIEWS: Record<(typeof TRANSFER_VIEWS)[number], readonly string[] | null> = { open: ['draft', 'ready', 'in transit'], ready: ['ready'], 'in transit': ['in transit'], refused: ['draft', 'ready', 'in transit'], over: ['received', 'cancelled'], all: null };

const proposalView = (r: ProposalRow): Of<typeof TransferProposal> => ({ itemId: r.item_id, sku: r.sku, title: r.title, fromLocationId: r.from_location_id, fromName: r.from_location, toLocationId: r.to_location_id, toName: r.to_location, quantity: r.quantity, gain: Number(r.gain), worth: r.detail });
const rowView = (r: Row): Of<typeof TransferRow> => ({
  transferId: r.transfer_id, reference: r.reference, fromLocationId: r.from_location_id, fromName: r.from_location, toLocationId: r.to_location_id, toName: r.to_location, state: r.state, asked: r.asked, refused: r.refused, message: r.message, reason: r.reason, shopifyTransferId: r.shopify_transfer_id,
  lines: r.lines, units: r.units, received: r.received, version: r.version, createdAt: r.created_at, createdBy: r.created_by, updatedAt: r.updated_at,
});

export function transferRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), querystring = z.object({ store: z.coerce.number() }), params = z.object({ transferId: z.coerce.number().int().min(1).max(2 ** 31 - 1) }), now = (): string => house.clock.now().toISOString();
  const found = async (storeId: number, id: number): Promise<Row> => {
    const row = await findTransfer(house.db, storeId, id);
    if (!row) throw new Refusal(404, `There is no transfer ${id}`);
    return row;
  };
  const detail = async (storeId: number, id: number): Promise<Of<typeof TransferDetail>> => {
    const row = await found(storeId, id);
    return { ...rowView(row), may: TRANSFER_STEPS.filter((step) => row.asked !== step && stepRefusal(row.state, row.asked, step) === null), items: (await transferLines(house.db, storeId, id)).map((line) => ({ itemId: line.item_id, sku: line.sku, title: line.title, quantity: line.quantity, received: line.received, worth: line.detail })) };
  };

  api.get('/api/v1/transfers/proposals', { schema: { tags: ['transfers'], summary: 'Units worth more elsewhere than where they stand, the most gain first', querystring: ProposalQuery, response: { 200: ProposalPage } } }, async (request) => {
    const { store_id: storeId } = await storeOf(house.db, request.query.store), { limit, cursor, q, from, to } = request.query, offset = decodeParts<[number]>(cursor, ['number'])?.[0] ?? 0, filter = { q, from, to, offset, limit: limit + 1 };
    const rows = await proposalPage(house.db, storeId, filter), { computed_at: computedAt, ...totals } = await proposalTotals(house.db, storeId, filter);
    return { rows: rows.slice(0, limit).map(proposalView), nextCursor: rows.length > limit ? encodeParts(offset + limit) : null, totals: { ...totals, gain: Number(totals.gain) }, computedAt };
  });
  api.get('/api/v1/transfers/proposals.csv', { schema: { tags: ['transfers'], summary: 'The filtered proposals as CSV', querystring: ProposalQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), { q, from, to } = request.query, amount = (minor: number): string => toDecimal(money(minor, store.currency));
    return csv(reply, `transfer-proposals-${store.shop_domain}`, ['SKU', 'Title', 'From', 'Available there', 'To', 'Available here', 'Incoming here', 'Units', `Gain (${store.currency})`, 'Last unit worth at destination', 'Last unit worth at origin'],
      (await proposalPage(house.db, store.store_id, { q, from, to, offset: 0, limit: 50_000 })).map((r) => [r.sku, r.title, r.from_location, r.detail.here, r.to_location, r.detail.there, r.detail.thereIncoming, r.quantity, amount(Number(r.gain)), amount(r.detail.lastThere), amount(r.detail.lastHere)]));
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
  api.put('/api/v1/transfers/settings', { schema: { tags: ['transfers'], summary: 'Set what moving costs', querystring, body: TransferSettings, response: { 200: TransferSettings } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', before = await transferSettings(house.db, store.store_id);
    if (!(await saveTransferSettings(house.db, store.store_id, request.body, by, now()))) throw new Refusal(409, `Somebody saved ${toDecimal(money(before.unitCost, store.currency))} a unit and ${toDecimal(money(before.leastGain, store.currency))} of least gain meanwhile: look again, then save`);
    await audit(house.db, { at: now(), actor: by, action: 'transfer settings', subject: store.shop_domain, before, after: request.body });
    await house.enqueue('transfer-proposals', store.store_id);
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

  api.post('/api/v1/transfers/:transferId/:step', { schema: { tags: ['transfers'], summary: 'Ask for a step: ship, receive, cancel, or make it again after a refusal', querystring, params: params.extend({ step: z.enum(TRANSFER_STEPS) }), body: TransferStepBody, response: { 200: TransferDetail } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { transferId, step } = request.params, by = request.user?.email ?? 'operator', row = await found(store.store_id, transferId), moved = `${row.reference} moved on meanwhile: it is ${row.state}${row.asked ? `, ${row.asked} was asked for` : ''}. Look again.`;
    if (row.version !== request.body.version) throw new Refusal(409, moved);
    const why = stepRefusal(row.state, row.asked, step);
    if (why !== null) throw new Refusal(409, `${row.reference} cannot be ${step === 'cancel' ? 'cancelled' : step === 'ship' ? 'shipped' : step === 'receive' ? 'received' : 'made'}: ${why}.`);
    if (!(await askTransfer(house.db, store.store_id, transferId, row.version, step, now()))) throw new Refusal(409, moved);
    await audit(house.db, { at: now(), actor: by, action: `transfer ${step}`, subject: `${store.shop_domain} ${row.reference}` });
    await asked(store.store_id);
    return detail(store.store_id, transferId);
  });

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
