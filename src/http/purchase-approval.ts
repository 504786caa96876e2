/** What an order comes to in the store's currency, and whether whoever asks may approve it. */
import { rateText, type Rates } from '../domain/exchange.ts';
import { approvalRefused, passedLimit, type ApprovalValue, type Approver } from '../domain/purchasing/approval.ts';
import { orderValue, type PurchaseOrder } from '../domain/purchasing/purchase-order.ts';
import type { Queryable } from '../store/db.ts';
import { ratesOf } from '../store/exchange-rates.ts';
import { approvedVersion } from '../store/purchase-page.ts';
import { purchaseSettings } from '../store/purchase-settings.ts';
import type { StoreRow } from '../store/stores.ts';

/** At the rate of the day the order was sent, or today's. `missing`: why it is not known. */
export interface OrderValue extends ApprovalValue { rate: string | null; missing: string | null }

export function valueOf(order: PurchaseOrder, rates: Rates, storeCurrency: string, today: string): OrderValue {
  const day = order.orderedOn ?? today, rate = rates.on(order.currency, day);
  return { inStore: rates.inStore(orderValue(order), order.currency, day), storeCurrency, rate: rate === null || order.currency === storeCurrency ? null : rateText(rate), missing: rate === null ? rates.missing(order.currency, day) : null };
}

/** The store's limits, the order's value, and why `who` may not approve it; null: they may. */
export async function approvalOf(db: Queryable, store: StoreRow, order: PurchaseOrder, who: { email: string; role: string }, today: string): Promise<{ limits: Record<string, number>; approvers: Approver[]; value: OrderValue; refused: string | null }> {
  const { approvalLimits, approvers } = await purchaseSettings(db, store.store_id), value = valueOf(order, await ratesOf(db, store), store.currency, today);
  return { limits: approvalLimits, approvers, value, refused: approvalRefused(order, who, approvers, value) };
}

/** A sentence when charges entered since it was approved brought the order above the limit; null: they did not. */
export async function passedLimitOf(db: Queryable, storeId: number, id: number, order: PurchaseOrder, { limits, approvers, value }: { limits: Record<string, number>; approvers: readonly Approver[]; value: OrderValue }): Promise<string | null> {
  if (order.orderedOn === null) return null;
  const approved = await approvedVersion(db, storeId, id);
  return passedLimit(order, approved === null ? null : orderValue(approved), limits, value, approvers);
}
