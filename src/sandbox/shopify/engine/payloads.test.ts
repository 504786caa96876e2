import { describe, expect, it } from 'vitest';
import type { ShopEvent } from '../state.ts';
import { createFulfillment } from './fulfilments.ts';
import { adjustQuantities } from './inventory.ts';
import { cancelOrder, editOrder, placeOrder, refundOrder, routeDue } from './orders.ts';
import { numericId } from './payloads.ts';
import { openSmallShop } from './small-shop.ts';

function listening() {
  const small = openSmallShop();
  const events: ShopEvent[] = [];
  small.shop.onEvent((event) => events.push(event));
  const last = (topic: string) => events.findLast((event) => event.topic === topic)!.payload as Record<string, unknown>;
  return { ...small, events, last };
}

describe('webhook bodies', () => {
  it('of a level are five fields and no more, in the shop\'s own time', () => {
    const { shop, main, mug, last } = listening();
    adjustQuantities(shop, { name: 'available', reason: 'received', changes: [{ inventoryItemId: mug.inventoryItemId, locationId: main, delta: 5 }] });
    expect(last('inventory_levels/update')).toEqual({
      inventory_item_id: Number(mug.inventoryItemId), location_id: Number(main), available: 15, updated_at: '2026-11-02T10:00:00-05:00',
      admin_graphql_api_id: `gid://shopify/InventoryLevel/${main}?inventory_item_id=${mug.inventoryItemId}`,
    });
    expect(last('products/update')).toMatchObject({ id: Number(mug.productId), variants: [{ sku: 'MUG', inventory_quantity: 19, price: '9.00' }] });
  });

  it('of an order tell bundle lines by their group, and follow parcels, refunds, edits and cancellation', () => {
    const { shop, main, second, mug, set, events, last, tick } = listening();
    const order = placeOrder(shop, { lines: [{ variantId: set.id, quantity: 1 }, { variantId: mug.id, quantity: 3 }], shippingTotal: 495 }).order!;
    const created = last('orders/create');
    expect(created).toMatchObject({
      id: Number(order.id), admin_graphql_api_id: `gid://shopify/Order/${order.id}`, order_number: 1001, customer: null, currency: 'EUR', test: false, source_name: 'web',
      financial_status: 'paid', fulfillment_status: null, cancelled_at: null, location_id: null, created_at: '2026-11-02T10:00:00-05:00', refunds: [], fulfillments: [],
    });
    const lines = created['line_items'] as Record<string, unknown>[];
    expect(lines.map((line) => [line['sku'], line['quantity'], line['current_quantity'], line['fulfillable_quantity'], line['fulfillment_status']]))
      .toEqual([['MUG', 1, 1, 1, null], ['PLATE', 3, 3, 3, null], ['MUG', 3, 3, 3, null]]);
    expect(new Set(lines.map((line) => line['sales_line_item_group_id'])).size).toBe(2);
    expect(created['line_item_groups']).toMatchObject([{ variant_sku: 'SET', quantity: 1 }]);

    tick(1_000);
    routeDue(shop);
    const work = shop.fulfillmentOrdersOf(order.id)[0]!;
    expect(last('fulfillment_orders/order_routing_complete')).toEqual({ fulfillment_order: { id: `gid://shopify/FulfillmentOrder/${work.id}`, status: 'open' } });
    createFulfillment(shop, { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: work.id, lineItems: [{ id: work.lines[2]!.id, quantity: 2 }] }], trackingInfo: { company: 'UPS', number: '1Z9' } });
    expect(last('fulfillments/create')).toMatchObject({
      order_id: Number(order.id), status: 'success', location_id: Number(main), tracking_company: 'UPS', tracking_numbers: ['1Z9'],
      line_items: [{ id: Number(order.lines[2]!.id), quantity: 2 }],
    });
    expect(last('orders/partially_fulfilled')).toMatchObject({ fulfillment_status: 'partial' });

    refundOrder(shop, { orderId: order.id, lines: [{ lineItemId: order.lines[2]!.id, quantity: 1, restockType: 'RETURN', locationId: second }] });
    expect(last('refunds/create')).toMatchObject({
      order_id: Number(order.id), refund_line_items: [{ line_item_id: Number(order.lines[2]!.id), quantity: 1, restock_type: 'return', location_id: Number(second) }],
    });
    editOrder(shop, { orderId: order.id, set: [{ lineItemId: order.lines[1]!.id, quantity: 2, restock: true }], add: [{ variantId: mug.id, quantity: 1 }] });
    expect(last('orders/edited')).toMatchObject({ order_edit: {
      order_id: Number(order.id), line_items: { removals: [{ id: Number(order.lines[1]!.id), delta: 1 }], additions: [{ delta: 1 }] },
    } });
    cancelOrder(shop, { orderId: order.id, reason: 'CUSTOMER', restock: true });
    expect(last('orders/cancelled')).toMatchObject({ cancel_reason: 'customer', financial_status: 'partially_refunded', fulfillment_status: 'fulfilled' });
    expect((last('orders/cancelled')['line_items'] as Record<string, unknown>[]).map((line) => line['current_quantity'])).toEqual([0, 0, 1, 0]);
    expect(shop.fulfillmentOrdersOf(order.id).map((each) => each.status)).toEqual(['CLOSED', 'CANCELLED']); // the first had shipped something
    expect(new Set(events.map((event) => event.topic))).toEqual(new Set([
      'orders/create', 'orders/updated', 'orders/edited', 'orders/cancelled', 'orders/partially_fulfilled', 'refunds/create', 'fulfillments/create',
      'fulfillment_orders/order_routing_complete', 'fulfillment_orders/cancelled', 'inventory_levels/update', 'products/update',
    ]));
  });

  it('write ids as numbers only while a double is exact', () => {
    expect(numericId('9007199254740991')).toBe(9007199254740991);
    expect(numericId('820982911946154508')).toBe('820982911946154508');
  });
});
