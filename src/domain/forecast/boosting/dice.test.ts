import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choose, roll } from './dice.ts';

describe('dice', () => {
  it('roll evenly in [0, 1), the same for the same seed', () => {
    const a = { state: 9 }, b = { state: 9 }, tenths = new Float64Array(10);
    for (let i = 0; i < 20_000; i++) tenths[Math.floor(10 * roll(a))]!++;
    for (let i = 0; i < 20_000; i++) roll(b);
    expect(roll(b)).toBe(roll(a));
    for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });

  it('choose that many, lose none and keep the order', () => {
    fc.assert(fc.property(fc.nat(40), fc.nat(45), fc.integer(), (count, wanted, state) => {
      const from = Int32Array.from({ length: count }, (_, i) => 3 * i), into = new Int32Array(count);
      choose({ state }, from, Math.min(wanted, count), into);
      const cut = Math.min(wanted, count), chosen = [...into.subarray(0, cut)], others = [...into.subarray(cut)];
      for (const part of [chosen, others]) expect(part).toEqual(part.toSorted((x, y) => x - y));
      expect(into.toSorted()).toEqual(from);
    }));
  });

  it('choose each as often', () => {
    const from = Int32Array.from({ length: 10 }, (_, i) => i), into = new Int32Array(10), times = new Float64Array(10), dice = { state: 1 };
    for (let k = 0; k < 10_000; k++) { choose(dice, from, 3, into); for (let i = 0; i < 3; i++) times[into[i]!]!++; }
    for (const count of times) expect(Math.abs(count - 3_000)).toBeLessThan(250);
  });
});
