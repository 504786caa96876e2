/** A shop small enough to hold in the head: for tests and for trying things out. */
import { openShop, type OpenShop } from '../shop.ts';
import type { VariantRecord } from '../state.ts';
import { adjustQuantities } from './inventory.ts';
import { GIFT_CARD_TYPE } from './order-lines.ts';

export interface SmallShop {
  shop: OpenShop;
  /** Locations in routing order. */
  main: string; second: string;
  mug: VariantRecord; plate: VariantRecord;
  /** Native bundle: one mug and three plates. */
  set: VariantRecord;
  /** Continues selling without stock. */
  print: VariantRecord;
  /** Untracked, not shipped. */
  giftCard: VariantRecord;
  /** Moves the clock the shop was opened on. */
  tick(ms: number): void;
}

/** Ten of each tracked thing at the main location, four of each at the second. */
export function openSmallShop(file = ':memory:', zone = 'America/New_York'): SmallShop {
  let clock = Date.parse('2026-11-02T15:00:00.000Z');
  const shop = openShop({ file, clock: () => clock });
  const at = shop.now();
  shop.put('shop', { id: shop.nextId('Shop'), domain: 'small.myshopify.com', name: 'Small', currency: 'EUR', ianaTimezone: zone, createdAt: at });
  const place = (name: string) => {
    const id = shop.nextId('Location');
    shop.put('locations', { id, name, isActive: true, shipsInventory: true, countryCode: 'DE', createdAt: at, updatedAt: at });
    return id;
  };
  const main = place('Main');
  const second = place('Second');
  const item = (title: string, sku: string, price: number, special: { type?: string; policy?: 'CONTINUE'; tracked?: boolean; components?: VariantRecord['components'] } = {}) => {
    const [productId, id, inventoryItemId] = [shop.nextId('Product'), shop.nextId('ProductVariant'), shop.nextId('InventoryItem')];
    shop.put('products', {
      id: productId, title, handle: title.toLowerCase(), vendor: 'Kiln', productType: special.type ?? 'Tableware', status: 'ACTIVE', tags: [],
      options: [{ name: 'Title', values: ['Default Title'] }], createdAt: at, updatedAt: at, publishedAt: at,
    });
    const variant: VariantRecord = {
      id, productId, inventoryItemId, title: 'Default Title', position: 1, sku, barcode: null, price, compareAtPrice: null,
      selectedOptions: [{ name: 'Title', value: 'Default Title' }], inventoryPolicy: special.policy ?? 'DENY', taxable: true, components: special.components ?? [],
      createdAt: at, updatedAt: at, deletedAt: null,
    };
    shop.put('variants', variant);
    const tracked = special.tracked ?? true;
    shop.put('inventoryItems', {
      id: inventoryItemId, variantId: id, tracked, requiresShipping: tracked, unitCost: tracked ? Math.round(price * 0.4) : null, countryCodeOfOrigin: null, createdAt: at, updatedAt: at,
    });
    return variant;
  };
  const mug = item('Mug', 'MUG', 900);
  const plate = item('Plate', 'PLATE', 700);
  const print = item('Print', 'PRINT', 1500, { policy: 'CONTINUE' });
  const giftCard = item('Gift card', 'GIFT', 2500, { type: GIFT_CARD_TYPE, tracked: false });
  const set = item('Tea set', 'SET', 2600, { components: [{ variantId: mug.id, quantity: 1 }, { variantId: plate.id, quantity: 3 }] });
  shop.commit();
  for (const [locationId, delta] of [[main, 10], [second, 4]] as const) {
    adjustQuantities(shop, { name: 'available', reason: 'received', changes: [mug, plate, print].map(({ inventoryItemId }) => ({ inventoryItemId, locationId, delta })) });
  }
  return { shop, main, second, mug, plate, set, print, giftCard, tick: (ms) => { clock += ms; } };
}
