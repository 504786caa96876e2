/** The connector to Inventory Planner on its simulator: what it reads and writes, and the same under every fault the planner can show. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { HttpError, NetworkError } from '../../src/connectors/http.ts';
import { inventoryPlanner } from '../../src/connectors/inventory-planner/planner.ts';
import { PlannerRefused, type OrderToPlan, type Planner } from '../../src/ports/planner.ts';
import { startSftp } from '../../src/sandbox/warehouse/sftp-server.ts';
import { ACCOUNT, KEY, plannerAccount, type PlannerAccount } from '../helpers/planner-account.ts';

let side: PlannerAccount, planner: Planner, time = 0, waits: number[] = [];
const clock = { now: () => new Date(time), async sleep(ms: number) { waits.push(ms); time += ms; } };
const connect = (options: { apiKey?: string; timeoutMs?: number } = {}): Planner => inventoryPlanner({ origin: side.url, apiKey: KEY, account: ACCOUNT, clock, timeZone: 'Europe/Berlin', sftp: null, timeoutMs: 5_000, ...options });
const HERE = 'c1_301';
const order = (reference: string, more: Partial<OrderToPlan> = {}): OrderToPlan => ({ reference, status: 'Open', vendor: 'Mill', warehouseId: HERE, currency: 'EUR', expectedOn: '2026-12-24', notes: '', lines: [{ variantId: 'c1_101', ordered: 12, unitCost: 405 }], ...more });

beforeEach(async () => {
  time = Date.parse('2026-11-26T09:00:00Z');
  waits = [];
  side = await plannerAccount({ clock });
  planner = connect();
});

describe('what it reads', () => {
  test('warehouses, and a check that says how many are enabled', async () => {
    expect((await planner.warehouses()).warehouses).toEqual([{ id: HERE, name: 'Place 1', kind: 'warehouse', isDisabled: false, currency: 'EUR', syncedAt: '2026-11-26T09:00:00.000Z' }]);
    side.account.addWarehouse('combined', 'All', [HERE]);
    expect((await planner.check()).detail).toMatch(/2 of its 2 warehouses are enabled/);
  });
  test('figures per variant and warehouse: 2 a day, 44 days, 20 in stock', async () => {
    const { variants } = await planner.variants();
    expect(variants).toHaveLength(3);
    expect(variants[0]).toEqual({ id: 'c1_101', shopVariantId: '101', sku: 'SKU-1', title: 'Thing 1', figures: [{ warehouseId: HERE, inStock: 20, onOrder: 0, replenishment: 68, toOrder: 68, leadTimeDays: 14, coverDays: 30, minimumStock: 0, forecastPerDay: 2, method: 'last_x_days' }] });
  });
  test.each(['both', 'flat', 'nested'] as const)('figures in the form “%s” say the same', async (metrics) => {
    side.faults.set({ metrics });
    const [first] = (await planner.variants()).variants;
    expect(first!.figures[0]).toMatchObject({ inStock: 20, replenishment: 68, warehouseId: metrics === 'flat' ? null : HERE });
  });
  test.each(['rfc822', 'iso', 'unix'] as const)('dates in the form “%s” are the same instant', async (dates) => {
    side.faults.set({ dates });
    side.account.makeOrder({ vendor: 'Mill', warehouse: HERE, items: [{ id: 'c1_101', replenishment: 5 }] });
    expect((await planner.orders()).orders[0]!.modifiedAt).toBe('2026-11-26T09:00:00.000Z');
  });
  test('more than a page, in order and whole', async () => {
    side = await plannerAccount({ variants: 2_150, clock });
    expect(new Set((await connect().variants()).variants.map((v) => v.id)).size).toBe(2_150);
  });
  test('a list that grows between its pages is read again', async () => {
    side = await plannerAccount({ variants: 1_200, clock });
    side.faults.set({ grow: 1 });
    expect((await connect().variants()).variants).toHaveLength(1_201);
    expect(side.calls.filter((call) => call === 'GET variants')).toHaveLength(4);
  });
  test('a list that never stands still is given up, and said', async () => {
    side = await plannerAccount({ variants: 1_200, clock });
    side.faults.set({ grow: 20 });
    await expect(connect().variants()).rejects.toThrow(/kept changing/);
  });
  test('a row that cannot be read names its field; the others go on', async () => {
    side.platform.levels[1] = { ...side.platform.levels[1]!, inStock: 1.5 };
    side.account.sync();
    const { variants, rejects } = await planner.variants();
    expect(variants).toHaveLength(2);
    expect(rejects).toEqual([{ where: 'variant c1_102', field: 'in_stock', message: 'is no whole number: 1.5' }]);
  });
});

describe('what it writes', () => {
  test('an order, found by its reference, with its lines and money', async () => {
    const id = await planner.makeOrder(order('PO-1'));
    expect(await planner.findOrders('PO-1')).toMatchObject([{ id, reference: 'PO-1', status: 'Open', expectedOn: '2026-12-24', ordered: 12, received: 0 }]);
    expect(await planner.findOrders('PO-11')).toEqual([]);
    expect(await planner.lines(id!, 'EUR')).toEqual([{ variantId: 'c1_101', sku: 'SKU-1', ordered: 12, received: 0, unitCost: 405 }]);
    await planner.changeLines(id!, [{ variantId: 'c1_101', ordered: 24, unitCost: 405 }, { variantId: 'c1_102', ordered: 6, unitCost: 100 }], 'EUR');
    await planner.changeOrder(id!, { status: 'Closed', expectedOn: '2026-12-31' });
    expect((await planner.findOrders('PO-1'))[0]).toMatchObject({ status: 'Closed', ordered: 30, expectedOn: '2026-12-31' });
  });
  test('the total received of a line, the same however often it is said', async () => {
    const id = (await planner.makeOrder(order('PO-2')))!;
    await planner.setReceived(id, 'c1_101', 5);
    await planner.setReceived(id, 'c1_101', 5);
    expect((await planner.lines(id, 'EUR'))![0]!.received).toBe(5);
    expect(side.account.orders.get(id)!.lines.get('c1_101')!.history).toHaveLength(1);
  });
  test('an order that is no longer there is null, and changing it a no', async () => {
    expect(await planner.lines('000000000000000000000000', 'EUR')).toBeNull();
    await expect(planner.setReceived('000000000000000000000000', 'c1_101', 1)).rejects.toThrow(PlannerRefused);
  });
  test('the planner’s own words on a no, under 500: no retry', async () => {
    await expect(planner.makeOrder(order('PO-3', { lines: [{ variantId: 'c1_999', ordered: 1, unitCost: 1 }] }))).rejects.toEqual(new PlannerRefused('variant c1_999 does not exist'));
    side.faults.set({ refuse: 1 });
    await expect(planner.makeOrder(order('PO-3'))).rejects.toThrow(PlannerRefused);
    expect(side.account.orders.size).toBe(0);
  });
  test('an order owned by a connected system cannot be changed', async () => {
    side.account.savesOrders = true;
    const id = (await planner.makeOrder(order('PO-4')))!;
    expect((await planner.findOrders('PO-4'))[0]!.isReadonly).toBe(true);
    await expect(planner.changeOrder(id, { status: 'Closed' })).rejects.toThrow(PlannerRefused);
  });
});

describe('manners', () => {
  test('one call a second, one at a time', async () => {
    await Promise.all([planner.warehouses(), planner.warehouses(), planner.warehouses()]);
    expect(waits).toEqual([1_000, 1_000]);
  });
  test('429 waits as long as it says, or longer each time where it says nothing', async () => {
    side.faults.set({ throttle: 1, throttleSilently: 2 });
    await planner.warehouses();
    expect(waits.filter((ms) => ms > 1_000)).toEqual([3_000, 4_000, 8_000]);
  });
  test.each(['unavailable', 'html', 'truncate', 'fail'] as const)('reading goes on after “%s”', async (fault) => {
    side.faults.set({ [fault]: 2 });
    expect((await planner.variants()).variants).toHaveLength(3);
  });
  test('and is given up after five tries', async () => {
    side.faults.set({ unavailable: 9 });
    await expect(planner.warehouses()).rejects.toMatchObject({ name: 'HttpError', status: 503 });
    expect(side.calls).toHaveLength(5);
  });
  test('a planner that hangs is not waited for', async () => {
    side.faults.set({ hang: 1 });
    await expect(connect({ timeoutMs: 100 }).makeOrder(order('PO-5'))).rejects.toThrow(NetworkError);
  });
  test('a wrong key is said with what to do, once', async () => {
    await expect(connect({ apiKey: 'wrong-key-123' }).warehouses()).rejects.toThrow(/Account > Settings > API/);
    expect(side.calls).toHaveLength(1);
  });
});

describe('a write whose answer is lost', () => {
  test.each(['loseAnswer', 'unavailable', 'html', 'fail'] as const)('“%s” is not repeated blindly', async (fault) => {
    side.faults.set({ [fault]: 1 });
    await expect(planner.makeOrder(order('PO-6'))).rejects.toSatisfy((error) => error instanceof HttpError || error instanceof NetworkError);
    expect(side.calls.filter((call) => call === 'POST purchase-orders')).toHaveLength(1);
    expect(await planner.findOrders('PO-6')).toHaveLength(fault === 'loseAnswer' ? 1 : 0);
  });
  test('no body is no id', async () => {
    side.faults.set({ empty: 1 });
    expect(await planner.makeOrder(order('PO-7'))).toBeNull();
    expect(await planner.findOrders('PO-7')).toHaveLength(1);
  });
  test('done twice, it is found twice', async () => {
    side.faults.set({ duplicatePost: 1 });
    await planner.makeOrder(order('PO-8'));
    expect(await planner.findOrders('PO-8')).toHaveLength(2);
  });
});

test('files go into their folder over SFTP, whole and never over another', async () => {
  const root = mkdtempSync(path.join(tmpdir(), 'instep-planner-files-'));
  const sftp = await startSftp({ root, port: 0, user: 'u', password: 'p', loseAnswer: () => false });
  afterAll(async () => { await sftp.stop(); rmSync(root, { recursive: true, force: true }); });
  const withFiles = inventoryPlanner({ origin: side.url, apiKey: KEY, account: ACCOUNT, clock, timeZone: 'UTC', sftp: { host: '127.0.0.1', port: sftp.port, user: 'u', password: 'p', privateKey: null, fingerprint: sftp.fingerprint, folder: '' } });
  const rows = [{ variantId: '101', locationId: '301', inStock: 7, minStock: 2, maxStock: null, updatedAt: '2026-11-26T08:00:00.000Z', isRemoved: false }];
  const file = await withFiles.putRows('stock', rows, 'EUR', 'levels');
  expect([file.folder, file.name]).toEqual(['levels', expect.stringMatching(/^stock-20261126T\d{6}Z\.csv$/)]);
  expect(file.content).toBe('VARIANT_ID,WAREHOUSE_ID,IN_STOCK,REMOVED,UPDATED_AT,MIN_STOCK,MAX_STOCK\r\n101,301,7,false,2026-11-26 08:00:00.000,2,\r\n');
  expect(readFileSync(path.join(root, file.folder, file.name), 'utf8')).toBe(file.content);
  expect((await withFiles.putRows('stock', rows, 'EUR', 'levels', 2)).name).toMatch(/Z-2\.csv$/);
  await expect(withFiles.putRows('stock', rows, 'EUR', 'levels')).rejects.toThrow(/is there already/);
  await withFiles.close();
  await expect(planner.putRows('stock', rows, 'EUR', 'levels')).rejects.toThrow(PlannerRefused);
});
