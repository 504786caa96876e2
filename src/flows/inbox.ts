/**
 * inbox: webhook → verified, stored once → the flows that care.   http/webhooks.ts verifies the signature on the raw bytes, stores and answers;
 * this file applies what was stored. Woken by one NOTIFY per stored batch, in as many workers as there are.
 *  1 gather  up to 500 waiting rows, oldest first, locked and skipped by the others; bodies read into our words
 *  2 decide  orders join what is known of them; levels are statements, newest wins; a product that differs is read again
 *  3 record  states, movements, balances, demand and the rows' outcomes in the same transaction: acknowledged, then applied exactly once
 *  4 settle  an unreadable body becomes a dead letter with an exception, the rest goes on; orders without a place ask for their fulfilment orders
 */
import type { StorefrontLocation } from '../domain/catalogue/storefront.ts';
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { unmappedLocation } from '../domain/exceptions/unmapped.ts';
import { emptyOrder, type OrderState } from '../domain/orders/order-state.ts';
import { UnreadableWebhook, type StorefrontEvent } from '../ports/storefront.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { inboxLag, inboxSettled } from '../runtime/metrics.ts';
import { markDeleted, productsDiffer, saveLocations } from '../store/catalogue.ts';
import { saveTags } from '../store/product-tags.ts';
import type { Db } from '../store/db.ts';
import { raise } from '../store/exceptions.ts';
import { settleInbox, takeWaiting, type InboxOutcome, type InboxRow } from '../store/inbox.ts';
import { mapLevels, saveObserved, unopened } from '../store/levels.ts';
import { heardLevels } from '../store/push-levels.ts';
import { recordOrders, takeUnplaced } from '../store/orders.ts';
import { connectionFailed } from '../store/stores.ts';
import type pg from 'pg';

export type ContextOf = (storeId: number) => Promise<FlowContext>;

export const inbox = defineFlow({
  name: 'inbox', moves: 'webhook → verified, stored once → the flows that care', owner: 'integration owner', schedule: { wokenBy: 'each stored webhook' },
  raises: ['PAYLOAD_UNREADABLE', 'WEBHOOK_HMAC_FAILED', 'VARIANT_UNMAPPED', 'LOCATION_UNMAPPED', 'TOKEN_DEAD'],
  async run(context) {
    // Asked for by hand: apply whatever waits, and place what has no place.
    for (let applied = -1; applied !== 0;) {
      applied = await applyWaiting(context.db, () => Promise.resolve(context), 500);
      context.tally.input += applied;
      context.tally.applied += applied;
    }
    context.detail['placed'] = await placeWaiting(context);
  },
});

/** Applies one batch of waiting webhooks of any stores. Returns how many rows were settled. */
export async function applyWaiting(db: Db, contextOf: ContextOf, limit: number): Promise<number> {
  const touched = new Map<number, After>();
  let settled: InboxRow[] = [];
  try {
    settled = await db.transaction(async (tx) => {
      touched.clear();
      const rows = await takeWaiting(tx, limit);
      for (const [storeId, own] of Map.groupBy(rows, (row) => row.store_id)) touched.set(storeId, await applyRows(tx, await contextOf(storeId), own));
      return rows;
    });
  } catch {
    // Something in the batch cannot be applied: one by one, so that it harms only itself.
    settled = await applySingly(db, contextOf, limit, touched);
  }
  const now = Date.now();
  for (const row of settled) inboxLag.observe(Math.max(0, now - Date.parse(row.received_at)) / 1000);
  for (const [storeId, after] of touched) {
    const context = await contextOf(storeId);
    if (after.rereadCatalogue) await context.enqueue('catalogue');
    if (after.rereadLevels) await context.enqueue('stock-levels');
    if (after.rerouted) await context.enqueue('order-routing');
    if (after.returned) await context.enqueue('returns');
    context.changed(...(after.exceptions ? ['stock', 'exceptions'] as const : ['stock'] as const));
  }
  return settled.length;
}

interface After { rereadCatalogue: boolean; rereadLevels: boolean; rerouted: boolean; returned: boolean; exceptions: boolean }

async function applySingly(db: Db, contextOf: ContextOf, limit: number, touched: Map<number, After>): Promise<InboxRow[]> {
  const done: InboxRow[] = [];
  for (let n = 0; n < limit; n++) {
    let row: InboxRow | undefined;
    const one = async (tx: pg.PoolClient): Promise<boolean> => {
      [row] = await takeWaiting(tx, 1);
      if (!row) return false;
      touched.set(row.store_id, await applyRows(tx, await contextOf(row.store_id), [row]));
      return true;
    };
    try {
      if (!(await db.transaction(one))) break;
    } catch (error) {
      if (!row) throw error; // the database itself failed: nothing was taken
      await deadLetter(db, await contextOf(row.store_id), row, (error as Error).message);
    }
    done.push(row!);
  }
  return done;
}

async function deadLetter(db: Db, context: FlowContext, row: InboxRow, reason: string): Promise<void> {
  await db.transaction(async (tx) => {
    await settleInbox(tx, [{ inboxId: row.inbox_id, state: 'dead letter', reason: reason.slice(0, 500) }], context.now(), context.storefront.clockError());
    await raise(tx, row.store_id, [unreadable(row, reason)], context.now());
  });
  inboxSettled.inc({ outcome: 'dead letter' });
}

function unreadable(row: InboxRow, reason: string): RaisedException {
  return {
    kind: 'PAYLOAD_UNREADABLE', key: `inbox/${row.inbox_id}`, subject: row.topic,
    sentence: `A ${row.topic} message could not be read and was set aside whole: ${reason.slice(0, 240)}`,
    evidence: { inboxId: row.inbox_id, webhookId: row.webhook_id, topic: row.topic, receivedAt: row.received_at },
  };
}

/** Applies the rows of one store inside the caller's transaction. */
async function applyRows(tx: pg.PoolClient, context: FlowContext, rows: readonly InboxRow[]): Promise<After> {
  const { storeId } = context;
  const after: After = { rereadCatalogue: false, rereadLevels: false, rerouted: false, returned: false, exceptions: false };
  const outcomes: InboxOutcome[] = [];
  const faults: RaisedException[] = [];
  const orders: OrderState[] = [];
  const levels: Extract<StorefrontEvent, { type: 'level' }>[] = [];
  const products = new Map<string, Extract<StorefrontEvent, { type: 'product' }>>();
  const deleted: string[] = [];
  const locations: StorefrontLocation[] = [];
  const returned: string[] = [];
  let heard: Awaited<ReturnType<typeof saveObserved>> = [];
  let routed = false;
  for (const row of rows) {
    let event: StorefrontEvent;
    try {
      event = context.reader.read(row.topic, row.body);
    } catch (error) {
      if (!(error instanceof UnreadableWebhook)) throw error;
      outcomes.push({ inboxId: row.inbox_id, state: 'dead letter', reason: error.message });
      faults.push(unreadable(row, error.message));
      continue;
    }
    outcomes.push({ inboxId: row.inbox_id, state: event.type === 'none' ? 'ignored' : 'applied', reason: event.type === 'none' ? event.reason : null });
    if (event.type === 'order') orders.push(event.order);
    else if (event.type === 'level') levels.push(event);
    else if (event.type === 'product') products.set(event.productId, event);
    else if (event.type === 'product deleted') deleted.push(event.productId);
    else if (event.type === 'location') locations.push(event.location);
    else if (event.type === 'routing') { routed = true; after.rerouted ||= event.moved; }
    else if (event.type === 'return') { after.returned = true; if (event.orderId !== null) returned.push(event.orderId); }
    else if (event.type === 'level disconnected') after.rereadLevels = true;
    else if (event.type === 'uninstalled') {
      await connectionFailed(tx, storeId, 'dead', 'The app was uninstalled from the shop', context.now());
      faults.push({ kind: 'TOKEN_DEAD', key: 'connection', subject: context.store.shop_domain, sentence: `The app was uninstalled from ${context.store.shop_domain}: nothing is read until it is connected again.` });
    }
  }
  // Locations and products first: an order in the same batch may need them.
  if (locations.length > 0) await saveLocations(tx, storeId, locations, context.now());
  await saveTags(tx, storeId, [...products.values()].flatMap((product) => (product.tags === null ? [] : [{ productId: product.productId, tags: product.tags, asOf: product.updatedAt }])), context.now());
  if (await productsDiffer(tx, storeId, [...products.values()])) after.rereadCatalogue = true;
  if (deleted.length > 0) await markDeleted(tx, storeId, deleted, [], context.now());
  if (levels.length > 0) {
    const stated = levels.filter((l) => l.available !== null).map((l) => ({
      inventoryItemId: l.inventoryItemId, locationId: l.locationId, isActive: true, quantities: { available: l.available! }, availableAt: l.at, onHandAt: l.at,
    }));
    const mapped = await mapLevels(tx, storeId, stated);
    heard = await saveObserved(tx, storeId, mapped.known, null);
    if (mapped.unknownItems.size > 0) after.rereadCatalogue = true;
    if (stated.length < levels.length || (await unopened(tx, storeId, mapped.known)).length > 0) after.rereadLevels = true;
    for (const [id, units] of mapped.unknownLocations) faults.push(unmappedLocation(id, units));
  }
  // Before the orders: from their levels on, rows of hot items are locked until we commit.
  await settleInbox(tx, outcomes, context.now(), context.storefront.clockError());
  const recorded = await recordOrders(tx, storeId, orders, { dayOf: context.dayOf, now: context.now(), source: 'webhook' });
  // Judged after the orders of the same batch: a sale explains the level that came with it.
  await heardLevels(tx, storeId, heard, context.now());
  if (returned.length > 0) await tx.query('update sales_order set needs_returns = true where store_id = $1 and order_id = any($2::bigint[])', [storeId, returned]);
  if (routed) await tx.query({ name: 'place-now', text:
    // Those another worker is placing at this moment need no reminder.
    `update sales_order o set place_after = $2 from (select order_id from sales_order where store_id = $1 and needs_place and place_after > $2 for update skip locked) w
     where o.store_id = $1 and o.order_id = w.order_id`, values: [storeId, context.now()] });
  if (recorded.unplaced.length > 0 || routed) await tx.query(`select pg_notify('instep_place', $1)`, [String(storeId)]);
  await raise(tx, storeId, faults, context.now());
  for (const outcome of outcomes) inboxSettled.inc({ outcome: outcome.state });
  after.exceptions = faults.length > 0 || recorded.exceptions.length > 0;
  if (recorded.exceptions.some((e) => e.kind === 'VARIANT_UNMAPPED')) after.rereadCatalogue = true;
  return after;
}

/** Reads the fulfilment orders of orders that have units without a place; those not routed yet are asked again, ever more slowly. Returns how many orders were placed. */
export async function placeWaiting(context: FlowContext): Promise<number> {
  let placed = 0;
  for (let round = 0; round < 50; round++) {
    const ids = await takeUnplaced(context.db, context.storeId, context.now(), 200);
    if (ids.length === 0) return placed;
    const found = await context.storefront.assignments(ids);
    const fragments = found.filter((f) => Object.keys(f.assignments).length > 0).map((f) => ({ ...emptyOrder(f.orderId), assignments: f.assignments }));
    const recorded = await context.db.transaction((tx) => recordOrders(tx, context.storeId, fragments, { dayOf: context.dayOf, now: context.now(), source: 'read' }));
    placed += recorded.applied;
    if (recorded.applied > 0) context.changed('stock');
  }
  return placed;
}
