import fc from 'fast-check';
import { expect, it } from 'vitest';
import { weightedQuantile } from './weighted-quantile.ts';

const pairs = fc.array(fc.tuple(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -9, max: 9, noNaN: true })), fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 80 });

it('is the value at that place among the sorted, each as often as it weighs', () => {
  fc.assert(fc.property(pairs, fc.integer({ min: 1, max: 99 }), (given, percent) => {
    const repeated = given.flatMap(([value, weight]) => Array.from({ length: weight }, () => value)).sort((a, b) => a - b);
    const expected = repeated[Math.max(1, Math.ceil((percent * repeated.length) / 100)) - 1]!;
    const values = Float64Array.from(given, ([v]) => v), weights = Float64Array.from(given, ([, w]) => w);
    expect(weightedQuantile(values, weights, given.length, percent / 100) === expected).toBe(true);
  }));
});

it('looks at the first values only, and knows nothing of none', () => {
  expect(weightedQuantile(Float64Array.of(4, 2, -9), Float64Array.of(1, 1, 1), 2, 0.5)).toBe(2);
  expect(weightedQuantile(Float64Array.of(4), Float64Array.of(1), 0, 0.5)).toBeNaN();
});
