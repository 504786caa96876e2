/**
 * rehearsal: a rush on the sandbox that somebody asked for → a report of how it was kept up with.   Woken by who asks.
 *  1 gather  the rehearsal that waits, and the monitor's figures each second while the shoppers hurry, until what came of it is caught up with
 *  2 decide  the monitor's rules over the samples (domain/push/rehearsal.ts)   3 record  verdict and report; a rehearsal that was cut off or stopped has none
 *  4 send    the shoppers are told to hurry, and whatever happens to calm down again. A real shop has none: nobody rehearses on customers
 */
import { judge, rehearsalReport, type Sample } from '../domain/push/rehearsal.ts';
import type { Shoppers } from '../ports/shoppers.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { peakPage } from '../store/peak.ts';
import { beginRehearsal, endRehearsal, stopAskedBy, type RehearsalRow } from '../store/rehearsals.ts';

/** After the rush so long is waited for what it left to be done. */
const DRAIN_MS = 180_000;

export const rehearsal = defineFlow({
  name: 'rehearsal', moves: 'a rush on the sandbox → how it was kept up with', owner: 'integration owner', schedule: { wokenBy: 'a rehearsal somebody asked for' }, raises: [],
  async run(context) {
    const { db, storeId, tally } = context, shoppers = await context.shoppers(), asked = await beginRehearsal(db, storeId, context.now());
    if (asked === null) return;
    tally.input = 1;
    const end = (how: Parameters<typeof endRehearsal>[3]): Promise<void> => endRehearsal(db, storeId, asked.peak_rehearsal_id, how, context.now());
    try {
      if (shoppers === null) return await end({ said: 'This is a real shop. A rehearsal places orders, so it runs on the sandbox alone.' });
      if (asked.cutOff) return await end({ said: 'The process it ran in ended before its time, so it was not judged. Ask for another.' });
      const result = await rehearsed(context, shoppers, asked);
      await end(result === null ? { said: `Stopped by ${await stopAskedBy(db, storeId, asked.peak_rehearsal_id)}, so it was not judged.` } : { result, report: rehearsalReport(result) });
      tally.applied = 1;
    } catch (error) {
      await end({ said: (error as Error).message });
      throw error;
    } finally {
      tally.skipped = { ...(tally.applied === 1 ? {} : { 'not judged': 1 }) };
      await shoppers?.trade(shoppers.usualPerMinute).catch((error: Error) => context.log.warn({ error: error.message }, 'the shoppers could not be calmed'));
      context.changed('push');
    }
  },
});

/** Null when somebody stopped it. */
async function rehearsed(context: FlowContext, shoppers: Shoppers, { peak_rehearsal_id: id, times, minutes }: RehearsalRow): Promise<ReturnType<typeof judge> | null> {
  const { db, storeId, clock, store } = context, startedAt = clock.now(), from = await shoppers.orders(), askedPerMinute = Math.round(shoppers.usualPerMinute * times), samples: Sample[] = [];
  const seconds = (): number => Math.round((clock.now().getTime() - startedAt.getTime()) / 1000), whole = Math.round(minutes * 60);
  await shoppers.trade(askedPerMinute);
  for (; clock.now().getTime() < startedAt.getTime() + minutes * 60_000; await clock.sleep(1_000)) {
    if ((await stopAskedBy(db, storeId, id)) !== null) return null;
    const page = await peakPage(db, storeId, context.now(), 1, { lag: startedAt.toISOString(), faults: startedAt.toISOString() });
    samples.push({ second: seconds(), figures: page, inboxWaiting: page.inboxWaiting, pushWaiting: page.pushWaiting });
    context.progress(`${askedPerMinute} orders a minute`, Math.min(whole, seconds()), whole);
  }
  const placed = await shoppers.orders() - from, over = clock.now().getTime();
  await shoppers.trade(shoppers.usualPerMinute);
  let drained: number | null = null;
  for (; clock.now().getTime() - over < DRAIN_MS && drained === null; await clock.sleep(500)) {
    if ((await stopAskedBy(db, storeId, id)) !== null) return null;
    const page = await peakPage(db, storeId, context.now(), 1);
    context.progress('catching up', page.inboxWaiting + page.pushWaiting, null);
    if (page.inboxAge < 2 && page.pushAge < 5) drained = (clock.now().getTime() - over) / 1000;
  }
  return judge({ shop: store.shop_domain, times, usualPerMinute: shoppers.usualPerMinute, askedPerMinute, minutes, startedAt: startedAt.toISOString() }, samples, placed, drained);
}
