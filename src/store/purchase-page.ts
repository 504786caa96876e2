/** Purchase orders as a list, their versions, their mails, what purchasing may do by itself, and what is late. */
import { ON_ORDER, type PurchaseOrder } from '../domain/purchasing/purchase-order.ts';
import type { Rates } from '../domain/exchange.ts';
import type { Queryable } from './db.ts';
import { DEFAULTS } from './planning.ts';
import type { PurchaseRow } from './purchase-orders.ts';

export interface PurchasePageRow extends PurchaseRow { lines: number; units: number; /** Good ones, more than ordered too. */ received_units: number; damaged_units: number; open_units: number; goods_value: string; overdue: boolean; due_on: string | null }
export interface PurchaseFilter { states: readonly string[] | null; overdue: boolean; q: string | null; supplierId: number | null; locationId: number | null; today: string; toleranceDays: number; before: number | null; limit: number }

/** The day an order is due: as promised, else by the lead time its supplier states, else by the one planning begins with. An order nobody gave a day is late too. Of `p`, the order, and `s`, its supplier. */
export const DUE = `coalesce(p.expected_on, p.ordered_on + coalesce(s.lead_time_days, ${DEFAULTS.lead_time_days}))`;

const ROWS = `select p.*, s.name as supplier, s.email as supplier_email, l.name as location, l.authority, l.warehouse_id, t.*, p.state = any($8) and ${DUE} + $7::int < $6::date and t.open_units > 0 as overdue, ${DUE} as due_on
  from purchase_order p join supplier s on s.store_id = p.store_id and s.supplier_id = p.supplier_id join location l on l.store_id = p.store_id and l.location_id = p.location_id
  cross join lateral (select count(*)::int as lines, coalesce(sum(n.ordered), 0)::int as units, coalesce(sum(n.received), 0)::int as received_units, coalesce(sum(n.damaged), 0)::int as damaged_units, coalesce(sum(n.ordered::bigint * n.unit_cost), 0) as goods_value,
    coalesce(sum(greatest(0, n.ordered - n.received - n.damaged - n.cancelled)), 0)::int as open_units from purchase_order_line n where n.store_id = p.store_id and n.purchase_order_id = p.purchase_order_id) t
  where p.store_id = $1 and ($2::text[] is null or p.state = any($2)) and ($3::int is null or p.supplier_id = $3) and ($4::int is null or p.location_id = $4)
    and ($5::text is null or p.reference ilike '%' || $5 || '%' or s.name ilike '%' || $5 || '%' or exists (select from purchase_order_line n join item i using (item_id) where n.store_id = p.store_id and n.purchase_order_id = p.purchase_order_id and i.sku ilike $5))`;

/** Newest first, from before an id. */
export async function purchasePage(db: Queryable, storeId: number, f: PurchaseFilter): Promise<PurchasePageRow[]> {
  const { rows } = await db.query<PurchasePageRow>(`select * from (${ROWS}) r where ($9::int is null or purchase_order_id < $9) and (not $10 or overdue) order by purchase_order_id desc limit $11`,
    [storeId, f.states, f.supplierId, f.locationId, f.q?.replaceAll(/[%_\\]/g, '\\$&') ?? null, f.today, f.toleranceDays, ON_ORDER, f.before, f.overdue, f.limit]);
  return rows;
}

export interface PurchaseTotals { orders: number; units: number; received: number; damaged: number; open: number; values: { currency: string; value: number }[]; /** In the store's currency; currencies without a rate are not in it. */ inStore: { value: number; withoutRate: string[] } }
/** What the filtered orders come to, of all pages; money by currency, and in the store's at the rate of the day each was ordered, or of today. */
export async function purchaseTotals(db: Queryable, storeId: number, f: PurchaseFilter, rates: Rates): Promise<PurchaseTotals> {
  const { rows } = await db.query<{ currency: string; day: string; orders: number; units: number; received: number; damaged: number; open: number; value: string }>(
    `select currency, coalesce(ordered_on, $6::date) as day, count(*)::int as orders, sum(units)::int as units, sum(received_units)::int as received, sum(damaged_units)::int as damaged, sum(open_units)::int as open, sum(goods_value + shipping + duty + other_cost) as value from (${ROWS}) r where (not $9 or overdue) group by 1, 2 order by 1, 2`,
    [storeId, f.states, f.supplierId, f.locationId, f.q?.replaceAll(/[%_\\]/g, '\\$&') ?? null, f.today, f.toleranceDays, ON_ORDER, f.overdue]);
  const by = new Map<string, number>(), withoutRate = new Set<string>();
  let inStore = 0;
  for (const row of rows) {
    const value = Number(row.value), there = rates.inStore(value, row.currency, row.day);
    by.set(row.currency, (by.get(row.currency) ?? 0) + value);
    if (there === null) withoutRate.add(row.currency); else inStore += there;
  }
  const sum = (of: 'orders' | 'units' | 'received' | 'damaged' | 'open'): number => rows.reduce((total, row) => total + row[of], 0);
  return { orders: sum('orders'), units: sum('units'), received: sum('received'), damaged: sum('damaged'), open: sum('open'), values: [...by].map(([currency, value]) => ({ currency, value })).sort((a, b) => b.value - a.value), inStore: { value: inStore, withoutRate: [...withoutRate].sort() } };
}

/** How many orders are in each state, and how many are late. */
export async function purchaseCounts(db: Queryable, storeId: number, today: string, toleranceDays: number): Promise<Record<string, number>> {
  const { rows } = await db.query<{ state: string; n: number; late: number }>(
    `select p.state, count(*)::int as n, count(*) filter (where p.state = any($4) and ${DUE} + $3::int < $2::date)::int as late from purchase_order p join supplier s on s.store_id = p.store_id and s.supplier_id = p.supplier_id where p.store_id = $1 group by 1`, [storeId, today, toleranceDays, ON_ORDER]);
  return { ...Object.fromEntries(rows.map((row) => [row.state, row.n])), overdue: rows.reduce((sum, row) => sum + row.late, 0) };
}

export interface VersionRow { version: number; what: string; document: PurchaseOrder; said: string | null; at: string; by_whom: string }
/** Every version, newest first. */
export async function purchaseVersions(db: Queryable, storeId: number, id: number, limit = 200): Promise<VersionRow[]> {
  return (await db.query<VersionRow>('select version, what, document, said, at, by_whom from purchase_order_version where store_id = $1 and purchase_order_id = $2 order by version desc limit $3', [storeId, id, limit])).rows;
}

/** The order as it was approved last, or submitted within the limit; null: it was brought in from elsewhere. */
export async function approvedVersion(db: Queryable, storeId: number, id: number): Promise<PurchaseOrder | null> {
  return (await db.query<{ document: PurchaseOrder }>(`select document from purchase_order_version where store_id = $1 and purchase_order_id = $2 and what in ('submitted', 'approved') order by version desc limit 1`, [storeId, id])).rows[0]?.document ?? null;
}

export interface LineItem { item_id: number; sku: string | null; barcode: string | null; title: string; available: number; incoming: number; written: string | null }
/** The items of an order's lines, with their stock where it is received and what became of their `incoming` in Shopify. */
export async function purchaseItems(db: Queryable, storeId: number, id: number): Promise<Map<number, LineItem>> {
  const { rows } = await db.query<LineItem>(
    `select i.item_id, i.sku, i.barcode, i.title, coalesce(g.available, 0) as available, coalesce(g.incoming, 0) as incoming,
       (select case a.state when 'written' then 'written' when 'parked' then 'refused: ' || coalesce(a.message, '') else 'on its way' end from stock_adjustment a where a.store_id = p.store_id and a.purchase_order_id = p.purchase_order_id and a.item_id = n.item_id order by a.adjustment_id desc limit 1) as written
     from purchase_order p join purchase_order_line n using (store_id, purchase_order_id) join item i using (item_id) left join ledger_level g on g.store_id = p.store_id and g.item_id = n.item_id and g.location_id = p.location_id
     where p.store_id = $1 and p.purchase_order_id = $2`, [storeId, id]);
  return new Map(rows.map((row) => [row.item_id, row]));
}

export interface OverdueRow { purchase_order_id: number; reference: string; supplier: string; location_id: number; expected_on: string; /** Nobody promised it: by the lead time. */ by_lead_time: boolean; open_units: number; lead_time_days: number; sold_out: string[]; items: { itemId: number; name: string }[] }
/** Orders whose day and tolerance are over and that still expect goods: what is awaited, and what of it sold in the last 28 days and is gone where it is awaited. */
export async function overduePurchases(db: Queryable, storeId: number, today: string, toleranceDays: number): Promise<OverdueRow[]> {
  const { rows } = await db.query<OverdueRow>(
    `select p.purchase_order_id, p.reference, s.name as supplier, p.location_id, ${DUE} as expected_on, p.expected_on is null as by_lead_time, sum(greatest(0, n.ordered - n.received - n.damaged - n.cancelled))::int as open_units,
       coalesce(s.lead_time_days, ${DEFAULTS.lead_time_days}) as lead_time_days, jsonb_agg(jsonb_build_object('itemId', n.item_id, 'name', coalesce(nullif(i.sku, ''), i.title)) order by i.sku, n.item_id) filter (where n.ordered > n.received + n.damaged + n.cancelled) as items,
       coalesce(array_agg(coalesce(nullif(i.sku, ''), i.title) order by i.sku) filter (where n.ordered > n.received + n.damaged + n.cancelled and b.available <= 0 and exists (select from daily_demand d where d.store_id = $1 and d.item_id = n.item_id and d.location_id = p.location_id and d.day > $2::date - 28 and d.quantity > 0)), '{}') as sold_out
     from purchase_order p join supplier s on s.store_id = p.store_id and s.supplier_id = p.supplier_id join purchase_order_line n on n.store_id = p.store_id and n.purchase_order_id = p.purchase_order_id
       join item i on i.item_id = n.item_id left join ledger_level b on b.store_id = $1 and b.item_id = n.item_id and b.location_id = p.location_id
     where p.store_id = $1 and p.state = any($4) and ${DUE} + $3::int < $2::date group by 1, 2, 3, 4, 5, 6, s.lead_time_days having sum(greatest(0, n.ordered - n.received - n.damaged - n.cancelled)) > 0 order by 5 limit 1000`, [storeId, today, toleranceDays, ON_ORDER]);
  return rows;
}
