/** Codes nobody matched, what they are compared with, what came of it, and what taking it would do to stock. */
import type { CodeSuggestion } from '../domain/mapping/auto-approve.ts';
import type { MatchCode, MatchItem, Suggestion } from '../domain/mapping/match.ts';
import type { Queryable } from './db.ts';

const MOST_CODES = 20_000;

/** Codes that want a suggestion, and all the warehouse's codes beside them: prefixes are learnt from many. */
export async function codesOf(db: Queryable, warehouseId: number): Promise<{ all: MatchCode[]; open: MatchCode[] }> {
  const { rows } = await db.query<MatchCode & { open: boolean }>(
    `select sku as code, title, barcode, item_id is null and ignored_reason is null as open from warehouse_sku where warehouse_id = $1 order by (item_id is null and ignored_reason is null) desc, sku limit ${10 * MOST_CODES}`, [warehouseId]);
  return { all: rows, open: rows.filter((row) => row.open).slice(0, MOST_CODES) };
}

/** Items that stores of the warehouse sell, by the id of the item. */
export async function itemsToMatch(db: Queryable, warehouseId: number): Promise<MatchItem[]> {
  const { rows } = await db.query<{ item_id: number; sku: string | null; barcode: string | null; title: string }>(
    `select i.item_id, i.sku, i.barcode, i.title from item i where exists (select from inventory_item x join location l on l.store_id = x.store_id where x.item_id = i.item_id and x.tracked and l.warehouse_id = $1) order by 1`, [warehouseId]);
  return rows.map((row) => ({ itemId: row.item_id, sku: row.sku, barcode: row.barcode, title: row.title }));
}

/** Replaces the suggestions of a warehouse. */
export async function saveSuggestions(tx: Queryable, warehouseId: number, found: readonly (Suggestion & { sku: string })[], now: string): Promise<void> {
  await tx.query('delete from code_suggestion where warehouse_id = $1', [warehouseId]);
  await tx.query(
    `insert into code_suggestion (warehouse_id, sku, item_id, confidence, basis, why, computed_at) select $1, t.sku, t.item_id, t.confidence, t.basis, t.why, $2 from unnest($3::text[], $4::int[], $5::real[], $6::text[], $7::text[]) as t(sku, item_id, confidence, basis, why)`,
    [warehouseId, now, found.map((f) => f.sku), found.map((f) => f.itemId), found.map((f) => f.confidence), found.map((f) => f.basis), found.map((f) => f.why)]);
}

/** The best suggestion of each open code, and the items that have a code already. */
export async function bestSuggestions(db: Queryable, warehouseId: number): Promise<{ best: CodeSuggestion[]; coded: Set<number> }> {
  const { rows } = await db.query<{ sku: string; item_id: number; confidence: number; basis: string; why: string }>(
    `select distinct on (g.sku) g.sku, g.item_id, round(g.confidence::numeric, 3)::float8 as confidence, g.basis, g.why from code_suggestion g join warehouse_sku k on k.warehouse_id = g.warehouse_id and k.sku = g.sku and k.item_id is null and k.ignored_reason is null
     where g.warehouse_id = $1 order by g.sku, g.confidence desc, g.item_id`, [warehouseId]);
  const coded = await db.query<{ item_id: number }>('select distinct item_id from warehouse_sku where warehouse_id = $1 and item_id is not null', [warehouseId]);
  return { best: rows.map((row) => ({ sku: row.sku, itemId: row.item_id, confidence: row.confidence, basis: row.basis, why: row.why })), coded: new Set(coded.rows.map((row) => row.item_id)) };
}

export interface StockEffect { item_id: number; sku: string | null; title: string; warehouse: string; now: number; after: number; codes: string[]; shown: number | null }

/** What changes of matches would do: units W of each item at each warehouse concerned, now and after, with the codes it has now and what Shopify shows there; all of them, the largest first. */
export async function stockEffect(db: Queryable, storeId: number, changes: readonly { warehouseId: number; sku: string; itemId: number | null }[]): Promise<StockEffect[]> {
  const { rows } = await db.query<StockEffect>(
    `with change as (select * from unnest($2::int[], $3::text[], $4::int[]) as t(warehouse_id, sku, item_id)),
     moved as (
       select c.warehouse_id, k.item_id, -coalesce(s.on_hand, 0) as units from change c join warehouse_sku k on k.warehouse_id = c.warehouse_id and k.sku = c.sku left join warehouse_stock s on s.warehouse_id = c.warehouse_id and s.sku = c.sku where k.item_id is not null
       union all select c.warehouse_id, c.item_id, coalesce(s.on_hand, 0) from change c left join warehouse_stock s on s.warehouse_id = c.warehouse_id and s.sku = c.sku where c.item_id is not null),
     per as (select warehouse_id, item_id, sum(units)::int as units from moved group by 1, 2)
     select p.item_id, i.sku, i.title, w.name as warehouse, n.units as now, n.units + p.units as after, n.codes,
       (select sum(o.available)::int from observed_level o join location l on l.store_id = o.store_id and l.location_id = o.location_id where o.store_id = $1 and o.item_id = p.item_id and l.warehouse_id = p.warehouse_id) as shown
     from per p join item i on i.item_id = p.item_id join warehouse w on w.warehouse_id = p.warehouse_id
     left join lateral (select coalesce(sum(s.on_hand), 0)::int as units, coalesce(array_agg(s.sku order by s.sku) filter (where s.sku is not null), '{}') as codes from warehouse_stock s where s.warehouse_id = p.warehouse_id and s.item_id = p.item_id) n on true
     order by abs(p.units) desc, p.item_id`, [storeId, changes.map((c) => c.warehouseId), changes.map((c) => c.sku), changes.map((c) => c.itemId)]);
  return rows;
}
