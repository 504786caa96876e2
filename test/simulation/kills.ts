/**
 * kill -9 on real processes: a server, a worker and PostgreSQL, killed at random while orders, parcels, counts and edits go on. Whatever was acknowledged must be
 * there at the end, whatever was done must have been done once, and nobody has to lift a finger.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildHouse } from '../../src/compose.ts';
import { FIRST_IMPORT } from '../../src/flows/contents.ts';
import { readConfig } from '../../src/runtime/config.ts';
import { firstImport } from '../../src/runtime/first-import.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/runtime/postgres.ts';
import { startSandbox } from '../../src/sandbox/main.ts';
import { startWarehouse } from '../../src/sandbox/warehouse/server.ts';
import { changePolicy, setAuthority } from '../../src/store/authority.ts';
import { openDb, type Db } from '../../src/store/db.ts';
import { ledgerFaults } from '../../src/store/ledger.ts';
import { shelfFaults } from '../../src/store/shelf.ts';
import { saveStore } from '../../src/store/stores.ts';
import { makeWarehouse } from '../../src/store/warehouses.ts';
import { dice, type Dice } from './dice.ts';
import { GOODS, smallTown } from './town.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const SECRET = 'shpss_kills_0123456789abcdef0123456789', HOOK = 'kills-hook-token';
const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });
const gone = (child: ChildProcess): Promise<void> => new Promise((resolve) => { if (child.exitCode !== null || child.signalCode) resolve(); else child.once('exit', () => resolve()); });

export interface Kills { server: number; worker: number; postgres: number; orders: number; parcels: number; acknowledged: number; pushes: number; faults: string[]; seconds: number }

/**
 * Who dies next: PostgreSQL twice, server and worker four times in every ten, shuffled. It has dice of its own: the load rolls others as
 * often as the machine allows, and the victims would follow from its speed.
 */
function victims(roll: Dice): () => 'postgres' | 'server' | 'worker' {
  let left: ('postgres' | 'server' | 'worker')[] = [];
  return () => {
    if (left.length === 0) left = ['postgres', 'postgres', 'server', 'server', 'server', 'server', 'worker', 'worker', 'worker', 'worker'];
    return left.splice(roll(left.length), 1)[0]!;
  };
}

export async function killAtRandom(count: number, seed: number, say: (line: string) => void = () => {}): Promise<Kills> {
  const began = performance.now(), roll = dice(seed), deck = victims(dice(seed)), dir = mkdtempSync(path.join(tmpdir(), 'instep-kills-'));
  chmodSync(dir, 0o755); // the database runs as another user when we are root
  const pgPort = await freePort(), webPort = await freePort();
  const startDatabase = (): Promise<EmbeddedPostgres> => startEmbeddedPostgres({ dataDir: dir, port: pgPort, settings: { max_connections: '120' } });
  let database = await startDatabase();
  const whsec = `whsec_${randomBytes(32).toString('base64')}`;
  const sandbox = await startSandbox({ port: 0, dataDir: path.join(dir, 'shop'), prepare: smallTown, clientId: 'kills', clientSecret: SECRET, shopDomain: 'kills.myshopify.com', plan: 'plus', fulfilAfterMs: null });
  const { shop } = sandbox, [mill, store] = [...shop.tables.locations.keys()] as [string, string];
  const building = await startWarehouse({ port: 0, secret: whsec, hookUrl: `http://127.0.0.1:${webPort}/warehouse/v1/kills-warehouse`, seed, shelves: Object.fromEntries(GOODS.map((sku) => [sku, 400])) });
  const storeId = await setUp(database.url, dir, sandbox.url, building.url, whsec, mill, webPort);

  const env = { ...process.env, INSTEP_DATA_DIR: dir, INSTEP_PORT: String(webPort), INSTEP_SANDBOX: 'off', DATABASE_URL: database.url, INSTEP_LOG: 'silent' };
  const run = (...args: string[]): ChildProcess => spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], { stdio: ['ignore', 'ignore', process.env['KILLS_VERBOSE'] ? 'inherit' : 'ignore'], env });
  let server = run('start', '--no-web'), worker = run('worker');
  const result: Kills = { server: 0, worker: 0, postgres: 0, orders: 0, parcels: 0, acknowledged: 0, pushes: 0, faults: [], seconds: 0 };

  let stopped = false;
  const control = (what: string, body: unknown): Promise<Response> => fetch(`${sandbox.url}/sandbox${what}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const load = (async () => {
    while (!stopped) {
      await control('/orders', { lines: [{ sku: roll.pick(GOODS), quantity: 1 + roll(2) }], locationId: roll.chance(0.85) ? mill : store });
      result.orders++;
      if (roll.chance(0.5)) building.pace.pickOne();
      if (roll.chance(0.1)) building.building.adjust(roll.pick(GOODS), roll(7) - 3, 0, 'recount');
      if (roll.chance(0.05)) building.building.tellStock();
      if (roll.chance(0.08)) await control('/levels', { sku: roll.pick(GOODS), locationId: mill, available: roll(300) });
      await pause(60 + roll(120));
    }
  })();

  try {
    await up(webPort);
    for (let n = 0; n < count; n++) {
      await pause(500 + roll(2_500));
      const victim = deck();
      if (victim === 'postgres') {
        process.kill(Number(readFileSync(path.join(dir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
        await pause(50);
        database = await again(startDatabase);
        result.postgres++;
      } else if (victim === 'server') { server.kill('SIGKILL'); await gone(server); server = run('start', '--no-web'); result.server++; }
      else { worker.kill('SIGKILL'); await gone(worker); worker = run('worker'); result.worker++; }
      // A process that gave up by itself is a fault: nobody is there to start it.
      if (server.exitCode !== null) { result.faults.push(`the server ended with ${server.exitCode} when its database was killed`); server = run('start', '--no-web'); }
      if (worker.exitCode !== null) { result.faults.push(`the worker ended with ${worker.exitCode} when its database was killed`); worker = run('worker'); }
      if (n % 10 === 9) say(`${n + 1} kills, ${result.orders} orders`);
    }
    stopped = true;
    await load;
    await up(webPort);
    while (building.pace.pickOne());
    building.building.tellStock();
    await building.flush();
    const db = openDb(database.url, { max: 3 });
    try { await settle(db, webPort, storeId); await check(db, storeId, mill, sandbox, building, result); } finally { await db.close(); }
  } finally {
    stopped = true;
    for (const child of [server, worker]) { child.kill('SIGKILL'); await gone(child); }
    await building.stop();
    await sandbox.stop();
    await database.stop().catch(() => {});
    rmSync(dir, { recursive: true, force: true });
  }
  result.seconds = Math.round((performance.now() - began) / 1000);
  return result;
}

async function setUp(url: string, dir: string, shopUrl: string, warehouseUrl: string, whsec: string, mill: string, webPort: number): Promise<number> {
  const house = await buildHouse({ config: readConfig({ INSTEP_DATA_DIR: dir, INSTEP_PORT: String(webPort), INSTEP_LOG: 'silent' }), databaseUrl: url }), now = new Date().toISOString();
  try {
    const storeId = await saveStore(house.db, { shopDomain: 'kills.myshopify.com', name: 'Kills', currency: 'EUR', timeZone: 'Europe/Berlin', origin: shopUrl, clientId: 'kills', clientSecret: Buffer.alloc(0), hookToken: HOOK, now });
    await house.db.query('update connection set client_secret = $2 where store_id = $1', [storeId, house.vault.seal(`${storeId}:connection:client_secret`, SECRET)]);
    const warehouseId = await makeWarehouse(house.db, { name: 'Mill', connector: 'warehouse-rest', settings: { url: warehouseUrl }, hookToken: 'kills-warehouse', now });
    await house.db.query('update warehouse set secret = $2 where warehouse_id = $1', [warehouseId, house.vault.seal(`warehouse:${warehouseId}:secret`, whsec)]);
    await firstImport(house, FIRST_IMPORT, storeId);
    const { rows: [place] } = await house.db.query<{ location_id: number }>('select location_id from location where store_id = $1 and shopify_location_id = $2', [storeId, mill]);
    await house.db.transaction(async (tx) => {
      await setAuthority(tx, storeId, place!.location_id, 'warehouse', warehouseId);
      await changePolicy(tx, storeId, place!.location_id, { mode: 'live', firstPushCap: 1_000_000, bufferCapUnits: 0 }, 'kills', now);
    });
    return storeId;
  } finally { await house.close(); }
}

/** Until nothing waits and a whole second of that has passed; the flows that read are asked for, as their schedules would. */
async function settle(db: Db, webPort: number, storeId: number): Promise<void> {
  const end = Date.now() + 180_000;
  for (let quiet = 0; quiet < 3;) {
    if (Date.now() > end) throw new Error(`it did not come to rest within three minutes: ${JSON.stringify((await db.query(
      `select (select json_agg(json_build_array(topic, state, reason)) from (select * from inbox where state = 0 limit 5) i) as inbox, (select json_agg(p) from (select item_id, state, reason, strikes, wanted, pushed from push_level where state not in ('in step', 'written', 'not written') limit 5) p) as levels,
         (select json_agg(a) from (select attempt_id, state, sends, outcome from push_attempt where state = 'open' limit 5) a) as attempts, (select json_agg(s) from (select order_id, state, reason, attempts from shipment where state in ('waiting', 'sending') limit 5) s) as shipments,
         (select json_agg(o) from (select order_id, state, message, attempts, not_before, held from order_out where state in ('waiting', 'cancelling') limit 5) o) as orders, (select count(*) from warehouse_document where state = 0) as documents`)).rows[0])}`);
    for (const flow of ['sales-history', 'order-routing', 'stock-levels', 'warehouse-feed', 'fulfilments', 'stock-push', 'drift-check']) await fetch(`http://127.0.0.1:${webPort}/api/v1/flows/${flow}/runs?store=${storeId}`, { method: 'POST' }).catch(() => null);
    await pause(2_500);
    const { rows: [waiting] } = await db.query<{ n: number }>(
      `select (select count(*) from inbox where state = 0)::int + (select count(*) from push_level where state not in ('in step', 'written', 'not written'))::int + (select count(*) from push_attempt where state = 'open')::int
         + (select count(*) from shipment where state in ('waiting', 'sending'))::int + (select count(*) from order_out where state in ('waiting', 'cancelling'))::int + (select count(*) from warehouse_document where state = 0)::int as n`);
    quiet = waiting!.n === 0 ? quiet + 1 : 0;
  }
}

async function check(db: Db, storeId: number, mill: string, sandbox: Awaited<ReturnType<typeof startSandbox>>, warehouse: Awaited<ReturnType<typeof startWarehouse>>, result: Kills): Promise<void> {
  const { tables } = sandbox.shop, { faults } = result;
  // Every delivery the shop was told 200 for is in the inbox, settled.
  const { rows: inbox } = await db.query<{ webhook_id: string; state: number }>('select webhook_id, state from inbox where store_id = $1', [storeId]);
  result.acknowledged = inbox.length;
  for (const row of inbox) if (row.state !== 1 && row.state !== 2) faults.push(`webhook ${row.webhook_id} ended in state ${row.state}`);
  for (const fault of await ledgerFaults(db, storeId)) faults.push(`ledger: item ${fault.item_id} ${fault.state} kept ${fault.kept}, movements ${fault.folded}`);
  for (const fault of await shelfFaults(db)) faults.push(`shelf: ${fault.sku} kept ${fault.kept}, changes ${fault.folded}`);
  const { rows: levels } = await db.query<{ item: string; place: string; available: number; committed: number }>(
    `select x.shopify_inventory_item_id as item, l.shopify_location_id as place, b.available, b.committed from ledger_level b join inventory_item x on x.store_id = b.store_id and x.item_id = b.item_id join location l on l.store_id = b.store_id and l.location_id = b.location_id where b.store_id = $1`, [storeId]);
  for (const level of levels) {
    const shown = tables.levels.get(`${level.item}:${level.place}`)!.quantities;
    if (shown.available !== level.available || shown.committed !== level.committed) faults.push(`level ${level.item}@${level.place}: Shopify ${shown.available}/${shown.committed}, ledger ${level.available}/${level.committed}`);
  }
  // Shopify shows the warehouse's own book less what is promised; parcels are fulfilments, unit for unit.
  const shelf = new Map(warehouse.building.rows().map((row) => [row.sku, row.onHand - row.unsellable]));
  for (const sku of GOODS) {
    const itemId = [...tables.variants.values()].find((v) => v.sku === sku)!.inventoryItemId, { available, committed } = tables.levels.get(`${itemId}:${mill}`)!.quantities;
    if (available !== Math.max(0, shelf.get(sku)! - committed)) faults.push(`${sku} shows ${available}, the shelf has ${shelf.get(sku)} and ${committed} are promised`);
  }
  let shipped = 0, fulfilled = 0;
  for (const order of warehouse.building.orders.values()) for (const line of order.lines) shipped += line.shipped;
  for (const parcel of tables.fulfillments.values()) if (parcel.locationId === mill && parcel.status === 'SUCCESS') { result.parcels++; for (const line of parcel.lines) fulfilled += line.quantity; }
  if (shipped !== fulfilled) faults.push(`${shipped} units left the warehouse, ${fulfilled} are fulfilled in Shopify`);
  const { rows: [pushes] } = await db.query<{ n: number }>(`select count(*)::int as n from push_attempt where store_id = $1 and state = 'written'`, [storeId]);
  result.pushes = pushes!.n;
}

async function up(webPort: number): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await pause(100)) if (await fetch(`http://127.0.0.1:${webPort}/readyz`).then((r) => r.ok, () => false)) return;
  throw new Error('the server did not come up within a minute');
}
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let n = 0; ; n++) try { return await work(); } catch (error) { if (n >= 20) throw error; await pause(200); }
}
function freePort(): Promise<number> {
  return new Promise((resolve) => { const server = net.createServer().listen(0, '127.0.0.1', () => { const { port } = server.address() as net.AddressInfo; server.close(() => resolve(port)); }); });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const number = (name: string, otherwise: number): number => { const at = process.argv.indexOf(`--${name}`); return at < 0 ? otherwise : Number(process.argv[at + 1]); };
  const result = await killAtRandom(number('kills', 100), number('seed', 1), (line) => { console.error(line); });
  console.log(JSON.stringify(result, null, 1));
  process.exitCode = result.faults.length > 0 ? 1 : 0;
}
