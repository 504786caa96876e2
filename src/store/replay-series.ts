/** What a replay is made of: the demand of its lines, and what the ledger and the purchase orders say really happened. */
import type { SeriesRow, Sparse } from './demand.ts';
import type { Queryable } from './db.ts';
import { searchTerms } from './keyset.ts';

export interface ReplayScope { q?: string | undefined; vendor?: string | undefined; locations?: number[] | undefined }

/** The best sellers of a scope between two days as sparse series, by item and location. The same demand gives the same ones. */
export async function seriesBetween(db: Queryable, storeId: number, from: string, to: string, scope: ReplayScope, most: number): Promise<SeriesRow[]> {
  const { skus, words } = searchTerms(scope.q);
  return (await db.query<SeriesRow>(
    `with keys as (
       select d.item_id, d.location_id from daily_demand d join item i using (item_id) join location l on l.store_id = d.store_id and l.location_id = d.location_id
       where d.store_id = $1 and d.location_id > 0 and d.day between $2 and $3 and ($4::text[] is null or lower(i.sku) = any($4)) and ($5::text is null or i.sku ilike '%' || $5 || '%' or i.title ilike '%' || $5 || '%')
         and ($6::text is null or i.vendor = $6 or exists (select from supplier_item t join supplier s on s.store_id = t.store_id and s.supplier_id = t.supplier_id where t.store_id = d.store_id and t.item_id = d.item_id and t.preferred and s.name = $6))
         and ($7::int[] is null or d.location_id = any($7))
       group by 1, 2 having sum(d.quantity) > 0 order by sum(d.quantity) desc, 1, 2 limit $8
     )
     select d.item_id, d.location_id, array_agg(d.day - '1970-01-01'::date order by d.day) as days, array_agg(d.quantity order by d.day) as quantities, min(d.day - '1970-01-01'::date) as first
     from keys k join daily_demand d on d.store_id = $1 and d.item_id = k.item_id and d.location_id = k.location_id and d.day between $2 and $3
     group by d.item_id, d.location_id order by 1, 2`, [storeId, from, to, skus, words, scope.vendor ?? null, scope.locations ?? null, most])).rows;
}

/** Series between two days of some items at some places where anything was wanted; what the scope says does not matter. */
export async function seriesAt(db: Queryable, storeId: number, from: string, to: string, keys: readonly { itemId: number; locationId: number }[]): Promise<SeriesRow[]> {
  return (await db.query<SeriesRow>(
    `select d.item_id, d.location_id, array_agg(d.day - '1970-01-01'::date order by d.day) as days, array_agg(d.quantity order by d.day) as quantities, min(d.day - '1970-01-01'::date) as first
     from unnest($4::int[], $5::int[]) as k(item_id, location_id) join daily_demand d on d.store_id = $1 and d.item_id = k.item_id and d.location_id = k.location_id and d.day between $2 and $3
     group by d.item_id, d.location_id having sum(d.quantity) > 0 order by 1, 2`, [storeId, from, to, keys.map((key) => key.itemId), keys.map((key) => key.locationId)])).rows;
}

/** First and last day with demand. */
export async function demandSpan(db: Queryable, storeId: number): Promise<{ first: string; last: string } | null> {
  const { rows: [row] } = await db.query<{ first: string | null; last: string | null }>('select min(day)::text as first, max(day)::text as last from daily_demand where store_id = $1 and location_id > 0', [storeId]);
  return row?.first && row.last ? { first: row.first, last: row.last } : null;
}

export interface RealStock { item_id: number; location_id: number; opening: number; incoming: number; unit_days: number; came_in: number }

/**
 * On hand (available and committed) and incoming on the first morning, Σ on hand at the end of each day, and units that came in by any way but sales, returns
 * and openings: of levels whose ledger had begun by then.
 */
export async function realStock(db: Queryable, storeId: number, timeZone: string, itemIds: readonly number[], from: string, to: string): Promise<Map<string, RealStock>> {
  const { rows } = await db.query<Record<keyof RealStock, number>>(
    `with legs as (
       select item_id, to_location as location_id, to_state as state, quantity, kind, (occurred_at at time zone $2)::date as day from movement where store_id = $1 and item_id = any($3) and to_location > 0
       union all select item_id, from_location, from_state, -quantity, kind, (occurred_at at time zone $2)::date from movement where store_id = $1 and item_id = any($3) and from_location > 0
     ), known as (
       select item_id, location_id from opening where store_id = $1 and item_id = any($3) and as_of <= $4::date::timestamp at time zone $2
     )
     select k.item_id, k.location_id, coalesce(sum(l.quantity) filter (where l.state <> 'incoming' and l.day < $4::date), 0)::int as opening, coalesce(sum(l.quantity) filter (where l.state = 'incoming' and l.day < $4::date), 0)::int as incoming,
       coalesce(sum(l.quantity * ($5::date - greatest(l.day, $4::date) + 1)) filter (where l.state <> 'incoming'), 0)::float8 as unit_days,
       coalesce(sum(l.quantity) filter (where l.state <> 'incoming' and l.day >= $4::date and l.kind not in ('opening', 'opening corrected', 'order committed', 'fulfilled', 'released without restock', 'returned to stock', 'restocked elsewhere', 'return accepted', 'ghost restock reversed')), 0)::int as came_in
     from known k left join legs l on l.item_id = k.item_id and l.location_id = k.location_id and l.state in ('available', 'committed', 'incoming') and l.day <= $5::date
     group by 1, 2`, [storeId, timeZone, itemIds, from, to]);
  return new Map(rows.map((row) => [`${row.item_id}@${row.location_id}`, row]));
}

/** `costs` in minor units, by currency and the day the orders went out. */
export interface RealPurchases { ordered: number; orders: number; costs: { currency: string; day: number; cost: number }[] }
/** Units of purchase orders that went out in the period, less what was closed short, with what they cost. */
export async function realPurchases(db: Queryable, storeId: number, itemIds: readonly number[], from: string, to: string): Promise<Map<string, RealPurchases>> {
  const { rows } = await db.query<{ item_id: number; location_id: number; currency: string; day: number; ordered: number; orders: number; cost: string }>(
    `select n.item_id, p.location_id, p.currency, p.ordered_on - '1970-01-01'::date as day, sum(n.ordered - n.cancelled)::int as ordered, count(*)::int as orders, sum((n.ordered - n.cancelled)::bigint * n.unit_cost) as cost
     from purchase_order p join purchase_order_line n using (store_id, purchase_order_id)
     where p.store_id = $1 and n.item_id = any($2) and p.ordered_on between $3 and $4 and p.state not in ('draft', 'awaiting approval', 'approved', 'cancelled') group by 1, 2, 3, 4 order by 4, 3`, [storeId, itemIds, from, to]);
  const found = new Map<string, RealPurchases>();
  for (const row of rows) {
    const key = `${row.item_id}@${row.location_id}`, real = found.get(key) ?? { ordered: 0, orders: 0, costs: [] };
    found.set(key, { ordered: real.ordered + row.ordered, orders: real.orders + row.orders, costs: [...real.costs, { currency: row.currency, day: row.day, cost: Number(row.cost) }] });
  }
  return found;
}

/**
 * Units that customers brought back into sellable stock, by day and `item@location`. Where the ledger had begun on the first morning they are its returns, less
 * those it took back; elsewhere the returned units that Shopify's refunds put back into stock, where the order was served from. A day may be negative.
 */
export async function returnedUnits(db: Queryable, storeId: number, timeZone: string, itemIds: readonly number[], from: string, to: string): Promise<Map<string, Sparse>> {
  const { rows } = await db.query<{ item_id: number; location_id: number; days: number[]; units: number[] }>(
    `with known as (
       select item_id, location_id from opening where store_id = $1 and item_id = any($3) and as_of <= $4::date::timestamp at time zone $2
     ), back as (
       select m.item_id, m.to_location as location_id, (m.occurred_at at time zone $2)::date as day, m.quantity from movement m join known k on k.item_id = m.item_id and k.location_id = m.to_location
       where m.store_id = $1 and m.item_id = any($3) and m.to_state = 'available' and m.kind in ('returned to stock', 'return accepted', 'ghost restock reversed')
       union all
       select f.item_id, f.location_id, f.day, f.quantity from demand_fact f join sales_order o on o.store_id = f.store_id and o.order_id = f.order_id
       where f.store_id = $1 and f.item_id = any($3) and f.kind = 'return' and f.day between $4 and $5 and f.location_id > 0 and o.state -> 'refunds' -> split_part(f.fact, ':line/', 2) ->> 'restockType' = 'return'
         and not exists (select from known k where k.item_id = f.item_id and k.location_id = f.location_id)
     ), daily as (
       select item_id, location_id, day, sum(quantity)::int as units from back where day between $4 and $5 group by 1, 2, 3 having sum(quantity) <> 0
     )
     select item_id, location_id, array_agg(day - '1970-01-01'::date order by day) as days, array_agg(units order by day) as units from daily group by 1, 2`, [storeId, timeZone, itemIds, from, to]);
  return new Map(rows.map((row) => [`${row.item_id}@${row.location_id}`, { days: row.days, values: row.units }]));
}
