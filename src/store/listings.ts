/** Variants whose SKU or barcode says too little or the same as another's, with what is known of each; and what the planner and the shop do not know of each other. */
import type { Listing } from '../domain/mapping/listing-faults.ts';
import type { Queryable } from './db.ts';

/** Looked at, at most: a shop with more faults than this has one, and it is not on this page. */
export const MOST_LISTINGS = 3_000;

/**
 * Active, tracked variants that have no SKU, no barcode (`barcodes`), one that another has too, a barcode of digits that may be mistyped, or a rename that is a case. One statement; what is a fault is decided by
 * domain/mapping/listing-faults, from these and from all that share a code with them.
 */
export async function suspectListings(db: Queryable, storeId: number, barcodes: boolean, since: string): Promise<Listing[]> {
  const { rows } = await db.query<Listing>(
    `with live as materialized (
       select v.shopify_variant_id, v.shopify_product_id, i.item_id, v.title, v.sku, v.barcode, nullif(trim(v.sku), '') as code, nullif(trim(v.barcode), '') as scan
       from variant v join inventory_item i on i.store_id = v.store_id and i.shopify_inventory_item_id = v.shopify_inventory_item_id where v.store_id = $1 and v.deleted_at is null and i.tracked and v.product_status = 'ACTIVE'
     ), renamed as (
       select (evidence ->> 'variantId')::bigint as variant_id, coalesce(evidence ->> 'from', '') as "from" from exception where store_id = $1 and kind = 'SKU_RENAMED' and state in ('open', 'snoozed', 'grace') and evidence ? 'variantId' limit 1000
     ), suspect as (
       select l.*, r."from" as renamed from live l left join renamed r on r.variant_id = l.shopify_variant_id
       where l.code is null or r.variant_id is not null or (l.scan is null and $2) or l.scan ~ '^[0-9 -]+$' and length(regexp_replace(l.scan, '[^0-9]', '', 'g')) <> 0 and not ${GTIN('l.scan')}
         or l.code in (select code from live where code is not null group by 1 having count(*) > 1) or l.scan in (select scan from live where scan is not null group by 1 having count(*) > 1)
       order by l.code nulls first, l.shopify_variant_id limit ${MOST_LISTINGS})
     select s.shopify_variant_id::text as "variantId", s.item_id as "itemId", s.title, s.sku, s.barcode, s.renamed as "renamedFrom",
       coalesce((select sum(d.quantity)::int from demand_fact d where d.store_id = $1 and d.item_id = s.item_id and d.day >= $3::date and d.kind = 'sale'), 0) as sold28,
       coalesce((select sum(g.available)::int from ledger_level g where g.store_id = $1 and g.item_id = s.item_id), 0) as available,
       coalesce((select array_agg(o.code order by o.code) from (select code from live where shopify_product_id = s.shopify_product_id and code is not null and shopify_variant_id <> s.shopify_variant_id order by code limit 3) o), '{}') as siblings,
       (select min(k.sku) from warehouse_sku k where k.item_id = s.item_id and k.warehouse_id in (select warehouse_id from location where store_id = $1)) as "warehouseCode",
       (select min(nullif(trim(p.sku), '')) from planner_variant p where p.store_id = $1 and p.item_id = s.item_id) as "plannerSku"
     from suspect s order by s.code nulls first, s.shopify_variant_id`, [storeId, barcodes, since]);
  return rows;
}

/** GTIN's check digit in SQL, so that right barcodes are not fetched (GS1 General Specifications §7.9): weights 3 and 1 from the right, of 8, 12, 13 or 14 digits. */
function GTIN(column: string): string {
  const digits = `regexp_replace(${column}, '[^0-9]', '', 'g')`;
  return `(length(${digits}) in (8, 12, 13, 14) and (select sum(substr(lpad(${digits}, 14, '0'), n, 1)::int * case when n % 2 = 1 then 3 else 1 end) % 10 = 0 from generate_series(1, 14) n))`;
}

/** Whether a shop uses barcodes: half of its active variants have one. */
export async function usesBarcodes(db: Queryable, storeId: number): Promise<boolean> {
  return (await db.query<{ uses: boolean }>(`select coalesce(count(*) filter (where nullif(trim(barcode), '') is not null) * 2 >= count(*) and count(*) > 0, false) as uses from variant where store_id = $1 and deleted_at is null and product_status = 'ACTIVE'`, [storeId])).rows[0]!.uses;
}

export interface PlannerGap { side: 'planner' | 'shop'; variantId: string; itemId: number | null; sku: string | null; title: string }

/** Variants the planner has and nobody is matched to, and items of the shop the planner has no variant of; none where no planner was read. */
export async function plannerGaps(db: Queryable, storeId: number, limit: number): Promise<PlannerGap[]> {
  const { rows } = await db.query<PlannerGap>(
    `select 'planner' as side, planner_variant_id as "variantId", null::int as "itemId", sku, title from planner_variant where store_id = $1 and matched_by = 'nobody'
     union all
     select 'shop', v.shopify_variant_id::text, i.item_id, v.sku, v.title from variant v join inventory_item i on i.store_id = v.store_id and i.shopify_inventory_item_id = v.shopify_inventory_item_id
     where v.store_id = $1 and v.deleted_at is null and i.tracked and v.product_status = 'ACTIVE' and exists (select from planner_variant p where p.store_id = $1) and not exists (select from planner_variant p where p.store_id = $1 and p.item_id = i.item_id)
     order by 1, 5 limit $2`, [storeId, limit]);
  return rows;
}
