/** The planner as the third side of the drift check: what it holds beside the ledger, why, a case where nothing explains it, and the end of the case. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LevelDrift } from '../../src/http/contract-drift.ts';
import type { Of, StockPage } from '../../src/http/contract.ts';
import { clockwork, type Clockwork } from '../helpers/clockwork.ts';
import { connectPlanner, ourOrder, plannerAccount, weReceive, type PlannerAccount } from '../helpers/planner-account.ts';
import type { Town } from '../helpers/town.ts';

let clock: Clockwork, town: Town, side: PlannerAccount, mug: number, here: string, mugThere: string, n = 0;
const SKUS = ['MUG', 'BOWL', 'SET'];
beforeAll(async () => { clock = await clockwork(); });
beforeEach(async () => {
  town = await clock.town({ goods: [{ sku: 'MUG', stock: [20, 5] }, { sku: 'BOWL', stock: [8, 0] }, { sku: 'SET', stock: [4, 2] }], bundles: { SET: { MUG: 2 } } });
  side = await plannerAccount({ variants: 3, places: town.places, ids: (i) => town.variant(SKUS[i]!).id, skus: (i) => SKUS[i]!, clock: { now: () => new Date(clock.time()) } });
  sync();
  mug = await town.itemId('MUG');
  [here, mugThere] = [`c1_${town.places[0]}`, `c1_${town.variant('MUG').id}`];
});

/** The planner reads the shop, with so many units more of a SKU at the first place than it shows. */
function sync(more: Record<string, number> = {}, of: 'available' | 'on_hand' = 'available'): void {
  for (const sku of SKUS) for (const [place, id] of town.places.entries()) {
    const level = side.platform.levels.find((each) => each.variantId === town.variant(sku).id && each.locationId === id)!;
    const { available, committed } = town.shown(sku, place);
    level.inStock = available + (of === 'on_hand' ? committed : 0) + (place === 0 ? more[sku] ?? 0 : 0);
  }
  side.account.sync();
}
const connect = (settings = {}) => connectPlanner(clock.house, town.storeId, side.url, { pushes_stock: false, ...settings });
const exchange = async () => { await clock.advance(60_000); await town.flow('planner-exchange'); };
/** Between two readings of the planner it is compared every five minutes. */
const check = async () => { await clock.advance(301_000); return (await town.flow('drift-check')).detail['planner'] as { compared: number; differ: number; unitsByCause: Record<string, number> } | undefined; };
const level = async (sku: string, place = 0) => (await town.api<Of<typeof LevelDrift>>(`/api/v1/drift/${await town.itemId(sku)}/${town.placeIds[place]}?store=${town.storeId}`)).planner.map((each) => [each.measure, each.theirs, each.ours, ...each.causes.map((cause) => `${cause.cause} ${cause.units}`)]);
const cases = () => town.cases('STOCK_DRIFT');

test('without a planner nothing is compared, and one that is taken away leaves nothing behind', async () => {
  expect(await check()).toBeUndefined();
  await connect();
  sync({ MUG: 3 });
  await exchange();
  expect(await check()).toMatchObject({ compared: 6, differ: 1 });
  await clock.house.db.query('delete from planner_connection where store_id = $1', [town.storeId]);
  expect(await check()).toBeUndefined();
  expect(await level('MUG')).toEqual([]);
});

describe('stock', () => {
  test('what was sold since its sync is no fault; the next sync ends it', async () => {
    await connect();
    await exchange();
    expect(await check()).toMatchObject({ differ: 0 });
    await town.sell({ MUG: 3 });
    await town.settle();
    expect((await check())!.unitsByCause).toEqual({ 'not exchanged yet': 3 });
    expect(await level('MUG')).toEqual([['stock', 20, 17, 'not exchanged yet 3']]);
    sync();
    await exchange();
    expect(await check()).toMatchObject({ differ: 0, unitsByCause: {} });
    expect(await cases()).toEqual([]);
  });

  test('what was sold in the second of its sync is none either', async () => {
    await connect();
    await town.sell({ BOWL: 1 }); // what it shows of this one says that it counts what is available
    await town.settle();
    await town.sell({ MUG: 2 }); // heard of after the sync, and in its figure
    await clock.advance(1_000);
    sync();
    await town.sell({ MUG: 3 });
    await town.settle();
    await exchange();
    expect((await check())!.unitsByCause).toEqual({ 'not exchanged yet': 3 });
    expect(await cases()).toEqual([]);
  });

  test('units nobody explains become a case after its grace, which closes by itself; what was sold meanwhile is told apart', async () => {
    await connect();
    sync({ MUG: 5 });
    await town.sell({ MUG: 2 });
    await town.settle();
    await exchange();
    expect((await check())!.unitsByCause).toEqual({ 'not exchanged yet': 2, unknown: 5 });
    expect(await cases()).toEqual([]);
    await clock.advance(1_860_000); // a grace is half an hour at most, however old its figures are
    await town.flow('exception-chase');
    expect((await cases()).map((each) => each.sentence)).toEqual(['The planner has 25 in stock, here are 18: 5 units of the difference have no known cause.']);
    const page = await town.api<Of<typeof StockPage>>(`/api/v1/stock?store=${town.storeId}&view=planner`);
    expect(page.rows.map((row) => [row.sku, row.planner])).toEqual([['MUG', { stock: 7, incoming: 0 }]]);
    sync();
    await exchange();
    await check();
    expect(await cases()).toHaveLength(1);
    await check();
    expect(await cases()).toEqual([]);
    const { rows } = await clock.house.db.query(`select state from exception where store_id = $1 and kind = 'STOCK_DRIFT'`, [town.storeId]);
    expect(rows).toEqual([{ state: 'resolved' }]);
  });

  test('between two readings what was found stands, and its case with it', async () => {
    await connect();
    sync({ MUG: 5 });
    await exchange();
    await check();
    await clock.advance(60_000);
    await town.flow('drift-check');
    await clock.advance(60_000);
    expect((await town.flow('drift-check')).detail['planner']).toMatchObject({ differ: 1, unitsByCause: { unknown: 5 } });
    await clock.advance(1_860_000);
    await town.flow('exception-chase');
    expect(await cases()).toHaveLength(1);
  });

  test('an account that counts what is on hand says so by its other levels', async () => {
    await connect();
    await town.sell({ MUG: 4, BOWL: 2 });
    await town.settle();
    sync({}, 'on_hand');
    await exchange();
    await check();
    expect(await level('MUG')).toEqual([['stock', 20, 16, 'available against on hand 4']]);
    expect(await level('BOWL')).toEqual([['stock', 8, 6, 'available against on hand 2']]);
  });

  test('a bundle is counted otherwise there; a variant nobody matched and a place given to nobody are named', async () => {
    await connect();
    await exchange();
    sync({ SET: 6 });
    await exchange();
    await check();
    expect(await level('SET')).toEqual([['stock', 10, 4, 'bundle counted otherwise 6']]);
    await clock.house.db.query(`update planner_warehouse set location_id = null, matched_by = 'by hand' where store_id = $1 and planner_warehouse_id = $2`, [town.storeId, here]);
    await check();
    expect(await level('BOWL')).toEqual([['stock', 0, 8, 'unmapped location or SKU -8']]);
    expect(await cases()).toEqual([]);
  });

  test('its variants of a SKU two items bear are matched to neither', async () => {
    await connect();
    Object.assign(side.platform.variants[0]!, { id: '999001' });
    for (const each of side.platform.levels) if (each.variantId === town.variant('MUG').id) Object.assign(each, { variantId: '999001' });
    await clock.house.db.query(`update variant set sku = 'MUG' where store_id = $1 and shopify_variant_id = $2`, [town.storeId, town.variant('BOWL').id]);
    side.account.sync();
    await exchange();
    await check();
    expect(await level('MUG')).toEqual([['stock', 0, 20, 'unmapped location or SKU -20']]);
  });

  test('what Shopify itself differs by is the same cause there', async () => {
    await connect();
    // An order that nobody has told us of, and that the planner has read out of the shop.
    await town.control('/faults', { webhooks: { drop: 1 } });
    await town.sell({ MUG: 3 });
    await town.sandbox.pump();
    await clock.advance(60_000);
    sync();
    await exchange();
    await town.flow('stock-levels');
    await town.flow('drift-check');
    expect(await level('MUG')).toEqual([['stock', 17, 20, 'event not received -3']]);
    await town.control('/faults', { webhooks: null });
    await town.flow('sales-history');
    await town.settle();
    expect(await check()).toMatchObject({ differ: 0 });
  });
});

describe('on order', () => {
  const order = (units: number) => ourOrder(clock.house, town.storeId, `PD-${++n}`, town.placeIds[0]!, [{ itemId: mug, ordered: units }]);

  test('an order approved since the exchange, one told in it, and both sides in step after the next', async () => {
    await connect();
    await exchange();
    await clock.advance(1_000);
    await order(12);
    await check();
    expect(await level('MUG')).toEqual([['incoming', 0, 12, 'not exchanged yet -12']]);
    await exchange();
    await check();
    expect(await level('MUG')).toEqual([['incoming', 0, 12, 'not exchanged yet -12']]);
    await exchange();
    expect(await check()).toMatchObject({ differ: 0 });
  });

  test('an order that is not told, with the reason', async () => {
    await connect({ sends_orders: false });
    await order(7);
    await exchange();
    await check();
    expect(await level('MUG')).toEqual([['incoming', 0, 7, 'order not sent -7']]);
    expect(await cases()).toEqual([]);
  });

  test('a receipt that is not written there, because it may raise Shopify’s stock itself', async () => {
    await connect({ pushes_stock: true });
    const po = await order(10);
    await exchange();
    await exchange();
    expect(await check()).toMatchObject({ differ: 0 });
    await weReceive(clock.house, town.storeId, po.id, mug, 4);
    await clock.house.db.query(`insert into goods_receipt (store_id, reference, purchase_order_id, location_id, received_at, received_by, writes_stock) values ($1, $2, $3, $4, $5, 'test', true)`, [town.storeId, `scan/${n}`, po.id, town.placeIds[0], clock.now()]);
    await check();
    expect(await level('MUG')).toEqual([['incoming', 10, 6, 'not exchanged yet 4']]);
    await exchange();
    await exchange();
    await check();
    expect(await level('MUG')).toEqual([['incoming', 10, 6, 'receipt not written 4']]);
  });

  test('an order of theirs is no fault while the exchange that read their figures is at work; one that goes on too long, or failed, is', async () => {
    await connect({ takes_orders: false });
    side.account.makeOrder({ reference: 'IP-0', vendor: 'Mill', warehouse: here, status: 'Open', items: [{ id: mugThere, replenishment: 9 }] });
    await exchange();
    // Its figures are here, its orders not yet.
    const midway = (status: string) => clock.house.db.query(`update planner_connection set takes_orders = true, exchanged_at = null, status = $2 where store_id = $1`, [town.storeId, status]);
    await midway('ok');
    await check();
    expect([await level('MUG'), await cases()]).toEqual([[['incoming', 9, 0, 'not exchanged yet 9']], []]);
    await midway('failing');
    await check();
    expect(await level('MUG')).toEqual([['incoming', 9, 0, 'unknown 9']]);
    await midway('ok');
    await clock.advance(900_000);
    await check();
    expect(await level('MUG')).toEqual([['incoming', 9, 0, 'unknown 9']]);
    await exchange();
    await exchange();
    // What was found before an exchange ended does not stand for minutes after it.
    await town.flow('drift-check');
    expect(await level('MUG')).toEqual([]);
  });

  test('an order kept there alone: by choice it is explained, else it is a case', async () => {
    await connect({ takes_orders: false });
    side.account.makeOrder({ reference: 'IP-1', vendor: 'Mill', warehouse: here, status: 'Open', items: [{ id: mugThere, replenishment: 9 }] });
    await exchange();
    await check();
    expect(await level('MUG')).toEqual([['incoming', 9, 0, 'order not taken over 9']]);
    await clock.house.db.query('update planner_connection set takes_orders = true where store_id = $1', [town.storeId]);
    await check();
    expect(await level('MUG')).toEqual([['incoming', 9, 0, 'unknown 9']]);
    await exchange();
    await exchange();
    expect(await check()).toMatchObject({ differ: 0 });
  });
});
