import { expect, it } from 'vitest';
import { endingSoon, versionEnds } from './api-version.ts';

it('a version is served for twelve months, and its end is told ninety days before', () => {
  expect(versionEnds('2026-10')).toBe('2027-10-01');
  expect(endingSoon('2026-10', '2027-07-02')).toBe(null);
  expect(endingSoon('2026-10', '2027-07-03')).toEqual({ ends: '2027-10-01', days: 90, severity: 4 });
  expect(['2027-08-31', '2027-09-01', '2027-09-23', '2027-09-24'].map((day) => endingSoon('2026-10', day)!.severity)).toEqual([4, 3, 3, 2]);
  expect(endingSoon('2026-10', '2027-10-05')).toEqual({ ends: '2027-10-01', days: -4, severity: 2 });
  expect(() => versionEnds('2026-11')).toThrow('no version');
});
