import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seriesFrom, type Series } from '../demand/series.ts';
import { forecast, type ForecastOptions } from './forecast.ts';

const OPTIONS: ForecastOptions = { horizon: 28, quantiles: [0.1, 0.5, 0.9, 0.95], seasonLength: 7 };
const START = 20_000; // 2024-10-04
const daily = (length: number, sold: (t: number) => number, seen: (t: number) => number = () => 1): Series =>
  seriesFrom(START, Float64Array.from({ length }, (_, t) => sold(t)), Float64Array.from({ length }, (_, t) => seen(t)));
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('any series', () => {
  const day = fc.tuple(fc.oneof(fc.nat(3), fc.nat(40), fc.nat(1_000_000)), fc.oneof(fc.constant(1), fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })));
  const options = fc.record({ horizon: fc.integer({ min: 1, max: 60 }), quantiles: fc.constant([0.975, 0.5, 0.1]), seasonLength: fc.constantFrom(1, 7) });

  it('has a finite, non-negative forecast whose quantiles are in order, and is plain data', () => {
    fc.assert(fc.property(fc.array(day, { maxLength: 130 }), options, (days, opts) => {
      const result = forecast(daily(days.length, (t) => days[t]![0], (t) => days[t]![1]), opts);
      expect(result.mean).toHaveLength(opts.horizon);
      for (const value of result.mean) expect(Number.isFinite(value) && value >= 0).toBe(true);
      for (const paths of [result.cumulative, result.daily]) {
        expect(paths.map((path) => path.q)).toEqual([0.1, 0.5, 0.975]);
        paths.forEach(({ values }, k) => values.forEach((value, h) => {
          expect(Number.isFinite(value) && value >= 0).toBe(true);
          if (k > 0) expect(value).toBeGreaterThanOrEqual(paths[k - 1]!.values[h]!);
          if (h > 0 && paths === result.cumulative) expect(value).toBeGreaterThanOrEqual(values[h - 1]!);
        }));
      }
      expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    }));
  });

  it('has the same forecast every time, and keeps its input', () => {
    fc.assert(fc.property(fc.array(day, { maxLength: 100 }), (days) => {
      const series = daily(days.length, (t) => days[t]![0], (t) => days[t]![1]);
      const copy = { start: START, demand: series.demand.slice(), exposure: series.exposure.slice() };
      expect(forecast(series, OPTIONS)).toEqual(forecast(copy, OPTIONS));
      expect(series).toEqual(copy);
    }), { numRuns: 30 });
  });
});

describe('what it says of itself', () => {
  it('shows method, shares, error, coverage and the days it learned from', () => {
    const result = forecast(daily(400, (t) => 4 + ((t * 13) % 7) + ((t * 5) % 3)), OPTIONS);
    expect(sum(result.shares.map((share) => share.share))).toBeCloseTo(1, 9);
    for (const { method } of result.shares) expect(result.method).toContain(method);
    expect(result.flags).toEqual([]);
    expect(result.shape.class).toBe('smooth');
    expect(result.origins).toBeGreaterThan(20);
    expect(result.error.wape).toBeLessThan(0.5);
    expect(Math.abs(result.error.bias!)).toBeLessThan(0.1);
    expect(result.error.rmsse).toBeLessThan(1);
    expect(result.error.coverage).toMatchObject({ quantile: 0.95 });
    expect(result.trainedOn).toEqual({ from: '2024-10-04', to: '2025-11-07', days: 400, censoredDays: 0 });
  });

  it.each<[string, Series, string[]]>([
    ['a new item', daily(10, () => 1), ['short history', 'no back-test']],
    ['five weeks of one', daily(35, () => 1), []],
    ['nothing known', daily(0, () => 0), ['short history', 'no back-test', 'never in stock', 'no sales']],
    ['never in stock', daily(90, () => 0, () => 0), ['short history', 'no back-test', 'never in stock', 'no sales']],
    ['in stock and unwanted', daily(90, () => 0), ['no sales']],
    ['slow', daily(200, (t) => (t % 5 === 0 ? 2 : 0)), ['intermittent']],
    ['out of stock last week', daily(200, () => 3, (t) => (t >= 193 ? 0 : 1)), ['censored']],
  ])('%s', (_, series, flags) => {
    expect(forecast(series, OPTIONS).flags).toEqual(flags);
  });

  it('expects nothing of an item nobody wanted', () => {
    const result = forecast(daily(90, () => 0), OPTIONS);
    expect(sum(result.mean)).toBe(0);
    expect(result.cumulative.at(-1)!.values.at(-1)).toBe(0);
  });
});

describe('honesty about history', () => {
  it('does not take an empty shelf for falling demand', () => {
    const emptied = (t: number): number => (t < 170 ? 6 : 0);
    const known = forecast(daily(200, emptied, (t) => (t < 170 ? 1 : 0)), OPTIONS);
    const blind = forecast(daily(200, emptied), OPTIONS);
    expect(sum(known.mean) / 28).toBeCloseTo(6, 0);
    expect(sum(blind.mean)).toBeLessThan(0.5 * sum(known.mean));
    expect(known.trainedOn.censoredDays).toBe(30);
  });

  it('starts at the first day offered, and keeps four quiet weeks before a first sale', () => {
    expect(forecast(daily(300, (t) => (t < 100 ? 0 : 5), (t) => (t < 100 ? 0 : 1)), OPTIONS).trainedOn).toMatchObject({ from: '2025-01-12', days: 200 });
    const yesterday = forecast(daily(300, (t) => (t === 299 ? 1 : 0)), OPTIONS);
    expect(yesterday.trainedOn.days).toBe(28);
    expect(sum(yesterday.mean)).toBeLessThan(2);
  });

  it('is wider the less is known', () => {
    const relativeWidth = (days: number): number => {
      const { cumulative, mean } = forecast(daily(days, (t) => 3 + ((t * 7) % 5)), OPTIONS);
      return (cumulative[3]!.values[27]! - cumulative[0]!.values[27]!) / sum(mean);
    };
    expect(relativeWidth(10)).toBeGreaterThan(1.5 * relativeWidth(400));
  });

  it('leans on the group’s week while the item has none of its own', () => {
    const profilePrior = Float64Array.of(0.5, 0.5, 0.5, 3.5, 0.5, 0.5, 1);
    const { mean } = forecast(daily(14, () => 2), { ...OPTIONS, profilePrior });
    expect(Math.max(...mean) / Math.min(...mean)).toBeGreaterThan(3);
  });

  it('refuses what is no horizon, season or quantile', () => {
    const series = daily(30, () => 1);
    expect(() => forecast(series, { ...OPTIONS, horizon: 0 })).toThrow('horizon');
    expect(() => forecast(series, { ...OPTIONS, seasonLength: 0 })).toThrow('season');
    expect(() => forecast(series, { ...OPTIONS, quantiles: [1] })).toThrow('between 0 and 1');
  });
});
