import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawn, END, seriesOf, sum, workOf } from '../../../test/helpers/drawn-series.ts';
import { addUp, maturity, prepare, RULES, soldOrUsual } from './work.ts';

describe('a working copy', () => {
  it('keeps the last periods, so that all end alike', () => {
    const long = workOf(drawn(1500, (t) => t)), short = workOf([5, 6]);
    expect([long.n, long.sold[0], long.sold[1129], long.start + long.n, short.start + short.n]).toEqual([1130, 370, 1499, END, END]);
    const weeks = prepare(seriesOf(drawn(300, (t) => t), {}, 'W'), 'W', 4);
    expect([weeks.n, weeks.start + 7 * weeks.n, weeks.factor.length]).toEqual([260, END, 264]);
  });

  it('reads a demand of NaN as unseen, one below 0 as none, an exposure of NaN as run out', () => {
    const work = workOf([1, NaN, -2, 3, 0, 4], { exposure: [1, 1, 1, NaN, 0, 0] });
    expect([...work.sold]).toEqual([1, 0, 0, 3, 0, 4]);
    expect([...work.seen]).toEqual([1, 0, 1, 1, 0, 0.05]); // a sale shows that it was there
    expect([...work.stockedOut!]).toEqual([0, 0, 0, 1, 0, 0]);
    expect(workOf([1]).stockedOut).toBeNull();
    expect([...workOf([9, 1], { bulk: Float64Array.of(8, 0) }).sold]).toEqual([1, 1]);
  });

  it('begins with the first sale, or up to a window before it where in stock', () => {
    const first = (demand: number[], exposure?: number[]): number => workOf(demand, exposure ? { exposure } : {}).first;
    expect(first([...new Array(50).fill(0), ...new Array(50).fill(2)])).toBe(50);
    expect(first([...new Array(90).fill(0), ...new Array(10).fill(2)])).toBe(72);
    expect(first([...new Array(90).fill(0), ...new Array(10).fill(2)], drawn(100, (t) => (t < 80 ? 0 : 1)))).toBe(80);
    expect(first([])).toBe(0);
    expect(first(new Array(40).fill(0))).toBe(0);
    expect(first(new Array(40).fill(0), drawn(40, (t) => (t < 30 ? 0 : 1)))).toBe(30);
    expect(first(new Array(40).fill(NaN))).toBe(39);
  });

  it('adds up what was seen, from the first period on', () => {
    const day = fc.record({ y: fc.oneof(fc.nat(9), fc.constant(NaN)), e: fc.constantFrom(0, 0.5, 1) });
    fc.assert(fc.property(fc.array(day, { maxLength: 60 }), fc.array(fc.constantFrom(0.5, 1, 2), { minLength: 88, maxLength: 88 }), (days, factors) => {
      const work = workOf(days.map(({ y }) => y), { exposure: days.map(({ e }) => e) }), { n, first, sold, seen, factor } = work;
      factor.set(factors.slice(0, factor.length));
      addUp(work); addUp(work);
      const over = (of: (t: number) => number): number => sum(drawn(n, (t) => (t >= first ? of(t) : 0)));
      expect(work.units[n]).toBeCloseTo(over((t) => (seen[t]! > 0 ? sold[t]! : 0)), 9);
      expect(work.expected[n]).toBeCloseTo(over((t) => seen[t]! * factor[t]!), 9);
      expect(work.sales[n]).toBe(over((t) => (sold[t]! > 0 ? 1 : 0)));
      expect(work.factors[n + 28]).toBeCloseTo(sum(factor), 9);
    }));
    expect(workOf([1, 3, NaN, 2]).scale).toBeCloseTo((4 + 1) / 2, 12);
    expect(workOf([5]).scale).toBe(0);
  });

  it('fills what was not seen with the usual, for sums alone', () => {
    const work = workOf([4, NaN, 4, 1, 4], { exposure: [1, 1, 1, 0.25, 1] });
    work.factor[1] = 2;
    expect([...soldOrUsual(work)]).toEqual([4, 8, 4, 4, 4]);
    expect(work.sold[1]).toBe(0);
    const seen = workOf([1, 2]), never = workOf([0, 0], { exposure: [0, 0] });
    expect(soldOrUsual(seen)).toBe(seen.sold);
    expect(soldOrUsual(never)).toBe(never.sold);
  });

  it('is trusted from four windows of history on, wholly from six', () => {
    expect([0, 112, 140, 168, 1000].map((days) => maturity(days, RULES.D))).toEqual([0, 0, 0.5, 1, 1]);
    expect([16, 20, 24].map((weeks) => maturity(weeks, RULES.W))).toEqual([0, 0.5, 1]);
  });
});
