import { describe, expect, it } from 'vitest';
import { drawCount, drawGamma, drawn, drawPoisson, seriesOf, sum } from '../../../test/helpers/drawn-series.ts';
import { roll } from './boosting/dice.ts';
import { forecastPanel, learnPool, type Grain, type PanelOptions, type PanelSeries } from './panel.ts';

const AHEAD = 6, asked = (grain: Grain, more: Partial<PanelOptions> = {}): PanelOptions => ({ grain, horizon: AHEAD, quantiles: [0.5, 0.9], ...more });
/** Items that are bought in campaigns: after a loud week, three quiet ones; what no mean of the past says, and every course shows. */
function campaigns(dice: { state: number }, count: number, length: number): { panel: PanelSeries[]; ahead: number[][] } {
  const ahead: number[][] = [];
  const panel = drawn(count, (i) => i).map((i) => {
    const rate = 5 + 20 * drawGamma(dice, 0.5), shift = Math.floor(roll(dice) * 4), all = drawn(length + AHEAD, (t) => drawPoisson(dice, (t + shift) % 4 === 0 ? 3 * rate : rate / 3));
    ahead.push(Array.from(all.slice(length)));
    return seriesOf(Array.from(all.slice(0, length)), { id: `s${i}`, item: `i${i >> 1}`, location: `p${i % 2}`, category: `c${i % 3}` }, 'W');
  });
  return { panel, ahead };
}

describe('boosted means', () => {
  it('have no say over days, over a young catalogue, and over one without a course', () => {
    const dice = { state: 4 }, few = drawn(10, () => 0).map((_, i) => seriesOf(drawn(60, () => drawPoisson(dice, 4)), { id: `${i}` }, 'W'));
    expect(learnPool(few, asked('W')).boosted).toBeNull();
    expect(learnPool(drawn(100, (i) => i).map((i) => seriesOf(drawn(200, (t) => (t % 4 === 0 ? 9 : 1)), { id: `${i}` }, 'D')), asked('D')).boosted).toBeNull();
    expect(learnPool([], asked('W')).boosted).toBeNull();
    // Of chance alone nothing is to be learned but a longer mean; believing them must not cost.
    const rates = drawn(80, () => 4 + 6 * drawGamma(dice, 1)), noise = rates.map((rate, i) => seriesOf(drawn(80, () => drawCount(dice, rate, 0.3)), { id: `${i}` }, 'W')), missed = (without: PanelOptions['without']): number => {
      const options = asked('W', without ? { without } : {});
      return sum(forecastPanel(noise, learnPool(noise, options), options).map(({ mean }, i) => sum(mean.map((said) => (said - rates[i]!) ** 2)) / rates[i]!));
    };
    expect(missed(undefined)).toBeLessThan(1.05 * missed(['trees']));
  });

  it('learn a course that no mean of the past says', () => {
    const { panel, ahead } = campaigns({ state: 8 }, 60, 110), whole = learnPool(panel, asked('W')), missed = (without: PanelOptions['without']): number => {
      const options = asked('W', without ? { without } : {}), pool = without ? learnPool(panel, options) : whole;
      return sum(forecastPanel(panel, pool, options).map(({ mean }, i) => sum(mean.map((said, h) => (said - ahead[i]![h]!) ** 2))));
    };
    expect(whole.boosted!.share).toBeGreaterThan(0.5);
    expect(missed(undefined)).toBeLessThan(0.5 * missed(['trees']));
  });

  it('know when periods scatter more, relative to their mean', () => {
    // Campaigns that come to nothing or to double, between steady weeks.
    const dice = { state: 12 }, panel = drawn(80, (i) => i).map((i) => {
      const rate = 60 + 60 * drawGamma(dice, 0.5), shift = i % 4;
      return seriesOf(drawn(130, (t) => drawPoisson(dice, (t + shift) % 4 === 0 ? (roll(dice) < 0.5 ? 0 : 6 * rate) : rate)), { id: `s${i}`, item: `i${shift}` }, 'W');
    }), wildness = (without: PanelOptions['without']): number => {
      const options = asked('W', { quantiles: [0.5, 0.95], ...(without ? { without } : {}) });
      let wild = 0, calm = 0;
      forecastPanel(panel, learnPool(panel, options), options).forEach(({ daily, mean }, i) => mean.forEach((m, h) => { const over = daily[1]!.values[h]! / m; if ((130 + h + i) % 4 === 0) wild += over / 2; else calm += over / 4; }));
      return wild / calm;
    };
    expect(wildness(undefined)).toBeGreaterThan(1.2 * wildness(['trees']));
  });

  it('say the same of a series whatever it is forecast with, and its steps still sum to its total', () => {
    const { panel } = campaigns({ state: 9 }, 60, 110), pool = structuredClone(learnPool(panel, asked('W', { horizon: 20 }))), options = asked('W', { horizon: 20 }), whole = forecastPanel(panel, pool, options);
    expect(pool.boosted).not.toBeNull();
    expect([...forecastPanel(panel.slice(0, 7), pool, options), ...forecastPanel(panel.slice(7), pool, options)]).toEqual(whole);
    for (const { madeOf: { units, periods }, totals } of whole) expect(sum(units)).toBeCloseTo(totals[periods - 1]!, 6);
  });

  it('are sound beside series that end earlier, are new, or have never sold', () => {
    const { panel } = campaigns({ state: 10 }, 60, 110), strange = [seriesOf([], { id: 'none' }, 'W'), seriesOf([4], { id: 'one' }, 'W'), seriesOf(new Array<number>(110).fill(0), { id: 'never' }, 'W')];
    const early = panel.slice(0, 5).map((one) => ({ ...one, id: `${one.id} early`, series: { ...one.series, demand: one.series.demand.subarray(0, 70), exposure: one.series.exposure.subarray(0, 70) } }));
    const all = [...panel, ...strange, ...early], pool = learnPool(all, asked('W'));
    expect(pool.boosted).not.toBeNull();
    for (const { mean, totals, daily } of forecastPanel(all, pool, asked('W'))) for (const value of [...mean, ...totals, ...daily.flatMap(({ values }) => values)]) expect(Number.isFinite(value) && value >= 0).toBe(true);
  });
});
