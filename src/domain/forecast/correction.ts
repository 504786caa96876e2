/**
 * Boosted correction: trees over what a series looks like at an origin (its methods' ratios, how often and how long ago it sold, its age, last
 * year's turn) learn what the stacked level still misses, across the catalogue. Like the stacking it corrects, it is applied only as far as
 * it would have helped in the last windows when trained on earlier ones. Pays on large catalogues of lumpy items (RMSSE −0.3 to −2 %), not
 * on a few hundred series, where it is left out.
 */
import { boost } from './boosting/boost.ts';
import { predict, type BoostedTrees } from './boosting/model.ts';
import { blendAt } from './levels.ts';
import { missWeight, originsOf, stackedLevel, type Aim, type StackingPool } from './stacking.ts';
import { maturity, type Work } from './work.ts';

export interface CorrectionPool { mean: { trees: BoostedTrees; share: number } | null; total: { trees: BoostedTrees; share: number } | null }

/** Rows trained on, spread evenly over series and origins; with fewer of them before the last windows nothing is learned. */
const MOST_ROWS = 4000;
const AGING = 0.97, HALF_ROWS = 200, WORTH_IT = 0.05;
/** A miss of so many scales is as bad as it gets. */
const WORST = 6;
const features = (work: Work): number => work.weights.length + 9;

interface Row { work: Work; j: number }

function describe(work: Work, j: number, table: Float32Array[], i: number): void {
  const { n, first, units, expected, sales, variance, levels, weights, rules: { step, window, year } } = work;
  const t = n - j * step, level = blendAt(work, j), trace = 0.02 + level * 0.02, methods = weights.length;
  const rate = (from: number, to: number): number => { const a = Math.max(first, from), span = expected[to]! - expected[a]!; return span > 0.1 ? (units[to]! - units[a]!) / span : 0; };
  const ratio = (value: number): number => Math.log((value + trace) / (level + trace));
  let f = 0;
  const put = (value: number): void => { table[f++]![i] = value; };
  put(Math.log(level + 0.01));
  for (let k = 0; k < methods; k++) put(ratio(levels[j * methods + k]!));
  put(ratio(rate(t - Math.max(1, window >> 2), t)));
  put(ratio(rate(t - 3 * window, t)));
  const before = Math.max(first, t - 2 * window);
  put((sales[t]! - sales[before]!) / Math.max(1, t - before));
  let last = t - 1;
  while (last >= first && last > t - 200 && sales[last + 1] === sales[last]) last--;
  const gap = t - 1 - last;
  put(gap);
  put(Math.log1p((gap * (sales[t]! - sales[first]!)) / Math.max(1, t - first)));
  put(Math.min(400, t - first));
  const then = t - year;
  put(then - first >= window ? Math.log((rate(then, Math.min(n, then + window)) + trace) / (rate(then - window, then) + trace)) : NaN);
  put(Math.log((Math.sqrt(variance[j]!) + 0.01) / (level + 0.01)));
}

function tableOf(rows: readonly Row[], width: number): Float32Array[] {
  const table = Array.from({ length: width }, () => new Float32Array(rows.length));
  rows.forEach(({ work, j }, i) => describe(work, j, table, i));
  return table;
}

function rowsBetween(works: readonly Work[], from: number, to: number, most: number): Row[] {
  let count = 0;
  const each = (visit: (work: Work, j: number) => void): void => {
    for (const work of works) {
      if (!(work.scale > 0)) continue;
      for (let j = from; j <= Math.min(to, work.origins); j++) { const actual = work.came[j]!; if (actual === actual) visit(work, j); }
    }
  };
  each(() => { count++; });
  // Only those that are kept are made: of a large catalogue they are few.
  const stride = Math.max(1, count / most), rows: Row[] = [];
  let at = 0;
  each((work, j) => { if (at++ === Math.floor(rows.length * stride) && rows.length < most) rows.push({ work, j }); });
  return rows;
}

const missScale = (work: Work, level: number, aim: Aim): number => (aim === 'total' ? Math.sqrt(level + 0.05) : Math.sqrt(work.scale));
const rowWeight = ({ work, j }: Row, level: number, aim: Aim): number => (aim === 'total' ? 1 : missWeight(work, j, level, aim) * work.scale);

export function learnCorrection(works: readonly Work[], stacking: StackingPool): CorrectionPool {
  if (works.length === 0) return { mean: null, total: null };
  const longest = works.reduce((most, work) => (work.n > most.n ? work : most));
  if (maturity(longest.n, longest.rules) < 0.5) return { mean: null, total: null };
  const { recent, recentEnd, earlier } = originsOf(longest), all = 1e9;
  const before = rowsBetween(works, earlier, all, MOST_ROWS);
  if (before.length < MOST_ROWS) return { mean: null, total: null };
  const width = features(longest), lately = rowsBetween(works, recent, recentEnd, 2000), now = rowsBetween(works, recent, all, MOST_ROWS);
  const beforeTable = tableOf(before, width), latelyTable = tableOf(lately, width), nowTable = tableOf(now, width);
  const train = (rows: readonly Row[], table: Float32Array[], aim: Aim): BoostedTrees => {
    const misses = new Float64Array(rows.length), weight = new Float64Array(rows.length);
    rows.forEach((row, i) => {
      const level = stackedLevel(row.work, row.j, aim, stacking);
      misses[i] = Math.max(-WORST, Math.min(WORST, (row.work.came[row.j]! - level) / missScale(row.work, level, aim)));
      weight[i] = Math.pow(AGING, row.j) * rowWeight(row, level, aim);
    });
    return boost({ rows: rows.length, features: table }, misses, { objective: { loss: 'squared' }, trees: 12, leaves: 8, learningRate: 0.16, leafRows: 60, lambda: 5, bins: 32, featureShare: 0.5, rowShare: 0.7, seed: 7 }, { weight });
  };
  const learn = (aim: Aim): CorrectionPool['mean'] => {
    const said = predict(train(before, beforeTable, aim), { rows: lately.length, features: latelyTable });
    let hits = 0, sizes = 0;
    lately.forEach((row, i) => {
      const level = stackedLevel(row.work, row.j, aim, stacking), w = rowWeight(row, level, aim);
      hits += (w * said[i]! * (row.work.came[row.j]! - level)) / missScale(row.work, level, aim);
      sizes += w * said[i]! * said[i]!;
    });
    const share = sizes > 0 ? Math.max(0, Math.min(1, hits / sizes)) * (lately.length / (lately.length + HALF_ROWS)) : 0;
    return share < WORTH_IT ? null : { trees: train(now, nowTable, aim), share };
  };
  return { mean: learn('mean'), total: learn('total') };
}

/** The stacked levels of each series now, corrected; one pass of the trees over all. */
export function correctLevels(works: readonly Work[], pool: CorrectionPool): void {
  if ((!pool.mean && !pool.total) || works.length === 0) return;
  const table = tableOf(works.map((work) => ({ work, j: 0 })), features(works[0]!));
  for (const aim of ['mean', 'total'] as const) {
    const part = pool[aim];
    if (!part) continue;
    const said = predict(part.trees, { rows: works.length, features: table });
    works.forEach((work, i) => {
      if (!(work.scale > 0)) return;
      const level = aim === 'mean' ? work.meanLevel : work.totalLevel, corrected = Math.max(0, level + part.share * said[i]! * missScale(work, level, aim));
      if (aim === 'mean') work.meanLevel = corrected; else work.totalLevel = corrected;
    });
  }
}
