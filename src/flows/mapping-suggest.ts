/**
 * mapping-suggest: codes of warehouses that nobody matched → the items they could be.   Woken every ten minutes, by a file of titles, and by a person.
 *  1 gather  open codes of the store's warehouses, all codes beside them, and the items that are sold
 *  2 decide  domain/mapping/match on a computing thread: basis and confidence of each; domain/mapping/auto-approve where a warehouse is set to take what is sure
 *  3 record  suggestions; matches taken, each in the code's history   4 settle  stock of matched codes counts from then on: levels are looked at again
 */
import { approvable } from '../domain/mapping/auto-approve.ts';
import type { Suggestion } from '../domain/mapping/match.ts';
import type { MatchTask } from '../runtime/compute-thread.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { applyMatches, autoMatchOf } from '../store/code-matches.ts';
import { bestSuggestions, codesOf, itemsToMatch, saveSuggestions } from '../store/code-suggestions.ts';

export const mappingSuggest = defineFlow({
  name: 'mapping-suggest', moves: 'codes nobody matched → items they could be', owner: 'ecommerce', schedule: { cron: '*/10 * * * *' }, raises: [], waitsInPeak: true,
  async run(context) {
    const { db, storeId, tally } = context;
    // Two stores may share a warehouse: one of them compares.
    for (const warehouse of await autoMatchOf(db, storeId)) await db.exclusively(`code-suggestions:${warehouse.warehouse_id}`, () => compare(context, warehouse));
    tally.unchanged = tally.input - tally.applied;
    if (tally.applied > 0) { context.changed('push', 'stock', 'catalogue'); await context.enqueue('warehouse-feed'); }
    else if (tally.input > 0) context.changed('catalogue');
  },
});

async function compare({ db, tally, now, compute }: FlowContext, warehouse: { warehouse_id: number; auto_match: number | null }): Promise<void> {
  const { all, open } = await codesOf(db, warehouse.warehouse_id);
  tally.input += open.length;
  // Two seconds of work at 100,000 items, which the worker has other uses for: on a thread of its own.
  const found = open.length === 0 ? [] : await compute.run<MatchTask, (Suggestion & { sku: string })[]>('match', { items: await itemsToMatch(db, warehouse.warehouse_id), all, open });
  await db.transaction(async (tx) => {
    await saveSuggestions(tx, warehouse.warehouse_id, found, now());
    if (warehouse.auto_match === null) return;
    const { best, coded } = await bestSuggestions(tx, warehouse.warehouse_id), taken = approvable(best, coded, warehouse.auto_match);
    if (taken.length > 0) await applyMatches(tx, taken.map((each) => ({ warehouseId: warehouse.warehouse_id, sku: each.sku, itemId: each.itemId, by: 'suggestion', said: `${each.why}, confidence ${each.confidence}` })), 'Instep', now());
    tally.applied += taken.length;
  });
}
