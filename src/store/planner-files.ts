/**
 * Rows of the planner's files. Each source is one statement that gives a key and a row; the starter files are a source as it is, the advanced files what
 * differs from the row said last. No buyer appears: an order is its number.
 */
import { KEPT_AT, policyAt } from '../domain/replenishment/facts.ts';
import { ADVANCED_FILES, type AdvancedFile, type PlannerFile, type StarterFile } from '../ports/planner.ts';
import type { Queryable } from './db.ts';
import { DEFAULTS } from './planning.ts';
import { DUE } from './purchase-page.ts';

/** A supplier's name is its id there, and ids hold 256 letters. */
const NAME_TOO_LONG = `case when length(s.name) > 256 then 'the supplier’s name is longer than 256 letters' end as left_out`;

/** $1 store, $2 where returns are dated. An order's parts made of virtual bundles are left out: the line that was sold stands for them. */
const SALES = `
  select f.fact as key, jsonb_build_object('lineId', case f.kind when 'sale' then k.line_id else 'R' || split_part(f.fact, ':line/', 2) end, 'orderId', s.order_id::text, 'orderName', s.name, 'variantId', n.line ->> 'variantId', 'sku', coalesce(n.line ->> 'sku', ''),
      'at', case when f.kind = 'return' and $2 = 'return day' then f.day::text || 'T12:00:00.000Z' else to_char(s.processed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') end, 'updatedAt', to_char(s.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'price', coalesce((n.line ->> 'price')::bigint, 0), 'quantity', case f.kind when 'sale' then f.quantity else -f.quantity end, 'isCancelled', false, 'locationId', l.shopify_location_id::text) as row,
    case when not exists (select from variant v where v.store_id = $1 and v.shopify_variant_id = (n.line ->> 'variantId')::bigint) then 'the variant sold is no longer in the catalogue' end as left_out
  from demand_fact f join sales_order s on s.store_id = f.store_id and s.order_id = f.order_id join location l on l.store_id = f.store_id and l.location_id = f.location_id
  cross join lateral (select case f.kind when 'sale' then split_part(f.fact, ':line/', 2) else s.state -> 'refunds' -> split_part(f.fact, ':line/', 2) ->> 'lineId' end as line_id) k
  cross join lateral (select s.state -> 'lines' -> k.line_id as line) n
  where f.store_id = $1 and f.quantity <> 0 and f.location_id > 0 and f.fact not like '%:part/%' and s.processed_at is not null and n.line ->> 'variantId' is not null`;

const STOCK = `
  select v.shopify_variant_id || '@' || l.shopify_location_id as key, jsonb_build_object('variantId', v.shopify_variant_id::text, 'locationId', l.shopify_location_id::text, 'inStock', g.available, 'minStock', (r.facts::jsonb -> ${KEPT_AT.policy} ->> ${policyAt('minStock')})::int, 'maxStock', (r.facts::jsonb -> ${KEPT_AT.policy} ->> ${policyAt('maxStock')})::int,
      'updatedAt', to_char(g.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as row, null::text as left_out
  from ledger_level g join location l on l.store_id = g.store_id and l.location_id = g.location_id join inventory_item x on x.store_id = g.store_id and x.item_id = g.item_id
  join variant v on v.store_id = x.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id left join recommendation r on r.store_id = g.store_id and r.item_id = g.item_id and r.location_id = g.location_id
  where g.store_id = $1 and $2::text is not null and v.deleted_at is null and x.tracked`;

/** The shop's day of an instant; `shop` is the store. */
const dayOf = (instant: string): string => `(${instant} at time zone shop.time_zone)::date`;
/** An order that was not sent yet has only the day it was made. */
const ORDERED = `coalesce(p.ordered_on, ${dayOf('p.created_at')})`;

/** Orders the planner made are its own already. Its `received` is all that came: of damaged units nothing is known there, and none of them is awaited any more. */
const ORDERS = `
  select p.purchase_order_id || '-' || n.line as key, jsonb_build_object('orderId', p.purchase_order_id::text, 'reference', p.reference, 'state', p.state, 'supplier', s.name, 'currency', p.currency, 'createdOn', ${ORDERED}::text, 'expectedOn', coalesce(n.expected_on, ${DUE}, ${ORDERED} + coalesce(s.lead_time_days, ${DEFAULTS.lead_time_days}))::text,
      'updatedAt', to_char(p.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'line', n.line, 'variantId', v.shopify_variant_id::text, 'sku', coalesce(i.sku, ''), 'barcode', i.barcode, 'title', i.title, 'ordered', greatest(0, n.ordered - n.cancelled), 'received', n.received + n.damaged,
      'receivedOn', (select ${dayOf('max(h.received_at)')}::text from goods_receipt h join goods_receipt_line q using (store_id, goods_receipt_id) where h.store_id = p.store_id and h.purchase_order_id = p.purchase_order_id and q.item_id = n.item_id and h.reverses is null and not exists (select from goods_receipt b where b.store_id = h.store_id and b.reverses = h.goods_receipt_id)), 'unitCost', n.unit_cost, 'locationId', l.shopify_location_id::text) as row, ${NAME_TOO_LONG}
  from purchase_order p join store shop on shop.store_id = p.store_id join purchase_order_line n on n.store_id = p.store_id and n.purchase_order_id = p.purchase_order_id join supplier s on s.store_id = p.store_id and s.supplier_id = p.supplier_id join location l on l.store_id = p.store_id and l.location_id = p.location_id join item i on i.item_id = n.item_id
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

const AT = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** All locations: what left one that is closed by now stands in the sales. */
const WAREHOUSES = `
  select l.shopify_location_id::text as key, jsonb_build_object('warehouseId', l.shopify_location_id::text, 'name', l.name, 'isRemoved', not l.is_active, 'updatedAt', ${AT('l.updated_at')}) as row, null::text as left_out
  from location l where l.store_id = $1 and $2::text is not null`;

const VENDORS = `
  select s.name as key, jsonb_build_object('vendorId', s.name, 'currency', s.currency, 'email', s.email, 'address', s.address, 'isRemoved', not s.active, 'updatedAt', ${AT('s.updated_at')}) as row, ${NAME_TOO_LONG}
  from supplier s where s.store_id = $1 and $2::text is not null`;

/** What a bundle is made of today: our own version where there is one, else what Shopify says of its. */
const PARTS = `
  select p.variant_id, p.component_variant_id, p.quantity, v.updated_at from bundle_version v join bundle_part p on p.store_id = v.store_id and p.variant_id = v.variant_id and p.effective_from = v.effective_from
  where v.store_id = $1 and v.effective_from <= $3::timestamptz and (v.effective_to is null or v.effective_to > $3::timestamptz)
  union all select c.bundle_variant_id, c.component_variant_id, c.quantity, v.updated_at from bundle_component c join variant v on v.store_id = c.store_id and v.shopify_variant_id = c.bundle_variant_id
  where c.store_id = $1 and not exists (select from bundle_version o where o.store_id = $1 and o.variant_id = c.bundle_variant_id and o.effective_from <= $3::timestamptz and (o.effective_to is null or o.effective_to > $3::timestamptz))`;

/** Deleted ones too, as removed: their sales name them. */
const VARIANTS = `
  select v.shopify_variant_id::text as key, jsonb_build_object('variantId', v.shopify_variant_id::text, 'sku', coalesce(v.sku, ''), 'title', case when v.title in ('', 'Default Title') then coalesce(i.title, v.title) else v.title end, 'barcode', coalesce(v.barcode, i.barcode), 'productId', v.shopify_product_id::text, 'price', coalesce(v.price, 0),
      'createdAt', coalesce(d.first || 'T00:00:00.000Z', ${AT('v.updated_at')}), 'type', case when v.is_bundle or b.variant_id is not null then 'bundle' else 'simple' end, 'isRemoved', v.deleted_at is not null, 'updatedAt', ${AT('v.updated_at')}) as row, null::text as left_out
  from variant v left join inventory_item x on x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id left join item i on i.item_id = x.item_id
  left join (select item_id, min(day)::text as first from daily_demand where store_id = $1 group by 1) d on d.item_id = x.item_id left join (select distinct variant_id from (${PARTS}) z) b on b.variant_id = v.shopify_variant_id
  where v.store_id = $1 and $2::text is not null`;

const VARIANT_VENDORS = `
  select v.shopify_variant_id || '@' || s.name as key, jsonb_build_object('variantId', v.shopify_variant_id::text, 'vendorId', s.name, 'currency', s.currency, 'cost', coalesce(t.unit_cost, case when i.currency = s.currency then i.unit_cost end), 'supplierSku', t.supplier_sku, 'moq', t.moq, 'casePack', t.case_pack, 'updatedAt', ${AT('t.updated_at')}) as row, ${NAME_TOO_LONG}
  from supplier_item t join supplier s on s.store_id = t.store_id and s.supplier_id = t.supplier_id join item i on i.item_id = t.item_id join inventory_item x on x.store_id = t.store_id and x.item_id = t.item_id join variant v on v.store_id = x.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id
  where t.store_id = $1 and $2::text is not null and s.active and v.deleted_at is null`;

/** Components are simple variants there: a bundle within a bundle is taken apart, its own parts counted out. Cycles are refused when a bundle is saved; the depth is bounded all the same. */
const COMPONENTS = `
  select p.bundle || '@' || p.part as key, jsonb_build_object('variantId', p.bundle::text, 'componentId', p.part::text, 'quantity', sum(p.quantity), 'updatedAt', ${AT('max(p.updated_at)')}) as row, case when not exists (select from variant c where c.store_id = $1 and c.shopify_variant_id = p.part) then 'its part is not in the catalogue' end as left_out
  from (with recursive parts as (${PARTS}), reached as (
      select variant_id as bundle, component_variant_id as part, quantity::bigint as quantity, updated_at, 1 as depth from parts
      union all select r.bundle, p.component_variant_id, r.quantity * p.quantity, greatest(r.updated_at, p.updated_at), r.depth + 1 from reached r join parts p on p.variant_id = r.part where r.depth < 20)
    select r.* from reached r join variant v on v.store_id = $1 and v.shopify_variant_id = r.bundle and v.deleted_at is null where not exists (select from parts o where o.variant_id = r.part)) p
  where $2::text is not null group by p.bundle, p.part`;

const SOURCES: Readonly<Record<AdvancedFile, string>> = { warehouses: WAREHOUSES, vendors: VENDORS, variants: VARIANTS, 'variant-vendors': VARIANT_VENDORS, components: COMPONENTS, stock: STOCK, 'purchase-orders': ORDERS, sales: SALES };

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

/** `isRemoved`: gone from here. `wasSaid`: an earlier file has it, so its time of change must be a later one. */
export interface ChangedRow { key: string; row: Record<string, unknown>; isRemoved: boolean; wasSaid: boolean; digest: string }
export interface LeftOut { reason: string; rows: number; /** Keys of some of them. */ such: string[] }

/**
 * What an advanced file has to say: rows that are new, changed or gone since it was last said, `most` at a time, gone ones first, then in key order. A row that
 * must be left out is gone if it was said before. The time of change is no change. `now` decides which version of a bundle is in force.
 */
export async function changedFileRows(db: Queryable, storeId: number, file: AdvancedFile, returnsOn: string, most: number, now: string): Promise<ChangedRow[]> {
  const { rows } = await db.query<{ key: string; row: Record<string, unknown>; removed: boolean; was_said: boolean; digest: string }>(
    `with fresh as (select key, row, md5((row - 'updatedAt')::text) as digest from (${SOURCES[file]}) y where left_out is null and $3::timestamptz is not null), said as (select key, row, digest, removed from planner_file_row where store_id = $1 and file = $4)
     select coalesce(n.key, o.key) as key, coalesce(n.row, o.row) as row, n.key is null as removed, o.key is not null as was_said, coalesce(n.digest, o.digest) as digest
     from fresh n full join said o on o.key = n.key where (n.key is null and not o.removed) or (n.key is not null and (o.key is null or o.removed or o.digest <> n.digest)) order by 3 desc, 1 limit $5`, [storeId, returnsOn, now, file, most]);
  return rows.map((each) => ({ key: each.key, row: each.row, isRemoved: each.removed, wasSaid: each.was_said, digest: each.digest }));
}
/** Rows the file must not have, by reason. */
export async function leftOutRows(db: Queryable, storeId: number, file: AdvancedFile, returnsOn: string, now: string): Promise<LeftOut[]> {
  const { rows } = await db.query<LeftOut>(`select left_out as reason, count(*)::int as rows, (array_agg(key order by key))[1:5] as such from (${SOURCES[file]}) y where left_out is not null and $3::timestamptz is not null group by 1 order by 1`, [storeId, returnsOn, now]);
  return rows;
}

/** The planner has the file: its rows are said, and what it held is kept to be looked at. One transaction. */
export async function fileWritten(tx: Queryable, storeId: number, file: AdvancedFile, rows: readonly ChangedRow[], written: PlannerFile, now: string): Promise<void> {
  await tx.query(
    `insert into planner_file_row (store_id, file, key, digest, removed, row) select $1, $2, k, d, r, j::jsonb from unnest($3::text[], $4::text[], $5::bool[], $6::text[]) as t(k, d, r, j)
     on conflict (store_id, file, key) do update set digest = excluded.digest, removed = excluded.removed, row = excluded.row`,
    [storeId, file, rows.map((r) => r.key), rows.map((r) => r.digest), rows.map((r) => r.isRemoved), rows.map((r) => JSON.stringify(r.row))]);
  await tx.query('insert into planner_file (store_id, file, name, rows, removed, content, written_at) values ($1, $2, $3, $4, $5, $6, $7)',
    [storeId, file, `${written.folder}/${written.name}`, rows.length, rows.filter((r) => r.isRemoved || r.row['isRemoved'] === true).length, written.content, now]);
}
/** What was left out of the files of this exchange; files older than `before` are forgotten. */
export async function filesSettled(db: Queryable, storeId: number, leftOut: Partial<Record<AdvancedFile, LeftOut[]>>, before: string, now: string): Promise<void> {
  await db.query('update planner_connection set files_sent_at = $2, file_left_out = $3 where store_id = $1', [storeId, now, JSON.stringify(leftOut)]);
  await db.query('delete from planner_file where store_id = $1 and written_at < $2', [storeId, before]);
}

export interface WrittenFileRow { planner_file_id: number; file: AdvancedFile; name: string; rows: number; removed: number; bytes: number; written_at: string }
/** Newest first, from the one before `before` on. */
export async function writtenFiles(db: Queryable, storeId: number, before: number | null, limit: number): Promise<WrittenFileRow[]> {
  return (await db.query<WrittenFileRow>('select planner_file_id, file, name, rows, removed, octet_length(content) as bytes, written_at from planner_file where store_id = $1 and ($2::int is null or planner_file_id < $2) order by planner_file_id desc limit $3', [storeId, before, limit])).rows;
}
export async function writtenFile(db: Queryable, storeId: number, id: number): Promise<{ name: string; content: string } | null> {
  return (await db.query<{ name: string; content: string }>('select name, content from planner_file where store_id = $1 and planner_file_id = $2', [storeId, id])).rows[0] ?? null;
}
/** Of each kind: rows the planner has by now, and the last file. */
export async function fileKinds(db: Queryable, storeId: number): Promise<{ file: AdvancedFile; rows: number; written_at: string | null }[]> {
  return (await db.query<{ file: AdvancedFile; rows: number; written_at: string | null }>(
    `select k.file, (select count(*)::int from planner_file_row r where r.store_id = $1 and r.file = k.file and not r.removed and r.row ->> 'isRemoved' is distinct from 'true') as rows, (select max(f.written_at) from planner_file f where f.store_id = $1 and f.file = k.file) as written_at
     from unnest($2::text[]) with ordinality as k(file, n) order by k.n`, [storeId, ADVANCED_FILES])).rows;
}
