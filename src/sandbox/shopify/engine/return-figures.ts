/** Figures read off an order's returns: what may still come back, where the order stands. */
import { returnsOf } from '../shop.ts';
import type { FulfillmentRecord, OrderRecord, ReturnRecord, Shop } from '../state.ts';

/** Requested, open and done returns hold their units; cancelled and declined ones give them free again. */
export const stands = (each: ReturnRecord): boolean => each.status !== 'CANCELED' && each.status !== 'DECLINED';

/** Units of each parcel line that may be put into a new return: shipped, still the shopper's, in no other return. */
export function returnableUnits(shop: Shop, order: OrderRecord): { fulfillment: FulfillmentRecord; line: FulfillmentRecord['lines'][number]; quantity: number }[] {
  const inReturns = new Map<string, number>();
  const kept = new Map(order.lines.map((line) => [line.id, line.currentQuantity - line.unfulfilledQuantity]));
  for (const each of returnsOf(shop, order.id)) {
    if (!stands(each)) continue;
    for (const line of each.lines) {
      inReturns.set(line.fulfillmentLineItemId, (inReturns.get(line.fulfillmentLineItemId) ?? 0) + line.quantity);
      kept.set(line.lineItemId, (kept.get(line.lineItemId) ?? 0) - (line.quantity - line.refundedQuantity));
    }
  }
  return shop.fulfillmentsOf(order.id).filter((fulfillment) => fulfillment.status === 'SUCCESS').flatMap((fulfillment) => fulfillment.lines.flatMap((line) => {
    const quantity = Math.min(line.quantity - (inReturns.get(line.id) ?? 0), kept.get(line.lineItemId) ?? 0);
    if (quantity <= 0) return [];
    kept.set(line.lineItemId, (kept.get(line.lineItemId) ?? 0) - quantity);
    return [{ fulfillment, line, quantity }];
  }));
}

/** Units of a reverse fulfilment line whose end is still open; PROCESSING_REQUIRED decides nothing. */
export function undecided(line: NonNullable<ReturnRecord['reverse']>['lines'][number]): number {
  return line.totalQuantity - line.dispositions.reduce((sum, disposition) => disposition.type === 'PROCESSING_REQUIRED' ? sum : sum + disposition.quantity, 0);
}

/** `Order.returnStatus`: requested before open before closed; cancelled and declined returns do not count (recorded behaviour). */
export function returnStatus(shop: Shop, order: OrderRecord): string {
  const all = returnsOf(shop, order.id).filter(stands);
  if (all.some((each) => each.status === 'REQUESTED')) return 'RETURN_REQUESTED';
  const open = all.filter((each) => each.status === 'OPEN');
  if (open.length > 0) return open.every((each) => each.reverse?.status === 'CLOSED') ? 'INSPECTION_COMPLETE' : 'IN_PROGRESS';
  return all.length > 0 ? 'RETURNED' : 'NO_RETURN';
}
