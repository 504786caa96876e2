import { describe, expect, it } from 'vitest';
import { drawn, drawPoisson, sum, workOf } from '../../../test/helpers/drawn-series.ts';
import type { Grain } from './panel.ts';
import { RULES, type Work } from './work.ts';
import { applyYear, learnYear } from './yearly.ts';

const wave = (grain: Grain, ahead: number, phase = 0): number => 1 + 0.6 * Math.sin(((ahead / RULES[grain].year) + phase) * 2 * Math.PI);
const shop = (dice: { state: number }, grain: Grain, periods: number, rate: number, rest = {}, phase = 0): Work => workOf(drawn(periods, (t) => drawPoisson(dice, rate * wave(grain, t - periods, phase))), rest, grain, RULES[grain].year);
function yearAhead(work: Work, works: readonly Work[]): Float64Array {
  work.factor.fill(1);
  applyYear(work, learnYear(works));
  return work.factor.subarray(work.n);
}
/** Correlation with the true year, and the share of its swing that is believed. */
function likeness(year: Float64Array, truth: (h: number) => number): { correlation: number; swing: number } {
  const logs = Array.from(year, Math.log), wanted = Array.from(year, (_, h) => Math.log(truth(h))), n = year.length, a = sum(logs) / n, b = sum(wanted) / n;
  const product = (x: number[], mx: number, y: number[], my: number): number => x.reduce((total, v, i) => total + (v - mx) * (y[i]! - my), 0);
  return { correlation: product(logs, a, wanted, b) / Math.sqrt(product(logs, a, logs, a) * product(wanted, b, wanted, b)), swing: product(logs, a, wanted, b) / product(wanted, b, wanted, b) };
}

describe('the year', () => {
  it.each([['D', 0.5], ['W', 4], ['M', 20]] as const)('is found in three years of many series (%s), and drawn to 1', (grain, rate) => {
    const dice = { state: 1 }, works = Array.from({ length: 60 }, () => shop(dice, grain, 3 * RULES[grain].year, rate)), { correlation, swing } = likeness(yearAhead(works[7]!, works), (h) => wave(grain, h));
    expect(correlation).toBeGreaterThan(0.97);
    expect(swing).toBeGreaterThan(0.5);
    expect(swing).toBeLessThan(0.9);
  });

  it.each(['D', 'W', 'M'] as const)('is not guessed from one year (%s)', (grain) => {
    const dice = { state: 2 }, works = Array.from({ length: 30 }, () => shop(dice, grain, RULES[grain].year, 5));
    expect(learnYear(works).groups).toEqual({});
    expect(yearAhead(works[0]!, works).every((factor) => factor === 1)).toBe(true);
    expect(learnYear([]).groups).toEqual({});
  });

  it('is 1 where demand has none, and 1 where there is no demand', () => {
    const level = Array.from({ length: 5 }, () => workOf(new Array(156).fill(6), {}, 'W', 52));
    for (const factor of yearAhead(level[0]!, level)) expect(factor).toBeCloseTo(1, 9);
    const nothing = [workOf(new Array(156).fill(0), {}, 'W', 52)];
    expect(yearAhead(nothing[0]!, nothing).every((factor) => factor === 1)).toBe(true);
  });

  it('repeats: the year behind is the year ahead', () => {
    const dice = { state: 3 }, works = Array.from({ length: 20 }, () => shop(dice, 'W', 156, 5)), year = yearAhead(works[0]!, works);
    year.forEach((factor, h) => expect(works[0]!.factor[104 + h]).toBe(factor));
    const days = Array.from({ length: 9 }, () => shop(dice, 'D', 1092, 3)), ahead = yearAhead(days[0]!, days);
    ahead.forEach((factor, h) => { expect(days[0]!.factor[728 + h]).toBeCloseTo(factor, 12); if (h > 0) expect(Math.abs(factor - ahead[h - 1]!)).toBeLessThan(0.1); });
  });

  it('differs by category, and by item as far as the item has sold', () => {
    const dice = { state: 4 }, of = (category: string, phase: number, item = '', rate = 4): Work => shop(dice, 'W', 156, rate, { category, item }, phase);
    const works = [...Array.from({ length: 40 }, () => of('coats', 0)), ...Array.from({ length: 40 }, () => of('hats', 0.25)), of('coats', 0.5, 'odd', 300), of('coats', 0.5, 'rare', 0.1)];
    const coats = likeness(yearAhead(works[0]!, works), (h) => wave('W', h, 0)), hats = likeness(yearAhead(works[50]!, works), (h) => wave('W', h, 0.25));
    expect(coats.correlation).toBeGreaterThan(0.85);
    expect(hats.correlation).toBeGreaterThan(0.85);
    const odd = likeness(yearAhead(works[80]!, works), (h) => wave('W', h, 0)), rare = likeness(yearAhead(works[81]!, works), (h) => wave('W', h, 0));
    expect(odd.swing).toBeLessThan(coats.swing / 2);
    expect(rare.swing).toBeGreaterThan(coats.swing * 0.8);
  });

  it('stays apart for a category of the name of an item', () => {
    const dice = { state: 5 }, works = [...Array.from({ length: 9 }, () => shop(dice, 'W', 156, 4, { category: 'x' })), ...Array.from({ length: 9 }, () => shop(dice, 'W', 156, 4, { category: 'y', item: 'x' }, 0.5))];
    expect(Object.keys(learnYear(works).groups).sort()).toEqual(['*', 'c x', 'c y', 'i x']);
  });

  it('is not made of seasons out of stock', () => {
    const gaps = Array.from({ length: 5 }, () => workOf(drawn(156, (t) => (t % 52 >= 20 && t % 52 < 32 ? NaN : 6)), {}, 'W', 52));
    for (const factor of yearAhead(gaps[0]!, gaps)) expect(factor).toBeCloseTo(1, 9);
  });

  it('is not made of the day an item was launched', () => {
    const dice = { state: 6 }, launched = Array.from({ length: 6 }, () => workOf(drawn(1092, (t) => (t < 672 ? 0 : drawPoisson(dice, 8))), { item: 'new' })), old = Array.from({ length: 20 }, () => workOf(drawn(1092, () => drawPoisson(dice, 8))));
    expect(learnYear(launched).groups).toEqual({});
    expect(Object.keys(learnYear([...launched, ...old]).groups)).toEqual(['*']);
  });
});
