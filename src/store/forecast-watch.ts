/** Yesterday's forecast beside what came of it, and what is kept of the comparison. */
import type { WatchState } from '../domain/forecast/watch.ts';
import type { Queryable } from './db.ts';

export interface ComparedRow {
  item_id: number; location_id: number; actual: number; mean: number; quantiles: (number | null)[]; in_stock: number | null; state: StateRow | null;
}
type StateRow = Omit<WatchState, 'riseUnits' | 'fallUnits' | 'flaggedOn' | 'flaggedWhy' | 'absError'> & { rise_units: number; fall_units: number; flagged_on: string | null; flagged_why: string | null; abs_error: number; day: string };

/** Quantiles compared, in this order. */
export const COMPARED_LEVELS = [0.01, 0.5, 0.8, 0.9, 0.95, 0.99] as const;

/** What a run said of one day ahead (`ahead` 1 is its first), beside the day's units; by pages. Series compared for this day already are left out. */
export async function* comparedDays(db: Queryable, storeId: number, runId: string, day: string, ahead: number, page = 5_000): AsyncGenerator<ComparedRow[]> {
  let after: [number, number] = [0, 0];
  for (;;) {
    const { rows } = await db.query<ComparedRow>(
      `select f.item_id, f.location_id, coalesce(d.quantity, 0) as actual, f.mean[$4] as mean,
         array(select f.daily[(array_position(f.levels, q) - 1) * cardinality(f.mean) + $4] from unnest($5::real[]) with ordinality w(q, n) order by n) as quantiles, e.in_stock,
         case when c.item_id is not null then to_jsonb(c) end as state
       from forecast f left join daily_demand d on d.store_id = f.store_id and d.item_id = f.item_id and d.location_id = f.location_id and d.day = $3
       left join daily_exposure e on e.store_id = f.store_id and e.item_id = f.item_id and e.location_id = f.location_id and e.day = $3
       left join forecast_check c on c.store_id = f.store_id and c.item_id = f.item_id and c.location_id = f.location_id
       where f.store_id = $1 and f.run_id = $2 and (f.item_id, f.location_id) > ($6, $7) and (c.day is null or c.day < $3) order by f.item_id, f.location_id limit $8`,
      [storeId, runId, day, ahead, COMPARED_LEVELS, after[0], after[1], page]);
    if (rows.length === 0) return;
    yield rows;
    const end = rows.at(-1)!;
    after = [end.item_id, end.location_id];
  }
}

/** The expected units of every day of some series of a run, by `item@location`. */
export async function expectedDays(db: Queryable, storeId: number, runId: string, keys: readonly { item_id: number; location_id: number }[]): Promise<Map<string, number[]>> {
  if (keys.length === 0) return new Map();
  const { rows } = await db.query<{ item_id: number; location_id: number; mean: number[] }>(
    `select f.item_id, f.location_id, f.mean from unnest($3::int[], $4::int[]) k(item_id, location_id) join forecast f on f.store_id = $1 and f.run_id = $2 and f.item_id = k.item_id and f.location_id = k.location_id`,
    [storeId, runId, keys.map((key) => key.item_id), keys.map((key) => key.location_id)]);
  return new Map(rows.map((row) => [`${row.item_id}@${row.location_id}`, row.mean]));
}

export function stateOf(row: StateRow): WatchState {
  return {
    streak: row.streak, calm: row.calm, rise: row.rise, fall: row.fall, riseUnits: row.rise_units, fallUnits: row.fall_units, flaggedOn: row.flagged_on, flaggedWhy: row.flagged_why, days: row.days, units: row.units, absError: row.abs_error, error: row.error,
    under50: row.under50, under80: row.under80, under90: row.under90, under95: row.under95, pinball: row.pinball,
  };
}

export interface CheckedSeries { itemId: number; locationId: number; actual: number; mean: number; low: number; high: number; state: WatchState }

export async function saveChecks(db: Queryable, storeId: number, day: string, checks: readonly CheckedSeries[]): Promise<void> {
  if (checks.length === 0) return;
  const of = <T>(pick: (check: CheckedSeries) => T): T[] => checks.map(pick);
  await db.query(
    `insert into forecast_check as c (store_id, item_id, location_id, day, actual, mean, low, high, streak, calm, rise, fall, rise_units, fall_units, flagged_on, flagged_why, days, units, abs_error, error, under50, under80, under90, under95, pinball)
     select $1, t.item_id, t.location_id, $2::date, t.actual, t.mean, t.low, t.high, t.streak, t.calm, t.rise, t.fall, t.rise_units, t.fall_units, t.flagged_on, t.flagged_why, t.days, t.units, t.abs_error, t.error, t.under50, t.under80, t.under90, t.under95, t.pinball
     from unnest($3::int[], $4::int[], $5::real[], $6::real[], $7::real[], $8::real[], $9::int[], $10::int[], $11::real[], $12::real[], $13::real[], $14::real[], $15::date[], $16::text[], $17::real[], $18::real[], $19::real[], $20::real[], $21::real[], $22::real[], $23::real[], $24::real[], $25::real[])
       as t(item_id, location_id, actual, mean, low, high, streak, calm, rise, fall, rise_units, fall_units, flagged_on, flagged_why, days, units, abs_error, error, under50, under80, under90, under95, pinball)
     on conflict (store_id, item_id, location_id) do update set day = excluded.day, actual = excluded.actual, mean = excluded.mean, low = excluded.low, high = excluded.high, streak = excluded.streak, calm = excluded.calm,
       rise = excluded.rise, fall = excluded.fall, rise_units = excluded.rise_units, fall_units = excluded.fall_units, flagged_on = excluded.flagged_on, flagged_why = excluded.flagged_why,
       days = excluded.days, units = excluded.units, abs_error = excluded.abs_error, error = excluded.error, under50 = excluded.under50, under80 = excluded.under80, under90 = excluded.under90, under95 = excluded.under95, pinball = excluded.pinball`,
    [storeId, day, of((c) => c.itemId), of((c) => c.locationId), of((c) => c.actual), of((c) => c.mean), of((c) => c.low), of((c) => c.high), of((c) => c.state.streak), of((c) => c.state.calm), of((c) => c.state.rise), of((c) => c.state.fall),
      of((c) => c.state.riseUnits), of((c) => c.state.fallUnits), of((c) => c.state.flaggedOn), of((c) => c.state.flaggedWhy), of((c) => c.state.days), of((c) => c.state.units), of((c) => c.state.absError), of((c) => c.state.error),
      of((c) => c.state.under50), of((c) => c.state.under80), of((c) => c.state.under90), of((c) => c.state.under95), of((c) => c.state.pinball)]);
}

export interface FlaggedRow { item_id: number; location_id: number; sku: string | null; title: string; location: string; actual: number; mean: number; low: number; high: number; flagged_on: string; flagged_why: string; day: string }

/** Series that are unusual now, the farthest off in units first. */
export async function flaggedSeries(db: Queryable, storeId: number, most: number): Promise<FlaggedRow[]> {
  return (await db.query<FlaggedRow>(
    `select c.item_id, c.location_id, i.sku, i.title, l.name as location, c.actual, c.mean, c.low, c.high, c.flagged_on, c.flagged_why, c.day
     from forecast_check c join item i using (item_id) join location l on l.store_id = c.store_id and l.location_id = c.location_id
     where c.store_id = $1 and c.flagged_on is not null order by abs(c.actual - c.mean) desc, c.item_id, c.location_id limit $2`, [storeId, most])).rows;
}
