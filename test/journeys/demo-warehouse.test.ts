/** `npm start` with the bundled shop and its pretended warehouse, as real processes: an order at the served location is picked, shipped and written back; the next start goes on. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const dir = mkdtempSync(path.join(tmpdir(), 'instep-demo-'));
chmodSync(dir, 0o755); // the database runs as another user when we are root
const processes: ChildProcess[] = [];
const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

async function start(): Promise<{ child: ChildProcess; url: string; shop: string; said: () => string }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, 'start', '--no-web'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, INSTEP_DATA_DIR: dir, INSTEP_PORT: '0', INSTEP_SANDBOX_MONTHS: '2', INSTEP_SANDBOX_SCALE: '0.05', INSTEP_SANDBOX_ORDERS_PER_MINUTE: '0', INSTEP_SANDBOX_WAREHOUSE: '', DATABASE_URL: '' },
  });
  processes.push(child);
  let said = '';
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`exit ${code}: ${said}`)));
    child.stderr!.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const ready = /ready on (http:\S+)/.exec(said), shop = /Sandbox shop on (http:\S+)/.exec(said);
      if (ready && shop) resolve({ child, url: ready[1]!, shop: shop[1]!, said: () => said });
    });
  });
}
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode) return;
  const gone = new Promise((resolve) => { child.once('exit', resolve); });
  child.kill('SIGTERM');
  await gone;
}
async function database(): Promise<pg.Client> {
  const port = Number(readFileSync(path.join(dir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[3]);
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'instep', password: readFileSync(path.join(dir, 'postgres.password'), 'utf8').trim(), database: 'instep' });
  await client.connect();
  return client;
}
async function until<T>(what: string, check: () => Promise<T | null | undefined | false>, seconds = 60): Promise<T> {
  for (const end = Date.now() + seconds * 1_000; Date.now() < end; await pause(100)) {
    const found = await check();
    if (found) return found;
  }
  throw new Error(`waited ${seconds} s in vain for: ${what}`);
}
afterAll(async () => {
  for (const child of processes) await stop(child);
  rmSync(dir, { recursive: true, force: true });
});

it('serves the second location of the bundled shop, ships its orders, and is found again by the next start', async () => {
  const first = await start();
  let db = await database();
  const one = async <T extends object>(sql: string, values: unknown[] = []): Promise<T | undefined> => (await db.query<T>(sql, values)).rows[0];
  const place = (await one<{ store_id: number; location_id: number; shopify: string; warehouse_id: number; authority: string; mode: string }>(
    `select l.store_id, l.location_id, l.shopify_location_id as shopify, l.warehouse_id, l.authority, p.mode from location l join push_policy p using (store_id, location_id) where l.warehouse_id is not null`))!;
  expect((await fetch(`${first.url}/api/v1/counts?store=${place.store_id}`).then((response) => response.json()) as { counts: object[] }).counts).toMatchObject([{ locationId: place.location_id, state: 'submitted', difference: -1 }]);
  expect(place).toMatchObject({ authority: 'warehouse', mode: 'live' });
  const level = await until('levels in step', () => one<{ sku: string; on_hand: number; item_id: number }>(
    `select s.sku, s.on_hand, s.item_id from warehouse_stock s join push_level p on p.store_id = $1 and p.location_id = $2 and p.item_id = s.item_id join ledger_level b on b.store_id = p.store_id and b.location_id = p.location_id and b.item_id = p.item_id
     where s.warehouse_id = $3 and p.state in ('in step', 'written') and b.available >= 3 and not exists (select from push_level q where q.store_id = $1 and q.state in ('queued', 'sent')) order by s.on_hand desc limit 1`, [place.store_id, place.location_id, place.warehouse_id]));

  const sell = async (): Promise<string> => {
    const response = await fetch(`${(await one<{ origin: string }>('select origin from connection'))!.origin}/sandbox/orders`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ lines: [{ sku: level.sku, quantity: 1 }], locationId: place.shopify }) });
    expect(response.status).toBe(200);
    return ((await response.json()) as { id: string }).id;
  };
  /** The warehouse's parcel is a fulfilment in the shop, and its unit is off the shelf. */
  const shipped = (orderId: string) => until(`order ${orderId} is fulfilled`, () => one(`select from shipment where order_id = $1 and state = 'written'`, [orderId]));
  const shelf = async (): Promise<{ counted: number; changes: number; on_hand: number }> => (await one(
    `select counted_on_hand as counted, on_hand, (select coalesce(sum(on_hand_change), 0)::int from warehouse_change c where c.warehouse_id = s.warehouse_id and c.sku = s.sku and c.kind = 'shipped') as changes from warehouse_stock s where warehouse_id = $1 and sku = $2`, [place.warehouse_id, level.sku]))!;
  const order = await sell();
  await shipped(order);
  expect((await shelf()).changes).toBe(-1);
  const { fulfillments } = await (await fetch(`${first.shop}/sandbox/orders/${order}`)).json() as { fulfillments: { status: string; locationId: string }[] };
  expect(fulfillments).toMatchObject([{ status: 'SUCCESS', locationId: place.shopify }]);

  // From another terminal, which does not know its port: the forged messages reach it, and what is said leads to it.
  const { INSTEP_PORT: _, ...env } = process.env, { stdout } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, 'demo', 'raise', 'WEBHOOK_HMAC_FAILED'], { env: { ...env, INSTEP_DATA_DIR: dir, DATABASE_URL: '' } });
  expect(stdout).toContain(`Look at ${first.url}/exceptions?kind=WEBHOOK_HMAC_FAILED`);

  // Whatever the first start knew, the second one knows: one warehouse, its shelf, and numbers that go on.
  await db.end();
  await stop(first.child);
  await start();
  db = await database();
  await shipped(await sell());
  expect((await shelf()).changes).toBe(-2);
  expect(await one('select count(*)::int as n from warehouse')).toEqual({ n: 1 });
  expect((await db.query(`select kind, subject from exception where kind in ('OVERSOLD', 'PUSH_FAILED', 'FULFIL_NOT_SYNCED', 'WAREHOUSE_REJECTED')`)).rows).toEqual([]);
  await db.end();
}, 180_000);
