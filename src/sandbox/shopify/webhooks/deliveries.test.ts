import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ApiVersion, shopifyApi } from '@shopify/shopify-api';
import '@shopify/shopify-api/adapters/node';
import { afterEach, describe, expect, test } from 'vitest';
import type { OpenShop } from '../shop.ts';
import { smallShop } from '../small-shop.fixture.ts';
import { Deliveries, MAX_RETRIES, retryDelayMs } from './deliveries.ts';
import { openDeliveryFile, type DeliveryFile } from './delivery-file.ts';
import { Faults } from '../faults/faults.ts';
import { scratchDir } from '../scratch.fixture.ts';

const SECRET = 'hush';
interface Heard { headers: IncomingHttpHeaders; body: Buffer; url: string }
const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => { for (const close of closing.splice(0).reverse()) await close(); });

async function receiver(answer: () => number): Promise<{ uri: string; heard: Heard[]; server: Server }> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      heard.push({ headers: request.headers, body: Buffer.concat(chunks), url: request.url ?? '' });
      response.writeHead(answer(), { Location: 'http://127.0.0.1:1/' }).end();
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  closing.push(() => { server.closeAllConnections(); server.close(); });
  return { uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`, heard, server };
}

function subscribe(shop: OpenShop, topic: string, uri: string, more: { includeFields?: string[]; filter?: string } = {}): string {
  const id = shop.nextId('WebhookSubscription');
  shop.put('subscriptions', { id, topic, uri, apiVersion: '2026-10', includeFields: more.includeFields ?? [], filter: more.filter ?? null, createdAt: shop.now(), consecutiveFailures: 0 });
  shop.commit();
  return id;
}

function start(): { shop: OpenShop; faults: Faults; deliveries: Deliveries; file: DeliveryFile } {
  const { shop } = smallShop();
  const file = openDeliveryFile(':memory:');
  const faults = new Faults(1);
  const deliveries = new Deliveries(shop, file, faults, () => SECRET);
  closing.push(() => { deliveries.close(); file.close(); shop.close(); });
  return { shop, faults, deliveries, file };
}

function happen(shop: OpenShop, payload: Record<string, unknown>, topic = 'orders/create', eventId?: string): void {
  shop.emit(topic, payload, eventId);
  shop.commit();
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 5) {
    if (waited > 4_000) throw new Error('waited 4 s in vain');
    await new Promise((resolve) => { setTimeout(resolve, 5); });
  }
}

describe('webhook deliveries', () => {
  test("the official library accepts signature and headers, and a flipped byte not", async () => {
    const { shop } = start();
    const { uri, heard } = await receiver(() => 200);
    subscribe(shop, 'ORDERS_CREATE', uri);
    happen(shop, { id: 1, note: 'Grüße, 注文 😀', lines: 'x'.repeat(70_000) });
    await until(() => heard.length === 1);
    const { headers, body } = heard[0] as Heard;
    expect(headers).toMatchObject({ 'x-shopify-topic': 'orders/create', 'x-shopify-shop-domain': 'small.myshopify.com', 'x-shopify-api-version': '2026-10' });
    expect(headers['x-shopify-triggered-at']).toMatch(/^2026-11-20T12:00/);
    const api = shopifyApi({ apiKey: 'id', apiSecretKey: SECRET, apiVersion: '2026-10' as ApiVersion, isEmbeddedApp: false, hostName: 'localhost' });
    const rawRequest = new Request(uri, { method: 'POST', headers: headers as Record<string, string> });
    const validate = (rawBody: string) => api.webhooks.validate({ rawBody, rawRequest: { headers: Object.fromEntries(rawRequest.headers) } as never });
    expect(await validate(body.toString('utf8'))).toMatchObject({ valid: true, topic: 'ORDERS_CREATE', domain: 'small.myshopify.com' });
    expect(await validate(body.toString('utf8').replace('"id":1', '"id":2'))).toMatchObject({ valid: false, reason: 'invalid_hmac' });
  });

  test('two subscriptions: two webhook ids, one event id; fields and filter are honoured', async () => {
    const { shop } = start();
    const { uri, heard } = await receiver(() => 200);
    subscribe(shop, 'ORDERS_CREATE', `${uri}/all`);
    subscribe(shop, 'ORDERS_CREATE', `${uri}/cut`, { includeFields: ['id', 'line_items.sku'], filter: 'source_name:web AND total:>10' });
    subscribe(shop, 'ORDERS_CREATE', `${uri}/never`, { filter: 'source_name:pos' });
    subscribe(shop, 'ORDERS_UPDATED', `${uri}/other`);
    happen(shop, { id: 5, source_name: 'web', total: '11.5', line_items: [{ sku: 'A', id: 1 }] });
    await until(() => heard.length === 2);
    const bodies = new Map(heard.map((one) => [one.url, JSON.parse(one.body.toString()) as unknown]));
    expect(bodies.get('/hooks/cut')).toEqual({ id: 5, line_items: [{ sku: 'A' }] });
    expect(new Set(heard.map((one) => one.headers['x-shopify-event-id'])).size).toBe(1);
    expect(new Set(heard.map((one) => one.headers['x-shopify-webhook-id'])).size).toBe(2);
  });

  test('retries come at the promised times with the original body, and a success ends them', async () => {
    const { shop, deliveries } = start();
    let status = 500;
    const { uri, heard } = await receiver(() => status);
    const id = subscribe(shop, 'ORDERS_CREATE', uri);
    happen(shop, { id: 7 });
    await until(() => heard.length === 1);
    await until(() => deliveries.describe().failedAttempts === 1);
    shop.advance(retryDelayMs(1) - 1);
    deliveries.pump();
    await new Promise((resolve) => { setTimeout(resolve, 40); });
    expect(heard).toHaveLength(1);
    shop.advance(1);
    await until(() => deliveries.describe().failedAttempts === 2);
    status = 302; // a redirect is no success
    shop.advance(retryDelayMs(2));
    await until(() => deliveries.describe().failedAttempts === 3);
    status = 200;
    shop.advance(retryDelayMs(3));
    await until(() => deliveries.describe().delivered === 1);
    await until(() => deliveries.describe().waiting === 0);
    expect(new Set(heard.map((one) => one.body.toString()))).toEqual(new Set(['{"id":7}']));
    expect(new Set(heard.map((one) => one.headers['x-shopify-webhook-id'])).size).toBe(1);
    expect(shop.tables.subscriptions.get(id)?.consecutiveFailures).toBe(0);
  });

  test('eight retries over four hours all failing delete the subscription and what waits for it', async () => {
    const { shop, deliveries, faults } = start();
    const { uri, heard } = await receiver(() => 503);
    const id = subscribe(shop, 'ORDERS_CREATE', uri);
    happen(shop, { id: 7 });
    for (let attempt = 1; attempt <= MAX_RETRIES; attempt++) {
      await until(() => deliveries.describe().failedAttempts === attempt);
      if (attempt === MAX_RETRIES) faults.webhooks = { drop: 0, duplicate: 0, reorder: 0, delayMs: 3_600_000_000, topics: null, count: null };
      if (attempt === MAX_RETRIES) happen(shop, { id: 8 }); // still waiting when the subscription goes
      expect(shop.tables.subscriptions.has(id)).toBe(true);
      shop.advance(retryDelayMs(attempt));
    }
    await until(() => !shop.tables.subscriptions.has(id));
    expect(deliveries.describe()).toMatchObject({ givenUp: 1, subscriptionsDeleted: 1 });
    await until(() => deliveries.describe().waiting === 0);
    expect(heard.filter((one) => one.body.toString() === '{"id":7}')).toHaveLength(1 + MAX_RETRIES);
    const delays = Array.from({ length: MAX_RETRIES }, (_, n) => retryDelayMs(n + 1));
    expect(Math.abs(delays.reduce((sum, delay) => sum + delay, 0) - 4 * 3_600_000)).toBeLessThan(10);
  });

  test('faults drop, duplicate and delay, for as many deliveries as asked', async () => {
    const { shop, faults, deliveries } = start();
    const { uri, heard } = await receiver(() => 200);
    subscribe(shop, 'ORDERS_CREATE', uri);
    const faultless = { drop: 0, duplicate: 0, reorder: 0, delayMs: 0, topics: null, count: 1 };
    faults.webhooks = { ...faultless, drop: 1 };
    happen(shop, { id: 1 });
    faults.webhooks = { ...faultless, duplicate: 1 };
    happen(shop, { id: 2 });
    faults.webhooks = { ...faultless, delayMs: 3_600_000 };
    happen(shop, { id: 3 });
    faults.webhooks = { ...faultless, drop: 1, topics: ['products/update'] };
    happen(shop, { id: 4 });
    const ids = () => heard.map((one) => (JSON.parse(one.body.toString()) as { id: number }).id).sort();
    await until(() => heard.length === 3);
    expect(ids()).toEqual([2, 2, 4]);
    const twice = heard.filter((one) => one.body.toString() === '{"id":2}').map((one) => one.headers['x-shopify-webhook-id']);
    expect(new Set(twice).size).toBe(1);
    shop.advance(3_600_000);
    await until(() => heard.length === 4);
    expect(ids()).toEqual([2, 2, 3, 4]);
    expect(deliveries.describe().dropped).toBe(1);
  });

  test('what a stopped store had not delivered, the next start delivers', async () => {
    const { shop } = smallShop();
    const path = join(scratchDir(), 'deliveries.sqlite');
    let status = 500;
    const { uri, heard } = await receiver(() => status);
    subscribe(shop, 'ORDERS_CREATE', uri);
    const file = openDeliveryFile(path);
    const first = new Deliveries(shop, file, new Faults(1), () => SECRET);
    for (let id = 1; id <= 3; id++) happen(shop, { id });
    await until(() => first.describe().failedAttempts === 3);
    first.close();
    file.close();
    status = 200;
    const again = openDeliveryFile(path);
    const second = new Deliveries(shop, again, new Faults(1), () => SECRET);
    closing.push(() => { second.close(); again.close(); shop.close(); });
    expect(second.describe().waiting).toBe(3);
    shop.advance(retryDelayMs(1));
    await until(() => second.describe().delivered === 3);
    expect(heard.slice(3).map((one) => one.body.toString()).sort()).toEqual(['{"id":1}', '{"id":2}', '{"id":3}']);
  });

  test('a receiver that never answers fails after five seconds of patience', async () => {
    const { shop, deliveries } = start();
    const server = createServer(() => { /* silence */ });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    closing.push(() => { server.closeAllConnections(); server.close(); });
    subscribe(shop, 'ORDERS_CREATE', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    happen(shop, { id: 1 });
    await new Promise((resolve) => { setTimeout(resolve, 4_500); });
    expect(deliveries.describe().failedAttempts).toBe(0);
    await until(() => deliveries.describe().failedAttempts === 1);
  }, 15_000);
});
