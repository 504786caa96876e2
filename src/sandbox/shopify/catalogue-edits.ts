/** Edits of the catalogue: a variant's SKU, price and barcode, an item's tracking and cost. Each is one commit with its events. */
import { numericId, productPayload, shopRecord } from './engine/payloads.ts';
import { gid } from './gid.ts';
import { variantsOf } from './shop.ts';
import type { InventoryItemRecord, ProductRecord, Shop, VariantRecord } from './state.ts';
import { moneyText } from './wire-format.ts';

export type VariantChange = Partial<Pick<VariantRecord, 'sku' | 'barcode' | 'price' | 'compareAtPrice' | 'inventoryPolicy' | 'taxable'>>;
export type ItemChange = Partial<Pick<InventoryItemRecord, 'tracked' | 'unitCost' | 'requiresShipping' | 'countryCodeOfOrigin'>>;

/** Body of inventory_items/update. */
function itemBody(shop: Shop, item: InventoryItemRecord): Record<string, unknown> {
  const { currency } = shopRecord(shop);
  return {
    id: numericId(item.id), admin_graphql_api_id: gid('InventoryItem', item.id), sku: shop.tables.variants.get(item.variantId)?.sku ?? null, tracked: item.tracked, requires_shipping: item.requiresShipping,
    cost: item.unitCost === null ? null : moneyText(item.unitCost, currency), country_code_of_origin: item.countryCodeOfOrigin,
    created_at: item.createdAt, updated_at: item.updatedAt,
  };
}

/** Stages a variant's change and its product's new `updatedAt`; the caller commits. A SKU change is also the inventory item's. */
function stageVariant(shop: Shop, variant: VariantRecord, change: VariantChange): void {
  const at = shop.now();
  shop.put('variants', { ...variant, ...change, updatedAt: at });
  const product = shop.tables.products.get(variant.productId);
  if (product !== undefined) shop.put('products', { ...product, updatedAt: at });
  const item = shop.tables.inventoryItems.get(variant.inventoryItemId);
  if (item !== undefined && change.sku !== undefined && change.sku !== variant.sku) shop.put('inventoryItems', { ...item, updatedAt: at });
}

/** Changes variants of one product in one commit, with one `products/update` and an `inventory_items/update` per renamed SKU. */
export function editVariants(shop: Shop, productId: string, changes: { variant: VariantRecord; change: VariantChange }[]): void {
  try {
    for (const { variant, change } of changes) stageVariant(shop, variant, change);
    const product = shop.tables.products.get(productId);
    if (product !== undefined) shop.emit('products/update', productPayload(shop, product, variantsOf(shop, productId)));
    for (const { variant, change } of changes) {
      const item = shop.tables.inventoryItems.get(variant.inventoryItemId);
      if (item !== undefined && change.sku !== undefined && change.sku !== variant.sku) shop.emit('inventory_items/update', itemBody(shop, item));
    }
    shop.commit();
  } catch (error) {
    shop.rollback();
    throw error;
  }
}

/** A new active product with one tracked variant, stocked nowhere yet. */
export function addProduct(shop: Shop, input: { title: string; sku: string | null; price: number }): VariantRecord {
  const at = shop.now();
  const product: ProductRecord = {
    id: shop.nextId('Product'), title: input.title, handle: input.title.toLowerCase().replace(/[^a-z0-9]+/g, '-'), vendor: '', productType: '', status: 'ACTIVE', tags: [],
    options: [{ name: 'Title', values: ['Default Title'] }], createdAt: at, updatedAt: at, publishedAt: at,
  };
  const item: InventoryItemRecord = { id: shop.nextId('InventoryItem'), variantId: shop.nextId('ProductVariant'), tracked: true, requiresShipping: true, unitCost: null, countryCodeOfOrigin: null, createdAt: at, updatedAt: at };
  const variant: VariantRecord = {
    id: item.variantId, productId: product.id, inventoryItemId: item.id, title: 'Default Title', position: 1, sku: input.sku, barcode: null, price: input.price, compareAtPrice: null,
    selectedOptions: [{ name: 'Title', value: 'Default Title' }], inventoryPolicy: 'DENY', taxable: true, components: [], createdAt: at, updatedAt: at, deletedAt: null,
  };
  shop.put('products', product);
  shop.put('inventoryItems', item);
  shop.put('variants', variant);
  shop.emit('products/create', productPayload(shop, product, [variant]));
  shop.commit();
  return variant;
}

/** Other tags of a product, with one `products/update`. */
export function tagProduct(shop: Shop, product: ProductRecord, tags: readonly string[]): ProductRecord {
  const tagged = { ...product, tags: [...tags], updatedAt: shop.now() };
  shop.put('products', tagged);
  shop.emit('products/update', productPayload(shop, tagged, variantsOf(shop, product.id)));
  shop.commit();
  return tagged;
}

/** Changes one inventory item. */
export function editItem(shop: Shop, item: InventoryItemRecord, change: ItemChange): InventoryItemRecord {
  const edited = { ...item, ...change, updatedAt: shop.now() };
  shop.put('inventoryItems', edited);
  shop.emit('inventory_items/update', itemBody(shop, edited));
  shop.commit();
  return edited;
}
