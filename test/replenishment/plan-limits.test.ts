/** What suppliers and the purse allow, kept by the plan on a real database: containers, budgets of a supplier and of the store, and whose order a minimum is of. */
import { beforeAll, expect, it } from 'vitest';
import { addDays } from '../../src/domain/calendar.ts';
import type { Supplier } from '../../src/http/contract-purchasing.ts';
import type { RecommendationDetail, WhatIf } from '../../src/http/contract-replenishment.ts';
import type { Of } from '../../src/http/contract.ts';
import { recordDemand } from '../../src/store/demand.ts';
import { planningDesk } from '../helpers/planning-desk.ts';

const TODAY = '2026-11-24', ITEMS = 12, { clock, db, storeId, itemIds, locationIds: [mill, shop], call, list, detail, term, plan } = await planningDesk(`${TODAY}T09:00:00.000Z`, ITEMS);
async function terms(id: number, change: object): Promise<Of<typeof Supplier>> {
  const { body: { version } } = await call<Of<typeof Supplier>>('GET', `/suppliers/${id}`), reply = await call<Of<typeof Supplier>>('PUT', `/suppliers/${id}`, { version, ...change });
  expect(reply.status).toBe(200);
  return reply.body;
}
async function settings(change: object): Promise<void> {
  const { body: { version, approvalLimits, overdueToleranceDays } } = await call<{ version: number; approvalLimits: object; overdueToleranceDays: number }>('GET', '/purchase-settings');
  expect((await call('PUT', '/purchase-settings', { version, approvalLimits, overdueToleranceDays, ...change })).status).toBe(200);
}
/** Everything the supplier's lines say, each summing to what is ordered. */
async function lines(supplier: string): Promise<Of<typeof RecommendationDetail>[]> {
  const all = await Promise.all((await list(`&view=all&vendor=${supplier}`)).rows.map((row) => detail(itemIds.indexOf(row.itemId), row.locationId)));
  for (const line of all) expect(line.waterfall.reduce((sum, one) => sum + one.quantity, 0)).toBe(line.recommended);
  return all;
}
const costOf = (all: readonly { cost: number | null }[]): number => all.reduce((sum, line) => sum + (line.cost ?? 0), 0), unitsOf = (all: readonly { quantity: number }[]): number => all.reduce((sum, line) => sum + line.quantity, 0);

let boat = 0, mule = 0;
beforeAll(async () => {
  // Six items of each supplier, at the mill; the first two of each at the shop as well.
  const facts = itemIds.flatMap((itemId, item) => [mill!, ...(item % 6 < 2 ? [shop!] : [])].flatMap((locationId) => Array.from({ length: 90 }, (_, n) => ({
    fact: `order/${item}${locationId}${n}:line/1`, kind: 'sale' as const, itemId, locationId, day: addDays(TODAY, n - 90), quantity: 1 + (item % 4) + (n % 2), orderId: String(1 + n),
  }))));
  await db.transaction((tx) => recordDemand(tx, storeId, facts));
  await db.query('insert into item_price (store_id, item_id, since, price) select $1, unnest($2::int[]), $3, 1000', [storeId, itemIds, '2026-01-01']);
  for (const location of [mill, shop]) await db.query('insert into ledger_level (store_id, item_id, location_id, available, updated_at) select $1, unnest($2::int[]), $3, 4, $4', [storeId, itemIds, location, clock.now()]);
  const supplier = async (name: string, items: number[]): Promise<number> => {
    const { supplier_id: id } = (await db.query<{ supplier_id: number }>(`insert into supplier (store_id, name, currency, lead_time_days, updated_at, updated_by) values ($1, $2, 'EUR', 21, $3, 'test') returning supplier_id`, [storeId, name, clock.now()])).rows[0]!;
    for (const item of items) await db.query('insert into supplier_item (store_id, supplier_id, item_id, unit_cost, case_pack, volume_cm3, weight_g, updated_at, updated_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)', [storeId, id, itemIds[item], 250 + item * 30, item % 3 === 0 ? 6 : 1, 1_000 + item * 100, 300, clock.now(), 'test']);
    return id;
  };
  boat = await supplier('Boat', [0, 1, 2, 3, 4, 5]);
  mule = await supplier('Mule', [6, 7, 8, 9, 10, 11]);
  await clock.flow('forecast', storeId);
  await plan();
});

it('keeps a supplier’s budget over all its places, as a term of its own, and shows what is used of it', async () => {
  const before = costOf(await lines('Boat')), budget = Math.round(before * 0.6), others = await lines('Mule');
  await terms(boat, { budget });
  expect((await plan()).detail).toMatchObject({ orders: expect.stringMatching(/^within 0\.\d\d% of the best$/) as string });
  const cut = await lines('Boat');
  expect(costOf(cut)).toBeLessThanOrEqual(budget);
  expect(costOf(cut)).toBeGreaterThan(budget * 0.97);
  expect(cut.reduce((sum, line) => sum + term(line, 'budget'), 0)).toBeLessThan(0);
  expect(cut.find((line) => term(line, 'budget') < 0)!.sentence).toContain('fewer keep the budget');
  expect(unitsOf(await lines('Mule'))).toBe(unitsOf(others));
  expect((await list()).suppliers.find((one) => one.supplier === 'Boat')!.budget).toEqual({ amount: budget, per: 'plan', ordered: 0, planned: costOf(cut), withoutRate: [] });
  expect((await plan()).tally).toMatchObject({ applied: 0 });
});

it('a month’s budget is less by what was sent this month; drafts and last month’s cost nothing of it', async () => {
  const order = async (reference: string, state: string, day: string | null, ordered: number): Promise<void> => {
    const { rows: [made] } = await db.query<{ id: number }>(`insert into purchase_order (store_id, reference, supplier_id, location_id, state, currency, ordered_on, created_at, created_by, updated_at) values ($1, $2, $3, $4, $5, 'EUR', $6, $7, 'test', $7) returning purchase_order_id as id`, [storeId, reference, boat, mill, state, day, clock.now()]);
    await db.query('insert into purchase_order_line (store_id, purchase_order_id, line, item_id, ordered, unit_cost, cancelled) values ($1, $2, 1, $3, $4, 100, 10)', [storeId, made!.id, itemIds[0], ordered]);
  };
  // Received already, so that the stock planned from is as before.
  await order('PO-1', 'received', '2026-11-03', 110);
  await order('PO-2', 'received', '2026-10-31', 500);
  await order('PO-3', 'draft', null, 500);
  const budget = 60_000;
  await terms(boat, { budget, budgetPer: 'month' });
  await plan();
  const all = await lines('Boat'), row = (await list()).suppliers.find((one) => one.supplier === 'Boat')!;
  expect(row.budget).toEqual({ amount: budget, per: 'month', ordered: 10_000, planned: costOf(all), withoutRate: [] });
  expect(costOf(all)).toBeLessThanOrEqual(50_000);
  await terms(boat, { budget: 9_000 });
  await plan();
  expect(costOf(await lines('Boat'))).toBe(0);
  await terms(boat, { budget: null, budgetPer: 'plan' });
  await plan();
});

it('a planner’s own quantity is paid first; what is set aside takes nothing of the budget', async () => {
  const free = costOf(await lines('Boat')), budget = Math.round(free * 0.5);
  await terms(boat, { budget });
  const decide = (item: number, said: object) => call('PUT', '/replenishment/decisions', { lines: [{ itemId: itemIds[item], locationId: mill, version: 0 }], reason: 'agreed by phone', ...said });
  expect((await decide(4, { decision: 'quantity', quantity: 90 })).status).toBe(200);
  expect((await decide(5, { decision: 'excluded' })).status).toBe(200);
  await plan();
  const all = (await lines('Boat')).filter((line) => line.decision?.decision !== 'excluded'), fixed = all.find((line) => line.itemId === itemIds[4])!;
  expect(fixed).toMatchObject({ quantity: 90, cost: 90 * 370 });
  expect(term(fixed, 'budget')).toBe(0);
  expect(costOf(all)).toBeLessThanOrEqual(budget);
  expect((await list()).suppliers.find((one) => one.supplier === 'Boat')!.budget!.planned).toBe(costOf(all));
  // It has the price of its own break, at once and after the next plan.
  await db.query(`update supplier_item set price_breaks = '[{"from":80,"unitCost":300}]' where supplier_id = $1 and item_id = $2`, [boat, itemIds[4]]);
  for (const [version, quantity, unitCost] of [[1, 80, 300], [2, 50, 370]] as const) {
    expect((await decide(4, { decision: 'quantity', quantity, lines: [{ itemId: itemIds[4], locationId: mill, version }] })).status).toBe(200);
    for (const planned of [false, true]) {
      if (planned) await plan();
      expect(await detail(4, mill!)).toMatchObject({ quantity, unitCost, cost: quantity * unitCost });
      expect((await list()).suppliers.find((one) => one.supplier === 'Boat')!.budget!.planned).toBe(costOf((await lines('Boat')).filter((line) => line.decision?.decision !== 'excluded')));
    }
  }
  await db.query(`update supplier_item set price_breaks = '[]' where supplier_id = $1`, [boat]);
  await db.query('delete from plan_decision');
  await terms(boat, { budget: null });
  await plan();
});

it('fills the containers of each place and never passes as many as are allowed', async () => {
  const before = await lines('Boat'), volume = (all: readonly Of<typeof RecommendationDetail>[], location: number): number => all.reduce((sum, line) => sum + (line.locationId === location ? line.quantity * (1_000 + itemIds.indexOf(line.itemId) * 100) : 0), 0);
  const container = Math.round(volume(before, shop!) * 0.8);
  await terms(boat, { containerVolumeCm3: container, fillContainer: true });
  await plan();
  const filled = await lines('Boat'), row = (await list()).suppliers.find((one) => one.supplier === 'Boat')!;
  for (const place of [mill!, shop!]) {
    const share = volume(filled, place) / container;
    expect(Math.ceil(share) - share).toBeLessThan(0.05);
    expect(Math.abs(volume(filled, place) - volume(before, place))).toBeLessThan(container);
  }
  expect(filled.some((line) => term(line, 'container') !== 0)).toBe(true);
  expect(row.containersFilled).toBeGreaterThan(0.95);
  expect(row.containers).toBe(Math.ceil(volume(filled, mill!) / container) + Math.ceil(volume(filled, shop!) / container));
  await terms(boat, { fillContainer: false, mostContainers: 1, containerVolumeCm3: Math.round(container * 0.5) });
  await plan();
  const capped = await lines('Boat');
  for (const place of [mill!, shop!]) expect(volume(capped, place)).toBeLessThanOrEqual(Math.round(container * 0.5));
  expect(capped.map((line) => line.sentence).join(' ')).toContain('fewer fit the container');
  await terms(boat, { mostContainers: null, containerVolumeCm3: null });
  await plan();
});

it('a minimum is of the order of each place, or of all that is asked for at once', async () => {
  const own = await lines('Boat'), at = (all: typeof own, location: number): number => unitsOf(all.filter((line) => line.locationId === location)), least = unitsOf(own) - 10;
  await terms(boat, { minOrderUnits: least, minimumCounts: 'all places' });
  await plan();
  expect(unitsOf(await lines('Boat'))).toBe(unitsOf(own));
  const below = async (): Promise<boolean> => (await list()).suppliers.find((one) => one.supplier === 'Boat')!.belowMinimum;
  expect(await below()).toBe(false);
  await terms(boat, { minimumCounts: 'place' });
  expect(await below()).toBe(true); // until it is planned anew
  await terms(boat, { minimumCounts: 'place', minOrderUnits: at(own, shop!) + 30 });
  await plan();
  const each = await lines('Boat');
  expect(at(each, shop!)).toBeGreaterThanOrEqual(at(own, shop!) + 30);
  expect(at(each, mill!)).toBe(at(own, mill!));
  expect(each.filter((line) => line.locationId === shop).reduce((sum, line) => sum + term(line, 'supplier minimum'), 0)).toBeGreaterThanOrEqual(30);
  await terms(boat, { minOrderUnits: null });
  await plan();
});

it('keeps the store’s budget over all suppliers; a what-if without a wish is the plan, of all lines and of some', async () => {
  const before = costOf([...await lines('Boat'), ...await lines('Mule')]), budget = Math.round(before * 0.55);
  await settings({ planBudget: budget, planBudgetPer: 'plan' });
  await settings({ overdueToleranceDays: 3 }); // a budget left out stays
  await plan();
  const all = [...await lines('Boat'), ...await lines('Mule')], page = await list();
  expect(costOf(all)).toBeLessThanOrEqual(budget);
  expect(costOf(all)).toBeGreaterThan(budget * 0.97);
  expect(page.budget).toEqual({ amount: budget, per: 'plan', ordered: 0, planned: costOf(all), withoutRate: [] });
  expect(all.find((line) => term(line, 'store budget') < 0)!.sentence).toContain('fewer keep the store\'s budget');
  for (const vendor of [undefined, 'Mule']) {
    const { body } = await call<Of<typeof WhatIf>>('POST', '/replenishment/what-if', vendor === undefined ? {} : { vendor });
    expect(body.lines).toEqual([]);
    expect(body.before.units).toBe(unitsOf((vendor === undefined ? all : await lines('Mule')).filter((line) => line.quantity > 0)));
  }
  const less = (await call<Of<typeof WhatIf>>('POST', '/replenishment/what-if', { budget: Math.round(budget / 2) })).body;
  expect(less.after.costs[0]!.cost).toBeLessThanOrEqual(Math.round(budget / 2));
  expect(less.after.riskLeft).toBeGreaterThan(less.before.riskLeft);
  await settings({ planBudget: null });
  await plan();
  expect(costOf([...await lines('Boat'), ...await lines('Mule')])).toBe(before);
});

it('terms go out as a file and come in again as they were; a wrong word is an error of its line', async () => {
  await terms(mule, { budget: 123_456, budgetPer: 'month', fillContainer: true, mostContainers: 2, containerVolumeCm3: 30_000_000, minimumCounts: 'all places', minOrderCost: 50_000 });
  const file = (await call<string>('GET', '/suppliers.csv')).body as unknown as string, before = (await call<Of<typeof Supplier>>('GET', `/suppliers/${mule}`)).body;
  expect(file).toContain('1234.56,month');
  await terms(mule, { budget: null, budgetPer: 'plan', fillContainer: false, mostContainers: null, minimumCounts: 'place' });
  const bring = (csv: string) => call<{ applied: number; unchanged: number; errors: { line: number; field: string; message: string }[] }>('POST', '/purchasing/import', { kind: 'suppliers', csv, dryRun: false });
  expect((await bring(file)).body).toMatchObject({ applied: 1, errors: [] });
  const { version: _v, updatedAt: _a, ...after } = (await call<Of<typeof Supplier>>('GET', `/suppliers/${mule}`)).body, { version: _w, updatedAt: _b, ...was } = before;
  expect(after).toEqual(was);
  expect((await bring(file)).body).toMatchObject({ applied: 0, errors: [] });
  const wrong = await bring('Supplier,Minimum counts,Most containers,Budget per\nBoat,each order,0,week\n');
  expect(wrong.body.errors.map(({ line, field }) => [line, field])).toEqual([[2, 'Minimum counts'], [2, 'Most containers'], [2, 'Budget per']]);
});
