/** Orders out: what each warehouse must know of an order, kept as the wanted state beside the state last told, so that edits and cancellations follow by themselves. */
import type pg from 'pg';
import type { OrderState } from '../domain/orders/order-state.ts';
import type { OrderDemandRow } from '../domain/orders/order-demand.ts';
import type { Queryable } from './db.ts';

export interface OutLine { lineReference: string; lineId: string; itemId: number; quantity: number }
export type OutState = 'waiting' | 'sent' | 'acknowledged' | 'cancelling' | 'cancelled' | 'too late' | 'refused' | 'unmapped' | 'done';

/** `12.7` → the unit of the order line and the item that a warehouse's documents come back with. */
export const lineReference = (lineId: string, itemId: number): string => `${lineId}.${itemId}`;
export function readLineReference(reference: string): { lineId: string; itemId: number } | null {
  const match = /^(\d+)\.(\d+)$/.exec(reference);
  return match ? { lineId: match[1]!, itemId: Number(match[2]) } : null;
}

/**
 * Sets what the warehouses serving these orders should have of them: totals per component line, those that left already included. A change of lines is a new
 * version; an order without lines is cancelled. Orders from before the location went live are left to whoever has them.
 */
export async function wantOrdersOut(
  tx: pg.PoolClient, storeId: number, orders: readonly OrderState[], rows: readonly (OrderDemandRow & { orderId: string })[],
  served: ReadonlyMap<number, { location_id: number; warehouse_id: number; shopify_location_id: string }>, now: string,
): Promise<void> {
  const wanted = new Map<string, { order: OrderState; locationId: number; lines: OutLine[] }>();
  const byId = new Map(orders.map((order) => [order.id, order]));
  for (const row of rows) {
    const key = `${row.orderId}@${row.locationId}`, quantity = row.open + row.fulfilled;
    const entry = wanted.get(key) ?? { order: byId.get(row.orderId)!, locationId: row.locationId, lines: [] };
    wanted.set(key, entry);
    if (quantity > 0) entry.lines.push({ lineReference: lineReference(row.lineId, row.itemId), lineId: row.lineId, itemId: row.itemId, quantity });
  }
  const known = await tx.query<{ order_id: string; location_id: number }>('select order_id, location_id from order_out where store_id = $1 and order_id = any($2)', [storeId, orders.map((o) => o.id)]);
  // A place the order left altogether wants nothing of it any more.
  for (const { order_id, location_id } of known.rows) {
    if (!wanted.has(`${order_id}@${location_id}`) && served.has(location_id)) wanted.set(`${order_id}@${location_id}`, { order: byId.get(order_id)!, locationId: location_id, lines: [] });
  }
  const all = [...wanted.values()].map((w) => ({ ...w, place: served.get(w.locationId)!, lines: w.lines.sort((a, b) => (a.lineReference < b.lineReference ? -1 : 1)) }));
  if (all.length === 0) return;
  await tx.query({ name: 'want-orders-out', text: `
    insert into order_out as o (store_id, order_id, location_id, warehouse_id, reference, order_name, lines, held, created_at, updated_at)
    select $1, t.order_id, t.location_id, t.warehouse_id, $1 || '-' || t.order_id || '-' || t.location_id, t.name, t.lines, t.held, $2, $2
    from unnest($3::bigint[], $4::int[], $5::int[], $6::text[], $7::jsonb[], $8::bool[], $9::timestamptz[], $10::bool[]) as t(order_id, location_id, warehouse_id, name, lines, held, placed_at, is_open)
    left join push_policy a on a.store_id = $1 and a.location_id = t.location_id
    -- One probe a row: as an "exists" in the condition all orders of the store were read for it.
    left join lateral (select true as known from order_out k where k.store_id = $1 and k.order_id = t.order_id and k.location_id = t.location_id limit 1) k on true
    where k.known or (t.is_open and jsonb_array_length(t.lines) > 0 and a.mode = 'live' and t.placed_at >= date_trunc('second', a.live_since))
    order by t.order_id, t.location_id
    on conflict (store_id, order_id, location_id) do update set
      order_name = excluded.order_name, held = excluded.held, lines = excluded.lines, updated_at = $2,
      version = o.version + (o.lines <> excluded.lines)::int,
      not_before = case when o.lines <> excluded.lines or o.held <> excluded.held then null else o.not_before end,
      state = case when o.lines = excluded.lines then o.state
        when jsonb_array_length(excluded.lines) = 0 then case when o.sent_version = 0 and not o.unknown_outcome then 'cancelled' when o.state in ('cancelled', 'done') then o.state else 'cancelling' end
        else 'waiting' end
    where (o.order_name, o.held, o.lines) is distinct from (excluded.order_name, excluded.held, excluded.lines)`,
  values: [storeId, now, all.map((w) => w.order.id), all.map((w) => w.locationId), all.map((w) => w.place.warehouse_id), all.map((w) => w.order.name), all.map((w) => JSON.stringify(w.lines)),
    all.map((w) => isHeld(w.order, w.place.shopify_location_id)), all.map((w) => w.order.processedAt), all.map((w) => rows.some((r) => r.orderId === w.order.id && r.locationId === w.locationId && r.open > 0))] });
  await tx.query(`select pg_notify('instep_orders_out', '')`);
}

function isHeld(order: OrderState, shopifyLocationId: string): boolean {
  const here = Object.values(order.assignments).filter((a) => a.open && a.locationId === shopifyLocationId);
  return here.length > 0 && here.every((a) => a.held);
}

export interface OutRow {
  store_id: number; order_id: string; location_id: number; warehouse_id: number; reference: string; order_name: string; version: number; sent_version: number;
  lines: (OutLine & { sku: string | null })[]; state: OutState; warehouse_reference: string | null; attempts: number; unknown_outcome: boolean; placed_at: string;
}

/**
 * Orders due to be told, oldest first, pushed back so that another worker takes others; each line with the warehouse's own code. From here on the outcome is unknown
 * until it is recorded: should we die with the warehouse's yes in our ears, the order is asked after before it is told again, and a cancellation still goes out.
 * `unknown_outcome` of a row is as it was before.
 */
export async function takeOrdersOut(db: Queryable, warehouseId: number, now: string, again: string, limit: number): Promise<OutRow[]> {
  const { rows } = await db.query<OutRow>({ name: 'take-orders-out', text: `
    with due as (
      select store_id, order_id, location_id, unknown_outcome as was_unknown from order_out where warehouse_id = $1 and state in ('waiting', 'cancelling') and not held and (not_before is null or not_before <= $2)
      order by created_at limit $4 for update skip locked
    ), taken as (
      update order_out o set not_before = $3, attempts = o.attempts + 1, unknown_outcome = true from due d where o.store_id = d.store_id and o.order_id = d.order_id and o.location_id = d.location_id returning o.*, d.was_unknown
    )
    select t.store_id, t.order_id, t.location_id, t.warehouse_id, t.reference, t.order_name, t.version, t.sent_version, t.state, t.warehouse_reference, t.attempts, t.was_unknown as unknown_outcome,
      coalesce(s.processed_at, t.created_at) as placed_at,
      (select coalesce(jsonb_agg(l.line || jsonb_build_object('sku', k.sku) order by l.n), '[]') from jsonb_array_elements(t.lines) with ordinality as l(line, n)
       left join lateral (select sku from warehouse_sku k where k.warehouse_id = t.warehouse_id and k.item_id = (l.line ->> 'itemId')::int order by (k.matched_by = 'by hand') desc, k.sku limit 1) k on true) as lines
    from taken t left join sales_order s on s.store_id = t.store_id and s.order_id = t.order_id order by t.created_at`, values: [warehouseId, now, again, limit] });
  return rows;
}

export interface OutOutcome { state: OutState; sentVersion?: number; warehouseReference?: string | null; notBefore?: string | null; unknown?: boolean; message?: string | null; acknowledgedAt?: string | null }

export interface Told { row: Pick<OutRow, 'store_id' | 'order_id' | 'location_id' | 'version'>; outcome: OutOutcome }

/** Records what became of telling, several at once. A newer version that was wanted meanwhile stays due. */
export async function settleOrdersOut(db: Queryable, told: readonly Told[], now: string): Promise<void> {
  if (told.length === 0) return;
  const of = <T>(pick: (t: Told) => T): T[] => told.map(pick);
  await db.query({ name: 'settle-orders-out', text: `
    with told as materialized (
      select * from unnest($2::int[], $3::bigint[], $4::int[], $5::text[], $6::int[], $7::text[], $8::bool[], $9::text[], $10::timestamptz[], $11::timestamptz[], $12::int[])
        as t(store_id, order_id, location_id, state, sent_version, reference, unknown, message, acknowledged_at, not_before, version)
        order by store_id, order_id, location_id
    ), locked as materialized (
      -- In the order in which orders heard anew lock them.
      select t.* from told t cross join lateral (select 1 from order_out o where o.store_id = t.store_id and o.order_id = t.order_id and o.location_id = t.location_id for update) o
    )
    update order_out o set sent_version = greatest(o.sent_version, coalesce(t.sent_version, o.sent_version)), warehouse_reference = coalesce(t.reference, o.warehouse_reference),
      unknown_outcome = t.unknown, message = t.message, acknowledged_at = coalesce(o.acknowledged_at, t.acknowledged_at), updated_at = $1,
      attempts = case when t.unknown or t.not_before is not null then o.attempts else 0 end,
      state = case when o.version > t.version and t.state in ('sent', 'acknowledged') then case when jsonb_array_length(o.lines) = 0 then 'cancelling' else 'waiting' end else t.state end,
      not_before = case when o.version > t.version then null else t.not_before end
    from locked t where o.store_id = t.store_id and o.order_id = t.order_id and o.location_id = t.location_id`,
  values: [now, of((t) => t.row.store_id), of((t) => t.row.order_id), of((t) => t.row.location_id), of((t) => t.outcome.state), of((t) => t.outcome.sentVersion ?? null), of((t) => t.outcome.warehouseReference ?? null),
    of((t) => t.outcome.unknown ?? false), of((t) => t.outcome.message?.slice(0, 500) ?? null), of((t) => t.outcome.acknowledgedAt ?? null), of((t) => t.outcome.notBefore ?? null), of((t) => t.row.version)] });
}

/** Stores with orders to tell a warehouse now. */
export async function storesToTell(db: Queryable, now: string): Promise<number[]> {
  const { rows } = await db.query<{ store_id: number }>(`select distinct store_id from order_out where state in ('waiting', 'cancelling') and not held and (not_before is null or not_before <= $1)`, [now]);
  return rows.map((row) => row.store_id);
}

/** The order a warehouse's reference stands for; null when it is not one of ours. */
export async function orderOfReference(db: Queryable, warehouseId: number, reference: string): Promise<{ store_id: number; order_id: string; location_id: number; lines: OutLine[] } | null> {
  const { rows } = await db.query<{ store_id: number; order_id: string; location_id: number; lines: OutLine[] }>(
    'select store_id, order_id, location_id, lines from order_out where warehouse_id = $1 and reference = $2', [warehouseId, reference]);
  return rows[0] ?? null;
}
