/** Prices planned ahead, kept by planners: so much off, for some items or all of a vendor's or a product type's. */
import type { PricePlan } from '../domain/forecast/planned-price.ts';
import type { Queryable } from './db.ts';

export interface PlannedPriceRecord { plan_id: string; name: string; from_day: string; to_day: string; percent_off: number; item_ids: number[] | null; skus: string[]; vendor: string | null; product_type: string | null; items: number; updated_at: string; updated_by: string }
export type PlannedPriceValues = Pick<PlannedPriceRecord, 'name' | 'from_day' | 'to_day' | 'percent_off' | 'item_ids' | 'vendor' | 'product_type'>;

export const MOST_PLANS = 2_000;

/** Whether item `i` is one of plan `p`. */
const COVERS = `case when p.item_ids is not null then i.item_id = any(p.item_ids) else (p.vendor is null or lower(i.vendor) = lower(p.vendor)) and (p.product_type is null or lower(i.product_type) = lower(p.product_type)) end`;
const OF_STORE = `exists (select from inventory_item x where x.store_id = p.store_id and x.item_id = i.item_id)`;

/** Plans, latest first, each with how many of the store's items it is for. */
export async function plannedPrices(db: Queryable, storeId: number): Promise<PlannedPriceRecord[]> {
  return (await db.query<PlannedPriceRecord>(
    `select p.*, p.percent_off::float8 as percent_off, (select coalesce(array_agg(coalesce(i.sku, i.title) order by i.sku), '{}') from item i where i.item_id = any(p.item_ids)) as skus,
       (select count(*)::int from item i where ${COVERS} and ${OF_STORE}) as items
     from planned_price p where p.store_id = $1 order by p.from_day desc, p.plan_id desc limit ${MOST_PLANS}`, [storeId])).rows;
}

/** Whose plans would be for nothing: of each of these, whether the store has an item of its vendor, of its product type, and of both. */
export async function plansCover(db: Queryable, storeId: number, plans: readonly Pick<PlannedPriceValues, 'vendor' | 'product_type'>[]): Promise<{ vendor: boolean; product_type: boolean; both: boolean }[]> {
  return (await db.query<{ vendor: boolean; product_type: boolean; both: boolean }>(
    `with kinds as materialized (select distinct lower(i.vendor) as vendor, lower(i.product_type) as product_type from item i join inventory_item x using (item_id) where x.store_id = $1)
     select p.vendor is null or exists (select from kinds k where k.vendor = lower(p.vendor)) as vendor, p.product_type is null or exists (select from kinds k where k.product_type = lower(p.product_type)) as product_type,
       exists (select from kinds k where (p.vendor is null or k.vendor = lower(p.vendor)) and (p.product_type is null or k.product_type = lower(p.product_type))) as both
     from unnest($2::text[], $3::text[]) with ordinality p(vendor, product_type, n) order by n`, [storeId, plans.map((plan) => plan.vendor), plans.map((plan) => plan.product_type)])).rows;
}

/** Plans of these items that are not over on a day, by item. */
export async function plansOfItems(db: Queryable, storeId: number, itemIds: readonly number[], from: string): Promise<Map<number, PricePlan[]>> {
  const { rows } = await db.query<{ item_id: number; from: number; to: number; percent_off: number }>(
    `select i.item_id, p.from_day - '1970-01-01'::date as from, p.to_day - '1970-01-01'::date as to, p.percent_off::float8 as percent_off
     from planned_price p join item i on i.item_id = any($2) and ${COVERS} where p.store_id = $1 and p.to_day >= $3::date`, [storeId, itemIds, from]);
  const plans = new Map<number, PricePlan[]>();
  for (const row of rows) plans.set(row.item_id, [...(plans.get(row.item_id) ?? []), { from: row.from, to: row.to, percentOff: row.percent_off }]);
  return plans;
}

/** Adds plans that are not there yet (same in everything); answers how many were. */
export async function addPlans(db: Queryable, storeId: number, plans: readonly PlannedPriceValues[], by: string, now: string): Promise<number> {
  let added = 0;
  for (const plan of plans) {
    const { rowCount } = await db.query(
      `insert into planned_price (store_id, name, from_day, to_day, percent_off, item_ids, vendor, product_type, updated_at, updated_by)
       select $1, $2, $3::date, $4::date, $5::real, $6::int[], $7, $8, $9, $10
       where not exists (select from planned_price where store_id = $1 and name = $2 and from_day = $3::date and to_day = $4::date and percent_off = $5::real
         and item_ids is not distinct from $6::int[] and vendor is not distinct from $7 and product_type is not distinct from $8)`,
      [storeId, plan.name, plan.from_day, plan.to_day, plan.percent_off, plan.item_ids, plan.vendor, plan.product_type, now, by]);
    added += rowCount ?? 0;
  }
  return added;
}

export async function changePlan(db: Queryable, storeId: number, planId: string, plan: PlannedPriceValues, by: string, now: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update planned_price set name = $3, from_day = $4, to_day = $5, percent_off = $6, item_ids = $7, vendor = $8, product_type = $9, updated_at = $10, updated_by = $11 where store_id = $1 and plan_id = $2`,
    [storeId, planId, plan.name, plan.from_day, plan.to_day, plan.percent_off, plan.item_ids, plan.vendor, plan.product_type, now, by]);
  return rowCount === 1;
}

export async function removePlan(db: Queryable, storeId: number, planId: string): Promise<{ name: string } | null> {
  const { rows } = await db.query<{ name: string }>('delete from planned_price where store_id = $1 and plan_id = $2 returning name, from_day, to_day, percent_off, item_ids, vendor, product_type', [storeId, planId]);
  return rows[0] ?? null;
}

/** The store's items of these SKUs, by the SKU in lower case. */
export async function itemsOfSkus(db: Queryable, storeId: number, skus: readonly string[]): Promise<Map<string, number[]>> {
  const { rows } = await db.query<{ sku: string; ids: number[] }>(
    `select lower(i.sku) as sku, array_agg(distinct i.item_id order by i.item_id) as ids from item i join inventory_item x using (item_id) where x.store_id = $1 and lower(i.sku) = any($2) group by 1`, [storeId, skus.map((sku) => sku.toLowerCase())]);
  return new Map(rows.map((row) => [row.sku, row.ids]));
}
