/** Back-ups: of one instant while everything goes on, compared to the byte when they are restored; what was cut off, changed or is newer is refused, and leaves nothing. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { BadArchive, readArchive, tarHeader, writeArchive } from '../../src/store/backup-archive.ts';
import { takeBackup, tablesOf } from '../../src/store/backup.ts';
import { backupRuns, changeBackupWatch, saveBackupRun, verifyRestored } from '../../src/store/backup-runs.ts';
import { openDb, type Db } from '../../src/store/db.ts';
import { drillBackup } from '../../src/store/drill.ts';
import { migrate } from '../../src/store/migrate.ts';
import { checkArchive, restoreBackup } from '../../src/store/restore.ts';
import { audit } from '../../src/store/users.ts';
import { clockwork } from '../helpers/clockwork.ts';

const clock = await clockwork(), AT = '2026-03-02T09:00:00.000Z', dir = fs.mkdtempSync(path.join(tmpdir(), 'instep-backup-'));
const admin = new pg.Client({ connectionString: inject('adminUrl') }), made: string[] = [];
await admin.connect();
afterAll(async () => {
  for (const name of made) await admin.query(`drop database if exists ${name} with (force)`);
  await admin.end();
  fs.rmSync(dir, { recursive: true, force: true });
});
/** A database with nothing in it at all. */
async function nothing(): Promise<{ db: Db; url: string }> {
  const name = `b_${randomBytes(6).toString('hex')}`;
  await admin.query(`create database ${name} template template0`);
  made.push(name);
  const url = inject('adminUrl').replace(/\/instep$/, `/${name}`), db = openDb(url);
  afterAll(() => db.close());
  return { db, url };
}
const urlOf = async (db: Db): Promise<string> => inject('adminUrl').replace(/\/instep$/, `/${(await db.query<{ name: string }>('select current_database() as name')).rows[0]!.name}`);
async function backup(db: Db, file: string): Promise<void> {
  const client = new pg.Client({ connectionString: await urlOf(db) });
  await client.connect();
  try { await takeBackup(client, file, { version: 'test', now: AT }); } finally { await client.end(); }
}
const file = (name: string): string => path.join(dir, name);
const contents = async (db: Db): Promise<Record<string, string>> => Object.fromEntries(await Promise.all((await tablesOf(db)).map(async ({ name, columns }) => [name, (await db.query<{ sum: string }>(`select coalesce(md5(string_agg(row, '|' order by row)), '') as sum from (select row(${columns.map((c) => `"${c}"`).join(', ')})::text as row from "${name}") r`)).rows[0]!.sum])));
const good = file('good.tar.gz');

beforeAll(async () => {
  const town = await clock.town({ goods: [{ sku: 'ANT', stock: [40] }, { sku: 'BEE "quoted" \\ back', stock: [9] }], served: [0] });
  for (const units of [1, 2, 3]) await town.sell({ ANT: units }, 0);
  await town.settle();
  await audit(clock.house.db, { at: clock.now(), actor: 'ann', action: 'tried', subject: 'tab\there, line\nthere, \\N and ünïcode 漢字', after: { quote: '"', back: '\\' } });
  await backup(clock.house.db, good);
}, 180_000);

describe('the archive', () => {
  it('gives back what was put in, whatever the bytes and sizes; cut off anywhere it is none', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 3_000 }), { maxLength: 6 }), fc.double({ min: 0, max: 0.999, noNaN: true }), async (bodies, share) => {
      const name = file(`p${randomBytes(4).toString('hex')}`), archive = await writeArchive(name, AT);
      for (const [n, body] of bodies.entries()) await archive.entry(`e/${n}`, Buffer.from(body));
      expect(fs.existsSync(name)).toBe(false);
      expect(await archive.finish()).toBe(fs.statSync(name).size);
      const read = async (of: string): Promise<[string, string][]> => { const all: [string, string][] = []; for await (const { name: entry, body } of readArchive(of)) all.push([entry, body.toString('hex')]); return all; };
      expect(await read(name)).toEqual(bodies.map((body, n) => [`e/${n}`, Buffer.from(body).toString('hex')]));
      const bytes = fs.readFileSync(name);
      fs.writeFileSync(`${name}.cut`, bytes.subarray(0, Math.floor(bytes.length * share)));
      await expect(read(`${name}.cut`)).rejects.toBeInstanceOf(BadArchive);
    }), { numRuns: 60 });
  });
  it('is a tar that tar reads, with PostgreSQL’s own text in it', async () => {
    const list = await new Promise<string>((resolve, reject) => { let out = ''; const child = spawn('tar', ['-tzf', good]); child.stdout.on('data', (d: Buffer) => { out += d; }); child.on('error', reject); child.on('close', () => resolve(out)); });
    const names = list.trim().split('\n');
    expect([names[0], names.at(-1)]).toEqual(['schema.json', 'manifest.json']);
    expect(names).toContain('tables/movement/000000.copy');
  });
  it('leaves nothing behind when the database goes away in the middle', async () => {
    const { db } = await nothing();
    const client = new pg.Client({ connectionString: await urlOf(db) });
    client.on('error', () => {});
    await client.connect();
    await expect(takeBackup(client, file('gone.tar.gz'), { version: 'test', now: AT })).rejects.toThrow(/migration/);
    await client.end();
    expect(fs.readdirSync(dir).filter((name) => name.startsWith('gone'))).toEqual([]);
  });
});

describe('a restore', () => {
  it('holds every table as it was at one instant, though orders came meanwhile; goes on numbering; the trail’s chain goes on', async () => {
    const { db } = await nothing(), busy = file('busy.tar.gz'), town = await clock.town({ goods: [{ sku: 'CAT', stock: [900] }], served: [0] });
    let going = true;
    const trade = (async () => { for (let n = 0; going && n < 400; n++) { await audit(clock.house.db, { at: clock.now(), actor: 'busy', action: 'tried', subject: `${n}` }); } })();
    await backup(clock.house.db, busy);
    going = false;
    await trade;
    await town.sell({ CAT: 1 }, 0);
    const { manifest } = await restoreBackup(db.pool, busy, new Date(AT));
    expect((await verifyRestored(db)).faults).toEqual([]);
    const { rows: [counts] } = await db.query<{ events: number; links: number }>('select (select count(*)::int from audit_event) as events, (select count(*)::int from audit_link) as links');
    expect(counts!.events).toBe(counts!.links);
    expect(manifest.tables.find((table) => table.name === 'audit_event')!.rows).toBe(counts!.events);
    await audit(db, { at: AT, actor: 'after', action: 'tried', subject: 'x' });
    expect((await verifyRestored(db)).faults).toEqual([]);
  }, 180_000);

  it('is the same to the byte: backed up again, every table has the same sum', async () => {
    const { db } = await nothing(), again = file('again.tar.gz');
    await restoreBackup(db.pool, good, new Date(AT));
    await backup(db, again);
    const [one, two] = [await checkArchive(good), await checkArchive(again)];
    expect(two.manifest).toEqual(one.manifest);
    expect(two.schema.tables).toEqual(one.schema.tables);
    expect(one.manifest.rows).toBeGreaterThan(100);
    // The keys between tables and the triggers are back.
    const { db: fresh } = await nothing();
    await migrate(fresh.pool, new Date(AT));
    const shape = async (of: Db): Promise<unknown> => (await of.query(`select conrelid::regclass::text as t, conname, pg_get_constraintdef(oid) as d from pg_constraint where connamespace = 'public'::regnamespace union all select tgrelid::regclass::text, tgname, tgenabled::text from pg_trigger where not tgisinternal order by 1, 2, 3`)).rows;
    expect(await shape(db)).toEqual(await shape(fresh));
  }, 180_000);

  it('refuses what was changed, is newer, or would fall into a database somebody works in; and leaves it as it was', async () => {
    const { db } = await nothing(), tar = gunzipSync(fs.readFileSync(good));
    const rewritten = async (name: string, change: (entry: string, body: Buffer) => Buffer): Promise<string> => {
      const parts: Buffer[] = [];
      for await (const { name: entry, body } of readArchive(good)) { const to = change(entry, body); parts.push(tarHeader(entry, to.length, AT), to, Buffer.alloc((512 - (to.length % 512)) % 512)); }
      fs.writeFileSync(file(name), gzipSync(Buffer.concat([...parts, Buffer.alloc(1024)])));
      return file(name);
    };
    const changed = await rewritten('changed.tar.gz', (entry, body) => (entry.startsWith('tables/movement/') ? Buffer.from(body.toString().replace('order committed', 'order Committed')) : body));
    await expect(restoreBackup(db.pool, changed, new Date(AT))).rejects.toThrow(/does not hold movement as it was backed up/);
    expect((await db.query<{ n: number }>('select count(*)::int as n from store')).rows[0]!.n).toBe(0);
    const newer = await rewritten('newer.tar.gz', (entry, body) => (entry === 'schema.json' ? Buffer.from(JSON.stringify({ ...JSON.parse(body.toString()) as object, migrations: ['9999_later.sql'] })) : body));
    await expect(restoreBackup(db.pool, newer, new Date(AT))).rejects.toThrow(/newer Instep/);
    const short = file('short.tar.gz');
    fs.writeFileSync(short, gzipSync(Buffer.concat([tar.subarray(0, tar.lastIndexOf('manifest.json')), Buffer.alloc(1024)])));
    await expect(restoreBackup(db.pool, short, new Date(AT))).rejects.toThrow(/no manifest/);
    await expect(restoreBackup(clock.house.db.pool, good, new Date(AT))).rejects.toThrow(/not empty/);
    // After all this the good one goes in.
    await restoreBackup(db.pool, good, new Date(AT));
    const before = await contents(db);
    await expect(restoreBackup(db.pool, good, new Date(AT))).rejects.toThrow(/not empty/);
    expect(await contents(db)).toEqual(before);
  }, 180_000);

  it('as a drill finds what does not hold, and leaves no database', async () => {
    const { db, url } = await nothing();
    await restoreBackup(db.pool, good, new Date(AT));
    expect((await drillBackup(url, good, new Date(AT))).verified).toMatchObject({ faults: [], stores: 1 });
    await db.query('update ledger_level set available = available + 1 where (item_id, location_id) in (select item_id, location_id from ledger_level limit 1)');
    await backup(db, file('wrong.tar.gz'));
    expect((await drillBackup(url, file('wrong.tar.gz'), new Date(AT))).verified.faults).toEqual([expect.stringMatching(/1 balances are not the fold/)]);
    expect((await admin.query(`select datname from pg_database where starts_with(datname, 'instep_drill_')`)).rows).toEqual([]);
  }, 180_000);
});

it('killed in the middle it leaves no file that is taken for a back-up; the next one is whole', async () => {
  const { db, url } = await nothing(), to = fs.mkdtempSync(path.join(dir, 'kill-'));
  await restoreBackup(db.pool, good, new Date(AT));
  await db.query(`insert into cursor (store_id, name, value, updated_at) select 1, 'filler ' || n, repeat(md5(n::text), 40), $1 from generate_series(1, 60000) n`, [AT]);
  const run = (kill: boolean): Promise<number | null> => new Promise((resolve) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/cli/main.ts', 'backup', '--to', to], { env: { ...process.env, DATABASE_URL: url, INSTEP_DATA_DIR: to }, stdio: 'ignore' });
    if (kill) { const look = setInterval(() => { if (fs.readdirSync(to).some((name) => name.endsWith('.part') && fs.statSync(path.join(to, name)).size > 100_000)) { clearInterval(look); child.kill('SIGKILL'); } }, 2); child.on('close', () => clearInterval(look)); }
    child.on('close', resolve);
  });
  expect(await run(true)).toBeNull();
  const [part, ...others] = fs.readdirSync(to).filter((name) => name.startsWith('instep-'));
  expect([part!.endsWith('.tar.gz.part'), others]).toEqual([true, []]);
  // Even under the name of a whole one.
  fs.renameSync(path.join(to, part!), path.join(to, 'named.tar.gz'));
  await expect(checkArchive(path.join(to, 'named.tar.gz'))).rejects.toBeInstanceOf(BadArchive);
  expect(await backupRuns(db, 5)).toEqual([]);
  expect(await run(false)).toBe(0);
  const whole = fs.readdirSync(to).find((name) => name.startsWith('instep-') && name.endsWith('.tar.gz'))!;
  expect((await checkArchive(path.join(to, whole))).manifest.tables.find((table) => table.name === 'cursor')!.rows).toBeGreaterThanOrEqual(60_000);
  expect(await backupRuns(db, 5)).toMatchObject([{ kind: 'back-up', ok: true, file: whole }]);

  // So does a restore that is killed while it fills: the database is as empty as before, and takes the same file again.
  const { db: empty, url: emptyUrl } = await nothing(), child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/cli/main.ts', 'restore', '--from', path.join(to, whole)], { env: { ...process.env, DATABASE_URL: emptyUrl, INSTEP_DATA_DIR: to }, stdio: 'ignore' });
  const over = new Promise((resolve) => { child.on('close', resolve); });
  while ((await admin.query(`select from pg_stat_activity where datname = $1 and query like 'copy "cursor"%'`, [new URL(emptyUrl).pathname.slice(1)])).rowCount === 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
  child.kill('SIGKILL');
  expect(await over).toBeNull();
  expect((await empty.query('select from store')).rowCount).toBe(0);
  await restoreBackup(empty.pool, path.join(to, whole), new Date(AT));
  expect((await verifyRestored(empty)).faults).toEqual([]);
}, 180_000);

it('by the command it freezes writes, says whether secrets open, and is written down', async () => {
  const { db, url } = await nothing(), home = fs.mkdtempSync(path.join(dir, 'home-'));
  const run = (...args: string[]): Promise<{ code: number | null; out: string }> => new Promise((resolve) => {
    let out = '';
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/cli/main.ts', 'restore', ...args], { env: { ...process.env, DATABASE_URL: url, INSTEP_DATA_DIR: home } });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (d: Buffer) => { out += d.toString(); });
    child.on('close', (code) => resolve({ code, out }));
  });
  expect(await run('--from', file('nowhere.tar.gz'))).toMatchObject({ code: 2, out: expect.stringMatching(/no such file/) });
  expect(await run('--from', good, '--check')).toMatchObject({ code: 0, out: expect.stringMatching(/as its manifest says/) });
  const restored = await run('--from', good);
  expect(restored).toMatchObject({ code: 0, out: expect.stringMatching(/compared to the byte\. It holds: [\d,]+ movements[\s\S]*Put master\.key[\s\S]*Nothing is written to Shopify at the location of warehouses until/) });
  expect((await db.query<{ mode: string; paused: boolean }>('select mode, paused from push_policy')).rows).toEqual([{ mode: 'live', paused: true }]);
  expect(await backupRuns(db, 5)).toMatchObject([{ kind: 'restore', ok: true, file: 'good.tar.gz', made_at: AT }]);
  expect((await db.query<{ action: string }>('select action from audit_event order by audit_id desc limit 1')).rows).toEqual([{ action: 'restore' }]);
  expect(await run('--from', good)).toMatchObject({ code: 1, out: expect.stringMatching(/not empty/) });
}, 180_000);

it('is a case when it is late, closed by a newer one, and by nobody watching: BACKUP_OR_DRILL_LATE', async () => {
  const { db } = clock.house, { rows: [first] } = await db.query<{ store_id: number }>('select min(store_id) as store_id from store'), storeId = first!.store_id, HOUR = 3_600_000;
  const cases = async (): Promise<string[]> => { await clock.flow('backup-watch', storeId); return (await db.query<{ sentence: string }>(`select sentence from exception where store_id = $1 and kind = 'BACKUP_OR_DRILL_LATE' and state = 'open' order by subject`, [storeId])).rows.map((row) => row.sentence); };
  const done = (kind: 'back-up' | 'drill', ok = true) => saveBackupRun(db, { kind, startedAt: clock.now(), finishedAt: clock.now(), by: 'test', file: 'x.tar.gz', madeAt: clock.now(), ok, bytes: 1, tables: 1, rows: 1, said: 'x' });
  await db.query('update store set created_at = $1', [clock.now()]);
  expect(await cases()).toEqual([]);
  await clock.advance(27 * HOUR);
  expect(await cases()).toEqual(['Nothing was backed up since the first shop was connected, 27 hours ago; at most 26 are allowed.']);
  await done('back-up', false);
  expect(await cases()).toHaveLength(1);
  await done('back-up');
  expect(await cases()).toEqual([]);
  await clock.advance(36 * 24 * HOUR);
  await done('back-up');
  expect(await cases()).toEqual(['No back-up was ever tried by restoring it, in 37 days; at most 35 are allowed.']);
  await done('drill');
  expect(await cases()).toEqual([]);
  await clock.advance(40 * HOUR);
  expect(await cases()).toEqual(['The last back-up is 40 hours old; at most 26 are allowed.']);
  await changeBackupWatch(db, { watched: false, backupHours: 26, drillDays: 35, said: 'pgBackRest of the database team' }, 'ann', clock.now());
  expect(await cases()).toEqual([]);
});
