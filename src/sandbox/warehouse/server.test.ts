import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signatureOf } from './rest-desk.ts';
import { startWarehouse, type SandboxWarehouse } from './server.ts';

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const folder = mkdtempSync(path.join(tmpdir(), 'instep-wms-'));
let warehouse: SandboxWarehouse;
beforeAll(async () => {
  writeFileSync(path.join(folder, 'secret.txt'), 'not for you');
  warehouse = await startWarehouse({ port: 0, secret, hookUrl: null, shelves: { MUG: 5 }, sftp: { folder: path.join(folder, 'jail'), port: 0, user: 'u', password: 'p', clerkEveryMs: 0 } });
});
afterAll(async () => { await warehouse.stop(); rmSync(folder, { recursive: true, force: true }); });

const control = async (command: string, body?: object): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await fetch(`${new URL(warehouse.url).origin}/warehouse-sandbox/${command}`, body ? { method: 'POST', body: JSON.stringify(body) } : {});
  return { status: response.status, body: await response.json() as Record<string, unknown> };
};
async function call(method: string, at: string, body = ''): Promise<{ status: number; body: unknown }> {
  const url = new URL(warehouse.url + at), seconds = String(Math.floor(Date.now() / 1000));
  const signed = method === 'GET' ? `GET ${url.pathname}${url.search}` : body;
  const response = await fetch(url, { method, ...(method === 'POST' ? { body } : {}), headers: { 'webhook-id': 'x', 'webhook-timestamp': seconds, 'webhook-signature': signatureOf(secret, 'x', seconds, signed) } });
  return { status: response.status, body: await response.json() };
}

test('people in the building are moved by hand, and what cannot be is said', async () => {
  const order = JSON.stringify({ type: 'order.placed', reference: 'A', orderName: '#1', version: 1, placedAt: '', lines: [{ lineReference: 'L', sku: 'MUG', quantity: 3 }] });
  expect(await call('POST', '', order)).toEqual({ status: 200, body: { warehouseReference: 'W-1', outcome: 'created' } });
  expect(await call('POST', '', order)).toMatchObject({ body: { outcome: 'known' } });
  expect((await control('acknowledge', { reference: 'A' })).status).toBe(200);
  expect((await control('ship', { reference: 'A', lines: [{ sku: 'MUG', quantity: 2 }] })).status).toBe(200);
  expect(await control('ship', { reference: 'A', lines: [{ sku: 'MUG', quantity: 2 }] })).toEqual({ status: 422, body: { error: 'Order A has not 2 of MUG left to ship' } });
  expect(await control('fly', {})).toMatchObject({ status: 422 });
  expect((await control('state')).body).toMatchObject({ stock: [{ sku: 'MUG', onHand: 3 }], orders: [{ reference: 'A', state: 'shipped in part' }] });
  expect((await call('GET', '/messages?limit=1')).body).toMatchObject({ messages: [{ type: 'order.acknowledged' }], cursor: '1' });
});

test('an unsigned caller learns nothing, a fault happens as often as it was set', async () => {
  expect((await fetch(`${warehouse.url}/stock`)).status).toBe(401);
  expect((await control('faults', { fail: 1, throttle: 1 })).status).toBe(200);
  expect([(await call('GET', '/stock')).status, (await call('GET', '/stock')).status, (await call('GET', '/stock')).status]).toEqual([500, 429, 200]);
  expect((await control('faults', { take: 1 })).status).toBe(422);
});

test('the SFTP server lets nobody out of its folder, and nobody in without the password', async () => {
  const connect = (password: string): Promise<ssh2.SFTPWrapper> => new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.on('ready', () => client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp)))).on('error', reject);
    client.connect({ host: '127.0.0.1', port: warehouse.sftp!.port, username: 'u', password });
  });
  await expect(connect('wrong')).rejects.toThrow('authentication');
  const sftp = await connect('p');
  const read = (name: string): Promise<string> => new Promise((resolve, reject) => { sftp.readFile(name, (error, content) => (error ? reject(error) : resolve(content.toString()))); });
  await expect(read('../secret.txt')).rejects.toThrow('ENOENT');
  await expect(read(`/..${folder}/secret.txt`)).rejects.toThrow('ENOENT');
  await new Promise<void>((resolve, reject) => { sftp.writeFile('in/note.txt', 'hello', (error) => (error ? reject(error) : resolve())); });
  expect(await read('/in/note.txt')).toBe('hello');
  sftp.end();
});

test('half a file stays half until the clerk’s next round', async () => {
  await control('clerk', {}); // what was said before
  await control('faults', { halfFile: 1 });
  await control('count', {});
  await control('clerk', {});
  const jail = path.join(folder, 'jail', 'in'), [name] = readdirSync(jail).filter((each) => each.startsWith('stock-')) as [string];
  const half = readFileSync(path.join(jail, name), 'utf8');
  await control('clerk', {});
  const whole = readFileSync(path.join(jail, name), 'utf8');
  expect(whole.startsWith(half)).toBe(true);
  expect(whole.length).toBeGreaterThan(half.length);
});
