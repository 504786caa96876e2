import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ShopEvent } from '../state.ts';
import { faultsOf } from './conservation.ts';
import { cancelFulfillment, createFulfillment } from './fulfilments.ts';
import { adjustQuantities, adminEdit, moveQuantities, setQuantities } from './inventory.ts';
import { quantityAt } from './levels.ts';
import { cancelOrder, editOrder, placeOrder, refundOrder, routeDue, setRoutingDelay } from './orders.ts';
import { openSmallShop } from './small-shop.ts';

const step = fc.record({
  what: fc.constantFrom('place', 'place', 'place', 'route', 'ship', 'ship', 'unship', 'cancel', 'refund', 'refund', 'edit', 'add', 'set', 'adjust', 'move', 'admin'),
  pick: fc.nat(30), units: fc.integer({ min: 0, max: 6 }), flag: fc.boolean(), kind: fc.constantFrom('CANCEL', 'RETURN', 'NO_RESTOCK'),
});

describe('the engine, whatever is asked of it in whatever order', () => {
  it('keeps committed, adjustments, line units and fulfilment orders in agreement', () => {
    const reached = new Map<string, number>();
    fc.assert(fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
      const { shop, main, second, mug, plate, set, print, giftCard, tick } = openSmallShop();
      const variants = [mug, plate, set, print, giftCard];
      const tracked = [mug, plate, print];
      for (const { what, pick, units, flag, kind } of steps) {
        tick(200);
        const orders = [...shop.tables.orders.values()];
        const order = orders[pick % Math.max(orders.length, 1)];
        const line = order?.lines[pick % order.lines.length];
        const place = flag ? main : second;
        const { inventoryItemId } = tracked[pick % 3]!;
        let errors: unknown[] = [];
        if (what === 'place') {
          errors = placeOrder(shop, { lines: [{ variantId: variants[pick % 5]!.id, quantity: units }, { variantId: variants[(pick + units) % 5]!.id, quantity: 1 }], force: flag && units > 3 }).userErrors;
        } else if (what === 'route') {
          tick(300);
          routeDue(shop);
        } else if (what === 'ship') {
          const works = [...shop.tables.fulfillmentOrders.values()];
          const work = works[pick % Math.max(works.length, 1)];
          if (work) {
            errors = createFulfillment(shop, { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: work.id, ...(flag ? { lineItems: [{ id: work.lines[0]?.id ?? '', quantity: units }] } : {}) }] }).userErrors;
          }
        } else if (what === 'unship') {
          const shipped = [...shop.tables.fulfillments.keys()];
          if (shipped.length > 0) errors = cancelFulfillment(shop, shipped[pick % shipped.length]!).userErrors;
        } else if (what === 'set') {
          errors = setQuantities(shop, { name: flag ? 'available' : 'on_hand', reason: 'correction', quantities: [{ inventoryItemId, locationId: place, quantity: units - 2, changeFromQuantity: null }] }).userErrors;
        } else if (what === 'adjust') {
          errors = adjustQuantities(shop, { name: 'damaged', reason: 'damaged', changes: [{ inventoryItemId, locationId: place, delta: units - 2, ledgerDocumentUri: 'app:count/1' }] }).userErrors;
        } else if (what === 'move') {
          errors = moveQuantities(shop, { reason: 'other', referenceDocumentUri: 'app:move/1', changes: [{ inventoryItemId, quantity: units, from: { name: 'available', locationId: main }, to: { name: 'quality_control', locationId: place, ledgerDocumentUri: 'app:move/1' } }] }).userErrors;
        } else if (what === 'admin') {
          errors = adminEdit(shop, { inventoryItemId, locationId: place, available: units }).userErrors;
        } else if (order && line) {
          if (what === 'cancel') errors = cancelOrder(shop, { orderId: order.id, reason: 'CUSTOMER', restock: flag }).userErrors;
          if (what === 'refund') errors = refundOrder(shop, { orderId: order.id, lines: [{ lineItemId: line.id, quantity: units, restockType: kind, locationId: flag ? second : null }] }).userErrors;
          if (what === 'edit') errors = editOrder(shop, { orderId: order.id, set: [{ lineItemId: line.id, quantity: units, restock: flag }] }).userErrors;
          if (what === 'add') errors = editOrder(shop, { orderId: order.id, add: [{ variantId: variants[pick % 5]!.id, quantity: units }] }).userErrors;
        }
        if (errors.length === 0) reached.set(what, (reached.get(what) ?? 0) + 1);
        expect(faultsOf(shop)).toEqual([]);
      }
      shop.close();
    }), { numRuns: 500 });
    // The law is worth something only if every kind of action succeeded many times.
    for (const what of ['place', 'route', 'ship', 'unship', 'cancel', 'refund', 'edit', 'add', 'set', 'adjust', 'move', 'admin']) expect(reached.get(what) ?? 0, what).toBeGreaterThan(10);
  });

  it('leaves nothing behind when it refuses: not a record, not an event', () => {
    const { shop, main, mug, plate } = openSmallShop();
    const events: ShopEvent[] = [];
    shop.onEvent((event) => events.push(event));
    const before = JSON.stringify([...shop.tables.levels.values(), ...shop.tables.products.values()]);
    const adjustments = shop.tables.adjustments.size;
    const { order, userErrors } = placeOrder(shop, { lines: [{ variantId: mug.id, quantity: 3 }, { variantId: plate.id, quantity: 11 }] });
    expect(order).toBeNull();
    expect(userErrors).toMatchObject([{ message: 'Unable to reserve inventory for Plate.' }]);
    const { group, userErrors: rows } = setQuantities(shop, { name: 'available', reason: 'correction', quantities: [
      { inventoryItemId: mug.inventoryItemId, locationId: main, quantity: 1, changeFromQuantity: null },
      { inventoryItemId: '42', locationId: main, quantity: 1, changeFromQuantity: null },
    ] });
    expect(group).toBeNull();
    expect(rows).toMatchObject([{ code: 'INVALID_INVENTORY_ITEM', field: ['input', 'quantities', '1', 'inventoryItemId'] }]);
    expect(JSON.stringify([...shop.tables.levels.values(), ...shop.tables.products.values()])).toBe(before);
    expect(shop.tables.adjustments.size).toBe(adjustments);
    expect(shop.tables.orders.size).toBe(0);
    expect(events).toEqual([]);
  });
});

describe('an order', () => {
  it('of a bundle sells its components under one group, charged at the location that has all of them', () => {
    const { shop, main, second, mug, plate, set } = openSmallShop();
    const order = placeOrder(shop, { lines: [{ variantId: set.id, quantity: 2 }] }).order!;
    expect(order.lines.map((line) => [line.sku, line.quantity, line.group?.variantId, line.group?.quantity])).toEqual([['MUG', 2, set.id, 2], ['PLATE', 6, set.id, 2]]);
    expect(new Set(order.lines.map((line) => line.group?.id)).size).toBe(1);
    expect(order.lines.reduce((sum, line) => sum + line.price * line.quantity, 0)).toBeLessThanOrEqual(2 * set.price);
    expect(quantityAt(shop, mug.inventoryItemId, main, 'available')).toBe(8);
    expect(quantityAt(shop, plate.inventoryItemId, main, 'available')).toBe(4);
    expect(quantityAt(shop, plate.inventoryItemId, main, 'on_hand')).toBe(10);
    expect(quantityAt(shop, plate.inventoryItemId, second, 'available')).toBe(4);
  });

  it('shows fulfilment orders only after the routing delay, without touching its own updatedAt', () => {
    const { shop, mug, tick } = openSmallShop();
    setRoutingDelay(shop, 1_000);
    const events: ShopEvent[] = [];
    shop.onEvent((event) => events.push(event));
    const order = placeOrder(shop, { lines: [{ variantId: mug.id, quantity: 1 }] }).order!;
    tick(999);
    expect(routeDue(shop)).toBe(0);
    expect(shop.fulfillmentOrdersOf(order.id)).toEqual([]);
    tick(1);
    expect(routeDue(shop)).toBe(1);
    expect(shop.fulfillmentOrdersOf(order.id)).toMatchObject([{ status: 'OPEN', lines: [{ totalQuantity: 1, remainingQuantity: 1 }] }]);
    expect(shop.tables.orders.get(order.id)!.updatedAt).toBe(order.updatedAt);
    expect(events.map((event) => event.topic)).toEqual(['orders/create', 'inventory_levels/update', 'products/update', 'fulfillment_orders/order_routing_complete']);
    expect(new Set(events.slice(0, 3).map((event) => event.eventId)).size).toBe(1);
    expect(events[3]!.eventId).not.toBe(events[0]!.eventId);
  });

  it('ships 3 of 5, then 2: remaining units, status and committed follow', () => {
    const { shop, main, mug, tick } = openSmallShop();
    const order = placeOrder(shop, { lines: [{ variantId: mug.id, quantity: 5 }] }).order!;
    tick(300);
    routeDue(shop);
    const work = shop.fulfillmentOrdersOf(order.id)[0]!;
    const ship = (quantity: number) => createFulfillment(shop, {
      lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: work.id, lineItems: [{ id: work.lines[0]!.id, quantity }] }], trackingInfo: { company: 'DPD', numbers: [`P${quantity}`] },
    });
    const topics: string[] = [];
    shop.onEvent((event) => topics.push(event.topic));
    expect(ship(3).fulfillment?.tracking).toEqual([{ company: 'DPD', number: 'P3', url: 'https://track.dpd.co.uk/parcels/P3' }]);
    expect(quantityAt(shop, mug.inventoryItemId, main, 'committed')).toBe(2);
    expect(ship(3).userErrors).toEqual([{ code: null, field: ['fulfillment'], message: 'Invalid fulfillment order line item quantity requested.' }]);
    expect(ship(2).userErrors).toEqual([]);
    expect(quantityAt(shop, mug.inventoryItemId, main, 'on_hand')).toBe(5);
    expect(quantityAt(shop, mug.inventoryItemId, main, 'available')).toBe(5);
    expect(ship(1).userErrors[0]!.message).toMatch(/unfulfillable status= closed/);
    expect(topics).toEqual(['fulfillments/create', 'orders/partially_fulfilled', 'orders/updated', 'fulfillments/create', 'orders/fulfilled', 'orders/updated']);
  });

  it('edited with a bundle where it has no open work gets each added unit on a fulfilment order once', () => {
    const { shop, main, second, mug, plate, set, tick } = openSmallShop();
    const order = placeOrder(shop, { lines: [{ variantId: mug.id, quantity: 1 }], locationId: second }).order!;
    tick(300);
    routeDue(shop);
    expect(editOrder(shop, { orderId: order.id, add: [{ variantId: set.id, quantity: 3 }], set: [{ lineItemId: order.lines[0]!.id, quantity: 2, restock: false }] }).userErrors).toEqual([]);
    const works = shop.fulfillmentOrdersOf(order.id).map((work) => [work.assignedLocationId, work.lines.map((line) => line.remainingQuantity)]);
    expect(works).toEqual([[second, [2]], [main, [3, 9]]]);
    expect(quantityAt(shop, plate.inventoryItemId, main, 'committed')).toBe(9);
    expect(faultsOf(shop)).toEqual([]);
  });

  it('returned to another location raises stock there only; NO_RESTOCK raises none', () => {
    const { shop, main, second, mug, tick } = openSmallShop();
    const order = placeOrder(shop, { lines: [{ variantId: mug.id, quantity: 4 }] }).order!;
    tick(300);
    routeDue(shop);
    createFulfillment(shop, { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: shop.fulfillmentOrdersOf(order.id)[0]!.id }] });
    const refund = (restockType: string, locationId: string | null) =>
      refundOrder(shop, { orderId: order.id, lines: [{ lineItemId: order.lines[0]!.id, quantity: 2, restockType, locationId }] });
    expect(refund('RETURN', second).refund?.lines).toMatchObject([{ restocked: true, locationId: second, subtotal: 1800 }]);
    expect([quantityAt(shop, mug.inventoryItemId, main, 'available'), quantityAt(shop, mug.inventoryItemId, second, 'available')]).toEqual([6, 6]);
    expect(refund('CANCEL', null).userErrors).toHaveLength(1);
    expect(refund('NO_RESTOCK', null).refund?.lines).toMatchObject([{ restocked: false, locationId: null }]);
    expect(quantityAt(shop, mug.inventoryItemId, second, 'available')).toBe(6);
    expect(shop.tables.orders.get(order.id)).toMatchObject({ financialStatus: 'REFUNDED', lines: [{ quantity: 4, currentQuantity: 0, unfulfilledQuantity: 0 }] });
  });
});
