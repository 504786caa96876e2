/**
 * The plan as it would be with another service level, other days of cover, a budget, or a full container: nothing is saved. The same functions decide as in
 * the plan itself, so with nothing asked the answer is the plan.
 */
import type { Units } from '../quantity.ts';
import { planLine, supplierLine, type PlanLineInput } from './plan-line.ts';
import type { PlanningPolicy } from './policy.ts';
import { worthOf, type SupplierLine } from './supplier-line.ts';
import { intervals, lostInReview } from './service.ts';
import { fitted, MOST_SEARCHED, NO_LIMITS, supplierOrder, type SupplierLimits } from './supplier-order.ts';

export interface WhatIfLine {
  key: string; input: PlanLineInput;
  /** Lines of one order: a supplier at a place, in a currency. Empty: nobody's. */
  order: string;
  /** A planner's own quantity: it stays. */
  fixed: Units | null;
}
export interface WhatIfAsked { serviceLevel?: number | undefined; daysOfCover?: number | undefined; /** Minor units of the store's currency. */ budget?: number | undefined; containers?: number | undefined; fillContainer?: boolean | undefined }
export interface Side { quantities: Units[]; /** Minor units by currency. */ costs: Map<string, number>; units: Units; lines: number; /** Minor units of the store's currency: sales still expected to be lost in the review period. */ riskLeft: number }

/** Both sides in the order of the lines. A line that cannot be planned orders nothing on either. */
export function whatIf(lines: readonly WhatIfLine[], limits: ReadonlyMap<string, SupplierLimits>, asked: WhatIfAsked): { before: Side; after: Side; notes: string[] } {
  const notes = new Set<string>(), before = sideOf(lines, planned(lines, limits, {}, new Set()));
  return { before, after: sideOf(lines, planned(lines, limits, asked, notes)), notes: [...notes] };
}

function planned(lines: readonly WhatIfLine[], limits: ReadonlyMap<string, SupplierLimits>, asked: WhatIfAsked, notes: Set<string>): Units[] {
  const quantities = lines.map((line) => line.fixed ?? 0), own = new Map<number, SupplierLine>(), orders = new Map<string, number[]>();
  lines.forEach((line, n) => {
    const input = { ...line.input, policy: changed(line.input.policy, asked) }, made = line.fixed === null ? planLine(input) : null;
    if (made === null) return;
    if (typeof made === 'string') { notes.add(`Some lines cannot be planned so: ${made}.`); return; }
    quantities[n] = made.quantity;
    own.set(n, supplierLine(line.key, made, input));
    if (line.order !== '') orders.set(line.order, [...(orders.get(line.order) ?? []), n]);
  });
  for (const [order, members] of orders) {
    const limit = limits.get(order) ?? NO_LIMITS, made = supplierOrder(members.map((n) => own.get(n)!), { ...limit, containers: asked.containers ?? null, fillContainer: asked.fillContainer ?? false }, asked.containers !== undefined);
    made.lines.forEach((line, k) => { quantities[members[k]!] = line.quantity; });
    for (const note of made.notes) notes.add(note);
  }
  if (asked.budget !== undefined) cut(lines, own, quantities, asked.budget, notes);
  return quantities;
}

/** Down to the budget over all lines that cost the store's currency; a planner's own quantities are paid first. */
function cut(lines: readonly WhatIfLine[], own: ReadonlyMap<number, SupplierLine>, quantities: Units[], budget: number, notes: Set<string>): void {
  const domestic = (n: number): boolean => lines[n]!.input.buying.currency === lines[n]!.input.storeCurrency;
  const spent = lines.reduce((sum, line, n) => sum + (line.fixed === null || !domestic(n) ? 0 : line.fixed * (line.input.buying.unitCost ?? 0)), 0);
  const members = [...own.keys()].filter((n) => domestic(n) && quantities[n]! > 0), cutLines = members.map((n) => own.get(n)!);
  if (quantities.some((quantity, n) => quantity > 0 && !domestic(n))) notes.add('Lines bought in another currency are outside the budget.');
  if (spent > budget) notes.add('The quantities set by hand already cost more than the budget.');
  const kept = fitted(cutLines, cutLines.map(worthOf), members.map((n) => quantities[n]!), { cost: Math.max(0, budget - spent) }, cutLines.length <= MOST_SEARCHED);
  members.forEach((n, k) => { quantities[n] = kept[k]!; });
}

function changed(policy: PlanningPolicy, { serviceLevel, daysOfCover }: WhatIfAsked): PlanningPolicy {
  return {
    ...policy,
    ...(serviceLevel === undefined ? {} : { serviceLevel, fillRate: serviceLevel, costRatio: policy.kind === 'cost ratio' ? serviceLevel : policy.costRatio }),
    ...(daysOfCover === undefined ? {} : { reviewDays: daysOfCover, daysOfStock: policy.daysOfStock === null ? null : daysOfCover }),
  };
}

function sideOf(lines: readonly WhatIfLine[], quantities: Units[]): Side {
  const costs = new Map<string, number>();
  let units = 0, ordered = 0, riskLeft = 0;
  lines.forEach(({ input }, n) => {
    const quantity = quantities[n]!, { buying, price, policy, forecast, stock } = input;
    units += quantity;
    if (quantity > 0) ordered++;
    if (quantity > 0 && buying.unitCost !== null) costs.set(buying.currency, (costs.get(buying.currency) ?? 0) + quantity * buying.unitCost);
    if (price === null || forecast.cumulative.length < 2) return;
    const over = intervals(forecast, input.leadTimes ?? [{ days: policy.leadTimeDays, share: 1 }], policy.reviewDays);
    riskLeft += lostInReview(over, stock.onHand + stock.incoming - stock.committed - stock.backorders + quantity) * price;
  });
  return { quantities, costs, units, lines: ordered, riskLeft: Math.round(riskLeft) };
}
