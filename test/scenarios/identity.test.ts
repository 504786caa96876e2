/** Stories of names and numbers: what a thing is called, which number it has, and why a number is what it is. */
import { describe, expect, it } from 'vitest';
import { clockwork } from '../helpers/clockwork.ts';
import type { Town } from '../helpers/town.ts';

const clock = await clockwork();
const items = async (town: Town) => (await clock.house.db.query<{ variant: string; item_id: number; sku: string | null }>(
  `select v.shopify_variant_id as variant, x.item_id, v.sku from variant v join inventory_item x using (store_id, shopify_inventory_item_id) where v.store_id = $1 order by v.shopify_variant_id`, [town.storeId])).rows;

describe('blank-duplicate-renamed-sku', () => {
  it('trap 39: no SKU, one for two, one renamed twice, one with a slash: each variant keeps its item, and each oddity is a case for a person', async () => {
    const town = await clock.town({ goods: [{ sku: 'TWIN', title: 'First', stock: [5, 5] }, { sku: 'TWIN', title: 'Second', stock: [7, 7] }, { sku: null, title: 'Nameless', stock: [3, 3] }, { sku: 'A/B 1', stock: [4, 4] }, { sku: 'OLD', stock: [6, 6] }], served: [0] });
    const before = await items(town);
    expect(new Set(before.map((row) => row.item_id)).size).toBe(5);
    await town.flow('catalogue');
    expect((await town.cases('SKU_DUPLICATE')).map((c) => c.sentence)).toEqual([expect.stringContaining('SKU TWIN is on 2 variants: First, Second')]);
    expect((await town.cases('SKU_BLANK')).map((c) => c.sentence)).toEqual([expect.stringContaining('Nameless has no SKU')]);

    const old = town.variant('OLD');
    for (const sku of ['NEW', 'NEWER', 'TWIN']) { await clock.advance(60_000); await town.control(`/variants/${old.id}`, { sku }); await town.settle(); }
    await town.flow('catalogue');
    const renames = (await town.cases('SKU_RENAMED')).map((c) => c.sentence);
    expect(renames).toHaveLength(1);
    expect((await items(town)).map((row) => [row.variant, row.item_id])).toEqual(before.map((row) => [row.variant, row.item_id]));

    // Sold by id, whatever the name: the slash and the doubled name go to their own levels.
    const [first, second] = [...town.sandbox.shop.tables.variants.values()].filter((v) => v.sku === 'TWIN');
    await town.control('/orders', { lines: [{ variantId: second!.id, quantity: 2 }, { variantId: town.variant('A/B 1').id, quantity: 1 }], locationId: town.places[1] });
    await town.settle();
    expect(await town.faults()).toEqual([]);
    const committed = async (variantId: string) => (await clock.house.db.query<{ n: number }>(`select coalesce(sum(g.committed), 0)::int as n from ledger_level g join inventory_item x using (store_id, item_id) join variant v using (store_id, shopify_inventory_item_id) where v.store_id = $1 and v.shopify_variant_id = $2`, [town.storeId, variantId])).rows[0]!.n;
    expect([await committed(first!.id), await committed(second!.id), await committed(town.variant('A/B 1').id)]).toEqual([0, 2, 1]);
    // A warehouse that says TWIN means nobody's item until a person has said whose.
    const { rows: [twin] } = await clock.house.db.query<{ n: number }>(`select count(item_id)::int as n from warehouse_sku k join location l using (warehouse_id) where l.store_id = $1 and k.sku = 'TWIN'`, [town.storeId]);
    expect(twin!.n).toBe(0);
  });
});

describe('why-is-this-number-seven', () => {
  it('seven available, from ten agreed at first: the movements sum to it, each with the message that caused it, at any instant', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10] }] });
    const opened = clock.now();
    await clock.advance(60_000);
    const order = await town.sell({ ANT: 5 }, 0);
    await town.settle();
    await town.control(`/orders/${order.id}/fulfil`, { lines: [{ sku: 'ANT', quantity: 3 }] });
    await town.settle();
    await town.control(`/orders/${order.id}/refund`, { lines: [{ sku: 'ANT', quantity: 1, restockType: 'RETURN' }] });
    await town.settle();
    await town.control('/levels', { sku: 'ANT', location: 'Mill', change: { name: 'available', delta: 1 } });
    await town.settle();
    await town.reconcile();
    const why = (at = '') => town.api<{ balance: number; sentence: string; movements: { change: number; fact: string; source: string; occurredAt: string; balance: number; sentence: string }[] }>(
      `/api/v1/items/${itemId}/explain?store=${town.storeId}&location=${town.placeIds[0]}${at}`);
    const itemId = await town.itemId('ANT'), seven = await why();
    expect(seven.balance).toBe(7);
    expect(seven.movements.reduce((sum, m) => sum + m.change, 0)).toBe(7);
    expect(seven.movements.at(-1)).toMatchObject({ change: 10, balance: 10, fact: expect.stringMatching(/:opening\/available$/) as string });
    expect(seven.movements.map((m) => m.change)).toEqual([1, 1, -5, 10]);
    expect(seven.movements.every((m) => m.fact.startsWith('shopify:') && m.source !== '' && m.sentence !== '')).toBe(true);
    expect(seven.movements.filter((m) => m.fact.includes(order.id))).toHaveLength(1);
    expect((await why(`&at=${encodeURIComponent(opened)}`)).balance).toBe(10);
    expect(town.shown('ANT').available).toBe(7);
  });
});

describe('ids-beyond-2-53', () => {
  it('ids Shopify’s own samples have, beyond what a double holds, go through messages, reads, database, JSON and back to Shopify to the last digit', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10, 10] }, { sku: 'BEE', stock: [10, 10] }], idSpace: 987, served: [0] });
    const big = (id: string): boolean => /^\d{16,}$/.test(id) && !Number.isSafeInteger(Number(id));
    const { tables } = town.sandbox.shop;
    for (const table of [tables.variants, tables.inventoryItems, tables.locations]) expect([...table.keys()].filter((id) => !big(id))).toEqual([]);
    town.door = 'held';
    const order = await town.sell({ ANT: 2, BEE: 1 }, 0);
    await clock.advance(1_000);
    await town.sandbox.pump();
    town.door = 'open';
    // On the wire they are numbers.
    expect(town.letters.find((letter) => letter.topic === 'orders/create')!.body).toContain(`"id":${order.id},`);
    for (const letter of town.letters) await town.say(letter);
    await town.settle();
    const ids = (await clock.house.db.query<{ id: string }>(
      `select order_id::text as id from sales_order where store_id = $1 union all select jsonb_object_keys(state -> 'lines') from sales_order where store_id = $1 union all select shopify_variant_id::text from variant where store_id = $1
       union all select shopify_inventory_item_id::text from inventory_item where store_id = $1 union all select shopify_location_id::text from location where store_id = $1`, [town.storeId])).rows.map((row) => row.id);
    expect(ids.sort()).toEqual([order.id, ...order.lines.map((l) => l.id), ...tables.variants.keys(), ...tables.inventoryItems.keys(), ...town.places].sort());
    const itemId = await town.itemId('ANT');
    const item = await town.api<{ variants: { variantId: string; productId: string }[] }>(`/api/v1/items/${itemId}?store=${town.storeId}`);
    expect(item.variants).toMatchObject([{ variantId: town.variant('ANT').id, productId: town.variant('ANT').productId }]);
    const told = [...town.shelves[0]!.orders.values()][0]!.order;
    town.shelves[0]!.ship(told.reference, told.lines.map((l) => ({ lineReference: l.lineReference, quantity: l.quantity })), 'BIG-1');
    town.shelves[0]!.change('BEE', 4);
    await town.settle();
    expect([...tables.fulfillments.values()].filter((f) => f.orderId === order.id).flatMap((f) => f.lines.map((l) => l.quantity)).sort()).toEqual([1, 2]);
    expect(town.shown('BEE').available).toBe(13);
    expect(await town.faults()).toEqual([]);
    expect(await town.reconcile()).toMatchObject({ unexplainedUnits: 0 });
  });

  it('an order, a line and a parcel with the very numbers of Shopify’s samples, which a double would round, are told apart from their neighbours', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10] }] });
    const [order, line, parcel, near] = ['820982911946154508', '866550311766439021', '123456789012345679', '820982911946154509'] as const;
    expect(String(JSON.parse(order))).not.toBe(order);
    await clock.advance(60_000);
    const at = clock.now(), body = (id: string): string => `{"id":${id},"admin_graphql_api_id":"gid://shopify/Order/${id}","name":"#9","created_at":"${at}","processed_at":"${at}","updated_at":"${at}","cancelled_at":null,"cancel_reason":null,"refunds":[],
      "line_items":[{"id":${line},"variant_id":${town.variant('ANT').id},"sku":"ANT","title":"Ant","quantity":3,"current_quantity":3,"fulfillable_quantity":3,"price":"10.00"}],"fulfillments":[]}`;
    for (const id of [order, near]) expect(await town.write('orders/create', body(id))).toBe(200);
    await town.write('fulfillments/create', `{"id":${parcel},"order_id":${order},"status":"success","location_id":${town.places[0]},"created_at":"${at}","updated_at":"${at}","line_items":[{"id":${line},"quantity":2}]}`);
    await clock.turn(town);
    const { rows } = await clock.house.db.query<{ id: string; lines: string[] }>('select order_id::text as id, array(select jsonb_object_keys(state -> \'lines\')) as lines from sales_order where store_id = $1 order by 1', [town.storeId]);
    expect(rows).toEqual([{ id: order, lines: [line] }, { id: near, lines: [line] }]);
    const why = await town.api<{ movements: { fact: string }[] }>(`/api/v1/items/${await town.itemId('ANT')}/explain?store=${town.storeId}&location=${town.placeIds[0]}`);
    expect(why.movements[0]!.fact).toContain(`shopify:order/${order}:line/${line}@`);
    expect((await town.movements('ANT')).map((m) => m.fact).filter((fact) => fact.includes('fulfillment'))).toEqual([expect.stringContaining(`shopify:fulfillment/${parcel}:line/${line}@`)]);
  });

  it('a message whose number and global id name different things is set aside, and nothing of it is applied', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10] }], idSpace: 988 });
    await town.control('/faults', { webhooks: { poison: 'id-mismatch', topics: ['orders/create'], count: 1 } });
    await town.sell({ ANT: 1 }, 0);
    await town.settle();
    expect((await town.cases('PAYLOAD_UNREADABLE')).map((c) => c.sentence)).toEqual([expect.stringContaining('A orders/create message could not be read')]);
    await town.reconcile();
    expect(await town.faults()).toEqual([]);
  });
});
