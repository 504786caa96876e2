/**
 * A catalogue of series in, a forecast of each out. What the series share (weekdays, seasons, events, promotions, the worth of a method, how
 * well calibrated a quantile is) is learned once from many of them (`learnPool`) and then applied to any of them (`forecastPanel`), so that a
 * catalogue of any size is forecast in batches, on as many threads as there are. Pure and deterministic; a pool is plain data and crosses threads.
 *
 *   sales, exposure → factors (weekday × events × year × part of the month × promotions) → level (blend of means, judged by back-test) → corrected by what the
 *   catalogue's back-tests missed by → mean of each period; unbiased total; quantiles of periods and of totals, calibrated
 */
import { assert } from '../assert.ts';
import type { Series } from '../demand/series.ts';
import { applyBoosted, learnBoosted, periodVariance, type BoostedPool } from './boosted.ts';
import { drawToBoosted, LEARNED_LEVELS } from './boosted-quantiles.ts';
import { calibrated } from './calibration.ts';
import { correctLevels, learnCorrection, type CorrectionPool } from './correction.ts';
import { quantilesOf } from './distribution.ts';
import { applyEvents, learnEvents, type EventPool } from './events.ts';
import { believes, levelsAhead, levelsFor, liftNow, ofLastYear, recallLastYear, spreadAlone, withLastYear } from './first-year.ts';
import type { ForecastResult } from './forecast.ts';
import { blendLevels, fallenBack, learnLevels, trackLevels, type LevelPool } from './levels.ts';
import { madeOf, note, traceOf, type FactorTrace } from './made-of.ts';
import { applyMonth, learnMonth, type MonthPool } from './part-of-month.ts';
import { applyPromotions, learnPromotions, type PromotionPool } from './promotions.ts';
import { drawnLevel, learnShortHistory, type ShortHistoryPool } from './short-history.ts';
import { resultOf } from './result.ts';
import { applySpread, curveFor, empiricalAt, learnSpread, type SpreadPool } from './spread.ts';
import { learnStacking, stackedLevel, type StackingPool } from './stacking.ts';
import { fillStockouts, learnUnmet, type UnmetPool } from './stockout.ts';
import { learnTotals, missesOf, totalCurve, totalVariance, type TotalPool } from './totals.ts';
import { learnAging, unsure, type AgePool } from './unseen.ts';
import { applyWeekdays, learnWeekdays, type WeekdayPool } from './weekday.ts';
import { memoryFor, piecewise, prepare, RULES, type Take, type Work } from './work.ts';
import { applyYear, learnYear, type YearlyPool } from './yearly.ts';

/** Length of a period: day, week, month. */
export type Grain = 'D' | 'W' | 'M';

export interface PanelSeries {
  id: string;
  /**
   * `start` is the day number of the first period's first day; one element a period. Series may end on different periods; each is forecast from its own end. A demand of
   * NaN is a period not observed; an exposure of NaN is a period at whose unknown hour stock ran out.
   */
  series: Series;
  /** What it shares with others: the item (at several locations), the location, the category. Empty where not known. */
  item: string;
  location: string;
  category: string;
  /** Units of each period in order lines far above what a line of the item usually holds: told apart from base demand. */
  bulk?: Float64Array;
  /** Selling price of every known period and, where planned, of the periods ahead; NaN where not known. */
  price?: Float64Array;
  /** Anything else known ahead, by name (promotion, feature): one value for every known period and every period ahead. */
  drivers?: Readonly<Record<string, Float64Array>>;
}

/** A day (or days) on which demand is another. The same name is the same event: what it did before is what it is expected to do. */
export interface CalendarEvent {
  name: string;
  /** Day numbers of the first and last day. */
  from: number;
  to: number;
  /** Locations it counts for; all of them if absent. */
  locations?: readonly string[];
  /** What a planner expects it to multiply demand by, believed as far as nothing has been seen of it. Of several the latest event's counts. */
  expected?: number;
}

export interface PanelOptions {
  grain: Grain;
  /** Periods ahead, at least the longest protection interval. */
  horizon: number;
  /** Levels in (0, 1), e.g. 0.1, 0.5, 0.9, 0.95. */
  quantiles: readonly number[];
  events?: readonly CalendarEvent[];
  /** Parts to leave out, to see what each is worth. */
  without?: readonly Part[];
}

export type Part = 'weekdays' | 'events' | 'year' | 'promotions' | 'stockouts' | 'short history' | 'stacking' | 'trees' | 'own sales' | 'calibration';

/** What a catalogue's series have in common: plain data. */
export interface Pool {
  weekdays: WeekdayPool | null;
  events: EventPool | null;
  year: YearlyPool;
  month: MonthPool;
  promotions: PromotionPool | null;
  unmet: UnmetPool;
  levels: LevelPool;
  shortHistory: ShortHistoryPool;
  stacking: StackingPool;
  correction: CorrectionPool;
  boosted: BoostedPool | null;
  spread: SpreadPool;
  totals: TotalPool;
  aging: AgePool;
}

/** Learns from the series what they share; a few thousand are enough for any catalogue. Throws AssertionError for what cannot be. */
export function learnPool(panel: readonly PanelSeries[], options: PanelOptions): Pool {
  return learn(worksOf(panel, options), options, RULES[options.grain].totals);
}

/** A forecast of every series, in their order. */
export function forecastPanel(panel: readonly PanelSeries[], pool: Pool, options: PanelOptions): ForecastResult[] {
  const works = worksOf(panel, options), lengths = Array.from({ length: options.horizon }, (_, h) => h + 1), traces = works.map(traceOf);
  works.forEach((work, n) => {
    applyFactors(work, pool, options, traces[n]!);
    trackLevels(work);
    blendLevels(work, pool.levels);
    if (believes(pool.stacking)) recallLastYear(work);
  });
  setLevels(works, pool);
  applyBoosted(works, pool.boosted);
  const levels = ascending(options.quantiles), take = tellingFor(works.length, options.horizon, levels.length, lengths.length, pool.totals.lengths.length);
  return works.map((work, n) => {
    applySpread(work, pool.spread);
    return resultOf(work, pool, levels, tell(work, pool, levels, lengths, take), madeOf(work, traces[n]!, bulkOf(work).rate, ofLastYear(work, pool.stacking, traces[n]!.periods)));
  });
}

/** The forecast in numbers alone. */
export interface Told {
  id: string;
  mean: Float64Array;
  /** Level by level, `horizon` values each. */
  daily: Float64Array;
  /** Unbiased totals of the asked lengths, and their quantiles, level by level. */
  totals: Float64Array;
  cumulative: Float64Array;
  /** How much more than believed the back-test's totals missed by, by length learned. */
  misses: Float64Array;
}

/** Learns and forecasts in one go, sharing the work of both: for a panel that fits in one thread. Totals of the `lengths` alone. */
export function forecastTogether(panel: readonly PanelSeries[], options: PanelOptions, lengths: readonly number[]): Told[] {
  const works = worksOf(panel, options), levels = ascending(options.quantiles);
  for (const length of lengths) assert(Number.isSafeInteger(length) && length >= 1 && length <= options.horizon, `not a length within ${options.horizon} periods: ${length}`);
  const pool = learn(works, options, lengths.length > 0 ? [...lengths].sort((a, b) => a - b) : RULES[options.grain].totals);
  const take = tellingFor(works.length, options.horizon, levels.length, lengths.length, pool.totals.lengths.length);
  return works.map((work) => tell(work, pool, levels, lengths, take));
}

function ascending(quantiles: readonly number[]): Float64Array {
  const levels = Float64Array.from(quantiles).sort();
  for (const level of levels) assert(level > 0 && level < 1, `a quantile level lies between 0 and 1, not ${level}`);
  return levels;
}

function worksOf(panel: readonly PanelSeries[], { grain, horizon }: PanelOptions): Work[] {
  assert(Number.isSafeInteger(horizon) && horizon >= 1, `not a horizon: ${horizon}`);
  const take = memoryFor(panel, grain, horizon);
  return panel.map((series) => prepare(series, grain, horizon, take));
}

function learn(works: readonly Work[], options: PanelOptions, lengths: readonly number[]): Pool {
  const { without = [], grain } = options, has = (part: Part): boolean => !without.includes(part);
  const pool: Pool = {
    ...learnToLevels(works, options), boosted: null,
    spread: { phi: new Float64Array(0), curves: [], ownSales: true }, totals: { lengths, curves: [] }, aging: [],
  };
  setLevels(works, pool);
  if (has('trees') && !pool.promotions) pool.boosted = learnBoosted(works, (back) => asOf(works, back, options));
  applyBoosted(works, pool.boosted);
  if (has('stockouts')) pool.aging = learnAging(works, pool.stacking);
  pool.spread = learnSpread(works, RULES[grain], has('own sales'), pool.stacking);
  pool.totals = learnTotals(works, RULES[grain], pool.stacking, lengths);
  if (!has('calibration')) { pool.spread.curves = []; pool.totals.curves = []; }
  return pool;
}

type LevelsPool = Omit<Pool, 'boosted' | 'spread' | 'totals' | 'aging'>;

/** What sets factors and levels. */
function learnToLevels(works: readonly Work[], { grain, events = [], without = [] }: PanelOptions): LevelsPool {
  const has = (part: Part): boolean => !without.includes(part);
  const weekdays = grain === 'D' && has('weekdays') ? learnWeekdays(works) : null;
  if (weekdays) for (const work of works) applyWeekdays(work, weekdays);
  const eventPool = grain === 'D' && events.length > 0 && has('events') ? learnEvents(works, events) : null;
  if (eventPool) for (const work of works) applyEvents(work, eventPool);
  const year = has('year') ? learnYear(works) : { end: 0, groups: {} };
  for (const work of works) applyYear(work, year);
  const month = has('year') ? learnMonth(works) : { groups: {} };
  for (const work of works) applyMonth(work, month);
  const promotions = has('promotions') ? learnPromotions(works) : null, unmet = has('stockouts') ? learnUnmet(works) : [];
  for (const work of works) {
    applyPromotions(work, promotions);
    if (has('stockouts')) fillStockouts(work, unmet);
    trackLevels(work);
  }
  const levels = learnLevels(works);
  for (const work of works) blendLevels(work, levels);
  const shortHistory = has('short history') ? learnShortHistory(works) : { priors: {} }, known = learnStacking(has('stacking') ? works : []);
  const stacking = has('year') && Object.keys(year.groups).length === 0 ? withLastYear(works, known) : known;
  return { weekdays, events: eventPool, year, month, promotions, unmet, levels, shortHistory, stacking, correction: learnCorrection(has('trees') ? works : [], stacking) };
}

/** The works as they were `back` periods ago, their levels set by what could be learned then. */
function asOf(works: readonly Work[], back: number, options: PanelOptions): Work[] {
  const then = worksOf(works.map(({ source }) => {
    const { series: { start, demand, exposure }, bulk } = source, length = Math.max(0, demand.length - back);
    return { ...source, series: { start, demand: demand.subarray(0, length), exposure: exposure.subarray(0, length) }, ...(bulk ? { bulk: bulk.subarray(0, length) } : {}) };
  }), options);
  setLevels(then, learnToLevels(then, options));
  return then;
}

/** In the order of FACTORS, each noted. */
function applyFactors(work: Work, pool: Pool, { without = [] }: PanelOptions, trace: FactorTrace): void {
  if (pool.weekdays) applyWeekdays(work, pool.weekdays);
  note(trace, work);
  if (pool.events) applyEvents(work, pool.events);
  note(trace, work);
  applyYear(work, pool.year);
  applyMonth(work, pool.month);
  note(trace, work);
  applyPromotions(work, pool.promotions);
  note(trace, work);
  if (!without.includes('stockouts')) fillStockouts(work, pool.unmet);
}

/** From the blend to the levels that are used, each for its own purpose. */
function setLevels(works: readonly Work[], pool: LevelsPool): void {
  for (const work of works) {
    work.meanLevel = stackedLevel(work, 0, 'mean', pool.stacking);
    work.totalLevel = stackedLevel(work, 0, 'total', pool.stacking);
  }
  correctLevels(works, pool.correction);
  for (const work of works) {
    work.meanLevel = fallenBack(work, work.meanLevel, 'mean');
    work.totalLevel = fallenBack(work, work.totalLevel, 'total');
    work.meanLevel += (drawnLevel(work, work.meanLevel, pool.shortHistory) - work.meanLevel) / 2;
    work.totalLevel = drawnLevel(work, work.totalLevel, pool.shortHistory);
    // Single periods lie between the two: their median wants the shrunken mean, their tail the unbiased one.
    const lastYear = believes(pool.stacking) ? spreadAlone(work, pool.stacking).lift - (liftNow(work, 'mean', pool.stacking) + liftNow(work, 'total', pool.stacking)) / 2 : 0;
    work.spreadLevel = Math.max(0, (work.meanLevel + work.totalLevel) / 2 + lastYear);
    work.level = drawnLevel(work, work.level, pool.shortHistory);
  }
}

/** No quantile is believed beyond so many times the largest period seen, or four times the mean where that is more. */
const GUARD = 3, MEANS = 4;

/** Calibrated levels of the cell that is told. */
let askedLevels = new Float64Array(0);

/** Of the cell that is told, the calibrated levels that boosted trees know, and the distribution's quantiles at them. */
const learnedLevels = new Float64Array(LEARNED_LEVELS.length), own = new Float64Array(LEARNED_LEVELS.length);

/** Levels of the periods ahead of the series that is told; longer than asked where more was asked before. */
let ahead = levelsFor(0);

/** Memory for what is told of so many series. */
const tellingFor = (series: number, horizon: number, levels: number, lengths: number, learned: number): Take => piecewise(new Array<number>(series).fill((1 + levels) * (horizon + lengths) + learned));

function tell(work: Work, pool: Pool, levels: Float64Array, lengths: readonly number[], take: Take): Told {
  const { n, horizon, factor, unmet } = work, count = levels.length, asked = askedLevels.length === count ? askedLevels : (askedLevels = new Float64Array(count));
  const mean = take(horizon), daily = take(count * horizon), guard = guardOf(work);
  if (ahead.mean.length < horizon) ahead = levelsFor(horizon);
  levelsAhead(work, pool.stacking, ahead);
  const expected = ahead.total;
  for (let h = 0, sum = 0; h < horizon; h++) {
    const f = factor[n + h]!, m = ahead.spread[h]! * f, curve = curveFor(work, m, pool.spread);
    mean[h] = ahead.mean[h]! * f;
    expected[h] = sum += expected[h]! * f; // from here on the total up to the period
    for (let k = 0; k < count; k++) asked[k] = calibrated(levels[k]!, curve);
    const variance = periodVariance(work, h, m);
    quantilesOf(m, variance, asked, daily, h, horizon, empiricalAt(work, m));
    if (work.boostedQuantiles.length > 0) {
      for (let k = 0; k < LEARNED_LEVELS.length; k++) learnedLevels[k] = calibrated(LEARNED_LEVELS[k]!, curve);
      quantilesOf(m, variance, learnedLevels, own, 0, 1, empiricalAt(work, m));
      drawToBoosted(work, h, m, own, levels, daily, h, horizon);
    }
    for (let k = 0; k < count; k++) daily[k * horizon + h] = Math.min(daily[k * horizon + h]!, Math.max(guard, MEANS * m));
  }
  const totals = take(lengths.length), cumulative = take(count * lengths.length), misses = missesOf(work, pool.totals, pool.stacking, take(pool.totals.lengths.length)), bulk = bulkOf(work), widened = unsure(work, pool.aging);
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i]!, total = expected[length - 1]! + (bulk.rate + unmet.rate) * length;
    const variance = totalVariance(work, total, length, misses, pool.totals) * widened(length) + (bulk.variance + unmet.variance) * length, curve = totalCurve(total, length, pool.totals);
    totals[i] = total;
    for (let k = 0; k < count; k++) asked[k] = calibrated(levels[k]!, curve);
    quantilesOf(total, variance, asked, cumulative, i, lengths.length);
    for (let k = 0; k < count; k++) {
      const cell = k * lengths.length + i;
      if (k > 0) cumulative[cell] = Math.max(cumulative[cell]!, cumulative[cell - lengths.length]!);
      if (i > 0 && length > lengths[i - 1]!) cumulative[cell] = Math.max(cumulative[cell]!, cumulative[cell - 1]!);
    }
  }
  return { id: work.source.id, mean, daily, totals, cumulative, misses };
}

function guardOf({ n, first, sold }: Work): number {
  let most = 0;
  for (let t = first; t < n; t++) if (sold[t]! > most) most = sold[t]!;
  return GUARD * Math.max(1, most);
}

/** Bulk orders at their rate of the last year: expected units and variance a period (a compound Poisson: Σ size² ÷ periods). */
function bulkOf({ bulk, n, first, rules }: Work): { rate: number; variance: number } {
  if (!bulk) return { rate: 0, variance: 0 };
  const from = Math.max(Math.min(first, n - 1), n - rules.year, 0);
  let units = 0, squares = 0;
  for (let t = from; t < n; t++) { units += bulk[t]!; squares += bulk[t]! * bulk[t]!; }
  const periods = Math.max(1, n - from);
  return { rate: units / periods, variance: squares / periods };
}
