import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { serveStore, type ServedStore } from './server.ts';
import { smallShop, type SmallShop } from './small-shop.fixture.ts';
import { scratchDir } from './scratch.fixture.ts';

const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => { for (const close of closing.splice(0).reverse()) await close(); });

interface Store extends SmallShop { served: ServedStore; graphql(query: string, variables?: unknown): Promise<Reply>; control(path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> }
interface Reply { data: Record<string, never> | null; errors?: { message: string; extensions: { code: string } }[] }
const CLIENT = { clientId: 'app', clientSecret: 'secret' };

async function open(): Promise<Store> {
  const small = smallShop();
  const served = await serveStore({ shop: small.shop, dataDir: scratchDir(), port: 0, plan: 'standard', seed: 1, ...CLIENT });
  closing.push(async () => { await served.stop(); small.shop.close(); });
  const granted = await fetch(`${served.url}/admin/oauth/access_token`, {
    method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret }),
  });
  const { access_token: token, expires_in: seconds } = await granted.json() as { access_token: string; expires_in: number };
  expect(seconds).toBe(86_399);
  return {
    ...small, served,
    graphql: async (query, variables) => {
      const response = await fetch(`${served.url}/admin/api/2026-10/graphql.json`, {
        method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Shopify-Access-Token': token }, body: JSON.stringify({ query, variables }),
      });
      if (response.status !== 200) throw new Error(`HTTP ${response.status}`);
      return await response.json() as Reply;
    },
    control: async (path, body) => {
      const response = await fetch(`${served.url}/sandbox/${path}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
      return { status: response.status, body: await response.json() as Record<string, unknown> };
    },
  };
}

const SET = `mutation($q: Int!, $from: Int, $k: String!) { inventorySetQuantities(input: { name: "available", reason: "correction", referenceDocumentUri: "gid://app/Push/1",
  quantities: [{ inventoryItemId: "gid://shopify/InventoryItem/401", locationId: "gid://shopify/Location/701", quantity: $q, changeFromQuantity: $from }] }) @idempotent(key: $k) {
  inventoryAdjustmentGroup { reason changes { name delta quantityAfterChange item { id } } } userErrors { code field message } } }`;

async function receiver(): Promise<{ uri: string; heard: { topic: string; body: Record<string, unknown> }[] }> {
  const heard: { topic: string; body: Record<string, unknown> }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => { text += chunk.toString(); });
    request.on('end', () => { heard.push({ topic: String(request.headers['x-shopify-topic']), body: JSON.parse(text) as Record<string, unknown> }); response.end(); });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  closing.push(() => { server.closeAllConnections(); server.close(); });
  return { uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, heard };
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 5) {
    if (waited > 4_000) throw new Error('waited 4 s in vain');
    await new Promise((resolve) => { setTimeout(resolve, 5); });
  }
}

describe('the door', () => {
  test('wrong secret, no token, expired token, foreign version', async () => {
    const store = await open();
    const url = store.served.url;
    const wrong = await fetch(`${url}/admin/oauth/access_token`, { method: 'POST', body: JSON.stringify({ grant_type: 'client_credentials', client_id: 'app', client_secret: 'no' }) });
    expect(wrong.status).toBe(401);
    const call = (version: string, token: string) => fetch(`${url}/admin/api/${version}/graphql.json`, { method: 'POST', headers: { 'X-Shopify-Access-Token': token }, body: '{"query":"{shop{name}}"}' });
    expect((await call('2026-10', 'shpat_none')).status).toBe(401);
    const foreign = await call('2025-01', 'shpat_none');
    expect([foreign.status, await foreign.text()]).toEqual([404, expect.stringContaining('2026-10')]);
    expect((await store.graphql('{ shop { name currencyCode ianaTimezone } }')).data).toEqual({ shop: { name: 'Small', currencyCode: 'EUR', ianaTimezone: 'Europe/Berlin' } });
    store.shop.advance(86_399_000);
    await expect(store.graphql('{ shop { name } }')).rejects.toThrow('401');
  });
});

describe('stock writes through the engine', () => {
  test('set if unchanged, refused when stale, and told to subscribers', async () => {
    const store = await open();
    const { uri, heard } = await receiver();
    const created = await store.graphql(`mutation($u: String!) { webhookSubscriptionCreate(topic: INVENTORY_LEVELS_UPDATE, webhookSubscription: { uri: $u }) { webhookSubscription { id topic uri } userErrors { message } } }`, { u: uri });
    expect(created.data).toMatchObject({ webhookSubscriptionCreate: { webhookSubscription: { topic: 'INVENTORY_LEVELS_UPDATE', uri }, userErrors: [] } });
    const set = await store.graphql(SET, { q: 4, from: 10, k: 'a' });
    expect(set.data).toEqual({ inventorySetQuantities: { userErrors: [], inventoryAdjustmentGroup: { reason: 'correction', changes: [
      { name: 'available', delta: -6, quantityAfterChange: null, item: { id: 'gid://shopify/InventoryItem/401' } },
      { name: 'on_hand', delta: -6, quantityAfterChange: null, item: { id: 'gid://shopify/InventoryItem/401' } }] } } });
    const stale = await store.graphql(SET, { q: 3, from: 10, k: 'b' });
    expect(stale.data).toMatchObject({ inventorySetQuantities: { inventoryAdjustmentGroup: null, userErrors: [{ code: 'CHANGE_FROM_QUANTITY_STALE' }] } });
    await until(() => heard.length > 0);
    expect(heard).toEqual([{ topic: 'inventory_levels/update', body: expect.objectContaining({ inventory_item_id: 401, location_id: 701, available: 4 }) }]);
  });

  test('the connection dies after the commit; the retry with the same key acts once', async () => {
    const store = await open();
    expect((await store.control('faults', { failAfterCommit: { mutation: 'inventorySetQuantities', count: 1 } })).status).toBe(200);
    await expect(store.graphql(SET, { q: 4, from: 10, k: 'a' })).rejects.toThrow();
    expect(store.shop.tables.levels.get('401:701')?.quantities.available).toBe(4);
    const again = await store.graphql(SET, { q: 4, from: 10, k: 'a' });
    expect(again.data).toMatchObject({ inventorySetQuantities: { userErrors: [], inventoryAdjustmentGroup: { changes: [{ delta: -6 }, {}] } } });
    expect((await store.graphql(SET, { q: 5, from: 4, k: 'a' })).data).toMatchObject({ inventorySetQuantities: { userErrors: [{ code: 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH' }] } });
    await store.control('faults', { failBefore: { mutation: '*', count: 1 } });
    await expect(store.graphql(SET, { q: 9, from: 4, k: 'c' })).rejects.toThrow('503');
    expect(store.shop.tables.levels.get('401:701')?.quantities.available).toBe(4);
    await store.control('faults', { throttle: 1 });
    expect((await store.graphql(SET, { q: 9, from: 4, k: 'c' })).errors?.[0]?.extensions.code).toBe('THROTTLED');
  });
});

describe('the control API', () => {
  test('an order placed by hand is committed, routed, fulfilled, refunded', async () => {
    const store = await open();
    await store.control('faults', { routingDelayMs: 60_000 });
    const placed = await store.control('orders', { lines: [{ sku: 'SH-1', quantity: 3 }] });
    expect(placed.status).toBe(200);
    const id = String(placed.body['id']);
    const level = (name: string) => store.shop.tables.levels.values().filter((one) => one.inventoryItemId === '401').reduce((sum, one) => sum + one.quantities[name as 'available'], 0);
    expect([level('available'), level('committed')]).toEqual([21 - 3, 4 + 3]);
    expect((await store.control(`orders/${id}/fulfil`, { number: 'T9' })).status).toBe(409); // not routed yet
    await store.control('clock/advance', { ms: 60_000 });
    const order = `{ order(id: "gid://shopify/Order/${id}") { displayFulfillmentStatus fulfillmentOrders(first: 2) { nodes { status lineItems(first: 2) { nodes { remainingQuantity } } } } lineItems(first: 2) { nodes { currentQuantity unfulfilledQuantity } } } }`;
    expect((await store.graphql(order)).data).toMatchObject({ order: { displayFulfillmentStatus: 'UNFULFILLED', fulfillmentOrders: { nodes: [{ status: 'OPEN', lineItems: { nodes: [{ remainingQuantity: 3 }] } }] } } });
    expect((await store.control(`orders/${id}/fulfil`, { number: 'T9', lines: [{ sku: 'SH-1', quantity: 2 }] })).status).toBe(200);
    expect((await store.graphql(order)).data).toMatchObject({ order: { displayFulfillmentStatus: 'PARTIALLY_FULFILLED', lineItems: { nodes: [{ currentQuantity: 3, unfulfilledQuantity: 1 }] } } });
    expect(level('committed')).toBe(4 + 1);
    const refunded = await store.control(`orders/${id}/refund`, { lines: [{ sku: 'SH-1', quantity: 1, restockType: 'RETURN', location: 'Annex' }] });
    expect(refunded.status).toBe(200);
    expect((await store.graphql(order)).data).toMatchObject({ order: { lineItems: { nodes: [{ currentQuantity: 2 }] } } });
  });

  test('levels and variants are edited by name, and the world reports its sums', async () => {
    const store = await open();
    const edited = await store.control('levels', { sku: 'SH-2', location: 'Annex', available: 99 });
    expect(edited.body).toMatchObject({ quantities: { available: 99 } });
    expect((await store.control('variants/301', { sku: 'NEW-1' })).body).toMatchObject({ sku: 'NEW-1' });
    expect((await store.graphql('{ productVariants(first: 5, query: "sku:NEW-1") { nodes { id inventoryItem { sku } } } }')).data)
      .toEqual({ productVariants: { nodes: [{ id: 'gid://shopify/ProductVariant/301', inventoryItem: { sku: 'NEW-1' } }] } });
    expect((await store.control('tally')).body).toMatchObject({ quantities: { available: 10 + 11 + 20 + 99 + 30 + 31 + 40 + 41 }, orders: { total: 10, withRefund: 1 } });
    expect((await store.control('state')).body).toMatchObject({ counts: { orders: 10 }, deliveries: { waiting: 0 } });
  });

  test.each([
    ['orders', { lines: [{ sku: 'SH-1', quantity: 0 }] }, 400, 'lines.0.quantity'],
    ['orders', { lines: [{ sku: 'nope', quantity: 1 }] }, 404, 'lines.0.sku'],
    ['orders', { lines: [{ sku: 'SH-3', quantity: 1 }] }, 409, '2 variants'],
    ['orders', { linse: [] }, 400, 'linse: unknown field'],
    ['levels', { sku: 'SH-1', location: 'Moon', available: 1 }, 404, 'location'],
    ['clock/advance', { hours: -1 }, 400, 'hours'],
    ['faults', { webhooks: { drop: 2 } }, 400, 'drop'],
    ['faults', { webhooks: { dorp: 1 } }, 400, 'dorp'],
    ['orders/5/cancel', {}, 404, 'unknown order'],
    ['trading', { ordersPerMinute: 5 }, 409, 'without shoppers'],
    ['nothing', {}, 404, 'no control'],
  ])('POST %s %j → %i naming %s', async (path, body, status, words) => {
    const store = await open();
    const reply = await store.control(path, body);
    expect([reply.status, String(reply.body['errors'])]).toEqual([status, expect.stringContaining(words)]);
  });
});

test('a bulk result is fetched from the url the store gives', async () => {
  const store = await open();
  await store.graphql('mutation { bulkOperationRunQuery(query: "{ orders { edges { node { id name } } } }") { userErrors { message } } }');
  let url: string | null = null;
  await until(() => store.shop.tables.bulkOperations.values().every((one) => one.status === 'COMPLETED'));
  const reply = await store.graphql('{ bulkOperations(first: 1, query: "status:completed operation_type:query") { nodes { url fileSize } } }');
  url = (reply.data as unknown as { bulkOperations: { nodes: { url: string }[] } }).bulkOperations.nodes[0]?.url ?? '';
  const text = await (await fetch(url)).text();
  expect(text.trimEnd().split('\n')).toHaveLength(10);
  expect((await fetch(url.replace(/-[0-9a-f]{4}/, '-0000'))).status).toBe(404);
});
