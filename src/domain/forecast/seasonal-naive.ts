import type { Series } from '../demand/series.ts';
import type { MethodForecast, MethodOptions } from './method.ts';

/**
 * Seasonal naive: next week is last week. With less than a season of history the last day repeats; with none, zero. The bar every other
 * method has to clear (in the M5 competition, 64 % of the teams did not).
 */
export function seasonalNaive(series: Series, horizon: number, options: MethodOptions): MethodForecast {
  const known = options.known ?? series.demand.length;
  const mean = options.into ?? new Float64Array(horizon);
  const season = known >= options.seasonLength ? options.seasonLength : Math.min(1, known);
  for (let h = 0; h < horizon; h++) mean[h] = season === 0 ? 0 : series.demand[known - season + (h % season)]!;
  return { mean, parameters: { season } };
}
