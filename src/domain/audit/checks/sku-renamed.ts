/** SKUs that changed under Instep's eyes and that nobody has said yes to: the warehouse and the planner may still use the old one. */
import { adminOf, onHandOf, worth, type Check } from '../check.ts';
import { some } from '../../wording.ts';

export const skuRenamed: Check = {
  id: 'sku-renamed', title: 'Renamed SKUs', severity: 3, owner: 'ecommerce', needs: ['variants', 'levels', 'own'], fix: 'Accept the rename once warehouse and planner use the new code, or set the old SKU again in Shopify.',
  run(facts) {
    const units = onHandOf(facts), variants = new Map(facts.variants.map((variant) => [variant.variantId, variant]));
    return { checked: facts.own!.skus, gaps: facts.own!.renames.map((rename) => {
      const variant = variants.get(rename.variantId), held = variant ? Math.max(0, units.get(variant.inventoryItemId) ?? 0) : 0;
      return { subject: rename.to || rename.title, sentence: `${rename.title} was ${rename.from || 'without a SKU'} and is ${rename.to || 'without one'} since ${rename.at.slice(0, 10)}; it holds ${some(held, 'unit')}.`, units: held, money: worth(variant, held), variantId: rename.variantId, ...(variant ? { admin: adminOf(variant) } : {}), evidence: { from: rename.from, to: rename.to, at: rename.at } };
    }) };
  },
};
