/** Shadow mode: what both sides know of an item at a location, and the table of gaps made of it. */
import { KEPT_AT, policyAt } from '../domain/replenishment/facts.ts';
import type { Gap } from '../domain/planner/gap.ts';
import type { YearsSold } from '../domain/planner/seasonal.ts';
import { textArray } from './binary.ts';
import { DEFAULTS } from './planning.ts';
import type { Queryable } from './db.ts';
import { keysetSql, searchTerms, type Keyset, type SortColumn } from './keyset.ts';

export interface ShadowInputs {
  item_id: number; location_id: number; synced_at: string | null;
  their_in_stock: number; their_on_order: number; replenishment: number; their_lead: number | null; their_cover: number | null; their_minimum: number | null; their_forecast: number | null;
  in_stock: number; on_order: number; in_transfer: number; sold_since: number; sold: number; days_in_stock: number; lead: number; cover: number; minimum: number; quantity: number | null; need: number | null; planned_position: number | null;
  /** Of items that the planner forecasts by season; null of others. */
  seasons: YearsSold | null;
}

/**
 * Items by their figures, in pages by item. `from` to `today` is the window of sales, today left out; it begins with the item's first sale there, as the
 * planner has it. Lead time, review period and minimum are those the recommendation was made with, so that a supplier's terms are told as such; without one,
 * planning values. A day counts as out of stock only when the item was there for none of it; before the level was watched it is taken as in stock.
 */
export async function* shadowInputs(db: Queryable, storeId: number, from: string, today: string, size = 2_000): AsyncGenerator<ShadowInputs[]> {
  for (let after = [0, 0]; ;) {
    const { rows } = await db.query<ShadowInputs>(INPUTS, [storeId, from, today, after[0], after[1], size, DEFAULTS.lead_time_days, DEFAULTS.review_days, DEFAULTS.min_stock]);
    if (rows.length === 0) return;
    yield rows;
    after = [rows.at(-1)!.item_id, rows.at(-1)!.location_id];
  }
}

const INPUTS = `
with pair as materialized (
  select distinct on (v.item_id, w.location_id) v.item_id, w.location_id, w.synced_at, f.*
  from planner_figure f join planner_variant v using (store_id, planner_variant_id) join planner_warehouse w using (store_id, planner_warehouse_id)
  where f.store_id = $1 and v.item_id is not null and w.location_id is not null and (v.item_id, w.location_id) > ($4::int, $5::int)
  order by v.item_id, w.location_id, v.seen_at desc, v.planner_variant_id limit $6
)
select p.item_id, p.location_id, p.synced_at, p.in_stock as their_in_stock, p.on_order as their_on_order, p.replenishment, p.lead_time_days as their_lead, p.cover_days as their_cover, p.minimum_stock as their_minimum, p.forecast_per_day as their_forecast,
  coalesce(g.available, 0) as in_stock, coalesce(o.units, 0)::int as on_order, greatest(coalesce(t.units, 0), coalesce(g.incoming, 0))::int as in_transfer, coalesce(n.units, 0)::int as sold_since,
  coalesce(d.sold, 0)::int as sold, case when d.first is null then 0 else greatest(0, $3::date - greatest($2::date, d.first) - coalesce(x.days, 0))::int end as days_in_stock,
  coalesce((r.facts::jsonb -> ${KEPT_AT.policy} ->> ${policyAt('leadTimeDays')})::int, q.lead, $7::int) as lead, coalesce((r.facts::jsonb -> ${KEPT_AT.policy} ->> ${policyAt('daysOfStock')})::int, (r.facts::jsonb -> ${KEPT_AT.policy} ->> ${policyAt('reviewDays')})::int, q.cover, $8::int) as cover, coalesce((r.facts::jsonb -> ${KEPT_AT.policy} ->> ${policyAt('minStock')})::int, q.minimum, $9::int) as minimum, case when p.method = 'seasonal' then jsonb_build_object('age', coalesce($3::date - d.first, 0), 'lastYear', coalesce(y.last_year, 0), 'yearBefore', coalesce(y.year_before, 0), 'months', coalesce(y.months, '[]')) end as seasons, r.quantity, r.need, (r.facts::jsonb ->> ${KEPT_AT.position})::int as planned_position
from pair p join item i on i.item_id = p.item_id
left join ledger_level g on g.store_id = $1 and g.item_id = p.item_id and g.location_id = p.location_id
left join recommendation r on r.store_id = $1 and r.item_id = p.item_id and r.location_id = p.location_id
left join lateral (select min(day) filter (where quantity > 0) as first, sum(quantity) filter (where day >= $2 and day < $3) as sold from daily_demand d where d.store_id = $1 and d.item_id = p.item_id and d.location_id = p.location_id and d.day < $3) d on true
left join lateral (
  select (select sum(quantity) from daily_demand e where e.store_id = $1 and e.item_id = p.item_id and e.location_id = p.location_id and e.day >= $3::date - 365 and e.day < $3)::int as last_year,
    (select sum(quantity) from daily_demand e where e.store_id = $1 and e.item_id = p.item_id and e.location_id = p.location_id and e.day >= $3::date - 730 and e.day < $3::date - 365)::int as year_before,
    (select jsonb_agg(jsonb_build_object('month', to_char(m.since, 'YYYY-MM'), 'sold', m.sold, 'daysInStock', m.until - m.since_first - m.out)) from (
      select g.since, g.until, greatest(g.since, d.first) as since_first,
        coalesce((select sum(quantity) from daily_demand e where e.store_id = $1 and e.item_id = p.item_id and e.location_id = p.location_id and e.day >= g.since and e.day < g.until), 0)::int as sold,
        (select count(*) from daily_exposure e where e.store_id = $1 and e.item_id = p.item_id and e.location_id = p.location_id and e.in_stock <= 0 and e.day >= greatest(g.since, d.first) and e.day < g.until)::int as out
      from (select month::date as since, least((month + interval '1 month')::date, $3::date) as until from generate_series(date_trunc('month', $3::date - interval '12 months'), $3::date, interval '1 month') month) g
      where g.until > d.first) m where m.until > m.since_first) as months
) y on p.method = 'seasonal'
left join lateral (select count(*) as days from daily_exposure e where e.store_id = $1 and e.item_id = p.item_id and e.location_id = p.location_id and e.in_stock <= 0 and e.day >= greatest($2::date, d.first) and e.day < $3) x on true
left join lateral (select sum(greatest(0, l.ordered - l.received - l.damaged - l.cancelled)) as units from purchase_order_line l join purchase_order h using (store_id, purchase_order_id)
  where l.store_id = $1 and l.item_id = p.item_id and h.location_id = p.location_id and h.state in ('approved', 'sent', 'confirmed', 'part received')) o on true
left join lateral (select sum(greatest(0, l.quantity - l.received - l.rejected)) as units from transfer_line l join transfer h using (store_id, transfer_id) where l.store_id = $1 and l.item_id = p.item_id and h.to_location_id = p.location_id and h.state in ('ready', 'in transit')) t on true
left join lateral (select sum(f.quantity) as units from demand_fact f join sales_order s on s.store_id = f.store_id and s.order_id = f.order_id
  where f.store_id = $1 and f.item_id = p.item_id and f.location_id = p.location_id and f.kind = 'sale' and f.day >= (p.synced_at - interval '1 day')::date and s.processed_at > p.synced_at) n on true
left join lateral (select (array_agg(a.lead_time_days order by a.rank) filter (where a.lead_time_days is not null))[1] as lead, (array_agg(a.review_days order by a.rank) filter (where a.review_days is not null))[1] as cover,
    (array_agg(a.min_stock order by a.rank) filter (where a.min_stock is not null))[1] as minimum
  from (select b.*, case b.scope when 'item:' || p.item_id || '@' || p.location_id then 1 when 'item:' || p.item_id then 2 when 'default' then 4 else 3 end as rank from planning_policy b
    where b.store_id = $1 and b.scope in ('item:' || p.item_id || '@' || p.location_id, 'item:' || p.item_id, 'vendor:' || i.vendor, 'default')) a) q on true
order by p.item_id, p.location_id`;

export interface ShadowRecord { itemId: number; locationId: number; hasOurs: boolean; syncedAt: string | null; gap: Gap }

export async function saveShadow(db: Queryable, storeId: number, records: readonly ShadowRecord[], now: string): Promise<void> {
  if (records.length === 0) return;
  await db.query(
    `insert into planner_shadow (store_id, computed_at, item_id, location_id, ours, theirs, parity, gap, reasons, synced_at)
     select $1, $2, i, l, o, t, p, g, r::jsonb, s from unnest($3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::int[], $9::text[], $10::timestamptz[]) as x(i, l, o, t, p, g, r, s)
     on conflict (store_id, item_id, location_id) do update set computed_at = excluded.computed_at, ours = excluded.ours, theirs = excluded.theirs, parity = excluded.parity, gap = excluded.gap, reasons = excluded.reasons, synced_at = excluded.synced_at`,
    [storeId, now, records.map((r) => r.itemId), records.map((r) => r.locationId), records.map((r) => (r.hasOurs ? r.gap.ours : null)), records.map((r) => r.gap.theirs), records.map((r) => r.gap.parity), records.map((r) => r.gap.gap), textArray(records.map((r) => JSON.stringify(r.gap.reasons))), records.map((r) => r.syncedAt)]);
}
/** Rows the last computation did not make are gone from one side. */
export async function forgetOldShadow(db: Queryable, storeId: number, now: string): Promise<void> {
  await db.query('delete from planner_shadow where store_id = $1 and computed_at < $2', [storeId, now]);
}

export interface ShadowRow { item_id: number; location_id: number; sku: string | null; title: string; vendor: string | null; location: string; ours: number | null; theirs: number; parity: number; gap: number; reasons: Gap['reasons']; synced_at: string | null; computed_at: string; sort_value: string | null }
export interface ShadowFilter { q?: string | undefined; locations?: number[] | undefined; view: 'gaps' | 'not at parity' | 'all'; reason?: string | undefined; sort: string; dir: 'asc' | 'desc'; after: Keyset | null; limit: number }

const SORT: Record<string, SortColumn> = { size: { sql: 'abs(r.gap)', type: 'int' }, gap: { sql: 'r.gap', type: 'int' }, sku: { sql: 'lower(r.sku)', type: 'text' }, theirs: { sql: 'r.theirs', type: 'int' }, ours: { sql: 'r.ours', type: 'int' }, parity: { sql: 'r.parity', type: 'int' } };
const ROWS = `with r as (
    select x.*, i.sku, i.title, i.vendor, l.name as location from planner_shadow x join item i using (item_id) join location l on l.store_id = x.store_id and l.location_id = x.location_id
    where x.store_id = $1 and ($2::text[] is null or lower(i.sku) = any($2)) and ($3::text is null or i.sku ilike '%' || $3 || '%' or i.title ilike '%' || $3 || '%') and ($4::int[] is null or x.location_id = any($4))
      and case $5 when 'gaps' then x.gap <> 0 when 'not at parity' then x.parity <> x.theirs else true end and ($6::text is null or x.reasons @> jsonb_build_array(jsonb_build_object('reason', $6)))
  )`;
function values(storeId: number, filter: Pick<ShadowFilter, 'q' | 'locations' | 'view' | 'reason'>): unknown[] {
  const { skus, words } = searchTerms(filter.q);
  return [storeId, skus, words, filter.locations ?? null, filter.view, filter.reason ?? null];
}

export async function shadowPage(db: Queryable, storeId: number, filter: ShadowFilter): Promise<ShadowRow[]> {
  const column = SORT[filter.sort] ?? SORT['size']!, page = keysetSql(column, filter.dir, ['r.item_id', 'r.location_id'], filter.after, 8);
  return (await db.query<ShadowRow>(`${ROWS} select r.*, (${column.sql})::text as sort_value from r where ${page.where} order by ${page.orderBy} limit $7`, [...values(storeId, filter), filter.limit, ...page.values])).rows;
}

export interface ShadowTotals { rows: number; at_parity: number; equal: number; ours: number; theirs: number; parity: number; computed_at: string | null; synced_at: string | null }
/** Sums of the filtered rows, and how much of all gaps each reason explains, in units without sign. */
export async function shadowTotals(db: Queryable, storeId: number, filter: Pick<ShadowFilter, 'q' | 'locations' | 'view' | 'reason'>): Promise<{ totals: ShadowTotals; reasons: { reason: string; units: number; rows: number }[] }> {
  const params = values(storeId, filter);
  const { rows: [totals] } = await db.query<ShadowTotals>(`${ROWS} select count(*)::int as rows, count(*) filter (where parity = theirs)::int as at_parity, count(*) filter (where gap = 0)::int as equal, coalesce(sum(ours), 0)::int as ours, coalesce(sum(theirs), 0)::int as theirs, coalesce(sum(parity), 0)::int as parity, max(computed_at) as computed_at, min(synced_at) as synced_at from r`, params);
  const { rows: reasons } = await db.query<{ reason: string; units: number; rows: number }>(`${ROWS} select e ->> 'reason' as reason, sum(abs((e ->> 'units')::int))::int as units, count(*)::int as rows from r cross join lateral jsonb_array_elements(r.reasons) e group by 1 order by 2 desc`, params);
  return { totals: totals!, reasons };
}

/** The same of everything compared, whatever the filter. */
export async function shadowOverall(db: Queryable, storeId: number): Promise<{ rows: number; at_parity: number; equal: number }> {
  return (await db.query<{ rows: number; at_parity: number; equal: number }>('select count(*)::int as rows, count(*) filter (where parity = theirs)::int as at_parity, count(*) filter (where gap = 0)::int as equal from planner_shadow where store_id = $1', [storeId])).rows[0]!;
}
