/** What became of each row of a file, as the file itself with two columns more: rows that were rejected can be corrected in it and sent again alone. */
import { csvText } from '../csv.ts';
import type { ImportError } from './import-columns.ts';
import { READING_COLUMN } from './import-signs.ts';

export type RowStatus = 'brought in' | 'unchanged' | 'left out' | 'rejected';
export interface RowOutcome { status: RowStatus; message: string }
/** Not names any file's own column is read by: a status of an order is another thing. */
export const RESULT_COLUMNS = ['Import status', 'Import message'] as const;

/**
 * An outcome for each line. `heard`: what was made of the lines that were brought in or left; whoever has an error is rejected, and so is a row of which nothing
 * was made because another one of its group (an order) was wrong.
 */
export function outcomesOf(lines: readonly number[], heard: ReadonlyMap<number, RowOutcome>, skipped: ReadonlySet<number>, errors: readonly ImportError[], columns: Readonly<Record<string, string>>): Map<number, RowOutcome> {
  const wrong = new Map<number, ImportError[]>();
  for (const error of errors) { const known = wrong.get(error.line); if (known) known.push(error); else wrong.set(error.line, [error]); }
  const whole = wrong.get(1) ?? []; // of the head: no row could be read
  return new Map(lines.map((line) => {
    const own = [...whole, ...(wrong.get(line) ?? [])];
    if (own.length > 0) return [line, { status: 'rejected', message: own.map(({ field, message }) => `${columns[field] ?? field}: ${message}`).join('; ') }];
    if (skipped.has(line)) return [line, { status: 'left out', message: 'it says nothing to bring in' }];
    return [line, heard.get(line) ?? { status: 'rejected', message: 'another row of the same order is wrong, and half an order is a wrong one' }];
  }));
}

/** The file with how it writes numbers and days in a column of its own, where any could be read two ways: some of its rows alone may not say it. */
export function withReading<R extends { cells: readonly string[] }>(header: readonly string[], rows: readonly R[], reading: string): { header: string[]; rows: (R & { cells: string[] })[] } {
  const taken = reading !== '' && !header.includes(READING_COLUMN), cellsOf = (row: R): string[] => header.map((_, n) => row.cells[n] ?? '');
  return { header: [...header, ...(taken ? [READING_COLUMN] : [])], rows: rows.map((row) => ({ ...row, cells: taken ? [...cellsOf(row), reading] : [...row.cells] })) };
}

/** The file with its own cells as they were and what became of each row; columns of an earlier result make room. */
export function resultFile(header: readonly string[], rows: readonly { line: number; cells: readonly string[] }[], outcomes: ReadonlyMap<number, RowOutcome>, dryRun: boolean, only: 'all' | 'rejected' = 'all'): string {
  const own = header.flatMap((name, n) => ((RESULT_COLUMNS as readonly string[]).includes(name.trim()) ? [] : [n]));
  const told = ({ status, message }: RowOutcome): string[] => [status === 'brought in' && dryRun ? 'would be brought in' : status, message];
  return csvText([...own.map((n) => header[n]!), ...RESULT_COLUMNS], rows.filter((row) => only === 'all' || outcomes.get(row.line)!.status === 'rejected').map((row) => [...own.map((n) => row.cells[n] ?? ''), ...told(outcomes.get(row.line)!)]));
}
