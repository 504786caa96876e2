/** Webhook bodies about fulfilment orders, after Shopify's own samples: global ids throughout, statuses in lower case. */
import { gid } from '../gid.ts';
import type { FulfillmentOrderRecord, HoldRecord } from '../state.ts';
import { appOf } from './actors.ts';
import { numericId, type Body } from './payloads.ts';

const brief = (work: FulfillmentOrderRecord): Body => ({ id: gid('FulfillmentOrder', work.id), status: work.status.toLowerCase() });
const placed = (work: FulfillmentOrderRecord): Body => ({ ...brief(work), assigned_location_id: gid('Location', work.assignedLocationId) });
const units = (lines: readonly { id: string; quantity: number }[]): Body[] => lines.map(({ id, quantity }) => ({ id: gid('FulfillmentOrderLineItem', id), quantity }));

/** Body of fulfillment_orders/cancelled. Nothing replaces work whose order was cancelled. */
export function cancelledWorkPayload(work: FulfillmentOrderRecord): Body {
  return { fulfillment_order: brief(work), replacement_fulfillment_order: null };
}

/** Body of fulfillment_orders/moved. */
export function movedPayload(original: FulfillmentOrderRecord, moved: FulfillmentOrderRecord, sourceLocationId: string, requested: readonly { id: string; quantity: number }[]): Body {
  return {
    original_fulfillment_order: placed(original), moved_fulfillment_order: placed(moved), destination_location_id: gid('Location', moved.assignedLocationId),
    fulfillment_order_line_items_requested: units(requested), source_location: { id: gid('Location', sourceLocationId) },
  };
}

/** Body of fulfillment_orders/split. */
export function splitPayload(
  work: FulfillmentOrderRecord, remaining: FulfillmentOrderRecord, replacement: FulfillmentOrderRecord | null, split: readonly { id: string; quantity: number }[],
): Body {
  return {
    split_line_items: units(split), fulfillment_order: brief(work), remaining_fulfillment_order: brief(remaining),
    replacement_fulfillment_order: replacement === null ? null : brief(replacement),
  };
}

/** Body of fulfillment_orders/merged: the one body with numeric ids among them. */
export function mergedPayload(merged: FulfillmentOrderRecord, intents: readonly { workId: string; lines: readonly { id: string; quantity: number }[] }[]): Body {
  return {
    merge_intents: intents.map(({ workId, lines }) => ({
      fulfillment_order_id: numericId(workId), fulfillment_order_line_items: lines.map(({ id, quantity }) => ({ id: numericId(id), quantity })),
    })),
    fulfillment_order_merges: { fulfillment_order: brief(merged) },
  };
}

function holdBody(hold: HoldRecord): Body {
  return {
    id: gid('FulfillmentHold', hold.id), reason: hold.reason.toLowerCase(), reason_notes: hold.reasonNotes, held_by_requesting_app: false, handle: hold.handle === '' ? null : hold.handle,
    held_by_app: hold.app === null ? null : { id: gid('App', appOf(hold.app).id) },
  };
}

/** Body of fulfillment_orders/placed_on_hold. */
export function heldPayload(work: FulfillmentOrderRecord, hold: HoldRecord, remaining: FulfillmentOrderRecord | null): Body {
  return {
    fulfillment_order: { ...brief(work), fulfillment_holds: (work.holds ?? []).map(holdBody) }, remaining_fulfillment_order: remaining === null ? null : brief(remaining),
    held_fulfillment_order_line_items: units(work.lines.map((line) => ({ id: line.id, quantity: line.remainingQuantity }))), created_fulfillment_hold: holdBody(hold),
  };
}

/** Body of fulfillment_orders/hold_released. */
export function releasedPayload(work: FulfillmentOrderRecord): Body {
  return { fulfillment_order: brief(work) };
}

/** Body of fulfillment_orders/progress_reported. */
export function progressPayload(work: FulfillmentOrderRecord, before: FulfillmentOrderRecord, app: string, notes: string | null): Body {
  return {
    fulfillment_order: brief(work), initial_status: before.status.toLowerCase(),
    progress_report: { reason_notes: notes, progress_reported_by_app: { id: gid('App', appOf(app).id) }, progress_reported_by_user: null },
  };
}
