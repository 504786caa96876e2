/**
 * A golden account: 240 variants at two places, with quick and slow sellers, stockouts, young and dead items, minimums and open orders. The planner computes
 * its numbers from its facts, we ours from the same facts in our tables; shadow mode says how often they are one number. The worked examples are among them.
 */
import { beforeAll, expect, test } from 'vitest';
import { addDays } from '../../src/domain/calendar.ts';
import { clockwork, SECRET, type Clockwork } from '../helpers/clockwork.ts';
import { connectPlanner, ourOrder, plannerAccount, type PlannerAccount } from '../helpers/planner-account.ts';
import { storeWith } from '../helpers/store.ts';

const VARIANTS = 240, DAYS = 120, TODAY = '2026-03-02';
let clock: Clockwork, side: PlannerAccount, storeId: number, itemIds: number[], locationIds: number[];
let seed = 20260302;
/** 0 ≤ x < 1; seeded, so that a difference comes back. */
const dice = (): number => { seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0; return seed / 2 ** 32; };
const among = (from: number, to: number): number => from + Math.floor(dice() * (to - from + 1));

interface Fact { sold: number[]; inStockDays: boolean[]; inStock: number; lead: number; cover: number; minimum: number }
function drawn(): Fact {
  const kind = dice(), perDay = kind < 0.1 ? 0 : kind < 0.4 ? 0.08 : kind < 0.8 ? 1.3 : 9, born = dice() < 0.15 ? among(90, DAYS - 1) : 0, out = dice() < 0.35 ? [among(60, 112), among(3, 20)] as const : null;
  const inStockDays = Array.from({ length: DAYS }, (_, n) => out === null || n < out[0] || n >= out[0] + out[1]);
  const sold = inStockDays.map((is, n) => (!is || n < born || perDay === 0 ? 0 : Math.floor(perDay * 2 * dice() + (dice() < perDay % 1 ? 1 : 0))));
  return { sold, inStockDays, inStock: among(-2, 80), lead: among(1, 60), cover: among(7, 60), minimum: dice() < 0.4 ? among(1, 25) : 0 };
}
/** (a): two a day, 14 + 30 days, a minimum of 10, 20 in stock. (d): 10 sold in 15 days in stock of 30. */
const EXAMPLES: Fact[] = [
  { sold: Array.from({ length: DAYS }, () => 2), inStockDays: Array.from({ length: DAYS }, () => true), inStock: 20, lead: 14, cover: 30, minimum: 10 },
  { sold: Array.from({ length: DAYS }, (_, n) => (n === 0 ? 1 : n >= DAYS - 30 && n < DAYS - 20 ? 1 : 0)), inStockDays: Array.from({ length: DAYS }, (_, n) => n < DAYS - 15), inStock: 0, lead: 0, cover: 30, minimum: 0 },
];

beforeAll(async () => {
  clock = await clockwork(`${TODAY}T09:00:00.000Z`);
  const { db } = clock.house;
  ({ storeId, itemIds, locationIds } = await storeWith(db, { variants: VARIANTS, locations: 2 }));
  await db.query('update connection set client_secret = $2 where store_id = $1', [storeId, clock.house.vault.seal(`${storeId}:connection:client_secret`, SECRET)]);
  const facts = Array.from({ length: VARIANTS }, (_, n) => [0, 1].map((place) => (place === 0 ? EXAMPLES[n] : undefined) ?? drawn()));
  side = await plannerAccount({ variants: VARIANTS, places: ['301', '302'], clock: { now: () => new Date(clock.time()) }, level: (n, place) => { const { sold, inStockDays, inStock } = facts[n]![place]!; return { sold, inStockDays, inStock }; } });
  for (const [n, both] of facts.entries()) for (const [place, fact] of both.entries()) {
    side.account.setTerms(`c1_${101 + n}`, `c1_${301 + place}`, { leadTime: fact.lead, reviewPeriod: fact.cover, minimumStock: fact.minimum });
    const days = fact.sold.map((_, d) => addDays(TODAY, d - DAYS)), key = [storeId, itemIds[n], locationIds[place]];
    await db.query('insert into daily_demand (store_id, item_id, location_id, day, quantity) select $1, $2, $3, d, q from unnest($4::date[], $5::int[]) as t(d, q) where q > 0', [...key, days, fact.sold]);
    // A day that was out for a part of it counts as a day in stock, on both sides.
    await db.query('insert into daily_exposure (store_id, item_id, location_id, day, in_stock) select $1, $2, $3, d, s from unnest($4::date[], $5::real[]) as t(d, s) where s < 1', [...key, days, fact.inStockDays.map((is) => (is ? (dice() < 0.1 ? 0.4 : 1) : 0))]);
    await db.query('insert into ledger_level (store_id, item_id, location_id, available, updated_at) values ($1, $2, $3, $4, $5)', [...key, fact.inStock, clock.now()]);
    await db.query(`insert into planning_policy (store_id, scope, lead_time_days, review_days, min_stock, updated_at, updated_by) values ($1, $2, $3, $4, $5, $6, 'test')`, [storeId, `item:${itemIds[n]}@${locationIds[place]}`, fact.lead, fact.cover, fact.minimum, clock.now()]);
  }
  await connectPlanner(clock.house, storeId, side.url);
  // Some of it is on order, from either side.
  await ourOrder(clock.house, storeId, 'PO-1', locationIds[0]!, itemIds.slice(10, 60).map((itemId) => ({ itemId, ordered: among(1, 60) })));
  side.account.makeOrder({ vendor: 'Mill', warehouse: 'c1_302', status: 'Open', items: Array.from({ length: 40 }, (_, n) => ({ id: `c1_${131 + n}`, replenishment: among(1, 60) })) });
  await clock.flow('planner-exchange', storeId);
  await clock.advance(3_600_000);
});

const shadow = async () => (await clock.house.db.query<{ sku: string; location_id: number; theirs: number; parity: number; reasons: { reason: string; units: number; sentence: string }[] }>('select i.sku, s.* from planner_shadow s join item i using (item_id) where store_id = $1 order by item_id, location_id', [storeId])).rows;
async function measure(what: string): Promise<{ share: number; rows: Awaited<ReturnType<typeof shadow>> }> {
  const { detail } = await clock.flow('planner-exchange', storeId), rows = await shadow(), share = rows.filter((row) => row.parity === row.theirs).length / rows.length;
  console.log(`parity, ${what}: ${(share * 100).toFixed(2)}% of ${rows.length} item-locations`);
  expect(detail['parity']).toBeCloseTo(share, 3);
  return { share, rows };
}

test('from the same facts, the same number: at least 98 of 100', async () => {
  const { share, rows } = await measure('as it comes');
  expect(rows).toHaveLength(VARIANTS * 2);
  expect(share).toBeGreaterThanOrEqual(0.98);
  expect(rows.filter((row) => row.theirs > 0).length).toBeGreaterThan(200);
  expect(rows.find((row) => row.sku === 'SKU-1')).toMatchObject({ theirs: 78, parity: 78 });
  expect(rows.find((row) => row.sku === 'SKU-2')).toMatchObject({ theirs: 20, parity: 20 });
});

test('with the floor inside the lead time on both sides too, and not with it on one alone', async () => {
  side.account.settings.floorsInLeadTime = true;
  const apart = await measure('floor there alone');
  await clock.house.db.query('update planner_connection set floors_in_lead_time = true where store_id = $1', [storeId]);
  const together = await measure('floor on both sides');
  side.account.settings.floorsInLeadTime = false;
  await clock.house.db.query('update planner_connection set floors_in_lead_time = false where store_id = $1', [storeId]);
  expect(together.share).toBeGreaterThanOrEqual(0.98);
  expect(apart.share).toBeLessThan(0.9);
});

test('what differs is named, and the reasons sum to the gap', async () => {
  const { db } = clock.house, key = [storeId, itemIds[0], locationIds[0]];
  await db.query('update ledger_level set available = 15 where store_id = $1 and item_id = $2 and location_id = $3', key);
  await db.query(`update planning_policy set min_stock = 4 where store_id = $1 and scope = 'item:' || $2 || '@' || $3`, key);
  await clock.flow('planner-exchange', storeId);
  expect((await shadow())[0]).toMatchObject({ theirs: 78, parity: 77, reasons: [{ reason: 'stock', units: 5, sentence: 'It has 20 in stock; here are 15.' }, { reason: 'minimum stock', units: -6, sentence: 'Its minimum is 10; here it is 4.' }] });
  const page = await clock.app.inject({ method: 'GET', url: `/api/v1/planner/shadow?store=${storeId}&view=gaps&reason=stock`, headers: { host: 'localhost' } });
  expect(page.json()).toMatchObject({ rows: [{ sku: 'SKU-1', gap: -1, theirs: 78, ours: null }], totals: { rows: 1 }, reasons: [{ reason: 'minimum stock', units: 6 }, { reason: 'stock', units: 5 }] });
});
