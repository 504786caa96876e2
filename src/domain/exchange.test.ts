import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromStore, rateOf, Rates, rateText, toStore } from './exchange.ts';

const currencies = fc.constantFrom('EUR', 'USD', 'JPY', 'KWD'), rates = fc.integer({ min: 1_000, max: 1_000_000_000_000 }), amounts = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });

describe('exchange', () => {
  it('converts by the minor units of both sides', () => {
    expect(toStore(12_345, 'USD', 'EUR', 923_100_000)).toBe(11_396); // 123.45 × 0.9231 = 113.956695
    expect(toStore(1_000, 'JPY', 'EUR', 6_100_000)).toBe(610); // ¥1000 × 0.0061 = €6.10
    expect(toStore(1_500, 'KWD', 'EUR', 3_000_000_000)).toBe(450); // 1.500 dinars × 3 = €4.50
    expect(fromStore(610, 'EUR', 'JPY', 6_100_000)).toBe(1_000);
    expect(toStore(-5, 'USD', 'EUR', 500_000_000)).toBe(-3); // half away from zero
  });

  it('is exact to half a minor unit, odd, and goes back to where it came from as near as minor units allow', () => {
    fc.assert(fc.property(amounts, currencies, currencies, rates, (minor, from, to, rate) => {
      const digits = { EUR: 2, USD: 2, JPY: 0, KWD: 3 } as Record<string, number>, exact = (minor / 10 ** digits[from]!) * (rate / 1e9) * 10 ** digits[to]!;
      fc.pre(Math.abs(exact) < 1e15);
      const there = toStore(minor, from, to, rate);
      expect(Math.abs(there - exact)).toBeLessThanOrEqual(0.5 + Math.abs(exact) * 1e-9);
      expect(toStore(-minor, from, to, rate)).toBe(there === 0 ? 0 : -there);
      const step = (1e9 * 10 ** digits[from]!) / (rate * 10 ** digits[to]!);
      fc.pre(step * 1e6 < 1e15 && Math.abs(there) < 1e13);
      expect(Math.abs(fromStore(there, to, from, rate) - minor)).toBeLessThanOrEqual(step / 2 + 0.5 + Math.abs(minor) * 1e-9);
    }), { numRuns: 500 });
  });

  it('takes the latest rate not after the day, none from before the first, and is one for the store’s own currency only', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 28 }), { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 28 }), (days, day) => {
      const at = (n: number): string => `2026-11-${String(n).padStart(2, '0')}`, known = new Rates('EUR', days.map((n) => ({ currency: 'USD', since: at(n), billionths: n * 1_000_000 }))), before = days.filter((n) => n <= day);
      expect(known.on('USD', at(day))).toBe(before.length === 0 ? null : Math.max(...before) * 1_000_000);
      expect(known.on('EUR', at(day))).toBe(1_000_000_000);
      expect(known.on('SEK', at(day))).toBeNull();
      expect(known.inStore(100, 'SEK', at(day))).toBeNull();
    }));
    expect(new Rates('EUR', []).missing('USD', '2026-11-26')).toContain('no exchange rate of USD is known for 2026-11-26');
  });

  it('reads what it writes, and refuses what is no rate', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000_000_000_000_000 }), (billionths) => { expect(rateOf(rateText(billionths))).toBe(billionths); }));
    for (const text of ['', '0', '-1', '1e3', 'one', '0.0000000001', '1000001', '1.2.3']) expect(rateOf(text)).toBeNull();
    expect(rateOf('0,92')).toBe(920_000_000);
  });
});
