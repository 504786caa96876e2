/**
 * Quantiles of counts that vary more than chance alone: the negative binomial with given mean and variance (variance > mean; nearly
 * equal, it is the Poisson). The normal distribution is wrong below about one unit a day, which is most of a catalogue.
 */
import { assert } from '../assert.ts';

/** Above this mean the count is treated as continuous. */
const LARGE = 60;
/** Ends the walk for absurdly long tails. */
const LONGEST_WALK = 4000;

/**
 * Writes the quantiles `levels` (ascending, each in (0, 1), with their normal scores in `scores`) of a count with this mean and variance
 * into `out` from `offset`, `stride` apart. Exact by walking the probabilities up to a mean of 60, beyond it gamma by Wilson–Hilferty.
 */
export function countQuantiles(
  mean: number, variance: number, levels: Float64Array, scores: Float64Array, out: Float64Array, offset: number, stride: number,
): void {
  const count = levels.length;
  if (!(mean > 1e-9)) { for (let k = 0; k < count; k++) out[offset + k * stride] = 0; return; }
  const spread = Math.max(variance, mean * 1.0001);
  if (mean > LARGE) {
    const c = 1 / (9 * Math.max(0.25, (mean * mean) / spread));
    const root = Math.sqrt(c);
    for (let k = 0; k < count; k++) {
      const x = 1 - c + scores[k]! * root;
      out[offset + k * stride] = x > 0 ? mean * x * x * x : 0;
    }
    return;
  }
  const size = (mean * mean) / (spread - mean);
  const decay = 1 - mean / spread;
  let probability = Math.pow(mean / spread, size), cumulative = probability, x = 0;
  for (let k = 0; k < count; k++) {
    while (cumulative < levels[k]! && x < LONGEST_WALK) {
      x++;
      probability *= ((size + x - 1) / x) * decay;
      cumulative += probability;
    }
    out[offset + k * stride] = x;
  }
}

/** The standard normal quantile. P. J. Acklam's rational approximation, relative error below 1.2e-9. */
export function normalScore(level: number): number {
  assert(level > 0 && level < 1, `a quantile level lies between 0 and 1, not ${level}`);
  if (level > 0.5) return -normalScore(1 - level);
  if (level < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(level));
    return (((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q - 2.549732539343734) * q + 4.374664141464968) * q
      + 2.938163982698783) / ((((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1);
  }
  const q = level - 0.5;
  const r = q * q;
  return ((((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r + 1.38357751867269e2) * r - 3.066479806614716e1) * r
    + 2.506628277459239) * q) / (((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r + 6.680131188771972e1) * r
    - 1.328068155288572e1) * r + 1);
}
