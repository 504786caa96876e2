import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawCount, drawGamma, drawn, sum, workOf } from '../../../test/helpers/drawn-series.ts';
import { blendLevels, learnLevels, trackLevels } from './levels.ts';
import { drawnLevel, learnShortHistory } from './short-history.ts';
import type { Work } from './work.ts';

function shop(dice: { state: number }, count: number, days: number, mean: number, category = ''): { works: Work[]; rates: number[] } {
  const rates = drawn(count, () => mean * drawGamma(dice, 0.5)), works = rates.map((rate) => workOf(drawn(days, () => drawCount(dice, rate, 1 / rate)), { category }));
  for (const work of works) { trackLevels(work); blendLevels(work, learnLevels([])); work.level = work.units[work.n]! / Math.max(1, work.expected[work.n]!); }
  return { works, rates };
}

describe('a short history', () => {
  it('lies between what the item showed and what its category sells', () => {
    const { works } = shop({ state: 1 }, 60, 20, 2, 'tea'), pool = learnShortHistory(works), { shape, rate } = pool.priors['c tea']!;
    expect(Math.abs(shape / rate - sum(works.map(({ level }) => level)) / 60)).toBeLessThan(1e-9);
    fc.assert(fc.property(fc.nat(59), fc.double({ min: 0, max: 50, noNaN: true }), (i, level) => {
      const said = drawnLevel(works[i]!, level, pool), [low, high] = [Math.min(level, shape / rate), Math.max(level, shape / rate)];
      expect(said).toBeGreaterThanOrEqual(low - 1e-9);
      expect(said).toBeLessThanOrEqual(high + 1e-9);
      if (high - low > 0.1) { expect(said - low).toBeGreaterThan(1e-4); expect(high - said).toBeGreaterThan(1e-4); }
    }));
  });

  it('is closer to the true rates than what was shown', () => {
    const { works, rates } = shop({ state: 2 }, 400, 8, 0.6), pool = learnShortHistory(works), miss = (said: (work: Work) => number): number => sum(works.map((work, i) => (said(work) - rates[i]!) ** 2));
    expect(miss((work) => drawnLevel(work, work.level, pool))).toBeLessThan(miss((work) => work.level) * 0.85);
  });

  it('says less the longer it is, and nothing against an item of six windows', () => {
    const { works } = shop({ state: 3 }, 60, 20, 2), pool = learnShortHistory(works), { shape, rate } = pool.priors['*']!;
    let before = 0;
    for (const days of [0, 3, 20, 60, 130, 150, 168]) {
      const work = workOf(new Array(days).fill(9)), said = drawnLevel(work, 9, pool);
      if (days === 0) expect(said).toBeCloseTo(shape / rate, 9);
      expect(said).toBeGreaterThan(before);
      before = said;
    }
    expect(before).toBe(9);
    expect(drawnLevel(workOf(new Array(167).fill(9)), 9, pool)).toBeGreaterThan(8.99);
  });

  it('of an item not yet sold goes by its category, or by all where the category is unknown', () => {
    const dice = { state: 4 }, few = shop(dice, 40, 20, 0.5, 'few').works, many = shop(dice, 40, 20, 8, 'many').works, pool = learnShortHistory([...few, ...many, ...shop(dice, 5, 20, 3, 'small').works]);
    const newcomer = (category: string): number => drawnLevel(workOf([], { category }), 0, pool);
    expect(Math.abs(newcomer('few') - 0.5)).toBeLessThan(0.2);
    expect(Math.abs(newcomer('many') - 8)).toBeLessThan(2);
    expect(pool.priors['c small']).toBeUndefined();
    expect(newcomer('small')).toBe(newcomer('other'));
    expect(newcomer('other')).toBeGreaterThan(newcomer('few'));
  });

  it('is left alone where there is no catalogue to draw it to', () => {
    expect(learnShortHistory([])).toEqual({ priors: {} });
    const { works } = shop({ state: 5 }, 19, 20, 2);
    expect(learnShortHistory(works)).toEqual({ priors: {} });
    expect(learnShortHistory(Array.from({ length: 30 }, () => workOf([0, 0, 0])))).toEqual({ priors: {} });
    expect(drawnLevel(works[0]!, 3.3, { priors: {} })).toBe(3.3);
  });
});
