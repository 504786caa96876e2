/** Forecast overrides: written once, ended by a row of their own. What counts on a day: not ended, not expired. */
import type { Override } from '../domain/forecast/override.ts';
import type { Queryable } from './db.ts';

export interface OverrideRow {
  override_id: string; item_id: number; location_id: number | null; from_day: string; to_day: string; kind: Override['kind']; value: number; reason: string; author: string;
  created_at: string; expires_on: string | null; ended_at: string | null; ended_by: string | null; end_reason: string | null;
}

const ROWS = `select o.override_id, o.item_id, o.location_id, o.from_day, o.to_day, o.kind, o.value, o.reason, o.author, o.created_at, o.expires_on, e.ended_at, e.ended_by, e.reason as end_reason
  from forecast_override o left join forecast_override_end e on e.store_id = o.store_id and e.override_id = o.override_id`;
const MOST = 500;

export type NewOverride = Pick<OverrideRow, 'item_id' | 'location_id' | 'from_day' | 'to_day' | 'kind' | 'value' | 'reason' | 'author' | 'expires_on'>;

export async function addOverride(db: Queryable, storeId: number, row: NewOverride, now: string): Promise<string> {
  const { rows } = await db.query<{ override_id: string }>(
    `insert into forecast_override (store_id, item_id, location_id, from_day, to_day, kind, value, reason, author, created_at, expires_on)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning override_id`,
    [storeId, row.item_id, row.location_id, row.from_day, row.to_day, row.kind, row.value, row.reason, row.author, now, row.expires_on]);
  return rows[0]!.override_id;
}

/** Ends an override; false when there is none, or it was ended before. */
export async function endOverride(db: Queryable, storeId: number, overrideId: string, by: string, reason: string, now: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into forecast_override_end (store_id, override_id, ended_at, ended_by, reason)
     select store_id, override_id, $3, $4, $5 from forecast_override where store_id = $1 and override_id = $2 on conflict do nothing`, [storeId, overrideId, now, by, reason]);
  return rowCount === 1;
}

/** Every override an item has had, newest first. */
export async function overrideHistory(db: Queryable, storeId: number, itemId: number, locationId: number | null): Promise<OverrideRow[]> {
  return (await db.query<OverrideRow>(`${ROWS} where o.store_id = $1 and o.item_id = $2 and ($3::int is null or o.location_id is null or o.location_id = $3) order by o.override_id desc limit ${MOST}`, [storeId, itemId, locationId])).rows;
}

/** What counts today for the given items, by `item` and `item@location`, oldest first; of all items where none are given. */
export async function overridesInForce(db: Queryable, storeId: number, today: string, itemIds: readonly number[] | null = null): Promise<(itemId: number, locationId: number) => OverrideRow[]> {
  const { rows } = await db.query<OverrideRow>(
    `${ROWS} where o.store_id = $1 and ($2::int[] is null or o.item_id = any($2)) and e.override_id is null and o.to_day >= $3 and (o.expires_on is null or o.expires_on >= $3) order by o.override_id`, [storeId, itemIds, today]);
  const of = new Map<number, OverrideRow[]>();
  for (const row of rows) of.set(row.item_id, [...(of.get(row.item_id) ?? []), row]);
  return (itemId, locationId) => (of.get(itemId) ?? []).filter((row) => row.location_id === null || row.location_id === locationId);
}

export const asOverride = (row: OverrideRow): Override => ({ from: row.from_day, to: row.to_day, kind: row.kind, value: row.value });
