import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayFromNumber } from './calendar.ts';
import { ratesThen, type SaidRate } from './exchange-then.ts';

const BASE = 20_000, one = fc.record({ currency: fc.constantFrom('USD', 'GBP'), since: fc.integer({ min: 0, max: 40 }).map((n) => dayFromNumber(BASE + n)), billionths: fc.option(fc.integer({ min: 1, max: 9 }), { freq: 5 }), from: fc.integer({ min: BASE, max: BASE + 60 }) });
const histories = fc.array(one, { maxLength: 25 }).map((all): SaidRate[] => all.sort((a, b) => a.from - b.from));
const known = (rates: Float64Array): (number | null)[] => Array.from(rates, (rate) => (Number.isNaN(rate) ? null : rate));

describe('exchange rates as known then', () => {
  it('a rate said after a day never takes the place of one that day had, whatever day it is of', () => {
    fc.assert(fc.property(histories, one, fc.integer({ min: 0, max: 30 }), (history, more, first) => {
      const late = { ...more, from: Math.max(more.from, ...history.map((each) => each.from + 1)) }, [before, after] = [known(ratesThen(history, 'USD', BASE + first, 30)), known(ratesThen([...history, late], 'USD', BASE + first, 30))];
      before.forEach((rate, n) => { if (rate !== null && BASE + first + n < late.from) expect(after[n]).toBe(rate); });
    }), { numRuns: 1_000 });
  });

  it('is the same whether asked day by day or for a period, and never a rate of a later day', () => {
    fc.assert(fc.property(histories, fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 40 }), (history, first, days) => {
      known(ratesThen(history, 'USD', BASE + first, days)).forEach((rate, n) => {
        expect(known(ratesThen(history, 'USD', BASE + first + n, 1))[0]).toBe(rate);
        if (rate !== null) expect(history.some((each) => each.currency === 'USD' && each.billionths === rate && each.since <= dayFromNumber(BASE + first + n))).toBe(true);
      });
    }), { numRuns: 500 });
  });

  it('knows the latest rate said the day before, goes without one taken away, and takes those of the first day of saying where nothing was said yet', () => {
    const said = (since: number, billionths: number | null, from: number): SaidRate => ({ currency: 'USD', since: dayFromNumber(BASE + since), billionths, from: BASE + from });
    const history = [said(0, 5, 3), said(2, 6, 3), said(2, null, 6), said(1, 7, 8), said(9, 8, 10)];
    expect(known(ratesThen(history, 'USD', BASE, 12))).toEqual([5, 5, 6, 6, 6, 6, 5, 5, 7, 7, 8, 8]);
    expect(known(ratesThen(history, 'GBP', BASE, 2))).toEqual([null, null]);
    expect(known(ratesThen(history, 'USD', BASE - 2, 2))).toEqual([null, null]);
  });
});
