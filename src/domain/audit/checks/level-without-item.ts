/** Levels of an inventory item that no variant has: what is left of a deleted product, or what a listing lost. */
import { type Check } from '../check.ts';
import { some } from '../../wording.ts';

export const levelWithoutItem: Check = {
  id: 'level-without-item', title: 'Stock without a variant', severity: 3, owner: 'ecommerce', needs: ['variants', 'levels', 'locations'], fix: 'Find the goods on the shelf: list them again, or write the level off.',
  run(facts) {
    const known = new Set(facts.variants.map((variant) => variant.inventoryItemId)), places = new Map(facts.locations.map((place) => [place.id, place.name]));
    return { checked: facts.levels.length, gaps: facts.levels.filter((level) => level.onHand !== 0 && !known.has(level.inventoryItemId)).map((level) => ({ subject: `inventory item ${level.inventoryItemId}`, sentence: `${some(Math.abs(level.onHand), 'unit')} at ${places.get(level.locationId) ?? level.locationId} belong to inventory item ${level.inventoryItemId}, which no variant has.`, units: Math.abs(level.onHand), money: null, locationId: level.locationId, evidence: { inventoryItemId: level.inventoryItemId, onHand: level.onHand } })) };
  },
};
