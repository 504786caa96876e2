/** The connectors against a warehouse that misbehaves: what reaches the ledger is the same. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { HttpError, NetworkError } from '../../src/connectors/http.ts';
import { SftpRefused } from '../../src/connectors/sftp-folder.ts';
import { warehouseFiles } from '../../src/connectors/warehouse-files/warehouse.ts';
import { warehouseRestReader } from '../../src/connectors/warehouse-rest/reader.ts';
import { secretOf, verifySignature } from '../../src/connectors/warehouse-rest/signature.ts';
import { warehouseRest } from '../../src/connectors/warehouse-rest/warehouse.ts';
import { startWarehouse, type WarehouseOptions } from '../../src/sandbox/warehouse/server.ts';
import { drain } from './sandbox-side.ts';

const secret = secretOf(Buffer.alloc(32, 4)), clock = { now: () => new Date() };
const closing: (() => Promise<unknown> | void)[] = [];
afterEach(async () => { for (const close of closing.splice(0).reverse()) await close(); });

async function sandbox(options: Partial<WarehouseOptions>) {
  const started = await startWarehouse({ port: 0, secret, hookUrl: null, shelves: { MUG: 1_000 }, seed: 3, ...options });
  closing.push(() => started.stop());
  return started;
}
const order = (reference: string) => ({ reference, orderName: reference, version: 1, placedAt: '2026-11-25T12:00:00.000Z', lines: [{ lineReference: `${reference}/1`, sku: 'MUG', quantity: 1 }] });

test('a 500 and a 429 leave nothing behind, and say how long to wait', async () => {
  const { url, faults, building } = await sandbox({});
  const warehouse = warehouseRest({ url, secret, clock });
  faults.set({ fail: 1, throttle: 1 });
  await expect(warehouse.placeOrder(order('A'))).rejects.toMatchObject({ name: 'HttpError', status: 500 });
  await expect(warehouse.placeOrder(order('A'))).rejects.toEqual(new HttpError('The warehouse answered order.placed with HTTP 429', 429, 1));
  expect(building.orders.size).toBe(0);
  expect((await warehouse.placeOrder(order('A'))).outcome).toBe('created');
});

test('webhooks twice, in disorder, with a broken one among them, to a front door that fails: everything once, by id', async () => {
  const read = { ids: [] as string[], bodies: [] as string[], rejects: 0 }, reader = warehouseRestReader();
  let turnedAway = 0;
  const door = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const body = Buffer.concat(chunks), verdict = verifySignature(body, request.headers, [secret], clock.now());
      if (!verdict.ok || turnedAway++ === 1) { response.writeHead(503).end(); return; }
      const { facts, rejects } = reader.read(body, verdict.id);
      read.ids.push(...facts.map((fact) => ('id' in fact ? fact.id : '')));
      read.bodies.push(verdict.id);
      read.rejects += rejects.length;
      response.end();
    });
  });
  await new Promise<void>((resolve) => { door.listen(0, '127.0.0.1', resolve); });
  closing.push(() => { door.close(); });
  const { building, faults, flush, failures } = await sandbox({ hookUrl: `http://127.0.0.1:${(door.address() as AddressInfo).port}/` });
  faults.set({ duplicate: 3, malform: 2, reorder: true, delayMs: 20 });
  for (let n = 1; n <= 12; n++) building.adjust('MUG', -1, 0, `broken ${n}`);
  await flush();
  const said = building.said.map((message) => message.id!);
  expect(failures).toEqual([]);
  expect([...new Set(read.ids)].sort()).toEqual(said.toSorted());
  expect([...new Set(read.ids)]).not.toEqual(said);
  expect(read.bodies.length).toBe(new Set(read.bodies).size + 3);
  expect(read.rejects).toBeGreaterThanOrEqual(2);
});

async function files() {
  const folder = mkdtempSync(path.join(tmpdir(), 'instep-faults-'));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  const started = await sandbox({ sftp: { folder, port: 0, user: 'u', password: 'p', clerkEveryMs: 0 } });
  let ahead = 0;
  const settings = { host: '127.0.0.1', port: started.sftp!.port, user: 'u', password: 'p', privateKey: null, fingerprint: started.sftp!.fingerprint, folder: '', clock: { now: () => new Date(Date.now() + ahead) } };
  const warehouse = warehouseFiles(settings);
  closing.push(() => warehouse.close());
  await warehouse.check();
  return { ...started, folder, settings, warehouse, later: (ms: number) => { ahead += ms; } };
}

test('half a file is left alone until it is whole', async () => {
  const { building, clerk, faults, warehouse, later } = await files();
  building.adjust('MUG', -1, 0, 'broken');
  faults.set({ halfFile: 1 });
  clerk!.work();
  let { cursor } = await drain(warehouse, null, true);
  later(9_000);
  clerk!.work(); // now it is whole, and another size
  for (const expected of [0, 1, 0]) {
    const heard = await drain(warehouse, cursor, true);
    expect(heard.facts).toHaveLength(expected);
    ({ cursor } = heard);
    later(11_000);
  }
});

test('a file twice under two names says each thing twice, by the same ids', async () => {
  const { building, clerk, faults, warehouse, later, folder } = await files();
  building.adjust('MUG', -1, 0, 'broken');
  faults.set({ duplicate: 1 });
  clerk!.work();
  const { cursor } = await drain(warehouse, null, true);
  later(11_000);
  const { facts } = await drain(warehouse, cursor, true);
  expect(facts).toHaveLength(2);
  expect(facts[0]).toEqual(facts[1]);
  expect(readdirSync(path.join(folder, 'in/processed'))).toHaveLength(2);
});

test('another server’s key is not trusted, a server that is gone is a broken network', async () => {
  const { settings, stop } = await files();
  const stranger = warehouseFiles({ ...settings, fingerprint: `SHA256:${'A'.repeat(43)}` });
  await expect(stranger.check()).rejects.toThrow(SftpRefused);
  await expect(stranger.check()).rejects.toThrow(settings.fingerprint);
  await stop();
  closing.splice(closing.findIndex((close) => close.toString().includes('started.stop')), 1);
  await expect(warehouseFiles(settings).placeOrder(order('A'))).rejects.toThrow(NetworkError);
});

test('a connection that breaks is opened again for the next call', async () => {
  const { warehouse, faults } = await files();
  faults.set({ loseAnswer: 1 });
  await expect(warehouse.placeOrder(order('A'))).rejects.toThrow(NetworkError);
  expect(await warehouse.findOrder('A')).toMatchObject({ version: 1, state: 'open' });
  expect((await warehouse.placeOrder(order('A'))).outcome).toBe('known');
});
