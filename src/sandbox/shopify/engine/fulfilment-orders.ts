/**
 * Fulfilment orders: the open units of an order, grouped by the location they are committed at. Their changes never bump
 * `Order.updatedAt` (reference §12, trap 11).
 */
import type { FulfillmentOrderRecord, OrderRecord, Shop } from '../state.ts';
import type { Action } from './action.ts';

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
  const { shop, at } = action;
  const byLocation = new Map<string, FulfillmentOrderRecord['lines']>();
  for (const line of order.lines) {
    const units = line.unfulfilledQuantity - carried(shop, order.id, line.id);
    if (units <= 0) continue;
    const locationId = order.committedAt[line.id];
    if (locationId === undefined) throw new Error(`line ${line.id} of order ${order.id} has open units but no location`);
    const lines = byLocation.get(locationId) ?? [];
    lines.push({ id: shop.nextId('FulfillmentOrderLineItem'), lineItemId: line.id, totalQuantity: units, remainingQuantity: units });
    byLocation.set(locationId, lines);
  }
  return [...byLocation].map(([assignedLocationId, lines]) => {
    const work: FulfillmentOrderRecord = { id: shop.nextId('FulfillmentOrder'), orderId: order.id, assignedLocationId, status: 'OPEN', createdAt: at, updatedAt: at, lines };
    shop.put('fulfillmentOrders', work);
    return work;
  });
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

/** Takes units that will never ship (edited away, refunded, cancelled) out of the order's open work; emptied work closes. */
export function releaseUnits(action: Action, orderId: string, lineItemId: string, units: number): void {
  let left = units;
  for (const work of action.shop.fulfillmentOrdersOf(orderId)) {
    if (left === 0) return;
    if (!isOpen(work) || !work.lines.some((line) => line.lineItemId === lineItemId && line.remainingQuantity > 0)) continue;
    const lines = work.lines.map((line) => {
      const taken = line.lineItemId === lineItemId ? Math.min(left, line.remainingQuantity) : 0;
      left -= taken;
      return taken === 0 ? line : { ...line, totalQuantity: line.totalQuantity - taken, remainingQuantity: line.remainingQuantity - taken };
    });
    action.shop.put('fulfillmentOrders', { ...work, lines, updatedAt: action.at, status: lines.some((line) => line.remainingQuantity > 0) ? work.status : 'CLOSED' });
  }
}
