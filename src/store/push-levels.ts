/**
 * Levels Instep may write, and why each must be looked at again. A level exists here when its location is on the allow-list (push_policy) and a warehouse
 * is its authority; nothing else is ever set. Reasons are counted, not flagged: a look clears only the reasons it had read before it began.
 */
import type pg from 'pg';
import type { Queryable } from './db.ts';

export type PushState = 'in step' | 'queued' | 'sent' | 'written' | 'held' | 'quarantined' | 'conflict' | 'shadow' | 'not written';

/**
 * Something these items' availability depends on has changed: their levels at every store that sells from the same shelf, and the levels of bundles that contain
 * them, are to be looked at. Wakes the push stream once per commit. `warehouseId` null: whichever warehouses serve them.
 */
export async function markDirty(tx: Queryable, itemIds: readonly number[], now: string): Promise<void> {
  if (itemIds.length === 0) return;
  await tx.query({ name: 'push-dirty', text: `
    with recursive touched as (
      select unnest($1::int[]) as item_id
      union
      -- Upwards from a part to every bundle that contains it, at any depth.
      select p.item_id from touched t
        join inventory_item c on c.item_id = t.item_id
        join variant cv on cv.store_id = c.store_id and cv.shopify_inventory_item_id = c.shopify_inventory_item_id
        join bundle_part b on b.store_id = cv.store_id and b.component_variant_id = cv.shopify_variant_id
        join variant pv on pv.store_id = b.store_id and pv.shopify_variant_id = b.variant_id
        join inventory_item p on p.store_id = pv.store_id and p.shopify_inventory_item_id = pv.shopify_inventory_item_id
    ), locked as (
      select store_id, item_id, location_id from push_level where item_id in (select item_id from touched) order by store_id, item_id, location_id for update
    ), marked as (
      update push_level p set dirty_version = p.dirty_version + 1, dirty_at = case when p.dirty_version > p.seen_version then p.dirty_at else $2 end,
        state = case when p.state in ('in step', 'written', 'not written') then 'queued' else p.state end
      from locked k where p.store_id = k.store_id and p.item_id = k.item_id and p.location_id = k.location_id returning 1
    ) select pg_notify('instep_push', '') from (select 1 from marked limit 1) m`, values: [itemIds, now] });
}

/** Rows for every level the allow-list covers, and none for those it no longer covers. Returns how many were added. */
export async function coverLevels(db: Queryable, storeId: number, now: string): Promise<number> {
  await db.query(
    `delete from push_level p where p.store_id = $1 and not exists (
       select from location l join push_policy a on a.store_id = l.store_id and a.location_id = l.location_id and a.mode <> 'off'
       where l.store_id = p.store_id and l.location_id = p.location_id and l.authority = 'warehouse' and l.warehouse_id = p.warehouse_id)
       and not exists (select from push_attempt_row r where r.store_id = p.store_id and r.item_id = p.item_id and r.location_id = p.location_id and r.state = 'open')`, [storeId]);
  const { rowCount } = await db.query(
    `insert into push_level (store_id, item_id, location_id, warehouse_id, dirty_at)
     select distinct l.store_id, x.item_id, l.location_id, l.warehouse_id, $2::timestamptz
     from location l join push_policy a on a.store_id = l.store_id and a.location_id = l.location_id and a.mode <> 'off'
     join inventory_item x on x.store_id = l.store_id
     where l.store_id = $1 and l.authority = 'warehouse' and (
       exists (select from warehouse_sku k where k.warehouse_id = l.warehouse_id and k.item_id = x.item_id)
       or exists (select from variant v join bundle_version b on b.store_id = v.store_id and b.variant_id = v.shopify_variant_id
                  where v.store_id = x.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id))
     on conflict do nothing`, [storeId, now]);
  return rowCount ?? 0;
}

/**
 * What Shopify was just heard to show. Equal to what we pushed: our own echo, now confirmed. Anything else that the ledger does not account for
 * asks for a fresh read before the next set; it is never answered by a write of its own. `levels` are those whose stated number changed; right after a
 * push, `from` is what it changed: still shown as the last word heard, it only says that the echo is not here yet.
 */
export async function heardLevels(tx: Queryable, storeId: number, levels: readonly { itemId: number; locationId: number; from?: number | null }[], now: string): Promise<void> {
  if (levels.length === 0) return;
  await tx.query({ name: 'push-heard', text: `
    with heard as (
      select p.store_id, p.item_id, p.location_id, o.available, o.available_at, coalesce(b.available, 0) as ledger, p.pushed, p.pushed_at, t.was
      from unnest($2::int[], $3::int[], $5::int[]) as t(item_id, location_id, was)
      join push_level p on p.store_id = $1 and p.item_id = t.item_id and p.location_id = t.location_id
      join observed_level o on o.store_id = p.store_id and o.item_id = p.item_id and o.location_id = p.location_id
      left join ledger_level b on b.store_id = p.store_id and b.item_id = p.item_id and b.location_id = p.location_id
      order by 1, 2, 3 for update of p
    ), confirmed as (
      update push_level p set confirmed = h.available, confirmed_at = $4, state = case when p.state = 'written' then 'in step' else p.state end
      from heard h where p.store_id = h.store_id and p.item_id = h.item_id and p.location_id = h.location_id and h.available = h.pushed returning 1
    ), odd as (
      update push_level p set dirty_version = p.dirty_version + 1, dirty_at = case when p.dirty_version > p.seen_version then p.dirty_at else $4 end, reread = true,
        -- The order behind it is usually a moment behind. A level that waits for a read already is not put off again: sold every second, it would never be looked at.
        not_before = case when p.state = 'conflict' and h.available = p.wanted then $4 when p.reread then p.not_before else greatest(p.not_before, $4::timestamptz + interval '400 milliseconds') end, state = case when p.state in ('in step', 'written', 'not written') then 'queued' else p.state end
      from heard h where p.store_id = h.store_id and p.item_id = h.item_id and p.location_id = h.location_id
        -- What could not be written may have been switched on, or counted for the first time.
        and ((h.available is distinct from h.pushed and h.available <> h.ledger and h.available is distinct from h.was) or p.state = 'not written'
          -- Whoever wrote it against us has come to the same number: nothing is left to pause for.
          or p.state = 'conflict' and h.available = p.wanted) returning 1
    ) select count(*) from odd`, values: [storeId, levels.map((l) => l.itemId), levels.map((l) => l.locationId), now, levels.map((l) => l.from ?? null)] });
}

export interface DirtyLevel {
  item_id: number; location_id: number; warehouse_id: number; dirty_version: string; dirty_at: string; reread: boolean; strikes: number; basis: number | null; pushed: number | null; released: boolean;
  inventory_item_id: string; shopify_location_id: string; tracked: boolean; continues_selling: boolean; is_native_bundle: boolean; bundle_variant_id: string | null;
  is_active: boolean | null; opened: boolean; ledger_available: number; ledger_committed: number; location_active: boolean; sku: string | null; title: string;
  mode: 'shadow' | 'live'; paused: boolean; first_push_cap: number; buffer_quantile: number; peak_quantile: number; peak_until: string | null; buffer_cap_units: number | null; buffer_cap_share: number;
}

/** Kinds of movement whose `occurred_at` is by Shopify's clock, in whole seconds; that of the others is by ours, which may stand a second or two apart from it. */
const BY_SHOPIFYS_CLOCK = `('order committed', 'fulfilled', 'returned to stock', 'released without restock', 'restocked elsewhere', 'storefront edit')`;

/**
 * The last word heard of a level says more than the ledger, as it is known today, can have been at that time: something made up for an order that was heard only
 * later, an edit of as many units. When the word came it agreed with the ledger, so nobody looked; now Shopify is read. Movements that may have been before or
 * after the word are taken as it suits the word, and where the newest fifty do not reach back to it nothing is said: in a rush the next word is a moment away,
 * and a read of every level for every order would use up the calls that the orders themselves need.
 */
const CONTRADICTED = `coalesce(case when o.available <> b.available then (
  select (count(*) < 50 or min(recorded_at) < o.available_at - interval '10 seconds')
     and o.available > b.available - coalesce(sum(case when occurred_at > o.available_at + slack then delta when occurred_at >= o.available_at - slack then least(delta, 0) end), 0)
  from (select m.occurred_at, m.recorded_at, case when m.kind in ${BY_SHOPIFYS_CLOCK} then interval '0' else interval '2 seconds' end as slack,
          case when m.to_location = p.location_id and m.to_state = 'available' then m.quantity when m.from_location = p.location_id and m.from_state = 'available' then -m.quantity else 0 end as delta
        from movement m where m.store_id = p.store_id and m.item_id = p.item_id order by m.movement_id desc limit 50) m) end, false)`;

// Each row's own rows, by key: `limit 1` keeps the planner from reading whole tables for 250 levels while it does not know how large they have grown.
const LEVEL = `
  select p.item_id, p.location_id, p.warehouse_id, p.dirty_version, p.dirty_at, p.reread or ${CONTRADICTED} as reread, p.strikes, p.basis, p.pushed, p.released,
    x.shopify_inventory_item_id as inventory_item_id, l.shopify_location_id, x.tracked, v.continues_selling, v.is_bundle as is_native_bundle, v.bundle_variant_id,
    o.is_active, g.as_of is not null as opened, coalesce(b.available, 0) as ledger_available, coalesce(b.committed, 0) as ledger_committed, l.is_active as location_active, i.sku, i.title,
    a.mode, a.paused, a.first_push_cap, a.buffer_quantile, a.peak_quantile, a.peak_until, a.buffer_cap_units, a.buffer_cap_share
  from picked p
  join push_policy a on a.store_id = p.store_id and a.location_id = p.location_id and a.mode <> 'off'
  join location l on l.store_id = p.store_id and l.location_id = p.location_id
  cross join lateral (select * from inventory_item x where x.store_id = p.store_id and x.item_id = p.item_id limit 1) x
  cross join lateral (select * from item i where i.item_id = p.item_id limit 1) i
  cross join lateral (
    select coalesce(bool_or(v.continues_selling), false) as continues_selling, coalesce(bool_or(v.is_bundle), false) as is_bundle,
      min(v.shopify_variant_id) filter (where exists (select from bundle_version w where w.store_id = v.store_id and w.variant_id = v.shopify_variant_id)) as bundle_variant_id
    from variant v where v.store_id = p.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id and v.deleted_at is null) v
  left join lateral (select * from observed_level o where o.store_id = p.store_id and o.item_id = p.item_id and o.location_id = p.location_id limit 1) o on true
  left join lateral (select * from opening g where g.store_id = p.store_id and g.item_id = p.item_id and g.location_id = p.location_id limit 1) g on true
  left join lateral (select * from ledger_level b where b.store_id = p.store_id and b.item_id = p.item_id and b.location_id = p.location_id limit 1) b on true`;

const NOT_UNDER_WAY = `p.state <> 'quarantined' and not exists (select from push_attempt_row r where r.store_id = p.store_id and r.item_id = p.item_id and r.location_id = p.location_id and r.state = 'open')`;

/**
 * Near zero: what is shown is at most HOT.units, or HOT.buffers times what its buffer withholds, which is what sells within the lag. Such levels go before the others
 * while a peak is on, for it is they that would be oversold; another one that has waited for HOT.seconds is let in among them, by how long it has waited.
 */
export const HOT = { units: 5, buffers: 3, seconds: 30 } as const;
const HOT_FIRST = `(not (coalesce(p.pushed, 0) <= greatest(${HOT.units}, ${HOT.buffers} * coalesce((p.arithmetic ->> 'buffer')::int, 0)) or p.dirty_at < $2::timestamptz - interval '${HOT.seconds} seconds'))`;

/** Dirty levels whose time has come, longest waiting first, in a peak those near zero before. Those of paused locations among them: nothing is written there, but what is oversold is still to be seen. Nothing is locked: they are taken again by key once Shopify has been read. */
export async function dirtyLevels(db: Queryable, storeId: number, now: string, limit: number): Promise<DirtyLevel[]> {
  const peak = (await db.query({ name: 'push-peak', text: 'select from push_policy where store_id = $1 and peak_until > $2 limit 1', values: [storeId, now] })).rowCount === 1, order = `${peak ? `${HOT_FIRST}, ` : ''}p.dirty_at, p.item_id`;
  const { rows } = await db.query<DirtyLevel>({ name: peak ? 'push-hot-levels' : 'push-dirty-levels', text: `
    with picked as materialized (
      select p.* from push_level p where p.store_id = $1 and p.dirty_version > p.seen_version and (p.not_before is null or p.not_before <= $2) and ${NOT_UNDER_WAY}
        and exists (select from push_policy a where a.store_id = p.store_id and a.location_id = p.location_id and a.mode <> 'off')
      order by ${order} limit $3
    ) ${LEVEL} order by ${order}`, values: [storeId, now, limit] });
  return rows;
}

/**
 * The same levels, locked for this transaction; those another worker holds or has an open attempt for are left to it. Locked by one statement and read by the
 * next: a worker that let go between the two has committed its attempt, which a single statement, looking from before, would not see.
 */
export async function lockLevels(tx: pg.PoolClient, storeId: number, levels: readonly { item_id: number; location_id: number }[]): Promise<DirtyLevel[]> {
  const locked = await tx.query<{ item_id: number; location_id: number }>({ name: 'push-lock-levels', text: `
    select p.item_id, p.location_id from (select * from unnest($2::int[], $3::int[]) as t(item_id, location_id) order by 1, 2) t
    cross join lateral (select * from push_level p where p.store_id = $1 and p.item_id = t.item_id and p.location_id = t.location_id for update skip locked) p`,
  values: [storeId, levels.map((l) => l.item_id), levels.map((l) => l.location_id)] });
  const { rows } = await tx.query<DirtyLevel>({ name: 'push-locked-levels', text: `
    with picked as materialized (
      select p.* from unnest($2::int[], $3::int[]) as t(item_id, location_id)
      cross join lateral (select * from push_level p where p.store_id = $1 and p.item_id = t.item_id and p.location_id = t.location_id and ${NOT_UNDER_WAY} limit 1) p
    ) ${LEVEL} order by p.item_id, p.location_id`, values: [storeId, locked.rows.map((l) => l.item_id), locked.rows.map((l) => l.location_id)] });
  return rows;
}

/** What a look at a level ended in, for those that are not being written. */
export interface LookedAt { item_id: number; location_id: number; dirtyVersion: string; state: PushState; wanted: number | null; arithmetic: unknown; reason: string | null; notBefore: string | null }

export async function saveLooks(tx: Queryable, storeId: number, looks: readonly LookedAt[]): Promise<void> {
  if (looks.length === 0) return;
  await tx.query({ name: 'push-looks', text: `
    update push_level p set seen_version = greatest(p.seen_version, t.version), state = t.state, wanted = t.wanted, arithmetic = t.arithmetic::jsonb, reason = t.reason, not_before = t.not_before,
      reread = case when t.state in ('in step', 'written') then false else p.reread end, strikes = case when t.state = 'in step' then 0 else p.strikes end
    from unnest($2::int[], $3::int[], $4::bigint[], $5::text[], $6::int[], $7::text[], $8::text[], $9::timestamptz[]) as t(item_id, location_id, version, state, wanted, arithmetic, reason, not_before)
    where p.store_id = $1 and p.item_id = t.item_id and p.location_id = t.location_id`,
  values: [storeId, looks.map((l) => l.item_id), looks.map((l) => l.location_id), looks.map((l) => l.dirtyVersion), looks.map((l) => l.state), looks.map((l) => l.wanted),
    looks.map((l) => (l.arithmetic === null ? null : JSON.stringify(l.arithmetic))), looks.map((l) => l.reason), looks.map((l) => l.notBefore)] });
}

/** Stores with levels to look at now. */
export async function storesToPush(db: Queryable, now: string): Promise<number[]> {
  const { rows } = await db.query<{ store_id: number }>(
    `select store_id from push_level where dirty_version > seen_version and (not_before is null or not_before <= $1) and state <> 'quarantined'
     union select store_id from push_attempt where state = 'open' and (leased_until is null or leased_until <= $1)`, [now]);
  return rows.map((row) => row.store_id);
}
