/** All that is ordered at once: each supplier's order, then the store's budget over all of them. The plan of the night and a what-if decide by it alike. */
import type { Units } from '../quantity.ts';
import { shortfalls, type SupplierLimits } from './supplier-limits.ts';
import type { SupplierLine } from './supplier-line.ts';
import { withinStoreBudget } from './store-budget.ts';
import { supplierOrder, type SupplierTerm } from './supplier-order.ts';

export interface PlannedLine {
  line: SupplierLine;
  /** Whose order it is part of: a supplier in a currency. Empty: nobody's that sets limits. */
  order: string;
  /** The same in money of the store, for its budget over all suppliers; null: outside it, as what is bought at a rate nobody knows. */
  inStore: SupplierLine | null;
}
export interface OrderedLine { quantity: Units; changes: { term: SupplierTerm | 'store budget'; change: Units }[]; notes: string[] }

/** `gap`: the share of its worth by which the worst of the orders may be below the best there is. Money in minor units; `storeBudget` null: none. */
export function planOrders(lines: readonly PlannedLine[], limits: ReadonlyMap<string, SupplierLimits>, storeBudget: number | null): { lines: OrderedLine[]; gap: number } {
  const made = lines.map(({ line }): OrderedLine => ({ quantity: line.quantity, changes: [], notes: [] })), orders = new Map<string, number[]>();
  let gap = 0;
  lines.forEach(({ order }, n) => { if (!limits.has(order)) return; const known = orders.get(order); if (known) known.push(n); else orders.set(order, [n]); });
  for (const [name, members] of orders) {
    const order = supplierOrder(members.map((n) => lines[n]!.line), limits.get(name)!);
    order.lines.forEach(({ quantity, changes, notes }, k) => { made[members[k]!] = { quantity, changes, notes }; });
    gap = Math.max(gap, order.gap);
  }
  if (storeBudget === null) return { lines: made, gap };
  const cut = withinStoreBudget(lines, made.map((one) => one.quantity), limits, storeBudget), touched = new Set<string>();
  lines.forEach(({ order }, n) => {
    const change = cut.quantities[n]! - made[n]!.quantity;
    if (change === 0) return;
    made[n] = { ...made[n]!, quantity: cut.quantities[n]!, changes: [...made[n]!.changes, { term: 'store budget', change }] };
    touched.add(order);
  });
  for (const [name, members] of orders) {
    if (!touched.has(name)) continue;
    const short = shortfalls(members.map((n) => lines[n]!.line), members.map((n) => made[n]!.quantity), limits.get(name)!);
    for (const n of members) { const note = short.get(lines[n]!.line.place); made[n] = { ...made[n]!, notes: note === undefined ? [] : [note] }; }
  }
  return { lines: made, gap: Math.max(gap, cut.gap) };
}
