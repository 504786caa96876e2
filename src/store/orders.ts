/**
 * Orders: what was heard is joined into what is known, and the difference becomes movements and demand, all in the caller's transaction.
 * Used by every flow that hears of orders (inbox, sales-history, drift-check), so that they cannot disagree.
 */
import type pg from 'pg';
import { demandFacts, type DemandFact } from '../domain/demand/demand-fact.ts';
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { soldUnmapped, unmappedLocation } from '../domain/exceptions/unmapped.ts';
import { emptyOrder, join, sameState, type OrderState } from '../domain/orders/order-state.ts';
import type { Fact } from '../domain/stock/fact.ts';
import { orderFacts, type StockKeys } from '../domain/stock/order-facts.ts';
import { bundleItems, hasBundles } from './bundles.ts';
import { CopyRows, sendCopy, unlessTaken } from './binary.ts';
import { recordDemand } from './demand.ts';
import { raise } from './exceptions.ts';
import { postFacts } from './ledger.ts';
import { recordOrderDemand } from './order-demand.ts';
import { overFulfilled } from './over-fulfilled.ts';
import { markDirty } from './push-levels.ts';
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

  const known = await lockKnown(tx, storeId, [...fragments.keys()]);
  const changed: OrderState[] = [];
  for (const [id, fragment] of fragments) {
    const before = known.get(id);
    // Never heard of: the fragment is all there is, nothing to join or compare.
    const next = before === undefined ? fragment : join(before, fragment);
    if (before !== undefined && !options.resettle && sameState(before, next)) result.unchanged++;
    else changed.push(next);
  }
  if (changed.length === 0) return result;

  const keys = await stockKeys(tx, storeId, changed);
  const read = changed.map((state) => ({ state, stock: orderFacts(state, keys, options.source) }));
  const rowOf = ({ state, stock }: (typeof read)[number]): OrderRow => ({ state, open: stock.openUnits > 0, unplaced: stock.unplacedUnits > 0 });
  const made = await insertOrders(tx, storeId, read.filter((r) => !known.has(r.state.id)).map(rowOf), options.now);
  await updateOrders(tx, storeId, read.filter((r) => known.has(r.state.id)).map(rowOf), options.now);
  // Another worker was first with these: its state is committed now, ours is joined to it below.
  const outrun = changed.filter(({ id }) => !known.has(id) && !made.has(id)).map(({ id }) => fragments.get(id)!);
  const ours = outrun.length === 0 ? read : read.filter((r) => known.has(r.state.id) || made.has(r.state.id));
  result.applied = ours.length;

  const bundles = await hasBundles(tx, storeId);
  const parts = bundles ? await bundleItems(tx, storeId, [...new Set(ours.flatMap(({ state }) => Object.values(state.lines).flatMap((l) => (l.variantId === null ? [] : [l.variantId]))))]) : () => null;
  // What belongs to these orders alone comes first. From the levels on, rows of hot items are locked until we commit, and others wait for them.
  const wanted = await recordOrderDemand(tx, storeId, ours.map(({ state }) => state), bundles, options.now);
  const facts: Fact[] = [];
  const demand: (DemandFact & { orderId: string })[] = [];
  for (const { state: order, stock } of ours) {
    for (const fact of stock.facts) facts.push(fact);
    for (const fact of demandFacts(order, keys, options.dayOf, parts).facts) demand.push({ ...fact, orderId: order.id });
    for (const skip of stock.skipped) {
      result.skippedUnits[skip.reason] = (result.skippedUnits[skip.reason] ?? 0) + skip.units;
      if (skip.reason === 'location unmapped') result.exceptions.push(unmappedLocation(skip.subject ?? '?', skip.units, order));
      if (skip.reason === 'not tracked or unmapped' && skip.subject !== null && !keys.variantKnown(skip.subject)) {
        const line = order.lines[skip.lineId]!;
        result.exceptions.push(soldUnmapped({ orderId: order.id, order: order.name, soldAt: order.processedAt ?? options.now, lineId: skip.lineId, variantId: skip.subject, sku: line.sku, title: line.title, ordered: line.ordered, openUnits: skip.units }, options.now));
      }
    }
    if (stock.unplacedUnits > 0) result.unplaced.push(order.id);
  }
  const posted = await postFacts(tx, storeId, facts, options.now);
  result.movements = posted.movements;
  result.itemIds = posted.itemIds;
  result.demandChanged = await recordDemand(tx, storeId, demand);
  result.exceptions.push(...wanted.exceptions, ...await overFulfilled(tx, storeId, ours.map(({ state }) => state)));
  await markDirty(tx, [...new Set([...posted.itemIds, ...wanted.itemIds])], options.now);
  await raise(tx, storeId, result.exceptions, options.now);
  return outrun.length === 0 ? result : together(result, await recordOrders(tx, storeId, outrun, options));
}

function together(a: Recorded, b: Recorded): Recorded {
  const skippedUnits = { ...a.skippedUnits };
  for (const [reason, units] of Object.entries(b.skippedUnits)) skippedUnits[reason] = (skippedUnits[reason] ?? 0) + units;
  return {
    applied: a.applied + b.applied, unchanged: a.unchanged + b.unchanged, movements: a.movements + b.movements, demandChanged: a.demandChanged + b.demandChanged, skippedUnits,
    exceptions: [...a.exceptions, ...b.exceptions], unplaced: [...a.unplaced, ...b.unplaced], itemIds: [...new Set([...a.itemIds, ...b.itemIds])].sort((x, y) => x - y),
  };
}

/**
 * Locks the rows of known orders in id order, so that two workers never join the same order side by side. One probe an order: with `= any` a planner
 * that had not seen the table grow read all of it for every batch of an import.
 */
async function lockKnown(tx: pg.PoolClient, storeId: number, ids: string[]): Promise<Map<string, OrderState>> {
  const { rows } = await tx.query<{ order_id: string; state: OrderState | null }>(
    `select o.order_id, o.state from (select id from unnest($2::bigint[]) as u(id) order by id) t,
       lateral (select order_id, state from sales_order where store_id = $1 and order_id = t.id limit 1 for update) o`, [storeId, ids]);
  return new Map(rows.map((row) => [row.order_id, row.state ?? emptyOrder(row.order_id)]));
}

interface OrderRow { state: OrderState; open: boolean; unplaced: boolean }

/** The states travel as one JSON array: as text[] each would be escaped here and unescaped there, for more than it costs to store them. */
const ROWS = `rows from (unnest($3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bool[], $8::bool[]), jsonb_array_elements($9::jsonb))
       as r(order_id, name, processed_at, updated_at, is_open, needs_place, state)`;

function rowValues(storeId: number, rows: readonly OrderRow[], now: string): unknown[] {
  return [storeId, now, rows.map((r) => r.state.id), rows.map((r) => r.state.name), rows.map((r) => r.state.processedAt), rows.map((r) => r.state.updatedAt || now),
    rows.map((r) => r.open), rows.map((r) => r.unplaced), JSON.stringify(rows.map((r) => r.state))];
}

/** From so many new orders on, COPY with its savepoint in place of the statement. The number is a guess. */
const WORTH_COPYING = 100;

/** Orders never heard of, written whole at once; a first import is nothing else. Waits for whoever makes the same order now; answers the ids that are ours. */
async function insertOrders(tx: pg.PoolClient, storeId: number, rows: readonly OrderRow[], now: string): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  if (rows.length >= WORTH_COPYING && (await unlessTaken(tx, () => copyOrders(tx, storeId, rows, now)))) return new Set(rows.map((r) => r.state.id));
  const made = await tx.query<{ order_id: string }>({ name: 'insert-orders', text:
    `insert into sales_order (store_id, order_id, name, processed_at, updated_at, is_open, needs_place, place_after, state)
     select $1, r.order_id, r.name, r.processed_at, r.updated_at, r.is_open, r.needs_place, case when r.needs_place then $2::timestamptz end, r.state
     from ${ROWS} order by r.order_id on conflict do nothing returning order_id`, values: rowValues(storeId, rows, now) });
  return new Set(made.rows.map((row) => row.order_id));
}

async function copyOrders(tx: pg.PoolClient, storeId: number, rows: readonly OrderRow[], now: string): Promise<void> {
  const copy = new CopyRows();
  const byId = [...rows].sort(({ state: { id: a } }, { state: { id: b } }) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0));
  for (const { state, open, unplaced } of byId) {
    copy.row(9).int(storeId).bigint(state.id).text(state.name);
    if (state.processedAt === null) copy.null(); else copy.instant(state.processedAt);
    copy.instant(state.updatedAt || now).bool(open).bool(unplaced);
    if (unplaced) copy.instant(now); else copy.null();
    copy.jsonb(JSON.stringify(state));
  }
  await sendCopy(tx, 'copy sales_order (store_id, order_id, name, processed_at, updated_at, is_open, needs_place, place_after, state) from stdin (format binary)', copy);
}

async function updateOrders(tx: pg.PoolClient, storeId: number, rows: readonly OrderRow[], now: string): Promise<void> {
  if (rows.length === 0) return;
  await tx.query({ name: 'update-orders', text:
    `update sales_order o set name = r.name, processed_at = r.processed_at, updated_at = r.updated_at, is_open = r.is_open, needs_place = r.needs_place,
       place_attempts = case when r.needs_place then o.place_attempts else 0 end,
       place_after = case when r.needs_place then coalesce(o.place_after, $2::timestamptz) end, state = r.state
     from ${ROWS} where o.store_id = $1 and o.order_id = r.order_id`, values: rowValues(storeId, rows, now) });
}

/** The mappings and cuts that the given orders need, in three queries. */
export async function stockKeys(tx: Queryable, storeId: number, orders: readonly OrderState[]): Promise<StockKeys & { variantKnown(variantId: string): boolean }> {
  const variantIds = [...new Set(orders.flatMap((o) => Object.values(o.lines).flatMap((l) => (l.variantId === null ? [] : [l.variantId]))))];
  const variants = await tx.query<{ shopify_variant_id: string; item_id: number; tracked: boolean }>(
    { name: 'variant-items', text: 'select shopify_variant_id, item_id, tracked from variant_items($1, $2)', values: [storeId, variantIds] });
  const items = new Map(variants.rows.map((row) => [row.shopify_variant_id, row]));
  const places = await tx.query<{ shopify_location_id: string; location_id: number }>(
    { name: 'places-of-store', text: 'select shopify_location_id, location_id from location where store_id = $1', values: [storeId] });
  const locations = new Map(places.rows.map((row) => [row.shopify_location_id, row.location_id]));
  const cuts = await tx.query<{ item_id: number; location_id: number; as_of: string }>(
    { name: 'openings-of-items', text: 'select item_id, location_id, as_of from opening where store_id = $1 and item_id = any($2)', values: [storeId, [...new Set(variants.rows.map((r) => r.item_id))]] });
  const opened = new Map(cuts.rows.map((row) => [`${row.item_id}@${row.location_id}`, row.as_of]));
  return {
    item: (variantId) => { const found = items.get(variantId); return found?.tracked ? found.item_id : null; },
    variantKnown: (variantId) => items.has(variantId),
    location: (id) => locations.get(id) ?? null,
    openedAt: (itemId, locationId) => opened.get(`${itemId}@${locationId}`) ?? null,
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
