/** From whom items are bought and on which terms, what they sell for, and how long suppliers took: read for many items at once. */
import { NO_LIMITS, type BudgetPer, type SupplierLimits } from '../domain/replenishment/supplier-limits.ts';
import type { OrderSeen } from '../domain/purchasing/lead-times-then.ts';
import type { PriceBreak } from '../domain/replenishment/supplier-line.ts';
import type { Queryable } from './db.ts';

export interface SupplierRow { supplier_id: number; name: string; currency: string; lead_time_days: number | null; order_days: number[]; min_order_cost: string | null; min_order_units: number | null; container_volume_cm3: string | null; container_weight_g: string | null;
  minimum_counts: SupplierLimits['minimumCounts']; fill_container: boolean; most_containers: number | null; budget: string | null; budget_per: BudgetPer;
}

export async function activeSuppliers(db: Queryable, storeId: number): Promise<Map<number, SupplierRow>> {
  const { rows } = await db.query<SupplierRow>('select supplier_id, name, currency, lead_time_days, order_days, min_order_cost, min_order_units, container_volume_cm3, container_weight_g, minimum_counts, fill_container, most_containers, budget, budget_per from supplier where store_id = $1 and active', [storeId]);
  return new Map(rows.map((row) => [row.supplier_id, row]));
}

/**
 * What a supplier's terms allow of an order in a currency; `spent`: minor units ordered of it this month. Amounts of money hold for lines in its own currency.
 * Null where they allow everything.
 */
export function limitsOf(supplier: SupplierRow, currency: string, spent: number): SupplierLimits | null {
  const number = (text: string | null): number | null => (text === null ? null : Number(text)), own = currency === supplier.currency, budget = own ? number(supplier.budget) : null;
  const limits: SupplierLimits = {
    minCost: own ? number(supplier.min_order_cost) : null, minUnits: supplier.min_order_units, minimumCounts: supplier.minimum_counts, volumeCm3: number(supplier.container_volume_cm3), weightG: number(supplier.container_weight_g),
    containers: supplier.most_containers, fillContainer: supplier.fill_container, budget: budget === null ? null : Math.max(0, budget - (supplier.budget_per === 'month' ? spent : 0)),
  };
  const free = (Object.keys(NO_LIMITS) as (keyof SupplierLimits)[]).every((each) => limits[each] === NO_LIMITS[each] || ['minimumCounts', 'volumeCm3', 'weightG'].includes(each));
  return free ? null : limits;
}

/** Terms of the supplier an item is bought from, with its selling price; `supplier_id` null: nobody is preferred. */
export interface ItemTerms { item_id: number; supplier_id: number | null; unit_cost: string | null; moq: number | null; case_pack: number | null; lead_time_days: number | null; price_breaks: PriceBreak[] | null; volume_cm3: string | null; weight_g: string | null; price: number | null }

export async function itemTerms(db: Queryable, storeId: number, itemIds: readonly number[]): Promise<Map<number, ItemTerms>> {
  const { rows } = await db.query<ItemTerms>(
    `select k.item_id, s.supplier_id, t.unit_cost, t.moq, t.case_pack, t.lead_time_days, t.price_breaks, t.volume_cm3, t.weight_g, p.price
     from unnest($2::int[]) as k(item_id)
     left join supplier_item t on t.store_id = $1 and t.item_id = k.item_id and t.preferred
     left join supplier s on s.store_id = $1 and s.supplier_id = t.supplier_id and s.active
     left join lateral (select p.price from item_price p where p.store_id = $1 and p.item_id = k.item_id order by p.since desc limit 1) p on true
     where s.supplier_id is not null or p.price is not null`, [storeId, itemIds]);
  return new Map(rows.map((row) => [row.item_id, row]));
}

/** Not of a planner that was told more receipts of it than came through here: those days are not known. */
const OURS = `not (o.origin = 'inventory-planner' and (select coalesce(sum(n.received + n.damaged), 0) from purchase_order_line n where n.store_id = o.store_id and n.purchase_order_id = o.purchase_order_id)
           > (select coalesce(sum(k.quantity + k.damaged), 0) from goods_receipt g join goods_receipt_line k using (store_id, goods_receipt_id) where g.store_id = o.store_id and g.purchase_order_id = o.purchase_order_id))`;

/**
 * Days from sending an order until half of the units that came had come (domain/purchasing/lead-time.ts says why), by supplier: the latest forty orders between
 * two days. What was taken back does not count. An order of which only a part has come yet counts with that part. One of which something had come before it was taken
 * over from elsewhere says nothing: when that came is not known.
 */
export async function observedLeadTimes(db: Queryable, storeId: number, timeZone: string, since: string, until: string): Promise<Map<number, number[]>> {
  const { rows } = await db.query<{ supplier_id: number; days: number[] }>(
    `with come as (
       select o.supplier_id, o.purchase_order_id, o.ordered_on, (r.received_at at time zone $2)::date as day, sum(l.quantity + l.damaged) as units
       from goods_receipt r join purchase_order o on o.store_id = r.store_id and o.purchase_order_id = r.purchase_order_id join goods_receipt_line l on l.store_id = r.store_id and l.goods_receipt_id = r.goods_receipt_id
       where r.store_id = $1 and r.reverses is null and o.ordered_on >= $3 and (r.received_at at time zone $2)::date <= $4::date
         and not exists (select from goods_receipt x where x.store_id = r.store_id and x.reverses = r.goods_receipt_id)
         and ${OURS}
       group by 1, 2, 3, 4 having sum(l.quantity + l.damaged) > 0
     ), so_far as (select c.*, sum(units) over (partition by purchase_order_id order by day) as so, sum(units) over (partition by purchase_order_id) as total from come c)
     select supplier_id, array_agg(days order by received desc, purchase_order_id desc) as days from (
       select supplier_id, purchase_order_id, min(day) as received, greatest(0, least(365, min(day) - ordered_on)) as days, row_number() over (partition by supplier_id order by min(day) desc, purchase_order_id desc) as nth
       from so_far where 2 * so >= total group by supplier_id, purchase_order_id, ordered_on) f
     where nth <= 40 group by supplier_id`, [storeId, timeZone, since, until]);
  return new Map(rows.map((row) => [row.supplier_id, row.days]));
}

/** Sent orders with what came of them by a day, and when a receipt was taken back: what lead times are learned from, as of any morning until then. */
export async function ordersSeen(db: Queryable, storeId: number, timeZone: string, since: string, until: string): Promise<OrderSeen[]> {
  const { rows } = await db.query<{ supplier_id: number; purchase_order_id: number; ordered_on: number; days: number[]; units: number[]; undone: (number | null)[] }>(
    `select supplier_id, purchase_order_id, ordered_on - '1970-01-01'::date as ordered_on, array_agg(day - '1970-01-01'::date) as days, array_agg(units) as units, array_agg(undone - '1970-01-01'::date) as undone from (
       select o.supplier_id, o.purchase_order_id, o.ordered_on, (r.received_at at time zone $2)::date as day, (select (x.received_at at time zone $2)::date from goods_receipt x where x.store_id = r.store_id and x.reverses = r.goods_receipt_id) as undone, sum(l.quantity + l.damaged)::int as units
       from goods_receipt r join purchase_order o on o.store_id = r.store_id and o.purchase_order_id = r.purchase_order_id join goods_receipt_line l on l.store_id = r.store_id and l.goods_receipt_id = r.goods_receipt_id
       where r.store_id = $1 and r.reverses is null and o.ordered_on >= $3 and (r.received_at at time zone $2)::date <= $4::date and ${OURS}
       group by r.goods_receipt_id, 1, 2, 3, 4, 5 having sum(l.quantity + l.damaged) > 0) c
     group by 1, 2, 3 order by 1, 2`, [storeId, timeZone, since, until]);
  return rows.map((row): OrderSeen => ({ supplierId: row.supplier_id, orderId: row.purchase_order_id, orderedOn: row.ordered_on, arrivals: row.days.map((day, n) => ({ day, units: row.units[n]!, undone: row.undone[n]! })) }));
}
