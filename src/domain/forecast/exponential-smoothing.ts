/**
 * Simple and weekly-seasonal exponential smoothing.
 *
 * The level is EW(demand) ÷ EW(profile), both started from nothing, so that young series get a plain mean and a near-zero weekday cannot
 * blow the level up (the multiplicative form's usual failure). A day counts by its exposure. The smoothing constant is not picked but
 * averaged over a small grid by how well each level met the totals of the following four seasons, in the manner of exp(−8 · excess
 * error): totals are what is ordered, and a grid's single winner is mostly luck.
 */
import type { Series } from '../demand/series.ts';
import { phaseOf, type MethodForecast, type MethodOptions } from './method.ts';
import { seasonProfile } from './season-profile.ts';

const ALPHAS = [0.012, 0.03, 0.07, 0.15];
/** Used alone while no total has been met yet. */
const YOUNG = 1;
/** Days smoothed over and tuned on; at the smallest constant, a day before them weighs less than 1 %. */
const MEMORY = 392;
const BLOCKS = 4;
const SHARPNESS = 8;

/** Exponential smoothing of the level, the same for every day. */
export function simpleExponentialSmoothing(series: Series, horizon: number, options: MethodOptions): MethodForecast {
  return smooth(series, horizon, options, 1);
}

/** Exponential smoothing of the level under the season's profile. */
export function seasonalExponentialSmoothing(series: Series, horizon: number, options: MethodOptions): MethodForecast {
  return smooth(series, horizon, options, options.seasonLength);
}

function smooth(series: Series, horizon: number, options: MethodOptions, season: number): MethodForecast {
  const { demand, exposure, start } = series;
  const known = options.known ?? demand.length;
  const mean = options.into ?? new Float64Array(horizon);
  const profile = seasonProfile(series, known, new Float64Array(season), options.profilePrior);
  const count = ALPHAS.length;
  const sold = new Float64Array(count), expected = new Float64Array(count), error = new Float64Array(count);
  const block = Math.max(7, season);
  const snapshots = new Float64Array(BLOCKS * count); // the levels at the last four block ends, and what came in each block
  const blockSold = new Float64Array(BLOCKS), blockExpected = new Float64Array(BLOCKS);
  let blocks = 0, tested = 0;
  let from = Math.max(0, known - MEMORY);
  from += (known - from) % block; // so that the last block ends with the last known day
  if (known < block) from = 0;
  let inBlock = 0, bSold = 0, bExpected = 0;
  let phase = phaseOf(start + from, season);
  for (let t = from; t < known; t++) {
    const e = exposure[t]!, y = e * demand[t]!, p = e * profile[phase]!;
    if (++phase === season) phase = 0;
    for (let k = 0; k < count; k++) {
      const alpha = ALPHAS[k]!, keep = 1 - alpha * e;
      sold[k] = keep * sold[k]! + alpha * y;
      expected[k] = keep * expected[k]! + alpha * p;
    }
    bSold += y; bExpected += p;
    if (++inBlock < block) continue;
    const slot = blocks % BLOCKS;
    blockSold[slot] = bSold; blockExpected[slot] = bExpected;
    if (blocks >= BLOCKS + 1) { // the oldest snapshot has now seen its four following blocks
      let total = 0, share = 0;
      for (let b = 0; b < BLOCKS; b++) { total += blockSold[b]!; share += blockExpected[b]!; }
      if (share > 0) {
        for (let k = 0; k < count; k++) { const miss = snapshots[slot * count + k]! - total / share; error[k]! += miss * miss; }
        tested++;
      }
    }
    for (let k = 0; k < count; k++) snapshots[slot * count + k] = expected[k]! > 0 ? sold[k]! / expected[k]! : 0;
    blocks++; inBlock = 0; bSold = 0; bExpected = 0;
  }
  let least = Infinity;
  for (let k = 0; k < count; k++) least = Math.min(least, error[k]!);
  let level = 0, alpha = 0, weights = 0;
  for (let k = 0; k < count; k++) {
    const weight = tested < 3 ? (k === YOUNG ? 1 : 0) : least > 0 ? Math.exp(-SHARPNESS * (error[k]! / least - 1)) : error[k] === 0 ? 1 : 0;
    level += weight * (expected[k]! > 0 ? sold[k]! / expected[k]! : 0);
    alpha += weight * ALPHAS[k]!;
    weights += weight;
  }
  level /= weights;
  for (let h = 0; h < horizon; h++) { mean[h] = level * profile[phase]!; if (++phase === season) phase = 0; }
  return { mean, parameters: { alpha: alpha / weights, level } };
}
