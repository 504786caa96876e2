/** Planning values by scope: the user's for an item (at a location) > a rule (a vendor, a category, a class) > the store's default. */
import { ORDER_DAYS_MOST } from '../domain/purchasing/order-days.ts';
import { ON_ORDER } from '../domain/purchasing/purchase-order.ts';
import { BUILT_IN, type PlanningPolicy, type PolicyKind } from '../domain/replenishment/policy.ts';
import type { Queryable } from './db.ts';
import { unitsHeldBack } from './held-back.ts';
import { openPurchaseUnits } from './purchase-orders.ts';
import { DEFAULT_TRANSFER_DAYS } from '../domain/replenishment/supply-then.ts';
import { openTransferUnits } from './transfers.ts';
import { openMoveUnits } from './warehouse-moves.ts';

export interface PolicyRow {
  scope: string; kind: PolicyKind | null; lead_time_days: number | null; review_days: number | null; service_level: number | null; fill_rate: number | null; cost_ratio: number | null;
  reorder_point: number | null; order_quantity: number | null; days_of_stock: number | null; moq: number | null; case_pack: number | null; min_stock: number | null; max_stock: number | null;
  end_of_life: string | null; last_order: string | null; holding_per_year: number | null; version: number; updated_at: string; updated_by: string;
}

/** What applies where nobody has said anything, by column. */
export const DEFAULTS = { lead_time_days: BUILT_IN.leadTimeDays, review_days: BUILT_IN.reviewDays, service_level: BUILT_IN.serviceLevel, moq: BUILT_IN.moq, case_pack: BUILT_IN.casePack, min_stock: BUILT_IN.minStock, max_stock: BUILT_IN.maxStock } as const;

/** Column by field, as a planner's value is kept. */
export const POLICY_COLUMNS = {
  kind: 'kind', leadTimeDays: 'lead_time_days', reviewDays: 'review_days', serviceLevel: 'service_level', fillRate: 'fill_rate', costRatio: 'cost_ratio', reorderPoint: 'reorder_point', orderQuantity: 'order_quantity',
  daysOfStock: 'days_of_stock', moq: 'moq', casePack: 'case_pack', minStock: 'min_stock', maxStock: 'max_stock', endOfLife: 'end_of_life', lastOrder: 'last_order', holdingPerYear: 'holding_per_year',
} as const satisfies Record<keyof PlanningPolicy, keyof PolicyRow>;

/** The values a scope says; what it does not say is left out. */
export function valuesOf(row: PolicyRow): Partial<PlanningPolicy> {
  const values: Record<string, unknown> = {};
  for (const [field, column] of Object.entries(POLICY_COLUMNS)) {
    const value = row[column];
    // A share is kept in single precision.
    if (value !== null) values[field] = typeof value === 'number' ? Math.round(value * 10_000) / 10_000 : value;
  }
  return values as Partial<PlanningPolicy>;
}

/** What every scope of a store says. */
export async function scopedValues(db: Queryable, storeId: number): Promise<Map<string, Partial<PlanningPolicy>>> {
  const { rows } = await db.query<PolicyRow>('select * from planning_policy where store_id = $1', [storeId]);
  return new Map(rows.map((row) => [row.scope, valuesOf(row)]));
}

export async function policyOf(db: Queryable, storeId: number, scope: string): Promise<PolicyRow | null> {
  const { rows } = await db.query<PolicyRow>('select * from planning_policy where store_id = $1 and scope = $2', [storeId, scope]);
  return rows[0] ?? null;
}

/** Saves what a scope says, all of it. False when somebody else saved since `version` (0: nothing was there). */
export async function savePolicy(db: Queryable, storeId: number, scope: string, values: Partial<Record<keyof PlanningPolicy, string | number | null>>, version: number, by: string, now: string): Promise<boolean> {
  const fields = Object.keys(POLICY_COLUMNS) as (keyof PlanningPolicy)[], columns = fields.map((field) => POLICY_COLUMNS[field]);
  const { rowCount } = await db.query(
    `insert into planning_policy as p (store_id, scope, version, updated_at, updated_by, ${columns.join(', ')})
     select $1, $2, 1, $4, $5, ${columns.map((_, n) => `$${n + 6}`).join(', ')} where $3 = 0 or exists (select from planning_policy where store_id = $1 and scope = $2)
     on conflict (store_id, scope) do update set version = p.version + 1, updated_at = excluded.updated_at, updated_by = excluded.updated_by, ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}
     where p.version = $3`,
    [storeId, scope, version, now, by, ...fields.map((field) => values[field] ?? null)]);
  return rowCount === 1;
}

/** The longest lead time plus review period any scope or supplier asks for, and the longest way to a supplied place, in days: how far forecasts must reach. */
export async function longestProtection(db: Queryable, storeId: number): Promise<number> {
  const { rows } = await db.query<{ lead: number | null; review: number | null; by_days: boolean }>(
    `select greatest(max(p.lead_time_days), (select max(s.lead_time_days) from supplier s where s.store_id = $1 and s.active), (select max(i.lead_time_days) from supplier_item i where i.store_id = $1 and i.preferred),
         (select max(least(120, r.received_at::date - o.ordered_on)) from goods_receipt r join purchase_order o on o.store_id = r.store_id and o.purchase_order_id = r.purchase_order_id where r.store_id = $1)) as lead,
       greatest(max(p.review_days), max(p.days_of_stock)) as review, exists (select from supplier s where s.store_id = $1 and s.active and s.order_days <> '{}') as by_days from planning_policy p where p.store_id = $1`, [storeId]);
  return Math.max(rows[0]!.lead ?? 0, DEFAULTS.lead_time_days) + Math.max(rows[0]!.review ?? 0, DEFAULTS.review_days) + (rows[0]!.by_days ? ORDER_DAYS_MOST : 0) + await farthestPlace(db, storeId);
}

/** Days to the supplied place that is farthest from where it is bought, at most: of a pair whose days are learned, the longest a transfer took. */
async function farthestPlace(db: Queryable, storeId: number): Promise<number> {
  const { rows } = await db.query<{ days: number | null }>(
    `with recursive edge as (
       select l.location_id, l.supplied_from, coalesce(d.days, greatest((select s.transfer_days from transfer_setting s where s.store_id = $1), ${DEFAULT_TRANSFER_DAYS}, (select max(least(60, t.received_at::date - t.shipped_at::date)) from transfer t where t.store_id = $1 and t.from_location_id = l.supplied_from and t.to_location_id = l.location_id))) as days
       from location l left join transfer_days d on d.store_id = l.store_id and d.from_location_id = l.supplied_from and d.to_location_id = l.location_id where l.store_id = $1 and l.supplied_from is not null
     ), way as (
       select location_id, days from edge e where not exists (select from edge o where o.location_id = e.supplied_from)
       union all select e.location_id, w.days + e.days from edge e join way w on w.location_id = e.supplied_from
     ) select max(days)::int as days from way`, [storeId]);
  return rows[0]?.days ?? 0;
}

export interface PositionRow {
  item_id: number; location_id: number; vendor: string | null; category: string | null; unit_cost: string | null; available: number; committed: number; incoming: number; unavailable: number;
}

/** Items of which anything is open that the ledger does not hold: sent orders, incoming written to Shopify, units held back, transfers and moves. The rest of a catalogue needs none of them looked up. */
export async function itemsInMotion(db: Queryable, storeId: number): Promise<Set<number>> {
  const { rows } = await db.query<{ item_id: number }>(
    `select n.item_id from purchase_order p join purchase_order_line n using (store_id, purchase_order_id) where p.store_id = $1 and p.state = any($2)
     union select item_id from stock_adjustment where store_id = $1 and purchase_order_id is not null and state_name = 'incoming' and state = 'written'
     union select item_id from held_back where store_id = $1 and ended_at is null
     union select n.item_id from transfer t join transfer_line n using (store_id, transfer_id) where t.store_id = $1 and t.state in ('draft', 'ready', 'in transit')
     union select item_id from warehouse_move where store_id = $1 and state = 'open'`, [storeId, ON_ORDER]);
  return new Set(rows.map((row) => row.item_id));
}

/**
 * Stock of the given items by location, with what planning needs of the item. Incoming is the ledger's and the units of sent purchase orders it does not hold.
 * `moving`: the items of which anything else is open, where that is known already.
 */
export async function positions(db: Queryable, storeId: number, itemIds: readonly number[], moving?: ReadonlySet<number>): Promise<Map<string, PositionRow>> {
  const open = moving ? itemIds.filter((item) => moving.has(item)) : itemIds;
  const { rows } = await db.query<PositionRow>(
    `select i.item_id, l.location_id, i.vendor, nullif(i.product_type, '') as category, i.unit_cost,
       coalesce(b.available, 0) as available, coalesce(b.committed, 0) as committed, coalesce(b.incoming, 0) as incoming,
       coalesce(b.reserved + b.damaged + b.safety_stock + b.quality_control, 0) as unavailable
     from item i cross join location l
     left join lateral (select * from ledger_level b where b.store_id = l.store_id and b.item_id = i.item_id and b.location_id = l.location_id limit 1) b on true -- a probe each, not all levels a page
     where l.store_id = $1 and i.item_id = any($2)`, [storeId, itemIds]);
  const found = new Map(rows.map((row) => [`${row.item_id}@${row.location_id}`, row]));
  if (open.length === 0) return found;
  for (const { item_id: item, location_id: place, units } of await openPurchaseUnits(db, storeId, open)) {
    const row = found.get(`${item}@${place}`);
    if (row) row.incoming += units;
  }
  // On the shelf and not shown, because somebody holds the item back from sale: there all the same.
  for (const [key, units] of await unitsHeldBack(db, storeId, open)) {
    const row = found.get(key);
    if (row) row.available += units;
  }
  // Of a transfer that was not shipped yet Shopify shows nothing at its destination; of one it has not heard of nothing at either end.
  for (const way of await openTransferUnits(db, storeId, open)) {
    const to = found.get(`${way.item_id}@${way.to_location_id}`), from = found.get(`${way.item_id}@${way.from_location_id}`);
    if (to) to.incoming += way.units;
    if (from) from.available -= way.unheard;
  }
  for (const move of await openMoveUnits(db, storeId, open)) {
    const to = found.get(`${move.item_id}@${move.to_location_id}`), from = found.get(`${move.item_id}@${move.from_location_id}`);
    if (to) to.incoming += move.units;
    if (from) from.available -= move.units;
  }
  return found;
}
