/**
 * Series from files, for forecasts without a database. Two forms:
 *
 * NDJSON, a line a series: `{"id", "start", "y": [units | null, …], "item", "loc", "cat", "dept", "price", "x", "obs", "oos", "in_stock"}`. `start` is the
 * first day of the first period, null a period not observed. `price` is `[[index, price], …]`, each held until the next; `x` holds arrays by name, known
 * ahead too where they are longer than y (`x.price` is the price). `obs` replaces y where both are given. `oos` is `[[index, length], …]`, periods that
 * ended out of stock: at the first stock ran out at an unknown hour (demand was at least what was sold), the others are unknown; `in_stock` says the share of each period directly.
 *
 * CSV, a row an id and date (`id,date,quantity[,price,promotion,in_stock,item,location,category]`): a date without a row, between the first and the last
 * date of the file, is a day without sales. Rows of one id and period add up; their price, promotion and in_stock are averaged. A row without a
 * quantity is a date not observed, or, after the last quantity of the file, a price or promotion known ahead. Of both, names are read whatever their capitals,
 * spaces, hyphens and underscores.
 */
import { dayNumber, type DayNumber } from '../calendar.ts';
import { byKey, keysNotRead, type CsvColumn } from './file-columns.ts';
import { indexOf, type Periods } from './file-periods.ts';
import type { PanelSeries } from './panel.ts';
import { apart, type VeryLarge } from './very-large.ts';

/** A series, how many periods of it are known, and those of them so far above the others that they count as orders of their own. */
export interface FileSeries extends PanelSeries { known: number; veryLarge?: VeryLarge[] }
export interface FileFault { column: string; message: string }
export const isFault = (read: FileSeries | FileFault): read is FileFault => 'message' in read;

/** Longer series than this are a mistake in the file. */
const MOST_PERIODS = 100_000;
/** Larger numbers are a mistake in the file, and their squares would spoil what all its series share. */
const MOST = 1e12;
const ID_LENGTH = 400;

class Fault extends Error {
  readonly column: string;
  constructor(column: string, message: string) { super(message); this.column = column; }
}

const shown = (value: unknown): string => { const text = JSON.stringify(value) ?? 'nothing'; return text.length > 40 ? `${text.slice(0, 40)}…` : text; };
const finite = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** One line of NDJSON; `unread` hears of keys that are not read, and of all there are. */
export function seriesFromJson(line: string, horizon: number, unread?: (names: readonly string[], all: readonly string[]) => void): FileSeries | FileFault {
  let raw: unknown;
  try { raw = JSON.parse(line); } catch (error) { return { column: '', message: `not JSON: ${(error as Error).message}` }; }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return { column: '', message: 'expected an object' };
  if (unread) { const names = keysNotRead(raw); if (names.length > 0) unread(names, Object.keys(raw)); }
  try { return fromRecord(recordOf(raw), horizon); } catch (error) {
    if (error instanceof Fault) return { column: error.column, message: error.message };
    throw error;
  }
}

/** By the names that are read, however they were written. */
function recordOf(raw: object): Record<string, unknown> {
  const { record, twice } = byKey(raw);
  if (twice !== null) throw new Fault(twice.key, `is given twice, also as ${shown(twice.as)}`);
  return record;
}

function fromRecord(raw: Record<string, unknown>, horizon: number): FileSeries {
  const id = typeof raw['id'] === 'number' ? String(raw['id']) : raw['id'];
  if (typeof id !== 'string' || id === '' || id.length > ID_LENGTH) throw new Fault('id', `expected a name, not ${shown(raw['id'])}`);
  const start = dayOr(raw['start'], 'start');
  const column = raw['obs'] === undefined ? 'y' : 'obs', values = raw[column];
  if (!Array.isArray(values)) throw new Fault(column, `expected a list of units, not ${shown(values)}`);
  if (values.length === 0 || values.length > MOST_PERIODS) throw new Fault(column, `expected 1 to ${MOST_PERIODS} periods, not ${values.length}`);
  const known = values.length, demand = new Float64Array(known), exposure = new Float64Array(known).fill(1);
  values.forEach((value: unknown, n) => {
    if (value === null) { demand[n] = NaN; exposure[n] = 0; return; }
    if (!finite(value)) throw new Fault(column, `element ${n + 1}: expected a number or null, not ${shown(value)}`);
    demand[n] = Math.max(0, within(value, column, n, -MOST));
  });
  for (const [from, length] of pairs(raw['oos'], 'oos')) {
    if (length < 1) throw new Fault('oos', `a run of ${length} periods`);
    for (let n = from; n < Math.min(known, from + length); n++) exposure[n] = n === from ? NaN : 0;
  }
  if (raw['in_stock'] !== undefined) {
    numbers(raw['in_stock'], 'in_stock', known).slice(0, known).forEach((share, n) => {
      if (Number.isNaN(share)) return;
      if (share < 0 || share > 1) throw new Fault('in_stock', `element ${n + 1}: expected a share from 0 to 1, not ${share}`);
      exposure[n] = share;
    });
  }
  const text = (name: string): string => (typeof raw[name] === 'string' ? raw[name] : '');
  const series: FileSeries = { id, known, series: { start, demand, exposure }, item: text('item') || id, location: text('loc'), category: text('dept') || text('cat') };
  const steps = pairs(raw['price'], 'price');
  if (steps.length > 0) {
    const price = new Float64Array(known + horizon).fill(NaN);
    for (const [from, value] of steps) price.fill(priceOf(value, 'price'), Math.min(from, price.length));
    series.price = price;
  }
  if (raw['x'] !== undefined) {
    if (typeof raw['x'] !== 'object' || raw['x'] === null) throw new Fault('x', `expected lists by name, not ${shown(raw['x'])}`);
    const drivers: Record<string, Float64Array> = {};
    for (const [name, list] of Object.entries(raw['x'])) {
      const given = numbers(list, `x.${name}`, known);
      if (name === 'price') series.price = Float64Array.from({ length: known + horizon }, (_, n) => (n < given.length ? priceOf(given[n]!, 'x.price') : lastKnown(given)));
      else drivers[name] = ahead(given.map((value, n) => within(value, `x.${name}`, n, -MOST)), known + horizon);
    }
    if (Object.keys(drivers).length > 0) series.drivers = drivers;
  }
  return apart(series);
}

/** Dates outside are slips of the pen: 0026 and 3026. */
const EARLIEST = dayNumber('1900-01-01'), LATEST = dayNumber('2199-12-31');

function dayOr(value: unknown, column: string): DayNumber {
  if (typeof value !== 'string') throw new Fault(column, `expected a date like 2026-01-31, not ${shown(value)}`);
  let day: DayNumber;
  try { day = dayNumber(value.slice(0, 10)); } catch { throw new Fault(column, `expected a date like 2026-01-31, not ${shown(value)}`); }
  if (day < EARLIEST || day > LATEST) throw new Fault(column, `expected a date from 1900 to 2199, not ${shown(value)}`);
  return day;
}

/** The number, which may be unknown. */
function within(value: number, column: string, n: number, least: number): number {
  if (value < least || value > MOST) throw new Fault(column, `element ${n + 1}: expected ${least} to ${MOST}, not ${value}`);
  return value;
}

function priceOf(value: number, column: string): number {
  if (value < 0) throw new Fault(column, `a price below zero: ${value}`);
  if (value > MOST) throw new Fault(column, `a price above ${MOST}: ${value}`);
  return value;
}

function pairs(value: unknown, column: string): [number, number][] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Fault(column, `expected pairs of numbers, not ${shown(value)}`);
  return value.map((pair: unknown, n) => {
    if (!Array.isArray(pair) || pair.length !== 2 || !finite(pair[0]) || !Number.isInteger(pair[0]) || pair[0] < 0 || !finite(pair[1])) throw new Fault(column, `element ${n + 1}: expected [index, number], not ${shown(pair)}`);
    return [pair[0], pair[1]] as [number, number];
  });
}

/** Numbers with NaN for null; at least as many as periods are known. */
function numbers(value: unknown, column: string, known: number): number[] {
  if (!Array.isArray(value)) throw new Fault(column, `expected a list of numbers, not ${shown(value)}`);
  if (value.length < known) throw new Fault(column, `${value.length} values for ${known} periods`);
  return value.map((one: unknown, n) => {
    if (one === null) return NaN;
    if (!finite(one)) throw new Fault(column, `element ${n + 1}: expected a number or null, not ${shown(one)}`);
    return one;
  });
}

const lastKnown = (values: ArrayLike<number>): number => { for (let n = values.length - 1; n >= 0; n--) if (!Number.isNaN(values[n]!)) return values[n]!; return NaN; };

/** Gaps take the value before them. Where nothing is said ahead, a share (0 to 1: a promotion, a feature) is taken as not planned, anything else as staying. */
function ahead(given: readonly number[], length: number): Float64Array {
  const share = given.every((value) => Number.isNaN(value) || (value >= 0 && value <= 1));
  const stays = share ? 0 : lastKnown(given);
  const out = new Float64Array(length);
  let before = given.find((value) => !Number.isNaN(value)) ?? 0;
  for (let n = 0; n < length; n++) {
    if (n < given.length) { if (!Number.isNaN(given[n]!)) before = given[n]!; out[n] = before; } else out[n] = Number.isNaN(stays) ? 0 : stays;
  }
  return out;
}

// ---- CSV ------------------------------------------------------------------------------------------------------------------------------

/** Numbers of a row; NaN for an empty cell. */
export interface DatedRow { day: DayNumber; quantity: number; price: number; promotion: number; inStock: number }

/** The cells of a row, by column; answers the row or what is wrong with it. */
export function datedRow(cell: (column: CsvColumn) => string): DatedRow | FileFault {
  try {
    const number = (column: CsvColumn, least: number, most: number): number => {
      const text = cell(column).trim();
      if (text === '') return NaN;
      const value = Number(text);
      if (!Number.isFinite(value)) throw new Fault(column, `expected a number, not ${shown(text)}`);
      if (value < least || value > most) throw new Fault(column, `expected ${least} to ${most}, not ${text}`);
      return value;
    };
    return {
      day: rememberedDay(cell('date').trim()), quantity: number('quantity', -MOST, MOST), price: number('price', 0, MOST), promotion: number('promotion', 0, 1), inStock: number('in_stock', 0, 1),
    };
  } catch (error) {
    if (error instanceof Fault) return { column: error.column, message: error.message };
    throw error;
  }
}

/** A file says the same few hundred dates over and over. */
const days = new Map<string, DayNumber>();
function rememberedDay(text: string): DayNumber {
  let day = days.get(text);
  if (day === undefined) {
    day = dayOr(text, 'date');
    if (days.size > 10_000) days.clear();
    days.set(text, day);
  }
  return day;
}

/** The rows of one id, in any order, as a series over the file's periods. */
export function seriesFromRows(id: string, rows: Iterable<DatedRow>, periods: Periods, horizon: number, names: { item: string; location: string; category: string }): FileSeries {
  const { count } = periods, all = count + horizon;
  const units = new Float64Array(count), seen = new Uint8Array(count);
  const mean = (): { sum: Float64Array; n: Float64Array } => ({ sum: new Float64Array(all), n: new Float64Array(all) });
  const price = mean(), promotion = mean(), inStock = mean();
  const add = (to: { sum: Float64Array; n: Float64Array }, at: number, value: number): void => { if (!Number.isNaN(value)) { to.sum[at]! += value; to.n[at]!++; } };
  for (const row of rows) {
    const at = indexOf(periods, row.day);
    if (at < 0 || at >= all) continue;
    add(price, at, row.price); add(promotion, at, row.promotion); add(inStock, at, row.inStock);
    if (at >= count) continue;
    // Bit 1: some quantity was given; bit 2: some was not.
    if (Number.isNaN(row.quantity)) seen[at]! |= 2; else { seen[at]! |= 1; units[at]! += row.quantity; }
  }
  const demand = units.map((value, n) => (seen[n] === 2 ? NaN : Math.max(0, value)));
  const exposure = new Float64Array(count).fill(1);
  for (let n = 0; n < count; n++) exposure[n] = seen[n] === 2 ? 0 : inStock.n[n]! > 0 ? inStock.sum[n]! / inStock.n[n]! : 1;
  const series: FileSeries = { id, known: count, series: { start: periods.start, demand, exposure }, ...names };
  if (price.n.some((n) => n > 0)) {
    let held = NaN;
    series.price = price.sum.map((sum, n) => { if (price.n[n]! > 0) held = sum / price.n[n]!; return held; });
  }
  if (promotion.n.some((n) => n > 0)) series.drivers = { promotion: promotion.sum.map((sum, n) => (promotion.n[n]! > 0 ? sum / promotion.n[n]! : 0)) };
  return apart(series);
}
