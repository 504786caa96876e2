/** Parcels the warehouse sent, on their way to becoming exactly one fulfilment per location in Shopify. */
import type pg from 'pg';
import type { Parcel } from '../ports/warehouse.ts';
import type { Db, Queryable } from './db.ts';

export interface NewShipment {
  storeId: number; warehouseId: number; documentId: string; orderId: string; locationId: number; shippedAt: string; receivedAt: string; parcels: Parcel[];
  lines: { lineId: string; itemId: number; quantity: number }[];
}

/** Records a shipment once by its document; whether Shopify is to mail the customer is as the location says at that moment. Answers its id, or null when it was known. */
export async function saveShipment(tx: pg.PoolClient, made: NewShipment): Promise<string | null> {
  const { rows } = await tx.query<{ shipment_id: string }>(
    `insert into shipment (store_id, warehouse_id, document_id, order_id, location_id, shipped_at, received_at, parcels, notify)
     values ($1, $2, $3, $4, $5, $6, $7, $8, coalesce((select notify_customer from push_policy where store_id = $1 and location_id = $5), true))
     on conflict (store_id, warehouse_id, document_id, order_id) do nothing returning shipment_id`,
    [made.storeId, made.warehouseId, made.documentId, made.orderId, made.locationId, made.shippedAt, made.receivedAt, JSON.stringify(made.parcels)]);
  const id = rows[0]?.shipment_id;
  if (id === undefined) return null;
  await tx.query(
    `insert into shipment_line (store_id, shipment_id, line_id, item_id, quantity) select $1, $2, line_id, item_id, sum(quantity)::int from unnest($3::bigint[], $4::int[], $5::int[]) as t(line_id, item_id, quantity) group by 3, 4`,
    [made.storeId, id, made.lines.map((l) => l.lineId), made.lines.map((l) => l.itemId), made.lines.map((l) => l.quantity)]);
  return id;
}

export interface ShipmentRow {
  store_id: number; shipment_id: string; warehouse_id: number; document_id: string; order_id: string; location_id: number; shopify_location_id: string; shipped_at: string; received_at: string;
  parcels: Parcel[]; notify: boolean; state: string; attempts: number; unknown_outcome: boolean; fulfilment_ids: string[]; reason: string | null;
  lines: { lineId: string; itemId: number; quantity: number }[];
}

const SHIPMENT = `
  select h.*, l.shopify_location_id, (select coalesce(jsonb_agg(jsonb_build_object('lineId', n.line_id::text, 'itemId', n.item_id, 'quantity', n.quantity) order by n.line_id, n.item_id), '[]')
    from shipment_line n where n.store_id = h.store_id and n.shipment_id = h.shipment_id) as lines
  from shipment h join location l on l.store_id = h.store_id and l.location_id = h.location_id`;

/**
 * Shipments due, oldest first; leased so that no other worker makes the same fulfilment. One worker at a time has parcels of an order: what the first
 * fulfils decides what is left for the next, and a parcel that waited for the rest of its bundle goes with that rest. A lease that ran out leaves the outcome unknown.
 */
export async function takeShipments(db: Db, storeId: number, now: string, leasedUntil: string, limit: number): Promise<ShipmentRow[]> {
  return db.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`shipments:${storeId}`]);
    const { rows: taken } = await tx.query<{ shipment_id: string }>(
      `update shipment set unknown_outcome = unknown_outcome or state = 'sending', state = 'sending', leased_until = $3, attempts = attempts + 1
       where (store_id, shipment_id) in (
         select store_id, shipment_id from shipment h where store_id = $1 and state in ('waiting', 'sending', 'held') and (not_before is null or not_before <= $2) and (leased_until is null or leased_until <= $2)
           and not exists (select from shipment e where e.store_id = h.store_id and e.order_id = h.order_id and e.shipment_id <> h.shipment_id
             and (e.state in ('waiting', 'sending') and (e.shipped_at, e.shipment_id) < (h.shipped_at, h.shipment_id) or e.state = 'sending' and e.leased_until > $2))
         order by shipped_at, shipment_id limit $4 for update skip locked)
       returning shipment_id`, [storeId, now, leasedUntil, limit]);
    if (taken.length === 0) return [];
    return (await tx.query<ShipmentRow>(`${SHIPMENT} where h.store_id = $1 and h.shipment_id = any($2) order by h.shipped_at, h.shipment_id`, [storeId, taken.map((row) => row.shipment_id)])).rows;
  });
}

/** What left the place for an order up to and including one shipment: that one, those before it, and whatever else Shopify has already. */
export async function dispatchedOf(db: Queryable, storeId: number, orderId: string, locationId: number, shipmentId: string): Promise<{ line_id: string; item_id: number; quantity: number }[]> {
  const { rows } = await db.query<{ line_id: string; item_id: number; quantity: number }>(
    `select n.line_id, n.item_id, sum(n.quantity)::int as quantity from shipment h join shipment_line n using (store_id, shipment_id)
     where h.store_id = $1 and h.order_id = $2 and h.location_id = $3 and h.state <> 'cancelled'
       and (h.state = 'written' or (h.shipped_at, h.shipment_id) <= (select t.shipped_at, t.shipment_id from shipment t where t.store_id = $1 and t.shipment_id = $4)) group by 1, 2`, [storeId, orderId, locationId, shipmentId]);
  return rows;
}

export async function settleShipment(
  tx: Queryable, storeId: number, shipmentId: string, outcome: { state: 'waiting' | 'written' | 'held' | 'failed'; fulfilmentIds?: readonly string[]; reason: string | null; notBefore: string | null; unknown?: boolean }, now: string,
): Promise<void> {
  await tx.query(
    `update shipment set state = $3, fulfilment_ids = (select coalesce(array_agg(distinct id order by id), '{}') from unnest(fulfilment_ids || $4::bigint[]) as id), reason = $5, not_before = $6, leased_until = null,
       unknown_outcome = $7, written_at = case when $3 = 'written' then coalesce(written_at, $8) else written_at end where store_id = $1 and shipment_id = $2`,
    [storeId, shipmentId, outcome.state, outcome.fulfilmentIds ?? [], outcome.reason?.slice(0, 500) ?? null, outcome.notBefore, outcome.unknown ?? false, now]);
}

/** Fulfilments already made for other shipments of the order: a parcel's tracking number found there is not ours to take. */
export async function fulfilmentsTaken(db: Queryable, storeId: number, orderId: string, exceptShipment: string): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>('select distinct unnest(fulfilment_ids) as id from shipment where store_id = $1 and order_id = $2 and shipment_id <> $3', [storeId, orderId, exceptShipment]);
  return new Set(rows.map((row) => row.id));
}

/** Tracking numbers of earlier parcels of the same order lines that Shopify has not been told of. */
export async function numbersWaiting(db: Queryable, storeId: number, row: ShipmentRow): Promise<string[]> {
  const { rows } = await db.query<{ number: string }>(
    `select distinct p ->> 'number' as number from shipment h, jsonb_array_elements(h.parcels) p where h.store_id = $1 and h.order_id = $2 and h.location_id = $3 and h.state = 'held' and h.fulfilment_ids = '{}' and p ->> 'number' is not null
       and (h.shipped_at, h.shipment_id) < ($4::timestamptz, $5::bigint) and exists (select from shipment_line n where n.store_id = h.store_id and n.shipment_id = h.shipment_id and n.line_id = any($6::bigint[]))`,
    [storeId, row.order_id, row.location_id, row.shipped_at, row.shipment_id, row.lines.map((line) => line.lineId)]);
  return rows.map((r) => r.number);
}

export async function storesToFulfil(db: Queryable, now: string): Promise<number[]> {
  const { rows } = await db.query<{ store_id: number }>(
    `select distinct store_id from shipment where state in ('waiting', 'sending', 'held') and (not_before is null or not_before <= $1) and (leased_until is null or leased_until <= $1)`, [now]);
  return rows.map((row) => row.store_id);
}
