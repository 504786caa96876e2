import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seriesOf } from '../../../test/helpers/drawn-series.ts';
import { drawToBoosted, keepQuantiles, LEARNED_LEVELS } from './boosted-quantiles.ts';
import { prepare, type Work } from './work.ts';

const units = fc.double({ min: 0, max: 1_000, noNaN: true }), ascending = (count: number): fc.Arbitrary<number[]> => fc.array(units, { minLength: count, maxLength: count }).map((all) => all.sort((a, b) => a - b));
const COUNT = LEARNED_LEVELS.length, work = (): Work => prepare(seriesOf([1, 2], { id: 's' }, 'W'), 'W', 4);
const drawnTo = (of: Work, h: number, mean: number, own: readonly number[], levels: readonly number[], values: readonly number[]): number[] => {
  const out = Float64Array.from(values);
  drawToBoosted(of, h, mean, Float64Array.from(own), Float64Array.from(levels), out, 0, 1);
  return [...out];
};

describe('quantiles of boosted trees', () => {
  it('stay in order and at nothing or above, at any levels, whatever the trees say', () => {
    const levels = fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 8 }).map((all) => all.map((level) => level / 1_000).sort((a, b) => a - b));
    fc.assert(fc.property(fc.array(units, { minLength: COUNT, maxLength: COUNT }), ascending(COUNT), levels, units, (said, own, asked, mean) => {
      const one = work();
      keepQuantiles(one, said.map((value) => Float64Array.of(value)), 0, Float64Array.of(mean));
      const values = asked.map((level) => own[Math.min(COUNT - 1, Math.floor(level * COUNT))]!), out = drawnTo(one, 0, mean, own, asked, values);
      out.forEach((value, k) => { expect(Number.isFinite(value) && value >= (out[k - 1] ?? 0)).toBe(true); });
    }));
  });

  it('change nothing where they agree, and lie between the two at the learned levels', () => {
    fc.assert(fc.property(ascending(COUNT), ascending(COUNT), fc.double({ min: 40, max: 1_000, noNaN: true }), (own, said, mean) => {
      const one = work(), levels = [...LEARNED_LEVELS];
      keepQuantiles(one, own.map((value) => Float64Array.of(value)), 0, Float64Array.of(mean));
      drawnTo(one, 0, mean, own, levels, own).forEach((value, k) => { expect(value).toBeCloseTo(own[k]!, 6); });
      keepQuantiles(one, said.map((value) => Float64Array.of(value)), 0, Float64Array.of(mean));
      const out = drawnTo(one, 0, mean, own, levels, own);
      // Kept in order, one may be lifted to the one before it.
      out.forEach((value, k) => { expect(value).toBeLessThanOrEqual(Math.max(own[k]!, said[k]!) + 1e-6); expect(value).toBeGreaterThanOrEqual(Math.min(own[k]!, said[k]!) - 1e-6); });
    }));
  });

  it('grow with the mean beyond the periods that were learned, and are absent where trees have no say', () => {
    const one = work(), own = [10, 20, 30, 40, 50], levels = [...LEARNED_LEVELS];
    expect(drawnTo(one, 0, 9, own, levels, own)).toEqual(own);
    keepQuantiles(one, [12, 30, 45, 60, 80].map((value) => Float64Array.of(0, value)), 1, Float64Array.of(9));
    expect(drawnTo(one, 0, 9, own, levels, own)).toEqual([10.5, 25, 37.5, 50, 65]);
    expect(drawnTo(one, 7, 9, own, levels, own)).toEqual(drawnTo(one, 0, 9, own, levels, own));
    expect(drawnTo(one, 7, 19, own, levels, own)).toEqual([13.5, 40, 60, 80, 105]);
    // Below the least learned level the change fades: half of it at a level of a quarter.
    expect(drawnTo(one, 0, 9, own, [0.25], [6])).toEqual([6.25]);
  });
});
