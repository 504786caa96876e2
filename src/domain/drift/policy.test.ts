import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DRIFT_CAUSES, unitsByCause } from './causes.ts';
import { REPAIRABLE, underPolicy, type RepairPolicy } from './policy.ts';

const policies = fc.uniqueArray(fc.record<RepairPolicy>({ cause: fc.constantFrom(...REPAIRABLE), way: fc.constantFrom('accept Shopify', 'push ours'), unitLimit: fc.integer({ min: 1, max: 10 }), moneyLimit: fc.integer({ min: 1, max: 20_000 }) }), { selector: (policy) => policy.cause });
const states = fc.array(fc.record({ causes: fc.array(fc.record({ cause: fc.constantFrom(...DRIFT_CAUSES.slice(-1), 'edited in Shopify' as const, 'event not received' as const), units: fc.integer({ min: -12, max: 12 }).filter((n) => n !== 0), evidence: fc.constant('') }), { maxLength: 2 }) }), { maxLength: 2 });
const input = fc.record({ authority: fc.constantFrom('storefront' as const, 'warehouse' as const), states, price: fc.option(fc.nat(4_000)), policies });

it('repairs only what its policies cover whole: every cause, its units and their worth, one way, never against a warehouse', () => {
  let repaired = 0;
  fc.assert(fc.property(input, (given) => {
    const decided = underPolicy(given);
    if ('refuse' in decided) return;
    repaired++;
    const causes = [...unitsByCause(given.states)];
    expect(causes.length).toBeGreaterThan(0);
    for (const [cause, units] of causes) {
      const policy = given.policies.find((each) => each.cause === cause)!;
      expect(policy.way).toBe(decided.way);
      expect(units).toBeLessThanOrEqual(policy.unitLimit);
      expect(units * given.price!).toBeLessThanOrEqual(policy.moneyLimit);
    }
    expect(decided.way === 'push ours' && given.authority === 'warehouse').toBe(false);
  }), { numRuns: 5_000 });
  expect(repaired).toBeGreaterThan(100);
});

it('with no policy nothing is repaired, and a stricter one never repairs more', () => {
  fc.assert(fc.property(input, fc.nat(5), (given, less) => {
    expect(underPolicy({ ...given, policies: [] })).toHaveProperty('refuse');
    const stricter = given.policies.map((policy) => ({ ...policy, unitLimit: Math.max(1, policy.unitLimit - less), moneyLimit: Math.max(1, policy.moneyLimit - less * 100) }));
    if ('refuse' in underPolicy(given)) expect(underPolicy({ ...given, policies: stricter })).toHaveProperty('refuse');
  }), { numRuns: 2_000 });
});
