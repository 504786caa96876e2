/** Levels of inventory items that no variant known here has: those just met, and those of open cases, until they are known, sold or gone. */
import type { Queryable } from './db.ts';

export interface Stranger { inventoryItemId: string; locationId: string }

/** Looked at together: what is more is one fault of the catalogue, and told of by these. */
export const MOST_STRANGERS = 2_000;

/** Of those met and those of open cases: the ones still unknown, the place's name with each, and whether it is sold, which is a case of its own by its variant. */
export async function strangersToAsk(db: Queryable, storeId: number, met: readonly Stranger[]): Promise<(Stranger & { location: string })[]> {
  return (await db.query<Stranger & { location: string }>(
    `with asked as (
       select * from unnest($2::bigint[], $3::bigint[]) as t(item, place)
       union all select (evidence ->> 'inventoryItemId')::bigint, (evidence ->> 'shopifyLocationId')::bigint from exception where store_id = $1 and kind = 'VARIANT_UNMAPPED' and state in ('open', 'snoozed', 'ignored', 'grace') and evidence ? 'inventoryItemId'
     )
     select distinct on (a.item) a.item::text as "inventoryItemId", a.place::text as "locationId", l.name as location from asked a join location l on l.store_id = $1 and l.shopify_location_id = a.place
     where not exists (select from inventory_item x where x.store_id = $1 and x.shopify_inventory_item_id = a.item) order by a.item limit ${MOST_STRANGERS}`,
    [storeId, met.map((one) => one.inventoryItemId), met.map((one) => one.locationId)])).rows;
}

/** Open cases of unknown variants that were sold: their keys, and their SKUs. */
export async function soldStrangers(db: Queryable, storeId: number): Promise<{ key: string; sku: string | null }[]> {
  return (await db.query<{ key: string; sku: string | null }>(
    `select substr(fingerprint, length('VARIANT_UNMAPPED:') + 1) as key, nullif(trim(evidence ->> 'sku'), '') as sku from exception where store_id = $1 and kind = 'VARIANT_UNMAPPED' and state in ('open', 'snoozed', 'grace', 'ignored') and evidence ? 'variantId'`, [storeId])).rows;
}
