/** Whole days into at most 24 equal bins that hold every order and the stated lead time. */
export interface Bin { from: number; to: number; n: number }

export function histogram(days: readonly number[], stated: number | null): Bin[] {
  const all = stated === null ? days : [...days, stated], low = Math.floor(Math.min(...all)), high = Math.ceil(Math.max(...all)) + 1;
  const size = Math.max(1, Math.ceil((high - low) / 24)), from = Math.max(0, low - size);
  const bins = Array.from({ length: Math.ceil((high + size - from) / size) }, (_, n): Bin => ({ from: from + n * size, to: from + (n + 1) * size, n: 0 }));
  for (const day of days) bins[Math.min(bins.length - 1, Math.floor((day - from) / size))]!.n++;
  return bins;
}
