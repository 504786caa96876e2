/** What a planner may say on top of the engine's, and one row of it in a file. */
import { addDays, dayNumber, type Day } from '../calendar.ts';
import { isDay, readDay } from '../purchasing/import-days.ts';
import { readDecimal } from '../purchasing/import-numbers.ts';
import { OPEN_FILE, type FileSigns } from '../purchasing/import-signs.ts';
import { LEAST_SAID, type OverrideKind } from './override.ts';

export const OVERRIDE_COLUMNS = ['SKU', 'Location', 'From', 'To', 'Kind', 'Value', 'Reason', 'Counts until'] as const;
/** Which of them are numbers and which days. */
export const OVERRIDE_CELLS = { numbers: ['Value'], days: ['From', 'To', 'Counts until'] } as const;
export type OverrideColumn = (typeof OVERRIDE_COLUMNS)[number];
export const OVERRIDE_KINDS: readonly OverrideKind[] = ['percent', 'units', 'replace', 'total'];

/** `expiresOn`: last day it counts; null: as long as its days are not over. */
export interface Said { from: Day; to: Day; kind: OverrideKind; value: number; expiresOn: Day | null }
/** `sku` and `location` by name; no location is each of them. */
export interface OverrideRow extends Said { sku: string; location: string; reason: string }

/** Further ahead nobody knows. */
const LONGEST_DAYS = 400;
const MOST = 1_000_000, MOST_PERCENT = 10_000, SHORTEST_REASON = 3, LONGEST_REASON = 500;

/** What is wrong with it on that day, by the field's name in the API; null: nothing. */
export function overrideFault({ from, to, kind, value, expiresOn }: Said, today: Day): { field: 'from' | 'to' | 'value' | 'expiresOn'; message: string } | null {
  for (const [field, day] of [['from', from], ['to', to], ['expiresOn', expiresOn]] as const) if (day !== null) { try { dayNumber(day); } catch { return { field, message: `there is no day ${day}` }; } }
  if (to < from) return { field: 'to', message: `${to} is before ${from}` };
  if (to < today) return { field: 'to', message: `${to} is past; an override speaks of days to come` };
  if (to > addDays(today, LONGEST_DAYS)) return { field: 'to', message: `at most ${LONGEST_DAYS} days ahead` };
  if (expiresOn !== null && expiresOn < today) return { field: 'expiresOn', message: `${expiresOn} is past` };
  if (expiresOn !== null && expiresOn < from) return { field: 'expiresOn', message: `${expiresOn} is before ${from}, the first day it speaks of: none of its days would come while it counts` };
  if (!(Math.abs(value) <= MOST)) return { field: 'value', message: `expected a number from -${MOST} to ${MOST}` };
  if ((kind === 'replace' || kind === 'total') && value < 0) return { field: 'value', message: 'demand is not below zero' };
  if (value !== 0 && Math.abs(value) < LEAST_SAID / 2) return { field: 'value', message: `${value} rounds to 0; the least is ${LEAST_SAID}` };
  if (kind === 'percent' && (value < -100 || value > MOST_PERCENT || value === 0)) return { field: 'value', message: `expected -100 to ${MOST_PERCENT} per cent, and not 0` };
  if (kind === 'units' && value === 0) return { field: 'value', message: '0 units more change nothing' };
  return null;
}

/** The column a field of the API stands in. */
const COLUMN = { from: 'From', to: 'To', value: 'Value', expiresOn: 'Counts until' } as const;

/** One row of a file, by its cells and how the file writes numbers and days: what is wrong with it on that day, or the override. */
export function overrideRow(cell: (column: OverrideColumn) => string, today: Day, signs: FileSigns = OPEN_FILE): OverrideRow | { column: OverrideColumn; message: string } {
  const plain = (column: OverrideColumn): string => cell(column).trim().replace(/^'(?=[=+\-@|%])/, '');
  const sku = plain('SKU'), kind = OVERRIDE_KINDS.find((known) => known === plain('Kind').toLowerCase()), value = readDecimal(plain('Value'), signs.numbers), reason = plain('Reason');
  if (sku === '') return { column: 'SKU', message: 'is empty' };
  if (plain('From') === '') return { column: 'From', message: 'is empty; expected a date like 2026-11-27' };
  if (kind === undefined) return { column: 'Kind', message: `expected ${OVERRIDE_KINDS.join(', ')}, not ${plain('Kind') || 'nothing'}` };
  if (typeof value !== 'number') return { column: 'Value', message: value ?? `expected a number, not ${plain('Value') || 'nothing'}` };
  if (reason.length < SHORTEST_REASON || reason.length > LONGEST_REASON) return { column: 'Reason', message: `expected ${SHORTEST_REASON} to ${LONGEST_REASON} letters` };
  const from = readDay(plain('From'), signs.days), to = plain('To') === '' ? from : readDay(plain('To'), signs.days), expiresOn = plain('Counts until') === '' ? null : readDay(plain('Counts until'), signs.days);
  for (const [column, day] of [['From', from], ['To', to], ['Counts until', expiresOn]] as const) if (day !== null && !isDay(day)) return { column, message: day };
  const row: OverrideRow = { sku, location: plain('Location'), from, to, kind, value, reason, expiresOn }, fault = overrideFault(row, today);
  return fault ? { column: COLUMN[fault.field], message: fault.message } : row;
}
