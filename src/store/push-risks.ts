/** What threatens pushing: levels that sell fast, and a bucket of calls that is nearly empty. */
import type { Queryable } from './db.ts';

export interface FastLevel { item_id: number; location_id: number; sku: string | null; title: string; location: string; shown: number; sold: number }

/** Levels that are looked at together. */
export const MOST_FAST = 2_000;

/** Live levels of which at least `fewest` were sold since an instant, with what Shopify was last heard to show; by bundles too. */
export async function fastLevels(db: Queryable, storeId: number, since: string, fewest: number): Promise<FastLevel[]> {
  return (await db.query<FastLevel>(
    `select p.item_id, p.location_id, i.sku, i.title, l.name as location, b.available as shown, d.sold from push_level p join push_policy y using (store_id, location_id) join item i using (item_id) join location l using (store_id, location_id)
     join ledger_level b using (store_id, item_id, location_id)
     join lateral (select sum(open + fulfilled)::int as sold from order_demand d where d.store_id = p.store_id and d.item_id = p.item_id and d.location_id = p.location_id and d.ordered_at >= $2) d on d.sold >= $3
     where p.store_id = $1 and y.mode = 'live' order by d.sold desc, p.item_id, p.location_id limit ${MOST_FAST}`, [storeId, since, fewest])).rows;
}

/** Share of the bucket of calls that is left now, 0 to 1; null before the first call. */
export async function bucketLeft(db: Queryable, storeId: number, now: string): Promise<number | null> {
  const { rows } = await db.query<{ left: number }>(`select least(1, (available + restore_rate * greatest(0, extract(epoch from $2::timestamptz - at))) / maximum)::float8 as left from shop_bucket where store_id = $1 and maximum > 0`, [storeId, now]);
  return rows[0]?.left ?? null;
}

/** Whether a case of a kind is open, or in its grace. */
export async function isOpen(db: Queryable, storeId: number, kind: string): Promise<boolean> {
  return ((await db.query(`select from exception where store_id = $1 and kind = $2 and state in ('open', 'snoozed', 'ignored', 'grace') limit 1`, [storeId, kind])).rowCount ?? 0) > 0;
}
