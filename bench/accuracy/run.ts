/**
 * Accuracy of the product's own engine on the forecast data's development split, beside every stored peer: `npm run accuracy [-- BENCH …] [--parts] [--earlier]`.
 *
 * The harness of that data runs `engine.ts` origin by origin without showing it the future; its scorer and its stock-policy simulator judge. With --parts
 * the engine is run again with one part left out at a time, with --earlier at origins before those of the split. The tables replace those in README.md between their marks.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Part } from '../../src/domain/forecast/panel.ts';

const DATA = path.resolve(import.meta.dirname, '../../../shared/data/forecast'), README = path.join(import.meta.dirname, 'README.md');
const BENCHES = ['m5d', 'orld', 'm5s', 'm5w', 'orlw', 'vn1w', 'carparts', 'ojw', 'm5c', 'orlc'];
const MEASURES: Record<string, readonly string[]> = {
  m5d: ['RMSSE', 'WRMSSE', 'WRMSSE12', 'SPL', 'S21_wQL'], orld: ['RMSSE', 'WRMSSE', 'SPL', 'S21_wQL'], m5s: ['RMSSE', 'WRMSSE12', 'SPL', 'S21_wQL'], m5w: ['RMSSE', 'WRMSSE', 'SPL', 'S3_wQL'],
  orlw: ['RMSSE', 'WRMSSE', 'SPL', 'S3_wQL'], vn1w: ['RMSSE', 'WRMSSE', 'SPL', 'S3_wQL'], carparts: ['RMSSE', 'WRMSSE', 'SPL', 'S6_wQL'], ojw: ['RMSSE', 'WRMSSE', 'SPL'], m5c: ['sumWAPE', 'SPL', 'S21_wQL'], orlc: ['sumWAPE', 'SPL', 'S21_wQL'],
};
const PARTS: readonly Part[] = ['weekdays', 'events', 'year', 'promotions', 'stockouts', 'short history', 'stacking', 'trees', 'own sales', 'calibration'];
/** Origins before those of the split, which have as many totals as they need to tell a wrong quantile from chance: so many, so far apart. */
const EARLIER: Record<string, { count: number; apart: number }> = { m5d: { count: 12, apart: 28 }, m5c: { count: 12, apart: 28 }, orld: { count: 4, apart: 14 }, orlc: { count: 4, apart: 14 }, m5w: { count: 12, apart: 8 }, orlw: { count: 4, apart: 3 }, vn1w: { count: 4, apart: 1 }, carparts: { count: 3, apart: 3 } };
/** Stored with the data as bars to pass, made by hand for it: told apart from tools that people can run. */
const PROTOTYPES = /^(proto|promo-ridge)/;

type Score = Record<string, number>;
interface Peer { method: string; score: Score }

const { values: { parts, earlier }, positionals } = parseArgs({ allowPositionals: true, options: { parts: { type: 'boolean', default: false }, earlier: { type: 'boolean', default: false } } });
if (!existsSync(path.join(DATA, 'harness.mjs'))) { console.log('skipped: the forecast data is not beside this repository'); process.exit(0); }
const dir = mkdtempSync(path.join(tmpdir(), 'instep-accuracy-')), benches = positionals.length > 0 ? positionals : BENCHES;
for (const bench of benches) if (!(bench in MEASURES)) throw new Error(`no such bench: ${bench}; there are ${BENCHES.join(', ')}`);
try {
  replace('peers', table(benches));
  if (positionals.length === 0) replace('stock', ['m5d', 'orld'].map(stockPolicy).join('\n\n'));
  if (parts) replace('parts', partsTable());
  if (earlier) replace('earlier', earlierTable(benches.filter((bench) => bench in EARLIER)));
} finally { rmSync(dir, { recursive: true, force: true }); }

function run(bench: string, flags: readonly string[] = [], without: readonly Part[] = []): { file: string; speed: string } {
  const file = path.join(dir, `${bench}.csv.gz`);
  // The harness tells speed and memory on its error stream: both streams are read together.
  const said = execFileSync('sh', ['-c', '"$0" "$@" 2>&1', process.execPath, '--disable-warning=ExperimentalWarning', path.join(DATA, 'harness.mjs'), bench, path.join(import.meta.dirname, 'engine.ts'), file, ...flags], { encoding: 'utf8', env: { ...process.env, INSTEP_FORECAST_WITHOUT: without.join(',') } });
  return { file, speed: /([\d.]+) series\/s\/core, rss (\d+ MB)/.exec(said)?.slice(1).join(' · ') ?? '' };
}

function score(bench: string, file: string, flags: readonly string[] = []): Score {
  return JSON.parse(execFileSync(process.execPath, [path.join(DATA, 'score.mjs'), bench, file, '--json', ...flags], { encoding: 'utf8' })) as Score;
}

function peersOf(bench: string): Peer[] {
  const [head, ...lines] = readFileSync(path.join(DATA, 'peers.csv'), 'utf8').trim().split('\n').map((line) => line.split(','));
  return lines.filter((line) => line[head!.indexOf('bench')] === bench).map((line) => ({
    method: line[head!.indexOf('method')]!, score: Object.fromEntries(head!.map((name, i) => [name, line[i] === '' || line[i] === undefined ? NaN : Number(line[i])])),
  }));
}

function table(benches: readonly string[]): string {
  const rows = ['| bench | measure | Instep | best peer | | prototype | |', '|---|---|---:|---|---:|---:|---:|'], pace: string[] = [];
  const change = (ours: number, theirs: number): string => `${ours <= theirs ? '−' : '+'}${Math.abs((ours / theirs - 1) * 100).toFixed(1)} %`;
  for (const bench of benches) {
    const { file, speed } = run(bench), ours = score(bench, file), peers = peersOf(bench);
    for (const [i, measure] of MEASURES[bench]!.entries()) {
      const least = (of: readonly Peer[]): Peer | undefined => of.filter((peer) => peer.score[measure]! > 0).sort((a, b) => a.score[measure]! - b.score[measure]!)[0];
      const peer = least(peers.filter(({ method }) => !PROTOTYPES.test(method))), prototype = least(peers.filter(({ method }) => PROTOTYPES.test(method)));
      rows.push(`| ${i === 0 ? bench : ''} | ${measure} | ${ours[measure]!.toFixed(4)} | ${peer ? `${peer.method} ${peer.score[measure]!.toFixed(4)}` : ''} | ${peer ? change(ours[measure]!, peer.score[measure]!) : ''} | ${prototype ? prototype.score[measure]!.toFixed(4) : ''} | ${prototype ? change(ours[measure]!, prototype.score[measure]!) : ''} |`);
    }
    const length = ['S21', 'S3', 'S6'].find((name) => `${name}_cov95` in ours);
    pace.push(`| ${bench} | ${speed.split(' · ').join(' | ')} | ${length ? [80, 90, 95].map((level) => `${(ours[`${length}_cov${level}`]! * 100).toFixed(1)} %`).join(' | ') : ' | | '} | ${[80, 90, 95].map((level) => `${(ours[`cov${level}`]! * 100).toFixed(1)} %`).join(' | ')} |`);
    console.error(bench);
  }
  return [...rows, '', '| bench | series/s/core | RSS | totals: q80 holds | q90 | q95 | periods: q80 holds | q90 | q95 |', '|---|---:|---:|---:|---:|---:|---:|---:|---:|', ...pace].join('\n');
}

function stockPolicy(bench: string): string {
  const { file } = run(bench, ['--inv']);
  const rows = JSON.parse(execFileSync(process.execPath, [path.join(DATA, 'inv.mjs'), bench, file, '--name', 'Instep', '--json'], { encoding: 'utf8' })) as { policy: string; fillValue: number; cycleService: number; avgInvValue: number; total: number }[];
  const velocity = rows.filter(({ policy }) => policy.startsWith('velocity28 x (')), ours = rows.filter(({ policy }) => /q\d+(\+\d+d)?$/.test(policy));
  const stockAt = (family: typeof rows, fill: number): number | null => {
    const sorted = [...family].sort((a, b) => a.fillValue - b.fillValue), at = sorted.findIndex(({ fillValue }) => fillValue >= fill);
    if (at < 1) return null;
    const low = sorted[at - 1]!, high = sorted[at]!;
    return low.avgInvValue + ((fill - low.fillValue) / (high.fillValue - low.fillValue)) * (high.avgInvValue - low.avgInvValue);
  };
  const lines = [`**${bench}**`, '', '| value fill | stock by velocity × days | by Instep | |', '|---:|---:|---:|---:|'];
  for (const fill of bench === 'm5d' ? [0.9, 0.93, 0.95, 0.97, 0.98] : [0.7, 0.75, 0.8, 0.83, 0.85, 0.87]) {
    const theirs = stockAt(velocity, fill), mine = stockAt(ours, fill);
    if (theirs !== null && mine !== null) lines.push(`| ${(fill * 100).toFixed(0)} % | ${Math.round(theirs).toLocaleString('en')} | ${Math.round(mine).toLocaleString('en')} | ${((mine / theirs - 1) * 100).toFixed(1)} % |`);
  }
  const cheapest = (family: typeof rows): (typeof rows)[number] => family.reduce((best, row) => (row.total < best.total ? row : best));
  lines.push(`| cheapest cost a year | ${Math.round(cheapest(velocity).total).toLocaleString('en')} | ${Math.round(cheapest(ours).total).toLocaleString('en')} | ${((cheapest(ours).total / cheapest(velocity).total - 1) * 100).toFixed(1)} % |`);
  return lines.join('\n');
}

function partsTable(): string {
  const columns: readonly [string, string][] = [['m5d', 'WRMSSE12'], ['m5d', 'SPL'], ['m5d', 'S21_wQL'], ['orld', 'RMSSE'], ['orld', 'SPL'], ['orld', 'S21_wQL'], ['m5s', 'WRMSSE12'], ['m5s', 'SPL'], ['m5w', 'WRMSSE'], ['carparts', 'RMSSE'], ['ojw', 'SPL'], ['orlc', 'S21_wQL']];
  const scores = (without: readonly Part[]): Map<string, Score> => new Map([...new Set(columns.map(([bench]) => bench))].map((bench) => [bench, score(bench, run(bench, [], without).file)]));
  const all = scores([]), rows = [`| left out | ${columns.map(([bench, measure]) => `${bench} ${measure.replace('_wQL', '')}`).join(' | ')} |`, `|---|${columns.map(() => '---:').join('|')}|`, `| nothing | ${columns.map(([bench, measure]) => all.get(bench)![measure]!.toFixed(4)).join(' | ')} |`];
  for (const part of PARTS) {
    const less = scores([part]);
    rows.push(`| ${part} | ${columns.map(([bench, measure]) => { const change = (less.get(bench)![measure]! / all.get(bench)![measure]! - 1) * 100; return Math.abs(change) < 0.05 ? '' : `${change > 0 ? '+' : '−'}${Math.abs(change).toFixed(1)} %`; }).join(' | ')} |`);
    console.error(`without ${part}`);
  }
  return rows.join('\n');
}

/** Coverage of totals at earlier origins: the same data, its task naming other origins, in a folder of links. */
function earlierTable(benches: readonly string[]): string {
  const folder = mkdtempSync(path.join(dir, 'earlier-')), rows = ['| bench | origins | totals | q80 holds | q90 | q95 |', '|---|---|---:|---:|---:|---:|'];
  for (const name of readdirSync(DATA)) if (!name.endsWith('.task.json')) symlinkSync(path.join(DATA, name), path.join(folder, name));
  for (const bench of benches) {
    const task = JSON.parse(readFileSync(path.join(DATA, `${bench}.task.json`), 'utf8')) as { origins: number[]; sums: number[] }, { count, apart } = EARLIER[bench]!;
    const origins = Array.from({ length: count }, (_, k) => Math.min(...task.origins) - (count - k) * apart);
    writeFileSync(path.join(folder, `${bench}.task.json`), JSON.stringify({ ...task, origins }));
    const found = score(bench, run(bench, ['--dir', folder]).file, ['--dir', folder]);
    rows.push(`| ${bench} | ${origins[0]!} … ${origins.at(-1)!}, ${count} | ${found['n']!.toLocaleString('en')} | ${[80, 90, 95].map((level) => `${(found[`S${task.sums[0]!}_cov${level}`]! * 100).toFixed(1)} %`).join(' | ')} |`);
    console.error(`${bench}, earlier`);
  }
  return rows.join('\n');
}

function replace(mark: string, text: string): void {
  console.log(`\n${text}`);
  if (positionals.length > 0) return; // a part of the benches does not replace the table of all
  const readme = readFileSync(README, 'utf8'), from = `<!-- ${mark} -->`, to = `<!-- /${mark} -->`, start = readme.indexOf(from) + from.length, end = readme.indexOf(to);
  if (start < from.length || end < 0) throw new Error(`README.md has no place marked ${mark}`);
  writeFileSync(README, `${readme.slice(0, start)}\n${text}\n${readme.slice(end)}`);
}
