import { afterEach, describe, expect, test } from 'vitest';
import { serveStore } from '../server.ts';
import { smallShop } from '../small-shop.fixture.ts';
import type { WebhookRequest } from '../webhooks/post.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => { for (const close of closing.splice(0)) await close(); });

/** A store in process, without timers; `http` also opens a port. */
async function open(options: { http?: boolean; orders?: number } = {}) {
  const { shop } = smallShop({ orders: options.orders ?? 10 });
  const heard: WebhookRequest[] = [];
  const served = await serveStore({
    shop, dataDir: ':memory:', port: options.http ? 0 : null, clientId: 'app', clientSecret: 'secret', plan: 'plus', seed: 1, timers: false,
    deliver: (request) => { heard.push(request); return Promise.resolve({ status: 200 }); },
  });
  closing.push(async () => { await served.stop(); shop.close(); });
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const reply = await served.handle({ method: 'POST', path, headers, body: JSON.stringify(body) });
    return { ...reply, text: reply.body.toString() };
  };
  const grant = async () => JSON.parse((await post('/admin/oauth/access_token', { grant_type: 'client_credentials', client_id: 'app', client_secret: 'secret' })).text) as { access_token: string; scope: string };
  let token = (await grant()).access_token;
  const raw = (query: string) => post('/admin/api/2026-10/graphql.json', { query }, { 'x-shopify-access-token': token });
  const ask = async (query: string) => JSON.parse((await raw(query)).text) as { data: any; errors?: { message: string; path?: unknown[]; extensions: { code: string } }[] };
  const fault = async (body: unknown) => { const reply = await post('/sandbox/faults', body); expect([reply.status, reply.text]).toEqual([200, expect.any(String)]); };
  const subscribe = (topic: string) => ask(`mutation { webhookSubscriptionCreate(topic: ${topic}, webhookSubscription: { uri: "https://app.example/" }) { userErrors { message } } }`);
  const bulk = async () => {
    const run = await ask('mutation { bulkOperationRunQuery(query: "{ orders { edges { node { id lineItems { edges { node { id } } } } } } }") { bulkOperation { id } userErrors { message } } }');
    await served.pump();
    const { bulkOperation } = (await ask(`{ bulkOperation(id: "${run.data.bulkOperationRunQuery.bulkOperation.id}") { status errorCode url partialDataUrl objectCount fileSize } }`)).data;
    const fetched = async (url: string | null) => url === null ? null : served.handle({ method: 'GET', path: new URL(url).pathname });
    return { ...bulkOperation as { status: string; errorCode: string | null; url: string | null; partialDataUrl: string | null; objectCount: string }, file: await fetched(bulkOperation.url), partial: await fetched(bulkOperation.partialDataUrl) };
  };
  return { shop, served, heard, post, grant, raw, ask, fault, subscribe, bulk, renew: async () => { token = (await grant()).access_token; } };
}

const COST = (cost: string) => `mutation { inventoryItemUpdate(id: "gid://shopify/InventoryItem/401", input: { cost: "${cost}" }) { userErrors { message } } }`;
const SET = (quantity: number, from: number, key: string) => `mutation { inventorySetQuantities(input: { name: "available", reason: "correction", quantities: [{ inventoryItemId: "gid://shopify/InventoryItem/401", locationId: "gid://shopify/Location/701", quantity: ${quantity}, changeFromQuantity: ${from} }] }) @idempotent(key: "${key}") { userErrors { code } } }`;

describe('requests that go wrong', () => {
  test('a proxy answers HTML, once, and nothing happened', async () => {
    const { raw, fault, shop } = await open();
    await fault({ proxyError: { call: 'mutation' } });
    expect((await raw('{ shop { name } }')).status).toBe(200);
    const reply = await raw(COST('1.11'));
    expect([reply.status, reply.headers['Content-Type'], reply.text.startsWith('<!DOCTYPE html>')]).toEqual([502, 'text/html; charset=UTF-8', true]);
    expect(shop.tables.inventoryItems.get('401')!.unitCost).toBe(400);
    expect((await raw(COST('1.11'))).status).toBe(200);
  });

  test('a stall loses the connection without an effect, HTTP 500 comes after one', async () => {
    const { raw, fault, shop } = await open();
    await fault({ stall: { call: 'inventoryItemUpdate', ms: 20_000 } });
    await expect(raw(COST('1.11'))).rejects.toMatchObject({ message: 'no answer in time; nothing happened', afterMs: 20_000 });
    expect(shop.tables.inventoryItems.get('401')!.unitCost).toBe(400);
    await fault({ serverErrorAfterCommit: { mutation: 'inventoryItemUpdate' } });
    expect((await raw(COST('2.22'))).status).toBe(500);
    expect(shop.tables.inventoryItems.get('401')!.unitCost).toBe(222);
  });

  test('over HTTP a reply trickles, and a stall ends in a cut connection', async () => {
    const { served, fault, grant } = await open({ http: true });
    const { access_token: token } = await grant();
    const call = () => fetch(`${served.url}/admin/api/2026-10/graphql.json`, { method: 'POST', headers: { 'X-Shopify-Access-Token': token }, body: '{"query":"{ shop { name } }"}' });
    await fault({ drip: { ms: 400 } });
    const began = performance.now();
    expect(await (await call()).json()).toMatchObject({ data: { shop: { name: 'Small' } } });
    expect(performance.now() - began).toBeGreaterThan(300);
    await fault({ stall: { ms: 50 } });
    await expect(call()).rejects.toThrow();
  });

  test('one field fails beside the rest of the data, nulled as the schema says', async () => {
    const { ask, fault } = await open();
    await fault({ fieldError: { field: 'InventoryItem.unitCost' } });
    const reply = await ask('{ inventoryItems(first: 2) { nodes { id unitCost { amount } } } }');
    expect(reply.data.inventoryItems.nodes).toMatchObject([{ unitCost: null }, { unitCost: { amount: '4.0' } }]);
    expect(reply.errors).toMatchObject([{ path: ['inventoryItems', 'nodes', 0, 'unitCost'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
  });

  test('the next comparisons are stale whatever they compare with', async () => {
    const { ask, fault, shop } = await open();
    await fault({ staleCompares: 1 });
    expect((await ask(SET(4, 10, 'a'))).data.inventorySetQuantities.userErrors).toEqual([{ code: 'CHANGE_FROM_QUANTITY_STALE' }]);
    expect(shop.tables.levels.get('401:701')!.quantities.available).toBe(10);
    expect((await ask(SET(4, 10, 'b'))).data.inventorySetQuantities.userErrors).toEqual([]);
  });
});

test('another app writes just before a set, of one item where it is named, as often as was asked', async () => {
  const { ask, fault, shop, post } = await open();
  const refused = async (quantity: number, from: number, key: string) => (await ask(SET(quantity, from, key))).data.inventorySetQuantities.userErrors.length > 0;
  await fault({ rival: { app: 'Other', inventoryItemId: '402', count: 1 } });
  expect(await refused(9, 10, 'a')).toBe(false);
  await fault({ rival: { app: 'Other', inventoryItemId: '401', count: 1 } });
  expect(await refused(4, 9, 'b')).toBe(true);
  expect(shop.tables.levels.get('401:701')!.quantities.available).toBe(10);
  expect(await refused(4, 10, 'c')).toBe(false);
  expect((await post('/sandbox/faults', { rival: { count: 1 } })).status).toBe(400);
});

test('a bucket that stays nearly empty, until it is full again', async () => {
  const { ask, fault } = await open(), left = async () => ((await ask('{ shop { name } }')) as unknown as { extensions: { cost: { throttleStatus: object } } }).extensions.cost.throttleStatus;
  await fault({ bucket: { share: 0.05, restoreRate: 10 } });
  expect(await left()).toMatchObject({ currentlyAvailable: expect.closeTo(1000, -2) as number, restoreRate: 10, maximumAvailable: 20_000 });
  await fault({ bucket: null });
  expect(await left()).toMatchObject({ currentlyAvailable: expect.closeTo(20_000, -2) as number, restoreRate: 1_000 });
});

test('replies say what is on its way out', async () => {
  const { raw, fault } = await open();
  await fault({ deprecated: 'https://shopify.dev/changelog/x' });
  expect((await raw('{ shop { name } }')).headers['X-Shopify-API-Deprecated-Reason']).toBe('https://shopify.dev/changelog/x');
  await fault({ deprecated: null });
  expect((await raw('{ shop { name } }')).headers['X-Shopify-API-Deprecated-Reason']).toBeUndefined();
});

test('a new product, a variant that becomes a bundle and a plain one again, a parcel that is there twice', async () => {
  const { post, shop } = await open(), made = async (path: string, body: object) => { const reply = await post(`/sandbox/${path}`, body); expect([reply.status, reply.text]).toEqual([200, expect.any(String)]); return JSON.parse(reply.text) as { id: string; inventoryItemId: string; components: unknown[] }; };
  const variant = await made('products', { title: 'New', sku: 'NEW-1', levels: [{ locationId: '701', available: 3 }] });
  expect(shop.tables.levels.get(`${variant.inventoryItemId}:701`)).toMatchObject({ isActive: true, quantities: { available: 3 } });
  expect((await made(`variants/${variant.id}`, { components: [{ sku: 'SH-1', quantity: 2 }] })).components).toHaveLength(1);
  expect((await made(`variants/${variant.id}`, { components: [] })).components).toEqual([]);
  const order = await made('orders', { lines: [{ sku: 'SH-1', quantity: 1 }], locationId: '701' });
  expect((await post(`/sandbox/orders/${order.id}/double`, {})).status).toBe(422);
  await made('clock/advance', { ms: 1_000 });
  await made(`orders/${order.id}/fulfil`, {});
  await made(`orders/${order.id}/double`, {});
  expect(shop.fulfillmentsOf(order.id).map((parcel) => parcel.lines[0]!.quantity)).toEqual([1, 1]);
});

describe('rights that are lost', () => {
  test('a revoked token is 401 until another is granted', async () => {
    const { raw, fault, renew } = await open();
    await fault({ revokeTokens: true });
    expect((await raw('{ shop { name } }')).status).toBe(401);
    await renew();
    expect((await raw('{ shop { name } }')).status).toBe(200);
  });

  test('a lost scope is denied at once, told by webhook, and not granted again until it is given back', async () => {
    const { ask, fault, grant, heard, served, subscribe } = await open();
    await subscribe('APP_SCOPES_UPDATE');
    await fault({ loseScopes: ['write_orders', 'read_orders', 'read_all_orders'] });
    expect((await ask('{ orders(first: 1) { nodes { id } } }')).errors?.[0]?.extensions.code).toBe('ACCESS_DENIED');
    expect((await grant()).scope.split(',')).not.toContain('write_orders');
    await served.pump();
    expect(JSON.parse(heard[0]!.body.toString()) as unknown).toMatchObject({ previous: expect.arrayContaining(['write_orders']) as unknown });
    await fault({ loseScopes: null });
    expect((await ask('{ orders(first: 1) { nodes { id } } }')).errors).toBeUndefined();
  });

  test('subscriptions vanish, by topic or all', async () => {
    const { fault, subscribe, shop } = await open();
    for (const topic of ['ORDERS_CREATE', 'PRODUCTS_UPDATE', 'INVENTORY_LEVELS_UPDATE']) await subscribe(topic);
    await fault({ deleteSubscriptions: ['orders/create'] });
    expect([...shop.tables.subscriptions.values()].map(({ topic }) => topic)).toEqual(['PRODUCTS_UPDATE', 'INVENTORY_LEVELS_UPDATE']);
    await fault({ deleteSubscriptions: true });
    expect(shop.tables.subscriptions.size).toBe(0);
  });

  test('another version in the headers of replies and webhooks', async () => {
    const { raw, fault, subscribe, post, served, heard } = await open();
    await subscribe('ORDERS_CREATE');
    await fault({ apiVersion: '2027-01' });
    expect((await raw('{ shop { name } }')).headers['X-Shopify-API-Version']).toBe('2027-01');
    await post('/sandbox/orders', { lines: [{ sku: 'SH-1', quantity: 1 }] });
    await served.pump();
    expect(heard[0]!.headers['X-Shopify-API-Version']).toBe('2027-01');
  });
});

test('the next version does not know a field any more: documents that ask for it are refused whole, others are answered', async () => {
  const { raw, fault } = await open();
  await fault({ apiVersion: { version: '2027-01', gone: ['Shop.ianaTimezone'] } });
  const body = async (query: string) => JSON.parse((await raw(query)).body.toString()) as { data?: object; errors?: { message: string; extensions: { code: string } }[] };
  expect(await body('{ shop { name ianaTimezone } }')).toMatchObject({ errors: [{ message: "Field 'ianaTimezone' doesn't exist on type 'Shop'", extensions: { code: 'undefinedField' } }] });
  expect((await body('{ shop { name } }')).errors).toBeUndefined();
  await fault({ apiVersion: null });
  expect((await body('{ shop { name ianaTimezone } }')).errors).toBeUndefined();
  await expect(fault({ apiVersion: { version: '2027-01', gone: ['nothing'] } })).rejects.toThrow();
});

test.each([
  ['truncated', (text: string) => expect(() => JSON.parse(text)).toThrow(SyntaxError)],
  ['null', (text: string) => expect(text).toBe('null')],
  ['wrong-type', (text: string) => expect(JSON.parse(text)).toMatchObject({ id: { value: expect.any(Number) as number }, line_items: '1 items' })],
  ['unknown-enum', (text: string) => expect(JSON.parse(text)).toMatchObject({ financial_status: 'never_heard_of' })],
  ['big-id', (text: string) => {
    const digits = /^\{"id":(\d+),/.exec(text)![1]!;
    expect([digits.length, Number.isSafeInteger(Number(digits)), text.includes(`gid://shopify/Order/${digits}`)]).toEqual([18, false, true]);
  }],
  ['id-mismatch', (text: string) => { const body = JSON.parse(text) as { id: number; admin_graphql_api_id: string }; expect(body.admin_graphql_api_id).toBe(`gid://shopify/Order/${body.id - 1}`); }],
] as const)('a webhook body poisoned: %s', async (poison, check) => {
  const { fault, subscribe, post, served, heard } = await open();
  await subscribe('ORDERS_CREATE');
  await fault({ webhooks: { poison, count: 1 } });
  await post('/sandbox/orders', { lines: [{ sku: 'SH-1', quantity: 1 }] });
  await post('/sandbox/orders', { lines: [{ sku: 'SH-1', quantity: 1 }] });
  await served.pump();
  check(heard[0]!.body.toString());
  expect(JSON.parse(heard[1]!.body.toString())).toMatchObject({ financial_status: 'paid', line_items: [{ sku: 'SH-1' }] });
});

describe('bulk operations that go wrong', () => {
  const rows = (file: { body: Buffer } | null) => file!.body.toString().split('\n').filter((line) => line !== '');
  test('a file is cut, doubled, orphaned or short', async () => {
    const { bulk, fault } = await open();
    expect(rows((await bulk()).file)).toHaveLength(30);
    await fault({ bulk: { kind: 'truncated' } });
    const cut = rows((await bulk()).file);
    expect(cut.length).toBeLessThan(30);
    expect(() => JSON.parse(cut.at(-1)!) as unknown).toThrow(SyntaxError);
    await fault({ bulk: { kind: 'duplicate-lines' } });
    expect(rows((await bulk()).file)).toHaveLength(40);
    await fault({ bulk: { kind: 'missing-parent' } });
    const orphaned = rows((await bulk()).file).map((line) => JSON.parse(line) as { id: string; __parentId?: string });
    const ids = new Set(orphaned.map((line) => line.id));
    expect([orphaned.length, orphaned.filter((line) => line.__parentId !== undefined && !ids.has(line.__parentId)).length]).toEqual([29, 2]);
    await fault({ bulk: { kind: 'fewer-rows' } });
    const short = await bulk();
    expect([rows(short.file).length, short.objectCount]).toEqual([27, '27']);
    expect(rows((await bulk()).file)).toHaveLength(30);
  });

  test('a link that leads nowhere, a failure with part of the data, two notices, none', async () => {
    const { bulk, fault, subscribe, served, heard } = await open();
    await subscribe('BULK_OPERATIONS_FINISH');
    await fault({ bulk: { kind: 'expired-url' } });
    const expired = await bulk();
    expect([expired.status, expired.file!.status]).toEqual(['COMPLETED', 404]);
    await fault({ bulk: { kind: 'failed-partial' } });
    const failed = await bulk();
    expect([failed.status, failed.errorCode, failed.url, rows(failed.partial).length]).toEqual(['FAILED', 'INTERNAL_SERVER_ERROR', null, 15]);
    await served.pump();
    heard.length = 0;
    for (const [kind, notices] of [['two-finishes', 2], ['no-finish', 0]] as const) {
      await fault({ bulk: { kind } });
      await bulk();
      await served.pump();
      expect(heard.splice(0).map((one) => one.headers['X-Shopify-Topic'])).toEqual(Array.from({ length: notices }, () => 'bulk_operations/finish'));
    }
  });
});

test('a misspelt fault is refused, not taken for one that is set', async () => {
  const { post } = await open();
  for (const [body, words] of [[{ stal: {} }, 'stal: unknown field'], [{ stall: { call: 'any', seconds: 3 } }, 'seconds: unknown field'], [{ webhooks: { poison: 'arsenic' } }, 'poison'], [{ bulk: { kind: 'none' } }, 'kind']] as const) {
    const reply = await post('/sandbox/faults', body);
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining(words)]);
  }
});
