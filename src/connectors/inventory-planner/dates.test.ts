/** Dates in the forms the planner's clients have reported. */
import { expect, test } from 'vitest';
import { dayIn, instantOf } from './dates.ts';

test.each([
  ['Thu, 26 Nov 2026 09:00:00 +0000', '2026-11-26T09:00:00.000Z'], ['Thu, 26 Nov 2026 10:00:00 +0100', '2026-11-26T09:00:00.000Z'], ['Thu, 26 Nov 2026 09:00:00 GMT', '2026-11-26T09:00:00.000Z'], ['2026-11-26T10:00:00+01:00', '2026-11-26T09:00:00.000Z'],
  ['2026-11-26T09:00:00.000Z', '2026-11-26T09:00:00.000Z'], ['2026-11-26 09:00:00', '2026-11-26T09:00:00.000Z'], ['2026-11-26T09:00:00', '2026-11-26T09:00:00.000Z'], [1_795_683_600, '2026-11-26T09:00:00.000Z'], ['1795683600', '2026-11-26T09:00:00.000Z'], [1_795_683_600_000, '2026-11-26T09:00:00.000Z'], ['2026-11-26', '2026-11-26T00:00:00.000Z'],
])('%o is %s', (value, instant) => { expect(instantOf(value)).toBe(instant); });

test.each([null, undefined, '', 'soon', {}, Number.NaN, -5])('%o is no date', (value) => { expect(instantOf(value)).toBeNull(); });

test('a day stays as it stands; an instant is the day it is in the shop', () => {
  expect(dayIn('2026-11-26', 'America/Los_Angeles')).toBe('2026-11-26');
  expect(dayIn('2026-11-26T03:00:00Z', 'America/Los_Angeles')).toBe('2026-11-25');
  expect(dayIn('Wed, 25 Nov 2026 23:30:00 +0000', 'Europe/Berlin')).toBe('2026-11-26');
  expect(dayIn('', 'UTC')).toBeNull();
});
