/** The list of forecasts of a run, and how good they were, rolled up. */
import type { Queryable } from './db.ts';
import { keysetSql, searchTerms, type Keyset, type SortColumn } from './keyset.ts';

export const FORECAST_VIEWS = ['all', 'overridden', 'unusual', 'out of stock', 'intermittent', 'short history'] as const;
export const FORECAST_SORTS = ['sku', 'location', 'mean28', 'p90', 'sold28', 'change', 'than', 'wape', 'bias', 'coverage'] as const;

export interface ForecastFilter {
  runId: string; today: string; view: (typeof FORECAST_VIEWS)[number]; q?: string | undefined; vendor?: string | undefined; locations?: number[] | undefined;
  sort: (typeof FORECAST_SORTS)[number]; dir: 'asc' | 'desc'; after: Keyset | null; limit: number;
  /** A run to compare with. */
  than?: string | undefined;
  /** Only series with an override in force. */
  saidOnly?: boolean;
}

export interface ForecastListRow {
  item_id: number; location_id: number; sku: string | null; title: string; vendor: string | null; location: string; method: string; demand_class: string | null;
  then28: number | null; mean28: number | null; p90_28: number | null; sold28: number | null; wape: number | null; rmsse: number | null; bias: number | null; coverage: number | null; flags: string[]; censored_days: number;
  said: number; flagged_on: string | null; flagged_why: string | null; actual: number | null; low: number | null; high: number | null; checked: string | null; sort_value: string | null;
}

const SORT: Record<(typeof FORECAST_SORTS)[number], SortColumn> = {
  sku: { sql: 'lower(r.sku)', type: 'text' }, location: { sql: 'r.location', type: 'text' }, mean28: { sql: 'r.mean28', type: 'float8' }, p90: { sql: 'r.p90_28', type: 'float8' }, sold28: { sql: 'r.sold28', type: 'float8' },
  change: { sql: 'abs(r.mean28 - r.sold28)', type: 'float8' }, than: { sql: 'abs(r.mean28 - coalesce(r.then28, 0))', type: 'float8' }, wape: { sql: 'r.wape', type: 'float8' }, bias: { sql: 'abs(r.bias)', type: 'float8' }, coverage: { sql: 'r.coverage', type: 'float8' },
};

// The long arrays of a forecast are left where they are: a list needs none of them.
const ROWS = `with said as (
    select o.item_id, o.location_id, count(*)::int as n from forecast_override o left join forecast_override_end e on e.store_id = o.store_id and e.override_id = o.override_id
    where o.store_id = $1 and e.override_id is null and o.to_day >= $3::date and (o.expires_on is null or o.expires_on >= $3::date) group by 1, 2
  ), r as (
    select f.item_id, f.location_id, i.sku, i.title, i.vendor, l.name as location, f.method, f.demand_class, t.mean28 as then28, f.mean28, f.p90_28, f.sold28, f.wape, f.rmsse, f.bias, f.coverage, f.flags, f.censored_days,
      coalesce((select sum(s.n)::int from said s where s.item_id = f.item_id and (s.location_id is null or s.location_id = f.location_id)), 0) as said,
      c.flagged_on, c.flagged_why, c.actual, c.low, c.high, c.day as checked
    from forecast f join item i using (item_id) join location l on l.store_id = f.store_id and l.location_id = f.location_id
    left join forecast_check c on c.store_id = f.store_id and c.item_id = f.item_id and c.location_id = f.location_id
    left join forecast t on t.store_id = f.store_id and t.item_id = f.item_id and t.location_id = f.location_id and t.run_id = $10::bigint
    where f.store_id = $1 and f.run_id = $2 and ($4::text[] is null or lower(i.sku) = any($4)) and ($5::text is null or i.sku ilike '%' || $5 || '%' or i.title ilike '%' || $5 || '%')
      and ($6::text is null or i.vendor = $6) and ($7::int[] is null or f.location_id = any($7))
      and (not $9::boolean or exists (select from said s where s.item_id = f.item_id and (s.location_id is null or s.location_id = f.location_id)))
      and case $8 when 'overridden' then exists (select from said s where s.item_id = f.item_id and (s.location_id is null or s.location_id = f.location_id)) when 'unusual' then c.flagged_on is not null
        when 'out of stock' then f.censored_days > 0 when 'intermittent' then 'intermittent' = any(f.flags) when 'short history' then 'short history' = any(f.flags) else true end
  )`;

function values(storeId: number, filter: ForecastFilter): unknown[] {
  const { skus, words } = searchTerms(filter.q);
  return [storeId, filter.runId, filter.today, skus, words, filter.vendor ?? null, filter.locations ?? null, filter.view, filter.saidOnly ?? false, filter.than ?? null];
}

export async function forecastPage(db: Queryable, storeId: number, filter: ForecastFilter): Promise<ForecastListRow[]> {
  const column = SORT[filter.sort], page = keysetSql(column, filter.dir, ['r.item_id', 'r.location_id'], filter.after, 12);
  return (await db.query<ForecastListRow>(`${ROWS} select r.*, (${column.sql})::text as sort_value from r where ${page.where} order by ${page.orderBy} limit $11`, [...values(storeId, filter), filter.limit, ...page.values])).rows;
}

export async function forecastTotals(db: Queryable, storeId: number, filter: ForecastFilter): Promise<{ rows: number; mean28: number; sold28: number; then28: number | null }> {
  return (await db.query<{ rows: number; mean28: number; sold28: number; then28: number | null }>(`${ROWS} select count(*)::int as rows, coalesce(sum(mean28), 0) as mean28, coalesce(sum(sold28), 0) as sold28, sum(then28) as then28 from r`, values(storeId, filter))).rows[0]!;
}

export interface AccuracyRow {
  name: string; series: number; units: number; next28: number; wape: number | null; bias: number | null; rmsse: number | null; coverage: number | null; tested80: number | null; tested90: number | null; tested_pinball: number | null;
  days: number | null; live_wape: number | null; live_bias: number | null; under80: number | null; under90: number | null; under95: number | null; pinball: number | null;
  settled: number | null; ahead_wape: number | null; ahead_bias: number | null; ahead_under90: number | null;
}

const GROUP = { class: `coalesce(f.demand_class, 'not known')`, category: `coalesce(nullif(i.product_type, ''), nullif(i.vendor, ''), 'without')`, supplier: `coalesce(nullif(i.vendor, ''), 'without')`, item: `coalesce(nullif(i.sku, ''), i.title)`, location: 'l.name' } as const;
export type AccuracyGroup = keyof typeof GROUP;

/** A column's mean by the units of the last 28 days; null where none was sold, or the plain mean if asked. */
function weighed(column: 'wape' | 'bias' | 'rmsse' | 'coverage' | 'under80' | 'under90' | 'pinball', unsold: 'null' | 'plain mean' = 'null'): string {
  const mean = `sum(f.${column} * f.sold28) / nullif(sum(f.sold28) filter (where f.${column} is not null), 0)`;
  return unsold === 'null' ? mean : `coalesce(${mean}, avg(f.${column}))`;
}

/** Back-tested errors weighed by the units of the last 28 days, and what came: of each night's first day ahead, with a memory of ninety days, and of four weeks. */
export async function accuracyBy(db: Queryable, storeId: number, runId: string, by: AccuracyGroup): Promise<AccuracyRow[]> {
  return (await db.query<AccuracyRow>(
    `select grouping(${GROUP[by]}) as whole, coalesce(${GROUP[by]}, '') as name, count(*)::int as series, coalesce(sum(f.sold28), 0) as units, coalesce(sum(f.mean28), 0) as next28,
       ${weighed('wape')} as wape, ${weighed('bias')} as bias,
       ${weighed('rmsse', 'plain mean')} as rmsse, ${weighed('coverage', 'plain mean')} as coverage, ${weighed('under80', 'plain mean')} as tested80, ${weighed('under90', 'plain mean')} as tested90,
       ${weighed('pinball')} as tested_pinball, max(c.days) as days, sum(c.abs_error) / nullif(sum(c.units), 0) as live_wape, sum(c.error) / nullif(sum(c.units), 0) as live_bias,
       sum(c.under80) / nullif(sum(c.days), 0) as under80, sum(c.under90) / nullif(sum(c.days), 0) as under90, sum(c.under95) / nullif(sum(c.days), 0) as under95, sum(c.pinball) / nullif(sum(c.units), 0) as pinball,
       max(o.runs) as settled, sum(o.abs_error) / nullif(sum(o.units), 0) as ahead_wape, sum(o.error) / nullif(sum(o.units), 0) as ahead_bias, sum(o.under90) / nullif(sum(o.runs), 0) as ahead_under90
     from forecast f join item i using (item_id) join location l on l.store_id = f.store_id and l.location_id = f.location_id
     left join forecast_check c on c.store_id = f.store_id and c.item_id = f.item_id and c.location_id = f.location_id
     left join forecast_outcome o on o.store_id = f.store_id and o.item_id = f.item_id and o.location_id = f.location_id
     where f.store_id = $1 and f.run_id = $2 group by rollup (${GROUP[by]}) order by 1 desc, units desc, name limit 201`, [storeId, runId])).rows;
}
