/** Orders out, fulfilments and returns on the real thing: a shop, a house, a warehouse in memory whose answers get lost. */
import { describe, expect, it } from 'vitest';
import { driftCheck } from '../../src/flows/drift-check.ts';
import { fulfilments } from '../../src/flows/fulfilments.ts';
import { ordersOut } from '../../src/flows/orders-out.ts';
import { returns } from '../../src/flows/returns.ts';
import { stockPush } from '../../src/flows/stock-push.ts';
import { warehouseFeed } from '../../src/flows/warehouse-feed.ts';
import { ledgerFaults } from '../../src/store/ledger.ts';
import { shelfFaults } from '../../src/store/shelf.ts';
import { shelfWarehouse } from '../helpers/shelf-warehouse.ts';
import { world } from '../helpers/world.ts';

const warehouse = shelfWarehouse(() => new Date().toISOString());
const w = await world({ months: 1, scale: 0.05, warehouse });
await w.import();
const { shop } = w.sandbox, { tables } = shop;
const place = [...tables.locations.keys()][0]!;
const kept = [...tables.variants.values()].filter((v) => v.components.length === 0 && v.deletedAt === null && v.sku && tables.inventoryItems.get(v.inventoryItemId)!.tracked
  && tables.levels.has(`${v.inventoryItemId}:${place}`) && [...tables.variants.values()].filter((o) => o.sku === v.sku).length === 1).slice(0, 6);
const level = (n: number) => tables.levels.get(`${kept[n]!.inventoryItemId}:${place}`)!.quantities;
const sku = (n: number): string => kept[n]!.sku!;
for (const n of kept.keys()) warehouse.put(sku(n), 200);
warehouse.countAll();
const locationId = await w.serve(place, { mode: 'live', firstPushCap: 1_000_000, bufferCapUnits: 0 });

const order = async (lines: { n: number; quantity: number }[]) => {
  const placed = await w.control<{ id: string; name: string; lines: { id: string; variantId: string }[] }>('/orders', { lines: lines.map((l) => ({ variantId: kept[l.n]!.id, quantity: l.quantity })), locationId: place });
  const reference = `${w.storeId}-${placed.id}-${locationId}`;
  return { ...placed, reference, line: (n: number) => warehouse.orders.get(reference)!.order.lines.find((l) => l.sku === sku(n))! };
};
const known = (reference: string) => w.until(`the warehouse has ${reference}`, async () => warehouse.orders.get(reference));
const quiet = () => w.until('nothing waits', async () => {
  const { rows } = await w.house.db.query<{ n: number }>(
    `select (select count(*) from inbox where state = 0)::int + (select count(*) from push_level where dirty_version > seen_version and state <> 'quarantined')::int + (select count(*) from push_attempt where state = 'open')::int
       + (select count(*) from shipment where state in ('waiting', 'sending'))::int + (select count(*) from order_out where state in ('waiting', 'cancelling'))::int + (select count(*) from warehouse_document where state = 0)::int as n`);
  return rows[0]!.n === 0;
}, 30);
const settle = async (): Promise<void> => {
  await w.run(warehouseFeed); await w.run(ordersOut); await w.run(fulfilments); await w.run(stockPush); await quiet();
  await w.until('deliveries are in', async () => (await w.control<{ deliveries: { waiting: number } }>('/state')).deliveries.waiting === 0);
  await quiet();
};
const shipped = (orderId: string) => [...tables.fulfillments.values()].filter((f) => f.orderId === orderId && f.status === 'SUCCESS');

describe('orders out', () => {
  it('tells the warehouse once, and looks before telling again when the answer was lost', async () => {
    warehouse.failNext.after = 1;
    const made = await order([{ n: 0, quantity: 2 }, { n: 1, quantity: 1 }]);
    await known(made.reference);
    await w.house.db.query('update order_out set not_before = null');
    await w.run(ordersOut);
    await quiet();
    const there = warehouse.orders.get(made.reference)!;
    expect(there.order.lines.map((l) => [l.sku, l.quantity]).sort()).toEqual([[sku(0), 2], [sku(1), 1]].sort());
    expect(there.calls).toBe(1);
    expect([...warehouse.orders.values()].filter((o) => o.order.orderName === made.name)).toHaveLength(1);
  });

  it('follows an edit and a cancellation', async () => {
    const made = await order([{ n: 2, quantity: 3 }, { n: 3, quantity: 1 }]);
    await known(made.reference);
    const line = made.lines.find((l) => l.variantId === kept[2]!.id)!;
    await w.control(`/orders/${made.id}/edit`, { set: [{ lineItemId: line.id, quantity: 1, restock: true }] });
    await w.until('the edit is known', async () => made.line(2).quantity === 1);
    await w.control(`/orders/${made.id}/cancel`, { reason: 'CUSTOMER', restock: true });
    await w.until('the cancellation is known', async () => warehouse.orders.get(made.reference)!.state === 'cancelled');
  });
});

describe('fulfilments', () => {
  it('makes one fulfilment a parcel, by line, with its tracking, and stock stays true at every step', async () => {
    const made = await order([{ n: 0, quantity: 5 }]);
    await known(made.reference);
    warehouse.ship(made.reference, [{ lineReference: made.line(0).lineReference, quantity: 3 }], 'RM-1');
    await settle();
    expect(shipped(made.id).map((f) => [f.tracking.map((t) => [t.company, t.number]), f.lines.reduce((s, l) => s + l.quantity, 0)])).toEqual([[[['Royal Mail', 'RM-1']], 3]]);
    warehouse.ship(made.reference, [{ lineReference: made.line(0).lineReference, quantity: 2 }], 'RM-2');
    await settle();
    expect(shipped(made.id).map((f) => f.lines.reduce((s, l) => s + l.quantity, 0)).sort()).toEqual([2, 3]);
    expect(level(0).available).toBe(warehouse.shelf.get(sku(0))!.onHand - level(0).committed);
    const { rows } = await w.house.db.query<{ state: string }>('select state from order_out where reference = $1', [made.reference]);
    expect(rows[0]!.state).toBe('done');
  });

  it('lets Shopify mail the customer, or not, as the location says when the parcel is heard of', async () => {
    const made = await order([{ n: 4, quantity: 3 }]);
    await known(made.reference);
    for (const notifyCustomer of [false, true]) {
      await w.api(`/api/v1/locations/${locationId}/policy?store=${w.storeId}`, { method: 'PUT', body: { notifyCustomer } });
      warehouse.ship(made.reference, [{ lineReference: made.line(4).lineReference, quantity: 1 }], `MAIL-${notifyCustomer}`);
      await settle();
    }
    expect(shipped(made.id).map((f) => [f.tracking[0]!.number, f.notifications]).sort()).toEqual([['MAIL-false', 0], ['MAIL-true', 1]]);
  });

  it('does not ship twice after a lost answer, though Shopify would let it', async () => {
    const made = await order([{ n: 1, quantity: 4 }]);
    await known(made.reference);
    await w.control('/faults', { failAfterCommit: { mutation: 'fulfillmentCreate', count: 1 } });
    warehouse.ship(made.reference, [{ lineReference: made.line(1).lineReference, quantity: 2 }], 'LOST-1');
    await w.run(warehouseFeed);
    await w.until('the fulfilment is there', async () => shipped(made.id).length === 1);
    await w.house.db.query('update shipment set not_before = null, leased_until = null');
    await settle();
    expect(shipped(made.id)).toHaveLength(1);
    const { rows } = await w.house.db.query<{ state: string; fulfilment_ids: string[] }>(`select state, fulfilment_ids from shipment where order_id = $1`, [made.id]);
    expect(rows).toEqual([{ state: 'written', fulfilment_ids: [shipped(made.id)[0]!.id] }]);
  });

  it('waits for a hold, and says so; late ones are a case', async () => {
    const made = await order([{ n: 2, quantity: 1 }]);
    await known(made.reference);
    const work = shop.fulfillmentOrdersOf(made.id)[0]!;
    await w.control(`/orders/${made.id}/hold`, { reason: 'OTHER', reasonNotes: 'checking' });
    if (tables.fulfillmentOrders.get(work.id)!.status !== 'ON_HOLD') throw new Error('the sandbox did not hold the order');
    warehouse.ship(made.reference, [{ lineReference: made.line(2).lineReference, quantity: 1 }], 'HELD-1');
    await w.run(warehouseFeed);
    await w.until('it is held', async () => (await w.house.db.query(`select from shipment where order_id = $1 and state = 'held' and reason like 'on hold%'`, [made.id])).rowCount === 1);
    await w.house.db.query(`update shipment set shipped_at = shipped_at - interval '31 minutes' where order_id = $1`, [made.id]);
    await w.run(fulfilments);
    const late = await w.api<{ rows: { sentence: string }[] }>(`/api/v1/exceptions?store=${w.storeId}&kind=FULFIL_NOT_SYNCED`);
    expect(late.rows[0]!.sentence).toContain('on hold in Shopify');
    const page = await w.api<{ rows: { late: boolean }[]; counts: { late: number } }>(`/api/v1/fulfilments?store=${w.storeId}&view=late`);
    expect(page.counts.late).toBe(1);
    await w.control(`/orders/${made.id}/release`, {});
    await w.until('it is fulfilled', async () => {
      await w.house.db.query('update shipment set not_before = null');
      await settle();
      await w.run(fulfilments);
      return shipped(made.id).length === 1;
    });
    expect((await w.api<{ rows: unknown[] }>(`/api/v1/exceptions?store=${w.storeId}&kind=FULFIL_NOT_SYNCED`)).rows).toEqual([]);
  });
});

describe('returns', () => {
  it('raises stock by the accepted units alone, and takes back what was restocked in Shopify', async () => {
    const made = await order([{ n: 4, quantity: 4 }]);
    await known(made.reference);
    warehouse.ship(made.reference, [{ lineReference: made.line(4).lineReference, quantity: 4 }], 'R-1');
    await settle();
    const before = level(4).available;
    // Staff refund and restock two in Shopify: nobody has seen the goods.
    await w.control(`/orders/${made.id}/refund`, { lines: [{ lineItemId: made.lines[0]!.id, quantity: 2, restockType: 'RETURN', locationId: place }] });
    await w.until('the ghost is taken back', async () => {
      const { rows } = await w.house.db.query<{ n: number }>(`select coalesce(sum(quantity), 0)::int as n from movement where kind = 'ghost restock reversed'`);
      return rows[0]!.n === -2;
    });
    await quiet();
    expect(level(4).available).toBe(before);
    const line = made.line(4);
    warehouse.receiveReturn(`door-${made.id}`, [{ lineReference: null, sku: line.sku, quantity: 3 }]);
    await settle();
    expect(level(4).available).toBe(before);
    warehouse.inspectReturn(`door-${made.id}`, [{ lineReference: null, sku: line.sku, quantity: 1, disposition: 'sellable' }, { lineReference: null, sku: line.sku, quantity: 1, disposition: 'damaged' }, { lineReference: null, sku: line.sku, quantity: 1, disposition: 'scrap' }]);
    await settle();
    expect(level(4).available).toBe(before + 1);
    await w.run(returns);
    const page = await w.api<{ rows: { name: string; state: string; lines: { sellable: number; damaged: number; scrap: number }[] }[] }>(`/api/v1/returns?store=${w.storeId}&view=inspected`);
    expect(page.rows[0]!.lines[0]).toMatchObject({ sellable: 1, damaged: 1, scrap: 1 });
    const ghosts = await w.api<{ rows: { restocked: number; reversed: number; open: number }[] }>(`/api/v1/returns/ghosts?store=${w.storeId}`);
    expect(ghosts.rows).toMatchObject([{ restocked: 2, reversed: 2, open: 0 }]);
  });

  it('leaves nothing unexplained', async () => {
    await settle();
    expect((await w.run(driftCheck)).detail['unexplainedUnits']).toBe(0);
    expect(await ledgerFaults(w.house.db, w.storeId)).toEqual([]);
    expect(await shelfFaults(w.house.db)).toEqual([]);
  });
});
