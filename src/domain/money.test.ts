import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionError } from './assert.ts';
import { add, format, minorDigits, money, MoneyFormatError, parseDecimal, split, subtract, sum, times, toDecimal } from './money.ts';

const minor = fc.integer({ min: -(2 ** 45), max: 2 ** 45 });
const currency = fc.constantFrom('GBP', 'EUR', 'JPY', 'KWD', 'CLF');
const weights = fc.array(fc.oneof(fc.nat(20), fc.nat(2 ** 45)), { minLength: 1, maxLength: 12 });

describe('money as text', () => {
  it.each([
    ['12.30', 'GBP', 1230], ['12.3', 'GBP', 1230], ['-0.01', 'GBP', -1], ['1000.0', 'JPY', 1000], ['1.2345', 'CLF', 12345], ['0.105', 'KWD', 105],
    ['1.1000', 'EUR', 110], ['+7', 'EUR', 700], ['90071992547409.91', 'USD', 9007199254740991],
  ])('%s %s is %i minor units', (text, code, expected) => {
    expect(parseDecimal(text, code).minor).toBe(expected);
  });

  it.each([['12.305', 'GBP'], ['0.5', 'JPY'], ['', 'GBP'], ['1e3', 'GBP'], ['1,000.00', 'GBP'], ['.5', 'GBP'], ['90071992547409.92', 'USD']])('refuses "%s" %s', (text, code) => {
    expect(() => parseDecimal(text, code)).toThrow(MoneyFormatError);
  });

  it('reads back what it writes', () => {
    fc.assert(fc.property(minor, currency, (m, c) => {
      const amount = money(m, c);
      expect(parseDecimal(toDecimal(amount), c)).toEqual(amount);
      expect(toDecimal(amount).split('.')[1]?.length ?? 0).toBe(minorDigits(c));
    }));
  });

  it('formats for a reader without losing digits', () => {
    expect(format(money(1230, 'GBP'))).toBe('£12.30');
    expect(format(money(-5, 'GBP'))).toBe('-£0.05');
    expect(format(money(9007199254740991, 'GBP'))).toBe('£90,071,992,547,409.91');
    expect(format(money(1000, 'JPY'), 'en-US')).toBe('¥1,000');
  });
});

describe('arithmetic', () => {
  it('keeps to one currency', () => {
    // @ts-expect-error pounds and euros do not add up
    expect(() => add(money(1, 'GBP'), money(1, 'EUR'))).toThrow(AssertionError);
    expect(subtract(money(5, 'GBP'), money(7, 'GBP'))).toEqual(money(-2, 'GBP'));
    expect(times(money(250, 'GBP'), 3)).toEqual(money(750, 'GBP'));
    expect(sum([money(1, 'GBP'), money(2, 'GBP')], 'GBP')).toEqual(money(3, 'GBP'));
    expect(sum([], 'GBP').minor).toBe(0);
  });

  it('refuses fractions of a minor unit and amounts past exactness', () => {
    expect(() => money(0.5, 'GBP')).toThrow(AssertionError);
    expect(() => money(1, 'pounds')).toThrow(AssertionError);
    expect(() => times(money(2 ** 52, 'GBP'), 4)).toThrow(AssertionError);
  });
});

describe('split', () => {
  it('gives the earlier part the remainder on a tie', () => {
    expect(split(money(100, 'GBP'), [1, 1, 1]).map((part) => part.minor)).toEqual([34, 33, 33]);
    expect(split(money(-100, 'GBP'), [1, 1, 1]).map((part) => part.minor)).toEqual([-34, -33, -33]);
    expect(split(money(10, 'GBP'), [0, 0]).map((part) => part.minor)).toEqual([5, 5]);
    expect(split(money(5, 'GBP'), [0, 3, 1]).map((part) => part.minor)).toEqual([0, 4, 1]);
  });

  it('sums exactly, and no part is a minor unit from its fair share', () => {
    fc.assert(fc.property(minor, weights, (m, w) => {
      const parts = split(money(m, 'GBP'), w);
      expect(parts.reduce((a, part) => a + BigInt(part.minor), 0n)).toBe(BigInt(m));
      const whole = w.reduce((a, b) => a + BigInt(b), 0n);
      if (whole === 0n) return;
      w.forEach((weight, k) => {
        const distance = BigInt(parts[k]!.minor) * whole - BigInt(m) * BigInt(weight);
        expect(distance < 0n ? -distance : distance).toBeLessThan(whole);
      });
    }));
  });

  it('gives the same shares in whatever order distinct weights come', () => {
    fc.assert(fc.property(minor, fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 6 }), (m, w) => {
      const total = w.reduce((a, b) => a + b, 0);
      const remainders = w.map((weight) => (BigInt(Math.abs(m)) * BigInt(weight)) % BigInt(total));
      fc.pre(new Set(remainders).size === w.length); // a tie goes by position
      const share = new Map(split(money(m, 'GBP'), w).map((part, k) => [w[k]!, part.minor]));
      const turned = w.toReversed();
      split(money(m, 'GBP'), turned).forEach((part, k) => expect(part.minor).toBe(share.get(turned[k]!)));
    }));
  });

  it('refuses weights that share nothing out', () => {
    expect(() => split(money(1, 'GBP'), [])).toThrow(AssertionError);
    expect(() => split(money(1, 'GBP'), [-1, 2])).toThrow(AssertionError);
    expect(() => split(money(1, 'GBP'), [0.5])).toThrow(AssertionError);
  });
});
