import fc from 'fast-check';
import { expect, it } from 'vitest';
import { composePeak, MOST_STEPS, peakReportText, type PeakFacts } from './peak-report.ts';
import type { Sample } from './rehearsal.ts';

const age = fc.integer({ min: 0, max: 1_000 });
const samples: fc.Arbitrary<Sample[]> = fc.array(fc.record({ second: fc.integer({ min: 0, max: 2_000_000 }), inboxWaiting: age, pushWaiting: age, figures: fc.record({
  ordersPerMinute: age, inboxAge: age, pushAge: age, lagIn: age, lagOut: age, bucketLeft: fc.double({ min: 0, max: 1, noNaN: true }), deadLetters: fc.nat(9), oversold: fc.nat(3), webhookAge: fc.option(age), orderAge: fc.option(age) }) }), { maxLength: 30 }).map((all) => all.sort((a, b) => a.second - b.second));
const none: PeakFacts = { orders: { total: 0, units: 0, busiestMinute: 0, busiestAt: null }, lag: { inP50: null, inP99: null, outP50: null, outP99: null, messages: 0 }, pushes: { written: 0, stale: 0, refused: 0, abandoned: 0 }, oversold: { cases: 0, units: 0 }, cases: [], heldBack: [], acts: [], actsLeftOut: 0 };
const BEGUN = Date.parse('2026-11-27T08:00:00.000Z');

it('loses no order and no bad minute, and is of bounded length however long the peak was', () => fc.assert(fc.property(
  fc.integer({ min: 1, max: 20_160 }), fc.array(fc.record({ minute: fc.nat(20_159), orders: fc.integer({ min: 1, max: 500 }) }), { maxLength: 50 }), samples, (minutes, all, taken) => {
    const perMinute = all.filter((one) => one.minute < minutes), within = taken.filter((one) => one.second < minutes * 60);
    const report = composePeak({ shop: 'x', begunAt: new Date(BEGUN).toISOString(), begunBy: 'a', endedAt: new Date(BEGUN + minutes * 60_000).toISOString(), endedBy: 'time' }, none, perMinute, within);
    expect(report.steps.length).toBeLessThanOrEqual(MOST_STEPS);
    expect(report.steps.length * report.stepMinutes).toBeGreaterThanOrEqual(minutes);
    expect(report.steps.reduce((sum, step) => sum + step.orders, 0)).toBe(perMinute.reduce((sum, one) => sum + one.orders, 0));
    const longest = (of: readonly Sample[]): number => Math.max(0, ...of.map((one) => Math.max(one.figures.inboxAge, one.figures.pushAge)));
    expect(longest(report.steps.flatMap((step) => step.figures ?? []))).toBe(longest(within));
    expect(report.bucket.lowest).toBe(within.length === 0 ? null : Math.min(...within.map((one) => one.figures.bucketLeft)));
    expect(peakReportText(report).split('\n').filter((line) => line.startsWith('| 2026-')).length).toBe(report.steps.length);
  })));

it('says what stays inside a table cell, whatever people wrote', () => {
  const report = composePeak({ shop: 'x', begunAt: new Date(BEGUN).toISOString(), begunBy: 'a', endedAt: new Date(BEGUN + 60_000).toISOString(), endedBy: 'b' }, { ...none, acts: [{ at: new Date(BEGUN).toISOString(), by: 'c', what: 'frozen', said: 'a | b\nc' }], actsLeftOut: 2 }, [], []);
  expect(peakReportText(report)).toContain('| 2026-11-27 08:00 UTC | c | frozen: a \\| b c |\n\n2 further acts');
  expect(peakReportText(report)).toContain('# Peak: no figures were kept');
});
