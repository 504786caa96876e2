/** What every forecasting method takes and gives, so that one can be put in another's place. */
import type { Series } from '../demand/series.ts';

export interface MethodOptions {
  /** Days after which the pattern repeats: 7 for a week, 1 for none. */
  seasonLength: number;
  /** Forecast as if only the first `known` days had happened (default: all). Back-tests use it instead of copying the series. */
  known?: number;
  /** Where to write the mean (length ≥ horizon); a new array if absent. */
  into?: Float64Array;
  /** Season profile of the catalogue or group (mean 1, by day number mod season), which a series with few sales leans on. */
  profilePrior?: Float64Array;
}

export interface MethodForecast {
  /** Expected units per day, element 0 being the first day after the known ones. */
  mean: Float64Array;
  /** What the method settled on, for the reader: smoothing constants, window lengths. */
  parameters: Record<string, number>;
}

/**
 * A method forecasts `horizon` days after an uncensored series, weighing each day by its exposure. It never looks past `known`, is
 * deterministic, and its mean is finite and not negative.
 */
export type ForecastMethod = (series: Series, horizon: number, options: MethodOptions) => MethodForecast;

/** The phase of a day in its season; day numbers may be negative. */
export function phaseOf(day: number, seasonLength: number): number {
  return ((day % seasonLength) + seasonLength) % seasonLength;
}
