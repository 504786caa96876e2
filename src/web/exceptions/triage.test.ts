/** What the keys of the inbox mean, and what takes a change of many back. */
import { expect, it } from 'vitest';
import type { ExceptionAction } from '../api/queries.ts';
import { reopens } from './actions.ts';
import { meantBy, rangeOf } from './triage.ts';

it('a key acts on what is chosen, else on the row it is pressed on', () => {
  expect([meantBy(['a', 'b'], 'c'), meantBy([], 'c'), meantBy(['a'], undefined), meantBy([], undefined)]).toEqual([['a', 'b'], ['c'], ['a'], []]);
});

it('a range goes from the row chosen last to this one, either way', () => {
  expect([rangeOf(['a', 'b', 'c', 'd'], 'd', 'b'), rangeOf(['a', 'b', 'c'], null, 'b'), rangeOf(['a', 'b'], 'gone', 'a')]).toEqual([['b', 'c', 'd'], ['b'], ['a']]);
});

it('many that were put off are opened again: those it changed, and of them those that were open before', () => {
  const rows = [{ exceptionId: '1', state: 'open' as const, assignedTo: null }, { exceptionId: '2', state: 'snoozed' as const, assignedTo: null }, { exceptionId: '3', state: 'open' as const, assignedTo: null }];
  const snooze: ExceptionAction = { action: 'snooze', until: '2026-11-25T09:00:00.000Z', worse: false };
  expect([reopens(rows, snooze, ['1', '2']), reopens(rows, { action: 'ignore', reason: 'known' }, ['1', '3']), reopens(rows, snooze, ['2']), reopens(rows, { action: 'resolve', said: 'done' }, ['1']), reopens(rows, { action: 'assign', to: 'a' }, ['1'])]).toEqual([['1'], ['1', '3'], null, null, null]);
});
