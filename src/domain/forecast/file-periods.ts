/** The calendar of a file of dated rows: which dates belong to it, and the periods they make. */
import { dayFromNumber, dayNumber, type DayNumber } from '../calendar.ts';
import type { Grain } from './panel.ts';

/** Longer without a row of any series is no season: the dates beyond are a mistake in the file. */
const LONGEST_GAP = 1_100;

/**
 * Dates apart from the others of their file by more than three years, such as 2062 for 2026: believed, one of them would give every series years without
 * a sale. `dates` has how many rows each day has; kept is the stretch with the most.
 */
export function strayDays(dates: ReadonlyMap<DayNumber, { rows: number }>): DayNumber[] {
  const stretches: { days: DayNumber[]; rows: number }[] = [];
  let before = -Infinity;
  for (const day of [...dates.keys()].sort((a, b) => a - b)) {
    if (day - before > LONGEST_GAP) stretches.push({ days: [], rows: 0 });
    const last = stretches.at(-1)!;
    last.days.push(day); last.rows += dates.get(day)!.rows;
    before = day;
  }
  const kept = stretches.reduce((most, one) => (one.rows > most.rows ? one : most), { days: [] as DayNumber[], rows: 0 });
  return stretches.flatMap((one) => (one === kept ? [] : one.days));
}

/** First and last day. */
export interface Stretch { from: DayNumber; to: DayNumber }
/** The periods a file speaks of: whole ones only. */
export interface Periods { grain: Grain; start: DayNumber; count: number; /** At either end, days that make no whole period. */ leftOut: Stretch[] }

/**
 * Of the dates of a file. Days are days. Weeks of dates that are weeks apart are those dates; of any other dates, weeks end on the last one. Where no month has
 * more than one date, as of statements at a month's first, last or last working day, the rows are months; of any other dates months are the calendar's. A first
 * or last period that is not whole is left out.
 */
export function periodsOf(grain: Grain, dates: readonly DayNumber[]): Periods {
  const first = dates.reduce((a, b) => Math.min(a, b)), last = dates.reduce((a, b) => Math.max(a, b));
  if (grain === 'D') return { grain, start: first, count: last - first + 1, leftOut: [] };
  const around = (from: DayNumber, next: DayNumber): Stretch[] => [{ from: first, to: Math.min(from - 1, last) }, { from: Math.max(next, first), to: last }].filter((one) => one.from <= one.to);
  if (grain === 'W') {
    const spaced = dates.every((day) => (day - first) % 7 === 0), count = spaced ? (last - first) / 7 + 1 : Math.floor((last - first + 1) / 7), start = spaced ? first : last - count * 7 + 1;
    return { grain, start, count, leftOut: spaced ? [] : around(start, last + 1) };
  }
  const spaced = new Set(dates.map(monthOf)).size === new Set(dates).size;
  const from = spaced || monthStart(monthOf(first)) === first ? monthOf(first) : monthOf(first) + 1;
  const to = spaced || monthStart(monthOf(last) + 1) - 1 === last ? monthOf(last) : monthOf(last) - 1;
  const count = Math.max(0, to - from + 1);
  return { grain, start: monthStart(from), count, leftOut: spaced ? [] : count > 0 ? around(monthStart(from), monthStart(to + 1)) : [{ from: first, to: last }] };
}

/** Months since year 0. */
function monthOf(day: DayNumber): number { const text = dayFromNumber(day); return Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7)) - 1; }
function monthStart(month: number): DayNumber { return dayNumber(`${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}-01`); }

/** The number of the period a day is in; below zero before the first. */
export function indexOf({ grain, start }: Periods, day: DayNumber): number {
  if (grain === 'D') return day - start;
  return grain === 'W' ? Math.floor((day - start) / 7) : monthOf(day) - monthOf(start);
}

/** A period in words: "on 2026-03-02", "in the week of 2026-03-02", "in 2026-03". */
export function periodWords(grain: Grain, start: DayNumber, index: number): string {
  if (grain === 'M') return `in ${dayFromNumber(monthStart(monthOf(start) + index)).slice(0, 7)}`;
  return grain === 'D' ? `on ${dayFromNumber(start + index)}` : `in the week of ${dayFromNumber(start + 7 * index)}`;
}
