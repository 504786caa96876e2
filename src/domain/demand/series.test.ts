import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { denseSeries, seriesFrom } from './series.ts';

const fact = fc.record({ day: fc.integer({ min: 95, max: 125 }), quantity: fc.integer({ min: -5, max: 9 }) });

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

describe('a series', () => {
  it('has an exposure for every day', () => {
    expect(() => seriesFrom(0, new Float64Array(2), new Float64Array(1))).toThrow('exposures');
    expect([...seriesFrom(0, new Float64Array(2)).exposure]).toEqual([1, 1]);
  });
});
