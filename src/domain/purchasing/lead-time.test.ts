import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, daysBetween, weekday } from '../calendar.ts';
import { leadTimeDrift, leadTimeOf, learnLeadTime } from './lead-time.ts';
import { nextOrderDay } from './order-days.ts';
import { breaksFault, unitCostAt } from './price.ts';
import { scorecard } from './scorecard.ts';

const came = (days: number, units = 10) => ({ orderedOn: '2026-01-05', arrivals: [{ day: addDays('2026-01-05', days), units }] });

describe('learned lead time', () => {
  it('is the day half of the units had come: neither samples nor stragglers move it', () => {
    expect(leadTimeOf({ orderedOn: '2026-01-05', arrivals: [{ day: '2026-02-20', units: 5 }, { day: '2026-01-08', units: 1 }, { day: '2026-01-25', units: 94 }] })).toBe(20);
    expect(leadTimeOf({ orderedOn: '2026-01-05', arrivals: [] })).toBeNull();
  });
  it('lies between the shortest and the longest, in order', () => {
    fc.assert(fc.property(fc.array(fc.nat(120), { minLength: 1, maxLength: 60 }), (days) => {
      const learned = learnLeadTime(days.map((d) => came(d)))!, kept = days.slice(0, 40);
      expect(learned.n).toBe(kept.length);
      expect(learned.p10).toBeLessThanOrEqual(learned.p50);
      expect(learned.p50).toBeLessThanOrEqual(learned.p90);
      expect(learned.p10).toBeGreaterThanOrEqual(Math.min(...kept));
      expect(learned.p90).toBeLessThanOrEqual(Math.max(...kept));
    }));
  });
  it('drifts when four orders say more than a fifth or five days off', () => {
    const of = (...days: number[]) => learnLeadTime(days.map((d) => came(d)));
    expect(leadTimeDrift(30, of(35, 35, 35, 35))).toBeNull();
    expect(leadTimeDrift(30, of(36, 36, 36, 36))).toEqual({ days: 6 });
    expect(leadTimeDrift(10, of(7, 7, 7, 7))).toEqual({ days: -3 });
    expect(leadTimeDrift(10, of(20, 20, 20))).toBeNull();
    expect(leadTimeDrift(null, of(20, 20, 20, 20))).toBeNull();
  });
});

it('a scorecard judges promised orders for time and finished ones for fullness', () => {
  const order = (days: number, received: number, over = true, damaged = 0) => ({ ...came(days, received + damaged), expectedOn: '2026-01-19', received, damaged, short: Math.max(0, 10 - received), over });
  expect(scorecard([order(14, 10), order(17, 10), order(18, 9, true, 1), order(5, 4, false)], 3)).toMatchObject({ orders: 4, onTime: 0.75, inFull: 0.667, onTimeInFull: 0.667, damagedShare: 0.029 });
  expect(scorecard([], 3)).toEqual({ orders: 0, onTime: null, inFull: null, onTimeInFull: null, damagedShare: null, leadTime: null });
});

it('an order is in full when every line is: too many of one item are no other item', () => {
  const of = (short: number, received: number) => scorecard([{ ...came(10), expectedOn: null, received, damaged: 0, short, over: true }], 0).inFull;
  expect([of(5, 20), of(0, 25), of(0, 20)]).toEqual([0, 1, 1]);
});

it('an order goes out on the first of its days, within a week', () => {
  fc.assert(fc.property(fc.nat(5_000), fc.uniqueArray(fc.integer({ min: 1, max: 7 })), (n, days) => {
    const from = addDays('2020-01-01', n), next = nextOrderDay(from, days), ahead = daysBetween(from, next);
    expect(ahead).toBeGreaterThanOrEqual(0);
    expect(ahead).toBeLessThan(7);
    if (days.length > 0) expect(days).toContain(weekday(next)); else expect(next).toBe(from);
    for (let d = 0; d < ahead; d++) expect(days).not.toContain(weekday(addDays(from, d)));
  }));
});

it('a price is that of the last break reached', () => {
  const breaks = [{ from: 50, unitCost: 90 }, { from: 200, unitCost: 75 }];
  expect([1, 49, 50, 199, 200, 9_999].map((n) => unitCostAt(100, breaks, n))).toEqual([100, 100, 90, 90, 75, 75]);
  expect(unitCostAt(null, breaks, 10)).toBeNull();
  expect(breaksFault(100, breaks)).toBeNull();
  expect(breaksFault(80, breaks)).toContain('dearer');
  expect(breaksFault(null, [breaks[1]!, breaks[0]!])).toContain('does not come after');
});
