/** Fills an empty sandbox shop with the few goods a story needs: each line of a test says what is sold, where, and how many stand there. */
import { adjustQuantities } from '../../src/sandbox/shopify/engine/inventory.ts';
import { GIFT_CARD_TYPE } from '../../src/sandbox/shopify/engine/order-lines.ts';
import type { OpenShop } from '../../src/sandbox/shopify/shop.ts';
import type { LevelRecord, VariantRecord } from '../../src/sandbox/shopify/state.ts';

export interface Good {
  sku: string | null;
  /** Units at each place, in the order of the places; null or nothing: not stocked there. */
  stock?: readonly (number | null)[];
  title?: string; tracked?: boolean; continues?: boolean; giftCard?: boolean; price?: number;
  /** Native bundle: units of other goods, by SKU. */
  parts?: Readonly<Record<string, number>>;
  /** Goods that name the same product are its variants. */
  product?: string;
}
export interface LittleShop { goods: readonly Good[]; places?: readonly string[]; zone?: string; currency?: string }

export function littleShop(shop: OpenShop, domain: string, { goods, places = ['Mill', 'Store'], zone = 'Europe/Berlin', currency = 'EUR' }: LittleShop): void {
  const at = shop.now();
  const fill = (): void => {
    shop.put('shop', { id: shop.nextId('Shop'), domain, name: 'Little', currency, ianaTimezone: zone, createdAt: at });
    const placeIds = places.map((name) => {
      const id = shop.nextId('Location');
      shop.put('locations', { id, name, isActive: true, shipsInventory: true, countryCode: 'DE', createdAt: at, updatedAt: at });
      return id;
    });
    const products = new Map<string, { id: string; variants: number }>(), variants = new Map<string, VariantRecord>();
    const opening = placeIds.map((): { inventoryItemId: string; delta: number }[] => []);
    for (const [n, good] of goods.entries()) {
      const name = good.product ?? good.title ?? good.sku ?? `Nameless ${n}`;
      let product = products.get(name);
      if (!product) {
        products.set(name, product = { id: shop.nextId('Product'), variants: 0 });
        shop.put('products', { id: product.id, title: name, handle: name.toLowerCase().replaceAll(' ', '-'), vendor: 'Zoo', productType: good.giftCard ? GIFT_CARD_TYPE : 'Animal', status: 'ACTIVE', tags: [], options: [{ name: 'Title', values: ['Default Title'] }], createdAt: at, updatedAt: at, publishedAt: at });
      }
      const [id, inventoryItemId] = [shop.nextId('ProductVariant'), shop.nextId('InventoryItem')];
      const title = good.product === undefined ? 'Default Title' : good.title ?? `${product.variants + 1}`;
      const variant: VariantRecord = {
        id, productId: product.id, inventoryItemId, title, position: ++product.variants, sku: good.sku, barcode: null, price: good.price ?? 1000, compareAtPrice: null, selectedOptions: [{ name: 'Title', value: title }],
        inventoryPolicy: good.continues ? 'CONTINUE' : 'DENY', taxable: true, components: Object.entries(good.parts ?? {}).map(([sku, quantity]) => ({ variantId: variants.get(sku)!.id, quantity })), createdAt: at, updatedAt: at, deletedAt: null,
      };
      shop.put('variants', variant);
      if (good.sku !== null && !variants.has(good.sku)) variants.set(good.sku, variant);
      shop.put('inventoryItems', { id: inventoryItemId, variantId: id, tracked: good.tracked ?? !good.giftCard, requiresShipping: !good.giftCard, unitCost: 400, countryCodeOfOrigin: null, createdAt: at, updatedAt: at });
      for (const [place, units] of (good.stock ?? []).entries()) if (units !== null) opening[place]!.push({ inventoryItemId, delta: units });
    }
    shop.commit();
    for (const [n, changes] of opening.entries()) {
      const locationId = placeIds[n]!;
      // What is untracked or empty has no adjustment; the level is put as it is.
      const plain = changes.filter(({ inventoryItemId, delta }) => delta === 0 || !shop.tables.inventoryItems.get(inventoryItemId)!.tracked);
      for (const { inventoryItemId, delta } of plain) shop.put('levels', levelOf(inventoryItemId, locationId, delta, at));
      shop.commit();
      const counted = changes.filter((change) => !plain.includes(change)).map((change) => ({ ...change, locationId }));
      for (let start = 0; start < counted.length; start += 250) adjustQuantities(shop, { name: 'available', reason: 'received', changes: counted.slice(start, start + 250) }, { cause: 'opening' });
    }
  };
  if (goods.length > 200) shop.bulkLoad(fill); else fill();
}

export function levelOf(inventoryItemId: string, locationId: string, available: number, at: string): LevelRecord {
  const zero = { committed: 0, reserved: 0, damaged: 0, quality_control: 0, safety_stock: 0, incoming: 0 };
  const since = { available: at, committed: at, reserved: at, damaged: at, quality_control: at, safety_stock: at, incoming: at, on_hand: at };
  return { id: `${inventoryItemId}:${locationId}`, inventoryItemId, locationId, isActive: true, quantities: { available, ...zero }, quantityUpdatedAt: since, createdAt: at, updatedAt: at };
}
