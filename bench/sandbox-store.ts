/** A sandbox in a process of its own, connected and imported as a store, and its control API. */
import type { BuiltHouse } from '../src/compose.ts';
import { flowNamed } from '../src/flows/contents.ts';
import { runFlow } from '../src/runtime/run-flow.ts';
import { saveStore } from '../src/store/stores.ts';

export const SANDBOX_CLIENT = 'bench-client', SANDBOX_SECRET = 'shpss_0123456789abcdef0123456789abcdef';

/** Connects the sandbox at `origin` and imports it whole. Answers the store's id. */
export async function connectSandbox(house: BuiltHouse, origin: string): Promise<number> {
  const now = new Date().toISOString();
  const storeId = await saveStore(house.db, { shopDomain: 'instep-sandbox.myshopify.com', name: 'Bench', currency: 'EUR', timeZone: 'UTC', origin, clientId: SANDBOX_CLIENT, clientSecret: Buffer.alloc(0), hookToken: 'bench-token', now });
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
