import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buffer } from './buffer.ts';
import { bufferTerms, specificity, type BufferRule } from './buffer-rules.ts';

const rule = (part: Partial<BufferRule>): BufferRule => ({ scope: 'vendor', itemId: null, name: 'Northwind', locationId: null, inPeak: false, quantile: null, atLeast: 0, capUnits: null, ...part });
const goods = { itemId: 7, productType: 'Mugs', vendor: 'Northwind', tags: ['Launch', 'kiln '] }, usual = { quantile: 0.99, capUnits: null };
const rules = fc.array(fc.record({ scope: fc.constantFrom('item' as const, 'tag' as const, 'product type' as const, 'vendor' as const), which: fc.integer({ min: 0, max: 2 }), locationId: fc.constantFrom(null, 1, 2), inPeak: fc.boolean(), quantile: fc.constantFrom(null, 0.5, 0.999), atLeast: fc.integer({ min: 0, max: 40 }), capUnits: fc.constantFrom(null, 0, 3, 50) }), { maxLength: 12 })
  .map((all) => all.map(({ which, ...each }): BufferRule => ({ ...each, itemId: each.scope === 'item' ? 6 + which : null, name: each.scope === 'item' ? null : each.scope === 'vendor' ? ['northwind', 'Other', ' NORTHWIND '][which]! : each.scope === 'tag' ? ['launch', 'Kiln', 'sale'][which]! : ['mugs', 'Plates', 'MUGS'][which]! })));

describe('buffers of some goods', () => {
  it('an item’s rule wins over its tags’, those over its product type’s, that over its vendor’s; here over everywhere; in a peak over always', () => {
    const by = (given: BufferRule[], peak = false, location = 1): number => bufferTerms(given, goods, location, peak, usual).atLeast;
    const vendor = rule({ atLeast: 1 }), type = rule({ scope: 'product type', name: 'MUGS', atLeast: 2 }), item = rule({ scope: 'item', itemId: 7, name: null, atLeast: 3 });
    expect([by([]), by([vendor]), by([vendor, type]), by([item, vendor, type])]).toEqual([0, 1, 2, 3]);
    const tag = rule({ scope: 'tag', name: 'launch ', atLeast: 2 });
    expect([by([tag, type, vendor]), by([item, tag]), by([rule({ scope: 'tag', name: 'Kiln', atLeast: 7 }), tag]), by([rule({ scope: 'tag', name: 'sale', atLeast: 9 })])]).toEqual([2, 3, 7, 0]);
    const here = rule({ locationId: 1, atLeast: 4 }), rush = rule({ inPeak: true, atLeast: 5 });
    expect([by([vendor, here]), by([vendor, here], false, 2), by([vendor, rush]), by([vendor, rush], true), by([here, rush], true)]).toEqual([4, 1, 1, 5, 4]);
    expect([by([rule({ name: 'Other', atLeast: 9 })]), by([rule({ scope: 'item', itemId: 8, name: null, atLeast: 9 })])]).toEqual([0, 0]);
    expect(bufferTerms([rule({ scope: 'product type', name: 'Mugs', inPeak: true, locationId: 1 })], goods, 1, true, usual).by).toBe('by the rule of product type Mugs here in a peak');
  });

  it('no matter how the rules are listed; no more specific one is passed over; what a rule leaves out is the location’s', () => {
    fc.assert(fc.property(rules, fc.integer({ min: 1, max: 2 }), fc.boolean(), (all, location, peak) => {
      const made = bufferTerms(all, goods, location, peak, usual);
      // Two rules of the same goods, place and time cannot be stored; here the first of them is taken.
      const unique = [...new Map(all.map((each) => [`${specificity(each)} ${each.scope === 'tag' ? each.name!.toLowerCase() : ''}`, each])).values()], turned = bufferTerms(unique.toReversed(), goods, location, peak, usual);
      expect(turned).toEqual(bufferTerms(unique, goods, location, peak, usual));
      expect([0.5, 0.99, 0.999]).toContain(made.quantile);
      if (made.by === null) expect(made).toEqual({ ...usual, atLeast: 0, by: null });
    }));
  });

  it('withhold at least what the rule says, never more than is there, and say so', () => {
    fc.assert(fc.property(fc.integer({ min: -5, max: 200 }), fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 500 }), fc.constantFrom(null, 0, 3, 20), (sellable, atLeast, sold, capUnits) => {
      const base = { forecastPerDay: 3, soldLastHour: sold, lagSeconds: 30, quantile: 0.99, capUnits, capShare: 0.2, sellable }, plain = buffer(base), ruled = buffer({ ...base, atLeast, by: 'by the rule of this item' });
      expect(buffer({ ...base, atLeast: 0, by: null })).toEqual(plain);
      expect(ruled.units).toBe(Math.max(plain.units, Math.min(atLeast, Math.max(0, sellable))));
      expect(ruled.units).toBeLessThanOrEqual(Math.max(0, sellable));
      expect(ruled.sentence).toContain('by the rule of this item');
    }));
  });
});
