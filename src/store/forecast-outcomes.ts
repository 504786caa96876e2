/** Four weeks ahead, as it came: what a run expected of its first 28 days beside what was wanted in them, once they are over. */
import type { Db, Queryable } from './db.ts';

/** Days laid side by side: what a list of forecasts speaks of. */
export const OUTCOME_DAYS = 28;
/** What an outcome counts one run later; a run a week is settled, so the memory is ten of them. */
const FADING = 0.9;

/** Runs whose days are over and were not laid beside what came, oldest first. */
async function unsettledRuns(db: Queryable, storeId: number, day: string): Promise<string[]> {
  return (await db.query<{ run_id: string }>(
    `select run_id from forecast_run where store_id = $1 and finished_at is not null and kept and settled_at is null and as_of + ${OUTCOME_DAYS} <= $2::date order by run_id limit 100`, [storeId, day])).rows.map((row) => row.run_id);
}

/** Settles every run whose days are over by that day; each once, whoever else does the same. Answers how many. */
export async function settleRuns(db: Db, storeId: number, day: string, now: string): Promise<number> {
  let settled = 0;
  for (const runId of await unsettledRuns(db, storeId, day)) {
    await db.transaction(async (tx) => {
      const { rows: [run] } = await tx.query<{ as_of: string }>('update forecast_run set settled_at = $3 where store_id = $1 and run_id = $2 and settled_at is null returning as_of', [storeId, runId, now]);
      if (!run) return;
      settled++;
      // Series that were out of stock for a part of those days say nothing of what was wanted.
      await tx.query(
        `with came as (
           select item_id, location_id, sum(quantity)::real as units from daily_demand where store_id = $1 and day > $3::date and day <= $3::date + ${OUTCOME_DAYS} group by 1, 2
         ), short as (
           select distinct item_id, location_id from daily_exposure where store_id = $1 and day > $3::date and day <= $3::date + ${OUTCOME_DAYS} and in_stock < 0.999
         ), seen as (
           select f.item_id, f.location_id, f.mean28 as said, coalesce(c.units, 0) as came, (coalesce(c.units, 0) <= f.p90_28)::int as under90
           from forecast f left join came c using (item_id, location_id) left join short s using (item_id, location_id)
           where f.store_id = $1 and f.run_id = $2 and f.mean28 is not null and s.item_id is null
         ), noted as (
           insert into forecast_outcome as o (store_id, item_id, location_id, as_of, said, came, runs, units, error, abs_error, under90)
           select $1, item_id, location_id, $3::date, said, came, 1, came, said - came, abs(said - came), under90 from seen
           on conflict (store_id, item_id, location_id) do update set as_of = excluded.as_of, said = excluded.said, came = excluded.came, runs = o.runs * ${FADING} + 1, units = o.units * ${FADING} + excluded.units,
             error = o.error * ${FADING} + excluded.error, abs_error = o.abs_error * ${FADING} + excluded.abs_error, under90 = o.under90 * ${FADING} + excluded.under90
         )
         update forecast_run r set came_series = s.n, came_units = s.came, came_said = s.said, came_error = s.error, came_under90 = s.under90
         from (select count(*)::int as n, coalesce(sum(came), 0) as came, coalesce(sum(said), 0) as said, coalesce(sum(abs(said - came)), 0) as error, avg(under90)::real as under90 from seen) s
         where r.store_id = $1 and r.run_id = $2`, [storeId, runId, run.as_of]);
    });
  }
  return settled;
}

export interface OutcomeRow { as_of: string; said: number; came: number; runs: number; units: number; error: number; abs_error: number; under90: number }

export async function outcomeOf(db: Queryable, storeId: number, itemId: number, locationId: number): Promise<OutcomeRow | null> {
  return (await db.query<OutcomeRow>('select as_of, said, came, runs, units, error, abs_error, under90 from forecast_outcome where store_id = $1 and item_id = $2 and location_id = $3', [storeId, itemId, locationId])).rows[0] ?? null;
}
