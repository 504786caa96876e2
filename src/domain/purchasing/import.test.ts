import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../calendar.ts';
import { money, toDecimal } from '../money.ts';
import { columnsOf } from './import-columns.ts';
import { readMinMax, readOrders, readSuppliers, readTerms, type FileRow } from './import-rows.ts';
import { readAmount, readCount, readDay, readState } from './import-values.ts';
import { readReceiptRows } from './receipt-file.ts';

const file = (text: string): FileRow[] => {
  const [header, ...lines] = text.trim().split('\n').map((line) => line.split(';').map((cell) => cell.trim()));
  return lines.map((cells, n) => ({ line: n + 2, record: Object.fromEntries(header!.map((name, k) => [name, cells[k] ?? ''])) }));
};

describe('values as files write them', () => {
  it('reads every amount it can print, whoever wrote it', () => {
    fc.assert(fc.property(fc.nat(1e12), fc.constantFrom('EUR', 'JPY', 'KWD'), (minor, currency) => {
      const text = toDecimal(money(minor, currency)), [whole, fraction] = text.split('.') as [string, string?];
      const grouped = (sign: string): string => whole.replaceAll(/\B(?=(\d{3})+$)/g, sign);
      for (const said of [text, `$${text}`, fraction === undefined ? grouped(',') : `${grouped(',')}.${fraction}`, ...(fraction === undefined ? [] : [`${grouped('.')},${fraction} €`])]) {
        // "1,234" of a currency with three digits is a fraction to one reader and thousands to another: the comma is thousands.
        if (currency === 'KWD' && /^\d{1,3},\d{3}/.test(said)) continue;
        expect([said, readAmount(said, currency)]).toEqual([said, minor]);
      }
    }));
    expect(['3,5', '1,299', '4.2350', '4.2349', '0.005', 'free', '-3', '1.2.3,4'].map((t) => readAmount(t, 'USD'))).toEqual([350, 129_900, 424, 423, 1, expect.stringContaining('not an amount'), expect.stringContaining('not an amount'), expect.stringContaining('not an amount')]);
  });
  it('reads days, and refuses one that could be two', () => {
    fc.assert(fc.property(fc.nat(20_000), (n) => {
      const day = addDays('1995-01-01', n), [y, m, d] = day.split('-') as [string, string, string];
      expect(readDay(day)).toBe(day);
      expect(readDay(`${day}T10:00:00Z`)).toBe(day);
      expect(readDay(`${d}.${m}.${y}`)).toBe(day);
      if (Number(d) > 12) { expect(readDay(`${d}/${m}/${y}`)).toBe(day); expect(readDay(`${m}/${d}/${y}`)).toBe(day); } else if (d !== m) expect(readDay(`${m}/${d}/${y}`)).toContain('either of two days');
    }));
    expect(['Mar 9, 2026', '9 March 2026', '2026-02-30', 'soon', '13/13/2026'].map(readDay)).toEqual(['2026-03-09', '2026-03-09', expect.stringContaining('not a day'), expect.stringContaining('not a day'), expect.stringContaining('not a day')]);
  });
  it('counts whole units only', () => expect(['12', '12.0', '1,200', '0', '1.5', '-1', 'x'].map((text) => readCount(text))).toEqual([12, 12, 1_200, 0, expect.any(String), expect.any(String), expect.any(String)]));
  it('knows states by other names', () => expect(['OPEN', 'Draft', 'Partially received', 'CLOSED', 'Canceled', 'Ordered', 'Received', 'In transit', 'whatever'].map(readState)).toEqual(['sent', 'draft', 'part received', 'closed', 'cancelled', 'sent', 'closed', 'sent', null]));
});

it('finds columns whatever their case and signs, and says what is missing', () => {
  expect(columnsOf('purchase-orders', ['PO_Number', 'VENDOR', 'Variant SKU', 'Q\x74y Ordered', 'Colour'])).toEqual({ columns: { reference: 'PO_Number', supplier: 'VENDOR', sku: 'Variant SKU', ordered: 'Q\x74y Ordered' }, missing: [], ignored: ['Colour'] });
  expect(columnsOf('min-max', ['SKU']).missing).toEqual(['Min stock or Max stock']);
});

describe('purchase orders of other systems', () => {
  it('puts rows together, leaves transfers out, and an order with a wrong row whole', () => {
    const read = readOrders(file(`
ID;REFERENCE;STATUS;WAREHOUSE;VENDOR;CURRENCY;CREATED_DATE;EXPECTED_DATE;SKU;REPLENISHMENT;RECEIVED;RECEIVED_DATE;COST_PRICE;TYPE;REMOVED
1;IP-1;OPEN;Leeds;Mill;EUR;2026-01-05;2026-02-05;A;10;4;2026-02-03;1.50;po;
1;IP-1;OPEN;Leeds;Mill;EUR;2026-01-05;2026-02-05;B;5;;;2.00;po;false
2;IP-2;OPEN;Leeds;Mill;EUR;2026-01-05;;A;1.5;;;1;po;
2;IP-2;OPEN;Leeds;Mill;EUR;2026-01-05;;B;1;;;1;po;
3;T-1;OPEN;Leeds;Mill;EUR;2026-01-05;;A;1;;;1;transfer;
4;IP-4;CLOSED;Leeds;Mill;EUR;2026-01-05;;A;1;1;;1;;TRUE`));
    expect(read.rows).toMatchObject([{ id: '1', reference: 'IP-1', supplier: 'Mill', state: 'sent', receivedOn: '2026-02-03', lines: [{ code: 'A', ordered: 10, received: 4, cost: '1.50' }, { code: 'B', ordered: 5, received: 0 }] }]);
    expect(read.errors).toEqual([{ line: 4, field: 'REPLENISHMENT', message: 'not a whole number of units: 1.5' }]);
    expect(read.skipped).toHaveLength(2);
  });
  it('reads them by aliases too', () => {
    const read = readOrders(file('PO Number;Supplier;Status;SKU;Quantity;Received quantity;Cost\n 77;Acme;Received;A;3;3;$4.10'));
    expect(read.rows).toMatchObject([{ reference: '77', state: 'closed', lines: [{ ordered: 3, received: 3, cost: '$4.10' }] }]);
  });
});

it('reads suppliers, terms and minimum and maximum, each row for itself', () => {
  const suppliers = readSuppliers(file('Supplier;Email;Lead time;Minimum order value;Order days\nMill;a@b.nl;21;250;1 4\nBad;nobody;x;;9\nDull;;;;'), () => 'EUR');
  expect(suppliers.rows).toEqual([{ line: 2, name: 'Mill', email: 'a@b.nl', leadTimeDays: 21, minOrderCost: 25_000, orderDays: [1, 4] }, { line: 4, name: 'Dull' }]);
  expect(suppliers.errors.map((e) => [e.line, e.field])).toEqual([[3, 'Email'], [3, 'Order days'], [3, 'Lead time']]);
  expect(suppliers.errors[2]!.message).toBe('not a whole number of days: x');
  const twice = readSuppliers(file('Supplier;Currency;Lead time\nMill;XXQ;21\nSable;usd;21\nsable;USD;22'), () => 'EUR');
  expect(twice.rows.map((row) => [row.name, row.currency, row.leadTimeDays])).toEqual([['Sable', 'USD', 21]]);
  expect(twice.errors).toEqual([{ line: 2, field: 'Currency', message: 'not a currency: XXQ; expected a code like EUR' }, { line: 4, field: 'Supplier', message: 'sable is in line 3 too' }]);
  const terms = readTerms(file('Vendor;SKU;cost_price;uom_ordering;vendor_packaging;Price breaks\nMill;A;2.5;12;0;50:2.2 100:2\nMill;B;2;;;50:3\nMill;;2;;;'), () => 'EUR', 'USD');
  expect(terms.rows).toEqual([{ line: 2, code: 'A', supplier: 'Mill', currency: 'EUR', unitCost: 250, casePack: 12, priceBreaks: [{ from: 50, unitCost: 220 }, { from: 100, unitCost: 200 }] }]);
  expect(terms.errors.map((e) => [e.line, e.field])).toEqual([[3, 'Price breaks'], [4, 'SKU']]);
  const limits = readMinMax(file('VARIANT_ID;WAREHOUSE_ID;MIN_STOCK;MAX_STOCK\ngid://shopify/ProductVariant/12;Leeds;4;20\n13;;9;3\n14;;;'));
  expect([limits.rows, limits.errors, limits.skipped.length]).toEqual([[{ line: 2, code: '12', location: 'Leeds', minStock: 4, maxStock: 20 }], [{ line: 3, field: 'MAX_STOCK', message: '3 is below the minimum of 9' }], 1]);
});

it('reads terms of a supplier that is new in the currency its rows state first, wherever that is', () => {
  const read = (text: string) => readTerms(file(`Supplier;SKU;Unit cost;Currency\n${text}`), (name) => (name.toLowerCase() === 'mill' ? 'EUR' : null), 'USD');
  expect(read('Mill;A;1;USD').errors).toEqual([{ line: 2, field: 'Currency', message: 'Mill sells in EUR, the row says USD' }]);
  const two = read('Paris;A;10.00;EUR\nparis;B;9.00;GBP\nParis;C;8.00;\nPlain;A;7.00;');
  expect(two.rows.map((row) => [row.line, row.currency, row.unitCost])).toEqual([[2, 'EUR', 1_000], [4, 'EUR', 800], [5, 'USD', 700]]);
  expect(two.errors).toEqual([{ line: 3, field: 'Currency', message: 'paris is new and in EUR in line 2, the row says GBP: a supplier sells in one currency' }]);
  // A yen has no cents: read in another currency the first row would be a hundred times as dear.
  fc.assert(fc.property(fc.array(fc.nat(9_999), { minLength: 1, maxLength: 6 }), fc.nat(5), (costs, at) => {
    const rows = read(costs.map((cost, n) => `Osaka;S${n};${cost};${n === at % costs.length ? 'jpy' : ''}`).join('\n'));
    expect([rows.errors, rows.rows.map((row) => [row.currency, row.unitCost])]).toEqual([[], costs.map((cost) => ['JPY', cost])]);
  }));
});

it('reads a delivery note by SKU, barcode or the supplier’s code', () => {
  const ordered = [{ itemId: 1, codes: ['A', '4006381333931', 'M-1'] }, { itemId: 2, codes: ['B'] }];
  expect(readReceiptRows(file('Article;Q\x74y;Damaged\nm-1;4;1\nM-1;2;\nB;0;\nZ;1;'), ordered)).toEqual({ lines: [{ itemId: 1, quantity: 6, damaged: 1 }], errors: [{ line: 5, field: 'sku', message: 'Z is on no line of this order' }] });
});
