/** A CSV file as rows by column name: UTF-8 with or without a mark, `;`, `,` or tab, any line ends. */
import { CsvError, parse } from 'csv-parse/sync';

export interface Row { /** In the file, counted from 1. */ line: number; cells: Record<string, string>; raw: string }
/** Rows that could be taken apart, and those that could not. */
export interface Table { rows: Row[]; broken: { line: number; message: string; raw: string }[] }

/** Nothing of the file can be read; the message says why, in the words of who wrote it. */
export class UnreadableFile extends Error {
  readonly field: string | null;
  constructor(message: string, field: string | null = null) {
    super(message);
    this.field = field;
  }
}

const MOST_ROWS = 500_000;
const RAW_LENGTH = 2_000;

/** Column names are lower-cased; unknown columns are kept and harm nobody. Throws `UnreadableFile` when the encoding or a column of `required` is wrong. */
export function readTable(content: Uint8Array, required: readonly string[]): Table {
  let text: string;
  try {
    // TextDecoder takes the byte order mark away.
    text = new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw new UnreadableFile('is not UTF-8');
  }
  const table: Table = { rows: [], broken: [] };
  let header: string[] | null = null;
  const options = {
    delimiter: delimiterOf(text), relax_column_count: true, skip_empty_lines: true, trim: true, raw: true, info: true, skip_records_with_error: true, to: MOST_ROWS + 2,
    on_skip: (error: CsvError | undefined, raw: string | undefined) => { if (error) table.broken.push({ line: Number(error['lines'] ?? 0), message: error.message.slice(0, 300), raw: (raw ?? '').slice(0, RAW_LENGTH) }); return undefined; },
  };
  for (const { record, raw, info } of parse(text, options as never) as unknown as { record: string[]; raw: string; info: { lines: number } }[]) {
    if (record.every((cell) => cell === '')) continue;
    if (header === null) {
      header = record.map((name) => name.toLowerCase());
      const missing = required.find((name) => !header!.includes(name));
      if (missing) throw new UnreadableFile(`has no column ${missing}; its first line names ${header.join(', ').slice(0, 300)}`, missing);
      continue;
    }
    if (table.rows.length === MOST_ROWS) throw new UnreadableFile(`has more than ${MOST_ROWS} rows`);
    // A line end inside quotes makes a row end later than it began.
    const own = raw.replace(/^[\r\n]+|[\r\n]+$/g, ''), line = info.lines - (own.match(/\r\n|\r|\n/g)?.length ?? 0);
    const kept = own.replaceAll('\u0000', '').slice(0, RAW_LENGTH);
    if (record.length > header.length && record.slice(header.length).some((cell) => cell !== '')) table.broken.push({ line, message: `has ${record.length} cells where the first line names ${header.length} columns`, raw: kept });
    else table.rows.push({ line, cells: Object.fromEntries(header.map((name, index) => [name, record[index] ?? ''])), raw: kept });
  }
  if (header === null) throw new UnreadableFile('is empty');
  return table;
}

/** The commonest of the three in the first line, outside quotes. */
function delimiterOf(text: string): string {
  const first = (/[^\r\n]+/.exec(text)?.[0] ?? '').replace(/"[^"]*"/g, '');
  const count = (mark: string): number => first.split(mark).length;
  return [';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best), ',');
}

/** Lines of cells, quoted where they must be. The first holds the names. */
export function writeTable(lines: readonly (readonly (string | number)[])[]): string {
  return lines.map((cells) => cells.map((cell) => (/["\r\n,;\t]|^\s|\s$/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell))).join(',')).join('\r\n') + '\r\n';
}
