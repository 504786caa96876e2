/** CSV in: rows by column name with the line they stand on, whichever of comma, semicolon and tab the file's head is written with. */
import { parse } from 'csv-parse/sync';
import { Refusal } from './app.ts';

export interface CsvRow { record: Record<string, string>; line: number }

/** At most `most` rows, under the file's column names as `named` makes them (trimmed and small, where spelling is free). Cells our exports defused with an apostrophe come back as they were. Throws a 400 that says what is wrong. */
export function csvRows(text: string, most: number, named = (column: string): string => column): CsvRow[] {
  const head = text.replace(/^\uFEFF/, '').split(/\r?\n/, 1)[0]!;
  const delimiter = [',', ';', '\t'].map((sign) => ({ sign, times: head.split(sign).length })).reduce((best, one) => (one.times > best.times ? one : best)).sign;
  let rows: { record: Record<string, string>; info: { lines: number } }[];
  // A quotation mark that means inches is no reason to refuse a file.
  try { rows = parse(text, { columns: (names: string[]) => names.map(named), bom: true, skip_empty_lines: true, trim: true, info: true, relax_column_count: true, relax_quotes: true, delimiter }); } catch (error) { throw new Refusal(400, `csv: the file is not CSV: ${(error as Error).message}`); }
  if (rows.length > most) throw new Refusal(400, `csv: the file has ${rows.length} lines; at most ${most} at once`);
  return rows.map(({ record, info }) => ({ line: info.lines, record: Object.fromEntries(Object.entries(record).map(([name, value]) => [name, /^'[\s=+\-@|%]/.test(value) ? value.slice(1) : value])) }));
}
