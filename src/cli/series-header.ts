/** The names in a file of series: which column is which, and what is told of those that are not read. */
import { CSV_COLUMNS, csvColumn, nearColumn, nearKey, type CsvColumn } from '../domain/forecast/file-columns.ts';
import { grouped, some } from '../domain/wording.ts';

export const NEEDED: readonly CsvColumn[] = ['id', 'date', 'quantity'];
const COLUMNS_SHOWN = 20, NAME_SHOWN = 40;
/** Names that are not read: told, and kept at all. */
const NAMES_TOLD = 20, NAMES_KEPT = 1_000;

const short = (name: string): string => (name.length > NAME_SHOWN ? `${name.slice(0, NAME_SHOWN)}…` : name);
const hint = (near: string | null): string => (near === null ? '' : `; did you mean ${near}?`);

/** Columns by number, and notes of those not read. Throws where one is missing or there twice. */
export function header(file: string, names: readonly string[]): { at: Partial<Record<CsvColumn, number>>; notes: string[] } {
  const at: Partial<Record<CsvColumn, number>> = {}, unread: string[] = [];
  names.forEach((name, n) => {
    const column = csvColumn(name);
    if (column && at[column] !== undefined) throw new Error(`${file}:1: ${column}: there are two columns of this name`);
    if (column) at[column] = n; else if (name.trim() !== '') unread.push(name.trim());
  });
  const there = Object.keys(at), missing = NEEDED.filter((column) => at[column] === undefined);
  if (missing.length > 0) throw new Error(`${file}:1: ${missing.join(', ')}: missing column; expected id,date,quantity and perhaps ${CSV_COLUMNS.slice(3).join(',')}, found ${names.slice(0, COLUMNS_SHOWN).map((name) => name.trim().slice(0, NAME_SHOWN)).join(',')}`);
  return { at, notes: told(unread.map((name) => `The column ${short(name)} is not read${hint(nearColumn(name, there)) || '.'}`)) };
}

/** Keys of NDJSON that are not read, each told once. */
export function notRead(): { look(unread: readonly string[], all: readonly string[], line: number): void; notes(): string[] } {
  const names = new Map<string, { line: number; lines: number; near: string | null }>();
  return {
    look(unread, all, line) {
      for (const name of unread) {
        const known = names.get(name);
        if (known) known.lines++; else if (names.size < NAMES_KEPT) names.set(name, { line, lines: 1, near: nearKey(name, all) });
      }
    },
    notes: () => told([...names].map(([name, { line, lines, near }]) => `The key ${short(name)} (${some(lines, 'line')}, first ${line}) is not read${hint(near) || '.'}`)),
  };
}

const told = (notes: string[]): string[] => (notes.length > NAMES_TOLD ? [...notes.slice(0, NAMES_TOLD), `… and ${grouped(notes.length - NAMES_TOLD)} more that are not read.`] : notes);
