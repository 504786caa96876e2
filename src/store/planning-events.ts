/** The event calendar: days on which demand is another, kept by planners, at some locations or all. */
import { eventKey } from '../domain/forecast/event-names.ts';
import type { Queryable } from './db.ts';

export interface PlanningEventRow { event_id: string; name: string; from_day: string; to_day: string; location_ids: number[] | null; /** Per cent, as the planner expects. */ uplift: number | null; updated_at: string; updated_by: string }
export type PlanningEventValues = Pick<PlanningEventRow, 'name' | 'from_day' | 'to_day' | 'location_ids' | 'uplift'>;

export const MOST_EVENTS = 2_000;

export async function planningEvents(db: Queryable, storeId: number, from: string | null = null): Promise<PlanningEventRow[]> {
  return (await db.query<PlanningEventRow>(
    `select event_id, name, from_day, to_day, location_ids, uplift, updated_at, updated_by from planning_event where store_id = $1 and ($2::date is null or to_day >= $2) order by from_day desc, event_id desc limit ${MOST_EVENTS}`, [storeId, from])).rows;
}

/** Adds events that are not there yet, and says anew what is expected of those that are (same name however it is written, days and places); answers how many changed. */
export async function addEvents(db: Queryable, storeId: number, events: readonly PlanningEventValues[], by: string, now: string): Promise<number> {
  const { rows } = await db.query<{ name: string }>('select distinct name from planning_event where store_id = $1', [storeId]), written = Map.groupBy(rows.map((row) => row.name), eventKey);
  let added = 0;
  for (const event of events) {
    const key = eventKey(event.name), names = [...new Set([...(written.get(key) ?? []), event.name])];
    written.set(key, names);
    const { rows: [done] } = await db.query<{ n: number }>(
      `with there as (
         select event_id, uplift from planning_event where store_id = $1 and name = any($9::text[]) and from_day = $3::date and to_day = $4::date and location_ids is not distinct from $5::int[]
       ), changed as (
         update planning_event e set uplift = $6::real, updated_at = $7, updated_by = $8 from there t where e.store_id = $1 and e.event_id = t.event_id and e.uplift is distinct from $6::real returning 1
       ), added as (
         insert into planning_event (store_id, name, from_day, to_day, location_ids, uplift, updated_at, updated_by)
         select $1, $2, $3::date, $4::date, $5::int[], $6::real, $7, $8 where not exists (select from there) returning 1
       )
       select ((select count(*) from added) + least(1, (select count(*) from changed)))::int as n`,
      [storeId, event.name, event.from_day, event.to_day, event.location_ids, event.uplift, now, by, names]);
    added += done!.n;
  }
  return added;
}

/** Events of a day as they stood at an instant: what a run made then was told. */
export async function eventsThen(db: Queryable, storeId: number, day: string, at: string): Promise<Pick<PlanningEventRow, 'name' | 'location_ids' | 'uplift'>[]> {
  return (await db.query<{ value: Pick<PlanningEventRow, 'name' | 'location_ids' | 'uplift'> }>(
    `select value from (select distinct on (key) value from planning_history where store_id = $1 and kind = 'event' and since <= $3 order by key, since desc, history_id desc) last
     where value is not null and (value->>'from_day')::date <= $2::date and (value->>'to_day')::date >= $2::date`, [storeId, day, at])).rows.map((row) => row.value);
}

export async function changeEvent(db: Queryable, storeId: number, eventId: string, event: PlanningEventValues, by: string, now: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'update planning_event set name = $3, from_day = $4, to_day = $5, location_ids = $6, uplift = $7, updated_at = $8, updated_by = $9 where store_id = $1 and event_id = $2',
    [storeId, eventId, event.name, event.from_day, event.to_day, event.location_ids, event.uplift, now, by]);
  return rowCount === 1;
}

/** Takes an event off the calendar; what it was stays in the history of planning values. Null: there was none. */
export async function removeEvent(db: Queryable, storeId: number, eventId: string, by: string, now: string): Promise<PlanningEventRow | null> {
  const { rows } = await db.query<PlanningEventRow>(
    `with gone as (delete from planning_event where store_id = $1 and event_id = $2 returning event_id, name, from_day, to_day, location_ids, uplift, updated_at, updated_by),
       noted as (insert into planning_history (store_id, kind, key, since, by_whom) select $1, 'event', event_id::text, $4, $3 from gone)
     select * from gone`, [storeId, eventId, by, now]);
  return rows[0] ?? null;
}
