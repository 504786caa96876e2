import { describe, expect, it } from 'vitest';
import { drawCount, drawn, drawNormal, sum, workOf } from '../../../test/helpers/drawn-series.ts';
import { blendAt, blendLevels, learnLevels, trackLevels } from './levels.ts';
import { learnStacking, stackedLevel, UNLEARNED } from './stacking.ts';
import type { Work } from './work.ts';

function tracked(works: Work[]): Work[] {
  for (const work of works) trackLevels(work);
  const pool = learnLevels(works);
  for (const work of works) blendLevels(work, pool);
  return works;
}
/** The latest level that came true after all the levels it was said from, against what is said by then. */
const bias = (works: readonly Work[], said: (work: Work, j: number) => number): number => sum(works.map((work) => said(work, 4))) / sum(works.map((work) => work.came[4]!));

describe('stacking', () => {
  it('does not speak of short histories', () => {
    const dice = { state: 1 }, works = tracked(drawn(80, () => 0).map(() => workOf(drawn(112, () => drawCount(dice, 3, 0.3))))), pool = learnStacking(works);
    expect([pool.mean.share, pool.total.share]).toEqual([0, 0]);
    for (const work of works) expect(stackedLevel(work, 0, 'total', pool)).toBe(blendAt(work, 0));
    expect(learnStacking([]).total.share).toBe(0);
    expect(learnStacking([workOf([])]).total.share).toBe(0);
  });

  it('takes away what every series missed by alike', () => {
    // Demand that doubles every 140 days runs away from every mean of the past.
    const dice = { state: 2 }, works = tracked(drawn(300, () => 0).map(() => workOf(drawn(330, (t) => drawCount(dice, 2 * 2 ** (t / 140), 0.1))))), pool = learnStacking(works);
    expect(bias(works, blendAt)).toBeLessThan(0.93);
    expect(pool.total.share).toBeGreaterThan(0.3);
    expect(Math.abs(bias(works, (work, j) => stackedLevel(work, j, 'total', pool)) - 1)).toBeLessThan((1 - bias(works, blendAt)) / 1.7);
  });

  it('finds next to nothing where there is nothing to find', () => {
    const dice = { state: 3 }, works = tracked(drawn(300, () => 0).map(() => { const rate = Math.exp(drawNormal(dice)); return workOf(drawn(330, () => drawCount(dice, rate, 0.3))); })), pool = learnStacking(works);
    for (const aim of ['mean', 'total'] as const) {
      expect(pool[aim].share).toBeGreaterThanOrEqual(0);
      expect(pool[aim].share).toBeLessThanOrEqual(1);
    }
    expect(Math.abs(sum(works.map((work) => stackedLevel(work, 0, 'total', pool))) / sum(works.map((work) => blendAt(work, 0))) - 1)).toBeLessThan(0.02);
  });

  it('never says less than nothing', () => {
    const [work] = tracked([workOf(drawn(200, (t) => t % 3))]), methods = work!.weights.length, beta = new Float64Array(methods + 1);
    beta[methods] = -5;
    expect(stackedLevel(work!, 0, 'mean', { mean: { beta, share: 1, lastYear: UNLEARNED.mean.lastYear }, total: { beta, share: 0, lastYear: UNLEARNED.mean.lastYear } })).toBe(0);
    beta[methods] = 0.5;
    expect(stackedLevel(work!, 0, 'mean', { mean: { beta, share: 0.5, lastYear: UNLEARNED.mean.lastYear }, total: { beta, share: 0, lastYear: UNLEARNED.mean.lastYear } })).toBeCloseTo(blendAt(work!, 0) * 1.25, 12);
  });
});
