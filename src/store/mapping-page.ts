/** Whose a warehouse's code is: matched by an identical, unique SKU, by a person, or by nobody yet; with suggestions for the last. */
import type { Queryable } from './db.ts';

export interface MappingPageRow {
  warehouse_id: number; warehouse: string; sku: string; title: string | null; barcode: string | null; item_id: number | null; item_sku: string | null; item_title: string | null; matched_by: 'same SKU' | 'by hand' | 'suggestion' | 'nobody'; ignored_reason: string | null; version: number;
  on_hand: number; unsellable: number; counted_at: string | null; updated_at: string; updated_by: string; suggestions: { itemId: number; sku: string | null; title: string; why: string; confidence: number }[] | null;
}

export async function mappingPage(db: Queryable, storeId: number, filter: { view: string; q: string | null; after: [string, number] | null; limit: number }): Promise<MappingPageRow[]> {
  const { rows } = await db.query<MappingPageRow>(
    `select k.warehouse_id, w.name as warehouse, k.sku, k.title, k.barcode, k.item_id, i.sku as item_sku, i.title as item_title, k.matched_by, k.ignored_reason, k.version, coalesce(s.on_hand, 0) as on_hand, coalesce(s.unsellable, 0) as unsellable, nullif(s.counted_at, '-infinity') as counted_at,
       k.updated_at, k.updated_by, case when k.item_id is null then g.hits end as suggestions
     from warehouse_sku k join warehouse w using (warehouse_id) left join warehouse_stock s on s.warehouse_id = k.warehouse_id and s.sku = k.sku left join item i on i.item_id = k.item_id
     left join lateral (select jsonb_agg(jsonb_build_object('itemId', c.item_id, 'sku', c.sku, 'title', c.title, 'why', g.why, 'confidence', round(g.confidence::numeric, 3)) order by g.confidence desc, c.item_id) as hits
       from code_suggestion g join item c on c.item_id = g.item_id where k.item_id is null and g.warehouse_id = k.warehouse_id and g.sku = k.sku) g on true
     where k.warehouse_id in (select warehouse_id from location where store_id = $1)
       and case $2 when 'unmatched' then k.item_id is null and k.ignored_reason is null when 'suggested' then k.item_id is null and k.ignored_reason is null and g.hits is not null when 'by hand' then k.matched_by = 'by hand' when 'ignored' then k.ignored_reason is not null else true end
       and ($3::text is null or k.sku ilike '%' || $3 || '%' or k.title ilike '%' || $3 || '%' or i.sku ilike '%' || $3 || '%' or i.title ilike '%' || $3 || '%') and ($4::text is null or (k.sku, k.warehouse_id) > ($4, $5::int)) order by k.sku, k.warehouse_id limit $6`,
    [storeId, filter.view, filter.q, filter.after?.[0] ?? null, filter.after?.[1] ?? null, filter.limit]);
  return rows;
}

export interface MappingCounts { all: number; unmatched: number; suggested: number; by_hand: number; ignored: number }

export async function mappingCounts(db: Queryable, storeId: number): Promise<MappingCounts> {
  const { rows } = await db.query<MappingCounts>(
    `select count(*)::int as "all", count(*) filter (where item_id is null and ignored_reason is null)::int as unmatched, count(*) filter (where matched_by = 'by hand')::int as by_hand, count(*) filter (where ignored_reason is not null)::int as ignored,
       count(*) filter (where item_id is null and ignored_reason is null and exists (select from code_suggestion g where g.warehouse_id = k.warehouse_id and g.sku = k.sku))::int as suggested
     from warehouse_sku k where warehouse_id in (select warehouse_id from location where store_id = $1)`, [storeId]);
  return rows[0]!;
}
