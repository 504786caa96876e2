/** Bundles and a shelf that several stores sell from, on the real thing. */
import { describe, expect, it } from 'vitest';
import { stockPush } from '../../src/flows/stock-push.ts';
import { fulfilments } from '../../src/flows/fulfilments.ts';
import { warehouseFeed } from '../../src/flows/warehouse-feed.ts';
import { shelfWarehouse } from '../helpers/shelf-warehouse.ts';
import { world } from '../helpers/world.ts';

const warehouse = shelfWarehouse(() => new Date().toISOString());
const w = await world({ months: 1, scale: 0.05, warehouse });
await w.import();
const { tables } = w.sandbox.shop;
const place = [...tables.locations.keys()][0]!;
const kept = [...tables.variants.values()].filter((v) => v.components.length === 0 && v.deletedAt === null && v.sku && tables.inventoryItems.get(v.inventoryItemId)!.tracked
  && tables.levels.has(`${v.inventoryItemId}:${place}`) && [...tables.variants.values()].filter((o) => o.sku === v.sku).length === 1).slice(0, 5);
const [set, big, a, b, c] = kept as [typeof kept[0], typeof kept[0], typeof kept[0], typeof kept[0], typeof kept[0]];
const shown = (v: typeof a): number => tables.levels.get(`${v.inventoryItemId}:${place}`)!.quantities.available;
const quiet = () => w.until('nothing waits', async () => {
  const { rows } = await w.house.db.query<{ n: number }>(
    `select (select count(*) from inbox where state = 0)::int + (select count(*) from push_level where dirty_version > seen_version and state <> 'quarantined')::int + (select count(*) from push_attempt where state = 'open')::int
       + (select count(*) from order_out where state in ('waiting', 'cancelling'))::int + (select count(*) from sales_order where needs_place and place_attempts < 4)::int as n`);
  return rows[0]!.n === 0;
}, 30);
const put = (body: unknown) => w.api(`/api/v1/bundles?store=${w.storeId}`, { method: 'PUT', body });

// The set is no longer kept: it is made of a × 1 and b × 3; the big one is a set and c × 2.
for (const v of [a, b, c]) warehouse.put(v.sku!, 100);
warehouse.countAll();
await put({ variantId: set.id, parts: [{ variantId: a.id, quantity: 1 }, { variantId: b.id, quantity: 3 }] });
await put({ variantId: big.id, parts: [{ variantId: set.id, quantity: 1 }, { variantId: c.id, quantity: 2 }] });
const locationId = await w.serve(place, { mode: 'live', firstPushCap: 1_000_000, bufferCapUnits: 0 });
await quiet();
const openUnits = (v: typeof a): number => tables.levels.get(`${v.inventoryItemId}:${place}`)!.quantities.committed;
// Orders from before the set was one wanted it as itself: they take nothing from its parts.
const free = (v: typeof a): number => 100 - openUnits(v);

describe('bundles', () => {
  it('show as many as the scarcest part allows, at any depth', async () => {
    const freeA = free(a), freeB = free(b), freeC = free(c);
    expect(shown(a)).toBe(freeA);
    expect(shown(b)).toBe(freeB);
    expect(shown(set)).toBe(Math.min(freeA, Math.floor(freeB / 3)));
    expect(shown(big)).toBe(Math.min(freeA, Math.floor(freeB / 3), Math.floor(freeC / 2)));
  });

  it('are exploded once: a sale of two takes their parts from sale and tells the warehouse of parts alone', async () => {
    const before = { a: shown(a), b: shown(b), c: shown(c), set: shown(set) };
    const made = await w.control<{ id: string }>('/orders', { lines: [{ variantId: big.id, quantity: 2 }], locationId: place });
    const reference = `${w.storeId}-${made.id}-${locationId}`;
    await w.until('the warehouse has it', async () => warehouse.orders.get(reference));
    await quiet();
    expect(warehouse.orders.get(reference)!.order.lines.map((l) => [l.sku, l.quantity]).sort()).toEqual([[a.sku, 2], [b.sku, 6], [c.sku, 4]].sort());
    expect([shown(a), shown(b), shown(c)]).toEqual([before.a - 2, before.b - 6, before.c - 4]);
    // Demand: the bundle 2, and each of its parts once.
    const { rows } = await w.house.db.query<{ sku: string; quantity: number }>('select i.sku, d.quantity from demand_fact d join item i using (item_id) where d.order_id = $1', [made.id]);
    expect(new Map(rows.map((r) => [r.sku, r.quantity]))).toEqual(new Map([[big.sku, 2], [a.sku, 2], [b.sku, 6], [c.sku, 4]]));
    // Half of it leaves: Shopify is told of one bundle, when it is whole.
    const lines = warehouse.orders.get(reference)!.order.lines, line = (v: typeof a) => lines.find((l) => l.sku === v.sku)!.lineReference;
    warehouse.ship(reference, [{ lineReference: line(a), quantity: 1 }, { lineReference: line(b), quantity: 3 }], 'B-1');
    await w.run(warehouseFeed); await w.run(fulfilments); await quiet();
    const units = () => [...tables.fulfillments.values()].filter((f) => f.orderId === made.id).flatMap((f) => f.lines).reduce((sum, l) => sum + l.quantity, 0);
    expect(units()).toBe(0);
    warehouse.ship(reference, [{ lineReference: line(c), quantity: 2 }], 'B-2');
    await w.run(warehouseFeed);
    // The worker may be at the first parcel just now, and make it wait again.
    await w.until('one bundle is fulfilled', async () => {
      await w.house.db.query('update shipment set not_before = null');
      await w.run(fulfilments);
      return units() === 1;
    });
    await w.run(stockPush); await quiet();
    expect([shown(a), shown(b), shown(c)]).toEqual([before.a - 2, before.b - 6, before.c - 4]);
    expect([...tables.fulfillments.values()].filter((f) => f.orderId === made.id).flatMap((f) => f.tracking.map((t) => t.number)).sort()).toEqual(['B-1', 'B-2']);
  });

  it('refuse to contain themselves, naming the path', async () => {
    await expect(put({ variantId: set.id, parts: [{ variantId: big.id, quantity: 1 }] })).rejects.toThrow(new RegExp(`409.*${set.sku}.*→.*${big.sku}.*→.*${set.sku}`));
  });

  it('refuse a circle that versions of different dates would close', async () => {
    await put({ variantId: a.id, effectiveFrom: '2031-01-01T00:00:00Z', parts: [{ variantId: c.id, quantity: 1 }] });
    await expect(put({ variantId: c.id, parts: [{ variantId: a.id, quantity: 1 }] })).rejects.toThrow(new RegExp(`409.*${c.sku}.*→.*${a.sku}.*→.*${c.sku}, from 2031-01-01`));
    await put({ variantId: a.id, effectiveFrom: '2031-01-01T00:00:00Z', parts: [] });
  });

  it('an order uses the parts of its own moment, whatever was decided since and for later', async () => {
    await put({ variantId: set.id, effectiveFrom: '2032-01-01T00:00:00Z', parts: [{ variantId: c.id, quantity: 9 }] });
    const made = await w.control<{ id: string }>('/orders', { lines: [{ variantId: set.id, quantity: 1 }], locationId: place });
    const told = await w.until('the warehouse has it', async () => warehouse.orders.get(`${w.storeId}-${made.id}-${locationId}`));
    expect(told.order.lines.map((l) => [l.sku, l.quantity]).sort()).toEqual([[a.sku, 1], [b.sku, 3]].sort());
    await quiet();
  });

  const file = async (): Promise<string> => (await fetch(`${w.url}/api/v1/bundles.csv?store=${w.storeId}`)).text();
  const load = (csv: string, dryRun = false) => w.api<{ applied: number; unchanged: number; errors: { line: number; field: string }[]; lines: number }>(`/api/v1/bundles/import?store=${w.storeId}&dryRun=${dryRun}`, { method: 'POST', body: { csv } });
  const versions = async (): Promise<unknown[]> => (await w.house.db.query(
    `select v.variant_id, v.effective_from, v.effective_to, p.component_variant_id, p.quantity from bundle_version v join bundle_part p using (store_id, variant_id, effective_from) where v.store_id = $1 order by 1, 2, 4`, [w.storeId])).rows;

  it('go round by CSV with every version and every end, and what is kept already is not written again', async () => {
    await put({ variantId: big.id, effectiveFrom: '2033-06-01T00:00:00Z', parts: [] });
    const text = await file(), before = await versions();
    expect(text.split('\r\n').filter((line) => line.includes('2033-06-01'))).toEqual([expect.stringMatching(new RegExp(`^${big.sku},,0,2033-06-01T00:00:00`))]);
    const lines = before.length + 1;
    expect(await load(text)).toEqual({ dryRun: false, lines, applied: 0, unchanged: lines, errors: [] });
    // Another shop would have none of it.
    await w.house.db.query('delete from bundle_version where store_id = $1', [w.storeId]);
    expect(await load(text, true)).toMatchObject({ lines, applied: lines, unchanged: 0, errors: [] });
    expect(await versions()).toEqual([]);
    expect(await load(text)).toMatchObject({ lines, applied: lines, unchanged: 0, errors: [] });
    expect(await versions()).toEqual(before);
    expect(await file()).toBe(text);
    // A version in between ends where the one it parts would have ended.
    await put({ variantId: big.id, effectiveFrom: '2033-01-01T00:00:00Z', parts: [{ variantId: c.id, quantity: 1 }] });
    const { rows } = await w.house.db.query<{ effective_to: string }>(`select effective_to from bundle_version where store_id = $1 and variant_id = $2 and effective_from = '2033-01-01T00:00:00Z'`, [w.storeId, big.id]);
    expect(rows).toEqual([{ effective_to: '2033-06-01T00:00:00.000Z' }]);
  });

  it('a day is the day the file means, whatever the zone of the machine, and refused where it is either of two', async () => {
    const rows = (...days: string[]): string => `Bundle SKU;Part SKU;Quantity;Effective from\n${days.map((day) => `${big.sku};${c.sku};1;${day}\n`).join('')}`;
    expect((await load(rows('03/04/2034'), true)).errors).toMatchObject([{ line: 2, field: 'Effective from', message: '03/04/2034 is either of two days; write YYYY-MM-DD' }]);
    expect(await load(rows('03/04/2034', '25/05/2034'))).toMatchObject({ applied: 2, errors: [] });
    expect((await file()).split('\r\n').filter((line) => line.includes(',2034-')).map((line) => line.split(',').at(-1)).sort()).toEqual(['2034-04-03T00:00:00.000Z', '2034-05-25T00:00:00.000Z']);
  });

  it('a quantity that is two numbers is refused unless the file says which', async () => {
    const rows = (...quantities: string[]): string => `Bundle SKU,Part SKU,Quantity,Effective from\n${quantities.map((quantity, n) => `${big.sku},${c.sku},${quantity},2034-07-0${n + 1}\n`).join('')}`;
    expect((await load(rows('1.000'), true)).errors).toMatchObject([{ line: 2, field: 'Quantity', message: expect.stringContaining('1.000 is either 1000 or has a decimal point') }]);
    expect(await load(rows('1.000', '2.00'), true)).toMatchObject({ applied: 2, errors: [], notes: ['Numbers are read with a decimal point, as line 3 writes 2.00: 1.000 in line 2 is 1.000.'] });
  });

  it('a wrong line names itself and its bundle is left out whole, for one that lacks a part promises too much; the others stand', async () => {
    const before = await versions();
    const text = `Bundle SKU,Part SKU,Quantity\n${set.sku},${c.sku},1\n${set.sku},NOBODY,1\n${set.sku},${a.sku},half\n${a.sku},${c.sku},2\n`;
    const wrong = await load(text);
    expect(wrong.errors.map((e) => [e.line, e.field])).toEqual([[2, 'Bundle SKU'], [3, 'Part SKU'], [4, 'Quantity']]);
    expect([wrong.lines, wrong.applied, wrong.unchanged]).toEqual([4, 1, 0]);
    expect((await versions()).filter((row) => (row as { variant_id: string }).variant_id === set.id)).toEqual(before.filter((row) => (row as { variant_id: string }).variant_id === set.id));
  });
});
