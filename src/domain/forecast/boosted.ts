/**
 * Boosted means of weeks and months: trees over what a series, its item, place and category and the time of year looked like at an origin say directly what comes in
 * each period ahead, learned from the origins of the whole catalogue. Another view than the level's, wrong elsewhere: their mean is better than either. Their say is halfway
 * between the one with which they would have helped in the last windows when trained on what was known before these, and the one that helped elsewhere. They have none where that
 * help was little, in a young catalogue, beside prices and promotions, of whose plans they know nothing, and over days, whose thirty origins a series say too little for what it
 * would cost. Other trees say how far periods scatter about those means, and have half of the say about it; others what periods stay below (`boosted-quantiles.ts`). Measured on
 * 130 series of five years of weeks, 19 earlier origins and the last three, quantiles apart: RMSSE −1.1 and −2.3 %, WRMSSE −1.9 and −2.1 %, pinball loss of periods −2.3 and −2.6 %.
 */
import { keepQuantiles, quantilesSaid, trainQuantiles, type QuantilePool } from './boosted-quantiles.ts';
import { AHEAD, came, learnGroups, LEAST_HISTORY, rowsOf, SEEN, tableOf, TRACE, viewOf, weightsOf, type Groups, type Row, type Table, type View } from './boosted-table.ts';
import { boost } from './boosting/boost.ts';
import { predict, type BoostedTrees } from './boosting/model.ts';
import type { Work } from './work.ts';

export interface BoostedPool extends Groups {
  trees: BoostedTrees;
  /** Log of a period's variance relative to `usualVariance` of its mean. */
  spread: BoostedTrees;
  quantiles: QuantilePool;
  /** Say of the trees beside the level, 0..1. */
  share: number;
}

const LEAST_ROWS = 2_000;
/** Rows beside which those that judge count half; the least say that is worth the trees; and how far a single mean is believed against the level. */
const HALF_ROWS = 50, WORTH_IT = 0.1, FURTHEST = 4;
/** The say that helped on years of weeks, and how much of the say it is: windows of a year that agree with one another say little about the next. */
const USUAL_SHARE = 0.4, USUAL_SAY = 0.5;
/** Least share of the scale a window's error is taken to be. */
const LEAST_ERROR = 0.2;
const NOTHING = 1e-3;

const TREES = { trees: 100, leaves: 16, bins: 64, featureShare: 0.5, rowShare: 0.7, seed: 7 } as const;

function train({ rows, features, levels }: Table): BoostedTrees {
  return boost({ rows: rows.length, features }, Float64Array.from(rows, came), { ...TREES, objective: { loss: 'tweedie', power: 1.3 }, learningRate: 0.08, leafRows: 60, lambda: 5 }, { weight: weightsOf(rows), offset: levels.map((level) => Math.log(level + TRACE)) });
}

/** Variance that a period of mean m usually has. */
const usualVariance = (m: number): number => m + 0.2 * m * m + 0.1;
/** A single miss counts at most so many usual variances. */
const WORST = 25;

/** Squared misses of the trees' own means; they have seen these periods, by so little that calibration makes up for it. */
function trainSpread(table: Table, trees: BoostedTrees): BoostedTrees {
  const { rows, features } = table, means = said(trees, table), squares = Float64Array.from(rows, (row, i) => Math.min(WORST, (came(row) - means[i]!) ** 2 / usualVariance(means[i]!)));
  return boost({ rows: rows.length, features }, squares, { ...TREES, trees: 50, objective: { loss: 'poisson' }, learningRate: 0.1, leafRows: 100, lambda: 20 }, { weight: weightsOf(rows) });
}

/** Variance of the period `h` ahead at a mean: the series' own overdispersion and the trees' view, each by half (on a log scale). */
export function periodVariance({ phi, relativeVariance }: Work, h: number, mean: number): number {
  const own = mean + phi * mean * mean, count = relativeVariance.length;
  return count === 0 ? own : Math.sqrt(own * Math.max(1.02 * mean, relativeVariance[Math.min(h, count - 1)]! * usualVariance(mean)));
}

function said(trees: BoostedTrees, { rows, features, levels }: Table): Float64Array {
  const raw = predict(trees, { rows: rows.length, features });
  return levels.map((level, i) => Math.exp(raw[i]! + Math.log(level + TRACE)));
}

type Means = Omit<BoostedPool, 'share' | 'spread' | 'quantiles'>;

/** The trees' mean of each period ahead of each work that has some history and a level, in order. */
function meansAhead(works: readonly Work[], { trees, ...known }: Means): { table: Table; means: Float64Array } {
  const rows: Row[] = [], views = new Map<Work, View>();
  for (const work of works) {
    if (!(work.meanLevel > NOTHING) || work.n - work.first < LEAST_HISTORY) continue;
    views.set(work, viewOf(work, known));
    for (let h = 1; h <= Math.min(AHEAD, work.horizon); h++) rows.push({ work, t: work.n, ahead: h });
  }
  const table = tableOf(rows, views);
  return { table, means: rows.length > 0 ? said(trees, table) : new Float64Array(0) };
}

const byId = (works: readonly Work[]): Work[] => works.toSorted((a, b) => (a.source.id < b.source.id ? -1 : 1));

/** By id, so that it is the same whatever the order of the series; null with too little to learn from. */
function grown(works: readonly Work[]): (Means & { table: Table }) | null {
  const [one] = works, ordered = byId(works);
  if (!one) return null;
  const known = learnGroups(ordered), rows = rowsOf(ordered, Math.min(AHEAD, one.horizon));
  if (rows.length < LEAST_ROWS) return null;
  const table = tableOf(rows, new Map(ordered.map((work) => [work, viewOf(work, known)])));
  return { trees: train(table), table, ...known };
}

/** Windows that judge, one horizon apart. */
const JUDGES = 3;

/** How well the trees agree with what the level missed by; `windows` counts. */
interface Verdict { agree: number; size: number; windows: number }

/** Judges by what has come since `then`, which are the works as they were `back` periods ago. */
function judge(then: readonly Work[], now: readonly Work[], known: Means, back: number, ahead: number, into: Verdict): void {
  const later = new Map(then.map((work, i) => [work, now[i]!])), { table: { rows }, means } = meansAhead(then, known);
  for (let i = 0; i < rows.length; i += ahead) {
    const { work } = rows[i]!, full = later.get(work)!;
    if (!(full.scale > 0)) continue;
    let squares = 0, agree = 0, apart = 0, count = 0;
    for (let h = 0; h < ahead; h++) {
      const at = full.n - back + h;
      if (!(full.seen[at]! >= SEEN)) continue;
      const engine = work.meanLevel * work.factor[work.n + h]!, miss = full.sold[at]! - engine, other = means[i + h]! - engine;
      squares += miss * miss; agree += miss * other; apart += other * other; count++;
    }
    if (count === 0) continue;
    const weight = 1 / (full.scale * Math.max(LEAST_ERROR, Math.sqrt(squares / count / full.scale)));
    into.agree += weight * agree; into.size += weight * apart; into.windows++;
  }
}

/**
 * Null for days, and where the trees would not have helped. `asOf(back)` are the same works as they were so many periods ago, their levels set by what was known then:
 * trees grown three windows ago are judged beside the levels of each window since by what has come.
 */
export function learnBoosted(works: readonly Work[], asOf: (back: number) => Work[]): BoostedPool | null {
  const [one] = works;
  if (!one || one.grain === 'D') return null;
  const ahead = Math.min(AHEAD, one.horizon), verdict: Verdict = { agree: 0, size: 0, windows: 0 };
  let then = asOf(JUDGES * ahead);
  const past = grown(then);
  if (!past) return null;
  for (let back = JUDGES * ahead; back > 0; back -= ahead) {
    if (back < JUDGES * ahead) then = asOf(back);
    judge(then, works, { trees: past.trees, ...learnGroups(byId(then)) }, back, ahead, verdict);
  }
  const { agree, size, windows } = verdict, share = size > 0 ? Math.max(0, Math.min(1, agree / size)) * (windows / (windows + HALF_ROWS)) : 0;
  const pool = share < WORTH_IT ? null : grown(works);
  if (!pool) return null;
  const { table, ...means } = pool;
  return { ...means, share: share + USUAL_SAY * (USUAL_SHARE - share), spread: trainSpread(table, means.trees), quantiles: trainQuantiles(table) };
}

/** Multiplies into the factors ahead what the trees make of the level's mean, and fills `relativeVariance` and `boostedQuantiles`; call when levels are set. */
export function applyBoosted(works: readonly Work[], pool: BoostedPool | null): void {
  if (!pool || works.length === 0) return;
  const { share, spread, quantiles } = pool, { table, means } = meansAhead(works, pool), { rows, features } = table;
  if (rows.length === 0) return;
  const variances = predict(spread, { rows: rows.length, features }), below = quantilesSaid(quantiles, table);
  for (let i = 0; i < rows.length;) {
    const { work } = rows[i]!, { n, factor, horizon, meanLevel, spreadLevel } = work, count = Math.min(AHEAD, horizon);
    let ratio = 1;
    for (let h = 0; h < horizon; h++) {
      if (h < count) {
        const engine = meanLevel * factor[n + h]!;
        ratio = engine > NOTHING ? 1 + share * (Math.max(1 / FURTHEST, Math.min(FURTHEST, means[i + h]! / engine)) - 1) : 1;
      }
      factor[n + h]! *= ratio;
    }
    for (let t = n; t < factor.length; t++) work.factors[t + 1] = work.factors[t]! + factor[t]!;
    work.relativeVariance = variances.slice(i, i + count).map(Math.exp);
    keepQuantiles(work, below, i, factor.slice(n, n + count).map((f) => spreadLevel * f));
    i += count;
  }
}
