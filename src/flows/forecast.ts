/**
 * forecast: demand facts → series → forecasts.   Woken at 03:10 UTC, after an import, and by hand.
 *  1 gather  daily demand by item and location, its bulk orders, the share of each day in stock, prices and those planned, the event calendar
 *  2 decide  domain/forecast on worker threads: what the catalogue shares is learned once from its best sellers, then every series is forecast
 *  3 record  one run; the last finished one stays in use while a new one is made or when it fails
 *  4 settle  replenishment is asked to work with it, forecast-watch to look at the day that ended
 */
import { addDays, dayNumber } from '../domain/calendar.ts';
import { denseSeries, seriesFrom } from '../domain/demand/series.ts';
import { lowerPlanned, type PricePlan } from '../domain/forecast/planned-price.ts';
import type { ForecastResult } from '../domain/forecast/forecast.ts';
import { STEPS } from '../domain/forecast/made-of.ts';
import type { CalendarEvent, PanelOptions, PanelSeries, Pool } from '../domain/forecast/panel.ts';
import type { Outcome, PanelTask } from '../runtime/compute-thread.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { bestSellingSeries, bulkUnits, categoriesOf, demandSeries, notePrices, pricesOf, type SeriesRow, type Sparse } from '../store/demand.ts';
import { exposureBelowOne, finishForecastRun, foldExposure, saveForecasts, startForecastRun, type SeriesForecast } from '../store/forecasts.ts';
import { longestProtection } from '../store/planning.ts';
import { plansOfItems } from '../store/planned-prices.ts';
import { planningEvents } from '../store/planning-events.ts';
import { readCursor, writeCursor } from '../store/runs.ts';

/** Levels kept: enough for every service level asked for, the fan chart, the stockout dates, and P1 to P99 for what is unusual. */
export const QUANTILES = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995];
const HISTORY_DAYS = 760;
const SHORTEST_HORIZON = 60;
const BATCH = 100;
/** Best sellers the pool is learned from. */
export const LEARN_SERIES = 3_000;
const LISTED_DAYS = 28;

export const forecast = defineFlow({
  name: 'forecast', moves: 'demand facts → series → forecasts', owner: 'planner', schedule: { cron: '10 3 * * *' }, raises: ['FORECAST_STALE'],
  async run(context) {
    const { db, storeId, store, tally } = context;
    // Today is not over: the last whole day is the last one learned from, and day 1 of the forecast is today.
    const today = context.dayOf(context.now()), asOf = addDays(today, -1), from = addDays(asOf, -HISTORY_DAYS);
    const since = await readCursor(db, storeId, 'exposure');
    if (since === null || since < asOf) {
      await foldExposure(db, storeId, store.time_zone, since === null ? addDays(asOf, -60) : addDays(since, 1), asOf);
      await writeCursor(db, storeId, 'exposure', asOf, context.now());
    }
    await notePrices(db, storeId, store.time_zone, from, today);
    const horizon = Math.max(SHORTEST_HORIZON, await longestProtection(db, storeId));
    const options: PanelOptions = { grain: 'D', horizon, quantiles: QUANTILES, events: await calendar(context, from) };
    const { rows: [total] } = await db.query<{ n: number }>('select count(*)::int as n from (select item_id, location_id from daily_demand where store_id = $1 and location_id > 0 and day >= $2 union select a.item_id, d.location_id from item_analogue a join daily_demand d on d.store_id = a.store_id and d.item_id = a.like_item_id where a.store_id = $1 and d.location_id > 0 and d.day >= $2) k', [storeId, from]);
    const runId = await startForecastRun(db, storeId, asOf, horizon, context.now());

    context.progress('learn from the best sellers', 0, null);
    const { pool, learnedFrom } = await learn(context, from, asOf, options);

    const underWay: { rows: SeriesRow[]; outcomes: Promise<Outcome[]> }[] = [];
    const settleOldest = async (): Promise<void> => {
      const { rows, outcomes } = underWay.shift()!;
      const made: SeriesForecast[] = [];
      (await outcomes).forEach((outcome, n) => {
        const row = rows[n]!;
        if ('fault' in outcome) tally.failed[outcome.fault] = (tally.failed[outcome.fault] ?? 0) + 1;
        else { tally.applied++; made.push({ itemId: row.item_id, locationId: row.location_id, result: outcome.result, sold28: ownOf(row, outcome.result, asOf) }); }
      });
      await saveForecasts(db, storeId, runId, asOf, made);
      tally.input += rows.length;
      context.progress('forecast', tally.input, total!.n);
    };
    for await (const page of demandSeries(db, storeId, from)) {
      const seriesOf = await knownOf(context, page, from, asOf, horizon);
      for (let start = 0; start < page.length; start += BATCH) {
        const rows = page.slice(start, start + BATCH);
        const outcomes = context.compute.run<PanelTask, Outcome[]>('forecast', { panel: rows.map(seriesOf), options }, { key: `${storeId}:${runId}`, value: pool });
        outcomes.catch(() => {}); // it is thrown where it is awaited
        underWay.push({ rows, outcomes });
        if (underWay.length >= 2 * context.compute.threads) await settleOldest();
      }
    }
    while (underWay.length > 0) await settleOldest();
    const failed = tally.input - tally.applied;
    // A few odd series are told of; when most fail, it is the run that failed, and the one before stays in use.
    if (failed * 2 > tally.input) throw new Error(`${failed} of ${tally.input} series could not be forecast: ${Object.keys(tally.failed)[0]}`);
    await finishForecastRun(db, storeId, runId, { from: learnedFrom, failed, events: pool.events?.effects ?? {} }, context.now());
    Object.assign(context.detail, { asOf, horizon, learnedFrom, events: options.events!.length });
    context.changed('forecast');
    await context.checked('FORECAST_STALE', []); // here is a fresh one
    await context.enqueue('replenishment');
    await context.enqueue('forecast-watch');
  },
});

/** A function of its own, so that the best sellers are let go of when they have been learned from. */
async function learn(context: FlowContext, from: string, asOf: string, options: PanelOptions): Promise<{ pool: Pool; learnedFrom: number }> {
  const best = await bestSellingSeries(context.db, context.storeId, from, LEARN_SERIES), seriesOf = await knownOf(context, best, from, asOf, options.horizon);
  return { pool: await context.compute.run<PanelTask, Pool>('learn', { panel: best.map(seriesOf), options }), learnedFrom: best.length };
}

async function calendar({ db, storeId }: FlowContext, from: string): Promise<CalendarEvent[]> {
  return (await planningEvents(db, storeId, from)).reverse()
    .map((row) => ({ name: row.name, from: dayNumber(row.from_day), to: dayNumber(row.to_day), ...(row.location_ids === null ? {} : { locations: row.location_ids.map(String) }), ...(row.uplift === null ? {} : { expected: 1 + row.uplift / 100 }) }));
}

/** Reads what is known of these rows' items; answers how to make a row the series with all of it. Item, location and category are ids and names as text. */
async function knownOf({ db, storeId }: FlowContext, rows: readonly SeriesRow[], from: string, asOf: string, horizon: number): Promise<(row: SeriesRow) => PanelSeries> {
  const items = [...new Set(rows.map((row) => row.item_id))], to = dayNumber(asOf);
  const [exposures, bulk, prices, plans, categories] = await Promise.all([exposureBelowOne(db, storeId, items), bulkUnits(db, storeId, items, from), pricesOf(db, storeId, items), plansOfItems(db, storeId, items, asOf), categoriesOf(db, items)]);
  return (row) => {
    const key = `${row.item_id}@${row.location_id}`, { first } = row, days = to - first + 1;
    const put = (into: Float64Array, known: Sparse | undefined): Float64Array => { known?.days.forEach((day, n) => { if (day >= first && day <= to) into[day - first] = known.values[n]!; }); return into; };
    const exposure = exposures.get(key), large = bulk.get(key), price = prices.get(row.item_id);
    return {
      id: key, item: String(row.item_id), location: String(row.location_id), category: categories.get(row.item_id) ?? '',
      series: seriesFrom(first, denseSeries(row.days.map((day, n) => ({ day, quantity: row.quantities[n]! })), first, to), put(new Float64Array(days).fill(1), exposure && { days: exposure.days, values: exposure.shares })),
      ...(large ? { bulk: put(new Float64Array(days), large) } : {}), ...(price ? { price: held(price, first, days + horizon, to, plans.get(row.item_id)) } : {}),
    };
  };
}

/** Each price holds until the next; the last holds ahead, less what is planned off it. */
function held({ days, values }: Sparse, first: number, length: number, known: number, plans: readonly PricePlan[] = []): Float64Array {
  const price = new Float64Array(length).fill(NaN);
  days.forEach((day, n) => { if (day < first + length) price.fill(values[n]!, Math.max(0, day - first)); });
  lowerPlanned(price, first, known, plans);
  return price;
}

/** Units it sold itself in the last days known; of an item that is said to sell like another, what it is made of and its flags say so. */
function ownOf(row: SeriesRow, result: ForecastResult, asOf: string): number {
  const { likened_to: likened = null } = row, own = lastUnits(row, asOf, likened ?? -Infinity);
  if (likened === null) return own;
  const { units } = result.madeOf, sold = STEPS.indexOf('sold'), unseen = STEPS.indexOf('unseen');
  units[unseen]! += units[sold]! - own;
  units[sold] = own;
  result.flags.push('like another item');
  return own;
}

function lastUnits(row: SeriesRow, asOf: string, after: number): number {
  const from = Math.max(after, dayNumber(asOf) - LISTED_DAYS);
  return row.days.reduce((sum, day, n) => (day > from && day <= dayNumber(asOf) ? sum + row.quantities[n]! : sum), 0);
}
