import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawCount, drawGamma, drawn, seriesOf, sum, workOf } from '../../../test/helpers/drawn-series.ts';
import { roll } from './boosting/dice.ts';
import { forecastTogether } from './panel.ts';
import { trackLevels } from './levels.ts';
import { unsure } from './unseen.ts';

const POOL = [1, 1.1, 1.2, 1.4, 1.5, 1.6];
const seenBut = (unseen: (t: number) => boolean, days = 300): ReturnType<typeof workOf> => {
  const work = workOf(new Array(days).fill(3), { exposure: drawn(days, (t) => (unseen(t) ? 0 : 1)) });
  trackLevels(work);
  return work;
};

describe('what was not seen lately', () => {
  it('widens nothing of what was always seen, or was always seen as little', () => {
    for (const work of [seenBut(() => false), seenBut((t) => t % 8 < 5 && t % 8 > 0)]) for (const length of [1, 7, 28, 90]) expect(unsure(work, POOL)(length)).toBeCloseTo(1, 1);
  });

  it('widens the more the longer it lasts, never less than nothing, and no total beyond what the level is read off', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 200 }), (gap, more, length) => {
      const less = unsure(seenBut((t) => t >= 300 - gap), POOL)(length), wider = unsure(seenBut((t) => t >= 300 - gap - more), POOL)(length);
      expect(less).toBeGreaterThanOrEqual(1);
      expect(wider).toBeGreaterThanOrEqual(less - 1e-9);
      expect(wider).toBeLessThan(1.6 * (1 + 56 / 3.5));
    }), { numRuns: 60 });
  });

  it('counts days long gone for nothing', () => {
    expect(unsure(seenBut((t) => t > 30 && t < 60), POOL)(21)).toBeCloseTo(1, 9);
  });
});

it('totals of series out of stock for weeks hold what they promise where levels wander', () => {
  const dice = { state: 23 }, days = 300, out = 35, length = 21, count = 900, demands = drawn(count, () => 0).map(() => {
    let level = 2 + 6 * roll(dice);
    return drawn(days + length, (t) => { if (t % 7 === 0) level *= drawGamma(dice, 0.03); return drawCount(dice, level, 0.2); });
  });
  const exposure = drawn(days, (t) => (t >= days - out ? 0 : 1)), panel = (hidden: boolean) => demands.map((demand) => seriesOf(demand.slice(0, days).map((y, t) => (hidden && exposure[t] === 0 ? 0 : y)), hidden ? { exposure } : {}));
  const shares = (hidden: boolean): number[] => {
    const told = forecastTogether(panel(hidden), { grain: 'D', horizon: 28, quantiles: [0.8, 0.9, 0.95] }, [length]);
    return [0, 1, 2].map((k) => told.filter(({ cumulative }, s) => sum(demands[s]!.slice(days)) <= cumulative[k]!).length / count);
  };
  for (const hidden of [false, true]) shares(hidden).forEach((share, k) => { expect(Math.abs(share - [0.8, 0.9, 0.95][k]!), `${hidden ? 'out' : 'seen'}: ${shares(hidden).join(' ')}`).toBeLessThan(0.045); });
});
