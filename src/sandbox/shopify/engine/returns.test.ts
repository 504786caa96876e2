import { describe, expect, it } from 'vitest';
import type { ShopEvent } from '../state.ts';
import { faultsOf } from './conservation.ts';
import { cancelFulfillment, createFulfillment } from './fulfilments.ts';
import { quantityAt } from './levels.ts';
import { cancelOrder, placeOrder, refundOrder, routeDue } from './orders.ts';
import { disposeReturned, processReturn } from './return-processing.ts';
import { returnableUnits, returnStatus } from './return-figures.ts';
import { approveReturn, cancelReturn, closeReturn, createReturn, declineReturn, removeFromReturn, reopenReturn, requestReturn } from './returns.ts';
import { openSmallShop } from './small-shop.ts';

/** Four mugs and a plate, shipped. */
function shipped() {
  const small = openSmallShop();
  const { shop, mug, plate, main, second, tick } = small;
  const placed = placeOrder(shop, { lines: [{ variantId: mug.id, quantity: 4 }, { variantId: plate.id, quantity: 1 }] }).order!;
  tick(300);
  routeDue(shop);
  const parcel = createFulfillment(shop, { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: shop.fulfillmentOrdersOf(placed.id)[0]!.id }] }).fulfillment!;
  const events: ShopEvent[] = [];
  shop.onEvent((event) => events.push(event));
  const order = () => shop.tables.orders.get(placed.id)!;
  const mugs = () => [main, second].map((place) => quantityAt(shop, mug.inventoryItemId, place, 'available'));
  const back = (quantity: number) => ({ orderId: placed.id, lines: [{ fulfillmentLineItemId: parcel.lines[0]!.id, quantity }] });
  const topics = () => events.splice(0).map((event) => event.topic);
  return { ...small, order, parcel, events, mugs, back, topics, status: () => returnStatus(shop, order()) };
}

describe('a return', () => {
  it('moves neither stock nor money; a disposition moves stock only, a refund money only', () => {
    const { shop, order, mugs, back, topics, second, status, tick } = shipped();
    tick(1_000);
    const { return: each } = createReturn(shop, back(3));
    expect([topics(), status(), mugs(), order().closedAt]).toEqual([['orders/updated', 'returns/approve'], 'IN_PROGRESS', [6, 4], null]);
    const reverseLineId = each!.reverse!.lines[0]!.id;
    const dispose = (type: 'RESTOCKED' | 'NOT_RESTOCKED' | 'PROCESSING_REQUIRED' | 'MISSING', quantity: number, locationId: string | null = null) =>
      disposeReturned(shop, [{ reverseLineId, type, quantity, locationId }]);
    expect(dispose('RESTOCKED', 1).userErrors).toMatchObject([{ code: 'BLANK', field: ['dispositionInputs', '0', 'locationId'] }]);
    const touched = order().updatedAt;
    expect(dispose('RESTOCKED', 1, second).userErrors).toEqual([]);
    expect([topics(), mugs()]).toEqual([['reverse_fulfillment_orders/dispose', 'inventory_levels/update', 'products/update'], [6, 5]]);
    expect(order()).toMatchObject({ updatedAt: touched, refunds: [], lines: [{ currentQuantity: 4 }, {}] });
    // Laid aside decides nothing: both units may still go either way, but not more than both.
    dispose('PROCESSING_REQUIRED', 2);
    expect(dispose('PROCESSING_REQUIRED', 1).userErrors).toMatchObject([{ code: 'LESS_THAN_OR_EQUAL_TO' }]);
    dispose('NOT_RESTOCKED', 1);
    expect([mugs(), status()]).toEqual([[6, 5], 'IN_PROGRESS']);
    dispose('MISSING', 1);
    expect([mugs(), status()]).toEqual([[6, 5], 'INSPECTION_COMPLETE']);
    expect(dispose('MISSING', 1).userErrors).toHaveLength(1);
    topics();
    const paid = processReturn(shop, { id: each!.id, lines: [{ id: each!.lines[0]!.id, quantity: 2 }], exchanges: [], refund: true });
    expect(paid.return!.lines[0]).toMatchObject({ processedQuantity: 2, refundedQuantity: 2 });
    expect(topics()).toEqual(['refunds/create', 'orders/updated', 'returns/process']);
    expect([mugs(), order().lines[0]!.currentQuantity, order().refunds]).toMatchObject([[6, 5], 2, [{ returnId: each!.id, lines: [{ restockType: 'NO_RESTOCK', restocked: false, quantity: 2 }] }]]);
    closeReturn(shop, { id: each!.id });
    expect(status()).toBe('RETURNED');
    expect(faultsOf(shop)).toEqual([]);
  });

  it('as an exchange sends the new goods out as a new line with work of its own, once each', () => {
    const { shop, order, mugs, back, plate, main, topics } = shipped();
    const each = createReturn(shop, { ...back(1), exchanges: [{ variantId: plate.id, quantity: 2 }] }).return!;
    expect(quantityAt(shop, plate.inventoryItemId, main, 'committed')).toBe(0);
    topics();
    const all = { id: each.id, lines: [{ id: each.lines[0]!.id, quantity: 1, dispositions: [{ reverseLineId: each.reverse!.lines[0]!.id, type: 'RESTOCKED' as const, quantity: 1, locationId: main }] }], exchanges: [{ id: each.exchanges[0]!.id, quantity: 2 }] };
    const processed = processReturn(shop, all);
    expect(processed.userErrors).toEqual([]);
    expect(topics()).toEqual(['orders/updated', 'reverse_fulfillment_orders/dispose', 'returns/process', 'inventory_levels/update', 'inventory_levels/update', 'products/update', 'products/update']);
    expect(order().lines.map((line) => [line.sku, line.quantity, line.unfulfilledQuantity])).toEqual([['MUG', 4, 0], ['PLATE', 1, 0], ['PLATE', 2, 2]]);
    expect(processed.return!.exchanges[0]!.lineItemIds).toEqual([order().lines[2]!.id]);
    expect(shop.fulfillmentOrdersOf(order().id).at(-1)).toMatchObject({ status: 'OPEN', lines: [{ lineItemId: order().lines[2]!.id, remainingQuantity: 2 }] });
    expect([mugs(), quantityAt(shop, plate.inventoryItemId, main, 'committed'), order().refunds]).toEqual([[7, 4], 2, []]);
    expect(processReturn(shop, all).userErrors).toMatchObject([{ code: 'LESS_THAN_OR_EQUAL_TO' }]);
    expect(faultsOf(shop)).toEqual([]);
  });

  it('asked for is approved or declined; a declined or cancelled one gives its units free', () => {
    const { shop, order, back, topics, status } = shipped();
    const first = requestReturn(shop, back(3)).return!;
    expect([status(), topics(), first.reverse]).toEqual(['RETURN_REQUESTED', ['returns/request'], null]);
    expect(createReturn(shop, back(2)).userErrors).toMatchObject([{ code: 'INVALID', field: ['returnInput', 'returnLineItems', '0', 'quantity'] }]);
    expect(closeReturn(shop, { id: first.id }).userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
    declineReturn(shop, { id: first.id, reason: 'FINAL_SALE', note: 'Sorry' });
    expect([status(), topics()]).toEqual(['NO_RETURN', ['returns/decline']]);
    const second = requestReturn(shop, back(4)).return!;
    expect(approveReturn(shop, { id: second.id }).return).toMatchObject({ status: 'OPEN', reverse: { status: 'OPEN', lines: [{ totalQuantity: 4 }] } });
    expect(returnableUnits(shop, order()).map(({ quantity }) => quantity)).toEqual([1]);
    expect(removeFromReturn(shop, { id: second.id, lines: [{ id: second.lines[0]!.id, quantity: 1 }], exchanges: [] }).return).toMatchObject({ lines: [{ quantity: 3 }], reverse: { lines: [{ totalQuantity: 3 }] } });
    expect(topics()).toEqual(['returns/request', 'returns/approve', 'returns/update']);
    cancelReturn(shop, { id: second.id });
    expect([status(), topics()]).toEqual(['NO_RETURN', ['returns/cancel']]);
    const third = createReturn(shop, back(4)).return!;
    processReturn(shop, { id: third.id, lines: [{ id: third.lines[0]!.id, quantity: 1 }], exchanges: [] });
    expect(cancelReturn(shop, { id: third.id }).userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
    closeReturn(shop, { id: third.id });
    reopenReturn(shop, { id: third.id });
    expect(status()).toBe('IN_PROGRESS');
    expect(faultsOf(shop)).toEqual([]);
  });

  it('is not made of units that never left, were refunded, or come in a parcel that is called back', () => {
    const { shop, order, parcel, back, main } = shipped();
    refundOrder(shop, { orderId: order().id, lines: [{ lineItemId: order().lines[0]!.id, quantity: 3, restockType: 'RETURN', locationId: main }] });
    expect(createReturn(shop, back(2)).userErrors).toMatchObject([{ code: 'INVALID' }]);
    const each = createReturn(shop, back(1)).return!;
    expect(cancelFulfillment(shop, parcel.id).userErrors).toMatchObject([{ message: expect.stringMatching(/being returned/) as string }]);
    expect(cancelOrder(shop, { orderId: order().id, reason: 'CUSTOMER', restock: true }).userErrors).toHaveLength(1);
    refundOrder(shop, { orderId: order().id, lines: [{ lineItemId: order().lines[0]!.id, quantity: 1, restockType: 'NO_RESTOCK' }] });
    expect(processReturn(shop, { id: each.id, lines: [{ id: each.lines[0]!.id, quantity: 1 }], exchanges: [], refund: true }).userErrors).toMatchObject([{ code: 'INVALID' }]);
    expect(processReturn(shop, { id: each.id, lines: [{ id: each.lines[0]!.id, quantity: 1 }], exchanges: [] }).userErrors).toEqual([]);
    expect(faultsOf(shop)).toEqual([]);
  });
});
