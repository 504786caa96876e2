/** The client under what Shopify does to clients: throttling on 200, 429 in seconds, lost answers, dead tokens. A real HTTP server answers from a script. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ShopifyError, TokenDead, adminClient, type AdminClient } from '../../src/connectors/shopify/admin-client.ts';
import { bulkLines } from '../../src/connectors/shopify/bulk.ts';
import { HttpError, NetworkError } from '../../src/connectors/http.ts';
import { parseExact } from '../../src/connectors/shopify/wire.ts';

type Step = (request: { body: string; token: string | undefined }, response: ServerResponse) => void;
const closers: (() => void)[] = [];
afterEach(() => { for (const close of closers.splice(0)) close(); });

const cost = (available: number): object => ({ cost: { requestedQueryCost: 70, actualQueryCost: 10, throttleStatus: { maximumAvailable: 2000, currentlyAvailable: available, restoreRate: 100 } } });
const ok = (data: object): Step => (_request, response) => { response.end(JSON.stringify({ data, extensions: cost(1900) })); };
const throttled: Step = (_request, response) => { response.end(JSON.stringify({ errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }], extensions: { cost: { ...(cost(20) as { cost: object }).cost, actualQueryCost: null } } })); };
const status = (code: number, headers: Record<string, string> = {}): Step => (_request, response) => { response.writeHead(code, headers).end('{}'); };
const hangUp: Step = (_request, response) => { response.socket!.destroy(); };

async function serverWith(steps: Step[]): Promise<{ client: AdminClient; slept: number[]; asked: string[]; tokens: number }> {
  const state = { slept: [] as number[], asked: [] as string[], tokens: 0 };
  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => { body += chunk.toString(); }).on('end', () => {
      if (request.url === '/admin/oauth/access_token') { state.tokens++; response.end(JSON.stringify({ access_token: `t${state.tokens}`, expires_in: 86_399, scope: 'read_products' })); return; }
      state.asked.push(body);
      (steps.shift() ?? status(500))({ body, token: request.headers['x-shopify-access-token'] as string | undefined }, response);
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => { server.once('listening', resolve); });
  closers.push(() => { server.closeAllConnections(); server.close(); });
  const client = adminClient({
    shopDomain: 'x.myshopify.com', origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, clientId: 'c', clientSecret: 's', token: null, saveToken: () => Promise.resolve(),
    bucket: { take: () => Promise.resolve(0), observe: () => Promise.resolve() }, clock: { now: () => new Date(), sleep: (ms) => { state.slept.push(ms); return Promise.resolve(); } },
  });
  return Object.assign(state, { client });
}

const READ = 'query Q { shop { id } }', WRITE = 'mutation M { orderCancel { job { id } } }', KEYED = 'mutation M($k: String!) { inventorySetQuantities @idempotent(key: $k) { userErrors { code } } }';

describe('the Shopify client', () => {
  it('waits (requested − available) ÷ restore rate when throttled on HTTP 200', async () => {
    const s = await serverWith([throttled, ok({ shop: { id: '1' } })]);
    expect(await s.client.run(READ)).toEqual({ shop: { id: '1' } });
    expect(s.slept).toEqual([500]);
  });
  it('takes Retry-After for seconds', async () => {
    const s = await serverWith([status(429, { 'retry-after': '2' }), ok({})]);
    await s.client.run(READ);
    expect(s.slept).toEqual([2000]);
  });
  it('repeats a read after a lost answer, and a keyed write with the same words', async () => {
    const s = await serverWith([hangUp, ok({}), hangUp, ok({})]);
    await s.client.run(READ);
    await s.client.run(KEYED, { k: 'key-1' });
    expect(s.asked[2]).toBe(s.asked[3]);
  });
  it('never repeats a write whose outcome is unknown', async () => {
    const s = await serverWith([hangUp, ok({})]);
    await expect(s.client.run(WRITE)).rejects.toThrow(NetworkError);
    expect(s.asked).toHaveLength(1);
    const t = await serverWith([status(502), ok({})]);
    await expect(t.client.run(WRITE)).rejects.toThrow(HttpError);
    expect(t.asked).toHaveLength(1);
  });
  it('reads errors that come as one text, as they do before a document is read', async () => {
    const text = (code: number, errors: unknown): Step => (_request, response) => { response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify({ errors })); };
    const s = await serverWith([text(503, 'Service Unavailable'), text(500, 'Internal Server Error'), ok({ a: 1 }), text(503, 'Service Unavailable')]);
    expect(await s.client.run(READ)).toEqual({ a: 1 });
    await expect(s.client.run(WRITE)).rejects.toThrow(HttpError);
    const t = await serverWith([text(401, '[API] Invalid API key or access token'), ok({}), text(404, 'Not Found'), text(400, { query: 'Required parameter missing' })]);
    await t.client.run(READ);
    expect(t.tokens).toBe(2);
    await expect(t.client.run(READ)).rejects.toThrow('Q: Not Found');
    await expect(t.client.run(READ)).rejects.toThrow('Required parameter missing');
  });
  it('tells the time by Shopify’s answers, and asks only when none told', async () => {
    const at = Date.parse('2026-03-02T09:00:00Z'), dated: Step = (_request, response) => { response.setHeader('date', new Date(at).toUTCString()).end(JSON.stringify({ data: { shop: { id: '1' } }, extensions: cost(1900) })); };
    const s = await serverWith([dated]);
    for (let n = 0; n < 3; n++) expect(Math.abs(Date.parse(await s.client.time()) - at)).toBeLessThan(5_000);
    expect(s.asked).toHaveLength(1);
    expect(Math.abs(s.client.clockError() - (at - Date.now()))).toBeLessThan(5_000);
  });
  it('renews the token once, and says when a person must act', async () => {
    const s = await serverWith([status(401), ok({ a: 1 })]);
    await s.client.run(READ);
    expect(s.tokens).toBe(2);
    const t = await serverWith([status(401), status(401)]);
    await expect(t.client.run(READ)).rejects.toThrow(TokenDead);
  });
  it('asks for one token however many callers wait', async () => {
    const s = await serverWith(Array.from({ length: 10 }, () => ok({})));
    await Promise.all(Array.from({ length: 10 }, () => s.client.run(READ)));
    expect(s.tokens).toBe(1);
  });
  it('gives Shopify’s refusal as data, not as a retry', async () => {
    const s = await serverWith([(_r, response) => { response.end(JSON.stringify({ errors: [{ message: 'no', extensions: { code: 'MAX_COST_EXCEEDED' } }] })); }]);
    await expect(s.client.run(READ)).rejects.toMatchObject({ code: 'MAX_COST_EXCEEDED' });
    await expect(s.client.run(READ)).rejects.not.toBeInstanceOf(ShopifyError);
  });
  it('does not take a failed bulk operation, or a short file, for a whole history', async () => {
    const done = (operation: object): Step => ok({ bulkOperation: { id: 'b', errorCode: null, objectCount: '2', fileSize: '10', url: null, partialDataUrl: null, ...operation } });
    const started = ok({ bulkOperationRunQuery: { bulkOperation: { id: 'b', status: 'CREATED' }, userErrors: [] } });
    const read = async (client: AdminClient): Promise<number> => { let n = 0; for await (const lines of bulkLines(client, '{ x }', 'test', () => Promise.resolve(), () => {})) n += lines.length; return n; };
    const failed = await serverWith([started, done({ status: 'FAILED', errorCode: 'INTERNAL_SERVER_ERROR', partialDataUrl: 'http://127.0.0.1:1/part' })]);
    await expect(read(failed.client)).rejects.toThrow(/FAILED \(INTERNAL_SERVER_ERROR\)/);
    const empty = await serverWith([started, done({ status: 'COMPLETED', objectCount: '0' })]);
    expect(await read(empty.client)).toBe(0);
    const file = createServer((_request, response) => { response.end('{"a":"ü"}\n'); }).listen(0, '127.0.0.1');
    await new Promise((resolve) => { file.once('listening', resolve); });
    closers.push(() => file.close());
    const short = await serverWith([started, done({ status: 'COMPLETED', url: `http://127.0.0.1:${(file.address() as AddressInfo).port}/r.jsonl` })]);
    await expect(read(short.client)).rejects.toThrow(/1 of 2 objects/);
  });
});

describe('numbers on the wire', () => {
  it('keeps ids beyond 2^53 to the last digit', () => {
    expect(parseExact('{"id":820982911946154508,"n":5,"x":1.5}')).toEqual({ id: '820982911946154508', n: 5, x: 1.5 });
  });
});
