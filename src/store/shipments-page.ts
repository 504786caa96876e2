/** Shipments as people see them: the Fulfilments page, its CSV, and what is late. */
import type { Parcel } from '../ports/warehouse.ts';
import type { Queryable } from './db.ts';

export interface ShipmentPageRow {
  shipment_id: string; document_id: string; order_id: string; order_name: string | null; warehouse: string; location: string; shipped_at: string; received_at: string; written_at: string | null; state: string; reason: string | null;
  attempts: number; parcels: Parcel[]; fulfilment_ids: string[]; units: number; lines: { sku: string | null; title: string; quantity: number }[];
}

const ROWS = `
  select h.shipment_id, h.document_id, h.order_id, o.name as order_name, w.name as warehouse, l.name as location, h.shipped_at, h.received_at, h.written_at, h.state, h.reason, h.attempts, h.parcels, h.fulfilment_ids,
    coalesce(n.units, 0) as units, coalesce(n.lines, '[]') as lines
  from shipment h join warehouse w using (warehouse_id) join location l on l.store_id = h.store_id and l.location_id = h.location_id
  left join sales_order o on o.store_id = h.store_id and o.order_id = h.order_id
  left join lateral (select sum(n.quantity)::int as units, jsonb_agg(jsonb_build_object('sku', i.sku, 'title', i.title, 'quantity', n.quantity) order by i.sku) as lines
    from shipment_line n join item i using (item_id) where n.store_id = h.store_id and n.shipment_id = h.shipment_id) n on true`;

export type ShipmentView = 'late' | 'waiting' | 'held' | 'written' | 'all';

export async function shipmentPage(db: Queryable, storeId: number, filter: { view: ShipmentView; q: string | null; lateBefore: string; before: { at: string; id: string } | null; limit: number }): Promise<ShipmentPageRow[]> {
  const { rows } = await db.query<ShipmentPageRow>(
    `${ROWS} where h.store_id = $1 and case $2 when 'late' then h.state not in ('written', 'cancelled') and h.shipped_at <= $4 when 'waiting' then h.state in ('waiting', 'sending') when 'held' then h.state in ('held', 'failed')
         when 'written' then h.state = 'written' else true end
       and ($3::text is null or o.name ilike '%' || $3 || '%' or h.document_id ilike '%' || $3 || '%' or h.parcels::text ilike '%' || $3 || '%')
       and ($5::timestamptz is null or (h.shipped_at, h.shipment_id) < ($5, $6::bigint)) order by h.shipped_at desc, h.shipment_id desc limit $7`,
    [storeId, filter.view, filter.q, filter.lateBefore, filter.before?.at ?? null, filter.before?.id ?? null, filter.limit]);
  return rows;
}

/** Shipped before an instant and still not read back from Shopify. */
export async function lateShipments(db: Queryable, storeId: number, before: string): Promise<ShipmentPageRow[]> {
  const { rows } = await db.query<ShipmentPageRow>(`${ROWS} where h.store_id = $1 and h.state not in ('written', 'cancelled') and h.shipped_at <= $2 order by h.shipped_at limit 1000`, [storeId, before]);
  return rows;
}

export async function shipmentCounts(db: Queryable, storeId: number, lateBefore: string): Promise<{ late: number; waiting: number; held: number; written: number; all: number }> {
  const { rows } = await db.query<{ late: number; waiting: number; held: number; written: number; all: number }>(
    `select count(*) filter (where state not in ('written', 'cancelled') and shipped_at <= $2)::int as late, count(*) filter (where state in ('waiting', 'sending'))::int as waiting,
       count(*) filter (where state in ('held', 'failed'))::int as held, count(*) filter (where state = 'written')::int as written, count(*)::int as "all" from shipment where store_id = $1`, [storeId, lateBefore]);
  return rows[0]!;
}
