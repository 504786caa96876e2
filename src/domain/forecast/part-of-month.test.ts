import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawCount, drawGamma, drawn, END, seriesOf } from '../../../test/helpers/drawn-series.ts';
import { dayNumber } from '../calendar.ts';
import { applyMonth, learnMonth, monthAngle } from './part-of-month.ts';
import { prepare, type Work } from './work.ts';

const AHEAD = 8;
/** Weeks of shops whose customers spend `swing` more at the beginning of a month than usual. */
function paydays(dice: { state: number }, count: number, weeks: number, swing: (n: number) => number): Work[] {
  return drawn(count, (n) => n).map((n) => {
    const rate = 20 + 20 * drawGamma(dice, 1), start = END - 7 * weeks, id = { id: `s${n}`, item: `i${n}`, location: `p${n % 2}`, category: `c${n % 3}` };
    return prepare(seriesOf(drawn(weeks, (t) => drawCount(dice, rate * (1 + swing(n) * Math.cos(monthAngle(start + 7 * t + 3))), 0.1)), id, 'W'), 'W', AHEAD);
  });
}

describe('the part of the month', () => {
  it('is learned where it recurs, of each category its own, and not elsewhere', () => {
    const works = paydays({ state: 3 }, 30, 160, (n) => (n % 3 === 0 ? 0.3 : 0)), pool = learnMonth(works);
    expect(pool.groups['c c0']![0]).toBeGreaterThan(0.2);
    expect(pool.groups['c c0']![0]).toBeLessThan(0.4);
    for (const other of ['c c1', 'c c2']) expect(Math.abs(pool.groups[other]![0])).toBeLessThan(0.06);
    applyMonth(works[0]!, pool);
    const { factor, start } = works[0]!, errors = Array.from(factor, (f, t) => Math.abs(f - (1 + 0.3 * Math.cos(monthAngle(start + 7 * t + 3)))));
    expect(Math.max(...errors)).toBeLessThan(0.12);
  });

  it('is left out of days, of months, of less than a year, and of nothing', () => {
    const dice = { state: 5 }, few = paydays(dice, 6, 40, () => 0.3);
    expect(learnMonth([])).toEqual({ groups: {} });
    expect(learnMonth(few)).toEqual({ groups: {} });
    for (const grain of ['D', 'M'] as const) {
      const works = few.map(({ source }) => prepare(source, grain, AHEAD));
      expect(learnMonth(works)).toEqual({ groups: {} });
      applyMonth(works[0]!, { groups: { '*': [0.3, 0] } });
      expect(works[0]!.factor.every((f) => f === 1)).toBe(true);
    }
  });

  it('keeps every factor above nothing, and about one in the mean of a year, whatever was sold', () => {
    const units = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 53, maxLength: 110 });
    fc.assert(fc.property(fc.array(units, { minLength: 1, maxLength: 4 }), (all) => {
      const works = all.map((demand, n) => prepare(seriesOf(demand, { id: `s${n}`, item: `i${n % 2}`, location: 'p', category: `c${n % 2}` }, 'W'), 'W', AHEAD)), pool = learnMonth(works);
      for (const work of works) {
        applyMonth(work, pool);
        let sum = 0;
        for (const f of work.factor) { expect(f).toBeGreaterThanOrEqual(0.5); sum += f; }
        const [cosine, sine] = pool.groups[`l p ${work.source.category}`] ?? [0, 0];
        if (Math.hypot(cosine, sine) < 0.5) expect(Math.abs(sum / work.factor.length - 1)).toBeLessThan(0.06);
      }
    }), { numRuns: 60 });
  });

  it('turns once a month', () => {
    const day = (text: string): number => monthAngle(dayNumber(text));
    expect(day('2024-02-01')).toBe(day('2025-07-01'));
    expect(day('2024-01-31')).toBe(day('2024-01-30'));
    expect(day('2024-03-16') - day('2024-03-01')).toBeCloseTo(Math.PI, 12);
  });
});
