/** Recommendations: one an item and location, with the arithmetic it was made of. */
import type { Term } from '../domain/replenishment/recommend.ts';
import type { ResolvedPolicy } from '../domain/replenishment/policy.ts';
import { textArray } from './binary.ts';
import type { Queryable } from './db.ts';
import { keysetSql, searchTerms, type Keyset, type SortColumn } from './keyset.ts';

export interface RecommendationDetail { terms: Term[]; policy: ResolvedPolicy; conflicts: string[]; orderUpTo: number; position: number; protectionDays: number; sentence: string }
export interface RecommendationRecord {
  itemId: number; locationId: number; quantity: number; need: number; overstock: number; orderBy: string | null; urgency: number;
  stockoutP50: string | null; stockoutP10: string | null; coverDays: number | null; cost: number | null; detail: RecommendationDetail;
}

export async function saveRecommendations(db: Queryable, storeId: number, runId: string, records: readonly RecommendationRecord[], now: string): Promise<void> {
  if (records.length === 0) return;
  await db.query(
    `insert into recommendation (store_id, run_id, computed_at, item_id, location_id, quantity, urgency, order_by, stockout_p50, stockout_p10, cover_days, need, overstock, cost, detail)
     select $1, $2, $3, item_id, location_id, quantity, urgency, order_by, p50, p10, cover, need, overstock, cost, detail::jsonb
     from unnest($4::int[], $5::int[], $6::int[], $7::int[], $8::date[], $9::date[], $10::date[], $11::real[], $12::real[], $13::int[], $14::bigint[], $15::text[])
       as t(item_id, location_id, quantity, urgency, order_by, p50, p10, cover, need, overstock, cost, detail)
     on conflict (store_id, item_id, location_id) do update set run_id = excluded.run_id, computed_at = excluded.computed_at, quantity = excluded.quantity, urgency = excluded.urgency,
       order_by = excluded.order_by, stockout_p50 = excluded.stockout_p50, stockout_p10 = excluded.stockout_p10, cover_days = excluded.cover_days, need = excluded.need,
       overstock = excluded.overstock, cost = excluded.cost, detail = excluded.detail`,
    [storeId, runId, now, records.map((r) => r.itemId), records.map((r) => r.locationId), records.map((r) => r.quantity), records.map((r) => r.urgency), records.map((r) => r.orderBy),
      records.map((r) => r.stockoutP50), records.map((r) => r.stockoutP10), records.map((r) => r.coverDays), records.map((r) => r.need), records.map((r) => r.overstock), records.map((r) => r.cost),
      textArray(records.map((r) => JSON.stringify(r.detail)))]);
}

/** Gives the kept lines their class and removes lines the latest run did not make. */
export async function removeOthers(db: Queryable, storeId: number, _now: string, kept: readonly { itemId: number; locationId: number; abc: string }[]): Promise<void> {
  await db.query(
    `update recommendation r set abc = t.abc from unnest($2::int[], $3::int[], $4::text[]) as t(item_id, location_id, abc)
     where r.store_id = $1 and r.item_id = t.item_id and r.location_id = t.location_id and r.abc is distinct from t.abc`,
    [storeId, kept.map((k) => k.itemId), kept.map((k) => k.locationId), kept.map((k) => k.abc)]);
  await db.query(
    `delete from recommendation r where store_id = $1 and not exists (select from unnest($2::int[], $3::int[]) as t(item_id, location_id) where r.item_id = t.item_id and r.location_id = t.location_id)`,
    [storeId, kept.map((k) => k.itemId), kept.map((k) => k.locationId)]);
}

export interface RecommendationRow {
  item_id: number; location_id: number; sku: string | null; title: string; vendor: string | null; location: string; available: number; incoming: number;
  quantity: number; need: number; cost: string | null; overstock: number; cover_days: number | null; stockout_p50: string | null; stockout_p10: string | null; order_by: string | null;
  urgency: number; abc: string | null; method: string | null; wape: number | null; flags: string[] | null; computed_at: string; sort_value: string | null; detail: RecommendationDetail;
}

export interface ReplenishmentFilter {
  q?: string | undefined; vendor?: string | undefined; locations?: number[] | undefined; view: 'to order' | 'due' | 'overstock' | 'all'; today: string; sort: string; dir: 'asc' | 'desc'; after: Keyset | null; limit: number;
  itemId?: number; locationId?: number;
}

const SORT: Record<string, SortColumn> = {
  urgency: { sql: 'r.urgency', type: 'int' }, sku: { sql: 'lower(r.sku)', type: 'text' }, quantity: { sql: 'r.quantity', type: 'int' }, cost: { sql: 'r.cost', type: 'float8' },
  cover: { sql: 'r.cover_days', type: 'float8' }, stockout: { sql: 'r.stockout_p50', type: 'date' },
};

const ROWS = `with r as (
    select x.*, i.sku, i.title, i.vendor, l.name as location, f.method, f.wape, f.flags,
      coalesce(g.available, 0) as available, coalesce(g.incoming, 0) as incoming
    from recommendation x join item i using (item_id) join location l on l.store_id = x.store_id and l.location_id = x.location_id
    left join forecast f on f.store_id = x.store_id and f.item_id = x.item_id and f.location_id = x.location_id and f.run_id = x.run_id
    left join ledger_level g on g.store_id = x.store_id and g.item_id = x.item_id and g.location_id = x.location_id
    where x.store_id = $1 and ($2::text[] is null or lower(i.sku) = any($2)) and ($3::text is null or i.sku ilike '%' || $3 || '%' or i.title ilike '%' || $3 || '%')
      and ($4::text is null or i.vendor = $4) and ($5::int[] is null or x.location_id = any($5)) and ($8::int is null or x.item_id = $8) and ($9::int is null or x.location_id = $9)
      and case $6 when 'to order' then x.quantity > 0 when 'due' then x.quantity > 0 and x.order_by <= $7 when 'overstock' then x.overstock > 0 else true end
  )`;

function values(storeId: number, filter: ReplenishmentFilter): unknown[] {
  const { skus, words } = searchTerms(filter.q);
  return [storeId, skus, words, filter.vendor ?? null, filter.locations ?? null, filter.view, filter.today, filter.itemId ?? null, filter.locationId ?? null];
}

export async function replenishmentPage(db: Queryable, storeId: number, filter: ReplenishmentFilter): Promise<RecommendationRow[]> {
  const column = SORT[filter.sort] ?? SORT['urgency']!;
  const page = keysetSql(column, filter.dir, ['r.item_id', 'r.location_id'], filter.after, 11);
  const { rows } = await db.query<RecommendationRow>(`${ROWS} select r.*, (${column.sql})::text as sort_value from r where ${page.where} order by ${page.orderBy} limit $10`, [...values(storeId, filter), filter.limit, ...page.values]);
  return rows;
}

export interface ReplenishmentTotals { rows: number; units: number; cost: string; due: number; overstock: number; computed_at: string | null; next_order_by: string | null }

export async function replenishmentTotals(db: Queryable, storeId: number, filter: ReplenishmentFilter): Promise<{ totals: ReplenishmentTotals; vendors: { vendor: string; lines: number; units: number; cost: string }[] }> {
  const params = values(storeId, filter);
  const totals = await db.query<ReplenishmentTotals>(
    `${ROWS} select count(*)::int as rows, coalesce(sum(quantity), 0)::int as units, coalesce(sum(cost), 0) as cost, count(*) filter (where quantity > 0 and order_by <= $7)::int as due,
       coalesce(sum(overstock), 0)::int as overstock, max(computed_at) as computed_at, min(order_by) filter (where order_by > $7) as next_order_by from r`, params);
  const vendors = await db.query<{ vendor: string; lines: number; units: number; cost: string }>(
    `${ROWS} select coalesce(vendor, '') as vendor, count(*)::int as lines, sum(quantity)::int as units, coalesce(sum(cost), 0) as cost from r where quantity > 0 group by 1 order by sum(cost) desc nulls last limit 500`, params);
  return { totals: totals.rows[0]!, vendors: vendors.rows };
}
