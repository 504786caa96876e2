/** Who is told of units without a cause, when, and when it is over: tolerance, grace by the measured lag, and two checks that read both sides equal. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Exception, ExceptionDetail, Of, StockPage, Today } from '../../src/http/contract.ts';
import { at } from '../../src/domain/stock/fact.ts';
import { levelsOfCases } from '../../src/store/drift-cases.ts';
import { postFacts } from '../../src/store/ledger.ts';
import { clockwork, type Clockwork } from '../helpers/clockwork.ts';
import type { Town } from '../helpers/town.ts';

let clock: Clockwork, town: Town;
beforeAll(async () => { clock = await clockwork(); });
beforeEach(async () => { town = await clock.town({ goods: [{ sku: 'MUG', stock: [20] }, { sku: 'BOWL', stock: [8] }], places: ['Mill'] }); });

/** Units promised that no order made; negative takes them back. */
let spoils = 0;
async function spoil(sku: string, units: number): Promise<void> {
  const [from, to] = (['available', 'committed'] as const).map((state) => at(town.placeIds[0]!, state)) as [ReturnType<typeof at>, ReturnType<typeof at>], now = clock.now();
  const fact = { fact: `test:spoiled/${++spoils}`, kind: 'order committed' as const, itemId: await town.itemId(sku), from: units > 0 ? from : to, to: units > 0 ? to : from, quantity: Math.abs(units), occurredAt: now, source: 'test' };
  await clock.house.db.transaction((tx) => postFacts(tx, town.storeId, [fact], now));
}
async function check(minutes: number): Promise<Record<string, unknown>> { await clock.advance(minutes * 60_000); await town.flow('sales-history'); const { detail } = await town.flow('drift-check'); await town.flow('exception-chase'); return detail; }
const listed = async () => (await town.api<{ rows: Of<typeof Exception>[] }>(`/api/v1/exceptions?store=${town.storeId}&kind=STOCK_DRIFT`)).rows;
const cases = async (): Promise<string[]> => (await listed()).map((each) => each.subject).sort();
const opened = async (): Promise<Of<typeof Exception>> => (await listed())[0]!;
const tolerate = (units: number, money: number, reason = 'counted every month') => clock.app.inject({ method: 'PUT', url: `/api/v1/settings/drift-tolerance?store=${town.storeId}`, headers: { host: 'localhost', 'content-type': 'application/json' }, payload: { units, money, reason } });

describe('tolerance', () => {
  test('none at first; within both units and worth no case is raised and the level is shown all the same; beyond either it is', async () => {
    expect((await tolerate(2, 2_000)).json()).toMatchObject({ units: 2, money: 2_000, mayChange: true });
    await spoil('MUG', 2);
    await spoil('BOWL', 3);
    await check(60);
    expect((await check(3))['withinTolerance']).toBe(1);
    expect(await cases()).toEqual(['BOWL at Mill']);
    const { rows } = await town.api<Of<typeof StockPage>>(`/api/v1/stock?store=${town.storeId}&view=drift`);
    expect(rows.map((row) => [row.sku, row.drift, row.state])).toEqual([['BOWL', 3, 'drift'], ['MUG', 2, 'drift']]);
    // A cent less than the two are worth.
    await tolerate(2, 1_999);
    await check(1);
    await check(3);
    expect(await cases()).toEqual(['BOWL at Mill', 'MUG at Mill']);
    // Nobody has to be told of it any more: two checks, and it is over though the units still differ.
    await tolerate(2, 2_000);
    await check(1);
    await check(5);
    expect(await cases()).toEqual(['BOWL at Mill']);
  });

  test('Today counts the units all the same, and leads to the levels while nobody was told of them, to the cases once somebody was', async () => {
    const tile = async () => (await town.api<Of<typeof Today>>(`/api/v1/today?store=${town.storeId}`)).tiles.find((each) => each.key === 'drift')!;
    await tolerate(2, 2_000);
    await spoil('MUG', 2);
    await check(60);
    await check(3);
    expect(await tile()).toMatchObject({ value: '2', link: '/stock?view=drift' });
    await tolerate(0, 0);
    await check(1);
    await check(3);
    expect(await tile()).toMatchObject({ value: '2', link: '/exceptions?kind=STOCK_DRIFT' });
  });

  test('changed with a reason alone, and not while a peak is on; the trail has before and after', async () => {
    for (const [units, money, reason] of [[-1, 0, 'because'], [1.5, 0, 'because'], [1, -1, 'because'], [1, 1, ' ']] as const) expect((await tolerate(units, money, reason)).statusCode).toBe(400);
    await tolerate(3, 500);
    const { rows } = await clock.house.db.query(`select before, after from audit_event where action = 'drift tolerance changed' order by audit_id desc limit 1`);
    expect(rows).toEqual([{ before: { units: 0, money: 0 }, after: { units: 3, money: 500, reason: 'counted every month' } }]);
    await clock.house.db.query(`insert into push_policy (store_id, location_id, mode, peak_until, updated_at, updated_by) values ($1, $2, 'off', $3, $4, 'test')`, [town.storeId, town.placeIds[0], new Date(clock.time() + 3_600_000).toISOString(), clock.now()]);
    expect((await tolerate(0, 0)).statusCode).toBe(423);
  });
});

test('it is told of once it outlasted twice the lag of its messages', async () => {
  await town.sell({ BOWL: 1 }, 0);
  await town.settle();
  await clock.house.db.query(`update inbox set triggered_at = settled_at - interval '4 minutes' where store_id = $1 and settled_at is not null`, [town.storeId]);
  await spoil('MUG', 2);
  await check(10);
  for (const minutes of [3, 3, 1]) { await check(minutes); expect(await cases()).toEqual([]); }
  await check(1.1);
  expect(await cases()).toEqual(['MUG at Mill']);
});

describe('over', () => {
  beforeEach(async () => { await spoil('MUG', 2); await check(60); await check(3); expect(await cases()).toHaveLength(1); });

  test('at the second check that finds both sides equal, five minutes after the first, and the case says so meanwhile', async () => {
    await spoil('MUG', -2);
    await check(1);
    const first = clock.now(), row = await opened();
    expect(row.goodOnce).toEqual({ at: first, againAfter: new Date(clock.time() + 300_000).toISOString() });
    expect((await town.api<Of<typeof ExceptionDetail>>(`/api/v1/exceptions/${row.exceptionId}?store=${town.storeId}`)).row.goodOnce?.at).toBe(first);
    await check(4);
    expect(await cases()).toHaveLength(1);
    await check(1);
    expect(await cases()).toEqual([]);
    expect(await town.faults()).toEqual([]);
  });

  test('a difference in between starts anew', async () => {
    await spoil('MUG', -2);
    await check(1);
    await spoil('MUG', 1);
    await check(3);
    expect((await opened()).goodOnce).toBeNull();
    await spoil('MUG', -1);
    await check(1);
    await check(4);
    expect(await cases()).toHaveLength(1);
    await check(1);
    expect(await cases()).toEqual([]);
  });

  test('the second check reads Shopify itself, whatever was heard: a sale nobody told of is no equal side, and its news is', async () => {
    await spoil('MUG', -2);
    await check(1);
    await town.control('/faults', { webhooks: { drop: 1 } });
    await town.sell({ MUG: 2 }, 0);
    await town.sandbox.pump();
    await clock.advance(300_000);
    const { detail } = await town.flow('drift-check');
    expect(detail['unitsByCause']).toEqual({ 'event not received': 2 });
    expect((await opened()).goodOnce).not.toBeNull();
    await town.control('/faults', { webhooks: null });
    await town.flow('sales-history');
    await town.settle();
    await town.flow('drift-check');
    expect(await cases()).toEqual([]);
  });

  test('reading both sides by hand is a check like another', async () => {
    const button = async () => { expect((await clock.app.inject({ method: 'POST', url: `/api/v1/exceptions/${(await opened()).exceptionId}/fix?store=${town.storeId}`, headers: { host: 'localhost', 'content-type': 'application/json' }, payload: { fix: 'check_drift' } })).json()).toEqual({ said: 'drift-check is queued' }); await town.settle(); };
    await spoil('MUG', -2);
    await button();
    expect((await opened()).goodOnce).not.toBeNull();
    await clock.advance(300_000);
    await button();
    expect(await cases()).toEqual([]);
  });
});

test('levels of more cases than are read at once come round: those never seen equal first, then those seen so the longest ago', async () => {
  town = await clock.town({ goods: ['ANT', 'BEE', 'CAT'].map((sku) => ({ sku, stock: [20] })), places: ['Mill'] });
  for (const sku of ['ANT', 'BEE', 'CAT']) await spoil(sku, 2);
  await check(60);
  await check(3);
  expect(await cases()).toEqual(['ANT at Mill', 'BEE at Mill', 'CAT at Mill']);
  const ids = await Promise.all(['ANT', 'BEE', 'CAT'].map((sku) => town.itemId(sku))), next = async () => (await levelsOfCases(clock.house.db, town.storeId, 2)).map((level) => ids.indexOf(level.item_id)), seen = (n: number) => clock.house.db.query('update exception set good_since = $3 where store_id = $1 and item_id = $2', [town.storeId, ids[n], clock.now()]);
  expect(await next()).toEqual([0, 1]);
  for (const n of [0, 1]) await seen(n);
  expect(await next()).toEqual([2, 0]);
  await clock.advance(60_000);
  await seen(2);
  expect(await next()).toEqual([0, 1]);
});
