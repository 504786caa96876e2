import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawCount, drawn, drawPoisson, MONDAY, sum, workOf } from '../../../test/helpers/drawn-series.ts';
import { applyWeekdays, learnWeekdays, type WeekdayPool } from './weekday.ts';
import type { Work } from './work.ts';

/** Relative demand by day of the week, Monday first; mean 1. Series end on a Sunday. */
const PATTERN = [0.6, 0.7, 0.8, 0.9, 1.2, 1.8, 1];
const weekdayOf = (t: number, days: number): number => (((t - days) % 7) + 7) % 7;
const shop = (days: number, rate: number, dice: { state: number }, pattern = PATTERN, rest = {}): Work => workOf(drawn(days, (t) => drawPoisson(dice, rate * pattern[weekdayOf(t, days)]!)), rest);
/** The profile, Monday first, as it is ahead. */
function profileOf(work: Work, pool: WeekdayPool): number[] {
  work.factor.fill(1);
  applyWeekdays(work, pool);
  return [...work.factor.subarray(work.n, work.n + 7)];
}
const farthest = (profile: number[], pattern = PATTERN): number => Math.max(...profile.map((v, d) => Math.abs(v - pattern[d]!)));

describe('weekdays', () => {
  it('are learned together from many series too short to tell alone', () => {
    const dice = { state: 1 }, works = worksOf(200, () => shop(28, 1, dice)), pool = learnWeekdays(works), alone = works.map((work) => farthest(profileOf(work, learnWeekdays([work]))));
    const together = works.map((work) => farthest(profileOf(work, pool)));
    expect(Math.max(...together)).toBeLessThan(0.4);
    expect(sum(together) / 200).toBeLessThan(0.2);
    expect(sum(alone) / 200).toBeGreaterThan(0.4);
    expect(farthest(profileOf(workOf([]), pool))).toBeLessThan(0.1);
  });

  it('of a series with a pattern of its own, long enough to show it, are its own', () => {
    const dice = { state: 2 }, own = [2, 1.6, 1.2, 0.8, 0.6, 0.4, 0.4], works = worksOf(60, () => shop(200, 2, dice)), other = shop(364, 20, dice, own);
    expect(farthest(profileOf(other, learnWeekdays([...works, other])), own)).toBeLessThan(0.2);
  });

  it('on which the shop is closed are near 0', () => {
    const dice = { state: 3 }, closed = [1.2, 1.2, 1.2, 1.2, 1.1, 1.1, 0], works = worksOf(40, () => shop(84, 3, dice, closed)), pool = learnWeekdays(works);
    for (const work of works) { const profile = profileOf(work, pool); expect(profile[6]).toBeLessThan(0.015); expect(profile[6]).toBeGreaterThan(0); }
  });

  it('go by category and location where these differ and have enough to say', () => {
    const dice = { state: 4 }, late = [...PATTERN].reverse();
    const works = [...worksOf(60, () => shop(120, 15, dice, PATTERN, { category: 'a' })), ...worksOf(60, () => shop(120, 15, dice, late, { category: 'b' }))], pool = learnWeekdays(works);
    expect(farthest(profileOf(workOf([], { category: 'a' }), pool))).toBeLessThan(0.12);
    expect(farthest(profileOf(workOf([], { category: 'b' }), pool), late)).toBeLessThan(0.12);
    expect(Math.abs(profileOf(workOf([], { category: 'c' }), pool)[5]! - 1.2)).toBeLessThan(0.1);
  });

  it('have a mean of 1, whatever the demand, and the same day the same factor', () => {
    const day = fc.record({ y: fc.oneof(fc.constant(0), fc.nat(50), fc.constant(NaN)), e: fc.constantFrom(0, 0.5, 1, 1, NaN) });
    fc.assert(fc.property(fc.array(fc.array(day, { maxLength: 40 }), { minLength: 1, maxLength: 4 }), (all) => {
      const works = all.map((days) => workOf(days.map(({ y }) => y), { exposure: days.map(({ e }) => e) })), pool = learnWeekdays(works);
      for (const work of works) {
        const profile = profileOf(work, pool);
        expect(sum(profile)).toBeCloseTo(7, 9);
        work.factor.forEach((factor, t) => expect(factor).toBe(profile[weekdayOf(t, work.n)]));
      }
    }), { numRuns: 50 });
  });

  it('out of stock say nothing of their demand', () => {
    const days = 140, exposure = drawn(days, (t) => (weekdayOf(t, days) === 5 ? (t % 2 ? 0 : 0.5) : 1)), dice = { state: 6 };
    const works = worksOf(30, () => workOf(drawn(days, (t) => drawCount(dice, 10 * exposure[t]! * PATTERN[weekdayOf(t, days)]!, 0.01)), { exposure }));
    expect(farthest(profileOf(works[0]!, learnWeekdays(works)))).toBeLessThan(0.25);
  });

  it('are counted from the calendar, also before 1970', () => {
    const days = 70, early = workOf(drawn(days, (t) => (weekdayOf(t, days) === 5 ? 70 : 0)));
    const moved = { ...early, start: early.start - 7 * 4000, factor: early.factor.slice() };
    expect(MONDAY % 7).toBe(4);
    expect(profileOf(moved, learnWeekdays([moved]))).toEqual(profileOf(early, learnWeekdays([early])));
  });
});

function worksOf(length: number, of: (i: number) => Work): Work[] { return Array.from({ length }, (_, i) => of(i)); }
