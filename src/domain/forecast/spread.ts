/** How single periods scatter about their mean: overdispersion, the item's own sales, and the calibration of both. */
import { PitHistogram, sizeClass } from './calibration.ts';
import { stepOf, type Empirical } from './distribution.ts';
import { spreadAlone } from './first-year.ts';
import { blendAt } from './levels.ts';
import { liftAt, UNLEARNED, type StackingPool } from './stacking.ts';
import { maturity, type GrainRules, type Work } from './work.ts';

export interface SpreadPool {
  /** Overdispersion by size of the mean. */
  phi: Float64Array;
  /** Calibration curves by kind of scatter and size; empty where the history is too short to tell. */
  curves: Float64Array[][];
  /** Whether the items' own sales have a say. */
  ownSales: boolean;
}

const SIZES = 14, OCTAVES = 1.2;
/** Periods' worth of the catalogue in an item's overdispersion, by grain. */
const PRIOR_PERIODS = { D: 14, W: 5, M: 5 } as const;
const LEAST_PHI = 0.03;
/** The empirical tail: longest, say, periods at which it has half of it, life of a period in it (days' worth), and the mean above which counts need none. */
const LONGEST_TAIL = 400, TAIL_SAY = 0.7, TAIL_PERIODS = 60, TAIL_LIFE = 120, TAIL_MEAN = 20;
const CURVE_PRIOR = 300, MOST_OUTCOMES = 12_000;
/** Windows of history below which calibration is not looked at. */
const LEAST_WINDOWS = 2;

/** Kinds of scatter that are calibrated apart: calm, lively, wild. Measured on weekly retail: scaled pinball loss −2.7 %. */
const KINDS = [1.5, 5, Infinity] as const;
const kindOf = (work: Work): number => KINDS.findIndex((most) => work.phi <= most);

interface Scatter { excess: number; meanSquares: number; periods: number; mean: number }

/** Squares about the recent mean, above what chance gives. */
function scatterOf({ n, first, sold, seen, factor, stockedOut, rules }: Work): Scatter {
  const from = Math.max(first, n - rules.recent);
  let units = 0, expected = 0, periods = 0;
  for (let t = from; t < n; t++) if (seen[t]! > 0 && !stockedOut?.[t]) { units += sold[t]!; expected += seen[t]! * factor[t]!; periods++; }
  const mean = expected > 0 ? units / expected : 0;
  let excess = 0, meanSquares = 0;
  for (let t = from; t < n; t++) if (seen[t]! > 0 && !stockedOut?.[t]) { const m = mean * seen[t]! * factor[t]!; excess += (sold[t]! - m) ** 2 - m; meanSquares += m * m; }
  return { excess, meanSquares, periods, mean };
}

const sizeOf = (mean: number): number => sizeClass(mean, SIZES, OCTAVES);

/** Fills `phi` and the empirical tail. */
function applyScatter(work: Work, phis: Float64Array, ownSales: boolean, scatter = scatterOf(work)): void {
  const { n, first, sold, seen, factor, stockedOut, rules, grain } = work, { mean } = scatter;
  const prior = phis[sizeOf(mean)]!, weight = PRIOR_PERIODS[grain] * mean * mean;
  work.phi = scatter.meanSquares > 0 ? Math.max(LEAST_PHI, (scatter.excess + weight * prior) / (scatter.meanSquares + weight)) : prior;
  work.tailTrust = 0;
  if (!ownSales || !(mean > 0) || mean > TAIL_MEAN) return;
  const from = Math.max(first, n - rules.recent);
  let most = 0;
  for (let t = from; t < n; t++) if (sold[t]! > most) most = sold[t]!;
  const tail = new Float64Array(Math.min(LONGEST_TAIL, Math.ceil(most) + 1));
  let weights = 0, sum = 0, decay = 1;
  const aging = Math.exp(-1 / TAIL_LIFE);
  for (let t = n - 1; t >= from; t--, decay *= aging) {
    if (seen[t]! < 0.95 || stockedOut?.[t]) continue;
    const y = Math.min(tail.length - 1, Math.round(sold[t]!));
    weights += decay;
    sum += (decay * y) / Math.max(0.02, factor[t]!);
    if (y > 0) tail[y - 1]! += decay; // how many reach just so far; summed to "more than x" below
  }
  if (!(weights > 0) || !(sum > 0)) return;
  for (let x = tail.length - 2; x >= 0; x--) tail[x]! += tail[x + 1]!;
  for (let x = 0; x < tail.length; x++) tail[x]! /= weights;
  if (tail.length === LONGEST_TAIL && tail[LONGEST_TAIL - 2]! > 0.001) return;
  work.tail = tail;
  work.tailMean = sum / weights;
  work.tailTrust = (TAIL_SAY * scatter.periods) / (scatter.periods + TAIL_PERIODS);
}

const empirical: Empirical = { tail: new Float64Array(1), thinned: 1, trust: 0 };

/** The item's own sales as seen at a mean; the object is reused by the next call. */
export function empiricalAt(work: Work, mean: number): Empirical | undefined {
  if (!(work.tailTrust > 0)) return undefined;
  empirical.tail = work.tail;
  empirical.thinned = mean / work.tailMean;
  empirical.trust = work.tailTrust;
  return empirical;
}

/** Learns from works whose levels are known (`level`, `spreadLevel`); fills their `phi` and tails on the way. */
export function learnSpread(works: readonly Work[], rules: GrainRules, ownSales = true, stacking: StackingPool = UNLEARNED): SpreadPool {
  const scatters = works.map(scatterOf), excess = new Float64Array(SIZES), squares = new Float64Array(SIZES);
  for (const { mean, ...scatter } of scatters) {
    if (!(mean > 0)) continue;
    excess[sizeOf(mean)]! += scatter.excess / (mean * mean);
    squares[sizeOf(mean)]! += scatter.meanSquares / (mean * mean);
  }
  const phi = excess.map((sum, size) => (squares[size]! > 0 ? Math.max(0.05, sum / squares[size]!) : 1));
  works.forEach((work, i) => { applyScatter(work, phi, ownSales, scatters[i]!); });
  const longest = works.reduce((most, work) => Math.max(most, work.n), 0), pool: SpreadPool = { phi, curves: [], ownSales };
  if (longest / rules.window <= LEAST_WINDOWS) return pool;
  const kinds = KINDS.map(() => new PitHistogram(SIZES, OCTAVES)), daily = rules.step > 1, spans = works.reduce((sum, work) => sum + Math.min(26, work.origins), 0) * (daily ? 3.5 : rules.window);
  const share = Math.max(1, spans / MOST_OUTCOMES); // one of so many, scattered: a regular step would meet the same day of every window
  let turn = 0;
  for (const work of works) {
    const ratio = work.level > 1e-9 ? Math.max(0, work.spreadLevel - spreadAlone(work, stacking).lift) / work.level : 1, { n, seen, factor, sold, stockedOut } = work;
    for (let j = Math.min(26, work.origins); j >= 1; j--) {
      const alone = blendAt(work, j) * ratio, level = alone + liftAt(work, j, alone, stacking.total.lastYear), from = n - j * rules.step, to = Math.min(n, from + (daily ? 7 : rules.window));
      if (!(level > 1e-6)) continue;
      for (let t = from + (daily ? j % 2 : 0); t < to; t += daily ? 2 : 1) {
        const mean = level * factor[t]!;
        if (seen[t]! < 0.95 || stockedOut?.[t] || mean < 0.003 || (Math.imul(turn++, 2_654_435_761) >>> 0) * share > 4_294_967_296) continue;
        const [low, high] = stepOf(mean, mean + work.phi * mean * mean, sold[t]!, empiricalAt(work, mean));
        kinds[kindOf(work)]!.add(mean, low, high);
      }
    }
  }
  if (kinds.some((pit) => pit.outcomes > 100)) pool.curves = kinds.map((pit) => (pit.outcomes > 100 ? pit.curves(CURVE_PRIOR, maturity(longest, rules) > 0 || rules.step === 1 ? 1 : 0) : []));
  return pool;
}

export function applySpread(work: Work, pool: SpreadPool): void {
  applyScatter(work, pool.phi, pool.ownSales);
}

/** The calibration curve for a mean of this size. */
export function curveFor(work: Work, mean: number, pool: SpreadPool): Float64Array | undefined {
  return pool.curves[kindOf(work)]?.[sizeOf(mean)];
}
