/**
 * peak-watch: a peak as it goes on → its report.   Woken every minute, and when a peak is begun or ended.
 *  1 gather  the monitor's figures of the last minutes, while a peak is on; once it is over, what happened from its beginning to its end
 *  2 decide  domain/push/peak-report: the worst of each rule, stretches of time, in the form of a rehearsal's report
 *  3 record  a sample a minute; the report, once, as it was found: what is heard later does not change it
 */
import { composePeak } from '../domain/push/peak-report.ts';
import { defineFlow } from '../runtime/flow.ts';
import { peakPage, settingsInPeak } from '../store/peak.ts';
import { beginPeak, closePeak, endOf, openPeak, peakFacts, samplesOf, saveSample } from '../store/peak-report.ts';

/** Lags of a sample are those of so long before it: a little more than the minute between two. */
const SAMPLE_MS = 90_000;

export const peakWatch = defineFlow({
  name: 'peak-watch', moves: 'a peak as it goes on → its report', owner: 'ecommerce', schedule: { cron: '* * * * *' }, raises: [],
  async run(context) {
    const { db, storeId, tally } = context, now = context.now(), on = (await settingsInPeak(db, now)).find((peak) => peak.store_id === storeId);
    if (on) {
      await beginPeak(db, storeId, on.until, now);
      const peak = (await openPeak(db, storeId))!;
      await saveSample(db, storeId, peak.peak_report_id, await peakPage(db, storeId, now, 1, { lag: new Date(Date.parse(now) - SAMPLE_MS).toISOString() }), on.until, now);
      tally.input = tally.applied = 1;
      return;
    }
    const peak = await openPeak(db, storeId);
    if (peak === null) return;
    const end = await endOf(db, storeId, peak, now), { facts, perMinute } = await peakFacts(db, storeId, peak.begun_at, end.at);
    const report = composePeak({ shop: context.store.name || context.store.shop_domain, begunAt: peak.begun_at, begunBy: peak.begun_by, endedAt: end.at, endedBy: end.by }, facts, perMinute, await samplesOf(db, storeId, peak));
    await db.transaction((tx) => closePeak(tx, storeId, peak.peak_report_id, report, now));
    tally.input = tally.applied = 1;
    context.detail['report'] = peak.peak_report_id;
    context.changed('push');
  },
});
