/** The advanced files, loaded by a reader as strict as the specification: whole, row by row, from the first file over every change to what is gone. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advancedFile } from '../../src/connectors/inventory-planner/advanced-files.ts';
import { ADVANCED_FILES, ADVANCED_FOLDERS, type AdvancedFile } from '../../src/ports/planner.ts';
import { AdvancedCsv, ENTITIES, type LoadedRow } from '../../src/sandbox/planner/advanced-csv.ts';
import { startSftp, type SftpServer } from '../../src/sandbox/warehouse/sftp-server.ts';
import { saveBundle } from '../../src/store/bundles.ts';
import { changedFileRows } from '../../src/store/planner-files.ts';
import { clockwork, type Clockwork } from '../helpers/clockwork.ts';
import { connectPlanner, ourOrder, plannerAccount } from '../helpers/planner-account.ts';
import type { Town } from '../helpers/town.ts';

const BEIJING = '北京 Ceramics, Ltd.';
const HOURS_LATER = 7_200_000;
const entityOf = (file: AdvancedFile): string => Object.entries(ENTITIES).find(([, each]) => each.folder === ADVANCED_FOLDERS[file])![0];

describe('any text comes through unchanged', () => {
  const words = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 40 }), fc.array(fc.constantFrom('"', ',', '\n', '\r\n', ';', ' ', '=1+1', 'Ł', '北', 'ש', '😀', '\t'), { maxLength: 12 }).map((parts) => parts.join('')));
  const filled = words.map((text) => `x${text}`), minor = fc.integer({ min: 0, max: 10 ** 9 }), at = fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }).map((date) => date.toISOString()), isRemoved = fc.boolean(), updatedAt = at, id = fc.bigInt({ min: 1n, max: 2n ** 60n }).map(String);
  const rows: Record<AdvancedFile, fc.Arbitrary<Record<string, unknown>>> = {
    warehouses: fc.record({ warehouseId: id, name: filled, isRemoved, updatedAt }), vendors: fc.record({ vendorId: filled, currency: fc.constantFrom('EUR', 'JPY'), email: fc.option(words), address: fc.option(words), isRemoved, updatedAt }),
    variants: fc.record({ variantId: id, sku: words, title: filled, barcode: fc.option(words), productId: id, price: minor, createdAt: at, type: fc.constantFrom('simple', 'bundle'), isRemoved, updatedAt }),
    'variant-vendors': fc.record({ variantId: id, vendorId: filled, cost: fc.option(minor), currency: fc.constantFrom('EUR', 'JPY'), supplierSku: fc.option(words), moq: fc.option(fc.nat()), casePack: fc.option(fc.nat()), isRemoved, updatedAt }),
    components: fc.record({ variantId: id, componentId: id, quantity: fc.nat(), isRemoved, updatedAt }), stock: fc.record({ variantId: id, locationId: id, inStock: fc.integer(), minStock: fc.option(fc.nat()), maxStock: fc.option(fc.nat()), isRemoved, updatedAt }),
    'purchase-orders': fc.record({ orderId: id, reference: words, state: fc.constantFrom('approved', 'sent', 'part received', 'received', 'closed', 'cancelled'), supplier: filled, currency: fc.constant('EUR'), createdOn: at.map((text) => text.slice(0, 10)), expectedOn: at.map((text) => text.slice(0, 10)), updatedAt, line: fc.nat(), variantId: id, sku: words, barcode: fc.option(words), title: filled, ordered: fc.nat(), received: fc.nat(), receivedOn: fc.constant(null), unitCost: minor, locationId: id, isRemoved }),
    sales: fc.record({ lineId: id, orderId: id, orderName: words, variantId: id, sku: words, at, updatedAt, price: minor, quantity: fc.integer(), isCancelled: fc.boolean(), locationId: id, isRemoved }),
  };
  /** Which field a text column shows; ids of whole rows besides. */
  const SHOWN: Partial<Record<AdvancedFile, Record<string, string>>> = { warehouses: { DISPLAY_NAME: 'name' }, vendors: { VENDOR_ID: 'vendorId', DISPLAY_NAME: 'vendorId', EMAIL: 'email', VENDOR_ADDRESS: 'address' }, variants: { TITLE: 'title', BARCODE: 'barcode' }, 'variant-vendors': { VENDOR_ID: 'vendorId', VENDOR_REFERENCE: 'supplierSku' }, 'purchase-orders': { REFERENCE: 'reference', VENDOR: 'supplier', TITLE: 'title', BARCODE: 'barcode' }, sales: { REFERENCE: 'orderName' } };

  test.each(ADVANCED_FILES)('%s', (file) => {
    fc.assert(fc.property(fc.array(rows[file], { minLength: 1, maxLength: 8 }), (given) => {
      const entity = entityOf(file), reader = new AdvancedCsv('nowhere'), keys = ENTITIES[entity]!.key;
      const read = advancedFile(file, given, 'EUR', new Date('2026-03-02T08:00:00Z'), 'f');
      // Parents by the cells themselves: what is looked at here is the text.
      const plain = new AdvancedCsv('nowhere'), cells = plain.load(entity, Buffer.from(read.content, 'utf8'), 'first');
      expect(cells.rejected).toBeNull();
      expect(cells.rows).toBe(given.length);
      for (const [column, parent] of Object.entries(ENTITIES[entity]!.parents)) for (const value of columnOf(read.content, column)) reader.rows.get(parent)!.set(value, {});
      expect(reader.load(entity, Buffer.from(read.content, 'utf8'), 'second').orphans).toBe(0);
      const kept = reader.rows.get(entity)!;
      const newest = new Map<string, Record<string, unknown>>(), all = columnsOf(read.content);
      given.forEach((row, n) => newest.set(keys.map((key) => all[n]![key]).join('@'), row));
      expect([...kept.keys()].sort()).toEqual([...newest.keys()].sort());
      for (const [key, row] of newest) for (const [column, field] of Object.entries(SHOWN[file] ?? {})) expect(kept.get(key)![column]).toBe(row[field] ?? '');
    }), { numRuns: 150 });
  });
  test('a text longer than 256 letters is cut between letters, a longer e-mail address left out', () => {
    const { content } = advancedFile('vendors', [{ vendorId: 'Mill', currency: 'EUR', email: `${'x'.repeat(250)}@example.com`, address: '😀'.repeat(300), isRemoved: false, updatedAt: '2026-03-02T08:00:00.000Z' }], 'EUR', new Date(), 'f');
    expect(columnsOf(content)[0]).toMatchObject({ EMAIL: '', VENDOR_ADDRESS: '😀'.repeat(256) });
  });
});
/** A second reading of the text, by nothing but RFC 4180. */
function columnsOf(content: string): LoadedRow[] {
  const rows: string[][] = [[]];
  let cell = '', quoted = false;
  for (let n = 0; n < content.length; n++) {
    const c = content[n]!;
    if (quoted) { if (c !== '"') cell += c; else if (content[n + 1] === '"') { cell += '"'; n++; } else quoted = false; } else if (c === '"') quoted = true; else if (c === ',') { rows.at(-1)!.push(cell); cell = ''; } else if (c === '\r') { rows.at(-1)!.push(cell); cell = ''; rows.push([]); n++; } else cell += c;
  }
  const [header, ...body] = rows;
  return body.slice(0, -1).map((cells) => Object.fromEntries(header!.map((name, n) => [name, cells[n]!])));
}
const columnOf = (content: string, column: string): string[] => columnsOf(content).map((row) => row[column]!);

describe('the reader is strict', () => {
  const good = 'WAREHOUSE_ID,DISPLAY_NAME,UPDATED_AT,REMOVED\r\n1,Mill,2026-03-02 08:00:00,false\r\n', load = (text: string, entity = 'warehouse') => new AdvancedCsv('nowhere').load(entity, Buffer.from(text), 'f');
  test('a good file', () => expect(load(good)).toEqual({ file: 'f', rows: 1, rejected: null, orphans: 0 }));
  test.each([
    ['an unknown column', good.replace('DISPLAY_NAME', 'NAME'), /NAME is not supported/], ['a missing one', good.replace(',REMOVED', '').replace(',false', ''), /REMOVED is missing/], ['a time with a zone', good.replace('08:00:00', '08:00:00Z'), /UPDATED_AT is no time/], ['yes for true', good.replace('false', 'no'), /REMOVED is no boolean/],
    ['a name of 257 letters', good.replace('Mill', 'x'.repeat(257)), /DISPLAY_NAME is no text/], ['an empty id', good.replace('1,Mill', ',Mill'), /WAREHOUSE_ID is no id/], ['another number of cells', good.replace('1,Mill', '1,2,Mill'), /Record Length|columns/i], ['another encoding', '', /is empty/],
  ])('%s rejects the whole file', (_what, text, why) => expect(load(text)).toMatchObject({ rows: 0, rejected: expect.stringMatching(why) }));
  test('files are read from the oldest to the newest, each once, and not before they are an hour old', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'instep-night-')), put = (name: string, text: string, minutes: number): void => { const file = path.join(folder, 'warehouses', name); mkdirSync(path.dirname(file), { recursive: true }); writeFileSync(file, text); utimesSync(file, 1_800_000_000 + minutes * 60, 1_800_000_000 + minutes * 60); };
    put('z.csv', good, 0);
    put('a.csv', good.replace('Mill', 'Store'), 10);
    put('b.csv', good.replace('Mill', 'Late'), 50);
    const reader = new AdvancedCsv(folder), at = (minutes: number): number => (1_800_000_000 + minutes * 60) * 1000, name = (): string | undefined => reader.rows.get('warehouse')!.get('1')?.['DISPLAY_NAME'];
    expect(reader.run(at(59))).toEqual([]);
    expect(reader.run(at(75)).map((each) => each.file)).toEqual(['warehouses/z.csv', 'warehouses/a.csv']);
    expect(name()).toBe('Store');
    expect(reader.run(at(1_000)).map((each) => each.file)).toEqual(['warehouses/b.csv']);
    expect(name()).toBe('Late');
    rmSync(folder, { recursive: true });
  });
  test('a row without its parent is not loaded, the others are', () => {
    const reader = new AdvancedCsv('nowhere');
    reader.rows.get('variant')!.set('7', {});
    expect(reader.load('variant component', Buffer.from('VARIANT_ID,COMPONENT_VARIANT_ID,QUANTITY,REMOVED,UPDATED_AT\r\n7,7,1,false,2026-03-02\r\n7,8,1,false,2026-03-02\r\n'), 'f')).toMatchObject({ rows: 2, orphans: 1 });
  });
});

describe('a shop, over some days', () => {
  let clock: Clockwork, town: Town, sftp: SftpServer, root: string, reader: AdvancedCsv, nights = 0;
  beforeAll(async () => {
    clock = await clockwork();
    root = mkdtempSync(path.join(tmpdir(), 'instep-advanced-'));
    sftp = await startSftp({ root, port: 0, user: 'ip', password: 'pass-word', loseAnswer: () => false });
    town = await clock.town({ goods: [{ sku: 'MUG', title: 'Κούπα, "μεγάλη"', stock: [20, 5] }, { sku: 'BOWL', stock: [8, 3] }, { sku: 'TRAY', stock: [4, null] }, { sku: 'SET' }, { sku: 'GIFT' }, { sku: 'NATIVE', parts: { MUG: 2 } }], bundles: { SET: { MUG: 2, BOWL: 1 } } });
    const side = await plannerAccount({ variants: 2, places: town.places, ids: (n) => [town.variant('MUG').id, town.variant('BOWL').id][n]!, clock: { now: () => new Date(clock.time()) } });
    await connectPlanner(clock.house, town.storeId, side.url, { sftp: { host: '127.0.0.1', port: sftp.port, user: 'ip', fingerprint: sftp.fingerprint }, sftpSecret: 'pass-word' });
    reader = new AdvancedCsv(root);
    await town.sell({ MUG: 3, BOWL: 1 }, 0);
    await town.settle();
    await ourOrder(clock.house, town.storeId, 'PO-7', town.placeIds[0]!, [{ itemId: await town.itemId('MUG'), ordered: 12, unitCost: 405 }], BEIJING);
    await terms(BEIJING, 'MUG', 390, 'BJ "7"', 24, 6);
    await terms(BEIJING, 'BOWL', null, null, null, null);
  });
  afterAll(async () => { await sftp.stop(); rmSync(root, { recursive: true, force: true }); });

  const sql = async <R extends object = { n: number }>(text: string, values: unknown[] = []): Promise<R[]> => (await clock.house.db.query<R>(text, [town.storeId, ...values])).rows;
  const terms = async (supplier: string, sku: string, cost: number | null, reference: string | null, moq: number | null, pack: number | null): Promise<void> => {
    await sql(`insert into supplier_item (store_id, supplier_id, item_id, unit_cost, supplier_sku, moq, case_pack, preferred, updated_at, updated_by) values ($1, (select supplier_id from supplier where store_id = $1 and name = $2), $3, $4, $5, $6, $7, false, $8, 'test')
      on conflict (store_id, supplier_id, item_id) do update set unit_cost = excluded.unit_cost`, [supplier, await town.itemId(sku), cost, reference, moq, pack, clock.now()]);
  };
  /** An exchange, then the planner's night two hours later. */
  async function night(): Promise<{ file: string; rows: number }[]> {
    await clock.advance(3_600_000);
    await town.flow('planner-exchange');
    const outcomes = reader.run(Date.now() + HOURS_LATER * ++nights);
    expect(outcomes.filter((each) => each.rejected !== null || each.orphans > 0)).toEqual([]);
    await incrementsAddUp();
    return outcomes.map(({ file, rows }) => ({ file: file.split('/')[0]!, rows }));
  }
  /** The law of increments: what the planner holds after any number of files is what one whole file would have given it. */
  async function incrementsAddUp(): Promise<void> {
    const whole = new AdvancedCsv('nowhere'), bare = (rows: LoadedRow[]) => rows.map(({ UPDATED_AT: _at, ...row }) => JSON.stringify(row)).sort();
    for (const file of ADVANCED_FILES) {
      const rows = await clock.house.db.transaction(async (tx) => {
        await tx.query('delete from planner_file_row where store_id = $1', [town.storeId]);
        const read = await changedFileRows(tx, town.storeId, file, 'order day', 1_000_000, clock.now());
        await tx.query('rollback');
        await tx.query('begin');
        return read;
      });
      const entity = entityOf(file);
      expect(whole.load(entity, Buffer.from(advancedFile(file, rows.map((each) => ({ ...each.row, isRemoved: each.row['isRemoved'] === true })), 'EUR', new Date(), 'f').content), file)).toMatchObject({ rejected: null, orphans: 0, rows: rows.length });
      expect(bare(reader.live(entity)), file).toEqual(bare(whole.live(entity)));
    }
  }
  const id = (sku: string): string => town.variant(sku).id, of = (entity: string, part: LoadedRow): LoadedRow => reader.live(entity).find((row) => Object.entries(part).every(([column, cell]) => row[column] === cell))!;

  test('at first everything, parents first', async () => {
    expect(await night()).toEqual([{ file: 'warehouses', rows: 2 }, { file: 'vendors', rows: 2 }, { file: 'variants', rows: 6 }, { file: 'variant-vendor', rows: 7 }, { file: 'variant-component', rows: 3 }, { file: 'variant-warehouse', rows: expect.any(Number) }, { file: 'stock-orders', rows: 1 }, { file: 'sales-lines', rows: 2 }]);
    expect(reader.live('warehouse').map(({ WAREHOUSE_ID, DISPLAY_NAME, CURRENCY }) => ({ WAREHOUSE_ID, DISPLAY_NAME, CURRENCY }))).toEqual(expect.arrayContaining([{ WAREHOUSE_ID: town.places[0], DISPLAY_NAME: 'Mill', CURRENCY: 'EUR' }, { WAREHOUSE_ID: town.places[1], DISPLAY_NAME: 'Store', CURRENCY: 'EUR' }]));
    expect(of('variant', { VARIANT_ID: id('MUG') })).toMatchObject({ SKU: 'MUG', TITLE: 'Κούπα, "μεγάλη"', PRODUCT_ID: town.variant('MUG').productId, PRICE: '10.00', TYPE: 'simple', CREATED_AT: '2026-03-02 00:00:00.000' });
    expect([of('variant', { VARIANT_ID: id('SET') })['TYPE'], of('variant', { VARIANT_ID: id('NATIVE') })['TYPE']]).toEqual(['bundle', 'bundle']);
    expect(of('variant vendor', { VARIANT_ID: id('MUG'), VENDOR_ID: BEIJING })).toMatchObject({ COST_PRICE: '3.90', VENDOR_REFERENCE: 'BJ "7"', MOQ: '24', UOM: '6' });
    expect(of('variant component', { VARIANT_ID: id('SET'), COMPONENT_VARIANT_ID: id('MUG') })['QUANTITY']).toBe('2');
    expect(of('variant component', { VARIANT_ID: id('NATIVE') })).toMatchObject({ COMPONENT_VARIANT_ID: id('MUG'), QUANTITY: '2' });
    expect(of('variant warehouse', { VARIANT_ID: id('MUG'), WAREHOUSE_ID: town.places[0]! })['IN_STOCK']).toBe(String(town.shown('MUG').available));
    expect(of('stock order', { REFERENCE: 'PO-7' })).toMatchObject({ STATUS: 'OPEN', VENDOR: BEIJING, WAREHOUSE: town.places[0], REPLENISHMENT: '12', TYPE: 'po' });
  });
  test('nothing changed: no file', async () => expect(await night()).toEqual([]));
  test('only what changed, each kind by itself', async () => {
    await town.sell({ BOWL: 2 }, 1);
    await town.settle();
    await terms(BEIJING, 'MUG', 395, null, null, null);
    expect(await night()).toEqual([{ file: 'variant-vendor', rows: 1 }, { file: 'variant-warehouse', rows: 1 }, { file: 'sales-lines', rows: 1 }]);
    expect(of('variant vendor', { VARIANT_ID: id('MUG'), VENDOR_ID: BEIJING })['COST_PRICE']).toBe('3.95');
  });
  test('the time of change of a row said again is a later one', async () => {
    const before = of('variant vendor', { VARIANT_ID: id('MUG'), VENDOR_ID: BEIJING })['UPDATED_AT']!;
    await sql('update supplier_item set moq = 36 where store_id = $1 and item_id = $2 and not preferred', [await town.itemId('MUG')]);
    await night();
    expect(of('variant vendor', { VARIANT_ID: id('MUG'), VENDOR_ID: BEIJING })['UPDATED_AT']! > before).toBe(true);
  });
  test('a bundle within a bundle is taken apart; a bundle that ends takes its parts along', async () => {
    await clock.advance(60_000);
    await clock.house.db.transaction((tx) => saveBundle(tx, town.storeId, id('GIFT'), clock.now(), [{ variantId: id('SET'), quantity: 2 }, { variantId: id('BOWL'), quantity: 1 }], 'test', clock.now()));
    expect(await night()).toEqual([{ file: 'variants', rows: 1 }, { file: 'variant-component', rows: 2 }]);
    expect(reader.live('variant component').filter((row) => row['VARIANT_ID'] === id('GIFT')).map((row) => [row['COMPONENT_VARIANT_ID'], row['QUANTITY']]).sort()).toEqual([[id('MUG'), '4'], [id('BOWL'), '3']].sort());
    await clock.house.db.transaction((tx) => saveBundle(tx, town.storeId, id('GIFT'), clock.now(), [], 'test', clock.now()));
    expect(await night()).toEqual([{ file: 'variants', rows: 1 }, { file: 'variant-component', rows: 2 }]);
    expect(reader.live('variant component').filter((row) => row['VARIANT_ID'] === id('GIFT'))).toEqual([]);
    expect(of('variant', { VARIANT_ID: id('GIFT') })['TYPE']).toBe('simple');
  });
  test('a supplier under another name is another vendor: its orders and terms follow, the old one is removed', async () => {
    await sql(`update supplier set name = 'Beijing Ceramics', updated_at = $2 where store_id = $1 and name = $3`, [clock.now(), BEIJING]);
    expect(await night()).toEqual([{ file: 'vendors', rows: 2 }, { file: 'variant-vendor', rows: 4 }, { file: 'stock-orders', rows: 1 }]);
    expect(reader.live('vendor').map((row) => row['VENDOR_ID']).sort()).toEqual(['Beijing Ceramics', 'Zoo']);
    expect(of('stock order', { REFERENCE: 'PO-7' })['VENDOR']).toBe('Beijing Ceramics');
  });
  test('a variant that is deleted is removed with its stock and terms; its sales stay and name it', async () => {
    await sql('update variant set deleted_at = $2, updated_at = $2 where store_id = $1 and shopify_variant_id = $3', [clock.now(), id('BOWL')]);
    await night();
    expect(of('variant', { VARIANT_ID: id('BOWL') })).toBeUndefined();
    expect(reader.live('variant warehouse').filter((row) => row['VARIANT_ID'] === id('BOWL'))).toEqual([]);
    expect(reader.live('sales order').filter((row) => row['VARIANT_ID'] === id('BOWL'))).toHaveLength(2);
  });
  test('a sale of a variant nobody knows is left out, counted and named; the others go on', async () => {
    const [gone] = await sql<{ fact: string; order_id: string }>(`select fact, order_id from demand_fact where store_id = $1 and item_id = $2 limit 1`, [await town.itemId('MUG')]);
    await sql(`update sales_order set state = jsonb_set(state, array['lines', $3, 'variantId'], '"999999"') where store_id = $1 and order_id = $2`, [gone!.order_id, gone!.fact.split(':line/')[1]]);
    expect(await night()).toEqual([{ file: 'sales-lines', rows: 1 }]);
    expect((await sql<{ left: object }>('select file_left_out as left from planner_connection where store_id = $1'))[0]!.left).toEqual({ sales: [{ reason: 'the variant sold is no longer in the catalogue', rows: 1, such: [gone!.fact] }] });
  });
  test('folders are called as the account calls them; the page shows the files, and each can be read again as it was sent', async () => {
    await sql(`update planner_connection set file_folders = '{"sales": "SalesOrders"}' where store_id = $1`);
    await town.sell({ MUG: 1 }, 0);
    await town.settle();
    await clock.advance(3_600_000);
    await town.flow('planner-exchange');
    expect(readdirSync(path.join(root, 'SalesOrders'))).toHaveLength(1);
    const page = await town.api<{ kinds: { file: string; folder: string; rows: number; leftOut: object[] }[]; rows: { fileId: number; name: string; rows: number; removed: number }[]; nextCursor: string | null }>(`/api/v1/planner/files?store=${town.storeId}&limit=1`);
    expect(page.kinds.map((kind) => kind.file)).toEqual([...ADVANCED_FILES]);
    expect(page.kinds.at(-1)).toMatchObject({ folder: 'SalesOrders', leftOut: [{ rows: 1 }] });
    expect(page.rows).toMatchObject([{ name: expect.stringMatching(/^SalesOrders\/sales-/), rows: 1, removed: 0 }]);
    expect((await town.api<typeof page>(`/api/v1/planner/files?store=${town.storeId}&cursor=${page.nextCursor}`)).rows.length).toBeGreaterThan(10);
    const again = await clock.app.inject({ method: 'GET', url: `/api/v1/planner/files/${page.rows[0]!.fileId}.csv?store=${town.storeId}`, headers: { host: 'localhost' } });
    expect([again.headers['content-disposition'], columnsOf(again.body).map((row) => row['VARIANT_ID'])]).toEqual([expect.stringContaining('sales-'), [id('MUG')]]);
    expect((await clock.app.inject({ method: 'GET', url: `/api/v1/planner/files/999999.csv?store=${town.storeId}`, headers: { host: 'localhost' } })).statusCode).toBe(404);
  });
  test('more rows than a file holds come in a second one of the same exchange, before what names them', async () => {
    reader.run(Date.now() + HOURS_LATER * ++nights);
    await sql(`insert into variant (store_id, shopify_variant_id, shopify_product_id, shopify_inventory_item_id, sku, title, price, product_status, updated_at) select $1, 900000000 + n, 1, 900000000 + n, 'MANY-' || n, 'Many ' || n, 100, 'ACTIVE', $2 from generate_series(1, 50010) n`, [clock.now()]);
    await sql(`insert into bundle_component (store_id, bundle_variant_id, component_variant_id, quantity) values ($1, 900000001, 900050010, 3)`);
    await clock.advance(3_600_000);
    await town.flow('planner-exchange');
    const outcomes = reader.run(Date.now() + HOURS_LATER * ++nights).filter((each) => each.rows > 0);
    expect(outcomes.map((each) => [each.file.replace(/-\d{8}T\d{6}Z/, ''), each.rows, each.rejected, each.orphans])).toEqual([['variants/variants.csv', 50_000, null, 0], ['variants/variants-2.csv', 10, null, 0], ['variant-component/components.csv', 1, null, 0]]);
    expect(of('variant', { VARIANT_ID: '900050010' })['SKU']).toBe('MANY-50010');
  }, 60_000);
});
