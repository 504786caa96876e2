/** The buffer on the real thing: by what sells within the lag, capped by policy, more of it in peak mode and until that ends. On a clock that only the test moves. */
import { expect, it } from 'vitest';
import { storesOnSchedule } from '../../src/compose.ts';
import { FLOWS } from '../../src/flows/contents.ts';
import { storesInPeak } from '../../src/store/peak.ts';
import { clockwork } from '../helpers/clockwork.ts';

const clock = await clockwork(), MINUTE = 60_000;

it('withholds what may sell within the lag; peak mode withholds more, until its hour; policy caps it; the row says why', async () => {
  const town = await clock.town({ goods: [{ sku: 'ANT', stock: [400] }], served: [0], policy: { mode: 'live', firstPushCap: 1_000, bufferCapUnits: null, bufferCapShare: 1, bufferQuantile: 0.9, peakQuantile: 0.9999 } });
  await town.settle();
  const policy = async (body: object): Promise<void> => {
    const reply = await clock.app.inject({ method: 'PUT', url: `/api/v1/locations/${town.placeIds[0]}/policy?store=${town.storeId}`, headers: { host: 'localhost', 'content-type': 'application/json' }, payload: body });
    expect(reply.statusCode).toBe(200);
  };
  const withheld = async (): Promise<number> => {
    // The lag that was measured, the same each time: five minutes from a change to its writing.
    await clock.house.db.query(`update push_attempt set dirty_since = settled_at - interval '5 minutes' where store_id = $1 and state = 'written'`, [town.storeId]);
    await town.flow('stock-push');
    await town.settle();
    const { rows: [row] } = await town.api<{ rows: { wanted: number; terms: Record<string, number>; bufferSentence: string }[] }>(`/api/v1/push?store=${town.storeId}&q=ANT`);
    expect([row!.wanted, town.shown('ANT').available]).toEqual([400 - 120 - row!.terms['buffer']!, 400 - 120 - row!.terms['buffer']!]);
    expect(row!.bufferSentence).toMatch(/^\d+ (\(\d+ )?for [\d.]+% of [\d.]+ expected within \d+ s at 120 an hour/);
    return row!.terms['buffer']!;
  };
  await town.sell({ ANT: 120 }, 0);
  await town.settle();
  await clock.advance(MINUTE);
  await policy({ bufferQuantile: 0.9 });
  const usual = await withheld(), until = (minutes: number): string => new Date(Date.parse(clock.now()) + minutes * MINUTE).toISOString();
  await policy({ peakUntil: until(10) });
  const peak = await withheld();
  expect([usual > 10, peak > usual]).toEqual([true, true]);
  // Settings stay as they are in a peak, unless an administrator opens them.
  expect((await clock.app.inject({ method: 'POST', url: `/api/v1/peak?store=${town.storeId}`, headers: { host: 'localhost', 'content-type': 'application/json' }, payload: { action: 'open settings', minutes: 10, reason: 'a cap' } })).statusCode).toBe(200);
  await policy({ bufferCapUnits: usual + 1 });
  expect(await withheld()).toBe(usual + 1);
  await policy({ bufferCapUnits: null });
  expect(await withheld()).toBe(peak);
  // Nobody has to end it.
  await clock.advance(11 * MINUTE);
  expect(await withheld()).toBe(usual);
  expect(await town.faults()).toEqual([]);
});

it('what waits in a peak is passed over by its schedule until the peak ends; what a light’s buttons run is there', async () => {
  const town = await clock.town({ goods: [{ sku: 'BEE', stock: [4] }], served: [0] }), heavy = FLOWS.filter((flow) => flow.waitsInPeak).map((flow) => flow.name);
  expect(heavy).toEqual(expect.arrayContaining(['replenishment', 'audit']));
  expect(heavy).not.toContain('forecast');
  const peak = async (body: object): Promise<number> => (await clock.app.inject({ method: 'POST', url: `/api/v1/peak?store=${town.storeId}`, headers: { host: 'localhost', 'content-type': 'application/json' }, payload: body })).statusCode;
  const scheduled = async (): Promise<boolean> => storesOnSchedule([{ store_id: town.storeId, imported_at: clock.now() }, { store_id: 999_999, imported_at: null }], await storesInPeak(clock.house.db, clock.now())).includes(town.storeId);
  expect(await scheduled()).toBe(true);
  expect(await peak({ action: 'begin', until: new Date(clock.time() + 60 * MINUTE).toISOString() })).toBe(200);
  expect(await scheduled()).toBe(false);
  await clock.advance(61 * MINUTE);
  expect(await scheduled()).toBe(true);
  const view = await town.api<{ rules: { acts: { label: string; run?: string; open?: string }[] }[] }>(`/api/v1/peak?store=${town.storeId}`), acts = view.rules.flatMap((rule) => rule.acts);
  expect(acts.length).toBeGreaterThanOrEqual(view.rules.length);
  for (const act of acts) expect([act.label, act.open !== undefined || FLOWS.some((flow) => flow.name === act.run)]).toEqual([act.label, true]);
});

it('a peak that ends, by its time or by a person, leaves a report of what it was, written once and kept as it was', async () => {
  const town = await clock.town({ goods: [{ sku: 'CAT', stock: [60] }, { sku: 'DOG', stock: [5] }], served: [0], policy: { mode: 'live', firstPushCap: 1_000, bufferCapUnits: 0 } });
  const post = async (path: string, body: object): Promise<number> => (await clock.app.inject({ method: 'POST', url: `${path}?store=${town.storeId}`, headers: { host: 'localhost', 'content-type': 'application/json' }, payload: body })).statusCode;
  const minute = async (): Promise<void> => { await town.flow('stock-push'); await town.settle(); await town.flow('peak-watch'); };
  interface Listed { reports: { reportId: string; orders: number; endedBy: string; begunBy: string; begunAt: string; endedAt: string }[] }
  const listed = async (): Promise<Listed['reports']> => (await town.api<Listed>(`/api/v1/peak/reports?store=${town.storeId}`)).reports;
  await minute();
  expect(await listed()).toEqual([]);

  const begun = clock.now(), until = new Date(clock.time() + 30 * MINUTE).toISOString();
  expect(await post('/api/v1/peak', { action: 'begin', until, reason: 'a sale' })).toBe(200);
  await minute();
  for (const units of [2, 3, 1]) { await town.sell({ CAT: units }, 0); await minute(); await clock.advance(MINUTE); }
  // More is promised than the shelf holds, and somebody holds it back; both belong into the report.
  await town.sell({ DOG: 9 }, 0, { force: true });
  await minute();
  await minute();
  expect(await post('/api/v1/held-back', { items: [await town.itemId('DOG')], reason: 'sold out twice' })).toBe(200);
  await minute();
  expect(await listed()).toEqual([]);
  await clock.advance(40 * MINUTE);
  await minute();
  await minute();
  const [made, ...more] = await listed();
  expect(more).toEqual([]);
  expect(made).toMatchObject({ orders: 4, begunBy: 'operator', begunAt: begun, endedBy: 'time', endedAt: until });
  const report = await town.api<Record<string, never>>(`/api/v1/peak/reports/${made!.reportId}?store=${town.storeId}`);
  expect(report).toMatchObject({
    minutes: 30, stepMinutes: 1, orders: { total: 4, units: 15 }, oversold: { cases: 1, units: 4 }, heldBack: [{ sku: 'DOG', reason: 'sold out twice' }], pushes: { refused: 0 },
    cases: expect.arrayContaining([{ kind: 'OVERSOLD', raised: 1, closed: 0, open: 1 }]),
    acts: [{ by: 'operator', what: 'peak begun', said: '1 location, a sale' }, { what: 'held back from sale' }].map((act) => expect.objectContaining(act)),
    rules: expect.arrayContaining([expect.objectContaining({ key: 'oversold', worst: 1, passed: false })]), steps: expect.objectContaining({ length: 30 }),
  });
  const text = (await clock.app.inject({ method: 'GET', url: `/api/v1/peak/reports/${made!.reportId}/text?store=${town.storeId}`, headers: { host: 'localhost' } })).body;
  expect(text).toMatch(/^# Peak: at “act” was .*items oversold/);
  expect(text).toContain('| Items oversold | 1 | 1 | **not passed** |');
  expect(text).toContain('4 units, 1 items');

  // What happens afterwards changes no report; the next peak has its own, and ends when a person says so.
  await town.sell({ CAT: 1 }, 0);
  await minute();
  expect(await town.api(`/api/v1/peak/reports/${made!.reportId}?store=${town.storeId}`)).toEqual(report);
  expect(await post('/api/v1/peak', { action: 'begin', until: new Date(clock.time() + 600 * MINUTE).toISOString() })).toBe(200);
  await clock.advance(5 * MINUTE);
  await minute();
  expect(await post('/api/v1/peak', { action: 'end', reason: 'it is calm' })).toBe(200);
  await clock.advance(MINUTE);
  await minute();
  expect((await listed())[0]).toMatchObject({ endedBy: 'operator', orders: 0 });
  expect(await listed()).toHaveLength(2);
});
