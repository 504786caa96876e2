/**
 * forecast: demand facts → series → chosen forecast.   Woken at 03:10 UTC, after an import, and by hand.
 *  1 gather  daily demand by item and location, the share of each day it was in stock
 *  2 decide  domain/forecast on a worker thread: the method chosen by rolling backtest, quantiles of cumulative demand
 *  3 record  one run; the last finished one stays in use while a new one is made or when it fails
 *  4 settle  replenishment is asked to work with it
 */
import { addDays } from '../domain/calendar.ts';
import type { ForecastResult } from '../domain/forecast/forecast.ts';
import type { ForecastTask } from '../runtime/compute-thread.ts';
import { defineFlow } from '../runtime/flow.ts';
import { demandSeries } from '../store/demand.ts';
import { exposureBelowOne, finishForecastRun, foldExposure, saveForecasts, startForecastRun } from '../store/forecasts.ts';
import { readCursor, writeCursor } from '../store/runs.ts';
import { longestProtection } from '../store/planning.ts';

/** Levels kept: enough for every service level asked for, the fan chart and the stockout dates. */
export const QUANTILES = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995];
const HISTORY_DAYS = 760;
const SHORTEST_HORIZON = 60;
const BATCH = 100;

export const forecast = defineFlow({
  name: 'forecast', moves: 'demand facts → series → chosen forecast', owner: 'planner', schedule: { cron: '10 3 * * *' }, raises: [],
  async run(context) {
    const { db, storeId, store, tally } = context;
    // Today is not over: the last whole day is the last one learned from, and day 1 of the forecast is today.
    const asOf = addDays(context.dayOf(context.now()), -1);
    const since = await readCursor(db, storeId, 'exposure');
    if (since === null || since < asOf) {
      await foldExposure(db, storeId, store.time_zone, since === null ? addDays(asOf, -60) : addDays(since, 1), asOf);
      await writeCursor(db, storeId, 'exposure', asOf, context.now());
    }
    const horizon = Math.max(SHORTEST_HORIZON, await longestProtection(db, storeId));
    const runId = String((await nextRun(db, storeId)) + 1);
    await startForecastRun(db, storeId, runId, asOf, horizon);
    const { rows: [total] } = await db.query<{ n: number }>('select count(*)::int as n from (select distinct item_id, location_id from daily_demand where store_id = $1 and location_id > 0) k', [storeId]);

    for await (const page of demandSeries(db, storeId, addDays(asOf, -HISTORY_DAYS))) {
      const exposure = await exposureBelowOne(db, storeId, [...new Set(page.map((s) => s.item_id))]);
      for (let start = 0; start < page.length; start += BATCH) {
        const batch = page.slice(start, start + BATCH);
        const results = await context.compute<ForecastTask, ForecastResult[]>('forecast', {
          through: asOf, horizon, quantiles: QUANTILES,
          series: batch.map((s) => {
            const known = exposure.get(`${s.item_id}@${s.location_id}`);
            return { first: s.first, days: s.days, quantities: s.quantities, exposureDays: known?.days ?? [], exposure: known?.shares ?? [] };
          }),
        });
        await saveForecasts(db, storeId, runId, asOf, batch.map((s, n) => ({ itemId: s.item_id, locationId: s.location_id, result: results[n]! })));
        tally.input += batch.length;
        tally.applied += batch.length;
        context.progress('forecast', tally.input, total!.n);
      }
    }
    await finishForecastRun(db, storeId, runId, context.now());
    context.detail['asOf'] = asOf;
    context.detail['horizon'] = horizon;
    context.changed('forecast');
    await context.enqueue('replenishment');
  },
});

async function nextRun(db: Parameters<typeof longestProtection>[0], storeId: number): Promise<number> {
  const { rows } = await db.query<{ last: number }>('select coalesce(max(run_id), 0)::int as last from forecast_run where store_id = $1', [storeId]);
  return rows[0]!.last;
}
