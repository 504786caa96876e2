/** Fulfilments: parcels that leave a location. Rules: reference shopify.md §4. Not idempotent, as at Shopify. */
import type { FulfillmentOrderRecord, FulfillmentRecord, OrderRecord, Shop } from '../state.ts';
import { isLoading, returnsOf } from '../shop.ts';
import { act, refuse, type Action, type UserError } from './action.ts';
import { makeWork } from './fulfilment-orders.ts';
import { changeLevel } from './levels.ts';
import { openUnits } from './order-figures.ts';
import { trackedItemOf, uncommit } from './order-lines.ts';
import { stands } from './return-figures.ts';
import { fulfillmentPayload, orderPayload } from './payloads.ts';
import { trackingOf, type TrackingInfo } from './tracking.ts';

export interface FulfillmentOutcome { fulfillment: FulfillmentRecord | null; userErrors: UserError[] }

export interface CreateFulfillmentInput {
  /** All of one order and one location. Without `lineItems`, everything that remains. */
  lineItemsByFulfillmentOrder: { fulfillmentOrderId: string; lineItems?: { id: string; quantity: number }[] }[];
  trackingInfo?: TrackingInfo | null;
  notifyCustomer?: boolean;
  at?: string;
}

/** Ships units: committed −q where they were committed, so on_hand falls; `available` does not move. Errors carry no code. */
export function createFulfillment(shop: Shop, input: CreateFulfillmentInput): FulfillmentOutcome {
  const id = shop.nextId('Fulfillment');
  return act<FulfillmentOutcome>(shop, `fulfillment/${id}`, input.at, (action) => {
    const works = worksOf(shop, input);
    const orderId = works[0]!.orderId;
    const locationId = works[0]!.assignedLocationId;
    if (works.some((work) => work.orderId !== orderId)) refuse(['fulfillment'], 'All fulfillment orders must belong to the same order.');
    if (works.some((work) => work.assignedLocationId !== locationId)) refuse(['fulfillment'], 'All fulfillment orders must be assigned to the same location.');
    const lines = works.flatMap((work, index) => shipFrom(action, work, input.lineItemsByFulfillmentOrder[index]?.lineItems));
    if (lines.length === 0) refuse(['fulfillment'], 'Invalid fulfillment order line item quantity requested.');
    const order = takeUnits(action, orderOf(shop, orderId), locationId, lines);
    const fulfillment: FulfillmentRecord = { id, orderId, locationId, status: 'SUCCESS', createdAt: action.at, updatedAt: action.at, tracking: trackingOf(input.trackingInfo), lines, notifications: input.notifyCustomer ? 1 : 0 };
    shop.put('fulfillments', fulfillment);
    if (!isLoading(shop)) {
      shop.emit('fulfillments/create', fulfillmentPayload(shop, order, fulfillment));
      const body = orderPayload(shop, order);
      shop.emit(openUnits(order) === 0 ? 'orders/fulfilled' : 'orders/partially_fulfilled', body);
      shop.emit('orders/updated', body);
    }
    return { fulfillment, userErrors: [] };
  }, (userErrors) => ({ fulfillment: null, userErrors }));
}

/** Replaces the tracking details of a parcel. Errors carry no code. */
export function updateTracking(shop: Shop, input: { fulfillmentId: string; trackingInfo: TrackingInfo; notifyCustomer?: boolean; at?: string }): FulfillmentOutcome {
  return act<FulfillmentOutcome>(shop, `fulfillment/${input.fulfillmentId}`, input.at, (action) => {
    const found = shop.tables.fulfillments.get(input.fulfillmentId);
    if (!found) return refuse(['fulfillmentId'], 'Fulfillment does not exist.');
    if (found.status === 'CANCELLED') return refuse(['fulfillmentId'], 'The fulfillment has been cancelled.');
    const fulfillment: FulfillmentRecord = {
      ...found, updatedAt: action.at, tracking: trackingOf(input.trackingInfo), notifications: (found.notifications ?? 0) + (input.notifyCustomer ? 1 : 0),
    };
    shop.put('fulfillments', fulfillment);
    const order: OrderRecord = { ...orderOf(shop, found.orderId), updatedAt: action.at };
    shop.put('orders', order);
    if (!isLoading(shop)) {
      shop.emit('fulfillments/update', fulfillmentPayload(shop, order, fulfillment));
      shop.emit('orders/updated', orderPayload(shop, order));
    }
    return { fulfillment, userErrors: [] };
  }, (userErrors) => ({ fulfillment: null, userErrors }));
}

/** The same parcel once more, with a number of its own and none of the units open: Shopify refuses such a call, and yet shops have met it. */
export function doubleFulfillment(shop: Shop, fulfillmentId: string): FulfillmentOutcome {
  const id = shop.nextId('Fulfillment');
  return act<FulfillmentOutcome>(shop, `fulfillment/${id}`, undefined, (action) => {
    const found = shop.tables.fulfillments.get(fulfillmentId);
    if (!found || found.status === 'CANCELLED') return refuse(['fulfillmentId'], 'Fulfillment does not exist.');
    const fulfillment: FulfillmentRecord = { ...found, id, createdAt: action.at, updatedAt: action.at, lines: found.lines.map((line) => ({ ...line, id: shop.nextId('FulfillmentLineItem') })) };
    shop.put('fulfillments', fulfillment);
    const order: OrderRecord = { ...orderOf(shop, found.orderId), updatedAt: action.at };
    shop.put('orders', order);
    shop.emit('fulfillments/create', fulfillmentPayload(shop, order, fulfillment));
    shop.emit('orders/updated', orderPayload(shop, order));
    return { fulfillment, userErrors: [] };
  }, (userErrors) => ({ fulfillment: null, userErrors }));
}

/** Cancels a fulfilment: units the shopper still keeps are open again (committed +q) on new fulfilment orders. */
export function cancelFulfillment(shop: Shop, fulfillmentId: string, options: { at?: string } = {}): FulfillmentOutcome {
  return act<FulfillmentOutcome>(shop, `fulfillment/${fulfillmentId}`, options.at, (action) => {
    const found = shop.tables.fulfillments.get(fulfillmentId);
    if (!found) return refuse(['id'], 'The fulfillment does not exist.');
    if (found.status === 'CANCELLED') return refuse(['id'], 'The fulfillment has already been cancelled.');
    if (returnsOf(shop, found.orderId).some((each) => stands(each) && each.lines.some((line) => found.lines.some((shipped) => shipped.id === line.fulfillmentLineItemId)))) {
      return refuse(['id'], 'The fulfillment has items that are being returned.');
    }
    const before = orderOf(shop, found.orderId);
    if (before.cancelledAt !== null) return refuse(['id'], 'The fulfillment of a cancelled order cannot be cancelled.');
    const fulfillment: FulfillmentRecord = { ...found, status: 'CANCELLED', updatedAt: action.at };
    shop.put('fulfillments', fulfillment);
    let order: OrderRecord = { ...before, updatedAt: action.at, closedAt: null };
    const again: { lineItemId: string; quantity: number }[] = [];
    for (const shipped of found.lines) {
      const line = order.lines.find((candidate) => candidate.id === shipped.lineItemId);
      if (!line) continue;
      // Units refunded since they shipped are the shop's business no more.
      const units = Math.min(shipped.quantity, line.currentQuantity - line.unfulfilledQuantity);
      if (units === 0) continue;
      order = { ...order, lines: order.lines.map((other) => other.id === line.id ? { ...line, unfulfilledQuantity: line.unfulfilledQuantity + units } : other) };
      again.push({ lineItemId: line.id, quantity: units });
      const item = trackedItemOf(shop, line);
      if (item !== undefined) changeLevel(action, item, found.locationId, { committed: units }, { reason: 'fulfillment_cancelled' });
    }
    shop.put('orders', order);
    if (again.length > 0) makeWork(action, order.id, found.locationId, again);
    if (!isLoading(shop)) {
      shop.emit('fulfillments/update', fulfillmentPayload(shop, order, fulfillment));
      shop.emit('orders/updated', orderPayload(shop, order));
    }
    return { fulfillment, userErrors: [] };
  }, (userErrors) => ({ fulfillment: null, userErrors }));
}

function worksOf(shop: Shop, input: CreateFulfillmentInput): FulfillmentOrderRecord[] {
  const field = ['fulfillment', 'lineItemsByFulfillmentOrder'];
  if (input.lineItemsByFulfillmentOrder.length === 0) refuse(field, 'At least one fulfillment order is required.');
  const ids = input.lineItemsByFulfillmentOrder.map((part) => part.fulfillmentOrderId);
  if (new Set(ids).size < ids.length) refuse(field, 'A fulfillment order may be named only once.');
  return ids.map((id) => {
    const work = shop.tables.fulfillmentOrders.get(id);
    if (!work) return refuse(['fulfillment'], 'Fulfillment order does not exist.');
    if (work.status !== 'OPEN' && work.status !== 'IN_PROGRESS') {
      return refuse(['fulfillment'], `Fulfillment order ${id} has an unfulfillable status= ${work.status.toLowerCase()}.`);
    }
    return work;
  });
}

function orderOf(shop: Shop, id: string): OrderRecord {
  const order = shop.tables.orders.get(id);
  if (!order) throw new Error(`order ${id} is gone but its fulfilment order remains`);
  return order;
}

/** Takes the wanted units off one fulfilment order; it closes when nothing remains and is in progress until then. */
function shipFrom({ shop, at }: Action, work: FulfillmentOrderRecord, wanted: { id: string; quantity: number }[] | undefined): FulfillmentRecord['lines'] {
  const units = new Map<string, number>();
  if (wanted === undefined) for (const line of work.lines) units.set(line.id, line.remainingQuantity);
  else for (const want of wanted) units.set(want.id, (units.get(want.id) ?? 0) + want.quantity);
  const shipped: FulfillmentRecord['lines'] = [];
  for (const [id, quantity] of units) {
    const line = work.lines.find((candidate) => candidate.id === id);
    if (!line) refuse(['fulfillment'], 'Fulfillment order line item does not exist.');
    else if (!Number.isSafeInteger(quantity) || quantity > line.remainingQuantity || (wanted !== undefined && quantity <= 0)) {
      refuse(['fulfillment'], 'Invalid fulfillment order line item quantity requested.');
    } else if (quantity > 0) {
      shipped.push({ id: shop.nextId('FulfillmentLineItem'), lineItemId: line.lineItemId, fulfillmentOrderId: work.id, quantity });
    }
  }
  const lines = work.lines.map((line) => ({ ...line, remainingQuantity: line.remainingQuantity - (units.get(line.id) ?? 0) }));
  shop.put('fulfillmentOrders', { ...work, lines, updatedAt: at, status: lines.some((line) => line.remainingQuantity > 0) ? 'IN_PROGRESS' : 'CLOSED' });
  return shipped;
}

function takeUnits(action: Action, order: OrderRecord, locationId: string, shipped: FulfillmentRecord['lines']): OrderRecord {
  const units = new Map<string, number>();
  for (const line of shipped) units.set(line.lineItemId, (units.get(line.lineItemId) ?? 0) + line.quantity);
  for (const line of order.lines) uncommit(action, line, locationId, units.get(line.id) ?? 0, { reason: 'order_fulfilled' });
  const lines = order.lines.map((line) => units.has(line.id) ? { ...line, unfulfilledQuantity: line.unfulfilledQuantity - units.get(line.id)! } : line);
  const next: OrderRecord = { ...order, lines, updatedAt: action.at };
  // A paid order archives itself once everything has left.
  const done: OrderRecord = openUnits(next) === 0 ? { ...next, closedAt: action.at } : next;
  action.shop.put('orders', done);
  return done;
}
