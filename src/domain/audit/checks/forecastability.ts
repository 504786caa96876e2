/** Tracked variants on sale whose demand cannot be learnt from their own sales: never sold, too young, or sold on too few days. */
import { dayNumber, daysBetween } from '../../calendar.ts';
import { adminOf, named, onHandOf, onSale, worth, type Check } from '../check.ts';
import { some } from '../../wording.ts';

/** Days since the first sale, and days with a sale, below which a forecast leans on the item's kin. */
export const YOUNG_DAYS = 56, FEW_DAYS = 4;

export const forecastability: Check = {
  id: 'forecastability', title: 'Forecastability', severity: 4, owner: 'planner', needs: ['variants', 'orders', 'levels'], fix: 'New goods: say which item they are like. Never sold: order nothing, and ask whether they belong in the range. Few sales: keep a minimum, not a forecast.',
  run(facts) {
    const units = onHandOf(facts), today = facts.at.slice(0, 10), kept = onSale(facts).filter((variant) => variant.tracked);
    return { checked: kept.length, gaps: kept.flatMap((variant) => {
      const sold = facts.orders.sold.get(variant.variantId), held = Math.max(0, units.get(variant.inventoryItemId) ?? 0), age = sold ? daysBetween(sold.first, today) : null;
      const why = !sold ? 'was never sold in the history read' : age! < YOUNG_DAYS ? `was first sold ${some(age!, 'day')} ago` : sold.days < FEW_DAYS ? `was sold on only ${some(sold.days, 'day')}` : null;
      if (why === null) return [];
      return [{ subject: named(variant), sentence: `${named(variant)} ${why}; ${some(held, 'unit')} in stock.`, units: held, money: worth(variant, held), variantId: variant.variantId, admin: adminOf(variant), evidence: { sold: sold?.units ?? 0, daysWithSales: sold?.days ?? 0, firstSale: sold?.first ?? null, lastSaleDaysAgo: sold ? dayNumber(today) - dayNumber(sold.last) : null } }];
    }) };
  },
};
