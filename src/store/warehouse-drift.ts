/** Shopify beside the warehouse's shelf: what each level shows, should show, and why the two differ. One statement over all levels Instep may write. */
import { explainShelf, explainWarehouse, type ShelfInput, type WarehouseInput } from '../domain/drift/warehouse.ts';
import type { ExplainedUnits } from '../domain/drift/causes.ts';
import type { Queryable } from './db.ts';

interface Candidate {
  item_id: number; location_id: number; shown: number; committed: number; on_hand: number; wanted: number; push: string; reason: string | null; pushed: number | null; shelf: number;
  terms: ShelfInput['terms'] & { onHand: number }; ghosts: number; edits: number; counted: number; unmatched: WarehouseInput['unmatched'];
}

/** From this confidence on a code nobody matched is taken for evidence of where an item's units are. */
const LIKELY = 0.8;

/** A statement of Shopify counts only where it is of all states together and newer than the last look. */
const CANDIDATES = `
  with level as (
    select p.item_id, p.location_id, o.available as shown, o.committed, o.on_hand, p.wanted, p.state as push, p.reason, p.pushed, p.pushed_at, p.warehouse_id, p.arithmetic as terms,
      coalesce((select sum(s.on_hand)::int from warehouse_stock s where s.warehouse_id = p.warehouse_id and s.item_id = p.item_id), 0) as shelf
    from push_level p join location l on l.store_id = p.store_id and l.location_id = p.location_id join observed_level o on o.store_id = p.store_id and o.item_id = p.item_id and o.location_id = p.location_id
    where p.store_id = $1 and l.authority = 'warehouse' and p.wanted is not null and p.arithmetic ? 'onHand' and o.on_hand is not null and o.full_at is not null
  ), differs as (
    select * from level where shown <> wanted or (terms ->> 'dispatched')::int <> 0 or (terms ->> 'ahead')::int <> 0
  )
  select d.*, coalesce(m.ghosts, 0)::int as ghosts, coalesce(m.edits, 0)::int as edits,
    coalesce((select sum(n.counted - n.expected) from stock_count c join stock_count_line n using (store_id, count_id) where c.store_id = $1 and c.state in ('open', 'submitted') and c.location_id = d.location_id and n.item_id = d.item_id), 0)::int as counted,
    -- A code that was counted after the last set: what stands under it is missing from what is wanted now, and not from what is shown.
    (select jsonb_build_object('units', sum(s.on_hand), 'code', min(s.sku)) from code_suggestion g join warehouse_sku k on k.warehouse_id = g.warehouse_id and k.sku = g.sku and k.item_id is null and k.ignored_reason is null
       join warehouse_stock s on s.warehouse_id = g.warehouse_id and s.sku = g.sku where g.warehouse_id = d.warehouse_id and g.item_id = d.item_id and g.confidence >= $3 and s.on_hand > 0 and (d.pushed_at is null or s.updated_at > d.pushed_at) having count(*) > 0) as unmatched
  from differs d left join lateral (
    select greatest(0, sum(m.quantity) filter (where m.kind in ('returned to stock', 'ghost restock reversed'))) as ghosts, sum(m.quantity) filter (where m.kind = 'storefront edit') as edits
    from movement m where m.store_id = $1 and m.item_id = d.item_id and m.to_location = d.location_id and m.to_state = 'available' and (d.pushed_at is null or m.recorded_at > d.pushed_at)) m on true
  order by d.item_id, d.location_id limit $2`;

export interface WarehouseDrift { itemId: number; locationId: number; shown: number; wanted: number; shopifyOnHand: number; warehouseOnHand: number; causes: ExplainedUnits[]; shelf: { arithmetic: { what: string; units: number }[]; causes: ExplainedUnits[] } }

/** Works out and keeps the differences; levels that agree leave. `pending`: what orders and edits that are not in the ledger yet do to available, by `item@location`. */
export async function checkWarehouses(db: Queryable, storeId: number, pending: { orders: ReadonlyMap<string, number>; edits: ReadonlyMap<string, number> }, now: string, limit = 50_000): Promise<WarehouseDrift[]> {
  const { rows } = await db.query<Candidate>(CANDIDATES, [storeId, limit, LIKELY]);
  const found = rows.map((row): WarehouseDrift => {
    const key = `${row.item_id}@${row.location_id}`;
    const input: WarehouseInput = { shown: row.shown, wanted: row.wanted, push: row.push, reason: row.reason, pushed: row.pushed, ghosts: row.ghosts, edits: row.edits + (pending.edits.get(key) ?? 0), ordersPending: pending.orders.get(key) ?? 0, counted: row.counted, unmatched: row.unmatched };
    const shelf = explainShelf({ shopify: row.on_hand, warehouse: row.terms.onHand, terms: row.terms, wanted: row.wanted, shown: row.shown, committed: row.committed, other: row.on_hand - row.shown - row.committed });
    return { itemId: row.item_id, locationId: row.location_id, shown: row.shown, wanted: row.wanted, shopifyOnHand: row.on_hand, warehouseOnHand: row.shelf, causes: explainWarehouse(input).causes, shelf: { arithmetic: shelf.arithmetic, causes: shelf.causes } };
  });
  await db.query(
    `with found as (select * from unnest($3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::int[], $9::text[], $10::text[]) as t(item_id, location_id, shown, wanted, shopify, warehouse, causes, shelf)
     ), gone as (delete from warehouse_drift d where d.store_id = $1 and not exists (select from found f where f.item_id = d.item_id and f.location_id = d.location_id))
     insert into warehouse_drift (store_id, item_id, location_id, shown, wanted, shopify_on_hand, warehouse_on_hand, causes, shelf, first_seen, checked_at)
     select $1, item_id, location_id, shown, wanted, shopify, warehouse, causes::jsonb, shelf::jsonb, $2, $2 from found
     on conflict (store_id, item_id, location_id) do update set shown = excluded.shown, wanted = excluded.wanted, shopify_on_hand = excluded.shopify_on_hand, warehouse_on_hand = excluded.warehouse_on_hand, causes = excluded.causes, shelf = excluded.shelf, checked_at = excluded.checked_at`,
    [storeId, now, found.map((f) => f.itemId), found.map((f) => f.locationId), found.map((f) => f.shown), found.map((f) => f.wanted), found.map((f) => f.shopifyOnHand), found.map((f) => f.warehouseOnHand), found.map((f) => JSON.stringify(f.causes)), found.map((f) => JSON.stringify(f.shelf))]);
  return found;
}

/** One level's comparison as last checked, or null where it agrees. */
export async function warehouseDriftOf(db: Queryable, storeId: number, itemId: number, locationId: number): Promise<(Omit<WarehouseDrift, 'itemId' | 'locationId'> & { firstSeen: string; checkedAt: string }) | null> {
  const { rows } = await db.query<{ shown: number; wanted: number; shopifyOnHand: number; warehouseOnHand: number; causes: ExplainedUnits[]; shelf: WarehouseDrift['shelf']; firstSeen: string; checkedAt: string }>(
    `select shown, wanted, shopify_on_hand as "shopifyOnHand", warehouse_on_hand as "warehouseOnHand", causes, shelf, first_seen as "firstSeen", checked_at as "checkedAt" from warehouse_drift where store_id = $1 and item_id = $2 and location_id = $3`, [storeId, itemId, locationId]);
  return rows[0] ?? null;
}
