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
    await w.house.db.query('update shipment set not_before = null');
    await w.run(fulfilments);
    await w.until('one bundle is fulfilled', async () => units() === 1);
    await w.run(stockPush); await quiet();
    expect([shown(a), shown(b), shown(c)]).toEqual([before.a - 2, before.b - 6, before.c - 4]);
    expect([...tables.fulfillments.values()].filter((f) => f.orderId === made.id).flatMap((f) => f.tracking.map((t) => t.number)).sort()).toEqual(['B-1', 'B-2']);
  });

  it('refuse to contain themselves, naming the path', async () => {
    await expect(put({ variantId: set.id, parts: [{ variantId: big.id, quantity: 1 }] })).rejects.toThrow(new RegExp(`409.*${set.sku}.*→.*${big.sku}.*→.*${set.sku}`));
  });

  it('go round by CSV, and a wrong line names itself while the others stand', async () => {
    const text = await (await fetch(`${w.url}/api/v1/bundles.csv?store=${w.storeId}`)).text();
    const again = await w.api<{ applied: number; errors: unknown[]; lines: number }>(`/api/v1/bundles/import?store=${w.storeId}&dryRun=true`, { method: 'POST', body: { csv: text } });
    expect(again).toMatchObject({ applied: 4, errors: [], lines: 4 });
    const wrong = await w.api<{ applied: number; errors: { line: number; field: string }[] }>(`/api/v1/bundles/import?store=${w.storeId}&dryRun=true`, { method: 'POST', body: { csv: `Bundle SKU,Part SKU,Quantity\n${set.sku},${c.sku},1\n${set.sku},NOBODY,1\n${set.sku},${a.sku},half\n` } });
    expect(wrong.errors.map((e) => [e.line, e.field])).toEqual([[3, 'Part SKU'], [4, 'Quantity']]);
    expect(wrong.applied).toBe(1);
  });
});
