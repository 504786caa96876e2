import { afterEach, describe, expect, test } from 'vitest';
import { routeDue, setRoutingDelay } from '../engine/orders.ts';
import { askerOf, type Asker } from '../graphql/execute.fixture.ts';
import type { OpenShop } from '../shop.ts';
import { smallShop } from '../small-shop.fixture.ts';

const opened: OpenShop[] = [];
function open() {
  const small = smallShop();
  opened.push(small.shop);
  setRoutingDelay(small.shop, 0);
  return { ...small, ask: askerOf(small.shop) };
}
afterEach(() => { for (const shop of opened.splice(0)) shop.close(); });

/** The payload of the one mutation asked; a top-level error fails the test. */
async function run<P>(ask: Asker, query: string, variables?: Record<string, unknown>): Promise<P> {
  const reply = await ask(query, variables);
  expect(reply.errors).toBeUndefined();
  return Object.values(reply.data as Record<string, P>)[0] as P;
}
const LEVEL = 'inventoryItemId: "gid://shopify/InventoryItem/401", locationId: "gid://shopify/Location/701"';
const states = (shop: OpenShop) => shop.tables.levels.get('401:701')?.quantities;

describe('inventory', () => {
  test('adjust needs a ledger for incoming, move shifts states at one place', async () => {
    const { ask, shop } = open();
    const adjust = (key: string, ledger: string) => `mutation { inventoryAdjustQuantities(input: { name: "incoming", reason: "movement_created", changes: [{ ${LEVEL}, delta: 5, changeFromQuantity: 7 ${ledger} }] })
      @idempotent(key: "${key}") { inventoryAdjustmentGroup { id changes { name delta ledgerDocumentUri } } userErrors { code } } }`;
    expect(await run(ask, adjust('a', ''))).toMatchObject({ inventoryAdjustmentGroup: null, userErrors: [{ code: 'INVALID_QUANTITY_DOCUMENT' }] });
    expect(await run(ask, adjust('b', ', ledgerDocumentUri: "gid://app/PurchaseOrder/1"')))
      .toMatchObject({ userErrors: [], inventoryAdjustmentGroup: { changes: [{ name: 'incoming', delta: 5, ledgerDocumentUri: 'gid://app/PurchaseOrder/1' }] } });
    const move = await run(ask, `mutation { inventoryMoveQuantities(input: { reason: "damaged", referenceDocumentUri: "gid://app/Return/1", changes: [{ inventoryItemId: "gid://shopify/InventoryItem/401", quantity: 2,
      from: { name: "available", locationId: "gid://shopify/Location/701", changeFromQuantity: 10 }, to: { name: "damaged", locationId: "gid://shopify/Location/701", changeFromQuantity: null, ledgerDocumentUri: "gid://app/Return/1" } }] })
      @idempotent(key: "c") { inventoryAdjustmentGroup { changes(quantityNames: ["damaged"]) { name delta location { name } } } userErrors { code } } }`);
    expect(move).toEqual({ userErrors: [], inventoryAdjustmentGroup: { changes: [{ name: 'damaged', delta: 2, location: { name: 'Main' } }] } });
    expect(states(shop)).toMatchObject({ available: 8, damaged: 3, incoming: 12, committed: 2 });
  });

  test('a bundle parent cannot be written, an item can start at a new place', async () => {
    const { ask, shop } = open();
    shop.put('locations', { id: '703', name: 'New', isActive: true, shipsInventory: true, countryCode: 'DE', createdAt: shop.now(), updatedAt: shop.now() });
    shop.commit();
    const set = await run(ask, `mutation { inventorySetQuantities(input: { name: "available", reason: "correction", quantities: [
      { inventoryItemId: "gid://shopify/InventoryItem/405", locationId: "gid://shopify/Location/701", quantity: 1, changeFromQuantity: null }] }) @idempotent(key: "a") { userErrors { code field } } }`);
    expect(set).toMatchObject({ userErrors: [{ code: 'NON_MUTABLE_INVENTORY_ITEM', field: expect.arrayContaining(['input', 'quantities', '0']) }] });
    const activate = 'mutation { inventoryActivate(inventoryItemId: "gid://shopify/InventoryItem/402", locationId: "gid://shopify/Location/703", available: 6) @idempotent(key: "b") { inventoryLevel { id quantities(names: ["available", "on_hand"]) { name quantity } } userErrors { message } } }';
    const first = await run(ask, activate);
    expect(first).toEqual({ userErrors: [], inventoryLevel: { id: 'gid://shopify/InventoryLevel/703?inventory_item_id=402', quantities: [{ name: 'available', quantity: 6 }, { name: 'on_hand', quantity: 6 }] } });
    expect(await run(ask, activate)).toEqual(first);
  });
});

describe('orders', () => {
  test('created, edited, shipped in part, refunded, cancelled: stock follows', async () => {
    const { ask, shop } = open();
    const { order } = await run<{ order: { id: string; lineItems: { nodes: { id: string }[] } } }>(ask, `mutation { orderCreate(order: { sourceName: "api", lineItems: [{ variantId: "gid://shopify/ProductVariant/301", quantity: 3 }] })
      { order { id lineItems(first: 5) { nodes { id quantity } } } userErrors { message } } }`);
    expect(states(shop)).toMatchObject({ available: 7, committed: 5 });
    const line = order.lineItems.nodes[0]?.id;

    const { calculatedOrder } = await run<{ calculatedOrder: { id: string } }>(ask, 'mutation($id: ID!) { orderEditBegin(id: $id) { calculatedOrder { id originalOrder { id } } userErrors { message } } }', { id: order.id });
    expect(await run(ask, 'mutation($id: ID!, $line: ID!) { orderEditSetQuantity(id: $id, lineItemId: $line, quantity: 2, restock: true) { calculatedLineItem { quantity editableQuantityBeforeChanges restocking } userErrors { message } } }',
      { id: calculatedOrder.id, line: line?.replace('LineItem', 'CalculatedLineItem') })).toEqual({ userErrors: [], calculatedLineItem: { quantity: 2, editableQuantityBeforeChanges: 3, restocking: true } });
    expect(await run(ask, 'mutation($id: ID!) { orderEditAddVariant(id: $id, variantId: "gid://shopify/ProductVariant/302", quantity: 1) { calculatedLineItem { sku quantity } calculatedOrder { lineItems(first: 5) { nodes { quantity } } } userErrors { message } } }',
      { id: calculatedOrder.id })).toEqual({ userErrors: [], calculatedLineItem: { sku: 'SH-2', quantity: 1 }, calculatedOrder: { lineItems: { nodes: [{ quantity: 2 }, { quantity: 1 }] } } });
    expect(states(shop)).toMatchObject({ available: 7, committed: 5 }); // nothing moves before the commit
    expect(await run(ask, 'mutation($id: ID!) { orderEditCommit(id: $id) { order { edited currentSubtotalLineItemsQuantity } userErrors { message } } }', { id: calculatedOrder.id }))
      .toEqual({ userErrors: [], order: { edited: true, currentSubtotalLineItemsQuantity: 3 } });
    expect(states(shop)).toMatchObject({ available: 8, committed: 4 });
    expect(await run(ask, 'mutation($id: ID!) { orderEditCommit(id: $id) { userErrors { field } } }', { id: calculatedOrder.id })).toEqual({ userErrors: [{ field: ['id'] }] });

    routeDue(shop);
    const work = await run<{ fulfillmentOrders: { nodes: { id: string; lineItems: { nodes: { id: string; lineItem: { id: string } }[] } }[] } }>(ask,
      'query($id: ID!) { order(id: $id) { fulfillmentOrders(first: 3) { nodes { id lineItems(first: 5) { nodes { id lineItem { id } } } } } } }', { id: order.id });
    const workOrder = work.fulfillmentOrders.nodes[0];
    const part = workOrder?.lineItems.nodes.find((one) => one.lineItem.id === line);
    const ship = (quantity: number) => run(ask, `mutation($f: FulfillmentInput!) { fulfillmentCreate(fulfillment: $f) { fulfillment { status totalQuantity trackingInfo { number company } } userErrors { field message } } }`, { f: {
      trackingInfo: { number: 'T1', company: 'DHL' }, lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: workOrder?.id, fulfillmentOrderLineItems: [{ id: part?.id, quantity }] }] } });
    expect(await ship(9)).toMatchObject({ fulfillment: null, userErrors: [{ message: 'Invalid fulfillment order line item quantity requested.' }] });
    expect(await ship(1)).toMatchObject({ userErrors: [], fulfillment: { status: 'SUCCESS', totalQuantity: 1, trackingInfo: [{ number: 'T1', company: 'DHL' }] } });
    expect(states(shop)).toMatchObject({ available: 8, committed: 3 });

    const refund = `mutation($o: ID!, $l: ID!) { refundCreate(input: { orderId: $o, refundLineItems: [{ lineItemId: $l, quantity: 1, restockType: RETURN, locationId: "gid://shopify/Location/702" }] }) @idempotent(key: "r1")
      { refund { id refundLineItems(first: 3) { nodes { quantity restockType location { name } } } } order { displayFinancialStatus } userErrors { message } } }`;
    const refunded = await run(ask, refund, { o: order.id, l: line });
    expect(refunded).toMatchObject({ userErrors: [], refund: { refundLineItems: { nodes: [{ quantity: 1, restockType: 'RETURN', location: { name: 'Annex' } }] } } });
    expect(await run(ask, refund, { o: order.id, l: line })).toEqual(refunded);
    expect(shop.tables.levels.get('401:702')?.quantities.available).toBe(12);

    const cancelled = await run<{ job: { id: string } }>(ask, 'mutation($o: ID!) { orderCancel(orderId: $o, reason: INVENTORY, restock: true) { job { id done } jobResult { done } orderCancelUserErrors { code } } }', { o: order.id });
    expect(cancelled).toMatchObject({ job: { done: false }, orderCancelUserErrors: [] });
    expect(await run(ask, 'query($id: ID!) { job(id: $id) { done } }', { id: cancelled.job.id })).toEqual({ done: true });
    expect(await run(ask, 'query($o: ID!) { order(id: $o) { cancelReason cancelledAt } }', { o: order.id })).toMatchObject({ cancelReason: 'INVENTORY', cancelledAt: expect.any(String) });
    expect(states(shop)).toMatchObject({ available: 9, committed: 2 });
  });

  test('parts of an input that are not modelled refuse the call', async () => {
    const { ask, shop } = open();
    const before = shop.tables.orders.size;
    const reply = await ask('mutation { orderCreate(order: { financialStatus: PENDING, lineItems: [{ variantId: "gid://shopify/ProductVariant/301", quantity: 1 }] }) { order { id } } }');
    expect(reply.errors?.[0]?.message).toContain('not simulated: orderCreate with financialStatus');
    expect(shop.tables.orders.size).toBe(before);
  });
});

describe('catalogue', () => {
  test('a SKU renamed mid-day is told by products/update and inventory_items/update; one bad row refuses all', async () => {
    const { ask, shop } = open();
    const heard: { topic: string; payload: Record<string, unknown> }[] = [];
    shop.onEvent((event) => heard.push(event));
    const update = (variants: string) => run(ask, `mutation { productVariantsBulkUpdate(productId: "gid://shopify/Product/201", variants: ${variants}) { productVariants { sku price barcode } userErrors { code field } } }`);
    expect(await update('[{ id: "gid://shopify/ProductVariant/301", price: "9.5", barcode: "400", inventoryItem: { sku: "R-1" } }, { id: "gid://shopify/ProductVariant/999", price: "1" }]'))
      .toMatchObject({ productVariants: null, userErrors: [{ code: 'PRODUCT_VARIANT_DOES_NOT_EXIST', field: ['variants', '1', 'id'] }] });
    expect(heard).toEqual([]);
    expect(await update('[{ id: "gid://shopify/ProductVariant/301", price: "9.5", barcode: "400", inventoryItem: { sku: "R-1" } }]'))
      .toEqual({ productVariants: [{ sku: 'R-1', price: '9.50', barcode: '400' }], userErrors: [] });
    expect(heard.map((event) => event.topic)).toEqual(['products/update', 'inventory_items/update']);
    expect(heard[1]?.payload).toMatchObject({ id: 401, sku: 'R-1' });
    expect(await run(ask, 'mutation { inventoryItemUpdate(id: "gid://shopify/InventoryItem/401", input: { tracked: false, cost: "3.21" }) { inventoryItem { tracked sku unitCost { amount currencyCode } } userErrors { message } } }'))
      .toEqual({ inventoryItem: { tracked: false, sku: 'R-1', unitCost: { amount: '3.21', currencyCode: 'EUR' } }, userErrors: [] });
  });
});

describe('webhook subscriptions', () => {
  test('created once per address, listed, changed, deleted', async () => {
    const { ask } = open();
    const create = (uri: string) => run<{ webhookSubscription: { id: string } | null }>(ask, 'mutation($u: String!) { webhookSubscriptionCreate(topic: ORDERS_CREATE, webhookSubscription: { uri: $u, includeFields: ["id"] }) { webhookSubscription { id topic apiVersion { handle } } userErrors { message } } }', { u: uri });
    const made = await create('https://app.example/hooks');
    expect(made).toMatchObject({ webhookSubscription: { topic: 'ORDERS_CREATE', apiVersion: { handle: '2026-10' } }, userErrors: [] });
    expect(await create('https://app.example/hooks')).toMatchObject({ webhookSubscription: null, userErrors: [{ message: expect.stringContaining('taken') }] });
    expect(await create('http://app.example/hooks')).toMatchObject({ webhookSubscription: null });
    const id = made.webhookSubscription?.id;
    expect(await run(ask, 'mutation($id: ID!) { webhookSubscriptionUpdate(id: $id, webhookSubscription: { uri: "https://new.example/" }) { webhookSubscription { uri includeFields } userErrors { message } } }', { id }))
      .toEqual({ webhookSubscription: { uri: 'https://new.example/', includeFields: ['id'] }, userErrors: [] });
    expect(await run(ask, '{ webhookSubscriptions(first: 5, topics: [ORDERS_CREATE]) { nodes { id uri } } }')).toEqual({ nodes: [{ id, uri: 'https://new.example/' }] });
    expect(await run(ask, '{ webhookSubscriptions(first: 5, topics: [ORDERS_UPDATED]) { nodes { id } } }')).toEqual({ nodes: [] });
    expect(await run(ask, 'mutation($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { message } } }', { id })).toEqual({ deletedWebhookSubscriptionId: id, userErrors: [] });
  });
});
