import { describe, expect, it } from 'vitest';
import { CALM_DAYS, freshWatch, watched, type Compared, type WatchState } from './watch.ts';

const day = (n: number): string => `2026-03-${String(n + 1).padStart(2, '0')}`;
const seen = (n: number, actual: number, more: Partial<Compared> = {}): Compared => ({ day: day(n), actual, mean: 20, p1: 10, p50: 20, p80: 24, p90: 26, p95: 28, p99: 31, censored: false, explained: false, unknown: false, ...more });
const after = (days: readonly Compared[], from: WatchState = freshWatch()): WatchState => days.reduce(watched, from);

describe('watching forecasts come true', () => {
  it('one day outside is no case, three in a row are', () => {
    expect(after([seen(0, 40), seen(1, 40)])).toMatchObject({ streak: 2, flaggedOn: null });
    expect(after([seen(0, 40), seen(1, 40), seen(2, 45)])).toMatchObject({ streak: 3, flaggedOn: day(2), flaggedWhy: 'above P99 3 days in a row' });
    expect(after([seen(0, 40), seen(1, 5), seen(2, 40)])).toMatchObject({ streak: 1, flaggedOn: null });
  });
  it('small errors of one sign add up', () => {
    const days = Array.from({ length: 30 }, (_, n) => seen(n, 26));
    const found = days.findIndex((_, n) => after(days.slice(0, n + 1)).flaggedOn !== null);
    expect(found).toBeGreaterThan(8);
    expect(found).toBeLessThan(25);
    expect(after(days).flaggedWhy).toBe('more than expected, day after day');
  });
  it('errors of both signs do not', () => expect(after(Array.from({ length: 200 }, (_, n) => seen(n % 30, n % 2 ? 26 : 14))).flaggedOn).toBeNull());
  it('is over after seven days inside', () => {
    const flagged = after([0, 1, 2].map((n) => seen(n, 45)));
    expect(after(Array.from({ length: CALM_DAYS - 1 }, (_, n) => seen(3 + n, 20)), flagged).flaggedOn).toBe(day(2));
    expect(after(Array.from({ length: CALM_DAYS }, (_, n) => seen(3 + n, 20)), flagged).flaggedOn).toBeNull();
  });
  it('ends on the first day that comes as a planner says, who knew of it; one that comes otherwise does not', () => {
    const flagged = after([0, 1, 2].map((n) => seen(n, 45))), as = { mean: 60, p1: 40, p50: 60, p80: 66, p90: 70, p95: 74, p99: 82, explained: true };
    expect(watched(flagged, seen(3, 60, as))).toMatchObject({ flaggedOn: null, streak: 0, rise: 0 });
    expect(watched(flagged, seen(3, 90, as))).toMatchObject({ flaggedOn: day(2), streak: 4 });
    // Said before it was found: the day counts like another.
    expect(watched(flagged, seen(3, 60, { ...as, explained: false }))).toMatchObject({ flaggedOn: day(2), calm: 1 });
    // Every day is compared, whoever says something of it.
    expect(watched(flagged, seen(3, 60, as)).days).toBeGreaterThan(flagged.days);
    expect(after([0, 1, 2].map((n) => seen(n, 45, { explained: true })))).toMatchObject({ flaggedOn: day(2), flaggedWhy: 'above P99 3 days in a row' });
  });
  it('a day of an event nobody knows is left out, and ends what it was said of', () => {
    const busy = after([seen(0, 45), seen(1, 45)]), unknown = seen(2, 400, { unknown: true });
    expect(watched(busy, unknown)).toEqual(busy);
    expect(watched(after([seen(0, 45), seen(1, 45), seen(2, 45)]), { ...unknown, explained: true }).flaggedOn).toBeNull();
  });
  it('out of stock says nothing of too little', () => expect(after(Array.from({ length: 10 }, (_, n) => seen(n, 0, { censored: true })))).toMatchObject({ flaggedOn: null, days: 0, streak: 0 }));
  it('a few units are not worth a case', () => {
    const small = { mean: 0.02, p1: 0, p50: 0, p80: 0, p90: 0, p95: 0, p99: 1 };
    expect(after([0, 1, 2].map((n) => seen(n, 2, { ...small, p99: 1 }))).flaggedOn).not.toBeNull();
    expect(after([0, 1].map((n) => seen(n, 1, small))).flaggedOn).toBeNull();
  });
  it('keeps how good the forecasts were', () => {
    const state = after([seen(0, 20), seen(1, 30), seen(2, 25)]);
    expect(state.days).toBeCloseTo(3, 1);
    expect(state.absError / state.units).toBeCloseTo(15 / 75, 2);
    expect(state.error).toBeCloseTo(-15, 0);
    expect(state.under80 / state.days).toBeCloseTo(1 / 3, 1);
  });
});
