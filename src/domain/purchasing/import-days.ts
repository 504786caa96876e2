/** Days as people's files and spreadsheets write them. Whether 03/04/2026 is March or April is settled once for a whole file, by its days that can only be one. */
import { addDays, dayFromNumber, dayNumber, type Day } from '../calendar.ts';

/** Which of the two numbers of 03/04/2026 is the day; null: nobody can tell. */
export interface DayOrder { first: 'day' | 'month' | null; /** Days of the file contradict each other. */ torn: boolean; /** What settles it, or what contradicts what. */ because: string; /** For whoever looks at a dry run. */ notes: string[] }
export const OPEN_ORDER: DayOrder = { first: null, torn: false, because: '', notes: [] };

const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];
const monthOf = (word: string): number => MONTHS.findIndex((name) => name.startsWith(word.toLowerCase())) + 1;
const yearOf = (digits: string): number => (digits.length === 4 ? Number(digits) : Number(digits) + (Number(digits) < 90 ? 2_000 : 1_900));
/** Excel counts days from here; its 1900 has a 29 February, which no day since then minds. */
const SERIAL_FROM = '1899-12-30', SERIAL = /^(\d{5})(?:[.,]\d+)?$/, SLASHED = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})\b/;

/** The two readings of 25/03/2026; null for what is written otherwise. Points are written day first everywhere they are written. */
function readings(text: string): { day: Day | null; month: Day | null } | null {
  const said = SLASHED.exec(text.trim());
  if (!said) return null;
  const [a, b, year] = [Number(said[1]), Number(said[3]), Number(said[4])] as [number, number, number], dayFirst = real(year, b, a);
  return { day: dayFirst, month: said[2] === '.' ? dayFirst : real(year, a, b) };
}

/** What the days of a file say of their order; `along` is what its rows took along from a file they were in. `reading`: what rows of this file take along; empty when no day is either of two. */
export function dayOrder(cells: Iterable<{ text: string; line: number }>, along: readonly string[] = []): { order: DayOrder; reading: string } {
  type Cell = { text: string; line: number };
  let byDay: Cell | null = null, byMonth: Cell | null = null, open: Cell | null = null, serial: Cell | null = null;
  for (const cell of cells) {
    const of = readings(cell.text);
    if (of && of.day !== of.month) { if (of.month === null) byDay ??= cell; else if (of.day === null) byMonth ??= cell; else open ??= cell; }
    if (serial === null && SERIAL.test(cell.text.trim()) && isDay(readDay(cell.text))) serial = cell;
  }
  const notes = serial === null ? [] : [`${serial.text} in line ${serial.line} is read as a spreadsheet’s number of the day ${readDay(serial.text)}.`];
  if (byDay !== null && byMonth !== null) return { order: { first: null, torn: true, because: `line ${byDay.line} writes ${byDay.text}, day first, and line ${byMonth.line} ${byMonth.text}, month first`, notes }, reading: '' };
  const by = byDay ?? byMonth, first = by === null ? (['day', 'month'] as const).find((one) => along.includes(`${one} first`)) : by === byDay ? 'day' : 'month';
  if (first === undefined) return { order: { ...OPEN_ORDER, notes }, reading: '' };
  const order: DayOrder = { first, torn: false, because: by === null ? 'the file these rows are of has them' : `line ${by.line} writes ${by.text}`, notes };
  return open === null ? { order, reading: '' } : { order: { ...order, notes: [`Days are read ${first} first, as ${order.because}: ${open.text} in line ${open.line} is ${readDay(open.text, order)}.`, ...notes] }, reading: `${first} first` };
}

/**
 * A day: 2026-03-09 (a time behind it is ignored), 9 Mar 2026, 09-Apr-26, Mar 9, 2026, 46106 (Excel's number), 25/03/2026, 03/25/2026; 03/04/2026 as the file's
 * order says. Answers a sentence for anything else.
 */
export function readDay(text: string, order: DayOrder = OPEN_ORDER): Day | string {
  const said = text.trim(), wrong = `not a day: ${text}; write YYYY-MM-DD`;
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$/.exec(said), words = /^(\d{1,2})(?:\.? |\.|-|\/)([A-Za-z]{3,9})(?:\.?,? |-|\/)(\d{4}|\d{2})\b/.exec(said), american = /^([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})\b/.exec(said), serial = SERIAL.exec(said);
  if (iso) return real(Number(iso[1]), Number(iso[2]), Number(iso[3])) ?? wrong;
  if (words) return real(yearOf(words[3]!), monthOf(words[2]!), Number(words[1])) ?? wrong;
  if (american) return real(Number(american[3]), monthOf(american[1]!), Number(american[2])) ?? wrong;
  if (serial) { const day = addDays(SERIAL_FROM, Number(serial[1])); return day >= '1990-01-01' ? day : wrong; }
  const of = readings(said);
  if (of === null || (of.day === null && of.month === null)) return wrong;
  if (of.day === of.month) return of.day!;
  if (order.torn) return `${text} cannot be trusted: ${order.because}; write YYYY-MM-DD`;
  if (of.day === null || of.month === null) return (of.day ?? of.month)!;
  return order.first === null ? `${text} is either of two days; write YYYY-MM-DD` : of[order.first]!;
}

function real(year: number, month: number, day: number): Day | null {
  const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  if (month < 1 || month > 12 || day < 1 || day > 31 || year < 1990 || year > 2200) return null;
  try { return dayFromNumber(dayNumber(text)); } catch { return null; }
}

export const isDay = (said: Day | string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(said);
