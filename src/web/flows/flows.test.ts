import { describe, expect, it } from 'vitest';
import { scheduleWords } from './schedule.ts';
import { balances, terms } from './tally.ts';

it.each([['*/5 * * * *', 'every 5 min'], ['* * * * *', 'every minute'], ['7 * * * *', 'hourly at :07'], ['30 5 * * *', 'daily at 05:30 UTC'], ['5 */6 * * *', 'every 6 h at :05'], ['2-59/5 * * * *', '2-59/5 * * * *'], ['each stored webhook', 'each stored webhook']])('%s is %s', (schedule, words) => expect(scheduleWords(schedule)).toBe(words));

describe('tally', () => {
  const run = { input: 10, applied: 4, unchanged: 3, skipped: { 'gift card': 2 }, failed: { timeout: 1 } };
  it('names what was left out, and why', () => expect(terms(run).map(({ name, quantity, why }) => `${quantity} ${name}${why && ` (${why})`}`)).toEqual(['4 applied', '3 unchanged', '2 skipped (gift card 2)', '1 failed (timeout 1)']));
  it('knows when something is missing', () => expect([balances(run), balances({ ...run, input: 11 })]).toEqual([true, false]));
});
