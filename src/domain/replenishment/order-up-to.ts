/**
 * The order-up-to level S of the periodic-review policy (R,S): the quantile, at the cycle service level, of demand over lead time plus
 * review period (Silver, Pyke & Thomas 2017, ch. 6). It is read from the forecast's cumulative quantiles; nothing is scaled by √days.
 */
import { normalScore } from '../forecast/distribution.ts';

/** What of a forecast replenishment reads; ForecastResult fits. `values` are totals of the first days, one a day of the horizon. */
export interface DemandForecast { readonly mean: ArrayLike<number>; readonly cumulative: readonly { readonly q: number; readonly values: ArrayLike<number> }[] }

/** A question the forecast cannot answer: too many days, or a quantile beyond those it has. */
export class BeyondForecastError extends Error {
  override readonly name = 'BeyondForecastError';
}

/** Expected demand of the first `days` days, fractional. Throws BeyondForecastError. */
export function expectedDemand(forecast: DemandForecast, days: number): number {
  assertWithin(forecast, days);
  let total = 0;
  for (let h = 0; h < days; h++) total += forecast.mean[h]!;
  return total;
}

/**
 * The quantile `level` of the demand of the first `days` days, fractional; 0 for no days. Between two available levels it is read off the
 * straight line in normal scores, which suits tails better than one in probabilities. Throws BeyondForecastError rather than clamp.
 */
export function demandQuantile(forecast: DemandForecast, days: number, level: number): number {
  assertWithin(forecast, days);
  const { below, above, share } = between(forecast, level);
  if (days === 0) return 0;
  const low = below[days - 1]!, high = above[days - 1]!;
  return low + share * (high - low);
}

/** The cumulative quantile path at `level`, one value per day of the horizon. Throws BeyondForecastError. */
export function demandQuantilePath(forecast: DemandForecast, level: number): number[] {
  const { below, above, share } = between(forecast, level);
  return Array.from({ length: below.length }, (_, h) => below[h]! + share * (above[h]! - below[h]!));
}

/**
 * The first day on which the quantile path at `level` exceeds what is there by then, as an offset; null if none within the forecast. `arrivals`: those of the
 * position's units that are not there before a day, ascending; `from`: days before it are not asked about.
 */
export function dayExceeded(forecast: DemandForecast, level: number, position: number, arrivals: readonly { offset: number; units: number }[] = [], from = 0): number | null {
  const { below, above, share } = between(forecast, level);
  let there = position - arrivals.reduce((sum, one) => sum + one.units, 0), next = 0;
  for (let h = 0; h < below.length; h++) {
    while (next < arrivals.length && arrivals[next]!.offset <= h) there += arrivals[next++]!.units;
    if (h >= from && below[h]! + share * (above[h]! - below[h]!) > Math.max(0, there)) return h;
  }
  return null;
}

function between(forecast: DemandForecast, level: number): { below: ArrayLike<number>; above: ArrayLike<number>; share: number } {
  const paths = forecast.cumulative;
  const upper = paths.findIndex((path) => path.q >= level - 1e-12);
  const above = paths[upper];
  if (above && Math.abs(above.q - level) <= 1e-12) return { below: above.values, above: above.values, share: 0 };
  const below = paths[upper - 1];
  if (!above || !below) {
    throw new BeyondForecastError(`no quantile ${level}: the forecast has ${paths.map((path) => path.q).join(', ') || 'none'}`);
  }
  return { below: below.values, above: above.values, share: (normalScore(level) - normalScore(below.q)) / (normalScore(above.q) - normalScore(below.q)) };
}

function assertWithin(forecast: DemandForecast, days: number): void {
  if (!Number.isSafeInteger(days) || days < 0 || days > forecast.mean.length) {
    throw new BeyondForecastError(`${days} days asked of a forecast of ${forecast.mean.length}`);
  }
}
