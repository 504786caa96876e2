/** What a supplier sells and on which terms. An item has at most one preferred supplier: whom replenishment buys it from. */
import type pg from 'pg';
import type { PriceBreak } from '../domain/purchasing/price.ts';
import type { Queryable } from './db.ts';

export interface SupplierItemRow {
  supplier_id: number; item_id: number; sku: string | null; title: string; barcode: string | null; supplier_sku: string | null; unit_cost: string | null; item_cost: string | null; item_currency: string | null; moq: number | null; case_pack: number | null;
  price_breaks: PriceBreak[]; volume_cm3: string | null; weight_g: string | null; lead_time_days: number | null; preferred: boolean; updated_at: string; updated_by: string;
}
export interface SupplierItemTerms {
  itemId: number; supplierSku: string | null; unitCost: number | null; moq: number | null; casePack: number | null; priceBreaks: PriceBreak[]; volumeCm3: number | null; weightG: number | null; leadTimeDays: number | null; preferred: boolean;
}

const ROW = 'select s.*, i.sku, i.title, i.barcode, i.unit_cost as item_cost, i.currency as item_currency from supplier_item s join item i using (item_id)';

/** Items of a supplier by id, from behind `after`. */
export async function supplierItems(db: Queryable, storeId: number, supplierId: number, filter: { q: string | null; after: number; limit: number }): Promise<SupplierItemRow[]> {
  const { rows } = await db.query<SupplierItemRow>(
    `${ROW} where s.store_id = $1 and s.supplier_id = $2 and s.item_id > $4 and ($3::text is null or i.sku ilike '%' || $3 || '%' or i.title ilike '%' || $3 || '%' or s.supplier_sku ilike '%' || $3 || '%') order by s.item_id limit $5`,
    [storeId, supplierId, filter.q?.replaceAll(/[%_\\]/g, '\\$&') ?? null, filter.after, filter.limit]);
  return rows;
}

/** What all suppliers sell, or one, with the lowest of its variants' ids and whose it is: for a file that can be read back. */
export async function supplierItemsFile(db: Queryable, storeId: number, supplierId: number | null, limit: number): Promise<(SupplierItemRow & { supplier: string; supplier_currency: string; variant_id: string | null })[]> {
  return (await db.query<SupplierItemRow & { supplier: string; supplier_currency: string; variant_id: string | null }>(
    `select s.*, i.sku, i.title, i.barcode, i.unit_cost as item_cost, i.currency as item_currency, p.name as supplier, p.currency as supplier_currency,
       (select min(v.shopify_variant_id)::text from inventory_item x join variant v on v.store_id = x.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id and v.deleted_at is null where x.store_id = s.store_id and x.item_id = s.item_id) as variant_id
     from supplier_item s join item i using (item_id) join supplier p on p.store_id = s.store_id and p.supplier_id = s.supplier_id
     where s.store_id = $1 and ($2::int is null or s.supplier_id = $2) order by lower(p.name), s.supplier_id, s.item_id limit $3`, [storeId, supplierId, limit])).rows;
}

/** Terms of one supplier for the given items; items it does not sell are absent. */
export async function termsOf(db: Queryable, storeId: number, supplierId: number, itemIds: readonly number[]): Promise<Map<number, SupplierItemRow>> {
  const { rows } = await db.query<SupplierItemRow>(`${ROW} where s.store_id = $1 and s.supplier_id = $2 and s.item_id = any($3)`, [storeId, supplierId, itemIds]);
  return new Map(rows.map((row) => [row.item_id, row]));
}

/** Saves terms, all or none of them; a supplier that becomes preferred takes the place of the one before. */
export async function saveSupplierItems(tx: pg.PoolClient, storeId: number, supplierId: number, terms: readonly SupplierItemTerms[], by: string, now: string): Promise<void> {
  const all = [...new Map(terms.map((t) => [t.itemId, t])).values()].sort((a, b) => a.itemId - b.itemId);
  await tx.query('update supplier_item set preferred = false where store_id = $1 and supplier_id <> $2 and preferred and item_id = any($3)', [storeId, supplierId, all.filter((t) => t.preferred).map((t) => t.itemId)]);
  await tx.query(
    `insert into supplier_item (store_id, supplier_id, item_id, supplier_sku, unit_cost, moq, case_pack, price_breaks, volume_cm3, weight_g, lead_time_days, preferred, updated_at, updated_by)
     select $1, $2, t.item_id, t.sku, t.cost, t.moq, t.pack, t.breaks::jsonb, t.volume, t.weight, t.lead, t.preferred, $3, $4
     from unnest($5::int[], $6::text[], $7::bigint[], $8::int[], $9::int[], $10::text[], $11::bigint[], $12::bigint[], $13::int[], $14::bool[]) as t(item_id, sku, cost, moq, pack, breaks, volume, weight, lead, preferred)
     on conflict (store_id, supplier_id, item_id) do update set supplier_sku = excluded.supplier_sku, unit_cost = excluded.unit_cost, moq = excluded.moq, case_pack = excluded.case_pack, price_breaks = excluded.price_breaks,
       volume_cm3 = excluded.volume_cm3, weight_g = excluded.weight_g, lead_time_days = excluded.lead_time_days, preferred = excluded.preferred, updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
    [storeId, supplierId, now, by, all.map((t) => t.itemId), all.map((t) => t.supplierSku), all.map((t) => t.unitCost), all.map((t) => t.moq), all.map((t) => t.casePack), all.map((t) => JSON.stringify(t.priceBreaks)),
      all.map((t) => t.volumeCm3), all.map((t) => t.weightG), all.map((t) => t.leadTimeDays), all.map((t) => t.preferred)]);
}

export interface FoundItem { item_id: number; sku: string | null; barcode: string | null; title: string; unit_cost: string | null; currency: string | null }

/** Items of the store by code: SKU, barcode or Shopify's variant id, exactly as written but for case. A code that names several items answers them all. */
export async function itemsByCode(db: Queryable, storeId: number, codes: readonly string[]): Promise<Map<string, FoundItem[]>> {
  const wanted = [...new Set(codes.map((code) => code.trim().toLowerCase()).filter(Boolean))];
  const { rows } = await db.query<FoundItem & { code: string }>(
    `with found as (
       select lower(v.sku) as code, x.item_id from variant v join inventory_item x on x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id where v.store_id = $1 and v.deleted_at is null and lower(v.sku) = any($2)
       union select lower(v.barcode), x.item_id from variant v join inventory_item x on x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id where v.store_id = $1 and v.deleted_at is null and lower(v.barcode) = any($2)
       union select v.shopify_variant_id::text, x.item_id from variant v join inventory_item x on x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id where v.store_id = $1 and v.shopify_variant_id = any($3::bigint[]))
     select f.code, i.item_id, i.sku, i.barcode, i.title, i.unit_cost, i.currency from found f join item i using (item_id) order by i.item_id limit 200000`,
    [storeId, wanted, wanted.filter((code) => /^\d{1,18}$/.test(code))]);
  return Map.groupBy(rows, (row) => row.code);
}
