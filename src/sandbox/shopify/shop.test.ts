import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { placeOrder, routeDue } from './engine/orders.ts';
import { openSmallShop } from './engine/small-shop.ts';
import { openShop, unroutedOrders, variantsOf } from './shop.ts';
import type { LocationRecord, Shop, ShopEvent } from './state.ts';

let folder: string;
beforeAll(() => { folder = mkdtempSync(path.join(tmpdir(), 'shop-')); });
afterAll(() => rmSync(folder, { recursive: true }));
const fileNamed = (name: string) => path.join(folder, `${name}.sqlite`);
const everything = (shop: Shop) => Object.fromEntries(Object.entries(shop.tables).map(([name, records]) => [name, Object.fromEntries(records as Map<string, unknown>)]));
const location = (shop: Shop, name: string): LocationRecord =>
  ({ id: shop.nextId('Location'), name, isActive: true, shipsInventory: true, countryCode: 'DE', createdAt: shop.now(), updatedAt: shop.now() });

describe('a shop file', () => {
  it('brings back every record, index, id counter and the clock', () => {
    const file = fileNamed('reopened');
    const { shop, mug, set, tick } = openSmallShop(file);
    placeOrder(shop, { lines: [{ variantId: mug.id, quantity: 2 }] });
    tick(1_000);
    routeDue(shop);
    const second = placeOrder(shop, { lines: [{ variantId: set.id, quantity: 1 }] }).order!;
    shop.advance(86_400_000);
    const before = everything(shop);
    const [time, id] = [shop.now(), shop.nextId('Order')];
    shop.put('locations', location(shop, 'Never committed'));
    shop.close();

    const again = openShop({ file, clock: () => Date.parse('2026-11-02T15:00:02.000Z') });
    expect(everything(again)).toEqual(before);
    expect(unroutedOrders(again)).toEqual([second.id]);
    expect(again.levelsOf(mug.inventoryItemId)).toHaveLength(2);
    expect(variantsOf(again, mug.productId)).toMatchObject([{ sku: 'MUG' }]);
    expect(again.now() >= time).toBe(true);
    expect(Number(placeOrder(again, { lines: [{ variantId: mug.id, quantity: 1 }] }).order!.id)).toBeGreaterThanOrEqual(Number(id));
    expect([...again.tables.orders.values()].map((order) => order.number)).toEqual([1001, 1002, 1003]);
    again.close();
  });

  it('keeps every acknowledged commit when the process is killed', async () => {
    const file = fileNamed('killed');
    const script = `
      const { openShop } = await import(${JSON.stringify(path.join(import.meta.dirname, 'shop.ts'))});
      const shop = openShop({ file: ${JSON.stringify(file)} });
      for (let n = 0; ; n++) {
        shop.put('locations', { id: shop.nextId('Location'), name: 'n' + n, isActive: true, shipsInventory: true, countryCode: 'DE', createdAt: '', updatedAt: '' });
        shop.put('locations', { id: shop.nextId('Location'), name: 'twin of n' + n, isActive: true, shipsInventory: true, countryCode: 'DE', createdAt: '', updatedAt: '' });
        shop.commit();
        process.stdout.write(n + '\\n');
        if (n % 10 === 9) await new Promise((done) => setTimeout(done, 1));
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => { said += chunk; if (said.length > 200) child.kill('SIGKILL'); });
    await once(child, 'close');
    const acknowledged = said.slice(0, said.lastIndexOf('\n')).split('\n').length;
    const shop = openShop({ file });
    const names = new Set([...shop.tables.locations.values()].map((record) => record.name));
    expect(acknowledged).toBeGreaterThan(20);
    for (let n = 0; n < acknowledged; n++) expect(names.has(`n${n}`) && names.has(`twin of n${n}`), `commit ${n}`).toBe(true);
    expect(names.size % 2).toBe(0);
    shop.close();
  });
});

describe('an action', () => {
  it('rolled back restores what it replaced, removed and added, and its events are never heard', () => {
    const { shop, main, mug } = openSmallShop();
    const heard: ShopEvent[] = [];
    shop.onEvent((event) => heard.push(event));
    const before = structuredClone(everything(shop));
    shop.put('locations', { ...shop.tables.locations.get(main)!, name: 'Renamed' });
    shop.put('locations', { ...shop.tables.locations.get(main)!, name: 'Renamed twice' });
    shop.put('locations', location(shop, 'Added'));
    shop.remove('levels', `${mug.inventoryItemId}:${main}`);
    shop.emit('locations/update', {});
    expect(shop.levelsOf(mug.inventoryItemId)).toHaveLength(1);
    shop.rollback();
    expect(everything(shop)).toEqual(before);
    expect(shop.levelsOf(mug.inventoryItemId)).toHaveLength(2);
    shop.commit();
    expect(heard).toEqual([]);
  });

  it('is heard only after its commit, one event id for all of it', () => {
    const { shop } = openSmallShop();
    const heard: ShopEvent[] = [];
    shop.onEvent((event) => heard.push(event));
    shop.emit('a/one', { n: 1 });
    shop.emit('a/two', { n: 2 });
    shop.emit('b/other', {}, 'mine');
    expect(heard).toEqual([]);
    shop.commit();
    shop.emit('a/three', {});
    shop.commit();
    expect(heard.map((event) => event.topic)).toEqual(['a/one', 'a/two', 'b/other', 'a/three']);
    expect(heard[0]!.eventId).toBe(heard[1]!.eventId);
    expect(heard[2]!.eventId).toBe('mine');
    expect(heard[3]!.eventId).not.toBe(heard[0]!.eventId);
    expect(heard[0]!.eventId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });
});

describe('a load', () => {
  it('says nothing while it runs and is undone as a whole when it fails', async () => {
    const file = fileNamed('load');
    const { shop, mug } = openSmallShop(file);
    const before = structuredClone(everything(shop));
    let heard = 0;
    shop.onEvent(() => { heard++; });
    expect(() => shop.bulkLoad(() => { placeOrder(shop, { lines: [{ variantId: mug.id, quantity: 1 }] }); throw new Error('power cut'); })).toThrow('power cut');
    await expect(shop.bulkLoad(async () => { placeOrder(shop, { lines: [{ variantId: mug.id, quantity: 1 }] }); await Promise.resolve(); throw new Error('again'); })).rejects.toThrow('again');
    expect(everything(shop)).toEqual(before);
    expect(shop.bulkLoad(() => placeOrder(shop, { lines: [{ variantId: mug.id, quantity: 1 }] }).order?.name)).toMatch(/^#10/);
    expect(heard).toBe(0);
    const after = structuredClone(everything(shop));
    shop.close();
    const again = openShop({ file });
    expect(everything(again)).toEqual(after);
    again.close();
  });
});

describe('the clock', () => {
  it('moves forward only, whatever the system clock does', () => {
    let system = 1_000_000;
    const shop = openShop({ file: ':memory:', clock: () => system });
    shop.advance(500);
    expect(shop.now()).toBe(new Date(1_000_500).toISOString());
    system -= 400_000;
    expect(shop.now()).toBe(new Date(1_000_500).toISOString());
    expect(() => shop.advance(-1)).toThrow(RangeError);
  });
});
