/** Hot levels are asked of Shopify every minute: what was sold within the hour first, then what sold lately and is nearest to zero; never of calls that writes need. */
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { clockwork, type Clockwork } from '../helpers/clockwork.ts';
import type { Town } from '../helpers/town.ts';

let clock: Clockwork, town: Town;
const MANY = Array.from({ length: 300 }, (_, n) => `LOT-${String(n).padStart(3, '0')}`);
beforeAll(async () => { clock = await clockwork(); });
beforeEach(async () => { town = await clock.town({ goods: [{ sku: 'MUG', stock: [20] }, { sku: 'BOWL', stock: [3] }, { sku: 'PLATE', stock: [9] }] }); });

const unheard = async (sku: string, delta: number): Promise<void> => {
  await town.control('/faults', { webhooks: { drop: 1 } });
  await town.control('/levels', { variantId: town.variant(sku).id, locationId: town.places[0], change: { name: 'available', delta } });
  await town.sandbox.pump();
  await town.control('/faults', { webhooks: null });
};
const check = async (ms = 60_000) => { await clock.advance(ms); return (await town.flow('drift-check')).detail as { hot?: { asked: number; why?: string }; unitsByCause: Record<string, number> }; };
const asked = () => town.calls.filter((call) => call.operation === 'LevelsById');

test('what nobody told of a level that sells is found within the minute; of one that does not, with the changed levels', async () => {
  await town.sell({ MUG: 1, BOWL: 1 }, 0);
  await town.settle();
  await unheard('MUG', -4);
  await unheard('PLATE', -2);
  expect(await check()).toMatchObject({ hot: { asked: 2 }, unitsByCause: { 'edited in Shopify': 4 } });
  expect((await town.ledger('MUG'))['available']).toBe(15);
  expect((await town.ledger('PLATE'))['available']).toBe(9);
  await town.flow('stock-levels');
  expect((await check()).unitsByCause).toEqual({ 'edited in Shopify': 2 });
});

test('asked once a minute, however often the check runs; nothing sold, nothing asked', async () => {
  expect((await check()).hot).toEqual({ asked: 0 });
  await town.sell({ MUG: 1 }, 0);
  await town.settle();
  await check();
  const before = asked().length;
  expect((await check(1_000)).hot).toBeUndefined();
  expect(asked().length).toBe(before);
  expect((await check()).hot).toEqual({ asked: 1 });
});

test('below half of the bucket nothing is asked, and the run says so', async () => {
  await town.sell({ MUG: 1 }, 0);
  await town.settle();
  await clock.advance(60_000);
  await clock.house.db.query('update shop_bucket set available = maximum * 0.4, at = $2 where store_id = $1', [town.storeId, clock.now()]);
  expect((await check(0)).hot).toMatchObject({ asked: 0, why: expect.stringContaining('% of the calls are left') });
});

test('as many as four calls of sixty hold, the soonest empty first, for less than a tenth of what the smallest plan restores in the minute', async () => {
  const crowd = await clock.town({ goods: MANY.map((sku, n) => ({ sku, stock: [5 + n] })) });
  for (let n = 0; n < MANY.length; n += 50) await crowd.sell(Object.fromEntries(MANY.slice(n, n + 50).map((sku) => [sku, 1])), 0);
  await crowd.settle();
  await clock.advance(60_000);
  crowd.calls.length = 0;
  expect((await crowd.flow('drift-check')).detail['hot']).toEqual({ asked: 240 });
  const calls = crowd.calls.filter((call) => call.operation === 'LevelsById'), ids = calls.flatMap((call) => call.variables['ids'] as string[]);
  expect(calls).toHaveLength(4);
  const items = new Set(ids.map((id) => /inventory_item_id=(\d+)/.exec(id)![1]));
  expect(MANY.filter((sku) => items.has(crowd.variant(sku).inventoryItemId))).toEqual(MANY.slice(0, 240));
  const points = calls.reduce((sum, call) => sum + call.cost, 0);
  console.log(`hot levels: 240 in ${calls.length} calls, ${points} points`);
  expect(points).toBeLessThan(0.1 * 6_000);
});
