/**
 * subscriptions: the webhooks we rely on → as they should be in Shopify.   Woken by the first import and every ten minutes: Shopify deletes
 * subscriptions after eight failed deliveries, and says so to nobody.
 *  1 gather  what is subscribed   2 decide  missing, pointing elsewhere, with other fields   3 send  create and remove
 *  4 settle  a repaired gap raises WEBHOOK_GAP and asks sales-history and stock-levels to read what was missed; a complete list closes it
 */
import { defineFlow } from '../runtime/flow.ts';
import { findConnection } from '../store/stores.ts';
import { readCursor, writeCursor } from '../store/runs.ts';

export const subscriptions = defineFlow({
  name: 'subscriptions', moves: 'webhooks we rely on → as they should be in Shopify', owner: 'integration owner', schedule: { cron: '*/10 * * * *' }, raises: ['WEBHOOK_GAP'],
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
    await context.checked('WEBHOOK_GAP', missing.length === 0 ? [] : [{
      kind: 'WEBHOOK_GAP', key: 'subscriptions', subject: `${missing.length} webhook subscriptions`,
      sentence: `Shopify no longer had ${missing.length} of our webhook subscriptions (${missing.slice(0, 4).join(', ')}${missing.length > 4 ? ' …' : ''}). They were made again and what was missed is being read.`,
      evidence: { topics: missing },
    }]);
    if (missing.length > 0) {
      await context.enqueue('sales-history');
      await context.enqueue('stock-levels');
    }
    await writeCursor(db, storeId, 'subscriptions.address', base, context.now());
    context.changed('connections', 'exceptions');
  },
});
