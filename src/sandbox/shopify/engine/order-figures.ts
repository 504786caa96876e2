/** Figures read off an order: what was shipped, how far it is, what it cost. */
import type { FulfillmentRecord, LineItemRecord, OrderRecord } from '../state.ts';

export const lineSubtotal = (line: LineItemRecord, units: number): number => line.price * units;

/** Units that left, by line id, over the fulfilments that were not cancelled. */
export function fulfilledUnits(fulfillments: FulfillmentRecord[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const fulfillment of fulfillments) {
    if (fulfillment.status !== 'SUCCESS') continue;
    for (const line of fulfillment.lines) units.set(line.lineItemId, (units.get(line.lineItemId) ?? 0) + line.quantity);
  }
  return units;
}

export const openUnits = (order: OrderRecord): number => order.lines.reduce((sum, line) => sum + line.unfulfilledQuantity, 0);

/** `fulfillment_status` of a REST body: null before the first parcel, `partial`, then `fulfilled` when nothing is open. */
export function fulfillmentProgress(order: OrderRecord, fulfillments: FulfillmentRecord[]): 'fulfilled' | 'partial' | null {
  if (!fulfillments.some((fulfillment) => fulfillment.status === 'SUCCESS')) return null;
  return openUnits(order) > 0 ? 'partial' : 'fulfilled';
}

/** Where the money of a paid order stands after its refunds. */
export function financialStatus(order: OrderRecord): OrderRecord['financialStatus'] {
  if (order.financialStatus === 'PENDING' || order.financialStatus === 'VOIDED') return order.financialStatus;
  if (!order.refunds.some((refund) => refund.lines.length > 0)) return order.financialStatus;
  return order.lines.every((line) => line.currentQuantity === 0) ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
}
