/** Medians, quantiles and the way figures are written. */

/** The q-quantile by the nearest rank of a list in any order; NaN for an empty one. */
export function quantile(values: readonly number[] | Float64Array, q: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))]!;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length === 0 ? Number.NaN : sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** 12345 → '12,345'. */
export const whole = (value: number): string => (Number.isFinite(value) ? Math.round(value).toLocaleString('en-US') : '–');
export const ratio = (value: number): string => (Number.isFinite(value) ? value.toFixed(value >= 20 ? 0 : value >= 3 ? 1 : 2) : '–');
export const ms = (value: number): string => (Number.isFinite(value) ? (value >= 100 ? value.toFixed(0) : value.toFixed(1)) : '–');
export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(milliseconds >= 10_000 ? 1 : 2)} s`;

/** Milliseconds that `work` takes, with its answer. */
export async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const start = performance.now();
  const value = await work();
  return { ms: performance.now() - start, value };
}
