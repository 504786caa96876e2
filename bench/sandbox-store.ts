/** A sandbox in a process of its own, connected and imported as a store, and its control API. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BuiltHouse } from '../src/compose.ts';
import { API_VERSION, SCOPES } from '../src/connectors/shopify/version.ts';
import { FLOWS, flowNamed } from '../src/flows/contents.ts';
import { buildApp } from '../src/http/app.ts';
import { runFlow } from '../src/runtime/run-flow.ts';
import type { Db } from '../src/store/db.ts';
import { saveStore } from '../src/store/stores.ts';

export const SANDBOX_CLIENT = 'bench-client', SANDBOX_SECRET = 'shpss_0123456789abcdef0123456789abcdef';

/** Connects the sandbox at `origin` and imports it whole. Answers the store's id. A further store has a domain of its own. */
export async function connectSandbox(house: BuiltHouse, origin: string, shopDomain = 'instep-sandbox.myshopify.com'): Promise<number> {
  const now = new Date().toISOString();
  const storeId = await saveStore(house.db, { shopDomain, name: 'Bench', currency: 'EUR', timeZone: 'UTC', origin, clientId: SANDBOX_CLIENT, clientSecret: Buffer.alloc(0), hookToken: `bench-token-${shopDomain.split('.')[0]}`, now });
  await house.db.query('update connection set client_secret = $2 where store_id = $1', [storeId, house.vault.seal(`${storeId}:connection:client_secret`, SANDBOX_SECRET)]);
  const shop = await (await house.storefront(storeId)).shop();
  await house.db.query('update store set shop_domain = $2, currency = $3, time_zone = $4, imported_at = $5 where store_id = $1', [storeId, shop.domain, shop.currency, shop.timeZone, now]);
  house.reconnect(storeId);
  for (const name of ['subscriptions', 'catalogue', 'sales-history', 'opening-stock']) await runFlow(house, flowNamed(name)!, storeId, 'bench');
  return storeId;
}

/** The app without pages, listening on a port of its own, which the house hands to the sandbox. */
export async function serve(house: BuiltHouse): Promise<Awaited<ReturnType<typeof buildApp>>> {
  const app = await buildApp({ house, flows: FLOWS, apiVersion: API_VERSION, scopes: SCOPES, signedBy: house.signedBy, importStore: () => {} }, { webDir: null });
  await app.listen({ host: '127.0.0.1', port: 0 });
  Object.assign(house, { publicUrl: `http://127.0.0.1:${(app.server.address() as { port: number }).port}` });
  return app;
}

/** The location with the most levels; `place` is Shopify's id of it. */
export async function largestLocation(db: Db, storeId: number): Promise<{ locationId: number; place: string }> {
  const { rows: [largest] } = await db.query<{ location_id: number; place: string }>(
    'select location_id, shopify_location_id as place from location l where store_id = $1 order by (select count(*) from ledger_level b where b.store_id = l.store_id and b.location_id = l.location_id) desc limit 1', [storeId]);
  return { locationId: largest!.location_id, place: largest!.place };
}

/** Tracked items there that sell out and whose SKU is theirs alone. */
export async function sellableItems(db: Db, storeId: number, locationId: number): Promise<{ sku: string; item_id: number; inventory_item_id: string; committed: number }[]> {
  return (await db.query<{ sku: string; item_id: number; inventory_item_id: string; committed: number }>(
    `select v.sku, x.item_id, b.committed, x.shopify_inventory_item_id as inventory_item_id from ledger_level b join inventory_item x on x.store_id = b.store_id and x.item_id = b.item_id
     join variant v on v.store_id = x.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id where b.store_id = $1 and b.location_id = $2 and v.deleted_at is null and v.product_status = 'ACTIVE' and not v.is_bundle and x.tracked
       and not v.continues_selling and v.sku <> '' and (select count(*) from variant w where w.store_id = v.store_id and w.sku = v.sku) = 1 order by x.item_id`, [storeId, locationId])).rows;
}

/** POST to the sandbox's control API; throws with its answer when it refuses. */
export async function control(shop: string, path: string, body: unknown): Promise<{ id: string }> {
  const response = await fetch(`${shop}/sandbox/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as { id: string };
}

/** Several shops of one small assortment in one process. Ends with us. Rejects when it stops before it listens. */
export function spawnShops(dir: string, shops: number): Promise<{ child: ChildProcess; shops: { url: string; domain: string }[] }> {
  const main = fileURLToPath(new URL('../src/sandbox/main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, '--with-parent', '--port', '0', '--data', dir, '--shops', String(shops), '--months', '1', '--scale', '0.1', '--orders-per-minute', '0', '--no-shipping',
    '--shop-domain', 'bench.myshopify.com', '--plan', 'plus', '--client-id', SANDBOX_CLIENT, '--client-secret', SANDBOX_SECRET], { stdio: ['pipe', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the sandbox stopped while starting (exit ${code})`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as { ready?: boolean; shops?: { url: string; domain: string }[] };
      if (said.ready) resolve({ child, shops: said.shops! });
    });
  });
}
