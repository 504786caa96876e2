import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawNormal } from '../../../test/helpers/drawn-series.ts';
import { roll } from './boosting/dice.ts';
import { calibrated, CURVE, PitHistogram } from './calibration.ts';

const dice = { state: 11 };
function pitOf(count: number, mean: number, place: () => number, width = 0): PitHistogram {
  const pit = new PitHistogram(8, 1);
  for (let i = 0; i < count; i++) { const at = place(); pit.add(mean, at * (1 - width), at * (1 - width) + width); }
  return pit;
}
/** The normal distribution function, by its logistic approximation (error below 0.0002). */
const normalBelow = (z: number): number => 1 / (1 + Math.exp(-1.5976 * z - 0.070_565_992 * z ** 3));

describe('calibration', () => {
  it('leaves what is uniform as it is', () => {
    for (const curve of pitOf(20_000, 3, () => roll(dice)).curves(100, 1)) CURVE.forEach((q, k) => expect(Math.abs(curve[k]! - q)).toBeLessThan(0.012));
  });

  it('spreads a count over its whole step', () => {
    const halves = new PitHistogram(1, 1);
    for (let i = 0; i < 1000; i++) { if (i % 2) halves.add(1, 0, 0.5); else halves.add(1, 0.5, 1); }
    CURVE.forEach((q, k) => expect(halves.curves(0, 1)[0]![k]).toBeCloseTo(Math.min(0.9995, q), 9));
  });

  it('of a forecast too sure of itself asks for wider levels, of a timid one for narrower, of a low one for higher', () => {
    const sure = pitOf(20_000, 3, () => normalBelow(2 * drawNormal(dice))).curves(10, 1)[5]!, timid = pitOf(20_000, 3, () => normalBelow(0.5 * drawNormal(dice))).curves(10, 1)[5]!;
    expect(calibrated(0.9, sure)).toBeGreaterThan(0.98);
    expect(calibrated(0.1, sure)).toBeLessThan(0.02);
    expect(calibrated(0.9, timid)).toBeCloseTo(normalBelow(0.5 * 1.2816), 1);
    expect(calibrated(0.1, timid)).toBeGreaterThan(0.2);
    const low = pitOf(20_000, 3, () => normalBelow(drawNormal(dice) + 1)).curves(10, 1)[5]!;
    for (const q of [0.1, 0.5, 0.9]) expect(calibrated(q, low)).toBeGreaterThan(q + 0.05);
  });

  it('ascends in the level and stays inside 0..1, whatever came', () => {
    const level = fc.double({ min: 0.001, max: 0.999, noNaN: true }), outcome = fc.record({ mean: fc.double({ min: 0, max: 1e6, noNaN: true }), low: fc.double({ min: 0, max: 1, noNaN: true }), high: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(fc.property(fc.array(outcome, { minLength: 1, maxLength: 30 }), fc.constantFrom(0, 5, 300), fc.double({ min: 0, max: 1, noNaN: true }), level, level, (outcomes, prior, trust, a, b) => {
      const pit = new PitHistogram(4, 1);
      for (const { mean, low, high } of outcomes) pit.add(mean, Math.min(low, high), Math.max(low, high));
      expect(pit.outcomes).toBe(outcomes.length);
      for (const curve of pit.curves(Math.max(prior, 1), trust)) {
        const low = calibrated(Math.min(a, b), curve), high = calibrated(Math.max(a, b), curve);
        expect(low).toBeGreaterThan(0);
        expect(low).toBeLessThanOrEqual(high);
        expect(high).toBeLessThan(1);
      }
    }));
  });

  it('counts every outcome once, in its size', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 20 }), (steps) => {
      const pit = new PitHistogram(8, 1);
      for (const [a, b] of steps) pit.add(2.5, Math.min(a, b), Math.max(a, b));
      pit.counts.forEach((counts, size) => expect(counts.reduce((x, y) => x + y, 0)).toBeCloseTo(size === pit.sizeOf(2.5) ? steps.length : 0, 6));
    }));
    const pit = new PitHistogram(8, 1);
    expect([0, 0.9, 1, 2, 4, 1e9].map((mean) => pit.sizeOf(mean))).toEqual([0, 3, 4, 5, 6, 7]);
  });

  it('goes as far from the identity as it is trusted, and a size without outcomes like the others', () => {
    const pit = pitOf(5_000, 3, () => roll(dice) ** 2);
    const full = pit.curves(100, 1), none = pit.curves(100, 0), half = pit.curves(100, 0.5);
    expect([...none[5]!]).toEqual([...CURVE]);
    CURVE.forEach((q, k) => expect(half[5]![k]).toBeCloseTo((full[5]![k]! + q) / 2, 12));
    expect(Math.abs(full[0]![4]! - full[5]![4]!)).toBeLessThan(0.06);
    expect(full[0]![4]).toBeLessThan(0.35);
    expect(calibrated(0.37, undefined)).toBe(0.37);
  });
});
