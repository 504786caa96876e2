/**
 * Promotions and price: how much more (or less) is sold at a price, on a deal, beside a competitor's price.
 *
 * One ridge regression of log demand on log price ratios (to the series' usual one), their squares, flags, products of a flag with another
 * driver, and last period's values (a promotion's echo); everything relative to its mean over the periods around, so that the level cancels.
 * Coefficients of an item are pooled over its locations and drawn to the catalogue's. A dozen numbers an item, readable by the merchant:
 * demand × exp(Σ coefficient × value).
 *
 * A price that only ever changes for good is left to the level: of 130 daily series of true shelf prices, few of which ever come back, quantiles of totals err 1.5 % less so.
 */
import { join, normalEquations, observe, solveRidge, type NormalEquations } from './linear.ts';
import type { Work } from './work.ts';

export interface PromotionPool {
  /** Names of the drivers; those whose values all lie in 0..1 are flags. */
  drivers: { name: string; flag: boolean }[];
  catalogue: Float64Array;
  items: Record<string, Float64Array>;
}

/** Periods around, on each side, that everything is relative to; the least of them that must be known. */
const AROUND = 8, LEAST_AROUND = 4;
/** A period older counts so much less. */
const AGING = 0.995;
/** Observations' worth of the catalogue in an item's coefficients. */
const CATALOGUE_ROWS = 150;
const STRONGEST = 3;
/** Units a period below which the logarithm of a count says too little. */
const LEAST_UNITS = 1;

/** Windows' length up to which a price that ends is a promotion; one that lasts longer is a new price, which the level follows. */
const PROMOTION_WINDOWS = 1.5;

const driverValues = (work: Work): Record<string, Float64Array> => {
  const { source } = work;
  return source.price ? { price: source.price, ...source.drivers } : { ...source.drivers };
};

/** Number of columns of regressors these drivers make. */
function widthOf(drivers: PromotionPool['drivers']): number {
  const flags = drivers.filter(({ flag }) => flag).length, others = drivers.length - flags;
  return 3 * others + 2 * flags + (drivers.length * (drivers.length - 1) - others * (others - 1)) / 2;
}

/** Kept from call to call: most of the time went into making and giving back arrays of the length of a series. */
const scratch = { series: new Float64Array(0), sums: new Float64Array(0), sorted: new Float64Array(0) };

function room(name: keyof typeof scratch, length: number): Float64Array {
  return scratch[name].length >= length ? scratch[name] : (scratch[name] = new Float64Array(2 * length));
}

/** Median of the positive values known; 1 without any. */
function usualOf(values: Float64Array, from: number, to: number): number {
  const sorted = room('sorted', to - from);
  let count = 0;
  for (let t = from; t < to && t < values.length; t++) if (values[t]! > 0) sorted[count++] = values[t]!;
  return count > 0 ? sorted.subarray(0, count).sort()[count >> 1]! : 1;
}

/**
 * Each driver in every known period and every period ahead, one after the other: flags as they are, others as the log of their ratio to the usual. An unknown price
 * or flag is the usual one. Reused by the next call.
 */
function driverSeries(work: Work, drivers: PromotionPool['drivers']): Float64Array {
  const given = driverValues(work), length = work.n + work.horizon, known = work.source.series.demand.length, cut = known - work.n, out = room('series', drivers.length * length);
  drivers.forEach(({ name, flag }, k) => {
    const values = given[name], row = k * length;
    if (!values) { out.fill(0, row, row + length); return; }
    if (flag) {
      for (let t = 0; t < length; t++) { const v = values[cut + t]; out[row + t] = v === undefined || v !== v ? 0 : v; }
      return;
    }
    const usual = usualOf(values, cut, known);
    let held = usual, log = 0;
    for (let t = 0; t < length; t++) {
      const v = values[cut + t];
      if (v !== undefined && v > 0 && v !== held) { held = v; log = Math.log(held / usual); } // a price holds until another is known
      out[row + t] = log;
    }
  });
  return out;
}

/** Regressors of a period: each driver, its value a period before and (unless a flag) its square; then products of a flag with another driver. */
function regressorsAt(series: Float64Array, length: number, drivers: PromotionPool['drivers'], t: number, x: Float64Array): void {
  let k = 0;
  for (let d = 0; d < drivers.length; d++) {
    const v = series[d * length + t]!;
    x[k++] = v;
    x[k++] = t > 0 ? series[d * length + t - 1]! : v;
    if (!drivers[d]!.flag) x[k++] = v * v;
  }
  for (let a = 0; a < drivers.length; a++) {
    for (let b = a + 1; b < drivers.length; b++) if (drivers[a]!.flag || drivers[b]!.flag) x[k++] = series[a * length + t]! * series[b * length + t]!;
  }
}

function addRows(work: Work, drivers: PromotionPool['drivers'], into: NormalEquations): void {
  const { n, first, sold, seen, horizon } = work, { size } = into;
  let units = 0;
  for (let t = first; t < n; t++) units += sold[t]!;
  if (units < LEAST_UNITS * (n - first)) return;
  // Running totals of what was seen, periods, logs and regressors: the mean around a period is a difference of two.
  const series = driverSeries(work, drivers), width = size + 2, sums = room('sums', (n - first + 1) * width).fill(0, 0, width), x = new Float64Array(size);
  for (let t = first; t < n; t++) {
    const row = (t - first) * width, next = row + width, whole = seen[t]! >= 0.95 ? 1 : 0;
    regressorsAt(series, n + horizon, drivers, t, x);
    sums[next] = sums[row]! + whole;
    sums[next + 1] = sums[row + 1]! + whole * Math.log(sold[t]! + 0.5);
    for (let k = 0; k < size; k++) sums[next + 2 + k] = sums[row + 2 + k]! + whole * x[k]!;
  }
  let weight = Math.pow(AGING, n - first);
  for (let t = first; t < n; t++, weight /= AGING) {
    if (seen[t]! < 0.95 || work.stockedOut?.[t]) continue;
    const from = (Math.max(first, t - AROUND) - first) * width, to = (Math.min(n, t + AROUND + 1) - first) * width, around = sums[to]! - sums[from]!;
    if (around < LEAST_AROUND) continue;
    regressorsAt(series, n + horizon, drivers, t, x);
    for (let k = 0; k < size; k++) x[k]! -= (sums[to + 2 + k]! - sums[from + 2 + k]!) / around;
    observe(into, x, Math.log(sold[t]! + 0.5) - (sums[to + 1]! - sums[from + 1]!) / around, weight);
  }
}

/** Whether there is anything to promote by: a flag that changes, a price that was there for a while only, or one that is planned ahead. */
function moves(work: Work): boolean {
  const { source: { price, drivers, series: { demand } }, rules: { window } } = work, known = demand.length;
  for (const values of Object.values(drivers ?? {})) if (changes(values)) return true;
  if (!price) return false;
  let held = NaN, since = -1;
  for (let t = 0; t < price.length; t++) {
    const v = price[t]!;
    if (!(v > 0) || v === held) continue;
    if (held === held && (t >= known || (since > 0 && t - since <= PROMOTION_WINDOWS * window))) return true;
    since = held === held ? t : 0;
    held = v;
  }
  return false;
}

function changes(values: Float64Array): boolean {
  for (let t = 1; t < values.length; t++) { const v = values[t]!, before = values[t - 1]!; if (v !== before && v === v && before === before) return true; }
  return false;
}

/** Null where no series says anything of price or promotion. */
export function learnPromotions(works: readonly Work[]): PromotionPool | null {
  const flags = new Map<string, { flag: boolean; moves: boolean }>();
  for (const work of works) {
    const { price, drivers } = work.source;
    if (price && !flags.get('price')?.moves) flags.set('price', { flag: false, moves: moves(work) });
    for (const [name, values] of Object.entries(drivers ?? {})) {
      const known = flags.get(name) ?? { flag: true, moves: false };
      for (const v of values) if (v < 0 || v > 1) known.flag = false;
      known.moves ||= changes(values);
      flags.set(name, known);
    }
  }
  const drivers = [...flags].filter(([, { moves }]) => moves).map(([name, { flag }]) => ({ name, flag }));
  if (drivers.length === 0) return null;
  const size = widthOf(drivers), all = normalEquations(size), items = new Map<string, NormalEquations>();
  for (const work of works) {
    if (!moves(work)) continue;
    let own = items.get(work.source.item);
    if (!own) items.set(work.source.item, (own = normalEquations(size)));
    addRows(work, drivers, own);
  }
  for (const own of items.values()) join(all, own);
  if (all.rows < 10 * size) return null;
  const catalogue = solveRidge(all, 0.02), pool: PromotionPool = { drivers, catalogue, items: {} }, share = CATALOGUE_ROWS / all.rows;
  for (const [item, own] of items) {
    if (item === '') continue;
    for (let k = 0; k < size * size; k++) own.xx[k]! += share * all.xx[k]!;
    for (let u = 0; u < size; u++) for (let v = 0; v < size; v++) own.xy[u]! += share * (u >= v ? all.xx[u * size + v]! : all.xx[v * size + u]!) * catalogue[v]!;
    pool.items[item] = solveRidge(own, 0.005);
  }
  return pool;
}

/** Multiplies the effects of price and promotions into `factor`. */
export function applyPromotions(work: Work, pool: PromotionPool | null): void {
  if (!pool || !moves(work)) return;
  const { drivers } = pool, beta = pool.items[work.source.item] ?? pool.catalogue, { factor } = work, series = driverSeries(work, drivers), x = new Float64Array(beta.length);
  let last = 0, effect = 1;
  for (let t = 0; t < factor.length; t++) {
    regressorsAt(series, factor.length, drivers, t, x);
    let sum = 0;
    for (let k = 0; k < x.length; k++) sum += beta[k]! * x[k]!;
    if (sum !== last) { last = sum; effect = Math.exp(Math.max(-STRONGEST, Math.min(STRONGEST, sum))); }
    factor[t]! *= effect;
  }
}
