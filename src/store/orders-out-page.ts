/** Orders out as people see them: what is stuck, and what wants more than the shelf holds. */
import type { Queryable } from './db.ts';

export interface OutCase { reference: string; order_name: string; warehouse: string; state: string; attempts: number; message: string | null }

/** Orders a warehouse refused, cannot name, shipped before a change, or has not answered for after `tries` tries. */
export async function outCases(db: Queryable, storeId: number, tries: number): Promise<OutCase[]> {
  const { rows } = await db.query<OutCase>(
    `select o.reference, o.order_name, w.name as warehouse, o.state, o.attempts, o.message from order_out o join warehouse w using (warehouse_id)
     where o.store_id = $1 and (o.state in ('refused', 'unmapped', 'too late') or (o.state in ('waiting', 'cancelling') and o.attempts >= $2) or o.message like '%were left out') order by o.created_at limit 1000`, [storeId, tries]);
  return rows;
}

export interface ShortOrder { order_id: string; order_name: string; location_id: number; parts: { sku: string; wanted: number; available: number }[] }

/**
 * Orders that want more of an item, summed over all their lines and bundles, than is left for them on the shelf after the orders before them:
 * one decision for the whole order.
 */
export async function shortOrders(db: Queryable, storeId: number): Promise<ShortOrder[]> {
  const { rows } = await db.query<ShortOrder>(
    `with wanting as (
       select d.order_id, d.location_id, l.warehouse_id, d.item_id, sum(d.open)::int as wanted, min(d.ordered_at) as ordered_at
       from order_demand d join location l on l.store_id = d.store_id and l.location_id = d.location_id where d.store_id = $1 and d.open > 0 group by 1, 2, 3, 4
     ), in_line as (
       select w.*, coalesce(s.on_hand - s.unsellable, 0) - coalesce(sum(w.wanted) over (partition by w.warehouse_id, w.item_id order by w.ordered_at, w.order_id rows between unbounded preceding and 1 preceding), 0) as available
       from wanting w left join (select warehouse_id, item_id, sum(on_hand)::int as on_hand, sum(unsellable)::int as unsellable from warehouse_stock where item_id is not null group by 1, 2) s using (warehouse_id, item_id)
     )
     select n.order_id, o.name as order_name, n.location_id, jsonb_agg(jsonb_build_object('sku', coalesce(i.sku, i.title), 'wanted', n.wanted, 'available', n.available) order by i.sku) as parts
     from in_line n join sales_order o on o.store_id = $1 and o.order_id = n.order_id join item i on i.item_id = n.item_id where n.wanted > n.available group by 1, 2, 3 order by 1 limit 500`, [storeId]);
  return rows;
}

export interface OutPageRow {
  order_id: string; order_name: string; location_id: number; location: string; warehouse: string; reference: string; state: string; version: number; sent_version: number; held: boolean; warehouse_reference: string | null;
  attempts: number; message: string | null; created_at: string; updated_at: string; acknowledged_at: string | null; lines: { lineReference: string; sku: string | null; title: string; quantity: number; shipped: number }[];
}

const inView = (view: string): string => `case ${view} when 'open' then o.state in ('waiting', 'sent', 'acknowledged', 'cancelling') when 'stuck' then o.state in ('refused', 'unmapped', 'too late') or (o.attempts >= 5 and o.state in ('waiting', 'cancelling'))
  when 'done' then o.state in ('done', 'cancelled') else true end`;

export async function outPage(db: Queryable, storeId: number, filter: { view: 'open' | 'stuck' | 'done' | 'all'; q: string | null; before: { at: string; orderId: string; locationId: number } | null; limit: number }): Promise<OutPageRow[]> {
  const { rows } = await db.query<OutPageRow>(
    `select o.order_id, o.order_name, o.location_id, l.name as location, w.name as warehouse, o.reference, o.state, o.version, o.sent_version, o.held, o.warehouse_reference, o.attempts, o.message, o.created_at, o.updated_at, o.acknowledged_at,
       (select coalesce(jsonb_agg(jsonb_build_object('lineReference', x.line ->> 'lineReference', 'sku', i.sku, 'title', coalesce(i.title, 'Item ' || (x.line ->> 'itemId')), 'quantity', (x.line ->> 'quantity')::int,
          'shipped', coalesce((select sum(n.quantity) from shipment h join shipment_line n using (store_id, shipment_id) where h.store_id = o.store_id and h.order_id = o.order_id and h.location_id = o.location_id and h.state <> 'cancelled'
            and n.line_id = (x.line ->> 'lineId')::bigint and n.item_id = (x.line ->> 'itemId')::int), 0)) order by x.line ->> 'lineReference'), '[]')
        from jsonb_array_elements(o.lines) as x(line) left join item i on i.item_id = (x.line ->> 'itemId')::int) as lines
     from order_out o join warehouse w using (warehouse_id) join location l on l.store_id = o.store_id and l.location_id = o.location_id
     where o.store_id = $1 and ${inView('$2')}
       and ($3::text is null or o.order_name ilike '%' || $3 || '%' or o.reference = $3) and ($4::timestamptz is null or (o.created_at, o.order_id, o.location_id) < ($4, $5::bigint, $6::int))
     order by o.created_at desc, o.order_id desc, o.location_id desc limit $7`,
    [storeId, filter.view, filter.q, filter.before?.at ?? null, filter.before?.orderId ?? null, filter.before?.locationId ?? null, filter.limit]);
  return rows;
}

export async function outCounts(db: Queryable, storeId: number): Promise<{ open: number; stuck: number; done: number; all: number }> {
  const { rows } = await db.query<{ view: 'open' | 'stuck' | 'done' | 'all'; n: number }>(
    `select v.view, (select count(*)::int from order_out o where o.store_id = $1 and ${inView('v.view')}) as n from unnest(array['open', 'stuck', 'done', 'all']) as v(view)`, [storeId]);
  return Object.fromEntries(rows.map((row) => [row.view, row.n])) as { open: number; stuck: number; done: number; all: number };
}
