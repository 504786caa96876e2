/** Virtual bundles: master data with effective dates. A version holds from its instant until the next one; an order uses the version of its own moment. */
import type pg from 'pg';
import { cyclesOf, explode, unbroken, type BundlePart, type BundleVersions, type PartsOf } from '../domain/catalogue/bundle.ts';
import type { Queryable } from './db.ts';

interface PartRow { variant_id: string; effective_from: string; effective_to: string | null; component_variant_id: string; quantity: number }

/**
 * All versions of the bundles reachable downwards from the given variants, as a lookup by variant and instant. Empty and cheap where there are none. A bundle that
 * contains itself, which only a hand in the database can make, is taken for none: one such must not hold up the orders beside it.
 */
export async function bundleBook(db: Queryable, storeId: number, variantIds: readonly string[]): Promise<(at: string) => PartsOf> {
  const kept = await keptBundles(db, storeId, variantIds);
  return (at) => unbroken(kept(at));
}

/** The same as it stands in the database. */
export async function keptBundles(db: Queryable, storeId: number, variantIds: readonly string[]): Promise<(at: string) => PartsOf> {
  const { rows } = await db.query<PartRow>({ name: 'bundle-book', text: `
    with recursive reached as (
      select unnest($2::bigint[]) as variant_id
      union select p.component_variant_id from reached r join bundle_part p on p.store_id = $1 and p.variant_id = r.variant_id
    )
    select p.variant_id, p.effective_from, v.effective_to, p.component_variant_id, p.quantity
    from reached r join bundle_version v on v.store_id = $1 and v.variant_id = r.variant_id
    join bundle_part p on p.store_id = v.store_id and p.variant_id = v.variant_id and p.effective_from = v.effective_from
    order by p.variant_id, p.effective_from, p.component_variant_id`, values: [storeId, variantIds] });
  const byVariant = Map.groupBy(rows, (row) => row.variant_id);
  return (at) => (variantId) => {
    const parts = byVariant.get(variantId)?.filter((row) => row.effective_from <= at && (row.effective_to === null || row.effective_to > at));
    return parts === undefined || parts.length === 0 ? null : parts.map((row): BundlePart => ({ variantId: row.component_variant_id, quantity: row.quantity }));
  };
}

const MOST_INSTANTS = 500;

/** Throws BundleCycle where these parts would make a bundle contain itself, or be too deep, at any moment they hold: another's version may begin later. */
async function refuseCycles(tx: pg.PoolClient, storeId: number, variantId: string, from: string, until: string | null, parts: readonly BundlePart[]): Promise<void> {
  const { rows: above } = await tx.query<{ id: string }>(
    `with recursive above as (select $2::bigint as id union select p.variant_id from above a join bundle_part p on p.store_id = $1 and p.component_variant_id = a.id) select id from above limit ${MOST_INSTANTS}`, [storeId, variantId]);
  const kept = await keptBundles(tx, storeId, [...above.map((row) => row.id), ...parts.map((part) => part.variantId)]);
  const { rows: moments } = await tx.query<{ at: string }>(
    `select distinct effective_from as at from bundle_version where store_id = $1 and effective_from > $2 and ($3::timestamptz is null or effective_from < $3) order by 1 limit ${MOST_INSTANTS}`, [storeId, from, until]);
  for (const at of [from, ...moments.map((row) => row.at)]) for (const { id: root } of above) explode(root, 1, (id) => (id === variantId ? parts : kept(at)(id)));
}

/** Bundles that contain themselves now, each as the path of its variants. */
export async function bundleCycles(db: Queryable, storeId: number, now: string): Promise<string[][]> {
  const { rows } = await db.query<{ id: string }>('select distinct variant_id as id from bundle_version where store_id = $1 and effective_from <= $2 and (effective_to is null or effective_to > $2) order by 1 limit 100000', [storeId, now]);
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  return cyclesOf(ids, (await keptBundles(db, storeId, ids))(now));
}

/** Every version of the bundles reachable downwards from the given variants, at any time; an end without a version after it stands as one without parts. */
export async function bundleVersions(db: Queryable, storeId: number, variantIds: readonly string[]): Promise<BundleVersions> {
  const { rows } = await db.query<{ variant_id: string; effective_from: string; effective_to: string | null; parts: BundlePart[] }>(
    `select v.variant_id, v.effective_from, v.effective_to, (select jsonb_agg(jsonb_build_object('variantId', p.component_variant_id::text, 'quantity', p.quantity)) from bundle_part p
       where p.store_id = v.store_id and p.variant_id = v.variant_id and p.effective_from = v.effective_from) as parts
     from bundle_version v where v.store_id = $1 and v.variant_id = any($2)`, [storeId, await reachableVariants(db, storeId, variantIds)]);
  return new Map([...Map.groupBy(rows, (row) => row.variant_id)].map(([variantId, own]) => [variantId, new Map([
    ...own.flatMap((row): [string, BundlePart[]][] => (row.effective_to === null ? [] : [[row.effective_to, []]])), ...own.map((row): [string, BundlePart[]] => [row.effective_from, row.parts]),
  ])]));
}

/** The instant a version begins at: the second it falls in, as Shopify tells the moments of orders. */
export const versionStart = (instant: string): string => new Date(Math.floor(Date.parse(instant) / 1000) * 1000).toISOString();

/**
 * Saves the parts a bundle has from an instant on; the version before ends there, and the new one where that one would have ended. No parts: it is no bundle
 * from then on. Throws BundleCycle, under the lock of the store's bundles: of two people who save half a cycle each, the second is refused. Shopify tells the
 * moment of an order to the second, so a version begins with its second: an order placed right after it uses it.
 */
export async function saveBundle(tx: pg.PoolClient, storeId: number, variantId: string, fromInstant: string, parts: readonly BundlePart[], by: string, now: string): Promise<void> {
  const from = versionStart(fromInstant);
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`bundles:${storeId}`]);
  const { rows: [split] } = await tx.query<{ effective_to: string | null }>('select effective_to from bundle_version where store_id = $1 and variant_id = $2 and effective_from <= $3 and (effective_to is null or effective_to > $3)', [storeId, variantId, from]);
  await tx.query('delete from bundle_version where store_id = $1 and variant_id = $2 and effective_from = $3', [storeId, variantId, from]);
  const next = await tx.query<{ at: string | null }>('select min(effective_from) as at from bundle_version where store_id = $1 and variant_id = $2 and effective_from > $3', [storeId, variantId, from]);
  const until = split?.effective_to ?? next.rows[0]?.at ?? null;
  if (parts.length > 0) await refuseCycles(tx, storeId, variantId, from, until, parts);
  await tx.query('update bundle_version set effective_to = $3 where store_id = $1 and variant_id = $2 and effective_from < $3 and (effective_to is null or effective_to > $3)', [storeId, variantId, from]);
  if (parts.length === 0) return;
  await tx.query('insert into bundle_version (store_id, variant_id, effective_from, effective_to, updated_at, updated_by) values ($1, $2, $3, $4, $5, $6)', [storeId, variantId, from, until, now, by]);
  await tx.query('insert into bundle_part select $1, $2, $3, c, sum(q)::int from unnest($4::bigint[], $5::int[]) as t(c, q) group by c', [storeId, variantId, from, parts.map((p) => p.variantId), parts.map((p) => p.quantity)]);
}

export interface BundleRow {
  variant_id: string; sku: string | null; title: string; effective_from: string; effective_to: string | null; updated_at: string; updated_by: string;
  parts: { variantId: string; sku: string | null; title: string; quantity: number; itemId: number | null }[];
}

/** Bundles with their versions, newest first. */
export async function listBundles(db: Queryable, storeId: number, q: string | null, limit: number): Promise<BundleRow[]> {
  const { rows } = await db.query<BundleRow>(
    `select b.variant_id, v.sku, coalesce(v.title, 'Variant ' || b.variant_id) as title, b.effective_from, b.effective_to, b.updated_at, b.updated_by,
       (select jsonb_agg(jsonb_build_object('variantId', p.component_variant_id::text, 'sku', c.sku, 'title', coalesce(c.title, 'Variant ' || p.component_variant_id), 'quantity', p.quantity, 'itemId', x.item_id) order by c.sku)
        from bundle_part p left join variant c on c.store_id = p.store_id and c.shopify_variant_id = p.component_variant_id
        left join inventory_item x on x.store_id = c.store_id and x.shopify_inventory_item_id = c.shopify_inventory_item_id
        where p.store_id = b.store_id and p.variant_id = b.variant_id and p.effective_from = b.effective_from) as parts
     from bundle_version b left join variant v on v.store_id = b.store_id and v.shopify_variant_id = b.variant_id
     where b.store_id = $1 and ($2::text is null or v.sku ilike '%' || $2 || '%' or v.title ilike '%' || $2 || '%') order by v.sku, b.effective_from desc limit $3`, [storeId, q, limit]);
  return rows;
}

/** Whether the store has any virtual bundle: most have none, and are spared the questions about parts. */
export async function hasBundles(db: Queryable, storeId: number): Promise<boolean> {
  const { rows: [any] } = await db.query<{ any: boolean }>({ name: 'any-bundle', text: 'select exists (select from bundle_version where store_id = $1) as any', values: [storeId] });
  return any!.any;
}

/** Items in one unit of each bundle among these variants, by the version of an instant; variants that are no bundle answer null. */
export async function bundleItems(db: Queryable, storeId: number, variantIds: readonly string[]): Promise<(variantId: string, at: string) => { itemId: number; units: number }[] | null> {
  const book = await bundleBook(db, storeId, variantIds), items = await itemsOfVariants(db, storeId, await reachableVariants(db, storeId, variantIds));
  return (variantId, at) => {
    const partsOf = book(at);
    if (partsOf(variantId) === null) return null;
    return [...explode(variantId, 1, partsOf)].flatMap(([part, units]) => { const itemId = items.get(part)?.item_id; return itemId == null ? [] : [{ itemId, units }]; });
  };
}

/** The given variants and every part reachable downwards from them. */
export async function reachableVariants(db: Queryable, storeId: number, variantIds: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({ name: 'reachable-variants', text:
    `with recursive reached as (select unnest($2::bigint[]) as id union select p.component_variant_id from reached r join bundle_part p on p.store_id = $1 and p.variant_id = r.id) select id from reached`, values: [storeId, variantIds] });
  return rows.map((row) => row.id);
}

export interface PartKey { variant_id: string; item_id: number | null; sku: string | null; title: string }
/** Items behind variants, tracked or not. */
export async function itemsOfVariants(db: Queryable, storeId: number, variantIds: readonly string[]): Promise<Map<string, PartKey>> {
  const { rows } = await db.query<PartKey>(
    `select t.id as variant_id, x.item_id, v.sku, v.title from unnest($2::bigint[]) as t(id)
     join variant v on v.store_id = $1 and v.shopify_variant_id = t.id left join inventory_item x on x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id`, [storeId, variantIds]);
  return new Map(rows.map((row) => [row.variant_id, row]));
}
