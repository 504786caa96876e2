/** A shop small enough that hot keys are hot: one place a warehouse serves, one where Shopify is right, four goods and a bundle of two of them. */
import type { OpenShop } from '../../src/sandbox/shopify/shop.ts';
import { adjustQuantities } from '../../src/sandbox/shopify/engine/inventory.ts';

export const GOODS = ['ANT', 'BEE', 'CAT', 'DOG'] as const;
export const BUNDLE = 'SET';
/** One SET is one ANT and two BEE. */
export const PARTS: Readonly<Record<string, number>> = { ANT: 1, BEE: 2 };

export function smallTown(shop: OpenShop): void {
  const at = shop.now();
  shop.put('shop', { id: shop.nextId('Shop'), domain: 'sim.myshopify.com', name: 'Sim', currency: 'EUR', ianaTimezone: 'Europe/Berlin', createdAt: at });
  const places = ['Mill', 'Store'].map((name) => {
    const id = shop.nextId('Location');
    shop.put('locations', { id, name, isActive: true, shipsInventory: true, countryCode: 'DE', createdAt: at, updatedAt: at });
    return id;
  });
  const items = [...GOODS, BUNDLE].map((sku) => {
    const [productId, id, inventoryItemId] = [shop.nextId('Product'), shop.nextId('ProductVariant'), shop.nextId('InventoryItem')];
    shop.put('products', { id: productId, title: sku, handle: sku.toLowerCase(), vendor: 'Zoo', productType: 'Animal', status: 'ACTIVE', tags: [], options: [{ name: 'Title', values: ['Default Title'] }], createdAt: at, updatedAt: at, publishedAt: at });
    shop.put('variants', {
      id, productId, inventoryItemId, title: 'Default Title', position: 1, sku, barcode: null, price: 1000, compareAtPrice: null, selectedOptions: [{ name: 'Title', value: 'Default Title' }], inventoryPolicy: 'DENY', taxable: true, components: [], createdAt: at, updatedAt: at, deletedAt: null,
    });
    shop.put('inventoryItems', { id: inventoryItemId, variantId: id, tracked: true, requiresShipping: true, unitCost: 400, countryCodeOfOrigin: null, createdAt: at, updatedAt: at });
    return inventoryItemId;
  });
  shop.commit();
  for (const [n, locationId] of places.entries()) {
    adjustQuantities(shop, { name: 'available', reason: 'received', changes: items.map((inventoryItemId) => ({ inventoryItemId, locationId, delta: n === 0 ? 20 : 12 })) }, { cause: 'opening' });
  }
}
