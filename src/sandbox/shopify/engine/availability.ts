/** What can be sold now: an item's own stock, or for a native bundle the sets its components make. */
import type { Shop, VariantRecord } from '../state.ts';

/** Sum of `available` over active levels at the locations that count. */
export function availableOf(shop: Shop, inventoryItemId: string, counts: (locationId: string) => boolean): number {
  return shop.levelsOf(inventoryItemId).reduce((total, level) => level.isActive && counts(level.locationId) ? total + level.quantities.available : total, 0);
}

/** Sellable units; a bundle's sets are counted location by location, since one parcel leaves one place. */
export function sellableUnits(shop: Shop, variant: VariantRecord, online: boolean): number {
  const places = [...shop.tables.locations.values()].filter((place) => place.isActive && (!online || place.shipsInventory));
  if (variant.components.length === 0) return availableOf(shop, variant.inventoryItemId, (id) => places.some((place) => place.id === id));
  return places.reduce((total, place) => total + Math.max(0, Math.min(...variant.components.map((component) => {
    const part = shop.tables.variants.get(component.variantId);
    return part === undefined ? 0 : Math.floor(availableOf(shop, part.inventoryItemId, (id) => id === place.id) / component.quantity);
  }))), 0);
}
