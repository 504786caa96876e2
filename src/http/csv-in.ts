/** CSV in: rows by column name with the line they stand on, whichever of comma, semicolon and tab the file's head is written with. */
import { parse } from 'csv-parse/sync';
import { fused } from '../domain/csv.ts';
import { signsOf, type FileSigns } from '../domain/purchasing/import-signs.ts';
import { Refusal } from './app.ts';
import { NOT_CSV } from './text-only.ts';

export interface CsvRow { record: Record<string, string>; line: number; /** In the order of the columns. */ cells: string[] }
/** `delimiter`: what stands between the cells. */
export interface CsvTable { header: string[]; rows: CsvRow[]; delimiter: string }

/** At most `most` rows, under the file's column names as `named` makes them (trimmed and small, where spelling is free). Cells our exports defused with an apostrophe come back as they were. Throws a 400 that says what is wrong. */
export function csvRows(text: string, most: number, named = (column: string): string => column): CsvRow[] {
  return csvTable(text, most, named).rows;
}

/** How a file writes the cells that are numbers and days, settled once for all of it; `columns` as `csvTable` named them. */
export const cellSigns = ({ rows, delimiter }: CsvTable, { numbers, days }: { numbers: readonly string[]; days: readonly string[] }, named = (column: string): string => column): FileSigns => signsOf(rows, { numbers: numbers.map(named), days: days.map(named) }, delimiter);

/** The same with the names of the columns; of two called alike the later one is read, and both are among the cells. */
export function csvTable(text: string, most: number, named = (column: string): string => column): CsvTable {
  // The text of a delivery note comes from mail and folders too, past the door of the API.
  if (text.includes('\u0000') || text.startsWith('PK\u0003')) throw new Refusal(400, `csv: ${NOT_CSV}`);
  // A letter that was lost in reading is lost for good: a supplier would be made under a name nobody has.
  const lost = text.search(/[\uFFFD\u0080-\u0084\u0086-\u009F]/);
  if (lost >= 0) throw new Refusal(400, `csv: line ${text.slice(0, lost).split(/\r\n|\r|\n/).length} holds a letter that could not be read: save the sheet as “CSV UTF-8” and choose that, or write the letter right`);
  // Excel's own first line says what stands between the cells. It makes room for an empty one: lines stay numbered as in the file.
  const bare = text.replace(/^\uFEFF/, ''), excel = /^"?sep=([^\r\n"])"?[ \t]*(?=\r|\n|$)/i.exec(bare), body = excel ? bare.slice(excel[0].length) : bare, delimiter = excel ? excel[1]! : delimiterOf(body);
  let all: { record: string[]; info: { lines: number } }[];
  // A quotation mark that means inches is no reason to refuse a file.
  try { all = parse(body, { bom: true, skip_empty_lines: true, trim: true, info: true, relax_column_count: true, relax_quotes: true, delimiter }) as unknown as typeof all; } catch (error) { throw new Refusal(400, `csv: the file is not CSV: ${(error as Error).message}`); }
  const header = (all[0]?.record ?? []).map(fused), names = header.map(named), rows = all.slice(1);
  if (rows.length > most) throw new Refusal(400, `csv: the file has ${rows.length} lines; at most ${most} at once`);
  return {
    delimiter, header, rows: rows.map(({ record, info }) => {
      const cells = record.slice(0, header.length).map(fused);
      return { line: info.lines, cells, record: Object.fromEntries(cells.map((value, n) => [names[n]!, value])) };
    }),
  };
}

/** Comma, semicolon or tab: the one that stands most often between the cells of the head, not counting those inside quotation marks. */
function delimiterOf(text: string): string {
  const times = new Map([[',', 0], [';', 0], ['\t', 0]]);
  let quoted = false, begins = true, empty = true;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!;
    if (quoted) { if (sign === '"') { if (text[at + 1] === '"') at++; else quoted = false; } continue; }
    if (sign === '"' && begins) { quoted = true; begins = empty = false; continue; }
    if (sign === '\n' || sign === '\r') { if (!empty) break; continue; }
    empty = false;
    if (times.has(sign)) times.set(sign, times.get(sign)! + 1);
    begins = times.has(sign) || (begins && sign === ' ');
  }
  return [...times].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}
