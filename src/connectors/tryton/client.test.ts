/** Tryton's habits on the wire, as they were seen: errors on HTTP 200, sessions that end, collisions, warnings. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { NetworkError } from '../http.ts';
import { trytonClient, TrytonError, TrytonLoginRefused } from './client.ts';
import { parseTrytonSettings } from './settings.ts';

interface Call { method: string; params: unknown[]; authorization: string | undefined }
const calls: Call[] = [];
let answers: ((call: Call) => unknown)[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => { body += chunk.toString(); }).on('end', () => {
    const call = { ...JSON.parse(body) as { method: string; params: unknown[] }, authorization: request.headers.authorization };
    calls.push(call);
    if (call.method === 'common.db.login') return void response.end(JSON.stringify({ result: (call.params[1] as { password: string }).password === 'right' ? [7, `key${calls.length}`] : null }));
    if (call.method === 'model.res.user.get_preferences') return void response.end(JSON.stringify({ result: { company: 3, language: 'en' } }));
    const answer = answers.shift()!(call);
    if (typeof answer === 'number') return void response.writeHead(answer).end('<!doctype html>');
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
});
beforeAll(() => new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); }));
afterAll(() => { server.closeAllConnections(); server.close(); });
beforeEach(() => { calls.length = 0; });

const slept: number[] = [];
const client = (password = 'right') => trytonClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, database: 'd', user: 'u', password, clock: { now: () => new Date(0), sleep: async (ms) => { slept.push(ms); } } });
const called = (): string[] => calls.map((call) => call.method.replace(/^model\./, ''));

test('one login for many calls; the context comes last', async () => {
  answers = [() => ({ result: [1] }), () => ({ result: [2] })];
  const tryton = client();
  expect(await Promise.all([tryton.call('x.y', 'search', [['a'], 0]), tryton.call('x.y', 'search', [['a'], 0], { locations: [1] })])).toHaveLength(2);
  expect(called().filter((method) => method === 'common.db.login')).toHaveLength(1);
  expect(calls.slice(-2).map((call) => call.params.at(-1))).toContainEqual({ company: 3, language: 'en', locations: [1] });
  expect(Buffer.from(calls.at(-1)!.authorization!.slice('Session '.length), 'base64').toString()).toMatch(/^u:7:key/);
});

test('a session that ended is renewed once; a refusal that stays is a person’s', async () => {
  answers = [() => 401, () => ({ result: 'ok' })];
  expect(await client().call('x.y', 'read', [])).toBe('ok');
  answers = [() => 401, () => 401];
  await expect(client().call('x.y', 'read', [])).rejects.toThrow(TrytonLoginRefused);
  await expect(client('wrong').call('x.y', 'read', [])).rejects.toThrow('refused the user u or the password');
});

test('a collision is tried again, a rule is not, and its message is short', async () => {
  const collision = { error: ['could not serialize access due to concurrent update', null] };
  answers = [() => collision, () => collision, () => ({ result: 1 })];
  slept.length = 0;
  expect(await client().call('x.y', 'write', [])).toBe(1);
  expect(slept).toEqual([200, 400]);
  answers = [() => ({ error: ['UserError', ['The unit is missing', '', [{ fields: 'x'.repeat(50_000) }]]] })];
  const error = await client().call('x.y', 'write', []).catch((reason: unknown) => reason) as TrytonError;
  expect(error).toBeInstanceOf(TrytonError);
  expect([error.kind, error.message]).toEqual(['UserError', 'model.x.y.write: The unit is missing']);
  answers = Array.from({ length: 5 }, () => () => collision);
  await expect(client().call('x.y', 'write', [])).rejects.toThrow('could not serialize');
});

test('a warning is confirmed for our user, and the call made again', async () => {
  answers = [() => ({ error: ['UserWarning', ['sale,1', 'Sure?', '']] }), () => ({ result: [9] }), () => ({ result: null })];
  expect(await client().call('sale.sale', 'quote', [[1]])).toBeNull();
  expect(called().slice(-3)).toEqual(['sale.sale.quote', 'res.user.warning.create', 'sale.sale.quote']);
  expect(calls.at(-2)!.params[0]).toEqual([{ user: 7, name: 'sale,1', always: false }]);
});

test('another server’s page is a broken connection, not an answer', async () => {
  answers = [() => '<html>It works!</html>'];
  await expect(client().call('x.y', 'read', [])).rejects.toThrow(NetworkError);
});

test('settings name the wrong field', () => {
  const good = { url: 'https://erp.example.com/', database: 'tryton', user: 'instep', password: ' p ', warehouse: 'WH', customer: 'SHOP', damagedLocation: '', quarantineLocation: 'QUA' };
  expect(parseTrytonSettings(good)).toEqual({ ok: true, settings: { ...good, url: 'https://erp.example.com', damagedLocation: null } });
  expect(parseTrytonSettings({ ...good, url: 'http://tryton:8000' }).ok).toBe(true);
  for (const [field, value] of [['url', 'http://erp.example.com'], ['url', 'erp'], ['database', 'a/b'], ['user', ''], ['password', ''], ['warehouse', undefined], ['customer', 7], ['damagedLocation', 'WH']]) {
    expect(parseTrytonSettings({ ...good, [field as string]: value })).toMatchObject({ ok: false, field });
  }
});
