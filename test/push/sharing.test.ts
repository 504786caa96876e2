/** One shelf, two shops: a sale in one lowers the other, whatever the way it is shared. */
import { describe, expect, it } from 'vitest';
import { stockPush } from '../../src/flows/stock-push.ts';
import { shelfWarehouse } from '../helpers/shelf-warehouse.ts';
import { world } from '../helpers/world.ts';

const warehouse = shelfWarehouse(() => new Date().toISOString());
const w = await world({ months: 1, scale: 0.05, warehouse });
await w.import();
const second = await w.sister();
const shops = [w.sandbox.shop, second.sandbox.shop], stores = [w.storeId, second.storeId];
const places = shops.map((shop) => [...shop.tables.locations.keys()][0]!);
const twins = [...shops[0]!.tables.variants.values()].filter((v) => v.components.length === 0 && v.deletedAt === null && v.sku).flatMap((v) => {
  const other = [...shops[1]!.tables.variants.values()].filter((o) => o.sku === v.sku && o.deletedAt === null);
  const alone = [...shops[0]!.tables.variants.values()].filter((o) => o.sku === v.sku).length === 1 && other.length === 1;
  const stocked = [v, other[0]].every((twin, n) => twin && shops[n]!.tables.inventoryItems.get(twin.inventoryItemId)!.tracked && shops[n]!.tables.levels.has(`${twin.inventoryItemId}:${places[n]}`));
  return alone && stocked ? [[v, other[0]!] as const] : [];
}).slice(0, 3);
const shown = (n: number, shop: number): number => shops[shop]!.tables.levels.get(`${twins[n]![shop]!.inventoryItemId}:${places[shop]}`)!.quantities.available;
const open = (n: number): number => [0, 1].reduce((sum, shop) => sum + shops[shop]!.tables.levels.get(`${twins[n]![shop]!.inventoryItemId}:${places[shop]}`)!.quantities.committed, 0);
const quiet = () => w.until('nothing waits', async () => {
  const { rows } = await w.house.db.query<{ n: number }>(
    `select (select count(*) from inbox where state = 0)::int + (select count(*) from push_level where dirty_version > seen_version and state <> 'quarantined')::int + (select count(*) from push_attempt where state = 'open')::int
       + (select count(*) from sales_order where needs_place and place_attempts < 4)::int as n`);
  return rows[0]!.n === 0;
}, 30);
for (const [v] of twins) warehouse.put(v.sku!, 60);
warehouse.countAll();
await w.serve(places[0]!, { mode: 'live', firstPushCap: 1_000_000, bufferCapUnits: 0 });
await w.serve(places[1]!, { mode: 'live', firstPushCap: 1_000_000, bufferCapUnits: 0 }, second.storeId);
await quiet();
const share = (body: unknown) => w.api(`/api/v1/warehouses/1/sharing`, { method: 'PUT', body });
const again = async (): Promise<void> => { for (const store of stores) await w.run(stockPush, store); await quiet(); };

describe('shared stock', () => {
  it('knows an item of a second shop by its SKU, without a guess', async () => {
    const { rows } = await w.house.db.query<{ stores: number }>('select count(distinct x.store_id)::int as stores from item i join inventory_item x using (item_id) where i.sku = $1', [twins[0]![0].sku]);
    expect(rows[0]!.stores).toBe(2);
  });

  it('is one pool: both shops show what is left, and a sale in one lowers the other', async () => {
    expect([shown(0, 0), shown(0, 1)]).toEqual([60 - open(0), 60 - open(0)]);
    const before = shown(0, 1);
    await fetch(`${second.sandbox.url}/sandbox/orders`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ lines: [{ variantId: twins[0]![1].id, quantity: 5 }], locationId: places[1] }) });
    await w.until('the first shop shows it', async () => shown(0, 0) === before - 5);
    await quiet();
    expect(shown(0, 1)).toBe(before - 5);
  });

  it('is split: the two shares are never more than there is', async () => {
    await share({ mode: 'split', shares: [{ storeId: stores[0], percent: 50 }, { storeId: stores[1], percent: 30 }] });
    await again();
    for (const n of twins.keys()) {
      expect(shown(n, 0) + shown(n, 1)).toBeLessThanOrEqual(60 - open(n));
      expect(shown(n, 0)).toBeLessThanOrEqual(30);
      expect(shown(n, 1)).toBeLessThanOrEqual(18);
    }
  });

  it('goes by priority: the lower shop leaves the upper its reserve', async () => {
    await share({ mode: 'priority', shares: [{ storeId: stores[1], reserve: 40 }, { storeId: stores[0] }] });
    await again();
    for (const n of twins.keys()) {
      expect(shown(n, 1)).toBe(60 - open(n));
      expect(shown(n, 0)).toBe(Math.max(0, 60 - open(n) - 40));
    }
  });
});
