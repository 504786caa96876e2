/** What inspections found, on its way to Shopify's own returns: a row an inspection, committed before the call and settled after it. */
import type pg from 'pg';
import type { Queryable } from './db.ts';
import type { Inspection, ReturnRow } from './returns.ts';

/** Inspections of a return Shopify knows, to be told to it. `raises` are accepted units where Shopify keeps the stock: they rise by this and by nothing else. */
export async function queueDispositions(tx: Queryable, storeId: number, row: Pick<ReturnRow, 'return_id' | 'reference' | 'location_id' | 'authority' | 'lines'>, made: readonly Inspection[], now: string): Promise<void> {
  if (!row.reference.startsWith('shopify/') || row.location_id === null) return;
  const told = made.filter((m) => toldToShopify(row, m));
  await tx.query(
    `insert into return_disposition (store_id, return_id, cause, line_key, disposition, quantity, raises, created_at)
     select $1, $2, t.cause, t.key, t.disposition, t.quantity, t.raises, $3 from unnest($4::text[], $5::text[], $6::text[], $7::int[], $8::boolean[]) as t(cause, key, disposition, quantity, raises) on conflict do nothing`,
    [storeId, row.return_id, now, told.map((m) => m.cause), told.map((m) => m.lineKey), told.map((m) => m.disposition), told.map((m) => m.quantity), told.map((m) => risesByDisposition(row, m))]);
}

/** Shopify's return has the line, so that what became of it can be said there. */
export const toldToShopify = (row: Pick<ReturnRow, 'reference' | 'location_id' | 'lines'>, made: { lineKey: string }): boolean =>
  row.reference.startsWith('shopify/') && row.location_id !== null && row.lines.some((line) => line.lineKey === made.lineKey && line.lineId !== null);

/** Accepted where Shopify keeps the stock: these units rise by what is told, or by the stock change that takes its place. */
export const risesByDisposition = (row: Pick<ReturnRow, 'reference' | 'location_id' | 'authority' | 'lines'>, made: { lineKey: string; disposition: string }): boolean =>
  made.disposition === 'sellable' && row.authority === 'storefront' && toldToShopify(row, made);

export interface DispositionRow {
  disposition_id: string; return_id: string; reference: string; return_name: string; order_id: string; cause: string; line_key: string; disposition: 'sellable' | 'damaged' | 'quarantine' | 'scrap'; quantity: number;
  raises: boolean; state: 'waiting' | 'sent'; said: { reverseLineId: string; quantity: number; type: 'restocked' | 'not restocked'; locationId: string | null }[]; known: string[]; attempts: number; made: Record<string, number>;
  line_id: string; item_id: number | null; location_id: number; shopify_location_id: string; authority: 'storefront' | 'warehouse';
  /** The order line's own item is this one and tracked; and the ledger has its level open at the location. */
  itself: boolean; opened: boolean; by: string;
}

/** Rows due, oldest first; `sent` are those whose answer was not heard. */
export async function dispositionsDue(db: Queryable, storeId: number, now: string, limit: number): Promise<DispositionRow[]> {
  const { rows } = await db.query<DispositionRow>(
    `select d.*, r.reference, r.name as return_name, r.order_id, r.location_id, n.line_id, n.item_id, l.shopify_location_id, l.authority, i.by,
       coalesce(x.item_id = n.item_id and x.tracked and not v.is_bundle, false) as itself, exists (select from opening o where o.store_id = d.store_id and o.item_id = n.item_id and o.location_id = r.location_id) as opened
     from return_disposition d join return_case r using (store_id, return_id) join return_line n using (store_id, return_id, line_key) join location l on l.store_id = r.store_id and l.location_id = r.location_id
     join return_inspection i on i.store_id = d.store_id and i.cause = d.cause and i.line_key = d.line_key and i.disposition = d.disposition
     left join sales_order o on o.store_id = r.store_id and o.order_id = r.order_id
     left join variant v on v.store_id = d.store_id and v.shopify_variant_id = (o.state -> 'lines' -> n.line_id::text ->> 'variantId')::bigint
     left join inventory_item x on x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id
     where d.store_id = $1 and d.state in ('waiting', 'sent') and (d.not_before is null or d.not_before <= $2) and r.order_id is not null and n.line_id is not null order by d.disposition_id limit $3`, [storeId, now, limit]);
  return rows;
}

/** Of one return: units of dispositions other rows account for, and per order line its parts as announced and inspected, and units told of so far. */
export async function dispositionsKnown(db: Queryable, storeId: number, row: DispositionRow): Promise<{ taken: Map<string, number>; parts: { announced: number; inspected: number }[]; told: number }> {
  const others = await db.query<{ id: string; units: number }>(
    `select e.key as id, sum(e.value::int)::int as units from return_disposition d, jsonb_each_text(d.made) e where d.store_id = $1 and d.return_id = $2 and d.disposition_id <> $3 group by 1`, [storeId, row.return_id, row.disposition_id]);
  const parts = await db.query<{ announced: number; inspected: number }>(
    'select announced, sellable + damaged + quarantine + scrap as inspected from return_line where store_id = $1 and return_id = $2 and line_id = $3', [storeId, row.return_id, row.line_id]);
  const told = await db.query<{ units: number }>(
    `select coalesce(sum(d.units), 0)::int as units from return_disposition d join return_line n using (store_id, return_id, line_key) where d.store_id = $1 and d.return_id = $2 and n.line_id = $3 and d.state = 'told'`, [storeId, row.return_id, row.line_id]);
  return { taken: new Map(others.rows.map((o) => [o.id, o.units])), parts: parts.rows, told: told.rows[0]!.units };
}

/** The attempt, committed before the call: what is said, and what the return had before. False when the row was settled meanwhile. */
export async function beginTelling(db: Queryable, storeId: number, row: DispositionRow, attempt: { said: DispositionRow['said']; known: readonly string[]; there: Record<string, number> }, notBefore: string, now: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update return_disposition set state = 'sent', said = $4::jsonb, known = $5, made = $6::jsonb, there = $7, attempts = attempts + 1, sent_at = $8, not_before = $9 where store_id = $1 and disposition_id = $2 and state in ('waiting', 'sent') and attempts = $3`,
    [storeId, row.disposition_id, row.attempts, JSON.stringify(attempt.said), attempt.known, JSON.stringify(attempt.there), sum(attempt.there), now, notBefore]);
  return rowCount === 1;
}

/** It was not heard, or must wait: looked at again later. */
export async function postponeTelling(db: Queryable, storeId: number, id: string, message: string, notBefore: string): Promise<void> {
  await db.query(`update return_disposition set message = $3, not_before = $4 where store_id = $1 and disposition_id = $2 and state in ('waiting', 'sent')`, [storeId, id, message.slice(0, 500), notBefore]);
}

/** False when it was settled before: then nothing else of it may be recorded. */
export async function settleTelling(tx: pg.PoolClient, storeId: number, id: string, outcome: { state: 'told' | 'refused'; made: Record<string, number>; there: number; units: number; adjusted: number; message: string | null }, now: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update return_disposition set state = $3, made = $4::jsonb, there = $5, units = $6, adjusted = $7, message = $8, settled_at = $9, not_before = null where store_id = $1 and disposition_id = $2 and state in ('waiting', 'sent')`,
    [storeId, id, outcome.state, JSON.stringify(outcome.made), outcome.there, outcome.units, outcome.adjusted, outcome.message?.slice(0, 500) ?? null, now]);
  return rowCount === 1;
}

const sum = (units: Record<string, number>): number => Object.values(units).reduce((total, one) => total + one, 0);
