/**
 * Levels that keep a promise, evaluated exactly over the forecast's distribution of totals and the mixture of lead times (formulas: Silver, Pyke & Thomas
 * 2017, ch. 6 and 7). Periodic review (R,S):  fill rate = 1 − {E[(D(L+R) − S)⁺] − E[(D(L) − S)⁺]} ÷ E[D over R];  continuous (s,Q):
 * 1 − {E[(D(L) − s)⁺] − E[(D(L) − s − Q)⁺]} ÷ Q. What is short is waited for.
 */
import { assert } from '../assert.ts';
import { roundUpToWholeUnits, type Units } from '../quantity.ts';
import { below, demandTotal, expectedBeyond, type DemandTotal } from './demand-total.ts';
import type { LeadTimeShare } from './lead-time.ts';
import { BeyondForecastError, demandQuantile, type DemandForecast } from './order-up-to.ts';

/** Totals over a lead time with their shares; `before` is the lead time alone, `through` lead time and review period. */
export interface Interval { share: number; before: DemandTotal; through: DemandTotal }

/** The protection interval for each length of lead time, none longer than `most` days. */
export function intervals(forecast: DemandForecast, leadTimes: readonly LeadTimeShare[], reviewDays: number, most = forecast.mean.length): Interval[] {
  return leadTimes.map(({ days, share }) => ({ share, before: demandTotal(forecast, Math.min(most, days)), through: demandTotal(forecast, Math.min(most, days + reviewDays)) }));
}

/** E[(D − s)⁺] over the mixture. */
export function shortage(of: readonly Interval[], which: 'before' | 'through', s: Units): number {
  let sum = 0;
  for (const one of of) sum += one.share * expectedBeyond(one[which], s);
  return sum;
}

/** Units wanted in one review period after an order placed now could have arrived, that stock of `s` cannot serve: what is lost by not ordering now. */
export function lostInReview(of: readonly Interval[], s: Units): number {
  const from = Math.max(0, s);
  return Math.max(0, shortage(of, 'through', from) - shortage(of, 'before', from));
}

/** Share of demand met at once by ordering up to S every review period. 1 without demand. */
export function fillRate(of: readonly Interval[], S: Units): number {
  const wanted = shortage(of, 'through', 0) - shortage(of, 'before', 0);
  if (wanted <= 1e-9) return 1;
  return Math.min(1, Math.max(0, 1 - (shortage(of, 'through', S) - shortage(of, 'before', S)) / wanted));
}

/** Share of demand met at once by ordering Q whenever the position falls to s. 1 without demand. */
export function fillRateOfLots(of: readonly Interval[], s: Units, Q: Units): number {
  assert(Q >= 1, `a lot holds at least one unit, not ${Q}`);
  if (shortage(of, 'before', 0) <= 1e-9) return 1;
  return Math.min(1, Math.max(0, 1 - (shortage(of, 'before', s) - shortage(of, 'before', s + Q)) / Q));
}

/** The least whole level at which the total is covered with probability `level`: the forecast's own quantile for one lead time, the mixture's for several. */
export function coverLevel(forecast: DemandForecast, leadTimes: readonly LeadTimeShare[], reviewDays: number, level: number, most = forecast.mean.length): Units {
  const days = (lead: number): number => Math.min(most, lead + reviewDays);
  const each = leadTimes.map((one) => roundUpToWholeUnits(demandQuantile(forecast, days(one.days), level)));
  if (each.length === 1) return each[0]!;
  const totals = leadTimes.map((one) => demandTotal(forecast, days(one.days)));
  const covered = (x: number): boolean => totals.reduce((sum, total, n) => sum + leadTimes[n]!.share * below(total, x), 0) >= level - 1e-9;
  return least(Math.min(...each), Math.max(...each), covered);
}

/** The least level in [low, high] that satisfies what holds for every level above one that does; `high` when none below it does. */
export function least(low: Units, high: Units, holds: (level: Units) => boolean): Units {
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}

/** The highest level the forecast can speak of: beyond its last quantile nothing is promised. */
export function highestKnown(forecast: DemandForecast, leadTimes: readonly LeadTimeShare[], reviewDays: number, most?: number): Units {
  const last = forecast.cumulative.at(-1);
  if (!last) throw new BeyondForecastError('the forecast has no quantiles');
  return coverLevel(forecast, leadTimes, reviewDays, last.q, most);
}

/**
 * Critical ratio of a periodic order where what is short is lost: margin ÷ (margin + holding over a review period), price and cost in minor units,
 * `holdingPerYear` a share of cost. Null where there is no margin to lose.
 */
export function criticalRatio(price: number, unitCost: number, holdingPerYear: number, reviewDays: number): number | null {
  const margin = price - unitCost, holding = (unitCost * holdingPerYear * reviewDays) / 365;
  return margin > 0 && margin + holding > 0 ? margin / (margin + holding) : null;
}
