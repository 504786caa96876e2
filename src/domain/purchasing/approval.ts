/** Whether a purchase order waits for somebody's approval, and who may give it: never one of its makers, and nobody above what their role, or they themselves, may approve. */
import { format, money } from '../money.ts';
import { orderValue, type PurchaseOrder } from './purchase-order.ts';

/** Roles of people who sign in. */
export type PersonRole = 'admin' | 'ecommerce' | 'planner' | 'warehouse' | 'finance' | 'viewer';

/** One who may approve, by role or by address: up to an amount in minor units of the store's currency; null: any amount. */
export interface Approver { role?: PersonRole | undefined; email?: string | undefined; amount: number | null }
/** What an order comes to in the store's currency; null: no exchange rate is known. */
export interface ApprovalValue { inStore: number | null; storeCurrency: string }

/**
 * True when somebody else must approve: above the limit of its currency; without one, above the store's currency's limit at the day's rate. Where that is not
 * known, or the store's currency has no limit while others have, it waits. Nothing waits where no limit is set.
 */
export function needsApproval(order: PurchaseOrder, limits: Readonly<Record<string, number>>, { inStore, storeCurrency }: ApprovalValue): boolean {
  if (Object.keys(limits).length === 0) return false;
  const own = limits[order.currency], store = limits[storeCurrency];
  if (own !== undefined) return orderValue(order) > own;
  return store === undefined || inStore === null || inStore > store;
}

/** Why somebody may not approve an order; null: they may. A word about a person goes before one about their role. Without any approver named, whoever did not make it may. */
export function approvalRefused(order: PurchaseOrder, who: { email: string; role: string }, approvers: readonly Approver[], { inStore, storeCurrency }: ApprovalValue): string | null {
  if (order.madeBy.includes(who.email)) return `${order.reference} was made, changed or submitted by ${who.email}: somebody else must approve it`;
  if (approvers.length === 0) return null;
  const own = approvers.find((one) => one.email?.toLowerCase() === who.email.toLowerCase()) ?? approvers.find((one) => one.email === undefined && one.role === who.role), others = `: ${approverWords(approvers, storeCurrency)} may`;
  if (!own) return `${who.email} may not approve purchase orders${others}`;
  if (own.amount === null) return null;
  if (inStore === null) return `What ${order.reference} comes to in ${storeCurrency} is not known, for no exchange rate of ${order.currency} is: enter one under Settings → Exchange rates, or let somebody approve it who may approve any amount`;
  return inStore <= own.amount ? null : `${order.reference} comes to ${format(money(inStore, storeCurrency))}, and ${who.email} may approve up to ${format(money(own.amount, storeCurrency))}${others}`;
}

/**
 * Said of an order whose charges, entered after it was approved, brought it above the limit; null: they did not. What a supplier or forwarder bills for goods that are
 * on their way is a fact: held back it would only be missing in what the goods cost. So it is entered and told, not asked; `approved`: what the order came to when it was approved.
 */
export function passedLimit(order: PurchaseOrder, approved: number | null, limits: Readonly<Record<string, number>>, value: ApprovalValue, approvers: readonly Approver[]): string | null {
  const now = orderValue(order);
  if (order.orderedOn === null || order.state === 'cancelled' || approved === null || now <= approved || !needsApproval(order, limits, value)) return null;
  const own = limits[order.currency], store = limits[value.storeCurrency], limit = own !== undefined ? format(money(own, order.currency)) : store !== undefined ? format(money(store, value.storeCurrency)) : null;
  return `${order.reference} was approved ${order.approvedBy === 'within the limit' ? 'within the limit' : `by ${order.approvedBy ?? 'nobody'}`} at ${format(money(approved, order.currency))}; charges entered since bring it to ${format(money(now, order.currency))}, above ${limit === null ? 'what anybody may spend alone' : `the limit of ${limit}`}. `
    + `Charges that are billed are not held back: let somebody who may approve that much look at them (${approvers.length === 0 ? 'whoever did not make, change or submit it' : approverWords(approvers, value.storeCurrency)}).`;
}

/** "planners up to €5,000, ana@shop.example any amount". */
export function approverWords(approvers: readonly Approver[], storeCurrency: string): string {
  return approvers.map(({ role, email, amount }) => `${email ?? `role ${role ?? ''}`} ${amount === null ? 'any amount' : `up to ${format(money(amount, storeCurrency))}`}`).join(', ');
}
