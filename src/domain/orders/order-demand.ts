/**
 * What an order wants of the shelves that serve it: a pure function from the order's state to rows per line, kept item and place. Lines of virtual bundles
 * want their components; every other line wants its own item. Rows are totals, so settling an order twice changes nothing.
 */
import { explode, type PartsOf } from '../catalogue/bundle.ts';
import { openByPlace } from '../stock/order-facts.ts';
import type { OrderState } from './order-state.ts';

export interface OrderDemandKeys {
  /** The kept item behind a variant, tracked or not; null when unknown. */
  itemOf(variantId: string): number | null;
  /** Our location for a Shopify location when a warehouse serves it; null otherwise. */
  served(shopifyLocationId: string): number | null;
  partsOf: PartsOf;
}

export interface OrderDemandRow {
  lineId: string; itemId: number; variantId: string; locationId: number; viaBundle: boolean;
  /** Units of the item in one unit of the line. */
  perUnit: number;
  open: number; fulfilled: number; fulfilledAt: string | null;
}

export interface OrderDemand {
  rows: OrderDemandRow[];
  /** Components nobody knows: the line's other parts and the order's other lines go on. */
  missing: { lineId: string; variantId: string; bundleVariantId: string | null }[];
}

/** Throws BundleCycle when master data makes a bundle contain itself; such data cannot be saved through Instep. */
export function orderDemand(order: OrderState, keys: OrderDemandKeys): OrderDemand {
  const result: OrderDemand = { rows: [], missing: [] };
  if (order.test) return result;
  for (const [lineId, line] of Object.entries(order.lines).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (line.variantId === null || line.giftCard) continue;
    // A native bundle's line already is a component.
    const parts = line.group === null ? explode(line.variantId, 1, keys.partsOf) : new Map([[line.variantId, 1]]);
    const viaBundle = !(parts.size === 1 && parts.has(line.variantId));
    const places = servedPlaces(order, lineId, keys);
    for (const [variantId, perUnit] of parts) {
      const itemId = keys.itemOf(variantId);
      if (itemId === null) {
        if (viaBundle) result.missing.push({ lineId, variantId, bundleVariantId: line.variantId });
        continue;
      }
      for (const [locationId, place] of places) {
        result.rows.push({ lineId, itemId, variantId, locationId, viaBundle, perUnit, open: place.open * perUnit, fulfilled: place.fulfilled * perUnit, fulfilledAt: place.fulfilledAt });
      }
    }
  }
  return result;
}

interface Place { open: number; fulfilled: number; fulfilledAt: string | null }

function servedPlaces(order: OrderState, lineId: string, keys: OrderDemandKeys): Map<number, Place> {
  const places = new Map<number, Place>();
  const at = (locationId: number): Place => {
    const known = places.get(locationId) ?? { open: 0, fulfilled: 0, fulfilledAt: null };
    places.set(locationId, known);
    return known;
  };
  for (const [locationId, units] of openByPlace(order, lineId, keys.served)) at(locationId).open += units;
  for (const parcel of Object.values(order.fulfilments)) {
    const units = parcel.cancelled ? 0 : parcel.lines[lineId] ?? 0;
    const locationId = units === 0 || parcel.locationId === null ? null : keys.served(parcel.locationId);
    if (locationId === null) continue;
    const place = at(locationId);
    place.fulfilled += units;
    if (place.fulfilledAt === null || parcel.at > place.fulfilledAt) place.fulfilledAt = parcel.at;
  }
  return places;
}
