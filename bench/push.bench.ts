/**
 * What a push costs a shop: 50,000 levels changed at once by the warehouse → all of them shown by Shopify and settled here, on a clock that only waits for the
 * shop's cost bucket move. Beside it the cheapest schedule there is: full calls of 250 rows and nothing else, sent the moment the bucket holds their points.
 */
import { buildHouse } from '../src/compose.ts';
import type { send } from '../src/connectors/http.ts';
import { flowNamed, FLOWS } from '../src/flows/contents.ts';
import { applyWaiting } from '../src/flows/inbox.ts';
import { pushWaiting } from '../src/flows/stock-push.ts';
import { buildApp } from '../src/http/app.ts';
import { readConfig } from '../src/runtime/config.ts';
import { contextFor, runFlow } from '../src/runtime/run-flow.ts';
import { adjustQuantities } from '../src/sandbox/shopify/engine/inventory.ts';
import { startSandbox } from '../src/sandbox/main.ts';
import type { OpenShop } from '../src/sandbox/shopify/shop.ts';
import { changePolicy, setAuthority } from '../src/store/authority.ts';
import { saveStore } from '../src/store/stores.ts';
import { makeWarehouse } from '../src/store/warehouses.ts';
import { shelfWarehouse } from '../test/helpers/shelf-warehouse.ts';
import { withCluster } from './cluster.ts';
import type { Benchmark } from './report.ts';
import { ratio, whole } from './statistics.ts';

const LEVELS = Number(process.env['BENCH_PUSH_LEVELS'] ?? 50_000);
const ROWS = 250;
const SECRET = 'shpss_0123456789abcdef0123456789abcdef';
const HOST = 'push-bench.myshopify.com';
const sku = (n: number): string => `SKU-${n}`;

export const bench: Benchmark = {
  name: 'push',
  about: `${whole(LEVELS)} levels changed at once by the warehouse → shown by Shopify and settled here, from an empty bucket of a standard plan, on a simulated clock; beside the cheapest schedule the bucket allows.`,
  run: (say) => withCluster(async ({ url, dir }) => {
    let clock = Date.parse('2026-03-02T09:00:00.000Z');
    const calls = new Map<string, { calls: number; points: number; rows: number }>();
    let bucket = { available: 0, restore: 0, maximum: 0 };
    const sandbox = await startSandbox({
      port: null, dataDir: ':memory:', prepare: (shop) => shelves(shop), timers: false, clock: () => clock, seed: 1, clientId: 'bench', clientSecret: SECRET, shopDomain: HOST, plan: 'standard', fulfilAfterMs: null,
      deliver: async ({ url: to, headers, body }) => ({ status: (await app.inject({ method: 'POST', url: new URL(to).pathname, headers: { ...headers, host: 'instep.bench' }, payload: body })).statusCode }),
    });
    const transmit: typeof send = async (request) => {
      const at = new URL(request.url);
      const reply = await sandbox.handle({ method: request.method, path: `${at.pathname}${at.search}`, headers: request.headers ?? {}, body: request.body ?? null });
      const text = reply.body.toString();
      const cost = (at.pathname.endsWith('/graphql.json') ? (JSON.parse(text) as { extensions?: { cost?: { actualQueryCost: number; throttleStatus: { currentlyAvailable: number; restoreRate: number; maximumAvailable: number } } } }) : {}).extensions?.cost;
      if (cost) {
        const sent = JSON.parse(request.body!) as { query: string; variables: { input?: { quantities?: unknown[] } } };
        const name = /(?:query|mutation)\s+(\w+)/.exec(sent.query)?.[1] ?? 'unnamed', seen = calls.get(name) ?? { calls: 0, points: 0, rows: 0 };
        calls.set(name, { calls: seen.calls + 1, points: seen.points + cost.actualQueryCost, rows: seen.rows + (sent.variables.input?.quantities?.length ?? 0) });
        bucket = { available: cost.throttleStatus.currentlyAvailable, restore: cost.throttleStatus.restoreRate, maximum: cost.throttleStatus.maximumAvailable };
      }
      return new Response(new Uint8Array(reply.body), { status: reply.status, headers: reply.headers });
    };
    const shelf = shelfWarehouse(() => new Date(clock).toISOString());
    const house = await buildHouse({
      config: readConfig({ INSTEP_DATA_DIR: dir, INSTEP_PORT: '0', INSTEP_LOG: 'silent' }), databaseUrl: url, send: transmit, warehouse: async () => shelf,
      clock: { now: () => new Date(clock), sleep: async (ms) => { clock += ms; } },
      jobs: { async enqueue() {}, async work() {}, async stop() {} }, hub: { on() {}, off() {}, changed() {}, async close() {} },
    });
    Object.assign(house, { publicUrl: 'https://instep.bench' });
    const app = await buildApp({ house, flows: FLOWS, apiVersion: '2026-10', scopes: [], signedBy: house.signedBy, importStore: () => {} }, { webDir: null });
    try {
      const now = (): string => new Date(clock).toISOString();
      const storeId = await saveStore(house.db, { shopDomain: HOST, name: HOST, currency: 'EUR', timeZone: 'UTC', origin: `https://${HOST}`, clientId: 'bench', clientSecret: Buffer.alloc(0), hookToken: 'bench', now: now() });
      await house.db.query('update connection set client_secret = $2 where store_id = $1', [storeId, house.vault.seal(`${storeId}:connection:client_secret`, SECRET)]);
      say(`importing ${whole(LEVELS)} items`);
      for (const name of ['subscriptions', 'catalogue', 'sales-history', 'opening-stock']) {
        const running = runFlow(house, flowNamed(name)!, storeId, 'bench');
        const ended = running.then(() => true, () => true);
        // A bulk operation of the shop runs on the shop's own clock.
        while (!(await Promise.race([ended, new Promise<false>((resolve) => { setTimeout(() => resolve(false), 5); })]))) await sandbox.pump();
        await running;
      }
      await house.db.query('update store set imported_at = $2 where store_id = $1', [storeId, now()]);
      const warehouseId = await makeWarehouse(house.db, { name: 'Mill', connector: 'warehouse-rest', settings: {}, hookToken: 'warehouse-bench', now: now() });
      for (let n = 1; n <= LEVELS; n++) shelf.put(sku(n), 20);
      await house.db.query(`insert into warehouse_sku (warehouse_id, sku, item_id, matched_by, updated_at, updated_by) select $1, i.sku, i.item_id, 'by hand', $2, 'bench' from item i where i.sku is not null`, [warehouseId, now()]);
      const { rows: [place] } = await house.db.query<{ location_id: number }>('select location_id from location where store_id = $1', [storeId]);
      await house.db.transaction(async (tx) => {
        await setAuthority(tx, storeId, place!.location_id, 'warehouse', warehouseId);
        await changePolicy(tx, storeId, place!.location_id, { mode: 'live', firstPushCap: 1_000_000, bufferCapUnits: 0 }, 'bench', now());
      });
      shelf.countAll();
      say('the first count, as Shopify shows it');
      await runFlow(house, flowNamed('warehouse-feed')!, storeId, 'bench');
      await runFlow(house, flowNamed('stock-push')!, storeId, 'bench');

      // A new count of everything. The shop's bucket was just emptied by somebody else.
      for (let n = 1; n <= LEVELS; n++) shelf.put(sku(n), 1 + (n % 40));
      shelf.countAll();
      await runFlow(house, flowNamed('warehouse-feed')!, storeId, 'bench');
      const context = await contextFor(house, storeId, () => {});
      const storefront = await house.storefront(storeId), some = [...sandbox.shop.tables.levels.values()].slice(0, ROWS);
      do await storefront.levels(some); while (bucket.available > 40);
      calls.clear();
      const left = bucket.available;
      say(`pushing ${whole(LEVELS)} levels`);
      const began = clock, start = performance.now();
      for (let looked = -1; looked !== 0;) looked = await pushWaiting(context);
      const seconds = (clock - began) / 1000, cpu = (performance.now() - start) / 1000;
      say('hearing the echo of it');
      for (let n = 0; n < 5_000; n++) {
        const { webhooks = 0 } = await sandbox.pump() as { webhooks?: number };
        const applied = await applyWaiting(house.db, () => Promise.resolve(context), 500);
        if (webhooks === 0 && applied === 0) break;
      }
      for (let looked = -1; looked !== 0;) looked = await pushWaiting(context);
      clock += 61_000;
      await runFlow(house, flowNamed('stock-push')!, storeId, 'bench');
      const { rows: [state] } = await house.db.query<{ settled: number; total: number }>(`select count(*) filter (where state = 'in step' and dirty_version <= seen_version)::int as settled, count(*)::int as total from push_level where store_id = $1`, [storeId]);
      const wrong = [...sandbox.shop.tables.levels.values()].filter((level) => level.quantities.available !== shelf.shelf.get(sku(numberOf(sandbox.shop, level.inventoryItemId)))!.onHand).length;

      const sets = calls.get('SetQuantities') ?? [...calls.values()].find((c) => c.rows > 0)!;
      const perCall = sets.points / sets.calls, fewest = Math.ceil(LEVELS / ROWS);
      const cheapest = (fewest * perCall - left) / bucket.restore, points = [...calls.values()].reduce((sum, c) => sum + c.points, 0);
      return {
        tables: [
          { title: 'Calls from the change to the last level confirmed', columns: ['operation', 'calls', 'rows', 'points'], rows: [...calls].map(([name, c]) => [name, whole(c.calls), c.rows === 0 ? '' : whole(c.rows), whole(c.points)]) },
          { title: 'Simulated seconds until the last level was written, the bucket all but empty at the start', columns: ['', 'seconds', 'points'], rows: [['Instep', seconds.toFixed(2), whole(points)], [`cheapest schedule (${fewest} full calls at ${perCall} points, ${bucket.restore} a second)`, cheapest.toFixed(2), whole(fewest * perCall)]] },
        ],
        verdicts: [
          { what: 'time to the last level written against the cheapest schedule', goal: '≤ 1.05', measured: ratio(seconds / cheapest), met: seconds / cheapest <= 1.05 },
          { what: 'points against the cheapest schedule', goal: null, measured: ratio(points / (fewest * perCall)), met: null },
          { what: 'levels in step at the end', goal: `all ${whole(LEVELS)}, none shown wrong`, measured: `${whole(state!.settled)} of ${whole(state!.total)}, ${wrong} shown wrong`, met: state!.settled === LEVELS && wrong === 0 },
        ],
        notes: [`The work itself (deciding, recording, sending, the sandbox answering) took ${cpu.toFixed(1)} s of this machine: ${whole(LEVELS / cpu)} levels a second. The simulated clock does not count it.`],
      };
    } finally {
      await app.close();
      await house.close();
      await sandbox.stop();
    }
  }),
};

function numberOf(shop: OpenShop, inventoryItemId: string): number {
  return Number(shop.tables.variants.get(shop.tables.inventoryItems.get(inventoryItemId)!.variantId)!.sku!.slice(4));
}

/** One place and many goods, twenty of each. */
function shelves(shop: OpenShop): void {
  const at = shop.now();
  shop.put('shop', { id: shop.nextId('Shop'), domain: HOST, name: 'Bench', currency: 'EUR', ianaTimezone: 'UTC', createdAt: at });
  const locationId = shop.nextId('Location');
  shop.put('locations', { id: locationId, name: 'Mill', isActive: true, shipsInventory: true, countryCode: 'DE', createdAt: at, updatedAt: at });
  const items: string[] = [];
  for (let n = 1; n <= LEVELS; n++) {
    const [productId, id, inventoryItemId] = [shop.nextId('Product'), shop.nextId('ProductVariant'), shop.nextId('InventoryItem')];
    shop.put('products', { id: productId, title: sku(n), handle: `sku-${n}`, vendor: 'Bench', productType: 'Thing', status: 'ACTIVE', tags: [], options: [{ name: 'Title', values: ['Default Title'] }], createdAt: at, updatedAt: at, publishedAt: at });
    shop.put('variants', {
      id, productId, inventoryItemId, title: 'Default Title', position: 1, sku: sku(n), barcode: null, price: 1000, compareAtPrice: null, selectedOptions: [{ name: 'Title', value: 'Default Title' }], inventoryPolicy: 'DENY', taxable: true, components: [], createdAt: at, updatedAt: at, deletedAt: null,
    });
    shop.put('inventoryItems', { id: inventoryItemId, variantId: id, tracked: true, requiresShipping: true, unitCost: 400, countryCodeOfOrigin: null, createdAt: at, updatedAt: at });
    items.push(inventoryItemId);
  }
  shop.commit();
  for (let n = 0; n < items.length; n += 250) adjustQuantities(shop, { name: 'available', reason: 'received', changes: items.slice(n, n + 250).map((inventoryItemId) => ({ inventoryItemId, locationId, delta: 20 })) }, { cause: 'opening' });
}
