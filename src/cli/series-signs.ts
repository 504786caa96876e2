/** What commas and points mean in a CSV of series whose cells are not separated by commas: read as they come, and what turns out to be open at the end of the file is a fault. */
import { CSV_COLUMNS, type CsvColumn } from '../domain/forecast/file-columns.ts';

/** A letter that was lost in reading, and what is said of it. */
export const LOST = '\uFFFD', LOST_LETTER = 'holds a letter that could not be read: save the file as UTF-8, or write the letter right';

export const NUMBER_COLUMNS: readonly CsvColumn[] = CSV_COLUMNS.slice(2, 6);
type Sign = ',' | '.';
export interface OpenCell { line: number; column: CsvColumn; message: string }

/** At most so many cells are named; further ones are counted. */
const NAMED = 1_000;
const NUMBER = /^-?(\d*)([.,])(\d*)$/;

export interface SeriesSigns { /** A number with its decimal sign as a point; `n` is its series. */ plain(text: string, column: CsvColumn, line: number, n: number): string; /** Cells that nobody can tell, the series they are of, and how many cells are not named. */ open(): { cells: OpenCell[]; series: Iterable<number>; more: number } }

export function seriesSigns(separator: string): SeriesSigns {
  const decides: Partial<Record<Sign, { line: number; text: string }>> = {};
  const lone = { ',': { cells: [] as { line: number; column: CsvColumn; text: string }[], series: new Set<number>(), more: 0 }, '.': { cells: [] as { line: number; column: CsvColumn; text: string }[], series: new Set<number>(), more: 0 } };
  return {
    plain(text, column, line, n) {
      const trimmed = text.trim(), number = NUMBER.exec(trimmed);
      if (!number) return text;
      const [, whole, sign, fraction] = number as unknown as [string, string, Sign, string], of = lone[sign];
      // 1,000 and 1.000 are a thousand to one half of the world and one to the other.
      if (!(fraction.length === 3 && /^[1-9]\d{0,2}$/.test(whole))) decides[sign] ??= { line, text: trimmed };
      else { of.series.add(n); if (of.cells.length < NAMED) of.cells.push({ line, column, text: trimmed }); else of.more++; }
      return trimmed.replace(',', '.');
    },
    open() {
      const comma = decides[','], point = decides['.'], torn = comma && point;
      // Semicolons between the cells go with a decimal comma, unless a number says otherwise.
      const sign: Sign | null = torn ? null : comma ? ',' : point ? '.' : separator === ';' ? ',' : null;
      const because = torn ? `line ${comma.line} writes ${comma.text} and line ${point.line} ${point.text}` : sign === null ? 'nothing in the file says which' : comma ?? point ? `line ${(comma ?? point)!.line} writes ${(comma ?? point)!.text}` : 'files with semicolons between their cells have a decimal comma';
      const open = ([',', '.'] as const).filter((one) => one !== sign).map((one) => lone[one]);
      return {
        more: open.reduce((sum, one) => sum + one.more, 0), series: new Set(open.flatMap((one) => [...one.series])),
        cells: open.flatMap((one) => one.cells).map(({ line, column, text }) => ({ line, column, message: `${text} is either ${text.replace(/[.,]/, '')} or has a decimal ${text.includes(',') ? 'comma' : 'point'}, and ${because}; write it without the sign, or with another number of digits behind it` })),
      };
    },
  };
}
