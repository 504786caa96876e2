/** forecast-file: `instep forecast` on a file of 10,000 daily series, as users start it: time, and the most memory the process ever held. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { seeded } from './random.ts';
import type { Benchmark } from './report.ts';
import { median, seconds, whole } from './statistics.ts';

const SERIES = Number(process.env['BENCH_FILE_SERIES'] ?? 10_000), DAYS = 730, ROUNDS = 3;
const INSTEP = path.resolve(import.meta.dirname, '../bin/instep');

export const bench: Benchmark = {
  name: 'forecast-file',
  about: `\`instep forecast\` on an NDJSON file of ${whole(SERIES)} series with ${DAYS} days each, 28 days and totals of 21 and 28 ahead, in a process of its own.`,
  run: async (say) => {
    const dir = mkdtempSync(path.join(tmpdir(), 'instep-bench-')), input = path.join(dir, 'series.ndjson'), output = path.join(dir, 'forecasts.csv');
    try {
      say('writing the file');
      writeFileSync(input, made());
      const rows: string[][] = [], peaks: number[] = [];
      for (const threads of [...new Set([1, 2, availableParallelism()])].sort((a, b) => a - b)) {
        const runs: { took: number; peak: number }[] = [];
        for (let round = 1; round <= ROUNDS; round++) {
          say(`${threads} ${threads === 1 ? 'thread' : 'threads'}, round ${round} of ${ROUNDS}`);
          runs.push(await once(['forecast', '--input', input, '--freq', 'D', '--horizon', '28', '--totals', '21,28', '--output', output, '--threads', String(threads), '--json']));
        }
        const said = Number(execFileSync('wc', ['-l', output], { encoding: 'utf8' }).trim().split(' ')[0]) - 1;
        if (said !== SERIES * 30) throw new Error(`${said} rows for ${SERIES} series`);
        const took = median(runs.map((run) => run.took)), peak = Math.max(...runs.map((run) => run.peak));
        if (threads <= 2) peaks.push(peak);
        rows.push([String(threads), seconds(took), whole(SERIES / took * 1000), `${whole(peak)} MB`]);
      }
      const most = Math.max(...peaks);
      return {
        tables: [{ title: `Median time of ${ROUNDS} runs from start to end, reading the file twice (${whole(statSync(input).size / 1e6)} MB); the largest of their peaks`, columns: ['threads', 'time', 'series/s', 'peak RSS'], rows }],
        verdicts: [{ what: `memory for ${whole(SERIES)} series, with up to two threads`, goal: '≤ 300 MB', measured: `${whole(most)} MB`, met: most > 0 ? most <= 300 : null }],
        notes: [],
      };
    } finally { rmSync(dir, { recursive: true, force: true }); }
  },
};

/** One run to its end: milliseconds, and the high-water mark of its memory in MB of 10⁶ bytes as Linux keeps it (0 elsewhere). */
async function once(args: readonly string[]): Promise<{ took: number; peak: number }> {
  const start = performance.now(), child = spawn(INSTEP, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  let peak = 0;
  const watch = setInterval(() => {
    try { peak = Math.max(peak, Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) * 1024 / 1e6); } catch { /* ended, or not Linux */ }
  }, 20);
  const code = await new Promise<number | null>((resolve, reject) => { child.on('error', reject).on('close', resolve); });
  clearInterval(watch);
  if (code !== 0) throw new Error(`instep ${args.join(' ')} ended with ${code}`);
  return { took: performance.now() - start, peak };
}

/** Items at five places in twelve categories, most of them slow, weekends better. */
function made(): string {
  const random = seeded(7);
  return Array.from({ length: SERIES }, (_, n) => {
    const rate = 0.1 + 4 * random() ** 3, y = Array.from({ length: DAYS }, (_day, t) => Math.floor(rate * (1 + (t % 7) / 7) * -Math.log(1 - random())));
    return `${JSON.stringify({ id: `s${n}`, start: '2024-01-01', y, item: `i${n % (SERIES / 5)}`, loc: `l${n % 5}`, dept: `d${n % 12}` })}\n`;
  }).join('');
}
