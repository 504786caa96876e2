import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantilesOf } from '../forecast/distribution.ts';
import { atMost, below, demandTotal, expectedBeyond, type DemandTotal } from './demand-total.ts';
import { expectedLeadTime, learnedLeadTimes } from './lead-time.ts';
import type { DemandForecast } from './order-up-to.ts';
import { coverLevel, criticalRatio, fillRate, fillRateOfLots, intervals, least, shortage } from './service.ts';

const LEVELS = Float64Array.of(0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995);

/** Independent days with `rate` units and `spread` times the variance of Poisson, as the engine would tell it: only by quantiles. */
function told(rate: number, spread = 1, days = 40): DemandForecast {
  const paths = [...LEVELS].map((q) => ({ q, values: new Float64Array(days) })), column = new Float64Array(LEVELS.length);
  for (let h = 0; h < days; h++) {
    quantilesOf(rate * (h + 1), rate * spread * (h + 1), LEVELS, column, 0, 1);
    paths.forEach((path, k) => { path.values[h] = column[k]!; });
  }
  return { mean: new Float64Array(days).fill(rate), cumulative: paths };
}

/** P(D = k) of a Poisson total. */
function poisson(mean: number, most: number): number[] {
  const mass = [Math.exp(-mean)];
  for (let k = 1; k <= most; k++) mass.push((mass[k - 1]! * mean) / k);
  return mass;
}

/** Uniform in [0, 1), by a seed; Poisson by inversion. */
function dice(seed: number): (mean: number) => number {
  let state = seed >>> 0;
  const next = (): number => { state = (state + 0x6d2b79f5) >>> 0; let t = Math.imul(state ^ (state >>> 15), 1 | state); t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296; };
  return (mean) => { let left = 1, count = -1; const floor = Math.exp(-mean); do { left *= next(); count++; } while (left > floor); return count; };
}

describe('the distribution of a total', () => {
  it('meets the quantiles it was told, and Poisson between them', () => {
    for (const [rate, days] of [[0.1, 20], [0.5, 17], [2, 17], [1, 3]] as const) {
      const total = demandTotal(told(rate), days), mass = poisson(rate * days, 200);
      let exact = 0, mean = 0;
      for (let x = 0; x < 80; x++) {
        exact += mass[x]!;
        mean += x * mass[x]!;
        expect(Math.abs(atMost(total, x) - exact)).toBeLessThan(0.06);
      }
      expect(Math.abs(expectedBeyond(total, 0) - mean)).toBeLessThan(0.03 * mean + 0.06);
    }
  });

  const anyTotal = fc.array(fc.double({ min: 0, max: 60, noNaN: true }), { minLength: 2, maxLength: 8 }).map((rises): DemandTotal => {
    let units = 0;
    return demandTotal({ mean: [1], cumulative: rises.map((rise, n) => ({ q: (n + 1) / (rises.length + 1), values: [units += n % 3 === 1 ? 0 : rise] })) }, 1);
  });
  it('is a distribution: rises from 0 to 1', () => fc.assert(fc.property(anyTotal, fc.nat(400), fc.nat(400), (total, a, b) => {
    expect(atMost(total, Math.min(a, b))).toBeLessThanOrEqual(atMost(total, Math.max(a, b)) + 1e-9);
    expect(atMost(total, -1)).toBe(0);
    expect(below(total, 1e9)).toBe(1);
  })));
  it('adds up what is wanted beyond a level as brute force does', () => fc.assert(fc.property(anyTotal, fc.integer({ min: -20, max: 500 }), (total, s) => {
    let brute = 0, lump = 0;
    for (let x = s; x < 3_000; x++) { brute += 1 - atMost(total, x); lump = Math.max(lump, atMost(total, x) - atMost(total, x - 1)); }
    // Units come whole in the sum and not in the integral: what falls on one unit alone may be off by half of itself, and no more.
    expect(expectedBeyond(total, s)).toBeCloseTo(brute, 0);
    expect(Math.abs(expectedBeyond(total, s) - brute)).toBeLessThan(0.06 + 0.002 * brute + lump / 2);
    expect(expectedBeyond(total, s + 1)).toBeLessThanOrEqual(expectedBeyond(total, s) + 0.06);
  })));
});

describe('the fill rate', () => {
  const exactFill = (rate: number, L: number, R: number, S: number): number => {
    const beyond = (mean: number): number => poisson(mean, 400).reduce((sum, mass, k) => sum + mass * Math.max(0, k - S), 0);
    return 1 - (beyond(rate * (L + R)) - beyond(rate * L)) / (rate * R);
  };

  it('is the formula for Poisson demand: 0.965 at S = 40 with 2 a day, ten days and a week', () => {
    expect(exactFill(2, 10, 7, 40)).toBeCloseTo(0.965, 3);
    expect(Math.abs(fillRate(intervals(told(2), [{ days: 10, share: 1 }], 7), 40) - 0.965)).toBeLessThan(0.006);
    for (const [rate, L, R, S] of [[0.3, 14, 7, 9], [0.3, 14, 7, 7], [1, 5, 5, 14], [1.2, 10, 7, 24]] as const) {
      expect(Math.abs(fillRate(intervals(told(rate), [{ days: L, share: 1 }], R), S) - exactFill(rate, L, R, S))).toBeLessThan(0.02); // twelve quantiles are all that is told of slow sellers
    }
  });

  it('is what a simulated shelf sees, with a lead time of two humps', () => {
    const draw = dice(7), R = 7, S = 46, leads = [{ days: 6, share: 0.75 }, { days: 13, share: 0.25 }];
    // Each cycle by itself: an order placed at position S, demand over lead and review drawn anew.
    let met = 0, wanted = 0;
    for (let cycle = 0; cycle < 60_000; cycle++) {
      const lead = cycle % 4 === 3 ? 13 : 6, before = draw(2 * lead), after = draw(2 * R);
      wanted += after;
      met += Math.min(after, Math.max(0, S - before));
    }
    expect(Math.abs(fillRate(intervals(told(2), leads, R), S) - met / wanted)).toBeLessThan(0.006);
  });

  it('of lots is what a simulated shelf sees day by day', () => {
    const draw = dice(11), rate = 1.5, L = 6, s = 10, Q = 12, due: { day: number; units: number }[] = [];
    let shelf = s + Q, position = s + Q, met = 0, wanted = 0;
    for (let day = 0; day < 120_000; day++) {
      while (due.length > 0 && due[0]!.day <= day) shelf += due.shift()!.units;
      // Customers come one by one; an order goes out the moment the position is at s.
      for (let left = draw(rate); left > 0; left--) {
        wanted++;
        if (shelf > 0) met++;
        shelf--; position--;
        if (position <= s) { position += Q; due.push({ day: day + L + 1, units: Q }); }
      }
    }
    // An order waits out its own day too: between L and L + 1 days.
    const low = fillRateOfLots(intervals(told(rate), [{ days: L + 1, share: 1 }], 0), s, Q), high = fillRateOfLots(intervals(told(rate), [{ days: L, share: 1 }], 0), s, Q);
    expect(met / wanted).toBeGreaterThan(low - 0.012);
    expect(met / wanted).toBeLessThan(high + 0.012);
  });

  it('rises with the level, and is 1 without demand', () => fc.assert(fc.property(fc.double({ min: 0, max: 5, noNaN: true }), fc.double({ min: 1, max: 6, noNaN: true }), fc.nat(20), fc.integer({ min: 1, max: 15 }), fc.nat(150), (rate, spread, L, R, S) => {
    const over = intervals(told(rate, spread), [{ days: L, share: 1 }], R);
    expect(fillRate(over, S + 1)).toBeGreaterThanOrEqual(fillRate(over, S) - 0.01);
    if (rate === 0) expect(fillRate(over, S)).toBe(1);
    expect(shortage(over, 'through', S)).toBeGreaterThanOrEqual(shortage(over, 'before', S) - 0.06);
  }), { numRuns: 60 }));
});

describe('lead times', () => {
  it('are learned from five receipts on; many different ones are joined', () => {
    expect(learnedLeadTimes([10, 10, 12, 30])).toBeNull();
    expect(learnedLeadTimes([10, 12, 10, 10, 30])).toEqual([{ days: 10, share: 0.6 }, { days: 12, share: 0.2 }, { days: 30, share: 0.2 }]);
    fc.assert(fc.property(fc.array(fc.nat(90), { minLength: 5, maxLength: 60 }), (observed) => {
      const shares = learnedLeadTimes(observed)!;
      expect(shares.length).toBeLessThanOrEqual(6);
      expect(shares.reduce((sum, one) => sum + one.share, 0)).toBeCloseTo(1, 9);
      expect(Math.abs(expectedLeadTime(shares) - observed.reduce((sum, one) => sum + one, 0) / observed.length)).toBeLessThanOrEqual(0.51);
    }));
  });

  it('a spread needs more than its mean alone, and one length is the plain quantile', () => {
    const forecast = told(2), sure = [{ days: 14, share: 1 }], unsure = [{ days: 7, share: 0.5 }, { days: 21, share: 0.5 }];
    expect(coverLevel(forecast, unsure, 7, 0.95)).toBeGreaterThan(coverLevel(forecast, sure, 7, 0.95));
    expect(coverLevel(forecast, [{ days: 14, share: 0.5 }, { days: 14, share: 0.5 }], 7, 0.95)).toBe(coverLevel(forecast, sure, 7, 0.95));
  });

  it('the mixture’s level is the least that covers: brute force', () => fc.assert(fc.property(fc.double({ min: 0.05, max: 4, noNaN: true }), fc.nat(12), fc.nat(12), fc.constantFrom(0.5, 0.9, 0.97), (rate, a, b, level) => {
    const forecast = told(rate, 2), leads = [{ days: a, share: 0.3 }, { days: b, share: 0.7 }], totals = leads.map((one) => demandTotal(forecast, one.days + 5));
    if (a === b) return;
    let brute = 0;
    while (0.3 * below(totals[0]!, brute) + 0.7 * below(totals[1]!, brute) < level - 1e-9) brute++;
    expect(Math.abs(coverLevel(forecast, leads, 5, level) - brute)).toBeLessThanOrEqual(1);
  }), { numRuns: 60 }));
});

it('the critical ratio is margin over margin and holding', () => {
  expect(criticalRatio(2_000, 1_000, 0.365, 10)).toBeCloseTo(1_000 / 1_010, 9);
  expect(criticalRatio(900, 1_000, 0.25, 7)).toBeNull();
  expect(least(0, 10, (level) => level >= 7)).toBe(7);
  expect(least(3, 10, () => true)).toBe(3);
});
