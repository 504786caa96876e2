/** What one shopper takes: how many things, how many of each, and what they do when it is sold out. */
import type { Shop, VariantRecord } from '../state.ts';
import { quantityAt } from '../engine/levels.ts';
import type { WantedLine } from '../engine/order-lines.ts';
import { variantsOf } from '../shop.ts';
import type { Random } from './random.ts';

/** True when the shop would take the sale: untracked, willing to oversell, or enough of it (of every component) at one of the places. */
export function canSell(shop: Shop, variant: VariantRecord, units: number, places: readonly string[]): boolean {
  if (variant.deletedAt !== null) return false;
  if (variant.components.length > 0) {
    return variant.components.every((component) => {
      const part = shop.tables.variants.get(component.variantId);
      return part !== undefined && canSell(shop, part, units * component.quantity, places);
    });
  }
  if (variant.inventoryPolicy === 'CONTINUE' || !shop.tables.inventoryItems.get(variant.inventoryItemId)?.tracked) return true;
  return places.some((place) => quantityAt(shop, variant.inventoryItemId, place, 'available') >= units);
}

/** Number of different things in a basket, two on average. */
export function basketSize(random: Random): number {
  const draw = random.next();
  return draw < 0.46 ? 1 : draw < 0.73 ? 2 : draw < 0.88 ? 3 : draw < 0.95 ? 4 : random.int(5, 8);
}

export function unitsWanted(random: Random): number {
  const draw = random.next();
  return draw < 0.84 ? 1 : draw < 0.96 ? 2 : draw < 0.995 ? random.int(3, 4) : random.int(6, 12);
}

export interface Basket { lines: WantedLine[]; /** units wanted that nobody could sell */ lost: number }

/**
 * Fills a basket from a draw of variants. A shopper whose choice is sold out takes one instead of several, or (four in ten) another size
 * or colour of the same product, or goes without.
 */
export function fillBasket(shop: Shop, random: Random, size: number, draw: () => { variantId: string; price?: number } | undefined, places: readonly string[]): Basket {
  const lines = new Map<string, WantedLine>();
  let lost = 0;
  for (let count = 0; count < size; count++) {
    const choice = draw();
    const wanted = choice && shop.tables.variants.get(choice.variantId);
    if (!choice || !wanted || lines.has(wanted.id)) continue;
    const units = unitsWanted(random);
    const siblings = random.chance(0.4) ? variantsOf(shop, wanted.productId).filter((variant) => variant.id !== wanted.id && !lines.has(variant.id)) : [];
    const offer = canSell(shop, wanted, units, places) ? { variant: wanted, units }
      : canSell(shop, wanted, 1, places) ? { variant: wanted, units: 1 }
      : siblings.filter((variant) => canSell(shop, variant, 1, places)).map((variant) => ({ variant, units: 1 }))[0];
    if (!offer) { lost += units; continue; }
    lost += units - offer.units;
    lines.set(offer.variant.id, { variantId: offer.variant.id, quantity: offer.units, ...(choice.price === undefined ? {} : { price: choice.price }) });
  }
  return { lines: [...lines.values()], lost };
}
