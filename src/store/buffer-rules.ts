/** Rules for the buffers of some goods. A change of one has every level it covers looked at again. */
import type { BufferGoods, BufferRule } from '../domain/push/buffer-rules.ts';
import type { Queryable } from './db.ts';
import { markDirty } from './push-levels.ts';

export interface BufferRuleRow extends BufferRule { ruleId: string; sku: string | null; title: string | null; location: string | null; /** Levels Instep writes that are of these goods; another rule may be more specific. */ levels: number; updatedAt: string; updatedBy: string }

/** A store has so many at most. */
export const MOST_RULES = 500;

const RULE = `r.scope, r.item_id as "itemId", r.name, r.location_id as "locationId", r.in_peak as "inPeak", r.quantile, r.at_least as "atLeast", r.cap_units as "capUnits"`;
/** Tags of the products of a store that an item is of. */
const TAGS = (store: string, item: string): string => `(select coalesce(array_agg(distinct tag), '{}') from inventory_item x join variant v on v.store_id = x.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id join product_tags t on t.store_id = v.store_id and t.shopify_product_id = v.shopify_product_id
  cross join lateral unnest(t.tags) as tag where x.store_id = ${store} and x.item_id = ${item} and v.deleted_at is null)`;
/** Of an item `i`, whether a rule `r` is of it. */
const OF = `case r.scope when 'item' then i.item_id = r.item_id when 'tag' then exists (select from unnest(${TAGS('r.store_id', 'i.item_id')}) as tag where lower(trim(tag)) = lower(trim(r.name))) when 'product type' then lower(trim(i.product_type)) = lower(trim(r.name)) else lower(trim(i.vendor)) = lower(trim(r.name)) end`;

export async function bufferRulesOf(db: Queryable, storeId: number): Promise<BufferRule[]> {
  return (await db.query<BufferRule>({ name: 'buffer-rules', text: `select ${RULE} from buffer_rule r where r.store_id = $1 order by r.buffer_rule_id limit ${MOST_RULES}`, values: [storeId] })).rows;
}

/** What of an item decides which rule is its own; `byTag`: some rule goes by tags, which are looked up only then. */
export async function goodsOf(db: Queryable, storeId: number, itemIds: readonly number[], byTag: boolean): Promise<Map<number, BufferGoods>> {
  const { rows } = await db.query<BufferGoods>(byTag
    ? { name: 'buffer-goods-tagged', text: `select i.item_id as "itemId", i.product_type as "productType", i.vendor, ${TAGS('$2', 'i.item_id')} as tags from item i where i.item_id = any($1)`, values: [itemIds, storeId] }
    : { name: 'buffer-goods', text: `select item_id as "itemId", product_type as "productType", vendor, '{}'::text[] as tags from item where item_id = any($1)`, values: [itemIds] });
  return new Map(rows.map((row) => [row.itemId, row]));
}

export async function listBufferRules(db: Queryable, storeId: number): Promise<BufferRuleRow[]> {
  return (await db.query<BufferRuleRow>(
    `select r.buffer_rule_id as "ruleId", ${RULE}, n.sku, n.title, l.name as location, r.updated_at as "updatedAt", r.updated_by as "updatedBy",
       (select count(*)::int from push_level p join item i using (item_id) where p.store_id = r.store_id and (r.location_id is null or p.location_id = r.location_id) and ${OF}) as levels
     from buffer_rule r left join item n on n.item_id = r.item_id left join location l on l.store_id = r.store_id and l.location_id = r.location_id
     where r.store_id = $1 order by array_position(array['item', 'tag', 'product type', 'vendor'], r.scope), coalesce(n.sku, n.title, r.name), r.buffer_rule_id`, [storeId])).rows;
}

/** Makes the rule of these goods, this place and this time, or changes the one there is. Null: it would be a new one, and there are too many already. */
export async function saveBufferRule(tx: Queryable, storeId: number, rule: BufferRule, by: string, now: string): Promise<string | null> {
  const { rows } = await tx.query<{ id: string }>(
    `insert into buffer_rule (store_id, scope, item_id, name, location_id, in_peak, quantile, at_least, cap_units, updated_at, updated_by)
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 where (select count(*) from buffer_rule where store_id = $1) < ${MOST_RULES} or exists (select from buffer_rule b where b.store_id = $1 and b.scope = $2 and coalesce(b.item_id, 0) = coalesce($3, 0) and lower(coalesce(b.name, '')) = lower(coalesce($4, '')) and coalesce(b.location_id, 0) = coalesce($5, 0) and b.in_peak = $6)
     on conflict (store_id, scope, coalesce(item_id, 0), lower(coalesce(name, '')), coalesce(location_id, 0), in_peak)
       do update set quantile = excluded.quantile, at_least = excluded.at_least, cap_units = excluded.cap_units, updated_at = excluded.updated_at, updated_by = excluded.updated_by returning buffer_rule_id as id`,
    [storeId, rule.scope, rule.itemId, rule.name?.trim() ?? null, rule.locationId, rule.inPeak, rule.quantile, rule.atLeast, rule.capUnits, now, by]);
  if (rows[0]) await markDirty(tx, await itemsUnder(tx, storeId, rows[0].id), now);
  return rows[0]?.id ?? null;
}

/** The rule that was taken away; null when it was gone. */
export async function dropBufferRule(tx: Queryable, storeId: number, ruleId: string, now: string): Promise<BufferRule | null> {
  const items = await itemsUnder(tx, storeId, ruleId), { rows } = await tx.query<BufferRule>(`delete from buffer_rule r where r.store_id = $1 and r.buffer_rule_id = $2 returning ${RULE}`, [storeId, ruleId]);
  await markDirty(tx, items, now);
  return rows[0] ?? null;
}

async function itemsUnder(tx: Queryable, storeId: number, ruleId: string): Promise<number[]> {
  return (await tx.query<{ id: number }>(`select distinct p.item_id as id from buffer_rule r join push_level p on p.store_id = r.store_id join item i on i.item_id = p.item_id where r.store_id = $1 and r.buffer_rule_id = $2 and ${OF}`, [storeId, ruleId])).rows.map((row) => row.id);
}
