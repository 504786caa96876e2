/**
 * The buffer B: units withheld against what may be sold between a sale and the moment its effect is confirmed in Shopify.
 *
 * B = the quantile of demand over the sync lag. Demand over so short a time is Poisson with rate × lag; the rate is the larger of the item's forecast for
 * today and what today has sold so far per hour, so that a flash sale is believed before the forecast knows of it. Capped by policy, zero for slow items.
 */
export interface BufferInput {
  /** Units a day the forecast expects today. */
  forecastPerDay: number;
  /** Units sold in the last hour at this level (and by other stores from the same shelf). */
  soldLastHour: number;
  /** p99 of the measured lag over the last hour, both directions, in seconds. */
  lagSeconds: number;
  quantile: number;
  capUnits: number | null;
  /** Of the sellable units on the shelf. */
  capShare: number;
  sellable: number;
  /** Units withheld whatever sells, as far as there are any; and the rule that made the terms, in words (buffer-rules.ts). */
  atLeast?: number; by?: string | null;
}

export interface Buffer { units: number; sentence: string }

const SECONDS_A_DAY = 86_400;
/** A lag above this is an incident, not a buffer: stock is not to be withheld by the hour. */
export const LONGEST_LAG_SECONDS = 900;

export function buffer(input: BufferInput): Buffer {
  const lag = Math.min(Math.max(0, input.lagSeconds), LONGEST_LAG_SECONDS);
  const rate = Math.max(input.forecastPerDay / SECONDS_A_DAY, input.soldLastHour / 3_600, 0);
  const expected = rate * lag;
  const quantile = poissonQuantile(expected, input.quantile);
  const cap = Math.min(input.capUnits ?? Infinity, Math.floor(Math.max(0, input.sellable) * input.capShare));
  const made = Math.min(quantile, cap), least = Math.min(input.atLeast ?? 0, Math.max(0, input.sellable)), units = Math.max(made, least);
  const why = `${(input.quantile * 100).toFixed(2).replace(/\.?0+$/, '')}% of ${round(expected)} expected within ${round(lag)} s at ${round(rate * 3_600)} an hour`;
  const sentence = units > made ? `${units} at least (${made} for ${why})` : made < quantile ? `${units} (${quantile} for ${why}; capped by policy)` : `${units} for ${why}`;
  return { units, sentence: input.by ? `${sentence}, ${input.by}` : sentence };
}

/** Smallest n with P(Poisson(mean) ≤ n) ≥ level; exact by summing, and by the normal tail with continuity correction above 400. */
export function poissonQuantile(mean: number, level: number): number {
  if (!(mean > 0)) return 0;
  if (mean > 400) return Math.ceil(mean + Math.sqrt(mean) * tail(level) - 0.5);
  let probability = Math.exp(-mean), cumulative = probability, n = 0;
  while (cumulative < level && n < 10_000) { n++; probability *= mean / n; cumulative += probability; }
  return n;
}

/** Upper normal score by Abramowitz & Stegun 26.2.23, error below 4.5e-4. */
function tail(level: number): number {
  const t = Math.sqrt(-2 * Math.log(1 - level));
  return t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t);
}

const round = (value: number): string => (value >= 100 ? value.toFixed(0) : Number(value.toPrecision(2)).toString());
