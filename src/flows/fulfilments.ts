/**
 * fulfilments: parcels the warehouse sent → exactly one Shopify fulfilment each.   Woken by one NOTIFY per stored shipment; every minute for those held back.
 *  1 gather  shipments due, one of an order at a time; the order's fulfilment orders and its fulfilments as Shopify shows them now
 *  2 decide  domain/fulfilment: what left so far less what is fulfilled is what to create; held, moved, scheduled, closed each say so
 *  3 send    one call, which Shopify does not make idempotent: after a lost answer the totals are read again before anything is sent
 *  4 record  the fulfilment joins the order in the same transaction as the shipment's outcome, so open and dispatched fall together
 *  5 settle  shipped longer ago than promised and not in Shopify is a case, until the fulfilment was read back; more fulfilled than wanted is one from when the
 *            order was recorded so, until it is right or accepted
 */
import { carrierName } from '../domain/fulfilment/carrier.ts';
import { planFulfilment } from '../domain/fulfilment/plan.ts';
import { explode } from '../domain/catalogue/bundle.ts';
import { emptyOrder, type OrderState } from '../domain/orders/order-state.ts';
import { unstopped } from '../domain/wording.ts';
import type { Fulfilment } from '../ports/storefront.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { bundleBook, itemsOfVariants } from '../store/bundles.ts';
import { recheckOverFulfilled } from '../store/over-fulfilled.ts';
import { recordOrders } from '../store/orders.ts';
import { markDirty } from '../store/push-levels.ts';
import { dispatchedOf, fulfilmentsTaken, numbersWaiting, settleShipment, takeShipments, type ShipmentRow } from '../store/shipments.ts';
import { lateShipments } from '../store/shipments-page.ts';

const LEASE_MS = 60_000;
/** The promise: in Shopify within thirty minutes of leaving. */
export const LATE_MS = 30 * 60_000;
/** Later than this, or more at once than this, and customers are misinformed now. */
const VERY_LATE_MS = 4 * 3_600_000, MANY_LATE = 50;

export const fulfilments = defineFlow({
  name: 'fulfilments', moves: 'parcels the warehouse sent → Shopify fulfilments', owner: 'warehouse', schedule: { cron: '* * * * *' }, raises: ['FULFIL_NOT_SYNCED', 'OVER_FULFILLED'],
  async run(context) {
    for (let done = -1; done !== 0;) {
      done = await fulfilWaiting(context);
      context.tally.input += done;
      context.tally.applied += done;
    }
    const at = Date.parse(context.now()), late = await lateShipments(context.db, context.storeId, new Date(at - LATE_MS).toISOString());
    await context.checked('FULFIL_NOT_SYNCED', late.map((row) => ({
      kind: 'FULFIL_NOT_SYNCED', key: `shipment/${row.shipment_id}`, subject: `Order ${row.order_name ?? row.order_id}`, size: Math.floor((at - Date.parse(row.shipped_at)) / 60_000),
      ...(late.length > MANY_LATE || at - Date.parse(row.shipped_at) > VERY_LATE_MS ? { severity: 1 as const } : {}),
      sentence: `Parcel ${row.document_id} of order ${row.order_name ?? row.order_id} left ${row.warehouse} at ${row.shipped_at} and is not fulfilled in Shopify: ${unstopped(row.reason ?? 'waiting')}. The customer has no tracking.`,
      evidence: { shipmentId: row.shipment_id, state: row.state, reason: row.reason, attempts: row.attempts, numbers: row.parcels.map((p) => p.number) },
    })));
    await recheckOverFulfilled(context.db, context.storeId, context.now());
    context.changed('exceptions', 'stock');
  },
});

/** One round over the shipments due. Returns how many were settled one way or the other. */
export async function fulfilWaiting(context: FlowContext): Promise<number> {
  const { db, storeId } = context;
  const rows = await takeShipments(db, storeId, context.now(), later(context, LEASE_MS), 20);
  for (const row of rows) {
    try {
      await fulfil(context, row);
    } catch (error) {
      // Whether a fulfilment was made is not known: next time Shopify is read before anything is sent, as it always is.
      await settleShipment(db, storeId, row.shipment_id, { state: 'waiting', reason: (error as Error).message, notBefore: later(context, wait(row)), unknown: true }, context.now());
      if ((error as Error).name === 'TokenDead') throw error;
    }
  }
  if (rows.length > 0) context.changed('stock');
  return rows.length;
}

const later = (context: FlowContext, ms: number): string => new Date(context.clock.now().getTime() + ms).toISOString();
const wait = (row: ShipmentRow): number => Math.min(2_000 * 2 ** Math.min(row.attempts, 9), 600_000);

async function fulfil(context: FlowContext, row: ShipmentRow): Promise<void> {
  const { db, storeId, storefront } = context;
  const [work, made, perUnit] = [await storefront.fulfilmentOrders([row.order_id]), await storefront.fulfilments(row.order_id), await unitsOf(context, row)];
  const numbers = [...new Set(row.parcels.flatMap((parcel) => (parcel.number === null ? [] : [parcel.number])))];
  const plan = planFulfilment({
    locationId: row.shopify_location_id, lines: row.lines, perUnit, numbers, work, made,
    dispatched: (await dispatchedOf(db, storeId, row.order_id, row.location_id, row.shipment_id)).map((d) => ({ lineId: d.line_id, itemId: d.item_id, quantity: d.quantity })),
    taken: await fulfilmentsTaken(db, storeId, row.order_id, row.shipment_id),
  });
  if (plan.do === 'there') return record(context, row, made, { state: 'written', fulfilmentIds: plan.ids, reason: plan.ids.length === 0 ? 'was fulfilled in Shopify already, by somebody else' : null, notBefore: null });
  if (plan.do === 'wait' || plan.do === 'hold') {
    return record(context, row, made, { state: plan.do === 'hold' ? 'held' : 'waiting', reason: plan.reason, notBefore: later(context, plan.do === 'hold' ? 120_000 : wait(row)) });
  }
  const carrier = carrierName(row.parcels.find((parcel) => parcel.carrier !== null)?.carrier ?? null);
  const urls = carrier?.known ? [] : [...new Set(row.parcels.flatMap((parcel) => (parcel.url === null ? [] : [parcel.url])))];
  // Parcels before this one that waited for a bundle to be whole go with it.
  const together = [...new Set([...await numbersWaiting(db, storeId, row), ...numbers])];
  const answer = await storefront.createFulfilment({ groups: plan.groups, numbers: together, urls, company: carrier?.company ?? null, notifyCustomer: row.notify });
  if ('refused' in answer) return record(context, row, made, { state: 'held', reason: `Shopify refused: ${answer.refused}`, notBefore: later(context, wait(row)) });
  await record(context, row, [...made, answer.fulfilment], {
    state: plan.short === null ? 'written' : 'held', fulfilmentIds: [answer.fulfilment.id], reason: plan.short, notBefore: plan.short === null ? null : later(context, 120_000),
  });
}

/** Items in one unit of each order line, by the bundle as it was when the order was placed. */
async function unitsOf(context: FlowContext, row: ShipmentRow): Promise<(lineId: string) => ReadonlyMap<number, number>> {
  const { db, storeId } = context;
  const { rows: [order] } = await db.query<{ state: OrderState }>('select state from sales_order where store_id = $1 and order_id = $2', [storeId, row.order_id]);
  const variants = [...new Set(row.lines.flatMap((line) => order?.state.lines[line.lineId]?.variantId ?? []))];
  const partsOf = (await bundleBook(db, storeId, variants))(order?.state.processedAt ?? context.now());
  const exploded = new Map(variants.map((id) => [id, explode(id, 1, partsOf)]));
  const items = await itemsOfVariants(db, storeId, [...new Set([...exploded.values()].flatMap((parts) => [...parts.keys()]))]);
  return (lineId) => {
    const line = order?.state.lines[lineId];
    const parts = line?.variantId == null || line.group !== null ? null : exploded.get(line.variantId);
    const own = row.lines.filter((l) => l.lineId === lineId);
    if (!parts || parts.size === 1) return new Map(own.map((l) => [l.itemId, parts ? [...parts.values()][0]! : 1]));
    return new Map([...parts].flatMap(([variantId, units]) => { const itemId = items.get(variantId)?.item_id; return itemId == null ? [] : [[itemId, units] as const]; }));
  };
}

/** The shipment's outcome and what Shopify shows of the order, together. */
async function record(context: FlowContext, row: ShipmentRow, made: readonly Fulfilment[], outcome: Parameters<typeof settleShipment>[3]): Promise<void> {
  const { db, storeId } = context;
  const heard: OrderState = { ...emptyOrder(row.order_id), fulfilments: Object.fromEntries(made.map((f) => [f.id, { locationId: f.locationId, cancelled: f.cancelled, at: f.at, updatedAt: f.updatedAt, lines: f.lines }])) };
  await db.transaction(async (tx) => {
    await settleShipment(tx, storeId, row.shipment_id, outcome, context.now());
    if (made.length > 0) await recordOrders(tx, storeId, [heard], { dayOf: context.dayOf, now: context.now(), source: 'fulfilments' });
    await markDirty(tx, row.lines.map((line) => line.itemId), context.now());
  });
}
