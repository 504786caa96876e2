import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decideRepair } from './repair.ts';

const side = fc.record({ available: fc.integer({ min: -20, max: 50 }), committed: fc.nat(20) });

it('ends with both sides equal in what it changes, asks a second person above the limit, and never while changes are on their way', () => {
  fc.assert(fc.property(fc.constantFrom('accept Shopify' as const, 'push ours' as const), side, side, fc.constantFrom('storefront' as const, 'warehouse' as const), fc.nat(40), fc.boolean(), (way, ledger, shopify, authority, limit, pending) => {
    const decided = decideRepair({ way, ledger, shopify, authority, limit, pending });
    if ('refuse' in decided) {
      const equal = ledger.available === shopify.available && (way === 'push ours' || ledger.committed === shopify.committed);
      expect(equal || pending || (way === 'push ours' && authority === 'warehouse')).toBe(true);
      return;
    }
    expect(pending).toBe(false);
    const changed = way === 'accept Shopify' ? ledger : shopify, other = way === 'accept Shopify' ? shopify : ledger;
    expect(decided.available).toEqual({ from: changed.available, to: other.available });
    if (way === 'push ours') expect(decided.committed.from).toBe(decided.committed.to);
    expect(decided.units).toBeGreaterThan(0);
    expect(decided.approval).toBe(decided.units > limit);
  }));
});
