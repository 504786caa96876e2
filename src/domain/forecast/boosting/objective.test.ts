import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertObjective, derivatives, leafStep, startingScore, type Objective } from './objective.ts';

const SMOOTH: Objective[] = [{ loss: 'poisson' }, { loss: 'tweedie', power: 1 }, { loss: 'tweedie', power: 1.2 }, { loss: 'tweedie', power: 1.7 }, { loss: 'squared' }];
const PINBALL: Objective[] = [{ loss: 'pinball', level: 0.2 }, { loss: 'pinball', level: 0.9 }];

/** The losses as they are written in books, up to what does not depend on the score. */
function lossOf(objective: Objective, y: number, s: number): number {
  switch (objective.loss) {
    case 'squared': return (s - y) ** 2 / 2;
    case 'pinball': return y > s ? objective.level * (y - s) : (1 - objective.level) * (s - y);
    case 'poisson': return Math.exp(s) - y * s;
    case 'tweedie': {
      const p = objective.power;
      return p === 1 ? Math.exp(s) - y * s : Math.exp((2 - p) * s) / (2 - p) - (y * Math.exp((1 - p) * s)) / (1 - p);
    }
  }
}
const row = fc.record({ y: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60 })), s: fc.double({ min: -3, max: 4, noNaN: true }), w: fc.integer({ min: 1, max: 4 }) });
type Row = { y: number; s: number; w: number };
const column = (rows: Row[], key: keyof Row) => Float64Array.from(rows, (r) => r[key]);
const total = (objective: Objective, rows: Row[], shift: number) => rows.reduce((sum, { y, s, w }) => sum + w * lossOf(objective, y, s + shift), 0);
const slopes = (objective: Objective, rows: Row[]) => {
  const gradient = new Float64Array(rows.length), hessian = new Float64Array(rows.length);
  derivatives(objective, column(rows, 'y'), column(rows, 's'), column(rows, 'w'), gradient, hessian);
  return { gradient, hessian };
};

describe('an objective', () => {
  it.each([...SMOOTH, ...PINBALL])('$loss $power $level has the slope of its loss', (objective) => {
    fc.assert(fc.property(row, (one) => {
      const { gradient, hessian } = slopes(objective, [one]), d = 1e-4;
      const at = (shift: number) => total(objective, [one], shift);
      if (objective.loss === 'pinball' && Math.abs(one.y - one.s) < 2 * d) return;
      const scale = Math.max(1, Math.abs(gradient[0]!), hessian[0]!);
      expect(Math.abs((at(d) - at(-d)) / (2 * d) - gradient[0]!) / scale).toBeLessThan(1e-5);
      if (objective.loss !== 'pinball') expect(Math.abs((at(d) - 2 * at(0) + at(-d)) / (d * d) - hessian[0]!) / scale).toBeLessThan(1e-3);
    }));
  });

  it.each([...SMOOTH, ...PINBALL])('$loss $power $level starts where no other score is better', (objective) => {
    fc.assert(fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), fc.double({ min: -0.5, max: 0.5, noNaN: true }), (rows, shift) => {
      fc.pre(rows.some(({ y }) => y > 0));
      const start = startingScore(objective, column(rows, 'y'), column(rows, 'w'), column(rows, 's'));
      const least = total(objective, rows, start);
      expect(total(objective, rows, start + shift)).toBeGreaterThanOrEqual(least - 1e-9 * (1 + Math.abs(least)));
    }));
  });

  it.each(SMOOTH)('$loss $power steps only as far as the loss falls, and does step', (objective) => {
    const shares = fc.constantFrom(0.1, 0.5, 1), lambdas = fc.constantFrom(0, 0.5, 10);
    fc.assert(fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), shares, lambdas, (rows, share, lambda) => {
      const { gradient, hessian } = slopes(objective, rows), sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
      const step = leafStep(objective, sum(gradient), sum(hessian), lambda), before = total(objective, rows, 0);
      expect(Number.isFinite(step)).toBe(true);
      expect(total(objective, rows, share * step)).toBeLessThanOrEqual(before + 1e-9 * (1 + Math.abs(before)));
      if (Math.abs(sum(gradient)) > 1e-3) expect(step * sum(gradient)).toBeLessThan(0);
    }));
  });

  it('believes in no change as much as lambda says', () => {
    expect(leafStep({ loss: 'squared' }, -6, 2, 1)).toBe(2);
    expect(leafStep({ loss: 'poisson' }, 1 - 100, 1, 10)).toBeCloseTo(Math.log(110 / 11), 12);
  });

  it('starts and steps within bounds where nothing was ever sold', () => {
    const nothing: Row[] = [{ y: 0, s: 0, w: 1 }, { y: 0, s: 2, w: 1 }];
    for (const objective of SMOOTH.slice(0, 4)) {
      expect(startingScore(objective, column(nothing, 'y'), column(nothing, 'w'), undefined)).toBe(-30);
      const { gradient, hessian } = slopes(objective, [{ y: 3, s: 900, w: 1 }, { y: 3, s: -900, w: 1 }]);
      expect([...gradient, ...hessian].every(Number.isFinite)).toBe(true);
    }
  });

  it('refuses what cannot be', () => {
    expect(() => assertObjective({ loss: 'poisson' }, Float64Array.of(1, -1))).toThrow('target 1 cannot be -1 under poisson loss');
    expect(() => assertObjective({ loss: 'squared' }, Float64Array.of(NaN))).toThrow('target 0 cannot be NaN');
    expect(() => assertObjective({ loss: 'tweedie', power: 2 }, Float64Array.of(1))).toThrow('Tweedie power');
    expect(() => assertObjective({ loss: 'pinball', level: 1 }, Float64Array.of(1))).toThrow('quantile level');
  });
});
