/**
 * warehouse-feed: what the warehouse says → shelf, shipments, returns.   Woken by messages the warehouse sends us and every minute, to ask those that cannot send.
 *  1 gather  facts since the cursor, in batches, stored before they are acknowledged; then waiting documents, oldest first, one a transaction
 *  2 decide  a count replaces what was before it; a document is a change of the shelf and of the order or return it names
 *  3 record  shelf, shipment, return and the document's outcome in one transaction: heard twice, applied once; in any order, the same shelf
 *  4 settle  unknown codes and unreadable rows become cases and are kept; their stock counts as soon as somebody says whose it is
 */
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { some } from '../domain/wording.ts';
import type { FactLine, ReturnInspectedFact, ReturnReceivedFact, ShipmentFact, WarehouseDocument } from '../ports/warehouse.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { orderOfReference, readLineReference, type OutLine } from '../store/orders-out.ts';
import { markDirty } from '../store/push-levels.ts';
import { findReturn, inspectReturn, receiveReturn, saveReturn, type ReturnRow } from '../store/returns.ts';
import { queueDispositions } from '../store/return-dispositions.ts';
import { saveShelfChanges, type ShelfChange } from '../store/shelf.ts';
import { saveShipment } from '../store/shipments.ts';
import { feedCases, itemsOfSkus, settleDocument, storeWarehouseFacts, takeDocument, type DocumentRow } from '../store/warehouse-documents.ts';
import { findWarehouse, warehouseFailed, warehouseHeard, warehousesOf } from '../store/warehouses.ts';
import type { Db } from '../store/db.ts';
import type pg from 'pg';

/** A warehouse that says nothing for this long is a case: counts are due more often than that. */
const SILENT_MS = 26 * 3_600_000;

export const warehouseFeed = defineFlow({
  name: 'warehouse-feed', moves: 'what the warehouse says → shelf, shipments, returns', owner: 'warehouse', schedule: { cron: '* * * * *' },
  raises: ['WAREHOUSE_SKU_UNMAPPED', 'WAREHOUSE_REJECTED', 'WAREHOUSE_SILENT'],
  async run(context) {
    const { db, storeId, tally } = context;
    const failed: string[] = [];
    for (const warehouseId of await warehousesOf(db, storeId)) {
      // Two stores may share a warehouse: one of them asks.
      await db.exclusively(`warehouse:${warehouseId}`, () => ask(context, warehouseId)).catch(async (error: Error) => {
        await warehouseFailed(db, warehouseId, error.message, context.now());
        failed.push(error.message);
      });
    }
    while (await applyDocument(db, context)) { tally.input++; tally.applied++; }
    await settle(context);
    if (failed.length > 0) throw new Error(failed.join('; '));
  },
});

async function ask(context: FlowContext, warehouseId: number): Promise<void> {
  const { db, tally } = context;
  const row = await findWarehouse(db, warehouseId);
  const warehouse = await context.warehouse(warehouseId);
  for await (const batch of warehouse.facts(row!.cursor)) {
    await db.transaction(async (tx) => {
      await storeWarehouseFacts(tx, warehouseId, batch.facts, batch.rejects, context.now());
      await warehouseHeard(tx, warehouseId, batch.cursor, context.now());
    });
    tally.input += batch.facts.length + batch.rejects.length;
    tally.applied += batch.facts.length;
    if (batch.rejects.length > 0) tally.failed['could not be read'] = (tally.failed['could not be read'] ?? 0) + batch.rejects.length;
    await warehouse.stored(batch.cursor, batch.rejects);
    context.progress('messages of the warehouse', tally.input, null);
  }
}

/** Applies the oldest waiting document of any warehouse; false when there is none. One that cannot be applied is parked with its reason and stops nobody. */
export async function applyDocument(db: Db, context: Pick<FlowContext, 'now' | 'log'>): Promise<boolean> {
  let row: DocumentRow | null = null;
  try {
    return await db.transaction(async (tx) => {
      row = await takeDocument(tx);
      if (row === null) return false;
      const outcome = await apply(tx, row.warehouse_id, row.body, context.now());
      await settleDocument(tx, row.document_id, outcome.state, outcome.reason, context.now());
      await markDirty(tx, outcome.itemIds, context.now());
      return true;
    });
  } catch (error) {
    if (row === null) throw error; // the database itself failed: nothing was taken
    await settleDocument(db, (row as DocumentRow).document_id, 'parked', (error as Error).message, context.now());
    context.log.warn({ document: (row as DocumentRow).id, error: (error as Error).message }, 'warehouse document parked');
    return true;
  }
}

interface Outcome { state: 'applied' | 'ignored' | 'parked'; reason: string | null; itemIds: number[] }
const applied = (itemIds: number[] = []): Outcome => ({ state: 'applied', reason: null, itemIds });

async function apply(tx: pg.PoolClient, warehouseId: number, document: WarehouseDocument, now: string): Promise<Outcome> {
  switch (document.type) {
    case 'change': return applied(await saveShelfChanges(tx, warehouseId, [{
      cause: `change/${document.id}`, sku: document.sku, kind: 'adjusted', onHandChange: document.onHandChange, unsellableChange: document.unsellableChange, occurredAt: document.at, reason: document.reason,
    }], now));
    case 'acknowledged': {
      const { rowCount } = await tx.query(
        `update order_out set state = case when state in ('waiting', 'sent') and sent_version >= version or state = 'sent' then 'acknowledged' else state end, acknowledged_at = coalesce(acknowledged_at, $3),
           warehouse_reference = coalesce(warehouse_reference, $4), unknown_outcome = false where warehouse_id = $1 and reference = $2`, [warehouseId, document.reference, document.at, document.warehouseReference]);
      return rowCount === 0 ? { state: 'parked', reason: `acknowledges ${document.reference}, which Instep never sent`, itemIds: [] } : applied();
    }
    case 'refused': {
      const { rowCount } = await tx.query(`update order_out set state = case when state in ('done', 'cancelled') then state else 'refused' end, message = $3, not_before = null where warehouse_id = $1 and reference = $2`, [warehouseId, document.reference, document.reason.slice(0, 500)]);
      return rowCount === 0 ? { state: 'parked', reason: `refuses ${document.reference}, which Instep never sent`, itemIds: [] } : applied();
    }
    case 'shipment': return shipment(tx, warehouseId, document, now);
    case 'return received': return returnReceived(tx, warehouseId, document, now);
    case 'return inspected': return returnInspected(tx, warehouseId, document, now);
    case 'goods received': {
      const changes = perSku(document.lines, (line) => ({ onHand: line.quantity, unsellable: (line as { damaged?: number }).damaged ?? 0 }));
      return applied(await saveShelfChanges(tx, warehouseId, changes.map((c) => ({ ...c, cause: `goods received/${document.id}`, kind: 'received', occurredAt: document.at, reason: document.reference })), now));
    }
  }
}

/** One change a SKU: a document that names a code on two lines changes the shelf by both. */
function perSku<L extends FactLine>(lines: readonly L[], of: (line: L) => { onHand: number; unsellable: number }): Pick<ShelfChange, 'sku' | 'onHandChange' | 'unsellableChange'>[] {
  const sums = new Map<string, { onHandChange: number; unsellableChange: number }>();
  for (const line of lines) {
    const sum = sums.get(line.sku) ?? { onHandChange: 0, unsellableChange: 0 }, { onHand, unsellable } = of(line);
    sums.set(line.sku, { onHandChange: sum.onHandChange + onHand, unsellableChange: sum.unsellableChange + unsellable });
  }
  return [...sums].map(([sku, sum]) => ({ sku, ...sum })).filter((c) => c.onHandChange !== 0 || c.unsellableChange !== 0);
}

async function shipment(tx: pg.PoolClient, warehouseId: number, document: ShipmentFact, now: string): Promise<Outcome> {
  // Whatever it belongs to, the goods are out of the building.
  const itemIds = await saveShelfChanges(tx, warehouseId, perSku(document.lines, (line) => ({ onHand: -line.quantity, unsellable: 0 }))
    .map((c) => ({ ...c, cause: `shipment/${document.id}`, kind: 'shipped', occurredAt: document.at, reason: document.reference })), now);
  const order = await orderOfReference(tx, warehouseId, document.reference);
  if (order === null) return { state: 'parked', reason: `ships ${document.reference}, which Instep never sent`, itemIds };
  const { lines, strange } = linesOf(document.lines, order.lines, await itemsOfSkus(tx, warehouseId, document.lines.map((l) => l.sku)));
  if (lines.length > 0) {
    await saveShipment(tx, {
      storeId: order.store_id, warehouseId, documentId: document.id, orderId: order.order_id, locationId: order.location_id, shippedAt: document.at, receivedAt: now, parcels: document.parcels, lines,
    });
    await tx.query(`select pg_notify('instep_fulfil', '')`);
    await tx.query(
      `update order_out o set state = 'done' where o.store_id = $1 and o.order_id = $2 and o.location_id = $3 and o.state in ('sent', 'acknowledged', 'waiting', 'too late') and not exists (
         select from jsonb_array_elements(o.lines) l where (l ->> 'quantity')::int > coalesce((select sum(n.quantity) from shipment h join shipment_line n using (store_id, shipment_id)
           where h.store_id = o.store_id and h.order_id = o.order_id and h.location_id = o.location_id and h.state <> 'cancelled' and n.line_id = (l ->> 'lineId')::bigint and n.item_id = (l ->> 'itemId')::int), 0))`,
      [order.store_id, order.order_id, order.location_id]);
  }
  const touched = [...new Set([...itemIds, ...lines.map((line) => line.itemId)])];
  return strange.length === 0 ? applied(touched) : { state: 'parked', reason: `order ${document.reference} has no line for ${strange.join(', ')}`, itemIds: touched };
}

/** Lines of a document → order lines and items; a line that only names its code takes the order's lines of that item in turn. */
function linesOf(given: readonly FactLine[], wanted: readonly OutLine[], items: ReadonlyMap<string, number>): { lines: { lineId: string; itemId: number; quantity: number }[]; strange: string[] } {
  const lines: { lineId: string; itemId: number; quantity: number }[] = [], strange: string[] = [];
  const left = new Map(wanted.map((line) => [line.lineReference, line.quantity]));
  for (const line of given) {
    const named = line.lineReference === null ? null : readLineReference(line.lineReference);
    if (named && wanted.some((w) => w.lineReference === line.lineReference)) {
      lines.push({ ...named, quantity: line.quantity });
      left.set(line.lineReference!, (left.get(line.lineReference!) ?? 0) - line.quantity);
      continue;
    }
    const itemId = items.get(line.sku);
    let units = line.quantity;
    for (const want of wanted.filter((w) => w.itemId === itemId)) {
      const here = Math.min(units, Math.max(0, left.get(want.lineReference) ?? 0));
      if (here === 0) continue;
      lines.push({ lineId: want.lineId, itemId: want.itemId, quantity: here });
      left.set(want.lineReference, left.get(want.lineReference)! - here);
      units -= here;
    }
    if (units > 0) strange.push(`${units} × ${line.sku}`);
  }
  return { lines, strange };
}

async function returnReceived(tx: pg.PoolClient, warehouseId: number, document: ReturnReceivedFact, now: string): Promise<Outcome> {
  const found = await returnOf(tx, warehouseId, document, now);
  if (found === null) return { state: 'parked', reason: `return ${document.reference}: no location is served by this warehouse`, itemIds: [] };
  await receiveReturn(tx, found.storeId, found.row.return_id, document.lines.map((line) => ({ lineKey: lineKey(found.row, line), quantity: line.quantity })), document.at, now);
  return applied();
}

/** Sellable units join the shelf; damaged and quarantined ones do so as unsellable; scrap does not. Money is no part of it. */
async function returnInspected(tx: pg.PoolClient, warehouseId: number, document: ReturnInspectedFact, now: string): Promise<Outcome> {
  const itemIds = await saveShelfChanges(tx, warehouseId, perSku(document.lines, (line) => ({ onHand: line.disposition === 'scrap' ? 0 : line.quantity, unsellable: line.disposition === 'damaged' || line.disposition === 'quarantine' ? line.quantity : 0 }))
    .map((c) => ({ ...c, cause: `return inspected/${document.id}`, kind: 'returned', occurredAt: document.at, reason: document.reference })), now);
  const found = await returnOf(tx, warehouseId, document, now);
  if (found === null) return { state: 'parked', reason: `return ${document.reference}: no location is served by this warehouse`, itemIds };
  const sums = new Map<string, { lineKey: string; disposition: ReturnInspectedFact['lines'][number]['disposition']; quantity: number }>();
  for (const line of document.lines) {
    const key = lineKey(found.row, line), known = sums.get(`${key} ${line.disposition}`);
    sums.set(`${key} ${line.disposition}`, { lineKey: key, disposition: line.disposition, quantity: (known?.quantity ?? 0) + line.quantity });
  }
  const fresh = await inspectReturn(tx, found.storeId, found.row.return_id, [...sums.values()].map((line) => ({ ...line, cause: `warehouse:${warehouseId}:inspection/${document.id}`, at: document.at, by: 'warehouse' })), now);
  await queueDispositions(tx, found.storeId, found.row, fresh, now);
  return applied(itemIds);
}

const lineKey = (row: ReturnRow, line: FactLine): string => row.lines.find((l) => l.lineKey === line.lineReference)?.lineKey ?? row.lines.find((l) => l.sku === line.sku)?.lineKey ?? line.sku;

/** The return a document names; goods nobody announced make one of their own. */
async function returnOf(tx: pg.PoolClient, warehouseId: number, document: ReturnReceivedFact | ReturnInspectedFact, now: string): Promise<{ storeId: number; row: ReturnRow } | null> {
  const known = await tx.query<{ store_id: number; reference: string }>('select store_id, reference from return_case where reference = $2 and (warehouse_id = $1 or warehouse_id is null) order by store_id limit 1', [warehouseId, document.reference]);
  const place = await tx.query<{ store_id: number; location_id: number }>('select store_id, location_id from location where warehouse_id = $1 order by store_id limit 1', [warehouseId]);
  const storeId = known.rows[0]?.store_id ?? place.rows[0]?.store_id;
  if (storeId === undefined) return null;
  const items = await itemsOfSkus(tx, warehouseId, document.lines.map((line) => line.sku));
  const before = await findReturn(tx, storeId, { reference: document.reference });
  const missing = document.lines.filter((line) => !before?.lines.some((l) => l.lineKey === line.lineReference || l.sku === line.sku));
  if (before === null || missing.length > 0) {
    await saveReturn(tx, storeId, {
      reference: document.reference, name: before?.name ?? document.reference, orderId: null, warehouseId, locationId: before?.location_id ?? place.rows[0]?.location_id ?? null, announcedAt: null, cancelled: false,
    }, [...new Map(missing.map((line) => [line.sku, line])).values()].map((line) => ({ lineKey: line.sku, lineId: null, itemId: items.get(line.sku) ?? null, sku: line.sku, title: line.sku, announced: 0 })), now);
  }
  return { storeId, row: (await findReturn(tx, storeId, { reference: document.reference }))! };
}

/** Cases: codes nobody knows, rows nobody could read, documents that fit nothing, a warehouse that went silent. */
async function settle(context: FlowContext): Promise<void> {
  const { db, storeId } = context;
  const unmapped: RaisedException[] = [], rejected: RaisedException[] = [], silent: RaisedException[] = [];
  for (const warehouse of await feedCases(db, storeId)) {
    for (const { sku, on_hand } of warehouse.unmapped) {
      unmapped.push({ kind: 'WAREHOUSE_SKU_UNMAPPED', key: `warehouse/${warehouse.warehouse_id}/${sku}`, subject: `${sku} in ${warehouse.warehouse}`,
        sentence: `${warehouse.warehouse} keeps ${some(on_hand, 'unit')} of ${sku}, a code that is no item's SKU here or that of several. Its stock is kept and counts as soon as somebody matches it.`, evidence: { sku, onHand: on_hand } });
    }
    for (const reject of warehouse.rejects) {
      rejected.push({ kind: 'WAREHOUSE_REJECTED', key: `reject/${reject.id}`, subject: reject.place, sentence: `${reject.place}${reject.field === null ? '' : `, ${reject.field}`}: ${reject.message}. The other rows were applied.`, evidence: reject });
    }
    for (const parked of warehouse.parked) {
      rejected.push({ kind: 'WAREHOUSE_REJECTED', key: `document/${parked.document_id}`, subject: `${parked.type} ${parked.id}`, sentence: `${warehouse.warehouse}: ${parked.type} ${parked.id} ${parked.reason}. What it says of the shelf was applied.`, evidence: parked });
    }
    if (warehouse.heard_at !== null && Date.parse(context.now()) - Date.parse(warehouse.heard_at) > SILENT_MS) {
      silent.push({ kind: 'WAREHOUSE_SILENT', key: `warehouse/${warehouse.warehouse_id}`, subject: warehouse.warehouse, sentence: `${warehouse.warehouse} has said nothing since ${warehouse.heard_at}. What it has on the shelf may have changed since.`, evidence: { heardAt: warehouse.heard_at } });
    }
  }
  await context.checked('WAREHOUSE_SKU_UNMAPPED', unmapped);
  await context.checked('WAREHOUSE_REJECTED', rejected);
  await context.checked('WAREHOUSE_SILENT', silent);
  context.changed('stock', 'exceptions');
}
