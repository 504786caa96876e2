import { expect, it } from 'vitest';
import { runName } from './run-name.ts';

it('tells runs of one day apart by when they were made', () => {
  const run = (runId: string, asOf: string, finishedAt: string | null) => ({ runId, asOf, finishedAt }), runs = [run('3', '2026-11-26', '2026-11-27T14:05:00Z'), run('2', '2026-11-26', '2026-11-27T02:11:00Z'), run('1', '2026-11-25', '2026-11-26T02:10:00Z')];
  const names = runs.map((one) => runName(one, runs, 'Europe/Amsterdam'));
  expect(new Set(names).size).toBe(3);
  expect(names[0]).toContain('15:05');
  expect(names[2]).toBe('run of 25 Nov 2026');
});
