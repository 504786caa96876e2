/** Stock changes Instep owns at storefront-authority locations (goods receipt, accepted return, approved count): deltas, each written once by its cause. */
import type { Queryable } from './db.ts';

export interface NewAdjustment { cause: string; itemId: number; locationId: number; stateName: string; delta: number; reason: string; sentence: string; key: string; /** The order whose units on their way these are. */ purchaseOrderId?: number }

/** Queues deltas once by their cause; the key is fixed with the row. Returns how many were new. */
export async function queueAdjustments(tx: Queryable, storeId: number, made: readonly NewAdjustment[], now: string): Promise<number> {
  if (made.length === 0) return 0;
  const { rowCount } = await tx.query(
    `insert into stock_adjustment (store_id, cause, item_id, location_id, state_name, delta, reason, sentence, idempotency_key, purchase_order_id, created_at)
     select $1, t.* , $2 from unnest($3::text[], $4::int[], $5::int[], $6::text[], $7::int[], $8::text[], $9::text[], $10::uuid[], $11::int[]) as t(cause, item_id, location_id, state_name, delta, reason, sentence, key, purchase_order)
     on conflict (store_id, cause) do nothing`,
    [storeId, now, made.map((m) => m.cause), made.map((m) => m.itemId), made.map((m) => m.locationId), made.map((m) => m.stateName), made.map((m) => m.delta), made.map((m) => m.reason), made.map((m) => m.sentence), made.map((m) => m.key), made.map((m) => m.purchaseOrderId ?? null)]);
  await tx.query(`select pg_notify('instep_push', '')`);
  return rowCount ?? 0;
}

export async function storesToAdjust(db: Queryable, now: string): Promise<number[]> {
  const { rows } = await db.query<{ store_id: number }>(
    `select distinct store_id from stock_adjustment where state in ('waiting', 'sent') and (not_before is null or not_before <= $1) and (leased_until is null or leased_until <= $1)`, [now]);
  return rows.map((row) => row.store_id);
}

export interface AdjustmentRow {
  adjustment_id: string; cause: string; item_id: number; location_id: number; state_name: string; delta: number; reason: string; sentence: string; idempotency_key: string;
  purchase_order_id: number | null; created_at: string; first_sent_at: string | null; attempts: number; inventory_item_id: string; shopify_location_id: string;
}

/** Deltas to send now, leased; one call each, so that a refusal harms only itself. */
export async function takeAdjustments(db: Queryable, storeId: number, now: string, leasedUntil: string, limit: number): Promise<AdjustmentRow[]> {
  const { rows } = await db.query<AdjustmentRow>(
    `with taken as (
       update stock_adjustment set state = 'sent', first_sent_at = coalesce(first_sent_at, $2), leased_until = $3, attempts = attempts + 1 where (store_id, adjustment_id) in (
         select store_id, adjustment_id from stock_adjustment where store_id = $1 and state in ('waiting', 'sent') and (not_before is null or not_before <= $2) and (leased_until is null or leased_until <= $2)
         order by adjustment_id limit $4 for update skip locked) returning *)
     select t.*, x.shopify_inventory_item_id as inventory_item_id, l.shopify_location_id from taken t
     join inventory_item x on x.store_id = t.store_id and x.item_id = t.item_id join location l on l.store_id = t.store_id and l.location_id = t.location_id order by t.adjustment_id`, [storeId, now, leasedUntil, limit]);
  return rows;
}

/**
 * A level the storefront does not stock yet begins with our write (it makes one silently): its opening is nothing, taken before the write, or the count read
 * afterwards would be added to the movement. Before the store's opening count there is nothing to begin.
 */
export async function openUnstocked(db: Queryable, storeId: number, itemId: number, locationId: number, now: string): Promise<void> {
  await db.query(
    `insert into opening (store_id, item_id, location_id, as_of) select $1, $2, $3, $4 where exists (select from cursor where store_id = $1 and name = 'stock-levels') on conflict do nothing`, [storeId, itemId, locationId, now]);
}

export async function settleAdjustment(tx: Queryable, storeId: number, id: string, outcome: { state: 'waiting' | 'sent' | 'written' | 'parked'; message: string | null; notBefore: string | null; newKey?: string }, now: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update stock_adjustment set state = $3, message = $4, not_before = $5, leased_until = null, written_at = case when $3 = 'written' then $6::timestamptz else null end, idempotency_key = coalesce($7, idempotency_key)
     where store_id = $1 and adjustment_id = $2 and state <> 'written'`, [storeId, id, outcome.state, outcome.message?.slice(0, 500) ?? null, outcome.notBefore, now, outcome.newKey ?? null]);
  return (rowCount ?? 0) > 0;
}
