/** What a check is: facts → gaps, with who owns them and how they are put right. One check, one file in checks/. */
import type { StorefrontVariant } from '../catalogue/storefront.ts';
import type { Role } from '../exceptions/catalogue.ts';
import type { AuditFacts, Part } from './facts.ts';

export interface Gap {
  /** Where this one is less or more urgent than its check by itself; the exceptions inbox says the same of it. */
  severity?: 1 | 2 | 3 | 4;
  subject: string;
  /** What is wrong, with the figures that show it. */
  sentence: string;
  /** Whole units concerned, 0 when none can be said. */
  units: number;
  /** Minor units of the shop's currency at risk; null when it cannot be said. */
  money: number | null;
  evidence: Readonly<Record<string, string | number | null>>;
  variantId?: string;
  locationId?: string;
  /** A page that shows it, within the shop's admin: `products/…`, `orders/…`. */
  admin?: string;
}

export interface Finding { /** Things looked at, of which each gap is one. */ checked: number; gaps: Gap[] }

export interface Check {
  id: string;
  title: string;
  /** 1 misstated now · 2 hurts today · 3 this week · 4 tidy-up: the weight in the score. */
  severity: 1 | 2 | 3 | 4;
  owner: Role;
  /** What to do, in a sentence or two. */
  fix: string;
  /** Parts of the shop it needs read, and whether it needs Instep's own database. */
  needs: readonly (Part | 'own')[];
  run(facts: AuditFacts): Finding;
}

/** Units at cost, at price where no cost is kept; null where neither is, or there are none. Negative units are worth as much as positive ones. */
export function worth(variant: Pick<StorefrontVariant, 'unitCost' | 'price'> | undefined, units: number): number | null {
  const each = variant?.unitCost ?? variant?.price ?? null;
  return each === null || units === 0 ? null : each * Math.abs(units);
}

/** The things of each key, in the order they came. */
export function grouped<T>(all: readonly T[], keyOf: (thing: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of all) { const key = keyOf(thing), group = groups.get(key); if (group) group.push(thing); else groups.set(key, [thing]); }
  return groups;
}

export const named = (variant: Pick<StorefrontVariant, 'sku' | 'title'> | undefined, otherwise = 'unknown variant'): string => variant?.sku?.trim() || variant?.title || otherwise;
export const daysBetweenInstants = (from: string, to: string): number => Math.floor((Date.parse(to) - Date.parse(from)) / 86_400_000);

/** Units on hand of each inventory item over all locations. */
export function onHandOf(facts: Pick<AuditFacts, 'levels'>): Map<string, number> {
  const units = new Map<string, number>();
  for (const level of facts.levels) units.set(level.inventoryItemId, (units.get(level.inventoryItemId) ?? 0) + level.onHand);
  return units;
}

/** Variants that are on sale and whose stock is to be kept: bundles have none of their own. */
export const onSale = (facts: Pick<AuditFacts, 'variants'>): StorefrontVariant[] => facts.variants.filter((variant) => variant.productStatus === 'ACTIVE' && !variant.isBundle);
export const adminOf = (variant: Pick<StorefrontVariant, 'productId' | 'variantId'>): string => `products/${variant.productId}/variants/${variant.variantId}`;
