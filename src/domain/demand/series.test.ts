import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { denseSeries, seriesFrom, uncensor } from './series.ts';

const fact = fc.record({ day: fc.integer({ min: 95, max: 125 }), quantity: fc.integer({ min: -5, max: 9 }) });
const day = fc.record({ sold: fc.nat(20), exposure: fc.oneof(fc.constant(1), fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })) });
const seriesOf = (days: readonly { sold: number; exposure: number }[]) =>
  seriesFrom(20_000, Float64Array.from(days, (d) => d.sold), Float64Array.from(days, (d) => d.exposure));

describe('dense series', () => {
  it('adds up a day, leaves out what lies outside and floors a withdrawn day', () => {
    const facts = [{ day: 100, quantity: 2 }, { day: 100, quantity: 3 }, { day: 101, quantity: -4 }, { day: 99, quantity: 9 }, { day: 104, quantity: 1 }];
    expect([...denseSeries(facts, 100, 103)]).toEqual([5, 0, 0, 0]);
    expect(denseSeries(facts, 5, 4)).toHaveLength(0);
  });

  it('does not depend on the order of the facts', () => {
    fc.assert(fc.property(fc.array(fact), (facts) => {
      expect(denseSeries(facts.toReversed(), 100, 120)).toEqual(denseSeries(facts, 100, 120));
    }));
  });
});

describe('uncensoring', () => {
  it('reads an out-of-stock day as unknown: the rate of the days before it', () => {
    const filled = uncensor(seriesOf([...Array.from({ length: 28 }, () => ({ sold: 4, exposure: 1 })), { sold: 0, exposure: 0 }, { sold: 1, exposure: 0.25 }]));
    expect(filled.demand[28]).toBeCloseTo(4);
    expect(filled.demand[29]).toBeCloseTo(1 + 0.75 * (113 / 28.25));
    expect([...filled.estimated.subarray(27)]).toEqual([0, 1, 1]);
    expect(filled.censoredDays).toBe(2);
    expect(filled.exposure[28]).toBe(0);
  });

  it('follows the weekday of a series that has one', () => {
    const filled = uncensor(seriesOf(Array.from({ length: 140 }, (_, t) => ({ sold: t % 7 === 5 ? 30 : 2, exposure: t >= 133 ? 0 : 1 }))));
    expect(filled.demand[138]! / filled.demand[137]!).toBeGreaterThan(5);
  });

  it('sums to about the true demand of which it saw a part', () => {
    const truth = Array.from({ length: 200 }, (_, t) => 3 + ((t * 7) % 5));
    const filled = uncensor(seriesOf(truth.map((sold, t) => (t % 5 === 4 ? { sold: 0, exposure: 0 } : { sold, exposure: 1 }))));
    const sum = truth.reduce((a, b) => a + b, 0);
    expect(filled.demand.reduce((a, b) => a + b, 0) / sum).toBeGreaterThan(0.85);
    expect(filled.demand.reduce((a, b) => a + b, 0) / sum).toBeLessThan(1.15);
  });

  it('takes the first rate there is for a series that begins out of stock, and nothing where there is none', () => {
    expect(uncensor(seriesOf([{ sold: 0, exposure: 0 }, { sold: 3, exposure: 1 }])).demand[0]).toBeCloseTo(3);
    const never = uncensor(seriesOf([{ sold: 0, exposure: 0 }, { sold: 0, exposure: 0 }]));
    expect([...never.demand]).toEqual([0, 0]);
    expect([...never.estimated]).toEqual([0, 0]);
  });

  it('only ever adds, changes no fully seen day, and keeps its input', () => {
    fc.assert(fc.property(fc.array(day, { maxLength: 120 }), (days) => {
      const series = seriesOf(days), before = series.demand.slice();
      const filled = uncensor(series);
      expect(series.demand).toEqual(before);
      days.forEach((d, t) => {
        expect(Number.isFinite(filled.demand[t])).toBe(true);
        if (d.exposure === 1) expect(filled.demand[t]).toBe(d.sold);
        else expect(filled.demand[t]).toBeGreaterThanOrEqual(d.sold);
      });
    }));
  });

  it('fills a day with a past from earlier days alone, apart from the weekday pattern', () => {
    fc.assert(fc.property(fc.array(fc.nat(9), { minLength: 20, maxLength: 60 }), fc.nat(9), (sold, later) => {
      const known = [...sold.map((s) => ({ sold: s, exposure: 1 })), { sold: 0, exposure: 0 }];
      // The pattern sees whole weeks of one and the same number after the day, which leave it as flat or as pronounced in every phase.
      const withFuture = uncensor(seriesOf([...known, ...Array.from({ length: 7 }, () => ({ sold: later, exposure: 1 }))])).demand[sold.length]!;
      const average = sold.reduce((a, b) => a + b, 0) / sold.length;
      expect(withFuture).toBeLessThanOrEqual(2 * average + 1e-9);
      if (average === 0) expect(withFuture).toBe(0);
    }));
  });

  it('does not take a minute in stock for a day', () => {
    const filled = uncensor(seriesOf([{ sold: 5, exposure: 1 / 1440 }, { sold: 0, exposure: 0 }]));
    expect(filled.demand[0]).toBeLessThanOrEqual(10);
    expect(filled.demand[1]).toBeLessThanOrEqual(5);
  });

  it('refuses an exposure that is no share', () => {
    expect(() => uncensor(seriesOf([{ sold: 1, exposure: 1.5 }]))).toThrow('share');
    expect(() => seriesFrom(0, new Float64Array(2), new Float64Array(1))).toThrow('exposures');
  });
});
