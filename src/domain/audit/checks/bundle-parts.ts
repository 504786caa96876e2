/** Bundles without components, or with one that is not in the catalogue: nothing can be picked, or too little. */
import { adminOf, named, type Check } from '../check.ts';

export const bundleParts: Check = {
  id: 'bundle-parts', title: 'Bundles without components', severity: 2, owner: 'ecommerce', needs: ['variants', 'orders'], fix: 'Open the bundle in the app that made it and give it its components; until then, take it off sale.',
  run(facts) {
    const known = new Set(facts.variants.map((variant) => variant.variantId)), bundles = facts.variants.filter((variant) => variant.isBundle && variant.productStatus === 'ACTIVE');
    return { checked: bundles.length, gaps: bundles.flatMap((bundle) => {
      const lost = bundle.components.filter((part) => !known.has(part.variantId)), sold = facts.orders.sold.get(bundle.variantId)?.units ?? 0;
      if (bundle.components.length > 0 && lost.length === 0) return [];
      return [{ subject: named(bundle), sentence: bundle.components.length === 0 ? `${bundle.title} is sold as a bundle and has no components.` : `${bundle.title} names ${lost.length === 1 ? 'a component that is' : `${lost.length} components that are`} not in the catalogue (${lost.slice(0, 5).map((part) => part.variantId).join(', ')}).`, units: sold, money: bundle.price === null || sold === 0 ? null : bundle.price * sold, variantId: bundle.variantId, admin: adminOf(bundle), evidence: { components: bundle.components.length, unknown: lost.length } }];
    }) };
  },
};
