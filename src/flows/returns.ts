/**
 * returns: announced → received → inspected; only accepted units become stock.   Woken by returns webhooks, every five minutes, and by inspections.
 *  1 gather  Shopify's returns of orders that changed, with what was done to the goods there; the warehouse's receipts come by warehouse-feed
 *  2 decide  announced lines from Shopify's return; what goes out in exchange is kept beside it and moves nothing here: its units are lines of the order
 *  3 record  the return with its lines; dispositions join the order, so that goods restocked in Shopify are seen in the ledger
 *  4 send    what to expect, once, to the warehouse that serves the place the goods left from; what inspection found, once, to Shopify's return, whose call is
 *            not idempotent: after a lost answer the return is read again before anything is said
 *  5 settle  received and not inspected for two days, and goods restocked in Shopify that no warehouse accepted, are cases
 */
import { dispositionsMade, planDisposition } from '../domain/returns/disposition.ts';
import { emptyOrder, type OrderState } from '../domain/orders/order-state.ts';
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { some } from '../domain/wording.ts';
import type { StorefrontDisposition, StorefrontReturn } from '../ports/storefront.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { idempotencyKey } from '../runtime/key.ts';
import { queueAdjustments } from '../store/adjustments.ts';
import { lineReference } from '../store/orders-out.ts';
import { recordOrders } from '../store/orders.ts';
import { readCursor, writeCursor } from '../store/runs.ts';
import { beginTelling, dispositionsDue, dispositionsKnown, postponeTelling, settleTelling, type DispositionRow } from '../store/return-dispositions.ts';
import { saveExchanges, saveReturn } from '../store/returns.ts';
import { ghostRestocks, orderPlaces, returnsToAnnounce, returnsUninspected, takeReturnReads, type OrderPlace } from '../store/returns-checks.ts';

const OVERLAP_MS = 2 * 60_000;
/** A call may still be on its way for this long after its answer was lost. */
const LOST_MS = 60_000, TELL_TRIES = 20;
const UNINSPECTED_MS = 2 * 24 * 3_600_000;

export const returns = defineFlow({
  name: 'returns', moves: 'announced → received → inspected; only accepted units become stock', owner: 'warehouse', schedule: { cron: '3-59/5 * * * *' },
  raises: ['RETURN_AWAITING_INSPECTION', 'REFUND_RESTOCK_MISMATCH'],
  async run(context) {
    const { db, storeId, storefront } = context;
    const started = await context.storefront.time();
    const since = (await readCursor(db, storeId, 'returns')) ?? new Date(Date.parse(started) - 60 * 86_400_000).toISOString();
    const seen = new Set<string>();
    for await (const ids of storefront.ordersWithReturns(since)) await read(context, ids.filter((id) => !seen.has(id) && seen.add(id)));
    for (let ids = await takeReturnReads(db, storeId, 50); ids.length > 0; ids = await takeReturnReads(db, storeId, 50)) await read(context, ids.filter((id) => !seen.has(id) && seen.add(id)));
    await writeCursor(db, storeId, 'returns', new Date(Date.parse(started) - OVERLAP_MS).toISOString(), context.now());
    await announce(context);
    await tell(context);
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
        const returnId = await saveReturn(tx, storeId, {
          reference: `shopify/${returned.id}`, name: returned.name, orderId: returned.orderId, ...homeOf(returned, places), announcedAt: returned.createdAt,
          cancelled: returned.status === 'cancelled' || returned.status === 'declined',
        }, linesOf(returned, places), context.now());
        await saveExchanges(tx, storeId, returnId, returned.exchanged, context.now());
        const heard = dispositionsOf(returned.orderId, returned.dispositions);
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

function dispositionsOf(orderId: string, dispositions: readonly StorefrontDisposition[]): OrderState {
  const order = emptyOrder(orderId);
  for (const d of dispositions) order.dispositions[d.id] = { lineId: d.lineId, quantity: d.quantity, restocked: d.type === 'restocked', locationId: d.locationId, at: d.at };
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

/** Tells Shopify's returns what inspection found, a row a call; one that fails stops no other. */
async function tell(context: FlowContext): Promise<void> {
  const { db, storeId } = context;
  let told = 0;
  for (const row of await dispositionsDue(db, storeId, context.now(), 200)) {
    try {
      told += await tellOne(context, row);
    } catch (error) {
      const wait = Math.min(LOST_MS * 2 ** Math.min(row.attempts, 4), 600_000);
      await postponeTelling(db, storeId, row.disposition_id, (error as Error).message, new Date(context.clock.now().getTime() + wait).toISOString());
      if ((error as Error).name === 'TokenDead') throw error;
    }
  }
  context.detail['dispositionsTold'] = told;
  if (told > 0) context.changed('returns');
}

async function tellOne(context: FlowContext, row: DispositionRow): Promise<number> {
  const { db, storeId, storefront } = context;
  const returned = (await storefront.returns([row.order_id])).find((each) => `shopify/${each.id}` === row.reference);
  const { taken, parts, told } = await dispositionsKnown(db, storeId, row), shown = returned?.dispositions ?? [];
  if (row.state === 'sent') {
    const made = dispositionsMade(row.said, new Set(row.known), taken, shown);
    if (made !== null) return record(context, row, shown, { made, there: row.made, said: row.said, refused: null });
  }
  // Where a warehouse is the authority the push shows what the shelf allows: restocking there as well would make ghosts.
  const reverseLines = returned?.reverseLines ?? [], total = reverseLines.reduce((sum, line) => (line.lineId === row.line_id ? sum + line.total : sum), 0);
  const whole = Math.min(...parts.map((part) => (part.announced > 0 ? Math.floor((part.inspected * total) / part.announced) : 0)));
  const plan = planDisposition({
    lineId: row.line_id, quantity: row.quantity, raises: row.raises && row.authority === 'storefront', locationId: row.shopify_location_id, restockable: row.itself && row.opened,
    lineUnits: row.itself ? row.quantity : whole - told, reverseLines, disposed: shown, taken,
  });
  if (plan.say.length === 0) return record(context, row, shown, { made: [], there: plan.there, said: [], refused: null });
  if (row.attempts >= TELL_TRIES) return record(context, row, shown, { made: [], there: plan.there, said: [], refused: `Shopify did not answer ${row.attempts} times` });
  const later = new Date(context.clock.now().getTime() + LOST_MS).toISOString();
  if (!(await beginTelling(db, storeId, row, { said: plan.say, known: shown.map((d) => d.id), there: plan.there }, later, context.now()))) return 0;
  const answer = await storefront.dispose(plan.say);
  if ('refused' in answer) return record(context, row, shown, { made: [], there: plan.there, said: [], refused: answer.refused });
  const made = dispositionsMade(plan.say, new Set(shown.map((d) => d.id)), taken, answer.dispositions);
  if (made === null) throw new Error('Shopify answered, and the dispositions are not among what it shows');
  return record(context, row, answer.dispositions, { made, there: plan.there, said: plan.say, refused: null });
}

/** The outcome, what Shopify shows of the goods, and the stock change for accepted units that no disposition raised: together, so that units rise once. */
async function record(context: FlowContext, row: DispositionRow, shown: readonly StorefrontDisposition[], outcome: { made: readonly { id: string; quantity: number }[]; there: Record<string, number>; said: DispositionRow['said']; refused: string | null }): Promise<number> {
  const { db, storeId } = context;
  const there = Object.values(outcome.there).reduce((sum, units) => sum + units, 0), restocked = outcome.said.reduce((sum, one) => (one.type === 'restocked' ? sum + one.quantity : sum), 0);
  const adjusted = row.raises && row.authority === 'storefront' ? row.quantity - there - restocked : 0;
  return db.transaction(async (tx) => {
    const fresh = await settleTelling(tx, storeId, row.disposition_id, {
      state: outcome.refused === null ? 'told' : 'refused', made: { ...outcome.there, ...Object.fromEntries(outcome.made.map((d) => [d.id, d.quantity])) }, there,
      units: outcome.said.reduce((sum, one) => sum + one.quantity, 0), adjusted, message: outcome.refused,
    }, context.now());
    if (!fresh) return 0;
    if (shown.length > 0) await recordOrders(tx, storeId, [dispositionsOf(row.order_id, shown)], { dayOf: context.dayOf, now: context.now(), source: 'returns' });
    if (adjusted > 0 && row.item_id !== null) {
      const cause = `return/${row.return_id}:${row.cause}:${row.line_key}:${row.disposition}`;
      await queueAdjustments(tx, storeId, [{
        cause, itemId: row.item_id, locationId: row.location_id, stateName: 'available', delta: adjusted, reason: 'restock', sentence: `${adjusted} sellable from return ${row.return_name}, inspected by ${row.by}`, key: idempotencyKey(`stock-adjustments/${storeId}/${cause}`),
      }], context.now());
    }
    return 1;
  });
}

async function settle(context: FlowContext): Promise<void> {
  const { db, storeId } = context;
  const waiting = await returnsUninspected(db, storeId, new Date(Date.parse(context.now()) - UNINSPECTED_MS).toISOString());
  await context.checked('RETURN_AWAITING_INSPECTION', waiting.map((row): RaisedException => ({
    kind: 'RETURN_AWAITING_INSPECTION', key: `return/${row.return_id}`, subject: `Return ${row.name}`,
    sentence: `${some(row.units, 'unit')} of return ${row.name} came in at ${row.received_at} and nobody has inspected ${row.units === 1 ? 'it: it' : 'them: they'} can be sold by nobody until then.`, evidence: { returnId: row.return_id, units: row.units },
  })));
  const ghosts = await ghostRestocks(db, storeId);
  await context.checked('REFUND_RESTOCK_MISMATCH', ghosts.filter((row) => row.open > 0).map((row): RaisedException => ({
    kind: 'REFUND_RESTOCK_MISMATCH', key: `level/${row.item_id}@${row.location_id}`, subject: `${row.sku || row.title} at ${row.location}`, itemId: row.item_id, locationId: row.location_id,
    sentence: `${some(row.open, 'unit')} of ${row.sku || row.title} ${row.open === 1 ? 'was' : 'were'} restocked in Shopify at ${row.location}, where only the warehouse's inspection may. ${row.open === 1 ? 'It is' : 'They are'} taken back by the next push.`, evidence: { units: row.open, facts: row.facts },
  })));
  context.detail['ghostUnitsTakenBack'] = ghosts.reduce((sum, row) => sum + row.reversed, 0);
}
