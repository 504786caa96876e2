/**
 * The choice between methods, by what the back-test showed.
 *
 * A method's score is half its error on the horizon's total (what is ordered) and half its daily error (what is shown), each relative to
 * the best method; the forecast blends the methods by exp(−8 · (score − 1)), so that a clear winner stands alone and near-equals share.
 * Measured on two sets of daily retail series (130 and 1,389), RMSSE: the best method, or the blend where
 * that scored better, .769 and .732; always the blend .762 and .726: near-equals swap places by chance, and their mean errs less.
 */
import { assert } from '../assert.ts';
import type { Series } from '../demand/series.ts';
import { backtestError, type BacktestError, type BacktestPlan } from './backtest.ts';

export interface Candidate { name: string; paths: Float64Array }

export interface Selection {
  /** The name of one candidate, or 'blend of …'. */
  name: string;
  /** Share of each candidate in the forecast, in their order; sums to 1. */
  weights: number[];
  error: BacktestError;
  /** The chosen forecast's paths from every origin. */
  paths: Float64Array;
}

const SHARPNESS = 8;
/** Shares below this are noise and are left out of a blend. */
const LEAST_SHARE = 0.05;

/** Chooses among at least one candidate. With no observed window the first candidate is taken: put the plainest first. */
export function selectMethod(candidates: readonly Candidate[], series: Series, plan: BacktestPlan): Selection {
  assert(candidates.length > 0, 'no method to choose from');
  const errors = candidates.map((candidate) => backtestError(candidate.paths, series, plan));
  const alone = (index: number): Selection => ({
    name: candidates[index]!.name, weights: candidates.map((_, k) => (k === index ? 1 : 0)), error: errors[index]!, paths: candidates[index]!.paths,
  });
  if (errors[0]!.windows === 0) return alone(0);
  const scores = scoresOf(errors);
  const best = scores.indexOf(Math.min(...scores));
  if (scores[best] === 0) return alone(best);

  let weights = scores.map((score) => Math.exp(-SHARPNESS * (score / scores[best]! - 1)));
  weights = normalised(normalised(weights).map((weight) => (weight < LEAST_SHARE ? 0 : weight)));
  if (weights.filter((weight) => weight > 0).length < 2) return alone(best);
  const paths = mixPaths(candidates, weights);
  const error = backtestError(paths, series, plan);
  const parts = candidates.filter((_, k) => weights[k]! > 0).map((candidate) => candidate.name);
  return { name: `blend of ${parts.join(', ')}`, weights, error, paths };
}

/** ½ √(total error) + ½ √(daily error), each ÷ the least of all; smaller is better. */
function scoresOf(errors: readonly BacktestError[]): number[] {
  const relative = (errorOf: (error: BacktestError) => number): number[] => {
    const roots = errors.map((error) => Math.sqrt(errorOf(error)));
    const positive = roots.filter((root) => root > 0);
    const least = positive.length > 0 ? Math.min(...positive) : 1;
    return roots.map((root) => root / least);
  };
  const total = relative((error) => error.total), daily = relative((error) => error.daily);
  return errors.map((_, k) => (total[k]! + daily[k]!) / 2);
}

function normalised(weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

function mixPaths(candidates: readonly Candidate[], weights: readonly number[]): Float64Array {
  const mixed = new Float64Array(candidates[0]!.paths.length);
  for (let k = 0; k < candidates.length; k++) {
    const weight = weights[k]!, paths = candidates[k]!.paths;
    if (weight > 0) for (let i = 0; i < mixed.length; i++) mixed[i]! += weight * paths[i]!;
  }
  return mixed;
}
