/** What returns wait for: reads of Shopify's side, announcements to the warehouse, inspections, and restocks nobody accepted. */
import type { Queryable } from './db.ts';

/** Orders whose returns were heard to change; taken by being reset. */
export async function takeReturnReads(db: Queryable, storeId: number, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ order_id: string }>(
    `update sales_order set needs_returns = false where (store_id, order_id) in (select store_id, order_id from sales_order where store_id = $1 and needs_returns order by order_id limit $2 for update skip locked) returning order_id`, [storeId, limit]);
  return rows.map((row) => row.order_id);
}

export interface OrderPlace { line_id: string; item_id: number | null; sku: string | null; title: string | null; location_id: number | null; warehouse_id: number | null; per_unit: number }

/** Where each line of an order left from, with the items in it: from what orders want of the shelf, else from the order's own parcels. */
export async function orderPlaces(db: Queryable, storeId: number, orderId: string): Promise<OrderPlace[]> {
  const { rows } = await db.query<OrderPlace>(
    `with line as (select key as line_id, value as line from sales_order o, jsonb_each(o.state -> 'lines') where o.store_id = $1 and o.order_id = $2),
     parcel as (select l.key as line_id, min(p.value ->> 'locationId') as place from sales_order o, jsonb_each(o.state -> 'fulfilments') p, jsonb_each(p.value -> 'lines') l where o.store_id = $1 and o.order_id = $2 group by 1)
     select line.line_id, coalesce(d.item_id, x.item_id) as item_id, coalesce(i.sku, line.line ->> 'sku') as sku, coalesce(i.title, line.line ->> 'title') as title, coalesce(d.location_id, l.location_id) as location_id, l2.warehouse_id,
       coalesce(case when d.via_bundle then d.units / nullif((line.line ->> 'ordered')::int - (line.line ->> 'removed')::int, 0) end, 1) as per_unit
     from line
     left join lateral (select item_id, location_id, via_bundle, open + fulfilled as units from order_demand d where d.store_id = $1 and d.order_id = $2 and d.line_id::text = line.line_id) d on true
     left join variant v on v.store_id = $1 and v.shopify_variant_id = (line.line ->> 'variantId')::bigint
     left join inventory_item x on x.store_id = $1 and x.shopify_inventory_item_id = v.shopify_inventory_item_id
     left join item i on i.item_id = coalesce(d.item_id, x.item_id)
     left join parcel on parcel.line_id = line.line_id left join location l on l.store_id = $1 and l.shopify_location_id::text = parcel.place
     left join location l2 on l2.store_id = $1 and l2.location_id = coalesce(d.location_id, l.location_id) order by 1, 2`, [storeId, orderId]);
  return rows;
}

export interface ToAnnounce { return_id: string; reference: string; order_id: string; location_id: number; warehouse_id: number; lines: { lineKey: string; sku: string | null; announced: number }[] }
export async function returnsToAnnounce(db: Queryable, storeId: number, limit: number): Promise<ToAnnounce[]> {
  const { rows } = await db.query<ToAnnounce>(
    `select r.return_id, r.reference, r.order_id, r.location_id, r.warehouse_id,
       (select coalesce(jsonb_agg(jsonb_build_object('lineKey', n.line_key, 'announced', n.announced, 'sku', (select k.sku from warehouse_sku k where k.warehouse_id = r.warehouse_id and k.item_id = n.item_id order by (k.matched_by = 'by hand') desc, k.sku limit 1))), '[]')
        from return_line n where n.store_id = r.store_id and n.return_id = r.return_id) as lines
     from return_case r where r.store_id = $1 and r.state = 'announced' and r.told_warehouse_at is null and r.warehouse_id is not null and r.reference like 'shopify/%' order by r.return_id limit $2`, [storeId, limit]);
  return rows;
}

export async function returnsUninspected(db: Queryable, storeId: number, before: string): Promise<{ return_id: string; name: string; received_at: string; units: number }[]> {
  const { rows } = await db.query<{ return_id: string; name: string; received_at: string; units: number }>(
    `select r.return_id, r.name, r.received_at, sum(l.received - l.sellable - l.damaged - l.quarantine - l.scrap)::int as units from return_case r join return_line l using (store_id, return_id)
     where r.store_id = $1 and r.state = 'received' and r.received_at <= $2 group by 1, 2, 3 having sum(l.received - l.sellable - l.damaged - l.quarantine - l.scrap) > 0 order by 3 limit 1000`, [storeId, before]);
  return rows;
}

export interface GhostRow { item_id: number; location_id: number; sku: string | null; title: string; location: string; restocked: number; reversed: number; open: number; last_at: string; facts: string[] }

/**
 * Ghost stock: units restocked in Shopify (by a refund or a disposition) at a place where a warehouse is the authority. Reversed by the next push under their
 * own movement; `open` are those not taken back yet.
 */
export async function ghostRestocks(db: Queryable, storeId: number): Promise<GhostRow[]> {
  const { rows } = await db.query<GhostRow>(
    `select m.item_id, m.to_location as location_id, i.sku, i.title, l.name as location, coalesce(sum(m.quantity) filter (where m.kind = 'returned to stock'), 0)::int as restocked,
       -coalesce(sum(m.quantity) filter (where m.kind = 'ghost restock reversed'), 0)::int as reversed, greatest(0, sum(m.quantity))::int as open, max(m.recorded_at) as last_at,
       (array_agg(m.fact order by m.movement_id desc) filter (where m.kind = 'returned to stock'))[1:20] as facts
     from push_policy a join location l using (store_id, location_id) join movement m on m.store_id = a.store_id and m.to_location = a.location_id and m.to_state = 'available'
       and m.kind in ('returned to stock', 'ghost restock reversed') and m.recorded_at >= a.live_since join item i using (item_id)
     where a.store_id = $1 and l.authority = 'warehouse' and a.live_since is not null group by 1, 2, 3, 4, 5 having count(*) filter (where m.kind = 'returned to stock') > 0 order by max(m.recorded_at) desc limit 1000`, [storeId]);
  return rows;
}
