import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../domain/calendar.ts';
import type { DemandView } from '../api/queries.ts';
import { bucketQuantile, fan, fanCsv, FAN_LEVELS } from './fan.ts';
import { firstBelowZero } from './projection.ts';

const FROM = '2026-01-01';
/** 100 days of which the last is not over; the forecast knew 99 of them. */
function view(demand: number[], mean: number[]): DemandView {
  const cumulative = FAN_LEVELS.map((level) => { let total = 0; return { level, values: mean.map((m) => { total += m; return total * (0.5 + level); }) }; });
  return {
    itemId: 1, locationId: 1, from: FROM, demand, returned: demand.map(() => 0), inStock: demand.map((_, n) => (n < 50 ? null : n < 60 ? 0 : 1)), projection: null,
    forecast: {
      runId: '1', asOf: addDays(FROM, demand.length - 2), method: 'moving average', mean, daily: FAN_LEVELS.map((level) => ({ level, values: mean.map((m) => m * (0.5 + level)) })), cumulative,
      wape: null, rmsse: null, bias: null, coverage: null, under80: null, under90: null, pinball: null, flags: [], trainedFrom: FROM, trainedTo: addDays(FROM, demand.length - 2), censoredDays: 0, engineMean: null, madeOf: null, ahead: null, weekdays: null,
    },
  };
}

describe('fan', () => {
  const given = view(Array.from({ length: 100 }, (_, n) => n % 3), Array.from({ length: 60 }, () => 2));
  it('draws past and future side by side, today not as sold', () => {
    const days = fan(given, 'd');
    const first = days.findIndex((bucket) => bucket.mean !== null);
    expect(days[first]!.from).toBe(addDays(FROM, 99));
    expect(days[first]!.actual).toBeNull();
    expect(days[first - 1]).toMatchObject({ from: addDays(FROM, 98), actual: 98 % 3, quantiles: null });
    expect(days.length - first).toBe(60);
  });
  it('keeps the sum of what was sold and expected at every grain', () => {
    const weeks = fan(given, 'w'), past = weeks.filter((bucket) => bucket.mean === null), future = weeks.filter((bucket) => bucket.mean !== null);
    expect(past.length).toBe(14);
    expect(past.reduce((sum, bucket) => sum + bucket.actual!, 0)).toBe(given.demand.slice(1, 99).reduce((a, b) => a + b, 0));
    expect(future.length).toBe(8);
    expect(future.reduce((sum, bucket) => sum + bucket.mean!, 0)).toBe(8 * 7 * 2);
  });
  it('takes the first period’s quantiles as they are', () => {
    const week = fan(given, 'w').find((bucket) => bucket.mean !== null)!;
    expect(week.quantiles![4]).toBeCloseTo(14 * 1.45);
    expect(week.quantiles![0]).toBeCloseTo(14 * 0.55);
  });
  it('says how long it was out of stock, where that is known', () => {
    const days = fan(given, 'd'), on = (n: number) => days.find((bucket) => bucket.from === addDays(FROM, n))!.outOfStock;
    expect([on(40), on(55), on(70)]).toEqual([null, 1, 0]);
  });
  it('writes as many cells in each line of CSV', () => {
    const lines = fanCsv(fan(given, 'd')).trim().split('\r\n');
    expect(new Set(lines.map((line) => line.split(',').length))).toEqual(new Set([5 + FAN_LEVELS.length]));
  });
});

it('bucket quantiles keep their order and are never negative', () => fc.assert(fc.property(
  fc.float({ min: 0, max: 100, noNaN: true }), fc.float({ min: 0, max: 100, noNaN: true }), fc.float({ min: 0, max: 50, noNaN: true }), fc.float({ min: 0, max: 50, noNaN: true }),
  (before, more, spreadBefore, spreadMore) => {
    const after = before + more, spread = spreadBefore + spreadMore;
    const low = bucketQuantile(before, before - spreadBefore, after, after - spread), high = bucketQuantile(before, before + spreadBefore, after, after + spread);
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeGreaterThanOrEqual(low);
  })));

it('finds the first day below zero', () => expect([firstBelowZero([3, 0, -1, -2]), firstBelowZero([1, 0]), firstBelowZero([])]).toEqual([2, null, null]));
