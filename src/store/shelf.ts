/**
 * The shelf: what a warehouse says it has. A count replaces everything up to its instant; documents and changes after it add up. So counts, documents and
 * their repetitions may come in any order and the shelf ends the same: on hand = last count + Σ changes after it.
 */
import type pg from 'pg';
import type { StockCountFact } from '../ports/warehouse.ts';
import type { Queryable } from './db.ts';

export interface ShelfChange {
  /** The unique cause: document and line. */
  cause: string; sku: string; kind: 'adjusted' | 'shipped' | 'received' | 'returned' | 'counted'; onHandChange: number; unsellableChange: number; occurredAt: string; reason: string | null;
}

/** Makes sure every SKU named has a row, matched to the item whose SKU is identical and unique in the organisation, or to nobody yet. */
export async function knowSkus(tx: Queryable, warehouseId: number, skus: readonly string[], now: string): Promise<void> {
  await tx.query(
    `insert into warehouse_sku (warehouse_id, sku, item_id, matched_by, updated_at, updated_by)
     select $1, t.sku, m.item_id, case when m.item_id is null then 'nobody' else 'same SKU' end, $3, 'Instep'
     from (select distinct unnest($2::text[]) as sku order by 1) t
     left join lateral (select min(i.item_id) as item_id from item i where i.org_id = 1 and i.sku = t.sku
       and exists (select from inventory_item x join location l on l.store_id = x.store_id where x.item_id = i.item_id and l.warehouse_id = $1) having count(*) = 1) m on true
     on conflict (org_id, warehouse_id, sku) do nothing`, [warehouseId, skus, now]);
}

/** Keeps the newest count of each SKU. Returns the items whose shelf changed. */
export async function saveCounts(tx: pg.PoolClient, warehouseId: number, counts: readonly StockCountFact[], now: string): Promise<number[]> {
  const newest = new Map<string, StockCountFact>();
  for (const count of counts) {
    const known = newest.get(count.sku);
    if (!known || known.at <= count.at) newest.set(count.sku, count);
  }
  const all = [...newest.values()];
  if (all.length === 0) return [];
  await knowSkus(tx, warehouseId, all.map((c) => c.sku), now);
  await tx.query(
    `insert into warehouse_stock as s (warehouse_id, sku, item_id, counted_on_hand, counted_unsellable, counted_at, on_hand, unsellable, updated_at)
     select $1, t.sku, k.item_id, t.on_hand, t.unsellable, t.at, t.on_hand, t.unsellable, $2
     from unnest($3::text[], $4::int[], $5::int[], $6::timestamptz[]) as t(sku, on_hand, unsellable, at)
     join warehouse_sku k on k.warehouse_id = $1 and k.sku = t.sku order by t.sku
     on conflict (org_id, warehouse_id, sku) do update set counted_on_hand = excluded.counted_on_hand, counted_unsellable = excluded.counted_unsellable, counted_at = excluded.counted_at
     where s.counted_at < excluded.counted_at`,
    [warehouseId, now, all.map((c) => c.sku), all.map((c) => c.onHand), all.map((c) => c.unsellable), all.map((c) => c.at)]);
  return refold(tx, warehouseId, all.map((c) => c.sku), now, true);
}

/** Records changes once each. Returns the items whose shelf changed. */
export async function saveShelfChanges(tx: pg.PoolClient, warehouseId: number, changes: readonly ShelfChange[], now: string): Promise<number[]> {
  if (changes.length === 0) return [];
  await knowSkus(tx, warehouseId, changes.map((c) => c.sku), now);
  const { rows } = await tx.query<{ sku: string }>(
    `insert into warehouse_change (warehouse_id, cause, sku, kind, on_hand_change, unsellable_change, occurred_at, recorded_at, reason)
     select $1, cause, sku, kind, on_hand, unsellable, at, $2, reason
     from unnest($3::text[], $4::text[], $5::text[], $6::int[], $7::int[], $8::timestamptz[], $9::text[]) as t(cause, sku, kind, on_hand, unsellable, at, reason) order by cause, sku
     on conflict (org_id, warehouse_id, cause, sku) do nothing returning sku`,
    [warehouseId, now, changes.map((c) => c.cause), changes.map((c) => c.sku), changes.map((c) => c.kind), changes.map((c) => c.onHandChange), changes.map((c) => c.unsellableChange),
      changes.map((c) => c.occurredAt), changes.map((c) => c.reason)]);
  const skus = [...new Set(rows.map((row) => row.sku))];
  await tx.query(
    `insert into warehouse_stock (warehouse_id, sku, item_id, updated_at) select $1, k.sku, k.item_id, $3 from warehouse_sku k where k.warehouse_id = $1 and k.sku = any($2) order by k.sku
     on conflict do nothing`, [warehouseId, skus, now]);
  return refold(tx, warehouseId, skus, now, false);
}

/** Folds the shelf of some SKUs anew. `counted` also reports items whose count was renewed without a change of units. */
async function refold(tx: Queryable, warehouseId: number, skus: readonly string[], now: string, counted: boolean): Promise<number[]> {
  if (skus.length === 0) return [];
  const { rows } = await tx.query<{ item_id: number | null }>(
    `with folded as (
       select s.sku, s.counted_on_hand + coalesce(sum(c.on_hand_change), 0)::int as on_hand, s.counted_unsellable + coalesce(sum(c.unsellable_change), 0)::int as unsellable
       from warehouse_stock s left join warehouse_change c on c.warehouse_id = s.warehouse_id and c.sku = s.sku and c.occurred_at > s.counted_at
       where s.warehouse_id = $1 and s.sku = any($2) group by s.sku, s.counted_on_hand, s.counted_unsellable)
     update warehouse_stock s set on_hand = f.on_hand, unsellable = f.unsellable, updated_at = $3 from folded f
     where s.warehouse_id = $1 and s.sku = f.sku and ($4 or (s.on_hand, s.unsellable) is distinct from (f.on_hand, f.unsellable)) returning s.item_id`, [warehouseId, skus, now, counted]);
  return [...new Set(rows.map((row) => row.item_id).filter((id) => id !== null))].sort((a, b) => a - b);
}

/** A person says whose a SKU is; its stock, kept since it was first heard of, counts from now on. Returns the items concerned, before and after. */
export async function matchSku(tx: pg.PoolClient, warehouseId: number, sku: string, itemId: number | null, by: string, now: string, why: { how: 'by hand' | 'suggestion'; said: string | null } = { how: 'by hand', said: null }): Promise<number[]> {
  const { rows } = await tx.query<{ item_id: number | null }>('select item_id from warehouse_sku where warehouse_id = $1 and sku = $2 for update', [warehouseId, sku]);
  await tx.query(
    `insert into warehouse_sku (warehouse_id, sku, item_id, matched_by, updated_at, updated_by) values ($1, $2, $3, $4, $5, $6)
     on conflict (org_id, warehouse_id, sku) do update set item_id = excluded.item_id, matched_by = excluded.matched_by, updated_at = excluded.updated_at, updated_by = excluded.updated_by, version = warehouse_sku.version + 1,
       ignored_reason = case when excluded.item_id is null then warehouse_sku.ignored_reason end`,
    [warehouseId, sku, itemId, itemId === null ? 'nobody' : why.how, now, by]);
  if ((rows[0]?.item_id ?? null) !== itemId) await tx.query('insert into code_event (warehouse_id, sku, at, by_whom, what, item_from, item_to, said) values ($1, $2, $3, $4, $5, $6, $7, $8)', [warehouseId, sku, now, by, itemId === null ? 'unmatched' : 'matched', rows[0]?.item_id ?? null, itemId, why.said]);
  await tx.query('update warehouse_stock set item_id = $3 where warehouse_id = $1 and sku = $2', [warehouseId, sku, itemId]);
  return [rows[0]?.item_id, itemId].filter((id): id is number => id != null);
}

/** Conservation of the shelf: rows whose kept figure is not count + changes. */
export async function shelfFaults(db: Queryable): Promise<{ warehouse_id: number; sku: string; kept: number; folded: number }[]> {
  const { rows } = await db.query<{ warehouse_id: number; sku: string; kept: number; folded: number }>(
    `select s.warehouse_id, s.sku, s.on_hand as kept, s.counted_on_hand + coalesce(sum(c.on_hand_change), 0)::int as folded
     from warehouse_stock s left join warehouse_change c on c.warehouse_id = s.warehouse_id and c.sku = s.sku and c.occurred_at > s.counted_at
     group by s.warehouse_id, s.sku, s.on_hand, s.counted_on_hand having s.on_hand <> s.counted_on_hand + coalesce(sum(c.on_hand_change), 0) limit 100`);
  return rows;
}

export interface ItemShelf { location_id: number; location: string; warehouse: string; codes: string[]; on_hand: number; unsellable: number; counted_at: string | null; state: string | null; pushed_at: string | null; sentence: string | null }

/** What warehouses say of one item, at each location of the store they serve, beside the arithmetic of the last look at its level. */
export async function shelvesOf(db: Queryable, storeId: number, itemId: number): Promise<ItemShelf[]> {
  const { rows } = await db.query<ItemShelf>(
    `select l.location_id, l.name as location, w.name as warehouse, array_agg(s.sku order by s.sku) as codes, sum(s.on_hand)::int as on_hand, sum(s.unsellable)::int as unsellable, nullif(min(s.counted_at), '-infinity') as counted_at,
       p.state, p.pushed_at, p.arithmetic ->> 'sentence' as sentence
     from location l join warehouse w using (warehouse_id) join warehouse_stock s on s.warehouse_id = w.warehouse_id and s.item_id = $2
     left join push_level p on p.store_id = l.store_id and p.item_id = $2 and p.location_id = l.location_id
     where l.store_id = $1 group by 1, 2, 3, p.state, p.pushed_at, p.arithmetic order by 2 limit 200`, [storeId, itemId]);
  return rows;
}
