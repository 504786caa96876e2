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

Ledger, at 1 M levels, 24 and 25 November 2026. Microseconds a movement (the first two: CPU of PostgreSQL and Node; the others: wall time, 4 connections):

| way | µs | beside | why not |
| --- | ---: | ---: | --- |
| every fact looked up, then inserted | 53 | 47 | a look-up for nothing where facts are new |
| a balance a row, movements inserted first and looked up where known | 47 | | in use until \`ledger_level\` |
| a hashed cause (uuid) in place of the text: COPY alone | 14.4 | 9.3 | each insert falls on another page |
| one statement with \`on conflict … returning\`, on \`ledger_level\` | 24.1 | 18.6 | COPY and one upsert do the same for less |
| outside parties kept as levels too | 24.4 | 18.6 | nothing reads them |
| levels by UPDATE … FROM, CPU of the backend a level | 9.2 | 9.7 | no gain worth a second path for levels not there yet |
| a fill factor of 70, then 100: CPU of the backend a level | 6.8 | 8.7 | pages are pruned less, but only those filled before the setting changes |
| batches of 1,000 or 2,000 in place of 5,000 | | | within the noise |

Import: \`= any(array)\` made the planner, which had not seen the tables grow, read all known orders and demand facts for every batch of 1,000 orders; the
functions of \`0002_lean_ledger.sql\` forbid that, and then it is a tenth of a probe a row.
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
