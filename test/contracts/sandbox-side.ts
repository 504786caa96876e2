/** The two connectors that talk to the sandbox's warehouse: REST told by webhook, REST that asks, and files over SFTP. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { warehouseFiles } from '../../src/connectors/warehouse-files/warehouse.ts';
import { warehouseRestReader } from '../../src/connectors/warehouse-rest/reader.ts';
import { secretOf, verifySignature } from '../../src/connectors/warehouse-rest/signature.ts';
import { warehouseRest } from '../../src/connectors/warehouse-rest/warehouse.ts';
import type { Warehouse } from '../../src/ports/warehouse.ts';
import { startWarehouse, type SandboxWarehouse } from '../../src/sandbox/warehouse/server.ts';
import { SHELVES, type Heard, type OtherSide } from './other-side.ts';

const SECRET = secretOf(Buffer.alloc(32, 7)), WRONG = secretOf(Buffer.alloc(32, 8));

/** What people in the building do; `beforehand` lets them see what we wrote. */
function hands(sandbox: SandboxWarehouse, beforehand: () => void) {
  const { building } = sandbox;
  const act = async (work: () => void): Promise<void> => { beforehand(); work(); };
  return {
    book: async (sku) => building.book.stock(sku),
    acknowledge: (reference) => act(() => building.acknowledge(reference)),
    refuse: (reference) => act(() => building.refuse(reference, 'sold out')),
    ship: (reference, lines, numbers) => act(() => building.ship(reference, lines, numbers.map((number) => ({ number, carrier: 'Sandbox Post', url: `https://post.example.com/${number}` })))),
    receiveReturn: (reference) => act(() => building.receiveReturn(reference)),
    inspectReturn: (reference, lines) => act(() => building.inspectReturn(reference, lines)),
    receiveGoods: (reference, lines) => act(() => building.receiveGoods(reference, lines)),
    adjust: (sku, change, reason) => act(() => building.adjust(sku, change, 0, reason)),
    linesOf: async (reference) => { beforehand(); return building.orders.get(reference)!.lines.map(({ sku, quantity }) => ({ sku, quantity })); },
    loseAnswer: () => { sandbox.faults.loseAnswer = 1; },
  } satisfies Partial<OtherSide>;
}

/** Reads a connector's batches from `cursor`; stores them unless the listener dies. */
export async function drain(warehouse: Warehouse, cursor: string | null, isStored: boolean): Promise<Heard & { cursor: string | null }> {
  const heard: Heard = { facts: [], rejects: [] };
  let last = cursor;
  for await (const batch of warehouse.facts(cursor)) {
    expectBounded(batch.facts.length);
    heard.facts.push(...batch.facts);
    heard.rejects.push(...batch.rejects);
    if (!isStored) continue;
    await warehouse.stored(batch.cursor, batch.rejects);
    await warehouse.stored(batch.cursor, batch.rejects);
    last = batch.cursor;
  }
  return { ...heard, cursor: last };
}
function expectBounded(size: number): void { if (size > 1_000) throw new Error(`A batch of ${size} facts`); }

export async function restSide(isTold: boolean): Promise<OtherSide> {
  const clock = { now: () => new Date() };
  const received: { body: Buffer; id: string }[] = [], everything: typeof received = [];
  let refuseNext = false;
  const reader = warehouseRestReader();
  // As our own front door: verify the raw bytes, keep, answer; it may die before keeping.
  const door = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const body = Buffer.concat(chunks), verdict = verifySignature(body, request.headers, [WRONG, SECRET], clock.now());
      if (verdict.ok && refuseNext) { refuseNext = false; died.push({ body, id: verdict.id }); response.writeHead(500).end(); return; }
      if (verdict.ok) { received.push({ body, id: verdict.id }); everything.push({ body, id: verdict.id }); }
      response.writeHead(verdict.ok ? 202 : 401).end();
    });
  });
  const died: typeof received = [];
  await new Promise<void>((resolve) => { door.listen(0, '127.0.0.1', resolve); });
  const sandbox = await startWarehouse({ port: 0, secret: SECRET, hookUrl: isTold ? `http://127.0.0.1:${(door.address() as AddressInfo).port}/` : null, shelves: SHELVES, seed: 5 });
  const warehouse = warehouseRest({ url: sandbox.url, secret: SECRET, clock });
  let cursor: string | null = null;
  const read = (bodies: typeof received): Heard => bodies.map(({ body, id }) => reader.read(body, id)).reduce((all, one) => ({ facts: [...all.facts, ...one.facts], rejects: [...all.rejects, ...one.rejects] }), { facts: [], rejects: [] });
  const told: Pick<OtherSide, 'hear' | 'hearAndDie' | 'hearAllAgain'> = {
    async hear() { await sandbox.flush(); return read(received.splice(0)); },
    async hearAndDie() { refuseNext = true; await sandbox.flush(); return read(died.splice(0)); },
    async hearAllAgain() { await sandbox.flush(); return read([...everything].reverse()); },
  };
  const asked: typeof told = {
    async hear() { const heard = await drain(warehouse, cursor, true); ({ cursor } = heard); return heard; },
    hearAndDie: () => drain(warehouse, cursor, false),
    hearAllAgain: () => drain(warehouse, null, false),
  };
  return {
    ...hands(sandbox, () => {}), ...(isTold ? told : asked), warehouse, lacks: [],
    stranger: () => warehouseRest({ url: sandbox.url, secret: WRONG, clock }),
    ordersUnder: async (reference) => [...sandbox.building.orders.keys()].filter((each) => each === reference).length,
    async sayNonsense() {
      if (isTold) sandbox.faults.malform = 1;
      else sandbox.building.said.push({ type: 'order.shipped', id: 'bad', at: 'yesterday', reference: 'X', lines: [{ sku: 'MUG', quantity: 1 }] });
      return 'at';
    },
    async stop() {
      await warehouse.close();
      await sandbox.stop();
      if (sandbox.failures.length > 0) throw new Error(sandbox.failures.join('; '));
      await new Promise((resolve) => { door.close(resolve); });
    },
  };
}

export async function filesSide(): Promise<OtherSide> {
  const folder = mkdtempSync(path.join(tmpdir(), 'instep-files-'));
  let ahead = 0;
  const clock = { now: () => new Date(Date.now() + ahead) };
  const login = { user: 'instep', password: 'correct horse' };
  const sandbox = await startWarehouse({ port: 0, secret: SECRET, hookUrl: null, shelves: SHELVES, seed: 5, sftp: { folder, port: 0, ...login, clerkEveryMs: 0 } });
  const clerk = sandbox.clerk!;
  mkdirSync(path.join(folder, 'in'), { recursive: true });
  const settings = { host: '127.0.0.1', port: sandbox.sftp!.port, ...login, privateKey: null, fingerprint: sandbox.sftp!.fingerprint, folder: '', clock };
  const warehouse = warehouseFiles(settings);
  let cursor: string | null = null;
  /** Two looks, far enough apart. */
  async function listen(isStored: boolean): Promise<Heard> {
    clerk.work();
    const looked = await drain(warehouse, cursor, true);
    ahead += 11_000;
    const heard = await drain(warehouse, looked.cursor, isStored);
    if (isStored) ({ cursor } = heard);
    return heard;
  }
  const files = (where: string): string[] => readdirSync(path.join(folder, where)).filter((name) => name.endsWith('.csv'));
  return {
    ...hands(sandbox, () => clerk.work()), warehouse, lacks: ['an answer to an order'],
    stranger: () => warehouseFiles({ ...settings, password: 'wrong' }),
    hear: () => listen(true), hearAndDie: () => listen(false),
    async hearAllAgain() {
      // Somebody puts every file back, under other names and in another order.
      files('in/processed').forEach((name, index) => renameSync(path.join(folder, 'in/processed', name), path.join(folder, 'in', name.replace('.csv', `-again-${999 - index}.csv`))));
      return listen(true);
    },
    ordersUnder: async (reference) => new Set([...files('out'), ...files('out/processed')].filter((name) => name.includes(`-${reference}-v`)).map((name) => name.replace(/-v\d+.*/, ''))).size,
    async sayNonsense() { sandbox.faults.malform = 1; return 'at'; },
    async count() { sandbox.building.tellStock(); },
    async stop() {
      await warehouse.close();
      await sandbox.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
