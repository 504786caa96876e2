/** Pushing on the real thing: a shop, a house, a warehouse in memory. What Shopify shows follows the shelf, by compare-and-set, once, whatever is lost on the way. */
import { describe, expect, it } from 'vitest';
import type { Of } from '../../src/http/contract.ts';
import type { ItemAdjustments } from '../../src/http/contract-stock.ts';
import { driftCheck } from '../../src/flows/drift-check.ts';
import { stockPush } from '../../src/flows/stock-push.ts';
import { warehouseFeed } from '../../src/flows/warehouse-feed.ts';
import { ledgerFaults } from '../../src/store/ledger.ts';
import { shelfFaults } from '../../src/store/shelf.ts';
import { shelfWarehouse } from '../helpers/shelf-warehouse.ts';
import { world } from '../helpers/world.ts';

const warehouse = shelfWarehouse(() => new Date().toISOString());
const w = await world({ months: 1, scale: 0.05, warehouse });
await w.import();
const { tables } = w.sandbox.shop;
const place = [...tables.locations.keys()][0]!;
const kept = [...tables.variants.values()].filter((v) => v.components.length === 0 && v.deletedAt === null && v.sku && tables.inventoryItems.get(v.inventoryItemId)!.tracked
  && tables.levels.has(`${v.inventoryItemId}:${place}`) && [...tables.variants.values()].filter((o) => o.sku === v.sku).length === 1).slice(0, 8);
const shown = (n: number): number => tables.levels.get(`${kept[n]!.inventoryItemId}:${place}`)!.quantities.available;
const committed = (n: number): number => tables.levels.get(`${kept[n]!.inventoryItemId}:${place}`)!.quantities.committed;
const sku = (n: number): string => kept[n]!.sku!;

for (const n of kept.keys()) warehouse.put(sku(n), 100 + n);
warehouse.countAll();
await w.serve(place, { mode: 'live', firstPushCap: 1_000_000, bufferCapUnits: 0 });
const quiet = async (): Promise<void> => {
  await w.until('nothing waits', async () => {
    const { rows } = await w.house.db.query<{ n: number }>(
      `select (select count(*) from inbox where state = 0)::int + (select count(*) from push_level where dirty_version > seen_version and state not in ('quarantined'))::int + (select count(*) from push_attempt where state = 'open')::int
         + (select count(*) from sales_order where needs_place and place_attempts < 4)::int as n`);
    return rows[0]!.n === 0;
  }, 30);
};
const feed = async (): Promise<void> => { await w.run(warehouseFeed); await w.run(stockPush); await quiet(); };

describe('stock-push', () => {
  it('sets what the warehouse has, less what is promised', async () => {
    await quiet();
    for (const n of kept.keys()) expect([sku(n), shown(n)]).toEqual([sku(n), 100 + n - committed(n)]);
  });

  it('never writes another location, and keeps the ledger the fold of its movements', async () => {
    const elsewhere = [...tables.adjustments.values()].filter((a) => a.locationId !== place && a.referenceDocumentUri?.startsWith('gid://instep/'));
    expect(elsewhere).toEqual([]);
    expect(await ledgerFaults(w.house.db, w.storeId)).toEqual([]);
    expect(await shelfFaults(w.house.db)).toEqual([]);
    expect((await w.run(driftCheck)).detail['unexplainedUnits']).toBe(0);
  });

  it('follows a sale, a change of the shelf, and an edit by staff that the warehouse does not know of', async () => {
    await w.control('/orders', { lines: [{ variantId: kept[0]!.id, quantity: 3 }], locationId: place });
    warehouse.change(sku(1), -7);
    await feed();
    await w.until('the sale is in the ledger', async () => shown(0) === 100 - committed(0));
    expect(shown(1)).toBe(101 - 7 - committed(1));
    await w.control('/levels', { variantId: kept[2]!.id, locationId: place, available: 5_000 });
    await w.until('the edit is set back', async () => shown(2) === 102 - committed(2));
    await quiet();
    // Who did it: the person by name, the set that followed as ours; and where reports may not be read, why not.
    const { rows: [item] } = await w.house.db.query<{ item_id: number; location_id: number }>('select x.item_id, l.location_id from inventory_item x join location l using (store_id) where x.store_id = $1 and x.shopify_inventory_item_id = $2 and l.shopify_location_id = $3', [w.storeId, kept[2]!.inventoryItemId, place]);
    const asked = `/api/v1/items/${item!.item_id}/adjustments?store=${w.storeId}&location=${item!.location_id}&days=1`, told = await w.api<Of<typeof ItemAdjustments>>(asked);
    expect(told).toMatchObject({ refused: null, writers: [{ by: 'Staff', times: 1 }] });
    expect(told.adjustments.filter((change) => change.state === 'available').slice(0, 2).map((change) => [change.by, change.change])).toEqual([['Instep', shown(2) - 5_000], ['Staff', expect.any(Number)]]);
    await w.control('/faults', { loseScopes: ['read_reports'] });
    expect(await w.api<Of<typeof ItemAdjustments>>(asked)).toMatchObject({ refused: expect.stringContaining('read_reports'), adjustments: [], writers: [] });
    await w.control('/faults', { loseScopes: null });
    expect(await ledgerFaults(w.house.db, w.storeId)).toEqual([]);
  });

  it('sends the same call again after a lost answer, and the stock changes once', async () => {
    const before = shown(3);
    await w.control('/faults', { failAfterCommit: { mutation: 'inventorySetQuantities', count: 1 } });
    warehouse.change(sku(3), -4);
    await feed();
    expect(shown(3)).toBe(before - 4);
    const own = [...tables.adjustments.values()].filter((a) => a.inventoryItemId === kept[3]!.inventoryItemId && a.locationId === place && a.name === 'available' && a.delta === -4 && a.referenceDocumentUri?.startsWith('gid://instep/'));
    expect(own).toHaveLength(1);
  });

  it('quarantines one bad row, and the others of the call land', async () => {
    await w.house.db.query('update push_policy set first_push_cap = 1000000');
    // A native bundle parent refuses; here the item is turned into one behind our back.
    const variant = tables.variants.get(kept[4]!.id)!;
    w.sandbox.shop.put('variants', { ...variant, components: [{ variantId: kept[5]!.id, quantity: 1 }] } as never);
    w.sandbox.shop.commit();
    warehouse.change(sku(4), -1);
    warehouse.change(sku(6), -1);
    warehouse.change(sku(7), -1);
    await feed();
    expect(shown(6)).toBe(106 - 1 - committed(6));
    expect(shown(7)).toBe(107 - 1 - committed(7));
    await w.run(stockPush);
    const { rows } = await w.house.db.query<{ state: string; reason: string }>(`select p.state, p.reason from push_level p join item i using (item_id) where i.sku = $1 and p.store_id = $2`, [sku(4), w.storeId]);
    expect(rows[0]!.state).toBe('quarantined');
    const cases = await w.api<{ rows: { kind: string; sentence: string }[] }>(`/api/v1/exceptions?store=${w.storeId}&kind=PUSH_FAILED`);
    expect(cases.rows).toHaveLength(1);
    expect(cases.rows[0]!.sentence).toContain('Shopify refused');
  });
});
