/**
 * A daily demand series with what is known of each day.
 *
 * `exposure` is the share of the day's trading hours the item was in stock: 1 known demand, 0 unknown (not zero), between them partly
 * known. `uncensor` fills what is unknown from the days that are known, marks it, and keeps the exposure, so that every method
 * can weigh a day by what was seen of it.
 */
import { assert } from '../assert.ts';
import type { DayNumber } from '../calendar.ts';

export interface Series {
  /** Day number of element 0. */
  start: DayNumber;
  /** Units wanted (or, before `uncensor`, sold) per day. */
  demand: Float64Array;
  /** 0..1, same length: share of the day in stock. */
  exposure: Float64Array;
}

export interface UncensoredSeries extends Series {
  /** 1 where the day's demand holds an estimate. */
  estimated: Uint8Array;
  /** Days with exposure below 1. */
  censoredDays: number;
}

export interface DailyQuantity { day: DayNumber; quantity: number }

/**
 * Sparse signed facts → one number per day from `from` to `to` inclusive. Facts of one day add up, facts outside the days are left out,
 * a day on which more was withdrawn than wanted is a day without demand.
 */
export function denseSeries(facts: readonly DailyQuantity[], from: DayNumber, to: DayNumber): Float64Array {
  assert(Number.isSafeInteger(from) && Number.isSafeInteger(to), `not day numbers: ${from}..${to}`);
  const demand = new Float64Array(Math.max(0, to - from + 1));
  for (const fact of facts) {
    assert(Number.isSafeInteger(fact.day) && Number.isFinite(fact.quantity), `not a daily quantity: ${fact.quantity} on day ${fact.day}`);
    if (fact.day >= from && fact.day <= to) demand[fact.day - from]! += fact.quantity;
  }
  for (let t = 0; t < demand.length; t++) if (demand[t]! < 0) demand[t] = 0;
  return demand;
}

/** A series in stock throughout unless `exposure` says otherwise. */
export function seriesFrom(start: DayNumber, demand: Float64Array, exposure: Float64Array = new Float64Array(demand.length).fill(1)): Series {
  assert(exposure.length === demand.length, `${exposure.length} exposures for ${demand.length} days`);
  return { start, demand, exposure };
}

/** Days before the day looked at that set its rate; longer where fewer than `ENOUGH_EXPOSURE` of them were in stock. */
const WINDOW = 56;
const ENOUGH_EXPOSURE = 14;
/** Days in stock a rate is taken from at the least: five sold in the one minute ever in stock are not 7,200 a day. */
const LEAST_EXPOSURE = 1;
/** Less than this share of a day says nothing of it. */
const A_MINUTE = 1 / 1440;
/** Units after which a series' own weekday pattern counts as much as no pattern (measured on retail series, pooled-profile ablation). */
const PATTERN_UNITS = 150;

/**
 * Fills unknown demand: a day seen for a share e of its hours becomes sold + rate × (1 − e), the rate being units per hour in stock
 * (Σ sold ÷ Σ exposure, the Poisson likelihood's maximum) of the days before it, with the weekday's pattern. Only earlier days set the
 * rate, so a back-test on the filled series does not look ahead; a series that begins out of stock takes the first rate it can have.
 * Nothing in stock ever: nothing is known, and the demand stays as it was.
 */
export function uncensor(series: Series): UncensoredSeries {
  const { start } = series;
  const days = series.demand.length;
  assert(series.exposure.length === days, `${series.exposure.length} exposures for ${days} days`);
  const exposure = Float64Array.from(series.exposure, (share) => (share < A_MINUTE ? 0 : share));
  const demand = Float64Array.from(series.demand, (quantity) => (quantity > 0 && Number.isFinite(quantity) ? quantity : 0));
  const estimated = new Uint8Array(days);
  let censoredDays = 0;
  for (let t = 0; t < days; t++) {
    assert(series.exposure[t]! >= 0 && series.exposure[t]! <= 1, `exposure is a share, not ${series.exposure[t]}`);
    if (exposure[t]! < 1) censoredDays++;
  }
  if (censoredDays === 0) return { start, demand, exposure, estimated, censoredDays };

  const pattern = weekdayPattern(demand, exposure);
  const sold = new Float64Array(days + 1); // running totals: sold, and pattern-weighted hours in stock
  const seen = new Float64Array(days + 1);
  for (let t = 0; t < days; t++) {
    sold[t + 1] = sold[t]! + demand[t]!;
    seen[t + 1] = seen[t]! + exposure[t]! * pattern[t % 7]!;
  }
  for (let t = 0; t < days; t++) {
    if (exposure[t] === 1) continue;
    let from = Math.max(0, t - WINDOW), to = t;
    while (from > 0 && seen[to]! - seen[from]! < ENOUGH_EXPOSURE) from = Math.max(0, from - WINDOW);
    while (to < days && seen[to]! - seen[from]! < LEAST_EXPOSURE) to++;
    const inStock = seen[to]! - seen[from]!;
    if (inStock <= 0) continue;
    demand[t]! += ((sold[to]! - sold[from]!) / Math.max(LEAST_EXPOSURE, inStock)) * pattern[t % 7]! * (1 - exposure[t]!);
    estimated[t] = 1;
  }
  return { start, demand, exposure, estimated, censoredDays };
}

/** Relative rate of each day of the week by position (t mod 7), mean 1, drawn to flat while few units were sold. */
function weekdayPattern(demand: Float64Array, exposure: Float64Array): Float64Array {
  const sold = new Float64Array(7), seen = new Float64Array(7);
  let units = 0, hours = 0;
  for (let t = 0; t < demand.length; t++) {
    sold[t % 7]! += demand[t]!; seen[t % 7]! += exposure[t]!;
    units += demand[t]!; hours += exposure[t]!;
  }
  const trust = units / (units + PATTERN_UNITS);
  return sold.map((quantity, d) => (units > 0 && seen[d]! >= LEAST_EXPOSURE ? 1 - trust + (trust * (quantity / seen[d]!)) / (units / hours) : 1));
}
