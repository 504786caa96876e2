import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assert, AssertionError } from './assert.ts';
import { roundDownToCasePack, roundToNearestUnit, roundUpToCasePack, roundUpToWholeUnits, units } from './quantity.ts';

const need = fc.integer({ min: -1000, max: 1_000_000 });
const pack = fc.integer({ min: 1, max: 5000 });

describe('whole units', () => {
  it('refuses what is no exact whole number', () => {
    for (const wrong of [0.5, NaN, Infinity, 2 ** 53]) expect(() => units(wrong)).toThrow(AssertionError);
    expect(Object.is(units(-0), 0)).toBe(true);
  });

  it('asserts with the message given', () => {
    expect(() => assert(false, 'seven is odd')).toThrow('seven is odd');
    expect(() => assert(true, 'never seen')).not.toThrow();
  });

  it.each([[2.1, 3], [3, 3], [0.1 * 30, 3], [-2.5, -2], [0, 0], [1e-12, 0]])('rounds %f up to %i whole units', (given, rounded) => {
    expect(roundUpToWholeUnits(given)).toBe(rounded);
  });

  it.each([[2.5, 3], [2.4, 2], [-2.5, -2], [-0.4, 0]])('rounds %f to the nearest unit %i', (given, rounded) => {
    expect(roundToNearestUnit(given)).toBe(rounded);
  });
});

describe('case packs', () => {
  it('rounds up to the smallest multiple that covers the need', () => {
    fc.assert(fc.property(need, pack, (n, p) => {
      const rounded = roundUpToCasePack(n, p);
      expect(rounded % p).toBe(0);
      expect(rounded).toBeGreaterThanOrEqual(Math.max(0, n));
      expect(rounded - p).toBeLessThan(Math.max(1, n));
      expect(roundUpToCasePack(rounded, p)).toBe(rounded);
    }));
  });

  it('rounds down to the largest multiple that fits', () => {
    fc.assert(fc.property(need, pack, (n, p) => {
      const rounded = roundDownToCasePack(n, p);
      expect(rounded % p).toBe(0);
      expect(rounded).toBeLessThanOrEqual(Math.max(0, n));
      expect(rounded + p).toBeGreaterThan(n);
    }));
  });

  it('has no empty cases', () => {
    expect(() => roundUpToCasePack(3, 0)).toThrow(AssertionError);
    expect(() => roundDownToCasePack(3, 1.5)).toThrow(AssertionError);
  });
});
