import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../calendar.ts';
import { comesIn, runsOut, type AwaitedLine } from './late-order.ts';

const TODAY = '2026-11-26';
/** `rate` units each day, for certain. */
const steady = (rate: number, days = 60) => ({ mean: Array.from({ length: days }, () => rate), cumulative: [0.5, 0.9].map((q) => ({ q, values: Array.from({ length: days }, (_, h) => rate * (h + 1)) })) });
const line = (part: Partial<AwaitedLine>): AwaitedLine => ({ today: TODAY, forecast: steady(2), stock: { onHand: 10, incoming: 30, committed: 0, backorders: 0 }, elsewhere: 0, arrivals: [{ day: addDays(TODAY, -5), units: 30 }], toleranceDays: 2, comesIn: 5, ...part });

describe('a late order', () => {
  it('is as many days away as it is late, no further than a new one would be', () => {
    expect([-1, -5, -30, 0].map((late) => comesIn(addDays(TODAY, late), TODAY, 21))).toEqual([1, 5, 21, 1]);
  });

  it('leaves a shelf empty where less stands there than is wanted until it may come; what others bring before counts, what is late itself does not', () => {
    expect(runsOut(line({}))).toBeNull(); // ten units last five days, and it comes on the sixth
    expect(runsOut(line({ stock: { onHand: 9, incoming: 30, committed: 0, backorders: 0 } }))).toBe(4);
    expect(runsOut(line({ stock: { onHand: 9, incoming: 30, committed: 8, backorders: 0 } }))).toBe(0);
    const other = (day: number, units: number) => line({ stock: { onHand: 4, incoming: 30 + units, committed: 0, backorders: 0 }, arrivals: [{ day: addDays(TODAY, -5), units: 30 }, { day: addDays(TODAY, day), units }] });
    expect([runsOut(other(1, 20)), runsOut(other(3, 20)), runsOut(other(-1, 20))]).toEqual([null, 2, null]); // one that is within its tolerance comes today
    expect(runsOut(line({ stock: { onHand: 0, incoming: 0, committed: 0, backorders: 0 }, elsewhere: 10, arrivals: [] }))).toBeNull();
  });

  it('is what a walk day by day finds, and never worse for more stock, less demand or an earlier coming', () => {
    const some = fc.record({ rate: fc.integer({ min: 0, max: 9 }), onHand: fc.integer({ min: -5, max: 80 }), late: fc.nat(60), soonest: fc.integer({ min: 1, max: 40 }), others: fc.array(fc.record({ day: fc.integer({ min: -1, max: 40 }), units: fc.integer({ min: 1, max: 30 }) }), { maxLength: 3 }) });
    fc.assert(fc.property(some, fc.nat(20), ({ rate, onHand, late, soonest, others }, more) => {
      const of = (units: number, perDay: number, days: number) => runsOut(line({ forecast: steady(perDay), comesIn: days, stock: { onHand: units, incoming: late + others.reduce((sum, one) => sum + one.units, 0), committed: 0, backorders: 0 }, arrivals: [{ day: addDays(TODAY, -9), units: late }, ...others.map((one) => ({ day: addDays(TODAY, one.day), units: one.units }))] }));
      let found: number | null = null;
      for (let day = 0; day < soonest && found === null; day++) {
        const there = onHand + others.filter((one) => one.day <= day).reduce((sum, one) => sum + one.units, 0);
        if (rate * (day + 1) > Math.max(0, there)) found = day;
      }
      expect(of(onHand, rate, soonest)).toBe(found);
      const never = (value: number | null): number => value ?? Infinity;
      expect(never(of(onHand + more, rate, soonest))).toBeGreaterThanOrEqual(never(found));
      expect(never(of(onHand, Math.max(0, rate - 1), soonest))).toBeGreaterThanOrEqual(never(found));
      if (found === null) expect(of(onHand, rate, Math.max(1, soonest - more))).toBeNull();
    }));
  });
});
