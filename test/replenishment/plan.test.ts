/** The plan on a real database: suppliers' terms and minimums, learned lead times, classes, lines without a forecast, what changes and what does not; the API over it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/domain/calendar.ts';
import type { DecisionResult, PolicyBody, RecommendationDetail, WhatIf } from '../../src/http/contract-replenishment.ts';
import type { Of } from '../../src/http/contract.ts';
import { recordDemand } from '../../src/store/demand.ts';
import { planningDesk } from '../helpers/planning-desk.ts';

const TODAY = '2026-11-24', { clock, db, storeId, itemIds, locationIds: [mill, shop], call, list, detail, term, plan } = await planningDesk(`${TODAY}T09:00:00.000Z`, 7);
const level = (item: number, available: number, location = mill!) => db.query('insert into ledger_level (store_id, item_id, location_id, available, updated_at) values ($1, $2, $3, $4, $5) on conflict (store_id, item_id, location_id) do update set available = excluded.available', [storeId, itemIds[item], location, available, clock.now()]);
const sumsUp = (line: Of<typeof RecommendationDetail>): void => { expect(line.waterfall.reduce((sum, one) => sum + one.quantity, 0)).toBe(line.recommended); };

const STATED = 21;
async function supplier(name: string, terms: { minCost?: number; minUnits?: number; currency?: string; lead?: number | null }): Promise<number> {
  return (await db.query<{ supplier_id: number }>('insert into supplier (store_id, name, currency, lead_time_days, min_order_cost, min_order_units, updated_at, updated_by) values ($1, $2, $3, $4, $5, $6, $7, $8) returning supplier_id',
    [storeId, name, terms.currency ?? 'EUR', terms.lead === undefined ? STATED : terms.lead, terms.minCost ?? null, terms.minUnits ?? null, clock.now(), 'test'])).rows[0]!.supplier_id;
}
const sells = (supplierId: number, item: number, terms: { cost?: number; moq?: number; pack?: number; breaks?: object[] } = {}) => db.query(
  'insert into supplier_item (store_id, supplier_id, item_id, unit_cost, moq, case_pack, price_breaks, updated_at, updated_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
  [storeId, supplierId, itemIds[item], terms.cost ?? 300, terms.moq ?? null, terms.pack ?? null, JSON.stringify(terms.breaks ?? []), clock.now(), 'test']);

it('without a forecast a rule stands in, and says so', async () => {
  await db.transaction((tx) => recordDemand(tx, storeId, Array.from({ length: 28 }, (_, n) => ({ fact: `first/${n}`, kind: 'sale' as const, itemId: itemIds[0]!, locationId: mill!, day: addDays(TODAY, -1 - n), quantity: 2, orderId: String(n + 1) }))));
  await level(0, 5);
  expect((await plan()).tally).toMatchObject({ input: 1, applied: 1 });
  const line = await detail(0);
  expect(line).toMatchObject({ byRule: true, method: 'rule', available: 5 });
  expect(line.sentence).toContain('There is no forecast, so a rule stands in: the 56 sold in the last 28 days go on.');
  expect(term(line, 'expected demand')).toBe(42);
  sumsUp(line);
});

describe('with forecasts and suppliers', () => {
  beforeAll(async () => {
    const facts = itemIds.slice(0, 6).flatMap((itemId, item) => [mill!, shop!].slice(0, item === 0 ? 2 : 1).flatMap((locationId) => Array.from({ length: 90 }, (_, n) => ({
      fact: `order/${item}${locationId}${n}:line/1`, kind: 'sale' as const, itemId, locationId, day: addDays(TODAY, n - 90), quantity: 1 + item + (n % 2), orderId: String(1 + n),
    }))));
    await db.transaction((tx) => recordDemand(tx, storeId, facts));
    await db.query('insert into item_price (store_id, item_id, since, price) select $1, unnest($2::int[]), $3, 1000', [storeId, itemIds, '2026-01-01']);
    for (let item = 0; item < 7; item++) await level(item, item === 6 ? 0 : 12);
    await level(0, 600, shop!);
    await clock.flow('forecast', storeId);
    await plan();
  });

  it('writes only what changed, and forgets what is planned no more', async () => {
    const first = await list('&view=all');
    expect(first.rows).toHaveLength(7);
    expect((await plan()).tally).toMatchObject({ input: 7, applied: 0, unchanged: 7 });
    await level(1, 13);
    expect((await plan()).tally).toMatchObject({ applied: 1, unchanged: 6 });
    await db.query('insert into recommendation (store_id, item_id, location_id, run_id, quantity, urgency, need, facts, currency, computed_at) values ($1, $2, $3, 1, 5, 1, 5, $4, $5, $6)', [storeId, itemIds[6], mill, '[]', 'EUR', clock.now()]);
    await plan();
    expect((await list('&view=all')).rows).toHaveLength(7);
    await level(1, 12);
    await plan();
  });

  it('takes values from the item, its supplier, its class and the store, and says from whom', async () => {
    const mills = await supplier('Mill Ltd', {});
    await sells(mills, 2, { cost: 250, moq: 30, pack: 12 });
    expect((await call('PUT', '/policies/class:A', { serviceLevel: 0.98 })).status).toBe(200);
    expect((await call('PUT', `/policies/item:${itemIds[2]}`, { minStock: 3 })).status).toBe(200);
    await plan();
    const line = await detail(2);
    expect(line).toMatchObject({ supplier: 'Mill Ltd', unitCost: 250, currency: 'EUR' });
    expect(line.policy['leadTimeDays']).toEqual({ value: STATED, source: 'rule', reason: 'terms of Mill Ltd' });
    expect(line.policy['casePack']).toMatchObject({ value: 12, source: 'rule' });
    expect(line.policy['minStock']).toEqual({ value: 3, source: 'user', reason: 'set for this item' });
    expect(line.policy['reviewDays']).toEqual({ value: 7, source: 'default', reason: 'built in' });
    expect(line.quantity % 12).toBe(0);
    expect(line.cost).toBe(line.quantity * 250);
    const top = (await list('&view=all&sort=cost&dir=desc')).rows.find((row) => row.abc === 'A' && row.itemId !== itemIds[2])!;
    expect((await detail(itemIds.indexOf(top.itemId), top.locationId)).policy['serviceLevel']).toEqual({ value: 0.98, source: 'rule', reason: 'values of class A' });
    sumsUp(line);
  });

  it('learns lead times from receipts: five say more than what the supplier states', async () => {
    const slow = await supplier('Slow Boat', { lead: 10 });
    await sells(slow, 3);
    await plan();
    const before = await detail(3);
    expect(before.policy['leadTimeDays']).toMatchObject({ value: 10, reason: 'terms of Slow Boat' });
    for (const [n, days] of [12, 12, 13, 30, 31].entries()) {
      const { rows: [order] } = await db.query<{ id: number }>(`insert into purchase_order (store_id, reference, supplier_id, location_id, state, currency, ordered_on, created_at, created_by, updated_at) values ($1, $2, $3, $4, 'received', 'EUR', $5, $6, 'test', $6) returning purchase_order_id as id`, [storeId, `LT-${n}`, slow, mill, addDays(TODAY, -100), clock.now()]);
      await db.query(`with r as (insert into goods_receipt (store_id, reference, purchase_order_id, location_id, received_at, received_by, writes_stock) values ($1, $2, $3, $4, $5, 'test', false) returning goods_receipt_id)
        insert into goods_receipt_line (store_id, goods_receipt_id, line, item_id, quantity) select $1, goods_receipt_id, 1, $6, 10 from r`, [storeId, `scan/${n}`, order!.id, mill, `${addDays(TODAY, days - 100)}T10:00:00Z`, itemIds[3]]);
    }
    await plan();
    const after = await detail(3);
    expect(after.policy['leadTimeDays']).toEqual({ value: 20, source: 'rule', reason: 'learned from receipts of Slow Boat' });
    expect(after.sentence).toContain('(12 to 31 until an order arrives, 7 until the next one)');
    expect(after.orderUpTo).toBeGreaterThan(before.orderUpTo);
    sumsUp(after);
  });

  it('fills a supplier’s order to its minimum, each line saying by how many', async () => {
    const picky = await supplier('Picky', { minUnits: 400, lead: null });
    await sells(picky, 4);
    await sells(picky, 5, { pack: 5 });
    await plan();
    const lines = [await detail(4), await detail(5)];
    for (const line of lines) sumsUp(line);
    expect(lines[0]!.recommended + lines[1]!.recommended).toBeGreaterThanOrEqual(400);
    expect(lines[0]!.recommended + lines[1]!.recommended).toBeLessThan(410);
    expect(lines.reduce((sum, line) => sum + term(line, 'supplier minimum'), 0)).toBeGreaterThan(0);
    expect(lines.map((line) => line.sentence).join(' ')).toContain("bring the supplier's order to its minimum");
    expect(lines[1]!.recommended % 5).toBe(0);
  });

  it('never sums money over currencies, and shows the supplier’s minimum', async () => {
    const overseas = await supplier('Overseas', { currency: 'USD', minCost: 9_900_000, lead: null });
    await sells(overseas, 1, { cost: 500 });
    await plan();
    const page = await list();
    expect(page.totals.costs.map((each) => each.currency).sort()).toEqual(['EUR', 'USD']);
    const row = page.suppliers.find((each) => each.supplier === 'Overseas')!;
    expect(row).toMatchObject({ currency: 'USD', minOrderCost: 9_900_000, lines: 1 });
    expect((await detail(1)).sentence).toContain('The order stays below the least the supplier takes an order for.');
    expect((await list('&vendor=Overseas')).rows.map((line) => line.itemId)).toEqual([itemIds[1]]);
    expect((await list('&vendor=-')).rows).toEqual([]);
  });

  it('shows what is too much, and where to move it', async () => {
    expect((await list('&view=overstock')).rows[0]!.moveTo).toBeNull(); // nothing is proposed yet
    await clock.flow('transfer-proposals', storeId);
    const [row] = (await list('&view=overstock')).rows;
    expect(row).toMatchObject({ itemId: itemIds[0], locationId: shop });
    expect(row!.overstock).toBeGreaterThan(300);
    const here = await detail(0);
    // The same as Transfers says, and no more than stands there.
    const { rows: [proposed] } = await db.query<{ quantity: number }>('select quantity from transfer_proposal where store_id = $1 and item_id = $2 and from_location_id = $3', [storeId, itemIds[0], shop]);
    expect(row!.moveTo).toEqual({ locationId: mill, locationName: 'Place 1', quantity: proposed!.quantity });
    expect(row!.moveTo!.quantity).toBeLessThanOrEqual(row!.available);
    expect(here.recommended).toBeGreaterThan(0);
  });

  it('exports what it lists', async () => {
    const page = await list(), file = (await call<string>('GET', '/replenishment.csv')).body as unknown as string;
    expect(file.trim().split('\r\n')).toHaveLength(page.rows.length + 1);
    expect(file).toContain('Order quantity,Recommended');
  });

  describe('a planner decides', () => {
    const decide = (item: number, version: number, said: object) => call<Of<typeof DecisionResult>>('PUT', '/replenishment/decisions', { lines: [{ itemId: itemIds[item], locationId: mill, version }], ...said });
    it('another quantity, which counts everywhere until it is taken back', async () => {
      const before = await list(), line = await detail(0);
      expect((await decide(0, 0, { decision: 'quantity', quantity: 7, reason: 'a trial' })).body).toEqual({ saved: 1, conflicts: [] });
      const after = await list(), row = after.rows.find((one) => one.itemId === itemIds[0])!;
      expect(row).toMatchObject({ quantity: 7, recommended: line.recommended, cost: 7 * 400, decision: { decision: 'quantity', reason: 'a trial', by: 'operator', version: 1 } });
      expect(after.totals.units).toBe(before.totals.units - line.recommended + 7);
      expect((await detail(0)).sentence).toContain('operator orders 7 instead: a trial.');
      expect((await decide(0, 1, { decision: 'none' })).body.saved).toBe(1);
      expect((await list()).totals).toEqual(before.totals);
    });
    it('is told who decided meanwhile', async () => {
      expect((await decide(0, 0, { decision: 'excluded', reason: 'discontinued' })).status).toBe(200);
      const late = await decide(0, 0, { decision: 'quantity', quantity: 3, reason: 'late to it' });
      expect(late).toMatchObject({ status: 409, body: { detail: 'operator decided it meanwhile: excluded (discontinued). Look again, then decide.' } });
      expect((await list()).rows.some((row) => row.itemId === itemIds[0])).toBe(false);
      expect((await list('&view=set aside')).rows.map((row) => row.decision?.decision)).toEqual(['excluded']);
      const both = await call<Of<typeof DecisionResult>>('PUT', '/replenishment/decisions', { lines: [{ itemId: itemIds[0], locationId: mill, version: 0 }, { itemId: itemIds[1], locationId: mill, version: 0 }, { itemId: 999_999, locationId: mill, version: 0 }], decision: 'snoozed', until: addDays(TODAY, 5), reason: 'next week' });
      expect(both.body).toMatchObject({ saved: 1, conflicts: [{ itemId: itemIds[0] }, { itemId: 999_999, message: 'It is no longer recommended.' }] });
      await decide(0, 1, { decision: 'none' });
      await decide(1, 1, { decision: 'none' });
    });
    it('is refused with the field named', async () => {
      for (const [said, says] of [[{ decision: 'excluded' }, 'reason'], [{ decision: 'quantity', reason: 'because' }, 'quantity'], [{ decision: 'snoozed', reason: 'because' }, 'until'], [{ decision: 'snoozed', reason: 'because', until: '2026-01-01' }, 'is past'], [{ decision: 'quantity', quantity: -1, reason: 'because' }, 'quantity']] as const) {
        expect(await decide(2, 0, said)).toMatchObject({ status: 400, body: { detail: expect.stringContaining(says) } });
      }
    });
  });

  describe('what if', () => {
    const ask = async (body: object): Promise<Of<typeof WhatIf>> => (await call<Of<typeof WhatIf>>('POST', '/replenishment/what-if', body)).body;
    const cost = (side: Of<typeof WhatIf>['after'], currency = 'EUR'): number => side.costs.find((each) => each.currency === currency)?.cost ?? 0;
    it('with nothing asked is the plan', async () => {
      const page = await list(), { before, after, lines, considered } = await ask({});
      expect(considered).toBe(7);
      expect([before, lines]).toEqual([after, []]);
      expect([after.units, after.lines]).toEqual([page.totals.units, page.totals.rows]);
      expect(cost(after)).toBe(page.totals.costs.find((each) => each.currency === 'EUR')!.cost);
    });
    it('a higher service level costs more and leaves less at risk; more days of cover need more', async () => {
      const high = await ask({ serviceLevel: 0.99 }), low = await ask({ serviceLevel: 0.6 }), long = await ask({ daysOfCover: 21 });
      expect(high.after.units).toBeGreaterThanOrEqual(high.before.units);
      expect(low.after.units).toBeLessThan(high.after.units);
      expect(low.after.riskLeft).toBeGreaterThanOrEqual(high.after.riskLeft);
      expect(long.after.units).toBeGreaterThan(long.before.units);
    });
    it('a budget is kept, and saves nothing', async () => {
      const before = await list('&view=all'), { before: whole, after } = await ask({ budget: 20_000 });
      expect(cost(whole)).toBeGreaterThan(20_000);
      expect(cost(after)).toBeLessThanOrEqual(20_000);
      expect(cost(after)).toBeGreaterThan(15_000);
      expect(after.riskLeft).toBeGreaterThanOrEqual(whole.riskLeft);
      expect(await list('&view=all')).toEqual(before);
    });
    it('refuses what is no value', async () => expect((await call('POST', '/replenishment/what-if', { serviceLevel: 2 })).status).toBe(400));
  });

  it('planning values are changed only by who saw them', async () => {
    const seen = (await call<Of<typeof PolicyBody>>('GET', '/policies/vendor:Mill')).body;
    expect(seen.version).toBe(0);
    expect((await call<Of<typeof PolicyBody>>('PUT', '/policies/vendor:Mill', { kind: 'fill rate', fillRate: 0.95, version: 0 })).body).toMatchObject({ kind: 'fill rate', version: 1 });
    expect(await call('PUT', '/policies/vendor:Mill', { moq: 5, version: 0 })).toMatchObject({ status: 409, body: { detail: 'operator changed these planning values meanwhile. Look at theirs, then set yours again.' } });
    expect((await call('PUT', '/policies/vendor:Mill', { lastOrder: '2026-12-31', endOfLife: '2026-12-01' })).status).toBe(400);
    expect((await call('PUT', '/policies/class:D', { moq: 5 })).status).toBe(400);
    await plan();
    expect((await detail(0)).policy['kind']).toEqual({ value: 'fill rate', source: 'rule', reason: 'values of Mill' });
    expect((await detail(0)).sentence).toContain('95% of units');
    await call('PUT', '/policies/vendor:Mill', { kind: null, fillRate: null });
  });
});
