/**
 * Which units without a cause somebody is told of, and after how long. What is within the tolerance stays on Stock & drift; what passes while the news of a
 * change is still on its way is nobody's work.
 */

/** Units without a cause at one level, and their worth in minor units of the store's currency. 0 and 0: every unit is told of. */
export interface DriftTolerance { units: number; money: number }

/** Within both, or it is told of. Where no price is known (`worth` null) nobody can say that it is little. */
export function withinTolerance(tolerance: DriftTolerance, units: number, worth: number | null): boolean {
  return units <= tolerance.units && worth !== null && worth <= tolerance.money;
}

/** Minutes: never shorter than this, and never longer, however late the news is: what lasts half an hour is told of while the lag is mended. */
const SHORTEST = 2, LONGEST = 30;
/** The news of a change, and the news of what answers it. */
const LAGS = 2;

/** Minutes a difference has to last before it is told of, from the measured lag (p99, seconds) of the way its numbers come. */
export function graceMinutes(lagSeconds: number): number {
  return Math.min(LONGEST, Math.max(SHORTEST, (LAGS * lagSeconds) / 60));
}
