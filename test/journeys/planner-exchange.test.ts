/**
 * Orders and receipts between us and a planner, while answers are lost, doubled and late: what both sides keep in the end is the same, and nothing is booked
 * twice. The planner is the simulator behind a real port; the clock is the test's.
 */
import { idempotencyKey } from '../../src/runtime/key.ts';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { clockwork, type Clockwork } from '../helpers/clockwork.ts';
import { connectPlanner, ourOrder, plannerAccount, weReceive, type PlannerAccount } from '../helpers/planner-account.ts';
import type { Counted } from '../../src/sandbox/planner/faults.ts';
import { sharedOrder, takeReceipt } from '../../src/store/planner-orders.ts';
import { observedLeadTimes } from '../../src/store/supplier-terms.ts';
import type { Town } from '../helpers/town.ts';

let clock: Clockwork, town: Town, side: PlannerAccount, mugs: number, bowls: number, here: string, mug: string, bowl: string, n = 0;
beforeAll(async () => { clock = await clockwork(); });
beforeEach(async () => {
  town = await clock.town({ goods: [{ sku: 'MUG', stock: [20, 5] }, { sku: 'BOWL', stock: [8, 0] }] });
  const ids = [town.variant('MUG').id, town.variant('BOWL').id];
  side = await plannerAccount({ variants: 2, places: town.places, ids: (i) => ids[i]!, skus: (i) => ['MUG', 'BOWL'][i]!, clock: { now: () => new Date(clock.time()) } });
  [mugs, bowls] = [await town.itemId('MUG'), await town.itemId('BOWL')];
  [here, mug, bowl] = [`c1_${town.places[0]}`, `c1_${ids[0]}`, `c1_${ids[1]}`];
});
const connect = (settings = {}) => connectPlanner(clock.house, town.storeId, side.url, { pushes_stock: false, ...settings });
const exchange = async () => { await clock.advance(3_600_000 * 7); return town.flow('planner-exchange'); };
const ours = (lines = [{ itemId: mugs, ordered: 12 }]) => ourOrder(clock.house, town.storeId, `PO-${++n}`, town.placeIds[0]!, lines);
const theirs = () => [...side.account.orders.values()];
const live = () => theirs().filter((order) => side.account.typeOf(order.status) !== 'Canceled');
const rows = async <R extends object>(text: string, ...values: unknown[]): Promise<R[]> => (await clock.house.db.query<R>(text, [town.storeId, ...values])).rows;
const receipts = () => rows<{ reference: string; item_id: number; quantity: number }>('select r.reference, l.item_id, l.quantity from goods_receipt r join goods_receipt_line l using (store_id, goods_receipt_id) where store_id = $1 order by r.goods_receipt_id, l.line');
const line = async (id: number, itemId: number) => (await rows<{ received: number; ordered: number; unit_cost: string }>('select received, ordered, unit_cost from purchase_order_line where store_id = $1 and purchase_order_id = $2 and item_id = $3', id, itemId))[0]!;
const cases = () => town.cases('PLANNER_REJECTED') as Promise<{ sentence: string }[]>;

describe('our order, received there', () => {
  test('is told once, its receipts come back once each, and the order is received', async () => {
    await connect();
    const po = await ours([{ itemId: mugs, ordered: 12 }, { itemId: bowls, ordered: 6 }]);
    await exchange();
    expect(theirs()).toMatchObject([{ reference: po.reference, vendor: 'Mill', warehouse: here, status: 'Open', expectedDate: '2026-03-20' }]);
    const order = theirs()[0]!;
    expect([...order.lines.values()].map((each) => [each.id, each.replenishment, each.cost_price])).toEqual([[mug, 12, 4], [bowl, 6, 4]]);
    side.account.receive(order, mug, 5);
    await exchange();
    await exchange();
    side.account.receive(order, mug, 12);
    side.account.receive(order, bowl, 6);
    await exchange();
    await exchange();
    expect(await receipts()).toEqual([
      { reference: `planner/${order.id}/1`, item_id: mugs, quantity: 5 }, { reference: `planner/${order.id}/2`, item_id: mugs, quantity: 7 }, { reference: `planner/${order.id}/2`, item_id: bowls, quantity: 6 },
    ]);
    expect((await rows<{ state: string; version: number }>('select state, version from purchase_order where store_id = $1'))[0]).toEqual({ state: 'received', version: 4 });
    expect(theirs()).toHaveLength(1);
    expect(side.calls.filter((call) => call === 'POST purchase-orders')).toHaveLength(1);
    expect(await cases()).toEqual([]);
  });

  test.each<[string, Partial<Record<Counted, number>>]>([['its answer lost', { loseAnswer: 1 }], ['no body', { empty: 1 }], ['done twice', { duplicatePost: 1 }], ['done twice and the answer lost', { duplicatePost: 1, loseAnswer: 1 }], ['unavailable', { unavailable: 1 }], ['an error of its own', { fail: 1 }], ['throttled', { throttle: 3 }], ['a web page', { html: 1 }]])('the first call with %s: one order stands there', async (_what, faults) => {
    await connect();
    const po = await ours();
    // The reading before goes well: what fails is the telling.
    side.faults.set({ ...faults, on: 'writes' });
    await exchange().catch(() => {});
    await exchange();
    await exchange();
    if (faults.duplicatePost && faults.loseAnswer) {
      // Nobody can know whose the second is: a person is asked.
      expect(live()).toHaveLength(2);
      expect((await cases())[0]!.sentence).toMatch(/stands in Inventory Planner twice/);
    } else {
      expect(live()).toHaveLength(1);
      expect(await cases()).toEqual([]);
    }
    expect(live()[0]!.reference).toBe(po.reference);
  });

  test('taken back as a draft it is a draft there, which is not on its way; approved again it is open, with the lines it then has', async () => {
    await connect();
    const po = await ours([{ itemId: mugs, ordered: 12 }]), { house } = clock, state = (to: string) => house.db.query('update purchase_order set state = $3 where store_id = $1 and purchase_order_id = $2', [town.storeId, po.id, to]);
    await exchange();
    expect(theirs().map((each) => each.status)).toEqual(['Open']);
    await state('draft');
    await exchange();
    expect(theirs().map((each) => [each.status, [...each.lines.values()].map((one) => one.replenishment)])).toEqual([['Draft', [12]]]);
    await house.db.query('update purchase_order_line set ordered = 20 where store_id = $1 and purchase_order_id = $2', [town.storeId, po.id]);
    await state('awaiting approval');
    await exchange();
    expect(theirs().map((each) => each.status)).toEqual(['Draft']);
    // A draft whose lines were all taken off for the moment is still a draft.
    await house.db.query('update purchase_order_line set ordered = 0 where store_id = $1 and purchase_order_id = $2', [town.storeId, po.id]);
    await state('draft');
    await exchange();
    await house.db.query('update purchase_order_line set ordered = 20 where store_id = $1 and purchase_order_id = $2', [town.storeId, po.id]);
    await state('approved');
    await exchange();
    expect(theirs().map((each) => [each.status, [...each.lines.values()].map((one) => one.replenishment)])).toEqual([['Open', [20]]]);
    expect(theirs()).toHaveLength(1);
    expect(await cases()).toEqual([]);
  });

  test('what changes here changes there: quantity, day, cancelled', async () => {
    await connect();
    const po = await ours();
    await exchange();
    await clock.house.db.query('update purchase_order_line set ordered = 30 where store_id = $1', [town.storeId]);
    await clock.house.db.query(`update purchase_order set expected_on = '2026-04-01', version = version + 1 where store_id = $1`, [town.storeId]);
    await exchange();
    expect(theirs()[0]!.lines.get(mug)!.replenishment).toBe(30);
    expect(theirs()[0]!.expectedDate).toBe('2026-04-01');
    await clock.house.db.query(`update purchase_order set state = 'cancelled' where store_id = $1 and purchase_order_id = $2`, [town.storeId, po.id]);
    await exchange();
    expect(theirs()[0]!.status).toBe('Canceled');
  });

  test('a line that leaves it here is not to come there any more; what is received there of a line that is not on it is asked about', async () => {
    await connect();
    const po = await ours([{ itemId: mugs, ordered: 12 }, { itemId: bowls, ordered: 6 }]);
    await exchange();
    const order = theirs()[0]!;
    side.account.receive(order, bowl, 2);
    await exchange();
    await clock.house.db.query('delete from goods_receipt_line where store_id = $1', [town.storeId]);
    await clock.house.db.query('delete from purchase_order_line where store_id = $1 and item_id = $2', [town.storeId, bowls]);
    await exchange();
    expect([...order.lines.values()].map((each) => [each.id, each.replenishment])).toEqual([[mug, 12], [bowl, 2]]);
    await exchange();
    expect((await cases()).map((each) => each.sentence).join()).toMatch(new RegExp(`${po.reference}: 2 units of BOWL were received there, which is not on the order here`));
  });

  test('an order that is for another place now is not changed there, and that is said', async () => {
    await connect();
    await ours();
    await exchange();
    await clock.house.db.query('update purchase_order set location_id = $2 where store_id = $1', [town.storeId, town.placeIds[1]!]);
    await exchange();
    expect(theirs()[0]!.warehouse).toBe(here);
    expect((await cases())[0]!.sentence).toMatch(/it is for another warehouse there/);
  });

  test('a refusal is a case in the planner’s words, does not stop the next order, and is not repeated as it is', async () => {
    await connect();
    await ours();
    await ours([{ itemId: bowls, ordered: 6 }]);
    side.account.variants.get(mug)!.removed = true;
    side.account.variants.delete(mug);
    await exchange();
    expect(live()).toHaveLength(1);
    expect((await cases()).map((each) => each.sentence).join()).toMatch(/refused PO-\d+: it does not know MUG/);
    side.account.sync();
    await exchange();
    expect(live()).toHaveLength(2);
    expect(await cases()).toEqual([]);
  });

  test('an order owned by a connected system there is not changed, and that is said', async () => {
    await connect();
    side.account.savesOrders = true;
    await ours();
    await exchange();
    await exchange();
    await clock.house.db.query('update purchase_order_line set ordered = 30 where store_id = $1', [town.storeId]);
    await exchange();
    expect(theirs()[0]!.lines.get(mug)!.replenishment).toBe(12);
    expect((await cases())[0]!.sentence).toMatch(/belongs to a connected system/);
  });
});

describe('their order, received here', () => {
  const make = (more: object = {}) => side.account.makeOrder({ vendor: 'New Mill', warehouse: here, status: 'Open', reference: 'IP-77', items: [{ id: mug, replenishment: 10, cost_price: 4.25 }], ...more });

  test('becomes ours once with its supplier, and what we receive is written there once', async () => {
    await connect();
    const order = make();
    await exchange();
    await exchange();
    const made = await rows<{ purchase_order_id: number; reference: string; origin: string; external_id: string; state: string; name: string }>('select p.*, s.name from purchase_order p join supplier s using (store_id, supplier_id) where p.store_id = $1');
    expect(made).toMatchObject([{ reference: 'IP-77', origin: 'inventory-planner', external_id: order.id, state: 'sent', name: 'New Mill' }]);
    expect(await line(made[0]!.purchase_order_id, mugs)).toMatchObject({ ordered: 10, unit_cost: '425' });
    expect(await rows('select version, what, document -> $2 as lines from purchase_order_version where store_id = $1', 'reference')).toEqual([{ version: 1, what: 'created', lines: 'IP-77' }]);
    await weReceive(clock.house, town.storeId, made[0]!.purchase_order_id, mugs, 4);
    await exchange();
    await exchange();
    expect(order.lines.get(mug)).toMatchObject({ received: 4, history: [{ value: 4 }] });
    expect(await receipts()).toEqual([]);
    expect(await rows('select what, outcome from planner_attempt where store_id = $1')).toEqual([{ what: 'receipt', outcome: 'done' }]);
  });

  test.each([['the answer lost', { loseAnswer: 1 }, 'found'], ['nothing said', { empty: 1 }, 'done']])('a receipt written with %s is found when it is read back', async (_what, faults, outcome) => {
    await connect();
    const order = make();
    await exchange();
    const { purchase_order_id: id } = (await rows<{ purchase_order_id: number }>('select purchase_order_id from purchase_order where store_id = $1'))[0]!;
    await weReceive(clock.house, town.storeId, id, mugs, 4);
    side.faults.set(faults);
    await exchange();
    await exchange();
    expect(order.lines.get(mug)!.history).toHaveLength(1);
    expect(await rows('select outcome from planner_attempt where store_id = $1')).toEqual([{ outcome }]);
  });

  test('were the total added to what is there, it is noticed, said, and not made worse', async () => {
    await connect();
    const order = make();
    await exchange();
    const { purchase_order_id: id } = (await rows<{ purchase_order_id: number }>('select purchase_order_id from purchase_order where store_id = $1'))[0]!;
    side.account.addsReceived = true;
    await weReceive(clock.house, town.storeId, id, mugs, 4);
    await exchange();
    await weReceive(clock.house, town.storeId, id, mugs, 2);
    for (let turn = 0; turn < 3; turn++) await exchange();
    expect(order.lines.get(mug)).toMatchObject({ received: 10, history: [{ value: 4 }, { value: 6 }] });
    expect((await line(id, mugs)).received).toBe(6);
    expect((await cases())[0]!.sentence).toMatch(/4: 6 here, 10 in Inventory Planner/);
  });

  test('received on both sides at once is for a person, and settles when both agree', async () => {
    await connect();
    const order = make();
    await exchange();
    const { purchase_order_id: id } = (await rows<{ purchase_order_id: number }>('select purchase_order_id from purchase_order where store_id = $1'))[0]!;
    await weReceive(clock.house, town.storeId, id, mugs, 4);
    side.account.receive(order, mug, 6);
    await exchange();
    expect((await cases())[0]!.sentence).toMatch(/Both sides received since they last agreed on 0: 4 here, 6 in Inventory Planner/);
    expect([(await line(id, mugs)).received, order.lines.get(mug)!.received]).toEqual([4, 6]);
    side.account.receive(order, mug, 4);
    await exchange();
    expect(await cases()).toEqual([]);
    side.account.receive(order, mug, 10);
    await exchange();
    expect((await line(id, mugs)).received).toBe(10);
  });

  test('follows what is changed there: lines, day, closed', async () => {
    await connect();
    const order = make();
    await exchange();
    await clock.advance(60_000);
    side.account.changeLine(order, bowl, { replenishment: 3 });
    side.account.changeOrder(order, { expected_date: '2026-05-05' });
    await exchange();
    expect(await rows('select item_id, ordered from purchase_order_line where store_id = $1 order by line')).toEqual([{ item_id: mugs, ordered: 10 }, { item_id: bowls, ordered: 3 }]);
    side.account.changeOrder(order, { status: 'Closed' });
    await exchange();
    expect(await rows('select state, expected_on, version from purchase_order where store_id = $1')).toEqual([{ state: 'closed', expected_on: '2026-05-05', version: 3 }]);
  });

  const incoming = async () => (await rows<{ item_id: number; units: number }>(`select item_id, sum(delta)::int as units from stock_adjustment where store_id = $1 and state_name = 'incoming' and state <> 'parked' group by 1 order by 1`)).map((row) => [row.item_id, row.units]);

  test('what had come before it was taken over is agreed on: no receipt, no stock, no lead time; what comes later is booked', async () => {
    await connect();
    const order = make();
    order.createdDate = '2026-01-05';
    side.account.receive(order, mug, 4);
    await exchange();
    await exchange();
    expect(await receipts()).toEqual([]);
    expect(await rows(`select from stock_adjustment where store_id = $1 and state_name = 'available'`)).toEqual([]);
    const [made] = await rows<{ purchase_order_id: number; supplier_id: number; state: string; ordered_on: string }>('select * from purchase_order where store_id = $1');
    expect(made).toMatchObject({ state: 'part received', ordered_on: '2026-01-05' });
    expect((await line(made!.purchase_order_id, mugs)).received).toBe(4);
    expect(await incoming()).toEqual([[mugs, 6]]);
    side.account.receive(order, mug, 7);
    await exchange();
    expect(await receipts()).toMatchObject([{ quantity: 3 }]);
    expect(await incoming()).toEqual([[mugs, 3]]);
    expect((await observedLeadTimes(clock.house.db, town.storeId, 'UTC', '2025-01-01', '2026-12-31')).get(made!.supplier_id)).toBeUndefined();
  });

  test('what is awaited of it shows in Shopify from the first day, follows it, and goes when it ends there; not where the planner may show it itself', async () => {
    await connect();
    const order = make();
    await exchange();
    expect(await incoming()).toEqual([[mugs, 10]]);
    await clock.advance(60_000);
    side.account.changeLine(order, mug, { replenishment: 7 });
    await exchange();
    expect(await incoming()).toEqual([[mugs, 7]]);
    side.account.changeOrder(order, { status: 'Canceled' });
    await exchange();
    expect(await incoming()).toEqual([[mugs, 0]]);
    await clock.house.db.query('update planner_connection set pushes_stock = true where store_id = $1', [town.storeId]);
    make({ reference: 'IP-78', items: [{ id: bowl, replenishment: 5 }] });
    await exchange();
    expect(await incoming()).toEqual([[mugs, 0]]);
  });

  test('closed here, it stays closed whatever else changes there, and a person is asked; opened again there it is opened here', async () => {
    await connect();
    const order = make();
    await exchange();
    await clock.house.db.query(`update purchase_order set state = 'closed' where store_id = $1`, [town.storeId]);
    side.account.changeOrder(order, { expected_date: '2026-05-05' });
    await exchange();
    await exchange();
    expect(await rows('select state, expected_on from purchase_order where store_id = $1')).toEqual([{ state: 'closed', expected_on: '2026-05-05' }]);
    expect((await cases()).map((each) => each.sentence).join()).toMatch(/IP-77: It was closed here and is open there/);
    side.account.changeOrder(order, { status: 'Closed' });
    await exchange();
    expect(await cases()).toEqual([]);
    side.account.changeOrder(order, { status: 'Open' });
    await exchange();
    expect(await rows('select state from purchase_order where store_id = $1')).toEqual([{ state: 'sent' }]);
    expect(await cases()).toEqual([]);
  });

  test('a change whose time of change stays old is seen all the same', async () => {
    await connect();
    const order = make();
    await exchange();
    await exchange();
    side.account.staleModified = true;
    side.account.receive(order, mug, 3);
    await exchange();
    expect(await receipts()).toMatchObject([{ quantity: 3 }]);
  });

  test('drafts, transfers and orders for a place of nobody are not taken; the last is a case', async () => {
    await connect();
    make({ status: 'Draft', reference: 'D' });
    make({ type: 'transfer', reference: 'T' });
    const far = side.account.addWarehouse('ip', 'Abroad');
    make({ warehouse: far.name, reference: 'F' });
    const result = await exchange();
    expect(await rows('select from purchase_order where store_id = $1')).toEqual([]);
    expect(result.tally.skipped).toEqual({ draft: 1, 'transfer or assembly': 1 });
    expect((await cases()).map((each) => each.sentence)).toEqual(['F of Inventory Planner was not taken over: its warehouse Abroad is not given to a location. Do it in Settings → Inventory Planner.']);
  });

  test('a status renamed mid-run is unknown until somebody says what it is', async () => {
    await connect();
    make();
    await exchange();
    side.account.renameStatus('Open', 'On the water');
    make({ status: 'On the water', reference: 'IP-78' });
    await exchange();
    expect(await rows('select reference from purchase_order where store_id = $1')).toEqual([{ reference: 'IP-77' }]);
    expect((await cases())[0]!.sentence).toMatch(/“On the water”/);
    await clock.house.db.query(`update planner_connection set status_types = '{"On the water": "active"}' where store_id = $1`, [town.storeId]);
    await ours();
    await exchange();
    expect(await rows('select reference from purchase_order where store_id = $1 and origin = $2', 'inventory-planner')).toHaveLength(2);
    expect(live().find((order) => order.reference.startsWith('PO-'))!.status).toBe('On the water');
    expect(await cases()).toEqual([]);
  });

  test('after a reconnect variants and places have other ids: both sides stay in step', async () => {
    await connect();
    await exchange();
    side.account.reconnect('c9');
    side.account.warehouses.delete(here);
    side.account.variants.delete(mug);
    const order = side.account.makeOrder({ vendor: 'Mill', warehouse: here.replace('c1', 'c9'), status: 'Open', items: [{ id: mug.replace('c1', 'c9'), replenishment: 7 }] });
    await exchange();
    side.account.receive(order, mug.replace('c1', 'c9'), 7);
    await exchange();
    expect(await receipts()).toMatchObject([{ quantity: 7 }]);
    expect(await cases()).toEqual([]);
  });
});

test('two exchanges that saw the same receipt at the same moment book it once', async () => {
  await connect();
  const po = await ours();
  await exchange();
  const order = await sharedOrder(clock.house.db, town.storeId, po.id), seen = [{ itemId: mugs, variantId: mug, units: 5, total: 5 }];
  const booked = await Promise.all([1, 2, 3].map(() => clock.house.db.transaction((tx) => takeReceipt(tx, town.storeId, order, seen, false, { now: clock.now(), keyOf: idempotencyKey }))));
  expect(booked.filter((taken) => taken !== null)).toEqual([{ reference: `planner/${order.planner_id}/1` }]);
  expect((await line(po.id, mugs)).received).toBe(5);
});

test('while the planner may raise Shopify’s stock itself, receipts of ours wait, and receipts of theirs say so', async () => {
  await connect({ pushes_stock: true });
  const po = await ours();
  await exchange();
  await weReceive(clock.house, town.storeId, po.id, mugs, 4);
  const held = await exchange();
  expect(theirs()[0]!.lines.get(mug)!.received).toBe(0);
  expect(held.detail['receiptsHeld']).toBe(4);
  expect((await rows<{ message: string }>('select message from planner_order where store_id = $1'))[0]!.message).toMatch(/^Not told: 4 units/);
  await clock.house.db.query('update planner_connection set pushes_stock = false where store_id = $1', [town.storeId]);
  await exchange();
  expect(theirs()[0]!.lines.get(mug)!.received).toBe(4);
});

test('26 hours without an exchange are a case, and the next one closes it', async () => {
  await connect();
  await exchange();
  side.faults.set({ unavailable: 100 });
  await clock.advance(27 * 3_600_000);
  await expect(town.flow('planner-exchange')).rejects.toThrow(/asks for patience/);
  expect(await town.cases('PLANNER_SILENT')).toHaveLength(1);
  side.faults.set({ unavailable: 0 });
  await exchange();
  expect(await town.cases('PLANNER_SILENT')).toEqual([]);
});
