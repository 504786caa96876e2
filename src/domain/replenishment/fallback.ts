/** A rule in place of a forecast: what was sold lately goes on, as Poisson. For items too new to forecast, and before the first forecast. */
import { quantilesOf } from '../forecast/distribution.ts';
import type { DemandForecast } from './order-up-to.ts';

/** Days the rate is taken from. */
export const FALLBACK_DAYS = 28;
const LEVELS = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.995];

/** `sold` units in the last 28 days, going on for so many days. */
export function fallbackForecast(sold: number, days: number): DemandForecast {
  const rate = Math.max(0, sold) / FALLBACK_DAYS, levels = Float64Array.from(LEVELS), column = new Float64Array(LEVELS.length);
  const cumulative = LEVELS.map((q) => ({ q, values: new Float64Array(days) }));
  for (let h = 0; h < days; h++) {
    quantilesOf(rate * (h + 1), rate * (h + 1), levels, column, 0, 1);
    cumulative.forEach((path, k) => { path.values[h] = column[k]!; });
  }
  return { mean: new Float64Array(days).fill(rate), cumulative };
}

/** Said of a line planned by it. */
export function fallbackWords(sold: number): string {
  return `There is no forecast, so a rule stands in: ${sold > 0 ? `the ${sold} sold in the last ${FALLBACK_DAYS} days go on` : `nothing was sold in the last ${FALLBACK_DAYS} days`}.`;
}
