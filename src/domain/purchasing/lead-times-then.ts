/** Lead times as a supplier's receipts had taught them by each morning: what came the day before is known, what was taken back since then was not yet. */
import type { DayNumber } from '../calendar.ts';
import { learnedLeadTimes, type LeadTimeShare } from '../replenishment/lead-time.ts';
import { MOST } from './lead-time.ts';

/** Orders older than this teach nothing, in days before the last day known. */
export const LEARNED_DAYS = 400;

/** An order with what came of it; `undone`: the day on which that receipt was taken back. */
export interface OrderSeen { supplierId: number; orderId: number; orderedOn: DayNumber; arrivals: readonly { day: DayNumber; units: number; undone: DayNumber | null }[] }
/** From an offset of the first morning on; null: too few to learn from. */
export interface LearnedFrom { from: number; shares: LeadTimeShare[] | null }

/** Of each supplier the shares on the first morning, and from each later one on which they were other. */
export function leadTimesThen(orders: readonly OrderSeen[], first: DayNumber, days: number): Map<number, LearnedFrom[]> {
  const by = new Map<number, OrderSeen[]>();
  for (const one of orders) { const own = by.get(one.supplierId); if (own) own.push(one); else by.set(one.supplierId, [one]); }
  return new Map([...by].map(([supplier, own]) => [supplier, learnedBy(own, first, days)]));
}

function learnedBy(orders: readonly OrderSeen[], first: DayNumber, days: number): LearnedFrom[] {
  // Only on these mornings can anything be other than the day before: something came, was taken back, or an order grew too old.
  const mornings = new Set([first]);
  for (const { orderedOn, arrivals } of orders) for (const morning of [orderedOn + LEARNED_DAYS + 2, ...arrivals.flatMap(({ day, undone }) => (undone === null ? [day + 1] : [day + 1, undone + 1]))]) if (morning > first && morning < first + days) mornings.add(morning);
  const told: (LearnedFrom & { text: string })[] = [];
  for (const morning of [...mornings].sort((a, b) => a - b)) {
    const seen = orders.flatMap((order) => (order.orderedOn < morning - 1 - LEARNED_DAYS ? [] : halfCome(order, morning) ?? []));
    const latest = seen.sort((a, b) => b.day - a.day || b.orderId - a.orderId).slice(0, MOST), shares = learnedLeadTimes(latest.map((one) => one.took)), text = JSON.stringify(shares);
    if (told.at(-1)?.text !== text) told.push({ from: morning - first, shares, text });
  }
  return told.map(({ from, shares }) => ({ from, shares }));
}

/** The day by which half of the units that had come by a morning had come, and the days that took; null: nothing had. */
function halfCome({ orderId, orderedOn, arrivals }: OrderSeen, morning: DayNumber): { orderId: number; day: DayNumber; took: number }[] | null {
  const come = arrivals.filter(({ day, undone }) => day < morning && (undone === null || undone >= morning)).sort((a, b) => a.day - b.day), total = come.reduce((sum, one) => sum + one.units, 0);
  if (total <= 0) return null;
  let so = 0;
  for (const { day, units } of come) if (2 * (so += units) >= total) return [{ orderId, day, took: Math.max(0, Math.min(365, day - orderedOn)) }];
  return null;
}
