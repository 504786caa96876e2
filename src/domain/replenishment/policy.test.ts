import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUILT_IN, policyFaults, POLICY_FIELDS, protectionDays, resolvePolicy, type PlanningPolicy } from './policy.ts';

const layerOf = (resolved: ReturnType<typeof resolvePolicy>, field: keyof PlanningPolicy) => resolved.layers[POLICY_FIELDS.indexOf(field)];

describe('the resolved policy', () => {
  it('is user over rule over default, field by field, with who said each', () => {
    const resolved = resolvePolicy({ 'item here': { serviceLevel: 0.9 }, item: { moq: 0, serviceLevel: 0.8 }, supplier: { moq: 12, leadTimeDays: 30 }, learned: { leadTimeDays: 33 }, vendor: { maxStock: 500, leadTimeDays: 5 }, class: { serviceLevel: 0.98, kind: 'fill rate' }, store: { reviewDays: 14 } });
    expect(resolved.values).toEqual({ ...BUILT_IN, serviceLevel: 0.9, moq: 0, leadTimeDays: 33, maxStock: 500, kind: 'fill rate', reviewDays: 14 });
    expect((['serviceLevel', 'moq', 'leadTimeDays', 'maxStock', 'kind', 'reviewDays', 'casePack'] as const).map((field) => layerOf(resolved, field))).toEqual(['item here', 'item', 'learned', 'vendor', 'class', 'store', 'built in']);
  });

  it('tells "no limit" from "not set"', () => {
    const none = resolvePolicy({ item: { maxStock: null }, vendor: { maxStock: 10 } }), some = resolvePolicy({ item: { maxStock: undefined }, vendor: { maxStock: 10 } });
    expect([none.values.maxStock, layerOf(none, 'maxStock')]).toEqual([null, 'item']);
    expect([some.values.maxStock, layerOf(some, 'maxStock')]).toEqual([10, 'vendor']);
  });

  it('changes nothing when resolved again, and a stronger layer never gives way', () => {
    const layer = fc.record({ moq: fc.nat(100), casePack: fc.integer({ min: 1, max: 50 }), maxStock: fc.option(fc.nat(100)) }, { requiredKeys: [] });
    fc.assert(fc.property(layer, layer, (user, rule) => {
      const once = resolvePolicy({ item: user, vendor: rule }).values;
      expect(resolvePolicy({ item: user, vendor: rule, store: once }).values).toEqual(once);
      expect(once).toMatchObject(user);
    }));
  });
});

describe('faults', () => {
  it('has none in a sound policy', () => {
    expect(policyFaults(BUILT_IN)).toEqual([]);
    expect(protectionDays(BUILT_IN)).toBe(21);
  });
  it.each<[Partial<PlanningPolicy>, string]>([
    [{ leadTimeDays: 1.5 }, 'lead time'], [{ reviewDays: 0 }, 'review period'], [{ serviceLevel: 1 }, 'service level'], [{ casePack: 0 }, 'case pack'], [{ fillRate: 0 }, 'fill rate'], [{ costRatio: 2 }, 'cost ratio'],
    [{ moq: -1 }, 'minimum order'], [{ maxStock: NaN }, 'maximum stock'], [{ minStock: Infinity }, 'minimum stock'], [{ kind: 'min/max' }, 'needs a maximum'], [{ minStock: 10, maxStock: 5 }, 'below the minimum'],
    [{ orderQuantity: 0 }, 'order quantity'], [{ daysOfStock: 0 }, 'days of stock'], [{ reorderPoint: -3 }, 'reorder point'],
  ])('names %o', (wrong, name) => {
    expect(policyFaults({ ...BUILT_IN, ...wrong })).toEqual([expect.stringContaining(name)]);
  });
});
