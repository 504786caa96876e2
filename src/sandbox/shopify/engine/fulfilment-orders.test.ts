import { describe, expect, it } from 'vitest';
import type { ShopEvent } from '../state.ts';
import { faultsOf } from './conservation.ts';
import { holdFulfillmentOrder, MAX_HOLDS, openFulfillmentOrder, releaseHolds, reportProgress, supportedActions } from './fulfilment-holds.ts';
import { moveFulfillmentOrder } from './fulfilment-order-moves.ts';
import { mergeFulfillmentOrders, splitFulfillmentOrders } from './fulfilment-order-splits.ts';
import { cancelFulfillment, createFulfillment, updateTracking } from './fulfilments.ts';
import { quantityAt } from './levels.ts';
import { cancelOrder, editOrder, placeOrder, refundOrder, routeDue } from './orders.ts';
import { openSmallShop, type SmallShop } from './small-shop.ts';

/** A routed order of three mugs and two plates at the main location, and what is announced from then on. */
function routed() {
  const small = openSmallShop();
  const { shop, mug, plate, tick } = small;
  const order = placeOrder(shop, { lines: [{ variantId: mug.id, quantity: 3 }, { variantId: plate.id, quantity: 2 }] }).order!;
  tick(300);
  routeDue(shop);
  const events: ShopEvent[] = [];
  shop.onEvent((event) => events.push(event));
  const works = () => shop.fulfillmentOrdersOf(order.id);
  return { ...small, order, works, first: works()[0]!, events, topics: () => events.map((event) => event.topic) };
}
const levels = ({ shop, main, second, mug }: SmallShop, name: 'available' | 'committed' | 'on_hand') => [main, second].map((place) => quantityAt(shop, mug.inventoryItemId, place, name));

describe('work moved to another location', () => {
  it('whole and untouched keeps its id; the promise moves, the goods do not, the order is not touched', () => {
    const small = routed();
    const { shop, order, first, second, works, events, tick, mug } = small;
    tick(5_000);
    const { moved, original, userErrors } = moveFulfillmentOrder(shop, { workId: first.id, locationId: second });
    expect([userErrors, moved?.id, original?.id, moved?.assignedLocationId]).toEqual([[], first.id, first.id, second]);
    expect([levels(small, 'available'), levels(small, 'committed'), levels(small, 'on_hand')]).toEqual([[10, 1], [0, 3], [10, 4]]);
    expect(shop.tables.orders.get(order.id)!.updatedAt).toBe(order.updatedAt);
    expect(events.at(-1)?.topic).toBe('products/update');
    expect(events[0]).toMatchObject({ topic: 'fulfillment_orders/moved', payload: {
      source_location: { id: `gid://shopify/Location/${first.assignedLocationId}` }, destination_location_id: `gid://shopify/Location/${second}`,
      moved_fulfillment_order: { id: `gid://shopify/FulfillmentOrder/${first.id}`, status: 'open', assigned_location_id: `gid://shopify/Location/${second}` },
    } });
    // Units added afterwards are sold from where the line is now.
    editOrder(shop, { orderId: order.id, set: [{ lineItemId: order.lines[0]!.id, quantity: 4, restock: false }] });
    expect(works().map((work) => [work.assignedLocationId, work.lines.map((line) => line.remainingQuantity)])).toEqual([[second, [4, 2]]]);
    expect(quantityAt(shop, mug.inventoryItemId, second, 'committed')).toBe(4);
    expect(faultsOf(shop)).toEqual([]);
  });

  it('in part leaves the rest; each location ships its own, and a refund restocks each unit where it lay', () => {
    const small = routed();
    const { shop, order, first, main, second, works } = small;
    const { moved, original } = moveFulfillmentOrder(shop, { workId: first.id, locationId: second, lines: [{ id: first.lines[0]!.id, quantity: 2 }] });
    expect([original?.status, original?.lines.map((line) => line.remainingQuantity), moved?.lines.map((line) => line.remainingQuantity)]).toEqual(['OPEN', [1, 2], [2]]);
    expect(moved?.id).not.toBe(first.id);
    const both = createFulfillment(shop, { lineItemsByFulfillmentOrder: works().map((work) => ({ fulfillmentOrderId: work.id })) });
    expect(both.userErrors).toEqual([{ code: null, field: ['fulfillment'], message: 'All fulfillment orders must be assigned to the same location.' }]);
    const refund = refundOrder(shop, { orderId: order.id, lines: [{ lineItemId: order.lines[0]!.id, quantity: 2, restockType: 'CANCEL' }] }).refund!;
    expect(refund.lines.map((line) => [line.quantity, line.locationId])).toEqual([[1, main], [1, second]]);
    expect([levels(small, 'available'), levels(small, 'committed')]).toEqual([[10, 3], [0, 1]]);
    const shipped = createFulfillment(shop, { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: moved!.id }] }).fulfillment!;
    expect([shipped.locationId, levels(small, 'on_hand')]).toEqual([second, [10, 3]]);
    cancelFulfillment(shop, shipped.id);
    expect(works().at(-1)).toMatchObject({ assignedLocationId: second, lines: [{ remainingQuantity: 1 }] });
    expect(faultsOf(shop)).toEqual([]);
  });

  it('to a place where the order already has open work gets a new id; the old work closes', () => {
    const { shop, first, second, works, topics } = routed();
    moveFulfillmentOrder(shop, { workId: first.id, locationId: second, lines: [{ id: first.lines[0]!.id, quantity: 1 }] });
    const { moved, original } = moveFulfillmentOrder(shop, { workId: first.id, locationId: second });
    expect([original?.id, original?.status, moved?.id === first.id]).toEqual([first.id, 'CLOSED', false]);
    expect(works().map((work) => work.status)).toEqual(['CLOSED', 'OPEN', 'OPEN']);
    expect(topics().filter((topic) => topic.startsWith('fulfillment_orders/'))).toEqual(['fulfillment_orders/moved', 'fulfillment_orders/moved']);
    expect(faultsOf(shop)).toEqual([]);
  });

  it('is refused when closed, in progress by report, unstocked there, or already there', () => {
    const { shop, first, main, second, mug } = routed();
    const move = (locationId = second) => moveFulfillmentOrder(shop, { workId: first.id, locationId }).userErrors[0];
    expect(move(main)?.message).toMatch(/already assigned/);
    reportProgress(shop, { workId: first.id });
    expect(move()).toMatchObject({ code: 'CANNOT_MOVE_FULFILLMENT_ORDER_WITH_REPORTED_PROGRESS' });
    openFulfillmentOrder(shop, { workId: first.id });
    const level = shop.tables.levels.get(`${mug.inventoryItemId}:${second}`)!;
    shop.put('levels', { ...level, isActive: false });
    shop.commit();
    expect(move()?.message).toMatch(/does not stock Mug/);
    createFulfillment(shop, { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: first.id }] });
    expect(move()?.message).toMatch(/status closed/);
  });
});

describe('work split and merged', () => {
  it('splits off new work, and work that shipped is replaced', () => {
    const { shop, first, works, topics } = routed();
    const split = splitFulfillmentOrders(shop, [{ workId: first.id, lines: [{ id: first.lines[0]!.id, quantity: 1 }] }]).splits![0]!;
    expect([split.work.id, split.replacement, split.remaining.lines.map((line) => line.remainingQuantity)]).toEqual([first.id, null, [1]]);
    createFulfillment(shop, { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: first.id, lineItems: [{ id: first.lines[0]!.id, quantity: 1 }] }] });
    const again = splitFulfillmentOrders(shop, [{ workId: first.id, lines: [{ id: first.lines[1]!.id, quantity: 1 }] }]).splits![0]!;
    expect([again.work.status, again.replacement?.lines.map((line) => line.remainingQuantity)]).toEqual(['CLOSED', [1, 1]]);
    expect(works()).toHaveLength(4);
    expect(topics().filter((topic) => topic === 'fulfillment_orders/split')).toHaveLength(2);
    expect(splitFulfillmentOrders(shop, [{ workId: split.remaining.id, lines: [{ id: split.remaining.lines[0]!.id, quantity: 1 }] }]).userErrors).toMatchObject([{ code: 'INVALID_LINE_ITEM_QUANTITY' }]);
    expect(splitFulfillmentOrders(shop, [{ workId: first.id, lines: [] }]).userErrors).toMatchObject([{ code: 'NO_LINE_ITEMS_PROVIDED_TO_SPLIT' }]);
    expect(faultsOf(shop)).toEqual([]);
  });

  it('merges into the first; others that are left empty close', () => {
    const { shop, first, works } = routed();
    const { remaining } = splitFulfillmentOrders(shop, [{ workId: first.id, lines: [{ id: first.lines[0]!.id, quantity: 2 }] }]).splits![0]!;
    expect(supportedActions(shop, works()[0]!)).toContain('MERGE');
    const { merged, userErrors } = mergeFulfillmentOrders(shop, [{ intents: [{ workId: first.id }, { workId: remaining.id }] }]);
    expect([userErrors, merged?.[0]?.id, merged?.[0]?.lines.map((line) => line.remainingQuantity)]).toEqual([[], first.id, [3, 2]]);
    expect(works().map((work) => work.status)).toEqual(['OPEN', 'CLOSED']);
    expect(mergeFulfillmentOrders(shop, [{ intents: [{ workId: first.id }, { workId: remaining.id }] }]).userErrors).toHaveLength(1);
    expect(faultsOf(shop)).toEqual([]);
  });
});

describe('work on hold', () => {
  it('cannot ship until the last hold is released, which is announced once', () => {
    const { shop, first, topics, works } = routed();
    const held = holdFulfillmentOrder(shop, { workId: first.id, reason: 'INVENTORY_OUT_OF_STOCK', handle: 'a', lines: [{ id: first.lines[0]!.id, quantity: 3 }] });
    expect([held.work?.status, held.work?.lines.map((line) => line.remainingQuantity), held.remaining?.lines.map((line) => line.remainingQuantity)]).toEqual(['ON_HOLD', [3], [2]]);
    expect(createFulfillment(shop, { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: first.id }] }).userErrors).toMatchObject([{ code: null, message: expect.stringMatching(/status= on_hold/) as string }]);
    expect(supportedActions(shop, held.work!)).not.toContain('CREATE_FULFILLMENT');
    expect(holdFulfillmentOrder(shop, { workId: first.id, reason: 'OTHER', handle: 'a' }).userErrors).toMatchObject([{ code: 'DUPLICATE_FULFILLMENT_HOLD_HANDLE' }]);
    for (let n = 1; n < MAX_HOLDS; n++) expect(holdFulfillmentOrder(shop, { workId: first.id, reason: 'OTHER', handle: `h${n}` }).userErrors).toEqual([]);
    expect(holdFulfillmentOrder(shop, { workId: first.id, reason: 'OTHER', handle: 'one more' }).userErrors).toMatchObject([{ code: 'FULFILLMENT_ORDER_HOLD_LIMIT_REACHED' }]);
    expect(holdFulfillmentOrder(shop, { workId: first.id, reason: 'OTHER', handle: 'of staff', app: null }).userErrors).toEqual([]);
    expect(releaseHolds(shop, { workId: first.id, holdIds: [held.hold!.id] }).work?.status).toBe('ON_HOLD');
    expect(releaseHolds(shop, { workId: first.id }).work).toMatchObject({ status: 'OPEN', holds: [] });
    expect(topics()).toEqual(['fulfillment_orders/placed_on_hold', 'fulfillment_orders/hold_released']);
    expect(createFulfillment(shop, { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: first.id }] }).userErrors).toEqual([]);
    expect(works()).toHaveLength(2);
    expect(faultsOf(shop)).toEqual([]);
  });
});

describe('an order served from two locations', () => {
  it('line by line, as staff want it: two works, and a cancellation frees both', () => {
    const small = openSmallShop();
    const { shop, mug, plate, main, second, tick } = small;
    const order = placeOrder(shop, { lines: [{ variantId: mug.id, quantity: 2, locationId: second }, { variantId: plate.id, quantity: 10 }] }).order!;
    tick(300);
    routeDue(shop);
    expect(shop.fulfillmentOrdersOf(order.id).map((work) => work.assignedLocationId)).toEqual([second, main]);
    const topics: string[] = [];
    shop.onEvent((event) => topics.push(event.topic));
    cancelOrder(shop, { orderId: order.id, reason: 'CUSTOMER', restock: true });
    expect(topics.filter((topic) => topic === 'fulfillment_orders/cancelled')).toHaveLength(2);
    expect(levels(small, 'available')).toEqual([10, 4]);
    expect(faultsOf(shop)).toEqual([]);
  });
});

describe('a parcel', () => {
  it('is not made of two orders, of more than remains, or of work that is done', () => {
    const { shop, first, mug, tick } = routed();
    const other = placeOrder(shop, { lines: [{ variantId: mug.id, quantity: 1 }] }).order!;
    tick(300);
    routeDue(shop);
    const ship = (...lineItemsByFulfillmentOrder: Parameters<typeof createFulfillment>[1]['lineItemsByFulfillmentOrder']) => createFulfillment(shop, { lineItemsByFulfillmentOrder }).userErrors;
    const error = (message: string) => [{ code: null, field: ['fulfillment'], message }];
    expect(ship({ fulfillmentOrderId: first.id }, { fulfillmentOrderId: shop.fulfillmentOrdersOf(other.id)[0]!.id })).toEqual(error('All fulfillment orders must belong to the same order.'));
    expect(ship({ fulfillmentOrderId: first.id, lineItems: [{ id: first.lines[0]!.id, quantity: 4 }] })).toEqual(error('Invalid fulfillment order line item quantity requested.'));
    expect(ship({ fulfillmentOrderId: first.id })).toEqual([]);
    expect(ship({ fulfillmentOrderId: first.id })).toEqual(error(`Fulfillment order ${first.id} has an unfulfillable status= closed.`));
  });


  it('gets new tracking with a mail to the shopper, until it is cancelled', () => {
    const { shop, first, topics } = routed();
    const parcel = createFulfillment(shop, { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: first.id }], notifyCustomer: true, trackingInfo: { company: 'UPS', numbers: ['A', 'B'] } }).fulfillment!;
    expect(parcel.tracking.map((track) => track.number)).toEqual(['A', 'B']);
    const updated = updateTracking(shop, { fulfillmentId: parcel.id, trackingInfo: { company: 'Own van', number: 'C', url: 'https://van.example/C' }, notifyCustomer: true }).fulfillment!;
    expect(updated).toMatchObject({ notifications: 2, tracking: [{ company: 'Own van', number: 'C', url: 'https://van.example/C' }] });
    expect(topics().slice(-2)).toEqual(['fulfillments/update', 'orders/updated']);
    cancelFulfillment(shop, parcel.id);
    expect(updateTracking(shop, { fulfillmentId: parcel.id, trackingInfo: { number: 'D' } }).userErrors).toHaveLength(1);
  });
});
