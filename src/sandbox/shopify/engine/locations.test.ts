import { describe, expect, it } from 'vitest';
import { faultsOf } from './conservation.ts';
import { createFulfillment } from './fulfilments.ts';
import { activate, adjustQuantities, editByHand, setQuantities } from './inventory.ts';
import { quantityAt } from './levels.ts';
import { activateLocation, addLocation, deactivateLocation, deleteLocation } from './locations.ts';
import { placeOrder, routeDue } from './orders.ts';
import { openSmallShop } from './small-shop.ts';
import { deactivateLevel, toggleLevels } from './stocking.ts';

function open() {
  const small = openSmallShop();
  const topics: string[] = [];
  small.shop.onEvent((event) => topics.push(event.topic));
  const key = (place: string) => `${small.mug.inventoryItemId}:${place}`;
  return { ...small, topics, key };
}

describe('an item no longer stocked at a location', () => {
  it('keeps its numbers there, is not sold from there, and comes back with them', () => {
    const { shop, mug, print, main, second, topics, key } = open();
    expect(deactivateLevel(shop, key(main)).userErrors).toEqual([]);
    expect(topics).toEqual(['inventory_levels/disconnect']);
    expect(shop.tables.levels.get(key(main))).toMatchObject({ isActive: false, quantities: { available: 10 } });
    const order = placeOrder(shop, { lines: [{ variantId: mug.id, quantity: 2 }] }).order!;
    expect(order.committedAt[order.lines[0]!.id]).toBe(second);
    expect(placeOrder(shop, { lines: [{ variantId: mug.id, quantity: 5 }] }).userErrors).toHaveLength(1);
    // What may be oversold is owed by the place that stocks it.
    deactivateLevel(shop, `${print.inventoryItemId}:${main}`);
    const owed = placeOrder(shop, { lines: [{ variantId: print.id, quantity: 50 }] }).order!;
    expect([owed.committedAt[owed.lines[0]!.id], shop.tables.levels.get(`${print.inventoryItemId}:${main}`)?.isActive]).toEqual([second, false]);
    expect(deactivateLevel(shop, key(second)).userErrors).toMatchObject([{ code: null }]);
    expect(toggleLevels(shop, mug.inventoryItemId, [{ locationId: second, activate: false }]).userErrors).toMatchObject([{ code: 'CANNOT_DEACTIVATE_FROM_ONLY_LOCATION' }]);
    // On and off in one call; committed units do not stand in the way.
    expect(toggleLevels(shop, mug.inventoryItemId, [{ locationId: second, activate: false }, { locationId: main, activate: true }]).levels).toMatchObject([{ locationId: main, quantities: { available: 10 } }]);
    expect(activate(shop, { inventoryItemId: mug.inventoryItemId, locationId: second }).level).toMatchObject({ isActive: true, quantities: { available: 2, committed: 2 } });
    expect(faultsOf(shop)).toEqual([]);
  });

  it('still ships what was committed there, without being stocked again', () => {
    const { shop, mug, main, key, tick } = open();
    const order = placeOrder(shop, { lines: [{ variantId: mug.id, quantity: 2 }] }).order!;
    tick(300);
    routeDue(shop);
    deactivateLevel(shop, key(main));
    createFulfillment(shop, { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: shop.fulfillmentOrdersOf(order.id)[0]!.id }] });
    expect(shop.tables.levels.get(key(main))).toMatchObject({ isActive: false, quantities: { available: 8, committed: 0 } });
    // A write starts it again: 2026-10 has no "not stocked" error.
    setQuantities(shop, { name: 'available', reason: 'correction', quantities: [{ inventoryItemId: mug.inventoryItemId, locationId: main, quantity: 5, changeFromQuantity: 8 }] });
    expect(shop.tables.levels.get(key(main))).toMatchObject({ isActive: true, quantities: { available: 5 } });
  });
});

describe('a location', () => {
  it('is deactivated only when it is empty or its stock and work have somewhere to go', () => {
    const { shop, mug, main, second, topics, tick } = open();
    const routed = placeOrder(shop, { lines: [{ variantId: mug.id, quantity: 3 }] }).order!;
    tick(300);
    routeDue(shop);
    const fresh = placeOrder(shop, { lines: [{ variantId: mug.id, quantity: 1 }] }).order!;
    const code = (destinationId: string | null) => deactivateLocation(shop, { id: main, destinationId }).userErrors[0]?.code;
    expect([code(null), code(main), code('9')]).toEqual(['HAS_FULFILLMENT_ORDERS_ERROR', 'DESTINATION_LOCATION_IS_THE_SAME_LOCATION', 'DESTINATION_LOCATION_NOT_FOUND_OR_INACTIVE']);
    const ledger = { name: 'incoming', reason: 'movement_created' };
    adjustQuantities(shop, { ...ledger, changes: [{ inventoryItemId: mug.inventoryItemId, locationId: main, delta: 5, ledgerDocumentUri: 'gid://app/PurchaseOrder/1' }] });
    expect(code(second)).toBe('HAS_INCOMING_FROM_EXTERNAL_DOCUMENT_SOURCES');
    adjustQuantities(shop, { ...ledger, changes: [{ inventoryItemId: mug.inventoryItemId, locationId: main, delta: -5, ledgerDocumentUri: 'gid://app/PurchaseOrder/1' }] });
    topics.length = 0;
    expect(code(second)).toBeUndefined();
    expect(topics.filter((topic) => !topic.startsWith('inventory_levels') && topic !== 'products/update')).toEqual(['fulfillment_orders/moved', 'locations/deactivate']);
    const mugs = (place: string) => (['available', 'committed', 'on_hand'] as const).map((name) => quantityAt(shop, mug.inventoryItemId, place, name));
    expect([mugs(main), mugs(second)]).toEqual([[0, 0, 0], [10, 4, 14]]);
    expect(shop.fulfillmentOrdersOf(routed.id)[0]!.assignedLocationId).toBe(second);
    tick(300);
    routeDue(shop);
    expect(shop.fulfillmentOrdersOf(fresh.id)[0]!.assignedLocationId).toBe(second);
    expect(deactivateLocation(shop, { id: second }).userErrors).toMatchObject([{ code: 'PERMANENTLY_BLOCKED_FROM_DEACTIVATION_ERROR' }]);
    expect(faultsOf(shop)).toEqual([]);
  });

  it('comes, goes and returns; a deleted one is no more, whatever still names it', () => {
    const { shop, mug, main, topics, key } = open();
    const shed = addLocation(shop, { name: 'Shed', countryCode: 'DE' }).location!;
    expect(addLocation(shop, { name: 'shed', countryCode: 'DE' }).userErrors).toMatchObject([{ code: 'TAKEN' }]);
    editByHand(shop, { inventoryItemId: mug.inventoryItemId, locationId: shed.id, available: 3 });
    expect(deactivateLocation(shop, { id: shed.id }).userErrors).toMatchObject([{ code: 'HAS_ACTIVE_INVENTORY_ERROR' }]);
    editByHand(shop, { inventoryItemId: mug.inventoryItemId, locationId: shed.id, available: 0 });
    expect(deleteLocation(shop, shed.id).userErrors).toMatchObject([{ code: 'LOCATION_IS_ACTIVE' }]);
    deactivateLocation(shop, { id: shed.id });
    expect(setQuantities(shop, { name: 'available', reason: 'correction', quantities: [{ inventoryItemId: mug.inventoryItemId, locationId: shed.id, quantity: 5, changeFromQuantity: null }] }).userErrors).toMatchObject([{ code: 'INVALID_LOCATION' }]);
    activateLocation(shop, shed.id);
    deactivateLocation(shop, { id: shed.id });
    addLocation(shop, { name: 'Shed', countryCode: 'DE' });
    expect(activateLocation(shop, shed.id).userErrors).toMatchObject([{ code: 'HAS_NON_UNIQUE_NAME' }]);
    expect(deleteLocation(shop, shed.id).userErrors).toEqual([]);
    expect(activateLocation(shop, shed.id).userErrors).toMatchObject([{ code: 'LOCATION_NOT_FOUND' }]);
    expect(topics.filter((topic) => topic.startsWith('locations/')).map((topic) => topic.slice(10))).toEqual(['create', 'deactivate', 'activate', 'deactivate', 'create', 'delete']);
    expect(shop.tables.levels.has(key(main))).toBe(true);
    expect(faultsOf(shop)).toEqual([]);
  });
});
