/** Variants, inventory items, items, locations: what the storefront sells, mapped to what we keep in stock. Keyed on ids; SKUs are only labels. */
import type pg from 'pg';
import type { StorefrontLocation, StorefrontVariant, StorefrontVariantPatch } from '../domain/catalogue/storefront.ts';
import type { Queryable } from './db.ts';

/**
 * Upserts variants with their inventory items; an inventory item seen for the first time becomes an item of its own.
 * Returns how many rows changed, and SKU renames of known variants.
 */
export async function saveVariants(
  tx: pg.PoolClient, storeId: number, variants: readonly StorefrontVariant[], now: string,
): Promise<{ changed: number; created: number; renames: { variantId: string; title: string; from: string | null; to: string | null; itemId: number }[] }> {
  if (variants.length === 0) return { changed: 0, created: 0, renames: [] };
  const all = [...new Map(variants.map((v) => [v.variantId, v])).values()].sort((a, b) => (BigInt(a.inventoryItemId) < BigInt(b.inventoryItemId) ? -1 : 1));
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`catalogue:${storeId}`]);
  const known = await tx.query<{ id: string; item_id: number }>(
    'select shopify_inventory_item_id as id, item_id from inventory_item where store_id = $1 and shopify_inventory_item_id = any($2::bigint[])',
    [storeId, all.map((v) => v.inventoryItemId)]);
  const itemOf = new Map(known.rows.map((row) => [row.id, row.item_id]));
  const strangers = [...new Map(all.filter((v) => !itemOf.has(v.inventoryItemId)).map((v) => [v.inventoryItemId, v])).values()];
  for (const [inventoryItemId, itemId] of await itemsOfOtherStores(tx, storeId, strangers)) itemOf.set(inventoryItemId, itemId);
  const fresh = strangers.filter((v) => !itemOf.has(v.inventoryItemId));
  if (fresh.length > 0) {
    const made = await tx.query<{ item_id: number }>(
      `insert into item (org_id, sku, title) select s.org_id, t.sku, t.title from unnest($2::text[], $3::text[]) with ordinality as t(sku, title, n), store s
       where s.store_id = $1 order by t.n returning item_id`, [storeId, fresh.map((v) => v.sku), fresh.map((v) => v.title)]);
    // Identity values rise in insertion order, so the n-th id belongs to the n-th row.
    const ids = made.rows.map((row) => row.item_id).sort((a, b) => a - b);
    fresh.forEach((v, n) => itemOf.set(v.inventoryItemId, ids[n]!));
  }
  const before = await tx.query<{ id: string; sku: string | null }>(
    'select shopify_variant_id as id, sku from variant where store_id = $1 and shopify_variant_id = any($2::bigint[])', [storeId, all.map((v) => v.variantId)]);
  const skuBefore = new Map(before.rows.map((row) => [row.id, row.sku]));

  await tx.query(
    `insert into inventory_item (store_id, shopify_inventory_item_id, item_id, tracked, unit_cost, updated_at)
     select distinct on (id) $1, id, item_id, tracked, cost, $2 from unnest($3::bigint[], $4::int[], $5::bool[], $6::bigint[]) as t(id, item_id, tracked, cost) order by id
     on conflict (store_id, shopify_inventory_item_id) do update set tracked = excluded.tracked, unit_cost = excluded.unit_cost, updated_at = excluded.updated_at`,
    [storeId, now, all.map((v) => v.inventoryItemId), all.map((v) => itemOf.get(v.inventoryItemId)), all.map((v) => v.tracked && !v.isBundle), all.map((v) => v.unitCost)]);
  const written = await tx.query(
    `insert into variant as v (store_id, shopify_variant_id, shopify_product_id, shopify_inventory_item_id, sku, title, barcode, price, product_status, continues_selling, is_bundle, updated_at)
     select $1, t.* , $2 from unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::text[], $11::bool[], $12::bool[])
       as t(id, product_id, inventory_item_id, sku, title, barcode, price, status, continues, bundle)
     on conflict (store_id, shopify_variant_id) do update set shopify_product_id = excluded.shopify_product_id,
       shopify_inventory_item_id = excluded.shopify_inventory_item_id, sku = excluded.sku, title = excluded.title, barcode = excluded.barcode, price = excluded.price,
       product_status = excluded.product_status, continues_selling = excluded.continues_selling, is_bundle = excluded.is_bundle, deleted_at = null, updated_at = excluded.updated_at
     where (v.shopify_product_id, v.shopify_inventory_item_id, v.sku, v.title, v.barcode, v.price, v.product_status, v.continues_selling, v.is_bundle, v.deleted_at)
       is distinct from (excluded.shopify_product_id, excluded.shopify_inventory_item_id, excluded.sku, excluded.title, excluded.barcode, excluded.price,
         excluded.product_status, excluded.continues_selling, excluded.is_bundle, null::timestamptz)`,
    [storeId, now, all.map((v) => v.variantId), all.map((v) => v.productId), all.map((v) => v.inventoryItemId), all.map((v) => v.sku), all.map((v) => v.title),
      all.map((v) => v.barcode), all.map((v) => v.price), all.map((v) => v.productStatus), all.map((v) => v.continuesSelling), all.map((v) => v.isBundle)]);
  await tx.query(
    `update item i set sku = t.sku, title = t.title, barcode = t.barcode, vendor = t.vendor, product_type = t.product_type, unit_cost = coalesce(t.cost, i.unit_cost), currency = s.currency
     from (select distinct on (item_id) * from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[])
       as u(item_id, sku, title, barcode, vendor, product_type, cost) order by item_id) t, store s
     where s.store_id = $1 and i.org_id = s.org_id and i.item_id = t.item_id
       -- The first store that sold an item names it; further ones only sell it.
       and not exists (select from inventory_item x where x.item_id = i.item_id and x.store_id < $1)
       and (i.sku, i.title, i.barcode, i.vendor, i.product_type, i.unit_cost) is distinct from (t.sku, t.title, t.barcode, t.vendor, t.product_type, coalesce(t.cost, i.unit_cost))`,
    [storeId, all.map((v) => itemOf.get(v.inventoryItemId)), all.map((v) => v.sku), all.map((v) => v.title), all.map((v) => v.barcode), all.map((v) => v.vendor),
      all.map((v) => v.productType), all.map((v) => v.unitCost)]);
  const parents = all.filter((v) => v.isBundle);
  await tx.query('delete from bundle_component where store_id = $1 and bundle_variant_id = any($2::bigint[])', [storeId, all.map((v) => v.variantId)]);
  const parts = parents.flatMap((v) => v.components.map((c) => ({ parent: v.variantId, ...c })));
  if (parts.length > 0) {
    await tx.query('insert into bundle_component select $1, p, c, sum(q)::int from unnest($2::bigint[], $3::bigint[], $4::int[]) as t(p, c, q) group by p, c',
      [storeId, parts.map((p) => p.parent), parts.map((p) => p.variantId), parts.map((p) => p.quantity)]);
  }
  return {
    changed: written.rowCount ?? 0, created: fresh.length,
    renames: all.filter((v) => skuBefore.has(v.variantId) && skuBefore.get(v.variantId) !== v.sku)
      .map((v) => ({ variantId: v.variantId, title: v.title, from: skuBefore.get(v.variantId)!, to: v.sku, itemId: itemOf.get(v.inventoryItemId)! })),
  };
}

/**
 * Inventory items of a further store that are items the organisation already keeps: their SKU is identical to exactly one item's that this store does not
 * sell yet, and nobody else in this store has it. Only where the store is set to match so; everything else becomes an item of its own.
 */
async function itemsOfOtherStores(tx: Queryable, storeId: number, strangers: readonly StorefrontVariant[]): Promise<[string, number][]> {
  const bySku = Map.groupBy(strangers.filter((v) => v.sku?.trim()), (v) => v.sku!);
  const single = [...bySku].filter(([, variants]) => variants.length === 1);
  if (single.length === 0) return [];
  const { rows } = await tx.query<{ sku: string; item_id: number }>(
    `select t.sku, min(i.item_id) as item_id from unnest($2::text[]) as t(sku) join store s on s.store_id = $1 and s.match_items = 'same SKU' join item i on i.org_id = s.org_id and i.sku = t.sku
     where exists (select from inventory_item x where x.item_id = i.item_id and x.store_id <> $1) and not exists (select from inventory_item x where x.item_id = i.item_id and x.store_id = $1)
       and not exists (select from variant v where v.store_id = $1 and v.sku = t.sku and v.deleted_at is null) group by 1 having count(*) = 1`, [storeId, single.map(([sku]) => sku)]);
  return rows.map((row) => [bySku.get(row.sku)![0]!.inventoryItemId, row.item_id]);
}

/** Whether one of these products has a variant that differs from what we know: only then is the catalogue read again. Floods of stock-only updates end here. */
export async function productsDiffer(db: Queryable, storeId: number, products: readonly { productId: string; variants: readonly StorefrontVariantPatch[] }[]): Promise<boolean> {
  if (products.length === 0) return false;
  const { rows } = await db.query<{ product_id: string; id: string; sku: string | null; barcode: string | null; price: string | null }>({ name: 'variants-of-products', text:
    `select v.shopify_product_id as product_id, v.shopify_variant_id as id, v.sku, v.barcode, v.price from unnest($2::bigint[]) as t(id)
     cross join lateral (select * from variant v where v.store_id = $1 and v.shopify_product_id = t.id and v.deleted_at is null) v`, values: [storeId, products.map((p) => p.productId)] });
  const known = Map.groupBy(rows, (row) => row.product_id);
  return products.some(({ productId, variants }) => {
    const rowsOf = known.get(productId) ?? [];
    if (variants.length === 0) return rowsOf.length === 0;
    if (rowsOf.length !== variants.length) return true;
    const byVariant = new Map(rowsOf.map((row) => [row.id, row]));
    return variants.some((p) => {
      const row = byVariant.get(p.variantId);
      return !row || (row.sku ?? '') !== (p.sku ?? '') || (row.barcode ?? '') !== (p.barcode ?? '') || (p.price !== null && row.price !== null && Number(row.price) !== p.price);
    });
  });
}

/** Marks variants as deleted: all of a product, or those of it that are not in `kept`. */
export async function markDeleted(tx: Queryable, storeId: number, productIds: readonly string[], kept: readonly string[], now: string): Promise<number> {
  const { rowCount } = await tx.query(
    `update variant set deleted_at = $4, updated_at = $4 where store_id = $1 and shopify_product_id = any($2::bigint[]) and not shopify_variant_id = any($3::bigint[]) and deleted_at is null`,
    [storeId, productIds, kept, now]);
  return rowCount ?? 0;
}

/** After a complete read: variants that were not in it are gone. */
export async function markMissing(tx: Queryable, storeId: number, readBefore: string, seen: readonly string[], now: string): Promise<number> {
  const { rowCount } = await tx.query(
    `update variant set deleted_at = $4, updated_at = $4 where store_id = $1 and deleted_at is null and updated_at < $2 and not shopify_variant_id = any($3::bigint[])`,
    [storeId, readBefore, seen, now]);
  return rowCount ?? 0;
}

export async function saveLocations(tx: Queryable, storeId: number, locations: readonly StorefrontLocation[], now: string): Promise<number> {
  const { rowCount } = await tx.query(
    `insert into location as l (store_id, shopify_location_id, name, is_active, updated_at)
     select $1, id, name, active, $2 from unnest($3::bigint[], $4::text[], $5::bool[]) as t(id, name, active) order by id
     on conflict (store_id, shopify_location_id) do update set name = excluded.name, is_active = excluded.is_active, updated_at = excluded.updated_at
     where (l.name, l.is_active) is distinct from (excluded.name, excluded.is_active)`,
    [storeId, now, locations.map((l) => l.id), locations.map((l) => l.name), locations.map((l) => l.isActive)]);
  return rowCount ?? 0;
}

export interface SkuFault { sku: string | null; variants: { variantId: string; title: string; itemId: number }[] }

/** Duplicate and blank SKUs among live, tracked variants of active products. */
export async function skuFaults(db: Queryable, storeId: number): Promise<{ duplicates: SkuFault[]; blanks: SkuFault['variants'] }> {
  const { rows } = await db.query<{ sku: string | null; variant_id: string; title: string; item_id: number }>(
    `select nullif(trim(v.sku), '') as sku, v.shopify_variant_id as variant_id, v.title, i.item_id from variant v
     join inventory_item i on i.store_id = v.store_id and i.shopify_inventory_item_id = v.shopify_inventory_item_id
     where v.store_id = $1 and v.deleted_at is null and i.tracked and v.product_status = 'ACTIVE'
       and (nullif(trim(v.sku), '') is null or (v.store_id, v.sku) in
         (select store_id, sku from variant where store_id = $1 and deleted_at is null and product_status = 'ACTIVE' group by 1, 2 having count(*) > 1))
     order by 1, 2 limit 5000`, [storeId]);
  const duplicates = new Map<string, SkuFault>();
  const blanks: SkuFault['variants'] = [];
  for (const row of rows) {
    const variant = { variantId: row.variant_id, title: row.title, itemId: row.item_id };
    if (row.sku === null) { blanks.push(variant); continue; }
    const fault = duplicates.get(row.sku) ?? { sku: row.sku, variants: [] };
    fault.variants.push(variant);
    duplicates.set(row.sku, fault);
  }
  return { duplicates: [...duplicates.values()], blanks };
}
