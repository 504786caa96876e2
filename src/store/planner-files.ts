/**
 * Rows of the planner's files. Each source is one statement that gives a key and a row; the starter files are a source as it is, the advanced files what
 * differs from the row said last. No buyer appears: an order is its number.
 */
import { KEPT_AT, policyAt } from '../domain/replenishment/facts.ts';
import type { AdvancedFile, StarterFile } from '../ports/planner.ts';
import type { Queryable } from './db.ts';

/** $1 store, $2 where returns are dated. An order's parts made of virtual bundles are left out: the line that was sold stands for them. */
const SALES = `
  select f.fact as key, jsonb_build_object('lineId', case f.kind when 'sale' then k.line_id else 'R' || split_part(f.fact, ':line/', 2) end, 'orderId', s.order_id::text, 'orderName', s.name, 'variantId', n.line ->> 'variantId', 'sku', coalesce(n.line ->> 'sku', ''),
      'at', case when f.kind = 'return' and $2 = 'return day' then f.day::text || 'T12:00:00.000Z' else to_char(s.processed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') end, 'updatedAt', to_char(s.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'price', coalesce((n.line ->> 'price')::bigint, 0), 'quantity', case f.kind when 'sale' then f.quantity else -f.quantity end, 'isCancelled', false, 'locationId', l.shopify_location_id::text) as row
  from demand_fact f join sales_order s on s.store_id = f.store_id and s.order_id = f.order_id join location l on l.store_id = f.store_id and l.location_id = f.location_id
  cross join lateral (select case f.kind when 'sale' then split_part(f.fact, ':line/', 2) else s.state -> 'refunds' -> split_part(f.fact, ':line/', 2) ->> 'lineId' end as line_id) k
  cross join lateral (select s.state -> 'lines' -> k.line_id as line) n
  where f.store_id = $1 and f.quantity <> 0 and f.location_id > 0 and f.fact not like '%:part/%' and s.processed_at is not null and n.line ->> 'variantId' is not null`;

const STOCK = `
  select v.shopify_variant_id || '@' || l.shopify_location_id as key, jsonb_build_object('variantId', v.shopify_variant_id::text, 'locationId', l.shopify_location_id::text, 'inStock', g.available, 'minStock', (r.facts::jsonb -> ${KEPT_AT.policy} ->> ${policyAt('minStock')})::int, 'maxStock', (r.facts::jsonb -> ${KEPT_AT.policy} ->> ${policyAt('maxStock')})::int,
      'updatedAt', to_char(g.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as row
  from ledger_level g join location l on l.store_id = g.store_id and l.location_id = g.location_id join inventory_item x on x.store_id = g.store_id and x.item_id = g.item_id
  join variant v on v.store_id = x.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id left join recommendation r on r.store_id = g.store_id and r.item_id = g.item_id and r.location_id = g.location_id
  where g.store_id = $1 and $2::text is not null and v.deleted_at is null and x.tracked`;

/** Orders the planner made are its own already. */
const ORDERS = `
  select p.purchase_order_id || '-' || n.line as key, jsonb_build_object('orderId', p.purchase_order_id::text, 'reference', p.reference, 'state', p.state, 'supplier', s.name, 'currency', p.currency, 'createdOn', (p.created_at at time zone 'UTC')::date::text, 'expectedOn', coalesce(n.expected_on, p.expected_on)::text,
      'updatedAt', to_char(p.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'line', n.line, 'variantId', v.shopify_variant_id::text, 'sku', coalesce(i.sku, ''), 'barcode', i.barcode, 'title', i.title, 'ordered', greatest(0, n.ordered - n.cancelled), 'received', n.received + n.damaged,
      'receivedOn', (select (max(h.received_at) at time zone 'UTC')::date::text from goods_receipt h join goods_receipt_line q using (store_id, goods_receipt_id) where h.store_id = p.store_id and h.purchase_order_id = p.purchase_order_id and q.item_id = n.item_id), 'unitCost', n.unit_cost, 'locationId', l.shopify_location_id::text) as row
  from purchase_order p join purchase_order_line n using (store_id, purchase_order_id) join supplier s on s.store_id = p.store_id and s.supplier_id = p.supplier_id join location l on l.store_id = p.store_id and l.location_id = p.location_id join item i on i.item_id = n.item_id
  join lateral (select v.shopify_variant_id from inventory_item x join variant v on v.store_id = x.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id where x.store_id = p.store_id and x.item_id = n.item_id order by v.deleted_at nulls first, v.shopify_variant_id limit 1) v on true
  where p.store_id = $1 and $2::text is not null and p.origin <> 'inventory-planner' and p.state not in ('draft', 'awaiting approval')`;

/** $3 the location. Created: the first day it sold, or was heard of; Shopify's own day is not kept. */
const PRODUCTS = `
  select v.shopify_variant_id::text as key, jsonb_build_object('variantId', v.shopify_variant_id::text, 'title', case when v.title in ('', 'Default Title') or v.title = i.title then i.title else v.title end, 'sku', coalesce(v.sku, ''), 'createdAt', coalesce((select min(d.day) from daily_demand d where d.store_id = $1 and d.item_id = x.item_id), (v.updated_at at time zone 'UTC')::date)::text,
      'updatedAt', to_char(v.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'inStock', coalesce(g.available, 0), 'price', coalesce(v.price, 0), 'regularPrice', coalesce(v.price, 0), 'cost', coalesce(x.unit_cost, i.unit_cost), 'barcode', coalesce(v.barcode, i.barcode), 'isTracked', x.tracked, 'supplier', s.name, 'brand', i.vendor,
      'category', i.product_type, 'supplierSku', t.supplier_sku, 'moq', t.moq, 'casePack', t.case_pack) as row
  from variant v join inventory_item x on x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id join item i on i.item_id = x.item_id join location l on l.store_id = v.store_id and l.shopify_location_id = $3
  left join ledger_level g on g.store_id = v.store_id and g.item_id = x.item_id and g.location_id = l.location_id left join supplier_item t on t.store_id = v.store_id and t.item_id = x.item_id and t.preferred left join supplier s on s.store_id = t.store_id and s.supplier_id = t.supplier_id
  where v.store_id = $1 and $2::text is not null and v.deleted_at is null and not v.is_bundle`;

const SOURCES: Readonly<Record<AdvancedFile, string>> = { stock: STOCK, 'purchase-orders': ORDERS, sales: SALES };

/** A starter file's rows in pages. The keys are in the database's order, so every page goes on where the last one ended. */
export async function* starterRows(db: Queryable, storeId: number, file: StarterFile, shopifyLocationId: string, returnsOn: string, size = 5_000): AsyncGenerator<unknown[]> {
  const source = file === 'products' ? PRODUCTS : `select * from (${SOURCES[file]}) z where z.row ->> 'locationId' = $3::bigint::text`;
  for (let after = ''; ;) {
    const { rows } = await db.query<{ key: string; row: unknown }>(`select key, row from (${source}) y where y.key > $4 order by y.key limit $5`, [storeId, returnsOn, shopifyLocationId, after, size]);
    if (rows.length > 0) yield rows.map((each) => each.row);
    if (rows.length < size) return;
    after = rows.at(-1)!.key;
  }
}

export interface ChangedRow { key: string; row: Record<string, unknown>; isRemoved: boolean; digest: string }

/** What an advanced file has to say: rows that are new, changed or gone since it was last said. `most` at a time, in key order; the rest comes with the next file. */
export async function changedFileRows(db: Queryable, storeId: number, file: AdvancedFile, returnsOn: string, most: number): Promise<ChangedRow[]> {
  const { rows } = await db.query<{ key: string; row: Record<string, unknown>; removed: boolean; digest: string }>(
    `with fresh as (${SOURCES[file]}), said as (select key, row, digest, removed from planner_file_row where store_id = $1 and file = $3)
     select coalesce(n.key, o.key) as key, coalesce(n.row, o.row) as row, n.key is null as removed, coalesce(md5(n.row::text), o.digest) as digest
     from fresh n full join said o on o.key = n.key where (n.key is null and not o.removed) or (n.key is not null and (o.key is null or o.removed or o.digest <> md5(n.row::text))) order by 1 limit $4`, [storeId, returnsOn, file, most]);
  return rows.map((each) => ({ key: each.key, row: each.row, isRemoved: each.removed, digest: each.digest }));
}

/** The planner has them: to be called once the file is there. */
export async function fileRowsSaid(db: Queryable, storeId: number, file: AdvancedFile, rows: readonly ChangedRow[]): Promise<void> {
  await db.query(
    `insert into planner_file_row (store_id, file, key, digest, removed, row) select $1, $2, k, d, r, j::jsonb from unnest($3::text[], $4::text[], $5::bool[], $6::text[]) as t(k, d, r, j)
     on conflict (store_id, file, key) do update set digest = excluded.digest, removed = excluded.removed, row = excluded.row`,
    [storeId, file, rows.map((r) => r.key), rows.map((r) => r.digest), rows.map((r) => r.isRemoved), rows.map((r) => JSON.stringify(r.row))]);
}
