import { describe, expect, it } from 'vitest';
import { drawCount, drawGamma, drawn, sum, workOf } from '../../../test/helpers/drawn-series.ts';
import { roll } from './boosting/dice.ts';
import { correctLevels, learnCorrection } from './correction.ts';
import { blendLevels, learnLevels, trackLevels } from './levels.ts';
import { learnStacking } from './stacking.ts';
import type { Work } from './work.ts';

const NONE = learnStacking([]);
function levelled(works: Work[]): Work[] {
  for (const work of works) trackLevels(work);
  const pool = learnLevels(works);
  for (const work of works) { blendLevels(work, pool); work.meanLevel = work.totalLevel = work.level; }
  return works;
}
/** Some items are given up: from a day of their own on, they sell no more. */
const catalogue = (dice: { state: number }, count: number): Work[] => levelled(drawn(count, () => 0).map(() => {
  const rate = 1 + 3 * drawGamma(dice, 0.3), last = roll(dice) < 0.6 ? 100 + roll(dice) * 260 : Infinity;
  return workOf(drawn(330, (t) => (t < last ? drawCount(dice, rate, 0.3) : 0)));
}));

describe('the boosted correction', () => {
  it('is left out of small and of young catalogues', () => {
    expect(learnCorrection([], NONE)).toEqual({ mean: null, total: null });
    expect(learnCorrection(catalogue({ state: 1 }, 50), NONE)).toEqual({ mean: null, total: null });
    expect(learnCorrection(levelled(drawn(300, () => 0).map(() => workOf(new Array(60).fill(1)))), NONE)).toEqual({ mean: null, total: null });
    const works = catalogue({ state: 2 }, 3), before = works.map(({ meanLevel }) => meanLevel);
    correctLevels(works, { mean: null, total: null });
    expect(works.map(({ meanLevel }) => meanLevel)).toEqual(before);
    correctLevels([], { mean: null, total: null });
  });

  it('learns that silence lasts: what sells no more is lowered, what sells is not', () => {
    const works = catalogue({ state: 3 }, 320), pool = learnCorrection(works, NONE), before = works.map(({ totalLevel }) => totalLevel);
    expect(pool.total!.share).toBeGreaterThan(0.2);
    expect(pool.total!.share).toBeLessThanOrEqual(1);
    correctLevels(works, structuredClone(pool));
    let silentBefore = 0, silentAfter = 0, sellingBefore = 0, sellingAfter = 0;
    works.forEach((work, i) => {
      expect(Number.isFinite(work.totalLevel) && work.totalLevel >= 0 && Number.isFinite(work.meanLevel) && work.meanLevel >= 0).toBe(true);
      const lately = sum(work.sold.subarray(work.n - 20));
      if (lately === 0) { silentBefore += before[i]!; silentAfter += work.totalLevel; }
      if (lately > 30) { sellingBefore += before[i]!; sellingAfter += work.totalLevel; }
    });
    expect(silentBefore).toBeGreaterThan(5);
    expect(silentAfter).toBeLessThan(0.75 * silentBefore);
    expect(sellingAfter).toBeGreaterThan(0.9 * sellingBefore);
  });
});
