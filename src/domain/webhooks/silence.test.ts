/** Silences of topics: laws, and how often one is told of that is none, on years of arrivals drawn with a day, a night and a weekend. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedBetween, FEWEST_MINUTES, habitOf, LEARNS_WEEKS, silentFrom, type HeardHour } from './silence.ts';

const HOUR = 3_600_000, WEEK = 168, START = 2_947 * WEEK; // hours since 1970, on a week's edge

/** A seeded generator: the same years every time. */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => { state = (state + 0x6d2b79f5) >>> 0; let t = Math.imul(state ^ (state >>> 15), 1 | state); t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296; };
}

/** Arrivals (ms) of a topic with a mean an hour that is `rate(hour of the week)`, hour after hour; each `burst` messages at once. */
function* arrivals(weeks: number, rate: (hour: number, week: number) => number, roll: () => number): Generator<number> {
  for (let n = 0; n < weeks * WEEK; n++) {
    const mean = rate(n % WEEK, Math.floor(n / WEEK)), times: number[] = [];
    for (let at = -Math.log(1 - roll()); at < mean; at -= Math.log(1 - roll())) times.push(at / mean);
    for (const at of times) yield (START + n + at) * HOUR;
  }
}

/** Plays a topic as the flow does, every ten minutes, and answers the silences told of and when each began. */
function play(times: Iterable<number>): { at: number; since: number }[] {
  const told: { at: number; since: number }[] = [], hours: HeardHour[] = [];
  let last: number | null = null;
  const hear = (at: number): void => {
    const hour = Math.floor(at / HOUR);
    if (last !== null && at - last >= 15 * 60_000) { // no minute holds more than one word, so nothing shorter can be a silence
      // Between two messages nothing changes but the time: the first look after it has become a silence tells of it.
      const habit = habitOf(hours.filter((each) => each.hour > hour - LEARNS_WEEKS * WEEK), START), from = habit && silentFrom(habit, last);
      if (from !== null && Math.ceil(from / (HOUR / 6)) * (HOUR / 6) < at) told.push({ at: from, since: last });
    }
    const before = hours.at(-1);
    if (last !== null && Math.floor(last / 60_000) === Math.floor(at / 60_000)) { last = at; return; }
    if (before?.hour === hour) before.minutes++; else hours.push({ hour, minutes: 1 });
    while (hours[0]!.hour < hour - LEARNS_WEEKS * WEEK) hours.shift();
    last = at;
  };
  for (const at of times) hear(at);
  return told;
}

const day = (hour: number): number => { const of = hour % 24; return of < 7 ? 0.05 : of < 9 ? 0.6 : of < 22 ? 1.4 : 0.4; };
const shop = (perDay: number) => (hour: number) => (perDay / 22.5) * day(hour) * (hour >= 120 ? 0.6 : 1);

describe('a silence', () => {
  it('is told of falsely less than once in five years of a topic, on arrivals with a day, a night and a weekend', () => {
    const found: Record<string, number> = {};
    let years = 0, falsely = 0, plainly = 0;
    for (const perDay of [4, 12, 40, 120, 400]) {
      const weeks = perDay > 100 ? 52 : 104, times = [...arrivals(weeks, shop(perDay), dice(perDay))], told = play(times).length, mean = (times.at(-1)! - times[0]!) / times.length;
      plainly += times.filter((at, n) => n > 0 && at - times[n - 1]! > 5 * mean).length;
      found[`${perDay} a day, ${weeks / 52} years`] = told;
      years += weeks / 52; falsely += told;
    }
    console.log(`silences told of falsely: ${falsely} in ${years} years of topics (five times the mean gap of the clock: ${plainly})`, found);
    expect(falsely).toBeLessThanOrEqual(years / 5);
  }, 60_000);

  it('is no closed weekend, no week after a sale ten times as busy, and no batch every night', () => {
    const closed = (hour: number) => (hour >= 120 ? 0 : shop(150)(hour)), sale = (hour: number, week: number) => shop(150)(hour) * (week % 13 === 12 ? 10 : 1);
    const batch = (hour: number) => (hour % 24 === 2 ? 20 : 0.02);
    expect({ closed: play(arrivals(52, closed, dice(1))), sale: play(arrivals(52, sale, dice(2))), batch: play(arrivals(52, batch, dice(3))) }).toEqual({ closed: [], sale: [], batch: [] });
  }, 60_000);

  it('is told of within what thirty messages take of a topic that stops, by day and by night, and a night is longer', () => {
    const heard = [...arrivals(6, shop(240), dice(7))], waits = [3, 14].map((hour) => {
      const until = (START + 5 * WEEK + 48 + hour) * HOUR, before = heard.filter((at) => at < until), [silence] = play([...before, until + 3 * 24 * HOUR]);
      return (silence!.at - before.at(-1)!) / HOUR;
    });
    console.log(`a topic of 240 a day that stops is told of after ${waits.map((each) => each.toFixed(1)).join(' h by night, ')} h by day`);
    expect(waits[1]!).toBeLessThan(30 / ((240 / 22.5) * 1.4));
    expect(waits[0]!).toBeGreaterThan(waits[1]!);
    expect(waits[0]!).toBeLessThan(9);
  });

  it('is never told of a topic that is rare or new', () => {
    fc.assert(fc.property(fc.array(fc.record({ hour: fc.nat(4 * WEEK - 1), minutes: fc.integer({ min: 1, max: 3 }) }), { maxLength: 33 }), (some) => {
      const hours = [...new Map(some.map((each) => [each.hour, { ...each, hour: START + each.hour }])).values()].sort((a, b) => a.hour - b.hour);
      if (hours.reduce((sum, each) => sum + each.minutes, 0) < FEWEST_MINUTES) expect(habitOf(hours, START)).toBeNull();
      expect(habitOf([{ hour: START, minutes: 60 }, { hour: START + 13 * 24, minutes: 60 }], START)).toBeNull();
    }));
  });

  const habits = fc.array(fc.record({ hour: fc.nat(4 * WEEK - 1), minutes: fc.integer({ min: 1, max: 60 }) }), { minLength: 30, maxLength: 300 }).map((some) => {
    const hours = [...new Map([...some, { hour: 4 * WEEK - 1, minutes: 60 }, { hour: 3, minutes: 60 }, { hour: WEEK + 3, minutes: 9 }, { hour: 2 * WEEK + 3, minutes: 9 }].map((each) => [each.hour, { ...each, hour: START + each.hour }])).values()].sort((a, b) => a.hour - b.hour);
    return habitOf(hours, START)!;
  });
  it('begins exactly where five usual gaps of messages should have come, later for a later word, and is at least fifteen messages long', () => {
    fc.assert(fc.property(habits, fc.nat(10 * WEEK * 3_600), fc.nat(100_000), (habit, seconds, more) => {
      const since = START * HOUR + seconds * 1_000, from = silentFrom(habit, since);
      expect(habit.usual).toBeGreaterThanOrEqual(3);
      if (from === null) { expect(expectedBetween(habit, since, since + LEARNS_WEEKS * WEEK * HOUR)).toBeLessThanOrEqual(5 * habit.usual + 1e-6); return; }
      expect(expectedBetween(habit, since, from)).toBeCloseTo(5 * habit.usual, 6);
      const later = silentFrom(habit, since + more * 1_000);
      if (later !== null) expect(later).toBeGreaterThanOrEqual(from - 1e-3);
    }));
  });
});
