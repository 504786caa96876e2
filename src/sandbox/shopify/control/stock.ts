/** Controls of stock and catalogue: edits by the merchant's own hand, or by another app's. */
import { addProduct, editVariants, tagProduct, type VariantChange } from '../catalogue-edits.ts';
import { setComponents, type Components } from '../engine/bundles.ts';
import { editByHand, type HandEdit } from '../engine/inventory.ts';
import { REASONS } from '../engine/inventory-checks.ts';
import { toggleLevels } from '../engine/stocking.ts';
import { HttpRefusal } from '../http-message.ts';
import type { Shop, Writer } from '../state.ts';
import { choiceField, flagField, listField, numberField, objectField, onlyFields, optionalText, textField, textsField, type Fields } from './fields.ts';
import { accepted, locationIdBy, variantBy } from './lookup.ts';
import type { Routes } from './routes.ts';

const UNITS = { min: -1_000_000_000, max: 1_000_000_000, whole: true };
/** `committed` belongs to orders; everything else a hand may change. */
const STATES = ['available', 'reserved', 'damaged', 'safety_stock', 'quality_control', 'incoming'] as const;
const PLACE = ['sku', 'variantId', 'inventoryItemId', 'locationId', 'location'];
const MAX_ADJUSTMENTS = 500;

/** Whose hand: an app or a member of staff by name; nobody in particular is "Staff". */
export function writerOf(body: Fields): Writer {
  const app = optionalText(body, 'app');
  if (app !== undefined && body['staff'] !== undefined) throw new HttpRefusal(400, 'app: name an app or staff, not both');
  return app !== undefined ? { app } : { staff: optionalText(body, 'staff') ?? 'Staff' };
}

function editOf(body: Fields): Pick<HandEdit, 'available' | 'onHand' | 'change'> {
  const given = ['available', 'onHand', 'change'].filter((name) => body[name] !== undefined);
  if (given.length !== 1) throw new HttpRefusal(400, 'available: give one of available, onHand and change');
  if (body['available'] !== undefined) return { available: numberField(body, 'available', UNITS) };
  if (body['onHand'] !== undefined) return { onHand: numberField(body, 'onHand', { ...UNITS, min: 0 }) };
  const change = objectField(body, 'change');
  onlyFields(change, ['name', 'delta']);
  return { change: { name: choiceField(change, 'name', STATES), delta: numberField(change, 'delta', UNITS) } };
}

const componentsOf = (shop: Shop, body: Fields): Components => (Array.isArray(body['components']) && body['components'].length === 0 ? []
  : listField(body, 'components', (part) => ({ variantId: variantBy(shop, part).id, quantity: numberField(part, 'quantity', { min: 1, max: 2_000, whole: true }, 1) })));

export const stockRoutes: Routes = {
  // A product with one variant, stocked at the locations given.
  'POST products': ({ shop }, body) => {
    onlyFields(body, ['title', 'sku', 'price', 'levels']);
    const variant = addProduct(shop, { title: textField(body, 'title'), sku: optionalText(body, 'sku') ?? null, price: numberField(body, 'price', { min: 0, max: 1_000_000_000, whole: true }, 1_000) });
    const levels = body['levels'] === undefined ? [] : listField(body, 'levels', (level) => ({ locationId: locationIdBy(shop, level), available: numberField(level, 'available', UNITS) }));
    for (const { locationId, available } of levels) {
      accepted(toggleLevels(shop, variant.inventoryItemId, [{ locationId, activate: true }]));
      accepted(editByHand(shop, { inventoryItemId: variant.inventoryItemId, locationId, reason: 'received', available }, { by: writerOf(body) }));
    }
    return variant;
  },
  // What the merchant changes of a product as a whole; its variants stay as they are.
  'POST products/:id': ({ shop }, body, id) => {
    onlyFields(body, ['tags']);
    const product = shop.tables.products.get(id);
    if (product === undefined) throw new HttpRefusal(404, 'products/<id>: unknown product');
    return tagProduct(shop, product, textsField(body, 'tags'));
  },
  'POST levels': ({ shop }, body) => {
    onlyFields(body, [...PLACE, 'available', 'onHand', 'change', 'reason', 'staff', 'app']);
    const { inventoryItemId } = variantBy(shop, body);
    const locationId = locationIdBy(shop, body);
    accepted(editByHand(shop, { inventoryItemId, locationId, reason: choiceField(body, 'reason', [...REASONS], 'correction'), ...editOf(body) }, { by: writerOf(body) }));
    return shop.tables.levels.get(`${inventoryItemId}:${locationId}`);
  },
  'POST levels/stocked': ({ shop }, body) => {
    onlyFields(body, [...PLACE, 'stocked']);
    const { inventoryItemId } = variantBy(shop, body);
    const locationId = locationIdBy(shop, body);
    accepted(toggleLevels(shop, inventoryItemId, [{ locationId, activate: flagField(body, 'stocked', true) }]));
    return shop.tables.levels.get(`${inventoryItemId}:${locationId}`);
  },
  // An item's levels and its latest adjustments with who made them, newest first.
  'GET levels/:id': ({ shop }, _body, id) => {
    if (!shop.tables.inventoryItems.has(id)) throw new HttpRefusal(404, 'levels/<inventoryItemId>: unknown item');
    const adjustments = [...shop.tables.adjustments.values()].filter((row) => row.inventoryItemId === id).reverse().slice(0, MAX_ADJUSTMENTS);
    return { levels: shop.levelsOf(id), adjustments };
  },
  'POST variants/:id': ({ shop }, body, id) => {
    onlyFields(body, ['sku', 'barcode', 'price', 'components']);
    const variant = shop.tables.variants.get(id);
    if (variant === undefined) throw new HttpRefusal(404, 'variants/<id>: unknown variant');
    const change: VariantChange = {
      ...(body['sku'] === undefined ? {} : { sku: body['sku'] === null ? null : body['sku'] === '' ? '' : textField(body, 'sku') }),
      ...(body['barcode'] === undefined ? {} : { barcode: optionalText(body, 'barcode') ?? null }),
      ...(body['price'] === undefined ? {} : { price: numberField(body, 'price', { min: 0, max: 1_000_000_000, whole: true }) }),
    };
    if (Object.keys(change).length > 0) editVariants(shop, variant.productId, [{ variant, change }]);
    // What the merchant's bundles app does to a variant there is; an empty list makes it a plain one again.
    if (body['components'] !== undefined) accepted(setComponents(shop, { variantId: id, components: componentsOf(shop, body), field: ['components'] }));
    return shop.tables.variants.get(id);
  },
};
