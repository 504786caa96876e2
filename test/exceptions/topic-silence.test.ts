/** WEBHOOK_GAP of one topic: heard for weeks, then not, while others are; and what is no silence. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Connection, Of } from '../../src/http/contract.ts';
import { CATCH_UP } from '../../src/store/catch-up.ts';
import { foldArrivals, topicsHeard } from '../../src/store/webhook-hours.ts';
import { clockwork, type Clockwork } from '../helpers/clockwork.ts';
import type { Town } from '../helpers/town.ts';

const DAY = 86_400_000, MINUTE = 60_000;
let clock: Clockwork, town: Town, made = 0;
beforeAll(async () => { clock = await clockwork(); });
beforeEach(async () => {
  town = await clock.town({ goods: [{ sku: 'MUG', stock: [50] }], places: ['Mill'] });
  // As if it had listened for four weeks: nothing was counted yet, and what came is written below.
  for (const table of ['inbox', 'webhook_hour', 'webhook_topic']) await clock.house.db.query(`delete from ${table} where store_id = $1`, [town.storeId]);
  await clock.house.db.query(`delete from cursor where store_id = $1 and name like 'webhooks.%'`, [town.storeId]);
});

/** Messages of a topic as they would have come, every so many minutes between two hours of each day; already applied. */
async function heard(topic: string, days: number, everyMinutes: number, hours: readonly [number, number] = [0, 24], until = clock.time()): Promise<void> {
  const at: string[] = [];
  for (let t = until - days * DAY; t < until; t += everyMinutes * MINUTE) { const hour = new Date(t).getUTCHours(); if (hour >= hours[0] && hour < hours[1]) at.push(new Date(t).toISOString()); }
  await clock.house.db.query(`insert into inbox (store_id, webhook_id, topic, received_at, body, state, settled_at) select $1, 'heard-' || $4::int + n, $2, at, '{}', 1, at from unnest($3::timestamptz[]) with ordinality as t(at, n)`, [town.storeId, topic, at, made]);
  made += at.length;
}
const look = async (ms = 0) => { await clock.advance(ms); await town.flow('subscriptions'); return (await town.cases('WEBHOOK_GAP')).map((each) => each.sentence); };
/** Ten minutes at a time, as the flow looks: `other` goes on being heard. */
async function pass(minutes: number, other = 'orders/updated'): Promise<string[]> {
  let last: string[] = [];
  for (let n = 0; n < minutes; n += 10) { await clock.advance(10 * MINUTE); await heard(other, 10 / 1440, 5); last = await look(); }
  return last;
}
const topics = async () => (await town.api<{ connections: Of<typeof Connection>[] }>('/api/v1/connections')).connections.find((each) => each.storeId === town.storeId)!.webhooks.topics;

describe('a topic', () => {
  test('that came every twenty minutes by day for four weeks and stopped is a case within hours, which ends when it is heard and what was missed is read', async () => {
    await heard('inventory_levels/update', 28, 20, [7, 22]);
    await heard('orders/updated', 28, 15);
    expect(await look()).toEqual([]);
    expect((await topics()).map((each) => [each.topic, each.silent, each.usual])).toEqual([['inventory_levels/update', false, expect.any(Number)], ['orders/updated', false, expect.any(Number)]]);
    expect(await pass(120)).toEqual([]);
    const after = await pass(300);
    expect(after).toEqual([expect.stringMatching(/^inventory_levels\/update came last at 2026-.*at least 2\d messages should have come since/)]);
    expect((await topics()).filter((each) => each.silent).map((each) => each.topic)).toEqual(['inventory_levels/update']);
    await heard('inventory_levels/update', 1 / 1440, 1);
    expect(await look(10 * MINUTE)).toHaveLength(1);
    for (const reading of CATCH_UP) await town.flow(reading);
    expect(await town.cases('WEBHOOK_GAP')).toEqual([]);
  }, 60_000);

  test('by night, when it never came, is not silent; nor one too rare or too new to tell', async () => {
    await heard('inventory_levels/update', 28, 20, [9, 17]);
    await heard('products/update', 28, 1_440);
    await heard('refunds/create', 10, 10);
    await heard('orders/updated', 28, 15);
    await look();
    await clock.advance(8 * 3_600_000); // five in the afternoon, after its last hour
    await heard('inventory_levels/update', 8 / 24, 20, [9, 17]);
    await heard('orders/updated', 8 / 24, 15);
    await look();
    expect(await pass(12 * 60)).toEqual([]);
    expect((await topics()).filter((each) => each.silentFrom === null).map((each) => each.topic)).toEqual(['products/update', 'refunds/create']);
  }, 60_000);

  test('of orders is silent only where reading found an order that changed: nobody buying is nobody’s case', async () => {
    await heard('orders/create', 28, 15);
    await heard('inventory_levels/update', 28, 15);
    await look();
    expect(await pass(10 * 60, 'inventory_levels/update')).toEqual([]);
    await town.control('/faults', { webhooks: { drop: 1 } });
    await town.sell({ MUG: 1 }, 0);
    await town.sandbox.pump();
    await clock.advance(11 * MINUTE);
    await town.flow('sales-history');
    await heard('inventory_levels/update', 1 / 1440, 1);
    expect(await look()).toEqual([expect.stringContaining('orders/create came last')]);
  }, 60_000);

  test('is not silent for the hours in which nobody looked, or its subscription was not there', async () => {
    await heard('inventory_levels/update', 28, 20);
    await heard('orders/updated', 28, 15);
    await look();
    await clock.advance(10 * 3_600_000);
    await heard('orders/updated', 1 / 1440, 1);
    expect(await look()).toEqual([]);
    expect(await pass(240)).toEqual([]);
    await town.control('/faults', { deleteSubscriptions: true });
    expect((await look(10 * MINUTE)).join()).toMatch(/no longer had/);
    expect((await pass(200)).filter((sentence) => sentence.includes('came last'))).toEqual([]);
    expect((await pass(200)).filter((sentence) => sentence.includes('came last'))).toHaveLength(1);
  }, 60_000);
});

test('each message is counted once, however often and whenever it is folded, and four weeks are kept', async () => {
  await heard('orders/updated', 2, 7);
  await heard('orders/updated', 2, 7); // a second message in the same minute is no second word
  await heard('orders/create', 40, 360);
  const fold = () => clock.house.db.transaction((tx) => foldArrivals(tx, town.storeId, clock.now(), false));
  for (const minutes of [0, 0.5, 0.7, 3, 60, 61]) { await clock.advance(minutes * MINUTE); await fold(); await fold(); }
  const { rows } = await clock.house.db.query(`select topic, sum(minutes)::int as minutes, min(hour) as first from webhook_hour where store_id = $1 group by 1 order by 1`, [town.storeId]);
  const { rows: [all] } = await clock.house.db.query<{ n: number }>(`select count(distinct date_trunc('minute', received_at))::int as n from inbox where store_id = $1 and topic = 'orders/updated'`, [town.storeId]);
  expect(rows[1]).toMatchObject({ topic: 'orders/updated', minutes: all!.n });
  expect(rows[0]!.first).toBeGreaterThanOrEqual(Math.floor(clock.time() / 3_600_000) - 28 * 24 - 3);
  expect((await topicsHeard(clock.house.db, town.storeId, clock.now())).map((each) => each.topic)).toEqual(['orders/create', 'orders/updated']);
});
