/** Buffers of some goods on what is really pushed, the more specific rule winning; and in a peak, levels near zero before the others. On a clock that only the test moves. */
import { expect, it } from 'vitest';
import { dirtyLevels, HOT, markDirty } from '../../src/store/push-levels.ts';
import { clockwork } from '../helpers/clockwork.ts';

const clock = await clockwork(), HOUR = 3_600_000;
const town = await clock.town({ goods: [{ sku: 'ANT', stock: [40] }, { sku: 'BEE', stock: [30] }, { sku: 'CAT', stock: [3] }], served: [0], policy: { mode: 'live', firstPushCap: 1_000, bufferCapUnits: 0 } });
const [ant, bee, cat] = [await town.itemId('ANT'), await town.itemId('BEE'), await town.itemId('CAT')];
await clock.house.db.query(`update item set product_type = case when item_id = $2 then 'Plates' else 'Mugs' end where item_id = any($1)`, [[ant, bee, cat], bee]);
async function call<T = { ruleId: string }>(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, payload?: object): Promise<{ status: number; body: T & { detail?: string } }> {
  const reply = await clock.app.inject({ method, url: `/api/v1${path}?store=${town.storeId}`, headers: { host: 'localhost', ...(payload ? { 'content-type': 'application/json' } : {}) }, ...(payload ? { payload } : {}) });
  return { status: reply.statusCode, body: reply.json() };
}
const shown = (): number[] => ['ANT', 'BEE', 'CAT'].map((sku) => town.shown(sku).available);
const later = async (): Promise<void> => { for (let n = 0; n < 2; n++) { await clock.advance(6 * 60_000); await town.flow('stock-push'); await town.settle(); } };
const peak = (action: object) => call('POST', '/peak', action);

it('a rule withholds units of its goods in a peak, one of an item wins over its type’s, and what is pushed says which', async () => {
  await town.settle();
  expect(shown()).toEqual([40, 30, 3]);
  const mugs = await call('PUT', '/buffer-rules', { scope: 'product type', name: 'mugs', inPeak: true, atLeast: 6 });
  await town.settle();
  expect(shown()).toEqual([40, 30, 3]);
  expect((await peak({ action: 'begin', until: new Date(clock.time() + 4 * HOUR).toISOString() })).status).toBe(200);
  await town.settle();
  // Never more than is there.
  expect(shown()).toEqual([34, 30, 0]);
  const row = async () => (await town.api<{ rows: { sentence: string; bufferSentence: string }[] }>(`/api/v1/push?store=${town.storeId}&q=ANT`)).rows[0]!;
  expect(await row()).toMatchObject({ sentence: '34 = 40 on the shelf − 6 buffer', bufferSentence: expect.stringMatching(/^6 at least \(0 for .*\), by the rule of product type mugs in a peak$/) });
  // Settings stay as they are in a peak, but this is what a rush is steered by.
  const own = await call('PUT', '/buffer-rules', { scope: 'item', name: 'ant', atLeast: 2 });
  expect(own.status).toBe(200);
  await town.settle();
  expect(shown()).toEqual([38, 30, 0]);
  expect((await row()).bufferSentence).toMatch(/by the rule of this item$/);
  expect((await call<{ rules: object[]; productTypes: string[] }>('GET', '/buffer-rules')).body).toMatchObject({ productTypes: ['Mugs', 'Plates'], rules: [{ scope: 'item', sku: 'ANT', levels: 1 }, { scope: 'product type', name: 'mugs', inPeak: true, atLeast: 6, levels: 2 }] });
  // The same goods, place and time again: the one rule is changed.
  expect((await call('PUT', '/buffer-rules', { scope: 'product type', name: 'MUGS', inPeak: true, atLeast: 1 })).body.ruleId).toBe(mugs.body.ruleId);
  expect((await call('DELETE', `/buffer-rules/${own.body.ruleId}`)).status).toBe(200);
  await town.settle();
  expect(shown()).toEqual([39, 30, 2]);
  await peak({ action: 'end' });
  await later();
  expect(shown()).toEqual([40, 30, 3]);
  expect(await town.faults()).toEqual([]);
});

it('what cannot be a rule is refused by the name of its field', async () => {
  for (const [body, field] of [[{ scope: 'item', name: 'NOBODY', atLeast: 1 }, 'name'], [{ scope: 'vendor', name: 'x' }, 'quantile'], [{ scope: 'vendor', name: 'x', atLeast: 5, capUnits: 3 }, 'atLeast'], [{ scope: 'vendor', name: 'x', atLeast: 5, locationId: 99 }, 'locationId'], [{ scope: 'colour', name: 'red', atLeast: 1 }, 'scope']] as const) {
    expect(await call('PUT', '/buffer-rules', body)).toMatchObject({ status: 400, body: { detail: expect.stringMatching(new RegExp(`^${field}`)) } });
  }
  expect((await call('DELETE', '/buffer-rules/999')).status).toBe(404);
});

it('in a peak levels near zero go before the others, which wait no longer for that than half a minute', async () => {
  await town.settle();
  const first = async (): Promise<number> => (await dirtyLevels(clock.house.db, town.storeId, clock.now(), 1))[0]!.item_id;
  const touch = (...items: number[]) => clock.house.db.transaction((tx) => markDirty(tx, items, clock.now()));
  await touch(ant);
  await clock.advance(1_000);
  await touch(cat);
  expect(await first()).toBe(ant); // longest waiting
  await peak({ action: 'begin', until: new Date(clock.time() + 4 * HOUR).toISOString() });
  await town.settle();
  await touch(ant);
  await clock.advance(1_000);
  await touch(cat);
  expect([town.shown('CAT').available <= HOT.units, await first()]).toEqual([true, cat]);
  await clock.advance(HOT.seconds * 1_000);
  expect(await first()).toBe(ant);
  await town.settle();
  expect(await town.faults()).toEqual([]);
});

it('a rule goes by a product’s tags as the shop says them, whatever is heard late; a full list lets its rules be changed', async () => {
  await peak({ action: 'end' });
  await later();
  const product = town.variant('ANT').productId, tag = (...tags: string[]) => town.control(`/products/${product}`, { tags }), before = shown();
  expect((await call('PUT', '/buffer-rules', { scope: 'tag', name: 'launch', atLeast: 5 })).status).toBe(200);
  await tag('Launch', 'autumn');
  await town.settle();
  expect(shown()).toEqual([before[0]! - 5, before[1], before[2]]);
  expect((await town.api<{ rows: { bufferSentence: string }[] }>(`/api/v1/push?store=${town.storeId}&q=ANT`)).rows[0]!.bufferSentence).toMatch(/by the rule of tag launch$/);
  expect((await call<{ tags: string[]; rules: object[] }>('GET', '/buffer-rules')).body).toMatchObject({ tags: ['autumn', 'Launch'], rules: [{ scope: 'tag', name: 'launch', levels: 1 }, { scope: 'product type' }] });
  // What the shop said earlier is heard now: it is over.
  await town.write('products/update', { id: Number(product), updated_at: '2026-01-01T00:00:00Z', tags: '', variants: [] }, { 'x-shopify-webhook-id': 'late-tags' });
  await town.settle();
  expect(shown()[0]).toBe(before[0]! - 5);
  await clock.advance(60_000);
  await tag('autumn');
  await town.settle();
  expect(shown()).toEqual(before);
  // Not told of at all: the reading of the catalogue finds it.
  await town.control('/faults', { webhooks: { drop: 1, topics: ['products/update'] } });
  await clock.advance(25 * HOUR);
  await tag('LAUNCH');
  await town.flow('catalogue');
  await town.settle();
  expect(shown()[0]).toBe(before[0]! - 5);
  await town.control('/faults', { webhooks: null });
  // Five hundred rules are all there may be; one of them is changed.
  await clock.house.db.query(`insert into buffer_rule (store_id, scope, name, in_peak, at_least, updated_at, updated_by) select $1, 'vendor', 'Vendor ' || n, false, 1, $2, 'test' from generate_series(1, 498) n`, [town.storeId, clock.now()]);
  expect(await call('PUT', '/buffer-rules', { scope: 'vendor', name: 'One more', atLeast: 1 })).toMatchObject({ status: 409, body: { detail: expect.stringContaining('those can be changed') } });
  expect((await call('PUT', '/buffer-rules', { scope: 'tag', name: 'LAUNCH', atLeast: 3 })).status).toBe(200);
  await town.settle();
  expect(shown()[0]).toBe(before[0]! - 3);
  expect((await clock.house.db.query('select from buffer_rule where store_id = $1', [town.storeId])).rowCount).toBe(500);
});
