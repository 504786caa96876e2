import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../calendar.ts';
import { money, toDecimal } from '../money.ts';
import { columnsOf } from './import-columns.ts';
import { readMinMax, readOrders, readSuppliers, readTerms, type FileRow } from './import-rows.ts';
import { dayOrder, readDay } from './import-days.ts';
import { decimalCell, numberSigns, OPEN_SIGNS, readAmount, readCount, readDecimal } from './import-numbers.ts';
import { fileSigns, READING_COLUMN } from './import-signs.ts';
import { readState } from './import-words.ts';
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
      const english = [text, `${currency} ${text}`, fraction === undefined ? grouped(',') : `${grouped(',')}.${fraction}`], german = fraction === undefined ? [grouped('.')] : [`${whole},${fraction}`, `${grouped('.')},${fraction} ${currency}`, `${grouped(' ')},${fraction}`];
      // One cell that can be read one way only says how the others are meant, whatever stands between the cells.
      for (const [all, decides] of [[english, '0.5'], [german, '0,5']] as const) for (const delimiter of [',', ';', '\t']) {
        const { signs } = numberSigns([...all, decides].map((cell, n) => ({ text: cell, line: n + 2 })), delimiter);
        expect(all.map((said) => readAmount(said, currency, signs))).toEqual(all.map(() => minor));
      }
      expect(readAmount(text, currency)).toBe(minor); // as our own exports write it, alone
    }));
    expect(['3,5', '0,125', '4.2350', '4.2349', '0.005', '1 299,5', 'free', '-3', '1.2.3,4', '1 2', '12.50 ea', '1,299', '1.299'].map((t) => readAmount(t, 'USD'))).toEqual([350, 13, 424, 423, 1, 129_950, ...Array.from({ length: 5 }, () => expect.stringContaining('not an amount')), expect.stringContaining('write 1299 or 1,2990'), expect.stringContaining('nothing beside it says which')]);
  });
  it('takes the mark of a currency for what it says', () => {
    expect([['€ 12,50', 'EUR'], ['$12.50', 'USD'], ['CA$ 12.50', 'CAD'], ['12,50 kr.', 'SEK'], ['12,50 zł', 'PLN'], ['US$12.50', 'USD'], ['£9', 'GBP']].map(([text, currency]) => readAmount(text!, currency!))).toEqual([1_250, 1_250, 1_250, 1_250, 1_250, 1_250, 900]);
    for (const [text, currency] of [['€ 12,50', 'USD'], ['$12.50', 'EUR'], ['12.50 GBP', 'EUR'], ['CA$ 12.50', 'USD'], ['$5 EUR', 'EUR']]) expect(readAmount(text!, currency!)).toContain(`${text} is not in ${currency}, `);
  });
  it('settles the signs of numbers for a whole file, and refuses what stays open', () => {
    const signs = (delimiter: string, ...cells: string[]) => numberSigns(cells.map((text, n) => ({ text, line: n + 2 })), delimiter).signs;
    const both = (of: ReturnType<typeof signs>): (string | number)[] => [readCount('1.000', 'units', of), readCount('1,000', 'units', of), readAmount('1.299', 'EUR', of), readAmount('1,299', 'EUR', of)], open = expect.stringContaining('is either');
    for (const decides of ['12,50', '1.234,56', '0,125', '1.234.567', '1 299,500', '€ 3,5']) expect(both(signs(',', '1.000', decides)), decides).toEqual([1_000, 1, 129_900, 130]);
    for (const decides of ['12.50', '1,234.56', '0.125', '1,234,567', "1'299.500"]) expect(both(signs(';', '1.000', decides)), decides).toEqual([1, 1_000, 130, 129_900]);
    expect(both(signs(';', '1.000', '7'))).toEqual([1_000, 1, 129_900, 130]);
    expect(both(signs(',', '1.000', '7'))).toEqual([open, 1_000, open, 129_900]);
    expect(both(signs('\t', '1.000', '7'))).toEqual([open, open, open, open]);
    expect(readCount('1.000', 'units', signs(';', '12,50', '3', '12.50'))).toBe('1.000 is either 1000 or has a decimal point, and line 2 writes 12,50 and line 4 12.50; write 1000 or 1.0');
    expect(readCount('2,500', 'units', signs(';', '2,500'))).toBe('not a whole number of units: 2,500, read with a decimal comma, as files with semicolons between their cells have');
    expect(signs(';', '7', '1.000').note).toBe('Numbers are read with a decimal comma, as files with semicolons between their cells have: 1.000 in line 3 is 1000.');
    expect([signs(';', '7', '12,50').note, signs(';', 'about 3.5', '1.000').point]).toEqual([null, 'thousands']);
  });
  it('reads days, and refuses one that could be two', () => {
    fc.assert(fc.property(fc.nat(20_000), (n) => {
      const day = addDays('1995-01-01', n), [y, m, d] = day.split('-') as [string, string, string];
      expect(readDay(day)).toBe(day);
      expect(readDay(`${day}T10:00:00Z`)).toBe(day);
      expect(readDay(`${d}.${m}.${y}`)).toBe(day);
      if (Number(d) > 12) { expect(readDay(`${d}/${m}/${y}`)).toBe(day); expect(readDay(`${m}/${d}/${y}`)).toBe(day); } else if (d !== m) expect(readDay(`${m}/${d}/${y}`)).toContain('either of two days');
    }));
    expect(['Mar 9, 2026', '9 March 2026', '2026-02-30', 'soon', '13/13/2026'].map((text) => readDay(text))).toEqual(['2026-03-09', '2026-03-09', expect.stringContaining('not a day'), expect.stringContaining('not a day'), expect.stringContaining('not a day')]);
  });
  it('reads days as spreadsheets write them', () => {
    expect(['9-Apr-2026', '09-Apr-26', '9 Apr 2026', '9. April 2026', '9/Apr/2026', '46106', '46106.75', '9-Sept-95'].map((text) => readDay(text))).toEqual([...Array.from({ length: 5 }, () => '2026-04-09'), '2026-03-25', '2026-03-25', '1995-09-09']);
    expect(['32000', '461060', '9 Marx 2026', '31-Apr-26'].map((text) => readDay(text))).toEqual(Array.from({ length: 4 }, () => expect.stringContaining('not a day')));
    fc.assert(fc.property(fc.nat(20_000), (n) => { expect(readDay(String(34_700 + n))).toBe(addDays('1995-01-01', n)); }));
  });
  it('settles the order of days for a whole file, and trusts none of a file that contradicts itself', () => {
    const days = (...cells: string[]): string[] => { const { order } = dayOrder(cells.map((text, n) => ({ text, line: n + 2 }))); return cells.map((text) => readDay(text, order)); };
    expect(days('03/04/2026', '25/03/2026', '5-6-2026')).toEqual(['2026-04-03', '2026-03-25', '2026-06-05']);
    expect(days('03/04/2026', '03/28/2026')).toEqual(['2026-03-04', '2026-03-28']);
    expect(days('03/04/2026', '25.03.2026', '31/02/2026')[0]).toContain('either of two days');
    expect(days('25/03/2026', '03/28/2026', '03/04/2026', '05/05/2026', '2026-03-01')).toEqual([
      ...['25/03/2026', '03/28/2026', '03/04/2026'].map((text) => `${text} cannot be trusted: line 2 writes 25/03/2026, day first, and line 3 03/28/2026, month first; write YYYY-MM-DD`), '2026-05-05', '2026-03-01',
    ]);
  });
  it('counts whole units only', () => expect(['12', '12.0', '1,234,567', '0', '1.5', '-1', 'x', '$3'].map((text) => readCount(text))).toEqual([12, 12, 1_234_567, 0, ...Array.from({ length: 4 }, () => expect.stringContaining('not a whole number'))]));
  it('knows states by other names, in whole words', () => {
    const words: Record<string, string[]> = {
      sent: ['OPEN', 'Ordered', 'In transit', 'Incomplete', 'Unfulfilled', 'UNFULFILED', 'Not received', 'not yet delivered', 'To be received', 'Awaiting delivery', 'Awaiting shipment', 'awaiting-receipt', 'Pending delivery', 'Pending', 'Unconfirmed', 'Not shipped'], draft: ['Draft', 'Awaiting approval', 'Pending approval', 'Pending Supervisor Approval', 'Unapproved', 'Unsent', 'Not ordered', 'To be ordered', 'RFQ sent'],
      'part received': ['Partially received', 'PART_RECEIVED', 'Partial', 'Receiving'], closed: ['CLOSED', 'Received', 'Fully received', 'Fulfilled', 'Completed'], cancelled: ['Canceled', 'cancelled', 'Void'],
    };
    for (const [state, all] of Object.entries(words)) expect(all.map((word) => [word, readState(word)])).toEqual(all.map((word) => [word, state]));
    // Paid or not says nothing of the goods, and neither does a word of which only a part is known.
    for (const word of ['whatever', 'Unpaid', 'Paid', 'Partially paid', 'Awaiting', 'Awaiting payment', 'Not cancelled', 'Reopened', 'Order received by supplier', 'Disclosed', 'Renewed']) expect([word, readState(word)]).toEqual([word, null]);
  });
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
  it('reads a file as it is written, and says before it counts how', () => {
    const text = 'PO;Supplier;Status;Date;SKU;Quantity;Received;Cost\n1;Mill;Awaiting delivery;03/04/2026;A;1.000;;1.299\n2;Mill;Incomplete;25/03/2026;B;2.500;;0,125\n3;Mill;;46106;C;3;;12,50', read = readOrders(file(text), ';');
    expect(read.rows.map((order) => [order.state, order.orderedOn, order.lines[0]!.ordered, readAmount(order.lines[0]!.cost, 'EUR', order.signs)])).toEqual([['sent', '2026-04-03', 1_000, 129_900], ['sent', '2026-03-25', 2_500, 13], ['sent', '2026-03-25', 3, 1_250]]);
    expect(read.notes).toEqual([
      'Numbers are read with a decimal comma, as line 3 writes 0,125: 1.299 in line 2 is 1299.', 'Days are read day first, as line 3 writes 25/03/2026: 03/04/2026 in line 2 is 2026-04-03.', '46106 in line 4 is read as a spreadsheet’s number of the day 2026-03-25.',
      'Status “Awaiting delivery” is taken as sent (one row).', 'Status “Incomplete” is taken as sent (one row).', 'Status left empty is taken as sent (one row).',
    ]);
    expect(readOrders(file('PO;Supplier;Status;SKU;Quantity\n1;Mill;Unpaid;A;1'), ';').errors).toEqual([{ line: 2, field: 'Status', message: 'no state is known by the name Unpaid; write Draft, Sent, Part received, Closed or Cancelled' }]);
    const limits = readMinMax(file('SKU;Min;Max\nA;1.000;2.000'), ';'), terms = readTerms(file('Vendor;SKU;Unit cost;MOQ;Price breaks\nMill;A;1.299;2.500;3.000:1.250,5 5.000:0,125\nMill;B;$3,50;;'), () => 'EUR', 'EUR', ';');
    expect([limits.rows[0], terms.rows[0]]).toMatchObject([{ minStock: 1_000, maxStock: 2_000 }, { unitCost: 129_900, moq: 2_500, priceBreaks: [{ from: 3_000, unitCost: 125_050 }, { from: 5_000, unitCost: 13 }] }]);
    expect(terms.errors).toEqual([{ line: 3, field: 'Unit cost', message: '$3,50 is not in EUR, the currency that holds here; write the amount in EUR, or put the currency right' }]);
  });
  it('reads some rows of a file as the whole file was read', () => {
    const whole = (cells: string[], delimiter: string) => fileSigns(cells.map((cost, n) => ({ line: n + 2, record: { Cost: cost, Date: n === 0 ? '25/03/2026' : '03/04/2026' } })), { unitCost: 'Cost', orderedOn: 'Date' }, delimiter);
    for (const [cells, delimiter] of [[['12,50', '1.299'], ','], [['12.50', '1,299'], ';'], [['7', '1,299'], ','], [['7', '1.299'], ';'], [['7', '1,299'], '\t'], [['12,50', '12.50', '1.299'], ';']] as [string[], string][]) {
      const all = whole(cells, delimiter), some = fileSigns([{ line: 2, record: { Cost: cells.at(-1)!, Date: '03/04/2026', [READING_COLUMN]: all.reading } }], { unitCost: 'Cost', orderedOn: 'Date' }, ',');
      const how = ({ numbers, days }: typeof all) => [numbers.comma, numbers.point, days.first];
      expect([how(some), some.reading]).toEqual([how(all), all.reading]);
    }
    expect(whole(['12,50', '12'], ';').reading).toBe('day first');
  });
  it('of rows of one order that state different states the later is refused with both lines; rows that state none are of the one that is stated', () => {
    const read = readOrders(file('PO;Supplier;Status;SKU;Quantity\n1;Mill;Received;A;1\n1;Mill;In transit;B;1\n2;Mill;;A;1\n2;Mill;Received;B;1\n2;Mill;Closed;C;1\n3;Mill;;A;1'));
    expect(read.errors).toEqual([{ line: 3, field: 'Status', message: '1 is Received in line 2 and In transit here, and an order has one state: give its rows the same' }]);
    expect(read.rows.map((order) => [order.id, order.state, order.lines.length])).toEqual([['2', 'closed', 3], ['3', 'sent', 1]]);
    expect(read.notes).toContain('Status left empty is taken as sent (one row).');
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

it('reads numbers with a fraction, below zero too, and back what was written for it', () => {
  const tenths = ['-2,5', '+10 %', '\u2212 3', "'-20%", '.5', 'half', '1e3', ''].map((text) => readDecimal(text));
  expect(tenths).toEqual([-2.5, 10, -3, -20, 0.5, null, null, null]);
  expect(['.50', '$.50', 'Rs.500', 'Rs. 500.25'].map((text) => readAmount(text, text.startsWith('R') ? 'INR' : 'USD'))).toEqual([50, 50, 50_000, 50_025]);
  fc.assert(fc.property(fc.integer({ min: -10_000_000, max: 10_000_000 }), (thousandths) => {
    const value = thousandths / 1_000, text = String(decimalCell(value));
    // Alone in a file, between commas or semicolons.
    for (const delimiter of [',', ';']) expect(readDecimal(text, numberSigns([{ text, line: 2 }], delimiter).signs)).toBe(value);
    expect(readDecimal(text, OPEN_SIGNS)).toBe(value);
  }));
});

it('reads a delivery note by SKU, barcode or the supplier’s code', () => {
  const ordered = [{ itemId: 1, codes: ['A', '4006381333931', 'M-1'] }, { itemId: 2, codes: ['B'] }];
  expect(readReceiptRows(file('Article;Q\x74y;Damaged\nm-1;4;1\nM-1;2;\nB;0;\nZ;1;'), ordered)).toEqual({ lines: [{ itemId: 1, quantity: 6, damaged: 1 }], errors: [{ line: 5, field: 'sku', message: 'Z is on no line of this order' }], notes: [] });
  expect(readReceiptRows(file('SKU;Quantity\nA;2.000\nB;1'), ordered, ';')).toMatchObject({ lines: [{ itemId: 1, quantity: 2_000 }, { itemId: 2, quantity: 1 }], errors: [], notes: [expect.stringContaining('2.000 in line 2 is 2000.')] });
  expect(readReceiptRows(file('SKU;Quantity\nA;2.000\nB;1'), ordered, ',')).toMatchObject({ lines: [{ itemId: 2 }], errors: [{ line: 2, field: 'quantity', message: expect.stringContaining('write 2000 or 2.0') }] });
});
