/** Goods at their landed cost, receipt by receipt: in the order's currency, and in the store's at the rate of the day they came; what is not known is said. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { GoodsReceipt, GoodsReceiptPage, PurchaseDetail } from '../../src/http/contract-purchasing.ts';
import type { Of } from '../../src/http/contract.ts';
import { planningDesk } from '../helpers/planning-desk.ts';

const desk = await planningDesk('2026-11-02T09:00:00.000Z', 4, 1), { db, storeId, itemIds, locationIds: [place], clock, call } = desk, DAY = 86_400_000;
let yard = 0, order: Of<typeof PurchaseDetail>;
const path = (tail = '') => `/purchase-orders/${order.purchaseOrderId}${tail}`, look = async () => (order = (await call<Of<typeof PurchaseDetail>>('GET', path())).body);
const receive = async (key: string, lines: [item: number, quantity: number, damaged?: number][]): Promise<void> => { const made = await call('POST', path('/receipts'), { key, lines: lines.map(([item, quantity, damaged = 0]) => ({ itemId: itemIds[item], quantity, damaged })) }); expect(made.body.detail).toBeUndefined(); await look(); };
const step = async (verb: string, more: object = {}): Promise<void> => { const made = await call<Of<typeof PurchaseDetail>>('POST', path(`/${verb}`), { version: order.version, ...more }); expect(made.body.detail).toBeUndefined(); await look(); };
const rate = (since: string, value: string | null) => call('PUT', '/exchange-rates', { currency: 'USD', since, rate: value });
const sum = (of: (receipt: Of<typeof GoodsReceipt>) => number | null): number => order.receipts.reduce((total, one) => total + of(one)!, 0);

beforeAll(async () => {
  yard = (await db.query<{ id: number }>(`insert into supplier (store_id, name, currency, lead_time_days, updated_at, updated_by) values ($1, 'Yard', 'USD', 14, $2, 'test') returning supplier_id as id`, [storeId, clock.now()])).rows[0]!.id;
  await db.query(`update purchase_setting set approval_limits = '{}' where store_id = $1`, [storeId]);
  order = (await call<Of<typeof PurchaseDetail>>('POST', '/purchase-orders', { supplierId: yard, locationId: place, shipping: 1_000, lines: [[0, 3, 333], [1, 7, 101], [2, 5, 250]].map(([item, quantity, unitCost]) => ({ itemId: itemIds[item!], quantity, unitCost })) })).body;
  await step('submit');
  if (order.state === 'awaiting approval') { await db.query(`update purchase_order set state = 'approved' where store_id = $1`, [storeId]); await look(); }
  await step('send', { how: 'hand' });
});

describe('landed cost of receipts', () => {
  it('is not known in the store’s currency without a rate of that day, and says so', async () => {
    await receive('first-parcel', [[0, 3], [1, 2, 1]]);
    const [one] = order.receipts;
    expect(one).toMatchObject({ currency: 'USD', storeCurrency: 'EUR', landedInStore: null, rate: null, rateDay: '2026-11-02' });
    expect(one!.rateMissing).toContain('no exchange rate of USD is known for 2026-11-02');
    expect(one!.landed).toBe(one!.lines.reduce((total, line) => total + line.landed!, 0));
    expect(one!.lines.every((line) => line.landedInStore === null && line.landedUnitCostInStore === null)).toBe(true);
    // Its rate said later, the receipt has its amount; a rate of a later day is not its.
    await rate('2026-11-03', '0.5');
    expect((await look()).receipts[0]!.landedInStore).toBeNull();
    await rate('2026-10-01', '0.9231');
    const now = (await look()).receipts[0]!;
    expect(now).toMatchObject({ rate: '0.9231', landedInStore: Math.round(now.landed! * 0.9231) });
    expect(now.lines.reduce((total, line) => total + line.landedInStore!, 0)).toBe(now.landedInStore);
  });

  it('each receipt is of its own day; all that came of the order sums to the cent to goods and charges', async () => {
    await clock.advance(2 * DAY);
    await receive('second-parcel', [[1, 4], [2, 5]]);
    expect(order.state).toBe('received');
    expect(sum((one) => one.landed)).toBe(3 * 333 + 7 * 101 + 5 * 250 + 1_000);
    const [second, first] = order.receipts;
    expect([first!.rate, second!.rate, second!.rateDay]).toEqual(['0.9231', '0.5', '2026-11-04']);
    expect(second!.landedInStore).toBe(Math.round(second!.landed! * 0.5));
    for (const line of second!.lines) expect(line.landedUnitCostInStore).toBe(Math.round(line.landedInStore! / line.quantity));
  });

  it('charges amended later change what came; a receipt taken back cancels out in both currencies, at the rate of the day it came', async () => {
    const reply = await desk.app.inject({ method: 'PATCH', url: `/api/v1${path()}?store=${storeId}`, headers: { host: 'localhost', origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }, payload: { version: order.version, duty: 333 } });
    expect(reply.statusCode).toBe(200);
    await look();
    expect(sum((one) => one.landed)).toBe(3 * 333 + 7 * 101 + 5 * 250 + 1_333);
    await clock.advance(5 * DAY);
    await rate('2026-11-09', '0.7');
    await call('POST', `/goods-receipts/${order.receipts[1]!.goodsReceiptId}/take-back`, { note: 'counted wrongly' });
    const [back, , first] = (await look()).receipts;
    expect(back).toMatchObject({ reverses: first!.goodsReceiptId, rate: '0.9231', rateDay: '2026-11-02', landed: -first!.landed!, landedInStore: -first!.landedInStore! });
    expect(back!.lines.map((line) => line.landedInStore)).toEqual(first!.lines.map((line) => -line.landedInStore!));
  });

  it('goods of no order have no cost; an order in the store’s currency has it at one', async () => {
    await db.query(`with g as (insert into goods_receipt (store_id, reference, location_id, received_at, received_by, writes_stock) values ($1, 'warehouse/1/x', $2, $3, 'test', false) returning goods_receipt_id)
      insert into goods_receipt_line (store_id, goods_receipt_id, line, item_id, quantity) select $1, goods_receipt_id, 1, $4, 5 from g`, [storeId, place, clock.now(), itemIds[3]]);
    const { rows } = (await call<Of<typeof GoodsReceiptPage>>('GET', '/goods-receipts')).body;
    expect(rows[0]).toMatchObject({ purchaseOrderId: null, currency: null, landed: null, landedInStore: null, rateMissing: null, lines: [{ landed: null, landedInStore: null }] });
    expect(rows).toHaveLength(4);
    await db.query(`update purchase_order set currency = 'EUR' where store_id = $1`, [storeId]);
    expect((await look()).receipts.map((one) => [one.landedInStore, one.rate])).toEqual(order.receipts.map((one) => [one.landed, '1']));
    await db.query(`update purchase_order set currency = 'USD' where store_id = $1`, [storeId]);
  });

  it('as a file, a row a line, of the days asked for', async () => {
    const file = async (query: string) => String((await call<string>('GET', `/goods-receipts.csv?${query}`)).body).trim().split('\r\n').map((row) => row.replace(/^\uFEFF/, '').split(/[;,]/));
    const [header, ...rows] = await file('from=2026-11-04&to=2026-11-04'), [second] = (await look()).receipts.filter((one) => one.rateDay === '2026-11-04'), at = (name: string) => header!.indexOf(name);
    expect(rows.map((row) => [row[at('Received on')], row[at('Currency')], row[at('Exchange rate')], row[at('Store currency')], row[at('Landed in store currency')]])).toEqual(second!.lines.map((line) => ['2026-11-04', 'USD', '0.5', 'EUR', (line.landedInStore! / 100).toFixed(2)]));
    expect(await file('from=2026-11-05&to=2026-11-08')).toHaveLength(1);
    expect(await file(`purchaseOrderId=${order.purchaseOrderId}`)).toHaveLength(1 + 2 + 2 + 2);
    expect((await call('GET', '/goods-receipts.csv?from=2026-11-31')).status).toBe(400);
  });
});
