/**
 * forecast-watch: the day that ended, beside what was forecast for it.   Woken at 03:50 UTC and by a finished forecast.
 *  1 gather  the last forecast made before the day, its units, planners' overrides, events of the day and those the run was told of
 *  2 decide  the day as planners say it is, then domain/forecast/watch: outside P1 to P99 three days in a row, or errors of one sign that add up
 *            and, four weeks after a run, what it expected of them all beside what came
 *  3 record  the state of each series; DEMAND_ANOMALY for each item with an unusual series, the farthest off first, the rest in one case
 */
import { addDays, dayNumber, daysBetween } from '../domain/calendar.ts';
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { eventFactor } from '../domain/forecast/event-names.ts';
import { overriddenDay, type Override } from '../domain/forecast/override.ts';
import { freshWatch, watched } from '../domain/forecast/watch.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { settleRuns } from '../store/forecast-outcomes.ts';
import { COMPARED_LEVELS, comparedDays, expectedDays, flaggedSeries, saveChecks, stateOf, type ComparedRow, type CheckedSeries, type FlaggedRow } from '../store/forecast-watch.ts';
import { finishedRuns, type ForecastRunRow } from '../store/forecasts.ts';
import { asOverride, overridesInForce, type OverrideRow } from '../store/overrides.ts';
import { eventsThen, planningEvents } from '../store/planning-events.ts';

/** An older forecast than this says little of a single day. */
const OLDEST_DAYS = 7;
/** Cases of their own; the items beyond share one. */
export const MOST_CASES = 50;
const MOST_READ = 2_000;

export const forecastWatch = defineFlow({
  name: 'forecast-watch', moves: 'forecast + the day that ended → what is unusual', owner: 'planner', schedule: { cron: '50 3 * * *' }, raises: ['DEMAND_ANOMALY'],
  async run(context) {
    const { db, storeId, tally } = context;
    const day = addDays(context.dayOf(context.now()), -1);
    context.detail['settled'] = await settleRuns(db, storeId, day, context.now());
    const run = (await finishedRuns(db, storeId)).find((each) => each.as_of < day);
    if (!run || daysBetween(run.as_of, day) > OLDEST_DAYS) { context.detail['waiting'] = 'no forecast of the days before'; return; }
    const overrides = await overridesInForce(db, storeId, day), said = ({ item_id: item, location_id: location }: ComparedRow): OverrideRow[] => overrides(item, location);
    const eventsOf = await eventsOn(context, run, day);
    for await (const page of comparedDays(db, storeId, run.run_id, day, daysBetween(run.as_of, day))) {
      const checks: CheckedSeries[] = [], shapes = await expectedDays(db, storeId, run.run_id, page.filter((row) => said(row).some((one) => one.kind === 'total' && speaksOf(one, day))));
      for (const row of page) {
        tally.input++;
        if (row.quantiles.some((quantile) => quantile === null)) { tally.skipped['quantiles not kept'] = (tally.skipped['quantiles not kept'] ?? 0) + 1; continue; }
        const events = eventsOf(row.location_id), words = said(row).filter((one) => speaksOf(one, day)), since = row.state?.flagged_on ?? null;
        const { mean, quantiles } = asSaid(row, day, run.as_of, shapes.get(`${row.item_id}@${row.location_id}`), events.factor ?? 1, said(row).map(asOverride)), [p1, p50, p80, p90, p95, p99] = quantiles as [number, number, number, number, number, number];
        const explained = since !== null && (events.changed.some((at) => context.dayOf(at) > since) || words.some((one) => context.dayOf(one.created_at) > since)), unknown = events.factor === null;
        const state = watched(row.state ? stateOf(row.state) : freshWatch(), { day, actual: row.actual, mean, p1, p50, p80, p90, p95, p99, censored: row.in_stock !== null && row.in_stock < 0.999, explained, unknown });
        if (unknown) tally.skipped['an event not known'] = (tally.skipped['an event not known'] ?? 0) + 1; else tally.applied++;
        checks.push({ itemId: row.item_id, locationId: row.location_id, actual: row.actual, mean, low: p1, high: p99, state });
      }
      await saveChecks(db, storeId, day, checks);
      context.progress('compare', tally.input, run.series);
    }
    const flagged = await flaggedSeries(db, storeId, MOST_READ);
    await context.checked('DEMAND_ANOMALY', anomalies(flagged));
    Object.assign(context.detail, { day, forecastOf: run.as_of, unusual: flagged.length });
    context.changed('forecast', 'exceptions');
  },
});

const speaksOf = (one: Pick<OverrideRow, 'from_day' | 'to_day'>, day: string): boolean => one.from_day <= day && one.to_day >= day;

/** Of a location: what the day's events do to the run's numbers that is not in them (null: not known), and when the events were last changed. */
async function eventsOn({ db, storeId }: FlowContext, run: ForecastRunRow, day: string): Promise<(locationId: number) => { factor: number | null; changed: string[] }> {
  const now = (await planningEvents(db, storeId, day)).filter((event) => speaksOf(event, day)), then = await eventsThen(db, storeId, day, run.started_at ?? run.finished_at!), known = new Map<number, { factor: number | null; changed: string[] }>();
  return (locationId) => {
    let found = known.get(locationId);
    if (!found) {
      const here = <Event extends { location_ids: number[] | null }>(all: readonly Event[]): Event[] => all.filter(({ location_ids: places }) => places === null || places.includes(locationId)), events = here(now);
      known.set(locationId, (found = { factor: eventFactor(here(then), events, run.events), changed: events.map((event) => event.updated_at) }));
    }
    return found;
  };
}

/** A day's expected units and quantiles with its events and what planners say, as the pages have them. Only units in all need the days around: `expected`, from the run's first day on. */
function asSaid(row: ComparedRow, day: string, asOf: string, expected: readonly number[] | undefined, events: number, overrides: readonly Override[]): { mean: number; quantiles: number[] } {
  const quantiles = row.quantiles as number[], said = events === 1 ? overrides : [{ from: day, to: day, kind: 'percent' as const, value: (events - 1) * 100 }, ...overrides];
  return expected ? overriddenDay(expected, addDays(asOf, 1), daysBetween(asOf, day) - 1, COMPARED_LEVELS, quantiles, said) : overriddenDay([row.mean], day, 0, COMPARED_LEVELS, quantiles, said);
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

/** One case an item; when there are very many, it is the season or the feed that changed, and one case says so. */
export function anomalies(flagged: readonly FlaggedRow[]): RaisedException[] {
  const items = Map.groupBy(flagged, (row) => row.item_id), cases: RaisedException[] = [];
  for (const [itemId, rows] of items) {
    if (cases.length === MOST_CASES) break;
    const first = rows[0]!, name = first.sku || first.title;
    cases.push({
      kind: 'DEMAND_ANOMALY', key: `item/${itemId}`, subject: name, itemId, ...(rows.length === 1 ? { locationId: first.location_id } : {}),
      sentence: `${name} at ${first.location}: ${first.flagged_why}. On ${first.day} ${first.actual} ${first.actual === 1 ? 'unit was' : 'units were'} wanted, ${tenth(first.mean)} expected (P1 ${Math.round(first.low)} to P99 ${Math.round(first.high)}).${rows.length > 1 ? ` ${rows.length - 1} more ${rows.length === 2 ? 'location is' : 'locations are'} unusual too.` : ''}`,
      evidence: { day: first.day, places: rows.slice(0, 20).map((row) => ({ location: row.location, actual: row.actual, expected: tenth(row.mean), p1: tenth(row.low), p99: tenth(row.high), since: row.flagged_on, daysSince: dayNumber(row.day) - dayNumber(row.flagged_on), why: row.flagged_why })) },
    });
  }
  const more = items.size - cases.length;
  if (more > 0) cases.push({ kind: 'DEMAND_ANOMALY', key: 'many', subject: 'Demand', sentence: `The demand of ${more} more ${more === 1 ? 'item' : 'items'} is unusual. So many at once are a season, a promotion that is not in the calendar, or a feed that stopped.`, evidence: { items: items.size, casesOfTheirOwn: cases.length } });
  return cases;
}
