import fc from 'fast-check';
import { expect, it } from 'vitest';
import { minutesToZero, peakRules, verdict, type PeakFigures } from './peak.ts';
import { judge, rehearsalReport, type Sample } from './rehearsal.ts';

const age = fc.integer({ min: 0, max: 1_000 });
const figures: fc.Arbitrary<PeakFigures> = fc.record({ ordersPerMinute: age, inboxAge: age, pushAge: age, lagIn: age, lagOut: age, bucketLeft: fc.double({ min: 0, max: 1, noNaN: true }), deadLetters: fc.nat(9), oversold: fc.nat(3), webhookAge: fc.option(age), orderAge: fc.option(age) });
const rank = { good: 0, warn: 1, bad: 2 };

it('a figure that gets worse never gets a better light', () => {
  fc.assert(fc.property(figures, fc.constantFrom('inboxAge' as const, 'pushAge' as const, 'lagOut' as const, 'deadLetters' as const, 'oversold' as const), fc.integer({ min: 1, max: 500 }), (given, which, more) => {
    const before = peakRules(given), after = peakRules({ ...given, [which]: given[which] + more });
    before.forEach((rule, n) => expect(rank[after[n]!.light]).toBeGreaterThanOrEqual(rank[rule.light]));
  }));
});

it('silence is a gap only while orders go on', () => {
  const quiet: PeakFigures = { ordersPerMinute: 0, inboxAge: 0, pushAge: 0, lagIn: 0, lagOut: 0, bucketLeft: 1, deadLetters: 0, oversold: 0, webhookAge: 9_000, orderAge: 9_000 };
  const gap = (f: PeakFigures) => peakRules(f).find((rule) => rule.key === 'gap')!.light;
  expect(gap(quiet)).toBe('good');
  expect(gap({ ...quiet, orderAge: 60 })).toBe('bad');
  expect(gap({ ...quiet, webhookAge: null })).toBe('good');
});

it('says by name which lights are on, and that the shop does not keep up only where a clock says so', () => {
  const calm: PeakFigures = { ordersPerMinute: 0, inboxAge: 0, pushAge: 0, lagIn: 1, lagOut: 1, bucketLeft: 1, deadLetters: 0, oversold: 0, webhookAge: 5, orderAge: 5 }, of = (change: Partial<PeakFigures>): string => verdict(peakRules({ ...calm, ...change })).says;
  expect([of({}), of({ oversold: 1 }), of({ oversold: 2, deadLetters: 1 }), of({ deadLetters: 1 }), of({ pushAge: 75, oversold: 1 }), of({ inboxAge: 12 })]).toEqual([
    'The shop keeps up', 'Act: 1 item oversold', 'Act: 2 items oversold', 'Watch: 1 message set aside', 'It does not keep up: levels wait 75 s, 1 item oversold', 'It is getting tight: messages wait 12 s']);
  fc.assert(fc.property(figures, (given) => {
    const rules = peakRules(given), { light, says } = verdict(rules), clocks = rules.filter((rule) => ['inbox', 'push', 'lag', 'gap'].includes(rule.key));
    expect(rank[light]).toBe(Math.max(...rules.map((rule) => rank[rule.light])));
    expect(says.startsWith('It does not keep up')).toBe(clocks.some((rule) => rule.light === 'bad'));
    expect(says).not.toContain('undefined');
  }));
});

it('tells the minutes left of what sells', () => {
  expect(minutesToZero(10, 60)).toBe(10);
  expect(minutesToZero(10, 0)).toBeNull();
  expect(minutesToZero(-3, 5)).toBe(0);
});

it('a rehearsal passes only when no rule was ever at "act" and it caught up', () => {
  const calm: PeakFigures = { ordersPerMinute: 100, inboxAge: 1, pushAge: 1, lagIn: 1, lagOut: 1, bucketLeft: 0.9, deadLetters: 0, oversold: 0, webhookAge: 1, orderAge: 1 };
  const plan = { shop: 'x', times: 10, usualPerMinute: 2, askedPerMinute: 20, minutes: 1, startedAt: '2026-11-26' }, sample = (second: number, more: Partial<PeakFigures> = {}): Sample => ({ second, figures: { ...calm, ...more }, inboxWaiting: 0, pushWaiting: 0 });
  expect(judge(plan, [sample(1), sample(2)], 20, 3)).toMatchObject({ passed: true, reachedPerMinute: 20 });
  expect(judge(plan, [sample(1), sample(2)], 20, null).passed).toBe(false);
  expect(judge(plan, [], 0, 3).passed).toBe(false);
  const late = judge(plan, [sample(1), sample(2, { pushAge: 61 }), sample(3)], 20, 3);
  expect(late.rules.find((rule) => rule.key === 'push')).toMatchObject({ worst: 61, passed: false });
  expect(rehearsalReport(late)).toContain('| Oldest level waiting | 61.0 s | 60.0 s | **not passed** |');
});
