/** Which place buys for which: the supplied places, and what they are asked for there. */
import type pg from 'pg';
import type { Queryable } from './db.ts';
import type { UnforecastRow } from './unforecast.ts';

/** Of each supplied place the one that buys for it; `names` of all places. */
export interface Supply { from: ReadonlyMap<number, number>; names: ReadonlyMap<number, string> }

export async function supplyOf(db: Queryable, storeId: number): Promise<Supply> {
  const { rows } = await db.query<{ location_id: number; name: string; supplied_from: number | null }>('select location_id, name, supplied_from from location where store_id = $1 and is_active', [storeId]);
  const active = new Set(rows.map((row) => row.location_id));
  return { names: new Map(rows.map((row) => [row.location_id, row.name])), from: new Map(rows.flatMap((row) => (row.supplied_from !== null && active.has(row.supplied_from) ? [[row.location_id, row.supplied_from] as const] : []))) };
}

/** Why a place cannot buy for another, or null when it does from now on; `from` null: it buys for itself again. The caller holds a transaction. */
export async function setSupply(tx: pg.PoolClient, storeId: number, locationId: number, from: number | null): Promise<string | null> {
  const { rows } = await tx.query<{ location_id: number; name: string; is_active: boolean; supplied_from: number | null }>('select location_id, name, is_active, supplied_from from location where store_id = $1 order by location_id for update', [storeId]);
  const own = rows.find((row) => row.location_id === locationId), other = rows.find((row) => row.location_id === from), supplies = rows.find((row) => row.supplied_from === locationId);
  if (own === undefined) return `there is no location ${locationId}`;
  if (from !== null) {
    if (other === undefined) return `there is no location ${from}`;
    if (from === locationId) return `${own.name} cannot be supplied from itself`;
    if (!other.is_active) return `${other.name} is closed in Shopify`;
    if (other.supplied_from !== null) return `${other.name} is itself supplied from another place`;
    if (supplies !== undefined) return `${own.name} supplies ${supplies.name}: give that place another one first`;
  }
  await tx.query('update location set supplied_from = $3 where store_id = $1 and location_id = $2', [storeId, locationId, from]);
  return null;
}

/** Items that are forecast, or sold since a day, at a supplied place, as lines of the place that buys for it: there they may be neither. */
export async function boughtFor(db: Queryable, storeId: number, runId: string | null, since: string): Promise<UnforecastRow[]> {
  const { rows } = await db.query<UnforecastRow>(
    `select item_id, supplied_from as location_id, 0 as sold from (
       select f.item_id, l.supplied_from from forecast f join location l on l.store_id = f.store_id and l.location_id = f.location_id where f.store_id = $1 and f.run_id = $2 and l.supplied_from is not null
       union select d.item_id, l.supplied_from from daily_demand d join location l on l.store_id = d.store_id and l.location_id = d.location_id where d.store_id = $1 and d.day >= $3 and d.quantity > 0 and l.supplied_from is not null) t
     order by 1, 2 limit 1000000`, [storeId, runId, since]);
  return rows;
}

/** Units sold since a day of some items at some places, by `item@location`. */
export async function soldSince(db: Queryable, storeId: number, since: string, itemIds: readonly number[], locationIds: readonly number[]): Promise<Map<string, number>> {
  const { rows } = await db.query<{ item_id: number; location_id: number; sold: number }>(
    'select item_id, location_id, sum(quantity)::int as sold from daily_demand where store_id = $1 and day >= $2 and item_id = any($3) and location_id = any($4) group by 1, 2 having sum(quantity) > 0', [storeId, since, itemIds, locationIds]);
  return new Map(rows.map((row) => [`${row.item_id}@${row.location_id}`, row.sold]));
}
