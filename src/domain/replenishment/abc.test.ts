import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { abcClasses, xyzClass } from './abc.ts';

describe('ABC', () => {
  it('cuts at 80 and 95% of value; the item that crosses stays above', () => {
    const classes = abcClasses([{ id: 'd', value: 1 }, { id: 'a', value: 70 }, { id: 'b', value: 15 }, { id: 'c', value: 14 }, { id: 'e', value: 0 }]);
    expect(Object.fromEntries(classes)).toEqual({ a: 'A', b: 'A', c: 'B', d: 'C', e: 'C' });
  });

  it('depends neither on the order nor on the unit of value, and never ranks less value higher', () => {
    const items = fc.uniqueArray(fc.record({ id: fc.nat(500), value: fc.integer({ min: -5, max: 10_000 }) }), { selector: (item) => item.id });
    fc.assert(fc.property(items, (given) => {
      const classes = abcClasses(given);
      expect(abcClasses(given.toReversed())).toEqual(classes);
      expect(abcClasses(given.map(({ id, value }) => ({ id, value: value * 64 })))).toEqual(classes);
      for (const x of given) for (const y of given) if (x.value > y.value) expect(classes.get(x.id)! <= classes.get(y.id)!).toBe(true);
      if (given.some((item) => item.value > 0)) expect([...classes.values()]).toContain('A');
    }));
  });

  it('refuses limits out of order', () => {
    expect(() => abcClasses([], { a: 0.9, b: 0.8 })).toThrow('limits');
  });
});

describe('XYZ', () => {
  it.each([[[10, 11, 9, 10], 'X'], [[10, 2, 15, 4], 'Y'], [[0, 0, 30, 0], 'Z'], [[0, 0, 0], 'Z']])('%o is %s', (periods, expected) => {
    expect(xyzClass(periods as number[])).toBe(expected);
  });
  it('says nothing of a single period', () => {
    expect(xyzClass([5])).toBeNull();
  });
});
