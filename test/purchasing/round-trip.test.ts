/** What goes out as a file comes back as it was, whatever the SKUs; an order is duplicated once a key; an order's usual day stands beside its promise. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/domain/calendar.ts';
import { outcomesOf, resultFile } from '../../src/domain/purchasing/import-result.ts';
import { beyondTolerance } from '../../src/domain/purchasing/receipt-tolerance.ts';
import type { PurchaseDetail, PurchasePage, PurchasingImportResult, SupplierItemsPage } from '../../src/http/contract-purchasing.ts';
import type { Of } from '../../src/http/contract.ts';
import { csvTable } from '../../src/http/csv-in.ts';
import { roleNumbers } from '../../src/store/today.ts';
import { planningDesk } from '../helpers/planning-desk.ts';

const TODAY = '2026-11-24', { clock, db, storeId, itemIds, locationIds: [mill], call } = await planningDesk(`${TODAY}T09:00:00.000Z`, 5);
const file = async (path: string): Promise<string> => String((await call<string>('GET', path)).body);
const bring = async (kind: string, csv: string, dryRun = false) => (await call<Of<typeof PurchasingImportResult>>('POST', '/purchasing/import', { kind, csv, dryRun })).body;
const supplier = async (name: string, currency: string): Promise<number> => (await db.query<{ id: number }>(
  `insert into supplier (store_id, name, currency, email, lead_time_days, order_days, min_order_cost, minimum_counts, container_volume_cm3, most_containers, fill_container, budget, budget_per, payment_terms, notes, updated_at, updated_by)
   values ($1, $2, $3, 'sales@mill.example', 21, '{1,4}', 50000, 'all places', 30000000, 2, true, 900000, 'month', '30 days, 2% in 10', E'rings "twice"\nthen, waits', $4, 'test') returning supplier_id as id`, [storeId, name, currency, clock.now()])).rows[0]!.id;
const terms = (supplierId: number, item: number, breaks: object[], preferred = true) => db.query(`insert into supplier_item (store_id, supplier_id, item_id, supplier_sku, unit_cost, moq, case_pack, price_breaks, volume_cm3, weight_g, lead_time_days, preferred, updated_at, updated_by)
  values ($1, $2, $3, '=A1+"x"', 1234, 6, 6, $4, 900, 250, 30, $5, $6, 'test')`, [storeId, supplierId, itemIds[item], JSON.stringify(breaks), preferred, clock.now()]);

let euro: number, yen: number;
beforeAll(async () => {
  euro = await supplier('Mill & Sons, Ltd', 'EUR');
  yen = await supplier('織物', 'JPY');
  for (const item of [0, 1, 2, 3]) await terms(euro, item, item === 0 ? [{ from: 50, unitCost: 1100 }, { from: 100, unitCost: 999 }] : []);
  await terms(yen, 4, [{ from: 10, unitCost: 1000 }]);
  await terms(yen, 0, [], false);
  // One without a SKU, two with the same.
  for (const [item, sku] of [[1, ''], [2, 'TWIN'], [3, 'TWIN']] as const) {
    await db.query('update item set sku = $2 where item_id = $1', [itemIds[item], sku]);
    await db.query('update variant v set sku = $3 from inventory_item x where x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id and x.store_id = $1 and x.item_id = $2', [storeId, itemIds[item], sku]);
  }
});

describe('a round trip through a file', () => {
  it('of items and terms changes nothing and knows every row, without a SKU and with a SKU of two', async () => {
    const all = await file('/supplier-items.csv');
    expect(await bring('supplier-items', all)).toMatchObject({ lines: 6, applied: 0, unchanged: 6, errors: [], ignoredColumns: ['Title'] });
    expect(await bring('supplier-items', await file(`/suppliers/${euro}/items.csv`))).toMatchObject({ lines: 4, unchanged: 4, errors: [] });
    // One cell changed in a spreadsheet is one row changed, and only what it says.
    const changed = all.replace('12.34,EUR,6,6,50:11.00 100:9.99', '11.50,EUR,6,12,50:11.00 100:9.99');
    expect(changed).not.toBe(all);
    expect(await bring('supplier-items', changed, true)).toMatchObject({ applied: 1, unchanged: 5 });
    expect(await bring('supplier-items', changed)).toMatchObject({ applied: 1, unchanged: 5 });
    const { rows } = (await call<Of<typeof SupplierItemsPage>>('GET', `/suppliers/${euro}/items`)).body;
    expect(rows.find((row) => row.itemId === itemIds[0])).toMatchObject({ unitCost: 1150, casePack: 12, moq: 6, supplierSku: '=A1+"x"', priceBreaks: [{ from: 50, unitCost: 1100 }, { from: 100, unitCost: 999 }], preferred: true });
  });

  it('of suppliers changes nothing, commas, quotes, line breaks and other letters included', async () => {
    const all = await file('/suppliers.csv');
    expect(all).toContain('1 4');
    const { rows: [count] } = await db.query<{ n: number }>('select count(*)::int as n from supplier where store_id = $1', [storeId]);
    expect(await bring('suppliers', all)).toMatchObject({ applied: 0, unchanged: count!.n, errors: [], ignoredColumns: [] });
    expect(await bring('suppliers', all.replace('1 4', '2'))).toMatchObject({ applied: 1, errors: [] });
  });

  it('a variant’s id that is not ours leaves the SKU to say whose row it is', async () => {
    expect(await bring('supplier-items', 'Supplier,SKU,Variant id,MOQ\n"Mill & Sons, Ltd",SKU-1,999999999,7')).toMatchObject({ applied: 1, errors: [] });
    expect(await bring('supplier-items', 'Supplier,SKU,MOQ\n"Mill & Sons, Ltd",TWIN,7')).toMatchObject({ applied: 0, errors: [{ line: 2, field: 'sku', message: '2 items have the code TWIN' }] });
  });
});

describe('all that is wrong is said at once', () => {
  const faults = async (kind: string, csv: string): Promise<[number, string][]> => (await bring(kind, csv, true)).errors.map((error) => [error.line, error.field] as [number, string]).sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1));
  it('of a row of an order: its status, its item and its place; and of the other rows of that order', async () => {
    expect(await faults('purchase-orders', 'PO Number,Supplier,Status,Location,SKU,Quantity,Cost\nX-1,Mill,Bogus,Nowhere,NOBODY,5,2.00\nX-1,Mill,Sent,,NOBODY-2,5,2.00\nX-2,Mill,Sent,Nowhere,NOBODY-3,5,much\n'))
      .toEqual([[2, 'Status'], [2, 'location'], [2, 'sku'], [3, 'sku'], [4, 'cost'], [4, 'location'], [4, 'sku']]);
  });
  it('of minimum and maximum stock, and of terms', async () => {
    expect(await faults('min-max', 'SKU,Location,Min stock,Max stock\nNOBODY,Nowhere,many,5\nNOBODY,Nowhere,1,5\n')).toEqual([[2, 'Min stock'], [2, 'location'], [2, 'sku'], [3, 'location'], [3, 'sku']]);
    expect(await faults('supplier-items', 'Supplier,SKU,Unit cost,MOQ\nMill,NOBODY,dear,few\n')).toEqual([[2, 'MOQ'], [2, 'Unit cost'], [2, 'sku']]);
  });
});

describe('the result of an import', () => {
  const result = async (id: number, rows = 'all'): Promise<string> => file(`/purchasing/imports/${id}/result.csv?rows=${rows}`);
  const rowsOf = (text: string): string[][] => csvTable(text, 1_000).rows.map((row) => row.cells);

  it('is the file itself with what became of each row; what was rejected is corrected in it and sent again alone', async () => {
    const csv = 'Note;Supplier;SKU;MOQ;Note\n"a; b";"Mill & Sons, Ltd";SKU-1;7;x\n=c;"Mill & Sons, Ltd";NOBODY;8;y\n;"Mill & Sons, Ltd";SKU-1;many;z\n;"Mill & Sons, Ltd";SKU-5;9;\n;"Mill & Sons, Ltd";SKU-5;10;\n';
    const looked = await bring('supplier-items', csv, true);
    expect(looked).toMatchObject({ rejected: 2, lines: 5 });
    expect(csvTable(await result(looked.importId), 99).header).toEqual(['Note', 'Supplier', 'SKU', 'MOQ', 'Note', 'Import status', 'Import message']);
    expect(rowsOf(await result(looked.importId))).toEqual([
      ['a; b', 'Mill & Sons, Ltd', 'SKU-1', '7', 'x', 'unchanged', 'it is here as the row says'],
      ['=c', 'Mill & Sons, Ltd', 'NOBODY', '8', 'y', 'rejected', 'SKU: no item has the code NOBODY'],
      ['', 'Mill & Sons, Ltd', 'SKU-1', 'many', 'z', 'rejected', 'MOQ: not a whole number of units: many'],
      ['', 'Mill & Sons, Ltd', 'SKU-5', '9', '', 'left out', 'line 6 says it again'],
      ['', 'Mill & Sons, Ltd', 'SKU-5', '10', '', 'would be brought in', ''],
    ]);
    const done = await bring('supplier-items', csv), rejected = await result(done.importId, 'rejected');
    expect(rowsOf(await result(done.importId)).at(-1)).toEqual(['', 'Mill & Sons, Ltd', 'SKU-5', '10', '', 'brought in', '']);
    expect(rowsOf(rejected).map((row) => row[2])).toEqual(['NOBODY', 'SKU-1']);
    const corrected = rejected.replace('NOBODY', 'SKU-4').replace(',many,', ',11,'), again = await bring('supplier-items', corrected);
    expect(again).toMatchObject({ lines: 2, rejected: 1, applied: 1 }); // SKU-4 is a code of no item here: TWIN took its place
    expect(csvTable(await result(again.importId), 99).header.filter((name) => name.startsWith('Import'))).toEqual(['Import status', 'Import message']);
    expect((await call('GET', '/purchasing/imports/999999/result.csv')).body.detail).toContain('latest twenty');
  });

  const kept = async (item: number, name: string) => (await db.query<{ cost: number | null; moq: number | null; pack: number | null; currency: string }>(
    'select t.unit_cost::int as cost, t.moq, t.case_pack as pack, s.currency from supplier_item t join supplier s using (store_id, supplier_id) where t.store_id = $1 and t.item_id = $2 and s.name = $3', [storeId, itemIds[item], name])).rows[0];
  const told = async (csv: string, dryRun = false): Promise<string[][]> => rowsOf(await result((await bring('supplier-items', csv, dryRun)).importId)).map((row) => row.slice(-2));

  it('a supplier nobody has heard of sells in the currency of its rows, and another one in the same file is refused', async () => {
    expect((await bring('supplier-items', 'Supplier,SKU,Unit cost,Currency\nNowhere SA,NOBODY,10.00,GBP')).notes).toEqual([]); // nothing of it came: no supplier either
    expect(await bring('supplier-items', 'Supplier,SKU,Unit cost,Currency\nParis SARL,SKU-1,1000,JPY\nParis SARL,SKU-5,10.00,GBP')).toMatchObject({ applied: 1, notes: ['Supplier Paris SARL is new (JPY).'], errors: [{ line: 3, field: 'Currency' }] });
    expect(await kept(0, 'Paris SARL')).toEqual({ cost: 1_000, moq: null, pack: null, currency: 'JPY' });
    // What a whole installation has, brought into one that has none of its suppliers.
    const all = (await file('/supplier-items.csv')).replaceAll('Paris SARL', 'Paris II').replaceAll('織物', '織物 II').replaceAll('Mill & Sons, Ltd', 'Mill II');
    expect(await bring('supplier-items', all, true)).toMatchObject({ errors: [], unchanged: 0, notes: expect.arrayContaining(['Supplier Mill II is new (EUR).', 'Supplier Paris II is new (JPY).', 'Supplier 織物 II is new (JPY).']) });
  });

  it('rows of one item are folded: the last to say a thing holds, what only one says stays, and the result says what is kept', async () => {
    const head = 'Supplier,SKU,Unit cost,MOQ,Case pack', of = (...rows: string[]): string => `${head}\n${rows.map((row) => `Folding,SKU-1,${row}`).join('\n')}`;
    await bring('supplier-items', of('5.00,,'));
    expect(await told(of('9.99,,', '5.00,,'))).toEqual([['left out', 'line 3 says it again'], ['unchanged', 'it is here as the row says']]);
    expect(await kept(0, 'Folding')).toMatchObject({ cost: 500 });
    expect(await told(of('6.00,,', ',,12', '6.00,7,'))).toEqual([['left out', 'line 4 says it again'], ['brought in', ''], ['brought in', '']]);
    expect(await told(of('8.00,3,', '6.00,,'))).toEqual([['brought in', 'line 3 says some of it again, and that holds'], ['unchanged', 'it is here as the row says']]);
    expect(await kept(0, 'Folding')).toMatchObject({ cost: 600, moq: 3, pack: 12 });
    // Whatever the rows: what is kept is each column's last word, and said again nothing changes.
    const cell = fc.option(fc.integer({ min: 1, max: 3 }));
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 4 }), async (rows) => {
      const before = (await kept(0, 'Folding'))!, csv = of(...rows.map((row) => row.map((value) => value ?? '').join(','))), last = (n: number): number | undefined => rows.map((row) => row[n]).findLast((value) => value != null) ?? undefined;
      await bring('supplier-items', csv);
      expect(await kept(0, 'Folding')).toMatchObject({ cost: last(0) === undefined ? before.cost : last(0)! * 100, moq: last(1) ?? before.moq, pack: last(2) ?? before.pack });
      expect(await bring('supplier-items', csv, true)).toMatchObject({ applied: 0, errors: [] });
    }), { numRuns: 8 });
  });

  it('an order keeps its value: units of one item at one cost are put together, at two they are refused', async () => {
    const of = (po: string, cost: string): string => `PO,Supplier,Status,Location,SKU,Quantity,Cost\n${po},"Mill & Sons, Ltd",Draft,Place 1,SKU-1,100,10.00\n${po},"Mill & Sons, Ltd",Draft,Place 1,SKU-1,100,${cost}`;
    expect((await bring('purchase-orders', of('V-1', '20.00'))).errors).toEqual([{ line: 3, field: 'cost', message: 'SKU-1 is in line 2 at 10.00 and here at 20.00, and an order has an item at one cost: give both lines the same, or this one another order number' }]);
    expect(await bring('purchase-orders', of('V-2', '10'))).toMatchObject({ applied: 1, errors: [] });
    const { rows } = (await call<Of<typeof PurchasePage>>('GET', '/purchase-orders?view=all&q=V-')).body;
    expect(rows.map((row) => [row.reference, row.units, row.value])).toEqual([['V-2', 200, 200_000]]);
  });

  it('rejects an order with a wrong row whole, so that all of its rows are sent again; a status of the file stays the file’s', async () => {
    const csv = 'PO,Supplier,Status,Location,SKU,Quantity,Cost\nR-1,"Mill & Sons, Ltd",Ordered,Place 1,SKU-1,5,2\nR-1,"Mill & Sons, Ltd",Ordered,Place 1,NOBODY,6,2\nR-2,"Mill & Sons, Ltd",Closed,Place 1,SKU-1,5,2\nR-3,"Mill & Sons, Ltd",Ordered,Nowhere,SKU-1,5,2\n';
    const done = await bring('purchase-orders', csv);
    expect(done).toMatchObject({ applied: 1, rejected: 3 });
    expect(rowsOf(await result(done.importId)).map((row) => [row[2], row[7], row[8]])).toEqual([
      ['Ordered', 'rejected', 'another row of the same order is wrong, and half an order is a wrong one'], ['Ordered', 'rejected', 'SKU: no item has the code NOBODY'], ['Closed', 'brought in', ''], ['Ordered', 'rejected', 'Location: no location is called Nowhere'],
    ]);
    const again = await bring('purchase-orders', (await result(done.importId, 'rejected')).replace('NOBODY', 'SKU-5').replace('Nowhere', 'Place 1'));
    expect(again).toMatchObject({ lines: 3, applied: 2, rejected: 0, errors: [] });
    const { rows: [made] } = await db.query<{ lines: number }>(`select count(*)::int as lines from purchase_order o join purchase_order_line n using (store_id, purchase_order_id) where o.store_id = $1 and o.reference = 'R-1'`, [storeId]);
    expect(made!.lines).toBe(2);
    await db.query(`update purchase_order set state = 'cancelled' where store_id = $1 and reference in ('R-1', 'R-3')`, [storeId]);
  });

  it('of a file whose head cannot be read is that file, every row rejected for it', async () => {
    const done = await bring('min-max', 'Thing,Most\nA,1\nB,2\n', true);
    expect(rowsOf(await result(done.importId, 'rejected')).map((row) => [row[0], row[2]])).toEqual([['A', 'rejected'], ['B', 'rejected']]);
  });

  it('a workbook, a picture or a text of two bytes a letter is told for what it is, and nothing is kept of it', async () => {
    for (const csv of ['PK\u0003\u0004\u0014[Content_Types].xml', 'S\u0000u\u0000p\u0000p\u0000l\u0000i\u0000e\u0000r\u0000', '\u0089PNG\r\n\u001a\n\u0000\u0000']) {
      const { status, body } = await call<{ detail: string }>('POST', '/purchasing/import', { kind: 'suppliers', csv, dryRun: true });
      expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining('this is not a CSV file')]);
    }
  });

  it('loses and changes no cell of anybody’s file, whatever is in it', () => {
    const cells = fc.array(fc.array(fc.string({ unit: fc.constantFrom('a', 'Ö', '織', '"', ',', ';', '\n', '=', '+', "'", ' ', '7') }).map((text) => text.trim()), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 6 });
    fc.assert(fc.property(cells, fc.boolean(), (all, only) => {
      const rows = all.map((row, n) => ({ line: n + 2, cells: ['x', ...row] })), outcomes = outcomesOf(rows.map((row) => row.line), new Map(rows.filter((row) => row.line % 2 === 0).map((row) => [row.line, { status: 'brought in' as const, message: '' }])), new Set(), [], {});
      const made = csvTable(resultFile(['Head', 'A', 'B', 'C'], rows, outcomes, false, only ? 'rejected' : 'all'), 99);
      const kept = rows.filter((row) => !only || row.line % 2 === 1).map((row) => row.cells.map((value) => (/^'[\s=+\-@|%]/.test(value) ? value.slice(1) : value)));
      expect(made.rows.map((row) => row.cells.slice(0, 4))).toEqual(kept);
    }));
  });
});

describe('an order', () => {
  let order: Of<typeof PurchaseDetail>;
  const step = async (verb: string, more: object = {}): Promise<void> => { order = (await call<Of<typeof PurchaseDetail>>('POST', `/purchase-orders/${order.purchaseOrderId}/${verb}`, { version: order.version, ...more })).body; };

  it('is duplicated as a draft at the prices of today, once a key', async () => {
    order = (await call<Of<typeof PurchaseDetail>>('POST', '/purchase-orders', { supplierId: euro, locationId: mill, notes: 'to the back door', shipping: 900, lines: [{ itemId: itemIds[0], quantity: 60, unitCost: 5 }, { itemId: itemIds[1], quantity: 12 }] })).body;
    await step('submit');
    await step('send');
    const copy = (key: string) => call<Of<typeof PurchaseDetail>>('POST', `/purchase-orders/${order.purchaseOrderId}/copy`, { key });
    const [one, two] = [(await copy('again-and-again')).body, (await copy('again-and-again')).body];
    expect(two.purchaseOrderId).toBe(one.purchaseOrderId);
    expect(one).toMatchObject({ state: 'draft', supplierId: euro, locationId: mill, notes: 'to the back door', shipping: 0, expectedOn: null, lines: [{ itemId: itemIds[0], ordered: 60, unitCost: 1100 }, { itemId: itemIds[1], ordered: 12, unitCost: 1234 }] });
    expect((await copy('another-time')).body.purchaseOrderId).not.toBe(one.purchaseOrderId);
    expect((await call('POST', '/purchase-orders/999999/copy', { key: 'of-nothing' })).status).toBe(404);
  });

  it('shows when it usually comes once four orders have taught it', async () => {
    const row = async () => (await call<Of<typeof PurchasePage>>('GET', '/purchase-orders?view=on+order')).body.rows.find((one) => one.purchaseOrderId === order.purchaseOrderId)!;
    expect((await row()).learnedOn).toBeNull();
    await bring('purchase-orders', ['PO,Supplier,Status,Location,Date,Received date,SKU,Quantity,Received,Cost', ...[30, 34, 34, 40].map((days, n) => `S-${n},"Mill & Sons, Ltd",Received,Place 1,2026-06-01,${addDays('2026-06-01', days)},SKU-1,5,5,2`)].join('\n'));
    expect(await row()).toMatchObject({ orderedOn: TODAY, learnedOn: addDays(TODAY, 34) });
    expect(String((await call<string>('GET', '/purchase-orders.csv?view=on+order')).body)).toContain(addDays(TODAY, 34));
    await step('cancel');
    expect(order.learnedOn).toBeNull();
  });
});

it('sent without a day, an order is due by the lead time it is planned with: learned from enough receipts only, and never by the promise of a sending before', async () => {
  const { rows: [bare] } = await db.query<{ id: number }>(`insert into supplier (store_id, name, currency, order_days, updated_at, updated_by) values ($1, 'Slow', 'EUR', '{4}', $2, 'test') returning supplier_id as id`, [storeId, clock.now()]);
  const thursday = '2026-11-26', due = async (say: object = {}, change: object = {}): Promise<string | null> => {
    let order = (await call<Of<typeof PurchaseDetail>>('POST', '/purchase-orders', { supplierId: bare!.id, locationId: mill, lines: [{ itemId: itemIds[0], quantity: 5 }], ...change })).body;
    for (const verb of ['submit', 'send', 'reopen', 'submit', 'send']) order = (await call<Of<typeof PurchaseDetail>>('POST', `/purchase-orders/${order.purchaseOrderId}/${verb}`, { version: order.version, ...(verb === 'send' ? order.version < 4 ? { expectedOn: '2026-11-10' } : say : {}) })).body;
    await call('POST', `/purchase-orders/${order.purchaseOrderId}/cancel`, { version: order.version });
    return order.expectedOn;
  };
  const bringCame = (from: number, days: readonly number[]) => bring('purchase-orders', ['PO,Supplier,Status,Location,Date,Received date,SKU,Quantity,Received,Cost', ...days.map((took, n) => `W-${from + n},Slow,Received,Place 1,2026-06-01,${addDays('2026-06-01', took)},SKU-1,5,5,2`)].join('\n'));
  const planned = await due();
  await bringCame(0, [90]);
  expect([await due(), await due({ expectedOn: null }), await due({ expectedOn: '2026-12-24' })]).toEqual([planned, planned, '2026-12-24']); // one receipt teaches nothing
  await bringCame(1, [90, 90, 90, 90]);
  expect(await due()).toBe(addDays(thursday, 90));
  await db.query(`insert into planning_policy (store_id, scope, lead_time_days, updated_at, updated_by) values ($1, $2, 77, $3, 'test')`, [storeId, `item:${itemIds[0]}`, clock.now()]);
  expect(await due()).toBe(addDays(thursday, 77)); // whoever goes before what was learned, as in the plan
  await db.query(`delete from planning_policy where store_id = $1 and scope = $2`, [storeId, `item:${itemIds[0]}`]);
});

it('a day of the draft is kept when it is sent, unless it is over', async () => {
  const sentOf = async (expectedOn: string, say: object = {}): Promise<string | null> => {
    let order = (await call<Of<typeof PurchaseDetail>>('POST', '/purchase-orders', { supplierId: euro, locationId: mill, expectedOn, lines: [{ itemId: itemIds[0], quantity: 12 }] })).body;
    for (const verb of ['submit', 'send']) order = (await call<Of<typeof PurchaseDetail>>('POST', `/purchase-orders/${order.purchaseOrderId}/${verb}`, { version: order.version, ...(verb === 'send' ? say : {}) })).body;
    await call('POST', `/purchase-orders/${order.purchaseOrderId}/cancel`, { version: order.version });
    return order.expectedOn;
  };
  const worked = await sentOf('2026-11-10');
  expect(worked! > TODAY).toBe(true);
  expect([await sentOf('2027-03-01'), await sentOf('2027-03-01', { expectedOn: null })]).toEqual(['2027-03-01', worked]);
});

it('the list says what all filtered orders come to, whatever the page shows, money by currency', async () => {
  await bring('purchase-orders', 'PO,Supplier,Status,Location,SKU,Quantity,Received,Cost\nT-1,"Mill & Sons, Ltd",Part received,Place 1,SKU-1,10,4,2\nT-2,"Mill & Sons, Ltd",Ordered,Place 1,SKU-1,5,,3\nT-3,織物,Ordered,Place 1,SKU-5,7,,100\n');
  const of = async (query: string) => (await call<Of<typeof PurchasePage>>('GET', `/purchase-orders?view=all&q=T-&limit=1${query}`)).body, all = await of('');
  expect(all.rows).toHaveLength(1);
  expect(all.totals).toEqual({ orders: 3, units: 22, received: 4, damaged: 0, open: 18, values: [{ currency: 'EUR', value: 3_500 }, { currency: 'JPY', value: 700 }], inStore: { value: 3_500, withoutRate: ['JPY'] } });
  expect((await of(`&supplier=${yen}`)).totals).toEqual({ orders: 1, units: 7, received: 0, damaged: 0, open: 7, values: [{ currency: 'JPY', value: 700 }], inStore: { value: 0, withoutRate: ['JPY'] } });
  expect((await of(`&cursor=${all.nextCursor}`)).totals).toEqual(all.totals);
  expect((await of('&location=999')).totals).toEqual({ orders: 0, units: 0, received: 0, damaged: 0, open: 0, values: [], inStore: { value: 0, withoutRate: [] } });
  await db.query(`update purchase_order set state = 'cancelled' where store_id = $1 and reference like 'T-_'`, [storeId]);
});

it('an order nobody gave a day is late by the lead time its supplier states, in the list, on its page and as a case', async () => {
  await bring('purchase-orders', `PO,Supplier,Status,Location,Date,SKU,Quantity,Cost\nNO-DAY,"Mill & Sons, Ltd",Ordered,Place 1,${addDays(TODAY, -24)},SKU-1,5,2\nNOT-YET,"Mill & Sons, Ltd",Ordered,Place 1,${addDays(TODAY, -23)},SKU-1,5,2`);
  const late = (await call<Of<typeof PurchasePage>>('GET', '/purchase-orders?view=overdue')).body; // three weeks, two days of grace
  expect([late.rows.map((row) => [row.reference, row.expectedOn]), late.counts['overdue']]).toEqual([[['NO-DAY', null]], 1]);
  expect((await call<Of<typeof PurchaseDetail>>('GET', `/purchase-orders/${late.rows[0]!.purchaseOrderId}`)).body.overdue).toBe(true);
  await clock.flow('purchase-orders', storeId);
  const { rows: cases } = await db.query<{ sentence: string }>(`select sentence from exception where store_id = $1 and kind = 'PO_OVERDUE' and state = 'open'`, [storeId]);
  expect(cases.map((one) => one.sentence)).toEqual([`Nobody said when NO-DAY of Mill & Sons, Ltd comes; by its lead time it was due on ${addDays(TODAY, -3)}; 5 units have not come, 2 days of grace included.`]);
  expect((await roleNumbers(db, storeId, TODAY, clock.now())).po_overdue).toBe(2); // Today counts from the day after, without grace
  await db.query(`update purchase_order set state = 'cancelled' where store_id = $1 and reference in ('NO-DAY', 'NOT-YET')`, [storeId]);
});

describe('more than was ordered', () => {
  it('is within tolerance as long as ordered × (1 + tolerance) is not passed, and what is beyond never exceeds what came now', () => {
    fc.assert(fc.property(fc.array(fc.record({ itemId: fc.nat(9), ordered: fc.nat(500), came: fc.nat(600), now: fc.nat(600) }), { maxLength: 6 }), fc.option(fc.nat(100)), (lines, percent) => {
      const beyond = beyondTolerance(lines, percent);
      if (percent === null) { expect(beyond).toEqual([]); return; }
      for (const line of beyond) { expect(line.beyond).toBeGreaterThan(0); expect(line.beyond).toBeLessThanOrEqual(Math.max(...lines.map((one) => one.now))); }
      expect(beyond.length).toBe(lines.filter((line) => line.now > 0 && (line.came + line.now) * 100 > line.ordered * (100 + percent) + 1e-9).length);
    }));
  });

  it('needs a word above the tolerance, by scan and by file; asked again with the same key it is posted once', async () => {
    let order = (await call<Of<typeof PurchaseDetail>>('POST', '/purchase-orders', { supplierId: euro, locationId: mill, lines: [{ itemId: itemIds[0], quantity: 100 }] })).body;
    for (const verb of ['submit', 'send']) order = (await call<Of<typeof PurchaseDetail>>('POST', `/purchase-orders/${order.purchaseOrderId}/${verb}`, { version: order.version })).body;
    expect((await call('PUT', '/purchase-settings', { version: 0, approvalLimits: {}, overdueToleranceDays: 2, overTolerancePercent: 5 })).status).toBe(200);
    const scan = (key: string, quantity: number, note = '') => call<{ goodsReceiptId: number }>('POST', `/purchase-orders/${order.purchaseOrderId}/receipts`, { key, note, lines: [{ itemId: itemIds[0], quantity }] });
    expect((await scan('within-it', 105)).status).toBe(200);
    expect((await scan('within-it', 105)).status).toBe(200); // heard again: known, whatever is beyond by now
    expect(await scan('beyond-it', 3)).toMatchObject({ status: 409, body: { detail: 'note: 3 of SKU-1 are beyond the 100 ordered and the tolerance of 5%: say why they are kept' } });
    const file = (note: string) => call('POST', `/purchase-orders/${order.purchaseOrderId}/receipts/file`, { name: 'note.csv', csv: 'SKU,Quantity\nSKU-1,2', dryRun: false, note });
    expect((await file('')).status).toBe(409);
    expect((await file('a gift of the house')).status).toBe(200);
    expect((await scan('beyond-it', 3, 'they asked us to keep them')).status).toBe(200);
    order = (await call<Of<typeof PurchaseDetail>>('GET', `/purchase-orders/${order.purchaseOrderId}`)).body;
    expect(order).toMatchObject({ overTolerancePercent: 5, lines: [{ ordered: 100, received: 110 }] });
    expect(order.receipts.map((one) => one.note)).toEqual(['they asked us to keep them', 'note.csv: a gift of the house', '']);
  });

  it('is received wherever it is told, good units and damaged ones apart; goods of a closed order are taken, of a cancelled one for its duplicate', async () => {
    const made = async (): Promise<Of<typeof PurchaseDetail>> => (await call<Of<typeof PurchaseDetail>>('POST', '/purchase-orders', { supplierId: euro, locationId: mill, lines: [{ itemId: itemIds[0], quantity: 10 }, { itemId: itemIds[1], quantity: 10 }] })).body;
    const on = async (order: Of<typeof PurchaseDetail>, ...verbs: string[]): Promise<Of<typeof PurchaseDetail>> => { for (const verb of verbs) order = (await call<Of<typeof PurchaseDetail>>('POST', `/purchase-orders/${order.purchaseOrderId}/${verb}`, { version: order.version })).body; return order; };
    const scan = (order: Of<typeof PurchaseDetail>, key: string, quantity: number, damaged = 0, item = 0) => call<{ detail?: string }>('POST', `/purchase-orders/${order.purchaseOrderId}/receipts`, { key, note: 'kept', lines: [{ itemId: itemIds[item], quantity, damaged }] });
    let order = await on(await made(), 'submit', 'send');
    await scan(order, 'over-it-all', 14, 1);
    await scan(order, 'short-of-it', 3, 0, 1);
    order = (await call<Of<typeof PurchaseDetail>>('GET', `/purchase-orders/${order.purchaseOrderId}`)).body;
    const [row] = (await call<Of<typeof PurchasePage>>('GET', `/purchase-orders?view=all&q=${order.reference}`)).body.rows, cells = csvTable(await file(`/purchase-orders.csv?view=all&q=${order.reference}`), 9), sum = (of: 'received' | 'damaged') => order.lines.reduce((all, line) => all + line[of], 0);
    expect([[order.receivedUnits, order.damagedUnits, order.openUnits], [row!.receivedUnits, row!.damagedUnits, row!.openUnits], ['Received', 'Damaged', 'Open'].map((name) => Number(cells.rows[0]!.record[name])), [sum('received'), sum('damaged'), 7]]).toEqual(Array.from({ length: 4 }, () => [17, 1, 7]));
    order = await on(order, 'close');
    expect([(await scan(order, 'late-goods', 7, 0, 1)).status, (await call<Of<typeof PurchaseDetail>>('GET', `/purchase-orders/${order.purchaseOrderId}`)).body]).toMatchObject([200, { state: 'closed', receivedUnits: 24, openUnits: 0 }]);
    const off = await on(await made(), 'submit', 'send', 'cancel');
    expect(await scan(off, 'of-cancelled', 10)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('duplicate it, send the copy by hand and receive them for that') } });
    const copy = await on((await call<Of<typeof PurchaseDetail>>('POST', `/purchase-orders/${off.purchaseOrderId}/copy`, { key: 'came-all-the-same' })).body, 'submit', 'send');
    expect((await scan(copy, 'of-its-copy', 10)).status).toBe(200);
  });
});
