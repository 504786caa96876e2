/** The files, column by column: what the planner fetches from us, and what we put into its folders. No buyer is in them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSftp, type SftpServer } from '../../src/sandbox/warehouse/sftp-server.ts';
import { changedFileRows } from '../../src/store/planner-files.ts';
import { clockwork, type Clockwork } from '../helpers/clockwork.ts';
import { connectPlanner, ourOrder, plannerAccount } from '../helpers/planner-account.ts';
import type { Town } from '../helpers/town.ts';

let clock: Clockwork, town: Town, sftp: SftpServer, root: string, poId: number, orderId: string;
beforeAll(async () => {
  clock = await clockwork();
  root = mkdtempSync(path.join(tmpdir(), 'instep-planner-'));
  sftp = await startSftp({ root, port: 0, user: 'ip', password: 'pass-word', loseAnswer: () => false });
  town = await clock.town({ goods: [{ sku: 'MUG', title: 'Mug, "large"', stock: [20, 5] }, { sku: '=BOWL', stock: [8, null] }] });
  await clock.house.db.query(`update item set barcode = '4006381333931', product_type = 'Cups' where sku = 'MUG'`);
  const side = await plannerAccount({ variants: 2, places: town.places, ids: (n) => [town.variant('MUG').id, town.variant('=BOWL').id][n]!, clock: { now: () => new Date(clock.time()) } });
  const fingerprint = sftp.fingerprint;
  await connectPlanner(clock.house, town.storeId, side.url, { sftp: { host: '127.0.0.1', port: sftp.port, user: 'ip', fingerprint }, sftpSecret: 'pass-word' });
  const order = await town.sell({ MUG: 3, '=BOWL': 1 }, 0);
  orderId = order.id;
  await town.settle();
  ({ id: poId } = await ourOrder(clock.house, town.storeId, 'PO-7', town.placeIds[0]!, [{ itemId: await town.itemId('MUG'), ordered: 12, unitCost: 405 }], 'Müller & Sons'));
});
afterAll(async () => { await sftp.stop(); rmSync(root, { recursive: true, force: true }); });

const fetchFile = (name: string, place = 0, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') => clock.app.inject({ method, url: `/planner-files/files-${town.storeId}/${town.places[place]}/${name}.csv`, headers: { host: 'instep.example', ...headers } });
const table = (text: string) => parse(text, { columns: true, trim: false }) as Record<string, string>[];
const header = (text: string): string => text.split('\r\n')[0]!;
function latest(folder: string): { name: string; rows: Record<string, string>[]; header: string } {
  const name = readdirSync(path.join(root, folder)).sort().at(-1)!, text = readFileSync(path.join(root, folder, name), 'utf8');
  return { name, rows: table(text), header: header(text) };
}

test('products: required columns first, every product of the place, nothing changed in a cell', async () => {
  const reply = await fetchFile('products');
  expect(reply.statusCode).toBe(200);
  expect(header(reply.body)).toBe('product_id,title,sku,created_at,stock_quantity,price,regular_price,cost_price,barcode,updated_at,managing_stock,vendor,categories,brand,vendor_reference,moq,uom');
  const rows = table(reply.body), mug = rows.find((row) => row['sku'] === 'MUG')!;
  expect(rows).toHaveLength(2);
  expect(mug).toMatchObject({ product_id: town.variant('MUG').id, title: 'Mug, "large"', stock_quantity: '17', price: '10.00', regular_price: '10.00', cost_price: '4.00', barcode: '4006381333931', managing_stock: 'true', brand: 'Zoo', categories: 'Cups', created_at: '2026-03-02', moq: '' });
  expect(rows.find((row) => row['sku'] === '=BOWL')).toBeDefined();
  expect(table((await fetchFile('products', 1)).body).find((row) => row['sku'] === 'MUG')!['stock_quantity']).toBe('5');
});

test('sales: a line each, of the place it left from', async () => {
  const reply = await fetchFile('sales');
  expect(header(reply.body)).toBe('order_number,product_id,sku,date,price,quantity,currency,canceled');
  expect(table(reply.body).map(({ sku, quantity, price, currency, canceled }) => ({ sku, quantity, price, currency, canceled })).sort((a, b) => a.sku!.localeCompare(b.sku!))).toEqual([
    { sku: '=BOWL', quantity: '1', price: '10.00', currency: 'EUR', canceled: 'false' }, { sku: 'MUG', quantity: '3', price: '10.00', currency: 'EUR', canceled: 'false' },
  ]);
  expect(table((await fetchFile('sales', 1)).body)).toEqual([]);
});

test('purchase orders, with both sides’ names of things', async () => {
  const reply = await fetchFile('purchase-orders');
  expect(header(reply.body)).toBe('po_id,date,expected_date,product_id,sku,cost_price,status,ordered,received,po_name,vendor,currency');
  expect(table(reply.body)).toEqual([{ po_id: String(poId), date: '2026-03-02', expected_date: '2026-03-20', product_id: town.variant('MUG').id, sku: 'MUG', cost_price: '4.05', status: 'Open', ordered: '12', received: '0', po_name: 'PO-7', vendor: 'Müller & Sons', currency: 'EUR' }]);
});

test('an order has the day it was sent, else the shop’s day it was made, and the day it is due; a receipt the shop’s day, unless it was taken back', async () => {
  const { db } = clock.house, { rows: [was] } = await db.query<{ ordered_on: string | null; expected_on: string | null; created_at: string }>('select ordered_on, expected_on, created_at from purchase_order where purchase_order_id = $1', [poId]);
  const days = async (orderedOn: string | null, expectedOn: string | null, lineOn: string | null, leadTimeDays: number | null): Promise<string[]> => {
    await db.query('update purchase_order set ordered_on = $2, expected_on = $3, created_at = $4 where purchase_order_id = $1', [poId, orderedOn, expectedOn, '2026-03-02T23:30:00Z']); // in Berlin it is the third
    await db.query('update purchase_order_line set expected_on = $2 where purchase_order_id = $1', [poId, lineOn]);
    await db.query(`update supplier set lead_time_days = $2 where store_id = $1 and name = 'Müller & Sons'`, [town.storeId, leadTimeDays]);
    const [starter] = table((await fetchFile('purchase-orders')).body), [advanced] = await changedFileRows(db, town.storeId, 'purchase-orders', 'order day', 9, new Date(clock.time()).toISOString());
    expect([advanced!.row['createdOn'], advanced!.row['expectedOn']]).toEqual([starter!['date'], starter!['expected_date']]);
    return [starter!['date']!, starter!['expected_date']!];
  };
  expect(await days('2026-02-20', null, null, 10)).toEqual(['2026-02-20', '2026-03-02']);
  expect(await days('2026-02-20', '2026-03-20', null, 10)).toEqual(['2026-02-20', '2026-03-20']);
  expect(await days('2026-02-20', '2026-03-20', '2026-03-25', 10)).toEqual(['2026-02-20', '2026-03-25']);
  expect(await days(null, null, null, 10)).toEqual(['2026-03-03', '2026-03-13']);
  const cameOn = async (): Promise<unknown> => (await changedFileRows(db, town.storeId, 'purchase-orders', 'order day', 9, new Date(clock.time()).toISOString()))[0]!.row['receivedOn'];
  const came = async (reference: string, at: string, reverses: number | null): Promise<number> => {
    const { rows: [made] } = await db.query<{ id: number }>(`insert into goods_receipt (store_id, reference, purchase_order_id, location_id, received_at, received_by, writes_stock, reverses, note) values ($1, $2, $3, $4, $5, 'test', false, $6, '') returning goods_receipt_id as id`, [town.storeId, reference, poId, town.placeIds[0], at, reverses]);
    await db.query('insert into goods_receipt_line (store_id, goods_receipt_id, line, item_id, quantity) values ($1, $2, 1, $3, $4)', [town.storeId, made!.id, await town.itemId('MUG'), reverses === null ? 1 : -1]);
    return made!.id;
  };
  await came('test/first', '2026-03-04T23:30:00Z', null);
  expect(await cameOn()).toBe('2026-03-05');
  await came('test/back', '2026-03-08T12:00:00Z', await came('test/second', '2026-03-07T12:00:00Z', null));
  expect(await cameOn()).toBe('2026-03-05');
  await db.query(`delete from goods_receipt_line where store_id = $1`, [town.storeId]);
  await db.query(`delete from goods_receipt where store_id = $1`, [town.storeId]);
  await days(null, '2026-03-20', null, null);
  await db.query('update purchase_order set ordered_on = $2, expected_on = $3, created_at = $4 where purchase_order_id = $1', [poId, was!.ordered_on, was!.expected_on, was!.created_at]);
});

test('HEAD answers as GET does; an unknown address has nothing; a password is asked for when one is set', async () => {
  const head = await fetchFile('products', 0, {}, 'HEAD');
  expect([head.statusCode, head.body]).toEqual([200, '']);
  expect((await clock.app.inject({ method: 'GET', url: `/planner-files/wrong/${town.places[0]}/products.csv`, headers: { host: 'instep.example' } })).statusCode).toBe(404);
  expect((await fetchFile('customers')).statusCode).toBe(404);
  await clock.house.db.query(`update planner_connection set files_user = 'ip', files_password = $2 where store_id = $1`, [town.storeId, clock.house.vault.seal(`${town.storeId}:planner_connection:files_password`, 'a secret word')]);
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  expect((await fetchFile('products')).statusCode).toBe(401);
  expect((await fetchFile('products', 0, basic('ip:wrong'))).statusCode).toBe(401);
  expect((await fetchFile('products', 0, basic('ip:a secret word'))).statusCode).toBe(200);
  await clock.house.db.query('update planner_connection set files_user = null where store_id = $1', [town.storeId]);
});

test('folders: everything at first, then what changed, then what is gone', async () => {
  await town.flow('planner-exchange');
  expect(readdirSync(root).sort()).toEqual(['sales-lines', 'stock-orders', 'variant-vendor', 'variant-warehouse', 'variants', 'vendors', 'warehouses']);
  const sales = latest('sales-lines'), stock = latest('variant-warehouse'), orders = latest('stock-orders');
  expect(sales.header).toBe('ORDER_ID,ID,VARIANT_ID,WAREHOUSE,CURRENCY,QUANTITY,PRICE,CREATED_AT,REMOVED,UPDATED_AT,REFERENCE,CANCELLED');
  expect(sales.rows).toHaveLength(2);
  expect(sales.rows.find((row) => row['VARIANT_ID'] === town.variant('MUG').id)).toMatchObject({ ID: orderId, WAREHOUSE: town.places[0], CURRENCY: 'EUR', QUANTITY: '3', PRICE: '10.00', REMOVED: 'false', CANCELLED: 'false' });
  expect(new Set(sales.rows.map((row) => row['ORDER_ID'])).size).toBe(2);
  expect(stock.header).toBe('VARIANT_ID,WAREHOUSE_ID,IN_STOCK,REMOVED,UPDATED_AT,MIN_STOCK,MAX_STOCK');
  expect(stock.rows).toHaveLength(3);
  expect(stock.rows.find((row) => row['VARIANT_ID'] === town.variant('MUG').id && row['WAREHOUSE_ID'] === town.places[0])).toMatchObject({ IN_STOCK: '17', REMOVED: 'false' });
  expect(orders.header).toBe('ID,REFERENCE,STATUS,WAREHOUSE,VENDOR,SOURCE_WAREHOUSE,CURRENCY,CREATED_DATE,LINE_ITEM_ID,VARIANT_ID,SKU,BARCODE,TITLE,REPLENISHMENT,RECEIVED,RECEIVED_DATE,COST_PRICE,REMOVED,UPDATED_AT,TYPE,EXPECTED_DATE');
  expect(orders.rows).toMatchObject([{ ID: String(poId), REFERENCE: 'PO-7', STATUS: 'OPEN', VENDOR: 'Müller & Sons', LINE_ITEM_ID: `${poId}-1`, REPLENISHMENT: '12', RECEIVED: '0', COST_PRICE: '4.05', TYPE: 'po', EXPECTED_DATE: '2026-03-20', BARCODE: '4006381333931' }]);

  await clock.advance(3_600_000);
  await town.flow('planner-exchange');
  expect(readdirSync(path.join(root, 'sales-lines'))).toHaveLength(1);

  await town.sell({ MUG: 2 }, 1);
  await town.settle();
  await clock.house.db.query('delete from purchase_order_line where store_id = $1', [town.storeId]);
  await clock.advance(3_600_000);
  await town.flow('planner-exchange').catch(() => {});
  expect(latest('sales-lines').rows).toMatchObject([{ QUANTITY: '2', WAREHOUSE: town.places[1] }]);
  expect(latest('variant-warehouse').rows).toMatchObject([{ IN_STOCK: '3', WAREHOUSE_ID: town.places[1] }]);
  expect(latest('stock-orders').rows).toMatchObject([{ ID: String(poId), REMOVED: 'true' }]);
});

test('a file put and not noted is put again: the same rows by the same ids', async () => {
  const before = latest('sales-lines').rows;
  await clock.house.db.query(`delete from planner_file_row where store_id = $1 and file = 'sales'`, [town.storeId]);
  await clock.advance(3_600_000);
  await town.flow('planner-exchange').catch(() => {});
  const again = latest('sales-lines').rows;
  expect(again).toHaveLength(3);
  expect(again.map((row) => row['ORDER_ID'])).toEqual(expect.arrayContaining(before.map((row) => row['ORDER_ID'])));
});

test('goods that came back are negative, dated by the order or by their return as the switch says', async () => {
  const { rows: [fact] } = await clock.house.db.query<{ fact: string; item_id: number; location_id: number }>(`select fact, item_id, location_id from demand_fact where store_id = $1 and kind = 'sale' and order_id = $2 and item_id = $3`, [town.storeId, orderId, await town.itemId('MUG')]);
  const lineId = fact!.fact.split(':line/')[1]!;
  await clock.house.db.query(`update sales_order set state = jsonb_set(state, '{refunds}', $3) where store_id = $1 and order_id = $2`, [town.storeId, orderId, JSON.stringify({ 55: { refundId: '9', lineId, quantity: 1, restockType: 'return', locationId: null, at: '2026-03-09T10:00:00Z' } })]);
  await clock.house.db.query(`insert into demand_fact (store_id, fact, item_id, location_id, day, kind, quantity, order_id) values ($1, 'refund/9:line/55', $2, $3, '2026-03-09', 'return', 1, $4)`, [town.storeId, fact!.item_id, fact!.location_id, orderId]);
  const returned = async () => table((await fetchFile('sales')).body).find((row) => row['quantity'] === '-1')!;
  expect((await returned())['date']).toMatch(/^2026-03-02T/);
  await clock.house.db.query(`update planner_connection set returns_on = 'return day' where store_id = $1`, [town.storeId]);
  expect((await returned())['date']).toMatch(/^2026-03-09T/);
});
