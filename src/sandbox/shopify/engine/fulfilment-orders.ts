/**
 * Fulfilment orders: the open units of an order, grouped by the location they are committed at. Units move with their fulfilment order. Their changes never bump
 * `Order.updatedAt` (reference §12, trap 11).
 */
import type { FulfillmentOrderRecord, OrderRecord, Shop } from '../state.ts';
import { isLoading } from '../shop.ts';
import type { Action } from './action.ts';
import { cancelledWorkPayload } from './fulfilment-order-payloads.ts';

const FINISHED: ReadonlySet<FulfillmentOrderRecord['status']> = new Set(['CLOSED', 'CANCELLED', 'INCOMPLETE']);
export const isOpen = (work: FulfillmentOrderRecord): boolean => !FINISHED.has(work.status);

/** Open units of a line that some fulfilment order already carries. */
function carried(shop: Shop, orderId: string, lineItemId: string): number {
  let units = 0;
  for (const work of shop.fulfillmentOrdersOf(orderId)) {
    if (isOpen(work)) for (const line of work.lines) if (line.lineItemId === lineItemId) units += line.remainingQuantity;
  }
  return units;
}

/** Makes one fulfilment order per location for every open unit that none carries yet. Returns those made. */
export function routeOpenUnits(action: Action, order: OrderRecord): FulfillmentOrderRecord[] {
  const { shop } = action;
  const byLocation = new Map<string, { lineItemId: string; quantity: number }[]>();
  for (const line of order.lines) {
    const units = line.unfulfilledQuantity - carried(shop, order.id, line.id);
    if (units <= 0) continue;
    const locationId = order.committedAt[line.id];
    if (locationId === undefined) throw new Error(`line ${line.id} of order ${order.id} has open units but no location`);
    const lines = byLocation.get(locationId) ?? [];
    lines.push({ lineItemId: line.id, quantity: units });
    byLocation.set(locationId, lines);
  }
  return [...byLocation].map(([locationId, units]) => makeWork(action, order.id, locationId, units));
}

/** Brings units that an edit added into the order's open work at their location; where there is none, new work is made. */
export function carryAddedUnits(action: Action, order: OrderRecord): void {
  const { shop, at } = action;
  for (const line of order.lines) {
    const units = line.unfulfilledQuantity - carried(shop, order.id, line.id);
    const work = shop.fulfillmentOrdersOf(order.id).find((candidate) => candidate.status === 'OPEN' && candidate.assignedLocationId === order.committedAt[line.id]);
    if (units <= 0 || !work) continue;
    const known = work.lines.some((candidate) => candidate.lineItemId === line.id);
    const lines = known
      ? work.lines.map((candidate) => candidate.lineItemId === line.id
        ? { ...candidate, totalQuantity: candidate.totalQuantity + units, remainingQuantity: candidate.remainingQuantity + units } : candidate)
      : [...work.lines, { id: shop.nextId('FulfillmentOrderLineItem'), lineItemId: line.id, totalQuantity: units, remainingQuantity: units }];
    shop.put('fulfillmentOrders', { ...work, lines, updatedAt: at });
  }
  routeOpenUnits(action, order);
}

export interface Portion { locationId: string; units: number }

/**
 * Takes units that will never ship (edited away, refunded, cancelled) out of the order's open work and says where they were committed; emptied
 * work ends. Before routing they wait where the line was sold from.
 */
export function releaseUnits(action: Action, order: OrderRecord, lineItemId: string, units: number, end: 'CLOSED' | 'CANCELLED' = 'CLOSED'): Portion[] {
  const soldFrom = order.committedAt[lineItemId];
  if (order.routesAt !== null) return soldFrom === undefined || units === 0 ? [] : [{ locationId: soldFrom, units }];
  const portions = new Map<string, number>();
  let left = units;
  for (const work of action.shop.fulfillmentOrdersOf(order.id)) {
    if (left === 0) break;
    if (!isOpen(work) || !work.lines.some((line) => line.lineItemId === lineItemId && line.remainingQuantity > 0)) continue;
    const lines = work.lines.map((line) => {
      const taken = line.lineItemId === lineItemId ? Math.min(left, line.remainingQuantity) : 0;
      left -= taken;
      if (taken > 0) portions.set(work.assignedLocationId, (portions.get(work.assignedLocationId) ?? 0) + taken);
      return taken === 0 ? line : { ...line, totalQuantity: line.totalQuantity - taken, remainingQuantity: line.remainingQuantity - taken };
    });
    endWhenEmpty(action, { ...work, lines }, end);
  }
  return [...portions].map(([locationId, taken]) => ({ locationId, units: taken }));
}

/** Puts work whose lines changed; with nothing left to do it is CLOSED, or, when nothing of it shipped, as the caller says; its holds fall away. */
export function endWhenEmpty(action: Action, work: FulfillmentOrderRecord, wanted: 'CLOSED' | 'CANCELLED' = 'CLOSED'): FulfillmentOrderRecord {
  const done = work.lines.every((line) => line.remainingQuantity === 0);
  const end = work.lines.some((line) => line.totalQuantity > 0) ? 'CLOSED' : wanted;
  const next: FulfillmentOrderRecord = { ...work, updatedAt: action.at, ...(done ? { status: end, holds: [] } : {}) };
  action.shop.put('fulfillmentOrders', next);
  if (done && end === 'CANCELLED' && !isLoading(action.shop)) action.shop.emit('fulfillment_orders/cancelled', cancelledWorkPayload(next));
  return next;
}

/** Makes work at a location for units of an order's lines that no other work carries. */
export function makeWork(
  action: Action, orderId: string, assignedLocationId: string, units: readonly { lineItemId: string; quantity: number }[], more: Partial<FulfillmentOrderRecord> = {},
): FulfillmentOrderRecord {
  const { shop, at } = action;
  const lines = units.map(({ lineItemId, quantity }) => ({ id: shop.nextId('FulfillmentOrderLineItem'), lineItemId, totalQuantity: quantity, remainingQuantity: quantity }));
  const work: FulfillmentOrderRecord = { id: shop.nextId('FulfillmentOrder'), orderId, assignedLocationId, status: 'OPEN', createdAt: at, updatedAt: at, lines, ...more };
  shop.put('fulfillmentOrders', work);
  return work;
}
