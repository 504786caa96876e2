/**
 * daily-digest: the day's state of things → twelve lines on Today.   Woken at 05:30 UTC, after an import, and by hand; composed also when all is
 * well, so that silence means failure.
 *  1 gather  ties, exceptions, pushes of the last day, forecast and orders due   2 decide  verdict first, then what needs somebody   3 record  one per day
 *  4 settle  an old forecast is a case; and once a day the chains of signed periods and of the audit trail are verified, and the end of the trail sealed
 */
import { stockVerdict } from '../domain/drift/verdict.ts';
import { some } from '../domain/wording.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { sealTrail, verifyTrail, type Trail } from '../store/audit-trail.ts';
import { digestNumbers, saveDigest, type DigestLine, type DigestNumbers } from '../store/digests.ts';
import { openFaults, verifySigned } from '../store/signed-periods.ts';
import { listStores } from '../store/stores.ts';
import { roleNumbers, type RoleNumbers } from '../store/today.ts';

/** A parcel not in Shopify after so long is late. */
const LATE_MS = 30 * 60_000;

/** A night missed, and two hours. By when it was made: its day is the shop's, and ends at another hour. */
const FORECAST_AGE_MS = 26 * 3_600_000;

export const dailyDigest = defineFlow({
  name: 'daily-digest', moves: 'the day’s state of things → twelve lines on Today', owner: 'integration owner', schedule: { cron: '30 5 * * *' }, raises: ['FORECAST_STALE', 'AUDIT_CHAIN_BROKEN'],
  async run(context) {
    const { db, storeId, tally } = context;
    const day = context.dayOf(context.now());
    const numbers = await digestNumbers(db, storeId, context.now(), day);
    const stale = numbers.forecast_finished_at === null || context.clock.now().getTime() - Date.parse(numbers.forecast_finished_at) > FORECAST_AGE_MS;
    await context.checked('FORECAST_STALE', stale ? [{
      kind: 'FORECAST_STALE', key: 'forecast', subject: 'Forecast', sentence: numbers.forecast_as_of === null ? 'There is no forecast yet.' : `The newest forecast is of ${numbers.forecast_as_of}.`,
    }] : []);
    await verifyPeriods(context);
    const trail = await verifyAuditTrail(context);
    const { verdict, lines } = composeDigest(numbers, await roleNumbers(db, storeId, day, new Date(context.clock.now().getTime() - LATE_MS).toISOString()), trail);
    await saveDigest(db, storeId, day, verdict, lines, context.now());
    tally.input = tally.applied = lines.length;
    context.changed('digest', 'exceptions');
  },
});

/** A broken chain is never good again by itself: a person closes the case as an incident, and it stays closed. */
async function verifyPeriods(context: FlowContext): Promise<void> {
  const { links, broken } = await verifySigned(context.db, context.storeId);
  context.detail['signedPeriods'] = links;
  await context.raise(await openFaults(context.db, context.storeId, broken.map(({ periodId, subject, fault, found }) => ({
    kind: 'AUDIT_CHAIN_BROKEN' as const, key: `period/${periodId ?? 'gone'}/${found.slice(0, 16)}`, subject: `Signed period ${subject}`,
    sentence: `The signed period ${subject} does not hold: ${fault}. Somebody changed it in the database, or it was restored from another copy.`, evidence: { periodId, fault, found },
  }))));
}

/** The trail is of the whole installation: its faults are cases of the first store. It is sealed while it holds, so that an end cut off later is missed. */
async function verifyAuditTrail(context: FlowContext): Promise<Trail> {
  const trail = await verifyTrail(context.db);
  context.detail['auditTrail'] = trail.links;
  if (trail.broken.length === 0) await sealTrail(context.db, context.now());
  if (context.storeId === (await listStores(context.db))[0]?.store_id) {
    await context.raise(await openFaults(context.db, context.storeId, trail.broken.map(({ link, auditId, fault, found }) => ({
      kind: 'AUDIT_CHAIN_BROKEN' as const, key: `trail/${link ?? 'none'}/${found.slice(0, 16)}`, subject: link === null ? `Audit trail, entry ${auditId}` : `Audit trail, link ${link}`,
      sentence: `${link === null ? `Entry ${auditId}` : `Link ${link}`} of the audit trail does not hold: ${fault}. Somebody wrote to the database by hand, or it was restored from another copy.`, evidence: { link, auditId, fault, found },
    }))));
  }
  return trail;
}

/** Verdict first, then what needs somebody, oldest first; at most twelve lines. */
export function composeDigest(n: DigestNumbers, work: RoleNumbers, trail: Pick<Trail, 'links' | 'head' | 'broken'>): { verdict: string; lines: DigestLine[] } {
  const number = (value: number): string => value.toLocaleString('en-GB');
  const verdict = `${stockVerdict(n)}.`;
  const lines: DigestLine[] = [
    { text: `${some(n.exceptions_open, 'exception')} open${n.exceptions_overdue > 0 ? `, ${number(n.exceptions_overdue)} overdue` : ''}`, tone: n.exceptions_overdue > 0 ? 'bad' : n.exceptions_open > 0 ? 'warn' : 'good', link: '/exceptions' },
    { text: `${some(n.due_lines, 'line')} to order by today`, tone: n.due_lines > 0 ? 'warn' : 'good', link: '/replenishment?view=due' },
    { text: `${some(work.po_overdue, 'purchase order')} overdue, ${number(work.po_today)} due today, ${number(work.po_to_approve)} to approve`, tone: work.po_overdue > 0 ? 'bad' : work.po_to_approve > 0 ? 'warn' : 'good', link: work.po_overdue > 0 ? '/purchase-orders?view=overdue' : '/purchase-orders' },
    { text: `${some(work.parcels_late, 'parcel')} late in Shopify, ${some(work.returns_waiting, 'return')} to inspect`, tone: work.parcels_late > 0 ? 'bad' : work.returns_waiting > 0 ? 'warn' : 'good', link: work.parcels_late > 0 ? '/fulfilments?view=late' : '/returns' },
    { text: `${some(n.out_of_stock, 'item')} that sold in the last 28 days ${n.out_of_stock === 1 ? 'is' : 'are'} out of stock`, tone: n.out_of_stock > 0 ? 'warn' : 'good', link: '/stock?view=out+of+stock' },
    { text: `${some(n.orders_day, 'order')} heard in the last 24 hours, ${number(n.orders_unplaced)} ${n.orders_unplaced === 1 ? 'waits' : 'wait'} for a location`, tone: n.orders_unplaced > 20 ? 'warn' : 'neutral', link: '/flows' },
    { text: `In the last 24 hours ${some(n.pushed_day, 'level')} ${n.pushed_day === 1 ? 'was' : 'were'} written to Shopify, ${some(n.edits_day, 'edit')} made there taken over`, tone: 'neutral', link: '/push' },
    { text: `${some(n.drift_opened_day, 'difference')} without a cause opened in the last 24 hours, ${number(n.drift_closed_day)} closed`, tone: n.drift_opened_day > n.drift_closed_day ? 'warn' : 'good', link: '/stock?view=drift' },
    ...(n.dead_letters > 0 ? [{ text: `${some(n.dead_letters, 'message')} could not be read`, tone: 'bad' as const, link: '/exceptions?kind=PAYLOAD_UNREADABLE' }] : []),
    { text: n.forecast_as_of === null ? 'No forecast yet' : `Forecast of ${n.forecast_as_of}: ${number(n.forecast_series)} series${n.forecast_wape === null ? '' : `, off by ${Math.round(n.forecast_wape * 100)}% of the units in back-tests`}`, tone: n.forecast_as_of === null ? 'warn' : 'good', link: '/forecast' },
    { text: n.flows_failed > 0 ? `${some(n.flows_failed, 'run')} failed in the last 24 hours` : 'Every run of the last 24 hours came to its end', tone: n.flows_failed > 0 ? 'bad' : 'good', link: '/flows' },
    trail.broken.length > 0
      ? { text: `The audit trail does not hold: ${some(trail.broken.length, 'fault')}`, tone: 'bad', link: '/settings/audit-trail' }
      : { text: trail.links === 0 ? 'Nobody has changed anything yet' : `The audit trail holds: ${some(trail.links, 'entry', 'entries')}, head ${trail.head.slice(0, 16)}`, tone: trail.links === 0 ? 'neutral' : 'good', link: '/settings/audit-trail' },
  ];
  return { verdict, lines };
}
