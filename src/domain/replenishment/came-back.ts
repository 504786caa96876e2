/** What customers brought back, as a shelf sees it. */
import type { DayNumber } from '../calendar.ts';

/**
 * Units that came back on each day of a period. A day of `known` (ascending) may be negative: what turned out to be no goods, or was taken back. It is taken off
 * what comes after it, since on the day it came nobody knew.
 */
export function cameBack(known: { days: readonly DayNumber[]; values: readonly number[] } | undefined, first: DayNumber, days: number): Int32Array {
  const back = new Int32Array(days);
  let owed = 0;
  known?.days.forEach((day, n) => {
    const left = known.values[n]! - owed;
    if (day >= first && day < first + days) back[day - first] = Math.max(0, left);
    owed = Math.max(0, -left);
  });
  return back;
}
