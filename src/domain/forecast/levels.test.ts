import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawn, drawPoisson, sum, workOf } from '../../../test/helpers/drawn-series.ts';
import { blendAt, blendLevels, fallenBack, learnLevels, trackLevels } from './levels.ts';
import type { Grain } from './panel.ts';
import { RULES, type Work } from './work.ts';

function blended(works: readonly Work[]): readonly Work[] {
  for (const work of works) trackLevels(work);
  const pool = learnLevels(works);
  for (const work of works) blendLevels(work, pool);
  return works;
}
const level = (demand: ArrayLike<number>, rest = {}, grain: Grain = 'D'): number => blended([workOf(demand, rest, grain)])[0]!.level;
const GRAINS = ['D', 'W', 'M'] as const;

describe('the level', () => {
  it.each(GRAINS)('of a constant series is the constant, by every method, now and then (%s)', (grain) => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 120 }), fc.double({ min: 0.01, max: 1e9, noNaN: true }), (length, constant) => {
      const [work] = blended([workOf(new Array(length).fill(constant), {}, grain)]);
      for (const said of work!.levels) expect(said / constant).toBeCloseTo(1, 9);
      expect(blendAt(work!, 0)).toBeCloseTo(work!.level, 9);
    }), { numRuns: 40 });
  });

  it('is a blend: shares at least 0 with a sum of 1, the level between the methods', () => {
    const day = fc.record({ y: fc.oneof(fc.constant(0), fc.nat(9), fc.constant(NaN), fc.constant(1e9)), e: fc.constantFrom(0, 0.3, 1, 1, NaN) });
    fc.assert(fc.property(fc.constantFrom(...GRAINS), fc.array(fc.array(day, { maxLength: 90 }), { minLength: 1, maxLength: 4 }), (grain, all) => {
      for (const work of blended(all.map((days) => workOf(days.map(({ y }) => y), { exposure: days.map(({ e }) => e) }, grain)))) {
        const now = work.levels.slice(0, work.weights.length);
        expect(sum(work.weights)).toBeCloseTo(1, 9);
        for (const share of work.weights) expect(share).toBeGreaterThanOrEqual(0);
        expect(work.level).toBeGreaterThanOrEqual(Math.min(...now) * (1 - 1e-9));
        expect(work.level).toBeLessThanOrEqual(Math.max(...now) * (1 + 1e-9));
      }
    }), { numRuns: 60 });
  });

  it('goes with the unit: a hundred times the demand, a hundred times the level of each method', () => {
    fc.assert(fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 80 }), (demand) => {
      const small = workOf(demand), large = workOf(demand.map((y) => 100 * y));
      trackLevels(small); trackLevels(large);
      large.levels.forEach((said, k) => expect(said).toBeCloseTo(100 * small.levels[k]!, 6));
    }));
  });

  it.each(GRAINS)('of demand seen half the time is double (%s)', (grain) => {
    const demand = drawn(150, (t) => 3 + (t % 4)), half = new Array(150).fill(0.5), whole = level(demand, {}, grain);
    expect(level(demand, { exposure: half }, grain) / whole).toBeCloseTo(2, 1);
    expect(level(demand.map((y) => y / 2), { exposure: half }, grain) / whole).toBeCloseTo(1, 1);
  });

  it('learns nothing from what was not seen: unknown is not zero', () => {
    const gap = drawn(200, (t) => (t % 5 === 0 || t > 190 ? NaN : 6));
    expect(level(gap)).toBeCloseTo(6, 9);
    expect(level(gap.map((y) => (y === y ? y : 0)))).toBeLessThan(5);
    expect(level(gap.map((y) => (y === y ? y : 0)), { exposure: gap.map((y) => (y === y ? 1 : 0)) })).toBeCloseTo(6, 9);
  });

  it('is what demand would be with a factor of 1', () => {
    const work = workOf(drawn(140, (t) => (t % 2 ? 12 : 4)), {});
    work.factor.forEach((_, t) => { work.factor[t] = t % 2 ? 1.5 : 0.5; });
    expect(blended([work])[0]!.level).toBeCloseTo(8, 9);
  });

  it.each(GRAINS)('follows a shift, the quick methods first, and gives the quick a larger share then (%s)', (grain) => {
    const { window } = RULES[grain], dice = { state: 3 }, demand = drawn(40 * window, (t) => drawPoisson(dice, t < 32 * window ? 20 : 60)), steady = demand.map(() => drawPoisson(dice, 20));
    const [shifted, still] = [blended([workOf(demand, {}, grain)])[0]!, blended([workOf(steady, {}, grain)])[0]!], quick = (work: Work): number => work.weights[2]! + work.weights[3]! + work.weights[4]!;
    expect(Math.abs(shifted.level - 60)).toBeLessThan(9);
    const fresh = workOf(demand.slice(0, 33 * window), {}, grain);
    trackLevels(fresh);
    expect(fresh.levels[0]).toBeLessThan(fresh.levels[1]!);
    expect(fresh.levels[1]).toBeLessThan(fresh.levels[3]!);
    expect(quick(shifted)).toBeGreaterThan(quick(still));
  });

  it('at a past origin is what it would have been then', () => {
    const dice = { state: 4 }, demand = drawn(200, () => drawPoisson(dice, 5)), all = workOf(demand), then = workOf(demand.slice(0, 200 - 21));
    trackLevels(all); trackLevels(then);
    const methods = all.weights.length;
    for (let k = 0; k < methods; k++) expect(all.levels[3 * methods + k]).toBeCloseTo(then.levels[k]!, 9);
    expect(all.came[4]).toBeCloseTo(sum(demand.slice(200 - 28)) / 28, 9);
    expect(all.came[3]).toBeNaN();
    expect(workOf(demand.slice(0, 27)).origins).toBe(0);
  });

  it('knows the catalogue where it has no past of its own', () => {
    const dice = { state: 5 }, works = blended([...Array.from({ length: 30 }, () => workOf(drawn(300, () => drawPoisson(dice, 4)))), workOf([3, 1])]), pool = learnLevels(works);
    expect(Math.min(...pool.errors)).toBe(1);
    expect(works[30]!.weights.indexOf(Math.max(...works[30]!.weights))).toBe(pool.errors.indexOf(1));
    expect([...learnLevels([]).errors]).toEqual([1]);
  });
});

describe('a level that has risen', () => {
  it.each(GRAINS)('falls back some way to the mean of a young series, never beyond it; one that has fallen stays (%s)', (grain) => {
    fc.assert(fc.property(fc.array(fc.nat(50), { minLength: 2, maxLength: RULES[grain].year - 1 }), fc.double({ min: 0, max: 200, noNaN: true }), fc.constantFrom('mean' as const, 'total' as const), (demand, said, aim) => {
      const work = workOf(demand, {}, grain), usual = sum(demand.slice(work.first)) / (demand.length - work.first), back = fallenBack(work, said, aim);
      if (said <= usual) expect(back).toBe(said);
      else { expect(back).toBeLessThanOrEqual(said); expect(back).toBeGreaterThanOrEqual(usual - 1e-9); }
    }));
    expect(fallenBack(workOf(new Array(RULES[grain].year - 1).fill(4), {}, grain), 10, 'mean')).toBeLessThan(9);
  });

  it('is half as far back after two and a half years as in the first', () => {
    const back = (years: number): number => 10 - fallenBack(workOf(new Array(years * RULES.W.year).fill(4), {}, 'W'), 10, 'mean');
    expect(back(2.5)).toBeCloseTo(back(1) / 2, 9);
    expect(back(2)).toBeCloseTo(back(1), 9);
  });

  it('stays where it is after a third year, and without anything seen', () => {
    for (const grain of GRAINS) expect(fallenBack(workOf(new Array(3 * RULES[grain].year).fill(4), {}, grain), 10, 'mean')).toBe(10);
    expect(fallenBack(workOf([0, 0, 0], { exposure: [0, 0, 0] }), 10, 'mean')).toBe(10);
    expect(fallenBack(workOf([]), 10, 'mean')).toBe(10);
  });
});
