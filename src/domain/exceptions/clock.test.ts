import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOf, instantOf, weekday } from '../calendar.ts';
import { dueAt, ESCALATIONS, goneBy } from './clock.ts';

const zones = fc.constantFrom('Europe/Amsterdam', 'America/Los_Angeles', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC');
const instants = fc.integer({ min: Date.parse('2025-01-01'), max: Date.parse('2027-12-31') }).map((ms) => new Date(ms).toISOString());
const localHour = (instant: string, timeZone: string): number => Number(new Intl.DateTimeFormat('en-US', { timeZone, hour: 'numeric', hourCycle: 'h23' }).format(new Date(instant)));

describe('working hours', () => {
  it('begin and end when the shop’s clock says so, on either side of a clock change', () => {
    for (const [day, zone, at] of [['2026-03-27', 'Europe/Amsterdam', '2026-03-27T08:00:00.000Z'], ['2026-03-30', 'Europe/Amsterdam', '2026-03-30T07:00:00.000Z'], ['2026-11-02', 'America/Los_Angeles', '2026-11-02T17:00:00.000Z']] as const) {
      expect(instantOf(day, 9, zone)).toBe(at);
    }
    // The morning after clocks went forward is in the new time from midnight on, however far west the shop is.
    for (const hour of [0, 1, 9]) expect(instantOf('2027-03-15', hour, 'America/Los_Angeles')).toBe(new Date(Date.parse('2027-03-15T07:00:00.000Z') + hour * 3_600_000).toISOString());
    // The night clocks go forward there is no half past two: the hour after. The night they go back, the first of the two.
    expect(instantOf('2026-03-29', 2, 'Europe/Amsterdam')).toBe('2026-03-29T01:00:00.000Z');
    expect(instantOf('2026-10-25', 2, 'Europe/Amsterdam')).toBe('2026-10-25T00:00:00.000Z');
  });

  it('a Friday evening’s case of four hours is due on Monday at one', () => {
    expect(dueAt('2026-11-27T18:00:00.000Z', 2, 4, 'Europe/Amsterdam')).toBe('2026-11-30T12:00:00.000Z');
    expect(dueAt('2026-11-27T14:00:00.000Z', 2, 4, 'Europe/Amsterdam')).toBe('2026-11-30T10:00:00.000Z');
    expect(dueAt('2026-11-27T18:00:00.000Z', 1, 1, 'Europe/Amsterdam')).toBe('2026-11-27T19:00:00.000Z');
  });

  it('a due time lies in working hours, later for more hours, never before it began', () => {
    fc.assert(fc.property(instants, zones, fc.integer({ min: 1, max: 80 }), (from, zone, hours) => {
      const due = dueAt(from, 3, hours, zone);
      expect(Date.parse(due) - Date.parse(from)).toBeGreaterThanOrEqual(hours * 3_600_000 - 3_600_000); // a clock change may take an hour
      expect(weekday(dayOf(due, zone))).toBeLessThanOrEqual(5);
      const hour = localHour(new Date(Date.parse(due) - 1).toISOString(), zone);
      expect(hour).toBeGreaterThanOrEqual(9);
      expect(hour).toBeLessThan(17);
      expect(dueAt(from, 3, hours + 1, zone) > due).toBe(true);
    }), { numRuns: 500 });
  });

  it('a share of its time is gone from the instant that share of its hours after it opened, and not before; nights and weekends are none of it', () => {
    // Four working hours from Friday at four: half on Monday at ten, all at noon, twice at four.
    const due = dueAt('2026-11-27T15:00:00.000Z', 2, 4, 'Europe/Amsterdam');
    for (const [at, gone] of [['2026-11-29T01:00:00.000Z', 0], ['2026-11-30T08:59:00.000Z', 0], ['2026-11-30T09:00:00.000Z', 1], ['2026-11-30T11:00:00.000Z', 2], ['2026-11-30T14:59:00.000Z', 2], ['2026-11-30T15:00:00.000Z', 3]] as const) {
      expect([at, ESCALATIONS.filter((share) => due <= goneBy(at, 2, 4, share, 'Europe/Amsterdam')).length]).toEqual([at, gone]);
    }
    fc.assert(fc.property(instants, zones, fc.constantFrom([1, 0.25], [2, 4], [3, 8], [3, 16], [4, 80]), fc.constantFrom(...ESCALATIONS), fc.integer({ min: -90, max: 90 }), (opened, zone, [severity, hours], share, minutes) => {
      const end = dueAt(opened, severity!, hours! * share, zone), at = new Date(Math.max(Date.parse(opened), Date.parse(end) + minutes * 60_000)).toISOString();
      expect(dueAt(opened, severity!, hours!, zone) <= goneBy(at, severity!, hours!, share, zone)).toBe(at >= end);
    }), { numRuns: 500 });
  });
});
