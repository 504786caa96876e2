/** The case of a location nobody told us of: one sentence, whoever meets it. */
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
