/**
 * npm run simulate -- --seed N --seeds M [--mode on|off|swarm] [--mutation NAME]
 * The real house on a real PostgreSQL, with a clock and dice of ours. Prints each failing seed with the line that plays it again; exit 1 when one failed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../../src/runtime/postgres.ts';
import { mutate } from './mutations.ts';

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, seeds: { type: 'string', default: '1' }, mode: { type: 'string' }, mutation: { type: 'string' }, json: { type: 'boolean', default: false }, 'stop-at-first': { type: 'boolean', default: false } } });
const first = Number(values.seed), count = Number(values.seeds);
if (!Number.isInteger(first) || first < 1 || !Number.isInteger(count) || count < 1) throw new Error('--seed and --seeds: whole numbers from 1');
if (values.mode !== undefined && !['on', 'off', 'swarm'].includes(values.mode)) throw new Error('--mode: on, off or swarm');
if (values.mutation !== undefined) mutate(values.mutation);

// After the mutation is in place: what is imported here is what is tried.
const { factory } = await import('./run.ts');
const { play } = await import('./seed.ts');

const dataDir = mkdtempSync(path.join(tmpdir(), 'instep-simulation-'));
const server = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } });
const world = await factory(server.url, dataDir);
const began = performance.now();
let failed = 0, deaths = 0, played = 0;
const reached = new Set<string>();
try {
  for (let seed = first; seed < first + count; seed++) {
    const outcome = await play(world, seed, values.mode as never);
    played++;
    deaths += outcome.deaths;
    for (const name of outcome.reached) reached.add(name);
    if (outcome.violations.length === 0) continue;
    failed++;
    console.log(`seed ${seed} (${outcome.mode}): ${outcome.violations.slice(0, 6).join('\n  ')}\n  again: npm run simulate -- --seed ${seed}${values.mode ? ` --mode ${values.mode}` : ''}${values.mutation ? ` --mutation ${values.mutation}` : ''}`);
    if (values['stop-at-first']) break;
  }
} finally {
  await world.close();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
const minutes = (performance.now() - began) / 60_000;
console.log(values.json ? JSON.stringify({ seeds: played, failed, deaths, perMinute: Math.round(played / minutes), reached: [...reached] }) : `${played} seeds, ${failed} failed, ${deaths} deaths survived, ${Math.round(played / minutes)} seeds a minute; reached: ${[...reached].sort().join(', ')}`);
process.exitCode = failed > 0 ? 1 : 0;
