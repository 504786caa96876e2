/**
 * Rolling-origin back-test: stand at many past days, forecast with what was known then, compare with what came.
 *
 * Origins lie a season apart, so that each stands on the weekday the real forecast stands on. The latest windows are shorter than the
 * horizon: they still judge the first days. Parameters are tuned anew at every origin from its past alone.
 */
import type { Series } from '../demand/series.ts';
import type { ForecastMethod, MethodOptions } from './method.ts';

/** Origins looked at: half a year of weeks. */
const MOST_ORIGINS = 26;
/** Days a method must have seen before it is judged. */
const LEAST_HISTORY = 14;

export interface BacktestPlan {
  /** Days known at each origin, latest first. */
  origins: Int32Array;
  /** Days of each window that have happened: min(horizon, days after the origin). */
  lengths: Int32Array;
  horizon: number;
}

export interface BacktestError {
  /** Σ |forecast − actual| ÷ Σ actual over single days; null where nothing was sold. */
  wape: number | null;
  /** Root mean squared daily error ÷ that of the one-step naive forecast (M5 scale); null where that is zero. */
  rmsse: number | null;
  /** (Σ forecast − Σ actual) ÷ Σ actual; null where nothing was sold. */
  bias: number | null;
  /** Mean squared error of one day. */
  daily: number;
  /** Mean squared error of the window's total, per day of it. */
  total: number;
  windows: number;
}

/** Where to stand in a history of `days`. Empty when it is too short to hold out a week. */
export function planBacktest(days: number, horizon: number, step: number): BacktestPlan {
  const stride = Math.max(7, step);
  const count = Math.max(0, Math.min(MOST_ORIGINS + Math.floor(horizon / stride), Math.floor((days - LEAST_HISTORY) / stride)));
  const origins = new Int32Array(count), lengths = new Int32Array(count);
  for (let k = 0; k < count; k++) {
    origins[k] = days - stride * (k + 1);
    lengths[k] = Math.min(horizon, stride * (k + 1));
  }
  return { origins, lengths, horizon };
}

/** The method's mean paths from every origin, one after another, `horizon` values each. */
export function backtest(method: ForecastMethod, series: Series, plan: BacktestPlan, options: MethodOptions): Float64Array {
  const { origins, horizon } = plan;
  const paths = new Float64Array(origins.length * horizon);
  for (let k = 0; k < origins.length; k++) {
    method(series, horizon, { ...options, known: origins[k]!, into: paths.subarray(k * horizon, (k + 1) * horizon) });
  }
  return paths;
}

/** A window counts only if this share of its days was in stock: the rest of it is our own estimate. */
export const LEAST_EXPOSURE = 0.5;

/** Whether enough of the window's first `length` days was seen to judge by it. */
export function isObserved(exposure: Float64Array, origin: number, length: number): boolean {
  let seen = 0;
  for (let h = 0; h < length; h++) seen += exposure[origin + h]!;
  return seen >= LEAST_EXPOSURE * length && seen > 0;
}

/** Errors of the paths. Single days count by their exposure, windows if observed and at least half the longest one. */
export function backtestError(paths: Float64Array, series: Series, plan: BacktestPlan): BacktestError {
  const { demand, exposure } = series;
  const { origins, lengths, horizon } = plan;
  const longest = lengths.length > 0 ? lengths[lengths.length - 1]! : 0;
  let absolute = 0, squared = 0, seen = 0, sold = 0, forecast = 0, actual = 0, totals = 0, windows = 0;
  for (let k = 0; k < origins.length; k++) {
    const origin = origins[k]!, length = lengths[k]!;
    if (2 * length < longest || !isObserved(exposure, origin, length)) continue;
    let sumForecast = 0, sumActual = 0;
    for (let h = 0; h < length; h++) {
      const weight = exposure[origin + h]!, f = paths[k * horizon + h]!, y = demand[origin + h]!, miss = f - y;
      absolute += weight * Math.abs(miss);
      squared += weight * miss * miss;
      seen += weight;
      sold += weight * y;
      sumForecast += f; sumActual += y;
    }
    forecast += sumForecast; actual += sumActual;
    totals += ((sumForecast - sumActual) * (sumForecast - sumActual)) / (length * length);
    windows++;
  }
  const scale = naiveScale(demand, exposure);
  return {
    wape: sold > 0 ? absolute / sold : null,
    rmsse: windows > 0 && scale > 0 ? Math.sqrt(squared / seen / scale) : null,
    bias: actual > 0 ? (forecast - actual) / actual : null,
    daily: windows > 0 ? squared / seen : 0,
    total: windows > 0 ? totals / windows : 0,
    windows,
  };
}

/** Mean squared one-step naive error between days that were both wholly in stock. */
function naiveScale(demand: Float64Array, exposure: Float64Array): number {
  let squares = 0, pairs = 0;
  for (let t = 1; t < demand.length; t++) {
    if (exposure[t] !== 1 || exposure[t - 1] !== 1) continue;
    const step = demand[t]! - demand[t - 1]!;
    squares += step * step;
    pairs++;
  }
  return pairs > 0 ? squares / pairs : 0;
}
