/** A day at a warehouse, for the browser: levels written, held and refused, codes nobody matched, parcels late and written, returns at each step, a count to decide about. */
import { fulfilments } from '../../src/flows/fulfilments.ts';
import { ordersOut } from '../../src/flows/orders-out.ts';
import { returns } from '../../src/flows/returns.ts';
import { stockPush } from '../../src/flows/stock-push.ts';
import { mappingSuggest } from '../../src/flows/mapping-suggest.ts';
import { warehouseFeed } from '../../src/flows/warehouse-feed.ts';
import { shelfWarehouse } from './shelf-warehouse.ts';
import { world, type World } from './world.ts';

export interface WarehouseDay {
  w: World; warehouse: ReturnType<typeof shelfWarehouse>; locationId: number;
  /** SKUs on the warehouse's shelf, in the order they were put there. */
  skus: string[];
  /** The one whose first push is held, and one with unsellable and promised units. */
  heldSku: string; busySku: string;
  settle(): Promise<void>;
}

const ITEMS = 26, HELD = 3, SET = 0;

export async function warehouseDay(options: { webDir: string | null; months?: number; scale?: number; seed?: number }): Promise<WarehouseDay> {
  const warehouse = shelfWarehouse(() => new Date().toISOString());
  const w = await world({ months: 3, scale: 0.1, ...options, warehouse });
  await w.import();
  const { tables } = w.sandbox.shop, place = [...tables.locations.keys()][0]!;
  const kept = [...tables.variants.values()].filter((v) => v.components.length === 0 && v.deletedAt === null && v.sku && tables.inventoryItems.get(v.inventoryItemId)!.tracked
    && tables.levels.has(`${v.inventoryItemId}:${place}`) && [...tables.variants.values()].filter((other) => other.sku === v.sku).length === 1).slice(0, ITEMS);
  const shown = (n: number): number => tables.levels.get(`${kept[n]!.inventoryItemId}:${place}`)!.quantities.available;
  const api = <T>(path: string, body: unknown, method = 'POST'): Promise<T> => w.api<T>(`/api/v1${path}${path.includes('?') ? '&' : '?'}store=${w.storeId}`, { method, body });

  // The shelf: near what Shopify shows, two far from it; a set that is made of two others; codes that are not quite a SKU.
  for (let n = 1; n < kept.length; n++) {
    const off = n === HELD ? 300 : n === HELD + 1 ? 140 : (n * 7) % 11 - 4;
    warehouse.put(kept[n]!.sku!, Math.max(0, shown(n) + off) + (off < 100 ? 24 + (n * 17) % 31 : 0));
  }
  warehouse.change(kept[5]!.sku!, 6, 6);
  for (const [code, units] of [[kept[7]!.sku!.toLowerCase().replaceAll('-', ' '), 12], [`${kept[8]!.sku!.toLowerCase()}.`, 4], ['PALLET-EUR-120', 30], ['GIFTWRAP-OLD', 9]] as const) warehouse.put(code, units);
  warehouse.countAll();
  await api('/bundles', { variantId: kept[SET]!.id, parts: [{ variantId: kept[1]!.id, quantity: 1 }, { variantId: kept[2]!.id, quantity: 2 }] }, 'PUT');
  const locationId = await w.serve(place, { mode: 'live', firstPushCap: 60 });
  const quiet = () => w.until('nothing waits', async () => {
    const { rows: [row] } = await w.house.db.query<{ n: number }>(
      `select (select count(*) from inbox where state = 0)::int + (select count(*) from push_level where dirty_version > seen_version and state not in ('quarantined', 'held'))::int + (select count(*) from push_attempt where state = 'open')::int
         + (select count(*) from shipment where state = 'sending' or (state = 'waiting' and attempts = 0))::int + (select count(*) from order_out where state in ('waiting', 'cancelling'))::int + (select count(*) from warehouse_document where state = 0)::int as n`);
    return row!.n === 0;
  }, 40);
  const settle = async (): Promise<void> => { for (const flow of [warehouseFeed, ordersOut, fulfilments, returns, stockPush]) await w.run(flow); await quiet(); };
  await quiet();

  // Orders, and parcels: two written, one on hold in Shopify and late, one still open.
  const order = async (lines: { n: number; quantity: number }[]) => {
    const placed = await w.control<{ id: string; name: string; lines: { id: string }[] }>('/orders', { lines: lines.map((line) => ({ variantId: kept[line.n]!.id, quantity: line.quantity })), locationId: place });
    const reference = `${w.storeId}-${placed.id}-${locationId}`;
    const known = await w.until(`the warehouse has ${reference}`, async () => warehouse.orders.get(reference), 30);
    return { ...placed, reference, line: (n: number) => known.order.lines.find((line) => line.sku === kept[n]!.sku)!.lineReference };
  };
  const first = await order([{ n: 9, quantity: 3 }, { n: 10, quantity: 1 }]), second = await order([{ n: 11, quantity: 2 }]), late = await order([{ n: 12, quantity: 1 }, { n: 13, quantity: 2 }]);
  await order([{ n: 5, quantity: 4 }]);
  await order([{ n: SET, quantity: 1 }]);
  await w.control(`/orders/${late.id}/hold`, { reason: 'OTHER', reasonNotes: 'address to be checked' });
  warehouse.ship(first.reference, [{ lineReference: first.line(9), quantity: 3 }, { lineReference: first.line(10), quantity: 1 }], 'RM 4471 0021 9GB');
  warehouse.ship(second.reference, [{ lineReference: second.line(11), quantity: 2 }], 'RM 4471 0022 6GB');
  warehouse.ship(late.reference, [{ lineReference: late.line(12), quantity: 1 }, { lineReference: late.line(13), quantity: 2 }], 'RM 4471 0023 3GB');
  await w.run(warehouseFeed);
  await w.until('it is held', async () => (await w.house.db.query(`select from shipment where order_id = $1 and state = 'held'`, [late.id])).rowCount === 1, 30);
  await w.house.db.query(`update shipment set shipped_at = shipped_at - interval '47 minutes' where order_id = $1`, [late.id]);
  await settle();

  // Returns: one at the door, one announced, one inspected; a restock in Shopify nobody accepted.
  const sold = (n: number): string => kept[n]!.sku!;
  warehouse.receiveReturn(`door-${first.id}`, [{ lineReference: null, sku: sold(9), quantity: 2 }, { lineReference: null, sku: sold(10), quantity: 1 }]);
  warehouse.receiveReturn(`door-${second.id}`, [{ lineReference: null, sku: sold(11), quantity: 1 }]);
  await w.run(warehouseFeed);
  await w.run(mappingSuggest);
  await w.control(`/orders/${first.id}/return`, { lines: [{ sku: sold(9), quantity: 1 }], exchange: [{ sku: sold(14), quantity: 1 }] });
  await w.control(`/orders/${second.id}/refund`, { lines: [{ lineItemId: second.lines[0]!.id, quantity: 1, restockType: 'RETURN', locationId: place }] });
  await w.until('the return is announced', async () => (await w.house.db.query(`select from return_case where state = 'announced'`)).rowCount, 30);
  warehouse.inspectReturn(`door-${second.id}`, [{ lineReference: null, sku: sold(11), quantity: 1, disposition: 'damaged' }]);
  await settle();

  // A level Shopify refuses: it was made a bundle of Shopify's own behind our back.
  const variant = tables.variants.get(kept[20]!.id)!;
  w.sandbox.shop.put('variants', { ...variant, components: [{ variantId: kept[21]!.id, quantity: 1 }] } as never);
  w.sandbox.shop.commit();
  warehouse.change(kept[20]!.sku!, -3);
  await settle();

  const count = await api<{ countId: string }>('/counts', { locationId, name: 'Aisle 4, monthly' });
  await api(`/counts/${count.countId}/lines`, { lines: [{ sku: sold(15), counted: warehouse.shelf.get(sold(15))!.onHand - 2 }, { sku: sold(16), counted: warehouse.shelf.get(sold(16))!.onHand }, { sku: sold(17), counted: warehouse.shelf.get(sold(17))!.onHand + 1 }] });
  await api(`/counts/${count.countId}/decision`, { decision: 'submit' });
  return { w, warehouse, locationId, skus: kept.slice(1).map((v) => v.sku!), heldSku: kept[HELD]!.sku!, busySku: kept[5]!.sku!, settle };
}
