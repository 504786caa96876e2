/** A whole small world: a sandbox shop, a house on a fresh database, the HTTP side listening, a worker applying. Everything is closed after the file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { buildHouse, type BuiltHouse } from '../../src/compose.ts';
import { API_VERSION, SCOPES } from '../../src/connectors/shopify/version.ts';
import { dayOf } from '../../src/domain/calendar.ts';
import { FIRST_IMPORT, FLOWS } from '../../src/flows/contents.ts';
import { buildApp } from '../../src/http/app.ts';
import { readConfig } from '../../src/runtime/config.ts';
import type { Flow } from '../../src/runtime/flow.ts';
import { firstImport } from '../../src/runtime/first-import.ts';
import { runFlow, type RunResult } from '../../src/runtime/run-flow.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/main.ts';
import { saveStore } from '../../src/store/stores.ts';
import { changePolicy, setAuthority, type PolicyChange } from '../../src/store/authority.ts';
import { makeWarehouse } from '../../src/store/warehouses.ts';
import { stockPush } from '../../src/flows/stock-push.ts';
import { warehouseFeed } from '../../src/flows/warehouse-feed.ts';
import type { Warehouse } from '../../src/ports/warehouse.ts';
import { freshDatabase } from './database.ts';

const CLOSING_MS = 12_000;

export const SHOP = 'tiny-test.myshopify.com';
export const SECRET = 'shpss_0123456789abcdef0123456789abcdef';

export interface World {
  house: BuiltHouse; sandbox: Sandbox; storeId: number; url: string; hookToken: string;
  /** GET or POST of our API; throws with the body when the answer is not 2xx. */
  api<T>(path: string, init?: { method?: string; body?: unknown }): Promise<T>;
  /** The sandbox's control API. */
  control<T>(path: string, body?: unknown): Promise<T>;
  import(): Promise<void>;
  /** Runs a flow to its end here, after any run of it that a worker is in the middle of. */
  run(flow: Flow, ofStore?: number): Promise<RunResult>;
  /** Gives a location to the world's warehouse, with its counts heard and its levels looked at; live unless said otherwise. Answers our location id. */
  serve(shopifyLocationId: string, policy?: PolicyChange, ofStore?: number): Promise<number>;
  /** A second shop of the same goods under the same SKUs, connected as another store and imported. */
  sister(): Promise<{ sandbox: Sandbox; storeId: number }>;
  /** Today, where the store is: not that of UTC for some hours of each day. */
  today(): Promise<string>;
  /** Waits until `check` answers something, looking every 20 ms; fails after `seconds`. */
  until<T>(what: string, check: () => Promise<T | null | undefined | false>, seconds?: number): Promise<T>;
}

export async function world(options: { months?: number; scale?: number; history?: string; worker?: boolean; seed?: number; webDir?: string | null; warehouse?: Warehouse; /** Where mail goes; none is sent without. */ smtpUrl?: string; env?: Record<string, string> } = {}): Promise<World> {
  const dir = mkdtempSync(path.join(tmpdir(), 'instep-world-'));
  const { url: databaseUrl } = await freshDatabase();
  const sandbox = await startSandbox({
    port: 0, dataDir: path.join(dir, 'sandbox'), seed: options.seed ?? 3, months: options.months ?? 4, scale: options.scale ?? 0.08, ordersPerMinute: 0, fulfilAfterMs: null,
    clientId: 'test-client', clientSecret: SECRET, shopDomain: SHOP, plan: 'plus', ...(options.history ? { history: options.history } : {}),
  });
  const others: Sandbox[] = [];
  const config = { ...readConfig({ INSTEP_DATA_DIR: dir, INSTEP_PORT: '0', INSTEP_LOG: 'silent', ...(options.smtpUrl ? { INSTEP_SMTP_URL: options.smtpUrl, INSTEP_MAIL_FROM: 'Buying <buying@shop.example>' } : {}), ...options.env }) };
  const house = await buildHouse({ config, databaseUrl, ...(options.warehouse ? { warehouse: async () => options.warehouse! } : {}) });
  const app = await buildApp({ house, flows: FLOWS, apiVersion: API_VERSION, scopes: SCOPES, signedBy: house.signedBy, importStore: () => {} }, { webDir: options.webDir ?? null });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as { port: number }).port}`;
  Object.assign(config, { publicUrl: url });
  Object.assign(house, { publicUrl: url });
  const hookToken = 'hook-token-of-the-test-store';
  const storeId = await connect(house, sandbox, SHOP, hookToken);
  const worker = options.worker === false ? null : await house.startWorker();
  afterAll(async () => {
    // As `instep start` does: what does not end in time is left, and named.
    const end = async (what: string, closing: Promise<unknown> | undefined): Promise<void> => {
      const late = AbortSignal.timeout(CLOSING_MS), gaveUp = new Promise((resolve) => { late.addEventListener('abort', () => { resolve('late'); }, { once: true }); });
      if (await Promise.race([Promise.resolve(closing).then(() => 'closed'), gaveUp]) === 'late') console.warn(`${what} did not close within ${CLOSING_MS / 1000} s`);
    };
    await end('the worker', worker?.stop());
    await end('the HTTP side', app.close());
    await end('the house', house.close());
    for (const one of [sandbox, ...others]) await end('a sandbox', one.stop());
    rmSync(dir, { recursive: true, force: true });
  });

  async function request<T>(base: string, path: string, init: { method?: string; body?: unknown } = {}): Promise<T> {
    const response = await fetch(`${base}${path}`, { method: init.method ?? 'GET', ...(init.body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(init.body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${path} → ${response.status} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }
  const made: World = {
    house, sandbox, storeId, url, hookToken,
    api: (path, init) => request(url, path, init),
    control: (path, body) => request(sandbox.url, `/sandbox${path}`, body === undefined ? {} : { method: 'POST', body }),
    import: () => firstImport(house, FIRST_IMPORT, storeId),
    async run(flow, ofStore = storeId) {
      for (let n = 0; n < 500; n++) {
        const result = await runFlow(house, flow, ofStore, 'test');
        if (result) return result;
        await new Promise((resolve) => { setTimeout(resolve, 20); });
      }
      throw new Error(`${flow.name} is busy for ever`);
    },
    async serve(shopifyLocationId, policy = { mode: 'live', firstPushCap: 1_000_000 }, ofStore = storeId) {
      const now = new Date().toISOString();
      const known = await house.db.query<{ warehouse_id: number }>('select warehouse_id from warehouse order by 1 limit 1');
      const warehouseId = known.rows[0]?.warehouse_id ?? await makeWarehouse(house.db, { name: 'Leeds', connector: 'warehouse-rest', settings: {}, hookToken: 'warehouse-token', now });
      const { rows: [place] } = await house.db.query<{ location_id: number }>('select location_id from location where store_id = $1 and shopify_location_id = $2', [ofStore, shopifyLocationId]);
      await house.db.transaction(async (tx) => {
        await setAuthority(tx, ofStore, place!.location_id, 'warehouse', warehouseId);
        await changePolicy(tx, ofStore, place!.location_id, policy, 'test', now);
      });
      await made.run(warehouseFeed, ofStore);
      await made.run(stockPush, ofStore);
      return place!.location_id;
    },
    async sister() {
      const domain = 'second-test.myshopify.com';
      const second = await startSandbox({
        port: 0, dataDir: path.join(dir, 'second'), seed: (options.seed ?? 3) + 1, months: options.months ?? 4, scale: options.scale ?? 0.08, ordersPerMinute: 0, fulfilAfterMs: null, clientId: 'test-client', clientSecret: SECRET, shopDomain: domain, plan: 'plus', assortmentOf: sandbox,
      });
      others.push(second);
      const secondId = await connect(house, second, domain, 'hook-token-of-the-second-store');
      await firstImport(house, FIRST_IMPORT, secondId);
      return { sandbox: second, storeId: secondId };
    },
    async today() {
      const { rows: [store] } = await house.db.query<{ time_zone: string }>('select time_zone from store where store_id = $1', [storeId]);
      return dayOf(new Date().toISOString(), store!.time_zone);
    },
    async until(what, check, seconds = 15) {
      const end = Date.now() + seconds * 1000;
      for (;;) {
        const found = await check();
        if (found) return found;
        if (Date.now() > end) throw new Error(`waited ${seconds} s in vain for: ${what}`);
        await new Promise((resolve) => { setTimeout(resolve, 20); });
      }
    },
  };
  return made;
}

async function connect(house: BuiltHouse, sandbox: Sandbox, shopDomain: string, hookToken: string): Promise<number> {
  const storeId = await saveStore(house.db, { shopDomain, name: shopDomain, currency: 'USD', timeZone: 'UTC', origin: sandbox.url, clientId: 'test-client', clientSecret: Buffer.alloc(0), hookToken, now: new Date().toISOString() });
  await house.db.query('update connection set client_secret = $2 where store_id = $1', [storeId, house.vault.seal(`${storeId}:connection:client_secret`, SECRET)]);
  const shop = await (await house.storefront(storeId)).shop();
  await house.db.query('update store set name = $2, currency = $3, time_zone = $4 where store_id = $1', [storeId, shop.name, shop.currency, shop.timeZone]);
  house.reconnect(storeId);
  return storeId;
}
