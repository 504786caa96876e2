/** Answers of a warehouse that is not ours: what each status means, pages, retries. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WarehouseRefused, type WarehouseBatch } from '../../ports/warehouse.ts';
import { HttpError, NetworkError } from '../http.ts';
import { secretOf, verifySignature } from './signature.ts';
import { warehouseRest } from './warehouse.ts';

const secret = secretOf(Buffer.alloc(32, 9)), now = new Date('2026-11-25T12:00:00.000Z');
let reply: (path: string) => { status: number; body?: unknown; headers?: Record<string, string> };
const asked: { method: string; path: string; headers: IncomingHttpHeaders; body: string }[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => { body += chunk.toString(); }).on('end', () => {
    asked.push({ method: request.method!, path: request.url!, headers: request.headers, body });
    const answer = reply(request.url!);
    response.writeHead(answer.status, answer.headers).end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {}));
  });
});
beforeAll(() => new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); }));
afterAll(() => { server.closeAllConnections(); server.close(); });
beforeEach(() => { asked.length = 0; });

const warehouse = () => warehouseRest({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/wms/`, secret, clock: { now: () => now } });
const order = { reference: 'A.1/ü', orderName: '#1', version: 2, placedAt: now.toISOString(), lines: [{ lineReference: 'L', sku: 'MUG', quantity: 1 }] };

test('every call is signed; a message sent again has the same id and body', async () => {
  reply = () => ({ status: 200, body: { warehouseReference: 'W', outcome: 'changed', state: 'open', version: 2 } });
  await warehouse().placeOrder(order);
  await warehouse().placeOrder(order);
  await warehouse().findOrder(order.reference);
  for (const { method, path, headers, body } of asked) expect(verifySignature(Buffer.from(method === 'GET' ? `GET ${path}` : body), headers, [secret], now).ok).toBe(true);
  expect(asked[0]).toEqual({ ...asked[1], headers: expect.anything() as object });
  expect(asked[0]!.headers['webhook-id']).toBe(asked[1]!.headers['webhook-id']);
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /wms', 'POST /wms', 'GET /wms/orders/A.1%2F%C3%BC']);
  expect(JSON.parse(asked[0]!.body)).toMatchObject({ type: 'order.changed', version: 2 });
});

describe('an answer to an order', () => {
  const cases: [string, { status: number; body?: unknown; headers?: Record<string, string> }, unknown][] = [
    ['too late', { status: 409, body: { outcome: 'too late', warehouseReference: 'W' } }, { outcome: 'too late', warehouseReference: 'W' }],
    ['a reason', { status: 422, body: { reason: 'no such SKU' } }, new WarehouseRefused('no such SKU')],
    ['409 with a reason of its own', { status: 409, body: { reason: 'being picked' } }, new WarehouseRefused('being picked')],
    ['no reason', { status: 422 }, new HttpError('The warehouse answered order.changed with HTTP 422', 422)],
    ['a reason in prose', { status: 400, body: '<h1>Bad Request</h1>' }, new HttpError('The warehouse answered order.changed with HTTP 400', 400)],
    ['unauthorised, whatever it says', { status: 401, body: { reason: 'signature' } }, new HttpError('The warehouse answered order.changed with HTTP 401', 401)],
    ['wrong address', { status: 404, body: { reason: 'not found' } }, new HttpError('The warehouse answered order.changed with HTTP 404', 404)],
    ['too many', { status: 429, body: { reason: 'slow down' }, headers: { 'retry-after': '7' } }, new HttpError('The warehouse answered order.changed with HTTP 429', 429, 7)],
    ['broken', { status: 500, body: { reason: 'oops' } }, new HttpError('The warehouse answered order.changed with HTTP 500', 500)],
    ['200 that says nothing', { status: 200 }, expect.objectContaining({ name: 'HttpError' })],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, expect.any(NetworkError)],
  ];
  test.each(cases)('%s', async (_case, answer, expected) => {
    reply = () => answer;
    expect(await warehouse().placeOrder(order).catch((error: unknown) => error)).toEqual(expected);
  });
});

test('only the warehouse’s word makes an order to cancel unknown', async () => {
  reply = () => ({ status: 404, body: { outcome: 'unknown' } });
  expect(await warehouse().cancelOrder('X')).toBe('cancelled');
  reply = () => ({ status: 404, body: 'Not Found' });
  await expect(warehouse().cancelOrder('X')).rejects.toThrow(HttpError);
  reply = () => ({ status: 409, body: { outcome: 'too late' } });
  expect(await warehouse().cancelOrder('X')).toBe('too late');
});

test('a return announced anew is another message, the same one is not', async () => {
  reply = () => ({ status: 200 });
  const announced = { reference: 'R', orderReference: 'A', lines: order.lines };
  for (const quantity of [1, 1, 2]) await warehouse().announceReturn({ ...announced, lines: [{ ...order.lines[0]!, quantity }] });
  const ids = asked.map(({ headers }) => headers['webhook-id']);
  expect(ids[0]).toBe(ids[1]);
  expect(ids[2]).not.toBe(ids[0]);
});

describe('messages asked for', () => {
  const all = async (cursor: string | null): Promise<WarehouseBatch[]> => { const batches = []; for await (const batch of warehouse().facts(cursor)) batches.push(batch); return batches; };

  test('a page of more than 1,000 facts moves the cursor with its last batch only', async () => {
    const rows = Array.from({ length: 2_500 }, (_, index) => ({ sku: `S${index}`, onHand: index }));
    reply = (path) => ({ status: 200, body: path.includes('cursor=') ? { messages: [], cursor: '2' } : { messages: [{ type: 'stock.counted', at: now.toISOString(), rows }, { type: 'nonsense' }], cursor: '2' } });
    const batches = await all(null);
    expect(batches.map((batch) => [batch.facts.length, batch.rejects.length, batch.cursor])).toEqual([[1_000, 0, ''], [1_000, 0, ''], [500, 1, '2']]);
    expect(await all('')).toEqual(batches);
  });
  test('a warehouse that sends webhooks has none', async () => {
    reply = () => ({ status: 404 });
    expect(await all(null)).toEqual([]);
  });
  test('a cursor that stands still ends the round, and loses nothing', async () => {
    reply = () => ({ status: 200, body: { messages: [{ type: 'order.acknowledged', id: '1', at: now.toISOString(), reference: 'A', warehouseReference: 'W' }], cursor: 'same' } });
    expect((await all('same')).map((batch) => batch.facts.length)).toEqual([1]);
  });
  test('an answer that is no list is an error, not silence', async () => {
    reply = () => ({ status: 200, body: { messages: 'none', cursor: '1' } });
    await expect(all(null)).rejects.toThrow('no list named messages');
  });
});

test('counts over pages; a bad row is named', async () => {
  reply = (path) => ({ status: 200, body: path.includes('cursor=2') ? { rows: [{ sku: 'B', onHand: 1, at: now.toISOString() }, { sku: 'C', onHand: -1, at: now.toISOString() }] } : { at: now.toISOString(), rows: [{ sku: 'A', onHand: 2, unsellable: 1 }], cursor: '2' } });
  const pages = [];
  for await (const page of warehouse().stock()) pages.push(page);
  expect(pages.flatMap((page) => page.counts.map(({ sku, onHand, unsellable }) => [sku, onHand, unsellable]))).toEqual([['A', 2, 1], ['B', 1, 0]]);
  expect(pages.flatMap((page) => page.rejects)).toMatchObject([{ where: 'stock after 2, rows[1]', field: 'onHand' }]);
});

test('a check says what to do', async () => {
  for (const [status, words] of [[401, 'compare the secret'], [404, 'check the address'], [500, 'HTTP 500']] as const) {
    reply = () => ({ status });
    await expect(warehouse().check()).rejects.toThrow(words);
  }
});
