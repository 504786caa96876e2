/** Holds on work, progress reports, and what may be done with work now. Rules: the schema's texts of `fulfillmentOrderHold` and its error codes. */
import type { FulfillmentOrderRecord, HoldRecord, Shop } from '../state.ts';
import { act, refuse, type UserError } from './action.ts';
import { OWN_APP } from './actors.ts';
import { makeWork } from './fulfilment-orders.ts';
import { orderUnits, unitsOf, without, type WorkUnits } from './fulfilment-order-moves.ts';
import { heldPayload, progressPayload, releasedPayload } from './fulfilment-order-payloads.ts';

export const MAX_HOLDS = 10;
export interface HoldInput {
  workId: string; reason: string; reasonNotes?: string | null; handle?: string | null; externalId?: string | null; lines?: readonly WorkUnits[] | null;
  /** Who places it: an app by name, null for staff; the API's own app by default. */
  app?: string | null; at?: string;
}
export interface HoldOutcome { work: FulfillmentOrderRecord | null; hold: HoldRecord | null; remaining: FulfillmentOrderRecord | null; userErrors: UserError[] }
export interface WorkOutcome { work: FulfillmentOrderRecord | null; userErrors: UserError[] }

/** fulfillmentOrderHold: up to ten holds of one app, told apart by handle. Named units are held, the others go on as new work. */
export function holdFulfillmentOrder(shop: Shop, input: HoldInput): HoldOutcome {
  return act<HoldOutcome>(shop, `fulfillment_order/${input.workId}`, input.at, (action) => {
    const work = shop.tables.fulfillmentOrders.get(input.workId);
    if (!work) return refuse(['id'], 'The fulfillment order could not be found.', 'FULFILLMENT_ORDER_NOT_FOUND');
    if (!['OPEN', 'IN_PROGRESS', 'SCHEDULED', 'ON_HOLD'].includes(work.status)) return refuse(['id'], `A fulfillment order with status ${work.status.toLowerCase()} cannot be placed on hold.`);
    const app = input.app === undefined ? OWN_APP : input.app;
    const handle = input.handle ?? '';
    const own = (work.holds ?? []).filter((hold) => hold.app === app);
    if (handle.length > 64) return refuse(['fulfillmentHold', 'handle'], 'The handle cannot exceed 64 characters.');
    if (own.some((hold) => hold.handle === handle)) return refuse(['fulfillmentHold', 'handle'], 'The handle provided for the fulfillment hold is already in use by this app for another hold on this fulfillment order.', 'DUPLICATE_FULFILLMENT_HOLD_HANDLE');
    if (own.length >= MAX_HOLDS) return refuse(['id'], 'The maximum number of fulfillment holds for this fulfillment order has been reached for this app.', 'FULFILLMENT_ORDER_HOLD_LIMIT_REACHED');
    const first = work.status !== 'ON_HOLD';
    const field = ['fulfillmentHold', 'fulfillmentOrderLineItems'];
    let held = work;
    let remaining: FulfillmentOrderRecord | null = null;
    if (input.lines != null && input.lines.length > 0) {
      if (!first) return refuse(field, 'The fulfillment order is not in a splittable state.', 'FULFILLMENT_ORDER_NOT_SPLITTABLE');
      if (new Set(input.lines.map((line) => line.id)).size < input.lines.length) return refuse(field, 'The fulfillment order line items are not unique.', 'DUPLICATED_FULFILLMENT_ORDER_LINE_ITEMS');
      const units = unitsOf(work, input.lines, field, { zero: 'GREATER_THAN_ZERO', quantity: 'INVALID_LINE_ITEM_QUANTITY' });
      const wanted = new Map(units.map(({ id, quantity }) => [id, quantity]));
      const others = work.lines.map((line) => ({ id: line.id, quantity: line.remainingQuantity - (wanted.get(line.id) ?? 0) })).filter(({ quantity }) => quantity > 0);
      if (others.length > 0) {
        remaining = makeWork(action, work.orderId, work.assignedLocationId, orderUnits(work, others));
        held = without(work, others);
      }
    }
    const hold: HoldRecord = { id: shop.nextId('FulfillmentHold'), reason: input.reason, reasonNotes: input.reasonNotes ?? null, handle, app, externalId: input.externalId ?? null };
    held = { ...held, status: 'ON_HOLD', updatedAt: action.at, holds: [...(held.holds ?? []), hold] };
    shop.put('fulfillmentOrders', held);
    if (first) shop.emit('fulfillment_orders/placed_on_hold', heldPayload(held, hold, remaining));
    return { work: held, hold, remaining, userErrors: [] };
  }, (userErrors) => ({ work: null, hold: null, remaining: null, userErrors }));
}

/** fulfillmentOrderReleaseHold: the named holds, those of one external id, or all of them. Only the last one's end opens the work. */
export function releaseHolds(shop: Shop, input: { workId: string; holdIds?: readonly string[] | null; externalId?: string | null; at?: string }): WorkOutcome {
  return onWork(shop, input, ['id'], 'FULFILLMENT_ORDER_NOT_FOUND', (work, at) => {
    if (work.status !== 'ON_HOLD') return refuse(['id'], 'The fulfillment order is not on hold.');
    const named = input.holdIds == null ? null : new Set(input.holdIds);
    if (named !== null && [...named].some((id) => !work.holds?.some((hold) => hold.id === id))) return refuse(['holdIds'], 'The fulfillment hold does not exist.');
    const holds = (work.holds ?? []).filter((hold) => (named !== null && !named.has(hold.id)) || (input.externalId != null && hold.externalId !== input.externalId));
    if (holds.length === work.holds?.length) return refuse(['externalId'], 'No fulfillment hold matches.');
    const next: FulfillmentOrderRecord = { ...work, holds, updatedAt: at, status: holds.length > 0 ? 'ON_HOLD' : statusOfOpen(work) };
    shop.put('fulfillmentOrders', next);
    if (holds.length === 0) shop.emit('fulfillment_orders/hold_released', releasedPayload(next));
    return next;
  });
}

/** fulfillmentOrderReportProgress: in progress without a parcel yet. */
export function reportProgress(shop: Shop, input: { workId: string; notes?: string | null; at?: string }): WorkOutcome {
  return onWork(shop, input, ['id'], 'FULFILLMENT_ORDER_NOT_FOUND', (work, at) => {
    if (work.status !== 'OPEN' && work.status !== 'IN_PROGRESS') return refuse(['id'], 'The fulfillment order status is invalid.', 'FULFILLMENT_ORDER_STATUS_INVALID');
    const next: FulfillmentOrderRecord = { ...work, status: 'IN_PROGRESS', progressReported: true, updatedAt: at };
    shop.put('fulfillmentOrders', next);
    shop.emit('fulfillment_orders/progress_reported', progressPayload(next, work, OWN_APP, input.notes ?? null));
    return next;
  });
}

/** fulfillmentOrderOpen: takes a progress report back. No code. */
export function openFulfillmentOrder(shop: Shop, input: { workId: string; at?: string }): WorkOutcome {
  return onWork(shop, input, ['id'], null, (work, at) => {
    if (work.status !== 'SCHEDULED' && !work.progressReported) return refuse(['id'], `A fulfillment order with status ${work.status.toLowerCase()} cannot be marked as open.`);
    const next: FulfillmentOrderRecord = { ...work, progressReported: false, status: statusOfOpen({ ...work, progressReported: false }), updatedAt: at };
    shop.put('fulfillmentOrders', next);
    return next;
  });
}

function statusOfOpen(work: FulfillmentOrderRecord): FulfillmentOrderRecord['status'] {
  return work.progressReported || work.lines.some((line) => line.remainingQuantity < line.totalQuantity) ? 'IN_PROGRESS' : 'OPEN';
}

function onWork(
  shop: Shop, input: { workId: string; at?: string }, field: string[], code: string | null, change: (work: FulfillmentOrderRecord, at: string) => FulfillmentOrderRecord,
): WorkOutcome {
  return act<WorkOutcome>(shop, `fulfillment_order/${input.workId}`, input.at, (action) => {
    const work = shop.tables.fulfillmentOrders.get(input.workId);
    if (!work) return refuse(field, 'The fulfillment order could not be found.', code);
    return { work: change(work, action.at), userErrors: [] };
  }, (userErrors) => ({ work: null, userErrors }));
}

/** What may be done with work at a merchant's own location; merging needs a second work beside it. */
export function supportedActions(shop: Shop, work: FulfillmentOrderRecord): string[] {
  const partner = shop.fulfillmentOrdersOf(work.orderId).some((other) => other.id !== work.id && other.status === 'OPEN' && other.assignedLocationId === work.assignedLocationId);
  const merge = partner ? ['MERGE'] : [];
  const split = work.lines.reduce((sum, line) => sum + line.remainingQuantity, 0) > 1 ? ['SPLIT'] : [];
  switch (work.status) {
    case 'OPEN': return ['CREATE_FULFILLMENT', 'REPORT_PROGRESS', 'MOVE', 'HOLD', ...split, ...merge];
    case 'IN_PROGRESS': return work.progressReported ? ['CREATE_FULFILLMENT', 'REPORT_PROGRESS', 'HOLD', 'MARK_AS_OPEN'] : ['CREATE_FULFILLMENT', 'REPORT_PROGRESS', 'MOVE', 'HOLD', ...split, ...merge];
    case 'ON_HOLD': return ['RELEASE_HOLD', 'HOLD', 'MOVE'];
    case 'SCHEDULED': return ['MARK_AS_OPEN', 'HOLD'];
    default: return [];
  }
}
