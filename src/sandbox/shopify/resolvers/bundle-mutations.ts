/** Native bundles through the Admin API: a new one with one variant, and the components of a variant there is. */
import { makeBundle, setComponents, type Components } from '../engine/bundles.ts';
import { gid, idOf } from '../gid.ts';
import { variantsOf } from '../shop.ts';
import type { ProductRecord, Shop, VariantRecord } from '../state.ts';
import { fieldsOf, notSimulated, type Args } from './fields.ts';

/** The one variant of a component product that its option selections leave. */
function chosenVariant(shop: Shop, component: Args): VariantRecord | null {
  if (component['quantityOption'] != null) throw notSimulated('productBundleCreate with quantityOption');
  const product = shop.tables.products.get(idOf(component['productId'], 'Product'));
  if (product === undefined) return null;
  const selections = (component['optionSelections'] as Args[]).map((selection) => {
    const index = product.options.findIndex((_option, at) => gid('ProductOption', `${product.id}${at}`) === selection['componentOptionId']);
    return { name: product.options[index]?.name, values: selection['values'] as string[] };
  });
  const left = variantsOf(shop, product.id).filter((variant) => selections.every(({ name, values }) => variant.selectedOptions.some((option) => option.name === name && values.includes(option.value))));
  if (left.length > 1) throw notSimulated('productBundleCreate with several variants of a component');
  return left[0] ?? null;
}

/** Components after one input of productVariantRelationshipBulkUpdate: removals first, then updates, then additions. */
function changed(parent: VariantRecord | undefined, input: Args): Components {
  const rows = (name: string) => ((input[name] ?? []) as Args[]).map((row) => ({ variantId: idOf(row['id'], 'ProductVariant'), quantity: row['quantity'] as number }));
  if (input['removeAllProductVariantRelationships'] === true) return [];
  const removed = new Set(((input['productVariantRelationshipsToRemove'] ?? []) as string[]).map((id) => idOf(id, 'ProductVariant')));
  const updated = new Map(rows('productVariantRelationshipsToUpdate').map((row) => [row.variantId, row.quantity]));
  const kept = (parent?.components ?? []).filter((part) => !removed.has(part.variantId)).map((part) => ({ ...part, quantity: updated.get(part.variantId) ?? part.quantity }));
  return [...kept, ...rows('productVariantRelationshipsToCreate')];
}

export const bundleMutations = fieldsOf<undefined>({
  productBundleCreate: (_root, { input }, { shop }) => {
    if (Array.isArray(input['consolidatedOptions']) && input['consolidatedOptions'].length > 0) throw notSimulated('productBundleCreate with consolidatedOptions');
    const components = (input['components'] as Args[]).map((component) => ({ variantId: chosenVariant(shop, component)?.id ?? '', quantity: component['quantity'] ?? 1 }));
    const { variant, userErrors } = makeBundle(shop, { title: input['title'], components });
    return { productBundleOperation: variant === null ? null : { __typename: 'ProductBundleOperation', id: gid('ProductBundleOperation', variant.productId), status: 'CREATED', product: null, userErrors: [] }, userErrors };
  },
  productVariantRelationshipBulkUpdate: (_root, args, { shop }) => {
    const inputs = (args['input'] as Args[]).map((input, index) => {
      if (input['parentProductId'] != null || input['priceInput'] != null) throw notSimulated(`productVariantRelationshipBulkUpdate with ${input['priceInput'] != null ? 'priceInput' : 'parentProductId'}`);
      if (input['parentProductVariantId'] == null) return { field: ['input', String(index)], variantId: '', components: [] };
      const variantId = idOf(input['parentProductVariantId'], 'ProductVariant');
      return { field: ['input', String(index)], variantId, components: changed(shop.tables.variants.get(variantId), input) };
    });
    const outcomes = inputs.map((input) => setComponents(shop, input));
    const userErrors = outcomes.flatMap((outcome) => outcome.userErrors);
    return { parentProductVariants: userErrors.length > 0 ? null : outcomes.map(({ variant }) => variant), userErrors };
  },
});

/** `productOperation(id:)`: a bundle is complete at the first look. */
export function productOperation(shop: Shop, id: string): unknown {
  const product: ProductRecord | undefined = shop.tables.products.get(idOf(id, 'ProductBundleOperation'));
  return product === undefined ? null : { __typename: 'ProductBundleOperation', id, status: 'COMPLETE', product, userErrors: [] };
}
