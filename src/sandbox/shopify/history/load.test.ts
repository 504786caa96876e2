import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf } from '../engine/conservation.ts';
import { quantityAt } from '../engine/levels.ts';
import { openShop, type OpenShop } from '../shop.ts';
import { formatTally, loadHistory } from './load.ts';

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,Country\n';
let folder: string;
beforeAll(() => { folder = mkdtempSync(path.join(tmpdir(), 'history-')); });
afterAll(() => rmSync(folder, { recursive: true }));

/** A Friday noon in London, so that "yesterday" is a Thursday. */
const newShop = () => openShop({ file: ':memory:', clock: () => Date.parse('2026-11-20T12:00:00Z') });
const write = (name: string, content: string | Buffer) => {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
};
const orderOf = (shop: OpenShop, invoice: string) => [...shop.tables.orders.values()].find((order) => order.tags.includes(`invoice:${invoice}`))!;
const itemOf = (shop: OpenShop, sku: string) => [...shop.tables.variants.values()].find((variant) => variant.sku === sku)!.inventoryItemId;

describe('a history in the Online Retail format', () => {
  it('becomes orders shipped the same day, cancellations, edits, returns and stock adjustments, each row counted once', async () => {
    const file = write('mixed.csv', HEADER + [
      '1001,A1,RED MUG,6,2011-05-25 09:30:00,2.50,United Kingdom',
      '1001,POST,POSTAGE,1,2011-05-25 09:30:00,18,United Kingdom',
      '1002,A1,RED MUG,4,2011-05-25 10:00:00,2.50,France',
      '1002,B2,"BOWL, ""BLUE""",3,2011-05-25 10:00:00,1.25,France',
      'C1003,B2,BOWL,-3,2011-05-25 11:00:00,1.25,France',
      'C1004,A1,RED MUG,-2,2011-05-26 11:00:00,2.50,United Kingdom',
      '1005,a1,RED MUG,5,2011-05-26 12:00:00,2.50,United Kingdom',
      'C1006,a1,RED MUG,-5,2011-05-26 12:20:00,2.50,United Kingdom',
      '1007,B2,damages,-2,2011-05-27 09:00:00,0,United Kingdom',
      '1008,B2,found,1,2011-05-27 09:05:00,0,United Kingdom',
      'C1009,Z9,NEVER SOLD,-4,2011-05-27 10:00:00,3,United Kingdom',
      'C1010,M,Manual,-1,2011-05-27 10:10:00,50,United Kingdom',
      '1011,A1,RED MUG,zwei,2011-05-27 10:20:00,2.5,United Kingdom',
      '1012,A1,"RED MUG,1,2011-05-27 10:30:00,2.5,United Kingdom',
      '1013,A1,RED MUG,1,2011-05-27 16:00:00,2.5,United Kingdom',
    ].join('\r\n'));
    const shop = newShop();
    const tally = await loadHistory(shop, file);
    expect(tally.applied).toEqual({
      'order line': 5, 'order line without stock (postage, fee, voucher)': 1, 'credit: removed before dispatch': 1, 'credit: returned and restocked': 1,
      'credit: order cancelled': 1, 'stock adjusted down': 1, 'stock adjusted up': 1, 'credit without an earlier sale: stock adjusted up': 1,
    });
    expect(tally.skipped).toEqual({ 'credit of a charge never sold before': 1, 'quantity is no whole number': 1, 'row is not valid CSV': 1 });
    expect(tally.rows).toBe(15);
    expect(tally.problems).toEqual([`${file}:14: quantity is no whole number: "zwei"`, expect.stringContaining(`${file}:15: row is not valid CSV`)]);
    expect(formatTally(tally)).toContain('15 rows = 12 applied + 3 skipped');
    expect(faultsOf(shop)).toEqual([]);

    // The last row was on Friday 27 May 2011; the nearest Friday that is over is 13 November 2026, 807 weeks later, in winter time.
    expect(orderOf(shop, '1013')).toMatchObject({ createdAt: '2026-11-13T16:00:00.000Z', currency: 'GBP', countryCode: 'GB' });
    expect(shop.fulfillmentsOf(orderOf(shop, '1001').id)).toMatchObject([{ status: 'SUCCESS', createdAt: '2026-11-11T17:30:00.000Z' }]);
    expect(orderOf(shop, '1001').lines).toMatchObject([{ sku: 'A1', quantity: 6, currentQuantity: 4, requiresShipping: true }, { sku: 'POST', requiresShipping: false, price: 1800 }]);
    expect(orderOf(shop, '1002')).toMatchObject({ edited: true, countryCode: 'FR', lines: [{ currentQuantity: 4 }, { title: 'BOWL, "BLUE"', quantity: 3, currentQuantity: 0 }] });
    expect(orderOf(shop, '1005')).toMatchObject({ cancelReason: 'CUSTOMER', financialStatus: 'REFUNDED', lines: [{ sku: 'a1', currentQuantity: 0 }] });
    expect(itemOf(shop, 'A1')).not.toBe(itemOf(shop, 'a1'));
    const place = [...shop.tables.locations.keys()][0]!;
    // What an article opened with, less what left it, plus what came back.
    const opened = (sku: string) => [...shop.tables.adjustments.values()].filter((row) => row.inventoryItemId === itemOf(shop, sku) && row.reason === 'received').reduce((sum, row) => sum + row.delta, 0);
    expect(quantityAt(shop, itemOf(shop, 'A1'), place, 'on_hand')).toBe(opened('A1') - 6 - 4 + 2 - 1);
    expect(quantityAt(shop, itemOf(shop, 'B2'), place, 'on_hand')).toBe(opened('B2') - 2 + 1);
    expect(quantityAt(shop, itemOf(shop, 'Z9'), place, 'on_hand')).toBe(4);
    expect(shop.levelsOf(itemOf(shop, 'POST'))).toEqual([]);
  });

  it('reads a plain gzipped file with zones and returns', async () => {
    const file = write('plain.csv.gz', gzipSync('id,date,sku,quantity,price\nA,2026-03-01T10:00:00+01:00,X,2,9.99\nB,2026-03-02,X,-1,9.99\n'));
    const shop = newShop();
    const tally = await loadHistory(shop, file, undefined, { shiftDates: false });
    expect(tally).toMatchObject({ rows: 2, applied: { 'order line': 1, 'credit: returned and restocked': 1 }, skipped: {} });
    expect([...shop.tables.orders.values()]).toMatchObject([{ createdAt: '2026-03-01T09:00:00.000Z', lines: [{ price: 999, currentQuantity: 1 }] }]);
    expect(faultsOf(shop)).toEqual([]);
  });

  it('names the file and line when nothing can be read, and leaves the shop empty', async () => {
    const shop = newShop();
    await expect(loadHistory(shop, write('headless.csv', 'a,b,c\n1,2,3\n'))).rejects.toThrow(/headless\.csv:1: no column for document \(invoiceno or invoice\)/);
    await expect(loadHistory(shop, write('empty.csv', ''))).rejects.toThrow(/empty\.csv:1: the file is empty/);
    await expect(loadHistory(shop, path.join(folder, 'absent.csv.gz'))).rejects.toThrow(/absent\.csv\.gz:1: ENOENT/);
    await expect(loadHistory(shop, write('torn.csv.gz', gzipSync(HEADER.repeat(500)).subarray(0, 30)))).rejects.toThrow(/torn\.csv\.gz/);
    expect([shop.tables.shop.size, shop.tables.products.size]).toEqual([0, 0]);
  });
});

const real = path.join(process.env['INSTEP_SHARED'] ?? '../shared', 'data/online-retail/invoices-2010-12-to-2011-05.csv.gz');
describe.skipIf(!existsSync(real))('the real six months', () => {
  it('load whole: every row accounted for, stock conserved, never sold from an empty shelf', async () => {
    const shop = openShop({ file: ':memory:' });
    const tally = await loadHistory(shop, real);
    const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);
    expect(tally.rows).toBe(209_029);
    expect(sum(tally.applied) + sum(tally.skipped)).toBe(209_029);
    expect(sum(tally.skipped)).toBeLessThan(300);
    expect(faultsOf(shop)).toEqual([]);
    let below = 0;
    for (const row of shop.tables.adjustments.values()) if (row.name === 'available' && row.after < 0) below++;
    expect(below).toBe(0);
    const weekdays = new Set([...shop.tables.orders.values()].map((order) => new Date(order.processedAt).getUTCDay()));
    expect(weekdays.has(6)).toBe(false);
    const last = [...shop.tables.orders.values()].at(-1)!.createdAt;
    const age = Date.parse(shop.now()) - Date.parse(last);
    expect(age).toBeGreaterThan(0);
    expect(age).toBeLessThan(9 * 86_400_000);
  }, 300_000);
});
