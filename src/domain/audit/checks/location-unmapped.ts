/** Active locations with stock that Instep does not know, or that no warehouse serves in an organisation that has warehouses. */
import { grouped, worth, type Check } from '../check.ts';
import { some } from '../../wording.ts';

export const locationUnmapped: Check = {
  id: 'location-unmapped', title: 'Unmapped locations with stock', severity: 2, owner: 'ecommerce', needs: ['locations', 'levels', 'variants', 'own'], fix: 'Settings → Locations: say who is right about the location’s stock. A location left to Shopify on purpose is known, and no gap.',
  run(facts) {
    const known = new Map(facts.own!.locations.map((place) => [place.locationId, place])), variants = new Map(facts.variants.map((variant) => [variant.inventoryItemId, variant]));
    const at = grouped(facts.levels.filter((level) => level.onHand !== 0), (level) => level.locationId), active = facts.locations.filter((place) => place.isActive);
    return { checked: active.length, gaps: active.filter((place) => at.has(place.id) && known.get(place.id)?.known !== true).map((place) => {
      const levels = at.get(place.id)!, units = levels.reduce((sum, level) => sum + Math.max(0, level.onHand), 0), money = levels.map((level) => worth(variants.get(level.inventoryItemId), Math.max(0, level.onHand)));
      return { subject: place.name, sentence: `${place.name} holds ${some(units, 'unit')} of ${some(levels.length, 'item')}, and Instep does not know the location.`, units, money: money.every((m) => m === null) ? null : money.reduce<number>((sum, m) => sum + (m ?? 0), 0), locationId: place.id, admin: `settings/locations/${place.id}`, evidence: { items: levels.length, units } };
    }) };
  },
};
