import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ShopClock } from './shop-clock.ts';

const date = (ms: number): string => new Date(ms).toUTCString();

it('is never ahead of Shopify’s, at most a second and an answer’s way behind it, and never goes back, however wrong ours is', () => fc.assert(fc.property(
  fc.integer({ min: -3_600_000, max: 3_600_000 }), fc.array(fc.record({ later: fc.integer({ min: 0, max: 50_000 }), way: fc.integer({ min: 0, max: 900 }) }), { minLength: 1, maxLength: 30 }), fc.nat(59_000), (wrong, answers, after) => {
    const clock = new ShopClock();
    let at = 1_800_000_000_000, last = '';
    for (const { later, way } of answers) {
      at += later + way;
      clock.heard(date(at - way), at + wrong);
      const now = clock.now(at + wrong)!;
      expect(Date.parse(now)).toBeLessThanOrEqual(at);
      expect(Date.parse(now)).toBeGreaterThan(at - 1_000 - way - 1);
      expect(now >= last).toBe(true);
      last = now;
    }
    expect(Date.parse(clock.now(at + after + wrong)!)).toBeLessThanOrEqual(at + after);
  })));

it('begins anew when a clock was set, and says nothing of what it has not heard lately', () => {
  const clock = new ShopClock(), at = 1_800_000_000_000;
  expect(clock.now(at)).toBeNull();
  clock.heard(null, at);
  clock.heard('yesterday', at);
  expect(clock.now(at)).toBeNull();
  clock.heard(date(at), at);
  expect(clock.now(at + 500)).toBe(new Date(at + 500).toISOString());
  expect(clock.now(at + 60_001)).toBeNull();
  // Ours was set an hour ahead, or back.
  clock.heard(date(at + 1_000), at + 3_601_000);
  expect(clock.now(at + 3_601_000)).toBe(new Date(at + 1_000).toISOString());
  expect(clock.now(at)).toBeNull();
  clock.heard(date(at + 2_000), at + 2_000);
  expect(clock.now(at + 2_000)).toBe(new Date(at + 2_000).toISOString());
});

it('knows how wrong our clock is, and calls one right that may be', () => fc.assert(fc.property(fc.oneof(fc.constant(0), fc.integer({ min: -900_000, max: 900_000 })), fc.nat(900), fc.nat(999), (wrong, way, part) => {
  const clock = new ShopClock(), at = 1_800_000_000_000 + part;
  clock.heard(date(at - way), at + wrong);
  const error = clock.error(at + wrong);
  if (wrong === 0) expect(error).toBe(0);
  if (Math.abs(wrong) > 4_000) expect(Math.abs(error + wrong)).toBeLessThanOrEqual(1_500);
})));
