import type { Series } from '../demand/series.ts';
import { phaseOf, type MethodForecast, type MethodOptions } from './method.ts';
import { seasonProfile } from './season-profile.ts';

/** What planning tools call velocity. */
const WINDOW = 28;

/**
 * Sales velocity: units per day in stock over the last 28 days, spread by the season profile. Level = Σ demand ÷ Σ profile, never a mean
 * of ratios, which a near-zero weekday would blow up. Where nothing of the window was in stock, the latest earlier window that was.
 */
export function movingAverage(series: Series, horizon: number, options: MethodOptions): MethodForecast {
  const { demand, exposure, start } = series;
  const known = options.known ?? demand.length;
  const mean = options.into ?? new Float64Array(horizon);
  const season = options.seasonLength;
  const profile = seasonProfile(series, known, new Float64Array(season), options.profilePrior);
  let sold = 0, expected = 0;
  for (let t = known - 1; t >= 0 && (t >= known - WINDOW || expected === 0); t--) {
    sold += exposure[t]! * demand[t]!;
    expected += exposure[t]! * profile[phaseOf(start + t, season)]!;
  }
  const level = expected > 0 ? sold / expected : 0;
  for (let h = 0; h < horizon; h++) mean[h] = level * profile[phaseOf(start + known + h, season)]!;
  return { mean, parameters: { window: WINDOW, level } };
}
