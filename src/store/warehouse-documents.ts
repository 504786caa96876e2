/** What warehouses send: counts straight to the shelf, documents kept before they are acknowledged and applied once each, unreadable rows kept as they came. */
import type pg from 'pg';
import type { StockCountFact, WarehouseDocument, WarehouseFact, WarehouseReject } from '../ports/warehouse.ts';
import type { Queryable } from './db.ts';
import { markDirty } from './push-levels.ts';
import { saveCounts } from './shelf.ts';

/** Stores a batch durably; after the commit it may be acknowledged. Hearing it again changes nothing. Returns new documents and items whose shelf changed. */
export async function storeWarehouseFacts(tx: pg.PoolClient, warehouseId: number, facts: readonly WarehouseFact[], rejects: readonly WarehouseReject[], now: string): Promise<{ documents: number; itemIds: number[] }> {
  const counts = facts.filter((fact): fact is StockCountFact => fact.type === 'stock');
  const documents = facts.filter((fact): fact is WarehouseDocument => fact.type !== 'stock');
  const itemIds = await saveCounts(tx, warehouseId, counts, now);
  await markDirty(tx, itemIds, now);
  const stored = documents.length === 0 ? null : await tx.query(
    `insert into warehouse_document (warehouse_id, type, id, occurred_at, received_at, body) select $1, t.type, t.id, t.at, $2, t.body from unnest($3::text[], $4::text[], $5::timestamptz[], $6::jsonb[]) as t(type, id, at, body)
     on conflict (warehouse_id, type, id) do nothing`, [warehouseId, now, documents.map((d) => d.type), documents.map((d) => d.id), documents.map((d) => d.at), documents.map((d) => JSON.stringify(d))]);
  if (rejects.length > 0) {
    await tx.query(
      `insert into warehouse_reject (warehouse_id, place, field, message, raw, received_at) select $1, t.place, t.field, t.message, t.raw, $2 from unnest($3::text[], $4::text[], $5::text[], $6::text[]) as t(place, field, message, raw)
       on conflict (warehouse_id, place, message) do nothing`, [warehouseId, now, rejects.map((r) => r.where), rejects.map((r) => r.field), rejects.map((r) => r.message), rejects.map((r) => r.raw.slice(0, 10_000))]);
  }
  if ((stored?.rowCount ?? 0) > 0) await tx.query(`select pg_notify('instep_feed', '')`);
  return { documents: stored?.rowCount ?? 0, itemIds };
}

export interface DocumentRow { document_id: string; warehouse_id: number; type: WarehouseDocument['type']; id: string; body: WarehouseDocument }

/** The oldest waiting document, locked and skipped by the others; acknowledgements wait for nothing, so one blocked document stops no other. */
export async function takeDocument(tx: pg.PoolClient): Promise<DocumentRow | null> {
  const { rows } = await tx.query<DocumentRow>('select document_id, warehouse_id, type, id, body from warehouse_document where state = 0 order by document_id limit 1 for update skip locked');
  return rows[0] ?? null;
}

export async function settleDocument(tx: Queryable, documentId: string, state: 'applied' | 'ignored' | 'parked', reason: string | null, now: string): Promise<void> {
  await tx.query('update warehouse_document set state = $2, reason = $3, settled_at = $4 where document_id = $1', [documentId, { applied: 1, ignored: 2, parked: 3 }[state], reason?.slice(0, 500) ?? null, now]);
}

/** Item behind a warehouse's code. */
export async function itemsOfSkus(db: Queryable, warehouseId: number, skus: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await db.query<{ sku: string; item_id: number }>('select sku, item_id from warehouse_sku where warehouse_id = $1 and sku = any($2) and item_id is not null', [warehouseId, skus]);
  return new Map(rows.map((row) => [row.sku, row.item_id]));
}

/** Rows nobody could read and codes nobody knows, as cases of the stores this warehouse serves. */
export async function feedCases(db: Queryable, storeId: number): Promise<{ warehouse_id: number; warehouse: string; unmapped: { sku: string; on_hand: number }[]; rejects: { id: string; place: string; field: string | null; message: string }[]; parked: { document_id: string; type: string; id: string; reason: string }[]; heard_at: string | null }[]> {
  const { rows } = await db.query<{ warehouse_id: number; warehouse: string; unmapped: { sku: string; on_hand: number }[]; rejects: { id: string; place: string; field: string | null; message: string }[]; parked: { document_id: string; type: string; id: string; reason: string }[]; heard_at: string | null }>(
    `select w.warehouse_id, w.name as warehouse, w.heard_at,
       (select coalesce(jsonb_agg(jsonb_build_object('sku', k.sku, 'on_hand', coalesce(s.on_hand, 0)) order by k.sku), '[]') from (select * from warehouse_sku where warehouse_id = w.warehouse_id and item_id is null and ignored_reason is null order by sku limit 500) k left join warehouse_stock s using (warehouse_id, sku)) as unmapped,
       (select coalesce(jsonb_agg(jsonb_build_object('id', r.reject_id::text, 'place', r.place, 'field', r.field, 'message', r.message)), '[]') from (select * from warehouse_reject where warehouse_id = w.warehouse_id and settled_at is null order by reject_id limit 500) r) as rejects,
       (select coalesce(jsonb_agg(jsonb_build_object('document_id', d.document_id::text, 'type', d.type, 'id', d.id, 'reason', d.reason)), '[]') from (select * from warehouse_document where warehouse_id = w.warehouse_id and state = 3 order by document_id limit 500) d) as parked
     from warehouse w where w.warehouse_id in (select warehouse_id from location where store_id = $1)`, [storeId]);
  return rows;
}

/** Nothing is expected any more of a row nobody could read, or of a document that fits nothing; both are kept. Only of warehouses that serve the store. */
export async function settleRejected(db: Queryable, storeId: number, what: 'reject' | 'document', id: string, reason: string, now: string): Promise<boolean> {
  const serves = 'warehouse_id in (select warehouse_id from location where store_id = $2)';
  const { rowCount } = what === 'reject'
    ? await db.query(`update warehouse_reject set settled_at = $3 where reject_id = $1 and settled_at is null and ${serves}`, [id, storeId, now])
    : await db.query(`update warehouse_document set state = 2, reason = $4, settled_at = $3 where document_id = $1 and state = 3 and ${serves}`, [id, storeId, now, reason.slice(0, 500)]);
  return rowCount === 1;
}
