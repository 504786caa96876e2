/**
 * Calibration: are quantiles what they say?
 *
 * Every past outcome is put in its place in the distribution that was forecast for it (its probability integral transform; a count takes the whole step
 * from F(y − 1) to F(y), spread evenly). These transforms (PIT) are uniform when the forecast is calibrated; where they are not, the
 * inverse of their distribution says which level of the forecast distribution holds 80, 90, 95 % of the outcomes. By the size of what is forecast, drawn to all sizes.
 */

/** Levels at which the curve is kept; straight lines between. */
export const CURVE = [0.02, 0.05, 0.1, 0.25, 0.5, 0.65, 0.8, 0.9, 0.95, 0.975, 0.99] as const;
const BINS = 200;
const HIGHEST = 0.9995;

/** Class of size of a mean: powers of 2^`octaves`, the fifth beginning at 1; the first and the last take what lies beyond. */
export function sizeClass(mean: number, sizes: number, octaves: number): number {
  return Math.max(0, Math.min(sizes - 1, Math.floor(Math.log2(mean + 1e-9) / octaves) + 4));
}

/** Histograms of probability integral transforms, one a class of size. */
export class PitHistogram {
  readonly counts: Float64Array[];
  readonly #all = new Float64Array(BINS);
  #outcomes = 0;
  readonly #octaves: number;

  constructor(sizes: number, octaves: number) {
    this.#octaves = octaves;
    this.counts = Array.from({ length: sizes }, () => new Float64Array(BINS));
  }

  get outcomes(): number { return this.#outcomes; }

  sizeOf(mean: number): number {
    return sizeClass(mean, this.counts.length, this.#octaves);
  }

  add(mean: number, low: number, high: number): void {
    put(this.counts[this.sizeOf(mean)]!, low, high);
    put(this.#all, low, high);
    this.#outcomes++;
  }

  /** One curve a size; `prior` outcomes' worth of all sizes in each, `trust` how far from the identity they may go. */
  curves(prior: number, trust: number): Float64Array[] {
    return this.counts.map((counts) => {
      const blended = counts.map((count, bin) => count + (prior * (this.#all[bin]! + (this.#outcomes * 0.1) / BINS)) / Math.max(1, this.#outcomes * 1.1));
      return invert(blended).map((level, k) => trust * level + (1 - trust) * CURVE[k]!);
    });
  }
}

function put(counts: Float64Array, low: number, high: number): void {
  if (high - low < 1e-9) { counts[Math.min(BINS - 1, Math.floor(low * BINS))]!++; return; }
  const from = low * BINS, to = Math.min(BINS - 1e-9, high * BINS), each = 1 / (to - from), end = Math.floor(to);
  let i = Math.floor(from);
  if (i === end) { counts[i]!++; return; }
  counts[i]! += each * (i + 1 - from);
  for (i++; i < end; i++) counts[i]! += each;
  counts[end]! += each * (to - end);
}

function invert(counts: Float64Array): Float64Array {
  let total = 0;
  for (const count of counts) total += count;
  const curve = new Float64Array(CURVE.length);
  let below = 0, k = 0;
  for (let i = 0; i < BINS && k < CURVE.length; i++) {
    while (k < CURVE.length && below + counts[i]! >= CURVE[k]! * total) {
      curve[k] = Math.min(HIGHEST, (i + (CURVE[k]! * total - below) / (counts[i]! || 1)) / BINS);
      k++;
    }
    below += counts[i]!;
  }
  while (k < CURVE.length) curve[k++] = HIGHEST;
  return curve;
}

/** The level of the forecast distribution that holds a share `level` of outcomes. */
export function calibrated(level: number, curve: Float64Array | undefined): number {
  if (!curve) return level;
  let below = 0, value = 0;
  for (let k = 0; k < CURVE.length; k++) {
    if (level <= CURVE[k]!) return value + ((level - below) / (CURVE[k]! - below)) * (curve[k]! - value);
    below = CURVE[k]!;
    value = curve[k]!;
  }
  return Math.min(HIGHEST, value + ((level - below) / (1 - below)) * (1 - value));
}
