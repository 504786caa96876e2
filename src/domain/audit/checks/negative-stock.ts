/** Levels below zero: more was promised at a place than stands there. */
import { adminOf, named, type Check } from '../check.ts';
import { some } from '../../wording.ts';

export const negativeStock: Check = {
  id: 'negative-stock', title: 'Negative stock', severity: 2, owner: 'warehouse', needs: ['variants', 'levels', 'locations'], fix: 'Count the shelf; move the orders to a place that has the goods, or tell the customers. Then correct the level.',
  run(facts) {
    const variants = new Map(facts.variants.map((variant) => [variant.inventoryItemId, variant])), places = new Map(facts.locations.map((place) => [place.id, place.name]));
    const continues = new Set(facts.variants.filter((variant) => variant.continuesSelling).map((variant) => variant.inventoryItemId));
    const kept = facts.levels.filter((level) => variants.get(level.inventoryItemId)?.tracked ?? true);
    return { checked: kept.length, gaps: kept.filter((level) => level.available < 0).map((level) => {
      const variant = variants.get(level.inventoryItemId), place = places.get(level.locationId) ?? level.locationId, units = -level.available;
      // As the case of the same level is: the shop sells on by its own setting, so that units are owed, not lost.
      return { ...(continues.has(level.inventoryItemId) ? { severity: 4 as const } : {}), subject: named(variant, `inventory item ${level.inventoryItemId}`), sentence: `${named(variant)} shows ${level.available} available at ${place}: ${some(units, 'unit')} promised that ${units === 1 ? 'is' : 'are'} not there.`, units, money: variant?.price == null ? null : variant.price * units, ...(variant ? { variantId: variant.variantId, admin: adminOf(variant) } : {}), locationId: level.locationId, evidence: { available: level.available, onHand: level.onHand, since: level.changedAt } };
    }) };
  },
};
