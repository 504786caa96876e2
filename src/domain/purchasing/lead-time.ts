/**
 * Lead time learned from receipts, as a distribution, beside the one the supplier states.
 *
 * One purchase order is one observation: from the day it was sent to the day by which at least half of the units that came had come. A first parcel
 * of samples or a last one of stragglers does not move it. The latest orders count, up to `MOST`: suppliers change.
 */
import { daysBetween, type Day } from '../calendar.ts';

export const MOST = 40;
/** Fewer observations than this say nothing about a drift. */
export const ENOUGH = 4;

export interface OrderArrivals { orderedOn: Day; arrivals: readonly { day: Day; units: number }[] }
export interface LearnedLeadTime { n: number; p10: number; p50: number; p90: number; /** P90 − P10, days. */ spread: number; days: number[] }

/** Days from sending to the arrival of half the units; null while nothing has come. */
export function leadTimeOf({ orderedOn, arrivals }: OrderArrivals): number | null {
  const come = arrivals.filter((one) => one.units > 0).sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
  const total = come.reduce((sum, one) => sum + one.units, 0);
  let so = 0;
  for (const one of come) {
    so += one.units;
    if (2 * so >= total) return Math.max(0, daysBetween(orderedOn, one.day));
  }
  return null;
}

/** The learned distribution of the latest orders (newest first), or null when there is none. Quantiles interpolate linearly (Hyndman and Fan type 7). */
export function learnLeadTime(orders: readonly OrderArrivals[]): LearnedLeadTime | null {
  const days = orders.map(leadTimeOf).filter((n): n is number => n !== null).slice(0, MOST).sort((a, b) => a - b);
  if (days.length === 0) return null;
  const [p10, p50, p90] = [0.1, 0.5, 0.9].map((q) => quantile(days, q)) as [number, number, number];
  return { n: days.length, p10, p50, p90, spread: Math.round((p90 - p10) * 10) / 10, days };
}

function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q, low = Math.floor(at), high = Math.ceil(at);
  return Math.round((sorted[low]! + (sorted[high]! - sorted[low]!) * (at - low)) * 10) / 10;
}

/** Learned P50 against the stated lead time: a drift is more than a fifth or more than five days, with enough orders to say so. */
export function leadTimeDrift(stated: number | null, learned: LearnedLeadTime | null): { days: number } | null {
  if (stated === null || learned === null || learned.n < ENOUGH) return null;
  const days = Math.round((learned.p50 - stated) * 10) / 10, off = Math.abs(days);
  return off > 5 || off > 0.2 * stated ? { days } : null;
}
