/**
 * subscriptions: the webhooks we rely on → as they should be in Shopify.   Woken by the first import and every ten minutes: Shopify deletes
 * subscriptions after eight failed deliveries, and says so to nobody.
 *  1 gather  what is subscribed   2 decide  missing, pointing elsewhere, with other fields   3 send  create and remove
 *  4 settle  reading found changes that no webhook told of for ten minutes, or a topic was silent for five times its own usual gap: silence, a case; bad signatures an hour old and dead letters set aside close; a gap raises WEBHOOK_GAP and asks for what was missed to be read; when all of it was (store/catch-up.ts), the case closes
 */
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { lookAt, type TopicLook } from '../domain/webhooks/topic-silence.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { findConnection } from '../store/stores.ts';
import { CATCH_UP, closeCaughtUp, notYetRead, openAgain } from '../store/catch-up.ts';
import { resolveChecked } from '../store/exceptions.ts';
import { readCursor, writeCursor } from '../store/runs.ts';
import { foldArrivals, heardFrom, ordersUnheard, topicsHeard } from '../store/webhook-hours.ts';

/** Shopify may be slow; ten minutes without a word while orders change is not slowness. */
const SILENT_MS = 10 * 60_000;

export const subscriptions = defineFlow({
  name: 'subscriptions', moves: 'webhooks we rely on → as they should be in Shopify', owner: 'integration owner', schedule: { cron: '*/10 * * * *' }, raises: ['WEBHOOK_GAP', 'WEBHOOK_HMAC_FAILED'],
  async run(context) {
    const { db, storeId, storefront, tally } = context;
    const connection = await findConnection(db, storeId);
    const base = context.publicUrl;
    const result = await storefront.ensureSubscriptions((topic) => `${base}/hooks/${connection!.hook_token}/${topic}`);
    tally.input = result.kept.length + result.created.length + result.removed.length;
    tally.applied = result.created.length + result.removed.length;
    tally.unchanged = result.kept.length;
    context.detail['created'] = result.created;
    // A new address (another port, another host) replaces all of them; a gap is when some of ours went missing.
    const known = await readCursor(db, storeId, 'subscriptions.address');
    const missing = known === base ? result.created : [];
    const silent = await silence(context), gap: RaisedException[] = missing.length === 0 ? [] : [{
      kind: 'WEBHOOK_GAP', key: 'subscriptions', subject: `${missing.length} webhook subscriptions`,
      sentence: `Shopify no longer had ${missing.length} of our webhook subscriptions (${missing.slice(0, 4).join(', ')}${missing.length > 4 ? ' …' : ''}). They were made again and what was missed is being read.`,
      evidence: { topics: missing, openAgain: context.now() },
    }];
    const topics = await silentTopics(context, [...result.kept, ...result.created], result.created.length > 0);
    await context.raise([...silent, ...(silent.length > 0 ? [] : topics), ...gap]);
    // Subscriptions stand again as of now, and a silence ends with a word: what was missed until here is what readings that begin from here on read.
    const heard = [...(silent.length === 0 ? ['silence'] : []), ...(topics.length === 0 ? ['topics'] : [])];
    if (heard.length > 0) await openAgain(db.pool, storeId, 'WEBHOOK_GAP', context.now(), context.now(), heard);
    await closeCaughtUp(db.pool, storeId, 'WEBHOOK_GAP', context.now());
    const waiting = await gapsToRead(context);
    context.detail['toBeRead'] = waiting;
    // What happened before the new ones stood went to nobody, or to where we were before. The first import reads everything after this.
    if (context.store.imported_at !== null) for (const reading of result.created.length > 0 ? CATCH_UP : waiting) await context.enqueue(reading);
    await writeCursor(db, storeId, 'subscriptions.address', base, context.now());
    await closeQuiet(context);
    context.changed('connections', 'exceptions');
  },
});

/** Readings that gaps still wait for. */
async function gapsToRead({ db, storeId }: FlowContext): Promise<string[]> {
  const { rows } = await db.query<{ since: string | null }>(`select max(evidence ->> 'openAgain') as since from exception where store_id = $1 and kind = 'WEBHOOK_GAP' and state in ('open', 'snoozed') and evidence ? 'openAgain'`, [storeId]);
  return rows[0]!.since === null ? [] : notYetRead(db, storeId, rows[0]!.since);
}

/** Subscribed and yet nothing comes: a proxy, a firewall, a wrong public address. Reading goes on every five minutes, so nothing is lost, only late. */
async function silence(context: FlowContext): Promise<RaisedException[]> {
  const { rows: [seen] } = await context.db.query<{ changed: string | null; heard: string | null }>(
    `select (select max(updated_at) from sales_order where store_id = $1) as changed, (select max(received_at) from inbox where store_id = $1) as heard`, [context.storeId]);
  const since = seen!.heard ?? context.store.imported_at;
  if (seen!.changed === null || since === null || Date.parse(seen!.changed) - Date.parse(since) < SILENT_MS) return [];
  return [{
    kind: 'WEBHOOK_GAP', key: 'silence', subject: 'Webhooks of the shop',
    sentence: `Orders changed up to ${seen!.changed}, and the last webhook came ${seen!.heard === null ? 'never' : `at ${seen!.heard}`}. Everything is read every five minutes; stock reacts that much later. Can Shopify reach ${context.publicUrl}?`,
    evidence: { lastChange: seen!.changed, lastWebhook: seen!.heard, publicUrl: context.publicUrl },
  }];
}

/** Topics of orders, whose quiet reading can tell from silence: where it found no order that changed, nobody bought. */
const ORDERS = /^orders\/(create|updated)$/;

/**
 * Topics that other topics are heard beside, and that have not been heard for five times their own usual gap (domain/webhooks/silence.ts): a subscription that
 * stands and is not served, a body Shopify fails to make. One case for all of them.
 */
async function silentTopics(context: FlowContext, subscribed: readonly string[], renewed: boolean): Promise<RaisedException[]> {
  const { db, storeId } = context, now = context.now(), { watching } = await db.transaction((tx) => foldArrivals(tx, storeId, now, renewed)), from = await heardFrom(db, storeId), silent: TopicLook[] = [];
  for (const heard of from === null ? [] : await topicsHeard(db, storeId, now)) {
    if (!subscribed.includes(heard.topic)) continue;
    const look = lookAt(heard, from!, watching, now);
    if (look.silent && (!ORDERS.test(look.topic) || await ordersUnheard(db, storeId, look.topic, look.lastAt, new Date(Date.parse(now) - SILENT_MS).toISOString()))) silent.push(look);
  }
  if (silent.length === 0) return [];
  const [first] = silent, others = silent.length - 1;
  return [{
    kind: 'WEBHOOK_GAP', key: 'topics', subject: others === 0 ? `Webhooks of ${first!.topic}` : `Webhooks of ${silent.length} topics`, size: silent.length,
    sentence: `${first!.topic} came last at ${first!.lastAt}; by its own habit at least ${Math.floor(first!.expected!)} messages should have come since.${others === 0 ? '' : ` ${others} more ${others === 1 ? 'topic is' : 'topics are'} silent.`} What it tells is read every five minutes, or once a day; it is that much later.`,
    evidence: { topics: silent.map((look) => ({ topic: look.topic, lastHeard: look.lastAt, expectedSince: Math.floor(look.expected!), usualGap: Math.ceil(look.usual!), silentFrom: look.silentFrom })) },
  }];
}

/** Signatures that were bad more than an hour ago, and dead letters that are gone or were set aside, need nobody any more. */
async function closeQuiet({ db, storeId, now }: FlowContext): Promise<void> {
  const { rows } = await db.query<{ kind: 'WEBHOOK_HMAC_FAILED' | 'PAYLOAD_UNREADABLE'; key: string }>(
    `select kind, substr(fingerprint, length(kind) + 2) as key from exception e where store_id = $1 and state in ('open', 'snoozed', 'ignored', 'grace') and fingerprint <> kind || ':storm' and (
       (kind = 'WEBHOOK_HMAC_FAILED' and last_seen >= $2::timestamptz - interval '1 hour')
       or (kind = 'PAYLOAD_UNREADABLE' and exists (select from inbox i where i.store_id = e.store_id and i.state = 3 and 'PAYLOAD_UNREADABLE:inbox/' || i.inbox_id = e.fingerprint)))`, [storeId, now()]);
  for (const kind of ['WEBHOOK_HMAC_FAILED', 'PAYLOAD_UNREADABLE'] as const) await resolveChecked(db.pool, storeId, kind, rows.filter((row) => row.kind === kind).map((row) => row.key), now());
}
