import { describe, expect, it } from 'vitest';
import { drawCount, drawGamma, drawn, seriesOf, sum, workOf } from '../../../test/helpers/drawn-series.ts';
import { roll } from './boosting/dice.ts';
import { CURVE } from './calibration.ts';
import { blendLevels, learnLevels, trackLevels } from './levels.ts';
import { forecastTogether } from './panel.ts';
import { applySpread, curveFor, empiricalAt, learnSpread } from './spread.ts';
import { RULES, type Work } from './work.ts';

function levelled(works: Work[]): Work[] {
  for (const work of works) trackLevels(work);
  const pool = learnLevels(works);
  for (const work of works) { blendLevels(work, pool); work.meanLevel = work.totalLevel = work.spreadLevel = work.level; }
  return works;
}
const shops = (dice: { state: number }, count: number, days: number, phi: number, rate = 4): Work[] => levelled(drawn(count, () => 0).map(() => workOf(drawn(days, () => drawCount(dice, rate, phi)))));

describe('the scatter of single periods', () => {
  it.each([0.1, 0.5, 1.5])('is found by series, about φ = %d', (phi) => {
    const works = shops({ state: 1 }, 60, 182, phi), pool = learnSpread(works, RULES.D);
    expect(Math.abs(sum(works.map((work) => work.phi)) / 60 / phi - 1)).toBeLessThan(0.15);
    const short = levelled([workOf([4])])[0]!;
    applySpread(short, pool);
    expect(Math.abs(short.phi / phi - 1)).toBeLessThan(0.4);
    const before = works[7]!.phi;
    applySpread(works[7]!, pool);
    expect(works[7]!.phi).toBe(before);
  });

  it('is what lies about the factor, not what the factor explains', () => {
    const dice = { state: 2 }, flat = workOf(drawn(182, (t) => drawCount(dice, t % 2 ? 18 : 2, 0.1))), told = { ...flat, factor: flat.factor.map((_, t) => (t % 2 ? 1.8 : 0.2)) };
    learnSpread(levelled([flat]), RULES.D);
    const wide = flat.phi;
    learnSpread(levelled([told]), RULES.D);
    expect(wide).toBeGreaterThan(0.6);
    expect(told.phi).toBeLessThan(0.2);
  });

  it('keeps what the item sold by the pack, thinned to the mean asked for', () => {
    const dice = { state: 3 }, work = levelled([workOf(drawn(182, () => (roll(dice) < 0.25 ? 6 : 0)))])[0]!;
    const pool = learnSpread([work], RULES.D), { tail, trust, thinned } = empiricalAt(work, work.tailMean)!;
    expect(Math.abs(tail[5]! - 0.25)).toBeLessThan(0.08);
    expect([tail[0], tail[6]]).toEqual([tail[5], 0]);
    expect(work.tailMean).toBeCloseTo(6 * tail[5]!, 9);
    expect(thinned).toBe(1);
    expect(trust).toBeGreaterThan(0.4);
    expect(empiricalAt(work, work.tailMean / 3)!.thinned).toBeCloseTo(1 / 3, 12);
    applySpread(work, { ...pool, ownSales: false });
    expect(empiricalAt(work, 1)).toBeUndefined();
  });

  it('needs no own sales where counts are large, nor has any where nothing sold', () => {
    const large = levelled([workOf(drawn(100, (t) => 60 + (t % 9)))])[0]!, none = levelled([workOf(new Array(100).fill(0))])[0]!;
    learnSpread([large, none], RULES.D);
    expect([empiricalAt(large, 60), empiricalAt(none, 1)]).toEqual([undefined, undefined]);
    expect(Number.isFinite(none.phi)).toBe(true);
  });

  it('is not calibrated on two windows, and near the identity where the model is true', () => {
    expect(learnSpread(shops({ state: 4 }, 30, 56, 0.5), RULES.D).curves).toEqual([]);
    const works = shops({ state: 5 }, 150, 200, 0.5), pool = learnSpread(works, RULES.D, false), curve = curveFor(works[0]!, 4, pool)!;
    CURVE.forEach((q, k) => { expect(Math.abs(curve[k]! - q)).toBeLessThan(0.03); });
  });

  it('gives quantiles of single days that hold what they promise', () => {
    const dice = { state: 6 }, quantiles = [0.5, 0.8, 0.9, 0.95, 0.99], demand = drawn(400, () => 0).map(() => { const rate = 3 * drawGamma(dice, 0.5) + 2; return drawn(210, () => drawCount(dice, rate, 0.6)); });
    const told = forecastTogether(demand.map((days) => seriesOf(days.slice(0, 200))), { grain: 'D', horizon: 10, quantiles }, []);
    quantiles.forEach((q, k) => {
      let below = 0, reached = 0;
      told.forEach(({ daily }, s) => { for (let h = 0; h < 10; h++) { const y = demand[s]![200 + h]!, bound = daily[k * 10 + h]!; if (y < bound) below++; if (y <= bound) reached++; } });
      expect(below / 4000).toBeLessThan(q + 0.015);
      expect(reached / 4000).toBeGreaterThan(q - 0.015);
    });
  });
});
