/** One row of an event calendar in a file: what is wrong with it, or the event. Locations are separated by semicolons; none is all of them. */
import { addDays, dayNumber, type Day } from '../calendar.ts';
import type { CalendarEvent } from './panel.ts';

export const EVENT_COLUMNS = ['Name', 'From', 'To', 'Locations', 'Uplift'] as const;
export type EventColumn = (typeof EVENT_COLUMNS)[number];

/** `uplift`: per cent more than on another day, less with a minus, as the planner expects; null where nothing is said. */
export interface EventRow { name: string; from: Day; to: Day; locations: string[]; uplift: number | null }

/** More than this is a slip of the pen. */
const MOST_UPLIFT = 10_000;

/** Longer than this is a season, which is learned from the series and not from a calendar. */
export const LONGEST_EVENT_DAYS = 92;

export function eventRow(cell: (column: EventColumn) => string): EventRow | { column: EventColumn; message: string } {
  // Written out, a name that begins like a formula has an apostrophe before it.
  const name = cell('Name').trim().replace(/^'(?=[=+\-@|%])/, ''), from = cell('From').trim(), to = cell('To').trim() || from;
  if (name === '' || name.length > 120) return { column: 'Name', message: name === '' ? 'is empty' : 'has more than 120 letters' };
  for (const [column, day] of [['From', from], ['To', to]] as const) {
    try { dayNumber(day); } catch { return { column, message: `expected a date like 2026-11-27, not ${day || 'nothing'}` }; }
  }
  if (to < from) return { column: 'To', message: `${to} is before ${from}` };
  if (addDays(from, LONGEST_EVENT_DAYS) <= to) return { column: 'To', message: `an event lasts at most ${LONGEST_EVENT_DAYS} days` };
  const said = cell('Uplift').trim().replace(/^'(?=[+-])/, '').replace(/\s*%$/, ''), uplift = said === '' ? null : Number(said.replace('−', '-'));
  if (uplift !== null && !(uplift >= -100 && uplift <= MOST_UPLIFT)) return { column: 'Uplift', message: `expected per cent from -100 to ${MOST_UPLIFT}, not ${said}` };
  return { name, from, to, locations: cell('Locations').split(';').map((location) => location.trim()).filter(Boolean), uplift };
}

export function calendarEvent(row: EventRow): CalendarEvent {
  return { name: row.name, from: dayNumber(row.from), to: dayNumber(row.to), ...(row.locations.length > 0 ? { locations: row.locations } : {}), ...(row.uplift === null ? {} : { expected: 1 + row.uplift / 100 }) };
}
