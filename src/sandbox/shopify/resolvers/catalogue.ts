/** Products, their variants and the inventory items behind them. */
import { sellableUnits } from '../engine/availability.ts';
import { gid, idOf } from '../gid.ts';
import type { Listing } from '../connections.ts';
import { flagField, idField, instantField, searchPredicate, textField, wordField, type SearchFields } from '../search/match.ts';
import type { InventoryItemRecord, ProductRecord, Shop, VariantRecord } from '../state.ts';
import { instant, instantOrNull, moneyText, moneyV2 } from '../wire-format.ts';
import { fieldsOf, list, type Args } from './fields.ts';
import { levelListing, stocked, visibleLevel } from './levels.ts';
import { shopRecord } from '../engine/payloads.ts';
import { variantsOf } from '../shop.ts';

const PRODUCT_SEARCH: SearchFields<ProductRecord> = {
  id: idField((product) => product.id),
  created_at: instantField((product) => product.createdAt),
  updated_at: instantField((product) => product.updatedAt),
  title: textField((product) => product.title),
  handle: textField((product) => product.handle),
  vendor: textField((product) => product.vendor),
  product_type: textField((product) => product.productType),
  tag: textField((product) => product.tags),
  status: wordField({
    active: (product) => product.status === 'ACTIVE', draft: (product) => product.status === 'DRAFT',
    archived: (product) => product.status === 'ARCHIVED', unlisted: (product) => product.status === 'UNLISTED',
  }),
};
const VARIANT_SEARCH: SearchFields<VariantRecord> = {
  id: idField((variant) => variant.id),
  product_id: idField((variant) => variant.productId),
  sku: textField((variant) => variant.sku),
  barcode: textField((variant) => variant.barcode),
  title: textField((variant) => variant.title),
  created_at: instantField((variant) => variant.createdAt),
  updated_at: instantField((variant) => variant.updatedAt),
  requires_components: flagField((variant) => variant.components.length > 0),
};

function variantListing(rows: Iterable<VariantRecord>, args: Args): Listing<VariantRecord> {
  const matches = searchPredicate(args['query'], VARIANT_SEARCH);
  const keys: Record<string, (variant: VariantRecord) => string | number> = {
    SKU: (variant) => variant.sku ?? '', TITLE: (variant) => variant.title, POSITION: (variant) => variant.position,
  };
  return { rows, where: (variant) => variant.deletedAt === null && matches(variant), sortKey: keys[args['sortKey']] ?? (() => 0), id: (variant) => variant.id };
}

function productListing(shop: Shop, args: Args): Listing<ProductRecord> {
  const keys: Record<string, (product: ProductRecord) => string> = {
    CREATED_AT: (product) => product.createdAt.slice(0, 19), UPDATED_AT: (product) => product.updatedAt.slice(0, 19),
    TITLE: (product) => product.title, VENDOR: (product) => product.vendor, PRODUCT_TYPE: (product) => product.productType,
  };
  return { rows: shop.tables.products.values(), where: searchPredicate(args['query'], PRODUCT_SEARCH), sortKey: keys[args['sortKey']] ?? (() => 0), id: (product) => product.id };
}

function itemListing(shop: Shop, args: Args): Listing<InventoryItemRecord> {
  const sku = (item: InventoryItemRecord) => shop.tables.variants.get(item.variantId)?.sku ?? null;
  const matches = searchPredicate<InventoryItemRecord>(args['query'], {
    id: idField((item) => item.id), sku: textField(sku),
    created_at: instantField((item) => item.createdAt), updated_at: instantField((item) => item.updatedAt),
  });
  const alive = (item: InventoryItemRecord) => shop.tables.variants.get(item.variantId)?.deletedAt === null;
  return { rows: shop.tables.inventoryItems.values(), where: (item) => alive(item) && matches(item), sortKey: () => 0, id: (item) => item.id };
}

const currencyOf = (shop: Shop) => shopRecord(shop).currency;
const alive = (variant: VariantRecord | undefined) => variant !== undefined && variant.deletedAt === null ? variant : null;

/** Other variants that carry the same SKU, letter for letter. */
function duplicateSkus(shop: Shop, variant: VariantRecord | undefined): number {
  if (variant === undefined || variant.sku === null || variant.sku === '') return 0;
  let count = 0;
  for (const other of shop.tables.variants.values()) if (other.id !== variant.id && other.deletedAt === null && other.sku === variant.sku) count++;
  return count;
}

export const catalogueTypes = {
  Product: fieldsOf<ProductRecord>({
    id: (product) => gid('Product', product.id),
    legacyResourceId: (product) => product.id,
    title: (product) => product.title,
    handle: (product) => product.handle,
    vendor: (product) => product.vendor,
    productType: (product) => product.productType,
    status: (product) => product.status,
    tags: (product) => product.tags,
    options: (product) => product.options.map((option, index) => ({ id: gid('ProductOption', `${product.id}${index}`), name: option.name, values: option.values, position: index + 1 })),
    createdAt: (product) => instant(product.createdAt),
    updatedAt: (product) => instant(product.updatedAt),
    publishedAt: (product) => instantOrNull(product.publishedAt),
    totalInventory: (product, _args, { shop }) => variantsOf(shop, product.id).reduce((sum, variant) => sum + sellableUnits(shop, variant, false), 0),
    variantsCount: (product, _args, { shop }) => ({ count: variantsOf(shop, product.id).length, precision: 'EXACT' }),
    hasVariantsThatRequiresComponents: (product, _args, { shop }) => variantsOf(shop, product.id).some((variant) => variant.components.length > 0),
    variants: list((product, args, { shop }) => variantListing(variantsOf(shop, product.id), args), 2048),
  }),
  ProductVariant: fieldsOf<VariantRecord>({
    id: (variant) => gid('ProductVariant', variant.id),
    legacyResourceId: (variant) => variant.id,
    title: (variant) => variant.title,
    displayName: (variant, _args, { shop }) => `${shop.tables.products.get(variant.productId)?.title ?? ''} - ${variant.title}`,
    sku: (variant) => variant.sku,
    barcode: (variant) => variant.barcode,
    price: (variant, _args, { shop }) => moneyText(variant.price, currencyOf(shop)),
    compareAtPrice: (variant, _args, { shop }) => variant.compareAtPrice === null ? null : moneyText(variant.compareAtPrice, currencyOf(shop)),
    position: (variant) => variant.position,
    taxable: (variant) => variant.taxable,
    inventoryPolicy: (variant) => variant.inventoryPolicy,
    inventoryItem: (variant, _args, { shop }) => shop.tables.inventoryItems.get(variant.inventoryItemId),
    inventoryQuantity: (variant, _args, { shop }) => sellableUnits(shop, variant, false),
    sellableOnlineQuantity: (variant, _args, { shop }) => sellableUnits(shop, variant, true),
    availableForSale: (variant, _args, { shop }) => variant.inventoryPolicy === 'CONTINUE'
      || shop.tables.inventoryItems.get(variant.inventoryItemId)?.tracked === false || sellableUnits(shop, variant, false) > 0,
    product: (variant, _args, { shop }) => shop.tables.products.get(variant.productId),
    selectedOptions: (variant) => variant.selectedOptions,
    requiresComponents: (variant) => variant.components.length > 0,
    productVariantComponents: list((variant) => ({
      rows: variant.components.map((component) => ({ parentId: variant.id, ...component })), id: (component: Component) => component.variantId,
    })),
    productParents: list((variant, _args, { shop }) => {
      const parents = new Set(shop.tables.variants.values().filter((other) => other.deletedAt === null && other.components.some((part) => part.variantId === variant.id)).map((other) => other.productId));
      return { rows: [...parents].flatMap((id) => shop.tables.products.get(id) ?? []), id: (product: ProductRecord) => product.id };
    }),
    createdAt: (variant) => instant(variant.createdAt),
    updatedAt: (variant) => instant(variant.updatedAt),
  }),
  ProductVariantComponent: fieldsOf<Component>({
    id: (component) => gid('ProductVariantComponent', `${component.parentId}-${component.variantId}`),
    quantity: (component) => component.quantity,
    productVariant: (component, _args, { shop }) => shop.tables.variants.get(component.variantId),
  }),
  InventoryItem: fieldsOf<InventoryItemRecord>({
    id: (item) => gid('InventoryItem', item.id),
    legacyResourceId: (item) => item.id,
    // Of the store's own page: the admin behind Shopify's address is not here.
    inventoryHistoryUrl: (item, _args, { baseUrl }) => `${baseUrl}/inventory-history/${item.id}`,
    sku: (item, _args, { shop }) => shop.tables.variants.get(item.variantId)?.sku ?? null,
    tracked: (item) => item.tracked,
    requiresShipping: (item) => item.requiresShipping,
    unitCost: (item, _args, { shop }) => item.unitCost === null ? null : moneyV2(item.unitCost, currencyOf(shop)),
    countryCodeOfOrigin: (item) => item.countryCodeOfOrigin,
    duplicateSkuCount: (item, _args, { shop }) => duplicateSkus(shop, shop.tables.variants.get(item.variantId)),
    variant: (item, _args, { shop }) => alive(shop.tables.variants.get(item.variantId)),
    variants: list((item, args, { shop }) => variantListing([shop.tables.variants.get(item.variantId)].filter((variant) => variant !== undefined), args)),
    inventoryLevels: list((item, args, { shop }) => levelListing(shop, shop.levelsOf(item.id), args)),
    inventoryLevel: (item, args, context) => visibleLevel(context, gid('InventoryItem', item.id), args['locationId'], args['includeInactive']),
    locationsCount: (item, _args, { shop }) => ({ count: shop.levelsOf(item.id).filter((level) => stocked(shop, level)).length, precision: 'EXACT' }),
    createdAt: (item) => instant(item.createdAt),
    updatedAt: (item) => instant(item.updatedAt),
  }),
};

interface Component { parentId: string; variantId: string; quantity: number }

export const catalogueQueries = fieldsOf<undefined>({
  product: (_root, args, { shop }) => shop.tables.products.get(idOf(args['id'], 'Product')) ?? null,
  products: list((_root, args, { shop }) => productListing(shop, args)),
  productVariant: (_root, args, { shop }) => alive(shop.tables.variants.get(idOf(args['id'], 'ProductVariant'))),
  productVariants: list((_root, args, { shop }) => variantListing(shop.tables.variants.values(), args)),
  inventoryItem: (_root, args, { shop }) => shop.tables.inventoryItems.get(idOf(args['id'], 'InventoryItem')) ?? null,
  inventoryItems: list((_root, args, { shop }) => itemListing(shop, args)),
});

/** Listings behind `productsCount` and `productVariantsCount`. */
export const catalogueCounts = { products: productListing, productVariants: (shop: Shop, args: Args) => variantListing(shop.tables.variants.values(), args) };
