/** Reads a sales history file, row by row: the Online Retail columns or a plain id,date,sku,quantity,price file, gzipped or not. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse/sync';

export interface SaleRow {
  /** Line of the file, the header being line 1. */
  line: number;
  document: string; sku: string; description: string;
  /** Signed units: below zero is a credit or a loss. */
  quantity: number;
  /** Wall-clock time of the sale as the milliseconds it would be in UTC; an instant when the file gave a zone (`isInstant`). */
  time: number; isInstant: boolean;
  /** Minor units. */
  price: number;
  country: string;
}
/** A row that cannot be read; the rows after it are not affected. */
export interface BadRow { line: number; reason: string; detail: string }

type Field = 'document' | 'sku' | 'description' | 'quantity' | 'time' | 'price' | 'country';
const NAMES: Record<Field, readonly string[]> = {
  document: ['invoiceno', 'invoice', 'id', 'order', 'orderid', 'ordername', 'document'],
  sku: ['stockcode', 'sku', 'item', 'itemcode'],
  description: ['description', 'title', 'name', 'product'],
  quantity: ['quantity', 'qty', 'units'],
  time: ['invoicedate', 'date', 'datetime', 'createdat', 'processedat', 'time'],
  price: ['unitprice', 'price'],
  country: ['country', 'countrycode'],
};
const REQUIRED: readonly Field[] = ['document', 'sku', 'quantity', 'time', 'price'];

/** A line longer than this is no row of a sales history but some other kind of file. */
const MAX_LINE = 1_000_000;

/**
 * The rows of the file in order, in bounded memory. A line is a row: fields may be quoted but not span lines, so that a quote somebody
 * forgot to close spoils its own row and not the thousands after it.
 * @throws Error naming file and line when the header lacks a required column or the file cannot be read
 */
export async function* readSaleRows(file: string): AsyncGenerator<SaleRow | BadRow> {
  let columns: Partial<Record<Field, number>> | undefined;
  let line = 0;
  try {
    for await (const text of linesOf(file)) {
      line++;
      if (text.trim() === '') continue;
      const fields = fieldsOf(text);
      if (columns) yield fields ? readRow(fields, columns, line) : { line, reason: 'row is not valid CSV', detail: `row is not valid CSV: ${JSON.stringify(text.slice(0, 40))}` };
      else columns = columnsOf(fields ?? []);
    }
    if (!columns) throw new Error('the file is empty');
  } catch (error) {
    throw new Error(`${file}:${Math.max(line, 1)}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  const text = file.endsWith('.gz') ? source.pipe(createGunzip()) : source;
  // A pipe does not hand errors on: a missing file must reach the reader.
  if (text !== source) source.on('error', (error) => text.destroy(error));
  text.setEncoding('utf8');
  let rest = '';
  let first = true;
  for await (const chunk of text as AsyncIterable<string>) {
    const lines = (rest + (first && chunk.startsWith('\uFEFF') ? chunk.slice(1) : chunk)).split('\n');
    first = false;
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) throw new Error(`a line is longer than ${MAX_LINE} characters`);
    yield* lines.map((line) => line.endsWith('\r') ? line.slice(0, -1) : line);
  }
  if (rest !== '') yield rest;
}

function fieldsOf(line: string): string[] | null {
  if (!line.includes('"')) return line.split(',');
  try {
    return (parse(line, { relax_quotes: true, relax_column_count: true }) as string[][])[0] ?? null;
  } catch {
    return null;
  }
}

function columnsOf(header: string[]): Partial<Record<Field, number>> {
  const given = header.map((name) => name.toLowerCase().replace(/[^a-z]/g, ''));
  const columns: Partial<Record<Field, number>> = {};
  for (const [field, names] of Object.entries(NAMES) as [Field, readonly string[]][]) {
    const index = given.findIndex((name) => names.includes(name));
    if (index >= 0) columns[field] = index;
  }
  const missing = REQUIRED.filter((field) => columns[field] === undefined);
  if (missing.length > 0) throw new Error(`no column for ${missing.map((field) => `${field} (${NAMES[field].slice(0, 2).join(' or ')})`).join(', ')}`);
  return columns;
}

function readRow(record: string[], columns: Partial<Record<Field, number>>, line: number): SaleRow | BadRow {
  const text = (field: Field) => record[columns[field] ?? -1]?.trim() ?? '';
  const bad = (reason: string, field: Field): BadRow => ({ line, reason, detail: `${reason}: ${JSON.stringify(text(field).slice(0, 40))}` });
  const document = text('document');
  if (document === '') return bad('no document number', 'document');
  const sku = text('sku');
  if (sku === '') return bad('no SKU', 'sku');
  const quantity = Number(text('quantity'));
  if (text('quantity') === '' || !Number.isSafeInteger(quantity)) return bad('quantity is no whole number', 'quantity');
  const price = Number(text('price'));
  if (text('price') === '' || !Number.isFinite(price) || Math.abs(price) > 1e10) return bad('price is no number', 'price');
  const moment = readTime(text('time'));
  if (!moment) return bad('date is not readable', 'time');
  return { line, document, sku, description: text('description'), quantity, ...moment, price: Math.round(price * 100), country: text('country') };
}

/** `YYYY-MM-DD`, optionally with a time and a zone (`Z` or an offset). */
function readTime(text: string): { time: number; isInstant: boolean } | null {
  const match = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(?::(\d\d)(?:\.\d+)?)?)?\s?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (!match) return null;
  const zone = match[4];
  const time = Date.parse(`${match[1]}T${match[2] ?? '12:00'}:${match[3] ?? '00'}${zone === undefined ? 'Z' : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(time) ? null : { time, isInstant: zone !== undefined };
}
