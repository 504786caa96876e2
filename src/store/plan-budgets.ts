/** What planning may still spend: budgets of the store and its suppliers, and what was ordered in the shop's month. */
import type { Rates } from '../domain/exchange.ts';
import type { BudgetPer } from '../domain/replenishment/supplier-limits.ts';
import type { Queryable } from './db.ts';
import { purchaseSettings } from './purchase-settings.ts';
import { decidedCost } from './worklist.ts';

/** What was ordered in the shop's month. */
export interface Spent {
  /** Minor units by `supplier@currency`. */
  by: ReadonlyMap<string, number>;
  /** All of it in the store's currency at the rate of each order's day; currencies without one are not in it. */
  inStore: number; withoutRate: string[];
}

/** Ordered since the first of the month of `today`: goods of orders that were sent, less what was closed short. A draft costs nothing yet: the plan still proposes what it holds. */
export async function spentThisMonth(db: Queryable, storeId: number, today: string, rates: Rates): Promise<Spent> {
  const { rows } = await db.query<{ supplier_id: number; currency: string; ordered_on: string; spent: string }>(
    `select p.supplier_id, p.currency, p.ordered_on, sum((n.ordered - n.cancelled)::bigint * n.unit_cost) as spent from purchase_order p join purchase_order_line n using (store_id, purchase_order_id)
     where p.store_id = $1 and p.ordered_on between date_trunc('month', $2::date)::date and $2::date and p.state in ('sent', 'confirmed', 'part received', 'received', 'closed') group by 1, 2, 3`, [storeId, today]);
  const by = new Map<string, number>(), withoutRate = new Set<string>();
  let inStore = 0;
  for (const row of rows) {
    const key = `${row.supplier_id}@${row.currency}`, cost = Number(row.spent), there = rates.inStore(cost, row.currency, row.ordered_on);
    by.set(key, (by.get(key) ?? 0) + cost);
    if (there === null) withoutRate.add(row.currency); else inStore += there;
  }
  return { by, inStore, withoutRate: [...withoutRate].sort() };
}

export interface StoreBudget { budget: number; per: BudgetPer; /** Ordered this month in the store's currency, where the budget is a month's; what has no rate is not in it. */ spent: number; withoutRate: string[] }

/** Over all suppliers, minor units of the store's currency; null: none. */
export async function storeBudget(db: Queryable, storeId: number, spent: Spent): Promise<StoreBudget | null> {
  const { planBudget, planBudgetPer } = await purchaseSettings(db, storeId), month = planBudgetPer === 'month';
  return planBudget === null ? null : { budget: planBudget, per: planBudgetPer, spent: month ? spent.inStore : 0, withoutRate: month ? spent.withoutRate : [] };
}

/** What is left of it; never below zero. */
export const leftOf = ({ budget, spent }: StoreBudget): number => Math.max(0, budget - spent);

/** Minor units the plan proposes as planners decided it, by `supplier@currency`; lines of no supplier by `@currency`. */
export async function plannedCosts(db: Queryable, storeId: number, today: string): Promise<Map<string, number>> {
  const { rows } = await db.query<{ supplier_id: number | null; currency: string; cost: string }>(
    `select r.supplier_id, r.currency, sum(case when d.decision = 'quantity' then d.quantity * ${decidedCost('r')} else r.cost end) as cost from recommendation r
     left join plan_decision d on d.store_id = r.store_id and d.item_id = r.item_id and d.location_id = r.location_id and (d.until is null or d.until >= $2::date)
     where r.store_id = $1 and (d.decision is null or d.decision = 'quantity') group by 1, 2`, [storeId, today]);
  return new Map(rows.filter((row) => Number(row.cost) > 0).map((row) => [`${row.supplier_id ?? ''}@${row.currency}`, Number(row.cost)]));
}
