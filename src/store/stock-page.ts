/** The Stock & drift table: ledger beside what Shopify shows, one row an item and location. */
import { ON_HAND_STATES } from '../domain/stock/fact.ts';
import type { Queryable } from './db.ts';
import { keysetSql, searchTerms, type Keyset, type SortColumn } from './keyset.ts';

export interface StockPageRow {
  item_id: number; location_id: number; sku: string | null; title: string; vendor: string | null; location: string; authority: 'storefront' | 'warehouse';
  on_hand: number; committed: number; available: number; unavailable: number; incoming: number; shopify_available: number | null; shopify_at: string | null;
  drift: number; causes: { cause: string; units: number }[] | null; states: { state: string; difference: number; causes: { cause: string; units: number }[] }[] | null; opened: boolean; last_movement: string | null; sort_value: string | null;
  planner: { stock?: number; incoming?: number } | null; push_state: string | null; wanted: number | null; pushed_at: string | null; confirmed_at: string | null; push_reason: string | null;
}

export interface StockFilter {
  q?: string | undefined; locations?: number[] | undefined; vendor?: string | undefined; view: 'all' | 'drift' | 'planner' | 'negative' | 'out of stock' | 'pending' | 'changed'; itemId?: number;
  sort: string; dir: 'asc' | 'desc'; after: Keyset | null; limit: number; changedSince: string;
}

const SORT: Record<string, SortColumn> = {
  sku: { sql: 'lower(r.sku)', type: 'text' }, title: { sql: 'lower(r.title)', type: 'text' }, onHand: { sql: 'r.on_hand', type: 'int' }, committed: { sql: 'r.committed', type: 'int' },
  available: { sql: 'r.available', type: 'int' }, drift: { sql: 'abs(r.drift)', type: 'int' }, lastMovement: { sql: 'r.last_movement', type: 'timestamptz' },
};

const ROWS = `
  with found as (
    select item_id, location_id, jsonb_agg(causes) filter (where state = 'available') -> 0 as causes, jsonb_agg(jsonb_build_object('state', state, 'difference', difference, 'causes', causes) order by state) filter (where state <> 'available' and difference <> 0) as states
    from drift where store_id = $1 group by 1, 2
  ), r as (
    select o.item_id, o.location_id, i.sku, i.title, i.vendor, l.name as location, l.authority,
      coalesce(${ON_HAND_STATES.map((state) => `f.${state}`).join(' + ')}, 0) as on_hand, coalesce(f.committed, 0) as committed, coalesce(f.available, 0) as available,
      coalesce(f.reserved + f.damaged + f.safety_stock + f.quality_control, 0) as unavailable, coalesce(f.incoming, 0) as incoming, o.available as shopify_available, o.available_at as shopify_at,
      case when p.as_of is null then 0 else o.available - coalesce(f.available, 0) end as drift, d.causes, d.states, p.as_of is not null as opened, f.updated_at as last_movement
    from observed_level o
    join item i on i.item_id = o.item_id
    join location l on l.store_id = o.store_id and l.location_id = o.location_id
    left join opening p on p.store_id = o.store_id and p.item_id = o.item_id and p.location_id = o.location_id
    left join ledger_level f on f.store_id = o.store_id and f.item_id = o.item_id and f.location_id = o.location_id
    left join found d on d.item_id = o.item_id and d.location_id = o.location_id
    where o.store_id = $1 and ($8::int is null or o.item_id = $8)
      and ($2::text[] is null or lower(i.sku) = any($2)) and ($3::text is null or i.sku ilike '%' || $3 || '%' or i.title ilike '%' || $3 || '%' or i.barcode = $3)
      and ($4::int[] is null or o.location_id = any($4)) and ($5::text is null or i.vendor = $5)
  ), r_view as (
    select * from r where case $6
      when 'drift' then drift <> 0 or states is not null when 'planner' then exists (select from planner_drift w where w.store_id = $1 and w.item_id = r.item_id and w.location_id = r.location_id) when 'negative' then available < 0 or on_hand < 0 when 'out of stock' then available <= 0
      when 'pending' then drift <> 0 or states is not null or not opened when 'changed' then last_movement >= $7 else true end
  )`;

function values(storeId: number, filter: StockFilter): unknown[] {
  const { skus, words } = searchTerms(filter.q);
  return [storeId, skus, words, filter.locations ?? null, filter.vendor ?? null, filter.view, filter.changedSince, filter.itemId ?? null];
}

export async function stockPage(db: Queryable, storeId: number, filter: StockFilter): Promise<StockPageRow[]> {
  const column = SORT[filter.sort] ?? SORT['sku']!;
  const page = keysetSql(column, filter.dir, ['r.item_id', 'r.location_id'], filter.after, 10);
  const { rows } = await db.query<StockPageRow>(
    `${ROWS}, page as (select r.*, (${column.sql})::text as sort_value from r_view r where ${page.where} order by ${page.orderBy} limit $9)
     select r.*, w.state as push_state, w.wanted, w.pushed_at, w.confirmed_at, w.reason as push_reason,
       (select jsonb_object_agg(d.measure, d.theirs - d.ours) from planner_drift d where d.store_id = $1 and d.item_id = r.item_id and d.location_id = r.location_id) as planner from page r left join push_level w on w.store_id = $1 and w.item_id = r.item_id and w.location_id = r.location_id order by ${page.orderBy}`, [...values(storeId, filter), filter.limit, ...page.values]);
  return rows;
}

export interface StockTotals { rows: number; on_hand: number; committed: number; available: number; incoming: number; drift_units: number; drift_rows: number }

/** Totals of the filtered set, not of the page. */
export async function stockTotals(db: Queryable, storeId: number, filter: StockFilter): Promise<StockTotals> {
  const { rows } = await db.query<StockTotals>(
    `${ROWS} select count(*)::int as rows, coalesce(sum(on_hand), 0)::int as on_hand, coalesce(sum(committed), 0)::int as committed, coalesce(sum(available), 0)::int as available,
       coalesce(sum(incoming), 0)::int as incoming, coalesce(sum(abs(drift)), 0)::int as drift_units, count(*) filter (where drift <> 0 or states is not null)::int as drift_rows from r_view`, values(storeId, filter));
  return rows[0]!;
}

/** Units sold per day over the 30 days up to `day`, for the given levels, oldest first. */
export async function sold30(db: Queryable, storeId: number, day: string, levels: readonly { itemId: number; locationId: number }[]): Promise<Map<string, number[]>> {
  const { rows } = await db.query<{ item_id: number; location_id: number; ago: number; quantity: number }>(
    `select d.item_id, d.location_id, $2::date - d.day as ago, d.quantity from daily_demand d join unnest($3::int[], $4::int[]) as t(item_id, location_id) using (item_id, location_id)
     where d.store_id = $1 and d.day > $2::date - 30 and d.day <= $2`, [storeId, day, levels.map((l) => l.itemId), levels.map((l) => l.locationId)]);
  const map = new Map(levels.map((l) => [`${l.itemId}@${l.locationId}`, new Array<number>(30).fill(0)]));
  for (const row of rows) map.get(`${row.item_id}@${row.location_id}`)![29 - row.ago] = row.quantity;
  return map;
}
