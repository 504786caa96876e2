/**
 * The plan as it would be with another service level, other days of cover, a budget, or a full container: nothing is saved. The same functions decide as in
 * the plan itself, so with nothing asked the answer is the plan.
 */
import { toStore } from '../exchange.ts';
import type { Units } from '../quantity.ts';
import { inStoreMoney, planLine, supplierLine, type Buying, type PlanLineInput } from './plan-line.ts';
import { planOrders, type PlannedLine } from './plan-orders.ts';
import type { PlanningPolicy } from './policy.ts';
import { intervals, lostInReview } from './service.ts';
import type { SupplierLimits } from './supplier-limits.ts';
import { unitCostAt } from './supplier-line.ts';

export interface WhatIfLine {
  key: string; input: PlanLineInput;
  /** Lines of one order: a supplier in a currency. Empty: nobody's. */
  order: string;
  /** Where it is delivered. */
  place: string;
  /** A planner's own quantity: it stays. */
  fixed: Units | null;
}
export interface WhatIfAsked { serviceLevel?: number | undefined; daysOfCover?: number | undefined; /** Minor units of the store's currency. */ budget?: number | undefined; containers?: number | undefined; fillContainer?: boolean | undefined }
export interface Side { quantities: Units[]; /** Minor units by currency. */ costs: Map<string, number>; units: Units; lines: number; /** Minor units of the store's currency: sales still expected to be lost in the review period. */ riskLeft: number }

/** What the orders are said to keep; `storeBudget` in minor units of the store's currency, null for none. */
export interface WhatIfLimits { orders: ReadonlyMap<string, SupplierLimits>; storeBudget: number | null }

/** A gap worth a word. */
const TOLD = 0.01;

/** Both sides in the order of the lines. A line that cannot be planned orders nothing on either. */
export function whatIf(lines: readonly WhatIfLine[], limits: WhatIfLimits, asked: WhatIfAsked): { before: Side; after: Side; notes: string[] } {
  const notes = new Set<string>(), before = sideOf(lines, planned(lines, limits, {}, new Set()));
  return { before, after: sideOf(lines, planned(lines, limits, asked, notes)), notes: [...notes] };
}

function planned(lines: readonly WhatIfLine[], { orders, storeBudget }: WhatIfLimits, asked: WhatIfAsked, notes: Set<string>): Units[] {
  const quantities = lines.map((line) => line.fixed ?? 0), own: { n: number; line: PlannedLine }[] = [];
  lines.forEach((line, n) => {
    const input = { ...line.input, policy: changed(line.input.policy, asked) }, made = planLine(input);
    if (typeof made === 'string') { if (line.fixed === null) notes.add(`Some lines cannot be planned so: ${made}.`); return; }
    quantities[n] = line.fixed ?? made.quantity;
    const ordered = supplierLine(line.key, line.place, made, input, line.fixed);
    own.push({ n, line: { line: ordered, order: line.order, inStore: inStoreMoney(ordered, input.buying, input.storeCurrency) } });
  });
  const limits = new Map([...orders].map(([order, limit]) => [order, { ...limit, containers: asked.containers ?? limit.containers, fillContainer: asked.fillContainer ?? limit.fillContainer }])), budget = asked.budget ?? storeBudget;
  const made = planOrders(own.map(({ line }) => line), limits, budget);
  made.lines.forEach(({ quantity, notes: said }, k) => { quantities[own[k]!.n] = quantity; if (quantity > 0) for (const note of said) notes.add(note); });
  if (made.gap > TOLD) notes.add(`The best order found may be worth up to ${Math.ceil(made.gap * 100)}% less than the best there is.`);
  if (budget !== null) {
    const fixed = lines.reduce((sum, { input: { buying, storeCurrency }, fixed: units }) => sum + (units === null || buying.unitCost === null ? 0 : costInStore(units * buying.unitCost, buying, storeCurrency) ?? 0), 0), foreign = new Set(lines.flatMap(({ input: { buying, storeCurrency } }, n) => (quantities[n]! > 0 && costInStore(1, buying, storeCurrency) === null ? [buying.currency] : [])));
    if (foreign.size > 0) notes.add(`Lines bought in ${[...foreign].sort().join(', ')} are outside the budget: no exchange rate is known.`);
    if (fixed > budget) notes.add('The quantities set by hand already cost more than the budget.');
  }
  return quantities;
}

function costInStore(minor: number, { currency, exchange }: Buying, storeCurrency: string): number | null {
  return currency === storeCurrency ? minor : exchange == null ? null : toStore(minor, currency, storeCurrency, exchange);
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
    if (quantity > 0 && buying.unitCost !== null) costs.set(buying.currency, (costs.get(buying.currency) ?? 0) + quantity * unitCostAt({ unitCost: buying.unitCost, priceBreaks: buying.priceBreaks }, quantity));
    if (price === null || forecast.cumulative.length < 2) return;
    const over = intervals(forecast, input.leadTimes ?? [{ days: policy.leadTimeDays, share: 1 }], policy.reviewDays);
    riskLeft += lostInReview(over, stock.onHand + stock.incoming - stock.committed - stock.backorders + quantity) * price;
  });
  return { quantities, costs, units, lines: ordered, riskLeft: Math.round(riskLeft) };
}
