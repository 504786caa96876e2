import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binned } from './bins.ts';
import { roll } from './dice.ts';

const one = (values: readonly number[] | Float32Array, bins: number) => {
  const { cuts, columns } = binned({ rows: values.length, features: [Float32Array.from(values)] }, bins, { state: 1 });
  return { cuts: cuts[0]!, column: columns[0]! };
};

describe('bins', () => {
  it('hold the values between their cuts, missing ones in bin 0, for any values', () => {
    const value = fc.oneof(fc.integer({ min: -4, max: 4 }), fc.float(), fc.constant(NaN));
    fc.assert(fc.property(fc.array(value, { maxLength: 300 }), fc.integer({ min: 2, max: 255 }), (given, bins) => {
      const values = Float32Array.from(given), { cuts, column } = one(values, bins);
      expect(cuts.length).toBeLessThan(bins);
      values.forEach((x, i) => {
        const bin = column[i]!;
        if (Number.isNaN(x)) { expect(bin).toBe(0); return; }
        expect(bin).toBeGreaterThan(0);
        if (bin > 1) expect(x).toBeGreaterThan(cuts[bin - 2]!);
        if (bin <= cuts.length) expect(x).toBeLessThanOrEqual(cuts[bin - 1]!);
      });
    }));
  });

  it('are one for each value where there are few, whatever the values', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.float({ noNaN: true }), { minLength: 1, maxLength: 20, comparator: (a, b) => a === b }), (given) => {
      const ascending = Float32Array.from(given).sort();
      expect([...one(Float32Array.from([...given, ...given]), 20).column.slice(0, given.length)]).toEqual(given.map((x) => ascending.indexOf(x) + 1));
    }));
  });

  it('hold about equally many rows, and a frequent value alone', () => {
    const dice = { state: 3 }, rows = 50_000;
    const values = Float32Array.from({ length: rows }, () => (roll(dice) < 0.6 ? 0 : -Math.log(roll(dice)) - 0.2));
    const { cuts, column } = one(values, 50), counts = new Float64Array(51);
    for (const bin of column) counts[bin]!++;
    expect(cuts.length).toBeGreaterThan(40);
    const zero = column[values.indexOf(0)]!;
    for (let bin = 1; bin <= cuts.length + 1; bin++) if (bin !== zero) expect(counts[bin]).toBeLessThan(rows * 0.4 * 3 / 50);
    expect(Math.abs(counts[zero]! / rows - 0.6)).toBeLessThan(0.02);
  });

  it('keep a frequent value apart from the rare ones beside it, and neighbours among float32 apart from each other', () => {
    const values = [-3, -2, -1, ...new Array<number>(100).fill(0), ...Array.from({ length: 60 }, (_, i) => i + 1)], { column } = one(values, 8);
    values.forEach((x, i) => expect(column[i] === column[50]).toBe(x === 0));
    const ulp = 2 ** -23;
    expect([...one([1, 1 + ulp, 1 + 2 * ulp, 1 + 3 * ulp, 3e38, Infinity, -Infinity], 9).column]).toEqual([2, 3, 4, 5, 6, 7, 1]);
  });

  it('know the whole of a long column, whatever its period', () => {
    const rows = 35_000, values = Float32Array.from({ length: rows }, (_, i) => (i % 7) * 100_000 + i), { cuts, column } = one(values, 100), counts = new Float64Array(101);
    for (const bin of column) counts[bin]!++;
    expect(cuts).toHaveLength(99);
    for (let bin = 1; bin <= 100; bin++) expect(counts[bin]).toBeLessThan(rows * 2 / 100);
  });

  it('refuse columns of another length', () => {
    expect(() => binned({ rows: 3, features: [new Float32Array(2)] }, 9, { state: 1 })).toThrow('feature 0 has 2 values for 3 rows');
  });
});
