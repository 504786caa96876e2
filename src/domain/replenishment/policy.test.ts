import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyFaults, policyValues, protectionDays, resolvePolicy, type PlanningPolicy } from './policy.ts';

const STORE: PlanningPolicy = { leadTimeDays: 14, reviewDays: 7, serviceLevel: 0.95, moq: 0, casePack: 1, maxStock: null, minStock: 0 };

describe('the resolved policy', () => {
  it('is user over rule over default, field by field, with the source of each', () => {
    const resolved = resolvePolicy({ user: { serviceLevel: 0.9, moq: 0 }, rule: { serviceLevel: 0.98, moq: 24, maxStock: 500 }, default: STORE });
    expect(resolved).toEqual({
      leadTimeDays: { value: 14, source: 'default' }, reviewDays: { value: 7, source: 'default' }, serviceLevel: { value: 0.9, source: 'user' },
      moq: { value: 0, source: 'user' }, casePack: { value: 1, source: 'default' }, maxStock: { value: 500, source: 'rule' }, minStock: { value: 0, source: 'default' },
    });
    expect(policyValues(resolved)).toEqual({ ...STORE, serviceLevel: 0.9, maxStock: 500 });
  });

  it('tells "no limit" from "not set"', () => {
    expect(resolvePolicy({ user: { maxStock: null }, rule: { maxStock: 10 }, default: STORE }).maxStock).toEqual({ value: null, source: 'user' });
    expect(resolvePolicy({ user: { maxStock: undefined }, rule: { maxStock: 10 }, default: STORE }).maxStock).toEqual({ value: 10, source: 'rule' });
  });

  it('changes nothing when resolved again', () => {
    const layer = fc.record({ moq: fc.nat(100), casePack: fc.integer({ min: 1, max: 50 }), maxStock: fc.option(fc.nat(100)) }, { requiredKeys: [] });
    fc.assert(fc.property(layer, layer, (user, rule) => {
      const once = policyValues(resolvePolicy({ user, rule, default: STORE }));
      expect(policyValues(resolvePolicy({ user, rule, default: once }))).toEqual(once);
      expect(policyValues(resolvePolicy({ default: once }))).toEqual(once);
    }));
  });
});

describe('faults', () => {
  it('has none in a sound policy', () => {
    expect(policyFaults(STORE)).toEqual([]);
    expect(protectionDays(STORE)).toBe(21);
  });
  it.each<[Partial<PlanningPolicy>, string]>([
    [{ leadTimeDays: 1.5 }, 'lead time'], [{ reviewDays: 0 }, 'review period'], [{ serviceLevel: 1 }, 'service level'], [{ casePack: 0 }, 'case pack'],
    [{ moq: -1 }, 'minimum order'], [{ maxStock: NaN }, 'maximum stock'], [{ minStock: Infinity }, 'minimum stock'],
  ])('names %o', (wrong, name) => {
    expect(policyFaults({ ...STORE, ...wrong })).toEqual([expect.stringContaining(name)]);
  });
});
