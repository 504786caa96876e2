/** Returns: announced, received, inspected. Lines are totals; inspections are kept once each by their cause, and only accepted units become stock. */
import type pg from 'pg';
import type { Disposition } from '../ports/warehouse.ts';
import type { Queryable } from './db.ts';

export interface ReturnHead { reference: string; name: string; orderId: string | null; warehouseId: number | null; locationId: number | null; announcedAt: string | null; cancelled: boolean }
export interface AnnouncedLine { lineKey: string; lineId: string | null; itemId: number | null; sku: string | null; title: string; announced: number }

/** Makes or refreshes a return and what it announces. Answers its id. */
export async function saveReturn(tx: pg.PoolClient, storeId: number, head: ReturnHead, lines: readonly AnnouncedLine[], now: string): Promise<string> {
  const { rows } = await tx.query<{ return_id: string }>(
    `insert into return_case as r (store_id, reference, name, order_id, warehouse_id, location_id, state, announced_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, case when $8 then 'cancelled' else 'announced' end, $7, $9)
     on conflict (store_id, reference) do update set name = excluded.name, order_id = coalesce(excluded.order_id, r.order_id), warehouse_id = coalesce(r.warehouse_id, excluded.warehouse_id),
       location_id = coalesce(r.location_id, excluded.location_id), announced_at = coalesce(r.announced_at, excluded.announced_at), updated_at = $9,
       -- A return that was cancelled while goods were on their way is still received.
       state = case when $8 and r.state = 'announced' then 'cancelled' when not $8 and r.state = 'cancelled' then 'announced' else r.state end
     returning return_id`,
    [storeId, head.reference, head.name, head.orderId, head.warehouseId, head.locationId, head.announcedAt, head.cancelled, now]);
  const id = rows[0]!.return_id;
  await tx.query(
    `insert into return_line as l (store_id, return_id, line_key, line_id, item_id, sku, title, announced)
     select $1, $2, t.key, t.line_id, t.item_id, t.sku, t.title, t.announced from unnest($3::text[], $4::bigint[], $5::int[], $6::text[], $7::text[], $8::int[]) as t(key, line_id, item_id, sku, title, announced) order by t.key
     on conflict (store_id, return_id, line_key) do update set announced = excluded.announced, item_id = coalesce(excluded.item_id, l.item_id), title = excluded.title`,
    [storeId, id, lines.map((l) => l.lineKey), lines.map((l) => l.lineId), lines.map((l) => l.itemId), lines.map((l) => l.sku), lines.map((l) => l.title), lines.map((l) => l.announced)]);
  return id;
}

/** What goes out in exchange, as Shopify says it now; a line that is gone there goes here. Moves nothing: processed units are lines of the order. */
export async function saveExchanges(tx: Queryable, storeId: number, returnId: string, lines: readonly { id: string; variantId: string | null; quantity: number; processed: number; lineIds: readonly string[] }[], now: string): Promise<void> {
  await tx.query('delete from return_exchange where store_id = $1 and return_id = $2 and exchange_id <> all($3::bigint[])', [storeId, returnId, lines.map((line) => line.id)]);
  if (lines.length === 0) return;
  await tx.query(
    `insert into return_exchange as e (store_id, exchange_id, return_id, variant_id, quantity, processed, line_ids, updated_at)
     select $1, t.id, $2, t.variant_id, t.quantity, t.processed, t.line_ids::bigint[], $8 from unnest($3::bigint[], $4::bigint[], $5::int[], $6::int[], $7::text[]) as t(id, variant_id, quantity, processed, line_ids) order by t.id
     on conflict (store_id, exchange_id) do update set variant_id = coalesce(excluded.variant_id, e.variant_id), quantity = excluded.quantity, processed = excluded.processed, line_ids = excluded.line_ids, updated_at = $8`,
    [storeId, returnId, lines.map((l) => l.id), lines.map((l) => l.variantId), lines.map((l) => l.quantity), lines.map((l) => l.processed), lines.map((l) => `{${l.lineIds.join(',')}}`), now]);
}

/** Goods at the door, as a total per line so far: a document heard twice adds nothing (the caller knows which documents are new). */
export async function receiveReturn(tx: Queryable, storeId: number, returnId: string, lines: readonly { lineKey: string; quantity: number }[], at: string, now: string): Promise<void> {
  await tx.query(
    `update return_line l set received = l.received + t.quantity from unnest($3::text[], $4::int[]) as t(key, quantity) where l.store_id = $1 and l.return_id = $2 and l.line_key = t.key`,
    [storeId, returnId, lines.map((l) => l.lineKey), lines.map((l) => l.quantity)]);
  await tx.query(
    `update return_case set received_at = least(coalesce(received_at, $3), $3), updated_at = $4, state = case when state in ('announced', 'cancelled') then 'received' else state end where store_id = $1 and return_id = $2`,
    [storeId, returnId, at, now]);
}

export interface Inspection { cause: string; lineKey: string; disposition: Disposition; quantity: number; at: string; by: string }

/** Records inspections once each by cause. Answers those that were new: only they may become stock. */
export async function inspectReturn(tx: pg.PoolClient, storeId: number, returnId: string, made: readonly Inspection[], now: string): Promise<Inspection[]> {
  const { rows } = await tx.query<{ cause: string; line_key: string; disposition: string }>(
    `insert into return_inspection (store_id, cause, return_id, line_key, disposition, quantity, inspected_at, by)
     select $1, t.cause, $2, t.key, t.disposition, t.quantity, t.at, t.by from unnest($3::text[], $4::text[], $5::text[], $6::int[], $7::timestamptz[], $8::text[]) as t(cause, key, disposition, quantity, at, by)
     on conflict do nothing returning cause, line_key, disposition`,
    [storeId, returnId, made.map((m) => m.cause), made.map((m) => m.lineKey), made.map((m) => m.disposition), made.map((m) => m.quantity), made.map((m) => m.at), made.map((m) => m.by)]);
  const fresh = new Set(rows.map((row) => `${row.cause} ${row.line_key} ${row.disposition}`));
  await tx.query(
    `update return_line l set sellable = s.sellable, damaged = s.damaged, quarantine = s.quarantine, scrap = s.scrap, received = greatest(l.received, s.sellable + s.damaged + s.quarantine + s.scrap)
     from (select line_key, coalesce(sum(quantity) filter (where disposition = 'sellable'), 0)::int as sellable, coalesce(sum(quantity) filter (where disposition = 'damaged'), 0)::int as damaged,
             coalesce(sum(quantity) filter (where disposition = 'quarantine'), 0)::int as quarantine, coalesce(sum(quantity) filter (where disposition = 'scrap'), 0)::int as scrap
           from return_inspection where store_id = $1 and return_id = $2 group by 1) s where l.store_id = $1 and l.return_id = $2 and l.line_key = s.line_key`, [storeId, returnId]);
  await tx.query(
    `update return_case r set updated_at = $3, received_at = coalesce(r.received_at, $3), inspected_at = case when t.open = 0 then coalesce(r.inspected_at, $3) else null end, state = case when t.open = 0 then 'inspected' else 'received' end
     from (select sum(received - sellable - damaged - quarantine - scrap) as open from return_line where store_id = $1 and return_id = $2) t where r.store_id = $1 and r.return_id = $2 and r.state <> 'closed'`, [storeId, returnId, now]);
  return made.filter((m) => fresh.has(`${m.cause} ${m.lineKey} ${m.disposition}`));
}

export interface ReturnRow {
  return_id: string; reference: string; name: string; order_id: string | null; order_name: string | null; warehouse_id: number | null; location_id: number | null; location: string | null; authority: 'storefront' | 'warehouse' | null;
  state: 'announced' | 'received' | 'inspected' | 'closed' | 'cancelled'; announced_at: string | null; received_at: string | null; inspected_at: string | null; told_warehouse_at: string | null; updated_at: string;
  lines: { lineKey: string; lineId: string | null; itemId: number | null; sku: string | null; title: string; announced: number; received: number; sellable: number; damaged: number; quarantine: number; scrap: number }[];
  /** What goes out in exchange; `sent` units of it have left. */
  exchange: { exchangeId: string; variantId: string | null; itemId: number | null; sku: string | null; title: string; quantity: number; processed: number; sent: number }[];
  /** What Shopify's return was told of the inspections; null when none is to be told. */
  shopify: { state: 'waiting' | 'told' | 'refused'; units: number; restockedBefore: number; adjusted: number; at: string | null; message: string | null } | null;
}

const RETURN = `
  select r.*, o.name as order_name, l.name as location, l.authority,
    (select coalesce(jsonb_agg(jsonb_build_object('lineKey', n.line_key, 'lineId', n.line_id::text, 'itemId', n.item_id, 'sku', coalesce(i.sku, n.sku), 'title', coalesce(i.title, n.title), 'announced', n.announced, 'received', n.received,
       'sellable', n.sellable, 'damaged', n.damaged, 'quarantine', n.quarantine, 'scrap', n.scrap) order by n.line_key), '[]')
     from return_line n left join item i on i.item_id = n.item_id where n.store_id = r.store_id and n.return_id = r.return_id) as lines,
    (select coalesce(jsonb_agg(jsonb_build_object('exchangeId', e.exchange_id::text, 'variantId', e.variant_id::text, 'itemId', x.item_id, 'sku', v.sku, 'title', coalesce(v.title, 'Variant ' || e.variant_id, 'A deleted variant'), 'quantity', e.quantity, 'processed', e.processed,
       'sent', (select coalesce(sum((made.lines ->> line::text)::int), 0)::int from unnest(e.line_ids) as line, lateral (select f.value -> 'lines' as lines from jsonb_each(o.state -> 'fulfilments') f where not (f.value ->> 'cancelled')::boolean) made)) order by e.exchange_id), '[]')
     from return_exchange e left join variant v on v.store_id = e.store_id and v.shopify_variant_id = e.variant_id left join inventory_item x on x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id
     where e.store_id = r.store_id and e.return_id = r.return_id) as exchange,
    (select case when count(*) > 0 then jsonb_build_object('state', case when bool_or(d.state in ('waiting', 'sent')) then 'waiting' when bool_or(d.state = 'refused') then 'refused' else 'told' end, 'units', sum(d.units)::int, 'restockedBefore', sum(d.there)::int,
       'adjusted', sum(d.adjusted)::int, 'at', to_char(max(d.settled_at), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'message', (array_agg(d.message order by d.disposition_id desc) filter (where d.message is not null and d.state <> 'told'))[1]) end
     from return_disposition d where d.store_id = r.store_id and d.return_id = r.return_id) as shopify
  from return_case r left join sales_order o on o.store_id = r.store_id and o.order_id = r.order_id left join location l on l.store_id = r.store_id and l.location_id = r.location_id`;

export async function listReturns(db: Queryable, storeId: number, filter: { states: readonly string[] | null; q: string | null; before: { at: string; id: string } | null; limit: number }): Promise<ReturnRow[]> {
  const { rows } = await db.query<ReturnRow>(
    `${RETURN} where r.store_id = $1 and ($2::text[] is null or r.state = any($2))
       and ($3::text is null or r.name ilike '%' || $3 || '%' or o.name ilike '%' || $3 || '%' or exists (select from return_line n left join item i on i.item_id = n.item_id where n.store_id = r.store_id and n.return_id = r.return_id and (i.sku ilike $3 || '%' or i.barcode = $3 or n.title ilike '%' || $3 || '%')))
       and ($4::timestamptz is null or (r.updated_at, r.return_id) < ($4, $5::bigint)) order by r.updated_at desc, r.return_id desc limit $6`,
    [storeId, filter.states, filter.q, filter.before?.at ?? null, filter.before?.id ?? null, filter.limit]);
  return rows;
}

export async function findReturn(db: Queryable, storeId: number, key: { id: string } | { reference: string }): Promise<ReturnRow | null> {
  const { rows } = await db.query<ReturnRow>(`${RETURN} where r.store_id = $1 and ${'id' in key ? 'r.return_id = $2::bigint' : 'r.reference = $2'}`, [storeId, 'id' in key ? key.id : key.reference]);
  return rows[0] ?? null;
}
