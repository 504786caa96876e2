/**
 * subscriptions: the webhooks we rely on → as they should be in Shopify.   Woken by the first import and every ten minutes: Shopify deletes
 * subscriptions after eight failed deliveries, and says so to nobody.
 *  1 gather  what is subscribed   2 decide  missing, pointing elsewhere, with other fields   3 send  create and remove
 *  4 settle  reading found changes that no webhook told of for ten minutes: silence, a case; bad signatures an hour old and dead letters set aside close; a repaired gap raises WEBHOOK_GAP; whatever was made anew asks sales-history and stock-levels to read what was missed; a complete list closes it
 */
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { findConnection } from '../store/stores.ts';
import { resolveChecked } from '../store/exceptions.ts';
import { readCursor, writeCursor } from '../store/runs.ts';

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
    const silent = await silence(context);
    await context.checked('WEBHOOK_GAP', [...silent, ...(missing.length === 0 ? [] : [{
      kind: 'WEBHOOK_GAP' as const, key: 'subscriptions', subject: `${missing.length} webhook subscriptions`,
      sentence: `Shopify no longer had ${missing.length} of our webhook subscriptions (${missing.slice(0, 4).join(', ')}${missing.length > 4 ? ' …' : ''}). They were made again and what was missed is being read.`,
      evidence: { topics: missing },
    } satisfies RaisedException])]);
    // What happened before the new ones stood went to nobody, or to where we were before. The first import reads everything after this.
    if (result.created.length > 0 && context.store.imported_at !== null) {
      await context.enqueue('sales-history');
      await context.enqueue('stock-levels');
    }
    await writeCursor(db, storeId, 'subscriptions.address', base, context.now());
    await closeQuiet(context);
    context.changed('connections', 'exceptions');
  },
});

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

/** Signatures that were bad more than an hour ago, and dead letters that are gone or were set aside, need nobody any more. */
async function closeQuiet({ db, storeId, now }: FlowContext): Promise<void> {
  const { rows } = await db.query<{ kind: 'WEBHOOK_HMAC_FAILED' | 'PAYLOAD_UNREADABLE'; key: string }>(
    `select kind, substr(fingerprint, length(kind) + 2) as key from exception e where store_id = $1 and state in ('open', 'snoozed', 'grace') and fingerprint <> kind || ':storm' and (
       (kind = 'WEBHOOK_HMAC_FAILED' and last_seen >= $2::timestamptz - interval '1 hour')
       or (kind = 'PAYLOAD_UNREADABLE' and exists (select from inbox i where i.store_id = e.store_id and i.state = 3 and 'PAYLOAD_UNREADABLE:inbox/' || i.inbox_id = e.fingerprint)))`, [storeId, now()]);
  for (const kind of ['WEBHOOK_HMAC_FAILED', 'PAYLOAD_UNREADABLE'] as const) await resolveChecked(db.pool, storeId, kind, rows.filter((row) => row.kind === kind).map((row) => row.key), now());
}
