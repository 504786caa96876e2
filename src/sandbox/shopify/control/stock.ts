/** Controls of stock and catalogue: edits by the merchant's own hand. */
import { editVariants, type VariantChange } from '../catalogue-edits.ts';
import { adminEdit } from '../engine/inventory.ts';
import { HttpRefusal } from '../http-message.ts';
import { numberField, onlyFields, optionalText, textField } from './fields.ts';
import { accepted, locationIdBy, variantBy } from './lookup.ts';
import type { Routes } from './routes.ts';

export const stockRoutes: Routes = {
  'POST levels': ({ shop }, body) => {
    onlyFields(body, ['sku', 'variantId', 'inventoryItemId', 'locationId', 'location', 'available']);
    const { inventoryItemId } = variantBy(shop, body);
    const locationId = locationIdBy(shop, body);
    const available = numberField(body, 'available', { min: -1_000_000_000, max: 1_000_000_000, whole: true });
    accepted(adminEdit(shop, { inventoryItemId, locationId, available }));
    return shop.tables.levels.get(`${inventoryItemId}:${locationId}`);
  },
  'POST variants/:id': ({ shop }, body, id) => {
    onlyFields(body, ['sku', 'barcode', 'price']);
    const variant = shop.tables.variants.get(id);
    if (variant === undefined) throw new HttpRefusal(404, 'variants/<id>: unknown variant');
    const change: VariantChange = {
      ...(body['sku'] === undefined ? {} : { sku: body['sku'] === null ? null : body['sku'] === '' ? '' : textField(body, 'sku') }),
      ...(body['barcode'] === undefined ? {} : { barcode: optionalText(body, 'barcode') ?? null }),
      ...(body['price'] === undefined ? {} : { price: numberField(body, 'price', { min: 0, max: 1_000_000_000, whole: true }) }),
    };
    editVariants(shop, variant.productId, [{ variant, change }]);
    return shop.tables.variants.get(id);
  },
};
