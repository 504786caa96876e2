/** `instep plan`, `replay`, `split` and `rates` as somebody types them: processes of their own on the world's database. What they say is what the API says; wrong use is 2. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { addDays } from '../../src/domain/calendar.ts';
import { POLICY_KINDS } from '../../src/domain/replenishment/policy.ts';
import { world } from '../helpers/world.ts';

const w = await world({ months: 4, scale: 0.05, worker: false });
await w.import();
const today = await w.today();
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
  // Another policy's totals are of all its lines, however few are shown, and of those due where that is asked.
  type Other = { policy: string; totals: { rows: number; units: number; due: number; costs: { currency: string; cost: number }[] }; lines: { quantity: number; order_by: string | null; cost: string | null }[] };
  const [few, all, due] = await Promise.all([['--limit', '2'], ['--limit', '5000'], ['--limit', '5000', '--due']].map(async (more) => JSON.parse((await run('plan', '--json', '--policy', 'fill rate', ...more)).stdout) as Other));
  expect([few!.policy, few!.lines.length, few!.totals]).toEqual(['fill rate', 2, all!.totals]);
  expect(all!.totals).toMatchObject({ rows: all!.lines.length, units: all!.lines.reduce((sum, line) => sum + line.quantity, 0), due: due!.lines.length });
  expect(all!.totals.costs.reduce((sum, { cost }) => sum + cost, 0)).toBe(all!.lines.reduce((sum, line) => sum + Number(line.cost ?? 0), 0));
  // Lines that kind knows nothing of are counted with the reason.
  expect((await run('plan', '--policy', 'min/max', '--limit', '1')).stdout).toMatch(/\d+ lines? cannot be planned so: \S/);
  expect(due!.lines.every((line) => line.order_by !== null && line.order_by <= today)).toBe(true);
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

const trail = async (action: string): Promise<{ actor: string; subject: string; after: unknown }[]> => (await w.house.db.query<{ actor: string; subject: string; after: unknown }>('select actor, subject, after from audit_event where action = $1 order by audit_id', [action])).rows;

it('rates are listed, said, taken away and brought in from a file as on the screen, each wrong line told and none of the others stopped', async () => {
  const screen = async () => w.api<{ storeCurrency: string; rates: { currency: string; since: string; rate: string; notedBy: string }[] }>(`/api/v1/exchange-rates?store=${w.storeId}`), { storeCurrency } = await screen(), other = storeCurrency === 'USD' ? 'EUR' : 'USD';
  expect(JSON.parse((await run('rates', 'set', other.toLowerCase(), '0.9231', '--since', '2026-11-01', '--json')).stdout)).toEqual({ currency: other, since: '2026-11-01', rate: '0.9231', changed: true });
  expect((await run('rates', 'set', other, '0.9231', '--since', '2026-11-01')).stdout).toContain('holds already');
  expect((await screen()).rates).toMatchObject([{ currency: other, since: '2026-11-01', rate: '0.9231', notedBy: 'command line' }]);
  const file = path.join(w.house.config.dataDir, 'rates.csv');
  writeFileSync(file, `Currency;Since;Rate\n${other};2026-10-01;0,91\n${other};2026-11-01;0.9231\n${other};2026-02-30;1\n${storeCurrency};2026-01-01;1\n`);
  const read = async (...more: string[]) => { const { code, stdout, stderr } = await run('rates', 'import', file, '--json', ...more); expect(stderr).toBe(''); return { code, ...JSON.parse(stdout) as object }; };
  const errors = [{ line: 4, field: 'Since', message: 'expected a date like 2026-11-27, not 2026-02-30' }, { line: 5, field: 'Currency', message: `${storeCurrency} is the store's own currency` }];
  expect(await read()).toEqual({ code: 3, dryRun: true, lines: 4, applied: 1, unchanged: 1, errors });
  expect((await screen()).rates).toHaveLength(1);
  expect(await read('--apply')).toEqual({ code: 3, dryRun: false, lines: 4, applied: 1, unchanged: 1, errors });
  expect((await run('rates', 'import', file)).stdout).toContain('line 4, Since: expected a date');
  expect((JSON.parse((await run('rates', 'list', '--json')).stdout) as Awaited<ReturnType<typeof screen>>).rates).toEqual((await screen()).rates);
  expect((await run('rates', 'list')).stdout).toMatch(/2026-10-01 +0\.91/);
  expect((await run('rates', 'set', other, 'none', '--since', '2026-10-01')).code).toBe(0);
  expect((await screen()).rates).toHaveLength(1);
  expect((await trail('exchange rates said')).map((one) => [one.actor, one.after])).toEqual([['command line', { currency: other, since: '2026-11-01', rate: '0.9231' }], ['command line', { rates: 1 }], ['command line', { currency: other, since: '2026-10-01', rate: null }]]);
  for (const [wrong, words] of [[['set', 'DOLLAR', '1'], 'three letters'], [['set', other, '-1'], 'above zero'], [['set', other, '1', '--since', 'soon'], 'a date like'], [['import', '/nowhere.csv'], 'no such file']] as const) {
    const refused = await run('rates', ...wrong);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(words)]);
  }
}, 180_000);

it('split gives a line’s units out over places, as the worklist does, or says why not and changes nothing', async () => {
  const list = async () => (await w.api<{ rows: { itemId: number; locationId: number; locationName: string; sku: string; quantity: number }[] }>(`/api/v1/replenishment?store=${w.storeId}&view=all&limit=500`)).rows, rows = await list();
  const [first, second] = [...Map.groupBy(rows.filter((row) => row.sku), (row) => row.itemId).values()].find((all) => all.length > 1 && all[0]!.quantity + all[1]!.quantity > 1)!, sum = first!.quantity + second!.quantity;
  const part = (row: typeof first, units: number): string[] => ['--part', `${row!.locationName}=${units}`], now = async () => { const all = await list(); return [first, second].map((row) => all.find((one) => one.itemId === row!.itemId && one.locationId === row!.locationId)!.quantity); };
  const shown = await run('split', first!.sku, ...part(first, sum - 1), ...part(second, 1), '--reason', 'opening there', '--dry-run', '--json');
  expect([shown.code, shown.stderr]).toEqual([0, '']);
  expect(await now()).toEqual([first!.quantity, second!.quantity]);
  const unequal = await run('split', first!.sku, ...part(first, sum), ...part(second, 1), '--reason', 'opening there');
  expect([unequal.code, unequal.stderr]).toEqual([2, expect.stringContaining('a split leaves the sum as it is')]);
  const made = await run('split', first!.sku, ...part(first, sum - 1), ...part(second, 1), '--reason', 'opening there', '--json');
  expect([made.code, made.stderr]).toEqual([0, '']);
  expect(JSON.parse(made.stdout)).toMatchObject({ itemId: first!.itemId, dryRun: false, parts: [{ location: first!.locationName, before: first!.quantity, after: sum - 1 }, { before: second!.quantity, after: 1 }] });
  expect(await now()).toEqual([sum - 1, 1]);
  expect((await trail('plan decision: quantity')).every((one) => one.actor === 'command line')).toBe(true);
  for (const [wrong, words] of [[[first!.sku, '--part', 'here', '--reason', 'why not'], 'like "Main warehouse=12"'], [[first!.sku, ...part(first, 1), '--part', 'Nowhere=1', '--reason', 'why not'], 'no such location'], [['NO-SUCH', ...part(first, 1), ...part(second, 1), '--reason', 'why not'], 'No item of'], [[first!.sku, ...part(first, sum - 1), ...part(second, 1), '--reason', 'x'], '--reason: say why']] as const) {
    const refused = await run('split', ...wrong);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(words)]);
  }
}, 180_000);

it('a replay that failed is run once more by its number, one that is done is not', async () => {
  const { rows: [row] } = await w.house.db.query<{ id: number }>(`insert into replay_run (store_id, key, from_day, to_day, scope, most, order_cost, made_at, made_by, state, message, attempts) values ($1, 'died', $2, $3, '{}', 5, 0, $4, 'ana', 'failed', 'The process that ran it ended', 3) returning replay_run_id as id`, [w.storeId, addDays(today, -45), addDays(today, -1), new Date().toISOString()]);
  const again = await run('replay', '--again', String(row!.id), '--json');
  expect([again.code, again.stderr]).toEqual([0, '']);
  expect(JSON.parse(again.stdout)).toMatchObject({ replayId: row!.id, state: 'done', message: null });
  expect(await trail('replay again')).toMatchObject([{ actor: 'command line', subject: expect.stringContaining(`replay ${row!.id}`) as string }]);
  const done = await run('replay', '--again', String(row!.id));
  expect([done.code, done.stderr]).toEqual([2, expect.stringContaining('would come out the same')]);
  expect((await run('replay', '--again', '999999')).code).toBe(2);
}, 120_000);
