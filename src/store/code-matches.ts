/** Saying whose codes are, in one transaction with everything that follows from it; ignoring codes; and the history of each. */
import type pg from 'pg';
import type { Queryable } from './db.ts';
import { coverLevels, markDirty } from './push-levels.ts';
import { matchSku } from './shelf.ts';

export interface Match { warehouseId: number; sku: string; itemId: number | null; /** As it was seen; null or nothing: whatever it is by now. */ version?: number | null; said?: string; by?: 'by hand' | 'suggestion' }
export interface CodeEvent { at: string; by_whom: string; what: string; item_from: string | null; item_to: string | null; said: string | null }

/** Writes matches and what follows: levels of every store the warehouses feed are covered and looked at again, orders that waited for a code go on. */
export async function applyMatches(tx: pg.PoolClient, matches: readonly Match[], by: string, now: string): Promise<void> {
  const touched: number[] = [];
  for (const match of matches) touched.push(...(await matchSku(tx, match.warehouseId, match.sku, match.itemId, by, now, { how: match.by ?? 'by hand', said: match.said ?? null })));
  const stores = await tx.query<{ store_id: number }>('select distinct store_id from location where warehouse_id = any($1) order by 1', [matches.map((match) => match.warehouseId)]);
  for (const { store_id } of stores.rows) {
    await coverLevels(tx, store_id, now);
    await tx.query(`update order_out set state = 'waiting', not_before = null, message = null where store_id = $1 and (state = 'unmapped' or message like '%were left out')`, [store_id]);
  }
  await markDirty(tx, touched, now);
  await tx.query(`select pg_notify('instep_orders_out', '')`);
}

/** The first code that is no longer as it was seen, with who changed it; locks all of them. */
export async function changedSince(tx: pg.PoolClient, matches: readonly Match[]): Promise<{ sku: string; updated_by: string; item: string | null } | null> {
  const { rows } = await tx.query<{ sku: string; updated_by: string; item: string | null; version: number; seen: number | null }>(
    `select k.sku, k.updated_by, coalesce(i.sku, i.title) as item, k.version, t.version as seen from unnest($1::int[], $2::text[], $3::int[]) as t(warehouse_id, sku, version) join warehouse_sku k on k.warehouse_id = t.warehouse_id and k.sku = t.sku left join item i on i.item_id = k.item_id
     order by k.warehouse_id, k.sku for update of k`, [matches.map((m) => m.warehouseId), matches.map((m) => m.sku), matches.map((m) => m.version ?? null)]);
  return rows.find((row) => row.seen !== null && row.seen !== row.version) ?? null;
}

/** Sets a code aside with a reason, or takes it back with null. False when it is matched, unknown, or no longer as it was seen. */
export async function ignoreCode(tx: Queryable, code: { warehouseId: number; sku: string; reason: string | null; version: number | null }, by: string, now: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update warehouse_sku set ignored_reason = $3, updated_at = $5, updated_by = $4, version = version + 1 where warehouse_id = $1 and sku = $2 and item_id is null and ($6::int is null or version = $6) and ignored_reason is distinct from $3`,
    [code.warehouseId, code.sku, code.reason, by, now, code.version]);
  if (rowCount !== 1) return false;
  await tx.query('insert into code_event (warehouse_id, sku, at, by_whom, what, said) values ($1, $2, $3, $4, $5, $6)', [code.warehouseId, code.sku, now, by, code.reason === null ? 'no longer ignored' : 'ignored', code.reason]);
  return true;
}

/** What the warehouse calls its codes, where it said so in a file. */
export async function describeCodes(tx: Queryable, codes: readonly { warehouseId: number; sku: string; title: string | null; barcode: string | null }[]): Promise<void> {
  await tx.query(
    `update warehouse_sku k set title = coalesce(t.title, k.title), barcode = coalesce(t.barcode, k.barcode) from unnest($1::int[], $2::text[], $3::text[], $4::text[]) as t(warehouse_id, sku, title, barcode) where k.warehouse_id = t.warehouse_id and k.sku = t.sku`,
    [codes.map((c) => c.warehouseId), codes.map((c) => c.sku), codes.map((c) => c.title), codes.map((c) => c.barcode)]);
}

export interface KeptCodeRow { warehouse_id: number; sku: string; item_id: number | null; item_sku: string | null; item_title: string | null; ignored_reason: string | null; version: number; updated_by: string; title: string | null; barcode: string | null }

/** Codes as they are kept. `hold`: locked until the transaction ends, always in one order. */
export async function keptCodes(db: Queryable, codes: readonly { warehouseId: number; sku: string }[], hold: boolean): Promise<KeptCodeRow[]> {
  return (await db.query<KeptCodeRow>(
    `select k.warehouse_id, k.sku, k.item_id, i.sku as item_sku, i.title as item_title, k.ignored_reason, k.version, k.updated_by, k.title, k.barcode
     from warehouse_sku k join (select distinct * from unnest($1::int[], $2::text[]) as u(warehouse_id, sku)) t on t.warehouse_id = k.warehouse_id and t.sku = k.sku left join item i on i.item_id = k.item_id order by k.warehouse_id, k.sku ${hold ? 'for update of k' : ''}`,
    [codes.map((code) => code.warehouseId), codes.map((code) => code.sku)])).rows;
}

/** Items of a store that have one of the SKUs or ids. */
export async function itemsNamed(db: Queryable, storeId: number, skus: readonly string[], ids: readonly number[]): Promise<{ item_id: number; sku: string | null }[]> {
  return (await db.query<{ item_id: number; sku: string | null }>(
    'select distinct i.item_id, i.sku from item i join inventory_item x using (item_id) where x.store_id = $1 and (i.sku = any($2) or i.item_id = any($3)) order by 1', [storeId, skus, ids])).rows;
}

export async function codeHistory(db: Queryable, warehouseId: number, sku: string): Promise<CodeEvent[]> {
  return (await db.query<CodeEvent>(
    `select e.at, e.by_whom, e.what, coalesce(a.sku, a.title) as item_from, coalesce(b.sku, b.title) as item_to, e.said from code_event e left join item a on a.item_id = e.item_from left join item b on b.item_id = e.item_to
     where e.warehouse_id = $1 and e.sku = $2 order by e.event_id desc limit 100`, [warehouseId, sku])).rows;
}

export async function autoMatchOf(db: Queryable, storeId: number): Promise<{ warehouse_id: number; name: string; auto_match: number | null }[]> {
  return (await db.query<{ warehouse_id: number; name: string; auto_match: number | null }>(
    'select warehouse_id, name, round(auto_match::numeric, 3)::float8 as auto_match from warehouse where warehouse_id in (select warehouse_id from location where store_id = $1) order by name', [storeId])).rows;
}

export async function setAutoMatch(db: Queryable, warehouseId: number, above: number | null): Promise<void> {
  await db.query('update warehouse set auto_match = $2 where warehouse_id = $1', [warehouseId, above]);
}
