/** One SKU on several variants on sale: files keyed on SKU cannot tell them apart, and stock of one is booked on the other. */
import { adminOf, grouped, onHandOf, onSale, worth, type Check } from '../check.ts';
import { some } from '../../wording.ts';

export const skuDuplicate: Check = {
  id: 'sku-duplicate', title: 'Duplicate SKUs', severity: 2, owner: 'ecommerce', needs: ['variants', 'levels'], fix: 'Give each variant a SKU of its own in Shopify, and tell the warehouse which is which before the next count.',
  run(facts) {
    const units = onHandOf(facts), named = onSale(facts).filter((variant) => variant.sku?.trim() && variant.tracked), bySku = grouped(named, (variant) => variant.sku!.trim());
    const gaps = [...bySku].filter(([, all]) => all.length > 1).map(([sku, all]) => {
      const held = all.reduce((sum, variant) => sum + Math.max(0, units.get(variant.inventoryItemId) ?? 0), 0), money = all.map((variant) => worth(variant, Math.max(0, units.get(variant.inventoryItemId) ?? 0)));
      return {
        subject: sku, units: held, money: money.every((m) => m === null) ? null : money.reduce<number>((sum, m) => sum + (m ?? 0), 0), variantId: all[0]!.variantId, admin: adminOf(all[0]!),
        sentence: `SKU ${sku} is on ${all.length} variants: ${all.slice(0, 5).map((variant) => `${variant.title} (${variant.variantId})`).join(', ')}${all.length > 5 ? ' …' : ''}. Together they hold ${some(held, 'unit')}.`,
        evidence: { variants: all.length, variantIds: all.slice(0, 20).map((variant) => variant.variantId).join(' ') },
      };
    });
    return { checked: bySku.size, gaps };
  },
};
