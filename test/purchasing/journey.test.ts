/** One order's life on the real thing: recommended, made, approved by another person, mailed, shown as incoming, received in part, taken into stock. Ledger and shop agree at every stop. */
import { createHash } from 'node:crypto';
import { extractText, getDocumentProxy } from 'unpdf';
import { describe, expect, it } from 'vitest';
import { driftCheck } from '../../src/flows/drift-check.ts';
import { goodsReceipt } from '../../src/flows/goods-receipt.ts';
import { purchaseOrders } from '../../src/flows/purchase-orders.ts';
import { stockAdjustments } from '../../src/flows/stock-adjustments.ts';
import { stockLevels } from '../../src/flows/stock-levels.ts';
import { warehouseFeed } from '../../src/flows/warehouse-feed.ts';
import { ledgerFaults } from '../../src/store/ledger.ts';
import { positions } from '../../src/store/planning.ts';
import { mailbox } from '../helpers/mailbox.ts';
import { shelfWarehouse } from '../helpers/shelf-warehouse.ts';
import { world } from '../helpers/world.ts';

interface Detail { purchaseOrderId: number; reference: string; version: number; state: string; openUnits: number; supplierId: number; supplier: string; locationId: number; approveRefused: string | null; lines: { itemId: number; sku: string; ordered: number; open: number; incomingWritten: string | null; why: string | null; received: number }[]; mails: { state: string }[]; receipts: { goodsReceiptId: number; reference: string }[] }

const box = await mailbox(), warehouse = shelfWarehouse(() => new Date().toISOString());
const w = await world({ months: 3, scale: 0.05, warehouse, smtpUrl: box.url });
await w.import();
const { tables } = w.sandbox.shop, { db } = w.house, q = `store=${w.storeId}`;
for (const [user, role] of [['ann@shop.example', 'planner'], ['bob@shop.example', 'admin']] as const) {
  const { rows: [made] } = await db.query<{ user_id: number }>('insert into app_user (email, name, role, password_hash, created_at) values ($1, $1, $2, $3, $4) returning user_id', [user, role, 'x', new Date().toISOString()]);
  await db.query('insert into app_session (token_hash, user_id, created_at, last_seen, expires_at) values ($1, $2, $3, $3, $4)', [createHash('sha256').update(user).digest(), made!.user_id, new Date().toISOString(), new Date(Date.now() + 86_400_000).toISOString()]);
}
/** As one of the two; answers status and body. */
async function as<T = Detail>(who: 'ann' | 'bob', path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST'): Promise<{ status: number; body: T & { detail?: string } }> {
  const response = await fetch(`${w.url}/api/v1${path}${path.includes('?') ? '&' : '?'}${q}`, { method, headers: { cookie: `instep_session=${who}@shop.example`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, body: (text.startsWith('{') ? JSON.parse(text) : { text }) as T & { detail?: string } };
}
async function ok<T = Detail>(...args: Parameters<typeof as>): Promise<T> {
  const { status, body } = await as<T>(...args);
  if (status !== 200) throw new Error(`${args[1]}: ${status} ${JSON.stringify(body)}`);
  return body;
}
/** Writes what waits and looks at every level: nothing may differ. */
async function agreed(): Promise<void> {
  await w.run(stockAdjustments);
  await w.until('nothing waits for Shopify', async () => ((await db.query(`select from stock_adjustment where state in ('waiting', 'sent') limit 1`)).rowCount === 0));
  await w.until('the inbox is empty', async () => ((await db.query('select from inbox where state = 0 limit 1')).rowCount === 0));
  await w.run(stockLevels);
  const drift = await w.run(driftCheck);
  expect([drift.detail['unexplainedUnits'], drift.detail['unitsByCause']]).toEqual([0, {}]);
  expect(await ledgerFaults(db, w.storeId)).toEqual([]);
  const { rows: odd } = await db.query('select o.item_id, o.location_id, o.incoming, g.incoming as ledger, o.available, g.available as kept from observed_level o join ledger_level g using (store_id, item_id, location_id) where o.store_id = $1 and o.full_at is not null and (o.incoming <> g.incoming or o.available <> g.available)', [w.storeId]);
  expect(odd).toEqual([]);
}
const idsOf = async (itemId: number, locationId: number): Promise<string> => {
  const { rows: [row] } = await db.query<{ item: string; place: string }>('select x.shopify_inventory_item_id as item, l.shopify_location_id as place from inventory_item x join location l using (store_id) where x.store_id = $1 and x.item_id = $2 and l.location_id = $3', [w.storeId, itemId, locationId]);
  return `${row!.item}:${row!.place}`;
};
const shown = async (itemId: number, locationId: number): Promise<{ available: number; incoming: number; damaged: number }> => { const { available, incoming, damaged } = tables.levels.get(await idsOf(itemId, locationId))!.quantities; return { available, incoming, damaged }; };

describe('an order at a storefront’s location', () => {
  let po: Detail, item: number, place: number, before: { available: number; incoming: number; damaged: number };
  const step = async (who: 'ann' | 'bob', verb: string, more: object = {}): Promise<Detail> => (po = await ok(who, `/purchase-orders/${po.purchaseOrderId}/${verb}`, { version: po.version, ...more }));

  it('is made from what replenishment recommends, one a supplier and location, once', async () => {
    const made = await ok<{ made: { purchaseOrderId: number; lines: number; units: number }[]; leftOut: { why: string }[] }>('ann', '/purchase-orders/from-recommendations', {});
    expect(made.made.length).toBeGreaterThan(0);
    const again = await ok<typeof made>('ann', '/purchase-orders/from-recommendations', {});
    expect(again.made).toEqual([]);
    expect(again.leftOut.every((one) => /already asks for it/.test(one.why))).toBe(true);
    const { rows: wanted } = await db.query<{ units: number }>('select sum(quantity)::int as units from recommendation r where store_id = $1 and quantity > 0 and exists (select from supplier_item t where t.store_id = r.store_id and t.item_id = r.item_id and t.preferred)', [w.storeId]);
    expect(made.made.reduce((sum, one) => sum + one.units, 0)).toBe(wanted[0]!.units);
    po = await ok('ann', `/purchase-orders/${made.made.sort((a, b) => b.lines - a.lines)[0]!.purchaseOrderId}`);
    expect(po).toMatchObject({ state: 'draft', version: 1 });
    expect(po.lines[0]!.why).toMatch(/\w/);
    item = po.lines[0]!.itemId; place = po.locationId;
    before = await shown(item, place);
  });

  it('warns before it is sent of a letter that no font has, and prints its code', async () => {
    const warned = async (): Promise<string[]> => (await ok<{ warnings: string[] }>('ann', `/purchase-orders/${po.purchaseOrderId}`)).warnings.filter((text) => text.includes('PDF'));
    expect(await warned()).toEqual([]);
    await db.query(`update supplier set address = '東京都 1-2-3 😀' where store_id = $1 and supplier_id = $2`, [w.storeId, po.supplierId]);
    expect(await warned()).toEqual(['The PDF has no letter for 😀 (U+1F600): a box with the code stands in its place. The CSV has it as it is.']);
    const pdf = await fetch(`${w.url}/api/v1/purchase-orders/${po.purchaseOrderId}/paper.pdf?${q}`, { headers: { cookie: 'instep_session=ann@shop.example' } });
    const { text } = await extractText(await getDocumentProxy(new Uint8Array(await pdf.arrayBuffer())), { mergePages: true });
    expect(text).toContain('東京都');
    expect(text).toContain('1F600');
    await db.query('update supplier set address = null where store_id = $1 and supplier_id = $2', [w.storeId, po.supplierId]);
  });
  it('waits above the limit for somebody who did not make it', async () => {
    await ok('ann', `/suppliers/${po.supplierId}`, { version: (await ok<{ version: number }>('ann', `/suppliers/${po.supplierId}`)).version, email: 'sales@mill.example', leadTimeDays: 10 }, 'PUT');
    await ok('bob', '/purchase-settings', { version: 0, approvalLimits: { USD: 1, EUR: 1, GBP: 1 }, overdueToleranceDays: 2 }, 'PUT');
    po = await ok('ann', `/purchase-orders/${po.purchaseOrderId}`, { version: po.version, shipping: 1_001, lines: po.lines.map((line, n) => ({ itemId: line.itemId, quantity: n === 0 ? Math.max(10, line.ordered) : line.ordered, unitCost: 300 })) }, 'PATCH');
    expect((await step('ann', 'submit')).state).toBe('awaiting approval');
    expect(await as('ann', `/purchase-orders/${po.purchaseOrderId}/approve`, { version: po.version })).toMatchObject({ status: 409, body: { detail: expect.stringContaining('somebody else must approve') } });
    expect(await as('bob', `/purchase-orders/${po.purchaseOrderId}/approve`, { version: po.version - 1 })).toMatchObject({ status: 409, body: { detail: expect.stringContaining('meanwhile') } });
    expect((await step('bob', 'approve')).state).toBe('approved');
  });

  it('goes out by mail with PDF and CSV, once, and is incoming in Shopify under its own document', async () => {
    await step('ann', 'send', { how: 'mail', words: 'With kind regards' });
    await w.run(purchaseOrders);
    await w.run(purchaseOrders);
    await w.until('the mail is out', async () => (po = await ok('ann', `/purchase-orders/${po.purchaseOrderId}`)).mails[0]?.state === 'sent');
    expect(box.mails).toHaveLength(1);
    expect(box.mails[0]!.text).toContain(`${po.reference}.pdf`);
    expect(box.mails[0]!.text).toContain('With kind regards');
    // A crash between the server's yes and ours sends it again: as the same mail, which a mailbox can tell.
    const idOf = (n: number): string => /^Message-ID: (<.+>)\r?$/im.exec(box.mails[n]!.text)![1]!;
    await db.query(`update purchase_mail set state = 'waiting', sent_at = null where store_id = $1 and purchase_order_id = $2`, [w.storeId, po.purchaseOrderId]);
    await w.run(purchaseOrders);
    await w.until('it is out again', () => Promise.resolve(box.mails.length === 2));
    expect(idOf(1)).toBe(idOf(0));
    expect(idOf(0)).toMatch(new RegExp(`^<purchase-order-${w.storeId}-${po.purchaseOrderId}-${po.version}-\\d{13}@`));
    await agreed();
    expect(await shown(item, place)).toEqual({ ...before, incoming: before.incoming + po.lines[0]!.ordered });
    const written = [...tables.adjustments.values()].filter((a) => a.ledgerDocumentUri === `gid://instep/PurchaseOrder/${w.storeId}-${po.purchaseOrderId}`);
    expect(written.length).toBe(po.lines.filter((line) => line.ordered > 0).length);
    expect((await positions(db, w.storeId, [item])).get(`${item}@${place}`)!.incoming).toBe(before.incoming + po.lines[0]!.ordered);
  });

  it('comes in part: available up, incoming down, once for the key', async () => {
    const body = { key: 'scan-of-monday', lines: [{ itemId: item, quantity: 3, damaged: 1 }] };
    const [one, two] = await Promise.all([ok<{ goodsReceiptId: number }>('bob', `/purchase-orders/${po.purchaseOrderId}/receipts`, body), ok<{ goodsReceiptId: number }>('bob', `/purchase-orders/${po.purchaseOrderId}/receipts`, body)]);
    expect(one).toEqual(two);
    await agreed();
    po = await ok('ann', `/purchase-orders/${po.purchaseOrderId}`);
    expect(po.state).toBe('part received');
    expect(await shown(item, place)).toEqual({ available: before.available + 3, damaged: before.damaged + 1, incoming: before.incoming + po.lines[0]!.ordered - 4 });
  });

  it('comes by file after a dry run; the same file counts once, a wrong one not at all', async () => {
    const csv = `SKU;Quantity;Damaged\n${po.lines[0]!.sku};2;0\n`, path = `/purchase-orders/${po.purchaseOrderId}/receipts/file`;
    expect(await ok('bob', path, { name: 'note.csv', csv, dryRun: true })).toMatchObject({ units: 2, errors: [], known: false });
    expect(await as('bob', path, { name: 'bad.csv', csv: `${csv}NOBODY;1;0\n`, dryRun: false })).toMatchObject({ status: 400, body: { detail: expect.stringContaining('line 3') } });
    await ok('bob', path, { name: 'note.csv', csv, dryRun: false });
    expect(await ok('bob', path, { name: 'note.csv', csv, dryRun: false })).toMatchObject({ known: true });
    await agreed();
    expect((await shown(item, place)).available).toBe(before.available + 5);
  });

  it('takes a receipt back, and closes short: nothing is on its way any more', async () => {
    po = await ok('ann', `/purchase-orders/${po.purchaseOrderId}`);
    const file = po.receipts.find((r) => r.reference.startsWith('file/'))!;
    await ok('bob', `/goods-receipts/${file.goodsReceiptId}/take-back`, { note: 'counted twice' });
    await agreed();
    expect((await shown(item, place)).available).toBe(before.available + 3);
    po = await ok('ann', `/purchase-orders/${po.purchaseOrderId}`);
    expect((await step('ann', 'close', { said: 'the rest never comes' })).openUnits).toBe(0);
    await agreed();
    expect(await shown(item, place)).toEqual({ available: before.available + 3, damaged: before.damaged + 1, incoming: before.incoming });
    expect(await as('ann', `/purchase-orders/${po.purchaseOrderId}/cancel`, { version: po.version })).toMatchObject({ status: 409 });
  });
});

it('tells when a mail does not get through and when goods are late', async () => {
  const { rows: [supplier] } = await db.query<{ supplier_id: number; item_id: number }>('select supplier_id, item_id from supplier_item join inventory_item x using (store_id, item_id) where store_id = $1 and tracked order by item_id limit 1', [w.storeId]);
  const { rows: [place] } = await db.query<{ location_id: number }>('select location_id from location where store_id = $1 and is_active order by 1 limit 1', [w.storeId]);
  const body = { supplierId: supplier!.supplier_id, locationId: place!.location_id, key: 'asked-for-once', lines: [{ itemId: supplier!.item_id, quantity: 5 }] };
  let po = await ok('ann', '/purchase-orders', body);
  expect((await ok('ann', '/purchase-orders', body)).purchaseOrderId).toBe(po.purchaseOrderId);
  po = await ok('ann', `/purchase-orders/${po.purchaseOrderId}/submit`, { version: po.version });
  po = await ok('bob', `/purchase-orders/${po.purchaseOrderId}/approve`, { version: po.version });
  box.mood = 'refuses';
  po = await ok('ann', `/purchase-orders/${po.purchaseOrderId}/send`, { version: po.version, how: 'mail', to: 'nobody@mill.example', expectedOn: '2020-01-01' });
  await w.run(purchaseOrders);
  await w.until('the mail was refused', async () => (await ok('ann', `/purchase-orders/${po.purchaseOrderId}`)).mails[0]?.state === 'failed');
  await w.run(purchaseOrders);
  const open = async (): Promise<string[]> => (await db.query<{ kind: string }>(`select kind from exception where store_id = $1 and state = 'open' and kind like 'PO\\_%' order by 1`, [w.storeId])).rows.map((r) => r.kind);
  expect(await open()).toEqual(['PO_MAIL_FAILED', 'PO_OVERDUE']);
  po = await ok('ann', `/purchase-orders/${po.purchaseOrderId}`);
  await ok('ann', `/purchase-orders/${po.purchaseOrderId}/cancel`, { version: po.version });
  await w.run(purchaseOrders);
  expect(await open()).toEqual([]);
  box.mood = 'takes';
});

it('begins to stock an item where it was not: its units on the way are counted once', async () => {
  const { rows: [bare] } = await db.query<{ item_id: number; supplier_id: number; location_id: number }>(
    `select x.item_id, s.supplier_id, l.location_id from inventory_item x join supplier_item s on s.store_id = x.store_id and s.item_id = x.item_id join location l on l.store_id = x.store_id and l.is_active
     where x.store_id = $1 and x.tracked and not exists (select from opening o where o.store_id = x.store_id and o.item_id = x.item_id and o.location_id = l.location_id) order by 1, 3 limit 1`, [w.storeId]);
  expect(bare).toBeDefined();
  let po = await ok('ann', '/purchase-orders', { supplierId: bare!.supplier_id, locationId: bare!.location_id, lines: [{ itemId: bare!.item_id, quantity: 9 }] });
  po = await ok('ann', `/purchase-orders/${po.purchaseOrderId}/submit`, { version: po.version });
  po = await ok('bob', `/purchase-orders/${po.purchaseOrderId}/approve`, { version: po.version });
  po = await ok('ann', `/purchase-orders/${po.purchaseOrderId}/send`, { version: po.version });
  await agreed();
  await ok('bob', `/purchase-orders/${po.purchaseOrderId}/receipts`, { key: 'first-goods-here', lines: [{ itemId: bare!.item_id, quantity: 9 }] });
  await agreed();
  expect(await shown(bare!.item_id, bare!.location_id)).toMatchObject({ available: 9, incoming: 0 });
});

it('learns what a supplier really takes, and says so until the stated lead time fits', async () => {
  const { rows: [item] } = await db.query<{ sku: string }>(`select i.sku from item i join inventory_item x using (item_id) where x.store_id = $1 and i.sku <> '' and (select count(*) from item o where o.sku = i.sku) = 1 order by 1 limit 1`, [w.storeId]);
  const { rows: [place] } = await db.query<{ name: string }>('select name from location where store_id = $1 order by location_id limit 1', [w.storeId]);
  const csv = ['PO Number,Supplier,Status,Location,Date,Received date,SKU,Quantity,Received,Cost', ...[30, 32, 35, 31].map((days, n) => `S-${n},Slow Boat,Received,${place!.name},2026-01-0${n + 1},${new Date(Date.UTC(2026, 0, n + 1 + days)).toISOString().slice(0, 10)},${item!.sku},5,5,2.00`)].join('\n');
  expect(await ok('ann', '/purchasing/import', { kind: 'purchase-orders', source: 'stocky', csv, dryRun: false })).toMatchObject({ applied: 4, errors: [], notes: ['Status “Received” is taken as closed (4 rows).', expect.stringContaining('Slow Boat')] });
  const { rows: [supplier] } = await ok<{ rows: { supplierId: number; version: number; scorecard: { leadTime: { p50: number } }; driftDays: number | null }[] }>('ann', '/suppliers?q=Slow');
  expect(supplier).toMatchObject({ driftDays: null, scorecard: { leadTime: { n: 4, p50: 31.5 } } });
  const open = async (): Promise<number> => (await db.query(`select from exception where store_id = $1 and state = 'open' and kind = 'LEADTIME_DRIFT'`, [w.storeId])).rowCount ?? 0;
  const state = async (version: number, leadTimeDays: number): Promise<void> => { await ok('ann', `/suppliers/${supplier!.supplierId}`, { version, leadTimeDays }, 'PUT'); await w.run(purchaseOrders); };
  await state(1, 14);
  expect(await open()).toBe(1);
  await state(2, 32);
  expect(await open()).toBe(0);
});

it('at a warehouse’s location the warehouse’s own book has the goods: its receipt joins the order once, Shopify’s incoming is not touched', async () => {
  const shopPlace = [...tables.locations.keys()][1]!, stocked = [...tables.variants.values()].find((v) => v.sku && v.components.length === 0 && v.deletedAt === null && tables.inventoryItems.get(v.inventoryItemId)!.tracked && tables.levels.has(`${v.inventoryItemId}:${shopPlace}`) && [...tables.variants.values()].filter((o) => o.sku === v.sku).length === 1)!;
  warehouse.put(stocked.sku!, 40);
  warehouse.countAll();
  const locationId = await w.serve(shopPlace, { mode: 'live', firstPushCap: 1_000_000, bufferCapUnits: 0 });
  const { rows: [row] } = await db.query<{ item_id: number; supplier_id: number }>('select x.item_id, s.supplier_id from inventory_item x join supplier_item s on s.store_id = x.store_id and s.item_id = x.item_id where x.store_id = $1 and x.shopify_inventory_item_id = $2', [w.storeId, stocked.inventoryItemId]);
  let po = await ok('ann', '/purchase-orders', { supplierId: row!.supplier_id, locationId, lines: [{ itemId: row!.item_id, quantity: 20 }] });
  po = await ok('ann', `/purchase-orders/${po.purchaseOrderId}/submit`, { version: po.version });
  po = await ok('bob', `/purchase-orders/${po.purchaseOrderId}/approve`, { version: po.version });
  po = await ok('ann', `/purchase-orders/${po.purchaseOrderId}/send`, { version: po.version, how: 'hand' });
  expect((await db.query('select from stock_adjustment where purchase_order_id = $1', [po.purchaseOrderId])).rowCount).toBe(0);
  const position = async (): Promise<number> => (await positions(db, w.storeId, [row!.item_id])).get(`${row!.item_id}@${locationId}`)!.incoming;
  const incoming = await position(), heard = async (): Promise<void> => {
    await w.run(warehouseFeed);
    await w.until('the shelf has it', async () => (await db.query('select from warehouse_document where state = 0 limit 1')).rowCount === 0);
    await w.run(goodsReceipt);
  };
  expect(incoming).toBeGreaterThanOrEqual(20);
  warehouse.receive(po.reference, stocked.sku!, 12, 2);
  await heard();
  await w.run(goodsReceipt);
  po = await ok('ann', `/purchase-orders/${po.purchaseOrderId}`);
  expect(po).toMatchObject({ state: 'part received', openUnits: 8, lines: [{ received: 10 }] });
  expect(po.receipts).toHaveLength(1);
  expect(await position()).toBe(incoming - 12);
  await ok('ann', `/purchase-orders/${po.purchaseOrderId}/close`, { version: po.version });
  warehouse.receive(po.reference, stocked.sku!, 8, 0); // after all
  await heard();
  po = await ok('ann', `/purchase-orders/${po.purchaseOrderId}`);
  expect([po.state, po.lines[0]!.received, po.receipts.length]).toEqual(['closed', 18, 2]);
  warehouse.receive('PO-NEVER', stocked.sku!, 1, 0);
  await heard();
  const { rows } = await ok<{ rows: { purchaseOrderId: number | null; note: string; writesStock: boolean }[] }>('ann', '/goods-receipts');
  expect(rows[0]).toMatchObject({ purchaseOrderId: null, writesStock: false, note: expect.stringContaining('PO-NEVER') });
});

it('suppliers and their terms go out as CSV and come back unchanged; a wrong row is named and stops no other', async () => {
  const bring = (kind: string, csv: string, dryRun = false) => ok<{ applied: number; unchanged: number; errors: { line: number; field: string; message: string }[] }>('ann', '/purchasing/import', { kind, csv, dryRun });
  const suppliers = (await ok<{ text: string }>('ann', '/suppliers.csv')).text;
  expect(await bring('suppliers', suppliers)).toMatchObject({ applied: 0, errors: [] });
  const { rows: [any] } = await db.query<{ supplier_id: number; name: string; sku: string }>(`select s.supplier_id, s.name, i.sku from supplier s join supplier_item t using (store_id, supplier_id) join item i using (item_id) where s.store_id = $1 and i.sku <> '' and (select count(*) from item o where o.sku = i.sku) = 1 order by t.item_id limit 1`, [w.storeId]);
  const said = `Supplier,SKU,Unit cost,MOQ,Case pack,Price breaks\n${any!.name},${any!.sku},2.50,10,6,50:2.25\n${any!.name},NOBODY,1,,,\n`;
  expect(await bring('supplier-items', said, true)).toMatchObject({ applied: 1, errors: [{ line: 3, field: 'sku' }] });
  expect(await bring('supplier-items', said)).toMatchObject({ applied: 1 });
  expect(await bring('supplier-items', said)).toMatchObject({ applied: 0, unchanged: 1 });
  // A cost alone goes with the breaks from before, or with those of other rows.
  const cost = (rows: string, dryRun = true) => bring('supplier-items', `Supplier,SKU,Unit cost,Price breaks,MOQ\n${rows.replaceAll('*', `${any!.name},${any!.sku}`)}`, dryRun);
  expect(await cost('*,2.00,,11\n', false)).toMatchObject({ applied: 0, errors: [{ line: 2, field: 'unitCost', message: 'from 50 units a unit is dearer (2.25) than below (2.00), by the price breaks kept from before, 50:2.25: state the breaks that go with the new cost in the row too' }] });
  expect(await cost('*,2.00,,\n*,,50:1.75,\n')).toMatchObject({ applied: 2, errors: [] });
  expect(await cost('*,2.40,,\n*,,50:2.45,\n*,,,12\n')).toMatchObject({ applied: 2, errors: [{ line: 3, field: 'priceBreaks', message: 'from 50 units a unit is dearer (2.45) than below (2.40), by the unit cost of line 2: state the cost that goes with the new breaks in the row too' }] });
  expect(await bring('supplier-items', said)).toMatchObject({ applied: 0, unchanged: 1 });
  const terms = (await ok<{ text: string }>('ann', `/suppliers/${any!.supplier_id}/items.csv`)).text;
  expect(terms).toContain(`${any!.sku},`);
  expect((await bring('supplier-items', terms)).applied).toBe(0);
  expect(await bring('min-max', `SKU,Min stock,Max stock\n${any!.sku},4,40\n`)).toMatchObject({ applied: 1 });
  expect(await bring('min-max', `SKU,Min stock,Max stock\n${any!.sku},4,40\n`)).toMatchObject({ applied: 0, unchanged: 1 });
});
