import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BundleCycle, bundleAvailability, cycleEver, cycleOf, cyclesOf, explode, partsAt, shortages, unbroken, type BundlePart, type BundleVersions } from './bundle.ts';

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
  it('what it lets pass can be exploded at every instant from then on; what it refuses cannot at the instant it names', () => {
    const days = ['2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01'], ids = ['a', 'b', 'c', 'd'];
    const drawn = fc.array(fc.record({ id: fc.constantFrom(...ids), from: fc.constantFrom(...days), parts: fc.array(fc.constantFrom(...ids), { maxLength: 2 }) }), { maxLength: 8 });
    fc.assert(fc.property(drawn, fc.constantFrom(...ids), fc.constantFrom(...days), (rows, id, from) => {
      const versions = new Map<string, Map<string, BundlePart[]>>();
      for (const row of rows) versions.set(row.id, (versions.get(row.id) ?? new Map<string, BundlePart[]>()).set(row.from, row.parts.map((variantId) => ({ variantId, quantity: 1 }))));
      const cycle = cycleEver(id, from, versions), exploded = (at: string) => (): unknown => explode(id, 1, partsAt(versions, at));
      for (const at of days) if (at >= from && (cycle === null || at < cycle.at)) expect(exploded(at)).not.toThrow();
      if (cycle !== null) expect(exploded(cycle.at)).toThrow(BundleCycle);
    }), { numRuns: 500 });
  });
  it('a circle that closes by versions of different dates is refused, though none is there today', () => {
    const versions: BundleVersions = new Map([
      ['a', new Map([['2026-06-01', [{ variantId: 'b', quantity: 1 }]]])],
      ['b', new Map([['2026-01-01', [{ variantId: 'a', quantity: 1 }]]])],
    ]);
    expect(cycleOf('b', [{ variantId: 'a', quantity: 1 }], partsAt(versions, '2026-01-01'))).toBeNull();
    expect(cycleEver('b', '2026-01-01', versions)).toEqual({ at: '2026-06-01', path: ['b', 'a', 'b'] });
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
