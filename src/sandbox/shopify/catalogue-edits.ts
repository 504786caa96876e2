/** Edits of the catalogue: a variant's SKU, price and barcode, an item's tracking and cost. Each is one commit with its events. */
import { gid } from './gid.ts';
import type { InventoryItemRecord, Shop, VariantRecord } from './state.ts';
import { moneyText } from './wire-format.ts';

export type VariantChange = Partial<Pick<VariantRecord, 'sku' | 'barcode' | 'price' | 'compareAtPrice' | 'inventoryPolicy' | 'taxable'>>;
export type ItemChange = Partial<Pick<InventoryItemRecord, 'tracked' | 'unitCost' | 'requiresShipping' | 'countryCodeOfOrigin'>>;

/** Ids are numbers in webhook bodies while JavaScript can hold them. */
function numberOf(id: string): number | string {
  const number = Number(id);
  return Number.isSafeInteger(number) ? number : id;
}

/** REST-shaped product body with its variants, as `products/update` carries it. */
function productBody(shop: Shop, productId: string): Record<string, unknown> {
  const product = shop.tables.products.get(productId);
  if (product === undefined) throw new Error(`product ${productId} is gone but its variant remains`);
  const currency = shop.tables.shop.values().next().value?.currency ?? 'USD';
  const variants = [...shop.tables.variants.values()].filter((variant) => variant.productId === productId && variant.deletedAt === null);
  return {
    id: numberOf(product.id), admin_graphql_api_id: gid('Product', product.id), title: product.title, handle: product.handle, vendor: product.vendor,
    product_type: product.productType, status: product.status.toLowerCase(), tags: product.tags.join(', '),
    created_at: product.createdAt, updated_at: product.updatedAt, published_at: product.publishedAt,
    variants: variants.map((variant) => ({
      id: numberOf(variant.id), admin_graphql_api_id: gid('ProductVariant', variant.id), product_id: numberOf(product.id), title: variant.title,
      sku: variant.sku, barcode: variant.barcode, price: moneyText(variant.price, currency), position: variant.position,
      inventory_item_id: numberOf(variant.inventoryItemId), inventory_policy: variant.inventoryPolicy.toLowerCase(), updated_at: variant.updatedAt,
    })),
  };
}

function itemBody(item: InventoryItemRecord, sku: string | null, currency: string): Record<string, unknown> {
  return {
    id: numberOf(item.id), admin_graphql_api_id: gid('InventoryItem', item.id), sku, tracked: item.tracked, requires_shipping: item.requiresShipping,
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
  const currency = shop.tables.shop.values().next().value?.currency ?? 'USD';
  try {
    for (const { variant, change } of changes) stageVariant(shop, variant, change);
    shop.emit('products/update', productBody(shop, productId));
    for (const { variant, change } of changes) {
      const item = shop.tables.inventoryItems.get(variant.inventoryItemId);
      if (item !== undefined && change.sku !== undefined && change.sku !== variant.sku) shop.emit('inventory_items/update', itemBody(item, change.sku, currency));
    }
    shop.commit();
  } catch (error) {
    shop.rollback();
    throw error;
  }
}

/** Changes one inventory item. */
export function editItem(shop: Shop, item: InventoryItemRecord, change: ItemChange): InventoryItemRecord {
  const edited = { ...item, ...change, updatedAt: shop.now() };
  shop.put('inventoryItems', edited);
  shop.emit('inventory_items/update', itemBody(edited, shop.tables.variants.get(item.variantId)?.sku ?? null, shop.tables.shop.values().next().value?.currency ?? 'USD'));
  shop.commit();
  return edited;
}
