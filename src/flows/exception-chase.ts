/**
 * exception-chase: time passes → graces end, snoozes wake, cases nobody took are told of again.   Woken every minute.
 *  1 gather  cases whose time has come, in two statements over all of them   2 decide  shares of their clock (domain/exceptions/clock.ts)
 *  3 record  the case and an event of it   4 settle  what tells people (alerts) reads the events
 */
import { ESCALATIONS } from '../domain/exceptions/clock.ts';
import { defineFlow } from '../runtime/flow.ts';
import { chase } from '../store/exceptions.ts';

export const exceptionChase = defineFlow({
  name: 'exception-chase', moves: 'time passing → graces end, snoozes wake, overdue cases escalate', owner: 'integration owner', schedule: { cron: '* * * * *' }, raises: [],
  async run(context) {
    const { woken, escalated } = await chase(context.db.pool, context.storeId, context.now(), ESCALATIONS);
    context.tally.input = context.tally.applied = woken + escalated.length;
    Object.assign(context.detail, { woken, escalated: escalated.length });
    if (woken + escalated.length > 0) context.changed('exceptions');
  },
});
