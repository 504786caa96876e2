/**
 * What an order's state means for demand: units wanted, on the day they were wanted, in the shop's calendar.
 *
 * - Gross demand counts on the day of `processedAt`. Cancelled by the customer, as fraud or for a declined payment: it was never demand.
 *   Cancelled for INVENTORY: it stays, it is demand we failed. Units removed by an edit are withdrawn; units added by an edit count on the
 *   order's day (the wire does not say more).
 * - Refunded units stay in gross demand; what came back is a `return` on the day it came back.
 * - Test orders, gift cards and lines that need no shipping and have no stock item are none.
 * - Native bundles: the lines already are the components; nothing is exploded again.
 * - Virtual bundles: demand for the bundle and for each of its parts, counted once each; a part's fact is named after it.
 */
import { linePosition, type OrderState } from '../orders/order-state.ts';
import type { StockKeys } from '../stock/order-facts.ts';

export interface DemandFact {
  /** `order/1:line/2` or `refund/881:line/5`. */
  fact: string;
  kind: 'sale' | 'return';
  itemId: number;
  /** 0 while the location is unknown. */
  locationId: number;
  /** Shop calendar, YYYY-MM-DD. */
  day: string;
  /** Whole units, not negative; zero withdraws an earlier fact. */
  quantity: number;
}

export interface DemandFacts { facts: DemandFact[]; skipped: { lineId: string; reason: string; units: number; subject: string | null }[] }

/** Items in one unit of a virtual bundle at an instant; null when the variant is none then. */
export type BundleItems = (variantId: string, at: string) => readonly { itemId: number; units: number }[] | null;

/** `dayOf` turns an instant into the shop's calendar day. */
export function demandFacts(order: OrderState, keys: Pick<StockKeys, 'item' | 'location'>, dayOf: (instant: string) => string, bundleItems: BundleItems = () => null): DemandFacts {
  const out: DemandFacts = { facts: [], skipped: [] };
  for (const lineId of Object.keys(order.lines).sort()) {
    const line = order.lines[lineId]!;
    const skip = (reason: string): void => { out.skipped.push({ lineId, reason, units: line.ordered, subject: line.sku || line.title }); };
    if (order.test) { skip('test order'); continue; }
    if (line.giftCard) { skip('gift card'); continue; }
    if (order.processedAt !== null && line.variantId !== null && line.group === null) {
      const wanted = withdrawn(order) ? 0 : line.ordered - line.removed;
      for (const part of bundleItems(line.variantId, order.processedAt) ?? []) {
        out.facts.push({
          fact: `order/${order.id}:line/${lineId}:part/${part.itemId}`, kind: 'sale', itemId: part.itemId, locationId: placeOf(order, lineId, keys), day: dayOf(order.processedAt), quantity: wanted * part.units,
        });
      }
    }
    const itemId = line.variantId === null ? null : keys.item(line.variantId);
    if (itemId === null) { skip(line.variantId === null ? 'no variant' : 'not tracked or unmapped'); continue; }
    if (order.processedAt === null) continue; // only a refund or a parcel heard so far: the order itself is still to come
    const wanted = withdrawn(order) ? 0 : line.ordered - line.removed;
    out.facts.push({
      fact: `order/${order.id}:line/${lineId}`, kind: 'sale', itemId, locationId: placeOf(order, lineId, keys), day: dayOf(order.processedAt), quantity: wanted,
    });
    if (withdrawn(order)) continue;
    for (const [refundLineId, refund] of Object.entries(order.refunds)) {
      if (refund.lineId !== lineId || refund.restockType === 'cancel' || linePosition(order, lineId).fulfilled === 0) continue;
      out.facts.push({
        fact: `refund/${refund.refundId}:line/${refundLineId}`, kind: 'return', itemId, locationId: placeOf(order, lineId, keys),
        day: dayOf(refund.at), quantity: refund.quantity,
      });
    }
  }
  return out;
}

function withdrawn(order: OrderState): boolean {
  return order.cancelledAt !== null && order.cancelReason?.toUpperCase() !== 'INVENTORY';
}

/** Demand belongs where the order was assigned first (else where it left), so that a transfer of the order does not move history. */
function placeOf(order: OrderState, lineId: string, keys: Pick<StockKeys, 'location'>): number {
  const assigned = Object.entries(order.assignments).filter(([, a]) => a.lines[lineId]).sort(([a], [b]) => (a.length - b.length) || (a < b ? -1 : 1));
  for (const [, assignment] of assigned) {
    const place = keys.location(assignment.locationId);
    if (place !== null) return place;
  }
  for (const parcel of Object.values(order.fulfilments)) {
    const place = parcel.lines[lineId] && parcel.locationId !== null ? keys.location(parcel.locationId) : null;
    if (place !== null) return place;
  }
  const before = order.fulfilledBefore[lineId]?.locationId;
  return before ? keys.location(before) ?? 0 : 0;
}
