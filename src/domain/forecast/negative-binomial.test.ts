import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countQuantiles, normalScore } from './negative-binomial.ts';

const LEVELS = Float64Array.of(0.1, 0.5, 0.8, 0.9, 0.95, 0.975);
const SCORES = LEVELS.map(normalScore);
const quantiles = (mean: number, variance: number): number[] => {
  const out = new Float64Array(LEVELS.length);
  countQuantiles(mean, variance, LEVELS, SCORES, out, 0, 1);
  return [...out];
};

describe('normal scores', () => {
  it.each([[0.5, 0], [0.8, 0.841621], [0.95, 1.644854], [0.975, 1.959964], [0.999, 3.090232], [0.01, -2.326348]])('of %f is %f', (level, score) => {
    expect(normalScore(level)).toBeCloseTo(score, 6);
  });
  it('refuses certainty', () => {
    expect(() => normalScore(1)).toThrow('between 0 and 1');
    expect(() => normalScore(0)).toThrow('between 0 and 1');
  });
});

describe('count quantiles', () => {
  it('knows the Poisson (tables: mean 4)', () => {
    expect(quantiles(4, 4)).toEqual([2, 4, 6, 7, 8, 8]);
  });

  it('knows the negative binomial: size 1 is the geometric, whose quantiles have a closed form', () => {
    for (const mean of [0.5, 3, 20]) {
      const success = 1 / (1 + mean);
      const expected = [...LEVELS].map((q) => Math.max(0, Math.ceil(Math.log(1 - q) / Math.log(1 - success) - 1)));
      expect(quantiles(mean, mean + mean * mean)).toEqual(expected);
    }
  });

  it('is ascending, finite, not negative, and brackets its mean', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 5000, noNaN: true }), fc.double({ min: 0, max: 30, noNaN: true }), (mean, overdispersion) => {
      const values = quantiles(mean, mean + overdispersion * mean * mean);
      values.forEach((value, k) => {
        expect(Number.isFinite(value) && value >= 0).toBe(true);
        if (k > 0) expect(value).toBeGreaterThanOrEqual(values[k - 1]!);
      });
      if (overdispersion < 1 && mean > 1) expect(values[5]).toBeGreaterThan(mean);
      expect(values[0]).toBeLessThanOrEqual(mean + 1);
    }));
  });

  it('goes over smoothly from walking to the gamma', () => {
    for (const overdispersion of [0.02, 0.2, 1]) {
      const walked = quantiles(60, 60 + overdispersion * 3600), continuous = quantiles(60.0001, 60 + overdispersion * 3600);
      walked.forEach((value, k) => expect(Math.abs(continuous[k]! - value)).toBeLessThan(3 + 0.02 * value));
    }
  });
});
