import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BundleCycle, bundleAvailability, cycleOf, cyclesOf, explode, shortages, unbroken, type BundlePart } from './bundle.ts';

/** Bundles that can only contain variants of a higher number: no cycle by their making. */
const book = fc.array(fc.array(fc.record({ step: fc.integer({ min: 1, max: 4 }), quantity: fc.integer({ min: 1, max: 3 }) }), { maxLength: 3 }), { minLength: 6, maxLength: 6 })
  .map((all) => new Map(all.map((parts, n) => [String(n), parts.map((p) => ({ variantId: String(n + p.step), quantity: p.quantity }))])));
const of = (map: Map<string, BundlePart[]>) => (id: string): BundlePart[] | null => { const parts = map.get(id); return parts === undefined || parts.length === 0 ? null : parts; };

describe('bundles', () => {
  it('explodes linearly: n bundles want n times the parts of one', () => {
    fc.assert(fc.property(book, fc.integer({ min: 1, max: 9 }), (map, n) => {
      const one = explode('0', 1, of(map)), many = explode('0', n, of(map));
      expect([...many].sort()).toEqual([...one].map(([id, units]) => [id, units * n]).sort());
    }));
  });
  it('explodes to things that are kept, and a kept thing is its own part', () => {
    fc.assert(fc.property(book, (map) => { for (const id of explode('0', 1, of(map)).keys()) expect(of(map)(id)).toBeNull(); }));
    expect(explode('x', 2, () => null)).toEqual(new Map([['x', 2]]));
  });
  it('refuses a cycle and names its path', () => {
    const loop = new Map<string, BundlePart[]>([['a', [{ variantId: 'b', quantity: 1 }]], ['b', [{ variantId: 'c', quantity: 2 }]], ['c', [{ variantId: 'a', quantity: 1 }]]]);
    expect(() => explode('a', 1, of(loop))).toThrow(BundleCycle);
    expect(cycleOf('c', [{ variantId: 'a', quantity: 1 }], of(loop))).toEqual(['c', 'a', 'b', 'c']);
    expect(cycleOf('c', [{ variantId: 'd', quantity: 1 }], of(loop))).toBeNull();
  });
  it('explodes whatever master data say once cycles are broken, and changes nothing where there are none', () => {
    const any = fc.array(fc.array(fc.record({ variantId: fc.nat(7).map(String), quantity: fc.constant(1) }), { maxLength: 3 }), { minLength: 6, maxLength: 6 }).map((all) => new Map(all.map((parts, n) => [String(n), parts])));
    fc.assert(fc.property(any, (map) => {
      const raw = of(map), cycles = cyclesOf([...map.keys()], raw);
      for (const id of map.keys()) explode(id, 1, unbroken(raw));
      for (const path of cycles) {
        expect(path[0]).toBe(path.at(-1));
        for (const [n, id] of path.slice(0, -1).entries()) expect(raw(id)!.map((part) => part.variantId)).toContain(path[n + 1]);
      }
      // Every bundle on a cycle is none; where there is no cycle all are as they were.
      if (cycles.length === 0) for (const id of map.keys()) expect(unbroken(raw)(id)).toEqual(raw(id));
      else expect(cycles.flat().every((id) => unbroken(raw)(id) === null)).toBe(true);
    }));
    fc.assert(fc.property(book, (map) => { expect(cyclesOf([...map.keys()], of(map))).toEqual([]); }));
  });
  it('two bundles A × 1, B × 3 want A 2 and B 6', () => {
    expect(explode('set', 2, of(new Map([['set', [{ variantId: 'A', quantity: 1 }, { variantId: 'B', quantity: 3 }]]])))).toEqual(new Map([['A', 2], ['B', 6]]));
  });
  it('can always be made as often as it says, and not once more', () => {
    fc.assert(fc.property(book, fc.array(fc.nat(40), { minLength: 12, maxLength: 12 }), (map, stock) => {
      const parts = explode('0', 1, of(map)), at = (id: string): number => stock[Number(id)]!;
      const { units } = bundleAvailability(parts, at);
      for (const [id, per] of parts) expect(at(id)).toBeGreaterThanOrEqual(units * per);
      expect([...parts].some(([id, per]) => at(id) < (units + 1) * per)).toBe(true);
    }));
  });
  it('sums a shared part over the lines of one order', () => {
    expect(shortages([new Map([['A', 6]]), new Map([['A', 6]])], () => 10)).toEqual([{ variantId: 'A', wanted: 12, available: 10 }]);
    expect(shortages([new Map([['A', 6]]), new Map([['A', 4]])], () => 10)).toEqual([]);
  });
});
