/** Suppliers that take orders on some weekdays only. */
import { addDays, daysBetween, weekday, type Day } from '../calendar.ts';

/** A supplier's next order day is at most six days off, and so is the first of its days behind a review period. */
export const ORDER_DAYS_MOST = 12;

/** The first day on or after `day` that orders go out on. ISO weekdays; none named: any day. */
export function nextOrderDay(day: Day, orderDays: readonly number[]): Day {
  if (orderDays.length === 0) return day;
  for (let ahead = 0; ahead < 7; ahead++) if (orderDays.includes(weekday(addDays(day, ahead)))) return addDays(day, ahead);
  return day;
}

/** The last day on or before `day` that orders go out on; null stays null. */
export function lastOrderDay(day: Day | null, orderDays: readonly number[]): Day | null {
  if (day === null || orderDays.length === 0) return day;
  for (let back = 0; back < 7; back++) if (orderDays.includes(weekday(addDays(day, -back)))) return addDays(day, -back);
  return day;
}

/**
 * When the next order goes out and when the one after it, as whole days: `wait` until the supplier's next day, `between` from there to the first of its days
 * that is a review period later. Null where orders go out on any day.
 */
export function ordersOf(today: Day, orderDays: readonly number[], reviewDays: number): { wait: number; between: number } | null {
  if (orderDays.length === 0) return null;
  const next = nextOrderDay(today, orderDays);
  return { wait: daysBetween(today, next), between: daysBetween(next, nextOrderDay(addDays(next, reviewDays), orderDays)) };
}
