/**
 * Correction of the blended level by what the whole catalogue's back-tests missed by, in two versions that are kept apart.
 *
 * `mean`: the level whose root mean squared error is least. On lumpy demand that is a shrunken one, and a window with one enormous order must
 * not count more than its root: observations are weighted 1 ÷ (scale² · window's own error), the derivative of RMSSE. `total`: the level
 * whose totals are unbiased, weighted like counts; stock is ordered by this one. Both are pooled ridge regressions of the miss on the
 * differences of the five methods from their blend and on the blend itself, applied as far as they would have helped in the last windows
 * when fitted on earlier ones alone, and not at all before six windows of history.
 */
import { blendAt } from './levels.ts';
import { join, normalEquations, observe, solveRidge, type NormalEquations } from './linear.ts';
import { maturity, type Work } from './work.ts';

export type Aim = 'mean' | 'total';
/** How far last year is believed of a series that has sold lately, and of one that has not, 0..1 (`first-year.ts`). */
export interface Believed { selling: number; silent: number }
/** Coefficients, and how far they are applied, 0..1. */
interface Stack { beta: Float64Array; share: number; lastYear: Believed }
export interface StackingPool { mean: Stack; total: Stack }

const NOT_BELIEVED: Believed = { selling: 0, silent: 0 };
export const UNLEARNED: StackingPool = { mean: { beta: new Float64Array(0), share: 0, lastYear: NOT_BELIEVED }, total: { beta: new Float64Array(0), share: 0, lastYear: NOT_BELIEVED } };

const AGING = 0.97, RIDGE = 0.1;
/** Observations beside which those of the last windows count half. */
const HALF_ROWS = 1500, LEAST_ROWS = 50;
/** Least share of the scale a window's error is taken to be. */
const LEAST_ERROR = 0.2;

/** Weight of origin j's miss under an aim, `level` being what was believed. */
export function missWeight(work: Work, j: number, level: number, aim: Aim): number {
  if (aim === 'total') return 1 / (level + 0.05);
  const { came, scatter, scale } = work, own = scatter[j]! + (came[j]! - level) ** 2;
  return 1 / (scale * Math.max(LEAST_ERROR, Math.sqrt(own / scale)));
}

/** Origins whose windows are over: the first and the last of the most recent ones, and the first of the earlier ones. */
export function originsOf({ rules: { window, step }, grain }: Work): { recent: number; recentEnd: number; earlier: number } {
  const g = window / step;
  return { recent: g, recentEnd: 2 * g, earlier: 2 * g + (grain === 'D' ? 4 : 1) };
}

function regressorsAt(work: Work, j: number, level: number, x: Float64Array): void {
  const methods = work.weights.length, row = j * methods;
  for (let k = 0; k < methods; k++) x[k] = work.levels[row + k]! - level;
  x[methods] = level;
}

export function learnStacking(works: readonly Work[]): StackingPool {
  if (works.length === 0) return UNLEARNED;
  const size = works[0]!.weights.length + 1, x = new Float64Array(size), none = { beta: new Float64Array(size), share: 0, lastYear: NOT_BELIEVED };
  const longest = works.reduce((most, work) => (work.n > most.n ? work : most), works[0]!);
  if (maturity(longest.n, longest.rules) === 0) return { mean: none, total: none };
  const { recent, recentEnd, earlier } = originsOf(longest);
  const fit = (aim: Aim, from: number, to: number): NormalEquations => {
    const sums = normalEquations(size);
    for (const work of works) {
      if (!(work.scale > 0)) continue;
      for (let j = from; j <= Math.min(to, work.origins); j++) {
        const actual = work.came[j]!;
        if (actual !== actual) continue;
        const level = blendAt(work, j);
        regressorsAt(work, j, level, x);
        observe(sums, x, actual - level, Math.pow(AGING, j) * missWeight(work, j, level, aim));
      }
    }
    return sums;
  };
  const learn = (aim: Aim): StackingPool['mean'] => {
    const all = fit(aim, earlier, Infinity), before = solveRidge(all, RIDGE);
    if (all.rows < LEAST_ROWS) return none;
    let hits = 0, sizes = 0, rows = 0;
    for (const work of works) {
      if (!(work.scale > 0)) continue;
      for (let j = recent; j <= Math.min(work.origins, recentEnd); j++) {
        const actual = work.came[j]!;
        if (actual !== actual) continue;
        const level = blendAt(work, j), w = missWeight(work, j, level, aim);
        regressorsAt(work, j, level, x);
        let said = 0;
        for (let k = 0; k < size; k++) said += before[k]! * x[k]!;
        hits += w * said * (actual - level); sizes += w * said * said; rows++;
      }
    }
    const share = sizes > 0 ? Math.max(0, Math.min(1, hits / sizes)) * (rows / (rows + HALF_ROWS)) * maturity(longest.n, longest.rules) : 0;
    join(all, fit(aim, recent, earlier - 1));
    return { beta: solveRidge(all, RIDGE), share, lastYear: NOT_BELIEVED };
  };
  return { mean: learn('mean'), total: learn('total') };
}

/** The corrected level at origin j (0: now), lifted to what was sold a year before. */
export function stackedLevel(work: Work, j: number, aim: Aim, pool: StackingPool): number {
  const level = stackedAlone(work, j, aim, pool);
  return level + liftAt(work, j, level, pool[aim].lastYear);
}

/** Windows without a sale after which a series is silent; the level was read off them too. */
export const LATELY = 2;

/** How far last year is believed of a series as it was at origin j. */
export function believedAt({ n, first, sales, rules: { step, window } }: Work, j: number, { selling, silent }: Believed): number {
  if (selling === 0 && silent === 0) return 0;
  const t = n - j * step;
  return sales[t]! > sales[Math.max(first, t - LATELY * window)]! ? selling : silent;
}

/** What last year lifts a level at origin j by; it lowers none. */
export function liftAt(work: Work, j: number, level: number, believed: Believed): number {
  const say = work.yearAgoSay[j]!;
  if (say === 0) return 0; // so of most origins
  const above = work.yearAgo[j]! - level;
  return above > 0 ? believedAt(work, j, believed) * say * above : 0;
}

/** The corrected level at origin j (0: now), last year aside. */
export function stackedAlone(work: Work, j: number, aim: Aim, pool: StackingPool): number {
  const level = blendAt(work, j), { beta, share } = pool[aim], methods = work.weights.length, row = j * methods;
  if (share === 0) return level;
  let said = beta[methods]! * level;
  for (let k = 0; k < methods; k++) said += beta[k]! * (work.levels[row + k]! - level);
  return Math.max(0, level + share * said);
}
