import { afterEach, describe, expect, test } from 'vitest';
import { openSmallShop } from '../engine/small-shop.ts';
import { placeOrder, routeDue } from '../engine/orders.ts';
import { askerOf } from '../graphql/execute.fixture.ts';
import type { OpenShop } from '../shop.ts';

const opened: OpenShop[] = [];
afterEach(() => { for (const shop of opened.splice(0)) shop.close(); });

/** A routed order of four mugs, and the payload of one mutation or the data of one query. */
function open() {
  const small = openSmallShop();
  opened.push(small.shop);
  const order = placeOrder(small.shop, { lines: [{ variantId: small.mug.id, quantity: 4 }] }).order!;
  small.tick(300);
  routeDue(small.shop);
  const ask = askerOf(small.shop);
  const run = async (query: string, variables: Record<string, unknown> = {}): Promise<any> => {
    const reply = await ask(query, variables);
    expect(reply.errors).toBeUndefined();
    return Object.values(reply.data as Record<string, unknown>)[0];
  };
  const place = (id: string) => `gid://shopify/Location/${id}`;
  return { ...small, order, orderGid: `gid://shopify/Order/${order.id}`, ask, run, place, work: small.shop.fulfillmentOrdersOf(order.id)[0]! };
}
type Open = ReturnType<typeof open>;

const ship = ({ run, work }: Open) => run(`mutation($id: ID!) { fulfillmentCreate(fulfillment: { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: $id }], notifyCustomer: true, trackingInfo: { company: "UPS", numbers: ["A", "B"] } }) {
  fulfillment { id trackingInfo { number url company } fulfillmentLineItems(first: 2) { nodes { id quantity } } } userErrors { field message } } }`, { id: `gid://shopify/FulfillmentOrder/${work.id}` });

describe('fulfilment orders through the Admin API', () => {
  test('held, released, moved in part, split, with the payloads Shopify names', async () => {
    const store = open();
    const { run, work, second, place, main, shop } = store;
    const id = `gid://shopify/FulfillmentOrder/${work.id}`;
    const line = { id: `gid://shopify/FulfillmentOrderLineItem/${work.lines[0]!.id}` };
    const held = await run(`mutation($id: ID!) { fulfillmentOrderHold(id: $id, fulfillmentHold: { reason: AWAITING_PAYMENT, handle: "pay" }) {
      fulfillmentHold { id reason displayReason handle heldByRequestingApp heldByApp { title } } fulfillmentOrder { status supportedActions { action } } remainingFulfillmentOrder { id } userErrors { code } } }`, { id });
    expect(held).toMatchObject({ userErrors: [], remainingFulfillmentOrder: null, fulfillmentOrder: { status: 'ON_HOLD', supportedActions: [{ action: 'RELEASE_HOLD' }, {}, {}] },
      fulfillmentHold: { reason: 'AWAITING_PAYMENT', displayReason: 'Awaiting payment', handle: 'pay', heldByRequestingApp: true } });
    expect(await run('query($id: ID!) { fulfillmentOrder(id: $id) { status fulfillmentHolds { reason } order { displayFulfillmentStatus } } }', { id })).toMatchObject({ fulfillmentHolds: [{ reason: 'AWAITING_PAYMENT' }], order: { displayFulfillmentStatus: 'ON_HOLD' } });
    expect(await ship(store)).toMatchObject({ fulfillment: null, userErrors: [{ message: expect.stringMatching(/on_hold/) as string }] });
    expect(await run('mutation($id: ID!, $h: ID!) { fulfillmentOrderReleaseHold(id: $id, holdIds: [$h]) { fulfillmentOrder { status } userErrors { code } } }', { id, h: held.fulfillmentHold.id })).toEqual({ fulfillmentOrder: { status: 'OPEN' }, userErrors: [] });
    const moved = await run(`mutation($id: ID!, $to: ID!, $lines: [FulfillmentOrderLineItemInput!]) { fulfillmentOrderMove(id: $id, newLocationId: $to, fulfillmentOrderLineItems: $lines) {
      movedFulfillmentOrder { id assignedLocation { location { id } } lineItems(first: 2) { nodes { remainingQuantity } } } originalFulfillmentOrder { id status } remainingFulfillmentOrder { id } userErrors { code message } } }`,
    { id, to: place(second), lines: [{ ...line, quantity: 1 }] });
    expect(moved).toMatchObject({ userErrors: [], originalFulfillmentOrder: { id, status: 'OPEN' }, remainingFulfillmentOrder: { id }, movedFulfillmentOrder: { assignedLocation: { location: { id: place(second) } }, lineItems: { nodes: [{ remainingQuantity: 1 }] } } });
    const split = await run(`mutation($id: ID!, $lines: [FulfillmentOrderLineItemInput!]!) { fulfillmentOrderSplit(fulfillmentOrderSplits: [{ fulfillmentOrderId: $id, fulfillmentOrderLineItems: $lines }]) {
      fulfillmentOrderSplits { fulfillmentOrder { id } remainingFulfillmentOrder { id lineItems(first: 1) { nodes { totalQuantity } } } replacementFulfillmentOrder { id } } userErrors { code } } }`, { id, lines: [{ ...line, quantity: 2 }] });
    expect(split).toMatchObject({ userErrors: [], fulfillmentOrderSplits: [{ fulfillmentOrder: { id }, replacementFulfillmentOrder: null, remainingFulfillmentOrder: { lineItems: { nodes: [{ totalQuantity: 2 }] } } }] });
    const merged = await run(`mutation($a: ID!, $b: ID!) { fulfillmentOrderMerge(fulfillmentOrderMergeInputs: [{ mergeIntents: [{ fulfillmentOrderId: $a }, { fulfillmentOrderId: $b }] }]) { fulfillmentOrderMerges { fulfillmentOrder { id } } userErrors { code } } }`,
      { a: id, b: split.fulfillmentOrderSplits[0].remainingFulfillmentOrder.id });
    expect(merged).toEqual({ fulfillmentOrderMerges: [{ fulfillmentOrder: { id } }], userErrors: [] });
    expect(shop.tables.levels.get(`${store.mug.inventoryItemId}:${main}`)!.quantities).toMatchObject({ available: 7, committed: 3 });
    expect((await ship(store)).fulfillment.trackingInfo).toMatchObject([{ number: 'A', company: 'UPS' }, { number: 'B' }]);
    const parcel = shop.fulfillmentsOf(store.order.id)[0]!;
    expect(await run('mutation($id: ID!) { fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: { number: "C" }, notifyCustomer: true) { fulfillment { trackingInfo { number } } userErrors { message } } }', { id: `gid://shopify/Fulfillment/${parcel.id}` }))
      .toEqual({ fulfillment: { trackingInfo: [{ number: 'C' }] }, userErrors: [] });
    expect(shop.tables.fulfillments.get(parcel.id)!.notifications).toBe(2);
  });
});

const RETURN = `id name status totalQuantity order { returnStatus } returnLineItems(first: 5) { nodes { id quantity processedQuantity unprocessedQuantity processableQuantity refundableQuantity
  ... on ReturnLineItem { fulfillmentLineItem { id lineItem { sku } } } } } exchangeLineItems(first: 5) { nodes { id variantSku processedQuantity lineItems { id unfulfilledQuantity } } }
  reverseFulfillmentOrders(first: 2) { nodes { id status lineItems(first: 5) { nodes { id totalQuantity dispositions { type quantity location { id } } } } } } refunds(first: 2) { nodes { id return { id } } }`;

describe('returns through the Admin API', () => {
  test('created with an exchange, disposed of, processed with a refund, found by status and in bulk', async () => {
    const store = open();
    const { run, orderGid, plate, second, place, ask, shop } = store;
    await ship(store);
    const returnable = await run('query($id: ID!) { returnableFulfillments(first: 5, orderId: $id) { nodes { fulfillment { id } returnableFulfillmentLineItems(first: 5) { nodes { quantity fulfillmentLineItem { id } } } } } }', { id: orderGid });
    const row = returnable.nodes[0].returnableFulfillmentLineItems.nodes[0];
    expect(row.quantity).toBe(4);
    const created = await run(`mutation($input: ReturnInput!) { returnCreate(returnInput: $input) { return { ${RETURN} } userErrors { code field message } } }`, { input: {
      orderId: orderGid, returnLineItems: [{ fulfillmentLineItemId: row.fulfillmentLineItem.id, quantity: 2, returnReason: 'WRONG_ITEM' }], exchangeLineItems: [{ variantId: `gid://shopify/ProductVariant/${plate.id}`, quantity: 1 }] } });
    expect(created).toMatchObject({ userErrors: [], return: { name: '#1001-R1', status: 'OPEN', totalQuantity: 2, order: { returnStatus: 'IN_PROGRESS' }, returnLineItems: { nodes: [{ quantity: 2, processableQuantity: 2, fulfillmentLineItem: { lineItem: { sku: 'MUG' } } }] } } });
    const reverse = created.return.reverseFulfillmentOrders.nodes[0].lineItems.nodes[0].id as string;
    const DISPOSE = 'mutation($d: [ReverseFulfillmentOrderDisposeInput!]!) { reverseFulfillmentOrderDispose(dispositionInputs: $d) { reverseFulfillmentOrderLineItems { id dispositions { type } } userErrors { code field } } }';
    expect(await run(DISPOSE, { d: [{ reverseFulfillmentOrderLineItemId: reverse, quantity: 1, dispositionType: 'RESTOCKED' }] })).toMatchObject({ reverseFulfillmentOrderLineItems: null, userErrors: [{ code: 'BLANK' }] });
    expect(await run(DISPOSE, { d: [{ reverseFulfillmentOrderLineItemId: reverse, quantity: 1, dispositionType: 'RESTOCKED', locationId: place(second) }] })).toMatchObject({ userErrors: [], reverseFulfillmentOrderLineItems: [{ dispositions: [{ type: 'RESTOCKED' }] }] });
    expect(shop.tables.levels.get(`${store.mug.inventoryItemId}:${second}`)!.quantities.available).toBe(5);
    const processed = await run(`mutation($input: ReturnProcessInput!) { returnProcess(input: $input) { return { ${RETURN} } userErrors { code field message } } }`, { input: {
      returnId: created.return.id, exchangeLineItems: [{ id: created.return.exchangeLineItems.nodes[0].id, quantity: 1 }], financialTransfer: { issueRefund: { orderTransactions: [] } },
      returnLineItems: [{ id: created.return.returnLineItems.nodes[0].id, quantity: 2, dispositions: [{ reverseFulfillmentOrderLineItemId: reverse, quantity: 1, dispositionType: 'NOT_RESTOCKED' }] }] } });
    expect(processed).toMatchObject({ userErrors: [], return: {
      returnLineItems: { nodes: [{ processedQuantity: 2, unprocessedQuantity: 0, refundableQuantity: 0 }] }, exchangeLineItems: { nodes: [{ variantSku: 'PLATE', processedQuantity: 1, lineItems: [{ unfulfilledQuantity: 1 }] }] },
      reverseFulfillmentOrders: { nodes: [{ status: 'CLOSED', lineItems: { nodes: [{ dispositions: [{ type: 'RESTOCKED', location: { id: place(second) } }, { type: 'NOT_RESTOCKED', location: null }] }] } }] },
      refunds: { nodes: [{ return: { id: created.return.id } }] }, order: { returnStatus: 'INSPECTION_COMPLETE' } } });
    expect(await run('mutation($id: ID!) { returnClose(id: $id) { return { status closedAt } userErrors { code } } }', { id: created.return.id })).toMatchObject({ return: { status: 'CLOSED' } });
    expect((await run('{ orders(first: 5, query: "return_status:returned") { nodes { id returns(first: 2) { nodes { status } } } } }')).nodes).toEqual([{ id: orderGid, returns: { nodes: [{ status: 'CLOSED' }] } }]);
    expect((await run('{ orders(first: 5, query: "return_status:no_return") { nodes { id } } }')).nodes).toEqual([]);
    expect(await run('query($id: ID!) { return(id: $id) { name } }', { id: created.return.id })).toEqual({ name: '#1001-R1' });

    const bulk = await run('mutation { bulkOperationRunQuery(query: "{ orders { edges { node { id returns { edges { node { id status reverseFulfillmentOrders { edges { node { id status } } } } } } } } } }") { bulkOperation { id } userErrors { message } } }');
    expect(bulk.userErrors).toEqual([]);
    await ask.context.bulk.idle();
    const { url } = await run('query($id: ID!) { bulkOperation(id: $id) { url } }', { id: bulk.bulkOperation.id });
    const lines = ask.context.bulk.result((url as string).split('/').pop()!)!.toString().trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map((line) => line['status'] ?? 'order')).toEqual(['order', 'CLOSED', 'CLOSED']);
  });

  test('requested, declined; money this store does not keep is refused, not swallowed', async () => {
    const store = open();
    const { run, ask, orderGid, shop, order } = store;
    await ship(store);
    const line = `gid://shopify/FulfillmentLineItem/${shop.fulfillmentsOf(order.id)[0]!.lines[0]!.id}`;
    const input = { orderId: orderGid, returnLineItems: [{ fulfillmentLineItemId: line, quantity: 1, returnReason: 'DEFECTIVE', customerNote: 'chipped' }] };
    const requested = await run('mutation($input: ReturnRequestInput!) { returnRequest(input: $input) { return { id status reverseFulfillmentOrders(first: 1) { nodes { id } } } userErrors { code } } }', { input });
    expect(requested).toMatchObject({ return: { status: 'REQUESTED', reverseFulfillmentOrders: { nodes: [] } }, userErrors: [] });
    const declined = await run('mutation($id: ID!) { returnDeclineRequest(input: { id: $id, declineReason: FINAL_SALE, declineNote: "no" }) { return { status decline { reason note } order { returnStatus } } userErrors { code } } }', { id: requested.return.id });
    expect(declined.return).toEqual({ status: 'DECLINED', decline: { reason: 'FINAL_SALE', note: 'no' }, order: { returnStatus: 'NO_RETURN' } });
    const foreign = await ask('mutation($input: ReturnInput!) { returnCreate(returnInput: $input) { userErrors { code } } }', { input: { orderId: orderGid, returnLineItems: [{ fulfillmentLineItemId: line, quantity: 1, restockingFee: { percentage: 10 } }] } });
    expect(foreign.errors?.[0]?.message).toBe('not simulated: returnCreate with restockingFee');
  });
});
