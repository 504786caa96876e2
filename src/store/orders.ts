/**
 * Orders: what was heard is joined into what is known, and the difference becomes movements and demand, all in the caller's transaction.
 * Used by every flow that hears of orders (inbox, sales-history, drift-check), so that they cannot disagree.
 */
import type pg from 'pg';
import { demandFacts, type DemandFact } from '../domain/demand/demand-fact.ts';
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { unmappedLocation } from '../domain/exceptions/unmapped.ts';
import { emptyOrder, join, sameState, type OrderState } from '../domain/orders/order-state.ts';
import type { Fact } from '../domain/stock/fact.ts';
import { orderFacts, type StockKeys } from '../domain/stock/order-facts.ts';
import { recordDemand } from './demand.ts';
import { raise } from './exceptions.ts';
import { postFacts } from './ledger.ts';
import type { Db, Queryable } from './db.ts';

export interface Recorded {
  /** Orders whose state changed; orders already known so. */
  applied: number; unchanged: number;
  movements: number; demandChanged: number;
  /** Line units left out of the ledger, by reason. */
  skippedUnits: Record<string, number>;
  exceptions: RaisedException[];
  /** Orders whose open units have no location yet. */
  unplaced: string[];
  itemIds: number[];
}

export interface RecordOptions {
  dayOf: (instant: string) => string;
  now: string;
  /** What told us: 'webhook', 'bulk', 'read'. */
  source: string;
  /** Post even where nothing new was heard: a level was opened since, or a variant mapped. */
  resettle?: boolean;
}

/** Records fragments of orders; several fragments of one order in a batch are joined first. */
export async function recordOrders(tx: pg.PoolClient, storeId: number, heard: readonly OrderState[], options: RecordOptions): Promise<Recorded> {
  const fragments = new Map<string, OrderState>();
  for (const fragment of heard) {
    const known = fragments.get(fragment.id);
    fragments.set(fragment.id, known ? join(known, fragment) : fragment);
  }
  const result: Recorded = { applied: 0, unchanged: 0, movements: 0, demandChanged: 0, skippedUnits: {}, exceptions: [], unplaced: [], itemIds: [] };
  if (fragments.size === 0) return result;

  const before = await lockOrders(tx, storeId, [...fragments.keys()], options.now);
  const changed: OrderState[] = [];
  for (const [id, fragment] of fragments) {
    const known = before.get(id) ?? emptyOrder(id);
    const next = join(known, fragment);
    if (!options.resettle && sameState(known, next)) result.unchanged++;
    else changed.push(next);
  }
  if (changed.length === 0) return result;
  result.applied = changed.length;

  const keys = await stockKeys(tx, storeId, changed);
  const facts: Fact[] = [];
  const demand: (DemandFact & { orderId: string })[] = [];
  const rows: { state: OrderState; open: boolean; unplaced: boolean }[] = [];
  for (const order of changed) {
    const stock = orderFacts(order, keys, options.source);
    for (const fact of stock.facts) facts.push(fact);
    for (const fact of demandFacts(order, keys, options.dayOf).facts) demand.push({ ...fact, orderId: order.id });
    for (const skip of stock.skipped) {
      result.skippedUnits[skip.reason] = (result.skippedUnits[skip.reason] ?? 0) + skip.units;
      if (skip.reason === 'location unmapped') result.exceptions.push(unmappedLocation(skip.subject ?? '?', skip.units, order));
      if (skip.reason === 'not tracked or unmapped' && skip.subject !== null && !keys.variantKnown(skip.subject)) {
        result.exceptions.push(variantUnmapped(order, skip.lineId, skip.subject, skip.units));
      }
    }
    if (stock.unplacedUnits > 0) result.unplaced.push(order.id);
    rows.push({ state: order, open: stock.openUnits > 0, unplaced: stock.unplacedUnits > 0 });
  }
  await saveOrders(tx, storeId, rows, options.now);
  const posted = await postFacts(tx, storeId, facts, options.now);
  result.movements = posted.movements;
  result.itemIds = posted.itemIds;
  result.demandChanged = await recordDemand(tx, storeId, demand);
  await raise(tx, storeId, result.exceptions, options.now);
  return result;
}

/** Locks the orders' rows in id order, making empty ones first, so that two workers never join the same order side by side. */
async function lockOrders(tx: pg.PoolClient, storeId: number, ids: string[], now: string): Promise<Map<string, OrderState>> {
  await tx.query(
    `insert into sales_order (store_id, order_id, name, updated_at, is_open, needs_place, state)
     select $1, id, '', $3, false, false, 'null' from unnest($2::bigint[]) as t(id) order by id on conflict do nothing`, [storeId, ids, now]);
  const { rows } = await tx.query<{ order_id: string; state: OrderState | null }>(
    'select order_id, state from sales_order where store_id = $1 and order_id = any($2::bigint[]) order by order_id for update', [storeId, ids]);
  return new Map(rows.filter((row) => row.state !== null).map((row) => [row.order_id, row.state!]));
}

async function saveOrders(tx: pg.PoolClient, storeId: number, rows: { state: OrderState; open: boolean; unplaced: boolean }[], now: string): Promise<void> {
  await tx.query(
    `update sales_order o set name = r.name, processed_at = r.processed_at, updated_at = r.updated_at, is_open = r.is_open, needs_place = r.needs_place,
       place_attempts = case when r.needs_place then o.place_attempts else 0 end,
       place_after = case when r.needs_place then coalesce(o.place_after, $2::timestamptz) end, state = r.state::jsonb
     from unnest($3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bool[], $8::bool[], $9::text[])
       as r(order_id, name, processed_at, updated_at, is_open, needs_place, state)
     where o.store_id = $1 and o.order_id = r.order_id`,
    [storeId, now, rows.map((r) => r.state.id), rows.map((r) => r.state.name), rows.map((r) => r.state.processedAt), rows.map((r) => r.state.updatedAt || now),
      rows.map((r) => r.open), rows.map((r) => r.unplaced), rows.map((r) => JSON.stringify(r.state))]);
}

/** The mappings and cuts that the given orders need, in three queries. */
async function stockKeys(tx: pg.PoolClient, storeId: number, orders: readonly OrderState[]): Promise<StockKeys & { variantKnown(variantId: string): boolean }> {
  const variantIds = [...new Set(orders.flatMap((o) => Object.values(o.lines).flatMap((l) => (l.variantId === null ? [] : [l.variantId]))))];
  const variants = await tx.query<{ shopify_variant_id: string; item_id: number; tracked: boolean }>(
    `select v.shopify_variant_id, i.item_id, i.tracked from variant v
     join inventory_item i on i.store_id = v.store_id and i.shopify_inventory_item_id = v.shopify_inventory_item_id
     where v.store_id = $1 and v.shopify_variant_id = any($2::bigint[])`, [storeId, variantIds]);
  const items = new Map(variants.rows.map((row) => [row.shopify_variant_id, row]));
  const places = await tx.query<{ shopify_location_id: string; location_id: number }>(
    'select shopify_location_id, location_id from location where store_id = $1', [storeId]);
  const locations = new Map(places.rows.map((row) => [row.shopify_location_id, row.location_id]));
  const cuts = await tx.query<{ item_id: number; location_id: number; as_of: string }>(
    'select item_id, location_id, as_of from opening where store_id = $1 and item_id = any($2)', [storeId, [...new Set(variants.rows.map((r) => r.item_id))]]);
  const opened = new Map(cuts.rows.map((row) => [`${row.item_id}@${row.location_id}`, row.as_of]));
  return {
    item: (variantId) => { const found = items.get(variantId); return found?.tracked ? found.item_id : null; },
    variantKnown: (variantId) => items.has(variantId),
    location: (id) => locations.get(id) ?? null,
    openedAt: (itemId, locationId) => opened.get(`${itemId}@${locationId}`) ?? null,
  };
}

function variantUnmapped(order: OrderState, lineId: string, variantId: string, units: number): RaisedException {
  const line = order.lines[lineId]!;
  return {
    kind: 'VARIANT_UNMAPPED', key: `variant/${variantId}`, subject: line.sku || line.title,
    sentence: `Order ${order.name} sold ${line.ordered} × ${line.sku || line.title}, a variant Instep does not know (${variantId}). The order's other lines were applied.`,
    evidence: { orderId: order.id, order: order.name, lineId, variantId, sku: line.sku, openUnits: units },
  };
}

/** About half an hour of asking; sales-history reads the order again when anything about it changes. */
const MOST_TRIES = 40;

/** Orders waiting for a location, oldest first, that may be asked for now; pushes their next try back so that other workers take others. */
export async function takeUnplaced(db: Queryable, storeId: number, now: string, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ order_id: string }>(
    `update sales_order set place_attempts = place_attempts + 1,
       place_after = $2::timestamptz + least(power(2, place_attempts) * 250, 60000) * interval '1 millisecond'
     where (store_id, order_id) in (
       select store_id, order_id from sales_order where store_id = $1 and needs_place and place_after <= $2 and place_attempts < ${MOST_TRIES} order by place_after limit $3 for update skip locked)
     returning order_id`, [storeId, now, limit]);
  return rows.map((row) => row.order_id);
}

/**
 * Posts again what open orders, and those changed since an instant, mean for the ledger: a level was opened or a variant mapped that they waited for.
 * Returns how many orders were looked at.
 */
export async function settleOrders(db: Db, storeId: number, since: string, options: { dayOf: RecordOptions['dayOf']; now(): string }, onBatch?: (done: number) => void): Promise<number> {
  let done = 0;
  for await (const orders of ordersToSettle(db, storeId, since)) {
    await db.transaction((tx) => recordOrders(tx, storeId, orders, { dayOf: options.dayOf, now: options.now(), source: 'opening', resettle: true }));
    done += orders.length;
    onBatch?.(done);
  }
  return done;
}

async function* ordersToSettle(db: Queryable, storeId: number, since: string, page = 500): AsyncGenerator<OrderState[]> {
  let after = '0';
  for (;;) {
    const { rows } = await db.query<{ order_id: string; state: OrderState }>(
      `select order_id, state from sales_order where store_id = $1 and (is_open or updated_at >= $2) and order_id > $3 and state <> 'null' order by order_id limit $4`,
      [storeId, since, after, page]);
    if (rows.length === 0) return;
    yield rows.map((row) => row.state);
    after = rows.at(-1)!.order_id;
  }
}
