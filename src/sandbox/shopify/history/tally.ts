/** The account of a load: every row of the file is in exactly one line of it. */

export interface Tally {
  file: string; rows: number;
  applied: Record<string, number>; skipped: Record<string, number>;
  /** The first rows that could not be read, as `file:line: why`. */
  problems: string[];
}

const MAX_PROBLEMS = 20;

export class TallyBook {
  readonly tally: Tally;

  constructor(file: string) {
    this.tally = { file, rows: 0, applied: {}, skipped: {}, problems: [] };
  }

  applied(reason: string, rows = 1): void {
    this.tally.rows += rows;
    this.tally.applied[reason] = (this.tally.applied[reason] ?? 0) + rows;
  }

  skipped(reason: string, line: number, detail: string | null = null): void {
    this.tally.rows++;
    this.tally.skipped[reason] = (this.tally.skipped[reason] ?? 0) + 1;
    if (detail !== null && this.tally.problems.length < MAX_PROBLEMS) this.tally.problems.push(`${this.tally.file}:${line}: ${detail}`);
  }
}

/** The tally as text: one line per reason, largest first, and the sums that must agree. */
export function formatTally(tally: Tally): string {
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);
  const width = tally.rows.toLocaleString('en').length;
  const list = (counts: Record<string, number>) => Object.entries(counts).sort((a, b) => b[1] - a[1])
    .map(([reason, count]) => `  ${count.toLocaleString('en').padStart(width)}  ${reason}`);
  return [
    `${tally.file}: ${tally.rows.toLocaleString('en')} rows = ${sum(tally.applied).toLocaleString('en')} applied + ${sum(tally.skipped).toLocaleString('en')} skipped`,
    ...(sum(tally.applied) > 0 ? ['applied', ...list(tally.applied)] : []),
    ...(sum(tally.skipped) > 0 ? ['skipped', ...list(tally.skipped)] : []),
    ...(tally.problems.length > 0 ? ['first problems', ...tally.problems.map((problem) => `  ${problem}`)] : []),
  ].join('\n');
}
