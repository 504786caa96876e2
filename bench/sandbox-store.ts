/** A sandbox in a process of its own, connected and imported as a store, and its control API. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BuiltHouse } from '../src/compose.ts';
import { flowNamed } from '../src/flows/contents.ts';
import { runFlow } from '../src/runtime/run-flow.ts';
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
