/** Control of native bundles: `POST bundles {title, sku?, price?, components: [{sku|variantId, quantity}]}`. */
import { makeBundle } from '../engine/bundles.ts';
import { listField, numberField, onlyFields, optionalText, textField } from './fields.ts';
import { accepted, variantBy } from './lookup.ts';
import type { Routes } from './routes.ts';

export const bundleRoutes: Routes = {
  'POST bundles': ({ shop }, body) => {
    onlyFields(body, ['title', 'sku', 'price', 'components']);
    return accepted(makeBundle(shop, {
      title: textField(body, 'title'), sku: optionalText(body, 'sku') ?? null,
      components: listField(body, 'components', (part) => ({ variantId: variantBy(shop, part).id, quantity: numberField(part, 'quantity', { min: 1, max: 2_000, whole: true }, 1) })),
      ...(body['price'] === undefined ? {} : { price: numberField(body, 'price', { min: 0, max: 1_000_000_000, whole: true }) }),
    })).variant;
  },
};
