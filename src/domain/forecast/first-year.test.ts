import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawn, drawCount, seriesOf, sum, workOf } from '../../../test/helpers/drawn-series.ts';
import { roll } from './boosting/dice.ts';
import { believes, lastYearAt, levelsAhead, levelsFor, ofLastYear, recallLastYear, withLastYear } from './first-year.ts';
import { blendLevels, learnLevels, trackLevels } from './levels.ts';
import { forecastTogether, learnPool, type Grain, type PanelOptions, type PanelSeries } from './panel.ts';
import { learnStacking, stackedLevel, UNLEARNED, type StackingPool } from './stacking.ts';
import { RULES, type Work } from './work.ts';

const GRAINS = ['D', 'W', 'M'] as const;
const asked: PanelOptions = { grain: 'D', horizon: 28, quantiles: [0.5, 0.9] };
/** Demand of an item whose season has its height `peak` (a share of a year) after the first day. */
const season = (t: number, peak: number): number => 0.2 + 6 * Math.exp(-0.5 * (((((t / 364 - peak) % 1) + 1.5) % 1) - 0.5) ** 2 / 0.07 ** 2);

/** Items with seasons all over the year, or whose demand drifts anywhere. */
function shop(known: number, seasonal: boolean, seed: number, items = 120): { panel: PanelSeries[]; came: number[] } {
  const dice = { state: seed }, came: number[] = [], panel = Array.from({ length: items }, () => {
    const peak = roll(dice), rate = 0.5 + 3 * roll(dice);
    let level = rate;
    const all = drawn(known + 28, (t) => { level = Math.min(50, level * Math.exp(0.1 * (roll(dice) + roll(dice) - 1))); return drawCount(dice, seasonal ? rate * season(t, peak) : level, 0.3); });
    came.push(sum(all.slice(known)));
    return seriesOf(all.slice(0, known));
  });
  return { panel, came };
}
/** Pinball loss of the totals of four weeks. */
function missed({ panel, came }: ReturnType<typeof shop>, options: PanelOptions): number {
  return sum(forecastTogether(panel, options, [28]).flatMap(({ cumulative }, i) => options.quantiles.map((q, k) => { const over = came[i]! - cumulative[k]!; return over > 0 ? q * over : (q - 1) * over; })));
}
function tracked(demand: readonly number[], grain: Grain = 'D', horizon = 28): Work {
  const work = workOf(demand, {}, grain, horizon);
  trackLevels(work);
  blendLevels(work, learnLevels([work]));
  return work;
}

describe('the first year', () => {
  it('is believed where items have seasons: totals err less by a tenth at least, with trees and without', () => {
    for (const [days, items] of [[346, 120], [440, 240]] as const) {
      const made = shop(days, true, days, items), pool = learnPool(made.panel, asked);
      expect(pool.year.groups).toEqual({});
      expect(pool.stacking.total.lastYear.selling).toBeGreaterThan(0.2);
      expect(missed(made, asked)).toBeLessThan(0.9 * missed(made, { ...asked, without: ['year'] }));
    }
  });

  it('is not believed where demand drifts by no season', () => {
    const made = shop(420, false, 5), { selling, silent } = learnPool(made.panel, asked).stacking.total.lastYear;
    expect(Math.max(selling, silent)).toBeLessThan(0.2);
    expect(missed(made, asked)).toBeLessThan(1.02 * missed(made, { ...asked, without: ['year'] }));
  });

  it('gives way to two years, which tell more, and says nothing of a quarter', () => {
    for (const days of [90, 800]) {
      expect(believes(learnPool(shop(days, true, days, 30).panel, asked).stacking)).toBe(false);
    }
  });

  it.each(GRAINS)('says nothing without days of last year, and the more the nearer they are (%s)', (grain) => {
    const { year, window } = RULES[grain], work = tracked(new Array<number>(2 * year).fill(3), grain), says = Array.from({ length: year + 1 }, (_, t) => lastYearAt(work, t, 0).say);
    for (let t = 2 * window; t <= year; t++) {
      expect(says[t]!).toBeGreaterThanOrEqual(says[t - 1]! - 1e-12);
      if (says[t]! > 0) expect(lastYearAt(work, t, 0).rate).toBeCloseTo(3, 9);
    }
    expect(says[Math.round(year / 2)]).toBe(0);
    expect(says[year]!).toBeGreaterThan(0.6);
    expect(says[year]!).toBeLessThan(1);
  });

  it('lifts levels, to no more than last year had, and lowers none, whatever was sold; without a say nothing changes', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 600 }), fc.constantFrom(...GRAINS), fc.constantFrom(1, 28), fc.record({ selling: share, silent: share }), fc.record({ selling: share, silent: share }), (demand, grain, horizon, mean, total) => {
      const work = tracked(demand, grain, horizon), into = levelsFor(horizon), most = Math.max(...demand);
      recallLastYear(work);
      const levels = (stacking: StackingPool): void => {
        work.meanLevel = stackedLevel(work, 0, 'mean', stacking); work.totalLevel = stackedLevel(work, 0, 'total', stacking); work.spreadLevel = (work.meanLevel + work.totalLevel) / 2;
        levelsAhead(work, stacking, into);
      };
      const believing = { mean: { ...UNLEARNED.mean, lastYear: mean }, total: { ...UNLEARNED.total, lastYear: total } };
      levels(believing);
      for (const values of [into.mean, into.total]) for (const value of values) expect(value > work.level - 1e-9 && value < most + 1e-9).toBe(true);
      for (const value of into.spread) expect(value >= 0 && value < 2 * most + 1e-9).toBe(true);
      const { level, units } = ofLastYear(work, believing, horizon);
      expect(level).toBeCloseTo(work.level, 9);
      expect(level * horizon + units).toBeCloseTo(sum(into.total), 6);
      levels(UNLEARNED);
      for (const values of [into.mean, into.total, into.spread]) for (const value of values) expect(value).toBeCloseTo(work.level, 12);
    }), { numRuns: 60 });
  });

  it('is believed apart of items that have not sold lately: those that are gone do not come back', () => {
    const { panel } = shop(346, true, 346), dice = { state: 3 };
    const gone = Array.from({ length: 240 }, () => { const last = 40 + Math.floor(60 * roll(dice)); return seriesOf(drawn(346, (t) => (t < last ? drawCount(dice, 3, 0.3) : 0))); });
    const { selling, silent } = learnPool([...panel, ...gone], asked).stacking.total.lastYear;
    expect(selling).toBeGreaterThan(0.2);
    expect(silent).toBeLessThan(selling / 2);
  });

  it('is learned from nothing as nothing', () => {
    const works = [[], new Array<number>(400).fill(0), [4], new Array<number>(500).fill(2)].map((demand) => tracked(demand));
    expect(believes(withLastYear(works, learnStacking(works)))).toBe(false);
    expect(withLastYear([], learnStacking([]))).toEqual(UNLEARNED);
  });
});
