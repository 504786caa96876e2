/**
 * Runs the benchmarks: `npm run bench` all, `npm run bench -- ingest ledger` some, `--list` names them, `--dry` keeps nothing.
 * Each prints its table and its verdict and appends them to bench/RESULTS.md. They assert no durations.
 */
import os from 'node:os';
import { circumstances, keep, markdown, type Benchmark } from './report.ts';

const NAMES = ['ingest', 'ledger', 'import', 'sale-to-ledger', 'drift', 'replenishment', 'supplier-order', 'forecast', 'forecast-file', 'refresh', 'push', 'flash-sale', 'two-stores'] as const;

const flags = process.argv.slice(2).filter((a) => a.startsWith('-'));
const asked = process.argv.slice(2).filter((a) => !a.startsWith('-'));
const unknown = asked.filter((name) => !(NAMES as readonly string[]).includes(name));
if (unknown.length > 0 || flags.some((f) => !['--list', '--dry'].includes(f))) {
  console.error(`Unknown: ${[...unknown, ...flags].join(', ')}. Benchmarks: ${NAMES.join(', ')}`);
  process.exit(2);
}
if (flags.includes('--list')) {
  for (const name of NAMES) console.log(`${name.padEnd(16)}${(await load(name)).about}`);
  process.exit(0);
}

for (const name of asked.length > 0 ? asked : NAMES) {
  const bench = await load(name);
  console.log(`\n${bench.name}: ${bench.about}`);
  const startedAt = new Date(), start = performance.now(), before = os.loadavg()[0]!;
  const report = await bench.run((line) => console.log(`  ${line}`));
  const text = markdown(bench.name, bench.about, report, circumstances(`npm run bench -- ${bench.name}`, startedAt, before, (performance.now() - start) / 1000));
  console.log(`\n${text}`);
  if (!flags.includes('--dry')) keep(new URL('./RESULTS.md', import.meta.url), text);
}

async function load(name: string): Promise<Benchmark> {
  return ((await import(`./${name}.bench.ts`)) as { bench: Benchmark }).bench;
}
