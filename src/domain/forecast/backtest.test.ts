import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seriesFrom } from '../demand/series.ts';
import { backtest, backtestError, isObserved, planBacktest } from './backtest.ts';
import type { ForecastMethod } from './method.ts';
import { seasonalNaive } from './seasonal-naive.ts';
import { selectMethod } from './select.ts';

const daily = (length: number, sold: (t: number) => number) => seriesFrom(20_000, Float64Array.from({ length }, (_, t) => sold(t)));
const constant = (rate: number): ForecastMethod => (_, horizon, { into = new Float64Array(horizon) }) => ({ mean: into.fill(rate), parameters: {} });
const zigzag = daily(200, (t) => (t % 2 === 0 ? 0 : 4));
const plan = planBacktest(200, 28, 7);
const candidate = (name: string, rate: number, series = zigzag) => ({ name, paths: backtest(constant(rate), series, plan, { seasonLength: 7 }) });

describe('the plan', () => {
  it('stands whole weeks before the end, looks only at days that have come, and leaves a fortnight to learn from', () => {
    fc.assert(fc.property(fc.nat(800), fc.integer({ min: 1, max: 90 }), (days, horizon) => {
      const { origins, lengths } = planBacktest(days, horizon, 7);
      origins.forEach((origin, k) => {
        expect((days - origin) % 7).toBe(0);
        expect(origin).toBeGreaterThanOrEqual(14);
        expect(lengths[k]).toBe(Math.min(horizon, days - origin));
      });
      if (days >= 21) expect(origins.length).toBeGreaterThan(0);
      expect(origins.length).toBeLessThanOrEqual(26 + 13);
    }));
  });
});

describe('the errors', () => {
  it('are the textbook ones', () => {
    const error = backtestError(candidate('3', 3).paths, zigzag, plan);
    expect(error.wape).toBeCloseTo(1, 1); // |3−0| and |3−4| on every other day: 2 on a mean of 2
    expect(error.bias).toBeCloseTo(0.5);
    expect(error.daily).toBeCloseTo(5, 1);
    expect(error.rmsse).toBeCloseTo(Math.sqrt(5 / 16)); // the naive forecast is 4 off every day
    expect(error.total).toBeCloseTo(1, 1);
  });

  it('are none for a perfect forecast, and unknown where nothing was sold or nothing seen', () => {
    const weekly = daily(100, (t) => t % 7);
    const perfect = planBacktest(100, 14, 7);
    expect(backtestError(backtest(seasonalNaive, weekly, perfect, { seasonLength: 7 }), weekly, perfect)).toMatchObject({ wape: 0, rmsse: 0, bias: 0 });
    const silent = daily(100, () => 0);
    expect(backtestError(backtest(seasonalNaive, silent, perfect, { seasonLength: 7 }), silent, perfect)).toMatchObject({ wape: null, rmsse: null, bias: null });
    const unseen = seriesFrom(0, new Float64Array(100).fill(3), new Float64Array(100));
    expect(backtestError(backtest(seasonalNaive, unseen, perfect, { seasonLength: 7 }), unseen, perfect)).toMatchObject({ rmsse: null, windows: 0 });
  });

  it('do not hold an empty shelf against a forecast', () => {
    const shelf = daily(200, () => 4);
    for (let t = 0; t < 200; t += 5) { shelf.exposure[t] = 0; shelf.demand[t] = 0; }
    expect(backtestError(candidate('4', 4, shelf).paths, shelf, plan).wape).toBe(0);
    expect(isObserved(new Float64Array([0, 0, 1]), 0, 3)).toBe(false);
    expect(isObserved(new Float64Array([0, 1, 1]), 0, 3)).toBe(true);
  });
});

describe('the choice', () => {
  it('takes the clear winner alone and says so', () => {
    const chosen = selectMethod([candidate('far', 40), candidate('near', 2), candidate('farther', 90)], zigzag, plan);
    expect(chosen.name).toBe('near');
    expect(chosen.weights).toEqual([0, 1, 0]);
  });

  it('blends near-equals by their merit, and shows the blend’s own error', () => {
    const chosen = selectMethod([candidate('low', 1.9), candidate('high', 2.11)], zigzag, plan);
    expect(chosen.name).toBe('blend of low, high');
    expect(chosen.weights[0]! + chosen.weights[1]!).toBeCloseTo(1, 12);
    expect(chosen.weights[0]).toBeGreaterThan(chosen.weights[1]!);
    expect(chosen.paths[0]).toBeCloseTo(1.9 * chosen.weights[0]! + 2.11 * chosen.weights[1]!, 12);
    expect(chosen.error).toEqual(backtestError(chosen.paths, zigzag, plan));
  });

  it('does not depend on the order of the candidates', () => {
    const rates = [1.5, 2.2, 2.6, 3.4];
    const one = selectMethod(rates.map((rate) => candidate(String(rate), rate)), zigzag, plan);
    const other = selectMethod(rates.toReversed().map((rate) => candidate(String(rate), rate)), zigzag, plan);
    other.weights.toReversed().forEach((weight, k) => expect(weight).toBeCloseTo(one.weights[k]!, 12));
  });

  it('takes the plainest where there is nothing to judge by', () => {
    const short = planBacktest(10, 28, 7), series = daily(10, () => 1);
    const chosen = selectMethod([constant(1), constant(2)].map((method, k) => ({ name: String(k), paths: backtest(method, series, short, { seasonLength: 7 }) })), series, short);
    expect(chosen).toMatchObject({ name: '0', weights: [1, 0], error: { windows: 0 } });
  });
});
