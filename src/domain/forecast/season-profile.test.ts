import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seriesFrom } from '../demand/series.ts';
import { phaseOf } from './method.ts';
import { groupSeasonProfile, seasonProfile } from './season-profile.ts';

const START = 20_003;
const daily = (length: number, sold: (t: number) => number) => seriesFrom(START, Float64Array.from({ length }, (_, t) => sold(t)));
const saturdays = (t: number): number => (phaseOf(START + t, 7) === 3 ? 12 : 2 + (t % 2));

describe('season profile', () => {
  it('has mean 1 and no negative phase, for any series', () => {
    fc.assert(fc.property(fc.array(fc.nat(100), { maxLength: 120 }), fc.constantFrom(1, 7, 12), (sold, season) => {
      const profile = seasonProfile(daily(sold.length, (t) => sold[t]!), sold.length, new Float64Array(season));
      expect(profile.reduce((a, b) => a + b, 0)).toBeCloseTo(season, 6);
      for (const value of profile) expect(value).toBeGreaterThanOrEqual(0);
    }));
  });

  it('believes a clear pattern more, the longer it is seen, and chance not at all', () => {
    const after = (days: number): number => seasonProfile(daily(days, saturdays), days, new Float64Array(7))[3]!;
    expect(after(28)).toBeGreaterThan(1.3);
    expect(after(200)).toBeGreaterThan(after(28) + 0.5);
    const flat = seasonProfile(daily(60, (t) => (t * t) % 5), 60, new Float64Array(7));
    for (const value of flat) expect(Math.abs(value - 1)).toBeLessThan(0.35);
  });

  it('leans on its group where it knows little itself', () => {
    const group = groupSeasonProfile([daily(200, saturdays), daily(200, (t) => 10 * saturdays(t)), daily(50, () => 0)], 7);
    expect(group.indexOf(Math.max(...group))).toBe(3);
    expect(group.reduce((a, b) => a + b, 0)).toBeCloseTo(7, 6);
    const quiet = seasonProfile(daily(20, (t) => (t === 4 ? 1 : 0)), 20, new Float64Array(7), group);
    expect(quiet[3]).toBeGreaterThan(0.8 * group[3]!);
    expect([...groupSeasonProfile([], 7)]).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  it('weighs a group the same in whatever order it comes', () => {
    const members = [daily(100, saturdays), daily(80, (t) => t % 7), daily(60, (t) => (t % 3) + 1)];
    const there = groupSeasonProfile(members, 7), back = groupSeasonProfile(members.toReversed(), 7);
    there.forEach((value, phase) => expect(back[phase]).toBeCloseTo(value, 12));
  });
});
