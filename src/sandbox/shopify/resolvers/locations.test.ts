import { afterEach, describe, expect, test } from 'vitest';
import { DEFAULT_SCOPES } from '../access.ts';
import { editByHand } from '../engine/inventory.ts';
import { openSmallShop } from '../engine/small-shop.ts';
import { askerOf } from '../graphql/execute.fixture.ts';
import type { OpenShop } from '../shop.ts';

const opened: OpenShop[] = [];
afterEach(() => { for (const shop of opened.splice(0)) shop.close(); });
function open() {
  const small = openSmallShop();
  opened.push(small.shop);
  // Staff names are read_users only.
  const ask = askerOf(small.shop, { scopes: [...DEFAULT_SCOPES, 'read_users'] });
  const run = async (query: string, variables: Record<string, unknown> = {}): Promise<any> => {
    const reply = await ask(query, variables);
    expect(reply.errors).toBeUndefined();
    return Object.values(reply.data as Record<string, unknown>)[0];
  };
  return { ...small, ask, run, gid: (id: string) => `gid://shopify/Location/${id}`, item: `gid://shopify/InventoryItem/${small.mug.inventoryItemId}` };
}

describe('locations through the Admin API', () => {
  test('deactivation needs a key, answers its own kind of errors, hides location and levels, and repeats itself', async () => {
    const { ask, run, main, second, gid, item } = open();
    const DEACTIVATE = 'mutation($id: ID!, $to: ID, $k: String!) { locationDeactivate(locationId: $id, destinationLocationId: $to) @idempotent(key: $k) { location { isActive deactivatedAt } locationDeactivateUserErrors { code field message } } }';
    expect((await ask(DEACTIVATE.replace('@idempotent(key: $k) ', '').replace(', $k: String!', ''), { id: gid(main) })).errors?.[0]?.extensions?.['code']).toBe('BAD_REQUEST');
    expect(await run(DEACTIVATE, { id: gid(main), k: 'a' })).toMatchObject({ location: null, locationDeactivateUserErrors: [{ code: 'HAS_ACTIVE_INVENTORY_ERROR' }] });
    const gone = await run(DEACTIVATE, { id: gid(main), to: gid(second), k: 'b' });
    expect(gone).toEqual({ location: { isActive: false, deactivatedAt: '2026-11-02T15:00:00Z' }, locationDeactivateUserErrors: [] });
    expect(await run(DEACTIVATE, { id: gid(main), to: gid(second), k: 'b' })).toEqual(gone);
    expect(await run('{ locations(first: 5) { nodes { name } } }')).toEqual({ nodes: [{ name: 'Second' }] });
    expect((await run('{ locations(first: 5, includeInactive: true) { nodes { name isActive activatable } } }')).nodes).toEqual([{ name: 'Main', isActive: false, activatable: true }, { name: 'Second', isActive: true, activatable: false }]);
    const levels = 'query($id: ID!, $all: Boolean) { inventoryItem(id: $id) { inventoryLevels(first: 5, includeInactive: $all) { nodes { isActive location { name } quantities(names: ["available"]) { quantity } } } locationsCount { count } } }';
    expect(await run(levels, { id: item })).toMatchObject({ inventoryLevels: { nodes: [{ isActive: true, quantities: [{ quantity: 14 }] }] }, locationsCount: { count: 1 } });
    expect((await run(levels, { id: item, all: true })).inventoryLevels.nodes).toMatchObject([{ isActive: false, location: { name: 'Main' }, quantities: [{ quantity: 0 }] }, {}]);
    expect(await run('mutation($id: ID!) { locationActivate(locationId: $id) @idempotent(key: "c") { location { isActive } locationActivateUserErrors { code } } }', { id: gid(main) })).toEqual({ location: { isActive: true }, locationActivateUserErrors: [] });
  });

  test('an item is switched off and on; its numbers stay', async () => {
    const { run, main, gid, item, mug } = open();
    const level = `gid://shopify/InventoryLevel/${main}?inventory_item_id=${mug.inventoryItemId}`;
    expect(await run('mutation($id: ID!) { inventoryDeactivate(inventoryLevelId: $id) { userErrors { message } } }', { id: level })).toEqual({ userErrors: [] });
    expect(await run('query($i: ID!, $l: ID!) { inventoryItem(id: $i) { inventoryLevel(locationId: $l) { id } } }', { i: item, l: gid(main) })).toEqual({ inventoryLevel: null });
    expect(await run('query($id: ID!) { inventoryLevel(id: $id) { isActive quantities(names: ["available"]) { quantity } } }', { id: level })).toEqual({ isActive: false, quantities: [{ quantity: 10 }] });
    const toggled = await run('mutation($i: ID!, $u: [InventoryBulkToggleActivationInput!]!) { inventoryBulkToggleActivation(inventoryItemId: $i, inventoryItemUpdates: $u) { inventoryItem { id } inventoryLevels { quantities(names: ["available"]) { quantity } } userErrors { code field } } }', { i: item, u: [{ locationId: gid(main), activate: true }] });
    expect(toggled).toEqual({ inventoryItem: { id: item }, inventoryLevels: [{ quantities: [{ quantity: 10 }] }], userErrors: [] });
  });

  test('an adjustment group says whose hand it was', async () => {
    const { run, shop, mug, main, gid, item } = open();
    const own = await run('mutation($i: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $i) @idempotent(key: "k") { inventoryAdjustmentGroup { id app { title } staffMember { name } } userErrors { code } } }',
      { i: { name: 'available', reason: 'correction', quantities: [{ inventoryItemId: item, locationId: gid(main), quantity: 9, changeFromQuantity: 10 }] } });
    expect(own.inventoryAdjustmentGroup).toMatchObject({ app: { title: 'This app' }, staffMember: null });
    const by = (writer: { app: string } | { staff: string }) => editByHand(shop, { inventoryItemId: mug.inventoryItemId, locationId: main, change: { name: 'damaged', delta: 2 }, reason: 'damaged' }, { by: writer }).group!;
    const group = 'query($id: ID!) { node(id: $id) { ... on InventoryAdjustmentGroup { reason app { title } staffMember { name } changes { name delta } } } }';
    expect(await run(group, { id: `gid://shopify/InventoryAdjustmentGroup/${by({ staff: 'Ann' }).id}` })).toEqual({ reason: 'damaged', app: null, staffMember: { name: 'Ann' }, changes: [{ name: 'damaged', delta: 2 }, { name: 'on_hand', delta: 2 }] });
    expect(await run(group, { id: `gid://shopify/InventoryAdjustmentGroup/${by({ app: 'Stock tool' }).id}` })).toMatchObject({ app: { title: 'Stock tool' }, staffMember: null });
  });
});
