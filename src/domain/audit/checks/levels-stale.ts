/** Stock that has not moved for half a year: dead, or not there at all. With the database: levels Instep has not seen anew although Shopify changed them. */
import { adminOf, daysBetweenInstants, named, worth, type Check } from '../check.ts';
import { some } from '../../wording.ts';

export const STALE_DAYS = 180;

export const levelsStale: Check = {
  id: 'levels-stale', title: 'Stale levels', severity: 4, owner: 'warehouse', needs: ['variants', 'levels', 'locations'], fix: 'Count these shelves first. What is not there is written off; what is there and does not sell is marked down.',
  run(facts) {
    const variants = new Map(facts.variants.map((variant) => [variant.inventoryItemId, variant])), places = new Map(facts.locations.map((place) => [place.id, place.name])), held = facts.levels.filter((level) => level.onHand > 0 && variants.get(level.inventoryItemId)?.tracked === true);
    const gaps = held.filter((level) => daysBetweenInstants(level.changedAt, facts.at) >= STALE_DAYS).map((level) => {
      const variant = variants.get(level.inventoryItemId)!, days = daysBetweenInstants(level.changedAt, facts.at);
      return { subject: named(variant), sentence: `${some(level.onHand, 'unit')} of ${named(variant)} at ${places.get(level.locationId) ?? level.locationId} ${level.onHand === 1 ? 'has' : 'have'} not moved for ${some(days, 'day')}.`, units: level.onHand, money: worth(variant, level.onHand), variantId: variant.variantId, admin: adminOf(variant), locationId: level.locationId, evidence: { changedAt: level.changedAt, days, onHand: level.onHand } };
    });
    const unseen = (facts.own?.levels.stale ?? []).map((level) => ({ subject: level.sku || level.title, sentence: `Instep last read ${level.sku || level.title} at ${level.location} on ${level.seenAt.slice(0, 10)}; ${some(Math.abs(level.units), 'unit')} may have changed since.`, units: Math.abs(level.units), money: null, evidence: { seenAt: level.seenAt } }));
    return { checked: Math.max(held.length, facts.own?.levels.counted ?? 0), gaps: [...gaps, ...unseen] };
  },
};
