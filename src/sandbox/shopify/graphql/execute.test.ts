import { afterEach, describe, expect, test } from 'vitest';
import type { OpenShop } from '../shop.ts';
import { smallShop } from '../small-shop.fixture.ts';
import { askerOf } from './execute.fixture.ts';

const opened: OpenShop[] = [];
function open(...args: Parameters<typeof smallShop>) {
  const small = smallShop(...args);
  opened.push(small.shop);
  return small;
}
afterEach(() => { for (const shop of opened.splice(0)) shop.close(); });

describe('reading', () => {
  test('a level shows its states, on hand as their sum without incoming', async () => {
    const ask = askerOf(open().shop);
    const reply = await ask(`{ inventoryItem(id: "gid://shopify/InventoryItem/401") { sku inventoryLevel(locationId: "gid://shopify/Location/701") {
      id isActive quantities(names: ["available", "committed", "on_hand", "incoming"]) { name quantity updatedAt } } } }`);
    expect(reply.errors).toBeUndefined();
    expect(reply.data).toMatchObject({ inventoryItem: { sku: 'SH-1', inventoryLevel: {
      id: 'gid://shopify/InventoryLevel/701?inventory_item_id=401', isActive: true,
      quantities: [{ name: 'available', quantity: 10 }, { name: 'committed', quantity: 2 }, { name: 'on_hand', quantity: 13, updatedAt: '2026-11-20T12:00:00Z' }, { name: 'incoming', quantity: 7 }],
    } } });
  });

  test('a native bundle sells what its components make, place by place', async () => {
    const ask = askerOf(open().shop);
    const reply = await ask('{ productVariant(id: "gid://shopify/ProductVariant/305") { inventoryQuantity requiresComponents productVariantComponents(first: 9) { nodes { quantity productVariant { sku } } } } }');
    // Main: min(10/1, 20/3) = 6; Annex: min(11, 21/3) = 7
    expect(reply.data).toMatchObject({ productVariant: { inventoryQuantity: 13, requiresComponents: true, productVariantComponents: { nodes: [{ quantity: 1, productVariant: { sku: 'SH-1' } }, { quantity: 3 }] } } });
  });

  test('an order carries lines, refund, fulfilment and fulfilment order', async () => {
    const ask = askerOf(open().shop);
    const reply = await ask(`{ orders(first: 10, sortKey: ID, query: "id:>=900002 id:<=900004") { nodes { name displayFulfillmentStatus displayFinancialStatus
      lineItems(first: 5) { nodes { quantity currentQuantity unfulfilledQuantity sku lineItemGroup { id quantity } originalUnitPriceSet { shopMoney { amount currencyCode } } } }
      refunds { id refundLineItems(first: 5) { nodes { quantity restockType restocked location { name } lineItem { id } } } }
      fulfillments { status trackingInfo { number company } fulfillmentLineItems(first: 5) { nodes { quantity lineItem { id } } } }
      fulfillmentOrders(first: 5) { nodes { status assignedLocation { location { id } } lineItems(first: 5) { nodes { remainingQuantity totalQuantity lineItem { id } } } } } } } }`);
    expect(reply.errors).toBeUndefined();
    const [second, third, fourth] = (reply.data as { orders: { nodes: Record<string, unknown>[] } }).orders.nodes;
    expect(second).toMatchObject({ name: '#1002', displayFulfillmentStatus: 'UNFULFILLED', displayFinancialStatus: 'PARTIALLY_REFUNDED',
      refunds: [{ refundLineItems: { nodes: [{ quantity: 1, restockType: 'CANCEL', restocked: true, location: { name: 'Main' }, lineItem: { id: 'gid://shopify/LineItem/9000020' } }] } }] });
    expect(third).toMatchObject({ displayFulfillmentStatus: 'PARTIALLY_FULFILLED', fulfillments: [{ status: 'SUCCESS', trackingInfo: [{ number: 'T1', company: 'DHL' }] }] });
    expect(fourth).toMatchObject({ lineItems: { nodes: [{ lineItemGroup: { id: 'gid://shopify/LineItemGroup/9000049', quantity: 1 }, originalUnitPriceSet: { shopMoney: { amount: '10.01', currencyCode: 'EUR' } } }, {}] } });
  });

  test('nodes answers each id by its type, null for unknown', async () => {
    const ask = askerOf(open().shop);
    const reply = await ask('query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Order { name } ... on InventoryLevel { isActive } } }',
      { ids: ['gid://shopify/Order/900001', 'gid://shopify/InventoryLevel/701?inventory_item_id=401', 'gid://shopify/Order/5', 'gid://shopify/LineItem/9000010'] });
    expect(reply.errors).toBeUndefined();
    expect((reply.data as { nodes: unknown[] }).nodes).toMatchObject([{ __typename: 'Order', name: '#1001' }, { isActive: true }, null, { __typename: 'LineItem' }]);
  });

  test('what is not modelled says so and invents nothing', async () => {
    const ask = askerOf(open().shop);
    const reply = await ask('{ order(id: "gid://shopify/Order/900001") { name note } publicApiVersions { handle } }');
    expect(reply.data).toBeNull();
    expect(reply.errors?.map((error) => [error.message, error.extensions?.['code']])).toContainEqual(['not simulated: QueryRoot.publicApiVersions', 'NOT_SIMULATED']);
    const note = await ask('{ order(id: "gid://shopify/Order/900001") { name note } }');
    expect(note).toMatchObject({ data: { order: { name: '#1001', note: null } }, errors: [{ message: 'not simulated: Order.note' }] });
  });
});

describe('rights', () => {
  test('a missing scope denies the field, and hides fulfilment orders row by row', async () => {
    const ask = askerOf(open().shop, { scopes: ['read_orders', 'read_all_orders'] });
    const denied = await ask('{ productVariants(first: 1) { nodes { id } } }');
    expect(denied.errors?.[0]).toMatchObject({ message: expect.stringContaining('Access denied for productVariants'), extensions: { code: 'ACCESS_DENIED' } });
    const fewer = await ask('{ order(id: "gid://shopify/Order/900001") { fulfillmentOrders(first: 5) { nodes { id } } } }');
    expect(fewer).toMatchObject({ data: { order: { fulfillmentOrders: { nodes: [] } } } });
    expect(fewer.errors).toBeUndefined();
  });

  test('without read_all_orders the history ends after 60 days', async () => {
    const { shop, setClock } = open();
    const narrow = askerOf(shop, { scopes: ['read_orders'] });
    const wide = askerOf(shop);
    const count = async (ask: typeof wide) => (await ask('{ ordersCount { count precision } }')).data;
    setClock('2027-01-19T11:55:30Z'); // 60 days after 11:55:30 on the day of the orders: 11:56 to 12:00 remain
    expect(await count(narrow)).toEqual({ ordersCount: { count: 5, precision: 'EXACT' } });
    expect(await count(wide)).toEqual({ ordersCount: { count: 10, precision: 'EXACT' } });
    expect((await narrow('{ order(id: "gid://shopify/Order/900001") { id } }')).data).toEqual({ order: null });
  });
});

describe('refusals', () => {
  const set = (directive: string, change: string) => `mutation { inventorySetQuantities(input: { name: "available", reason: "correction",
    quantities: [{ inventoryItemId: "gid://shopify/InventoryItem/401", locationId: "gid://shopify/Location/701", quantity: 5 ${change} }] }) ${directive} { userErrors { code message } } }`;
  const codes = (reply: { errors?: readonly { extensions?: Record<string, unknown> }[] }) => reply.errors?.map((error) => error.extensions?.['code']);

  test('changeFromQuantity absent, in the literal or in variables, is refused before the key', async () => {
    const ask = askerOf(open().shop);
    expect(codes(await ask(set('', '')))).toEqual(['INVALID_FIELD_ARGUMENTS']);
    const viaVariables = 'mutation($i: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $i) @idempotent(key: "k") { userErrors { code } } }';
    const row = { inventoryItemId: 'gid://shopify/InventoryItem/401', locationId: 'gid://shopify/Location/701', quantity: 5 };
    const input = { name: 'available', reason: 'correction', quantities: [row] };
    const reply = await ask(viaVariables, { i: input });
    expect(reply).toMatchObject({ errors: [{ message: expect.stringContaining('must include the following argument: changeFromQuantity') }] });
    expect(reply.data).toBeUndefined();
  });

  test('the idempotency key is required and may not be blank', async () => {
    const ask = askerOf(open().shop);
    const missing = await ask(set('', ', changeFromQuantity: null'));
    expect(missing.errors?.[0]).toMatchObject({ message: expect.stringContaining('@idempotent directive is required'), extensions: { code: 'BAD_REQUEST' } });
    expect(codes(await ask(set('@idempotent(key: "  ")', ', changeFromQuantity: null')))).toEqual(['BAD_REQUEST']);
  });

  test('an old field is an invalid variable, 251 rows are too many, an unknown field is named', async () => {
    const ask = askerOf(open().shop);
    const mutation = 'mutation($i: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $i) @idempotent(key: "k") { userErrors { code } } }';
    const row = { inventoryItemId: 'gid://shopify/InventoryItem/401', locationId: 'gid://shopify/Location/701', quantity: 5, changeFromQuantity: null };
    const input = { name: 'available', reason: 'correction', quantities: [row] };
    expect(codes(await ask(mutation, { i: { ...input, ignoreCompareQuantity: true } }))).toEqual(['INVALID_VARIABLE']);
    expect(codes(await ask(mutation, { i: { ...input, quantities: Array.from({ length: 251 }, () => row) } }))).toEqual(['MAX_INPUT_SIZE_EXCEEDED']);
    expect(codes(await ask('{ shop { naem } }'))).toEqual(['undefinedField']);
    expect(codes(await ask('{ shop { '))).toEqual(['syntax_error']);
    expect(codes(await ask('{ orders(first: 2, query: "delivery_method:pickup") { nodes { id } } }'))).toEqual(['NOT_SIMULATED']);
  });
});

describe('cost', () => {
  test('every reply carries its cost; a dear query and an empty bucket are refused without data', async () => {
    const { shop, setClock } = open();
    const ask = askerOf(shop, { plan: 'standard' });
    const cheap = await ask('{ orders(first: 100) { nodes { id } } }');
    // 2 + 1 × floor(2 ln 100) asked, 2 + 1 × floor(2 ln 10) used
    expect(cheap.extensions.cost).toMatchObject({ requestedQueryCost: 11, actualQueryCost: 6, throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 1994, restoreRate: 100 } });
    const nested = '{ orders(first: 250) { nodes { lineItems(first: 250) { nodes { variant { inventoryItem { inventoryLevels(first: 250) { nodes { id } } } } } } } } }';
    const dear = await ask(nested);
    expect(dear.errors?.[0]?.extensions).toMatchObject({ code: 'MAX_COST_EXCEEDED', maxCost: 1000 });
    expect(dear.data).toBeUndefined();
    ask.bucket.drain(Date.parse(shop.now()));
    const throttled = await ask('{ shop { name } }');
    expect(throttled).toMatchObject({ errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }], extensions: { cost: { requestedQueryCost: 1, actualQueryCost: null, throttleStatus: { currentlyAvailable: 0 } } } });
    expect(throttled.data).toBeUndefined();
    setClock('2026-11-20T12:00:01Z');
    expect((await ask('{ shop { name } }')).extensions.cost?.throttleStatus.currentlyAvailable).toBe(99);
  });
});
