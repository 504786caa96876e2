import fc from 'fast-check';
import { expect, it } from 'vitest';
import { atRisk, lagTooLong, minutesToZero } from './risk.ts';

it('a level is at risk when it sells out before its number can follow', () => {
  expect(minutesToZero(30, 60)).toBe(30);
  expect([atRisk(1, 120, 60), atRisk(3, 120, 60), atRisk(0, 120, 60), atRisk(1, 5, 3_600)]).toEqual([true, false, false, false]);
  expect([lagTooLong(900), lagTooLong(901)]).toEqual([false, true]);
});

it('more stock, fewer sales or less lag never make it riskier', () => {
  const units = fc.integer({ min: 1, max: 5_000 }), sold = fc.integer({ min: 0, max: 5_000 }), lag = fc.integer({ min: 0, max: 3_600 });
  fc.assert(fc.property(units, sold, lag, units, (shown, rate, seconds, more) => {
    if (atRisk(shown, rate, seconds)) return;
    expect(atRisk(shown + more, rate, seconds)).toBe(false);
    expect(atRisk(shown, Math.max(0, rate - more), seconds)).toBe(false);
    expect(atRisk(shown, rate, Math.max(0, seconds - more))).toBe(false);
  }));
});
