/** Tags of products: kept as the shop last said, whatever the order it is heard in; what they decide is looked at again when they change. */
import { markDirty } from './push-levels.ts';
import type { Queryable } from './db.ts';

export interface ProductTags { productId: string; tags: readonly string[]; asOf: string }

/** Shopify allows 250 tags a product, of 255 letters each. */
const MOST_TAGS = 250, LONGEST = 255;

/** Answers how many products have other tags than before. Levels of theirs are looked at again where a buffer goes by tag. */
export async function saveTags(tx: Queryable, storeId: number, said: readonly ProductTags[], now: string): Promise<number> {
  const latest = new Map<string, ProductTags>();
  for (const one of said) if ((latest.get(one.productId)?.asOf ?? '') <= one.asOf) latest.set(one.productId, one);
  const all = [...latest.values()].map((one) => ({ ...one, tags: [...new Set(one.tags.map((tag) => tag.trim().slice(0, LONGEST)).filter((tag) => tag !== ''))].slice(0, MOST_TAGS) })).sort((a, b) => (BigInt(a.productId) < BigInt(b.productId) ? -1 : 1));
  if (all.length === 0) return 0;
  const { rows } = await tx.query<{ id: string; other: boolean }>(
    `with said as (select (t.value ->> 'productId')::bigint as id, array(select jsonb_array_elements_text(t.value -> 'tags')) as tags, (t.value ->> 'asOf')::timestamptz as as_of from jsonb_array_elements($2::jsonb) t
     ), before as (
       select p.shopify_product_id, p.tags from product_tags p join said on said.id = p.shopify_product_id where p.store_id = $1
     ), written as (
       insert into product_tags as p (store_id, shopify_product_id, tags, as_of) select $1, id, tags, as_of from said order by id
       on conflict (store_id, shopify_product_id) do update set tags = excluded.tags, as_of = excluded.as_of where p.as_of <= excluded.as_of and (p.tags, p.as_of) is distinct from (excluded.tags, excluded.as_of)
       returning p.shopify_product_id, p.tags
     ) select w.shopify_product_id as id, coalesce(b.tags, '{}') is distinct from w.tags as other from written w left join before b using (shopify_product_id)`, [storeId, JSON.stringify(all)]);
  const changed = rows.filter((row) => row.other).map((row) => row.id);
  if (changed.length === 0) return 0;
  const items = await tx.query<{ id: number }>(
    `select distinct x.item_id as id from variant v join inventory_item x on x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id
     where v.store_id = $1 and v.shopify_product_id = any($2::bigint[]) and exists (select from buffer_rule r where r.store_id = $1 and r.scope = 'tag')`, [storeId, changed]);
  await markDirty(tx, items.rows.map((row) => row.id), now);
  return changed.length;
}

/** Tags that goods of levels Instep writes have, as they are spelt, each once. */
export async function tagsInUse(db: Queryable, storeId: number, most: number): Promise<string[]> {
  return (await db.query<{ tag: string }>(
    `select min(tag) as tag from (select distinct v.shopify_product_id from push_level p join inventory_item x on x.store_id = p.store_id and x.item_id = p.item_id join variant v on v.store_id = x.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id where p.store_id = $1 and v.deleted_at is null) g
     join product_tags t on t.store_id = $1 and t.shopify_product_id = g.shopify_product_id cross join lateral unnest(t.tags) as tag group by lower(tag) order by lower(min(tag)) limit $2`, [storeId, most])).rows.map((row) => row.tag);
}
