import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { join, normalEquations, observe, solveRidge, type NormalEquations } from './linear.ts';

const number = fc.integer({ min: -9, max: 9 });
const rowOf = fc.record({ x: fc.array(number, { minLength: 3, maxLength: 3 }), y: number, w: fc.integer({ min: 1, max: 4 }) });
type Row = { x: number[]; y: number; w: number };
const equations = (rows: readonly Row[], size = 3): NormalEquations => {
  const sums = normalEquations(size);
  for (const { x, y, w } of rows) observe(sums, Float64Array.from(x), y, w);
  return sums;
};
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((sum, v, k) => sum + v * b[k]!, 0);

describe('ridge regression', () => {
  it('finds the coefficients that made the data', () => {
    const axes = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
    fc.assert(fc.property(fc.array(rowOf, { maxLength: 20 }), fc.tuple(number, number, number), (rows, beta) => {
      const all = [...rows, ...axes.map((x) => ({ x, y: 0, w: 1 }))].map(({ x, w }) => ({ x, w, y: dot(x, beta) }));
      solveRidge(equations(all), 0).forEach((b, k) => expect(b).toBeCloseTo(beta[k]!, 6));
    }));
  });

  it('leaves no slope in the penalised error, weights counting as repeats', () => {
    fc.assert(fc.property(fc.array(rowOf, { minLength: 1, maxLength: 20 }), fc.constantFrom(0.005, 0.1, 3), (rows, ridge) => {
      const beta = solveRidge(equations(rows), ridge), repeated = rows.flatMap((row) => Array.from({ length: row.w }, () => row));
      const own = [0, 1, 2].map((k) => repeated.reduce((sum, { x }) => sum + x[k]! ** 2, 0)), trace = own[0]! + own[1]! + own[2]!;
      for (let k = 0; k < 3; k++) {
        const slope = repeated.reduce((sum, { x, y }) => sum + x[k]! * (y - dot(x, beta)), 0) - ridge * (own[k]! + (0.1 * trace) / 3) * beta[k]!;
        expect(Math.abs(slope)).toBeLessThan(1e-6 * (1 + trace));
      }
    }));
  });

  it('by hand: 2 x = 6 seen with x = 2 halves by a ridge that doubles the square', () => {
    expect(solveRidge(equations([{ x: [2], y: 6, w: 1 }], 1), 0)[0]).toBeCloseTo(3, 9);
    expect(solveRidge(equations([{ x: [2], y: 6, w: 1 }], 1), 1 / 1.1)[0]).toBeCloseTo(1.5, 9);
  });

  it('says 0 of what nothing is known of', () => {
    expect([...solveRidge(normalEquations(3), 0.1)]).toEqual([0, 0, 0]);
    const [seen, unseen] = solveRidge(equations([{ x: [1, 0], y: 4, w: 1 }, { x: [2, 0], y: 8, w: 1 }], 2), 0);
    expect(seen).toBeCloseTo(4, 6);
    expect(unseen).toBe(0);
    for (const b of solveRidge(equations([{ x: [1, 1, 0], y: 4, w: 1 }]), 0)) expect(Number.isFinite(b)).toBe(true);
  });

  it('joins two sets of observations into what both together are', () => {
    fc.assert(fc.property(fc.array(rowOf, { maxLength: 9 }), fc.array(rowOf, { maxLength: 9 }), (a, b) => {
      const joined = equations(a);
      join(joined, equations(b));
      expect(joined).toEqual(equations([...a, ...b]));
    }));
  });
});
