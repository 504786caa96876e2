/** Repairs of levels: proposed with the difference they saw, approved, carried out, reversed. A level has at most one under way. */
import type { RepairWay } from '../domain/drift/repair.ts';
import type { Queryable } from './db.ts';

export interface RepairRow {
  repair_id: string; item_id: number; location_id: number; sku: string | null; title: string; location: string; inventory_item_id: string; shopify_location_id: string; way: RepairWay;
  state: 'waits for approval' | 'sending' | 'done' | 'refused' | 'reversing' | 'reversed'; available_from: number; available_to: number; committed_from: number; committed_to: number; units: number; reason: string; idempotency_key: string;
  proposed_at: string; proposed_by: string; approved_at: string | null; approved_by: string | null; settled_at: string | null; message: string | null; reversed_at: string | null; reversed_by: string | null;
  /** Made under a policy, nobody was asked. */
  automatic: boolean;
}

const ROWS = `select r.*, i.sku, i.title, l.name as location, x.shopify_inventory_item_id as inventory_item_id, l.shopify_location_id from drift_repair r join item i using (item_id)
  join location l on l.store_id = r.store_id and l.location_id = r.location_id join inventory_item x on x.store_id = r.store_id and x.item_id = r.item_id`;

export interface NewRepair { itemId: number; locationId: number; way: RepairWay; approval: boolean; available: { from: number; to: number }; committed: { from: number; to: number }; units: number; reason: string; key: string; automatic?: true }

/** Answers the new repair's id, or null when the level has one under way. */
export async function proposeRepair(tx: Queryable, storeId: number, made: NewRepair, by: string, at: string): Promise<string | null> {
  const { rows } = await tx.query<{ repair_id: string }>(
    `insert into drift_repair (store_id, item_id, location_id, way, state, available_from, available_to, committed_from, committed_to, units, reason, idempotency_key, proposed_at, proposed_by, automatic)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict do nothing returning repair_id`,
    [storeId, made.itemId, made.locationId, made.way, made.approval ? 'waits for approval' : 'sending', made.available.from, made.available.to, made.committed.from, made.committed.to, made.units, made.reason, made.key, at, by, made.automatic === true]);
  return rows[0]?.repair_id ?? null;
}

/** The open case of a level's difference, so that its history can say what was tried; none where nobody was told. */
export async function caseOf(tx: Queryable, storeId: number, itemId: number, locationId: number): Promise<string[]> {
  return (await tx.query<{ id: string }>(`select exception_id as id from exception where store_id = $1 and fingerprint = $2 and state <> 'resolved'`, [storeId, `STOCK_DRIFT:level/${itemId}@${locationId}`])).rows.map((row) => row.id);
}

export async function findRepair(db: Queryable, storeId: number, id: string): Promise<RepairRow | null> {
  return (await db.query<RepairRow>(`${ROWS} where r.store_id = $1 and r.repair_id = $2`, [storeId, id])).rows[0] ?? null;
}

export async function listRepairs(db: Queryable, storeId: number, limit: number): Promise<RepairRow[]> {
  return (await db.query<RepairRow>(`${ROWS} where r.store_id = $1 order by (r.state = 'waits for approval') desc, r.repair_id desc limit $2`, [storeId, limit])).rows;
}

/** Moves a repair on if it still is where the caller believes it to be. */
export async function moveRepair(tx: Queryable, storeId: number, id: string, from: RepairRow['state'], to: RepairRow['state'], values: { at: string; by?: string; message?: string | null }): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update drift_repair set state = $4, message = coalesce($7, message), approved_at = case when $3 = 'waits for approval' and $4 = 'sending' then $5::timestamptz else approved_at end, approved_by = case when $3 = 'waits for approval' and $4 = 'sending' then $6 else approved_by end,
       settled_at = case when $4 in ('done', 'refused') and $3 = 'sending' then $5::timestamptz else settled_at end, reversed_at = case when $4 = 'reversing' then $5::timestamptz else reversed_at end, reversed_by = case when $4 = 'reversing' then $6 else reversed_by end
     where store_id = $1 and repair_id = $2 and state = $3`, [storeId, id, from, to, values.at, values.by ?? null, values.message ?? null]);
  return rowCount === 1;
}

/** Those of the repairs that wait and were asked for by somebody else go on. */
export async function approveRepairs(tx: Queryable, storeId: number, ids: readonly string[], by: string, at: string): Promise<{ repair_id: string; units: number }[]> {
  return (await tx.query<{ repair_id: string; units: number }>(
    `update drift_repair set state = 'sending', approved_at = $4, approved_by = $3 where store_id = $1 and repair_id = any($2::bigint[]) and state = 'waits for approval' and proposed_by <> $3 returning repair_id, units`, [storeId, ids, by, at])).rows;
}

/** Repairs to carry out or to take back now, oldest first. */
export async function repairsUnderWay(db: Queryable, storeId: number, limit: number): Promise<RepairRow[]> {
  return (await db.query<RepairRow>(`${ROWS} where r.store_id = $1 and r.state in ('sending', 'reversing') order by r.repair_id limit $2`, [storeId, limit])).rows;
}

/** A level of the ledger, locked for this transaction: nothing is posted to it meanwhile. None where nothing ever was. */
export async function lockLedgerLevel(tx: Queryable, storeId: number, itemId: number, locationId: number): Promise<{ available: number; committed: number }> {
  return (await tx.query<{ available: number; committed: number }>('select available, committed from ledger_level where store_id = $1 and item_id = $2 and location_id = $3 for update', [storeId, itemId, locationId])).rows[0] ?? { available: 0, committed: 0 };
}

export async function repairLimit(db: Queryable, storeId: number): Promise<number> {
  return (await db.query<{ repair_limit: number }>('select repair_limit from store where store_id = $1', [storeId])).rows[0]!.repair_limit;
}

export interface RepairLevel { item_id: number; location_id: number; sku: string | null; title: string; location: string; inventory_item_id: string; shopify_location_id: string; authority: 'storefront' | 'warehouse'; available: number; committed: number; pending: boolean; under_way: boolean }

/** Levels of the ledger with their authority, whether changes of them are known to be on their way (from the last check's causes), and whether a repair is, for repairs to be decided on. */
export async function levelsForRepair(tx: Queryable, storeId: number, levels: readonly { itemId: number; locationId: number }[]): Promise<RepairLevel[]> {
  return (await tx.query<RepairLevel>(
    `select t.item_id, t.location_id, i.sku, i.title, l.name as location, x.shopify_inventory_item_id as inventory_item_id, l.shopify_location_id, l.authority, coalesce(g.available, 0) as available, coalesce(g.committed, 0) as committed,
       exists (select from drift d, jsonb_array_elements(d.causes) c where d.store_id = $1 and d.item_id = t.item_id and d.location_id = t.location_id and c ->> 'cause' not in ('unknown', 'edited in Shopify')) as pending,
       exists (select from drift_repair r where r.store_id = $1 and r.item_id = t.item_id and r.location_id = t.location_id and r.state in ('waits for approval', 'sending', 'reversing')) as under_way
     from (select distinct * from unnest($2::int[], $3::int[]) as t(item_id, location_id)) t join item i on i.item_id = t.item_id join location l on l.store_id = $1 and l.location_id = t.location_id join opening p on p.store_id = $1 and p.item_id = t.item_id and p.location_id = t.location_id
     join lateral (select min(x.shopify_inventory_item_id)::bigint as shopify_inventory_item_id from inventory_item x where x.store_id = $1 and x.item_id = t.item_id) x on x.shopify_inventory_item_id is not null
     left join ledger_level g on g.store_id = $1 and g.item_id = t.item_id and g.location_id = t.location_id order by t.item_id, t.location_id`, [storeId, levels.map((level) => level.itemId), levels.map((level) => level.locationId)])).rows;
}

export async function levelForRepair(tx: Queryable, storeId: number, itemId: number, locationId: number): Promise<RepairLevel | null> {
  return (await levelsForRepair(tx, storeId, [{ itemId, locationId }]))[0] ?? null;
}
