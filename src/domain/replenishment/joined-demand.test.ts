import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fallbackForecast } from './fallback.ts';
import { joinedDemand } from './joined-demand.ts';
import { expectedDemand, type DemandForecast } from './order-up-to.ts';

const DAYS = 30, of = (forecast: DemandForecast, q: number, day: number): number => forecast.cumulative.find((path) => path.q === q)!.values[day]!;
const sales = fc.array(fc.nat(200), { minLength: 1, maxLength: 6 });

describe('demand of several places as one', () => {
  it('adds means up, and never falls from day to day or from level to level', () => {
    fc.assert(fc.property(sales, (sold) => {
      const joined = joinedDemand(sold.map((units) => fallbackForecast(units, DAYS))), all = sold.reduce((sum, units) => sum + units, 0);
      expect(expectedDemand(joined, DAYS)).toBeCloseTo((all / 28) * DAYS, 6);
      joined.cumulative.forEach(({ values }, k) => {
        for (let h = 0; h < DAYS; h++) {
          if (h > 0) expect(values[h]!).toBeGreaterThanOrEqual(values[h - 1]!);
          if (k > 0) expect(values[h]!).toBeGreaterThanOrEqual(joined.cumulative[k - 1]!.values[h]!);
        }
      });
    }));
  });

  /** Farthest found in 2.7 million draws, by level: 1.40, 1.59, 1.53, 1.90, 2.09 and 2.58 units, of places that sell a few units a month. */
  const FARTHEST = [[0.5, 1.5], [0.75, 1.75], [0.9, 1.75], [0.95, 2.1], [0.98, 2.3], [0.995, 2.8]] as const;

  it('is that of the sum: Poisson places make a Poisson place, within one and a half units or 5%, and within the farthest found whatever is drawn', () => {
    const apart = (sold: readonly number[], within: (farthest: number) => number): void => {
      const joined = joinedDemand(sold.map((units) => fallbackForecast(units, DAYS))), exact = fallbackForecast(sold.reduce((sum, units) => sum + units, 0), DAYS);
      for (const [q, farthest] of FARTHEST) for (const day of [6, 13, 20, 29]) expect(Math.abs(of(joined, q, day) - of(exact, q, day)), `${sold} ${q} ${day}`).toBeLessThanOrEqual(Math.max(within(farthest), 0.05 * of(exact, q, day)));
    };
    fc.assert(fc.property(sales, (sold) => apart(sold, () => 1.5)), { numRuns: 300, seed: 1 });
    fc.assert(fc.property(sales, (sold) => apart(sold, (farthest) => farthest)), { numRuns: 300 });
  });

  it('asks for less safety than its places each for itself', () => {
    const places = Array.from({ length: 4 }, () => fallbackForecast(56, DAYS)), joined = joinedDemand(places), mean = expectedDemand(joined, 21);
    expect(of(joined, 0.95, 20) - mean).toBeLessThan(0.6 * places.reduce((sum, one) => sum + of(one, 0.95, 20) - expectedDemand(one, 21), 0));
  });

  it('speaks of the days and levels that all of them do', () => {
    const long = fallbackForecast(10, 40), few = { mean: long.mean, cumulative: long.cumulative.filter((path) => path.q >= 0.25 && path.q <= 0.9) }, joined = joinedDemand([long, few, fallbackForecast(10, 20)]);
    expect(joined.mean.length).toBe(20);
    expect(joined.cumulative.map((path) => path.q)).toEqual([0.25, 0.5, 0.75, 0.9]);
  });
});
