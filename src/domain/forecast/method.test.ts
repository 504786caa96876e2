/** Laws every method keeps, whatever the series. What each method is good at follows below. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seriesFrom, uncensor, type Series } from '../demand/series.ts';
import { seasonalExponentialSmoothing, simpleExponentialSmoothing } from './exponential-smoothing.ts';
import { phaseOf, type ForecastMethod } from './method.ts';
import { movingAverage } from './moving-average.ts';
import { seasonalNaive } from './seasonal-naive.ts';
import { tsb } from './tsb.ts';

const METHODS: [string, ForecastMethod][] = [
  ['seasonal naive', seasonalNaive], ['moving average', movingAverage], ['simple exponential smoothing', simpleExponentialSmoothing],
  ['seasonal exponential smoothing', seasonalExponentialSmoothing], ['TSB', tsb],
];
const day = fc.record({ sold: fc.oneof(fc.nat(3), fc.nat(5000)), exposure: fc.oneof(fc.constant(1), fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })) });
const anySeries = fc.record({ start: fc.integer({ min: -100, max: 30_000 }), days: fc.array(day, { maxLength: 200 }) })
  .map(({ start, days }): Series => uncensor(seriesFrom(start, Float64Array.from(days, (d) => d.sold), Float64Array.from(days, (d) => d.exposure))));
const daily = (length: number, sold: (t: number) => number): Series => seriesFrom(20_000, Float64Array.from({ length }, (_, t) => sold(t)));
const week = { seasonLength: 7 };

describe.each(METHODS)('%s', (_, method) => {
  it('forecasts a finite, non-negative mean within what was ever wanted in a day, for any series', () => {
    fc.assert(fc.property(anySeries, fc.constantFrom(1, 7), fc.integer({ min: 1, max: 60 }), (series, seasonLength, horizon) => {
      const { mean, parameters } = method(series, horizon, { seasonLength });
      expect(mean).toHaveLength(horizon);
      const most = series.demand.reduce((a, b) => Math.max(a, b), 0);
      for (const value of mean) {
        expect(Number.isFinite(value) && value >= 0).toBe(true);
        expect(value).toBeLessThanOrEqual(most * seasonLength + 1e-6);
      }
      for (const value of Object.values(parameters)) expect(Number.isFinite(value)).toBe(true);
    }));
  });

  it('does not see past the days it is told are known', () => {
    fc.assert(fc.property(anySeries, fc.nat(200), (series, cut) => {
      const known = Math.min(cut, series.demand.length);
      const past = { start: series.start, demand: series.demand.slice(0, known), exposure: series.exposure.slice(0, known) };
      expect(method(series, 10, { ...week, known }).mean).toEqual(method(past, 10, week).mean);
    }));
  });

  it('is proportional: sixteen times the demand is sixteen times the forecast', () => {
    fc.assert(fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 150 }), (sold) => {
      const one = method(daily(sold.length, (t) => sold[t]!), 14, week).mean;
      const sixteen = method(daily(sold.length, (t) => sold[t]! * 16), 14, week).mean; // a power of two, so that rounding is too
      one.forEach((value, h) => expect(sixteen[h]).toBeCloseTo(value * 16, 6));
    }));
  });

  it('forecasts a constant by itself', () => {
    for (const value of method(daily(120, () => 5), 20, week).mean) expect(value).toBeCloseTo(5, 6);
  });

  it('writes into the array it is given', () => {
    const into = new Float64Array(5);
    expect(method(daily(30, () => 2), 5, { ...week, into }).mean).toBe(into);
    expect(into[4]).toBeCloseTo(2, 6);
  });
});

describe('what each is good at', () => {
  const weekend = daily(210, (t) => (phaseOf(20_000 + t, 7) === 2 ? 30 : 3));
  it.each([['seasonal naive', seasonalNaive], ['moving average', movingAverage], ['seasonal exponential smoothing', seasonalExponentialSmoothing]])('%s knows the weekday', (_, method) => {
    const { mean } = method(weekend, 14, week);
    const best = mean.indexOf(Math.max(...mean));
    expect(phaseOf(20_210 + best, 7)).toBe(2);
    expect(Math.max(...mean) / Math.min(...mean)).toBeGreaterThan(6);
  });

  it('seasonal naive falls back to the last day with less than a week', () => {
    expect([...seasonalNaive(daily(3, (t) => t), 3, week).mean]).toEqual([2, 2, 2]);
    expect([...seasonalNaive(daily(0, () => 1), 2, week).mean]).toEqual([0, 0]);
    expect([...seasonalNaive(daily(9, (t) => t), 8, week).mean]).toEqual([2, 3, 4, 5, 6, 7, 8, 2]);
  });

  it('smoothing follows a step, and quickly where demand keeps stepping', () => {
    const once = simpleExponentialSmoothing(daily(300, (t) => (t < 200 ? 2 : 10)), 1, week);
    expect(once.mean[0]).toBeGreaterThan(9);
    const still = simpleExponentialSmoothing(daily(300, (t) => (t % 2 === 0 ? 0 : 8)), 1, week);
    const moving = simpleExponentialSmoothing(daily(300, (t) => (Math.floor(t / 60) % 2 === 0 ? 2 : 20)), 1, week);
    expect(moving.parameters.alpha).toBeGreaterThan(still.parameters.alpha!);
  });

  it('TSB lets a dead item go, and does not take an empty shelf for a dead item', () => {
    const sold = (t: number): number => (t < 200 && t % 4 === 0 ? 3 : 0);
    const alive = tsb(daily(200, sold), 1, week).mean[0]!;
    expect(alive).toBeGreaterThan(0.6);
    expect(alive).toBeLessThan(0.9);
    expect(tsb(daily(320, sold), 1, week).mean[0]).toBeLessThan(alive / 4);
    const exposure = Float64Array.from({ length: 320 }, (_, t) => (t < 200 ? 1 : 0));
    const empty = { start: 20_000, demand: Float64Array.from({ length: 320 }, (_, t) => sold(t)), exposure };
    expect(tsb(uncensor(empty), 1, week).mean[0]).toBeGreaterThan(alive / 2);
  });

  it('velocity leaves out-of-stock days out', () => {
    const half = seriesFrom(20_000, Float64Array.from({ length: 28 }, (_, t) => (t < 14 ? 4 : 0)), Float64Array.from({ length: 28 }, (_, t) => (t < 14 ? 1 : 0)));
    expect(movingAverage(half, 1, { seasonLength: 1 }).mean[0]).toBeCloseTo(4);
    const long = seriesFrom(20_000, Float64Array.from({ length: 90 }, (_, t) => (t < 14 ? 4 : 0)), Float64Array.from({ length: 90 }, (_, t) => (t < 14 ? 1 : 0)));
    expect(movingAverage(long, 1, { seasonLength: 1 }).mean[0]).toBeCloseTo(4);
  });
});
