/**
 * A daily demand series with what is known of each day.
 *
 * `exposure` is the share of the day's trading hours the item was in stock: 1 known demand, 0 unknown (not zero), between them partly
 * known. Forecasting weighs a day by what was seen of it.
 */
import { assert } from '../assert.ts';
import type { DayNumber } from '../calendar.ts';

export interface Series {
  /** Day number of element 0. */
  start: DayNumber;
  /** Units sold per day: what was wanted, as far as the day was seen. */
  demand: Float64Array;
  /** 0..1, same length: share of the day in stock. */
  exposure: Float64Array;
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
