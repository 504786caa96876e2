/** What a replay knew on each of its mornings: planning values as they then were, events as entered by the first; a process that died is said, and its replay run again. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/domain/calendar.ts';
import type { Replay, ReplayLinesPage } from '../../src/http/contract-replay.ts';
import type { Of } from '../../src/http/contract.ts';
import { recordDemand } from '../../src/store/demand.ts';
import { savePolicy } from '../../src/store/planning.ts';
import { addEvents, removeEvent } from '../../src/store/planning-events.ts';
import { askReplay, failSilentReplays, nextReplay } from '../../src/store/replays.ts';
import { markInterrupted, startRun } from '../../src/store/runs.ts';
import { planningDesk } from '../helpers/planning-desk.ts';

const TODAY = '2026-11-24', FROM = '2026-08-26', TO = '2026-11-23', desk = await planningDesk(`${TODAY}T09:00:00.000Z`, 4, 1), { db, storeId, itemIds, locationIds: [place], clock } = desk;
async function replayed(more: object = {}): Promise<Of<typeof Replay>> {
  const { body } = await desk.call<Of<typeof Replay>>('POST', '/replays', { key: randomUUID(), kind: null, promise: null, from: FROM, to: TO, scope: {}, most: 100, ...more });
  expect(body.detail).toBeUndefined();
  await clock.flow('replay', storeId);
  return (await desk.call<Of<typeof Replay>>('GET', `/replays/${body.replayId}`)).body;
}
const linesOf = async (run: Of<typeof Replay>) => (await desk.call<Of<typeof ReplayLinesPage>>('GET', `/replays/${run.replayId}/lines?sort=sku`)).body.rows;
const decidedBy = async (run: Of<typeof Replay>, day: string) => (await linesOf(run)).map((line) => line.decisions.filter((one) => one.on <= day));
const noon = (day: string): string => `${day}T11:00:00.000Z`;

beforeAll(async () => {
  await db.transaction((tx) => recordDemand(tx, storeId, itemIds.flatMap((itemId, item) => Array.from({ length: 360 }, (_, n) => ({ fact: `order/${item}/${n}`, kind: 'sale' as const, itemId, locationId: place!, day: addDays(TODAY, n - 360), quantity: 1 + item + ((n * (item + 3)) % 4), orderId: '1' })))));
  await db.query('insert into item_price (store_id, item_id, since, price) select $1, unnest($2::int[]), $3, 1000', [storeId, itemIds, '2026-01-01']);
  // What is kept begins in June: the store's own lead time, and a supplier with a case of six.
  await savePolicy(db, storeId, 'default', { leadTimeDays: 10, minStock: 4 }, 0, 'ana', noon('2026-06-01'));
  await db.query(`with s as (insert into supplier (store_id, name, currency, lead_time_days, updated_at, updated_by) values ($1, 'Weaver', 'EUR', 12, $2, 'ana') returning supplier_id)
    insert into supplier_item (store_id, supplier_id, item_id, unit_cost, case_pack, updated_at, updated_by) select $1, supplier_id, unnest($3::int[]), 400, 6, $2, 'ana' from s`, [storeId, noon('2026-06-01'), itemIds]);
});

describe('what was known then', () => {
  it('a change of policy, terms or cost made after a day never alters what the replay did by that day; from the next morning it counts', async () => {
    const before = await replayed(), day = addDays(FROM, 40), decided = await decidedBy(before, day);
    expect(before.result!.notes.join(' ')).toContain('as they then were');
    await savePolicy(db, storeId, 'default', { leadTimeDays: 10, minStock: 60 }, 1, 'ana', noon(day));
    await db.query('update supplier set lead_time_days = 25, min_order_units = 400, version = version + 1, updated_at = $2 where store_id = $1', [storeId, noon(day)]);
    await db.query('update supplier_item set case_pack = 10, moq = 50, unit_cost = 300, price_breaks = $3, updated_at = $2 where store_id = $1', [storeId, noon(day), JSON.stringify([{ from: 80, unitCost: 250 }])]);
    await db.query('insert into item_price (store_id, item_id, since, price) select $1, unnest($2::int[]), $3, 700', [storeId, itemIds, day]);
    const after = await replayed(), lines = await linesOf(after);
    expect(await decidedBy(after, day)).toEqual(decided);
    expect(after.hash).not.toBe(before.hash);
    for (const line of lines) for (const one of line.decisions) expect(one.quantity % (one.on <= day ? 6 : 10)).toBe(0);
    expect(after.result!.notes.join(' ')).toContain('Of 4 of 4 lines planning values, terms, costs or prices changed within these days');
    for (const line of lines) expect(line.bought).toBe(line.decisions.reduce((sum, one) => sum + one.quantity * (one.on <= day ? 400 : one.quantity >= 80 ? 250 : 300), 0));
    // With today's values it is all of them from the first morning.
    for (const line of await linesOf(await replayed({ known: 'today' }))) for (const one of line.decisions) expect(one.quantity % 10).toBe(0);
    expect((await replayed()).hash).toBe(after.hash);
  });

  it('an event entered within the days is left out and counted; one known before is in, also if it was removed since', async () => {
    const event = (name: string, from_day: string) => ({ name, from_day, to_day: addDays(from_day, 2), location_ids: null, uplift: null }), none = await replayed();
    await addEvents(db, storeId, [event('Fair', addDays(FROM, 50))], 'ana', noon(addDays(FROM, 20)));
    const late = await replayed();
    expect([await decidedBy(late, TO), late.result!.policy]).toEqual([await decidedBy(none, TO), none.result!.policy]);
    expect(late.result!.notes.join(' ')).toContain('1 event of these days was entered after');
    await addEvents(db, storeId, [event('Market', addDays(FROM, 60)), event('Market', addDays(FROM, -30))], 'ana', noon(addDays(FROM, -60)));
    const { rows: [market] } = await db.query<{ event_id: string }>(`select event_id from planning_event where store_id = $1 and from_day = $2`, [storeId, addDays(FROM, 60)]);
    expect((await replayed()).result!.notes.join(' ')).toContain(`1 event of the calendar falls into these days and was known by ${FROM}`);
    await removeEvent(db, storeId, market!.event_id, 'ana', noon(TODAY));
    expect((await replayed()).result!.notes.join(' ')).toContain(`was known by ${FROM}`);
    expect((await replayed({ known: 'today' })).result!.notes.join(' ')).not.toContain(`was known by ${FROM}`);
  });

  it('where nothing was kept yet, the first value said stands in, and for how many days is said', async () => {
    const run = await replayed({ from: '2026-04-27', to: '2026-07-25' });
    expect(run.result!.notes.join(' ')).toContain('What was said of planning values is kept since 2026-06-02. On the 36 days of the replay before that, the first value anybody said of each stands in');
    for (const line of await linesOf(run)) for (const one of line.decisions) expect(one.quantity % 6).toBe(0);
  });

  it('the history is never changed, and says what was said, once a change', async () => {
    await expect(db.query(`update planning_history set value = '{}' where store_id = $1`, [storeId])).rejects.toThrow('never changed');
    const { rows } = await db.query<{ by_whom: string; lead: number }>(`select by_whom, (value ->> 'lead_time_days')::int as lead from planning_history where store_id = $1 and kind = 'policy' order by history_id`, [storeId]);
    expect(rows).toEqual([{ by_whom: 'ana', lead: 10 }, { by_whom: 'ana', lead: 10 }]);
    const count = async (): Promise<number> => (await db.query<{ n: number }>('select count(*)::int as n from planning_history where store_id = $1', [storeId])).rows[0]!.n, before = await count();
    await db.query('update supplier set version = version + 1, updated_at = $2, email = $3 where store_id = $1', [storeId, noon(TODAY), 'mill@example.com']);
    expect(await count()).toBe(before);
  });
});

describe('other minimums and days of stock', () => {
  it('a frontier of parity is of days of stock, one of min/max of shares of their levels: more of them is more stock', async () => {
    const days = (await replayed({ kind: 'planner parity', changes: { daysOfStock: 21 } })).result!;
    expect(days.frontier.map(({ promise, changes }) => [promise, changes!.daysOfStock])).toEqual([7, 14, 21, 30, 45, 60, 90].map((one) => [null, one]));
    expect(days.policy).toEqual(days.frontier[2]!.totals);
    for (let n = 1; n < days.frontier.length; n++) expect(days.frontier[n]!.totals.averageStock).toBeGreaterThan(days.frontier[n - 1]!.totals.averageStock);
    const levels = (await replayed({ kind: 'min/max', changes: { minStock: 30, maxStock: 90 } })).result!;
    // No line has levels of its own to take a share of: the comparison would be of policies that decided nothing.
    expect([levels.frontier, levels.undecided]).toEqual([[], 0]);
    expect(levels.notes.join(' ')).toContain('7 policies are left out of the comparison, for they could not decide for all of these lines.');
    expect(levels.policy.orders).toBeGreaterThan(0);
    expect(await replayed({ kind: 'min/max', changes: { minStock: 30 } })).toMatchObject({ state: 'failed', result: null, message: expect.stringMatching(/^The policy could not decide on any day for any of the \d+ lines: a min\/max policy needs a maximum stock \(/) });
    // One line has a maximum: the sums are of it alone.
    const { rows: [one] } = await db.query<{ item_id: number }>('select item_id from demand_fact where store_id = $1 order by 1 limit 1', [storeId]);
    await db.query('insert into planning_policy as p (store_id, scope, min_stock, max_stock, updated_at, updated_by) values ($1, $2, 20, 80, $3, $4) on conflict (store_id, scope) do update set min_stock = 20, max_stock = 80', [storeId, `item:${one!.item_id}`, clock.now(), 'test']);
    const alone = (await replayed({ kind: 'min/max', known: 'today' })).result!;
    expect([alone.policy.lines, alone.undecided > 0, alone.frontier.map(({ changes, totals }) => [changes!.stockPercent, totals.lines])]).toEqual([1, true, [25, 50, 75, 100, 150, 200, 300].map((share) => [share, 1])]);
    expect(alone.notes.join(' ')).toMatch(/left out of all sums, for the policy could not decide on any of (its|their) reviews: a min\/max policy needs a maximum stock/);
    await db.query('delete from planning_policy where store_id = $1 and scope = $2', [storeId, `item:${one!.item_id}`]);
    const more = (await replayed({ changes: { minStock: 200 } })).result!;
    expect(more.policy.averageStock).toBeGreaterThan((await replayed()).result!.policy.averageStock);
    expect((await desk.call('POST', '/replays', { key: randomUUID(), kind: 'min/max', promise: null, from: FROM, to: TO, scope: {}, most: 100, changes: { minStock: 30, maxStock: 9 } })).body.detail).toContain('below the minimum of 30');
  });
});

describe('a replay whose process died', () => {
  it('is told after two minutes of silence, and runs again when somebody asks', async () => {
    const later = (seconds: number): string => new Date(Date.parse(clock.now()) + seconds * 1_000).toISOString();
    const id = await askReplay(db, storeId, { key: randomUUID(), kind: null, promise: null, from_day: FROM, to_day: TO, scope: {}, most: 10, orderCost: 0 }, 'test', clock.now());
    await startRun(db, storeId, 'replay', 'test', clock.now());
    expect((await nextReplay(db, storeId, clock.now()))!.replay_run_id).toBe(id);
    const look = async () => (await desk.call<Of<typeof Replay>>('GET', `/replays/${id}`)).body;
    await markInterrupted(db, later(60)); await failSilentReplays(db, later(60));
    expect((await look()).state).toBe('running');
    expect((await desk.call('POST', `/replays/${id}/again`)).status).toBe(409);
    await markInterrupted(db, later(180)); await failSilentReplays(db, later(180));
    expect(await look()).toMatchObject({ state: 'failed', message: 'The process that ran it ended before it was done. Run it again.' });
    expect((await desk.call<Of<typeof Replay>>('POST', `/replays/${id}/again`)).body).toMatchObject({ state: 'waiting', message: null });
    await clock.flow('replay', storeId);
    expect((await look()).state).toBe('done');
    expect((await desk.call('POST', `/replays/${id}/again`)).body.detail).toContain('would come out the same');
  });
});
