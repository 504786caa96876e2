import { afterEach, describe, expect, test } from 'vitest';
import { faultsOf } from '../engine/conservation.ts';
import { deactivateLocation } from '../engine/locations.ts';
import { openSmallShop } from '../engine/small-shop.ts';
import { askerOf } from '../graphql/execute.fixture.ts';
import type { OpenShop } from '../shop.ts';

const opened: OpenShop[] = [];
afterEach(() => { for (const shop of opened.splice(0)) shop.close(); });
function open() {
  const small = openSmallShop();
  opened.push(small.shop);
  const ask = askerOf(small.shop);
  const run = async (query: string, variables: Record<string, unknown> = {}): Promise<any> => {
    const reply = await ask(query, variables);
    expect(reply.errors).toBeUndefined();
    return Object.values(reply.data as Record<string, unknown>)[0];
  };
  const topics: string[] = [];
  small.shop.onEvent((event) => { if (event.topic.startsWith('inventory_transfers') || event.topic.startsWith('inventory_shipments')) topics.push(event.topic.replace('inventory_', '')); });
  const place = (id: string) => `gid://shopify/Location/${id}`;
  const item = (variant: { inventoryItemId: string }) => `gid://shopify/InventoryItem/${variant.inventoryItemId}`;
  const mugs = () => [small.main, small.second].map((id) => { const { available, reserved, incoming } = small.shop.tables.levels.get(`${small.mug.inventoryItemId}:${id}`)!.quantities; return [available, reserved, incoming]; });
  return { ...small, ask, run, topics, place, item, mugs };
}

const TRANSFER = 'id name status totalQuantity receivedQuantity origin { name location { id } } destination { name } lineItems(first: 5) { nodes { id inventoryItem { sku } title totalQuantity processableQuantity pickedForShipmentQuantity shippedQuantity } } shipments(first: 5) { nodes { id status } }';
const CREATE = `mutation($i: InventoryTransferCreateInput!, $k: String!) { inventoryTransferCreate(input: $i) @idempotent(key: $k) { inventoryTransfer { ${TRANSFER} } userErrors { code field } } }`;
const READY = `mutation($id: ID!) { inventoryTransferMarkAsReadyToShip(id: $id) { inventoryTransfer { ${TRANSFER} } userErrors { code } } }`;
const SHIP = 'mutation($i: InventoryShipmentCreateInput!, $k: String!) { inventoryShipmentCreateInTransit(input: $i) @idempotent(key: $k) { inventoryShipment { id name status lineItemTotalQuantity tracking { trackingUrl } lineItems(first: 5) { nodes { id quantity unreceivedQuantity } } } userErrors { code field } } }';
const RECEIVE = 'mutation($id: ID!, $l: [InventoryShipmentReceiveItemInput!], $all: InventoryShipmentReceiveLineItemReason, $k: String!) { inventoryShipmentReceive(id: $id, lineItems: $l, bulkReceiveAction: $all) @idempotent(key: $k) { inventoryShipment { status totalAcceptedQuantity totalRejectedQuantity } userErrors { code field } } }';

describe('a transfer', () => {
  test('drafted, ready, sent in two shipments, received: every unit is in one state at one place', async () => {
    const { ask, run, topics, place, item, mugs, main, second, mug, shop } = open();
    const input = { originLocationId: place(main), destinationLocationId: place(second), lineItems: [{ inventoryItemId: item(mug), quantity: 5 }], referenceName: 'PO-9', tags: ['weekly'] };
    expect((await ask(CREATE.replace(' @idempotent(key: $k)', '').replace(', $k: String!', ''), { i: input })).errors?.[0]?.extensions?.['code']).toBe('BAD_REQUEST');
    const created = await run(CREATE, { i: input, k: 'a' });
    expect(created).toMatchObject({ userErrors: [], inventoryTransfer: { name: '#T0001', status: 'DRAFT', totalQuantity: 5, origin: { name: 'Main' }, lineItems: { nodes: [{ title: 'Mug', processableQuantity: 5 }] } } });
    expect((await run(CREATE, { i: input, k: 'a' })).inventoryTransfer.id).toBe(created.inventoryTransfer.id);
    expect([mugs(), shop.tables.transfers.size]).toEqual([[[10, 0, 0], [4, 0, 0]], 1]);
    const { id } = created.inventoryTransfer;
    expect((await run(READY, { id })).inventoryTransfer.status).toBe('READY_TO_SHIP');
    expect(mugs()).toEqual([[5, 5, 0], [4, 0, 0]]);
    const ship = (quantity: number, k: string) => run(SHIP, { i: { movementId: id, lineItems: [{ inventoryItemId: item(mug), quantity }], trackingInput: { company: 'UPS', trackingNumber: '1Z' } }, k });
    const first = await ship(3, 'b');
    expect(first.inventoryShipment).toMatchObject({ name: '#T0001-1', status: 'IN_TRANSIT', tracking: { trackingUrl: expect.stringContaining('1Z') as string } });
    expect([mugs(), (await ship(3, 'c')).userErrors]).toEqual([[[5, 2, 0], [4, 0, 3]], [{ code: 'INVALID_QUANTITY', field: ['input', 'lineItems', '0', 'quantity'] }]]);
    const line = first.inventoryShipment.lineItems.nodes[0].id as string;
    expect(await run(RECEIVE, { id: first.inventoryShipment.id, l: [{ shipmentLineItemId: line, quantity: 2, reason: 'ACCEPTED' }], k: 'd' })).toMatchObject({ inventoryShipment: { status: 'PARTIALLY_RECEIVED', totalAcceptedQuantity: 2 } });
    expect(await run(RECEIVE, { id: first.inventoryShipment.id, all: 'REJECTED', k: 'e' })).toMatchObject({ inventoryShipment: { status: 'RECEIVED', totalRejectedQuantity: 1 } });
    expect(mugs()).toEqual([[5, 2, 0], [6, 0, 0]]);
    const rest = await ship(2, 'f');
    await run(RECEIVE, { id: rest.inventoryShipment.id, all: 'ACCEPTED', k: 'g' });
    expect(mugs()).toEqual([[5, 0, 0], [8, 0, 0]]);
    expect((await run('{ inventoryTransfers(first: 5, query: "status:transferred") { nodes { status receivedQuantity shipments(first: 5) { nodes { status } } } } }')).nodes).toEqual([{ status: 'TRANSFERRED', receivedQuantity: 5, shipments: { nodes: [{ status: 'RECEIVED' }, { status: 'RECEIVED' }] } }]);
    expect(topics).toEqual(['transfers/ready_to_ship', 'shipments/create', 'transfers/updated', 'shipments/mark_in_transit', 'shipments/receive_items', 'shipments/receive_items',
      'shipments/create', 'transfers/updated', 'shipments/mark_in_transit', 'shipments/receive_items', 'transfers/complete']);
    expect(faultsOf(shop)).toEqual([]);
  });

  test('changed and cancelled while it waits; refusals carry their codes', async () => {
    const { run, place, item, mugs, main, second, mug, plate, set, giftCard } = open();
    const code = async (more: Record<string, unknown>) => (await run(CREATE, { i: { originLocationId: place(main), destinationLocationId: place(second), lineItems: [], ...more }, k: JSON.stringify(more) })).userErrors[0]?.code as string;
    const one = (variant: { inventoryItemId: string }) => ({ inventoryItemId: item(variant), quantity: 1 });
    expect([await code({ destinationLocationId: place(main) }), await code({ lineItems: [one(set)] }), await code({ lineItems: [one(giftCard)] }), await code({ lineItems: [one(mug), one(mug)] }), await code({ originLocationId: place('9') })])
      .toEqual(['TRANSFER_ORIGIN_CANNOT_BE_THE_SAME_AS_DESTINATION', 'BUNDLED_ITEM', 'UNTRACKED_ITEM', 'DUPLICATE_ITEM', 'LOCATION_NOT_FOUND']);
    const originless = await run(CREATE, { i: { destinationLocationId: place(second), lineItems: [one(mug)] }, k: 'x' });
    expect((await run(READY, { id: originless.inventoryTransfer.id })).userErrors).toEqual([{ code: 'LOCATION_REQUIRED' }]);
    const created = await run(CREATE, { i: { originLocationId: place(main), destinationLocationId: place(second), lineItems: [{ ...one(mug), quantity: 4 }] }, k: 'y' });
    const { id } = created.inventoryTransfer;
    await run(READY, { id });
    const SET = 'mutation($i: InventoryTransferSetItemsInput!, $k: String!) { inventoryTransferSetItems(input: $i) @idempotent(key: $k) { updatedLineItems { inventoryItemId newQuantity deltaQuantity } userErrors { code } } }';
    expect((await run(SET, { i: { id, lineItems: [{ ...one(mug), quantity: 6 }, one(plate)] }, k: 's' })).updatedLineItems).toEqual([{ inventoryItemId: item(mug), newQuantity: 6, deltaQuantity: 2 }, { inventoryItemId: item(plate), newQuantity: 1, deltaQuantity: 1 }]);
    expect((await run(SET, { i: { id, lineItems: [{ ...one(mug), quantity: 0 }] }, k: 't' })).userErrors).toEqual([{ code: 'INVALID_QUANTITY' }]);
    expect(mugs()[0]).toEqual([4, 6, 0]);
    const lines = (await run(`query($id: ID!) { inventoryTransfer(id: $id) { ${TRANSFER} } }`, { id })).lineItems.nodes as { id: string }[];
    const REMOVE = 'mutation($i: InventoryTransferRemoveItemsInput!) { inventoryTransferRemoveItems(input: $i) { removedQuantities { newQuantity deltaQuantity } userErrors { code } } }';
    expect((await run(REMOVE, { i: { id, transferLineItemIds: [lines[0]!.id] } })).removedQuantities).toEqual([{ newQuantity: 0, deltaQuantity: -6 }]);
    expect((await run(REMOVE, { i: { id, transferLineItemIds: [lines[1]!.id] } })).userErrors).toEqual([{ code: 'CANT_REMOVE_ALL_ITEMS_FROM_READY_TO_SHIP_TRANSFER' }]);
    expect((await run('mutation($id: ID!) { inventoryTransferCancel(id: $id) { inventoryTransfer { status } userErrors { code } } }', { id })).inventoryTransfer).toEqual({ status: 'CANCELED' });
    expect(mugs()).toEqual([[10, 0, 0], [4, 0, 0]]);
    expect((await run(READY, { id })).userErrors).toEqual([{ code: 'INVALID_TRANSFER_STATUS' }]);
  });

  test('is refused in the words each mutation has for it', async () => {
    const { run, place, item, main, second, mug, plate } = open();
    const ready = (quantity: number, k: string) => run(`mutation($i: InventoryTransferCreateAsReadyToShipInput!) { inventoryTransferCreateAsReadyToShip(input: $i) @idempotent(key: "${k}") { inventoryTransfer { id } userErrors { code } } }`,
      { i: { originLocationId: place(main), destinationLocationId: place(second), lineItems: [{ inventoryItemId: item(mug), quantity }] } });
    expect((await ready(0, 'a')).userErrors).toEqual([{ code: 'INVALID_QUANTITY' }]);
    const { id } = (await ready(5, 'b')).inventoryTransfer as { id: string };
    const ship = async (mutation: string, lineItems: unknown[], barcode: string, k: string) =>
      (await run(`mutation($i: InventoryShipmentCreateInput!) { ${mutation}(input: $i) @idempotent(key: "${k}") { inventoryShipment { id } userErrors { code } } }`, { i: { movementId: id, lineItems, barcode } })) as { inventoryShipment: { id: string } | null; userErrors: { code: string }[] };
    const one = [{ inventoryItemId: item(mug), quantity: 1 }];
    const draft = (await ship('inventoryShipmentCreate', one, 'X', 'c')).inventoryShipment!;
    for (const [mutation, code] of [['inventoryShipmentCreate', 'BARCODE_DUPLICATE'], ['inventoryShipmentCreateInTransit', 'INVALID_SHIPMENT_INPUT']] as const) {
      expect((await ship(mutation, one, 'X', `${mutation}1`)).userErrors).toEqual([{ code }]);
      expect((await ship(mutation, [], 'Y', `${mutation}2`)).userErrors).toEqual([{ code: 'EMPTY_SHIPMENT_INPUT' }]);
      expect((await ship(mutation, [{ inventoryItemId: item(plate), quantity: 1 }], 'Y', `${mutation}3`)).userErrors).toEqual([{ code: 'ITEM_NOT_FOUND' }]);
    }
    expect((await run(`mutation { inventoryShipmentReceive(id: "${draft.id}", bulkReceiveAction: ACCEPTED) @idempotent(key: "d") { userErrors { code } } }`)).userErrors).toEqual([{ code: 'INVALID_SHIPMENT_STATUS' }]);
    expect((await run(`mutation { inventoryTransferCancel(id: "${id}") { userErrors { code } } }`)).userErrors).toEqual([{ code: 'SHIPMENT_EXISTS' }]);
    expect((await run(`mutation { inventoryShipmentDelete(id: "${draft.id}") { id userErrors { code } } }`))).toEqual({ id: draft.id, userErrors: [] });
    expect((await run(`mutation { inventoryShipmentMarkInTransit(id: "${draft.id}") { userErrors { code } } }`)).userErrors).toEqual([{ code: 'SHIPMENT_NOT_FOUND' }]);
  });

  test('on its way to a location that closes: goes to its destination instead, or blocks', async () => {
    const { run, shop, place, item, main, second, mug } = open();
    const id = (await run(CREATE, { i: { originLocationId: place(main), destinationLocationId: place(second), lineItems: [{ inventoryItemId: item(mug), quantity: 2 }] }, k: 'a' })).inventoryTransfer.id as string;
    await run(READY, { id });
    await run(SHIP, { i: { movementId: id, lineItems: [{ inventoryItemId: item(mug), quantity: 2 }] }, k: 'b' });
    expect(deactivateLocation(shop, { id: second }).userErrors).toMatchObject([{ code: 'TEMPORARILY_BLOCKED_FROM_DEACTIVATION_ERROR' }]);
    expect(deactivateLocation(shop, { id: second, destinationId: main }).userErrors).toMatchObject([{ code: 'FAILED_TO_RELOCATE_INCOMING_MOVEMENTS' }]);
    const third = shop.nextId('Location');
    shop.put('locations', { ...shop.tables.locations.get(main)!, id: third, name: 'Third' });
    shop.commit();
    expect(deactivateLocation(shop, { id: second, destinationId: third }).userErrors).toEqual([]);
    expect(shop.tables.levels.get(`${mug.inventoryItemId}:${third}`)!.quantities).toMatchObject({ available: 4, incoming: 2 });
    expect((await run(`query($id: ID!) { inventoryTransfer(id: $id) { ${TRANSFER} } }`, { id })).destination).toEqual({ name: 'Third' });
    expect(faultsOf(shop)).toEqual([]);
  });
});
