/**
 * drift-repair: a repair a person asked for → the ledger follows Shopify, or Shopify follows the ledger.   Woken by the request, and every minute for what got no answer.
 *  1 gather  repairs under way; each was recorded, with its key and what it saw of both sides, before anything was promised (http/routes/drift.ts)
 *  2 decide  domain/drift/repair.ts, when it was asked for
 *  3 record  accept: a movement of its own cause   4 send  push: a set that Shopify refuses if it shows another number by now
 *  5 settle  the next drift check reads both sides back. Reversed, the movement is taken back, or the former number set, under the same rules
 */
import { at, outside, type Fact } from '../domain/stock/fact.ts';
import type { WriteResult } from '../ports/storefront.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { idempotencyKey } from '../runtime/key.ts';
import { moveRepair, repairsUnderWay, type RepairRow } from '../store/drift-repair.ts';
import { postFacts } from '../store/ledger.ts';
import { markDirty } from '../store/push-levels.ts';

export const driftRepair = defineFlow({
  name: 'drift-repair', moves: 'a repair a person asked for → ledger or Shopify', owner: 'ecommerce', schedule: { cron: '* * * * *' }, raises: [],
  async run(context) {
    for (const row of await repairsUnderWay(context.db, context.storeId, 500)) {
      context.tally.input++;
      if (await (row.way === 'accept Shopify' ? accept(context, row) : push(context, row))) context.tally.applied++;
      else context.tally.unchanged++;
    }
    if (context.tally.applied > 0) { context.changed('stock', 'exceptions'); await context.enqueue('drift-check'); }
  },
});

async function accept({ db, storeId, now }: FlowContext, row: RepairRow): Promise<boolean> {
  return db.transaction(async (tx) => {
    if (!(await moveRepair(tx, storeId, row.repair_id, row.state, row.state === 'sending' ? 'done' : 'reversed', { at: now() }))) return false;
    const posted = await postFacts(tx, storeId, factsOf(row, now(), row.state === 'sending' ? 1 : 0), now());
    await markDirty(tx, posted.itemIds, now());
    return true;
  });
}

/** The same key at every try: a set whose answer was lost is sent again and changes nothing twice. */
async function push({ db, storeId, storefront, now }: FlowContext, row: RepairRow): Promise<boolean> {
  const back = row.state === 'reversing', [quantity, changeFrom] = back ? [row.available_from, row.available_to] : [row.available_to, row.available_from];
  const result = await storefront.setAvailable({
    key: back ? idempotencyKey(`${row.idempotency_key}/reverse`) : row.idempotency_key, referenceUri: `gid://instep/DriftRepair/${storeId}-${row.repair_id}`, rows: [{ inventoryItemId: row.inventory_item_id, locationId: row.shopify_location_id, quantity, changeFrom }],
  });
  if (result.outcome === 'repeat') return false;
  const written = result.outcome === 'written';
  // What could not be taken back stays done.
  await moveRepair(db, storeId, row.repair_id, row.state, back ? (written ? 'reversed' : 'done') : written ? 'done' : 'refused', { at: now(), message: written ? null : saidBy(result) });
  return true;
}

function saidBy(result: WriteResult): string {
  if (result.outcome === 'written') return '';
  if (result.outcome !== 'refused') return result.message;
  return result.faults.some((fault) => fault.code.includes('STALE')) ? 'Shopify shows another number by now. Look at the level again.' : result.faults.map((fault) => fault.message).join('; ');
}

/** The movements of accepting Shopify's number: one a state, in all or (reversed) nothing. */
function factsOf(row: RepairRow, now: string, share: 0 | 1): Fact[] {
  return (['available', 'committed'] as const).flatMap((state): Fact[] => {
    const units = row[`${state}_to`] - row[`${state}_from`];
    return units === 0 ? [] : [{ fact: `instep:repair/${row.repair_id}:${state}`, kind: 'drift accepted', itemId: row.item_id, from: outside('unknown'), to: at(row.location_id, state), quantity: share * units, occurredAt: now, source: `${row.proposed_by}: ${row.reason}`.slice(0, 300) }];
  });
}
