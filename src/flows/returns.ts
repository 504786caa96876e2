/**
 * returns: announced → received → inspected; only accepted units become stock.   Woken by returns webhooks, every five minutes, and by inspections.
 *  1 gather  Shopify's returns of orders that changed, with what was done to the goods there; the warehouse's receipts come by warehouse-feed
 *  2 decide  announced lines from Shopify's return; an exchange's new lines are lines of the order and need nothing here
 *  3 record  the return with its lines; dispositions join the order, so that goods restocked in Shopify are seen in the ledger
 *  4 send    what to expect, once, to the warehouse that serves the place the goods left from
 *  5 settle  received and not inspected for two days, and goods restocked in Shopify that no warehouse accepted, are cases
 */
import { emptyOrder, type OrderState } from '../domain/orders/order-state.ts';
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import type { StorefrontReturn } from '../ports/storefront.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { lineReference } from '../store/orders-out.ts';
import { recordOrders } from '../store/orders.ts';
import { readCursor, writeCursor } from '../store/runs.ts';
import { saveReturn } from '../store/returns.ts';
import { ghostRestocks, orderPlaces, returnsToAnnounce, returnsUninspected, takeReturnReads, type OrderPlace } from '../store/returns-checks.ts';

const OVERLAP_MS = 2 * 60_000;
const UNINSPECTED_MS = 2 * 24 * 3_600_000;

export const returns = defineFlow({
  name: 'returns', moves: 'announced → received → inspected; only accepted units become stock', owner: 'warehouse', schedule: { cron: '3-59/5 * * * *' },
  raises: ['RETURN_AWAITING_INSPECTION', 'REFUND_RESTOCK_MISMATCH'],
  async run(context) {
    const { db, storeId, storefront } = context;
    const started = context.now();
    const since = (await readCursor(db, storeId, 'returns')) ?? new Date(Date.parse(started) - 60 * 86_400_000).toISOString();
    const seen = new Set<string>();
    for await (const ids of storefront.ordersWithReturns(since)) await read(context, ids.filter((id) => !seen.has(id) && seen.add(id)));
    for (let ids = await takeReturnReads(db, storeId, 50); ids.length > 0; ids = await takeReturnReads(db, storeId, 50)) await read(context, ids.filter((id) => !seen.has(id) && seen.add(id)));
    await writeCursor(db, storeId, 'returns', new Date(Date.parse(started) - OVERLAP_MS).toISOString(), context.now());
    await announce(context);
    await settle(context);
    context.changed('stock', 'exceptions');
  },
});

async function read(context: FlowContext, orderIds: readonly string[]): Promise<void> {
  const { db, storeId, storefront, tally } = context;
  for (let start = 0; start < orderIds.length; start += 20) {
    const found = await storefront.returns(orderIds.slice(start, start + 20));
    tally.input += found.length;
    for (const returned of found) {
      await db.transaction(async (tx) => {
        const places = await orderPlaces(tx, storeId, returned.orderId);
        await saveReturn(tx, storeId, {
          reference: `shopify/${returned.id}`, name: returned.name, orderId: returned.orderId, ...homeOf(returned, places), announcedAt: returned.createdAt,
          cancelled: returned.status === 'cancelled' || returned.status === 'declined',
        }, linesOf(returned, places), context.now());
        const heard = dispositionsOf(returned);
        if (Object.keys(heard.dispositions).length > 0) await recordOrders(tx, storeId, [heard], { dayOf: context.dayOf, now: context.now(), source: 'returns' });
      });
      tally.applied++;
    }
    context.progress('returns', tally.input, null);
  }
}

/** The place the goods left from takes them back; one warehouse, even when an order left from several. */
function homeOf(returned: StorefrontReturn, places: readonly OrderPlace[]): { locationId: number | null; warehouseId: number | null } {
  const from = places.find((place) => returned.lines.some((line) => line.lineId === place.line_id)) ?? places[0];
  return { locationId: from?.location_id ?? null, warehouseId: from?.warehouse_id ?? null };
}

function linesOf(returned: StorefrontReturn, places: readonly OrderPlace[]): Parameters<typeof saveReturn>[3] {
  const units = new Map<string, number>();
  for (const line of returned.lines) units.set(line.lineId, (units.get(line.lineId) ?? 0) + line.quantity);
  return [...units].flatMap(([lineId, quantity]) => {
    const kept = places.filter((place) => place.line_id === lineId);
    // A bundle comes back as its parts.
    return (kept.length > 0 ? kept : [null]).map((place) => ({
      lineKey: place?.item_id == null ? lineId : lineReference(lineId, place.item_id), lineId, itemId: place?.item_id ?? null, sku: place?.sku ?? null, title: place?.title ?? `Order line ${lineId}`,
      announced: quantity * (place?.per_unit ?? 1),
    }));
  });
}

function dispositionsOf(returned: StorefrontReturn): OrderState {
  const order = emptyOrder(returned.orderId);
  for (const d of returned.dispositions) order.dispositions[d.id] = { lineId: d.lineId, quantity: d.quantity, restocked: d.type === 'restocked', locationId: d.locationId, at: d.at };
  return order;
}

/** Tells each warehouse once what to expect; a lost answer is told again, which the reference makes harmless. */
async function announce(context: FlowContext): Promise<void> {
  const { db, storeId } = context;
  for (const row of await returnsToAnnounce(db, storeId, 200)) {
    const warehouse = await context.warehouse(row.warehouse_id);
    const lines = row.lines.filter((line) => line.sku !== null && line.announced > 0).map((line) => ({ lineReference: line.lineKey, sku: line.sku!, quantity: line.announced }));
    if (lines.length > 0) await warehouse.announceReturn({ reference: row.reference, orderReference: `${storeId}-${row.order_id}-${row.location_id}`, lines });
    await db.query('update return_case set told_warehouse_at = $3 where store_id = $1 and return_id = $2', [storeId, row.return_id, context.now()]);
  }
}

async function settle(context: FlowContext): Promise<void> {
  const { db, storeId } = context;
  const waiting = await returnsUninspected(db, storeId, new Date(Date.parse(context.now()) - UNINSPECTED_MS).toISOString());
  await context.checked('RETURN_AWAITING_INSPECTION', waiting.map((row): RaisedException => ({
    kind: 'RETURN_AWAITING_INSPECTION', key: `return/${row.return_id}`, subject: `Return ${row.name}`,
    sentence: `${row.units} units of return ${row.name} came in at ${row.received_at} and nobody has inspected them: they can be sold by nobody until then.`, evidence: { returnId: row.return_id, units: row.units },
  })));
  const ghosts = await ghostRestocks(db, storeId);
  await context.checked('REFUND_RESTOCK_MISMATCH', ghosts.filter((row) => row.open > 0).map((row): RaisedException => ({
    kind: 'REFUND_RESTOCK_MISMATCH', key: `level/${row.item_id}@${row.location_id}`, subject: `${row.sku || row.title} at ${row.location}`, itemId: row.item_id, locationId: row.location_id,
    sentence: `${row.open} units of ${row.sku || row.title} were restocked in Shopify at ${row.location}, where only the warehouse's inspection may. They are taken back by the next push.`, evidence: { units: row.open, facts: row.facts },
  })));
  context.detail['ghostUnitsTakenBack'] = ghosts.reduce((sum, row) => sum + row.reversed, 0);
}
