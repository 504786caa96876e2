/** Suppliers that take orders on some weekdays only. */
import { addDays, weekday, type Day } from '../calendar.ts';

/** The first day on or after `day` that orders go out on. ISO weekdays; none named: any day. */
export function nextOrderDay(day: Day, orderDays: readonly number[]): Day {
  if (orderDays.length === 0) return day;
  for (let ahead = 0; ahead < 7; ahead++) if (orderDays.includes(weekday(addDays(day, ahead)))) return addDays(day, ahead);
  return day;
}
