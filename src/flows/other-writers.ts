/**
 * other-writers: levels somebody else writes too → who that is, by Shopify's own record.   Woken when a level comes into conflict, and every minute.
 *  1 gather  levels in conflict (stock-push) that were not asked about in the last five minutes, since reports may be minutes late; in the last hour where Shopify refused
 *  2 decide  domain/push/other-writers: apps and people, without us and without sales
 *  3 record  their names beside the level   4 settle  stock-push says them in its case
 *
 * A journey of its own: reports have a limit of calls to themselves, and no set waits for a name (docs/decisions/078-who-changed-it.md).
 */
import { writersOf } from '../domain/push/other-writers.ts';
import type { Adjustment } from '../ports/storefront.ts';
import { defineFlow } from '../runtime/flow.ts';
import { conflictsToName, saveLevelWriters } from '../store/level-writers.ts';

const ASK_AGAIN_MS = 5 * 60_000, ASK_REFUSED_AGAIN_MS = 3_600_000, DAY_MS = 86_400_000;
/** Levels asked about at once, and how far Shopify's clock may be behind ours. */
const AT_ONCE = 50, CLOCKS_APART_MS = 120_000;

export const otherWriters = defineFlow({
  name: 'other-writers', moves: 'levels somebody else writes too → who that is', owner: 'ecommerce', schedule: { cron: '* * * * *' }, raises: [],
  async run(context) {
    const { db, storeId, storefront, tally } = context, ago = (ms: number): string => new Date(Date.parse(context.now()) - ms).toISOString();
    const levels = await conflictsToName(db, storeId, { dayAgo: ago(DAY_MS), askedBefore: ago(ASK_AGAIN_MS), refusedBefore: ago(ASK_REFUSED_AGAIN_MS) }, AT_ONCE);
    tally.input = levels.length;
    if (levels.length === 0) return;
    const since = new Date(Math.min(...levels.map((level) => Date.parse(level.since))) - CLOCKS_APART_MS).toISOString();
    const read = await storefront.adjustments([...new Set(levels.map((level) => level.inventory_item_id))], since), refused = 'refused' in read ? read.refused : null;
    const changes = 'refused' in read ? new Map<string, Adjustment[]>() : Map.groupBy(read.adjustments, (change) => `${change.inventoryItemId}@${change.locationId}`);
    const named = levels.map((level) => ({ item_id: level.item_id, location_id: level.location_id, writers: writersOf(changes.get(`${level.inventory_item_id}@${level.shopify_location_id}`) ?? []) }));
    await saveLevelWriters(db, storeId, named, refused, context.now());
    tally.applied = named.filter((level) => level.writers.length > 0).length;
    tally.unchanged = levels.length - tally.applied;
    if (refused !== null) context.detail['refused'] = refused;
    if (tally.applied > 0) await context.enqueue('stock-push');
  },
});
