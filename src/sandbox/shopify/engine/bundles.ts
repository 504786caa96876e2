/**
 * Native bundles: a parent variant sells as its components and keeps no stock of its own. Rules: reference §1.4 and the schema's error codes.
 * Orders are exploded where they are made (order-lines.ts).
 */
import type { InventoryItemRecord, ProductRecord, Shop, VariantRecord } from '../state.ts';
import { variantsOf } from '../shop.ts';
import { act, refuse, type UserError } from './action.ts';
import { GIFT_CARD_TYPE } from './order-lines.ts';
import { productPayload } from './payloads.ts';

export const MAX_COMPONENTS = 30;
const MAX_QUANTITY = 2_000;
export type Components = VariantRecord['components'];
export interface BundleOutcome { variant: VariantRecord | null; userErrors: UserError[] }

function check(shop: Shop, parentId: string | null, components: Components, field: string[]): void {
  if (components.length === 0) refuse(field, 'The parent product variant must contain components.', 'MUST_SPECIFY_COMPONENTS');
  if (components.length > MAX_COMPONENTS) refuse(field, 'Exceeded the maximum allowable product variant relationships in a parent product variant.', 'EXCEEDED_PRODUCT_VARIANT_RELATIONSHIP_LIMIT');
  if (new Set(components.map((part) => part.variantId)).size < components.length) refuse(field, 'A parent product variant must not contain duplicate product variant relationships.', 'DUPLICATE_PRODUCT_VARIANT_RELATIONSHIP');
  for (const { variantId, quantity } of components) {
    const part = shop.tables.variants.get(variantId);
    if (!part || part.deletedAt !== null) return refuse(field, 'The product variants were not found.', 'PRODUCT_VARIANTS_NOT_FOUND');
    if (variantId === parentId) refuse(field, 'A parent product variant cannot contain itself as a component.', 'CIRCULAR_REFERENCE');
    if (part.components.length > 0) refuse(field, "Nested parent product variants aren't supported.", 'NESTED_PARENT_PRODUCT_VARIANT');
    if (!Number.isSafeInteger(quantity) || quantity <= 0 || quantity > MAX_QUANTITY) refuse(field, 'Product variant relationships must have a quantity greater than 0.', 'INVALID_QUANTITY');
  }
}

/** Makes a product whose one variant is a bundle. Its price is the components' own unless given. */
export function makeBundle(shop: Shop, input: { title: string; sku?: string | null; price?: number; components: Components; at?: string }): BundleOutcome {
  return act<BundleOutcome>(shop, 'bundle', input.at, ({ at }) => {
    if (input.title.trim() === '') refuse(['input', 'title'], "Title can't be blank", 'BLANK');
    check(shop, null, input.components, ['input', 'components']);
    const product: ProductRecord = {
      id: shop.nextId('Product'), title: input.title, handle: input.title.toLowerCase().replace(/[^a-z0-9]+/g, '-'), vendor: '', productType: '', status: 'ACTIVE', tags: [],
      options: [{ name: 'Title', values: ['Default Title'] }], createdAt: at, updatedAt: at, publishedAt: at,
    };
    const item: InventoryItemRecord = { id: shop.nextId('InventoryItem'), variantId: shop.nextId('ProductVariant'), tracked: true, requiresShipping: true, unitCost: null, countryCodeOfOrigin: null, createdAt: at, updatedAt: at };
    const worth = input.components.reduce((sum, part) => sum + shop.tables.variants.get(part.variantId)!.price * part.quantity, 0);
    const variant: VariantRecord = {
      id: item.variantId, productId: product.id, inventoryItemId: item.id, title: 'Default Title', position: 1, sku: input.sku ?? null, barcode: null, price: input.price ?? worth, compareAtPrice: null,
      selectedOptions: [{ name: 'Title', value: 'Default Title' }], inventoryPolicy: 'DENY', taxable: true, components: input.components, createdAt: at, updatedAt: at, deletedAt: null,
    };
    shop.put('products', product);
    shop.put('variants', variant);
    shop.put('inventoryItems', item);
    shop.emit('products/create', productPayload(shop, product, [variant]));
    return { variant, userErrors: [] };
  }, (userErrors) => ({ variant: null, userErrors }));
}

/** productVariantRelationshipBulkUpdate for one parent: its components become these; none makes it a plain variant again. */
export function setComponents(shop: Shop, input: { variantId: string; components: Components; field: string[]; at?: string }): BundleOutcome {
  return act<BundleOutcome>(shop, `bundle/${input.variantId}`, input.at, ({ at }) => {
    const parent = shop.tables.variants.get(input.variantId);
    if (!parent || parent.deletedAt !== null) return refuse(input.field, 'The product variants were not found.', 'PRODUCT_VARIANTS_NOT_FOUND');
    const product = shop.tables.products.get(parent.productId)!;
    if (input.components.length > 0) {
      if (product.productType === GIFT_CARD_TYPE) refuse(input.field, 'Gift cards cannot be parent product variants.', 'PARENT_PRODUCT_VARIANT_CANNOT_BE_GIFT_CARD');
      if (shop.tables.variants.values().some((other) => other.components.some((part) => part.variantId === parent.id))) refuse(input.field, "Nested parent product variants aren't supported.", 'NESTED_PARENT_PRODUCT_VARIANT');
      check(shop, parent.id, input.components, input.field);
    }
    const variant: VariantRecord = { ...parent, components: input.components, updatedAt: at };
    const touched = { ...product, updatedAt: at };
    shop.put('variants', variant);
    shop.put('products', touched);
    shop.emit('products/update', productPayload(shop, touched, variantsOf(shop, product.id)));
    return { variant, userErrors: [] };
  }, (userErrors) => ({ variant: null, userErrors }));
}
