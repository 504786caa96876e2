/** Levels below zero: more was promised at a place than stands there. */
import { adminOf, named, some, type Check } from '../check.ts';

export const negativeStock: Check = {
  id: 'negative-stock', title: 'Negative stock', severity: 2, owner: 'warehouse', needs: ['variants', 'levels', 'locations'], fix: 'Count the shelf; move the orders to a place that has the goods, or tell the customers. Then correct the level.',
  run(facts) {
    const variants = new Map(facts.variants.map((variant) => [variant.inventoryItemId, variant])), places = new Map(facts.locations.map((place) => [place.id, place.name]));
    const kept = facts.levels.filter((level) => variants.get(level.inventoryItemId)?.tracked ?? true);
    return { checked: kept.length, gaps: kept.filter((level) => level.available < 0).map((level) => {
      const variant = variants.get(level.inventoryItemId), place = places.get(level.locationId) ?? level.locationId, units = -level.available;
      return { subject: named(variant, `inventory item ${level.inventoryItemId}`), sentence: `${named(variant)} shows ${level.available} available at ${place}: ${some(units, 'unit')} promised that ${units === 1 ? 'is' : 'are'} not there.`, units, money: variant?.price == null ? null : variant.price * units, ...(variant ? { variantId: variant.variantId, admin: adminOf(variant) } : {}), locationId: level.locationId, evidence: { available: level.available, onHand: level.onHand, since: level.changedAt } };
    }) };
  },
};
