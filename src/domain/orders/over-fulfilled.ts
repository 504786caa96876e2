/** Lines with more units fulfilled than were ordered and not cancelled. Shopify refuses most ways to it; a parcel of units that were cancelled meanwhile is one that is left. */
import type { RaisedException } from '../exceptions/catalogue.ts';
import type { OrderState } from './order-state.ts';

export interface OverFulfilledLine { lineId: string; sku: string | null; title: string; ordered: number; /** Taken off by edits, or refunded before it was sent. */ cancelled: number; fulfilled: number; /** Units too many. */ over: number }

/** Fulfilled − (ordered − cancelled) of each line where that is above zero. Fulfilments taken back do not count; goods that came back were sent all the same. */
export function overFulfilledLines(order: OrderState): OverFulfilledLine[] {
  const fulfilled = new Map<string, number>(), cancelled = new Map<string, number>();
  const add = (to: Map<string, number>, lineId: string, units: number): void => void to.set(lineId, (to.get(lineId) ?? 0) + units);
  for (const parcel of Object.values(order.fulfilments)) if (!parcel.cancelled) for (const [lineId, units] of Object.entries(parcel.lines)) add(fulfilled, lineId, units);
  // Most orders are just placed: nothing went out, and there is nothing to add up.
  if (fulfilled.size === 0) return [];
  for (const refund of Object.values(order.refunds)) if (refund.restockType === 'cancel') add(cancelled, refund.lineId, refund.quantity);
  return Object.entries(order.lines).flatMap(([lineId, line]) => {
    const gone = line.removed + (cancelled.get(lineId) ?? 0), sent = fulfilled.get(lineId) ?? 0, over = sent - Math.max(0, line.ordered - gone);
    return over > 0 ? [{ lineId, sku: line.sku, title: line.title, ordered: line.ordered, cancelled: gone, fulfilled: sent, over }] : [];
  });
}

/** One case an order, so that a person looks at it once; `accepted`: units too many of a line that somebody has taken note of. */
export function overFulfilledCase(order: OrderState, accepted: ReadonlyMap<string, number>): RaisedException[] {
  const lines = overFulfilledLines(order).filter((line) => line.over > (accepted.get(line.lineId) ?? 0));
  if (order.test || lines.length === 0) return [];
  const over = lines.reduce((sum, line) => sum + line.over, 0), first = lines[0]!;
  return [{
    kind: 'OVER_FULFILLED', key: overFulfilledKey(order.id), subject: `Order ${order.name}`, size: over,
    sentence: `Order ${order.name}: ${first.fulfilled} of ${first.sku || first.title} are fulfilled, ${first.ordered} were ordered and ${first.cancelled} of them cancelled${lines.length > 1 ? `, and ${lines.length - 1} more lines` : ''}. ${over} units too many went out, or are said to have.`,
    evidence: { orderId: order.id, lines },
  }];
}

export const overFulfilledKey = (orderId: string): string => `order/${orderId}`;
