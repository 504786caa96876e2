import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, dayFromNumber, dayNumber, dayOf, daysBetween, eachDay, weekday, inClockTime } from './calendar.ts';

const number = fc.integer({ min: -700_000, max: 2_900_000 });
const instant = fc.integer({ min: Date.UTC(1960, 0, 1), max: Date.UTC(2060, 0, 1) });
const zone = fc.constantFrom(
  'UTC', 'Europe/London', 'America/New_York', 'America/St_Johns', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia', 'Pacific/Chatham', 'America/Sao_Paulo',
);

describe('days and their numbers', () => {
  it.each([['1970-01-01', 0], ['2000-02-29', 11_016], ['1969-12-31', -1], ['2024-03-01', 19_783]])('%s is day %i', (day, n) => {
    expect(dayNumber(day)).toBe(n);
    expect(dayFromNumber(n)).toBe(day);
  });

  it('agrees with the platform, there and back', () => {
    fc.assert(fc.property(number, (n) => {
      const day = dayFromNumber(n);
      expect(day).toBe(new Date(n * 86_400_000).toISOString().slice(0, 10));
      expect(dayNumber(day)).toBe(n);
    }));
  });

  it.each(['2025-02-29', '2025-13-01', '2025-00-10', '2025-1-1', '20250101', ''])('refuses "%s"', (day) => {
    expect(() => dayNumber(day)).toThrow('day');
  });

  it('adds, subtracts, walks and names weekdays', () => {
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
    expect(addDays('2025-01-01', -1)).toBe('2024-12-31');
    expect([...eachDay('2025-02-27', '2025-03-02')]).toEqual(['2025-02-27', '2025-02-28', '2025-03-01', '2025-03-02']);
    expect([...eachDay('2025-03-02', '2025-03-01')]).toEqual([]);
    expect([weekday('2025-06-02'), weekday('2025-06-08'), weekday(0), weekday(-4)]).toEqual([1, 7, 4, 7]);
    fc.assert(fc.property(number, fc.integer({ min: -5000, max: 5000 }), (n, d) => {
      const day = dayFromNumber(n);
      expect(daysBetween(day, addDays(day, d))).toBe(d);
      expect(weekday(n + 7)).toBe(weekday(day));
    }));
  });
});

describe('the business day of an instant', () => {
  it.each([
    ['2025-03-30T00:59:59Z', 'Europe/London', '2025-03-30'], // an hour is about to be lost
    ['2025-10-26T23:30:00Z', 'Europe/London', '2025-10-26'], // an hour was won: a 25-hour day
    ['2025-06-30T23:30:00Z', 'Europe/London', '2025-07-01'], // summer time
    ['2025-11-02T04:30:00Z', 'America/New_York', '2025-11-02'],
    ['2025-11-03T04:59:59Z', 'America/New_York', '2025-11-02'], // still the 25-hour day
    ['2025-11-03T05:00:00Z', 'America/New_York', '2025-11-03'],
    ['2011-12-30T09:59:59Z', 'Pacific/Apia', '2011-12-29'], // Samoa had no 30 December 2011
    ['2011-12-30T10:00:00Z', 'Pacific/Apia', '2011-12-31'],
    ['2025-01-01T00:00:00+14:00', 'UTC', '2024-12-31'],
  ])('%s in %s is %s', (at, timeZone, day) => {
    expect(dayOf(at, timeZone)).toBe(day);
  });

  it('is what a clock on the wall shows, remembered or not', () => {
    const walls = new Map<string, Intl.DateTimeFormat>();
    fc.assert(fc.property(instant, zone, (at, timeZone) => {
      let wall = walls.get(timeZone);
      if (!wall) walls.set(timeZone, wall = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }));
      const iso = new Date(at).toISOString();
      expect(dayOf(iso, timeZone)).toBe(wall.format(at));
      expect(dayOf(iso, timeZone)).toBe(dayOf(iso, timeZone));
    }), { numRuns: 500 });
  });

  it('never goes back, and every minute of a year across both clock changes belongs to one day or the next', () => {
    for (const timeZone of ['Europe/London', 'America/New_York', 'Australia/Lord_Howe']) {
      let last = '';
      for (let at = Date.UTC(2025, 0, 1); at < Date.UTC(2026, 0, 1); at += 17 * 60_000) {
        const day = dayOf(new Date(at).toISOString(), timeZone);
        if (last !== '' && day !== last) expect(day).toBe(addDays(last, 1));
        last = day;
      }
    }
  });

  it('refuses what is no instant and no zone', () => {
    expect(() => dayOf('yesterday', 'UTC')).toThrow('instant');
    expect(() => dayOf('2025-01-01T00:00:00Z', 'Europe/Atlantis')).toThrow(RangeError);
  });
});

it('instants in a sentence are told by the shop’s clock; other text is left alone', () => {
  expect(inClockTime('silent since 2026-11-25T04:11:25.577Z, read 2026-07-01T22:30Z; order 2026-11-25 and 10:00 stay', 'Europe/Amsterdam')).toBe('silent since 25 Nov 2026, 05:11, read 2 Jul 2026, 00:30; order 2026-11-25 and 10:00 stay');
});
