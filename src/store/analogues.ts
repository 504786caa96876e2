/** New items that are said to sell like another (like-item forecasting): one row an item. What it does to a forecast is in demand.ts. */
import type { Queryable } from './db.ts';

export interface AnalogueRow { like_item_id: number; sku: string | null; title: string; percent: number; updated_at: string; updated_by: string }

export async function analogueOf(db: Queryable, storeId: number, itemId: number): Promise<AnalogueRow | null> {
  return (await db.query<AnalogueRow>('select a.like_item_id, i.sku, i.title, a.percent, a.updated_at, a.updated_by from item_analogue a join item i on i.item_id = a.like_item_id where a.store_id = $1 and a.item_id = $2', [storeId, itemId])).rows[0] ?? null;
}

export async function setAnalogue(db: Queryable, storeId: number, itemId: number, likeItemId: number, percent: number, by: string, now: string): Promise<void> {
  await db.query(
    `insert into item_analogue (store_id, item_id, like_item_id, percent, updated_at, updated_by) values ($1, $2, $3, $4, $5, $6)
     on conflict (store_id, item_id) do update set like_item_id = excluded.like_item_id, percent = excluded.percent, updated_at = excluded.updated_at, updated_by = excluded.updated_by`, [storeId, itemId, likeItemId, percent, now, by]);
}

export async function removeAnalogue(db: Queryable, storeId: number, itemId: number): Promise<boolean> {
  return (await db.query('delete from item_analogue where store_id = $1 and item_id = $2', [storeId, itemId])).rowCount === 1;
}

/** Which of these are items of the store, and which of those have ever sold. */
export async function itemsThatSold(db: Queryable, storeId: number, itemIds: readonly number[]): Promise<Map<number, boolean>> {
  const { rows } = await db.query<{ item_id: number; sold: boolean }>(
    `select distinct x.item_id, exists (select from daily_demand d where d.store_id = $1 and d.item_id = x.item_id and d.quantity > 0) as sold from inventory_item x where x.store_id = $1 and x.item_id = any($2)`, [storeId, itemIds]);
  return new Map(rows.map((row) => [row.item_id, row.sold]));
}
