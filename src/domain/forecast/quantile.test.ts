import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seriesFrom, uncensor } from '../demand/series.ts';
import { backtest, planBacktest } from './backtest.ts';
import { simpleExponentialSmoothing } from './exponential-smoothing.ts';
import { cumulativeQuantiles, dailyDispersion, dailyQuantiles, measureCoverage, quantileLevels, type ForecastHistory } from './quantile.ts';

const LEVELS = quantileLevels([0.95, 0.1, 0.5, 0.8, 0.975]);
const HORIZON = 28;
const historyOf = (sold: readonly number[], exposure?: readonly number[]): ForecastHistory => {
  const series = uncensor(seriesFrom(20_000, Float64Array.from(sold), exposure && Float64Array.from(exposure)));
  const plan = planBacktest(sold.length, HORIZON, 7), options = { seasonLength: 7 };
  return { series, plan, paths: backtest(simpleExponentialSmoothing, series, plan, options), mean: simpleExponentialSmoothing(series, HORIZON, options).mean };
};
/** A fixed sequence of uniforms (Park–Miller), so that a failure repeats. */
const uniforms = (seed: number) => () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
const poisson = (mean: number, next: () => number): number => {
  let count = 0;
  for (let p = next(); p > Math.exp(-mean); p *= next()) count++;
  return count;
};
const row = (rows: Float64Array, k: number): Float64Array => rows.subarray(k * HORIZON, (k + 1) * HORIZON);
const last = (history: ForecastHistory, k: number): number => row(cumulativeQuantiles(history, dailyDispersion(history), LEVELS), k)[HORIZON - 1]!;

describe('cumulative quantiles', () => {
  it('never cross, never fall with the horizon and are never negative, for any history', () => {
    const day = fc.tuple(fc.oneof(fc.nat(2), fc.nat(30), fc.nat(3000)), fc.constantFrom(1, 1, 1, 0, 0.4));
    fc.assert(fc.property(fc.array(day, { maxLength: 150 }), (days) => {
      const history = historyOf(days.map(([sold]) => sold), days.map(([, exposure]) => exposure));
      const rows = cumulativeQuantiles(history, dailyDispersion(history), LEVELS);
      LEVELS.levels.forEach((_, k) => {
        row(rows, k).forEach((value, h) => {
          expect(Number.isFinite(value) && value >= 0).toBe(true);
          if (h > 0) expect(value).toBeGreaterThanOrEqual(row(rows, k)[h - 1]!);
          if (k > 0) expect(value).toBeGreaterThanOrEqual(row(rows, k - 1)[h]!);
        });
      });
    }));
  });

  it('keep their promise on days that are chance alone', () => {
    const next = uniforms(7);
    let kept = 0, tried = 0;
    for (let item = 0; item < 120; item++) {
      const rate = 0.3 + 4 * next();
      const total = Array.from({ length: HORIZON }, () => poisson(rate, next)).reduce((a, b) => a + b, 0);
      tried++;
      if (total <= last(historyOf(Array.from({ length: 250 }, () => poisson(rate, next))), 3)) kept++;
    }
    expect(kept / tried).toBeGreaterThan(0.9);
    expect(kept / tried).toBeLessThan(1);
  });

  it('know that good weeks follow good weeks, which √days does not', () => {
    const next = uniforms(11);
    const independent = Array.from({ length: 364 }, () => poisson(6, next));
    const waves = Array.from({ length: 364 }, (_, t) => poisson(Math.floor(t / 28) % 2 === 0 ? 2 : 10, next));
    const spread = (sold: number[]): number => last(historyOf(sold), 3) - last(historyOf(sold), 1);
    expect(spread(waves)).toBeGreaterThan(2 * spread(independent));
  });

  it('do not explode after a long silence', () => {
    const history = historyOf(Array.from({ length: 300 }, (_, t) => (t > 100 && t < 240 ? 0 : 12)));
    expect(last(history, 4)).toBeLessThan(28 * 12 * 5);
  });
});

describe('daily quantiles', () => {
  it('repeat with the season and rise with the level', () => {
    const mean = Float64Array.from({ length: HORIZON }, (_, h) => (h % 7 === 0 ? 8 : 1));
    const rows = dailyQuantiles(mean, 0.5, LEVELS, 7);
    LEVELS.levels.forEach((_, k) => mean.forEach((__, h) => {
      expect(row(rows, k)[h]).toBe(row(rows, k)[h % 7]);
      if (k > 0) expect(row(rows, k)[h]).toBeGreaterThanOrEqual(row(rows, k - 1)[h]!);
    }));
    expect(row(rows, 3)[0]).toBeGreaterThan(row(rows, 3)[1]!);
  });
});

describe('dispersion and coverage', () => {
  it('tells chance from bulk orders', () => {
    const next = uniforms(3);
    const plain = dailyDispersion(historyOf(Array.from({ length: 300 }, () => poisson(5, next))));
    const bulk = dailyDispersion(historyOf(Array.from({ length: 300 }, (_, t) => (t % 10 === 0 ? 50 : 0))));
    expect(plain).toBeLessThan(0.2);
    expect(bulk).toBeGreaterThan(5);
    expect(dailyDispersion(historyOf([]))).toBe(1);
  });

  it('is reported from past windows only, and is unknown with too few', () => {
    const next = uniforms(5);
    const history = historyOf(Array.from({ length: 300 }, () => poisson(4, next)));
    const coverage = measureCoverage(history, dailyDispersion(history), 0.95)!;
    expect(coverage.windows).toBeGreaterThan(20);
    expect(coverage.observed).toBeGreaterThan(0.8);
    expect(measureCoverage(historyOf([1, 2, 3]), 1, 0.95)).toBeNull();
    const collapsed = historyOf(Array.from({ length: 300 }, (_, t) => t * t)); // a level method cannot keep up with this
    expect(measureCoverage(collapsed, dailyDispersion(collapsed), 0.5)!.observed).toBeLessThan(0.5);
  });
});
