/**
 * stock-adjustments: accepted returns, approved counts, goods receipts, units on order → Shopify stock at storefront-authority locations.   Woken with the push stream; every minute.
 *  1 gather  queued deltas, oldest first, leased   2 send  one call each with its own key, the same at every try for 23 hours
 *  3 record  the movement under the document's cause and the queue row, together: Shopify's stock and the ledger rise by the same units, once
 *  4 settle  a refused delta is parked with Shopify's words and shown where it came from
 */
import { at, outside, type Fact } from '../domain/stock/fact.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { idempotencyKey } from '../runtime/key.ts';
import { openUnstocked, settleAdjustment, takeAdjustments, type AdjustmentRow } from '../store/adjustments.ts';
import { postFacts } from '../store/ledger.ts';
import type { StockState } from '../domain/stock/fact.ts';

const LEASE_MS = 60_000, KEY_LIFE_MS = 23 * 3_600_000;

export const stockAdjustments = defineFlow({
  name: 'stock-adjustments', moves: 'accepted returns, approved counts, goods receipts → Shopify stock', owner: 'warehouse', schedule: { cron: '* * * * *' }, raises: [],
  async run(context) {
    for (let done = -1; done !== 0;) { done = await adjustWaiting(context); context.tally.input += done; context.tally.applied += done; }
  },
});

export async function adjustWaiting(context: FlowContext): Promise<number> {
  const rows = await takeAdjustments(context.db, context.storeId, context.now(), later(context, LEASE_MS), 20);
  for (const row of rows) await adjust(context, row);
  if (rows.length > 0) context.changed('stock');
  return rows.length;
}

const later = (context: FlowContext, ms: number): string => new Date(context.clock.now().getTime() + ms).toISOString();
const KIND: Record<string, [Fact['kind'], Parameters<typeof outside>[0]]> = { return: ['return accepted', 'customer'], count: ['counted', 'shrinkage'], receipt: ['goods received', 'supplier'], purchase: ['ordered', 'supplier'] };

async function adjust(context: FlowContext, row: AdjustmentRow): Promise<void> {
  const { db, storeId, storefront } = context;
  // Its key is forgotten by now: whether it was applied only a person can tell, from Shopify's own inventory history.
  if (row.first_sent_at !== null && Date.parse(context.now()) - Date.parse(row.first_sent_at) > KEY_LIFE_MS) {
    await settleAdjustment(db, storeId, row.adjustment_id, { state: 'parked', message: 'no answer for 23 hours: look in Shopify whether it was applied, then send it again or set it aside', notBefore: null }, context.now());
    return;
  }
  await openUnstocked(db, storeId, row.item_id, row.location_id, await storefront.time());
  let result;
  // Units on their way stand in Shopify under the purchase order they belong to; every other state under the change itself.
  const document = row.purchase_order_id === null ? `gid://instep/StockAdjustment/${storeId}-${row.adjustment_id}` : `gid://instep/PurchaseOrder/${storeId}-${row.purchase_order_id}`;
  try {
    result = await storefront.adjust({ key: row.idempotency_key, referenceUri: document, state: row.state_name as StockState, reason: row.reason,
      rows: [{ inventoryItemId: row.inventory_item_id, locationId: row.shopify_location_id, delta: row.delta, ledgerUri: row.state_name === 'available' ? null : document }] });
  } catch (error) {
    await settleAdjustment(db, storeId, row.adjustment_id, { state: 'sent', message: (error as Error).message, notBefore: later(context, Math.min(1_000 * 2 ** Math.min(row.attempts, 9), 300_000)) }, context.now());
    if ((error as Error).name === 'TokenDead') throw error;
    return;
  }
  if (result.outcome === 'written') {
    const occurredAt = await storefront.time();
    await db.transaction(async (tx) => {
      if (!(await settleAdjustment(tx, storeId, row.adjustment_id, { state: 'written', message: null, notBefore: null }, context.now()))) return;
      const [kind, party] = KIND[row.cause.split(/[:/]/)[0]!] ?? ['counted', 'unknown'];
      await postFacts(tx, storeId, [{ fact: `instep:${row.cause}`, kind, itemId: row.item_id, from: outside(party), to: at(row.location_id, row.state_name as StockState), quantity: row.delta, occurredAt, source: row.sentence.slice(0, 300) }], context.now());
    });
    return;
  }
  if (result.outcome === 'repeat') { await settleAdjustment(db, storeId, row.adjustment_id, { state: 'sent', message: result.message, notBefore: later(context, 2_000) }, context.now()); return; }
  if (result.outcome === 'new key') {
    await settleAdjustment(db, storeId, row.adjustment_id, { state: 'waiting', message: result.message, notBefore: later(context, 2_000), newKey: idempotencyKey(`${row.idempotency_key}/${row.attempts}`) }, context.now());
    return;
  }
  await settleAdjustment(db, storeId, row.adjustment_id, { state: 'parked', message: result.outcome === 'refused' ? result.faults.map((f) => f.message).join('; ') : result.message, notBefore: null }, context.now());
}
