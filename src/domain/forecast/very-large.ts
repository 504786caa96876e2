/**
 * Periods so far above all others of their series that they are a slip of the pen (100,000 for 10) or an order nobody will repeat at any time soon: believed like
 * the others, a single one decides what hundreds of other series are taught of weekdays, seasons and chance. They are taken as bulk orders: out of base demand, in
 * totals at their rate of the last year. What else was wanted in such a period is not known.
 *
 * The rule is out of reach of ordinary demand, lumpy or not: of the 10,300 series of the accuracy benches the farthest
 * has a largest period 69 times its next one.
 */
import type { PanelSeries } from './panel.ts';

/** Its index, its units, and how many times the largest of the other periods it is. */
export interface VeryLarge { at: number; units: number; times: number }

/** Times the next largest period; of a series with few other sales, which say less of what is usual. */
const TIMES = 100, TIMES_OF_FEW = 1_000, FEW = 10;
/** They are exceptions: one in so many periods with a sale, one at least. */
const ONE_IN = 50, MOST = 20;

/** Largest first, those above the widest gap. */
export function veryLarge(demand: Float64Array): VeryLarge[] {
  const top: number[] = []; // periods, the most units first
  let sales = 0;
  for (let t = 0; t < demand.length; t++) {
    const y = demand[t]!;
    if (!(y > 0)) continue;
    sales++;
    if (top.length > MOST && y <= demand[top[MOST]!]!) continue;
    let at = top.length;
    while (at > 0 && demand[top[at - 1]!]! < y) at--;
    top.splice(at, 0, t);
    if (top.length > MOST + 1) top.pop();
  }
  for (let k = Math.min(MOST, Math.max(1, Math.floor(sales / ONE_IN)), top.length - 1); k > 0; k--) {
    const usual = demand[top[k]!]!;
    if (demand[top[k - 1]!]! > (sales - k < FEW ? TIMES_OF_FEW : TIMES) * usual) return top.slice(0, k).map((at) => ({ at, units: demand[at]!, times: demand[at]! / usual }));
  }
  return [];
}

/** The series itself where it has none. */
export function apart<T extends PanelSeries>(one: T): T & { veryLarge?: VeryLarge[] } {
  const { demand, exposure } = one.series, found = veryLarge(demand);
  if (found.length === 0) return one;
  const bulk = new Float64Array(demand.length), seen = exposure.slice();
  for (const { at, units } of found) { bulk[at] = units; seen[at] = 0; }
  return { ...one, bulk, series: { ...one.series, exposure: seen }, veryLarge: found };
}

/** A series that is one period: so much of its own units, and of the units of all that is learned from; and the periods it takes to say so. */
const OWN = 0.9, OF_ALL = 0.01, LEAST_PERIODS = 20;

export interface Alone { id: string; at: number; units: number; own: number; ofAll: number }

/**
 * Those of a sample to learn from, and those left aside: series that are hardly more than one period (nothing of their own says whether it is a slip), which
 * is more than a hundredth of all that is sold. Everything where that would be most of the sample.
 */
export function teachers<T extends PanelSeries>(sample: readonly T[]): { teach: T[]; aside: Alone[] } {
  let all = 0;
  const found: Omit<Alone, 'ofAll'>[] = [];
  for (const { id, series: { demand }, bulk } of sample) {
    let sum = 0, most = 0, at = 0;
    for (let t = 0; t < demand.length; t++) {
      const y = demand[t]! - (bulk?.[t] ?? 0);
      if (!(y > 0)) continue;
      sum += y;
      if (y > most) { most = y; at = t; }
    }
    all += sum;
    if (demand.length >= LEAST_PERIODS && most > OWN * sum) found.push({ id, at, units: most, own: most / sum });
  }
  // The largest first, and without those before: one of a million does not hide one of a thousand.
  const aside: Alone[] = [];
  for (const one of found.sort((a, b) => b.units - a.units)) {
    if (one.units <= OF_ALL * all) break;
    aside.push({ ...one, ofAll: one.units / all });
    all = Math.max(0, all - one.units / one.own);
  }
  const ids = new Set(aside.map(({ id }) => id));
  return 2 * aside.length > sample.length ? { teach: [...sample], aside: [] } : { teach: sample.filter(({ id }) => !ids.has(id)), aside };
}
