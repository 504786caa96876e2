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

const ALPHAS = [0.012, 0.03, 0.07, 0.15] as const;
/** Used alone while no total has been met yet. */
const YOUNG = 1;
/** Days smoothed over and tuned on; at the smallest constant, all days before them together would weigh 3 %. */
const MEMORY = 280;
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
  const error = new Float64Array(count);
  const block = Math.max(7, season);
  const levels = new Float64Array(BLOCKS * count); // at the last four block ends, and what came in each block
  const blockSold = new Float64Array(BLOCKS), blockExpected = new Float64Array(BLOCKS);
  const from = Math.max(0, known - MEMORY);
  let inBlock = (block - ((known - from) % block)) % block; // the first block may be short, so that the last ends with the last known day
  let phase = phaseOf(start + from, season);
  let blocks = 0, tested = 0, bSold = 0, bExpected = 0;
  // EW(demand) and EW(profile) per constant, in scalars: in arrays this loop, the hottest of a forecast run, took half as long again.
  const [a0, a1, a2, a3] = ALPHAS;
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0, p0 = 0, p1 = 0, p2 = 0, p3 = 0;
  for (let t = from; t < known; t++) {
    const e = exposure[t]!, y = e * demand[t]!, p = e * profile[phase]!;
    if (++phase === season) phase = 0;
    const keep0 = 1 - a0 * e; s0 = keep0 * s0 + a0 * y; p0 = keep0 * p0 + a0 * p;
    const keep1 = 1 - a1 * e; s1 = keep1 * s1 + a1 * y; p1 = keep1 * p1 + a1 * p;
    const keep2 = 1 - a2 * e; s2 = keep2 * s2 + a2 * y; p2 = keep2 * p2 + a2 * p;
    const keep3 = 1 - a3 * e; s3 = keep3 * s3 + a3 * y; p3 = keep3 * p3 + a3 * p;
    bSold += y; bExpected += p;
    if (++inBlock < block) continue;
    const slot = blocks % BLOCKS;
    blockSold[slot] = bSold; blockExpected[slot] = bExpected;
    if (blocks > BLOCKS) { // the oldest levels (the very first, of one block, aside) have now seen their four following blocks
      let total = 0, share = 0;
      for (let b = 0; b < BLOCKS; b++) { total += blockSold[b]!; share += blockExpected[b]!; }
      if (share > 0) {
        for (let k = 0; k < count; k++) { const miss = levels[slot * count + k]! - total / share; error[k]! += miss * miss; }
        tested++;
      }
    }
    levels[slot * count] = ratio(s0, p0); levels[slot * count + 1] = ratio(s1, p1);
    levels[slot * count + 2] = ratio(s2, p2); levels[slot * count + 3] = ratio(s3, p3);
    blocks++; inBlock = 0; bSold = 0; bExpected = 0;
  }
  const last = [ratio(s0, p0), ratio(s1, p1), ratio(s2, p2), ratio(s3, p3)];
  let least = Infinity;
  for (let k = 0; k < count; k++) least = Math.min(least, error[k]!);
  let level = 0, alpha = 0, weights = 0;
  for (let k = 0; k < count; k++) {
    const weight = tested < 3 ? (k === YOUNG ? 1 : 0) : least > 0 ? Math.exp(-SHARPNESS * (error[k]! / least - 1)) : error[k] === 0 ? 1 : 0;
    level += weight * last[k]!;
    alpha += weight * ALPHAS[k]!;
    weights += weight;
  }
  level /= weights;
  for (let h = 0; h < horizon; h++) { mean[h] = level * profile[phase]!; if (++phase === season) phase = 0; }
  return { mean, parameters: { alpha: alpha / weights, level } };
}

function ratio(sold: number, expected: number): number {
  return expected > 0 ? sold / expected : 0;
}
