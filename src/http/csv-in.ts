/** CSV in: rows by column name with the line they stand on, whichever of comma, semicolon and tab the file's head is written with. */
import { parse } from 'csv-parse/sync';
import { Refusal } from './app.ts';
import { NOT_CSV } from './text-only.ts';

export interface CsvRow { record: Record<string, string>; line: number; /** In the order of the columns. */ cells: string[] }

/** At most `most` rows, under the file's column names as `named` makes them (trimmed and small, where spelling is free). Cells our exports defused with an apostrophe come back as they were. Throws a 400 that says what is wrong. */
export function csvRows(text: string, most: number, named = (column: string): string => column): CsvRow[] {
  return csvTable(text, most, named).rows;
}

/** The same with the names of the columns; of two called alike the later one is read, and both are among the cells. */
export function csvTable(text: string, most: number, named = (column: string): string => column): { header: string[]; rows: CsvRow[] } {
  // The text of a delivery note comes from mail and folders too, past the door of the API.
  if (text.includes('\u0000') || text.startsWith('PK\u0003')) throw new Refusal(400, `csv: ${NOT_CSV}`);
  const head = text.replace(/^\uFEFF/, '').split(/\r?\n/, 1)[0]!;
  const delimiter = [',', ';', '\t'].map((sign) => ({ sign, times: head.split(sign).length })).reduce((best, one) => (one.times > best.times ? one : best)).sign;
  let all: { record: string[]; info: { lines: number } }[];
  // A quotation mark that means inches is no reason to refuse a file.
  try { all = parse(text, { bom: true, skip_empty_lines: true, trim: true, info: true, relax_column_count: true, relax_quotes: true, delimiter }) as unknown as typeof all; } catch (error) { throw new Refusal(400, `csv: the file is not CSV: ${(error as Error).message}`); }
  const header = all[0]?.record ?? [], names = header.map(named), rows = all.slice(1);
  if (rows.length > most) throw new Refusal(400, `csv: the file has ${rows.length} lines; at most ${most} at once`);
  return {
    header, rows: rows.map(({ record, info }) => {
      const cells = record.slice(0, header.length).map((value) => (/^'[\s=+\-@|%]/.test(value) ? value.slice(1) : value));
      return { line: info.lines, cells, record: Object.fromEntries(cells.map((value, n) => [names[n]!, value])) };
    }),
  };
}
