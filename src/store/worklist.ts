/** The replenishment worklist: recommendations as the planner decided them, filtered, sorted, in pages, with what they come to. */
import type { BudgetPer } from '../domain/replenishment/supplier-limits.ts';
import type { Queryable } from './db.ts';
import { storeFactors } from './exchange-rates.ts';
import { keysetSql, searchTerms, type Keyset, type SortColumn } from './keyset.ts';

export interface WorklistRow {
  item_id: number; location_id: number; sku: string | null; title: string; vendor: string | null; category: string | null; supplier_id: number | null; supplier: string | null; location: string; available: number; incoming: number; available_now: number; draft_id: number | null; draft: string | null; draft_units: number | null;
  quantity: number; recommended: number; need: number; unit_cost: string | null; currency: string; cost: string | null; store_cost: number | null; at_risk: number; at_risk_value: string | null; overstock: number; cover_days: number | null;
  stockout_p50: string | null; stockout_p10: string | null; order_by: string | null; urgency: number; abc: string | null; by_rule: boolean; method: string | null; wape: number | null; flags: string[] | null; computed_at: string;
  decision: 'quantity' | 'excluded' | 'snoozed' | null; decision_until: string | null; decision_reason: string | null; decided_by: string | null; decision_version: number | null;
  move_location_id: number | null; move_location: string | null; move_quantity: number | null; sort_value: string | null; facts: string;
}

export const WORKLIST_VIEWS = ['to order', 'due', 'drafted', 'overstock', 'set aside', 'all'] as const;
export interface WorklistFilter {
  q?: string | undefined; supplier?: string | undefined; locations?: number[] | undefined; view: (typeof WORKLIST_VIEWS)[number]; today: string; sort: string; dir: 'asc' | 'desc'; after: Keyset | null; limit: number;
  itemId?: number | undefined; locationId?: number | undefined;
}

const SORT: Record<string, SortColumn> = {
  urgency: { sql: 'r.urgency', type: 'int' }, sku: { sql: 'lower(r.sku)', type: 'text' }, supplier: { sql: 'lower(r.supplier)', type: 'text' }, quantity: { sql: 'r.quantity', type: 'int' }, cost: { sql: 'r.store_cost', type: 'float8' },
  risk: { sql: 'r.at_risk_value', type: 'float8' }, cover: { sql: 'r.cover_days', type: 'float8' }, stockout: { sql: 'r.stockout_p50', type: 'date' }, overstock: { sql: 'r.overstock', type: 'int' },
};

/** Said of a supplier's filter: lines nobody is preferred for and no vendor is known of. */
export const NO_SUPPLIER = '-';

/** Whether a filter by this name can find anything: a supplier of the store, a vendor of an item, or NO_SUPPLIER. */
export async function isSupplierKnown(db: Queryable, storeId: number, name: string): Promise<boolean> {
  if (name === NO_SUPPLIER) return true;
  return (await db.query<{ known: boolean }>('select exists (select from supplier where store_id = $1 and name = $2) or exists (select from inventory_item x join item i using (item_id) where x.store_id = $1 and i.vendor = $2) as known', [storeId, name])).rows[0]!.known;
}

/** States of an order that was not sent yet: what it asks for stands under "In drafts". */
export const NOT_SENT = `('draft', 'awaiting approval', 'approved')`;
/** Of a recommendation `x`: what a planner decided that holds on a day, the units by it, and whether the line is to be ordered at all. */
const decided = (day: string): string => `left join plan_decision d on d.store_id = x.store_id and d.item_id = x.item_id and d.location_id = x.location_id and (d.until is null or d.until >= ${day}::date)`;
const UNITS = `coalesce(case when d.decision = 'quantity' then d.quantity end, x.quantity)`, WANTED = `d.decision is distinct from 'excluded' and d.decision is distinct from 'snoozed'`;

/**
 * What a unit of a decided quantity costs: by the break that the quantity itself reaches, which need not be the recommended one's. Of `d` and a recommendation of the
 * given name; the recommendation's price where the supplier named none.
 */
export const decidedCost = (of: string): string => `coalesce((select coalesce((select (b ->> 'unitCost')::bigint from jsonb_array_elements(t.price_breaks) b where (b ->> 'from')::int <= d.quantity order by (b ->> 'from')::int desc limit 1), t.unit_cost)
  from supplier_item t where t.store_id = ${of}.store_id and t.supplier_id = ${of}.supplier_id and t.item_id = ${of}.item_id and t.unit_cost is not null), ${of}.unit_cost)`;

/** How many lines the view "due" has of store $1; `day`: the parameter that says today. */
export const dueLines = (day: string): string => `select count(*)::int from recommendation x ${decided(day)} where x.store_id = $1 and ${UNITS} > 0 and x.order_by <= ${day}::date and ${WANTED}
  and not exists (select from purchase_order p join purchase_order_line n using (store_id, purchase_order_id) where p.store_id = x.store_id and p.state in ${NOT_SENT} and p.location_id = x.location_id and n.item_id = x.item_id and n.ordered > 0)`;

const ROWS = `with drafted as ( -- asked for in an order that was not sent yet; the oldest names it
    select p.location_id, n.item_id, sum(n.ordered)::int as units, min(p.purchase_order_id) as id, (array_agg(p.reference order by p.purchase_order_id))[1] as reference from purchase_order p join purchase_order_line n using (store_id, purchase_order_id)
    where p.store_id = $1 and p.state in ${NOT_SENT} and n.ordered > 0 group by 1, 2
  ), r as (
    select x.item_id, x.location_id, x.need, y.unit_cost, x.currency, x.at_risk, x.at_risk_value, x.overstock, x.cover_days, x.stockout_p50, x.stockout_p10, x.order_by, x.urgency, x.abc, x.by_rule, x.facts, x.computed_at, x.supplier_id,
      i.sku, i.title, i.vendor, nullif(i.product_type, '') as category, coalesce(s.name, i.vendor) as supplier, l.name as location, f.method, f.wape, f.flags, coalesce(x.available, g.available, 0) as available, coalesce(x.incoming, g.incoming, 0) as incoming, coalesce(g.available, 0) as available_now, q.id as draft_id, q.reference as draft, q.units as draft_units,
      x.quantity as recommended, ${UNITS} as quantity,
      y.cost, y.cost * k.factor as store_cost,
      d.decision, d.until as decision_until, d.reason as decision_reason, d.decided_by, d.version as decision_version,
      m.location_id as move_location_id, m.name as move_location, m.quantity as move_quantity
    from recommendation x join item i using (item_id) join location l on l.store_id = x.store_id and l.location_id = x.location_id
    left join supplier s on s.store_id = x.store_id and s.supplier_id = x.supplier_id
    left join drafted q on q.item_id = x.item_id and q.location_id = x.location_id
    left join plan p on p.store_id = x.store_id
    left join unnest($10::text[], $11::float8[]) as k(currency, factor) on k.currency = x.currency
    left join forecast f on f.store_id = x.store_id and f.item_id = x.item_id and f.location_id = x.location_id and f.run_id = p.run_id
    left join ledger_level g on g.store_id = x.store_id and g.item_id = x.item_id and g.location_id = x.location_id
    ${decided('$7')}
    cross join lateral (select c.unit_cost, case when d.decision = 'quantity' then d.quantity * c.unit_cost else x.cost end as cost from (select case when d.decision = 'quantity' then ${decidedCost('x')} else x.unit_cost end as unit_cost) c) y
    -- What is too much here and worth more elsewhere, as Transfers proposes it: what stands here, not what is on its way.
    left join lateral (select y.to_location_id as location_id, w.name, y.quantity from transfer_proposal y join location w on w.store_id = y.store_id and w.location_id = y.to_location_id
      where x.overstock > 0 and y.store_id = x.store_id and y.item_id = x.item_id and y.from_location_id = x.location_id order by y.gain desc, y.to_location_id limit 1) m on true
    where x.store_id = $1 and ($2::text[] is null or lower(i.sku) = any($2)) and ($3::text is null or i.sku ilike '%' || $3 || '%' or i.title ilike '%' || $3 || '%')
      and ($4::text is null or s.name = $4 or i.vendor = $4 or ($4 = '-' and coalesce(s.name, i.vendor, '') = '')) and ($5::int[] is null or x.location_id = any($5)) and ($8::int is null or x.item_id = $8) and ($9::int is null or x.location_id = $9)
      and case $6 when 'drafted' then q.units is not null when 'to order' then (q.units is null or $12) and ${UNITS} > 0 and ${WANTED}
        when 'due' then (q.units is null or $12) and ${UNITS} > 0 and x.order_by <= $7::date and ${WANTED}
        when 'overstock' then x.overstock > 0 when 'set aside' then d.decision is not null else true end
  )`;

/** `drafted`: lines to be ordered of which a draft asks already are among them. */
async function values(db: Queryable, storeId: number, filter: WorklistFilter, drafted = false): Promise<unknown[]> {
  const { skus, words } = searchTerms(filter.q), factors = await storeFactors(db, storeId, filter.today);
  return [storeId, skus, words, filter.supplier ?? null, filter.locations ?? null, filter.view, filter.today, filter.itemId ?? null, filter.locationId ?? null, [...factors.keys()], [...factors.values()], drafted];
}

export async function worklistPage(db: Queryable, storeId: number, filter: WorklistFilter): Promise<WorklistRow[]> {
  const column = SORT[filter.sort] ?? SORT['urgency']!;
  const page = keysetSql(column, filter.dir, ['r.item_id', 'r.location_id'], filter.after, 14);
  const { rows } = await db.query<WorklistRow>(`${ROWS} select r.*, (${column.sql})::text as sort_value from r where ${page.where} order by ${page.orderBy} limit $13`, [...(await values(db, storeId, filter)), filter.limit, ...page.values]);
  return rows;
}

export interface WorklistTotals { rows: number; units: number; due: number; at_risk: number; at_risk_value: string; overstock: number; next_order_by: string | null; no_cost: number }
export interface SupplierTotals {
  supplier: string | null; supplier_id: number | null; currency: string; lines: number; units: number; cost: string; at_risk_value: string; due: number; order_by: string | null; min_order_cost: string | null; min_order_units: number | null; terms_currency: string | null;
  /** Some order of it is below its minimum: of a place, or of all of them, as its terms count. */
  below_minimum: boolean;
  /** Containers over its places, and the share of them that is filled, where it has any. */
  containers: number | null; filled: number | null; budget: string | null; budget_per: BudgetPer | null;
}

/** What the filtered worklist comes to: in all, and by supplier and currency (money of several currencies is told side by side; what it comes to in the store's is the view's). */
export async function worklistTotals(db: Queryable, storeId: number, filter: WorklistFilter): Promise<{ totals: WorklistTotals; suppliers: SupplierTotals[]; plan: { computed_at: string; planned_on: string; drafted: number } | null }> {
  const params = await values(db, storeId, filter);
  const totals = await db.query<WorklistTotals>(
    `${ROWS} select count(*)::int as rows, coalesce(sum(quantity), 0)::int as units, count(*) filter (where quantity > 0 and order_by <= $7)::int as due, coalesce(sum(at_risk), 0)::float8 as at_risk, coalesce(sum(at_risk_value), 0) as at_risk_value,
       coalesce(sum(overstock), 0)::int as overstock, min(order_by) filter (where order_by > $7) as next_order_by, count(*) filter (where quantity > 0 and cost is null)::int as no_cost from r`, params);
  const suppliers = await db.query<SupplierTotals>(
    `${ROWS}, place as ( -- a container goes to one place
       select r.supplier, r.supplier_id, r.currency, r.location_id, sum(r.quantity) as all_units, sum(r.cost) as all_cost, count(*) filter (where r.fresh) as lines, sum(r.quantity) filter (where r.fresh) as units, sum(r.cost) filter (where r.fresh) as cost,
         sum(r.store_cost) filter (where r.fresh) as store_cost, sum(r.at_risk_value) filter (where r.fresh) as at_risk_value, count(*) filter (where r.fresh and r.order_by <= $7) as due, min(r.order_by) filter (where r.fresh) as order_by,
         sum(r.quantity::float8 * t.volume_cm3) as volume, sum(r.quantity::float8 * t.weight_g) as weight
       from (select *, draft_id is null or $6 not in ('to order', 'due') as fresh from r) r left join supplier_item t on t.store_id = $1 and t.supplier_id = r.supplier_id and t.item_id = r.item_id where r.quantity > 0 group by 1, 2, 3, 4)
     select p.supplier, p.supplier_id, p.currency, sum(p.lines)::int as lines, sum(p.units)::int as units, coalesce(sum(p.cost), 0) as cost, coalesce(sum(p.at_risk_value), 0) as at_risk_value, sum(p.due)::int as due, min(p.order_by) as order_by,
       max(s.min_order_cost) as min_order_cost, max(s.min_order_units) as min_order_units, max(s.currency) as terms_currency,
       coalesce(case max(s.minimum_counts) when 'place' then min(p.all_cost) else sum(p.all_cost) end < max(s.min_order_cost) and max(s.currency) = p.currency, false)
         or coalesce(case max(s.minimum_counts) when 'place' then min(p.all_units) else sum(p.all_units) end < max(s.min_order_units), false) as below_minimum, max(s.budget) as budget, max(s.budget_per) as budget_per, nullif(sum(ceil(f.share - 1e-9)), 0)::int as containers, sum(f.share) / nullif(sum(ceil(f.share - 1e-9)), 0) as filled
     from place p left join supplier s on s.store_id = $1 and s.supplier_id = p.supplier_id
     cross join lateral (select greatest(p.volume / s.container_volume_cm3, p.weight / s.container_weight_g) as share) f
     group by 1, 2, 3 having sum(p.lines) > 0 order by sum(p.at_risk_value) desc nulls last, sum(p.store_cost) desc nulls last limit 500`, await values(db, storeId, filter, true)); // what a draft asks for is of the same order: it counts for its minimum and its containers
  const plan = await db.query<{ computed_at: string; planned_on: string; drafted: number }>(
    `select computed_at, planned_on, (select count(distinct (p.location_id, n.item_id))::int from purchase_order p join purchase_order_line n using (store_id, purchase_order_id) where p.store_id = $1 and p.state in ${NOT_SENT} and n.ordered > 0) as drafted
     from plan where store_id = $1`, [storeId]);
  return { totals: totals.rows[0]!, suppliers: suppliers.rows, plan: plan.rows[0] ?? null };
}
