/** What commands share on a terminal: tables, progress, JSON, plain errors and exit codes (0 done, 1 failed, 2 wrong use, 3 found something). */
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { Watch } from '../runtime/run-flow.ts';

export class UsageError extends Error {}

/** `--limit` as a whole number of rows, 1 to 100,000; anything else is a UsageError. */
export function rowLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100_000) throw new UsageError(`--limit ${text}: expected a whole number from 1 to 100000`);
  return limit;
}

export const EXIT = { done: 0, failed: 1, usage: 2, found: 3 } as const;

/** Bars on a terminal, one line a stage elsewhere. Percent never moves back: a new stage starts a new bar. */
export function progressBars(quiet: boolean): { watch: Watch; stop(): void } {
  if (quiet) return { watch: () => {}, stop: () => {} };
  if (!process.stderr.isTTY) {
    let last = '', lastAt = 0;
    return {
      watch({ flow, stage, done, total }) {
        const now = Date.now();
        if (stage === last && now - lastAt < 3_000) return;
        last = stage; lastAt = now;
        console.error(`  ${flow}: ${stage} ${done.toLocaleString('en-GB')}${total === null ? '' : ` of ${total.toLocaleString('en-GB')}`}`);
      },
      stop: () => {},
    };
  }
  const bars = new MultiBar({ format: '  {stage} {bar} {value}/{total}', stream: process.stderr, hideCursor: true, clearOnComplete: false, barsize: 28, forceRedraw: true }, Presets.rect);
  const known = new Map<string, SingleBar>();
  let stopped = false; // stopping twice would draw them again, below what was said meanwhile
  return {
    watch({ stage, done, total }) {
      let bar = known.get(stage);
      if (!bar) { bar = bars.create(total ?? Math.max(done, 1), 0, { stage: stage.padEnd(44) }); known.set(stage, bar); }
      bar.setTotal(total ?? Math.max(done, 1));
      bar.update(done);
    },
    stop() { if (!stopped) bars.stop(); stopped = true; },
  };
}

/** Columns aligned by content; numbers to the right. */
export function table(header: string[], rows: (string | number | null)[][]): string {
  const text = rows.map((row) => row.map((value) => (value === null ? '–' : typeof value === 'number' ? value.toLocaleString('en-GB') : value)));
  const width = header.map((name, n) => Math.min(60, Math.max(name.length, ...text.map((row) => row[n]!.length))));
  const line = (cells: string[], of?: (string | number | null)[]): string =>
    cells.map((value, n) => (typeof of?.[n] === 'number' ? value.padStart(width[n]!) : value.slice(0, 60).padEnd(width[n]!))).join('  ').trimEnd();
  return [line(header), width.map((w) => '─'.repeat(w)).join('  '), ...text.map((row, n) => line(row, rows[n]))].join('\n');
}

export function print(json: boolean, data: unknown, human: () => string): void {
  console.log(json ? JSON.stringify(data, null, 2) : human());
}
