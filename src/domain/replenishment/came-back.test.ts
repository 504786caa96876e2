import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cameBack } from './came-back.ts';

const sum = (all: ArrayLike<number>): number => Array.from(all).reduce((total, one) => total + one, 0);
const known = (values: number[]) => ({ days: values.map((_, n) => 100 + n), values });

describe('what came back', () => {
  it('is taken off later days where it was taken back', () => {
    expect([...cameBack(known([5, -3, 2, 4]), 100, 4)]).toEqual([5, 0, 0, 3]);
    expect([...cameBack(undefined, 100, 2)]).toEqual([0, 0]);
    expect([...cameBack({ days: [99, 101, 104], values: [7, 2, 9] }, 100, 4)]).toEqual([0, 2, 0, 0]);
  });

  it('is never negative, and of a day is decided by it and the days before alone; what is not owed at the end is the sum', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 40 }), fc.nat(40), fc.integer({ min: -20, max: 20 }), (values, at, other) => {
      const back = cameBack(known(values), 100, values.length), from = Math.min(at, values.length - 1), changed = cameBack(known(values.with(from, other)), 100, values.length);
      expect(Math.min(...back)).toBeGreaterThanOrEqual(0);
      expect([...changed.subarray(0, from)]).toEqual([...back.subarray(0, from)]);
      expect(sum(back)).toBeGreaterThanOrEqual(sum(values));
      expect(sum(cameBack(known([...values, 1_000]), 100, values.length + 1))).toBe(sum(values) + 1_000);
    }));
  });
});
