/** “Continue selling when out of stock”: right for what is made to order, an oversell for everything else. Units promised beyond the stock are at risk now. */
import { adminOf, onSale, type Check } from '../check.ts';
import { some } from '../../wording.ts';

export const oversellable: Check = {
  id: 'oversellable', title: 'Variants that oversell', severity: 2, owner: 'ecommerce', needs: ['variants', 'levels'], fix: 'Switch off “Continue selling when out of stock” unless the goods are made to order or truly on back-order with a date.',
  run(facts) {
    const available = new Map<string, number>();
    for (const level of facts.levels) available.set(level.inventoryItemId, (available.get(level.inventoryItemId) ?? 0) + level.available);
    const tracked = onSale(facts).filter((variant) => variant.tracked);
    return { checked: tracked.length, gaps: tracked.filter((variant) => variant.continuesSelling).map((variant) => {
      const left = available.get(variant.inventoryItemId) ?? 0, over = Math.max(0, -left);
      return { subject: variant.sku?.trim() || variant.title, sentence: `${variant.title} goes on selling at zero; ${over > 0 ? `${some(over, 'unit')} ${over === 1 ? 'is' : 'are'} promised beyond the stock` : `${some(left, 'unit')} left before that happens`}.`, units: over, money: variant.price === null || over === 0 ? null : variant.price * over, variantId: variant.variantId, admin: adminOf(variant), evidence: { available: left, policy: 'CONTINUE' } };
    }) };
  },
};
