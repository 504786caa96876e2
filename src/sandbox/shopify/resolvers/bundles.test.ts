import { afterEach, expect, test } from 'vitest';
import { placeOrder } from '../engine/orders.ts';
import { openSmallShop } from '../engine/small-shop.ts';
import { askerOf } from '../graphql/execute.fixture.ts';
import type { OpenShop } from '../shop.ts';

const opened: OpenShop[] = [];
afterEach(() => { for (const shop of opened.splice(0)) shop.close(); });

test('a bundle made through the Admin API sells as its components, reports what they make, and cannot be written', async () => {
  const { shop, mug, plate, print, set, giftCard, main } = openSmallShop();
  opened.push(shop);
  const ask = askerOf(shop);
  const run = async (query: string, variables: Record<string, unknown> = {}): Promise<any> => {
    const reply = await ask(query, variables);
    expect(reply.errors).toBeUndefined();
    return Object.values(reply.data as Record<string, unknown>)[0];
  };
  const component = (variant: typeof mug, quantity: number) => ({
    productId: `gid://shopify/Product/${variant.productId}`, quantity, optionSelections: [{ componentOptionId: `gid://shopify/ProductOption/${variant.productId}0`, name: 'Title', values: ['Default Title'] }],
  });
  const CREATE = 'mutation($i: ProductBundleCreateInput!) { productBundleCreate(input: $i) { productBundleOperation { id status product { id } } userErrors { field message } } }';
  const created = await run(CREATE, { i: { title: 'Breakfast', components: [component(mug, 2), component(plate, 1)] } });
  expect(created).toMatchObject({ userErrors: [], productBundleOperation: { status: 'CREATED', product: null } });
  const operation = await run('query($id: ID!) { productOperation(id: $id) { status product { id title hasVariantsThatRequiresComponents variants(first: 2) { nodes { id price requiresComponents inventoryQuantity inventoryItem { id } productVariantComponents(first: 5) { nodes { quantity productVariant { sku } } } } } } } }', { id: created.productBundleOperation.id });
  const parent = operation.product.variants.nodes[0];
  // Main makes five of ten mugs, Second two of four.
  expect([operation.status, parent.requiresComponents, parent.inventoryQuantity, parent.price]).toEqual(['COMPLETE', true, 7, '25.00']);
  expect(parent.productVariantComponents.nodes).toEqual([{ quantity: 2, productVariant: { sku: 'MUG' } }, { quantity: 1, productVariant: { sku: 'PLATE' } }]);
  const written = await run('mutation($i: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $i) @idempotent(key: "k") { userErrors { code } } }',
    { i: { name: 'available', reason: 'correction', quantities: [{ inventoryItemId: parent.inventoryItem.id, locationId: `gid://shopify/Location/${main}`, quantity: 9, changeFromQuantity: null }] } });
  expect(written.userErrors).toEqual([{ code: 'NON_MUTABLE_INVENTORY_ITEM' }]);
  const variantId = (parent.id as string).split('/').pop()!;
  const order = placeOrder(shop, { lines: [{ variantId, quantity: 2 }] }).order!;
  expect((await run('query($id: ID!) { order(id: $id) { lineItems(first: 5) { nodes { sku quantity lineItemGroup { variantId quantity } } } } }', { id: `gid://shopify/Order/${order.id}` })).lineItems.nodes)
    .toEqual([{ sku: 'MUG', quantity: 4, lineItemGroup: { variantId: parent.id, quantity: 2 } }, { sku: 'PLATE', quantity: 2, lineItemGroup: { variantId: parent.id, quantity: 2 } }]);

  const variant = (id: string) => `gid://shopify/ProductVariant/${id}`;
  const RELATE = 'mutation($i: [ProductVariantRelationshipUpdateInput!]!) { productVariantRelationshipBulkUpdate(input: $i) { parentProductVariants { sku requiresComponents } userErrors { code } } }';
  const relate = (parentId: string, parts: [string, number][]) => run(RELATE, { i: [{ parentProductVariantId: variant(parentId), productVariantRelationshipsToCreate: parts.map(([id, quantity]) => ({ id: variant(id), quantity })) }] });
  expect((await relate(print.id, [[set.id, 1]])).userErrors).toEqual([{ code: 'NESTED_PARENT_PRODUCT_VARIANT' }]);
  expect((await relate(mug.id, [[plate.id, 1]])).userErrors).toEqual([{ code: 'NESTED_PARENT_PRODUCT_VARIANT' }]);
  expect((await relate(giftCard.id, [[plate.id, 1]])).userErrors).toEqual([{ code: 'PARENT_PRODUCT_VARIANT_CANNOT_BE_GIFT_CARD' }]);
  expect((await relate(print.id, [[plate.id, 3]])).parentProductVariants).toEqual([{ sku: 'PRINT', requiresComponents: true }]);
  expect((await run(RELATE, { i: [{ parentProductVariantId: variant(print.id), removeAllProductVariantRelationships: true }] })).parentProductVariants).toEqual([{ sku: 'PRINT', requiresComponents: false }]);
  expect((await run('query($id: ID!) { productVariant(id: $id) { productParents(first: 5) { nodes { title } } } }', { id: variant(plate.id) })).productParents.nodes).toEqual([{ title: 'Tea set' }, { title: 'Breakfast' }]);
});
