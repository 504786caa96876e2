/**
 * A catalogue of series in, a forecast of each out. What the series share (weekdays, seasons, events, promotions, the worth of a method, how
 * well calibrated a quantile is) is learned once from many of them (`learnPool`) and then applied to any of them (`forecastPanel`), so that a
 * catalogue of any size is forecast in batches, on as many threads as there are. Pure and deterministic; a pool is plain data and crosses threads.
 *
 *   sales, exposure → factors (weekday × year × events × promotions) → level (blend of means, judged by back-test) → corrected by what the
 *   catalogue's back-tests missed by → mean of each period; unbiased total; quantiles of periods and of totals, calibrated
 */
import { assert } from '../assert.ts';
import { dayFromNumber } from '../calendar.ts';
import type { Series } from '../demand/series.ts';
import { calibrated } from './calibration.ts';
import { correctLevels, learnCorrection, type CorrectionPool } from './correction.ts';
import { classifyDemand } from './demand-class.ts';
import { quantilesOf } from './distribution.ts';
import { applyEvents, learnEvents, type EventPool } from './events.ts';
import type { ForecastFlag, ForecastResult, QuantilePath } from './forecast.ts';
import { blendLevels, learnLevels, trackLevels, type LevelPool } from './levels.ts';
import { applyPromotions, learnPromotions, type PromotionPool } from './promotions.ts';
import { fillRunOuts } from './run-out.ts';
import { drawnLevel, learnShortHistory, type ShortHistoryPool } from './short-history.ts';
import { applySpread, curveFor, empiricalAt, learnSpread, type SpreadPool } from './spread.ts';
import { learnStacking, stackedLevel, type StackingPool } from './stacking.ts';
import { learnTotals, missesOf, totalCurve, totalVariance, type TotalPool } from './totals.ts';
import { applyWeekdays, learnWeekdays, type WeekdayPool } from './weekday.ts';
import { prepare, RULES, type Work } from './work.ts';
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
  /** What it shares with others: the item (at several places), the place, the category. Empty where not known. */
  item: string;
  place: string;
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
  /** Places it counts for; all of them if absent. */
  places?: readonly string[];
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

export type Part = 'weekdays' | 'events' | 'year' | 'promotions' | 'run-outs' | 'short history' | 'stacking' | 'trees' | 'own sales' | 'calibration';

/** What a catalogue's series have in common: plain data. */
export interface Pool {
  weekdays: WeekdayPool | null;
  events: EventPool | null;
  year: YearlyPool;
  promotions: PromotionPool | null;
  levels: LevelPool;
  shortHistory: ShortHistoryPool;
  stacking: StackingPool;
  correction: CorrectionPool;
  spread: SpreadPool;
  totals: TotalPool;
}

/** Learns from the series what they share; a few thousand are enough for any catalogue. Throws AssertionError for what cannot be. */
export function learnPool(panel: readonly PanelSeries[], options: PanelOptions): Pool {
  return learn(worksOf(panel, options), options, RULES[options.grain].totals);
}

/** A forecast of every series, in their order. */
export function forecastPanel(panel: readonly PanelSeries[], pool: Pool, options: PanelOptions): ForecastResult[] {
  const works = worksOf(panel, options), lengths = Array.from({ length: options.horizon }, (_, h) => h + 1);
  for (const work of works) {
    applyFactors(work, pool, options);
    trackLevels(work);
    blendLevels(work, pool.levels);
  }
  setLevels(works, pool);
  const levels = ascending(options.quantiles);
  return works.map((work) => {
    applySpread(work, pool.spread);
    return resultOf(work, pool, levels, tell(work, pool, levels, lengths));
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
}

/** Learns and forecasts in one go, sharing the work of both: for a panel that fits in one thread. Totals of the `lengths` alone. */
export function forecastTogether(panel: readonly PanelSeries[], options: PanelOptions, lengths: readonly number[]): Told[] {
  const works = worksOf(panel, options), levels = ascending(options.quantiles);
  for (const length of lengths) assert(Number.isSafeInteger(length) && length >= 1 && length <= options.horizon, `not a length within ${options.horizon} periods: ${length}`);
  const pool = learn(works, options, lengths.length > 0 ? [...lengths].sort((a, b) => a - b) : RULES[options.grain].totals);
  return works.map((work) => tell(work, pool, levels, lengths));
}

function ascending(quantiles: readonly number[]): Float64Array {
  const levels = Float64Array.from(quantiles).sort();
  for (const level of levels) assert(level > 0 && level < 1, `a quantile level lies between 0 and 1, not ${level}`);
  return levels;
}

function worksOf(panel: readonly PanelSeries[], { grain, horizon }: PanelOptions): Work[] {
  assert(Number.isSafeInteger(horizon) && horizon >= 1, `not a horizon: ${horizon}`);
  return panel.map((series) => prepare(series, grain, horizon));
}

function learn(works: readonly Work[], options: PanelOptions, lengths: readonly number[]): Pool {
  const { grain, events = [], without = [] } = options, rules = RULES[grain], has = (part: Part): boolean => !without.includes(part);
  const weekdays = grain === 'D' && has('weekdays') ? learnWeekdays(works) : null;
  if (weekdays) for (const work of works) applyWeekdays(work, weekdays);
  const eventPool = grain === 'D' && events.length > 0 && has('events') ? learnEvents(works, events) : null;
  if (eventPool) for (const work of works) applyEvents(work, eventPool);
  const year = has('year') ? learnYear(works) : { end: 0, groups: {} };
  for (const work of works) applyYear(work, year);
  const promotions = has('promotions') ? learnPromotions(works) : null;
  for (const work of works) {
    applyPromotions(work, promotions);
    if (has('run-outs')) fillRunOuts(work);
    trackLevels(work);
  }
  const levels = learnLevels(works);
  for (const work of works) blendLevels(work, levels);
  const shortHistory = has('short history') ? learnShortHistory(works) : { priors: {} }, stacking = learnStacking(has('stacking') ? works : []);
  const correction = learnCorrection(has('trees') ? works : [], stacking);
  const pool: Pool = {
    weekdays, events: eventPool, year, promotions, levels, shortHistory, stacking, correction,
    spread: { phi: new Float64Array(0), curves: [], ownSales: true }, totals: { lengths, curves: [] },
  };
  setLevels(works, pool);
  pool.spread = learnSpread(works, rules, has('own sales'));
  pool.totals = learnTotals(works, rules, stacking, lengths);
  if (!has('calibration')) { pool.spread.curves = []; pool.totals.curves = []; }
  return pool;
}

function applyFactors(work: Work, pool: Pool, { without = [] }: PanelOptions): void {
  if (pool.weekdays) applyWeekdays(work, pool.weekdays);
  if (pool.events) applyEvents(work, pool.events);
  applyYear(work, pool.year);
  applyPromotions(work, pool.promotions);
  if (!without.includes('run-outs')) fillRunOuts(work);
}

/** From the blend to the levels that are used, each for its own purpose. */
function setLevels(works: readonly Work[], pool: Pool): void {
  for (const work of works) {
    work.meanLevel = stackedLevel(work, 0, 'mean', pool.stacking);
    work.totalLevel = stackedLevel(work, 0, 'total', pool.stacking);
  }
  correctLevels(works, pool.correction);
  for (const work of works) {
    work.meanLevel += (drawnLevel(work, work.meanLevel, pool.shortHistory) - work.meanLevel) / 2;
    work.totalLevel = drawnLevel(work, work.totalLevel, pool.shortHistory);
    // Single periods lie between the two: their median wants the shrunken mean, their tail the unbiased one.
    work.spreadLevel = (work.meanLevel + work.totalLevel) / 2;
    work.level = drawnLevel(work, work.level, pool.shortHistory);
  }
}

/** No quantile is believed beyond so many times the largest total seen (or, for small ones, the fitted 99.9 %). */
const GUARD = 3;

function tell(work: Work, pool: Pool, levels: Float64Array, lengths: readonly number[]): Told {
  const { n, horizon, factor, factors, phi, meanLevel, totalLevel, spreadLevel } = work, count = levels.length;
  const mean = new Float64Array(horizon), daily = new Float64Array(count * horizon), asked = new Float64Array(count), guard = guardOf(work);
  for (let h = 0; h < horizon; h++) {
    const f = factor[n + h]!, m = spreadLevel * f, curve = curveFor(work, m, pool.spread);
    mean[h] = meanLevel * f;
    for (let k = 0; k < count; k++) asked[k] = calibrated(levels[k]!, curve);
    quantilesOf(m, m + phi * m * m, asked, daily, h, horizon, empiricalAt(work, m));
    for (let k = 0; k < count; k++) daily[k * horizon + h] = Math.min(daily[k * horizon + h]!, Math.max(guard, m * 4));
  }
  const totals = new Float64Array(lengths.length), cumulative = new Float64Array(count * lengths.length), misses = missesOf(work, pool.totals, pool.stacking), bulk = bulkOf(work);
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i]!, total = totalLevel * (factors[n + length]! - factors[n]!) + bulk.rate * length;
    const variance = totalVariance(work, total, length, misses, pool.totals) + bulk.variance * length, curve = totalCurve(total, length, pool.totals);
    totals[i] = total;
    for (let k = 0; k < count; k++) asked[k] = calibrated(levels[k]!, curve);
    quantilesOf(total, variance, asked, cumulative, i, lengths.length);
    for (let k = 0; k < count; k++) {
      const cell = k * lengths.length + i;
      if (k > 0) cumulative[cell] = Math.max(cumulative[cell]!, cumulative[cell - lengths.length]!);
      if (i > 0 && length > lengths[i - 1]!) cumulative[cell] = Math.max(cumulative[cell]!, cumulative[cell - 1]!);
    }
  }
  return { id: work.source.id, mean, daily, totals, cumulative };
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

const NAMES = ['slow', 'medium', 'quick', 'quicker', 'quickest'], PLAIN = 'plain';
const LEAST_SHARE = 0.05;
/** The service most merchants ask for: the quantile whose coverage is reported is the asked one nearest to it. */
const USUAL_SERVICE = 0.95;
/** A quick level so many of its back-tested errors from the slow one is a shift. */
const SHIFT = 3;

function resultOf(work: Work, pool: Pool, levels: Float64Array, told: Told): ForecastResult {
  const { source, rules, grain, n, horizon, weights, origins, first, seen, ranOut } = work, days = source.series.demand.length;
  const paths = (rows: Float64Array): QuantilePath[] => Array.from(levels, (q, k) => ({ q, values: Array.from(rows.subarray(k * horizon, (k + 1) * horizon)) }));
  const shares = Array.from(weights, (share, k) => ({ method: k < rules.alphas.length ? NAMES[k]! : PLAIN, share, parameters: k < rules.alphas.length ? { alpha: rules.alphas[k]! } as Record<string, number> : { window: rules.window } }))
    .filter(({ share }) => share >= LEAST_SHARE).sort((a, b) => b.share - a.share);
  let censored = 0, offered = false, units = 0;
  for (let t = 0; t < n; t++) { if (seen[t]! < 1 || ranOut?.[t]) censored++; if (seen[t]! > 0) offered = true; units += work.sold[t]!; }
  const shape = classifyDemand({ demand: work.sold.subarray(first), exposure: seen.subarray(first), start: work.start + first });
  const flags: ForecastFlag[] = [], error = errorOf(work, pool, levels), last = work.sales[n]!, lately = work.sales[Math.max(0, n - 3 * rules.window)]!;
  if (n - first < rules.window) flags.push('short history');
  if (error.windows === 0) flags.push('no back-test');
  if (shape.class === 'intermittent' || shape.class === 'lumpy') flags.push('intermittent');
  if (censored > 0) flags.push('censored');
  if (!offered) flags.push('never in stock');
  if (units === 0) flags.push('no sales');
  if (units > 0 && n - first > 3 * rules.window && last === lately) flags.push('silent');
  if (origins > 0 && work.errorScale > 0 && Math.abs(work.levels[2]! - work.levels[0]!) > SHIFT * Math.sqrt(work.errors[0]! / Math.max(1, origins))) flags.push('level shift');
  if (work.bulk?.some((quantity) => quantity > 0)) flags.push('bulk orders');
  const lastDay = grain === 'D' ? source.series.start + days - 1 : grain === 'W' ? source.series.start + 7 * days - 1 : source.series.start + Math.round(30.44 * days) - 1;
  return {
    method: units === 0 ? 'nothing sold' : shares.slice(0, 2).map(({ method, share }) => `${Math.round(share * 100)} % ${method}`).join(', '),
    shares, shape, flags, mean: Array.from(told.mean), totals: Array.from(told.totals), cumulative: paths(told.cumulative), daily: paths(told.daily),
    error: error.error, origins: error.windows,
    trainedOn: { from: n > 0 ? dayFromNumber(work.start + (grain === 'D' ? first : grain === 'W' ? 7 * first : Math.round(30.44 * (days - n + first)))) : null, to: days > 0 ? dayFromNumber(lastDay) : null, days: n - first, censoredDays: censored },
  };
}

interface BackTest { error: ForecastResult['error']; windows: number }
/** Quantiles of totals that are judged; the last one is replaced by the asked level nearest to it. */
const JUDGED = [0.5, 0.8, 0.9, USUAL_SERVICE];

/** What the back-test showed of this series: the level said at each past origin against the window that followed. */
function errorOf(work: Work, pool: Pool, levels: Float64Array): BackTest {
  const { n, origins, expected, units, factors, scale, rules: { step, window } } = work;
  let missed = 0, said = 0, came = 0, squared = 0, periods = 0, windows = 0, pinball = 0;
  const kept = new Float64Array(JUDGED.length);
  const service = levels.reduce((a, b) => (Math.abs(b - USUAL_SERVICE) < Math.abs(a - USUAL_SERVICE) ? b : a), levels[0] ?? 0.95), judged = [...JUDGED.slice(0, -1), service], bounds = new Float64Array(judged.length), asked = new Float64Array(judged.length);
  const misses = missesOf(work, pool.totals, pool.stacking);
  for (let j = 1; j <= origins; j++) {
    const actual = work.came[j]!;
    if (actual !== actual) continue;
    const from = n - j * step, to = from + window, full = factors[to]! - factors[from]!, mean = stackedLevel(work, j, 'total', pool.stacking), total = mean * full, sold = actual * full;
    missed += Math.abs(total - sold); said += total; came += sold; windows++;
    const m = stackedLevel(work, j, 'mean', pool.stacking);
    squared += window * (work.scatter[j]! + (actual - m) ** 2);
    periods += window;
    const curve = totalCurve(total, window, pool.totals), seen = (expected[to]! - expected[from]!) / full, wanted = units[to]! - units[from]!;
    for (let k = 0; k < judged.length; k++) asked[k] = calibrated(judged[k]!, curve);
    quantilesOf(total, totalVariance(work, total, window, misses, pool.totals), asked, bounds, 0, 1);
    for (let k = 0; k < judged.length; k++) {
      const over = wanted - bounds[k]! * seen;
      if (over <= 1e-9) kept[k]!++;
      pinball += (over > 0 ? judged[k]! * over : (judged[k]! - 1) * over) / judged.length;
    }
  }
  const share = (k: number): number | null => (windows >= 4 ? kept[k]! / windows : null);
  const error: ForecastResult['error'] = {
    wape: came > 0 ? missed / came : null, bias: came > 0 ? (said - came) / came : null, rmsse: scale > 0 && periods > 0 ? Math.sqrt(Math.max(0, squared) / periods / scale) : null,
    coverage: windows >= 4 ? { quantile: service, observed: kept[3]! / windows, windows } : null, under80: share(1), under90: share(2), pinball: came > 0 ? pinball / came : null,
  };
  return { error, windows };
}
