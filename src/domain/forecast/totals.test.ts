import { describe, expect, it } from 'vitest';
import { drawCount, drawGamma, drawn, seriesOf, sum, workOf } from '../../../test/helpers/drawn-series.ts';
import { roll } from './boosting/dice.ts';
import { forecastTogether, type Grain } from './panel.ts';
import { totalCurve, totalVariance, type TotalPool } from './totals.ts';
import { RULES } from './work.ts';

const QUANTILES = [0.5, 0.8, 0.9, 0.95];
/** Shares of many shops' fresh totals that stay at or below their quantiles, by quantile and length. */
function coverage(grain: Grain, periods: number, count: number, draw: (dice: { state: number }) => (t: number) => number): number[][] {
  const dice = { state: 17 }, lengths = grain === 'D' ? [7, 14, 28] : RULES[grain].totals, horizon = lengths.at(-1)!;
  const drawnAll = drawn(count, () => 0).map(() => { const next = draw(dice); return drawn(periods + horizon, next); });
  const told = forecastTogether(drawnAll.map((demand) => seriesOf(demand.slice(0, periods), {}, grain)), { grain, horizon, quantiles: QUANTILES }, lengths);
  return QUANTILES.map((_, k) => lengths.map((length, i) => told.filter(({ cumulative }, s) => sum(drawnAll[s]!.slice(periods, periods + length)) <= cumulative[k * lengths.length + i]!).length / count));
}
const independent = (low: number, phi: number) => (dice: { state: number }) => { const rate = low * drawGamma(dice, 0.5) + 0.3; return () => drawCount(dice, rate, phi); };
/** Demand whose level is another every so many periods, from a period of its own on. */
const together = (low: number, spell: number) => (dice: { state: number }) => {
  const rate = low * drawGamma(dice, 0.3) + 1, phase = Math.floor(roll(dice) * spell);
  let level = drawGamma(dice, 0.25);
  return (t: number) => { if ((t + phase) % spell === 0) level = drawGamma(dice, 0.25); return drawCount(dice, rate * level, 0.1); };
};

describe('quantiles of totals', () => {
  it.each([['D', 300, 3, 0.4], ['W', 90, 8, 0.4], ['M', 48, 30, 0.15]] as const)('hold what they promise of independent demand (%s)', (grain, periods, low, phi) => {
    coverage(grain, periods, 900, independent(low, phi)).forEach((shares, k) => shares.forEach((share) => { expect(Math.abs(share - QUANTILES[k]!), `${QUANTILES[k]}: ${shares.join(' ')}`).toBeLessThan(k === 0 ? 0.1 : 0.045); }));
  });

  it.each([['D', 28, 3, 0.4], ['W', 8, 8, 0.4]] as const)('hold what they promise where four weeks or two months are all there is (%s)', (grain, periods, low, phi) => {
    coverage(grain, periods, 900, independent(low, phi)).forEach((shares, k) => { if (k > 0) shares.forEach((share) => { expect(Math.abs(share - QUANTILES[k]!), `${QUANTILES[k]}: ${shares.join(' ')}`).toBeLessThan(0.045); }); });
  });

  it.each([['D', 300, 5, 28], ['W', 90, 20, 6]] as const)('hold what they promise of demand that goes together (%s)', (grain, periods, low, spell) => {
    coverage(grain, periods, 900, together(low, spell)).forEach((shares, k) => shares.forEach((share) => { expect(Math.abs(share - QUANTILES[k]!), `${QUANTILES[k]}: ${shares.join(' ')}`).toBeLessThan(k === 0 ? 0.1 : 0.05); }));
  });

  it('are wider where periods go together than where they do not', () => {
    const dice = { state: 5 }, rates = drawn(60, () => 8), asked = { grain: 'D' as const, horizon: 28, quantiles: [0.95] };
    const bound = (draw: (dice: { state: number }) => (t: number) => number): number => sum(forecastTogether(rates.map(() => seriesOf(drawn(300, draw(dice)))), asked, [28]).map(({ cumulative, totals }) => cumulative[0]! / totals[0]!));
    expect(bound(together(7, 28))).toBeGreaterThan(1.2 * bound(() => () => drawCount(dice, 8, 0.35)));
  });
});

it('the same of demand seen on some days as of demand seen on all', () => {
  const bound = (unseen: number): number => forecastTogether([seriesOf(drawn(300, (t) => (t % 8 < unseen && t % 3 > 0 ? NaN : 6)))], { grain: 'D', horizon: 28, quantiles: [0.95], without: ['calibration'] }, [28])[0]!.cumulative[0]!;
  expect(bound(5) / bound(0)).toBeCloseTo(1, 2);
});

describe('the variance of a total', () => {
  const pool: TotalPool = { lengths: [7, 14, 28], curves: [] }, misses = Float64Array.of(1, 2, 5), work = workOf(new Array(100).fill(3)), at = (length: number): number => totalVariance(work, 50, length, misses, pool) / totalVariance(work, 50, length, Float64Array.of(1, 1, 1), pool);

  it('lies on a line between the lengths that were looked at, and stays beyond them', () => {
    for (const [length, factor] of [[1, 1], [7, 1], [10.5, 1.5], [14, 2], [21, 3.5], [28, 5], [90, 5]] as const) expect(at(length)).toBeCloseTo(factor, 9);
  });

  it('is more than chance, whatever was missed, and 1 miss where no length is known', () => {
    for (const total of [0, 1e-6, 3, 1e9]) expect(totalVariance(work, total, 7, Float64Array.of(0, 0, 0), pool)).toBeGreaterThan(total * 1.01);
    expect(totalVariance(work, 50, 7, new Float64Array(0), { lengths: [], curves: [] })).toBe(totalVariance(work, 50, 7, Float64Array.of(1, 1, 1), pool));
  });

  it('is calibrated by the next length known, the last beyond, by size', () => {
    const curves = [0, 1, 2].map((length) => drawn(13, (size) => size).map((size) => Float64Array.of(length, size)));
    const of = (total: number, length: number): number[] => [...totalCurve(total, length, { ...pool, curves })!];
    expect([of(1, 1), of(1, 7), of(1, 8), of(1, 28), of(1, 99), of(0, 1), of(2 ** 1.6, 1), of(1e12, 1)]).toEqual([[0, 4], [0, 4], [1, 4], [2, 4], [2, 4], [0, 0], [0, 5], [0, 12]]);
    expect(totalCurve(3, 7, pool)).toBeUndefined();
    expect(totalCurve(3, 7, { ...pool, curves: [[], [], []] })).toBeUndefined();
  });
});
