/**
 * Demand of several places as one, for the place that buys for all of them (echelon stock: Clark & Scarf 1960; Silver, Pyke & Thomas 2017, ch. 11).
 *
 * Means add up. Quantiles do not: each place's distance of a quantile from its mean is added in squares, as of totals that are independent of one another; what
 * the places share, such as seasons and promotions, is in their means. So the buying place needs less safety than its places would each for itself.
 */
import { demandQuantilePath, type DemandForecast } from './order-up-to.ts';

/** One forecast over the days that all of them speak of, at those levels of the first that all of them have. One forecast is its own sum. */
export function joinedDemand(forecasts: readonly DemandForecast[]): DemandForecast {
  const [first] = forecasts;
  if (first === undefined) throw new RangeError('no forecast to join');
  if (forecasts.length === 1) return first;
  const days = Math.min(...forecasts.map((one) => one.mean.length)), mean = new Float64Array(days), totals = forecasts.map((one) => runningTotals(one.mean, days));
  for (const one of forecasts) for (let h = 0; h < days; h++) mean[h]! += one.mean[h]!;
  const total = runningTotals(mean, days), levels = first.cumulative.map((path) => path.q).filter((q) => forecasts.every(({ cumulative }) => cumulative.length > 0 && cumulative[0]!.q <= q + 1e-9 && cumulative.at(-1)!.q >= q - 1e-9));
  const cumulative = levels.map((q) => ({ q, values: new Float64Array(days) })), squares = new Float64Array(days);
  cumulative.forEach(({ q, values }, k) => {
    squares.fill(0);
    forecasts.forEach((one, n) => {
      const path = pathAt(one, q), own = totals[n]!;
      for (let h = 0; h < days; h++) { const away = path[h]! - own[h]!; squares[h]! += away < 0 ? -away * away : away * away; }
    });
    const lower = k > 0 ? cumulative[k - 1]!.values : null;
    for (let h = 0, before = 0; h < days; h++) {
      const sum = squares[h]!, value = total[h]! + (sum < 0 ? -Math.sqrt(-sum) : Math.sqrt(sum)), under = lower === null ? 0 : lower[h]!;
      // Totals never fall from one day to the next, nor from one level to a higher one.
      before = values[h] = value > before ? (value > under ? value : under) : before > under ? before : under;
    }
  });
  return { mean, cumulative };
}

/**
 * What must have left for a place by the end of each day: what is wanted there `days` later, the days of a transfer. So a total over lead time and review period
 * is of the lead time to that place. As many days shorter; without days the forecast itself.
 */
export function leavingFor(forecast: DemandForecast, days: number): DemandForecast {
  if (days === 0) return forecast;
  const mean = Array.from(forecast.mean), later = mean.slice(days);
  if (later.length > 0) later[0] = mean.slice(0, days + 1).reduce((sum, one) => sum + one, 0);
  return { mean: later, cumulative: forecast.cumulative.map(({ q, values }) => ({ q, values: Array.from(values).slice(days) })) };
}

/** A forecast of a place, and days from the place that buys for it: 0 for that one's own. */
export interface Part { forecast: DemandForecast; days: number }

/** Demand of some places for the one that buys for all of them: `leaving` decides what is bought; `wanted`, as it is wanted at the places, how long what is there lasts. */
export function echelonDemand(parts: readonly Part[]): { leaving: DemandForecast; wanted: DemandForecast } {
  const wanted = joinedDemand(parts.map((part) => part.forecast));
  return { wanted, leaving: parts.every((part) => part.days === 0) ? wanted : joinedDemand(parts.map((part) => leavingFor(part.forecast, part.days))) };
}

/** A level that the forecast has is read as it stands. */
function pathAt(forecast: DemandForecast, q: number): ArrayLike<number> {
  return forecast.cumulative.find((path) => Math.abs(path.q - q) <= 1e-12)?.values ?? demandQuantilePath(forecast, q);
}

function runningTotals(mean: ArrayLike<number>, days: number): Float64Array {
  const totals = new Float64Array(days);
  for (let h = 0, sum = 0; h < days; h++) totals[h] = sum += mean[h]!;
  return totals;
}
