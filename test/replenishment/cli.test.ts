/** `instep plan` and `instep replay` as somebody types them: processes of their own on the world's database. What they say is what the API says; wrong use is 2. */
import { execFile } from 'node:child_process';
import { expect, it } from 'vitest';
import { addDays, dayOf } from '../../src/domain/calendar.ts';
import { POLICY_KINDS } from '../../src/domain/replenishment/policy.ts';
import { world } from '../helpers/world.ts';

const w = await world({ months: 4, scale: 0.05, worker: false });
await w.import();
const today = dayOf(new Date().toISOString(), 'UTC');
const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> => new Promise((resolve) => {
  const env = { PATH: process.env['PATH'] ?? '', DATABASE_URL: w.house.db.pool.options.connectionString!, INSTEP_DATA_DIR: w.house.config.dataDir, INSTEP_LOG: 'silent' };
  execFile(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/cli/main.ts', ...args], { env, maxBuffer: 64_000_000 }, (error, stdout, stderr) => { resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }); });
});

it('plan says the worklist, as JSON and as CSV, and as another policy would order without saving it', async () => {
  const said = await run('plan', '--json', '--limit', '5');
  expect([said.code, said.stderr]).toEqual([0, '']);
  const plan = JSON.parse(said.stdout) as { totals: { rows: number; units: number }; lines: { sku: string; quantity: number; sentence: string }[] };
  const list = await w.api<{ totals: { rows: number; units: number }; rows: { sku: string; quantity: number }[] }>(`/api/v1/replenishment?store=${w.storeId}`);
  expect(list.totals.rows).toBeGreaterThan(5);
  expect([plan.totals.rows, plan.totals.units]).toEqual([list.totals.rows, list.totals.units]);
  expect(plan.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual(list.rows.slice(0, 5).map(({ sku, quantity }) => [sku, quantity]));
  expect(plan.lines[0]!.sentence).toContain(String(plan.lines[0]!.quantity));
  expect((await run('plan', '--csv', '--limit', '5')).stdout.trim().split(/\r?\n/)).toHaveLength(6);
  const other = JSON.parse((await run('plan', '--json', '--policy', 'fill rate')).stdout) as { policy: string };
  expect(other.policy).toBe('fill rate');
  expect((await w.api<typeof list>(`/api/v1/replenishment?store=${w.storeId}`)).totals).toEqual(list.totals);
  const nobody = await run('plan', '--supplier', 'Nobody');
  expect([nobody.code, nobody.stderr]).toEqual([2, expect.stringContaining('--supplier Nobody: there is no supplier')]);
  const vendor = (await w.house.db.query<{ vendor: string }>('select vendor from item where vendor is not null limit 1')).rows[0]!.vendor;
  for (const known of [vendor, '-']) expect((await run('plan', '--supplier', known, '--json')).code).toBe(0);
  for (const verb of ['plan', 'replay']) { const help = (await run(verb, '--help')).stdout.replaceAll(/\s+/g, ' '); for (const kind of POLICY_KINDS) expect([verb, help]).toEqual([verb, expect.stringMatching(new RegExp(`${kind}[,\\s)]|${kind}$`))]); }
  const wrong = await run('plan', '--policy', 'astrology');
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('one of ')]);
}, 120_000);

it('replay says what a policy came to, the same when it is asked again; days that cannot be replayed are refused in words', async () => {
  const args = ['replay', '--json', '--limit', '10', '--policy', 'cycle service', '--promise', '0.95', '--from', addDays(today, -45), '--to', addDays(today, -1)];
  const once = await run(...args), again = await run(...args);
  expect([once.code, once.stderr]).toEqual([0, '']);
  const [one, two] = [once, again].map(({ stdout }) => JSON.parse(stdout) as { state: string; hash: string; result: { policy: { lines: number; wanted: number; served: number }; frontier: unknown[] } });
  expect(one!.state).toBe('done');
  expect(one!.result.policy.lines).toBe(10);
  expect(one!.result.policy.served).toBeLessThanOrEqual(one!.result.policy.wanted);
  expect(one!.result.frontier.length).toBeGreaterThan(2);
  expect([two!.hash, two!.result]).toEqual([one!.hash, one!.result]);
  for (const [wrong, words] of [[['--from', '2026-13-01'], 'a date like'], [['--to', today], 'not over yet'], [['--from', addDays(today, -10)], '28 days at least'], [['--promise', '2'], 'a share from']] as const) {
    const refused = await run('replay', ...wrong);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(words)]);
  }
}, 180_000);
