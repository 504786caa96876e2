import fc from 'fast-check';
import { expect, it } from 'vitest';
import { graceMinutes, withinTolerance } from './telling.ts';

const units = fc.integer({ min: 1, max: 10_000 }), worth = fc.option(fc.integer({ min: 0, max: 10_000_000 }), { nil: null });
const tolerance = fc.record({ units: fc.integer({ min: 0, max: 10_000 }), money: fc.integer({ min: 0, max: 10_000_000 }) });

it('without a tolerance every unit is told of that is worth something, and every one whose worth nobody knows', () => {
  fc.assert(fc.property(units, worth, (n, money) => { expect(withinTolerance({ units: 0, money: 0 }, n, money)).toBe(false); }));
  fc.assert(fc.property(units, (n) => { expect(withinTolerance({ units: 1_000_000, money: 1e12 }, n, null)).toBe(false); }));
});

it('more units, more worth or less tolerance never make a difference less told of; exactly the tolerance is within it', () => {
  fc.assert(fc.property(tolerance, units, worth, fc.nat(50), fc.nat(5_000), (allowed, n, money, moreUnits, moreMoney) => {
    const more = { units: allowed.units + moreUnits, money: allowed.money + moreMoney };
    if (withinTolerance(allowed, n, money)) {
      expect(withinTolerance(more, n, money)).toBe(true);
      expect(withinTolerance(allowed, Math.max(1, n - moreUnits), money === null ? null : Math.max(0, money - moreMoney))).toBe(true);
    }
    expect(withinTolerance({ units: n, money: money ?? 0 }, n, money)).toBe(money !== null);
    expect(withinTolerance({ units: n, money: money ?? 0 }, n + 1, money)).toBe(false);
    if (money !== null) expect(withinTolerance({ units: n, money }, n, money + 1)).toBe(false);
  }));
});

it('the grace is twice the lag, never below two minutes nor above thirty, and never shorter for a longer lag', () => {
  expect([0, 4, 60, 61, 240, 900, 901, 86_400].map(graceMinutes)).toEqual([2, 2, 2, 122 / 60, 8, 30, 30, 30]);
  fc.assert(fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), fc.double({ min: 0, max: 1e6, noNaN: true }), (lag, more) => { expect(graceMinutes(lag + more)).toBeGreaterThanOrEqual(graceMinutes(lag)); }));
});
