/**
 * Lead time as a distribution: what a supplier's receipts say, each length with its share. Demand over an uncertain lead time is the mixture of the
 * demands over each length (Silver, Pyke & Thomas 2017, ch. 7), not a normal approximation of the two variances: totals are skewed and lead times have two humps.
 */
import { assert } from '../assert.ts';
import { roundToNearestUnit } from '../quantity.ts';

export interface LeadTimeShare { /** Days from order to receipt, whole. */ days: number; /** Above 0; all add up to 1. */ share: number }

/** Fewer receipts than this say nothing of a spread. */
export const RECEIPTS_TO_LEARN = 5;
/** More different lengths than this are joined: each costs an evaluation of the forecast. */
const MOST_LENGTHS = 6;

/** The shares of observed lead times, at most six lengths (neighbours joined at their mean); null with too few to learn from. */
export function learnedLeadTimes(observed: readonly number[]): LeadTimeShare[] | null {
  if (observed.length < RECEIPTS_TO_LEARN) return null;
  const sorted = [...observed].sort((a, b) => a - b), lengths = [...new Set(sorted)];
  const groups = lengths.length <= MOST_LENGTHS ? lengths.map((days) => sorted.filter((one) => one === days))
    : Array.from({ length: MOST_LENGTHS }, (_, g) => sorted.slice(Math.floor((g * sorted.length) / MOST_LENGTHS), Math.floor(((g + 1) * sorted.length) / MOST_LENGTHS)));
  const shares = new Map<number, number>();
  for (const group of groups) {
    const days = roundToNearestUnit(group.reduce((sum, one) => sum + one, 0) / group.length);
    shares.set(days, (shares.get(days) ?? 0) + group.length / sorted.length);
  }
  return [...shares].map(([days, share]) => ({ days, share })).sort((a, b) => a.days - b.days);
}

/** E[τ] in days, fractional. */
export function expectedLeadTime(shares: readonly LeadTimeShare[]): number {
  assert(Math.abs(shares.reduce((sum, one) => sum + one.share, 0) - 1) < 1e-6, 'the shares of lead times do not add up to 1');
  return shares.reduce((sum, one) => sum + one.days * one.share, 0);
}
