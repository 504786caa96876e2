/** Bundles as people see them: what can be made of each now, and finding variants for parts. */
import type { Queryable } from './db.ts';

export interface BundleAvailability { locationId: number; locationName: string; units: number; scarcest: string | null }

/** From the last look of the push: whole bundles per place a warehouse serves, and the part that limits them. */
export async function bundleAvailabilities(db: Queryable, storeId: number): Promise<Map<string, BundleAvailability[]>> {
  const { rows } = await db.query<{ variant_id: string; location_id: number; location: string; units: number; scarcest: string | null }>(
    `select v.shopify_variant_id as variant_id, p.location_id, l.name as location, coalesce(p.wanted, 0) as units,
       (select e ->> 'sku' from jsonb_array_elements(p.arithmetic -> 'parts') e order by floor(greatest(0, (e ->> 'available')::numeric) / (e ->> 'perUnit')::numeric) limit 1) as scarcest
     from push_level p join location l on l.store_id = p.store_id and l.location_id = p.location_id join inventory_item x on x.store_id = p.store_id and x.item_id = p.item_id
     join variant v on v.store_id = x.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id where p.store_id = $1 and p.arithmetic ? 'parts'`, [storeId]);
  const found = new Map<string, BundleAvailability[]>();
  for (const row of rows) found.set(row.variant_id, [...(found.get(row.variant_id) ?? []), { locationId: row.location_id, locationName: row.location, units: row.units, scarcest: row.scarcest }]);
  return found;
}

export async function searchVariants(db: Queryable, storeId: number, q: string, limit: number): Promise<{ variant_id: string; sku: string | null; title: string; item_id: number | null }[]> {
  const { rows } = await db.query<{ variant_id: string; sku: string | null; title: string; item_id: number | null }>(
    `select v.shopify_variant_id as variant_id, v.sku, v.title, x.item_id from variant v left join inventory_item x on x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id
     where v.store_id = $1 and v.deleted_at is null and (v.sku ilike $2 || '%' or v.title ilike '%' || $2 || '%' or v.barcode = $2 or v.shopify_variant_id::text = $2) order by (v.sku = $2) desc, v.sku limit $3`, [storeId, q, limit]);
  return rows;
}

/** Variants by SKU, or by their id when a SKU is not enough. */
export async function variantsBySku(db: Queryable, storeId: number, skus: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await db.query<{ sku: string; ids: string[] }>(
    `select t.sku, array_agg(v.shopify_variant_id::text) as ids from unnest($2::text[]) as t(sku) join variant v on v.store_id = $1 and v.deleted_at is null and (v.sku = t.sku or v.shopify_variant_id::text = t.sku) where t.sku <> '' group by 1`, [storeId, skus]);
  return new Map(rows.map((row) => [row.sku, row.ids]));
}
