/**
 * Promotions and price: how much more (or less) is sold at a price, on a deal, beside a competitor's price.
 *
 * One ridge regression of log demand on log price ratios (to the series' usual one), their squares, flags, products of a flag with another
 * driver, and last period's values (a promotion's echo); everything relative to its mean over the periods around, so that the level cancels.
 * Coefficients of an item are pooled over its locations and drawn to the catalogue's. A dozen numbers an item, readable by the merchant:
 * demand × exp(Σ coefficient × value).
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

const driverValues = (work: Work): Record<string, Float64Array> => {
  const { source } = work;
  return source.price ? { price: source.price, ...source.drivers } : { ...source.drivers };
};

function columnsOf(drivers: PromotionPool['drivers']): { name: string; of: (value: (driver: number, t: number) => number, t: number) => number }[] {
  const columns: { name: string; of: (value: (driver: number, t: number) => number, t: number) => number }[] = [];
  drivers.forEach(({ name, flag }, a) => {
    columns.push({ name, of: (value, t) => value(a, t) });
    columns.push({ name: `${name} before`, of: (value, t) => value(a, t - 1) });
    if (!flag) columns.push({ name: `${name}²`, of: (value, t) => value(a, t) ** 2 });
  });
  for (let a = 0; a < drivers.length; a++) {
    for (let b = a + 1; b < drivers.length; b++) {
      if (drivers[a]!.flag || drivers[b]!.flag) columns.push({ name: `${drivers[a]!.name} × ${drivers[b]!.name}`, of: (value, t) => value(a, t) * value(b, t) });
    }
  }
  return columns;
}

/** Regressors of every known period and every period ahead, column by column. An unknown price or flag is the usual one. */
function regressors(work: Work, drivers: PromotionPool['drivers']): Float64Array[] {
  const given = driverValues(work), length = work.n + work.horizon, cut = work.source.series.demand.length - work.n;
  const series = drivers.map(({ name, flag }) => {
    const values = given[name], out = new Float64Array(length);
    if (!values) return out;
    const known: number[] = [];
    for (let t = 0; t < work.n; t++) { const v = values[cut + t]!; if (v > 0) known.push(v); }
    known.sort((a, b) => a - b);
    const usual = known[known.length >> 1] ?? 1;
    let held = flag ? 0 : usual;
    for (let t = 0; t < length; t++) {
      const v = values[cut + t];
      if (flag) { out[t] = v === undefined || Number.isNaN(v) ? 0 : v; continue; }
      if (v !== undefined && v > 0) held = v; // a price holds until another is known
      out[t] = Math.log(held / usual);
    }
    return out;
  });
  const value = (driver: number, t: number): number => series[driver]![Math.max(0, t)]!;
  return columnsOf(drivers).map((column) => { const out = new Float64Array(length); for (let t = 0; t < length; t++) out[t] = column.of(value, t); return out; });
}

function addRows(work: Work, columns: readonly Float64Array[], into: NormalEquations): void {
  const { n, first, sold, seen } = work, size = columns.length;
  let units = 0;
  for (let t = first; t < n; t++) units += sold[t]!;
  if (units < LEAST_UNITS * (n - first)) return;
  const logs = new Float64Array(n), means = new Float64Array(size);
  for (let t = 0; t < n; t++) logs[t] = Math.log(sold[t]! + 0.5);
  for (let t = first; t < n; t++) {
    if (seen[t]! < 0.95 || work.stockedOut?.[t]) continue;
    let around = 0, sum = 0;
    means.fill(0);
    for (let u = Math.max(first, t - AROUND); u <= Math.min(n - 1, t + AROUND); u++) {
      if (seen[u]! < 0.95) continue;
      sum += logs[u]!; around++;
      for (let k = 0; k < size; k++) means[k]! += columns[k]![u]!;
    }
    if (around < LEAST_AROUND) continue;
    for (let k = 0; k < size; k++) means[k] = columns[k]![t]! - means[k]! / around;
    observe(into, means, logs[t]! - sum / around, Math.pow(AGING, n - t));
  }
}

/** Whether anything that is known of the series' price and promotions ever changes. */
function moves(work: Work): boolean {
  return Object.values(driverValues(work)).some((values) => values.some((v, t) => t > 0 && v !== values[t - 1] && !Number.isNaN(v) && !Number.isNaN(values[t - 1]!)));
}

/** Null where no series says anything of price or promotion. */
export function learnPromotions(works: readonly Work[]): PromotionPool | null {
  const flags = new Map<string, { flag: boolean; moves: boolean }>();
  for (const work of works) {
    for (const [name, values] of Object.entries(driverValues(work))) {
      const known = flags.get(name) ?? { flag: name !== 'price', moves: false };
      let before = NaN;
      for (const v of values) {
        if (Number.isNaN(v)) continue;
        if (v < 0 || v > 1) known.flag = false;
        if (before === before && v !== before) known.moves = true;
        before = v;
      }
      flags.set(name, known);
    }
  }
  const drivers = [...flags].filter(([, { moves }]) => moves).map(([name, { flag }]) => ({ name, flag }));
  if (drivers.length === 0) return null;
  const size = columnsOf(drivers).length, all = normalEquations(size), items = new Map<string, NormalEquations>();
  for (const work of works) {
    if (!moves(work)) continue;
    let own = items.get(work.source.item);
    if (!own) items.set(work.source.item, (own = normalEquations(size)));
    addRows(work, regressors(work, drivers), own);
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
  const columns = regressors(work, pool.drivers), beta = pool.items[work.source.item] ?? pool.catalogue, { factor } = work;
  for (let t = 0; t < factor.length; t++) {
    let sum = 0;
    for (let k = 0; k < columns.length; k++) sum += beta[k]! * columns[k]![t]!;
    factor[t]! *= Math.exp(Math.max(-STRONGEST, Math.min(STRONGEST, sum)));
  }
}
