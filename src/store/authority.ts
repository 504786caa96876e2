/** Who writes a location, and how: authority, the warehouse behind it, the push policy. No policy row is no permission: that table is the allow-list. */
import type pg from 'pg';
import type { Queryable } from './db.ts';

export interface PolicyRow {
  store_id: number; location_id: number; mode: 'off' | 'shadow' | 'live'; paused: boolean; first_push_cap: number; live_since: string | null; buffer_quantile: number; peak_quantile: number; peak_until: string | null;
  buffer_cap_units: number | null; buffer_cap_share: number; notify_customer: boolean; updated_at: string; updated_by: string;
}
export interface LocationRow {
  location_id: number; shopify_location_id: string; name: string; is_active: boolean; authority: 'storefront' | 'warehouse'; warehouse_id: number | null; warehouse: string | null; supplied_from: number | null; policy: PolicyRow | null;
  levels: number; counts: Record<string, number>;
}

/** The store's locations with their authority, policy and how many levels are in which state. */
export async function listLocations(db: Queryable, storeId: number): Promise<LocationRow[]> {
  const { rows } = await db.query<LocationRow>(
    `select l.location_id, l.shopify_location_id, l.name, l.is_active, l.authority, l.warehouse_id, l.supplied_from, w.name as warehouse, to_jsonb(a) as policy,
       (select count(*)::int from push_level p where p.store_id = l.store_id and p.location_id = l.location_id) as levels,
       (select coalesce(jsonb_object_agg(state, n), '{}') from (select state, count(*)::int as n from push_level p where p.store_id = l.store_id and p.location_id = l.location_id group by 1) s) as counts
     from location l left join warehouse w using (warehouse_id) left join push_policy a on a.store_id = l.store_id and a.location_id = l.location_id where l.store_id = $1 order by l.name`, [storeId]);
  return rows;
}

/**
 * Gives a location to a warehouse, or back to the storefront. Giving it back ends its permission to be written; giving it to a warehouse begins in
 * shadow mode at most: going live is a step of its own. Throws the database's refusal when another location of the store has the same warehouse.
 */
export async function setAuthority(tx: pg.PoolClient, storeId: number, locationId: number, authority: 'storefront' | 'warehouse', warehouseId: number | null): Promise<void> {
  await tx.query('update location set authority = $3, warehouse_id = $4 where store_id = $1 and location_id = $2', [storeId, locationId, authority, authority === 'warehouse' ? warehouseId : null]);
  if (authority === 'storefront') await tx.query('delete from push_policy where store_id = $1 and location_id = $2', [storeId, locationId]);
  else await tx.query(`update push_policy set mode = 'shadow', live_since = null where store_id = $1 and location_id = $2 and mode = 'live'`, [storeId, locationId]);
}

export interface PolicyChange {
  mode?: PolicyRow['mode'] | undefined; paused?: boolean | undefined; firstPushCap?: number | undefined; bufferQuantile?: number | undefined; peakQuantile?: number | undefined; peakUntil?: string | null | undefined;
  bufferCapUnits?: number | null | undefined; bufferCapShare?: number | undefined; notifyCustomer?: boolean | undefined;
}

/** Changes parts of a policy; what is left out stays. Going live is remembered: orders from before are left to whoever has them. Returns the row. */
export async function changePolicy(tx: Queryable, storeId: number, locationId: number, change: PolicyChange, by: string, now: string): Promise<PolicyRow> {
  await tx.query('insert into push_policy (store_id, location_id, updated_at, updated_by) values ($1, $2, $3, $4) on conflict do nothing', [storeId, locationId, now, by]);
  const { rows } = await tx.query<PolicyRow>(
    `update push_policy set mode = coalesce($3, mode), paused = coalesce($4, paused), first_push_cap = coalesce($5, first_push_cap), buffer_quantile = coalesce($6, buffer_quantile), peak_quantile = coalesce($7, peak_quantile),
       peak_until = case when $8 then $9::timestamptz else peak_until end, buffer_cap_units = case when $10 then $11::int else buffer_cap_units end, buffer_cap_share = coalesce($12, buffer_cap_share), notify_customer = coalesce($15, notify_customer),
       live_since = case when $3 = 'live' and mode <> 'live' then $13::timestamptz else live_since end, updated_at = $13, updated_by = $14
     where store_id = $1 and location_id = $2 returning *`,
    [storeId, locationId, change.mode ?? null, change.paused ?? null, change.firstPushCap ?? null, change.bufferQuantile ?? null, change.peakQuantile ?? null, change.peakUntil !== undefined, change.peakUntil ?? null,
      change.bufferCapUnits !== undefined, change.bufferCapUnits ?? null, change.bufferCapShare ?? null, now, by, change.notifyCustomer ?? null]);
  await tx.query(
    `update push_level set dirty_version = dirty_version + 1, dirty_at = case when dirty_version > seen_version then dirty_at else $3 end, state = case when state in ('sent', 'quarantined') then state else 'queued' end
     where store_id = $1 and location_id = $2`, [storeId, locationId, now]);
  await tx.query(`select pg_notify('instep_push', '')`);
  return rows[0]!;
}

/** A person lets held or quarantined levels go on: a first push above the cap, or one that was refused and has been mended. Returns how many. */
export async function releaseLevels(tx: Queryable, storeId: number, levels: readonly { itemId: number; locationId: number }[], now: string): Promise<number> {
  const { rowCount } = await tx.query(
    `update push_level p set released = true, dirty_version = p.dirty_version + 1, dirty_at = $2, not_before = null, strikes = 0, reread = true, state = 'queued', reason = null
     from unnest($3::int[], $4::int[]) as t(item_id, location_id) where p.store_id = $1 and p.item_id = t.item_id and p.location_id = t.location_id and p.state in ('held', 'quarantined', 'conflict')`,
    [storeId, now, levels.map((l) => l.itemId), levels.map((l) => l.locationId)]);
  await tx.query(`select pg_notify('instep_push', '')`);
  return rowCount ?? 0;
}
