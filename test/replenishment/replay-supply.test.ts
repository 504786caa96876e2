/** What a replay knew of supply on each of its mornings: lead times by the receipts until then, which place bought for which, the rate of exchange of the day. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { addDays, dayNumber } from '../../src/domain/calendar.ts';
import type { Replay, ReplayLinesPage } from '../../src/http/contract-replay.ts';
import type { Of } from '../../src/http/contract.ts';
import { recordDemand } from '../../src/store/demand.ts';
import { sayRates } from '../../src/store/exchange-rates.ts';
import { learnedShares, learnedSharesThen } from '../../src/store/plan-inputs.ts';
import { savePolicy } from '../../src/store/planning.ts';
import { setSupply, setTransferDays, supplyKnown, supplyOf } from '../../src/store/supply.ts';
import { planningDesk } from '../helpers/planning-desk.ts';

const TODAY = '2026-11-24', FROM = '2026-08-26', TO = '2026-11-23', DAYS = 90, CHANGE = addDays(FROM, 40);
const desk = await planningDesk(`${TODAY}T09:00:00.000Z`, 3, 3), { db, storeId, itemIds, locationIds: [mill, shop, kiosk], clock } = desk, store = { store_id: storeId, currency: 'EUR', time_zone: 'UTC' };
async function replayed(more: object = {}): Promise<Of<typeof Replay>> {
  const { body } = await desk.call<Of<typeof Replay>>('POST', '/replays', { key: randomUUID(), kind: null, promise: null, from: FROM, to: TO, scope: {}, most: 100, ...more });
  expect(body.detail).toBeUndefined();
  await clock.flow('replay', storeId);
  return (await desk.call<Of<typeof Replay>>('GET', `/replays/${body.replayId}`)).body;
}
type Line = Of<typeof ReplayLinesPage>['rows'][number];
const linesOf = async (run: Of<typeof Replay>): Promise<Map<string, Line>> => new Map((await desk.call<Of<typeof ReplayLinesPage>>('GET', `/replays/${run.replayId}/lines?sort=sku`)).body.rows.map((row) => [`${row.itemId}@${row.locationId}`, row]));
const ofShops = { locations: [shop, kiosk] };
/** Decisions by a day, of the lines that are among both. */
async function sameUntil(before: Map<string, Line>, after: Map<string, Line>, day: string): Promise<void> {
  for (const [key, line] of before) expect([key, after.get(key)!.decisions.filter((one) => one.on <= day)]).toEqual([key, line.decisions.filter((one) => one.on <= day)]);
}
const noon = (day: string): string => `${day}T11:00:00.000Z`;
let supplierId = 0, orders = 0;

/** An order of the supplier's that went out on a day and came after some. */
async function received(orderedOn: string, days: number): Promise<number> {
  const reference = `PO-${++orders}`, came = noon(addDays(orderedOn, days));
  const { rows: [order] } = await db.query<{ id: number }>(`insert into purchase_order (store_id, reference, supplier_id, location_id, state, currency, ordered_on, created_at, created_by, updated_at) values ($1, $2, $3, $4, 'received', 'USD', $5, $6, 'test', $6) returning purchase_order_id as id`, [storeId, reference, supplierId, mill, orderedOn, came]);
  await db.query('insert into purchase_order_line (store_id, purchase_order_id, line, item_id, ordered, unit_cost, received) values ($1, $2, 1, $3, 50, 321, 50)', [storeId, order!.id, itemIds[0]]);
  const { rows: [receipt] } = await db.query<{ id: number }>(`insert into goods_receipt (store_id, reference, purchase_order_id, location_id, received_at, received_by, writes_stock) values ($1, $2, $3, $4, $5, 'test', false) returning goods_receipt_id as id`, [storeId, `scan/${orders}`, order!.id, mill, came]);
  await db.query('insert into goods_receipt_line (store_id, goods_receipt_id, line, item_id, quantity) values ($1, $2, 1, $3, 50)', [storeId, receipt!.id, itemIds[0]]);
  return receipt!.id;
}

beforeAll(async () => {
  await db.transaction((tx) => recordDemand(tx, storeId, itemIds.flatMap((itemId, item) => [shop!, kiosk!].flatMap((place, at) => Array.from({ length: 360 }, (_, n) => ({ fact: `order/${item}/${at}/${n}`, kind: 'sale' as const, itemId, locationId: place, day: addDays(TODAY, n - 360), quantity: 1 + item + ((n * (item + 3 + at)) % 4), orderId: '1' }))))));
  await db.query('insert into item_price (store_id, item_id, since, price) select $1, unnest($2::int[]), $3, 1000', [storeId, itemIds, '2026-01-01']);
  await db.query(`insert into planning_history (store_id, kind, key, since, by_whom, value) select store_id, 'supply', location_id::text, $2, 'storefront', '{"supplied_from": null, "is_active": true}' from location where store_id = $1`, [storeId, noon('2026-01-01')]);
  await savePolicy(db, storeId, 'default', { kind: 'cost ratio', leadTimeDays: 10 }, 0, 'ana', noon('2026-01-01'));
  const { rows: [supplier] } = await db.query<{ id: number }>(`insert into supplier (store_id, name, currency, lead_time_days, min_order_units, updated_at, updated_by) values ($1, 'Weaver', 'USD', 12, 90, $2, 'ana') returning supplier_id as id`, [storeId, noon('2026-01-01')]);
  supplierId = supplier!.id;
  await db.query(`insert into supplier_item (store_id, supplier_id, item_id, unit_cost, updated_at, updated_by) select $1, $2, unnest($3::int[]), 400, $4, 'ana'`, [storeId, supplierId, itemIds, noon('2026-01-01')]);
  await sayRates(db, storeId, [{ currency: 'USD', since: '2026-01-01', billionths: 900_000_000 }], 'ana', noon('2026-01-01'));
});

describe('supply as known then', () => {
  it('a place that is supplied from a day on orders for itself until then, and what is done before is what would have been done', async () => {
    const before = await linesOf(await replayed({ scope: ofShops }));
    await db.transaction((tx) => setSupply(tx, storeId, shop!, mill!, 'ana', noon(CHANGE)));
    await setTransferDays(db, storeId, mill!, shop!, 3, 'ana', noon(CHANGE));
    const run = await replayed({ scope: ofShops }), after = await linesOf(run);
    await sameUntil(before, after, CHANGE);
    for (const itemId of itemIds) {
      const [here, there] = [after.get(`${itemId}@${shop}`)!, after.get(`${itemId}@${mill}`)!];
      expect(here.decisions.length).toBeGreaterThan(0);
      expect(here.decisions.every((one) => one.on <= CHANGE)).toBe(true);
      expect(there.decisions.filter((one) => one.on <= CHANGE)).toEqual([]);
      expect(there.decisions.length).toBeGreaterThan(0);
      expect(here.movedIn).toBe(there.movedOut);
      expect(here.movedIn).toBeGreaterThan(0);
    }
    expect(run.result!.notes.join(' ')).toContain('3 lines are of places that another one bought for, as then set, which changed within these days');
    expect((await replayed({ scope: ofShops })).hash).toBe(run.hash);
    // Today it is supplied: by today's values it was on all days.
    for (const line of (await linesOf(await replayed({ scope: ofShops, known: 'today' }))).values()) if (line.locationId === shop) expect(line.decisions).toEqual([]);
    // Taken away again, and a place that is said supplied later still.
    await db.transaction((tx) => setSupply(tx, storeId, shop!, null, 'ana', noon(addDays(CHANGE, 20))));
    await setTransferDays(db, storeId, mill!, shop!, null, 'ana', noon(addDays(CHANGE, 20)));
    await db.transaction((tx) => setSupply(tx, storeId, kiosk!, mill!, 'ana', noon(addDays(CHANGE, 25))));
    const last = await linesOf(await replayed({ scope: ofShops }));
    await sameUntil(after, last, addDays(CHANGE, 20));
    for (const itemId of itemIds) expect(last.get(`${itemId}@${shop}`)!.decisions.some((one) => one.on > addDays(CHANGE, 20))).toBe(true);
  });

  it('is on each morning what the plan of that morning would have read', async () => {
    for (const [n, days] of [9, 5, 6, 4].entries()) await db.query(
      `insert into transfer (store_id, reference, from_location_id, to_location_id, state, created_at, created_by, updated_at, shipped_at, received_at) values ($1, $2, $3, $4, 'received', $5, 'test', $6, $5, $6)`, [storeId, `T-${n}`, mill, kiosk, noon(addDays(FROM, 60 + 3 * n)), noon(addDays(FROM, 60 + 3 * n + days))]);
    const known = await supplyKnown(db, storeId, 'UTC', FROM, DAYS), on = (day: string) => known.findLast((one) => one.from <= dayNumber(day) - dayNumber(FROM))!.of;
    for (let n = 66; n < DAYS; n++) expect([...on(addDays(FROM, n))]).toEqual([...(await supplyOf(db, storeId, 'UTC', addDays(FROM, n))).of]);
    expect(new Set(known.map(({ of }) => of.get(kiosk!)?.days))).toEqual(new Set([undefined, 2, 6, 5]));
  });

  it('lead times are those that receipts had taught by each morning; one received on a day changes nothing done by that day', async () => {
    const before = await linesOf(await replayed());
    for (let n = 0; n < 6; n++) await received(addDays(CHANGE, -30 + n), 30 + (n % 2) * 8);
    const after = await linesOf(await replayed()), fifth = addDays(CHANGE, 11);
    await sameUntil(before, after, fifth);
    expect([...after.values()].map((line) => line.decisions)).not.toEqual([...before.values()].map((line) => line.decisions));
    // Learned of five: what is ordered from then on comes after 30 or 38 days, no longer after twelve.
    const lengths = [...after.values()].flatMap((line) => line.decisions).filter((one) => one.on > addDays(CHANGE, 13)).map((one) => dayNumber(one.arrives) - dayNumber(one.on));
    expect(lengths.length).toBeGreaterThan(0);
    expect(lengths.every((days) => days === 30 || days === 38)).toBe(true);
    const then = await learnedSharesThen(db, store, FROM, DAYS), on = (day: string) => then.get(supplierId)?.findLast((one) => one.from <= dayNumber(day) - dayNumber(FROM))?.shares ?? null;
    for (let n = 0; n < DAYS; n++) expect([n, on(addDays(FROM, n))]).toEqual([n, (await learnedShares(db, store, addDays(FROM, n - 1))).get(supplierId) ?? null]);
  });

  it('a receipt taken back teaches until it is', async () => {
    const { rows: [receipt] } = await db.query<{ id: number; order: number }>(`select goods_receipt_id as id, purchase_order_id as order from goods_receipt where store_id = $1 order by 1 limit 1`, [storeId]), before = await learnedSharesThen(db, store, FROM, DAYS), day = addDays(CHANGE, 44);
    await db.query(`insert into goods_receipt (store_id, reference, purchase_order_id, location_id, received_at, received_by, writes_stock, reverses) values ($1, $2, $3, $4, $5, 'test', false, $6)`, [storeId, `reversal/${receipt!.id}`, receipt!.order, mill, noon(day), receipt!.id]);
    const after = await learnedSharesThen(db, store, FROM, DAYS), undone = dayNumber(day) - dayNumber(FROM) + 1, until = (all: typeof after) => all.get(supplierId)!.filter((one) => one.from < undone);
    expect(until(after)).toEqual(until(before));
    expect(after.get(supplierId)!.at(-1)).toEqual({ from: undone, shares: [{ days: 30, share: 0.4 }, { days: 38, share: 0.6 }] });
  });

  it('money of another currency is of each day’s rate, as known that morning; a rate said later moves nothing that was done or paid before', async () => {
    const sums = async (day: string): Promise<number[]> => [...(await linesOf(await replayed({ to: day }))).values()].map((line) => line.bought!), whole = await replayed(), before = await linesOf(whole), paid = await sums(CHANGE);
    for (const line of before.values()) expect(line.currency).toBe('EUR');
    expect(whole.result!.notes.join(' ')).toContain('at the rate of each day, as known that morning');
    await sayRates(db, storeId, [{ currency: 'USD', since: CHANGE, billionths: 450_000_000 }, { currency: 'USD', since: '2026-08-01', billionths: 100_000_000 }], 'ana', noon(CHANGE));
    const run = await replayed(), after = await linesOf(run);
    await sameUntil(before, after, CHANGE);
    expect(await sums(CHANGE)).toEqual(paid);
    for (const line of after.values()) expect(line.bought).toBe(line.decisions.reduce((sum, one) => sum + Math.round(one.quantity * 400 * (one.on <= CHANGE ? 0.9 : 0.45)), 0));
    expect((await replayed()).hash).toBe(run.hash);
  });
});
