/** Stock at a location that is switched off: it is counted, and nobody can buy it. */
import { grouped, worth, type Check } from '../check.ts';
import { some } from '../../wording.ts';

export const locationInactive: Check = {
  id: 'location-inactive', title: 'Inactive locations with stock', severity: 1, owner: 'ecommerce', needs: ['locations', 'levels', 'variants'], fix: 'Move the stock to an active location, write it off, or switch the location on again.',
  run(facts) {
    const variants = new Map(facts.variants.map((variant) => [variant.inventoryItemId, variant]));
    const at = grouped(facts.levels.filter((level) => level.onHand !== 0), (level) => level.locationId);
    return { checked: facts.locations.length, gaps: facts.locations.filter((place) => !place.isActive && at.has(place.id)).map((place) => {
      const levels = at.get(place.id)!, units = levels.reduce((sum, level) => sum + Math.abs(level.onHand), 0), money = levels.map((level) => worth(variants.get(level.inventoryItemId), level.onHand));
      return { subject: place.name, sentence: `${place.name} is inactive and holds ${some(units, 'unit')} of ${some(levels.length, 'item')}.`, units, money: money.every((m) => m === null) ? null : money.reduce<number>((sum, m) => sum + (m ?? 0), 0), locationId: place.id, admin: `settings/locations/${place.id}`, evidence: { items: levels.length, units } };
    }) };
  },
};
