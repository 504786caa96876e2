/** Planning values by scope: the user's for an item (at a location) > a rule (a vendor) > the store's default. */
import type { Queryable } from './db.ts';
import { openPurchaseUnits } from './purchase-orders.ts';

export interface PolicyRow {
  scope: string; lead_time_days: number | null; review_days: number | null; service_level: number | null; moq: number | null; case_pack: number | null;
  min_stock: number | null; max_stock: number | null; updated_at: string; updated_by: string;
}

/** What applies where nobody has said anything. */
export const DEFAULTS = { lead_time_days: 14, review_days: 7, service_level: 0.95, moq: 1, case_pack: 1, min_stock: 0, max_stock: null } as const;

export async function policies(db: Queryable, storeId: number): Promise<Map<string, PolicyRow>> {
  const { rows } = await db.query<PolicyRow>('select * from planning_policy where store_id = $1', [storeId]);
  return new Map(rows.map((row) => [row.scope, row]));
}

export async function policyOf(db: Queryable, storeId: number, scope: string): Promise<PolicyRow | null> {
  const { rows } = await db.query<PolicyRow>('select * from planning_policy where store_id = $1 and scope = $2', [storeId, scope]);
  return rows[0] ?? null;
}

export async function savePolicy(db: Queryable, storeId: number, row: Omit<PolicyRow, 'updated_at'>, now: string): Promise<void> {
  await db.query(
    `insert into planning_policy (store_id, scope, lead_time_days, review_days, service_level, moq, case_pack, min_stock, max_stock, updated_at, updated_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (store_id, scope) do update set lead_time_days = excluded.lead_time_days, review_days = excluded.review_days, service_level = excluded.service_level, moq = excluded.moq,
       case_pack = excluded.case_pack, min_stock = excluded.min_stock, max_stock = excluded.max_stock, updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
    [storeId, row.scope, row.lead_time_days, row.review_days, row.service_level, row.moq, row.case_pack, row.min_stock, row.max_stock, now, row.updated_by]);
}

/** The longest lead time plus review period any scope asks for, in days: how far forecasts must reach. */
export async function longestProtection(db: Queryable, storeId: number): Promise<number> {
  const { rows } = await db.query<{ lead: number | null; review: number | null }>('select max(lead_time_days) as lead, max(review_days) as review from planning_policy where store_id = $1', [storeId]);
  return Math.max(rows[0]!.lead ?? 0, DEFAULTS.lead_time_days) + Math.max(rows[0]!.review ?? 0, DEFAULTS.review_days);
}

export interface PositionRow {
  item_id: number; location_id: number; vendor: string | null; unit_cost: string | null; available: number; committed: number; incoming: number; unavailable: number;
}

/** Stock of the given items by location, with what planning needs of the item. Incoming is the ledger's and the units of sent purchase orders it does not hold. */
export async function positions(db: Queryable, storeId: number, itemIds: readonly number[]): Promise<Map<string, PositionRow>> {
  const { rows } = await db.query<PositionRow>(
    `select i.item_id, l.location_id, i.vendor, i.unit_cost,
       coalesce(b.available, 0) as available, coalesce(b.committed, 0) as committed, coalesce(b.incoming, 0) as incoming,
       coalesce(b.reserved + b.damaged + b.safety_stock + b.quality_control, 0) as unavailable
     from item i cross join location l
     left join lateral (select * from ledger_level b where b.store_id = l.store_id and b.item_id = i.item_id and b.location_id = l.location_id limit 1) b on true -- a probe each, not all levels a page
     where l.store_id = $1 and i.item_id = any($2)`, [storeId, itemIds]);
  const found = new Map(rows.map((row) => [`${row.item_id}@${row.location_id}`, row]));
  for (const open of await openPurchaseUnits(db, storeId, itemIds)) {
    const row = found.get(`${open.item_id}@${open.location_id}`);
    if (row) row.incoming += open.units;
  }
  return found;
}
