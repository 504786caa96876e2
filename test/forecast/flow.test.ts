/** The nightly forecast on a real database: what reaches the engine, what a failing run leaves, what planners say on top, and the watch over what came. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, dayNumber, daysBetween } from '../../src/domain/calendar.ts';
import { forecast } from '../../src/flows/forecast.ts';
import { anomalies, forecastWatch, MOST_CASES } from '../../src/flows/forecast-watch.ts';
import { fromKept } from '../../src/domain/replenishment/facts.ts';
import { replenishment } from '../../src/flows/replenishment.ts';
import { computeThreads } from '../../src/runtime/compute.ts';
import type { PanelTask } from '../../src/runtime/compute-thread.ts';
import { runFlow, type House, type RunResult } from '../../src/runtime/run-flow.ts';
import { bulkUnits, recordDemand } from '../../src/store/demand.ts';
import { outcomeOf } from '../../src/store/forecast-outcomes.ts';
import { allRuns, currentRun, finishedRuns, forecastFor } from '../../src/store/forecasts.ts';
import { listExceptions } from '../../src/store/exceptions.ts';
import { setAnalogue } from '../../src/store/analogues.ts';
import { addOverride, endOverride, overrideHistory } from '../../src/store/overrides.ts';
import { addPlans } from '../../src/store/planned-prices.ts';
import { addEvents } from '../../src/store/planning-events.ts';
import { freshDatabase } from '../helpers/database.ts';
import { storeWith } from '../helpers/store.ts';

const { db } = await freshDatabase();
const compute = computeThreads(2);
afterAll(() => compute.stop());

/** Half past three in the morning of day n; day 0 is 24 November 2026. */
let night = 0;
const now = (): Date => new Date(Date.parse('2026-11-24T03:30:00Z') + night * 86_400_000);
const today = (): string => addDays('2026-11-24', night);
const seen: PanelTask[] = [], asked: string[] = [];
let fail: ((task: string, input: PanelTask) => boolean) | null = null;
const house: House = {
  db, clock: { now, sleep: async () => {} }, log: { info() {}, warn() {}, error() {} }, publicUrl: '', notifier: null, paper: { purchaseOrder: async () => Buffer.alloc(0), unprintable: async () => [] }, storefront: async () => ({}) as never, reader: async () => ({}) as never, warehouse: async () => ({}) as never, planner: async () => ({}) as never, shoppers: async () => null, alertChannel: async () => ({}) as never,
  enqueue: async (flow) => { asked.push(flow); }, changed() {},
  compute: { threads: 2, run: (task, input, shared) => {
    if (fail?.(task, input as PanelTask)) return Promise.reject(new Error('the engine broke'));
    seen.push(structuredClone(input) as PanelTask);
    return compute.run(task, input, shared);
  } },
};

const { storeId, itemIds, locationIds } = await storeWith(db, { variants: 6, locations: 2 });
const [here, there] = locationIds as [number, number];
let orders = 0;
/** Order lines of one day. */
async function sold(item: number, location: number, day: string, ...lines: number[]): Promise<void> {
  await db.transaction((tx) => recordDemand(tx, storeId, lines.map((quantity) => ({ fact: `order/${++orders}:line/1`, kind: 'sale' as const, itemId: itemIds[item]!, locationId: location, day, quantity, orderId: String(orders) }))));
}
const run = async (): Promise<RunResult> => (await runFlow(house, forecast, storeId, 'test'))!;
const cases = async (kind: string) => listExceptions(db, storeId, { states: ['open'], kind, limit: 500 });

beforeAll(async () => {
  for (let n = -120; n < 0; n++) {
    const day = addDays(today(), n);
    for (let item = 0; item < 5; item++) await sold(item, here, day, ...Array.from({ length: 3 + ((n + 700) % 3) + item }, () => 1));
    await sold(0, there, day, 2);
  }
  await sold(0, here, addDays(today(), -30), 60);
  await addEvents(db, storeId, [{ name: 'Fair', from_day: addDays(today(), 10), to_day: addDays(today(), 12), location_ids: [there], uplift: 40 }], 'planner@example.com', now().toISOString());
  await addEvents(db, storeId, [{ name: 'Fair', from_day: addDays(today(), 10), to_day: addDays(today(), 12), location_ids: [there], uplift: 40 }], 'planner@example.com', now().toISOString());
});

describe('the nightly run', () => {
  it('learns once from the best sellers, then forecasts every series with all that is known of it', async () => {
    const { tally, detail } = await run();
    expect(tally).toMatchObject({ input: 6, applied: 6, failed: {} });
    expect(detail).toMatchObject({ learnedFrom: 6, events: 1, asOf: addDays(today(), -1) });
    const [learn, apply] = seen;
    expect(learn!.panel).toHaveLength(6);
    expect(apply!.options.events).toEqual([{ name: 'Fair', from: dayNumber(addDays(today(), 10)), to: dayNumber(addDays(today(), 12)), locations: [String(there)], expected: 1.4 }]);
    const one = apply!.panel.find((series) => series.id === `${itemIds[0]}@${here}`)!, days = one.series.demand.length;
    expect(one).toMatchObject({ item: String(itemIds[0]), location: String(here), category: 'Thing' });
    expect(days).toBe(120);
    expect([one.bulk![days - 30], one.bulk!.reduce((a, b) => a + b, 0)]).toEqual([60, 60]);
    expect([one.price!.length, one.price!.at(-1)]).toEqual([days + 60, 1000]);
    const kept = (await forecastFor(db, storeId, (await currentRun(db, storeId))!.run_id, itemIds[1]!, here))!;
    expect(kept.mean).toHaveLength(60);
    // What it is made of sums to what is expected, and the run says what it knows of events.
    expect(kept.made_of!.reduce((a, b) => a + b, 0)).toBeCloseTo(kept.mean28!, 3);
    expect(kept.weekdays).toHaveLength(7);
    expect((await currentRun(db, storeId))!.events).toEqual({ Fair: { factor: 1.4, days: 0 } });
    expect(kept).toMatchObject({ sold28: expect.any(Number), mean28: expect.any(Number), p90_28: expect.any(Number), demand_class: expect.any(String) });
    expect(asked).toEqual(['replenishment', 'forecast-watch']);
  });

  it('that fails leaves the one before in use, dated, and says so', async () => {
    const before = (await currentRun(db, storeId))!;
    fail = (task) => task === 'forecast';
    await expect(run()).rejects.toThrow('the engine broke');
    fail = null;
    expect(await currentRun(db, storeId)).toEqual(before);
    expect(await cases('FLOW_FAILED')).toMatchObject([{ subject: 'forecast', sentence: 'forecast stopped before its end: the engine broke' }]);
    await run();
    expect((await currentRun(db, storeId))!.run_id).not.toBe(before.run_id);
    expect(await cases('FLOW_FAILED')).toEqual([]);
    const { rows: [left] } = await db.query<{ runs: number; of: number }>('select count(*)::int as runs, (select count(distinct run_id)::int from forecast where store_id = $1) as of from forecast_run where store_id = $1', [storeId]);
    expect(left).toEqual({ runs: 2, of: 2 }); // nothing of the failed one is left
  });

  it('goes on without a series that cannot be forecast, and fails when most cannot', async () => {
    house.compute.run satisfies unknown;
    const broken = (share: number): House => ({ ...house, compute: { threads: 2, run: async (task, input, shared) => {
      const made = await compute.run<unknown, unknown>(task, input, shared);
      return (task === 'learn' ? made : (made as object[]).map((one, n) => (n < share ? { fault: 'odd' } : one))) as never;
    } } });
    expect((await runFlow(broken(2), forecast, storeId, 'test'))!.tally).toMatchObject({ applied: 4, failed: { odd: 2 } });
    const before = (await currentRun(db, storeId))!;
    await expect(runFlow(broken(5), forecast, storeId, 'test')).rejects.toThrow('5 of 6 series could not be forecast: odd');
    expect((await currentRun(db, storeId))!.run_id).toBe(before.run_id);
    await run();
  });

  it('keeps the series of the last five runs, days and weeks, and of every run what it said', async () => {
    for (let n = 0; n < 44; n++) { night++; await run(); }
    for (let n = 0; n < 5; n++) await run();
    const kept = await finishedRuns(db, storeId), days = [...new Set(kept.map((one) => one.as_of))];
    expect(days.slice(0, 5)).toEqual([-1, -2, -3, -4, -5].map((n) => addDays(today(), n)));
    expect(days.slice(5).map((day) => new Date(`${day}T00:00:00Z`).getUTCDay())).toEqual(days.slice(5).map(() => 1)); // Mondays
    expect(days.length).toBeGreaterThan(8);
    expect(days.length).toBeLessThanOrEqual(10);
    expect(kept.length).toBeLessThanOrEqual(5 + 4 + 5);
    const all = await allRuns(db, storeId, 500);
    expect(all.length).toBeGreaterThan(kept.length + 20);
    for (const one of all) expect({ kept: one.kept, said: one.mean28! > 0 }).toEqual({ kept: kept.some((other) => other.run_id === one.run_id), said: true });
    const { rows } = await db.query<{ run_id: string }>('select distinct run_id from forecast where store_id = $1', [storeId]);
    expect(rows.map((row) => row.run_id).sort()).toEqual(kept.map((one) => one.run_id).sort());
    night = 0;
    await db.query('delete from forecast_run where store_id = $1', [storeId]);
    await db.query('delete from forecast where store_id = $1', [storeId]);
    await run();
  });
});

it('bulk lines: far above what a line of the item usually holds, by the fence of Tukey; never without enough lines', async () => {
  const found = await bulkUnits(db, storeId, itemIds, addDays(today(), -760));
  expect([...found.keys()]).toEqual([`${itemIds[0]}@${here}`]);
  await sold(5, here, addDays(today(), -1), 1, 500);
  expect((await bulkUnits(db, storeId, [itemIds[5]!], addDays(today(), -760))).size).toBe(0);
  await sold(5, here, addDays(today(), -2), ...Array.from({ length: 20 }, () => 12));
  expect([...(await bulkUnits(db, storeId, [itemIds[5]!], addDays(today(), -760))).values()]).toEqual([{ days: [dayNumber(addDays(today(), -1))], values: [500] }]);
});

describe('a planner’s override', () => {
  it('moves what is ordered and is named there; undone, it is as it was; its history stays', async () => {
    const line = async () => { const { need, facts } = (await db.query<{ need: number; facts: string }>('select need, facts from recommendation where store_id = $1 and item_id = $2 and location_id = $3', [storeId, itemIds[2], here])).rows[0]!; return { need, conflicts: fromKept(facts).made.conflicts }; };
    await db.query(`insert into opening (store_id, item_id, location_id, as_of) select $1, unnest($2::int[]), $3, $4 on conflict do nothing`, [storeId, itemIds, here, now().toISOString()]);
    await runFlow(house, replenishment, storeId, 'test');
    const before = await line();
    const { overrideId: id } = await addOverride(db, storeId, { item_id: itemIds[2]!, location_id: null, from_day: today(), to_day: addDays(today(), 59), kind: 'percent', value: 100, reason: 'television', author: 'planner@example.com', expires_on: null }, now().toISOString());
    await runFlow(house, replenishment, storeId, 'test');
    const during = await line();
    expect(during.need / before.need).toBeGreaterThan(1.8);
    expect(during.need / before.need).toBeLessThan(2.2);
    expect(during.conflicts).toEqual([`In it is what planner@example.com said of ${today()} to ${addDays(today(), 59)}: 100% more (television).`]);
    expect(await endOverride(db, storeId, id, 'planner@example.com', 'cancelled', now().toISOString())).toBe(true);
    expect(await endOverride(db, storeId, id, 'planner@example.com', 'again', now().toISOString())).toBe(false);
    await runFlow(house, replenishment, storeId, 'test');
    expect(await line()).toEqual(before);
    expect(await overrideHistory(db, storeId, itemIds[2]!, here)).toMatchObject([{ value: 100, ended_by: 'planner@example.com', end_reason: 'cancelled' }]);
  });
});

describe('the watch', () => {
  it('raises a case after three days outside, keeps one an item, and closes it when it is over', async () => {
    for (let n = 0; n < 3; n++) {
      for (let item = 0; item < 5; item++) await sold(item, here, today(), ...Array.from({ length: item === 3 ? 60 : 4 + item }, () => 1));
      await sold(0, there, today(), 2);
      night++;
      await runFlow(house, forecastWatch, storeId, 'test');
      expect((await cases('DEMAND_ANOMALY')).length).toBe(n < 2 ? 0 : 1);
    }
    const [found] = await cases('DEMAND_ANOMALY');
    expect(found).toMatchObject({ item_id: itemIds[3], severity: 3, owner: 'planner' });
    expect(found!.sentence).toMatch(/^SKU-4 at Place 1: above P99 3 days in a row\. On \d{4}-\d\d-\d\d 60 units were wanted, [\d.]+ expected \(P1 \d+ to P99 \d+\)\.$/);
    // The same night again changes nothing.
    expect((await runFlow(house, forecastWatch, storeId, 'test'))!.tally.input).toBe(0);
    // An event explains the next day.
    await addEvents(db, storeId, [{ name: 'Television', from_day: today(), to_day: today(), location_ids: null, uplift: null }], 'planner@example.com', now().toISOString());
    await run();
    night++;
    await runFlow(house, forecastWatch, storeId, 'test');
    expect(await cases('DEMAND_ANOMALY')).toEqual([]);
  });

  it('goes on under overrides and events: days are compared with what planners say of them, where the run does not hold it', async () => {
    const checks = async () => new Map((await db.query<{ item_id: number; location_id: number; mean: number; low: number; high: number; days: number }>('select item_id, location_id, mean, low, high, days from forecast_check where store_id = $1', [storeId])).rows.map((row) => [`${itemIds.indexOf(row.item_id)}@${row.location_id === here ? 'here' : 'there'}`, row]));
    const from = night, made = (await currentRun(db, storeId))!, at = daysBetween(made.as_of, today()) - 1;
    const engine = async (item: number, location: number) => { const row = (await forecastFor(db, storeId, made.run_id, itemIds[item]!, location))!; return { mean: row.mean, p99: row.daily[row.levels.findIndex((level) => Math.abs(level - 0.99) < 1e-6) * row.mean.length + at]! }; };
    const before = await checks(), said = [[0, 'percent', 1, 300], [1, 'percent', 100, 3], [2, 'total', 90, 8], [3, 'replace', 7, 0]] as const, ids: string[] = [];
    for (const [item, kind, value, ahead] of said) ids.push((await addOverride(db, storeId, { item_id: itemIds[item]!, location_id: null, from_day: today(), to_day: addDays(today(), ahead), kind, value, reason: 'a fair', author: 'planner@example.com', expires_on: null }, now().toISOString())).overrideId);
    const event = (name: string, uplift: number | null, places: number[]) => addEvents(db, storeId, [{ name, from_day: today(), to_day: today(), location_ids: places, uplift }], 'planner@example.com', now().toISOString());
    await event('Street party', 50, [there]);
    night++;
    await runFlow(house, forecastWatch, storeId, 'test');
    const after = await checks();
    for (const [key, row] of after) expect({ key, counted: row.days > before.get(key)!.days }).toEqual({ key, counted: true });
    const plus = await engine(0, here), double = await engine(1, here), total = await engine(2, here), party = await engine(0, there), nine = total.mean.slice(at, at + 9).reduce((a, b) => a + b, 0);
    expect(after.get('0@here')!.mean).toBeCloseTo(1.01 * plus.mean[at]!, 3);
    expect(after.get('0@there')!.mean).toBeCloseTo(1.01 * 1.5 * party.mean[at]!, 3);
    expect([after.get('1@here')!.mean, after.get('1@here')!.high]).toEqual([expect.closeTo(2 * double.mean[at]!, 3), expect.closeTo(2 * double.p99, 3)]);
    expect(after.get('2@here')!.mean).toBeCloseTo((90 * total.mean[at]!) / nine, 2);
    expect(after.get('3@here')!.mean).toBeCloseTo(7, 5);
    // Of an event nobody has seen and nothing is said of there is nothing to compare with, and a run that was told of one holds it already.
    await event('Nobody knows', null, [there]);
    for (const id of ids) await endOverride(db, storeId, id, 'planner@example.com', 'over', now().toISOString());
    await event('Told of', 80, [here]);
    await run();
    night++;
    const { tally } = (await runFlow(house, forecastWatch, storeId, 'test'))!, told = (await currentRun(db, storeId))!, last = await checks();
    expect(tally.skipped).toEqual({ 'an event not known': 1 });
    expect(last.get('0@there')!.days).toBe(after.get('0@there')!.days);
    expect(last.get('1@here')!.mean).toBeCloseTo((await forecastFor(db, storeId, told.run_id, itemIds[1]!, here))!.mean[0]!, 3);
    expect(last.get('1@here')!.mean).toBeGreaterThan(1.5 * double.mean[at]!);
    night = from;
    await db.query('delete from planning_event where store_id = $1', [storeId]);
    await db.query('delete from forecast_check where store_id = $1', [storeId]);
  });

  it('lays four weeks beside what a run expected of them, once, when they are over; series that were out of stock say nothing', async () => {
    const first = (await currentRun(db, storeId))!, from = night;
    await db.query('delete from forecast_run where store_id = $1 and run_id <> $2', [storeId, first.run_id]);
    // Four weeks of exactly what item 2 sold before, nothing of the others; item 3 ran out for a day.
    for (let n = 0; n < 28; n++) { await sold(1, here, addDays(first.as_of, 1 + n), 5); }
    await db.query('insert into daily_exposure (store_id, item_id, location_id, day, in_stock) values ($1, $2, $3, $4, 0.5) on conflict (store_id, item_id, location_id, day) do update set in_stock = 0.5', [storeId, itemIds[2], here, addDays(first.as_of, 9)]);
    night = from + 26;
    await runFlow(house, forecastWatch, storeId, 'test');
    expect((await allRuns(db, storeId, 50)).find((one) => one.run_id === first.run_id)).toMatchObject({ settled_at: null });
    night = from + 29;
    await runFlow(house, forecastWatch, storeId, 'test');
    const settled = (await allRuns(db, storeId, 50)).find((one) => one.run_id === first.run_id)!, { rows } = await db.query<{ item_id: number; mean28: number; p90_28: number }>('select item_id, mean28, p90_28 from forecast where store_id = $1 and run_id = $2 and item_id <> $3', [storeId, first.run_id, itemIds[2]]);
    const { rows: came } = await db.query<{ item_id: number; location_id: number; units: number }>('select item_id, location_id, sum(quantity)::int as units from daily_demand where store_id = $1 and day > $2 and day <= $2::date + 28 group by 1, 2', [storeId, first.as_of]);
    expect(settled).toMatchObject({ settled_at: expect.anything(), came_series: rows.length });
    expect(settled.came_said!).toBeCloseTo(rows.reduce((sum, row) => sum + row.mean28, 0), 1);
    const outcome = (await outcomeOf(db, storeId, itemIds[1]!, here))!, said = rows.find((row) => row.item_id === itemIds[1])!, units = came.find((row) => row.item_id === itemIds[1])!.units;
    expect(outcome).toMatchObject({ as_of: first.as_of, came: units, runs: 1, under90: units <= said.p90_28 ? 1 : 0 });
    expect(outcome.abs_error).toBeCloseTo(Math.abs(said.mean28 - units), 2);
    expect(await outcomeOf(db, storeId, itemIds[2]!, here)).toBeNull();
    await runFlow(house, forecastWatch, storeId, 'test');
    expect(await outcomeOf(db, storeId, itemIds[1]!, here)).toEqual(outcome);
    night = from;
    await db.query('delete from daily_demand where store_id = $1 and day >= $2', [storeId, today()]);
  });

  it('does not storm: the farthest off have cases of their own, the rest share one', () => {
    const made = anomalies(Array.from({ length: MOST_CASES + 30 }, (_, n) => ({ item_id: n, location_id: 1, sku: `S${n}`, title: '', location: 'Here', actual: 9, mean: 1, low: 0, high: 3, flagged_on: '2026-11-24', flagged_why: 'above P99 3 days in a row', day: '2026-11-24' })));
    expect(made).toHaveLength(MOST_CASES + 1);
    expect(made.at(-1)).toMatchObject({ key: 'many', sentence: expect.stringContaining('30 more items') });
  });
});

it('a planned price is expected to sell what such prices sold before', async () => {
  const cut = itemIds[4]!, meanOf = async (): Promise<number[]> => (await forecastFor(db, storeId, (await currentRun(db, storeId))!.run_id, cut, here))!.mean;
  // Every third week of the past it cost two thirds and sold three times as much.
  await db.query('delete from item_price where store_id = $1 and item_id = $2', [storeId, cut]);
  for (let week = 0; week < 17; week++) {
    const since = addDays(today(), (week - 17) * 7), low = week % 3 === 0;
    await db.query('insert into item_price (store_id, item_id, since, price) values ($1, $2, $3, $4)', [storeId, cut, since, low ? 667 : 1000]);
    if (low) for (let n = 0; n < 7; n++) await sold(4, here, addDays(since, n), ...Array.from({ length: 14 }, () => 1));
  }
  await db.query('insert into item_price (store_id, item_id, since, price) values ($1, $2, $3, 1000) on conflict do nothing', [storeId, cut, addDays(today(), -1)]);
  await run();
  const without = await meanOf();
  await addPlans(db, storeId, [{ name: 'Sale', from_day: addDays(today(), 10), to_day: addDays(today(), 16), percent_off: 33.3, item_ids: [cut], vendor: null, product_type: null }], 'planner@example.com', now().toISOString());
  await run();
  const planned = await meanOf(), sum = (mean: readonly number[], from: number): number => mean.slice(from, from + 7).reduce((a, b) => a + b, 0);
  expect(sum(planned, 10)).toBeGreaterThan(1.6 * sum(without, 10));
  expect(sum(planned, 3) / sum(without, 3)).toBeCloseTo(1, 1);
});

it('a new item sells like the one it is said to, at its share, wherever that one sold, until its own first sale', async () => {
  const fresh = (await db.query<{ item_id: number }>(`insert into item (title, sku, product_type) values ('New', 'NEW-1', 'Thing') returning item_id`)).rows[0]!.item_id, like = itemIds[0]!;
  await db.query('insert into inventory_item (store_id, shopify_inventory_item_id, item_id, tracked, updated_at) values ($1, 990001, $2, true, $3)', [storeId, fresh, now().toISOString()]);
  const of = async (item: number, location: number) => forecastFor(db, storeId, (await currentRun(db, storeId))!.run_id, item, location);
  await run();
  expect(await of(fresh, here)).toBeNull();
  await setAnalogue(db, storeId, fresh, like, 50, 'planner@example.com', now().toISOString());
  expect((await run()).tally).toMatchObject({ failed: {} });
  for (const location of [here, there]) {
    const made = (await of(fresh, location))!, model = (await of(like, location))!;
    expect(made.mean28! / model.mean28!).toBeGreaterThan(0.4);
    expect(made.mean28! / model.mean28!).toBeLessThan(0.65);
    expect(made).toMatchObject({ sold28: 0, flags: expect.arrayContaining(['like another item']) });
    // It has sold nothing itself, and what it is made of says so.
    expect(made.made_of![0]).toBe(0);
    expect(made.made_of!.reduce((a, b) => a + b, 0)).toBeCloseTo(made.mean28!, 2);
    expect((await of(like, location))!.flags).not.toContain('like another item');
  }
  // Its own first sale begins its own history: what the other sold afterwards counts no more.
  await db.transaction((tx) => recordDemand(tx, storeId, [{ fact: 'order/new:line/1', kind: 'sale', itemId: fresh, locationId: here, day: addDays(today(), -10), quantity: 1, orderId: '424242' }]));
  await run();
  const later = (await of(fresh, here))!;
  expect(later.sold28).toBe(1);
  expect(later.mean28!).toBeLessThan(0.45 * (await of(like, here))!.mean28!);
});
