/**
 * Moving work to another location, whole or in part; its commitment goes along. Rules: the schema's text of `fulfillmentOrderMove`.
 * Untouched work keeps its id. Work with fulfilled units, a part of it, or a destination that already has open work of the order makes a new one.
 */
import type { FulfillmentOrderRecord, OrderRecord, Shop } from '../state.ts';
import { act, refuse, type Action, type UserError } from './action.ts';
import { isOpen, endWhenEmpty, makeWork } from './fulfilment-orders.ts';
import { movedPayload } from './fulfilment-order-payloads.ts';
import { changeLevel, levelKey } from './levels.ts';
import { trackedItemOf } from './order-lines.ts';

export interface WorkUnits { id: string; quantity: number }
export interface MoveOutcome { moved: FulfillmentOrderRecord | null; original: FulfillmentOrderRecord | null; userErrors: UserError[] }

/** The remaining units asked for, by fulfilment order line; everything that remains when nothing is named. @throws Refusal */
export function unitsOf(work: FulfillmentOrderRecord, wanted: readonly WorkUnits[] | null | undefined, field: string[], codes: { zero: string | null; quantity: string | null }): WorkUnits[] {
  if (wanted == null || wanted.length === 0) return work.lines.filter((line) => line.remainingQuantity > 0).map((line) => ({ id: line.id, quantity: line.remainingQuantity }));
  if (new Set(wanted.map((want) => want.id)).size < wanted.length) refuse(field, 'The fulfillment order line items are not unique.', codes.quantity);
  return wanted.map(({ id, quantity }) => {
    const line = work.lines.find((candidate) => candidate.id === id);
    if (!Number.isSafeInteger(quantity) || quantity <= 0) return refuse(field, 'The fulfillment order line item quantity must be greater than 0.', codes.zero);
    if (!line || quantity > line.remainingQuantity) return refuse(field, 'The fulfillment order line item quantity is invalid.', codes.quantity);
    return { id, quantity };
  });
}

/** Takes units off work without ending it; `totalQuantity` falls with them. */
export function without(work: FulfillmentOrderRecord, units: readonly WorkUnits[]): FulfillmentOrderRecord {
  const taken = new Map(units.map(({ id, quantity }) => [id, quantity]));
  const lines = work.lines.map((line) => {
    const quantity = taken.get(line.id) ?? 0;
    return quantity === 0 ? line : { ...line, totalQuantity: line.totalQuantity - quantity, remainingQuantity: line.remainingQuantity - quantity };
  }).filter((line) => line.totalQuantity > 0);
  return { ...work, lines };
}

/** Units of work as units of the order's lines. */
export const orderUnits = (work: FulfillmentOrderRecord, units: readonly WorkUnits[]): { lineItemId: string; quantity: number }[] =>
  units.map(({ id, quantity }) => ({ lineItemId: work.lines.find((line) => line.id === id)!.lineItemId, quantity }));

/** fulfillmentOrderMove. Neither the order's `updatedAt` nor on_hand changes: goods stay where they lie, the promise moves. */
export function moveFulfillmentOrder(shop: Shop, input: { workId: string; locationId: string; lines?: readonly WorkUnits[] | null; at?: string }): MoveOutcome {
  return act<MoveOutcome>(shop, `fulfillment_order/${input.workId}`, input.at, (action) => {
    const work = shop.tables.fulfillmentOrders.get(input.workId);
    if (!work) return refuse(['id'], 'Fulfillment order does not exist.');
    if (!isOpen(work)) return refuse(['id'], `Cannot move a fulfillment order with status ${work.status.toLowerCase()}.`);
    if (work.progressReported) return refuse(['id'], 'Cannot move a fulfillment order that has progress reported.', 'CANNOT_MOVE_FULFILLMENT_ORDER_WITH_REPORTED_PROGRESS');
    if (!shop.tables.locations.get(input.locationId)?.isActive) return refuse(['newLocationId'], 'Location does not exist or is not active.');
    if (work.assignedLocationId === input.locationId) return refuse(['newLocationId'], 'The fulfillment order is already assigned to that location.');
    const units = unitsOf(work, input.lines, ['fulfillmentOrderLineItems'], { zero: null, quantity: null });
    const order = shop.tables.orders.get(work.orderId)!;
    moveCommitment(action, order, work, units, input.locationId);
    const whole = work.lines.every((line) => line.remainingQuantity === line.totalQuantity && units.some(({ id, quantity }) => id === line.id && quantity === line.totalQuantity));
    const busyThere = shop.fulfillmentOrdersOf(order.id).some((other) => isOpen(other) && other.assignedLocationId === input.locationId);
    let original: FulfillmentOrderRecord;
    let moved: FulfillmentOrderRecord;
    if (whole && !busyThere) {
      moved = original = { ...work, assignedLocationId: input.locationId, updatedAt: action.at };
      shop.put('fulfillmentOrders', moved);
    } else {
      moved = makeWork(action, order.id, input.locationId, orderUnits(work, units), work.holds?.length ? { status: 'ON_HOLD', holds: work.holds } : {});
      original = endWhenEmpty(action, without(work, units));
    }
    followLines(action, order);
    shop.emit('fulfillment_orders/moved', movedPayload(original, moved, work.assignedLocationId, units));
    return { moved, original, userErrors: [] };
  }, (userErrors) => ({ moved: null, original: null, userErrors }));
}

function moveCommitment(action: Action, order: OrderRecord, work: FulfillmentOrderRecord, units: readonly WorkUnits[], to: string): void {
  const { shop } = action;
  for (const { lineItemId, quantity } of orderUnits(work, units)) {
    const line = order.lines.find((candidate) => candidate.id === lineItemId);
    const item = line && trackedItemOf(shop, line);
    if (item === undefined) continue;
    if (!shop.tables.levels.get(levelKey(item, to))?.isActive) refuse(['newLocationId'], `The destination location does not stock ${line?.title ?? 'the item'}.`);
    changeLevel(action, item, work.assignedLocationId, { committed: -quantity, available: quantity }, { reason: 'fulfillment_order_moved', asItIs: true });
    changeLevel(action, item, to, { available: -quantity, committed: quantity }, { reason: 'fulfillment_order_moved' });
  }
}

/** A line whose open units have all come to one place belongs there from now on: units an edit adds are sold from it. */
function followLines({ shop }: Action, order: OrderRecord): void {
  const places = new Map<string, Set<string>>();
  for (const work of shop.fulfillmentOrdersOf(order.id)) {
    for (const line of work.lines) if (isOpen(work) && line.remainingQuantity > 0) places.set(line.lineItemId, (places.get(line.lineItemId) ?? new Set()).add(work.assignedLocationId));
  }
  const committedAt = { ...order.committedAt };
  for (const [lineItemId, set] of places) if (set.size === 1) committedAt[lineItemId] = [...set][0]!;
  shop.put('orders', { ...order, committedAt });
}
