import { afterEach, describe, expect, test } from 'vitest';
import { startSandbox, type Sandbox, type SandboxOptions } from './start.ts';
import { retryDelayMs } from './shopify/webhooks/deliveries.ts';
import type { WebhookRequest } from './shopify/webhooks/post.ts';

const open: Sandbox[] = [];
afterEach(async () => { for (const sandbox of open.splice(0)) await sandbox.stop(); });

const START = Date.parse('2026-11-20T12:00:00Z');
const TOWN = { months: 1, scale: 0.05 };

/** A store with neither network nor timers, and what it did to the outside. */
async function silent(options: Partial<SandboxOptions> = {}, answer: () => number = () => 200) {
  let now = START;
  const heard: WebhookRequest[] = [];
  const sandbox = await startSandbox({
    port: null, dataDir: ':memory:', seed: 3, ...TOWN, timers: false, clock: () => now,
    deliver: (request) => { heard.push(request); return Promise.resolve({ status: answer() }); }, ...options,
  });
  open.push(sandbox);
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const reply = await sandbox.handle({ method: 'POST', path, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
    return { status: reply.status, body: JSON.parse(reply.body.toString()) as Record<string, any> };
  };
  const token = (await post('/admin/oauth/access_token', { grant_type: 'client_credentials', client_id: sandbox.clientId, client_secret: sandbox.clientSecret })).body['access_token'] as string;
  const ask = async (query: string, variables: unknown = {}) => {
    const { status, body } = await post('/admin/api/2026-10/graphql.json', { query, variables }, { 'X-Shopify-Access-Token': token });
    expect(status).toBe(200);
    return body['data'] as Record<string, any>;
  };
  const subscribe = (topic: string) => ask(`mutation { webhookSubscriptionCreate(topic: ${topic}, webhookSubscription: { uri: "https://app.example/hooks" }) { userErrors { message } } }`);
  const control = (path: string, body: unknown) => post(`/sandbox/${path}`, body);
  return { sandbox, ask, control, subscribe, heard, tick: (ms: number) => { now += ms; } };
}

const sellable = (sandbox: Sandbox) => [...sandbox.shop.tables.levels.values()].find((level) => level.quantities.available > 3)!;

describe('a store without network and timers', () => {
  test('routes, finishes bulk operations and delivers only when pumped, and says when it is due next', async () => {
    const { sandbox, ask, control, subscribe, heard, tick } = await silent();
    for (const topic of ['ORDERS_CREATE', 'FULFILLMENT_ORDERS_ORDER_ROUTING_COMPLETE', 'BULK_OPERATIONS_FINISH']) await subscribe(topic);
    expect(sandbox.nextDue()).toBeNull();
    const level = sellable(sandbox);
    await control('orders', { lines: [{ variantId: sandbox.shop.variantOfItem(level.inventoryItemId)!.id, quantity: 1 }] });
    await ask('mutation { bulkOperationRunQuery(query: "{ locations { edges { node { id name } } } }") { userErrors { message } } }');
    expect([heard.length, sandbox.nextDue()]).toEqual([0, START]);
    expect(await sandbox.pump()).toEqual({ routed: 0, bulk: 1, webhooks: 2 });
    expect(heard.map((one) => one.headers['X-Shopify-Topic'])).toEqual(['orders/create', 'bulk_operations/finish']);
    expect(sandbox.nextDue()).toBe(START + 300);
    tick(300);
    expect(await sandbox.pump()).toEqual({ routed: 1, bulk: 0, webhooks: 1 });
    const { bulkOperations } = await ask('{ bulkOperations(first: 1) { nodes { status url } } }');
    const url = new URL(bulkOperations.nodes[0].url as string);
    const file = await sandbox.handle({ method: 'GET', path: url.pathname });
    expect([url.origin, file.body.toString().trimEnd().split('\n').length]).toEqual(['https://instep-town.myshopify.com', 3]);
  });

  test('retries follow the virtual clock, moved from inside or outside', async () => {
    let status = 500;
    const { sandbox, ask, control, subscribe, heard, tick } = await silent({}, () => status);
    await subscribe('INVENTORY_LEVELS_UPDATE');
    const level = sellable(sandbox);
    await control('levels', { inventoryItemId: level.inventoryItemId, locationId: level.locationId, available: 1 });
    await sandbox.pump();
    expect((await control('clock/advance', { ms: retryDelayMs(1) - 1 })).body).toMatchObject({ pumped: { webhooks: 0 } });
    tick(1);
    expect(await sandbox.pump()).toMatchObject({ webhooks: 1 });
    status = 200;
    expect((await control('clock/advance', { ms: retryDelayMs(2) })).body).toMatchObject({ pumped: { webhooks: 1 } });
    expect(new Set(heard.map((one) => one.headers['X-Shopify-Webhook-Id'])).size).toBe(1);
    expect([heard.length, sandbox.nextDue()]).toEqual([3, null]);
    expect((await ask('{ shop { name } }'))['shop']).toEqual({ name: 'Alder & Oat' });
  });

  test('one seed and one clock give the same bytes twice', async () => {
    const run = async () => {
      const { sandbox, ask, control, subscribe, heard, tick } = await silent();
      await subscribe('ORDERS_CREATE');
      await subscribe('PRODUCTS_UPDATE');
      for (let n = 0; n < 3; n++) {
        await control('orders', { lines: [{ variantId: sandbox.shop.variantOfItem(sellable(sandbox).inventoryItemId)!.id, quantity: 1 }] });
        tick(1_000);
        await sandbox.pump();
      }
      const state = await ask('{ orders(first: 5, reverse: true) { edges { cursor node { id name fulfillmentOrders(first: 2) { nodes { id } } } } } }');
      return JSON.stringify([state, heard.map((one) => [one.headers, one.body.toString()])]);
    };
    expect(await run()).toBe(await run());
  });

  test('a cut connection rejects, and the effect stands', async () => {
    const { sandbox, control, ask } = await silent();
    await control('faults', { failAfterCommit: { mutation: 'inventoryItemUpdate' } });
    const item = sellable(sandbox).inventoryItemId;
    await expect(ask(`mutation { inventoryItemUpdate(id: "gid://shopify/InventoryItem/${item}", input: { cost: "1.23" }) { userErrors { message } } }`)).rejects.toThrow('connection was cut');
    expect(sandbox.shop.tables.inventoryItems.get(item)?.unitCost).toBe(123);
  });
});

test('a sister shop sells the same goods under the same SKUs, and shares no id', async () => {
  const first = (await silent()).sandbox;
  const second = (await silent({ assortmentOf: first, seed: 9 })).sandbox;
  const third = (await silent({ assortmentOf: first, idSpace: 100_000 })).sandbox;
  // Two SKUs are renamed during each history, after what sold best there; the rest agree.
  const skus = (sandbox: Sandbox) => [...sandbox.shop.tables.variants.values()].map((variant) => variant.sku?.replace(/-N$/, '') ?? null);
  expect(skus(second)).toEqual(skus(first));
  const ids = (sandbox: Sandbox) => Object.values(sandbox.shop.tables).flatMap((table) => [...(table as Map<string, unknown>).keys()].flatMap((key) => key.split(':')));
  const [a, b, c] = [first, second, third].map((sandbox) => new Set(ids(sandbox))) as [Set<string>, Set<string>, Set<string>];
  expect([a.isDisjointFrom(b), b.isDisjointFrom(c), a.isDisjointFrom(c)]).toEqual([true, true, true]);
  expect([...c].every((id) => !Number.isSafeInteger(Number(id)))).toBe(true);
  expect([first, second, third].map((sandbox) => sandbox.domain)).toEqual(['instep-town.myshopify.com', 'instep-town-2.myshopify.com', expect.stringMatching(/^instep-town-/)]);
  expect(second.shop.tables.orders.size).not.toBe(first.shop.tables.orders.size);
  // Granted at the same instant with the same secret, a token still opens one shop only.
  const grant = async (sandbox: Sandbox) => {
    const body = JSON.stringify({ grant_type: 'client_credentials', client_id: sandbox.clientId, client_secret: sandbox.clientSecret });
    return (JSON.parse((await sandbox.handle({ method: 'POST', path: '/admin/oauth/access_token', body })).body.toString()) as { access_token: string }).access_token;
  };
  const [mine, theirs] = [await grant(first), await grant(second)];
  const status = async (sandbox: Sandbox, token: string) => (await sandbox.handle({ method: 'POST', path: '/admin/api/2026-10/graphql.json', headers: { 'X-Shopify-Access-Token': token }, body: '{"query":"{ shop { name } }"}' })).status;
  expect([await status(first, mine), await status(second, mine), await status(second, theirs)]).toEqual([200, 401, 200]);
});
