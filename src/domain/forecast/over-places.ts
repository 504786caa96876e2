/**
 * An item at all of its places as one: the expected units add up, day by day, so that places sum to their item. Quantiles do not add up (all places would have
 * their best week at once); totals are joined as the place that buys for others joins them, single days likewise.
 *
 * Measured on items of the M5 sets at three stores and more: of 861 and 2,583 such totals of 21 days the 80, 90 and 95 % quantiles hold 80, 91, 94 and 81, 90,
 * 94 %; added up they hold 91, 96, 98. Of 117 totals of a few dozen items that sell every day they hold 71, 78, 88: what places share beyond seasons is not in them.
 */
import { joinedDemand } from '../replenishment/joined-demand.ts';
import type { DailyForecast } from './override.ts';

/** Levels × days, row by row; over the days and levels all of them have. Throws RangeError without any. One is itself. */
export function overPlaces(forecasts: readonly DailyForecast[]): DailyForecast {
  const [first] = forecasts;
  if (first === undefined || forecasts.length === 1) { if (first) return first; throw new RangeError('no forecast to join'); }
  const joined = joinedDemand(forecasts.map(({ mean, levels, cumulative }) => ({ mean, cumulative: levels.map((q, k) => ({ q, values: cumulative.slice(k * mean.length, (k + 1) * mean.length) })) })));
  const mean = Array.from(joined.mean), levels = joined.cumulative.map(({ q }) => q), days = mean.length;
  const daily = forecasts.every((one) => one.daily) ? levels.flatMap((level, k) => mean.map((expected, d) => {
    let squares = 0;
    for (const one of forecasts) {
      const at = one.levels.findIndex((known) => Math.abs(known - level) < 1e-6), away = (one.daily![(at < 0 ? k : at) * one.mean.length + d] ?? one.mean[d]!) - one.mean[d]!;
      squares += away * Math.abs(away);
    }
    return Math.max(0, expected + Math.sign(squares) * Math.sqrt(Math.abs(squares)));
  })) : undefined;
  // The root of a sum of squares of ascending distances ascends too, but for what was cut off at nothing.
  if (daily) for (let k = 1; k < levels.length; k++) for (let d = 0; d < days; d++) daily[k * days + d] = Math.max(daily[k * days + d]!, daily[(k - 1) * days + d]!);
  return { mean, levels, cumulative: joined.cumulative.flatMap(({ values }) => Array.from(values)), daily };
}
