import { expect, it } from 'vitest';
import { usualWords } from './usual.ts';

it('says how such cases end: of none nothing, of one as of one, of many by their ways', () => {
  expect(usualWords({ closed: 0, medianHours: null, ways: [] })).toBeNull();
  expect(usualWords({ closed: 1, medianHours: 2 / 3600, ways: [{ way: 'by itself', cases: 1 }] })).toBe('In the last 90 days one such case closed, within 2 s, by itself.');
  expect(usualWords({ closed: 3, medianHours: 2, ways: [{ way: 'by themselves', cases: 2 }, { way: 'after “Release it”', cases: 1 }] })).toBe('In the last 90 days 3 such cases closed, half of them within 2 h: 2 by themselves, 1 after “Release it”.');
});
