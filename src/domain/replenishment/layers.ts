/** Who may say a planning value of a line, and in which words a planner is told who did. */
import type { AbcClass } from './abc.ts';
import { resolvePolicy, type PlanningPolicy, type PolicyLayer, type PolicyLayers, type ResolvedPolicy } from './policy.ts';

/** Values by scope: `default`, `class:A`, `category:Mugs`, `vendor:Mill`, `item:12`, `item:12@3`. */
export type ScopedValues = ReadonlyMap<string, Partial<PlanningPolicy>>;

export interface Line { itemId: number; locationId: number; vendor: string | null; /** Its product type. */ category: string | null; abc: AbcClass | null }

/** The values that hold for a line; `supplier` is said by the terms of who it is bought from, `learned` by that supplier's receipts. */
export function policyOfLine(scopes: ScopedValues, line: Line, supplier?: Partial<PlanningPolicy>, learned?: Partial<PlanningPolicy>): ResolvedPolicy {
  const layers: PolicyLayers = {
    'item here': scopes.get(`item:${line.itemId}@${line.locationId}`), item: scopes.get(`item:${line.itemId}`), learned, supplier,
    vendor: line.vendor === null ? undefined : scopes.get(`vendor:${line.vendor}`), category: line.category === null ? undefined : scopes.get(`category:${line.category}`), class: line.abc === null ? undefined : scopes.get(`class:${line.abc}`), store: scopes.get('default'),
  };
  return resolvePolicy(layers);
}

/** "class A", "terms of Mill": who said a value. */
export function layerWords(layer: PolicyLayer, names: { vendor: string | null; supplier: string | null; abc: string | null; category?: string | null }): string {
  switch (layer) {
    case 'item here': return 'set for this item here';
    case 'item': return 'set for this item';
    case 'learned': return `learned from receipts of ${names.supplier ?? 'the supplier'}`;
    case 'supplier': return `terms of ${names.supplier ?? 'the supplier'}`;
    case 'vendor': return `values of ${names.vendor ?? 'the vendor'}`;
    case 'category': return `values of category ${names.category ?? '?'}`;
    case 'class': return `values of class ${names.abc ?? '?'}`;
    case 'store': return 'the store’s default';
    default: return 'built in';
  }
}
