import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../domain/calendar.ts';
import { POLICY_KINDS } from '../../domain/replenishment/policy.ts';
import { fieldsOf, POLICY_FIELDS, shown, typed } from './policy-fields.ts';
import { steps } from './waterfall.ts';

const field = (key: string) => POLICY_FIELDS.find((each) => each.key === key)!;

describe('planning values', () => {
  it('shows a share as per cent and takes it back', () => {
    expect(shown(field('serviceLevel'), 0.975)).toBe('97.5');
    expect(typed(field('serviceLevel'), '97.5 %')).toEqual({ value: 0.975 });
  });
  it('takes nothing as taking the value away', () => expect(typed(field('moq'), ' ')).toEqual({ value: null }));
  it.each([['leadTimeDays', '366'], ['reviewDays', '0'], ['moq', '1.5'], ['serviceLevel', '40'], ['casePack', 'x'], ['endOfLife', 'soon'], ['kind', 'magic']])('refuses %s = %s', (key, text) => expect(typed(field(key), text)).toHaveProperty('fault'));
  it('what is shown can be typed again', () => fc.assert(fc.property(fc.constantFrom(...POLICY_FIELDS), fc.integer({ min: 0, max: 10_000 }), (each, n) => {
    const value = each.kind === 'choice' ? POLICY_KINDS[n % POLICY_KINDS.length]! : each.kind === 'day' ? addDays('2026-01-01', n) : each.kind === 'share' ? (5_000 + (n % 4_991)) / 10_000 : Math.min(each.max, Math.max(each.min, n));
    expect(typed(each, shown(each, value)!)).toEqual({ value });
  })));
  it('asks only for what a kind of policy uses', () => {
    expect(fieldsOf('fill rate').map((each) => each.key)).toContain('fillRate');
    expect(fieldsOf('fill rate').map((each) => each.key)).not.toContain('serviceLevel');
    expect(fieldsOf(null).map((each) => each.key)).toContain('serviceLevel');
  });
});

describe('waterfall', () => {
  const term = (key: string, quantity: number) => ({ key, label: key, quantity, sentence: '' });
  it('begins each bar where the one before ended', () => {
    const drawn = steps([term('a', 42), term('none', 0), term('b', 20), term('c', -12)]);
    expect(drawn.steps.map(({ from, to }) => [from, to])).toEqual([[0, 42], [42, 62], [62, 50]]);
    expect([drawn.total, drawn.zero]).toEqual([50, 0]);
  });
  it('keeps every bar inside the track and sums exactly', () => fc.assert(fc.property(fc.array(fc.integer({ min: -500, max: 500 }), { maxLength: 11 }), (quantities) => {
    const drawn = steps(quantities.map((quantity, n) => term(String(n), quantity)));
    expect(drawn.total).toBe(quantities.reduce((a, b) => a + b, 0));
    for (const { left, width } of drawn.steps) {
      expect(left).toBeGreaterThanOrEqual(-1e-9);
      expect(left + width).toBeLessThanOrEqual(1 + 1e-9);
    }
  })));
});
