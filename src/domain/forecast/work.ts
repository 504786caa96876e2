/**
 * The engine's working copy of a series: what is known of each period, and everything the steps work out about it on the way. Arrays are
 * counted from the first period kept; `n - 1` is the last one known.
 */
import { assert } from '../assert.ts';
import { dayFromNumber } from '../calendar.ts';
import type { Grain, PanelSeries } from './panel.ts';

/** What depends on the length of a period alone. */
export interface GrainRules {
  /** Smoothing constants of the exponential means, slow to fast. */
  alphas: readonly number[];
  /** The last of them is for short histories alone: with four months known it is the last month that counts. */
  lastForShort: boolean;
  /** Periods of the plain mean, and of a back-test's window: the span a level is asked to be right for. */
  window: number;
  /** Periods between two back-test origins, and the most origins looked at. */
  step: number;
  origins: number;
  /** Periods of history used at most. */
  kept: number;
  /** Periods from which the spread of single periods is taken. */
  recent: number;
  /** Periods in a year, and periods that share one index of it. */
  year: number;
  bin: number;
  /** Lengths of totals whose spread is back-tested. */
  totals: readonly number[];
}

export const RULES: Readonly<Record<Grain, GrainRules>> = {
  D: { alphas: [0.012, 0.03, 0.07, 0.15], lastForShort: false, window: 28, step: 7, origins: 30, kept: 1130, recent: 182, year: 364, bin: 7, totals: [7, 14, 21, 28] },
  W: { alphas: [0.05, 0.1, 0.2, 0.4, 0.7], lastForShort: true, window: 4, step: 1, origins: 26, kept: 260, recent: 52, year: 52, bin: 1, totals: [1, 3, 8] },
  M: { alphas: [0.05, 0.1, 0.2, 0.35], lastForShort: false, window: 3, step: 1, origins: 18, kept: 84, recent: 24, year: 12, bin: 1, totals: [1, 3, 6] },
};

export interface Work {
  readonly source: PanelSeries;
  readonly rules: GrainRules;
  readonly grain: Grain;
  /** Periods kept; periods ahead. */
  readonly n: number;
  readonly horizon: number;
  /** Day number of the first period kept (exact for days and weeks, the month's first day for months). */
  readonly start: number;
  /** First period with demand or, without any, the first kept. */
  readonly first: number;
  /** Units of base demand heard of each period: bulk orders taken out. Stockout periods are filled up to what was probably wanted. */
  readonly sold: Float64Array;
  /** 0..1: the share of the period that was seen in stock. */
  readonly seen: Float64Array;
  /** 1 where stock ran out at an unknown hour: demand was at least what was sold. */
  readonly stockedOut: Uint8Array | null;
  /** Units of bulk orders. */
  readonly bulk: Float64Array | null;
  /** Demand of the last year that stockouts hid and `sold` was not filled up to, in units a period, and the sum of its squares a period (`stockout.ts`). */
  unmet: { rate: number; variance: number };
  /** Expected demand of a period relative to the level: weekday × events × year × part of the month × promotions; known periods, then those ahead. */
  readonly factor: Float64Array;
  /** Running totals over periods, length n + 1: units, seen × factor, periods with a sale. */
  readonly units: Float64Array;
  readonly expected: Float64Array;
  readonly sales: Uint16Array;
  /** Running total of `factor`, length n + horizon + 1. */
  readonly factors: Float64Array;
  /** Mean squared step from one period to the next (the M5 scale); 0 without any. */
  scale: number;
  /** Back-test origins; row j of `levels` is what each method's level was j steps ago, row 0 what it is now. */
  origins: number;
  levels: Float64Array;
  /** The blend of the methods at each origin; set with the weights. */
  blends: Float64Array;
  /** Of the window after each origin, what was sold a year before it a period at a factor of 1, and its say beside a level, 0..1 (`first-year.ts`). */
  yearAgo: Float64Array;
  yearAgoSay: Float64Array;
  /** Level that came true in the window after each origin; NaN where it is not over or was hardly seen. */
  came: Float64Array;
  /** Mean squared distance of the window's periods from the level that came true in it; variance of the periods before the origin. */
  scatter: Float64Array;
  variance: Float64Array;
  /** Squared error of each method, weighted to the recent; `errorScale` what an error of the demand's own size would be. */
  errors: Float64Array;
  errorScale: number;
  /** Share of each method in the blend. */
  weights: Float64Array;
  /** The blend now; the level whose squared error is least; the level whose total is unbiased; the one of single periods' quantiles. */
  level: number;
  meanLevel: number;
  totalLevel: number;
  spreadLevel: number;
  /** Overdispersion of a single period: variance = m + φ m². */
  phi: number;
  /** Variance of each period ahead relative to what its mean usually has, as boosted trees say it (`boosted.ts`); empty where they have no say, the last of it for periods beyond. */
  relativeVariance: Float64Array;
  /** What boosted trees say each period ahead stays below, at each level they know, relative to its mean and a unit (`boosted-quantiles.ts`); empty where they have no say. */
  boostedQuantiles: Float64Array;
  /** Share of recent periods with more than x units, and their mean over their factors; `tailTrust` how far it is believed. */
  tail: Float64Array;
  tailMean: number;
  tailTrust: number;
}

const NOTHING = new Float64Array(0);

/** Gives the next zeroed numbers of a piece of memory. */
export type Take = (length: number) => Float64Array;

/** Numbers a piece of memory holds at most, but for a single longer series: 40 MB, more than what the C library keeps for itself when it is given back. */
const PIECE = 5_000_000;

/**
 * Memory for what `prepare` makes of these series, in their order. A few large pieces: a dozen small arrays a series cost more to get and give back than to
 * compute with, and of small ones what was learned from stays taken from the machine when it is over.
 */
export function memoryFor(panel: readonly PanelSeries[], grain: Grain, horizon: number): Take {
  const rules = RULES[grain], methods = rules.alphas.length + 1;
  const sizes = panel.map(({ series: { demand } }) => { const n = Math.min(demand.length, rules.kept); return 6 * n + 2 * horizon + 3 + 2 * methods + (methods + 6) * (mostOrigins(n, rules) + 1); });
  return piecewise(sizes);
}

/** Memory in pieces for what is taken in turns of these sizes. */
export function piecewise(sizes: readonly number[]): Take {
  let piece = NOTHING, taken = 0, next = 0;
  return (length) => {
    if (taken + length > piece.length) {
      let size = 0;
      do size += sizes[next++] ?? length; while (next < sizes.length && size + sizes[next]! <= PIECE);
      piece = new Float64Array(size);
      taken = 0;
    }
    return piece.subarray(taken, (taken += length));
  };
}

/** Back-test origins of a history of `n` periods at most. */
const mostOrigins = (n: number, rules: GrainRules): number => Math.max(0, Math.min(rules.origins, Math.floor((n - rules.window) / rules.step)));

/** A series ready for the steps. Throws AssertionError when its lengths disagree. */
export function prepare(source: PanelSeries, grain: Grain, horizon: number, take = memoryFor([source], grain, horizon)): Work {
  const rules = RULES[grain], { demand, exposure } = source.series, { bulk } = source, all = demand.length;
  assert(exposure.length === all, `${source.id}: ${exposure.length} exposures for ${all} periods`);
  assert(!source.bulk || source.bulk.length === all, `${source.id}: ${source.bulk?.length} bulk quantities for ${all} periods`);
  const n = Math.min(all, rules.kept), from = all - n;
  const methods = rules.alphas.length + 1, rows = mostOrigins(n, rules) + 1;
  const sold = take(n), seen = take(n), factor = take(n + horizon).fill(1);
  let stockedOut: Uint8Array | null = null, first = n;
  for (let t = 0; t < n; t++) {
    const y = demand[from + t]!, e = exposure[from + t]!;
    if (e < 0 || e > 1) assert(false, `${source.id}: exposure is a share, not ${e}`);
    if (e !== e) { stockedOut ??= new Uint8Array(n); stockedOut[t] = 1; seen[t] = 1; } else seen[t] = e;
    if (y !== y) { seen[t] = 0; continue; }
    const base = bulk ? y - bulk[from + t]! : y;
    if (!(base > 0)) continue;
    sold[t] = base;
    if (t < first) first = t;
    if (seen[t]! < LEAST_SEEN) seen[t] = LEAST_SEEN;
  }
  // Five sold in the one minute ever in stock are not a hundred a day: all of a history together is at least a period.
  let seenInAll = 0;
  for (let t = 0; t < n; t++) seenInAll += seen[t]!;
  if (seenInAll > 0 && seenInAll < 1) for (let t = 0; t < n; t++) seen[t]! /= seenInAll;
  // Without a sale since the first offer, and for a while before a first sale, silence in stock is knowledge too.
  let offered = 0;
  while (offered < n && seen[offered] === 0) offered++;
  if (first === n) first = Math.min(offered, Math.max(0, n - 1));
  else first = Math.max(offered, Math.min(first, n - rules.window));
  return {
    source, rules, grain, n, horizon, start: grain === 'D' ? source.series.start + from : grain === 'W' ? source.series.start + 7 * from : source.series.start, first: Math.max(0, first),
    sold, seen, stockedOut, bulk: source.bulk ? source.bulk.subarray(from) : null, factor,
    units: take(n + 1), expected: take(n + 1), factors: take(n + horizon + 1), sales: new Uint16Array(n + 1),
    scale: 0, origins: 0, levels: take(rows * methods), blends: take(rows), yearAgo: take(rows), yearAgoSay: take(rows), came: take(rows), scatter: take(rows), variance: take(rows), errors: take(methods), errorScale: 0,
    unmet: { rate: 0, variance: 0 }, weights: take(methods), level: 0, meanLevel: 0, totalLevel: 0, spreadLevel: 0, phi: 1, relativeVariance: NOTHING, boostedQuantiles: NOTHING, tail: NOTHING, tailMean: 0, tailTrust: 0,
  };
}

/** A sale shows that the item was there for some of the period, whatever the exposure says. */
const LEAST_SEEN = 0.05;

/** Fills the running totals from `sold`, `seen` and `factor`; call again when these change. */
export function addUp(work: Work): void {
  const { n, first, sold, seen, factor, units, expected, sales, factors } = work;
  let steps = 0, stepSquares = 0, before = NaN;
  for (let t = 0; t < n; t++) {
    const e = t >= first ? seen[t]! : 0, y = e > 0 ? sold[t]! : 0;
    units[t + 1] = units[t]! + y;
    expected[t + 1] = expected[t]! + e * factor[t]!;
    sales[t + 1] = sales[t]! + (y > 0 ? 1 : 0);
    if (e > 0) { if (before === before) { stepSquares += (y - before) * (y - before); steps++; } before = y; }
  }
  for (let t = 0; t < factor.length; t++) factors[t + 1] = factors[t]! + factor[t]!;
  work.scale = steps > 0 ? stepSquares / steps : 0;
}

/** Number of the period after a series' last one: days, weeks or months since 1970. */
export function endOf({ n, start, grain, source }: Work): number {
  if (grain === 'D') return start + n;
  if (grain === 'W') return Math.round(start / 7) + n;
  const first = dayFromNumber(source.series.start);
  return Number(first.slice(0, 4)) * 12 + Number(first.slice(5, 7)) + source.series.demand.length;
}

/** How much history there is, in windows, for what must be earned by it: 0 below four windows, 1 from six. */
export function maturity(periods: number, rules: GrainRules): number {
  return Math.min(1, Math.max(0, (periods / rules.window - 4) / 2));
}

/**
 * `sold`, and in the unseen share of a period what the series sells on average: for sums of series, in which unknown is not to count as none.
 * The array itself where all was seen.
 */
export function soldOrUsual({ n, first, sold, seen, factor }: Work): Float64Array {
  let units = 0, expected = 0, unseen = false;
  for (let t = first; t < n; t++) {
    const e = seen[t]!;
    if (e < 1) unseen = true;
    if (e > 0) { units += sold[t]!; expected += e * factor[t]!; }
  }
  if (!unseen || !(expected > 0)) return sold;
  return sold.map((y, t) => (t < first ? y : y + (1 - seen[t]!) * (units / expected) * factor[t]!));
}
