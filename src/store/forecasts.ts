/** Forecasts by run; the last few runs stay comparable, the last finished one is the one in use. */
import { daysBetween } from '../domain/calendar.ts';
import { expectedUnits, type ForecastResult } from '../domain/forecast/forecast.ts';
import { CopyRows, sendCopy } from './binary.ts';
import { binaryRows, realBytes, realsFrom, realsOf } from './binary-read.ts';
import type { Db, Queryable } from './db.ts';

/** Runs whose series are kept, whenever they were made; and days of which the last run's are. */
export const KEPT_RUNS = 5;
/** Days back a week's first run is kept: until the four weeks it spoke of are over and laid beside what came. */
const KEPT_DAYS = 35;
/** Rows of runs kept: years of nights. */
const KEPT_ROWS = 1_500;

/** Begins a run. What an earlier one left that never came to its end is removed; the finished ones stay, and the last of them stays in use. */
export async function startForecastRun(db: Queryable, storeId: number, asOf: string, horizon: number, now: string): Promise<string> {
  await db.query(`with dead as (delete from forecast_run where store_id = $1 and finished_at is null returning run_id) delete from forecast f using dead where f.store_id = $1 and f.run_id = dead.run_id`, [storeId]);
  const { rows } = await db.query<{ run_id: string }>(
    `insert into forecast_run (store_id, run_id, as_of, horizon, series, started_at)
     select $1, coalesce(max(run_id), 0) + 1, $2, $3, 0, $4 from forecast_run where store_id = $1 returning run_id`, [storeId, asOf, horizon, now]);
  return rows[0]!.run_id;
}

export interface SeriesForecast { itemId: number; locationId: number; result: ForecastResult; /** Units of the last 28 days known. */ sold28: number }

/** Days a list of forecasts speaks of. */
const LISTED_DAYS = 28;

/** In binary: as text, 1,600 numbers a series were most of what the writing cost here and there, and of the memory of a run. */
export async function saveForecasts(db: Db, storeId: number, runId: string, asOf: string, batch: readonly SeriesForecast[]): Promise<void> {
  if (batch.length === 0) return;
  const rows = new CopyRows();
  for (const { itemId, locationId, result, sold28 } of batch) {
    const { error, trainedOn } = result, listed = Math.min(LISTED_DAYS, result.mean.length);
    rows.row(26).int(storeId).bigint(runId).int(itemId).int(locationId).text(result.method).reals(expectedUnits(result)).reals(result.cumulative.map((path) => path.q))
      .bytes(realBytes(result.cumulative.flatMap((path) => path.values))).reals(result.daily.flatMap((path) => path.values))
      .real(error.wape).real(error.rmsse).real(error.bias).real(error.coverage?.observed ?? null).texts(result.flags).date(trainedOn.from ?? asOf).date(trainedOn.to ?? asOf).int(trainedOn.censoredDays)
      .text(result.shape.class).real(result.totals[listed - 1] ?? 0).real(result.cumulative.find((path) => Math.abs(path.q - 0.9) < 1e-6)?.values[listed - 1] ?? null).real(sold28)
      .real(error.under80).real(error.under90).real(error.pinball).reals(result.madeOf.units);
    if (result.madeOf.weekdays) rows.reals(result.madeOf.weekdays); else rows.null();
  }
  await db.transaction((tx) => sendCopy(tx, `copy forecast (store_id, run_id, item_id, location_id, method, mean, levels, cumulative, daily, wape, rmsse, bias, coverage, flags, trained_from, trained_to, censored_days, demand_class, mean28, p90_28, sold28, under80, under90, pinball, made_of, weekdays) from stdin (format binary)`, rows));
}

/**
 * Closes the run: its error rolled up by the units of the last 90 days. Kept are the series of the last runs, of the last run of each of as many days, and of
 * the first run of each of five weeks, so that what was said can be laid beside what came. Of every other the row stays, with its figures.
 */
export async function finishForecastRun(db: Queryable, storeId: number, runId: string, learned: { from: number; failed: number; events: LearnedEvents }, now: string): Promise<void> {
  await db.query(
    `update forecast_run r set finished_at = $3, series = s.n, wape = s.wape, bias = s.bias, learned_from = $4, failed = $5, events = $6, mean28 = s.mean28
     from (select count(*)::int as n, sum(mean28) as mean28, (sum(wape * volume) / nullif(sum(volume) filter (where wape is not null), 0))::real as wape,
             (sum(bias * volume) / nullif(sum(volume) filter (where bias is not null), 0))::real as bias
           from (select wape, bias, mean28, coalesce((select sum(d.quantity) from daily_demand d where d.store_id = f.store_id and d.item_id = f.item_id and d.location_id = f.location_id
                   and d.day > f.trained_to - 90 and d.day <= f.trained_to), 0) as volume from forecast f where store_id = $1 and run_id = $2) f) s
     where r.store_id = $1 and r.run_id = $2`, [storeId, runId, now, learned.from, learned.failed, JSON.stringify(learned.events)]);
  await db.query(
    `with runs as (
       select run_id, as_of, kept, row_number() over (order by run_id desc) as nth, row_number() over (partition by as_of order by run_id desc) as in_day, dense_rank() over (order by as_of desc) as day,
         row_number() over (partition by date_trunc('week', as_of) order by run_id) as in_week, max(as_of) over () as newest
       from forecast_run where store_id = $1
     ), old as (select run_id from runs where kept and nth > $2 and not (in_day = 1 and day <= $2) and not (in_week = 1 and as_of > newest - $3::int)),
     gone as (delete from forecast f using old where f.store_id = $1 and f.run_id = old.run_id)
     update forecast_run r set kept = false from old where r.store_id = $1 and r.run_id = old.run_id`, [storeId, KEPT_RUNS, KEPT_DAYS]);
  await db.query('delete from forecast_run r where store_id = $1 and not kept and run_id <= (select max(run_id) from forecast_run where store_id = $1) - $2::int', [storeId, KEPT_ROWS]);
}

/** By the event's name. */
export type LearnedEvents = Record<string, { factor: number; days: number }>;
export interface ForecastRunRow { run_id: string; as_of: string; horizon: number; series: number; started_at: string | null; finished_at: string | null; wape: number | null; bias: number | null; learned_from: number | null; failed: number; events: LearnedEvents;
  /** Whether its series are still there; units of its first 28 days; and what came of them, of series in stock all the time, once they are over. */
  kept: boolean; mean28: number | null; settled_at: string | null; came_series: number | null; came_units: number | null; came_said: number | null; came_error: number | null; came_under90: number | null;
}

export async function currentRun(db: Queryable, storeId: number): Promise<ForecastRunRow | null> {
  const { rows } = await db.query<ForecastRunRow>('select * from forecast_run where store_id = $1 and finished_at is not null order by run_id desc limit 1', [storeId]);
  return rows[0] ?? null;
}

/** Finished runs, newest first, whose series are still there. */
export async function finishedRuns(db: Queryable, storeId: number): Promise<ForecastRunRow[]> {
  return (await db.query<ForecastRunRow>('select * from forecast_run where store_id = $1 and finished_at is not null and kept order by run_id desc limit 50', [storeId])).rows;
}

/** Every finished run there was, newest first. */
export async function allRuns(db: Queryable, storeId: number, limit: number): Promise<ForecastRunRow[]> {
  return (await db.query<ForecastRunRow>('select * from forecast_run where store_id = $1 and finished_at is not null order by run_id desc limit $2', [storeId, limit])).rows;
}

export interface ForecastRow {
  item_id: number; location_id: number; run_id: string; method: string; mean: number[]; levels: number[]; cumulative: number[]; daily: number[];
  wape: number | null; rmsse: number | null; bias: number | null; coverage: number | null; under80: number | null; under90: number | null; pinball: number | null; demand_class: string | null; mean28: number | null; p90_28: number | null; sold28: number | null; flags: string[]; trained_from: string; trained_to: string; censored_days: number;
  /** Units of each of STEPS, and Monday to Sunday; null in runs made before they were kept. */
  made_of: number[] | null; weekdays: number[] | null;
}

/** What replenishment reads of a forecast: the mean, and every quantile of totals. */
export type PlanningForecast = Pick<ForecastRow, 'item_id' | 'location_id'> & { mean: ArrayLike<number>; levels: ArrayLike<number>; cumulative: ArrayLike<number> };

const SELECTED = 'f.item_id, f.location_id, f.mean, f.levels, f.cumulative';
/** Levels are the same for all rows of a run: read once. */
let lastLevels: { bytes: Buffer; values: Float32Array } | null = null;
function levelsFrom(bytes: Buffer): Float32Array {
  if (lastLevels === null || !lastLevels.bytes.equals(bytes)) lastLevels = { bytes: Buffer.from(bytes), values: realsOf(bytes) };
  return lastLevels.values;
}

const plannedFrom = ([item, location, mean, levels, cumulative]: (Buffer | null)[]): PlanningForecast => ({ item_id: item!.readInt32BE(0), location_id: location!.readInt32BE(0), mean: realsOf(mean!), levels: levelsFrom(levels!), cumulative: realsFrom(cumulative!) });

/** Connections that read a run: one keeps a core of the database busy while the reader waits. */
const READERS = 2;

/** Forecasts of a run, in pages of any order. Read in binary: as text the reading took longer than everything else of a plan. */
export async function* forecastsOf(db: Db, storeId: number, runId: string, page = 1_000): AsyncGenerator<PlanningForecast[]> {
  const readers = Array.from({ length: READERS }, (_, n) => partOf(db, storeId, runId, n, page));
  const ask = (n: number) => { const asked = readers[n]!.next().then((result) => ({ n, result })); asked.catch(() => {}); return asked; }; // it is thrown where it is awaited
  const asked = new Map(readers.map((_, n) => [n, ask(n)]));
  try {
    while (asked.size > 0) {
      const { n, result } = await Promise.race(asked.values());
      if (result.done) { asked.delete(n); continue; }
      asked.set(n, ask(n));
      yield result.value;
    }
  } finally {
    await Promise.allSettled(readers.map((reader) => reader.return(undefined)));
  }
}

async function* partOf(db: Db, storeId: number, runId: string, part: number, page: number): AsyncGenerator<PlanningForecast[], undefined> {
  for await (const rows of binaryRows(db, `select ${SELECTED} from forecast f where f.store_id = ${Math.trunc(storeId)} and f.run_id = ${BigInt(runId)} and f.item_id % ${READERS} = ${part} order by f.item_id, f.location_id`, page)) yield rows.map(plannedFrom);
}

/** What classes are made of: units of four weeks and the cost of one, of every series of a run. */
export async function forecastValues(db: Queryable, storeId: number, runId: string): Promise<{ item_id: number; location_id: number; value: number }[]> {
  return (await db.query<{ item_id: number; location_id: number; value: number }>(
    'select f.item_id, f.location_id, f.mean28 * greatest(coalesce(i.unit_cost, 1), 1)::float8 as value from forecast f join item i using (item_id) where f.store_id = $1 and f.run_id = $2 limit 5000000', [storeId, runId])).rows;
}

export async function forecastFor(db: Queryable, storeId: number, runId: string, itemId: number, locationId: number): Promise<ForecastRow | null> {
  const { rows: [row] } = await db.query<Kept>('select * from forecast where store_id = $1 and run_id = $2 and item_id = $3 and location_id = $4', [storeId, runId, itemId, locationId]);
  return row ? asNumbers(row) : null;
}

/** An item's forecasts at every location, by location. */
export async function forecastsOfItem(db: Queryable, storeId: number, runId: string, itemId: number): Promise<ForecastRow[]> {
  return (await db.query<Kept>('select * from forecast where store_id = $1 and run_id = $2 and item_id = $3 order by location_id limit 1000', [storeId, runId, itemId])).rows.map(asNumbers);
}

type Kept = Omit<ForecastRow, 'cumulative'> & { cumulative: Buffer };
const asNumbers = (row: Kept): ForecastRow => ({ ...row, cumulative: Array.from(realsFrom(row.cumulative), (value) => Number(value.toPrecision(7))) });

/** One series in every finished run that is kept, newest first: what was said when. */
export async function seriesRuns(db: Queryable, storeId: number, itemId: number, locationId: number): Promise<(Pick<ForecastRow, 'run_id' | 'method' | 'mean' | 'levels' | 'daily'> & { as_of: string; finished_at: string })[]> {
  return (await db.query<Pick<ForecastRow, 'run_id' | 'method' | 'mean' | 'levels' | 'daily'> & { as_of: string; finished_at: string }>(
    `select f.run_id, r.as_of, r.finished_at, f.method, f.mean, f.levels, f.daily from forecast f join forecast_run r on r.store_id = f.store_id and r.run_id = f.run_id
     where f.store_id = $1 and f.item_id = $2 and f.location_id = $3 and r.finished_at is not null order by f.run_id desc limit 20`, [storeId, itemId, locationId])).rows;
}

/** Forecasts of some series of a run. */
export async function forecastsNamed(db: Db, storeId: number, runId: string, keys: readonly { itemId: number; locationId: number }[]): Promise<PlanningForecast[]> {
  if (keys.length === 0) return [];
  const ints = (of: (key: { itemId: number; locationId: number }) => number): string => `'{${keys.map((key) => Math.trunc(of(key))).join(',')}}'::int[]`, found: PlanningForecast[] = [];
  for await (const rows of binaryRows(db, `select ${SELECTED} from unnest(${ints((key) => key.itemId)}, ${ints((key) => key.locationId)}) as k(item_id, location_id)
    join forecast f on f.store_id = ${Math.trunc(storeId)} and f.run_id = ${BigInt(runId)} and f.item_id = k.item_id and f.location_id = k.location_id`, 2_000)) found.push(...rows.map(plannedFrom));
  return found;
}

/** The expectation and the quantiles of totals of some series of a run, by `item@location`. */
export async function planningForecasts(db: Db, storeId: number, runId: string, keys: readonly { itemId: number; locationId: number }[]): Promise<Map<string, Pick<ForecastRow, 'mean' | 'levels' | 'cumulative'>>> {
  const rows = await forecastsNamed(db, storeId, runId, keys);
  return new Map(rows.map((row) => [`${row.item_id}@${row.location_id}`, { mean: Array.from(row.mean), levels: Array.from(row.levels), cumulative: Array.from(row.cumulative, (value) => Number(value.toPrecision(7))) }]));
}

/** levels × horizon, row by row → one path a level. */
export function paths(levels: readonly number[], flat: readonly number[]): { level: number; values: number[] }[] {
  const horizon = flat.length / levels.length;
  return levels.map((level, k) => ({ level: Math.round(level * 10_000) / 10_000, values: flat.slice(k * horizon, (k + 1) * horizon) }));
}

/** Levels times days that one statement folds: some seconds of PostgreSQL's time. */
const FOLDED = 300_000;
/** Nothing is recorded before it happened, but by a clock of Shopify's that is ahead of ours: so what happened since a day began was recorded a day before that or later. */
const AHEAD = `interval '1 day'`;

/**
 * Share of each day a level was in stock, folded from movements, for days since its opening that have none yet; returns how many were written. Level by level back from what
 * is there now: a night reads the movements since the first of its days, not all there ever were. In pages of items, each its own statement; one that was cut off goes on.
 */
export async function foldExposure(db: Queryable, storeId: number, timeZone: string, fromDay: string, throughDay: string, folded = FOLDED): Promise<number> {
  const page = Math.max(1, Math.floor(folded / (daysBetween(fromDay, throughDay) + 1)));
  let written = 0;
  for (let after = 0; ;) {
    const { rows: [next] } = await db.query<{ through: number | null }>('select max(item_id) as through from (select item_id from opening where store_id = $1 and item_id > $2 order by item_id limit $3) o', [storeId, after, page]);
    if (next!.through === null) return written;
    const { rowCount } = await db.query(
      `with days as (
         select d::date as day, (d::date)::timestamp at time zone $2 as starts, (d::date + 1)::timestamp at time zone $2 as ends from generate_series($3::date, $4::date, interval '1 day') d
       ), opened as (
         select item_id, location_id, as_of from opening where store_id = $1 and item_id > $5 and item_id <= $6
       ), recent as (
         select item_id, from_location, from_state, to_location, to_state, quantity, occurred_at from movement
         where store_id = $1 and item_id > $5 and item_id <= $6 and recorded_at >= (select min(starts) from days) - ${AHEAD} and occurred_at > (select min(starts) from days)
       ), legs as (
         select item_id, to_location as location_id, occurred_at as at, quantity from recent where to_state = 'available' and to_location > 0
         union all select item_id, from_location, occurred_at, -quantity from recent where from_state = 'available' and from_location > 0
       ), points as (
         select o.item_id, o.location_id, d.starts as at, 0 as change from opened o join days d on d.starts >= o.as_of
         union all select item_id, location_id, at, quantity from legs
       ), levels as (
         -- What is there now, less what came after the point (of several at one instant, after all of them).
         select p.item_id, p.location_id, p.at, coalesce(l.available, 0) - sum(p.change) over (partition by p.item_id, p.location_id) + sum(p.change) over (partition by p.item_id, p.location_id order by p.at range unbounded preceding) as level
         from points p left join ledger_level l on l.store_id = $1 and l.item_id = p.item_id and l.location_id = p.location_id
       ), spans as (
         select v.item_id, v.location_id, d.day, v.level, extract(epoch from coalesce(lead(v.at) over (partition by v.item_id, v.location_id, d.day order by v.at), d.ends) - v.at) as seconds, extract(epoch from d.ends - d.starts) as whole
         from levels v join opened o using (item_id, location_id) join days d on d.day = (v.at at time zone $2)::date and d.starts >= o.as_of
       )
       insert into daily_exposure (store_id, item_id, location_id, day, in_stock)
       select $1, item_id, location_id, day, least(1, greatest(0, coalesce(sum(seconds) filter (where level > 0), 0) / max(whole))) from spans group by 2, 3, 4
       on conflict do nothing`,
      [storeId, timeZone, fromDay, throughDay, after, next!.through]);
    written += rowCount ?? 0;
    after = next!.through;
  }
}

export async function exposureBelowOne(db: Queryable, storeId: number, itemIds: readonly number[]): Promise<Map<string, { days: number[]; shares: number[] }>> {
  const { rows } = await db.query<{ item_id: number; location_id: number; days: number[]; shares: number[] }>(
    `select item_id, location_id, array_agg(day - '1970-01-01'::date order by day) as days, array_agg(in_stock order by day) as shares
     from daily_exposure where store_id = $1 and item_id = any($2) and in_stock < 0.999 group by 1, 2`, [storeId, itemIds]);
  return new Map(rows.map((row) => [`${row.item_id}@${row.location_id}`, { days: row.days, shares: row.shares }]));
}
