/**
 * alerts: what happened to cases, and the daily check → the people who own them.   Woken every minute, and within a second of an event.
 *  1 gather  events nobody was told of   2 decide  which channel hears of them and when (domain/alerts/routing.ts)   3 record  lines; those that are
 *  due become one message a channel and minute   4 send  each message until it got through: ten tries over three days   5 settle  tries and outcome on the
 *  message; a channel nothing gets through to is a case of its own
 */
import { alertMessage, digestMessage, type AlertMessage, type ToldLine } from '../domain/alerts/message.ts';
import { nextTry } from '../domain/alerts/retries.ts';
import { digestDue, tellAt } from '../domain/alerts/routing.ts';
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { some, unstopped } from '../domain/wording.ts';
import { ChannelGone, NotDelivered } from '../ports/alert-channel.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { deafChannels, holdChannels, listChannels, makePersonal, type ChannelRow } from '../store/alert-channels.ts';
import { addDelivery, addLines, claimDeliveries, forgetDeliveries, markTold, MOST_WAITING, recordTry, takeDueLines, untoldEvents, waitingOf, type Claimed, type Line } from '../store/alert-deliveries.ts';
import { listDigests } from '../store/digests.ts';
import { listExceptions } from '../store/exceptions.ts';

/** Events looked at in one transaction, lines in one message, messages sent side by side. */
const EVENTS = 1_000, LINES = 1_000, AT_ONCE = 10;
/** Cases of a channel's own roles its daily check begins with: those due first. */
const WAITING_SHOWN = 3;
/** A channel that takes nothing for so long wants somebody. */
const DEAF_AFTER_MS = 30 * 60_000, KEPT_MS = 90 * 86_400_000;
/** A message that is due is late when its channel told of another within the minute. */
const REST_MS = 60_000;

export const alerts = defineFlow({
  name: 'alerts', moves: 'what happened to cases → the people who own them', owner: 'integration owner', schedule: { cron: '* * * * *' }, raises: ['ALERT_UNDELIVERED'],
  async run(context) {
    const { db, storeId } = context;
    await digests(context);
    while ((await tellWaiting(context)) > 0);
    const since = new Date(context.clock.now().getTime() - DEAF_AFTER_MS).toISOString();
    await context.checked('ALERT_UNDELIVERED', (await deafChannels(db, storeId, since)).map((channel): RaisedException => ({
      kind: 'ALERT_UNDELIVERED', key: `channel/${channel.channel_id}`, subject: channel.name, size: channel.waiting, evidence: { channel: channel.kind, address: channel.shown, failingSince: channel.failing_since, said: channel.said },
      sentence: channel.state === 'gone' ? `${channel.name} is not used any more: ${channel.state_reason ?? 'its address is gone'}.` : `Nothing has got through to ${channel.name} since ${channel.failing_since}; ${some(channel.waiting, 'message')} ${channel.waiting === 1 ? 'waits' : 'wait'}. It said: ${unstopped(channel.said ?? 'nothing')}.`,
    })));
    await forgetDeliveries(db, storeId, new Date(context.clock.now().getTime() - KEPT_MS).toISOString());
  },
});

/** One round: events become lines, due lines messages, due messages are sent. Answers how much was done; 0 when nothing waits. */
export async function tellWaiting(context: FlowContext): Promise<number> {
  const composed = await compose(context);
  const claimed = await claimDeliveries(context.db, context.storeId, context.now(), AT_ONCE);
  await Promise.all(claimed.map((each) => deliver(context, each)));
  context.tally.input += claimed.length;
  if (composed + claimed.length > 0) context.changed('alerts');
  return composed + claimed.length;
}

async function compose(context: FlowContext): Promise<number> {
  const { db, storeId, store } = context, at = context.now();
  return db.transaction(async (tx) => {
    const events = await untoldEvents(tx, storeId, EVENTS), lines: Line[] = [];
    await makePersonal(tx, storeId, [...new Set(events.flatMap((event) => event.assignedTo ?? []))], at);
    const channels = await holdChannels(tx, storeId);
    for (const event of events) {
      for (const channel of channels) {
        const dueAt = channel.state === 'on' ? tellAt(termsOf(channel), event, at, store.time_zone) : null;
        if (dueAt !== null) lines.push({ channelId: channel.channel_id, eventId: event.event_id, exceptionId: event.exception_id, dueAt });
      }
    }
    if (lines.length > 0) await addLines(tx, storeId, lines);
    if (events.length > 0) await markTold(tx, storeId, events.map((event) => event.event_id));
    let composed = 0;
    for (const channel of channels) {
      if (channel.state !== 'on' || (channel.told_at !== null && Date.parse(at) - Date.parse(channel.told_at) < REST_MS) || (await waitingOf(tx, storeId, channel.channel_id)) >= MOST_WAITING) continue;
      const due = await takeDueLines(tx, storeId, channel.channel_id, at, LINES), told = due.filter((line) => line.stillSo);
      if (told.length === 0) continue;
      const message = alertMessage(about(context, at), told);
      if (await addDelivery(tx, storeId, channel.channel_id, `events:${told[0]!.eventId}-${told.at(-1)!.eventId}`, message, at)) composed++;
    }
    return events.length + composed;
  });
}

async function deliver(context: FlowContext, claimed: Claimed): Promise<void> {
  const { db, storeId, tally } = context;
  let outcome: { ok: boolean; said: string; nextAt: string | null; gone: boolean };
  try {
    const channel = await context.alertChannel(claimed.channel_id);
    outcome = { ok: true, said: await channel.tell(claimed.message, `msg-${storeId}-${claimed.delivery_id}`), nextAt: null, gone: false };
    tally.applied++;
  } catch (error) {
    const gone = error instanceof ChannelGone, asked = error instanceof NotDelivered ? error.askedSeconds : null;
    // A test is for the person who waits for its outcome: it is tried once.
    outcome = { ok: false, said: (error as Error).message.slice(0, 400), gone, nextAt: gone || claimed.message.purpose === 'test' ? null : nextTry(claimed.attempts, context.now(), asked) };
    tally.failed['not delivered'] = (tally.failed['not delivered'] ?? 0) + 1;
  }
  await db.transaction((tx) => recordTry(tx, storeId, claimed, outcome, context.now()));
}

/** The daily check goes out at each channel's hour of the shop's clock, composed anew for it; once a day, also when all is well. */
async function digests(context: FlowContext): Promise<void> {
  const { db, storeId, store } = context, at = context.now();
  const [newest] = await listDigests(db, storeId, 1);
  for (const channel of await listChannels(db, storeId)) {
    const due = channel.digest_hour === null || channel.state !== 'on' ? null : digestDue(channel.digest_hour, at, store.time_zone);
    if (due === null || (await digestSent(context, channel.channel_id, due.day))) continue;
    if (newest?.day !== due.day || newest.composed_at < due.since) { await context.enqueue('daily-digest'); continue; }
    const oldest = await listExceptions(db, storeId, { states: ['open'], owners: channel.roles, limit: WAITING_SHOWN });
    const waiting = oldest.map((row): ToldLine => ({ text: `${row.subject}: ${row.sentence}`, tone: row.due_at < at ? 'bad' : 'warn', link: `/exceptions?id=${row.exception_id}` }));
    const message: AlertMessage = digestMessage(about(context, at), newest, waiting);
    await addDelivery(db, storeId, channel.channel_id, `digest:${due.day}`, message, at);
  }
}

async function digestSent(context: FlowContext, channelId: string, day: string): Promise<boolean> {
  return ((await context.db.query('select from alert_delivery where store_id = $1 and channel_id = $2 and message_key = $3', [context.storeId, channelId, `digest:${day}`])).rowCount ?? 0) > 0;
}

const termsOf = (row: ChannelRow): Parameters<typeof tellAt>[0] => ({ kind: row.kind, person: row.person, roles: row.roles, leastSeverity: row.least_severity, from: row.quiet_from, to: row.quiet_to, weekends: row.quiet_weekends });
const about = ({ store, publicUrl }: FlowContext, at: string): { at: string; store: AlertMessage['store']; publicUrl: string; timeZone: string } => ({ at, timeZone: store.time_zone, store: { id: store.store_id, name: store.name || store.shop_domain, domain: store.shop_domain }, publicUrl });
