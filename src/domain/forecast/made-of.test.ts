import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawn, drawPoisson, END, seriesOf, sum } from '../../../test/helpers/drawn-series.ts';
import { STEPS, type MadeOf } from './made-of.ts';
import { forecastTerms } from './made-of-words.ts';
import { forecastPanel, learnPool, type PanelOptions, type PanelSeries } from './panel.ts';

const asked: PanelOptions = { grain: 'D', horizon: 40, quantiles: [0.5, 0.9] };
const step = (of: MadeOf, name: (typeof STEPS)[number]): number => of.units[STEPS.indexOf(name)]!;
const madeOf = (panel: readonly PanelSeries[], more: Partial<PanelOptions> = {}): MadeOf => forecastPanel(panel, learnPool(panel, { ...asked, ...more }), { ...asked, ...more })[0]!.madeOf;

describe('what a forecast is made of', () => {
  it('sums to the expected total, whatever was sold, seen and asked', () => {
    const day = fc.tuple(fc.oneof(fc.nat(9), fc.constantFrom(NaN, -2, 500)), fc.constantFrom(1, 1, 1, 0.4, 0, NaN));
    fc.assert(fc.property(fc.array(day, { minLength: 0, maxLength: 120 }), fc.constantFrom('D', 'W', 'M'), fc.constantFrom(1, 5, 40), fc.boolean(), (days, grain, horizon, large) => {
      const series = seriesOf(days.map(([y]) => y), { exposure: days.map(([, e]) => e), ...(large ? { bulk: Float64Array.from(days, ([y]) => (y > 100 ? y - 1 : 0)) } : {}) }, grain), options = { ...asked, grain, horizon };
      const [made] = forecastPanel([series], learnPool([series], options), options), { units, periods } = made!.madeOf;
      expect(periods).toBeLessThanOrEqual(horizon);
      expect(Math.abs(sum(units) - made!.totals[periods - 1]!)).toBeLessThan(1e-6 * Math.max(1, made!.totals[periods - 1]!, ...units.map(Math.abs)));
    }), { numRuns: 60 });
  });

  it('names time out of stock, bulk orders and a chance rise apart', () => {
    const flat = (y: (t: number) => number, more: object = {}): MadeOf => madeOf([seriesOf(drawn(200, y), more)]);
    const away = flat((t) => (t >= 186 ? 0 : 4), { exposure: drawn(200, (t) => (t >= 186 ? 0 : 1)) });
    expect(step(away, 'sold')).toBe(14 * 4);
    expect(step(away, 'unseen')).toBeCloseTo(14 * 4, 0);
    const bulk = flat((t) => (t === 190 ? 504 : 4), { bulk: Float64Array.from({ length: 200 }, (_, t) => (t === 190 ? 500 : 0)) });
    expect([step(bulk, 'sold'), step(bulk, 'bulk before')]).toEqual([28 * 4 + 500, -500]);
    expect(step(bulk, 'bulk ahead')).toBeCloseTo((500 / 200) * 28, 6);
    const dice = { state: 5 }, rise = flat((t) => (t === 190 ? 60 : drawPoisson(dice, 4)));
    expect(step(rise, 'level')).toBeLessThan(-10);
  });

  it('says what an event ahead adds, and what the weekdays are', () => {
    const dice = { state: 3 }, on = (t: number): boolean => t === 60 || t === 100 || t === 140, events = [60, 100, 140, 205].map((t) => ({ name: 'fair', from: END - 200 + t, to: END - 200 + t }));
    const panel = Array.from({ length: 12 }, () => seriesOf(drawn(200, (t) => drawPoisson(dice, ((END - 200 + t) % 7 === 2 ? 20 : 8) * (on(t) ? 4 : 1)))));
    const made = madeOf(panel, { events });
    expect(step(made, 'events')).toBeGreaterThan(10);
    expect(Math.abs(step(made, 'weekdays'))).toBeLessThan(1e-9);
    // Day number 2 was a Saturday.
    expect(made.weekdays!.indexOf(Math.max(...made.weekdays!))).toBe(5);
    expect(sum(made.weekdays!)).toBeCloseTo(7, 9);
  });
});

describe('its words', () => {
  it('sum to the total rounded to a tenth, and leave out what changes nothing', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), { minLength: STEPS.length, maxLength: STEPS.length }), fc.double({ min: -100, max: 100, noNaN: true }), (units, said) => {
      const terms = forecastTerms(units, 28, said);
      expect(Math.abs(sum(terms.map((term) => term.quantity)) - (sum(units) + said))).toBeLessThan(0.0501);
      for (const term of terms) expect(Math.abs(term.quantity * 10 - Math.round(term.quantity * 10))).toBeLessThan(1e-6);
      expect(terms[0]!.key).toBe('sold');
      for (const term of terms.slice(1)) expect(term.quantity).not.toBe(0);
    }));
    expect(forecastTerms(STEPS.map((name) => (name === 'sold' ? 5 : 0)), 28)).toEqual([{ key: 'sold', label: 'Sold, 28 days', quantity: 5, sentence: '' }]);
  });
});
