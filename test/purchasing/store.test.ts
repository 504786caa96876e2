/** Purchasing on the real database: suppliers seeded, orders by compare-and-set, receipts once, incoming as the difference, imports that may be repeated. */
import { describe, expect, it } from 'vitest';
import type { PurchaseAction, PurchaseOrder } from '../../src/domain/purchasing/purchase-order.ts';
import { readOrders } from '../../src/domain/purchasing/import-rows.ts';
import { idempotencyKey } from '../../src/runtime/key.ts';
import { postReceipt, listReceipts, takeBackReceipt, type NewReceipt } from '../../src/store/goods-receipts.ts';
import { positions } from '../../src/store/planning.ts';
import { bringOrders } from '../../src/store/purchase-import.ts';
import { pricedLines } from '../../src/store/purchase-making.ts';
import { changePurchase, findPurchase, incomingRefused, makePurchase, settleIncoming, nextReference, openPurchaseUnits, type Doing } from '../../src/store/purchase-orders.ts';
import { overduePurchases, purchaseVersions } from '../../src/store/purchase-page.ts';
import { saveSupplierItems, supplierItems, termsOf } from '../../src/store/supplier-items.ts';
import { deliveredOrders } from '../../src/store/supplier-performance.ts';
import { listSuppliers, makeSupplier, saveSupplier, seedSuppliers } from '../../src/store/suppliers.ts';
import { setAuthority } from '../../src/store/authority.ts';
import { makeWarehouse } from '../../src/store/warehouses.ts';
import { freshDatabase } from '../helpers/database.ts';
import { NOW, storeWith } from '../helpers/store.ts';

const { db } = await freshDatabase();
const doing = (by = 'ann', now = NOW): Doing => ({ by, now, keyOf: (cause) => idempotencyKey(cause) });
const TERMS = { email: null, contact: null, address: null, notes: null, currency: 'EUR', leadTimeDays: 20, leadTimeToleranceDays: 3, orderDays: [], minOrderCost: null, minOrderUnits: null, containerVolumeCm3: null, containerWeightG: null, minimumCounts: 'place' as const, fillContainer: false, mostContainers: null, budget: null, budgetPer: 'plan' as const, paymentTerms: null, active: true };

async function shop(): Promise<{ storeId: number; itemIds: number[]; locationIds: number[]; supplierId: number }> {
  const made = await storeWith(db, { variants: 3, locations: 2 });
  await db.transaction((tx) => seedSuppliers(tx, made.storeId, NOW));
  return { ...made, supplierId: (await listSuppliers(db, made.storeId, { q: null, all: true, after: null, limit: 10 }))[0]!.supplier_id };
}
type Shop = Awaited<ReturnType<typeof shop>>;
async function order(s: Shop, units: number[], locationId = s.locationIds[0]!): Promise<number> {
  const { lines } = await pricedLines(db, s.storeId, s.supplierId, 'EUR', units.map((quantity, n) => ({ itemId: s.itemIds[n]!, quantity })));
  return (await db.transaction(async (tx) => makePurchase(tx, s.storeId, {
    reference: await nextReference(tx, s.storeId, doing()), supplierId: s.supplierId, locationId, state: 'draft', currency: 'EUR', orderedOn: null, expectedOn: null, shipping: 1_000, duty: 0, otherCost: 0, notes: '', version: 1, madeBy: ['ann'], approvedBy: null, lines,
  }, { origin: 'instep', externalId: null }, doing())))!;
}
const change = (s: Shop, id: number, action: PurchaseAction, version: number | null = null) => db.transaction((tx) => changePurchase(tx, s.storeId, id, version, action, doing(action.by)));
async function sent(s: Shop, units: number[], locationId?: number): Promise<number> {
  const id = await order(s, units, locationId);
  expect((await change(s, id, { do: 'submit', by: 'ann', needsApproval: false })).outcome).toBe('done');
  expect((await change(s, id, { do: 'send', by: 'ann', today: '2026-11-24', expectedOn: '2026-12-14' })).outcome).toBe('done');
  return id;
}
const receipt = (s: Shop, id: number | null, reference: string, lines: NewReceipt['lines'], writesStock = true): NewReceipt => ({ reference, purchaseOrderId: id, locationId: s.locationIds[0]!, receivedAt: NOW, note: '', writesStock, strangers: 'refuse', lines });
const post = (s: Shop, r: NewReceipt) => db.transaction((tx) => postReceipt(tx, s.storeId, r, doing('dot')));
const queued = async (s: Shop): Promise<[string, number, number][]> => (await db.query<{ state_name: string; item_id: number; delta: number }>('select state_name, item_id, delta from stock_adjustment where store_id = $1 order by adjustment_id', [s.storeId])).rows.map((r) => [r.state_name, s.itemIds.indexOf(r.item_id), r.delta]);

describe('suppliers', () => {
  it('are there on the first day, once, and keep what a person changed', async () => {
    const s = await shop();
    const [mill] = await listSuppliers(db, s.storeId, { q: null, all: true, after: null, limit: 10 });
    expect(mill).toMatchObject({ name: 'Mill', vendor: 'Mill', currency: 'EUR', items: 3, lead_time_days: null });
    expect(await saveSupplier(db, s.storeId, mill!.supplier_id, mill!.version, { ...TERMS, name: 'Mill & Sons', active: false }, 'ann', NOW)).toBe(true);
    expect(await saveSupplier(db, s.storeId, mill!.supplier_id, mill!.version, { ...TERMS, name: 'Too late' }, 'bob', NOW)).toBe(false);
    const other = (await makeSupplier(db, s.storeId, { ...TERMS, name: 'Other' }, 'ann', NOW))!;
    expect(await makeSupplier(db, s.storeId, { ...TERMS, name: 'OTHER' }, 'ann', NOW)).toBeNull();
    await db.transaction((tx) => saveSupplierItems(tx, s.storeId, other, [{ itemId: s.itemIds[0]!, supplierSku: 'O-1', unitCost: 300, moq: 5, casePack: 6, priceBreaks: [{ from: 50, unitCost: 250 }], volumeCm3: null, weightG: null, leadTimeDays: null, preferred: true }], 'ann', NOW));
    expect(await db.transaction((tx) => seedSuppliers(tx, s.storeId, NOW))).toEqual({ suppliers: 0, items: 0 });
    expect((await listSuppliers(db, s.storeId, { q: null, all: true, after: null, limit: 10 })).map((r) => [r.name, r.active])).toEqual([['Mill & Sons', false], ['Other', true]]);
    const preferred = [...await supplierItems(db, s.storeId, mill!.supplier_id, { q: null, after: 0, limit: 10 }), ...await supplierItems(db, s.storeId, other, { q: null, after: 0, limit: 10 })].filter((r) => r.preferred).map((r) => [r.supplier_id, s.itemIds.indexOf(r.item_id)]);
    expect(preferred).toEqual([[mill!.supplier_id, 1], [mill!.supplier_id, 2], [other, 0]]);
    expect((await termsOf(db, s.storeId, other, s.itemIds)).get(s.itemIds[0]!)).toMatchObject({ case_pack: 6, price_breaks: [{ from: 50, unitCost: 250 }] });
    const { lines } = await pricedLines(db, s.storeId, other, 'EUR', [{ itemId: s.itemIds[0]!, quantity: 60 }, { itemId: s.itemIds[1]!, quantity: 2 }]);
    expect(lines.map((l) => [l.unitCost, l.supplierSku])).toEqual([[250, 'O-1'], [400, null]]); // the break; the item's own cost
    expect((await pricedLines(db, s.storeId, other, 'USD', [{ itemId: s.itemIds[1]!, quantity: 2 }])).lines[0]!.unitCost).toBe(0); // euros are no dollars
  });
});

describe('purchase orders', () => {
  it('are changed by whoever saw the latest version, each version kept whole', async () => {
    const s = await shop(), id = await order(s, [10, 5]);
    expect((await findPurchase(db, s.storeId, { id }))!.order).toMatchObject({ reference: 'PO-00001', version: 1, state: 'draft' });
    expect(await change(s, id, { do: 'amend', by: 'bob', notes: 'first' }, 1)).toMatchObject({ outcome: 'done', order: { version: 2 } });
    expect(await change(s, id, { do: 'amend', by: 'cleo', notes: 'second' }, 1)).toEqual({ outcome: 'conflict', version: 2, by: 'bob', what: 'amended' });
    const both = await Promise.all(['x', 'y'].map((notes) => change(s, id, { do: 'amend', by: notes, notes }, 2)));
    expect(both.map((b) => b.outcome).sort()).toEqual(['conflict', 'done']);
    expect(await change(s, id, { do: 'approve', by: 'cleo' }, 3)).toMatchObject({ outcome: 'refused' });
    const versions = await purchaseVersions(db, s.storeId, id);
    expect(versions.map((v) => [v.version, v.what, v.document.version])).toEqual([[3, 'amended', 3], [2, 'amended', 2], [1, 'created', 1]]);
    expect((await findPurchase(db, s.storeId, { id }))!.order).toEqual(versions[0]!.document satisfies PurchaseOrder);
  });

  it('show their open units as incoming by differences, and take them back when they are over', async () => {
    const s = await shop(), id = await sent(s, [10, 5]);
    expect(await queued(s)).toEqual([['incoming', 0, 10], ['incoming', 1, 5]]);
    await change(s, id, { do: 'confirm', by: 'ann', expectedOn: '2026-12-20' });
    expect(await queued(s)).toHaveLength(2); // nothing changed for stock
    await change(s, id, { do: 'reopen', by: 'ann' });
    await change(s, id, { do: 'amend', by: 'ann', lines: [{ itemId: s.itemIds[0]!, ordered: 12, unitCost: 1, supplierSku: null, expectedOn: null }] });
    await change(s, id, { do: 'submit', by: 'ann', needsApproval: false });
    await change(s, id, { do: 'send', by: 'ann', today: '2026-11-25', expectedOn: null });
    await db.query(`update stock_adjustment set state = 'parked' where store_id = $1 and delta = 12`, [s.storeId]); // Shopify refused
    await change(s, id, { do: 'close', by: 'ann' });
    expect(await queued(s)).toEqual([['incoming', 0, 10], ['incoming', 1, 5], ['incoming', 0, -10], ['incoming', 1, -5], ['incoming', 0, 12]]);
  });

  it('are written anew when Shopify had refused them, once an hour and not for ever', async () => {
    const s = await shop(), id = await sent(s, [10]), later = '2026-11-24T13:00:01.000Z';
    await change(s, id, { do: 'cancel', by: 'ann' });
    await db.query(`update stock_adjustment set state = case when delta > 0 then 'written' else 'parked' end where store_id = $1`, [s.storeId]);
    expect(await incomingRefused(db, s.storeId, '2026-11-24T11:00:00.000Z')).toEqual([]);
    expect(await incomingRefused(db, s.storeId, later)).toEqual([id]);
    const settle = () => db.transaction((tx) => settleIncoming(tx, s.storeId, id, doing('flow', later)));
    await Promise.all([settle(), settle()]);
    expect(await queued(s)).toEqual([['incoming', 0, 10], ['incoming', 0, -10], ['incoming', 0, -10]]);
    expect(await incomingRefused(db, s.storeId, later)).toEqual([]);
    for (let n = 0; n < 30; n++) { await db.query(`update stock_adjustment set state = 'parked', created_at = $2 where store_id = $1 and delta < 0`, [s.storeId, NOW]); if ((await incomingRefused(db, s.storeId, later)).length > 0) await settle(); }
    expect(await queued(s)).toHaveLength(20);
  });

  it('count in the position whether or not Shopify shows them yet, and at a warehouse’s location without it', async () => {
    const s = await shop(), [here, there] = s.locationIds as [number, number], at = async (n: number, place: number): Promise<number> => (await positions(db, s.storeId, s.itemIds)).get(`${s.itemIds[n]}@${place}`)!.incoming;
    await sent(s, [10]);
    expect(await at(0, here)).toBe(10);
    await db.query(`update stock_adjustment set state = 'written', written_at = $2 where store_id = $1`, [s.storeId, NOW]);
    await db.query('insert into ledger_level (store_id, item_id, location_id, incoming, updated_at) values ($1, $2, $3, 10, $4)', [s.storeId, s.itemIds[0], here, NOW]);
    expect(await at(0, here)).toBe(10);
    const warehouseId = await makeWarehouse(db, { name: 'W', connector: 'warehouse-rest', settings: {}, hookToken: 'h', now: NOW });
    await db.transaction((tx) => setAuthority(tx, s.storeId, there, 'warehouse', warehouseId));
    await sent(s, [7], there);
    expect(await at(0, there)).toBe(7);
    expect(await queued(s)).toEqual([['incoming', 0, 10]]);
    expect(await openPurchaseUnits(db, s.storeId, s.itemIds)).toEqual([{ item_id: s.itemIds[0], location_id: there, units: 7 }]);
  });

  it('are late when their day and the grace are over', async () => {
    const s = await shop(), id = await sent(s, [10]);
    expect(await overduePurchases(db, s.storeId, '2026-12-16', 2)).toEqual([]);
    expect(await overduePurchases(db, s.storeId, '2026-12-17', 2)).toMatchObject([{ purchase_order_id: id, expected_on: '2026-12-14', open_units: 10 }]);
    await change(s, id, { do: 'amend', by: 'ann', expectedOn: '2027-01-10' });
    expect(await overduePurchases(db, s.storeId, '2026-12-17', 2)).toEqual([]);
  });
});

describe('goods receipts', () => {
  it('post once, however often and however many at a time they are heard', async () => {
    const s = await shop(), id = await sent(s, [10, 5]), lines = [{ itemId: s.itemIds[0]!, quantity: 4, damaged: 1 }];
    const heard = await Promise.all(Array.from({ length: 6 }, () => post(s, receipt(s, id, 'scan/same', lines))));
    expect(heard.map((h) => h.outcome).sort()).toEqual(['known', 'known', 'known', 'known', 'known', 'posted']);
    expect((await findPurchase(db, s.storeId, { id }))!.order).toMatchObject({ state: 'part received', lines: [{ received: 4, damaged: 1 }, { received: 0 }] });
    expect((await queued(s)).slice(2)).toEqual([['incoming', 0, -5], ['available', 0, 4], ['damaged', 0, 1]]);
    expect(await post(s, receipt(s, id, 'scan/wrong', [{ itemId: s.itemIds[2]!, quantity: 1, damaged: 0 }]))).toMatchObject({ outcome: 'refused' });
    expect(await listReceipts(db, s.storeId, { purchaseOrderId: id, before: null, limit: 10 })).toMatchObject([{ reference: 'scan/same', lines: [{ quantity: 4, damaged: 1, landedUnitCost: 467, outcome: 'on its way to Shopify' }] }]); // 400 + 667 of 1000 shipping ÷ 10
    // Closed short, what came bears all of the shipping: 400 + 1000 ÷ 5.
    await change(s, id, { do: 'close', by: 'ann' });
    expect(await listReceipts(db, s.storeId, { purchaseOrderId: id, before: null, limit: 10 })).toMatchObject([{ lines: [{ landedUnitCost: 600 }] }]);
  });

  it('are taken back by one that reverses them, once; the goods are on their way again', async () => {
    const s = await shop(), id = await sent(s, [10]), posted = await post(s, receipt(s, id, 'scan/1', [{ itemId: s.itemIds[0]!, quantity: 10, damaged: 0 }]));
    expect((await findPurchase(db, s.storeId, { id }))!.order.state).toBe('received');
    const receiptId = (posted as { receiptId: number }).receiptId, back = () => db.transaction((tx) => takeBackReceipt(tx, s.storeId, receiptId, 'wrong pallet', doing('dot')));
    expect((await Promise.all([back(), back()])).map((b) => b.outcome).sort()).toEqual(['known', 'posted']);
    expect((await findPurchase(db, s.storeId, { id }))!.order).toMatchObject({ state: 'sent', lines: [{ received: 0 }] });
    const sums = new Map<string, number>();
    for (const [state, , delta] of await queued(s)) sums.set(state, (sums.get(state) ?? 0) + delta);
    expect(Object.fromEntries(sums)).toEqual({ incoming: 10, available: 0 });
  });

  it('teach lead times from what came, less what was taken back', async () => {
    const s = await shop();
    for (const [n, days] of [21, 25, 24, 40].entries()) {
      const id = await sent(s, [10]), at = new Date(Date.parse('2026-11-24T10:00:00Z') + days * 86_400_000).toISOString();
      await post(s, { ...receipt(s, id, `scan/l${n}`, [{ itemId: s.itemIds[0]!, quantity: 10, damaged: 0 }]), receivedAt: at });
    }
    const undone = await sent(s, [10]), posted = await post(s, receipt(s, undone, 'scan/undone', [{ itemId: s.itemIds[0]!, quantity: 10, damaged: 0 }]));
    await db.transaction((tx) => takeBackReceipt(tx, s.storeId, (posted as { receiptId: number }).receiptId, 'not ours', doing()));
    const delivered = (await deliveredOrders(db, s.storeId, [s.supplierId])).get(s.supplierId)!;
    expect(delivered.every((d) => d.received === 10 && d.short === 0)).toBe(true);
    expect(delivered.map((d) => [d.orderedOn, d.expectedOn, d.arrivals[0]!.day, d.over])).toEqual([['2026-11-24', '2026-12-14', '2027-01-03', true], ['2026-11-24', '2026-12-14', '2026-12-18', true], ['2026-11-24', '2026-12-14', '2026-12-19', true], ['2026-11-24', '2026-12-14', '2026-12-15', true]]);
  });
});

it('an order is short by line, and its promise is that of its last sending; goods that come after it was closed are stock, charges and scorecard all the same', async () => {
  const s = await shop(), id = await sent(s, [10, 10]), seen = async () => (await deliveredOrders(db, s.storeId, [s.supplierId])).get(s.supplierId)!;
  await change(s, id, { do: 'reopen', by: 'ann' });
  await change(s, id, { do: 'submit', by: 'ann', needsApproval: false });
  await change(s, id, { do: 'send', by: 'ann', today: '2026-11-25', expectedOn: '2026-12-30' });
  await post(s, receipt(s, id, 'scan/most', [{ itemId: s.itemIds[0]!, quantity: 15, damaged: 0 }, { itemId: s.itemIds[1]!, quantity: 4, damaged: 1 }]));
  await change(s, id, { do: 'close', by: 'ann' });
  expect(await seen()).toMatchObject([{ orderedOn: '2026-11-25', expectedOn: '2026-12-30', received: 19, damaged: 1, short: 6, over: true }]);
  const before = await queued(s);
  expect((await post(s, receipt(s, id, 'scan/late', [{ itemId: s.itemIds[1]!, quantity: 6, damaged: 0 }]))).outcome).toBe('posted');
  expect((await queued(s)).slice(before.length)).toEqual([['available', 1, 6]]);
  expect(await seen()).toMatchObject([{ received: 25, short: 0 }]);
  expect((await findPurchase(db, s.storeId, { id }))!.order).toMatchObject({ state: 'closed', lines: [{ received: 15 }, { received: 10, damaged: 1, cancelled: 0 }] });
});

it('brings orders of another system in once, with past receipts that write no stock', async () => {
  const s = await shop();
  const read = readOrders([
    ['7', 'IP-7', 'OPEN', 'Mill', 'SKU-1', '10', '4', '2026-11-01', '2026-11-20'], ['7', 'IP-7', 'OPEN', 'Mill', 'SKU-2', '5', '', '2026-11-01', ''], ['8', 'IP-8', 'CLOSED', 'New Ltd', 'SKU-1', '3', '2', '2026-09-01', '2026-09-20'], ['9', 'IP-9', 'OPEN', 'Mill', 'NOBODY', '1', '', '2026-09-01', ''],
  ].map((c, n) => ({ line: n + 2, record: { ID: c[0]!, REFERENCE: c[1]!, STATUS: c[2]!, VENDOR: c[3]!, SKU: c[4]!, REPLENISHMENT: c[5]!, RECEIVED: c[6]!, CREATED_DATE: c[7]!, RECEIVED_DATE: c[8]!, COST_PRICE: '4.005', WAREHOUSE: 'Place 1' } })));
  const bring = () => db.transaction((tx) => bringOrders(tx, s.storeId, read.rows, 'inventory-planner', { currency: 'EUR', today: '2026-11-24' }, doing()));
  expect(await bring()).toMatchObject({ applied: 2, unchanged: 0, errors: [{ line: 5, field: 'sku', message: 'no item has the code NOBODY' }], notes: ['Supplier New Ltd is new (EUR).'] });
  expect(await bring()).toMatchObject({ applied: 0, unchanged: 2 });
  expect((await findPurchase(db, s.storeId, { reference: 'IP-7' }))!.order).toMatchObject({ state: 'part received', orderedOn: '2026-11-01', lines: [{ ordered: 10, received: 4, unitCost: 401 }, { ordered: 5 }] });
  expect((await findPurchase(db, s.storeId, { reference: 'IP-8' }))!.order).toMatchObject({ state: 'closed', lines: [{ received: 2, cancelled: 1 }] });
  expect(await queued(s)).toEqual([['incoming', 0, 6], ['incoming', 1, 5]]);
  expect((await listReceipts(db, s.storeId, { purchaseOrderId: null, before: null, limit: 10 })).map((r) => [r.writes_stock, r.received_at.slice(0, 10)])).toEqual([[false, '2026-09-20'], [false, '2026-11-20']]);
});
