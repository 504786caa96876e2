/** When projected stock runs out. Index 0 is the first day of the forecast. */

/** First index at which the path is below zero; null if it never is. */
export function firstBelowZero(path: readonly number[]): number | null {
  const index = path.findIndex((value) => value < 0);
  return index === -1 ? null : index;
}
