/** How a supplier delivers: on time, in full, and how much its lead time spreads. */
import { daysBetween, type Day } from '../calendar.ts';
import { learnLeadTime, leadTimeOf, type LearnedLeadTime, type OrderArrivals } from './lead-time.ts';

/** `received`: good units; `short`: those missing, each line for itself: too many of one item are no other item. */
export interface DeliveredOrder extends OrderArrivals { expectedOn: Day | null; received: number; damaged: number; short: number; over: boolean }
export interface Scorecard {
  orders: number;
  /** Share of delivered orders with a promised day whose half had come by then (plus the tolerance); null without any. */
  onTime: number | null;
  /** Share of finished orders of which every unit of every line came, undamaged. */
  inFull: number | null;
  onTimeInFull: number | null;
  /** Share of units received that were damaged. */
  damagedShare: number | null;
  leadTime: LearnedLeadTime | null;
}

/** Newest first. `toleranceDays`: how late is still on time. */
export function scorecard(orders: readonly DeliveredOrder[], toleranceDays: number): Scorecard {
  const judged = orders.map((order) => {
    const days = leadTimeOf(order);
    const late = days === null || order.expectedOn === null ? null : days - daysBetween(order.orderedOn, order.expectedOn);
    return { onTime: late === null ? null : late <= toleranceDays, inFull: order.over ? order.short === 0 : null, order };
  });
  const share = (values: readonly (boolean | null)[]): number | null => {
    const known = values.filter((v) => v !== null);
    return known.length === 0 ? null : Math.round((known.filter(Boolean).length / known.length) * 1_000) / 1_000;
  };
  const received = orders.reduce((sum, o) => sum + o.received + o.damaged, 0);
  return {
    orders: orders.length, onTime: share(judged.map((j) => j.onTime)), inFull: share(judged.map((j) => j.inFull)),
    onTimeInFull: share(judged.map((j) => (j.onTime === null || j.inFull === null ? null : j.onTime && j.inFull))),
    damagedShare: received === 0 ? null : Math.round((orders.reduce((sum, o) => sum + o.damaged, 0) / received) * 1_000) / 1_000,
    leadTime: learnLeadTime(orders),
  };
}
