import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOfLocal, localTime, offsetMinutes } from './shop-time.ts';

describe('shop time', () => {
  it('prints an instant with the offset of its day', () => {
    expect(localTime('2026-10-31T12:00:00.250Z', 'America/New_York')).toBe('2026-10-31T08:00:00-04:00');
    expect(localTime('2026-11-02T12:00:00.000Z', 'America/New_York')).toBe('2026-11-02T07:00:00-05:00');
    expect(localTime('2026-07-01T23:30:00.000Z', 'Asia/Kolkata')).toBe('2026-07-02T05:00:00+05:30');
    expect(localTime('2026-01-01T00:00:00.000Z', 'UTC')).toBe('2026-01-01T00:00:00+00:00');
  });

  it('reads a wall clock back, whatever the zone; an hour that never was is taken with the offset before', () => {
    fc.assert(fc.property(fc.constantFrom('Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'),
      fc.integer({ min: Date.UTC(2009, 0, 1) / 60_000, max: Date.UTC(2030, 0, 1) / 60_000 }), (zone, minute) => {
        const wall = minute * 60_000;
        const instant = instantOfLocal(wall, zone);
        const shown = instant + offsetMinutes(instant, zone) * 60_000;
        // Equal, except inside a spring gap (at most an hour), where the clock shows the time after the jump.
        expect(shown === wall || (shown - wall > 0 && shown - wall <= 3_600_000)).toBe(true);
      }), { numRuns: 500 });
    expect(new Date(instantOfLocal(Date.UTC(2026, 2, 29, 1, 30), 'Europe/London')).toISOString()).toBe('2026-03-29T01:30:00.000Z');
    expect(new Date(instantOfLocal(Date.UTC(2026, 9, 25, 1, 30), 'Europe/London')).toISOString()).toBe('2026-10-25T00:30:00.000Z');
  });
});
