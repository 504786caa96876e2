/** Cases of drift that are open, whose levels are read at each check until they close; and how small a difference nobody is told of. */
import type { DriftTolerance } from '../domain/drift/telling.ts';
import type { Queryable } from './db.ts';
import type { DriftCandidate } from './drift.ts';

export interface OpenDriftCase { key: string; itemId: number | null; locationId: number | null; goodSince: string | null }

/** In no order; at most `limit`. Storms' parents are none: their cases are looked at. */
export async function openDriftCases(db: Queryable, storeId: number, limit: number): Promise<OpenDriftCase[]> {
  return (await db.query<OpenDriftCase>(
    `select substr(fingerprint, length('STOCK_DRIFT:') + 1) as key, item_id as "itemId", location_id as "locationId", good_since as "goodSince" from exception
     where store_id = $1 and kind = 'STOCK_DRIFT' and state in ('open', 'snoozed', 'ignored') and fingerprint <> kind || ':storm' limit $2`, [storeId, limit])).rows;
}

/** Levels of open cases, those no check has seen equal yet first, then those seen so the longest ago: where there are more than are read at once, each comes round. */
export async function levelsOfCases(db: Queryable, storeId: number, limit: number): Promise<DriftCandidate[]> {
  return (await db.query<DriftCandidate>(
    `with of as (select item_id, location_id, min(coalesce(good_since, '-infinity')) as since from exception where store_id = $1 and kind = 'STOCK_DRIFT' and state in ('open', 'snoozed', 'ignored') and item_id is not null and location_id is not null group by 1, 2)
     select o.item_id, o.location_id, i.shopify_inventory_item_id as inventory_item_id, l.shopify_location_id from of o join opening p on p.store_id = $1 and p.item_id = o.item_id and p.location_id = o.location_id
     join inventory_item i on i.store_id = $1 and i.item_id = o.item_id join location l on l.store_id = $1 and l.location_id = o.location_id order by o.since, o.item_id, o.location_id limit $2`, [storeId, limit])).rows;
}

export async function driftTolerance(db: Queryable, storeId: number): Promise<DriftTolerance> {
  const { rows: [row] } = await db.query<{ units: number; money: string }>('select drift_tolerance_units as units, drift_tolerance_money as money from store where store_id = $1', [storeId]);
  return { units: row!.units, money: Number(row!.money) };
}

export async function setDriftTolerance(tx: Queryable, storeId: number, to: DriftTolerance): Promise<void> {
  await tx.query('update store set drift_tolerance_units = $2, drift_tolerance_money = $3 where store_id = $1', [storeId, to.units, to.money]);
}
