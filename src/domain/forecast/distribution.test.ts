import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawCount, drawn, sum } from '../../../test/helpers/drawn-series.ts';
import { normalScore, quantilesOf, stepOf, type Empirical } from './distribution.ts';

const LEVELS = Float64Array.of(0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99);
function quantiles(mean: number, variance: number, levels: Float64Array = LEVELS, empirical?: Empirical): number[] {
  const out = new Float64Array(levels.length);
  quantilesOf(mean, variance, levels, out, 0, 1, empirical);
  return [...out];
}

/** P(D ≤ x) of mean m and variance m + φ m², from logarithms of gamma functions. */
function below(x: number, mean: number, phi: number): number {
  const r = 1 / phi;
  let total = 0;
  for (let k = 0; k <= x; k++) {
    let log = r * Math.log(r / (r + mean)) + k * Math.log(mean / (r + mean));
    for (let i = 0; i < k; i++) log += Math.log((r + i) / (i + 1));
    total += Math.exp(log);
  }
  return total;
}
const means = fc.double({ min: 0.01, max: 59, noNaN: true }), phis = fc.double({ min: 0.02, max: 4, noNaN: true }), level = fc.double({ min: 0.001, max: 0.999, noNaN: true });
/** An item bought in packs of six, mostly not at all. */
const PACKS: Empirical = { tail: Float64Array.from({ length: 13 }, (_, x) => (x < 6 ? 0.3 : x < 12 ? 0.1 : 0)), thinned: 1, trust: 0.7 };

describe('quantiles of a count', () => {
  it('are the least counts that reach their levels', () => {
    fc.assert(fc.property(means, phis, level, (mean, phi, q) => {
      const [x] = quantiles(mean, mean + phi * mean * mean, Float64Array.of(q));
      expect(below(x!, mean, phi)).toBeGreaterThan(q - 1e-7);
      if (x! > 0) expect(below(x! - 1, mean, phi)).toBeLessThan(q + 1e-7);
    }), { numRuns: 60 });
  });

  it('ascend, are finite and at least 0, whatever the mean and variance', () => {
    fc.assert(fc.property(fc.double({ min: -1, max: 1e10, noNaN: true }), fc.double({ min: 0, max: 1e22, noNaN: true }), (mean, variance) => {
      const out = quantiles(mean, variance);
      out.forEach((x, k) => { expect(Number.isFinite(x) && x >= (out[k - 1] ?? 0)).toBe(true); });
    }));
    expect(quantiles(0, 5)).toEqual(quantiles(-3, 5));
    expect(sum(quantiles(0, 5))).toBe(0);
  });

  it('write where they are told and nowhere else', () => {
    const out = new Float64Array(8).fill(-1);
    quantilesOf(3, 4, Float64Array.of(0.5, 0.9), out, 1, 4);
    expect(out.map((x) => Math.min(x, 0))).toEqual(Float64Array.of(-1, 0, -1, -1, -1, 0, -1, -1));
  });

  it('of large means are near the counts', () => {
    const dice = { state: 4 };
    for (const [mean, phi] of [[80, 0.05], [200, 0.3]] as const) {
      const seen = drawn(20_000, () => drawCount(dice, mean, phi));
      quantiles(mean, mean + phi * mean * mean).forEach((x, k) => expect(Math.abs(seen.filter((y) => y <= x).length / seen.length - LEVELS[k]!)).toBeLessThan(0.012));
    }
  });

  it('pass from small to large means without a jump', () => {
    const small = quantiles(59.99, 400), large = quantiles(60.01, 400);
    small.forEach((x, k) => expect(Math.abs(x - large[k]!)).toBeLessThan(1.2));
  });
});

describe('the place of a count', () => {
  it('is the step from one less to it, and agrees with the quantiles', () => {
    fc.assert(fc.property(means, phis, level, fc.boolean(), fc.double({ min: 0.2, max: 2, noNaN: true }), (mean, phi, q, packs, thinned) => {
      const variance = mean + phi * mean * mean, empirical = packs ? { ...PACKS, thinned } : undefined, [x] = quantiles(mean, variance, Float64Array.of(q), empirical);
      const [low, high] = stepOf(mean, variance, x!, empirical);
      expect(low).toBeLessThan(q + 1e-9);
      if (x! <= 400) expect(high).toBeGreaterThan(q - 1e-9);
    }));
  });

  it('leaves no gap between a count and the next, and begins at 0', () => {
    fc.assert(fc.property(means, phis, (mean, phi) => {
      let before = 0;
      for (let y = 0; y < 12; y++) {
        const [low, high] = stepOf(mean, mean + phi * mean * mean, y);
        expect(low).toBeCloseTo(before, 12);
        expect(high).toBeCloseTo(below(y, mean, phi), 7);
        before = high;
      }
    }), { numRuns: 30 });
  });

  it('of a large mean is where the quantile came from', () => {
    fc.assert(fc.property(fc.double({ min: 100, max: 1e6, noNaN: true }), fc.double({ min: 0.02, max: 1, noNaN: true }), fc.double({ min: 0.02, max: 0.98, noNaN: true }), (mean, phi, q) => {
      const variance = mean + phi * mean * mean, [x] = quantiles(mean, variance, Float64Array.of(q)), [low, high] = stepOf(mean, variance, x!);
      expect(low).toBeLessThan(q + 1e-6);
      expect(high).toBeGreaterThan(q - 1e-6);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
    }));
  });
});

describe('the mixture with own sales', () => {
  const packs = (empirical: Empirical, y: number): number => { const [low, high] = stepOf(2.4, 2.4 + 2 * 2.4 ** 2, y, empirical); return high - low; };

  it('puts its mass on the packs sold', () => {
    expect(packs(PACKS, 6)).toBeGreaterThan(0.7 * 0.2);
    expect(packs(PACKS, 12)).toBeGreaterThan(0.7 * 0.1);
    for (const y of [5, 7, 11]) expect(packs(PACKS, y)).toBeLessThan(0.3 * 0.12);
    expect(quantiles(2.4, 15, Float64Array.of(0.86, 0.96), PACKS)).toEqual([6, 12]);
  });

  it('sells half as often, not half the pack, when demand halves', () => {
    const half = { ...PACKS, thinned: 0.5 };
    expect(packs(half, 6)).toBeCloseTo(packs(PACKS, 6) - 0.7 * 0.1, 12);
    expect(packs(half, 12)).toBeCloseTo(packs(PACKS, 12) - 0.7 * 0.05, 12);
    expect(packs(half, 3)).toBeCloseTo(packs(PACKS, 3), 12);
  });

  it('of no trust is the fitted distribution alone, and adds up to 1', () => {
    fc.assert(fc.property(means, fc.nat(30), (mean, y) => { expect([...stepOf(mean, 2 * mean, y, { ...PACKS, trust: 0 })]).toEqual([...stepOf(mean, 2 * mean, y)]); }));
    expect(sum(drawn(200, (y) => packs(PACKS, y)))).toBeCloseTo(1, 6);
  });
});

describe('the normal score', () => {
  it.each([[0.5, 0], [0.841344746, 1], [0.975, 1.959963985], [0.999, 3.090232306], [0.01, -2.326347874], [1e-9, -5.997807015]])('of %d is %d', (q, z) => { expect(normalScore(q)).toBeCloseTo(z, 6); });
  it('ascends, is symmetric, and is refused outside 0..1', () => {
    fc.assert(fc.property(level, level, (a, b) => {
      expect(normalScore(1 - a)).toBeCloseTo(-normalScore(a), 8);
      if (a < b - 1e-9) expect(normalScore(a)).toBeLessThan(normalScore(b));
    }));
    for (const q of [0, 1, -0.1, NaN]) expect(() => normalScore(q)).toThrow('between 0 and 1');
  });
});
