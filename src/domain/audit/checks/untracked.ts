/** Variants on sale whose stock Shopify does not keep, although others of the shop are kept: they are sold without end. */
import { adminOf, onSale, worth, type Check } from '../check.ts';
import { some } from '../../wording.ts';

export const untracked: Check = {
  id: 'untracked', title: 'Untracked variants', severity: 3, owner: 'ecommerce', needs: ['variants', 'orders'], fix: 'Switch on “Track quantity” for goods that stand on a shelf; leave services and gift cards as they are.',
  run(facts) {
    const all = onSale(facts), loose = all.filter((variant) => !variant.tracked && !/gift.?card/i.test(`${variant.productType ?? ''} ${variant.title}`));
    return { checked: all.length, gaps: loose.map((variant) => {
      const sold = facts.orders.sold.get(variant.variantId)?.units ?? 0;
      return { subject: variant.sku?.trim() || variant.title, sentence: `${variant.title} is on sale without its stock being kept${sold > 0 ? `; ${some(sold, 'unit')} sold in the history read` : ''}.`, units: sold, money: worth(variant, sold), variantId: variant.variantId, admin: adminOf(variant), evidence: { variantId: variant.variantId, sold } };
    }) };
  },
};
