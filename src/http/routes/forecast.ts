/** Forecasts: the list of series, how good they were, and what earlier runs said. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { addDays, dayOf } from '../../domain/calendar.ts';
import { overridden } from '../../domain/forecast/override.ts';
import { accuracyBy, forecastPage, forecastTotals, type AccuracyRow, type ForecastFilter, type ForecastListRow } from '../../store/forecast-page.ts';
import { allRuns, currentRun, paths, planningForecasts, seriesRuns, type ForecastRunRow } from '../../store/forecasts.ts';
import { decodeCursor, encodeCursor } from '../../store/keyset.ts';
import { asOverride, overridesInForce } from '../../store/overrides.ts';
import { listRuns } from '../../store/runs.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { Accuracy, ForecastPage, ForecastQuery, type ForecastRow, type ForecastRun, ForecastRunOutcome, SeriesRuns } from '../contract-forecast.ts';
import { csv } from '../csv.ts';
import { storeOf } from '../store-scope.ts';

const LISTED_DAYS = 28;
/** Overridden series that a total takes in; the others count as the engine says. */
const MOST_SAID = 5_000;
const MOST_RUNS = 200;

export function forecastRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const inStore = z.object({ store: z.coerce.number() }), ofItem = z.object({ itemId: z.coerce.number().int() });
  const now = (): string => house.clock.now().toISOString();
  const today = (timeZone: string): string => dayOf(now(), timeZone);

  const rowsOf = async (storeId: number, run: ForecastRunRow, filter: ForecastFilter): Promise<{ rows: ForecastListRow[]; views: Of<typeof ForecastRow>[] }> => {
    const rows = await forecastPage(house.db, storeId, filter), said = rows.filter((row) => row.said > 0);
    const overrides = await overridesInForce(house.db, storeId, filter.today, said.map((row) => row.item_id));
    const engine = await planningForecasts(house.db, storeId, run.run_id, said.map((row) => ({ itemId: row.item_id, locationId: row.location_id })));
    return { rows, views: rows.map((row) => {
      const known = engine.get(`${row.item_id}@${row.location_id}`);
      if (!known) return view(row, row.mean28, row.p90_28);
      const made = overridden(known, addDays(run.as_of, 1), overrides(row.item_id, row.location_id).map(asOverride)), days = Math.min(LISTED_DAYS, made.mean.length);
      return view(row, made.mean.slice(0, days).reduce((sum, units) => sum + units, 0), paths(known.levels, made.cumulative).find((path) => path.level === 0.9)?.values[days - 1] ?? null);
    }) };
  };

  api.get('/api/v1/forecast', { schema: { tags: ['forecast'], summary: 'Forecasts of the run in use, by item and location', querystring: ForecastQuery, response: { 200: ForecastPage } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), run = await currentRun(house.db, store.store_id);
    const [last] = await listRuns(house.db, store.store_id, 'forecast', 1);
    const failure = last && (last.state === 'failed' || last.state === 'interrupted') ? { at: last.finished_at ?? last.started_at, error: last.error ?? 'It was interrupted.' } : null;
    if (!run) return { rows: [], nextCursor: null, totals: { rows: 0, mean28: 0, sold28: 0, then28: null }, run: null, failure };
    const filter = filterOf(request.query, run, today(store.time_zone));
    const { rows, views } = await rowsOf(store.store_id, run, { ...filter, limit: filter.limit + 1 });
    const end = rows[filter.limit - 1], totals = await forecastTotals(house.db, store.store_id, filter);
    const said = await rowsOf(store.store_id, run, { ...filter, after: null, limit: MOST_SAID, saidOnly: true });
    for (const row of said.views) totals.mean28 += (row.next28 ?? 0) - (row.engine28 ?? 0);
    return {
      rows: views.slice(0, filter.limit), totals, run: runView(run), failure,
      nextCursor: rows.length > filter.limit && end ? encodeCursor({ value: end.sort_value, key: [end.item_id, end.location_id] }) : null,
    };
  });

  api.get('/api/v1/forecast.csv', { schema: { tags: ['forecast'], summary: 'The filtered list as CSV', querystring: ForecastQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), run = await currentRun(house.db, store.store_id);
    const rows = run ? (await rowsOf(store.store_id, run, { ...filterOf({ ...request.query, cursor: undefined }, run, today(store.time_zone)), limit: 100_000 })).views : [];
    return csv(reply, `forecast-${store.shop_domain}`, ['SKU', 'Title', 'Vendor', 'Location', 'Forecast of', 'Next 28 days', 'P90 of 28 days', 'Without overrides', 'Last 28 days', 'Method', 'Class', 'WAPE', 'RMSSE', 'Bias', 'Coverage', 'Days out of stock', 'Overrides', 'Unusual since', 'Flags'],
      rows.map((r) => [r.sku, r.title, r.vendor, r.locationName, run!.as_of, r.next28, r.p90, r.engine28, r.sold28, r.method, r.demandClass, r.wape, r.rmsse, r.bias, r.coverage, r.censoredDays, r.overrides, r.unusual?.since ?? null, r.flags.join('; ')]));
  });

  api.get('/api/v1/forecast/accuracy', { schema: {
    tags: ['forecast'], summary: 'How good the forecasts are, rolled up: back-tests of the run in use, and what came of each night', querystring: inStore.extend({ by: z.enum(['class', 'category', 'supplier', 'item', 'location']).default('class') }), response: { 200: Accuracy },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { by } = request.query, run = await currentRun(house.db, store.store_id);
    const rows = run ? await accuracyBy(house.db, store.store_id, run.run_id, by) : [];
    return { run: run && runView(run), by, whole: rows[0] ? group(rows[0]) : null, groups: rows.slice(1).map(group) };
  });

  api.get('/api/v1/forecast/runs', { schema: { tags: ['forecast'], summary: 'Every run there was, newest first, with what it expected of four weeks and what came', querystring: inStore, response: { 200: z.object({ runs: z.array(ForecastRunOutcome) }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), rows = await allRuns(house.db, store.store_id, MOST_RUNS);
    return { runs: rows.map((row, n) => ({ ...runView(row), inUse: n === 0, kept: row.kept, mean28: row.mean28, outcome: row.settled_at === null ? null : outcome(row) })) };
  });

  api.get('/api/v1/items/:itemId/forecast-runs', { schema: { tags: ['forecast'], summary: 'What the kept runs said of one series, newest first', params: ofItem, querystring: inStore.extend({ location: z.coerce.number().int() }), response: { 200: SeriesRuns } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return { runs: (await seriesRuns(house.db, store.store_id, request.params.itemId, request.query.location)).map((row) => {
      const at = (level: number): number[] => paths(row.levels, row.daily).find((path) => path.level === level)?.values ?? [];
      return { runId: row.run_id, asOf: row.as_of, finishedAt: row.finished_at, method: row.method, mean: row.mean, p10: at(0.1), p90: at(0.9) };
    }) };
  });
}

export function filterOf(query: Of<typeof ForecastQuery>, run: ForecastRunRow, today: string): ForecastFilter {
  let after;
  try { after = decodeCursor(query.cursor, 2); } catch { throw new Refusal(400, 'cursor: not one this API gave out'); }
  const locations = query.location?.split(',').filter(Boolean).map(Number);
  if (locations?.some((id) => !Number.isInteger(id))) throw new Refusal(400, 'location: expected location ids separated by commas');
  return { runId: run.run_id, today, view: query.view, q: query.q, vendor: query.vendor, locations: locations?.length ? locations : undefined, than: query.than, sort: query.sort, dir: query.dir, after, limit: query.limit };
}

const outcome = ({ came_series: series, came_units: units, came_said: said, came_error: error, came_under90: under90 }: ForecastRunRow): Of<typeof ForecastRunOutcome>['outcome'] =>
  ({ series: series ?? 0, units: units ?? 0, said: said ?? 0, wape: units ? error! / units : null, bias: units ? (said! - units) / units : null, under90 });

const runView = (run: ForecastRunRow): Of<typeof ForecastRun> => ({
  runId: run.run_id, asOf: run.as_of, horizon: run.horizon, series: run.series, finishedAt: run.finished_at, wape: run.wape, bias: run.bias, learnedFrom: run.learned_from, failed: run.failed,
});

function view(row: ForecastListRow, next28: number | null, p90: number | null): Of<typeof ForecastRow> {
  return {
    itemId: row.item_id, locationId: row.location_id, sku: row.sku, title: row.title, vendor: row.vendor, locationName: row.location, method: row.method, demandClass: row.demand_class,
    next28, p90, engine28: row.mean28, then28: row.then28, sold28: row.sold28, wape: row.wape, rmsse: row.rmsse, bias: row.bias, coverage: row.coverage, flags: row.flags, censoredDays: row.censored_days, overrides: row.said,
    unusual: row.flagged_on === null ? null : { since: row.flagged_on, why: row.flagged_why ?? '' },
    lastDay: row.checked === null ? null : { day: row.checked, actual: row.actual!, outside: row.actual! < row.low! || row.actual! > row.high! },
  };
}

function group(row: AccuracyRow): Of<typeof Accuracy>['groups'][number] {
  return {
    name: row.name, series: row.series, units: row.units, next28: row.next28, backtest: { wape: row.wape, bias: row.bias, rmsse: row.rmsse, under80: row.tested80, under90: row.tested90, coverage: row.coverage, pinball: row.tested_pinball },
    live: row.days === null ? null : { days: row.days, wape: row.live_wape, bias: row.live_bias, under80: row.under80, under90: row.under90, under95: row.under95, pinball: row.pinball },
    ahead: row.settled === null ? null : { runs: row.settled, wape: row.ahead_wape, bias: row.ahead_bias, under90: row.ahead_under90 },
  };
}
