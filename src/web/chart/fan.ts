/** History and forecast as one row of buckets: a day, seven days or thirty, counted from the last day the forecast knew. */
import { addDays, dayNumber, type Day } from '../../domain/calendar.ts';
import type { DemandView } from '../api/queries.ts';

export type Grain = 'd' | 'w' | 'm';
export const GRAIN_DAYS: Readonly<Record<Grain, number>> = { d: 1, w: 7, m: 30 };
/** Days of history drawn at each grain. */
const HISTORY: Readonly<Record<Grain, number>> = { d: 120, w: 364, m: 390 };
/** Quantiles drawn: the outer band, the inner band, the median. */
export const FAN_LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

export interface Bucket {
  /** First day of the bucket. */
  from: Day;
  days: number;
  /** Units sold; null after the last full day. */
  actual: number | null;
  /** Share of the bucket's known time in which the item was out of stock; null: not known. */
  outOfStock: number | null;
  /** Expected units and the quantiles of FAN_LEVELS; null before the forecast begins. */
  mean: number | null;
  /** What the engine expects where a planner's override changes it; null elsewhere. */
  engine: number | null;
  quantiles: readonly number[] | null;
}

/**
 * Quantiles of a longer bucket come from cumulative ones: their distance from the mean at the bucket's end and start, subtracted as
 * squares. That is exact for the first bucket, and for later ones if buckets vary independently.
 */
export function bucketQuantile(meanBefore: number, before: number, meanAfter: number, after: number): number {
  const end = after - meanAfter, start = before - meanBefore;
  const spread = Math.sqrt(Math.max(0, end * end - start * start));
  return Math.max(0, meanAfter - meanBefore + Math.sign(end) * spread);
}

/** `today` is the last, unfinished day of the history and is not drawn as sold. */
export function fan(view: DemandView, grain: Grain): Bucket[] {
  const size = GRAIN_DAYS[grain], today = addDays(view.from, view.demand.length - 1);
  const lastFull = addDays(today, -1), anchor = view.forecast?.asOf ?? lastFull;
  const buckets: Bucket[] = [];
  const span = Math.min(HISTORY[grain], dayNumber(anchor) - dayNumber(view.from) + 1);
  for (let back = Math.floor(span / size); back >= 1; back--) buckets.push(past(view, addDays(anchor, 1 - back * size), size, lastFull));
  const forecast = view.forecast;
  if (!forecast) return buckets;
  const total = [0];
  for (const mean of forecast.mean) total.push(total.at(-1)! + mean);
  const at = (level: number, horizon: number): number => (horizon === 0 ? 0 : forecast.cumulative.find((path) => path.level === level)?.values[horizon - 1] ?? total[horizon]!);
  for (let start = 0; start + size <= forecast.mean.length; start += size) {
    const bucket = past(view, addDays(anchor, 1 + start), size, lastFull);
    const daily = (level: number): number => forecast.daily.find((path) => path.level === level)?.values[start] ?? forecast.mean[start]!;
    buckets.push({
      ...bucket, mean: total[start + size]! - total[start]!, engine: engineOf(forecast, start, size),
      quantiles: FAN_LEVELS.map((level) => (size === 1 ? daily(level) : bucketQuantile(total[start]!, at(level, start), total[start + size]!, at(level, start + size)))),
    });
  }
  return buckets;
}

function past(view: DemandView, from: Day, days: number, lastFull: Day): Bucket {
  const offset = dayNumber(from) - dayNumber(view.from);
  const whole = addDays(from, days - 1) <= lastFull;
  let sold = 0, known = 0, inStock = 0;
  for (let n = 0; n < days; n++) {
    sold += view.demand[offset + n] ?? 0;
    const share = view.inStock[offset + n];
    if (share !== null && share !== undefined) { known++; inStock += share; }
  }
  return { from, days, actual: whole ? sold : null, outOfStock: known === 0 ? null : 1 - inStock / known, mean: null, engine: null, quantiles: null };
}

/** The engine's own number where an override changes it by more than rounding. */
function engineOf(forecast: NonNullable<DemandView['forecast']>, start: number, size: number): number | null {
  if (!forecast.engineMean) return null;
  const alone = sum(forecast.engineMean, start, size), used = sum(forecast.mean, start, size);
  return Math.abs(alone - used) > 0.001 * Math.max(1, used) ? alone : null;
}

const sum = (values: readonly number[], from: number, count: number): number => values.slice(from, from + count).reduce((all, value) => all + value, 0);

/** What an earlier run said of each bucket; null where it did not speak of all its days. `from` is its first day. */
export function saidBefore(buckets: readonly Bucket[], mean: readonly number[], from: Day): (number | null)[] {
  return buckets.map((bucket) => {
    const at = dayNumber(bucket.from) - dayNumber(from);
    return at < 0 || at + bucket.days > mean.length ? null : sum(mean, at, bucket.days);
  });
}

/** The buckets as CSV: numbers and days only, so nothing in it can be taken for a formula. */
export function fanCsv(buckets: readonly Bucket[]): string {
  const rows = buckets.map((b) => [b.from, b.days, b.actual, b.outOfStock, b.mean, ...(b.quantiles ?? FAN_LEVELS.map(() => null))].map((value) => (value === null ? '' : typeof value === 'number' ? Math.round(value * 1000) / 1000 : value)).join(','));
  return [['From', 'Days', 'Sold', 'Out of stock share', 'Expected', ...FAN_LEVELS.map((level) => `P${Math.round(level * 100)}`)].join(','), ...rows].join('\r\n') + '\r\n';
}
