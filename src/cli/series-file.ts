/**
 * Series of an NDJSON or CSV file, read twice: once to find its faults and the series worth learning from, once to forecast. Memory is bounded whatever
 * the file's size: NDJSON streams; the rows of a CSV, which may come in any order, wait in a temporary folder, a few hundred series a file.
 */
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { dayFromNumber } from '../domain/calendar.ts';
import type { CsvColumn } from '../domain/forecast/file-columns.ts';
import { indexOf, periodsOf, strayDays, type Periods } from '../domain/forecast/file-periods.ts';
import { datedRow, isFault, seriesFromJson, seriesFromRows, type DatedRow, type FileSeries } from '../domain/forecast/series-file.ts';
import type { Grain } from '../domain/forecast/panel.ts';
import { grouped, some } from '../domain/wording.ts';
import { linesOf, sizeOf, unpacked } from './file-lines.ts';
import { header, NEEDED, notRead } from './series-header.ts';
import { LOST, LOST_LETTER, NUMBER_COLUMNS, seriesSigns, type SeriesSigns } from './series-signs.ts';

export interface Fault { line: number; column: string; message: string }
export interface SeriesSource {
  /** Series without a fault. */
  count: number;
  faults: Fault[]; faultCount: number;
  /** What is not wrong and yet to be known, in words: columns that are not read, days that make no whole period. */
  notes: string[];
  /** Days that make no whole period, and the units in them, which are left out. */
  leftOut: { from: string; to: string; days: number; units: number }[];
  /** The series that sold most, in the file's order. */
  sample: FileSeries[];
  series(): AsyncGenerator<FileSeries>;
  close(): void;
}

/** Learned from: the best sellers, and no more than so many periods of them. */
const LEARN_SERIES = 1_500;
const LEARN_PERIODS = 600_000;
/** Faults kept; the rest are counted. */
const FAULTS_KEPT = 1_000;

/** What is no text, by its first bytes. */
const PACKED: readonly { begins: readonly number[]; say: string }[] = [
  { begins: [0x50, 0x4b, 0x03, 0x04], say: 'is a workbook (.xlsx, .ods) or a ZIP archive, not a text file: save the sheet as CSV, or unpack it' },
  { begins: [0xd0, 0xcf, 0x11, 0xe0], say: 'is a workbook (.xls), not a text file: save the sheet as CSV' },
  { begins: [0x1f, 0x8b], say: 'is packed by gzip: let its name end in .gz' },
];

/** Throws where nothing can be read, and when the signal stops it; nothing is left on disk then. */
export async function readSeriesFile(file: string, grain: Grain, horizon: number, progress: (done: number, total: number) => void, signal: AbortSignal): Promise<SeriesSource> {
  const size = sizeOf(file), read = (bytes: number): void => progress(bytes, size);
  let first = '';
  for await (const chunk of unpacked(file)) {
    const packed = PACKED.find(({ begins }) => chunk.subarray(0, begins.length).equals(Buffer.from(begins)));
    if (packed) throw new Error(`${file}: ${packed.say}`);
    first = chunk.toString('utf8').replace(/^\uFEFF/, '').trimStart().slice(0, 1);
    if (first) break;
  }
  if (first === '') throw new Error(`${file}: the file is empty`);
  if (first === '[') throw new Error(`${file}: begins as a JSON list; expected NDJSON, an object a line, or CSV`);
  return first === '{' ? readNdjson(file, horizon, read, signal) : readCsv(file, grain, horizon, read, signal);
}

/** Faults with a bound, in the order they were found. */
function faultList(): { faults: Fault[]; add(fault: Fault): void; /** Faults that are not named. */ more(n: number): void; readonly count: number } {
  const faults: Fault[] = [];
  let count = 0;
  return { faults, add(fault) { count++; if (faults.length < FAULTS_KEPT) faults.push(fault); }, more(n) { count += n; }, get count() { return count; } };
}

/** Keeps the best sellers of a stream: most units first, the earlier one where equal. `value` is asked only for what may stay. */
function bestSellers<T>(): { offer(units: number, periods: number, order: number, value: () => T): void; take(): T[] } {
  let held: { units: number; periods: number; order: number; value: T }[] = [], least = -Infinity;
  const cut = (): void => {
    held.sort((a, b) => b.units - a.units || a.order - b.order);
    const before = held.length;
    let periods = 0;
    held = held.slice(0, LEARN_SERIES).filter((one, n) => { periods += one.periods; return n === 0 || periods <= LEARN_PERIODS; });
    if (held.length < before) least = held.at(-1)!.units;
  };
  return {
    offer(units, periods, order, value) {
      if (units <= least) return; // as many sold more, or as much and earlier
      held.push({ units, periods, order, value: value() });
      if (held.length > 2 * LEARN_SERIES) cut();
    },
    /** Those kept, in the order they came; nothing is held any more. */
    take() { cut(); const taken = held.sort((a, b) => a.order - b.order).map((one) => one.value); held = []; return taken; },
  };
}

const unitsOf = (one: FileSeries): number => one.series.demand.reduce((sum, units) => sum + (Number.isNaN(units) ? 0 : units), 0);

async function readNdjson(file: string, horizon: number, read: (bytes: number) => void, signal: AbortSignal): Promise<SeriesSource> {
  const ids = new Set<string>(), bad = new Set<number>(), found = faultList(), best = bestSellers<Buffer>(), unread = notRead();
  for await (const lines of linesOf(file, read, signal)) {
    for (const { line, text } of lines) {
      const one = text.includes(LOST) ? { column: '', message: LOST_LETTER } : seriesFromJson(text, horizon, (names, all) => unread.look(names, all, line));
      if (isFault(one)) { found.add({ line, ...one }); bad.add(line); continue; }
      if (ids.has(one.id)) { found.add({ line, column: 'id', message: `${one.id} is already on a line before` }); bad.add(line); continue; }
      ids.add(one.id);
      best.offer(unitsOf(one), one.known, line, () => Buffer.from(text)); // the text itself is a window on the whole piece of file it was cut from
    }
  }
  return {
    count: ids.size, faults: found.faults, faultCount: found.count, notes: unread.notes(), leftOut: [],
    sample: best.take().map((text) => seriesFromJson(text.toString(), horizon) as FileSeries),
    async *series() {
      for await (const lines of linesOf(file, undefined, signal)) for (const { line, text } of lines) if (!bad.has(line)) yield seriesFromJson(text, horizon) as FileSeries;
    },
    close() {},
  };
}

async function readCsv(file: string, grain: Grain, horizon: number, read: (bytes: number) => void, signal: AbortSignal): Promise<SeriesSource> {
  const found = faultList(), rows = waitingRoom();
  const numberOf = new Map<string, number>(), ids: string[] = [], names: { item: string; location: string; category: string }[] = [], units: number[] = [], bad = new Set<number>();
  const dates = new Map<number, { line: number; rows: number }>();
  let at: Partial<Record<CsvColumn, number>> | null = null, notes: string[] = [], separator = ',', width = 0, least = 0, signs: SeriesSigns | null = null;
  try {
    for await (const lines of linesOf(file, read, signal)) {
      for (const { line, text } of lines) {
        if (at === null) { separator = separatorOf(text); signs = separator === ',' ? null : seriesSigns(separator); if (text.includes(LOST)) throw new Error(`${file}:${line}: ${LOST_LETTER}`); }
        const record = cellsOf(text, separator);
        if (typeof record === 'string') { if (at === null) throw new Error(`${file}:${line}: ${record}`); found.add({ line, column: '', message: record }); continue; }
        if (at === null) { ({ at, notes } = header(file, record)); width = record.length; least = 1 + Math.max(...NEEDED.map((column) => at![column]!)); continue; }
        const columns = at, cell = (column: CsvColumn): string => record[columns[column] ?? -1] ?? '', lost = text.includes(LOST);
        const id = cell('id').trim();
        // Two names that lost a letter each may be one now: a series of that name is none.
        if (id.includes(LOST)) { found.add({ line, column: 'id', message: LOST_LETTER }); continue; }
        if (id === '') { found.add({ line, column: 'id', message: 'is empty' }); continue; }
        let n = numberOf.get(id);
        if (n === undefined) {
          numberOf.set(id, n = ids.length);
          ids.push(id); units.push(0);
          names.push({ item: cell('item').trim() || id, location: cell('location').trim(), category: cell('category').trim() });
        }
        // A comma too many, as of 1,5 without quotes, would be read as another number.
        if (record.length < least || record.slice(width).some((extra) => extra.trim() !== '')) { found.add({ line, column: '', message: `${record.length} cells where the header has ${width}` }); bad.add(n); continue; }
        if (lost) { found.add({ line, column: '', message: LOST_LETTER }); bad.add(n); continue; }
        const series = n, row = datedRow(signs === null ? cell : (column) => (NUMBER_COLUMNS.includes(column) ? signs!.plain(cell(column), column, line, series) : cell(column)));
        if ('message' in row) { found.add({ line, ...row }); bad.add(n); continue; }
        if (!Number.isNaN(row.quantity)) {
          units[n]! += row.quantity;
          const date = dates.get(row.day);
          if (date) date.rows++; else dates.set(row.day, { line, rows: 1 });
        }
        rows.put(n, row);
      }
    }
    if (at === null) throw new Error(`${file}: the file has no header`);
  } catch (error) {
    rows.close();
    throw error;
  }
  if (dates.size === 0) { rows.close(); throw new Error(nothingRead(file, found)); }
  const open = signs?.open();
  for (const one of open?.cells ?? []) found.add(one);
  for (const n of open?.series ?? []) bad.add(n);
  found.more(open?.more ?? 0);
  const stray = strayDays(dates);
  for (const day of stray) { found.add({ line: dates.get(day)!.line, column: 'date', message: `${dayFromNumber(day)} is years away from the other dates of the file` }); dates.delete(day); }
  found.faults.sort((a, b) => a.line - b.line);
  if (stray.length > 0) for (const [n, of] of rows.all(ids.length)) for (const row of of) if (!Number.isNaN(row.quantity) && !dates.has(row.day)) bad.add(n);
  const periods = periodsOf(grain, [...dates.keys()]), leftOut = periods.leftOut.map(({ from, to }) => ({ from: dayFromNumber(from), to: dayFromNumber(to), days: to - from + 1, units: 0 }));
  if (periods.count < 1) { rows.close(); throw new Error(`${file}: the dates, ${leftOut.map(({ from, to }) => `${from} to ${to}`).join(', ')}, make no whole ${PERIOD[grain]}`); }
  if (leftOut.length > 0) for (const [n, of] of rows.all(ids.length)) if (!bad.has(n)) for (const row of of) addLeftOut(leftOut, periods, row);
  if (leftOut.length > 0) notes.push(`${leftOut.map(({ from, to, days, units }) => `${some(days, 'day')} (${from}${to === from ? '' : ` to ${to}`}, ${grouped(units)} ${units === 1 ? 'unit' : 'units'})`).join(' and ')} at the ${leftOut.length === 1 ? 'end' : 'ends'} of the dates ${leftOut.length === 1 && leftOut[0]!.days === 1 ? 'makes' : 'make'} no whole ${PERIOD[grain]} and ${leftOut.length === 1 && leftOut[0]!.days === 1 ? 'was' : 'were'} left out.`);
  const made = (n: number, of: Iterable<DatedRow>): FileSeries => seriesFromRows(ids[n]!, of, periods, horizon, names[n]!);
  const most = Math.max(1, Math.min(LEARN_SERIES, Math.floor(LEARN_PERIODS / periods.count)));
  const chosen = new Set(ids.map((_, n) => n).filter((n) => !bad.has(n)).sort((a, b) => units[b]! - units[a]! || a - b).slice(0, most));
  const sample: FileSeries[] = [];
  for (const [n, of] of rows.all(ids.length)) if (chosen.has(n)) sample.push(made(n, of));
  return {
    count: ids.length - bad.size, faults: found.faults, faultCount: found.count, notes, leftOut, sample,
    async *series() { for (const [n, of] of rows.all(ids.length)) if (!bad.has(n)) yield made(n, of); },
    close: () => rows.close(),
  };
}

const PERIOD = { D: 'day', W: 'week', M: 'month' } as const;

function addLeftOut(leftOut: SeriesSource['leftOut'], periods: Periods, { day, quantity }: DatedRow): void {
  const at = indexOf(periods, day);
  if (Number.isNaN(quantity) || (at >= 0 && at < periods.count)) return;
  leftOut[at < 0 ? 0 : leftOut.length - 1]!.units += quantity;
}

/** Where every row has a fault, the first of them says more than that nothing is left. */
function nothingRead(file: string, { faults: [first], count }: { faults: Fault[]; readonly count: number }): string {
  if (!first) return `${file}: no row has a quantity`;
  return `${file}: no row could be read. ${file}:${first.line}: ${first.column === '' ? '' : `${first.column}: `}${first.message}${count > 1 ? ` (the first of ${grouped(count)} faults)` : ''}`;
}

/** Spreadsheets of countries with a decimal comma write semicolons. */
const separatorOf = (header: string): string => [';', '\t'].find((one) => header.includes(one) && !header.includes(',')) ?? ',';

/** The cells of a line, or why there are none. Quoted cells are rare and taken apart by the library; a cell does not go over several lines. */
function cellsOf(text: string, separator: string): string[] | string {
  const line = text.endsWith('\r') ? text.slice(0, -1) : text;
  if (!line.includes('"')) return line.split(separator);
  try { return (parse(line, { relax_column_count: true, delimiter: separator }) as string[][])[0] ?? []; } catch (error) { return `not readable as CSV: ${(error as Error).message}`; }
}

const SERIES_A_FILE = 500;
/** Row: series, day, quantity, price, promotion, in stock. */
const ROW_BYTES = 40;
const ROWS_BUFFERED = 2_048;

/** Rows wait on disk by the number of their series, so that a file in any order is read back series by series. */
function waitingRoom(): { put(n: number, row: DatedRow): void; all(series: number): Generator<[number, Iterable<DatedRow>]>; close(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'instep-forecast-'));
  const buffers = new Map<number, { bytes: Buffer; used: number }>();
  const fileOf = (bucket: number): string => path.join(folder, String(bucket));
  const flush = (bucket: number, buffer: { bytes: Buffer; used: number }): void => { appendFileSync(fileOf(bucket), buffer.bytes.subarray(0, buffer.used)); buffer.used = 0; };
  return {
    put(n, row) {
      const bucket = Math.floor(n / SERIES_A_FILE);
      let buffer = buffers.get(bucket);
      if (!buffer) buffers.set(bucket, buffer = { bytes: Buffer.allocUnsafe(ROW_BYTES * ROWS_BUFFERED), used: 0 });
      const { bytes } = buffer;
      let to = buffer.used;
      to = bytes.writeUInt32LE(n, to); to = bytes.writeInt32LE(row.day, to);
      for (const value of [row.quantity, row.price, row.promotion, row.inStock]) to = bytes.writeDoubleLE(value, to);
      buffer.used = to;
      if (to === bytes.length) flush(bucket, buffer);
    },
    *all(series) {
      for (const [bucket, buffer] of buffers) if (buffer.used > 0) flush(bucket, buffer);
      for (let bucket = 0; bucket * SERIES_A_FILE < series; bucket++) {
        const bytes = existsSync(fileOf(bucket)) ? readFileSync(fileOf(bucket)) : Buffer.alloc(0), places = new Map<number, number[]>();
        for (let from = 0; from < bytes.length; from += ROW_BYTES) {
          const n = bytes.readUInt32LE(from), known = places.get(n);
          if (known) known.push(from); else places.set(n, [from]);
        }
        for (let n = bucket * SERIES_A_FILE; n < Math.min(series, (bucket + 1) * SERIES_A_FILE); n++) yield [n, rowsAt(bytes, places.get(n) ?? [])];
      }
    },
    close() { rmSync(folder, { recursive: true, force: true }); },
  };
}

/** The rows at these places of the file, each in the same object. */
function* rowsAt(bytes: Buffer, places: readonly number[]): Generator<DatedRow> {
  const row: DatedRow = { day: 0, quantity: 0, price: 0, promotion: 0, inStock: 0 };
  for (const from of places) {
    row.day = bytes.readInt32LE(from + 4); row.quantity = bytes.readDoubleLE(from + 8);
    row.price = bytes.readDoubleLE(from + 16); row.promotion = bytes.readDoubleLE(from + 24); row.inStock = bytes.readDoubleLE(from + 32);
    yield row;
  }
}
