/** Stock counts: somebody counts, somebody approves, the difference becomes a movement with its reason. */
import type pg from 'pg';
import { queueAdjustments } from './adjustments.ts';
import type { Queryable } from './db.ts';
import { markDirty } from './push-levels.ts';
import { saveShelfChanges } from './shelf.ts';

export interface CountRow {
  count_id: string; location_id: number; location: string; authority: 'storefront' | 'warehouse'; warehouse_id: number | null; name: string; state: 'open' | 'submitted' | 'approved' | 'rejected'; created_at: string; created_by: string;
  decided_at: string | null; decided_by: string | null; reason: string | null; lines: number; difference: number; wanted: number[];
}
const COUNT = `select c.*, l.name as location, l.authority, l.warehouse_id, (select count(*)::int from stock_count_line n where n.store_id = c.store_id and n.count_id = c.count_id) as lines,
  (select coalesce(sum(n.counted - n.expected), 0)::int from stock_count_line n where n.store_id = c.store_id and n.count_id = c.count_id) as difference from stock_count c join location l on l.store_id = c.store_id and l.location_id = c.location_id`;

export async function listCounts(db: Queryable, storeId: number, limit: number): Promise<CountRow[]> {
  return (await db.query<CountRow>(`${COUNT} where c.store_id = $1 order by c.count_id desc limit $2`, [storeId, limit])).rows;
}
export async function findCount(db: Queryable, storeId: number, countId: string): Promise<CountRow | null> {
  return (await db.query<CountRow>(`${COUNT} where c.store_id = $1 and c.count_id = $2`, [storeId, countId])).rows[0] ?? null;
}
/** `wanted`: items to be counted, where somebody asks others to; a count begun on the floor has none. */
export async function makeCount(db: Queryable, storeId: number, locationId: number, name: string, by: string, now: string, wanted: readonly number[] = []): Promise<string> {
  const { rows } = await db.query<{ count_id: string }>('insert into stock_count (store_id, location_id, name, created_at, created_by, wanted) values ($1, $2, $3, $4, $5, $6) returning count_id', [storeId, locationId, name, now, by, wanted]);
  return rows[0]!.count_id;
}

/** Items a count was asked for, with whether they were counted by now. */
export async function wantedItems(db: Queryable, storeId: number, countId: string): Promise<{ item_id: number; sku: string | null; title: string; barcode: string | null; counted: boolean }[]> {
  return (await db.query<{ item_id: number; sku: string | null; title: string; barcode: string | null; counted: boolean }>(
    `select i.item_id, i.sku, i.title, i.barcode, exists (select from stock_count_line n where n.store_id = c.store_id and n.count_id = c.count_id and n.item_id = i.item_id) as counted
     from stock_count c join item i on i.item_id = any(c.wanted) where c.store_id = $1 and c.count_id = $2 order by i.sku, i.item_id`, [storeId, countId])).rows;
}

export interface CountLine { item_id: number; sku: string | null; title: string; counted: number; expected: number; counted_at: string; counted_by: string; outcome: string | null }
export async function countLines(db: Queryable, storeId: number, countId: string): Promise<CountLine[]> {
  const { rows } = await db.query<CountLine>(
    `select n.*, i.sku, i.title, case a.state when 'written' then 'written to Shopify' when 'parked' then 'refused: ' || coalesce(a.message, '') when 'sent' then 'on its way' when 'waiting' then 'waiting' end as outcome
     from stock_count_line n join item i using (item_id) left join stock_adjustment a on a.store_id = n.store_id and a.cause = 'count/' || n.count_id || ':item/' || n.item_id
     where n.store_id = $1 and n.count_id = $2 order by abs(n.counted - n.expected) desc, i.sku limit 20000`, [storeId, countId]);
  return rows;
}

/** What was counted, by SKU; a SKU counted again replaces its line. Expected is what was on hand at that moment, by the shelf where a warehouse is the authority, else by the ledger: sales after it do not blur the difference. */
export async function recordCounted(tx: pg.PoolClient, storeId: number, countId: string, locationId: number, lines: readonly { sku: string; counted: number }[], by: string, now: string): Promise<{ saved: number; unknown: string[] }> {
  const { rows } = await tx.query<{ sku: string; item_id: number; items: number }>(
    `select t.sku, min(i.item_id) as item_id, count(distinct i.item_id)::int as items from unnest($2::text[]) as t(sku) join item i on i.sku = t.sku or i.barcode = t.sku join inventory_item x on x.item_id = i.item_id and x.store_id = $1 and x.tracked group by 1`, [storeId, lines.map((l) => l.sku)]);
  const itemOf = new Map(rows.filter((row) => row.items === 1).map((row) => [row.sku, row.item_id]));
  const known = [...new Map(lines.flatMap((line) => { const itemId = itemOf.get(line.sku); return itemId === undefined ? [] : [[itemId, { itemId, counted: line.counted }] as const]; })).values()];
  await tx.query(
    `insert into stock_count_line (store_id, count_id, item_id, counted, expected, counted_at, counted_by)
     select $1, $2, t.item_id, t.counted, case when l.authority = 'warehouse' then coalesce((select sum(s.on_hand)::int from warehouse_stock s where s.warehouse_id = l.warehouse_id and s.item_id = t.item_id), 0)
         else coalesce(b.available + b.committed + b.reserved + b.damaged + b.safety_stock + b.quality_control, 0) end, $5, $6 from unnest($3::int[], $4::int[]) as t(item_id, counted)
     join location l on l.store_id = $1 and l.location_id = $7
     left join ledger_level b on b.store_id = $1 and b.item_id = t.item_id and b.location_id = $7
     on conflict (store_id, count_id, item_id) do update set counted = excluded.counted, expected = excluded.expected, counted_at = excluded.counted_at, counted_by = excluded.counted_by`,
    [storeId, countId, known.map((k) => k.itemId), known.map((k) => k.counted), now, by, locationId]);
  return { saved: known.length, unknown: lines.filter((line) => !itemOf.has(line.sku)).map((line) => line.sku) };
}

/**
 * Posts an approved count. Where Shopify is the authority the differences become deltas; where a warehouse is, they change its shelf and the push follows.
 * Answers how many lines differ. The caller holds the count's row as 'submitted'.
 */
export async function postCount(tx: pg.PoolClient, storeId: number, count: CountRow, keyOf: (cause: string) => string, now: string): Promise<number> {
  const lines = (await countLines(tx, storeId, count.count_id)).filter((line) => line.counted !== line.expected);
  if (count.authority === 'warehouse' && count.warehouse_id !== null) {
    const skus = await tx.query<{ item_id: number; sku: string }>(`select distinct on (item_id) item_id, sku from warehouse_sku where warehouse_id = $1 and item_id = any($2) order by item_id, (matched_by = 'by hand') desc, sku`, [count.warehouse_id, lines.map((l) => l.item_id)]);
    const skuOf = new Map(skus.rows.map((row) => [row.item_id, row.sku]));
    const known = lines.filter((line) => skuOf.has(line.item_id));
    await markDirty(tx, await saveShelfChanges(tx, count.warehouse_id, known.map((line) => ({
      cause: `count/${count.count_id}`, sku: skuOf.get(line.item_id)!, kind: 'counted', onHandChange: line.counted - line.expected, unsellableChange: 0, occurredAt: line.counted_at, reason: count.name,
    })), now), now);
    return known.length;
  }
  await queueAdjustments(tx, storeId, lines.map((line) => {
    const cause = `count/${count.count_id}:item/${line.item_id}`, delta = line.counted - line.expected;
    return { cause, itemId: line.item_id, locationId: count.location_id, stateName: 'available', delta, reason: 'cycle_count_available', sentence: `${Math.abs(delta)} ${delta > 0 ? 'more' : 'fewer'} than expected in count ${count.name}`, key: keyOf(cause) };
  }), now);
  return lines.length;
}
