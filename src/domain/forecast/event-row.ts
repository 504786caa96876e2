/** One row of an event calendar in a file: what is wrong with it, or the event. Locations are separated by semicolons; none is all of them. */
import { addDays, dayNumber, type Day } from '../calendar.ts';
import { isDay, readDay } from '../purchasing/import-days.ts';
import { readDecimal } from '../purchasing/import-numbers.ts';
import { OPEN_FILE, type FileSigns } from '../purchasing/import-signs.ts';
import type { CalendarEvent } from './panel.ts';

export const EVENT_COLUMNS = ['Name', 'From', 'To', 'Locations', 'Uplift'] as const;
/** Which of them are numbers and which days. */
export const EVENT_CELLS = { numbers: ['Uplift'], days: ['From', 'To'] } as const;
export type EventColumn = (typeof EVENT_COLUMNS)[number];

/** `uplift`: per cent more than on another day, less with a minus, as the planner expects; null where nothing is said. */
export interface EventRow { name: string; from: Day; to: Day; locations: string[]; uplift: number | null }

/** More than this is a slip of the pen. */
const MOST_UPLIFT = 10_000;

/** Longer than this is a season, which is learned from the series and not from a calendar. */
export const LONGEST_EVENT_DAYS = 92;

/** One row by its cells and how the file writes numbers and days: what is wrong with it, or the event. */
export function eventRow(cell: (column: EventColumn) => string, signs: FileSigns = OPEN_FILE): EventRow | { column: EventColumn; message: string } {
  // Written out, a name that begins like a formula has an apostrophe before it.
  const name = cell('Name').trim().replace(/^'(?=[=+\-@|%])/, '').replace(/\s+/g, ' '), from = readDay(cell('From'), signs.days), to = cell('To').trim() === '' ? from : readDay(cell('To'), signs.days);
  if (name === '' || name.length > 120) return { column: 'Name', message: name === '' ? 'is empty' : 'has more than 120 letters' };
  for (const [column, day] of [['From', from], ['To', to]] as const) {
    if (!isDay(day)) return { column, message: day };
  }
  if (to < from) return { column: 'To', message: `${to} is before ${from}` };
  if (addDays(from, LONGEST_EVENT_DAYS) <= to) return { column: 'To', message: `an event lasts at most ${LONGEST_EVENT_DAYS} days` };
  const said = cell('Uplift').trim(), uplift = said === '' ? null : readDecimal(said, signs.numbers);
  if (typeof uplift === 'string') return { column: 'Uplift', message: uplift };
  if (said !== '' && (uplift === null || uplift < -100 || uplift > MOST_UPLIFT)) return { column: 'Uplift', message: `expected per cent from -100 to ${MOST_UPLIFT}, not ${said}` };
  return { name, from, to, locations: cell('Locations').split(';').map((location) => location.trim()).filter(Boolean), uplift };
}

export function calendarEvent(row: EventRow): CalendarEvent {
  return { name: row.name, from: dayNumber(row.from), to: dayNumber(row.to), ...(row.locations.length > 0 ? { locations: row.locations } : {}), ...(row.uplift === null ? {} : { expected: 1 + row.uplift / 100 }) };
}
