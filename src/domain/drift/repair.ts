/**
 * Mending a difference that nothing explains. Two ways: Shopify's number is right (somebody counted there) and the ledger follows by a movement; or ours is,
 * and Shopify is set, only if it still shows what was looked at. A pure decision from two statements of one level.
 */
export type RepairWay = 'accept Shopify' | 'push ours';

export interface RepairInput {
  way: RepairWay;
  ledger: { available: number; committed: number };
  shopify: { available: number; committed: number };
  /** Whether a warehouse is right about the location: there Shopify follows the shelf, by the push alone. */
  authority: 'storefront' | 'warehouse';
  /** Units a person may change alone. */
  limit: number;
  /** Whether changes are known to be on their way: they would be counted twice. */
  pending: boolean;
}

export type RepairDecision =
  | { refuse: string }
  | { available: { from: number; to: number }; committed: { from: number; to: number }; units: number; approval: boolean };

export function decideRepair(input: RepairInput): RepairDecision {
  const { ledger, shopify, way } = input;
  if (ledger.available === shopify.available && ledger.committed === shopify.committed) return { refuse: 'Both sides agree by now; there is nothing to repair.' };
  if (input.pending) return { refuse: 'Changes of this level are still on their way and will explain it. Repairing now would count them twice.' };
  if (way === 'push ours') {
    if (input.authority === 'warehouse') return { refuse: 'A warehouse is right about this location: its push sets Shopify. Correct the shelf by a count instead.' };
    if (ledger.available === shopify.available) return { refuse: 'Available agrees. Committed follows from orders and cannot be set in Shopify.' };
    const units = Math.abs(ledger.available - shopify.available);
    return { available: { from: shopify.available, to: ledger.available }, committed: { from: shopify.committed, to: shopify.committed }, units, approval: units > input.limit };
  }
  const units = Math.abs(shopify.available - ledger.available) + Math.abs(shopify.committed - ledger.committed);
  return { available: { from: ledger.available, to: shopify.available }, committed: { from: ledger.committed, to: shopify.committed }, units, approval: units > input.limit };
}
