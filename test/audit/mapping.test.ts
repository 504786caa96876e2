/** Codes of a warehouse through the whole house: suggested, looked at before, approved together, set aside, taken back; conflicts, files and rules. */
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/flows/audit.ts';
import { catalogue } from '../../src/flows/catalogue.ts';
import { mappingSuggest } from '../../src/flows/mapping-suggest.ts';
import { warehouseFeed } from '../../src/flows/warehouse-feed.ts';
import { shelfWarehouse } from '../helpers/shelf-warehouse.ts';
import { world } from '../helpers/world.ts';

const warehouse = shelfWarehouse(() => new Date().toISOString());
const w = await world({ worker: false, months: 1, scale: 0.4, warehouse });
await w.import();
const { rows: items } = await w.house.db.query<{ item_id: number; sku: string; title: string }>(
  `select i.item_id, i.sku, i.title from item i join inventory_item x using (item_id) where x.store_id = $1 and x.tracked and i.sku ~ '-' and (select count(*) from item o where o.sku = i.sku) = 1 order by i.sku limit 40`, [w.storeId]);
const [a, b, c, d] = [items[0]!, items[7]!, items[14]!, items[21]!];
const call = async <T>(method: string, path: string, body?: object): Promise<{ status: number; body: T }> => {
  const response = await fetch(`${w.url}/api/v1${path}${path.includes('?') ? '&' : '?'}store=${w.storeId}`, { method, ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}) });
  return { status: response.status, body: JSON.parse(await response.text()) as T };
};
interface Row { sku: string; itemId: number | null; matchedBy: string; version: number; ignoredReason: string | null; suggestions: { itemId: number; confidence: number; why: string }[] }
const row = async (sku: string): Promise<Row> => (await call<{ rows: Row[] }>('GET', `/mapping?q=${encodeURIComponent(sku)}&limit=500`)).body.rows.find((each) => each.sku === sku)!;
const codes = { a: a.sku.toLowerCase().replaceAll('-', '_'), b: `${b.sku.replaceAll('-', ' ')}`, cTwice: [c.sku.toLowerCase(), c.sku.replaceAll('-', '.')], exact: d.sku };
for (const [code, units] of [[codes.a, 11], [codes.b, 5], [codes.cTwice[0]!, 3], [codes.cTwice[1]!, 4], [codes.exact, 9], ['EUR-PALLET', 2]] as const) warehouse.put(code, units);
warehouse.countAll();
const { rows: [place] } = await w.house.db.query<{ shopify_location_id: string }>('select shopify_location_id from location where store_id = $1 order by location_id limit 1', [w.storeId]);
await w.serve(place!.shopify_location_id, { mode: 'shadow' });
const { rows: [served] } = await w.house.db.query<{ warehouse_id: number }>('select warehouse_id from warehouse limit 1');
const warehouseId = served!.warehouse_id;

describe('codes of a warehouse', () => {
  it('are suggested with basis and confidence; what has an identical SKU needs none', async () => {
    await w.run(mappingSuggest);
    expect((await row(codes.exact)).matchedBy).toBe('same SKU');
    expect((await row(codes.a)).suggestions[0]).toMatchObject({ itemId: a.item_id, confidence: 0.99, why: 'same SKU but for case and punctuation' });
    expect((await row('EUR-PALLET')).suggestions).toEqual([]);
    const { body } = await call<{ counts: Record<string, number> }>('GET', '/mapping?view=suggested');
    expect(body.counts).toMatchObject({ all: 6, unmatched: 5, suggested: 4, ignored: 0 });
  });

  it('show what a match does to stock before it is saved, and save nothing by looking', async () => {
    const { body } = await call<{ effects: { itemId: number; now: number; after: number; codes: string[] }[]; intoItems: number }>('POST', '/mapping/preview', { changes: [{ warehouseId, sku: codes.a, itemId: d.item_id }] });
    expect(body).toMatchObject({ effects: [{ itemId: d.item_id, now: 9, after: 20, codes: [codes.exact] }], intoItems: 11 });
    expect((await row(codes.a)).itemId).toBeNull();
  });

  it('are approved together, but two codes of one item are left to a person', async () => {
    const dry = await call<{ codes: number; leftForAPerson: number; units: number }>('POST', '/mapping/approve', { above: 0.97, dryRun: true });
    expect(dry.body).toMatchObject({ codes: 2, leftForAPerson: 2, units: 16 });
    expect((await row(codes.a)).itemId).toBeNull();
    const [one, two] = await Promise.all([call<{ codes: number }>('POST', '/mapping/approve', { above: 0.97, dryRun: false }), call<{ codes: number }>('POST', '/mapping/approve', { above: 0.97, dryRun: false })]);
    expect([one.body.codes, two.body.codes].sort()).toEqual([0, 2]);
    expect(await row(codes.a)).toMatchObject({ itemId: a.item_id, matchedBy: 'suggestion' });
    const { rows } = await w.house.db.query<{ item_id: number; on_hand: number }>('select item_id, on_hand from warehouse_stock where sku = $1', [codes.a]);
    expect(rows).toEqual([{ item_id: a.item_id, on_hand: 11 }]);
    const history = await call<{ events: { what: string; to: string; by: string; said: string }[] }>('GET', `/mapping/history?warehouse=${warehouseId}&sku=${encodeURIComponent(codes.a)}`);
    expect(history.body.events).toMatchObject([{ what: 'matched', to: a.sku, by: 'operator', said: 'same SKU but for case and punctuation, confidence 0.99' }]);
  });

  it('of the same goods share an item (merged), and are parted again (split); each step in the history', async () => {
    for (const sku of codes.cTwice) expect((await call('PUT', '/mapping', { warehouseId, sku, itemId: c.item_id })).status).toBe(200);
    const { rows } = await w.house.db.query<{ units: number }>('select sum(on_hand)::int as units from warehouse_stock where item_id = $1', [c.item_id]);
    expect(rows[0]!.units).toBe(7);
    await call('PUT', '/mapping', { warehouseId, sku: codes.cTwice[1], itemId: b.item_id });
    const { body } = await call<{ events: { what: string; from: string | null; to: string | null }[] }>('GET', `/mapping/history?warehouse=${warehouseId}&sku=${encodeURIComponent(codes.cTwice[1]!)}`);
    expect(body.events.map(({ what, from, to }) => [what, from, to])).toEqual([['matched', c.sku, b.sku], ['matched', null, c.sku]]);
    await call('PUT', '/mapping', { warehouseId, sku: codes.cTwice[1], itemId: null });
    expect((await row(codes.cTwice[1]!)).itemId).toBeNull();
  });

  it('changed meanwhile by somebody else are a conflict that names them', async () => {
    const seen = await row(codes.b);
    expect((await call('PUT', '/mapping', { warehouseId, sku: codes.b, itemId: d.item_id, version: seen.version })).status).toBe(200);
    const late = await call<{ detail: string }>('PUT', '/mapping', { warehouseId, sku: codes.b, itemId: null, version: seen.version });
    expect([late.status, late.body.detail]).toEqual([409, `operator changed ${codes.b} meanwhile: it is matched to ${d.sku} now. Look at it again.`]);
    await call('PUT', '/mapping', { warehouseId, sku: codes.b, itemId: b.item_id });
  });

  it('that are no item are set aside with a reason: no case, no gap, and taken back', async () => {
    const cases = async (): Promise<number> => (await w.house.db.query(`select from exception where kind = 'WAREHOUSE_SKU_UNMAPPED' and state = 'open' and subject like 'EUR-PALLET%'`)).rowCount!;
    await w.run(warehouseFeed);
    expect(await cases()).toBe(1);
    const { version } = await row('EUR-PALLET');
    expect((await call('PUT', '/mapping/ignore', { warehouseId, sku: 'EUR-PALLET', reason: 'x', version })).status).toBe(400);
    expect((await call('PUT', '/mapping/ignore', { warehouseId, sku: 'EUR-PALLET', reason: 'pallets under the goods', version })).status).toBe(200);
    expect((await call('PUT', '/mapping/ignore', { warehouseId, sku: 'EUR-PALLET', reason: 'again', version })).status).toBe(409);
    expect((await call('PUT', '/mapping/ignore', { warehouseId, sku: codes.a, reason: 'is matched' })).status).toBe(409);
    await w.run(warehouseFeed);
    expect(await cases()).toBe(0);
    await w.run(audit);
    expect((await call<{ rows: { subject: string }[] }>('GET', '/audit/gaps?check=code-unmatched')).body.rows.map((gap) => gap.subject)).toEqual([codes.cTwice[1]]);
    expect((await call<{ rows: Row[] }>('GET', '/mapping?view=ignored')).body.rows.map((each) => each.sku)).toEqual(['EUR-PALLET']);
    expect((await call('PUT', '/mapping/ignore', { warehouseId, sku: 'EUR-PALLET', reason: null })).status).toBe(200);
    expect((await call('PUT', '/mapping/ignore', { warehouseId: 999, sku: 'EUR-PALLET', reason: null })).status).toBe(404);
  });

  it('go round as CSV: the export imported changes nothing; titles alone match nothing and make suggestions better', async () => {
    const text = await (await fetch(`${w.url}/api/v1/mapping.csv?store=${w.storeId}`)).text();
    const back = await call<{ lines: number; applied: number; unchanged: number; errors: unknown[] }>('POST', '/mapping/import?dryRun=false', { csv: text });
    expect(back.body).toMatchObject({ dryRun: false, lines: 6, applied: 0, unchanged: 6, errors: [], preview: { effects: [] } });
    expect((await row(codes.a)).matchedBy).toBe('suggestion');
    await call('POST', '/mapping/import?dryRun=false', { csv: `Code,Title\nEUR-PALLET,"${items[30]!.title}"\n` });
    expect((await row('EUR-PALLET')).itemId).toBeNull();
    await w.run(mappingSuggest);
    expect((await row('EUR-PALLET')).suggestions[0]).toMatchObject({ itemId: items[30]!.item_id, why: 'like title' });
  });

  it('edited in the export: the dry run says what saving does, with the stock; a wrong line is named and stops no other; read again nothing more is changed', async () => {
    interface Done { applied: number; unchanged: number; errors: { line: number; field: string; message: string }[]; preview: { effects: { itemId: number; now: number; after: number }[]; intoItems: number; outOfItems: number; secondPerson: boolean } }
    const other = items[26]!, text = await (await fetch(`${w.url}/api/v1/mapping.csv?store=${w.storeId}`)).text(), lines = text.replace(/^\uFEFF/, '').trimEnd().split(/\r?\n/);
    const edited = (code: string, from: string, to: string): void => { const n = lines.findIndex((each) => each.split(',')[1] === code); expect(lines[n]).toContain(from); lines[n] = lines[n]!.replace(from, to); };
    edited(codes.a, `,${a.sku},`, `,${other.sku},`);
    edited(codes.b, `,${b.sku},`, ',,');
    edited('EUR-PALLET', 'EUR-PALLET,,', 'EUR-PALLET,,999999');
    const last = lines[0]!.split(',').length - 2, more = (code: string): string => `,${code},${other.sku}${','.repeat(last - 1)}`;
    const csv = [...lines, more('MISSPELT'), ',STRANGE,,99999999999999'].join('\n');
    const dry = await call<Done>('POST', '/mapping/import', { csv }), saved = await call<Done>('POST', '/mapping/import?dryRun=false', { csv });
    expect(dry.body).toMatchObject({ applied: 2, errors: [{ field: 'Item id', message: 'there is no item 999999 in this store' }, { field: 'Code', message: expect.stringContaining('has named no code MISSPELT') as string }, { field: 'Code' }], preview: { intoItems: 11, outOfItems: 16, secondPerson: false } });
    expect(dry.body.preview.effects).toContainEqual(expect.objectContaining({ itemId: other.item_id, now: 0, after: 11 }));
    expect(saved.body).toEqual({ ...dry.body, dryRun: false });
    expect([(await row(codes.a)).itemId, (await row(codes.b)).itemId]).toEqual([other.item_id, null]);
    const { body: again } = await call<Done>('POST', '/mapping/import?dryRun=false', { csv });
    expect([again.applied, again.unchanged, again.errors.map((each) => each.field).sort()]).toEqual([0, 3, ['Code', 'Code', 'Item id', 'Version', 'Version']]);
    // A reason sets aside and, emptied, takes back; a code of the future is kept where somebody says so.
    const by = async (lineText: string): Promise<Done> => (await call<Done>('POST', '/mapping/import?dryRun=false', { csv: `Code,Item SKU,Ignored because,New\n${lineText}\n` })).body;
    expect(await by('EUR-PALLET,,pallets under the goods,\nNEXT-YEAR,' + other.sku + ',,yes')).toMatchObject({ applied: 2, errors: [] });
    expect([(await row('EUR-PALLET')).ignoredReason, (await row('NEXT-YEAR')).itemId]).toEqual(['pallets under the goods', other.item_id]);
    expect(await by('EUR-PALLET,,,')).toMatchObject({ applied: 1 });
    expect((await row('EUR-PALLET')).ignoredReason).toBeNull();
    await call('PUT', '/mapping', { warehouseId, sku: 'NEXT-YEAR', itemId: null });
    for (const [sku, item] of [[codes.a, a], [codes.b, b]] as const) await call('PUT', '/mapping', { warehouseId, sku, itemId: item.item_id });
  });
});

describe('the rules', () => {
  it('match nothing without a person until somebody says so, and then only what is sure', async () => {
    warehouse.put(items[35]!.sku.toLowerCase(), 6);
    warehouse.countAll();
    await w.run(warehouseFeed);
    await w.run(mappingSuggest);
    expect((await row(items[35]!.sku.toLowerCase())).itemId).toBeNull();
    expect((await call('PUT', '/mapping/rules', { warehouse: { warehouseId, autoApproveAbove: 0.5 } })).status).toBe(400);
    expect((await call('PUT', '/mapping/rules', { warehouse: { warehouseId, autoApproveAbove: 0.97 } })).body).toMatchObject({ warehouses: [{ warehouseId, autoApproveAbove: 0.97 }], productMaster: 'Shopify' });
    await w.run(mappingSuggest);
    expect(await row(items[35]!.sku.toLowerCase())).toMatchObject({ itemId: items[35]!.item_id, matchedBy: 'suggestion' });
    expect((await row('EUR-PALLET')).itemId).toBeNull();
  });

  it('a rename in Shopify cannot be accepted where the inventory system is the master', async () => {
    await call('PUT', '/mapping/rules', { productMaster: 'warehouse' });
    const variant = [...w.sandbox.shop.tables.variants.values()].find((each) => each.sku === items[38]!.sku)!;
    w.sandbox.shop.put('variants', { ...variant, sku: 'RENAMED-1', updatedAt: new Date().toISOString() });
    w.sandbox.shop.commit();
    await w.house.db.query(`delete from cursor where store_id = $1 and name = 'catalogue'`, [w.storeId]);
    await w.run(catalogue);
    const { body } = await call<{ rows: { exceptionId: string; sentence: string }[] }>('GET', '/exceptions?kind=SKU_RENAMED');
    expect(body.rows[0]!.sentence).toContain('the inventory system is the master of products');
    expect((await call('POST', `/exceptions/${body.rows[0]!.exceptionId}/fix`, { fix: 'accept_rename' })).status).toBe(409);
    await call('PUT', '/mapping/rules', { productMaster: 'Shopify' });
    expect((await call('POST', `/exceptions/${body.rows[0]!.exceptionId}/fix`, { fix: 'accept_rename' })).status).toBe(200);
  });
});

describe('a change that takes many units from an item', () => {
  interface Waiting { requestId: string; units: number; count: number; state: string; askedBy: string; codes: { sku: string; from: string | null; to: string | null }[] }
  const big = 'BIG-PALLET', requests = async (): Promise<Waiting[]> => (await call<{ limit: number; requests: Waiting[] }>('GET', '/mapping/requests')).body.requests;
  const matched = async (itemId: number | null) => (await call<{ saved: boolean; waits: { requestId: string; units: number; limit: number } | null }>('PUT', '/mapping', { warehouseId, sku: big, itemId })).body;
  // Asked for by somebody else than this machine's operator.
  const byAnn = (requestId: string): Promise<unknown> => w.house.db.query(`update match_request set asked_by = 'ann@shop.example' where request_id = $1`, [requestId]);
  const decide = (requestId: string, action: string) => call<{ state?: string; detail?: string }>('POST', `/mapping/requests/${requestId}`, { action });

  it('waits for a second person, who is not the one that asked; a first match and a small one wait for nobody', async () => {
    warehouse.put(big, 140);
    warehouse.countAll();
    await w.run(warehouseFeed);
    expect(await matched(items[20]!.item_id)).toEqual({ saved: true, waits: null });
    expect((await call<{ waits: unknown }>('PUT', '/mapping', { warehouseId, sku: codes.a, itemId: items[22]!.item_id })).body.waits).toBeNull();
    const { saved, waits } = await matched(items[21]!.item_id);
    expect([saved, waits]).toEqual([false, { requestId: expect.any(String) as string, units: 140, limit: 100 }]);
    expect((await row(big)).itemId).toBe(items[20]!.item_id);
    expect(await requests()).toMatchObject([{ state: 'waits', units: 140, count: 1, askedBy: 'operator', codes: [{ sku: big, from: items[20]!.sku, to: items[21]!.sku }] }]);
    expect((await decide(waits!.requestId, 'approve')).status).toBe(403);
    await byAnn(waits!.requestId);
    expect((await decide(waits!.requestId, 'approve')).body).toEqual({ state: 'approved' });
    expect((await row(big)).itemId).toBe(items[21]!.item_id);
    expect((await decide(waits!.requestId, 'approve')).status).toBe(409);
    const history = await call<{ events: { to: string; by: string; said: string | null }[] }>('GET', `/mapping/history?warehouse=${warehouseId}&sku=${big}`);
    expect(history.body.events[0]).toMatchObject({ to: items[21]!.sku, by: 'operator', said: 'asked by ann@shop.example' });
  });

  it('is closed when the code was changed meanwhile, and can be taken back', async () => {
    const { waits } = await matched(null);
    await byAnn(waits!.requestId);
    await w.house.db.query('update warehouse_sku set version = version + 1 where sku = $1', [big]);
    expect((await decide(waits!.requestId, 'approve')).status).toBe(409);
    expect((await requests())[0]).toMatchObject({ state: 'overtaken' });
    const again = await matched(null);
    expect((await decide(again.waits!.requestId, 'withdraw')).body).toEqual({ state: 'withdrawn' });
    expect((await row(big)).itemId).toBe(items[21]!.item_id);
  });

  it('comes in by a file too: the file’s other lines wait with it', async () => {
    const { body } = await call<{ applied: number; waits: { units: number } | null }>('POST', '/mapping/import?dryRun=false', { csv: `Code,Item id\n${big},${items[20]!.item_id}\nEUR-PALLET,${items[25]!.item_id}\n` });
    expect(body).toMatchObject({ applied: 2, waits: { units: 140 } });
    expect([(await row(big)).itemId, (await row('EUR-PALLET')).itemId]).toEqual([items[21]!.item_id, null]);
    expect((await requests())[0]).toMatchObject({ state: 'waits', count: 2 });
  });
});
