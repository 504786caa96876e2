/** Rows of the worklist as the API tells them: words made from the numbers that were kept. */
import { sumInStore, type Rates } from '../domain/exchange.ts';
import { fromKept } from '../domain/replenishment/facts.ts';
import { layerWords } from '../domain/replenishment/layers.ts';
import { POLICY_FIELDS, SOURCE_OF } from '../domain/replenishment/policy.ts';
import { explain } from '../domain/replenishment/sentence.ts';
import { termsOf } from '../domain/replenishment/terms.ts';
import type { Queryable } from '../store/db.ts';
import { ratesOf } from '../store/exchange-rates.ts';
import { decodeCursor } from '../store/keyset.ts';
import { plannedCosts, spentThisMonth, storeBudget, type StoreBudget } from '../store/plan-budgets.ts';
import { POLICY_COLUMNS, type PolicyRow } from '../store/planning.ts';
import type { SupplierTotals, WorklistFilter, WorklistRow } from '../store/worklist.ts';
import { Refusal } from './app.ts';
import type { PolicyBody, Recommendation, RecommendationDetail, ReplenishmentQuery } from './contract-replenishment.ts';
import type { Of } from './contract.ts';

const number = (value: string | number | null): number | null => (value === null ? null : Number(value));

export function lineView(row: WorklistRow): Of<typeof Recommendation> {
  return {
    itemId: row.item_id, locationId: row.location_id, sku: row.sku, title: row.title, vendor: row.vendor, supplierId: row.supplier_id, supplier: row.supplier, locationName: row.location, available: row.available, incoming: row.incoming, availableNow: row.available_now, draft: row.draft_id === null ? null : { purchaseOrderId: row.draft_id, reference: row.draft!, units: row.draft_units! },
    quantity: row.quantity, recommended: row.recommended, need: row.need, unitCost: number(row.unit_cost), cost: number(row.cost), currency: row.currency, storeCost: row.store_cost === null ? null : Math.round(row.store_cost), overstock: row.overstock, atRisk: Math.round(row.at_risk * 10) / 10, atRiskValue: number(row.at_risk_value),
    coverDays: row.cover_days, stockoutP50: row.stockout_p50, stockoutP10: row.stockout_p10, orderBy: row.order_by, urgency: row.urgency, abc: row.abc, method: row.by_rule ? 'rule' : row.method ?? '', byRule: row.by_rule, wape: row.wape, flags: row.flags ?? [],
    computedAt: row.computed_at, decision: row.decision && { decision: row.decision, until: row.decision_until, reason: row.decision_reason!, by: row.decided_by!, version: row.decision_version! },
    moveTo: row.move_location_id === null ? null : { locationId: row.move_location_id, locationName: row.move_location!, quantity: row.move_quantity! },
  };
}

/** The sentence of a row: the recommendation's, and what a planner decided of it. */
export function sentenceOfRow(row: WorklistRow): string {
  const said = row.decision === null ? '' : ` ${row.decided_by} ${row.decision === 'quantity' ? `orders ${row.quantity} instead` : row.decision === 'excluded' ? 'excluded it' : 'put it off'}${row.decision_until === null ? '' : ` until ${row.decision_until}`}: ${row.decision_reason}.`;
  return explain(fromKept(row.facts).made) + said;
}

export function detailView(row: WorklistRow): Of<typeof RecommendationDetail> {
  const { made, layers } = fromKept(row.facts);
  return {
    ...lineView(row), waterfall: termsOf(made), sentence: sentenceOfRow(row), oneDayLonger: made.oneDayLonger, orderUpTo: made.orderUpTo, position: made.position,
    policy: Object.fromEntries(POLICY_FIELDS.map((field, n) => [field, { value: made.policy[field], source: SOURCE_OF[layers[n]!], reason: layerWords(layers[n]!, row) }])),
  };
}

/** What budgets are told beside: minor units by `supplier@currency`. */
export interface Spending { spent: ReadonlyMap<string, number>; planned: ReadonlyMap<string, number>; store: StoreBudget | null; rates: Rates; today: string }

export async function spendingOf(db: Queryable, store: { store_id: number; currency: string }, today: string): Promise<Spending> {
  const rates = await ratesOf(db, store), spent = await spentThisMonth(db, store.store_id, today, rates);
  return { spent: spent.by, planned: await plannedCosts(db, store.store_id, today), store: await storeBudget(db, store.store_id, spent), rates, today };
}

export function supplierView(row: SupplierTotals, { spent, planned }: Spending) {
  const own = row.terms_currency === row.currency, key = `${row.supplier_id}@${row.currency}`, perMonth = row.budget_per === 'month';
  return {
    supplier: row.supplier ?? '', supplierId: row.supplier_id, currency: row.currency, lines: row.lines, units: row.units, cost: Number(row.cost), atRiskValue: Number(row.at_risk_value), due: row.due, orderBy: row.order_by,
    minOrderCost: own ? number(row.min_order_cost) : null, minOrderUnits: row.min_order_units, belowMinimum: row.below_minimum, containers: row.containers, containersFilled: row.filled === null ? null : Math.round(row.filled * 1000) / 1000,
    budget: row.budget === null || !own ? null : { amount: Number(row.budget), per: row.budget_per!, ordered: perMonth ? spent.get(key) ?? 0 : 0, planned: planned.get(key) ?? 0, withoutRate: [] },
  };
}

/** The budget over all suppliers, in the store's currency; null: none. */
export function storeBudgetView({ store, planned, rates, today }: Spending) {
  if (store === null) return null;
  const { minor, withoutRate } = sumInStore(rates, today, [...planned].map(([key, cost]) => ({ currency: key.slice(key.lastIndexOf('@') + 1), minor: cost })));
  return { amount: store.budget, per: store.per, ordered: store.spent, planned: minor, withoutRate: [...new Set([...store.withoutRate, ...withoutRate])].sort() };
}

/** Costs by currency, the most first. */
export function costsOf(suppliers: readonly SupplierTotals[]): { currency: string; cost: number }[] {
  const costs = new Map<string, number>();
  for (const row of suppliers) costs.set(row.currency, (costs.get(row.currency) ?? 0) + Number(row.cost));
  return [...costs].map(([currency, cost]) => ({ currency, cost })).sort((a, b) => b.cost - a.cost);
}

/** Costs of several currencies in the store's, at today's rates. */
export function inStoreOf(costs: readonly { currency: string; cost: number }[], { rates, today }: Pick<Spending, 'rates' | 'today'>): { cost: number; withoutRate: string[] } {
  const { minor, withoutRate } = sumInStore(rates, today, costs.map(({ currency, cost }) => ({ currency, minor: cost })));
  return { cost: minor, withoutRate };
}

export function locationsOf(text: string | undefined): number[] | undefined {
  const locations = text?.split(',').filter(Boolean).map(Number);
  if (locations?.some((id) => !Number.isInteger(id))) throw new Refusal(400, 'location: expected location ids separated by commas');
  return locations?.length ? locations : undefined;
}

export function worklistFilter(query: Of<typeof ReplenishmentQuery>, today: string): WorklistFilter {
  let after;
  try { after = decodeCursor(query.cursor, 2); } catch { throw new Refusal(400, 'cursor: not one this API gave out'); }
  return { q: query.q, supplier: query.vendor, locations: locationsOf(query.location), view: query.view, today, sort: query.sort, dir: query.dir, after, limit: query.limit };
}

export function policyView(row: PolicyRow | null): Of<typeof PolicyBody> {
  const rounded = (value: unknown): unknown => (typeof value === 'number' ? Math.round(value * 10_000) / 10_000 : value ?? null);
  return { ...Object.fromEntries(Object.entries(POLICY_COLUMNS).map(([field, column]) => [field, rounded(row?.[column])])), version: row?.version ?? 0 };
}
