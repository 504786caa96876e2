import { describe, expect, it } from 'vitest';
import { activate, adjustQuantities, moveQuantities, setQuantities } from './inventory.ts';
import { levelKey, quantityAt } from './levels.ts';
import { placeOrder } from './orders.ts';
import { openSmallShop } from './small-shop.ts';

const codes = (outcome: { userErrors: { code: string | null; field: string[] | null }[] }) => outcome.userErrors.map((error) => [error.code, error.field?.slice(1).join('.')]);

describe('setting quantities', () => {
  it('below zero is fine for available and moves on_hand; on_hand itself may not be negative', () => {
    const { shop, main, mug } = openSmallShop();
    const row = (quantity: number) => [{ inventoryItemId: mug.inventoryItemId, locationId: main, quantity, changeFromQuantity: null }];
    const { group } = setQuantities(shop, { name: 'available', reason: 'correction', quantities: row(-5) });
    expect(group?.changes.map(({ name, delta, quantityAfterChange }) => [name, delta, quantityAfterChange])).toEqual([['available', -15, null], ['on_hand', -15, null]]);
    expect(quantityAt(shop, mug.inventoryItemId, main, 'on_hand')).toBe(-5);
    expect(codes(setQuantities(shop, { name: 'on_hand', reason: 'correction', quantities: row(-5) }))).toEqual([['INVALID_QUANTITY_NEGATIVE', 'quantities.0.quantity']]);
    expect(codes(setQuantities(shop, { name: 'available', reason: 'correction', quantities: row(1_000_000_001) }))).toEqual([['INVALID_QUANTITY_TOO_HIGH', 'quantities.0.quantity']]);
    expect(codes(setQuantities(shop, { name: 'available', reason: 'correction', quantities: row(-1_000_000_001) }))).toEqual([['INVALID_QUANTITY_TOO_LOW', 'quantities.0.quantity']]);
    expect(codes(setQuantities(shop, { name: 'committed', reason: 'because', quantities: row(1) }))).toEqual([['INVALID_NAME', 'name'], ['INVALID_REASON', 'reason']]);
  });

  it('counts 5 on the shelf while 8 are committed: available becomes −3', () => {
    const { shop, main, mug } = openSmallShop();
    placeOrder(shop, { lines: [{ variantId: mug.id, quantity: 8 }], locationId: main });
    setQuantities(shop, { name: 'on_hand', reason: 'cycle_count_available', quantities: [{ inventoryItemId: mug.inventoryItemId, locationId: main, quantity: 5, changeFromQuantity: 10 }] });
    expect([quantityAt(shop, mug.inventoryItemId, main, 'available'), quantityAt(shop, mug.inventoryItemId, main, 'committed')]).toEqual([-3, 8]);
  });

  it('compares before it writes, and one stale row stops the whole call', () => {
    const { shop, main, mug, plate } = openSmallShop();
    const outcome = setQuantities(shop, { name: 'available', reason: 'correction', quantities: [
      { inventoryItemId: plate.inventoryItemId, locationId: main, quantity: 3, changeFromQuantity: 10 },
      { inventoryItemId: mug.inventoryItemId, locationId: main, quantity: 3, changeFromQuantity: 9 },
    ] });
    expect(codes(outcome)).toEqual([['CHANGE_FROM_QUANTITY_STALE', 'quantities.1.changeFromQuantity']]);
    expect(quantityAt(shop, plate.inventoryItemId, main, 'available')).toBe(10);
  });

  it('answers an error for every duplicate row, and refuses a bundle parent', () => {
    const { shop, main, mug, set } = openSmallShop();
    const row = { inventoryItemId: mug.inventoryItemId, locationId: main, quantity: 3, changeFromQuantity: null };
    expect(codes(setQuantities(shop, { name: 'available', reason: 'correction', quantities: [row, row] })).map(([code]) => code))
      .toEqual(['NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR', 'NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR']);
    expect(codes(setQuantities(shop, { name: 'available', reason: 'correction', quantities: [{ ...row, inventoryItemId: set.inventoryItemId }] })))
      .toEqual([['NON_MUTABLE_INVENTORY_ITEM', 'quantities.0.inventoryItemId']]);
    expect(codes(setQuantities(shop, { name: 'available', reason: 'correction', quantities: [{ ...row, locationId: '7' }] }))).toEqual([['INVALID_LOCATION', 'quantities.0.locationId']]);
  });

  it('creates the level where the item was never stocked; the same value again is silent', () => {
    const { shop, mug } = openSmallShop();
    const third = shop.nextId('Location');
    shop.put('locations', { id: third, name: 'Third', isActive: true, shipsInventory: true, countryCode: 'DE', createdAt: shop.now(), updatedAt: shop.now() });
    shop.commit();
    const topics: string[] = [];
    shop.onEvent((event) => topics.push(event.topic));
    const quantities = [{ inventoryItemId: mug.inventoryItemId, locationId: third, quantity: 2, changeFromQuantity: null }];
    setQuantities(shop, { name: 'available', reason: 'correction', quantities });
    expect(topics).toEqual(['inventory_levels/connect', 'inventory_levels/update', 'products/update']);
    expect(setQuantities(shop, { name: 'available', reason: 'correction', quantities })).toEqual({ group: null, userErrors: [] });
    expect(topics).toHaveLength(3);
  });
});

describe('ledger documents', () => {
  it('are required for every state but available, forbidden there, one per call, never Shopify\'s own', () => {
    const { shop, main, mug, plate } = openSmallShop();
    const adjust = (name: string, ...uris: (string | null)[]) => adjustQuantities(shop, { name, reason: 'received', changes: uris.map((ledgerDocumentUri, index) =>
      ({ inventoryItemId: [mug, plate][index]!.inventoryItemId, locationId: main, delta: 4, ledgerDocumentUri })) });
    expect(codes(adjust('incoming', null))).toEqual([['INVALID_QUANTITY_DOCUMENT', 'changes.0.ledgerDocumentUri']]);
    expect(codes(adjust('available', 'app:po/1'))).toEqual([['INVALID_AVAILABLE_DOCUMENT', 'changes.0.ledgerDocumentUri']]);
    expect(codes(adjust('incoming', 'gid://shopify/Thing/1'))).toEqual([['INTERNAL_LEDGER_DOCUMENT', 'changes.0.ledgerDocumentUri']]);
    expect(codes(adjust('incoming', 'app:po/1', 'app:po/2'))).toEqual([['MAX_ONE_LEDGER_DOCUMENT', 'changes']]);
    expect(adjust('incoming', 'app:po/1', 'app:po/1').group?.changes.map((change) => [change.name, change.delta])).toEqual([['incoming', 4], ['incoming', 4]]);
    expect(quantityAt(shop, mug.inventoryItemId, main, 'on_hand')).toBe(10);
  });

  it('go with a move between states, which stays at one location', () => {
    const { shop, main, second, mug } = openSmallShop();
    const move = (toLocation: string, toName = 'damaged', referenceDocumentUri: string | null = 'app:inspection/9') => moveQuantities(shop, { reason: 'damaged', referenceDocumentUri, changes: [{
      inventoryItemId: mug.inventoryItemId, quantity: 2, from: { name: 'available', locationId: main, changeFromQuantity: 10 },
      to: { name: toName, locationId: toLocation, ...(toName === 'available' ? {} : { ledgerDocumentUri: 'app:inspection/9' }) },
    }] });
    expect(codes(move(second))).toEqual([['DIFFERENT_LOCATIONS', 'changes.0']]);
    expect(codes(move(main, 'available'))).toEqual([['SAME_QUANTITY_NAME', 'changes.0']]);
    expect(codes(move(main, 'damaged', null))).toEqual([['INVALID_REFERENCE_DOCUMENT', 'referenceDocumentUri']]);
    expect(move(main).group?.changes.map((change) => [change.name, change.delta])).toEqual([['available', -2], ['damaged', 2]]);
    expect(codes(move(main))).toEqual([['CHANGE_FROM_QUANTITY_STALE', 'changes.0.from.changeFromQuantity']]);
  });
});

describe('activation', () => {
  it('revives a deactivated level with its old quantities', () => {
    const { shop, second, mug } = openSmallShop();
    const id = levelKey(mug.inventoryItemId, second);
    shop.put('levels', { ...shop.tables.levels.get(id)!, isActive: false });
    shop.commit();
    const { level } = activate(shop, { inventoryItemId: mug.inventoryItemId, locationId: second });
    expect(level).toMatchObject({ isActive: true, quantities: { available: 4 } });
    expect(activate(shop, { inventoryItemId: mug.inventoryItemId, locationId: second, available: 1 }).userErrors).toMatchObject([{ code: null, field: ['available'] }]);
  });
});
