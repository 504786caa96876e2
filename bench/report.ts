/** What a benchmark hands back, and how it is printed and kept: tables of figures measured side by side, and a plain verdict against each goal. */
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import os from 'node:os';

export interface Table { title: string; columns: string[]; rows: (string | number)[][] }

export interface Verdict {
  what: string;
  /** The goal in words; null where there is none and the number is only kept. */
  goal: string | null;
  measured: string;
  met: boolean | null;
}

export interface Report { tables: Table[]; verdicts: Verdict[]; notes: string[] }

export interface Benchmark {
  name: string;
  /** One line: what is measured, beside what. */
  about: string;
  run(say: (line: string) => void): Promise<Report>;
}

export function markdown(name: string, about: string, report: Report, circumstances: string): string {
  const table = ({ title, columns, rows }: Table): string => {
    const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
    return [`${title}:`, '', line(columns), line(columns.map((_, n) => (n === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
  };
  const verdicts = report.verdicts.map((v) => `- ${v.what}: **${v.measured}**${v.goal === null ? '' : ` (goal: ${v.goal}) — ${v.met ? 'reached' : 'missed'}`}`);
  return [`## ${name}, ${circumstances}`, about, ...report.tables.map(table), verdicts.join('\n'), ...report.notes].filter((part) => part !== '').join('\n\n');
}

const PREFACE = `# Benchmark results

Written by \`npm run bench\`; newest at the end. Machines are shared and noisy, so what counts is the ratio of two things measured in one run
in turns, not a number of seconds. Benchmarks are not tests: nothing fails because it took long.

## Ways tried and not taken

Ledger, CPU a movement (PostgreSQL + Node) with 4 connections at 1 M levels, all in one run, 24 November 2026; a bare COPY of the same rows took 15 µs:

| way | µs a movement | why not |
| --- | ---: | --- |
| every fact looked up, then inserted (until then in use) | 53 | a look-up for nothing where facts are new |
| **inserted first, looked up only where the cause is known** | **47** | taken |
| the same, movements by COPY, balances summed in Node | 39 | a fact heard twice aborts the batch; needs a savepoint and a second path |
| movements inserted, balances by MERGE | 43 | 13 to 18 of 60 batches refused: two that open the same balance at once collide |
| balances alone, by upsert | 23 | what is left to win is here: two balance rows a movement (double entry), each found, locked and rewritten |
| balances alone, by UPDATE … FROM and INSERT of the missing | 22 to 26 | no cheaper than the upsert |

Import: \`= any(array)\` in place of one probe a row made the planner, which had not seen the tables grow, read all known orders and demand facts for
every batch of 1,000 orders: time grew with the square of the history.
`;

export function keep(file: URL, text: string): void {
  if (!existsSync(file)) writeFileSync(file, PREFACE);
  appendFileSync(file, `\n${text}\n`);
}

/** Date, command and machine of a run. Durations use the process clock, so only the date is taken here. */
export function circumstances(command: string, startedAt: Date, loadBefore: number, seconds: number): string {
  const cpu = os.cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC\n\n\`${command}\` on ${os.cpus().length} × ${cpu}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}; `
    + `load average ${loadBefore.toFixed(1)} before, ${os.loadavg()[0]!.toFixed(1)} after; ${Math.round(seconds)} s.`;
}
