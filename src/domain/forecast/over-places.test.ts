import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overPlaces } from './over-places.ts';
import type { DailyForecast } from './override.ts';

const LEVELS = [0.1, 0.5, 0.9], DAYS = 5;
/** A forecast of Poisson-like width: quantiles of days and totals ascend, totals do not fall. */
const place = fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: DAYS, maxLength: DAYS }).map((mean): DailyForecast => {
  let total = 0;
  const totals = mean.map((units) => (total += units)), around = (values: readonly number[], z: number): number[] => values.map((value) => Math.max(0, value + z * Math.sqrt(value)));
  const rising = (values: number[]): number[] => { for (let d = 1; d < values.length; d++) values[d] = Math.max(values[d]!, values[d - 1]!); return values; };
  return { mean, levels: LEVELS, daily: [-1.28, 0, 1.28].flatMap((z) => around(mean, z)), cumulative: [-1.28, 0, 1.28].flatMap((z) => rising(around(totals, z))) };
});
const at = (values: readonly number[], k: number, d: number): number => values[k * DAYS + d]!;

describe('an item at all of its places', () => {
  it('is expected to sell what its places are; its quantiles ascend and lie between the farthest of its places and their sum', () => {
    fc.assert(fc.property(fc.array(place, { minLength: 1, maxLength: 6 }), (places) => {
      const item = overPlaces(places), sum = (of: (one: DailyForecast) => number): number => places.reduce((all, one) => all + of(one), 0);
      for (let d = 0; d < DAYS; d++) {
        expect(item.mean[d]).toBeCloseTo(sum((one) => one.mean[d]!), 6);
        for (let k = 0; k < LEVELS.length; k++) for (const values of ['daily', 'cumulative'] as const) {
          const value = at(item[values]!, k, d);
          if (k > 0) expect(value).toBeGreaterThanOrEqual(at(item[values]!, k - 1, d));
          if (LEVELS[k]! > 0.5) expect(value).toBeLessThanOrEqual(sum((one) => at(one[values]!, k, d)) + 1e-6);
        }
        expect(at(item.daily!, 2, d) - item.mean[d]!).toBeGreaterThanOrEqual(Math.max(...places.map((one) => at(one.daily!, 2, d) - one.mean[d]!)) - 1e-6);
      }
    }));
  });

  it('is half as uncertain relative to its size at four places alike, and itself at one', () => {
    const [one] = fc.sample(place, { seed: 3, numRuns: 1 }), four = overPlaces([one!, one!, one!, one!]);
    for (let d = 0; d < DAYS; d++) expect(at(four.daily!, 2, d) - four.mean[d]!).toBeCloseTo(2 * (at(one!.daily!, 2, d) - one!.mean[d]!), 6);
    expect(overPlaces([one!])).toBe(one);
    expect(() => overPlaces([])).toThrow(RangeError);
  });
});
