/** Catalogue edits through the Admin API: `productVariantsBulkUpdate` and `inventoryItemUpdate`, the fields the store keeps. */
import { editItem, editVariants, type ItemChange, type VariantChange } from '../catalogue-edits.ts';
import { idOf } from '../gid.ts';
import { minorUnitsOf } from '../wire-format.ts';
import { fieldsOf, notSimulated, type Args } from './fields.ts';
import { shopRecord } from '../engine/payloads.ts';
import type { VariantRecord } from '../state.ts';

const VARIANT_INPUT = new Set(['id', 'barcode', 'price', 'compareAtPrice', 'inventoryPolicy', 'taxable', 'inventoryItem']);
const ITEM_INPUT = new Set(['sku', 'tracked', 'cost', 'requiresShipping', 'countryCodeOfOrigin']);

/** A part of the input this store would have to ignore is an error, not a shrug. */
function onlyModelled(mutation: string, input: Args, known: ReadonlySet<string>): void {
  const foreign = Object.keys(input).find((key) => !known.has(key) && input[key] !== undefined);
  if (foreign !== undefined) throw notSimulated(`${mutation} with ${foreign}`);
}

function itemChange(input: Args, currency: string): ItemChange {
  return {
    ...(input['tracked'] == null ? {} : { tracked: input['tracked'] }),
    ...(input['requiresShipping'] == null ? {} : { requiresShipping: input['requiresShipping'] }),
    ...(input['countryCodeOfOrigin'] === undefined ? {} : { countryCodeOfOrigin: input['countryCodeOfOrigin'] }),
    ...(input['cost'] === undefined ? {} : { unitCost: input['cost'] === null ? null : minorUnitsOf(String(input['cost']), currency) }),
  };
}

export const catalogueMutations = fieldsOf<undefined>({
  productVariantsBulkUpdate: (_root, args, { shop }) => {
    const { currency } = shopRecord(shop);
    const productId = idOf(args['productId'], 'Product');
    const product = shop.tables.products.get(productId);
    if (product === undefined) return { product: null, productVariants: null, userErrors: [{ code: 'PRODUCT_DOES_NOT_EXIST', field: ['productId'], message: 'Product does not exist' }] };
    const userErrors: { code: string; field: string[]; message: string }[] = [];
    const changes: { variant: VariantRecord; change: VariantChange }[] = [];
    const items: { id: string; change: ItemChange }[] = [];
    (args['variants'] as Args[]).forEach((input, index) => {
      onlyModelled('productVariantsBulkUpdate', input, VARIANT_INPUT);
      const path = (field: string) => ['variants', String(index), field];
      const variant = input['id'] == null ? undefined : shop.tables.variants.get(idOf(input['id'], 'ProductVariant'));
      if (variant === undefined || variant.productId !== productId || variant.deletedAt !== null) {
        userErrors.push({ code: 'PRODUCT_VARIANT_DOES_NOT_EXIST', field: path('id'), message: 'Product variant does not exist' });
        return;
      }
      const price = input['price'] == null ? undefined : minorUnitsOf(String(input['price']), currency);
      if (price === null || (price !== undefined && price < 0)) {
        userErrors.push({ code: 'INVALID_INPUT', field: path('price'), message: 'Price is invalid' });
        return;
      }
      const item = (input['inventoryItem'] ?? {}) as Args;
      onlyModelled('productVariantsBulkUpdate inventoryItem', item, ITEM_INPUT);
      changes.push({ variant, change: {
        ...(price === undefined ? {} : { price }),
        ...(input['compareAtPrice'] === undefined ? {} : { compareAtPrice: input['compareAtPrice'] === null ? null : minorUnitsOf(String(input['compareAtPrice']), currency) }),
        ...(input['barcode'] === undefined ? {} : { barcode: input['barcode'] }),
        ...(input['inventoryPolicy'] == null ? {} : { inventoryPolicy: input['inventoryPolicy'] }),
        ...(input['taxable'] == null ? {} : { taxable: input['taxable'] }),
        ...(item['sku'] === undefined ? {} : { sku: item['sku'] }),
      } });
      const change = itemChange(item, currency);
      if (Object.keys(change).length > 0) items.push({ id: variant.inventoryItemId, change });
    });
    // Without allowPartialUpdates one bad row refuses the call.
    if (userErrors.length > 0 && args['allowPartialUpdates'] !== true) return { product, productVariants: null, userErrors };
    if (changes.length > 0) editVariants(shop, productId, changes);
    for (const { id, change } of items) {
      const item = shop.tables.inventoryItems.get(id);
      if (item !== undefined) editItem(shop, item, change);
    }
    return { product: shop.tables.products.get(productId), productVariants: changes.map(({ variant }) => shop.tables.variants.get(variant.id)), userErrors };
  },
  inventoryItemUpdate: (_root, args, { shop }) => {
    const id = idOf(args['id'], 'InventoryItem');
    const input = args['input'] as Args;
    onlyModelled('inventoryItemUpdate', input, ITEM_INPUT);
    const item = shop.tables.inventoryItems.get(id);
    if (item === undefined) return { inventoryItem: null, userErrors: [{ field: ['id'], message: "The product couldn't be updated because it does not exist." }] };
    const variant = shop.tables.variants.get(item.variantId);
    if (input['sku'] !== undefined && variant !== undefined) editVariants(shop, variant.productId, [{ variant, change: { sku: input['sku'] } }]);
    const current = shop.tables.inventoryItems.get(id) ?? item;
    const change = itemChange(input, shopRecord(shop).currency);
    return { inventoryItem: Object.keys(change).length > 0 ? editItem(shop, current, change) : current, userErrors: [] };
  },
});
