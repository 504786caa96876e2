/** Held back from sale: one act, and an item shows nothing in Shopify until it is let go or its time is over; the rest of the shop goes on. On a clock that only the test moves. */
import { expect, it } from 'vitest';
import { positions } from '../../src/store/planning.ts';
import { clockwork } from '../helpers/clockwork.ts';
import type { Town } from '../helpers/town.ts';

const clock = await clockwork(), HOUR = 3_600_000;
const post = async (path: string, payload: object): Promise<{ status: number; body: { detail?: string; still?: string[]; stores?: { items: number }[] } }> => {
  const reply = await clock.app.inject({ method: 'POST', url: path, headers: { host: 'localhost', 'content-type': 'application/json' }, payload });
  return { status: reply.statusCode, body: reply.json() };
};
const hold = (town: Town, items: readonly number[], more: object = {}) => post(`/api/v1/held-back?store=${town.storeId}`, { items, reason: 'a recall', ...more });
const letGo = (town: Town, items: readonly number[]) => post(`/api/v1/held-back/let-go?store=${town.storeId}`, { items });
const acts = async (): Promise<string[]> => (await clock.house.db.query<{ said: string }>(`select actor || ': ' || action || ' ' || subject as said from audit_event where action in ('held back from sale', 'let go') order by audit_id`)).rows.map((row) => row.said);

it('shows nothing until it is let go, whatever is sold, counted or pushed meanwhile; the drift check finds nothing; the audit trail has both acts', async () => {
  const town = await clock.town({ goods: [{ sku: 'ANT', stock: [40, 7] }, { sku: 'BEE', stock: [30] }], served: [0], policy: { mode: 'live', firstPushCap: 1_000, bufferCapUnits: 0 } });
  await town.sell({ ANT: 3 }, 0);
  await town.settle();
  const ant = await town.itemId('ANT'), shown = (): number[] => [town.shown('ANT').available, town.shown('BEE').available];
  expect(shown()).toEqual([37, 30]);
  const before = (await positions(clock.house.db, town.storeId, [ant])).get(`${ant}@${town.placeIds[0]}`)!;

  const held = await hold(town, [ant]);
  expect(held).toMatchObject({ status: 200, body: { stores: [{ items: 1 }] } });
  // What it does not stop is said at once: the other place is Shopify's own.
  expect(held.body.still).toEqual([expect.stringMatching(/^ANT at .*: Shopify shows 7 there, and Instep does not write it now\.$/)]);
  await town.settle();
  expect(shown()).toEqual([0, 30]);
  const { rows: [row] } = await town.api<{ rows: { wanted: number; sentence: string; terms: Record<string, number>; state: string }[] }>(`/api/v1/push?store=${town.storeId}&q=ANT`);
  expect(row).toMatchObject({ wanted: 0, sentence: '0 = 40 on the shelf − 3 in open orders − 37 held back from sale', terms: { heldBack: 37 } });

  // The warehouse finds some, an order is cancelled, another item sells, staff edit the number in Shopify: nothing is shown of it.
  town.shelves[0]!.put('ANT', 55);
  town.shelves[0]!.countAll();
  await town.flow('warehouse-feed');
  await town.sell({ BEE: 2 }, 0);
  await town.settle();
  expect(shown()).toEqual([0, 28]);
  await town.control('/levels', { variantId: town.variant('ANT').id, locationId: town.places[0], available: 9 });
  await town.reconcile();
  for (let n = 0; n < 3; n++) { await clock.advance(60_000); await town.flow('stock-push'); await town.settle(); }
  expect(shown()).toEqual([0, 28]);
  expect(await town.reconcile()).toMatchObject({ unexplainedUnits: 0 });
  expect(await town.faults()).toEqual([]);
  // Planning knows that the units are there: 40 + 55 on the shelf less 3 open, beside 40 less 3.
  const after = (await positions(clock.house.db, town.storeId, [ant])).get(`${ant}@${town.placeIds[0]}`)!;
  expect([before.available, after.available]).toEqual([37, 92]);

  expect((await letGo(town, [ant])).status).toBe(200);
  await town.settle();
  expect(shown()).toEqual([92, 28]);
  expect(await town.faults()).toEqual([]);
  expect((await letGo(town, [ant]))).toMatchObject({ status: 409, body: { detail: expect.stringMatching(/not held back/) } });
  expect(await acts()).toEqual(['operator: held back from sale ANT', 'operator: let go ANT']);
});

it('ends at its time by itself; holding again changes the end; what nobody writes, a bad end and no reason are refused', async () => {
  const town = await clock.town({ goods: [{ sku: 'CAT', stock: [12] }, { sku: 'DOG', stock: [null, 5] }], served: [0], policy: { mode: 'live', firstPushCap: 1_000, bufferCapUnits: 0 } });
  const [cat, dog] = [await town.itemId('CAT'), await town.itemId('DOG')], until = (hours: number): string => new Date(clock.time() + hours * HOUR).toISOString();
  expect(await hold(town, [dog])).toMatchObject({ status: 409, body: { detail: expect.stringMatching(/at no location/) } });
  expect(await hold(town, [cat], { until: until(-1) })).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/^until/) } });
  expect(await hold(town, [cat], { reason: ' ' })).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/^reason/) } });
  await hold(town, [cat], { until: until(1) });
  await hold(town, [cat, dog], { until: until(3), reason: 'still' });
  await town.settle();
  expect(town.shown('CAT').available).toBe(0);
  await clock.advance(2 * HOUR);
  await town.flow('stock-push');
  await town.settle();
  expect(town.shown('CAT').available).toBe(0);
  expect((await town.api<{ rows: { reason: string; by: string }[] }>(`/api/v1/held-back?store=${town.storeId}`)).rows).toMatchObject([{ reason: 'still', by: 'operator' }]);
  await clock.advance(1.1 * HOUR);
  await town.flow('stock-push');
  await town.settle();
  expect(town.shown('CAT').available).toBe(12);
  expect((await town.api<{ rows: unknown[] }>(`/api/v1/held-back?store=${town.storeId}`)).rows).toEqual([]);
  expect((await acts()).at(-1)).toBe('stock-push: let go CAT');
  expect(await town.faults()).toEqual([]);
});

it('takes bundles along, and is a case when forgotten, after its peak, or in vain: HELD_BACK_TOO_LONG', async () => {
  const town = await clock.town({ goods: [{ sku: 'EEL', stock: [20] }, { sku: 'FOX', stock: [9] }, { sku: 'SET', stock: [0] }], bundles: { SET: { EEL: 2, FOX: 1 } }, served: [0], policy: { mode: 'live', firstPushCap: 1_000, bufferCapUnits: 0 } });
  await town.settle();
  expect(town.shown('SET').available).toBe(9);
  const [eel, fox] = [await town.itemId('EEL'), await town.itemId('FOX')], minute = async (): Promise<void> => { await town.flow('stock-push'); await town.settle(); };
  await hold(town, [eel]);
  await town.settle();
  expect([town.shown('EEL').available, town.shown('FOX').available, town.shown('SET').available]).toEqual([0, 9, 0]);
  await minute();
  expect(await town.cases('HELD_BACK_TOO_LONG')).toEqual([]);
  await clock.advance(25 * HOUR);
  await minute();
  expect(await town.cases('HELD_BACK_TOO_LONG')).toMatchObject([{ sentence: 'EEL has been held back from sale for 25 hours without an end (operator: a recall).' }]);
  // With an end it is somebody's plan; let go by its button.
  await hold(town, [eel], { until: new Date(clock.time() + 48 * HOUR).toISOString() });
  await minute();
  expect(await town.cases('HELD_BACK_TOO_LONG')).toEqual([]);
  await letGo(town, [eel]);
  await town.settle();
  expect([town.shown('EEL').available, town.shown('SET').available]).toEqual([20, 9]);

  await post(`/api/v1/peak?store=${town.storeId}`, { action: 'begin', until: new Date(clock.time() + HOUR).toISOString() });
  await hold(town, [fox]);
  await clock.advance(1.5 * HOUR);
  await minute();
  expect(await town.cases('HELD_BACK_TOO_LONG')).toEqual([]);
  await clock.advance(HOUR);
  await minute();
  const { rows: [made] } = await clock.house.db.query<{ exception_id: string }>(`select exception_id from exception where store_id = $1 and kind = 'HELD_BACK_TOO_LONG' and state = 'open'`, [town.storeId]);
  expect(await post(`/api/v1/exceptions/${made!.exception_id}/fix?store=${town.storeId}`, { fix: 'let_go' })).toMatchObject({ status: 200 });
  await minute();
  expect(await town.cases('HELD_BACK_TOO_LONG')).toEqual([]);
  expect(town.shown('FOX').available).toBe(9);

  await clock.house.db.query('update variant set continues_selling = true where store_id = $1 and sku = $2', [town.storeId, 'FOX']);
  expect((await hold(town, [fox], { until: new Date(clock.time() + HOUR).toISOString() })).body.still).toEqual([expect.stringMatching(/Continue selling/)]);
  await minute();
  expect(await town.cases('HELD_BACK_TOO_LONG')).toMatchObject([{ sentence: expect.stringMatching(/goes on selling it at zero/) }]);
  await letGo(town, [fox]);
  await minute();
  expect(await town.cases('HELD_BACK_TOO_LONG')).toEqual([]);
  expect(await town.faults()).toEqual([]);
});
