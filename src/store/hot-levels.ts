/** Levels that are asked of Shopify every minute: those sold within the hour, then those nearest to zero of what sold lately. */
import type { Queryable } from './db.ts';

export interface HotLevel { itemId: number; locationId: number; inventoryItemId: string; shopifyLocationId: string }

/** Movements looked at, newest first, as on the peak page: weeks of a small shop, and a minute and a half of five hundred orders a second. */
const MOST_MOVEMENTS = 50_000;

/**
 * At most `most`, the hottest first: sold within the hour, by how long the stock lasts at that rate; then sold lately, by units left. Only levels that are
 * in the ledger, tracked, at active locations.
 */
export async function hotLevels(db: Queryable, storeId: number, now: string, most: number): Promise<HotLevel[]> {
  return (await db.query<HotLevel>(
    `with latest as materialized (
       select item_id, to_location as location_id, quantity, occurred_at >= $2::timestamptz - interval '60 minutes' as within_hour from (select * from movement where store_id = $1 order by movement_id desc limit ${MOST_MOVEMENTS}) m
       where kind = 'order committed' and quantity > 0 and to_location > 0
     ), sold as (
       select item_id, location_id, sum(quantity) filter (where within_hour) as hourly from latest group by 1, 2
     ), hot as materialized (
       -- Twice as many as are asked for: some are not tracked, or not opened yet.
       select s.item_id, s.location_id, (s.hourly is null) as lately, greatest(0, g.available)::float8 / coalesce(s.hourly, 1) as lasts from sold s join ledger_level g on g.store_id = $1 and g.item_id = s.item_id and g.location_id = s.location_id
       order by 3, 4, 1, 2 limit 2 * $3::int
     )
     select h.item_id as "itemId", h.location_id as "locationId", min(x.shopify_inventory_item_id)::text as "inventoryItemId", l.shopify_location_id::text as "shopifyLocationId"
     from hot h join opening o on o.store_id = $1 and o.item_id = h.item_id and o.location_id = h.location_id join inventory_item x on x.store_id = $1 and x.item_id = h.item_id and x.tracked join location l on l.store_id = $1 and l.location_id = h.location_id and l.is_active
     group by h.item_id, h.location_id, l.shopify_location_id, h.lately, h.lasts order by h.lately, h.lasts, h.item_id, h.location_id limit $3`, [storeId, now, most])).rows;
}
