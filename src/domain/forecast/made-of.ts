/**
 * Why this number: from what was sold in the last window (four weeks, four weeks, three months) to what is expected in the next one, step by step, in
 * units. The steps sum to the expected total. Each factor's step is what replacing its values of the last window by those ahead changes, one factor after
 * the other, period by period, so that equal weekdays change nothing.
 */
import { blendAt } from './levels.ts';
import type { Work } from './work.ts';

/** The factors, in the order they are applied. */
export const FACTORS = ['weekdays', 'events', 'time of year', 'prices'] as const;
export const STEPS = ['sold', 'bulk before', 'unseen', 'level', 'catalogue', ...FACTORS, 'bulk ahead', 'unmet'] as const;

export interface MadeOf {
  /** Periods of the window, behind and ahead. */
  periods: number;
  /** Units of each of STEPS. */
  units: number[];
  /** Demand of Monday to Sunday relative to their mean; null where days have no weekdays. */
  weekdays: number[] | null;
}

/** Running products of the factors over the last window and the next, noted after each of FACTORS. */
export interface FactorTrace { periods: number; behind: Float64Array; ahead: Float64Array; noted: number }

export function traceOf({ rules, horizon }: Work): FactorTrace {
  const periods = Math.min(rules.window, horizon);
  return { periods, behind: new Float64Array(FACTORS.length * periods), ahead: new Float64Array(FACTORS.length * periods), noted: 0 };
}

/** A history shorter than the window: what is not there has the factors of the same place ahead, and was not seen. */
export function note(trace: FactorTrace, { n, factor }: Work): void {
  const { periods, behind, ahead } = trace, row = trace.noted++ * periods;
  for (let h = 0; h < periods; h++) {
    ahead[row + h] = factor[n + h]!;
    behind[row + h] = n - periods + h >= 0 ? factor[n - periods + h]! : factor[n + h]!;
  }
}

/** `bulkRate`: units a period in bulk orders ahead; `lastYear`: the level without it, and what it adds where two years are not known (`first-year.ts`). */
export function madeOf(work: Work, { periods, behind, ahead }: FactorTrace, bulkRate: number, lastYear: { level: number; units: number }): MadeOf {
  const { n, first, source: { series: { demand } }, bulk, sold, seen, factor, unmet } = work, { level } = lastYear, cut = demand.length - n, last = (FACTORS.length - 1) * periods;
  let recorded = 0, large = 0, unseen = 0, before = 0;
  for (let h = 0; h < periods; h++) {
    const t = n - periods + h, f = behind[last + h]!, share = t >= first ? seen[t]! : 0;
    before += f;
    unseen += (1 - share) * level * f;
    if (t < 0) continue;
    const raw = demand[cut + t]!, units = raw > 0 ? raw : 0, base = bulk ? Math.max(0, units - bulk[t]!) : units;
    recorded += units;
    large += units - base;
    if (share > 0) unseen += sold[t]! - base;
  }
  const own = blendAt(work, 0), changes: number[] = [];
  let at = before;
  for (let k = 0; k < FACTORS.length; k++) {
    let next = 0;
    for (let h = 0; h < periods; h++) { const was = behind[k * periods + h]!; next += ahead[k * periods + h]! * (was > 0 ? behind[last + h]! / was : 1); }
    changes.push(level * (next - at));
    at = next;
  }
  changes[FACTORS.indexOf('time of year')]! += lastYear.units;
  // What the trees have made of the factors since the last was noted.
  let boosted = -at;
  for (let h = 0; h < periods; h++) boosted += factor[n + h]!;
  const units = [recorded, -large, unseen, own * before - (recorded - large + unseen), (level - own) * before + level * boosted, ...changes, bulkRate * periods, unmet.rate * periods];
  return { periods, units: units.map((value) => value + 0), weekdays: weekdaysOf(work, ahead, periods) };
}

const WEEK = 7;
/** Day number 0 was a Thursday. */
const MONDAY_FIRST = 3;

function weekdaysOf({ grain, start, n }: Work, ahead: Float64Array, periods: number): number[] | null {
  if (grain !== 'D' || periods < WEEK) return null;
  const days = new Array<number>(WEEK).fill(0);
  let sum = 0;
  for (let h = 0; h < WEEK; h++) { days[(((start + n + h + MONDAY_FIRST) % WEEK) + WEEK) % WEEK] = ahead[h]!; sum += ahead[h]!; }
  return sum > 0 ? days.map((value) => (value * WEEK) / sum) : null;
}
