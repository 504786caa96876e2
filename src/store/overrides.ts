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
/** Overrides of a list, and of one batch. */
export const MOST_OVERRIDES = 5_000;

export type NewOverride = Pick<OverrideRow, 'item_id' | 'location_id' | 'from_day' | 'to_day' | 'kind' | 'value' | 'reason' | 'author' | 'expires_on'>;

/** Rows `t` of `saidValues`. */
const SAID = `unnest($2::int[], $3::int[], $4::date[], $5::date[], $6::text[], $7::real[], $8::text[], $9::text[], $10::date[]) as t(item_id, location_id, from_day, to_day, kind, value, reason, author, expires_on)`;
/** In force, and the same words of the same days and place as row `t`: said again, they are a repeat, whoever says them and why. */
const STANDS = `from forecast_override o left join forecast_override_end e on e.store_id = o.store_id and e.override_id = o.override_id
       where o.store_id = $1 and o.item_id = t.item_id and o.location_id is not distinct from t.location_id and o.from_day = t.from_day and o.to_day = t.to_day and o.kind = t.kind and o.value = t.value
         and o.expires_on is not distinct from t.expires_on and e.override_id is null`;

function saidValues(storeId: number, all: readonly NewOverride[]): unknown[] {
  const of = <T>(pick: (row: NewOverride) => T): T[] => all.map(pick);
  return [storeId, of((row) => row.item_id), of((row) => row.location_id), of((row) => row.from_day), of((row) => row.to_day), of((row) => row.kind), of((row) => row.value), of((row) => row.reason), of((row) => row.author), of((row) => row.expires_on)];
}

/** Adds an override, or answers the one that says the same and is in force. Two at once, each in a transaction, add it once. */
export async function addOverride(tx: Queryable, storeId: number, row: NewOverride, now: string): Promise<{ overrideId: string; added: boolean }> {
  const added = await addOverrides(tx, storeId, [row], now);
  const { rows } = await tx.query<{ override_id: string }>(`select (select max(o.override_id) ${STANDS}) as override_id from ${SAID}`, saidValues(storeId, [row]));
  return { overrideId: rows[0]!.override_id, added: added > 0 };
}

/** Adds overrides that nobody said before with the same words of the same days and place, in force; answers how many were added. Two at once add each once. */
export async function addOverrides(tx: Queryable, storeId: number, all: readonly NewOverride[], now: string): Promise<number> {
  await tx.query("select pg_advisory_xact_lock(hashtext('forecast_override'), $1)", [storeId]);
  const { rowCount } = await tx.query(
    `insert into forecast_override (store_id, item_id, location_id, from_day, to_day, kind, value, reason, author, created_at, expires_on)
     select $1, t.item_id, t.location_id, t.from_day, t.to_day, t.kind, t.value, t.reason, t.author, $11, t.expires_on from ${SAID} where not exists (select ${STANDS})`, [...saidValues(storeId, all), now]);
  return rowCount ?? 0;
}

export type ListedOverride = OverrideRow & { sku: string | null; title: string; location: string | null };

/** Overrides of a store with what they are of, newest first: those in force, or every one there was. */
export async function listOverrides(db: Queryable, storeId: number, { inForce, words, today }: { inForce: boolean; words: string | null; today: string }): Promise<ListedOverride[]> {
  return (await db.query<ListedOverride>(
    `select said.*, i.sku, i.title, l.name as location from (${ROWS} where o.store_id = $1 and (not $2::boolean or (e.override_id is null and o.to_day >= $3 and (o.expires_on is null or o.expires_on >= $3)))) said
     join item i using (item_id) left join location l on l.store_id = $1 and l.location_id = said.location_id
     where $4::text is null or i.sku ilike '%' || $4 || '%' or i.title ilike '%' || $4 || '%' or said.reason ilike '%' || $4 || '%' or said.author ilike '%' || $4 || '%'
     order by said.override_id desc limit ${MOST_OVERRIDES}`, [storeId, inForce, today, words])).rows;
}

/** Ends an override; false when there is none, or it was ended before. */
export async function endOverride(db: Queryable, storeId: number, overrideId: string, by: string, reason: string, now: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into forecast_override_end (store_id, override_id, ended_at, ended_by, reason)
     select store_id, override_id, $3, $4, $5 from forecast_override where store_id = $1 and override_id = $2 on conflict do nothing`, [storeId, overrideId, now, by, reason]);
  return rowCount === 1;
}

/** One override, whatever became of it. */
export async function overrideNamed(db: Queryable, storeId: number, overrideId: string): Promise<OverrideRow | null> {
  return (await db.query<OverrideRow>(`${ROWS} where o.store_id = $1 and o.override_id = $2`, [storeId, overrideId])).rows[0] ?? null;
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
