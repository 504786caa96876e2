/** Files that are half there, come twice, or are put away twice, on a folder in memory. */
import { expect, test } from 'vitest';
import type { WarehouseBatch } from '../../ports/warehouse.ts';
import { putAway, readInbox } from './inbox.ts';
import type { Folder } from '../sftp-folder.ts';

const AT = '2026-11-25T12:00:00.000Z';
const ROWS = `sku,on_hand,at\nA,1,${AT}\n`;

function world() {
  const files = new Map<string, { content: string; mtime: number }>();
  let now = 0, moved = 0;
  const folder: Folder = {
    list: async (path) => [...files].filter(([name]) => name.slice(0, name.lastIndexOf('/')) === path).map(([name, { content, mtime }]) => ({ name: name.slice(path.length + 1), size: content.length, mtime })),
    stat: async (path) => { const file = files.get(path); return file ? { size: file.content.length, mtime: file.mtime } : null; },
    read: async (path) => Buffer.from(files.get(path)!.content),
    async write(path, content) { files.set(path, { content, mtime: now }); },
    async rename(from, to) { const file = files.get(from); if (!file || files.has(to)) return false; files.delete(from); files.set(to, file); moved++; return true; },
    makeFolder: async () => {}, close() {},
  };
  let cursor: string | null = null;
  return {
    files, folder, moves: () => moved,
    put(name: string, content: string, mtime = now) { files.set(`in/${name}`, { content, mtime }); },
    later(ms: number) { now += ms; },
    async round(isStored = true): Promise<WarehouseBatch[]> {
      const batches: WarehouseBatch[] = [];
      for await (const batch of readInbox(folder, cursor, () => now)) {
        batches.push(batch);
        if (!isStored) continue;
        await putAway(folder, batch.cursor, batch.rejects);
        ({ cursor } = batch);
      }
      return batches.filter((batch) => batch.facts.length + batch.rejects.length > 0);
    },
  };
}

test('a file is taken when two looks ten seconds apart found it the same', async () => {
  const { put, later, round, files } = world();
  put('stock-1.csv', ROWS.slice(0, 25));
  expect(await round()).toEqual([]);
  later(11_000);
  put('stock-1.csv', ROWS); // the writer went on
  expect(await round()).toEqual([]);
  later(5_000);
  expect(await round()).toEqual([]);
  later(5_000);
  expect((await round()).map((batch) => batch.facts.length)).toEqual([1]);
  expect([...files.keys()]).toEqual(['in/processed/stock-1.csv']);
  expect(await round()).toEqual([]);
});

test('a file cut at a row’s end is not whole either', async () => {
  const { put, later, round } = world();
  put('stock-1.csv', ROWS);
  await round();
  later(9_999);
  put('stock-1.csv', `${ROWS}B,2,${AT}\n`, 9_999);
  await round();
  later(10_000);
  expect((await round()).flatMap((batch) => batch.facts)).toHaveLength(2);
});

test('names still being written are not looked at', async () => {
  const { put, later, round, files } = world();
  for (const name of ['stock-1.csv.tmp', 'stock-2.csv.part', 'stock-3.csv.filepart', '.stock-4.csv', 'readme.txt']) put(name, ROWS);
  await round();
  later(60_000);
  expect(await round()).toEqual([]);
  expect(files.size).toBe(5);
});

test('not stored, it comes again; stored twice, it is put away once, its rejects beside it', async () => {
  const { put, later, round, files, folder, moves } = world();
  put('stock-1.csv', `${ROWS}B,many,${AT}\n`);
  await round();
  later(10_000);
  const died = await round(false);
  expect(await round()).toEqual(died);
  await putAway(folder, died[0]!.cursor, died[0]!.rejects);
  expect(moves()).toBe(1);
  expect([...files.keys()].sort()).toEqual(['in/processed/stock-1.csv', 'in/rejects/stock-1.csv.rejects.csv']);
  expect(files.get('in/rejects/stock-1.csv.rejects.csv')!.content).toBe(`line,field,message,row\r\n3,on_hand,"is many, not a whole number","B,many,${AT}"\r\n`);
});

test('a name used again is kept beside the first, and not mistaken for it', async () => {
  const { put, later, round, files, folder } = world();
  for (const content of [ROWS, `${ROWS}B,2,${AT}\n`]) {
    put('stock-1.csv', content);
    await round();
    later(10_000);
    const [batch] = await round();
    put('stock-1.csv', 'another file by now');
    await putAway(folder, batch!.cursor, []); // the late second call must not put away the new one
    expect(files.has('in/stock-1.csv')).toBe(true);
  }
  expect([...files.keys()].sort()).toEqual(['in/processed/stock-1-2.csv', 'in/processed/stock-1.csv', 'in/stock-1.csv']);
});

test('a large file in batches of 1,000: only the last puts it away', async () => {
  const { put, later, round, files, folder } = world();
  put('stock-1.csv', `sku,on_hand,at\n${Array.from({ length: 2_001 }, (_, index) => `S${index},1,${AT}\n`).join('')}`);
  await round();
  later(10_000);
  const batches = await round(false);
  expect(batches.map((batch) => batch.facts.length)).toEqual([1_000, 1_000, 1]);
  await putAway(folder, batches[1]!.cursor, []);
  expect(files.has('in/stock-1.csv')).toBe(true);
  await putAway(folder, batches[2]!.cursor, []);
  expect(files.has('in/stock-1.csv')).toBe(false);
});

test('an unknown kind is told once and put away', async () => {
  const { put, later, round, files } = world();
  put('shipment-1.csv', ROWS);
  await round();
  later(10_000);
  expect((await round()).flatMap((batch) => batch.rejects)).toMatchObject([{ where: 'shipment-1.csv' }]);
  expect([...files.keys()].sort()).toEqual(['in/processed/shipment-1.csv', 'in/rejects/shipment-1.csv.rejects.csv']);
});
