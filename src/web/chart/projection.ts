/** When projected stock runs out, and as it would be with an order more. Index 0 is the first day of the forecast. */

/** First index at which the path is below zero; null if it never is. */
export function firstBelowZero(path: readonly number[]): number | null {
  const index = path.findIndex((value) => value < 0);
  return index === -1 ? null : index;
}

/** The path with so many units more from an index on; before it nothing is drawn, but for the point it rises from. */
export function withOrder(path: readonly number[], from: number, units: number): (number | null)[] {
  return path.map((value, n) => (n < from - 1 ? null : n < from ? value : value + units));
}
