/**
 * How long an exception may stay. What is misstated now (severity 1) has a quarter of an hour of any day; everything else has working hours: Monday to Friday,
 * nine to five of the shop. Half of that gone, its owner is told again; all of it, the backup too; twice, the administrator. Where it opens, wakes or is opened
 * again, its clock starts anew.
 */
import { addDays, dayOf, instantOf, weekday } from '../calendar.ts';

const OPENS = 9, CLOSES = 17;
const HOUR = 3_600_000;
/** More working days than any clock has. */
const MOST_DAYS = 400;

/** The instant `hours` after `from` (both ISO), of any hours for severity 1, else of working hours. */
export function dueAt(from: string, severity: number, hours: number, timeZone: string): string {
  if (severity === 1) return new Date(Date.parse(from) + hours * HOUR).toISOString();
  let left = hours * HOUR, day = dayOf(from, timeZone);
  for (let n = 0; n < MOST_DAYS; n++, day = addDays(day, 1)) {
    if (weekday(day) > 5) continue;
    const opens = Math.max(Date.parse(instantOf(day, OPENS, timeZone)), Date.parse(from)), open = Date.parse(instantOf(day, CLOSES, timeZone)) - opens;
    if (open <= 0) continue;
    if (left <= open) return new Date(opens + left).toISOString();
    left -= open;
  }
  throw new RangeError(`${hours} working hours are more than ${MOST_DAYS} days`);
}

/** `dueAt` the other way round: an instant that lies `hours` before `to`, of any hours for severity 1, else of working hours. */
function hoursBefore(to: string, severity: number, hours: number, timeZone: string): string {
  if (severity === 1) return new Date(Date.parse(to) - hours * HOUR).toISOString();
  let left = hours * HOUR, day = dayOf(to, timeZone);
  for (let n = 0; n < MOST_DAYS; n++, day = addDays(day, -1)) {
    if (weekday(day) > 5) continue;
    const closes = Math.min(Date.parse(instantOf(day, CLOSES, timeZone)), Date.parse(to)), open = closes - Date.parse(instantOf(day, OPENS, timeZone));
    if (open <= 0) continue;
    if (left <= open) return new Date(closes - left).toISOString();
    left -= open;
  }
  throw new RangeError(`${hours} working hours are more than ${MOST_DAYS} days`);
}

/**
 * Of cases that have `hours`, those due at this instant or before have had `share` of them by `at`. So one look at when a case is due tells how far its clock is,
 * in the hours that count for it, whenever it began: the time of one that got more urgent is that of what it is now.
 */
export function goneBy(at: string, severity: number, hours: number, share: number, timeZone: string): string {
  return share === 1 ? at : share < 1 ? dueAt(at, severity, hours * (1 - share), timeZone) : hoursBefore(at, severity, hours * (share - 1), timeZone);
}

/** Hours by severity alone: a quarter of one, half a day, two days, ten. */
const HOURS: Readonly<Record<number, number>> = { 1: 0.25, 2: 4, 3: 16, 4: 80 };

/** How long a case of a kind may stay that is as urgent as `severity`: the kind's own time where that is its own severity. */
export function hoursOf(kind: { severity: number; dueHours: number }, severity: number): number {
  return severity === kind.severity ? kind.dueHours : HOURS[severity]!;
}

/** Shares of its time after which one more is told: owner, backup, administrator. */
export const ESCALATIONS: readonly number[] = [0.5, 1, 2];

/** Severity of a case that came back after it was resolved: one step worse, at most 1. */
export function regressed(severity: number): number {
  return Math.max(1, severity - 1);
}

/** Nothing is snoozed or ignored for longer: what is still there then comes back. */
export const LONGEST_AWAY_DAYS = 30;

/** So many cases of a kind opened within ten minutes are one storm, told of once. */
export const STORM = { cases: 20, minutes: 10 } as const;

/** Resolved more often than this in a day, a case is held open until it has been good for as long. */
export const FLAPPING = { times: 3, hours: 24 } as const;
