/** Repairs nobody is asked about: off until an administrator allows them with a reason; within their limits alone; listed, audited, taken back; never in a storm or a peak. Repairs of many levels: one preview, one limit. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { at } from '../../src/domain/stock/fact.ts';
import type { Of } from '../../src/http/contract.ts';
import type { RepairBulkResult, RepairPage, RepairPolicyView, RepairPreview } from '../../src/http/contract-drift.ts';
import { postFacts } from '../../src/store/ledger.ts';
import { clockwork, type Clockwork } from '../helpers/clockwork.ts';
import type { Town } from '../helpers/town.ts';

const SKUS = Array.from({ length: 24 }, (_, n) => `ART-${String(n).padStart(2, '0')}`);
let clock: Clockwork, town: Town;
beforeAll(async () => { clock = await clockwork(); });
beforeEach(async () => { town = await clock.town({ goods: SKUS.map((sku) => ({ sku, stock: [30] })), places: ['Mill'] }); });

const send = async <T>(method: 'POST' | 'PUT', path: string, body: object): Promise<{ status: number; body: T & { detail?: string } }> => {
  const reply = await clock.app.inject({ method, url: `${path}?store=${town.storeId}`, headers: { host: 'localhost', 'content-type': 'application/json' }, payload: body });
  return { status: reply.statusCode, body: reply.json() };
};
type Policy = Of<typeof RepairPolicyView>['policies'][number];
const allow = (...policies: Partial<Policy>[]) => send<Of<typeof RepairPolicyView>>('PUT', '/api/v1/settings/repair-policy', { policies: (policies.length === 0 ? [{}] : policies).map((each) => ({ cause: 'unknown', way: 'accept Shopify', unitLimit: 3, moneyLimit: 100_000, ...each })), reason: 'the counter at Mill is right' });
/** The ledger is made wrong in a way nobody can explain: units promised that no order made. */
async function spoil(sku: string, units: number): Promise<void> {
  const itemId = await town.itemId(sku), place = town.placeIds[0]!, now = clock.now();
  await clock.house.db.transaction((tx) => postFacts(tx, town.storeId, [{ fact: `test:spoiled/${sku}/${now}`, kind: 'order committed', itemId, from: at(place, 'available'), to: at(place, 'committed'), quantity: units, occurredAt: now, source: 'test' }], now));
}
async function check(): Promise<void> { await clock.advance(300_000); for (const flow of ['sales-history', 'stock-levels', 'drift-check']) await town.flow(flow); await town.settle(); }
/** Found, and lasting. */
async function lasts(): Promise<void> { await check(); await check(); }
const run = async () => (await town.flow('drift-repair')).detail['withoutAsking'] as { differ: number; covered: number; stopped?: string } | undefined;
const repairs = async () => (await town.api<Of<typeof RepairPage>>(`/api/v1/drift/repairs?store=${town.storeId}`)).repairs;
const level = async (sku: string) => ({ itemId: await town.itemId(sku), locationId: town.placeIds[0]! });

describe('without asking', () => {
  test('off at first; allowed, a difference within the limits is repaired once it has lasted, listed and audited, and the case closes', async () => {
    await spoil('ART-00', 2);
    await lasts();
    expect(await run()).toBeUndefined();
    expect((await allow()).body.policies).toMatchObject([{ cause: 'unknown', unitLimit: 3, reason: 'the counter at Mill is right' }]);
    expect(await town.cases('STOCK_DRIFT')).toHaveLength(1);
    expect(await run()).toEqual({ differ: 1, covered: 1 });
    expect(await town.ledger('ART-00')).toMatchObject({ available: 30, committed: 0 });
    expect(await repairs()).toMatchObject([{ sku: 'ART-00', automatic: true, state: 'done', proposedBy: 'policy', available: { from: 28, to: 30 }, committed: { from: 2, to: 0 }, reason: expect.stringContaining('the counter at Mill is right') }]);
    const { rows } = await clock.house.db.query(`select action, subject from audit_event where action in ('repair policy changed', 'repair without asking: accept Shopify') and at >= $1 order by audit_id`, [clock.now().slice(0, 10)]);
    expect(rows).toMatchObject([{ action: 'repair policy changed' }, { action: 'repair without asking: accept Shopify', subject: 'ART-00 at Mill' }]);
    const { rows: tried } = await clock.house.db.query(`select by_whom, said from exception_event v join exception e using (store_id, exception_id) where v.store_id = $1 and e.kind = 'STOCK_DRIFT' and v.what = 'tried'`, [town.storeId]);
    expect(tried).toEqual([{ by_whom: 'policy', said: 'Repaired without asking: accept Shopify, 2 unknown' }]);
    await check();
    expect(await town.cases('STOCK_DRIFT')).toHaveLength(1); // equal once
    await check();
    expect(await town.cases('STOCK_DRIFT')).toEqual([]);
    expect(await town.faults()).toEqual([]);
  });

  test('taken back by a person it stays as they want it: the policy does not repair it again', async () => {
    await allow();
    await spoil('ART-00', 2);
    await lasts();
    await run();
    expect((await send('POST', `/api/v1/drift/repairs/${(await repairs())[0]!.repairId}`, { action: 'reverse' })).status).toBe(200);
    await run();
    expect(await town.ledger('ART-00')).toMatchObject({ available: 28, committed: 2 });
    await clock.advance(25 * 3_600_000);
    await lasts();
    expect(await run()).toBeUndefined();
    expect(await repairs()).toMatchObject([{ state: 'reversed' }]);
  });

  test('what has not lasted, is more units, worth more, or of a cause nobody allowed, is left to a person', async () => {
    await allow();
    await spoil('ART-00', 2);
    await check();
    expect(await run()).toBeUndefined();
    await spoil('ART-01', 4);
    await lasts();
    expect(await run()).toEqual({ differ: 2, covered: 1 });
    await allow({ unitLimit: 10, moneyLimit: 3_999 });
    expect(await run()).toEqual({ differ: 1, covered: 0 });
    await allow({ unitLimit: 10, moneyLimit: 4_000 });
    expect(await run()).toEqual({ differ: 1, covered: 1 });
    await allow({ cause: 'edited in Shopify' });
    await spoil('ART-02', 1);
    await lasts();
    expect(await run()).toBeUndefined();
    expect((await repairs()).map((each) => each.sku).sort()).toEqual(['ART-00', 'ART-01']);
  });

  test('ours is pushed where the policy says so', async () => {
    await allow({ way: 'push ours' });
    await spoil('ART-00', 2);
    await lasts();
    await run();
    expect(town.shown('ART-00').available).toBe(28);
    expect(await repairs()).toMatchObject([{ way: 'push ours', state: 'done', automatic: true }]);
  });

  test('as many units the other way round by now are another difference, which the next check has to explain', async () => {
    await allow();
    await spoil('ART-00', 2);
    await lasts();
    await town.control('/levels', { variantId: town.variant('ART-00').id, locationId: town.places[0], change: { name: 'available', delta: -4 } });
    expect(await run()).toEqual({ differ: 1, covered: 1 });
    expect(await repairs()).toEqual([]);
  });

  test('a storm and a peak stop it, and say so', async () => {
    await allow();
    for (const sku of SKUS.slice(0, 21)) await spoil(sku, 1);
    await lasts();
    expect(await run()).toEqual({ differ: 21, covered: 21, stopped: 'too many levels differ at once' });
    expect(await repairs()).toEqual([]);
    const calm = town;
    town = await clock.town({ goods: SKUS.map((sku) => ({ sku, stock: [30] })), places: ['Mill'] });
    await allow();
    await spoil('ART-05', 1);
    await lasts();
    await clock.house.db.query(`insert into push_policy (store_id, location_id, mode, peak_until, updated_at, updated_by) values ($1, $2, 'off', $3, $4, 'test') on conflict (store_id, location_id) do update set peak_until = excluded.peak_until`, [town.storeId, town.placeIds[0], new Date(clock.time() + 3_600_000).toISOString(), clock.now()]);
    expect(await run()).toEqual({ differ: 1, covered: 1, stopped: 'a peak is on' });
    expect((await allow()).status).toBe(423);
    await clock.advance(3_700_000);
    await check();
    expect(await run()).toEqual({ differ: 1, covered: 1 });
    expect(calm.storeId).not.toBe(town.storeId);
  });

  test('a policy has a cause of those that can be repaired, one each, and a reason', async () => {
    for (const body of [{ policies: [{ cause: 'event not received', way: 'accept Shopify', unitLimit: 1, moneyLimit: 1 }], reason: 'because' }, { policies: [], reason: '' }]) expect((await send('PUT', '/api/v1/settings/repair-policy', body)).status).toBe(400);
    expect(await allow({}, {})).toMatchObject({ status: 400, body: { detail: 'policies: a cause has one policy' } });
  });
});

describe('many at once', () => {
  test('one preview says what would become of each; the same are asked for together, what changed since is left with its reason', async () => {
    for (const [n, sku] of SKUS.slice(0, 3).entries()) await spoil(sku, n + 1);
    await lasts();
    const keys = await Promise.all(SKUS.slice(0, 4).map(level)), preview = (await send<Of<typeof RepairPreview>>('POST', '/api/v1/drift/repairs/preview', { levels: keys, way: 'accept Shopify' })).body;
    expect(preview).toMatchObject({ repairs: 3, units: 12, approval: false });
    expect(preview.rows.map((row) => [row.sku, row.available, row.refuse])).toEqual([
      ['ART-00', { from: 29, to: 30 }, null], ['ART-01', { from: 28, to: 30 }, null], ['ART-02', { from: 27, to: 30 }, null], ['ART-03', null, expect.stringContaining('Both sides agree')],
    ]);
    expect(await town.ledger('ART-00')).toMatchObject({ available: 29 });
    await town.control('/levels', { variantId: town.variant('ART-01').id, locationId: town.places[0], change: { name: 'available', delta: -5 } });
    const wanted = preview.rows.flatMap(({ itemId, locationId, available, committed }) => (available === null || committed === null ? [] : [{ itemId, locationId, available, committed }]));
    const done = (await send<Of<typeof RepairBulkResult>>('POST', '/api/v1/drift/repairs/bulk', { levels: wanted, way: 'accept Shopify', reason: 'counted this morning' })).body;
    expect(done).toEqual({ asked: 2, approval: false, left: [{ ...await level('ART-01'), sku: 'ART-01', why: 'It shows other numbers by now. Look at it again.' }] });
    await town.flow('drift-repair');
    expect([await town.ledger('ART-00'), await town.ledger('ART-02')]).toMatchObject([{ available: 30, committed: 0 }, { available: 30, committed: 0 }]);
    expect((await repairs()).map((each) => [each.sku, each.state, each.automatic]).sort()).toEqual([['ART-00', 'done', false], ['ART-02', 'done', false]]);
  });

  test('small ones that are above the limit together all wait for somebody else', async () => {
    await clock.house.db.query('update store set repair_limit = 5 where store_id = $1', [town.storeId]);
    for (const sku of SKUS.slice(0, 3)) await spoil(sku, 1);
    await lasts();
    const keys = await Promise.all(SKUS.slice(0, 3).map(level)), preview = (await send<Of<typeof RepairPreview>>('POST', '/api/v1/drift/repairs/preview', { levels: keys, way: 'accept Shopify' })).body;
    expect(preview).toMatchObject({ repairs: 3, units: 6, limit: 5, approval: true });
    const done = (await send<Of<typeof RepairBulkResult>>('POST', '/api/v1/drift/repairs/bulk', { levels: preview.rows.map(({ itemId, locationId, available, committed }) => ({ itemId, locationId, available, committed })), way: 'accept Shopify', reason: 'counted this morning' })).body;
    expect(done).toEqual({ asked: 3, approval: true, left: [] });
    await town.flow('drift-repair');
    expect((await repairs()).map((each) => each.state)).toEqual(['waits for approval', 'waits for approval', 'waits for approval']);
    expect(await town.ledger('ART-00')).toMatchObject({ available: 29 });
    // Nobody agrees with themselves; somebody else with all of them at once.
    const ids = (await repairs()).map((each) => each.repairId), approve = () => send('POST', '/api/v1/drift/repairs/approve', { repairIds: ids });
    expect((await approve()).body).toEqual({ approved: 0, left: 3 });
    await clock.house.db.query(`update drift_repair set proposed_by = 'anna@example.com' where store_id = $1 and repair_id <> $2`, [town.storeId, ids[0]]);
    expect((await approve()).body).toEqual({ approved: 2, left: 1 });
    await town.flow('drift-repair');
    expect((await repairs()).map((each) => each.state).sort()).toEqual(['done', 'done', 'waits for approval']);
  });
});
