/** The connection to a planner, and how its places and variants are ours. Secrets arrive and leave sealed. */
import type { StatusType } from '../domain/planner/status.ts';
import type { AdvancedFile, PlannerVariant, PlannerWarehouse } from '../ports/planner.ts';
import type { Queryable } from './db.ts';

export interface PlannerConnectionRow {
  store_id: number; origin: string; account: string; api_key: Buffer; version: number; sends_orders: boolean; takes_orders: boolean; pushes_stock: boolean; floors_in_lead_time: boolean; forecast_days: number; returns_on: 'order day' | 'return day';
  status_types: Record<string, StatusType>; unknown_statuses: string[]; files_token: string; files_user: string | null; files_password: Buffer | null; sftp: Record<string, unknown> | null; sftp_secret: Buffer | null; files_sent_at: string | null; file_folders: Partial<Record<AdvancedFile, string>>; file_left_out: Partial<Record<AdvancedFile, { reason: string; rows: number; such: string[] }[]>>;
  status: 'new' | 'ok' | 'failing'; checked_at: string | null; last_error: string | null; exchanged_at: string | null; created_at: string; updated_at: string; updated_by: string;
}

export async function findPlanner(db: Queryable, storeId: number): Promise<PlannerConnectionRow | null> {
  return (await db.query<PlannerConnectionRow>('select * from planner_connection where store_id = $1', [storeId])).rows[0] ?? null;
}
export async function plannerByFilesToken(db: Queryable, token: string): Promise<PlannerConnectionRow | null> {
  return (await db.query<PlannerConnectionRow>('select * from planner_connection where files_token = $1', [token])).rows[0] ?? null;
}
export async function plannerHeard(db: Queryable, storeId: number, now: string): Promise<void> {
  await db.query(`update planner_connection set status = 'ok', checked_at = $2, last_error = null where store_id = $1`, [storeId, now]);
}
export async function plannerFailed(db: Queryable, storeId: number, message: string, now: string): Promise<void> {
  await db.query(`update planner_connection set status = 'failing', checked_at = $3, last_error = $2 where store_id = $1`, [storeId, message.slice(0, 1000), now]);
}

export interface PlannerWarehouseRow { planner_warehouse_id: string; name: string; kind: 'warehouse' | 'combined' | 'own'; is_disabled: boolean; currency: string | null; location_id: number | null; location: string | null; authority: 'storefront' | 'warehouse' | null; matched_by: string; synced_at: string | null }

export async function plannerWarehouses(db: Queryable, storeId: number): Promise<PlannerWarehouseRow[]> {
  return (await db.query<PlannerWarehouseRow>(
    'select w.*, l.name as location, l.authority from planner_warehouse w left join location l on l.store_id = w.store_id and l.location_id = w.location_id where w.store_id = $1 order by w.kind, w.name limit 500', [storeId])).rows;
}

/**
 * Takes over what the planner has. A place whose id ends in Shopify's id of a location of ours is that location, unless somebody has said otherwise or another
 * place has it; combined ones never are: they receive nothing.
 */
export async function savePlannerWarehouses(db: Queryable, storeId: number, found: readonly PlannerWarehouse[], now: string): Promise<void> {
  await db.query(
    `insert into planner_warehouse as w (store_id, planner_warehouse_id, name, kind, is_disabled, currency, synced_at, seen_at)
     select $1, id, name, kind, disabled, currency, synced, $2 from unnest($3::text[], $4::text[], $5::text[], $6::bool[], $7::text[], $8::timestamptz[]) as t(id, name, kind, disabled, currency, synced)
     on conflict (store_id, planner_warehouse_id) do update set name = excluded.name, kind = excluded.kind, is_disabled = excluded.is_disabled, currency = excluded.currency, synced_at = excluded.synced_at, seen_at = excluded.seen_at`,
    [storeId, now, found.map((w) => w.id), found.map((w) => w.name), found.map((w) => w.kind), found.map((w) => w.isDisabled), found.map((w) => w.currency), found.map((w) => w.syncedAt)]);
  // After a reconnect the same place comes under another id: what is no longer there gives its location up.
  await db.query(`update planner_warehouse set location_id = null, matched_by = 'nobody' where store_id = $1 and seen_at < $2 and matched_by = 'same id'`, [storeId, now]);
  await db.query(
    `update planner_warehouse w set location_id = l.location_id, matched_by = 'same id' from location l
     where w.store_id = $1 and l.store_id = $1 and w.matched_by = 'nobody' and w.kind <> 'combined' and w.seen_at = $2 and w.planner_warehouse_id ~ ('^c\\d+_' || l.shopify_location_id || '$')
       and not exists (select from planner_warehouse o where o.store_id = $1 and o.location_id = l.location_id)`, [storeId, now]);
}

/** Variants by the shop's own id within theirs, else by a SKU that one item alone has. */
export async function savePlannerVariants(db: Queryable, storeId: number, found: readonly PlannerVariant[], now: string): Promise<void> {
  for (let start = 0; start < found.length; start += 5_000) {
    const page = found.slice(start, start + 5_000);
    await db.query(
      `with t as (select * from unnest($3::text[], $4::bigint[], $5::text[], $6::text[]) as t(id, shop_id, sku, title)),
       one as (select lower(v.sku) as sku, min(x.item_id) as item_id from variant v join inventory_item x on x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id
         where v.store_id = $1 and v.deleted_at is null and lower(v.sku) in (select lower(sku) from t) group by 1 having count(distinct x.item_id) = 1)
       insert into planner_variant as p (store_id, planner_variant_id, sku, title, item_id, matched_by, seen_at)
       select $1, t.id, t.sku, t.title, coalesce(x.item_id, one.item_id), case when x.item_id is not null then 'same id' when one.item_id is not null then 'same SKU' else 'nobody' end, $2
       from t left join variant v on v.store_id = $1 and v.shopify_variant_id = t.shop_id left join inventory_item x on x.store_id = $1 and x.shopify_inventory_item_id = v.shopify_inventory_item_id left join one on one.sku = lower(t.sku)
       on conflict (store_id, planner_variant_id) do update set sku = excluded.sku, title = excluded.title, item_id = excluded.item_id, matched_by = excluded.matched_by, seen_at = excluded.seen_at`,
      [storeId, now, page.map((v) => v.id), page.map((v) => v.shopVariantId), page.map((v) => v.sku), page.map((v) => v.title)]);
  }
}

/** Replaces the figures of the last read, all in the caller's transaction. */
export async function savePlannerFigures(tx: Queryable, storeId: number, variants: readonly PlannerVariant[], onlyWarehouse: string | null, now: string): Promise<number> {
  const rows = variants.flatMap((v) => v.figures.map((f) => ({ ...f, variantId: v.id, warehouseId: f.warehouseId ?? onlyWarehouse }))).filter((f) => f.warehouseId !== null);
  await tx.query('delete from planner_figure where store_id = $1', [storeId]);
  for (let start = 0; start < rows.length; start += 5_000) {
    const page = rows.slice(start, start + 5_000);
    await tx.query(
      `insert into planner_figure (store_id, planner_variant_id, planner_warehouse_id, in_stock, on_order, replenishment, to_order, lead_time_days, cover_days, minimum_stock, forecast_per_day, method, read_at)
       select $1, v, w, s, o, r, t, l, c, m, f, d, $2 from unnest($3::text[], $4::text[], $5::int[], $6::int[], $7::float8[], $8::int[], $9::float8[], $10::float8[], $11::float8[], $12::float8[], $13::text[]) as x(v, w, s, o, r, t, l, c, m, f, d)
       on conflict do nothing`,
      [storeId, now, page.map((f) => f.variantId), page.map((f) => f.warehouseId), page.map((f) => f.inStock), page.map((f) => f.onOrder), page.map((f) => f.replenishment), page.map((f) => f.toOrder), page.map((f) => f.leadTimeDays), page.map((f) => f.coverDays),
        page.map((f) => f.minimumStock), page.map((f) => f.forecastPerDay), page.map((f) => f.method)]);
  }
  return rows.length;
}
