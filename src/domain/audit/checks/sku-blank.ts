/** A tracked variant on sale without a SKU: warehouse and planner files cannot name it. */
import { adminOf, onHandOf, onSale, worth, type Check } from '../check.ts';
import { some } from '../../wording.ts';

export const skuBlank: Check = {
  id: 'sku-blank', title: 'Blank SKUs', severity: 3, owner: 'ecommerce', needs: ['variants', 'levels'], fix: 'Set a SKU on the variant in Shopify, the one the warehouse uses.',
  run(facts) {
    const units = onHandOf(facts), tracked = onSale(facts).filter((variant) => variant.tracked);
    return { checked: tracked.length, gaps: tracked.filter((variant) => !variant.sku?.trim()).map((variant) => {
      const held = Math.max(0, units.get(variant.inventoryItemId) ?? 0);
      return { subject: variant.title, sentence: `${variant.title} has no SKU and holds ${some(held, 'unit')}.`, units: held, money: worth(variant, held), variantId: variant.variantId, admin: adminOf(variant), evidence: { variantId: variant.variantId, onHand: held } };
    }) };
  },
};
