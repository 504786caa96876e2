/** The cases of locations and variants nobody told us of: one sentence each, whoever meets them. */
import type { RaisedException } from './catalogue.ts';

/** `units` are what Shopify has, or what an order wants, at the unknown location; nothing is guessed and everything else is applied. */
export function unmappedLocation(shopifyLocationId: string, units: number, order?: { id: string; name: string }): RaisedException {
  const what = order ? `Order ${order.name} has ${units} units at` : `Shopify has ${units} units available at`;
  return {
    kind: 'LOCATION_UNMAPPED', key: `location/${shopifyLocationId}`, subject: `Shopify location ${shopifyLocationId}`,
    sentence: `${what} Shopify location ${shopifyLocationId}, which Instep does not know. Nothing was guessed; everything else was applied.`,
    evidence: { shopifyLocationId, units, ...(order ? { orderId: order.id, order: order.name } : {}) },
  };
}

/** Sold within so many days, an unknown variant hurts today; else this week. */
const LATELY_DAYS = 28;

/** What an order sold that the catalogue here does not know: `at` is now, `soldAt` when it was bought. */
export function soldUnmapped(sold: { orderId: string; order: string; soldAt: string; lineId: string; variantId: string; sku: string | null; title: string; ordered: number; openUnits: number }, at: string): RaisedException {
  const { order, variantId, sku, title, ordered, soldAt, ...evidence } = sold, lately = Date.parse(at) - Date.parse(soldAt) <= LATELY_DAYS * 86_400_000;
  return {
    kind: 'VARIANT_UNMAPPED', key: `variant/${variantId}`, subject: sku || title, ...(lately ? {} : { severity: 3 as const }),
    sentence: `Order ${order} sold ${ordered} × ${sku || title}, a variant Instep does not know (${variantId}). The order's other lines were applied.`, evidence: { ...evidence, order, variantId, sku },
  };
}

/** A tracked inventory item with a level that no variant known here has. Nobody bought it yet, as far as is known. */
export function stockUnmapped(level: { inventoryItemId: string; shopifyLocationId: string; location: string; sku: string | null; units: number }): RaisedException {
  const name = level.sku || `inventory item ${level.inventoryItemId}`, units = `${level.units} ${level.units === 1 ? 'unit' : 'units'}`;
  return {
    kind: 'VARIANT_UNMAPPED', key: `inventory-item/${level.inventoryItemId}`, subject: name, severity: 3, size: Math.abs(level.units),
    sentence: `Shopify tracks ${units} of ${name} at ${level.location}, and the catalogue here knows no variant of it. It is neither counted, planned nor pushed until it does.`,
    evidence: { inventoryItemId: level.inventoryItemId, shopifyLocationId: level.shopifyLocationId, sku: level.sku, units: level.units },
  };
}
