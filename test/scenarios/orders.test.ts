/** Stories of an order after it was placed: where it is charged, what of it left, what came back, what was changed meanwhile. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { linePosition } from '../../src/domain/orders/order-state.ts';
import type { OrderRecord } from '../../src/sandbox/shopify/state.ts';
import { clockwork } from '../helpers/clockwork.ts';
import type { Town } from '../helpers/town.ts';

const clock = await clockwork();
const DAY = 86_400_000;
const data = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as T;
const gone = (town: Town, orderId: string) => [...town.sandbox.shop.tables.fulfillments.values()].filter((f) => f.orderId === orderId && f.status === 'SUCCESS');
const units = (f: { lines: { lineItemId: string; quantity: number }[] }): Record<string, number> => Object.fromEntries(f.lines.map((line) => [line.lineItemId, line.quantity]));
const wanted = (town: Town, place = 0) => [...town.shelves[place]!.orders.values()].at(-1)!;
const demand = async (town: Town, orderId: string) => (await clock.house.db.query<{ sku: string; quantity: number; kind: string }>('select i.sku, d.quantity, d.kind from demand_fact d join item i using (item_id) where d.store_id = $1 and d.order_id = $2 order by 1', [town.storeId, orderId])).rows;

describe('four-ways-of-restocking', () => {
  type Movement = [string, number, string, string];
  const expected = data<{ current: number; movements: Record<string, Movement[]> }>('four-ways-of-restocking/expect.json');
  it.each(['RETURN', 'CANCEL', 'NO_RESTOCK', 'LEGACY_RESTOCK'])('trap 28: %s moves what it says, at the refund line’s own location', async (type) => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10, 10] }] });
    const order = await town.sell({ ANT: 5 }, 0), line = order.lines[0]!.id;
    await town.settle();
    if (type.startsWith('RETURN') || type.startsWith('LEGACY')) { await town.control(`/orders/${order.id}/fulfil`, {}); await town.settle(); }
    const before = (await town.movements('ANT')).length;
    const legacy = type === 'LEGACY_RESTOCK';
    town.door = 'held';
    await town.control(`/orders/${order.id}/refund`, { lines: [{ lineItemId: line, quantity: 2, restockType: legacy ? 'RETURN' : type, ...(type === 'NO_RESTOCK' ? {} : { location: 'Store' }) }] });
    await town.settle();
    town.door = 'open';
    // Orders from before 2020 carry a word Shopify no longer writes.
    for (const letter of town.letters) await (legacy ? town.write(letter.topic, letter.body.replaceAll('"restock_type":"return"', '"restock_type":"legacy_restock"')) : town.say(letter));
    await town.settle();
    const told = (await town.movements('ANT')).slice(before).map((m): Movement => [m.kind, m.quantity, m.from, m.to]);
    const sorted = (list: Movement[]): string[] => list.map((m) => m.join(' ')).sort();
    if (type === 'NO_RESTOCK') expect(told.map((m) => m[0])).toContain('released without restock');
    else expect(sorted(told)).toEqual(sorted(expected.movements[type]!));
    expect(await town.faults()).toEqual([]);
    expect(await town.reconcile()).toMatchObject({ unexplainedUnits: 0 });
  });

  it('an order of ten lines, edited, part shipped, part cancelled, part returned: 90 units are current, line by line as in Shopify', async () => {
    const { lines } = data<{ lines: { ordered: number; removed: number; cancelled: number; shipped: number; returned: number; dropped: number }[] }>('four-ways-of-restocking/given.json');
    const town = await clock.town({ goods: lines.map((_, n) => ({ sku: `L${n}`, stock: [50] })) });
    const order = await town.sell(Object.fromEntries(lines.map((line, n) => [`L${n}`, line.ordered])), 0), id = (n: number): string => order.lines[n]!.id;
    await town.settle();
    const pick = (of: (line: typeof lines[number]) => number, restockType: string) => lines.flatMap((line, n) => (of(line) > 0 ? [{ lineItemId: id(n), quantity: of(line), restockType }] : []));
    await town.control(`/orders/${order.id}/edit`, { set: lines.flatMap((line, n) => (line.removed > 0 ? [{ lineItemId: id(n), quantity: line.ordered - line.removed }] : [])) });
    await town.control(`/orders/${order.id}/refund`, { lines: pick((line) => line.cancelled, 'CANCEL') });
    await town.control(`/orders/${order.id}/fulfil`, { lines: lines.flatMap((line, n) => (line.shipped > 0 ? [{ lineItemId: id(n), quantity: line.shipped }] : [])) });
    await town.settle();
    await town.control(`/orders/${order.id}/refund`, { lines: pick((line) => line.returned, 'RETURN') });
    await town.control(`/orders/${order.id}/refund`, { lines: pick((line) => line.dropped, 'NO_RESTOCK') });
    await town.settle();
    const known = await town.known(order.id), shop = town.sandbox.shop.tables.orders.get(order.id)!;
    const current = shop.lines.map((line) => {
      const own = known.lines[line.id]!, refunded = Object.values(known.refunds).filter((r) => r.lineId === line.id).reduce((sum, r) => sum + r.quantity, 0);
      expect([line.sku, own.ordered - own.removed - refunded, linePosition(known, line.id).open]).toEqual([line.sku, line.currentQuantity, line.unfulfilledQuantity]);
      return line.currentQuantity;
    });
    expect(current.reduce((sum, n) => sum + n, 0)).toBe(expected.current);
    expect(await town.faults()).toEqual([]);
    expect(await town.reconcile()).toMatchObject({ unexplainedUnits: 0 });
  });
});

describe('place-from-the-fulfilment-order', () => {
  it('an order says another location than its fulfilment order, or none: the fulfilment order is believed', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10, 10] }] });
    town.door = 'held';
    const order = await town.sell({ ANT: 3 }, 1);
    await town.settle();
    town.door = 'open';
    for (const letter of town.letters.filter((l) => l.topic === 'orders/create')) await town.write(letter.topic, { ...JSON.parse(letter.body) as object, location_id: Number(town.places[0]) });
    await town.settle();
    expect([await town.ledger('ANT', 0), await town.ledger('ANT', 1)]).toMatchObject([{ available: 10, committed: 0 }, { available: 7, committed: 3 }]);
    await town.control(`/orders/${order.id}/fulfil`, {});
    await town.settle();
    expect((await town.movements('ANT')).filter((m) => m.kind === 'fulfilled').map((m) => [m.from, m.quantity])).toEqual([['Store committed', 3]]);
  });
});

describe('split-over-two-locations', () => {
  it('an order filled from two warehouses becomes two fulfilments with their own lines, and each place gives its units once', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10, null] }, { sku: 'BEE', stock: [null, 10] }, { sku: 'CAT', stock: [10, 10] }], served: [0, 1] });
    const line = (sku: string, quantity: number, location: string) => ({ variantId: town.variant(sku).id, quantity, location });
    const order = await town.control('/orders', { lines: [line('ANT', 2, 'Mill'), line('BEE', 3, 'Store'), line('CAT', 1, 'Mill')] });
    await town.settle();
    for (const place of [0, 1]) {
      const { order: told } = wanted(town, place);
      town.shelves[place]!.ship(told.reference, told.lines.map((l) => ({ lineReference: l.lineReference, quantity: l.quantity })), `P-${place}`);
    }
    await town.settle();
    const [ant, bee, cat] = order.lines.map((l) => l.id) as [string, string, string];
    expect(gone(town, order.id).map((f) => [f.locationId, f.tracking.map((t) => t.number), units(f)]).sort()).toEqual([[town.places[0], ['P-0'], { [ant]: 2, [cat]: 1 }], [town.places[1], ['P-1'], { [bee]: 3 }]].sort());
    expect([(await town.ledger('ANT', 0))['available'], (await town.ledger('BEE', 1))['available'], (await town.ledger('CAT', 0))['available'], (await town.ledger('CAT', 1))['available']]).toEqual([8, 7, 9, 10]);
    expect(await town.faults()).toEqual([]);
    expect(await town.reconcile()).toMatchObject({ unexplainedUnits: 0 });
  });
});

describe('three-part-shipments', () => {
  it('trap 27: three parcels days apart, one variant on two lines: shipped and left are right for each line after each, with tracking and one mail each', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [20] }, { sku: 'BEE', stock: [20] }], served: [0] });
    const variant = (sku: string) => town.variant(sku).id;
    const order = await town.control('/orders', { lines: [{ variantId: variant('ANT'), quantity: 3 }, { variantId: variant('ANT'), quantity: 2 }, { variantId: variant('BEE'), quantity: 4 }], locationId: town.places[0] });
    await town.settle();
    const [one, two, bee] = order.lines.map((l) => l.id) as [string, string, string];
    const told = wanted(town).order, reference = (lineId: string): string => told.lines.find((l) => l.lineReference.includes(lineId))!.lineReference;
    const parcels: Record<string, number>[] = [{ [one]: 2, [bee]: 1 }, { [one]: 1, [two]: 1 }, { [two]: 1, [bee]: 3 }];
    const shipped: Record<string, number> = { [one]: 0, [two]: 0, [bee]: 0 };
    for (const [n, parcel] of parcels.entries()) {
      await clock.advance(2 * DAY);
      town.shelves[0]!.ship(told.reference, Object.entries(parcel).map(([lineId, quantity]) => ({ lineReference: reference(lineId), quantity })), `RM-${n}`);
      await town.settle();
      for (const [lineId, quantity] of Object.entries(parcel)) shipped[lineId]! += quantity;
      const known = await town.known(order.id), shop = town.sandbox.shop.tables.orders.get(order.id)!;
      expect(Object.fromEntries(order.lines.map((l) => [l.id, linePosition(known, l.id).fulfilled]))).toEqual(shipped);
      expect(Object.fromEntries(shop.lines.map((l) => [l.id, l.quantity - l.unfulfilledQuantity]))).toEqual(shipped);
      expect(Object.fromEntries(order.lines.map((l) => [l.id, linePosition(known, l.id).open]))).toEqual(Object.fromEntries(order.lines.map((l) => [l.id, l.quantity - shipped[l.id]!])));
      expect(gone(town, order.id).at(-1)).toMatchObject({ tracking: [{ company: 'Royal Mail', number: `RM-${n}` }] });
      expect(await town.faults()).toEqual([]);
    }
    expect(gone(town, order.id).map(units)).toEqual(parcels);
    expect((await town.control<{ notifications: number }>('/state')).notifications).toBe(3);
    expect(wanted(town).state).toBe('shipped');
  });
});

describe('edited-after-import', () => {
  it('trap 31: +2 of one line and −1 of another change the promise by exactly that; what has shipped stays as it is; what was wanted stays known', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [20] }, { sku: 'BEE', stock: [20] }, { sku: 'CAT', stock: [20] }], served: [0] });
    const order = await town.sell({ ANT: 3, BEE: 3, CAT: 1 }, 0), [ant, bee, cat] = order.lines.map((l) => l.id) as [string, string, string];
    await town.settle();
    const told = wanted(town).order;
    town.shelves[0]!.ship(told.reference, told.lines.filter((l) => l.sku !== 'CAT').map((l) => ({ lineReference: l.lineReference, quantity: 1 })), 'E-1');
    await town.settle();
    const fulfilled = async () => (await town.movements('ANT')).concat(await town.movements('BEE')).filter((m) => m.kind === 'fulfilled');
    const [left, before] = [await fulfilled(), [await town.ledger('ANT'), await town.ledger('BEE'), await town.ledger('CAT')]];
    await town.control(`/orders/${order.id}/edit`, { set: [{ lineItemId: ant, quantity: 5 }, { lineItemId: bee, quantity: 2 }, { lineItemId: cat, quantity: 0 }] });
    await town.settle();
    const after = [await town.ledger('ANT'), await town.ledger('BEE'), await town.ledger('CAT')];
    expect(after.map((l, n) => [l['available']! - before[n]!['available']!, l['committed']! - before[n]!['committed']!])).toEqual([[-2, 2], [1, -1], [1, -1]]);
    expect(await fulfilled()).toEqual(left);
    expect(wanted(town).order.lines.map((l) => [l.sku, l.quantity]).sort()).toEqual([['ANT', 5], ['BEE', 2]]);
    const known = await town.known(order.id);
    expect([known.lines[cat]!.ordered, known.lines[cat]!.removed, linePosition(known, cat).open]).toEqual([1, 1, 0]);
    expect(await demand(town, order.id)).toEqual([{ sku: 'ANT', quantity: 5, kind: 'sale' }, { sku: 'BEE', quantity: 2, kind: 'sale' }, { sku: 'CAT', quantity: 0, kind: 'sale' }]);
    expect(await town.faults()).toEqual([]);
  });
});

describe('deleted-variant-in-an-order', () => {
  it('an order with a line whose variant is gone comes in whole; that line moves nothing, the others proceed to the shelf', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10] }, { sku: 'BEE', stock: [10] }], served: [0] });
    const { shop } = town.sandbox, bee = town.variant('BEE');
    town.door = 'held';
    const order = await town.sell({ ANT: 1, BEE: 2 }, 0);
    shop.put('variants', { ...bee, deletedAt: shop.now() });
    shop.put('orders', { ...order, lines: order.lines.map((line) => (line.sku === 'BEE' ? { ...line, variantId: null, productId: null } : line)) });
    shop.remove('levels', `${bee.inventoryItemId}:${town.places[0]}`);
    shop.commit();
    await clock.turn(town);
    town.door = 'open';
    for (const letter of town.letters) await town.write(letter.topic, letter.body.replaceAll(`"variant_id":${bee.id}`, '"variant_id":null'));
    await town.write('products/delete', { id: Number(bee.productId) });
    await town.settle();
    await town.reconcile();
    const known = await town.known(order.id);
    expect(Object.values(known.lines).map((line) => [line.sku, line.variantId !== null, line.ordered]).sort()).toEqual([['ANT', true, 1], ['BEE', false, 2]]);
    expect((await town.movements('BEE')).map((m) => m.kind)).toEqual(['opening']);
    expect(await town.ledger('ANT')).toMatchObject({ available: 9, committed: 1 });
    expect(wanted(town).order.lines.map((l) => [l.sku, l.quantity])).toEqual([['ANT', 1]]);
    await town.control(`/orders/${order.id}/fulfil`, { lines: [{ lineItemId: order.lines.find((l) => l.sku === 'ANT')!.id, quantity: 1 }] });
    await town.settle();
    expect(await town.ledger('ANT')).toMatchObject({ available: 9, committed: 0 });
  });

  it('a variant nobody told us of raises a case and closes it when the catalogue knows it; the other lines do not wait', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10] }] });
    const body = (await captured(town, { ANT: 2 })).replace(/"line_items":\[/, '"line_items":[{"id":77,"variant_id":123456,"sku":"NEW","title":"New","quantity":1,"current_quantity":1,"fulfillable_quantity":1,"price":"1.00"},');
    await town.write('orders/create', body);
    await town.settle();
    expect(await town.ledger('ANT')).toMatchObject({ available: 8, committed: 2 });
    expect(await town.cases('VARIANT_UNMAPPED')).toEqual([]); // a quarter of an hour, in which the catalogue may know it
    await clock.advance(15 * 60_000);
    await town.flow('exception-chase');
    expect((await town.cases('VARIANT_UNMAPPED')).map((c) => c.sentence)).toEqual([expect.stringContaining('a variant Instep does not know (123456)')]);
  });
});

/** Sells with the door held and answers the body of the order's first message. */
async function captured(town: Town, lines: Record<string, number>, more: object = {}): Promise<string> {
  town.door = 'held';
  await town.sell(lines, 0, more);
  await town.settle();
  town.door = 'open';
  return town.letters.find((l) => l.topic === 'orders/create')!.body;
}

describe('pos-order-without-addresses', () => {
  it('an order at the till, without shipping, addresses or customer, comes in and takes from its own place', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10, 10] }] });
    town.door = 'held';
    const order = await town.sell({ ANT: 2 }, 1, { sourceName: 'pos' });
    await town.settle();
    town.door = 'open';
    for (const letter of town.letters.filter((l) => l.topic === 'orders/create')) await town.write(letter.topic, { ...JSON.parse(letter.body) as object, shipping_lines: null, shipping_address: null, billing_address: null, customer: null });
    await town.settle();
    expect([await town.ledger('ANT', 0), await town.ledger('ANT', 1)]).toMatchObject([{ available: 10, committed: 0 }, { available: 8, committed: 2 }]);
    await town.control(`/orders/${order.id}/fulfil`, {});
    await town.settle();
    expect((await town.known(order.id)).sourceName).toBe('pos');
    expect(await town.cases()).toEqual([]);
    expect(await town.faults()).toEqual([]);
  });
});

describe('gift-cards-and-tips', () => {
  it('a gift card and a tip beside goods move no stock, are no demand and go to no warehouse', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10] }, { sku: 'CARD', giftCard: true }], served: [0] });
    const body = (await captured(town, { ANT: 1, CARD: 2 })).replace(/"line_items":\[/, '"line_items":[{"id":78,"variant_id":null,"sku":null,"title":"Tip","quantity":1,"current_quantity":1,"fulfillable_quantity":0,"price":"5.00","requires_shipping":false},');
    await town.write('orders/create', body);
    await town.settle();
    const id = String((JSON.parse(body) as { id: number }).id);
    expect(Object.keys((await town.known(id)).lines)).toHaveLength(3);
    expect(await demand(town, id)).toEqual([{ sku: 'ANT', quantity: 1, kind: 'sale' }]);
    const { rows } = await clock.house.db.query(`select distinct i.sku from movement m join item i using (item_id) where m.store_id = $1`, [town.storeId]);
    expect(rows).toEqual([{ sku: 'ANT' }]);
    expect(wanted(town).order.lines.map((l) => l.sku)).toEqual(['ANT']);
    expect(await town.faults()).toEqual([]);
    expect(await town.cases()).toEqual([]);
  });
});

describe('exchange-to-a-dearer-item', () => {
  it('trap 29, trap 30: one comes back, another goes out: +1 and −1, the money moves nothing, and what is not restocked raises nothing', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10], price: 1000 }, { sku: 'BEE', stock: [10], price: 1500 }] });
    const order = await town.sell({ ANT: 3 }, 0);
    await town.settle();
    await town.control(`/orders/${order.id}/fulfil`, {});
    await town.settle();
    await clock.advance(3 * DAY);
    const made = await town.control<{ id: string }>(`/orders/${order.id}/return`, { lines: [{ sku: 'ANT', quantity: 2 }], exchange: [{ sku: 'BEE', quantity: 1 }] });
    await town.control(`/returns/${made.id}/dispose`, { lines: [{ sku: 'ANT', quantity: 1, type: 'RESTOCKED', location: 'Mill' }] });
    await town.settle();
    await town.reconcile();
    expect((await town.ledger('ANT'))['available']).toBe(8);
    expect(await town.ledger('BEE')).toMatchObject({ available: 10, committed: 0 });
    await town.control(`/returns/${made.id}/process`, { type: 'NOT_RESTOCKED', refund: true });
    await town.settle();
    await town.reconcile();
    expect((await town.ledger('ANT'))['available']).toBe(8);
    expect(await town.ledger('BEE')).toMatchObject({ available: 9, committed: 1 });
    // The exchange is a document of its own, beside the return it belongs to: what goes out, whether it is in the order, whether it has left.
    const exchange = async () => (await town.api<{ rows: { exchange: Record<string, unknown>[] }[] }>(`/api/v1/returns?store=${town.storeId}&view=all`)).rows.flatMap((row) => row.exchange);
    expect(await exchange()).toMatchObject([{ sku: 'BEE', itemId: await town.itemId('BEE'), quantity: 1, processed: 1, sent: 0 }]);
    await town.control(`/orders/${order.id}/fulfil`, {});
    await town.settle();
    expect(await exchange()).toMatchObject([{ sku: 'BEE', quantity: 1, processed: 1, sent: 1 }]);
    expect(await town.ledger('BEE')).toMatchObject({ available: 9, committed: 0 });
    expect((await town.movements('ANT')).filter((m) => m.to === 'Mill available' && m.kind !== 'opening').map((m) => [m.kind, m.quantity])).toEqual([['returned to stock', 1]]);
    expect(await town.faults()).toEqual([]);
    expect(await town.reconcile()).toMatchObject({ unexplainedUnits: 0 });
  });
});

describe('work-that-is-late-moved-or-held', () => {
  it('trap 23: fulfilment orders come a minute and a half late: the order waits, is nobody’s case, and is placed', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10] }], served: [0] });
    await town.control('/faults', { routingDelayMs: 90_000 });
    const order = await town.sell({ ANT: 2 }, 0);
    await town.settle();
    expect([town.shelves[0]!.orders.size, (await town.ledger('ANT'))['committed']]).toEqual([0, 0]);
    expect(await town.cases()).toEqual([]);
    for (let n = 0; n < 4; n++) { await clock.advance(25_000); await town.settle(); }
    expect(await town.ledger('ANT')).toMatchObject({ available: 8, committed: 2 });
    expect(wanted(town).order.orderName).toBe(order.name);
    expect(await town.cases()).toEqual([]);
  });

  it('trap 24: work is split and a part moved: the new places are known, the warehouse is told of its part, nothing ships twice', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10, 10] }], served: [0] });
    const order = await town.sell({ ANT: 5 }, 0);
    await town.settle();
    expect(wanted(town).order.lines.map((l) => l.quantity)).toEqual([5]);
    const { fulfillmentOrders: works } = await town.control<{ fulfillmentOrders: { id: string; status: string }[] }>(`/orders/${order.id}/split`, { lines: [{ sku: 'ANT', quantity: 2 }] });
    await town.control(`/orders/${order.id}/move`, { fulfillmentOrderId: works.at(-1)!.id, location: 'Store' });
    await town.settle();
    expect([await town.ledger('ANT', 0), await town.ledger('ANT', 1)]).toMatchObject([{ committed: 3 }, { committed: 2 }]);
    const { order: told } = wanted(town);
    expect(told.lines.map((l) => l.quantity)).toEqual([3]);
    town.shelves[0]!.ship(told.reference, [{ lineReference: told.lines[0]!.lineReference, quantity: 3 }], 'M-1');
    await town.settle();
    await town.control(`/orders/${order.id}/fulfil`, { location: 'Store' });
    await town.settle();
    expect(gone(town, order.id).map((f) => [f.locationId, Object.values(units(f))]).sort()).toEqual([[town.places[0], [3]], [town.places[1], [2]]].sort());
    expect(await town.faults()).toEqual([]);
  });

  it('work is split and merged again: the warehouse keeps one order, and its parcel is one fulfilment', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10, 10] }], served: [0] });
    const order = await town.sell({ ANT: 5 }, 0), open = () => town.control<{ fulfillmentOrders: { status: string }[] }>(`/orders/${order.id}`).then((it) => it.fulfillmentOrders.filter((work) => work.status === 'OPEN').length);
    await town.settle();
    await town.control(`/orders/${order.id}/split`, { lines: [{ sku: 'ANT', quantity: 2 }] });
    await town.settle();
    expect(await open()).toBe(2);
    await town.control(`/orders/${order.id}/merge`, {});
    await town.settle();
    expect([await open(), town.shelves[0]!.orders.size, (await town.ledger('ANT', 0))['committed']]).toEqual([1, 1, 5]);
    const { order: told } = wanted(town);
    expect(told.lines.map((l) => l.quantity)).toEqual([5]);
    town.shelves[0]!.ship(told.reference, [{ lineReference: told.lines[0]!.lineReference, quantity: 5 }], 'W-1');
    await town.settle();
    expect(gone(town, order.id).map((f) => Object.values(units(f)))).toEqual([[5]]);
    expect(await town.faults()).toEqual([]);
  });

  it('trap 25: held, closed by somebody else, or not ours to see: nothing is tried, and each says which', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10] }], served: [0] });
    const reasons: string[] = [];
    const ship = async (before: (order: OrderRecord) => Promise<unknown>): Promise<void> => {
      const order = await town.sell({ ANT: 1 }, 0);
      await town.settle();
      const told = wanted(town).order;
      await before(order);
      await clock.advance(2_000);
      town.shelves[0]!.ship(told.reference, [{ lineReference: told.lines[0]!.lineReference, quantity: 1 }], `T-${order.id}`);
      town.calls.length = 0;
      await town.settle();
      expect(town.calls.filter((call) => call.operation === 'CreateFulfilment')).toEqual([]);
      const { rows: [row] } = await clock.house.db.query<{ state: string; reason: string | null }>('select state, reason from shipment where store_id = $1 and order_id = $2', [town.storeId, order.id]);
      reasons.push(`${row!.state}: ${row!.reason}`);
    };
    await ship((order) => town.control(`/orders/${order.id}/hold`, { reason: 'INCORRECT_ADDRESS' }));
    await ship((order) => town.control(`/orders/${order.id}/fulfil`, { number: 'BY-HAND' }));
    await ship(async () => { await town.control('/faults', { loseScopes: ['read_merchant_managed_fulfillment_orders', 'write_merchant_managed_fulfillment_orders'] }); });
    expect(reasons[0]).toMatch(/^held: on hold/);
    expect(new Set(reasons.map((reason) => reason.replaceAll(/\d+/g, ''))).size).toBe(3);
    expect(reasons.slice(1)).toEqual([expect.stringMatching(/by somebody else/), expect.stringMatching(/lacks the scope/)]);
  });
});
