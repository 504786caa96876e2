/**
 * Quantiles of demand, from what the back-test missed by.
 *
 * Cumulative demand gets its own spread at every horizon, measured on the totals of that horizon: daily errors go together (a good week
 * follows a good week), so a daily spread scaled by √days promises a service it does not keep. The shape is a negative binomial with the
 * measured variance, mixed with the empirical quantile as far as there are windows beyond it (three windows say nothing of a 1-in-40
 * event). Quantiles never cross, never fall with the horizon and are never negative.
 */
import type { Series } from '../demand/series.ts';
import { isObserved, LEAST_EXPOSURE, type BacktestPlan } from './backtest.ts';
import { countQuantiles, normalScore } from './negative-binomial.ts';

/** Ascending quantile levels with their normal scores. */
export interface QuantileLevels { levels: Float64Array; scores: Float64Array }

export function quantileLevels(levels: readonly number[]): QuantileLevels {
  const ascending = Float64Array.from(levels).sort();
  return { levels: ascending, scores: ascending.map(normalScore) };
}

/** The chosen forecast: what it says now, and what it said and missed by in the past. */
export interface ForecastHistory { mean: Float64Array; paths: Float64Array; plan: BacktestPlan; series: Series }

/** What the totals' spread is believed to be before any window has been seen: this many windows' worth. */
const PRIOR_WINDOWS = 2;
/** Uncertainty of the level itself: variance that does not shrink with the horizon, as a share of the squared total. */
const LEVEL_VARIANCE = 0.05;
/** Windows beyond a quantile at which the empirical quantile counts as much as the fitted one. */
const TAIL_WINDOWS = 5;
/** A window 28 days older counts a tenth less. */
const AGING = Math.log(0.9) / 28;

/**
 * Overdispersion φ of a single day (variance = m + φ m²), from the first days of every window so that each day counts once; drawn to 1 by
 * two days' worth. Without a back-test, from the series about its own mean, drawn to 1 by a fortnight's.
 */
export function dailyDispersion({ mean, paths, plan, series }: ForecastHistory): number {
  const { demand, exposure } = series;
  const { origins, horizon } = plan;
  let squares = 0, means = 0, meanSquares = 0, days = 0;
  const see = (weight: number, y: number, f: number): void => {
    squares += weight * (y - f) * (y - f); means += weight * f; meanSquares += weight * f * f; days += weight;
  };
  const stride = origins.length > 1 ? origins[0]! - origins[1]! : 7;
  if (origins.length > 0) {
    for (let k = 0; k < origins.length; k++) {
      for (let h = 0; h < Math.min(stride, horizon); h++) see(exposure[origins[k]! + h]!, demand[origins[k]! + h]!, paths[k * horizon + h]!);
    }
  } else {
    for (let t = 0; t < demand.length; t++) see(exposure[t]!, demand[t]!, mean[0] ?? 0);
  }
  if (!(meanSquares > 0)) return 1;
  const prior = ((origins.length > 0 ? 2 : 14) * meanSquares) / days;
  return Math.min(50, Math.max(0.05, (squares - means + prior) / (meanSquares + prior)));
}

/** Quantiles of each single day, for the fan chart: one row of `mean.length` values per level. */
export function dailyQuantiles(mean: Float64Array, dispersion: number, { levels, scores }: QuantileLevels, seasonLength: number): Float64Array {
  const horizon = mean.length, out = new Float64Array(levels.length * horizon);
  for (let h = 0; h < horizon; h++) {
    const m = mean[h]!;
    if (h >= seasonLength && mean[h - seasonLength] === m) {
      for (let k = 0; k < levels.length; k++) out[k * horizon + h] = out[k * horizon + h - seasonLength]!;
    } else countQuantiles(m, m + dispersion * m * m, levels, scores, out, h, horizon);
  }
  return out;
}

/** Quantiles of the total of the first 1, 2, … days: one row of `mean.length` values per level. */
export function cumulativeQuantiles(history: ForecastHistory, dispersion: number, { levels, scores }: QuantileLevels): Float64Array {
  const { mean, paths, plan, series } = history;
  const { origins, lengths } = plan;
  const horizon = mean.length, count = origins.length, days = series.demand.length;
  const out = new Float64Array(levels.length * horizon);
  const said = new Float64Array(count), came = new Float64Array(count), seen = new Float64Array(count), weight = new Float64Array(count);
  const misses = new Float64Array(count), missWeights = new Float64Array(count);
  for (let k = 0; k < count; k++) weight[k] = Math.exp(AGING * (days - origins[k]!));
  let total = 0, factor = 1;
  for (let h = 0; h < horizon; h++) {
    total += mean[h]!;
    const believed = believedVariance(total, h, dispersion);
    let windows = 0, weights = 0, squares = 0;
    for (let k = 0; k < count; k++) {
      if (h >= lengths[k]!) continue;
      const day = origins[k]! + h;
      said[k]! += paths[k * plan.horizon + h]!; came[k]! += series.demand[day]!; seen[k]! += series.exposure[day]!;
      if (seen[k]! < LEAST_EXPOSURE * (h + 1) || seen[k] === 0) continue;
      const miss = (came[k]! - said[k]!) / Math.sqrt((believedVariance(said[k]!, h, dispersion) + believed) / 2);
      squares += weight[k]! * miss * miss; weights += weight[k]!;
      insertSorted(misses, missWeights, windows++, miss, weight[k]!);
    }
    // Where no window is that long, the spread stays the one of the longest seen, relative to what is believed.
    if (windows > 0) factor = (squares + PRIOR_WINDOWS) / (weights + PRIOR_WINDOWS);
    countQuantiles(total, factor * believed, levels, scores, out, h, horizon);
    for (let q = 0; q < levels.length; q++) {
      const cell = q * horizon + h;
      if (windows > 0) {
        const tail = weights * Math.min(levels[q]!, 1 - levels[q]!), share = tail / (tail + TAIL_WINDOWS);
        const empirical = Math.max(0, total + weightedQuantile(misses, missWeights, windows, weights, levels[q]!) * Math.sqrt(believed));
        out[cell] = (1 - share) * out[cell]! + share * empirical;
      }
      if (q > 0) out[cell] = Math.max(out[cell]!, out[cell - horizon]!);
      if (h > 0) out[cell] = Math.max(out[cell]!, out[cell - 1]!);
    }
  }
  return out;
}

export interface Coverage {
  quantile: number;
  /** Share of the windows whose total stayed at or below it. */
  observed: number;
  windows: number;
}

/**
 * Was the promise kept? Each past window's total against the quantile as it would have been given then: its spread from the windows that
 * had ended by its origin. Null with fewer than four windows.
 */
export function measureCoverage(history: ForecastHistory, dispersion: number, level: number): Coverage | null {
  const { paths, plan, series } = history;
  const { origins, lengths } = plan;
  const length = lengths.length > 0 ? lengths[lengths.length - 1]! : 0;
  const one = quantileLevels([level]), bound = new Float64Array(1);
  const said: number[] = [], came: number[] = [], starts: number[] = [];
  for (let k = origins.length - 1; k >= 0; k--) { // earliest first
    if (lengths[k]! < length || !isObserved(series.exposure, origins[k]!, length)) continue;
    let f = 0, y = 0;
    for (let h = 0; h < length; h++) { f += paths[k * plan.horizon + h]!; y += series.demand[origins[k]! + h]!; }
    said.push(f); came.push(y); starts.push(origins[k]!);
  }
  if (said.length < 4) return null;
  let kept = 0;
  for (let k = 0; k < said.length; k++) {
    let squares = PRIOR_WINDOWS, windows = PRIOR_WINDOWS;
    for (let j = 0; j < k && starts[j]! + length <= starts[k]!; j++) {
      squares += (came[j]! - said[j]!) ** 2 / believedVariance(said[j]!, length - 1, dispersion);
      windows++;
    }
    const variance = (squares / windows) * believedVariance(said[k]!, length - 1, dispersion);
    countQuantiles(said[k]!, variance, one.levels, one.scores, bound, 0, 1);
    if (came[k]! <= bound[0]!) kept++;
  }
  return { quantile: level, observed: kept / said.length, windows: said.length };
}

/** Variance of the total of `h + 1` days before the windows have spoken: chance, day-to-day overdispersion, an unsure level, a trace. */
function believedVariance(total: number, h: number, dispersion: number): number {
  return total + (dispersion / (h + 1) + LEVEL_VARIANCE) * total * total + 0.3;
}

function insertSorted(values: Float64Array, weights: Float64Array, length: number, value: number, weight: number): void {
  let at = length;
  while (at > 0 && values[at - 1]! > value) { values[at] = values[at - 1]!; weights[at] = weights[at - 1]!; at--; }
  values[at] = value; weights[at] = weight;
}

/** Each value stands at the middle of its weight; between two, a straight line; beyond the ends, the end. */
function weightedQuantile(values: Float64Array, weights: Float64Array, length: number, total: number, level: number): number {
  const target = level * total;
  let before = 0, last = 0;
  for (let i = 0; i < length; i++) {
    const middle = before + weights[i]! / 2;
    if (middle >= target) {
      return i === 0 ? values[0]! : values[i - 1]! + ((target - last) / (middle - last)) * (values[i]! - values[i - 1]!);
    }
    last = middle;
    before += weights[i]!;
  }
  return values[length - 1]!;
}
