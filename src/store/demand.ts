/** Demand facts and their daily fold, kept together in one transaction: the fold changes by the difference between the old fact and the new. */
import type pg from 'pg';
import { dayNumber } from '../domain/calendar.ts';
import type { DemandFact } from '../domain/demand/demand-fact.ts';
import { CopyRows, intArray, sendCopy, textArray, unlessTaken } from './binary.ts';
import type { Queryable } from './db.ts';

type OrderDemand = DemandFact & { orderId: string };

const BATCH = 5_000;
/** From so many new facts on, COPY with its savepoint in place of the statement that compares. The number is a guess. */
const WORTH_COPYING = 100;

/** Records facts (last one per key counts). The caller holds the order's row. Returns how many facts changed anything. */
export async function recordDemand(tx: pg.PoolClient, storeId: number, facts: readonly OrderDemand[]): Promise<number> {
  const all = [...new Map(facts.map((fact) => [fact.fact, fact])).values()];
  let changed = 0;
  for (let start = 0; start < all.length; start += BATCH) {
    let batch = all.slice(start, start + BATCH);
    if (batch.length >= WORTH_COPYING) {
      const known = new Set((await tx.query<{ fact: string }>({ name: 'demand-known', text: 'select fact from demand_known($1, $2)', values: [storeId, textArray(batch.map((f) => f.fact))] })).rows.map((row) => row.fact));
      const fresh = batch.filter((f) => !known.has(f.fact) && f.quantity !== 0);
      if (fresh.length >= WORTH_COPYING && (await unlessTaken(tx, () => copyFresh(tx, storeId, fresh)))) {
        changed += fresh.length;
        batch = batch.filter((f) => known.has(f.fact));
      }
    }
    if (batch.length === 0) continue;
    const { rows } = await tx.query<{ changed: number }>({ name: 'record-demand', text: RECORD, values: [
      storeId, batch.map((f) => f.fact), batch.map((f) => f.kind), batch.map((f) => f.itemId), batch.map((f) => f.locationId),
      batch.map((f) => f.day), batch.map((f) => f.quantity), batch.map((f) => f.orderId),
    ] });
    changed += rows[0]?.changed ?? 0;
  }
  return changed;
}

/** Facts never heard of: nothing to compare, so they go by COPY, and their sums by day in key order. A first import is nothing else. */
async function copyFresh(tx: pg.PoolClient, storeId: number, fresh: readonly OrderDemand[]): Promise<void> {
  const rows = new CopyRows();
  const days = new Map<string, { itemId: number; locationId: number; day: number; sold: number; returned: number }>();
  for (const f of fresh) {
    const day = dayNumber(f.day), key = `${f.itemId}@${f.locationId}:${day}`;
    rows.row(8).int(storeId).text(f.fact).int(f.itemId).int(f.locationId).date(f.day).text(f.kind).int(f.quantity).bigint(f.orderId);
    let sums = days.get(key);
    if (!sums) days.set(key, sums = { itemId: f.itemId, locationId: f.locationId, day, sold: 0, returned: 0 });
    if (f.kind === 'sale') sums.sold += f.quantity; else sums.returned += f.quantity;
  }
  await sendCopy(tx, 'copy demand_fact (store_id, fact, item_id, location_id, day, kind, quantity, order_id) from stdin (format binary)', rows);
  const sums = [...days.values()].sort((a, b) => a.itemId - b.itemId || a.locationId - b.locationId || a.day - b.day);
  await tx.query({ name: 'add-to-days', text:
    `insert into daily_demand as d (store_id, item_id, location_id, day, quantity, returned)
     select $1, item_id, location_id, '1970-01-01'::date + day, sold, returned from unnest($2::int[], $3::int[], $4::int[], $5::int[], $6::int[]) as t(item_id, location_id, day, sold, returned)
     on conflict (store_id, item_id, location_id, day) do update set quantity = d.quantity + excluded.quantity, returned = d.returned + excluded.returned`,
  values: [storeId, ...[sums.map((s) => s.itemId), sums.map((s) => s.locationId), sums.map((s) => s.day), sums.map((s) => s.sold), sums.map((s) => s.returned)].map(intArray)] });
}

const RECORD = `
with wanted as (
  select * from unnest($2::text[], $3::text[], $4::int[], $5::int[], $6::date[], $7::int[], $8::bigint[])
    as w(fact, kind, item_id, location_id, day, quantity, order_id)
), old as (
  -- One probe a fact, whatever the planner believes of the table: as a plain join it read every fact of the store for every batch of an import.
  select f.* from wanted w, lateral (select * from demand_fact d where d.store_id = $1 and d.fact = w.fact limit 1) f
), fresh as (
  select w.* from wanted w left join old o using (fact)
  where (o.fact is null and w.quantity <> 0) or (o.fact is not null and (o.quantity, o.item_id, o.location_id, o.day) is distinct from (w.quantity, w.item_id, w.location_id, w.day))
), written as (
  insert into demand_fact (store_id, fact, kind, item_id, location_id, day, quantity, order_id)
  select $1, fact, kind, item_id, location_id, day, quantity, order_id from fresh
  on conflict (store_id, fact) do update set item_id = excluded.item_id, location_id = excluded.location_id, day = excluded.day, quantity = excluded.quantity
  returning 1
), legs as (
  select kind, item_id, location_id, day, quantity from fresh
  union all select o.kind, o.item_id, o.location_id, o.day, -o.quantity from old o join fresh using (fact)
), fold as (
  insert into daily_demand (store_id, item_id, location_id, day, quantity, returned)
  select $1, item_id, location_id, day, coalesce(sum(quantity) filter (where kind = 'sale'), 0)::int, coalesce(sum(quantity) filter (where kind = 'return'), 0)::int
  from legs group by item_id, location_id, day having count(*) filter (where quantity <> 0) > 0 order by item_id, location_id, day
  on conflict (store_id, item_id, location_id, day) do update
    set quantity = daily_demand.quantity + excluded.quantity, returned = daily_demand.returned + excluded.returned
  returning 1
)
select count(*)::int as changed from written`;

export interface SeriesRow {
  item_id: number; location_id: number; days: number[]; quantities: number[]; first: number;
  /** The last day that is not its own but of the item it is said to sell like; null: all are its own. */
  likened_to?: number | null;
}

/**
 * Sparse daily demand per item and location in day numbers (days since 1970-01-01), from a day on; streamed by item id in bounded pages. Of an item that is said to
 * sell like another, the other's demand at its share stands before its own first sale, wherever the other sold.
 */
export async function* demandSeries(db: Queryable, storeId: number, from: string, page = 500): AsyncGenerator<SeriesRow[]> {
  let after: [number, number] = [0, -1];
  for (;;) {
    const { rows } = await db.query<SeriesRow>(
      `with keys as (
         select item_id, location_id from (
           (select distinct item_id, location_id from daily_demand where store_id = $1 and location_id > 0 and day >= $2 and (item_id, location_id) > ($3::int, $4::int) order by 1, 2 limit $5)
           union (select distinct a.item_id, d.location_id from item_analogue a join daily_demand d on d.store_id = a.store_id and d.item_id = a.like_item_id
             where a.store_id = $1 and d.location_id > 0 and d.day >= $2 and (a.item_id, d.location_id) > ($3::int, $4::int) order by 1, 2 limit $5)
         ) known order by 1, 2 limit $5
       ) ${SERIES}`, [storeId, from, after[0], after[1], page]);
    if (rows.length === 0) return;
    yield rows;
    const end = rows.at(-1)!;
    after = [end.item_id, end.location_id];
  }
}

/** The series that sold most since a day: what a whole catalogue shares is learned from them. The same demand gives the same ones. */
export async function bestSellingSeries(db: Queryable, storeId: number, from: string, most: number): Promise<SeriesRow[]> {
  return (await db.query<SeriesRow>(
    `with keys as (
       select item_id, location_id from daily_demand where store_id = $1 and location_id > 0 and day >= $2 group by 1, 2 order by sum(quantity) desc, 1, 2 limit $3
     ) ${SERIES}`, [storeId, from, most])).rows;
}

const SERIES = `select d.item_id, d.location_id, array_agg(d.day - '1970-01-01'::date order by d.day) as days, array_agg(d.quantity order by d.day) as quantities,
    min(d.day - '1970-01-01'::date) as first, max(d.day - '1970-01-01'::date) filter (where d.likened) as likened_to
  from (
    select d.item_id, d.location_id, d.day, d.quantity::float8 as quantity, false as likened
    from keys k join daily_demand d on d.store_id = $1 and d.item_id = k.item_id and d.location_id = k.location_id and d.day >= $2
    union all
    select k.item_id, k.location_id, d.day, d.quantity * a.percent::float8 / 100, true
    from keys k join item_analogue a on a.store_id = $1 and a.item_id = k.item_id join daily_demand d on d.store_id = $1 and d.item_id = a.like_item_id and d.location_id = k.location_id and d.day >= $2
    where d.day < coalesce((select min(o.day) from daily_demand o where o.store_id = $1 and o.item_id = a.item_id and o.quantity > 0), 'infinity')
  ) d
  group by d.item_id, d.location_id order by 1, 2`;

export interface Sparse { days: number[]; values: number[] }

/**
 * Units of each day in bulk order lines, by `item@location`. A line is bulk when it lies beyond Tukey's outer fence of the item's lines by the logarithm
 * of their size (J. W. Tukey, Exploratory Data Analysis, 1977): above Q3 × (Q3 ÷ Q1)³, and at least eight times Q3 where most lines are alike. Of items
 * with fewer than ten lines nothing usual is known, and a line of fewer than ten units is never bulk. `before`: the fence is made of the lines before that day,
 * as it was known then.
 */
export async function bulkUnits(db: Queryable, storeId: number, itemIds: readonly number[], from: string, before = 'infinity'): Promise<Map<string, Sparse>> {
  const { rows } = await db.query<{ item_id: number; location_id: number; days: number[]; units: number[] }>(
    `with lines as (
       select item_id, location_id, day, quantity, ln(quantity) as size from demand_fact where store_id = $1 and item_id = any($2) and kind = 'sale' and quantity > 0 and location_id > 0 and day >= $3
     ), usual as (
       select item_id, percentile_cont(array[0.25, 0.75]) within group (order by size) filter (where day < $4) as q from lines group by item_id having count(*) filter (where day < $4) >= 10 and max(quantity) >= 10
     ), bulk as (
       select l.item_id, l.location_id, l.day, sum(l.quantity)::int as units from usual u join lines l using (item_id)
       where l.quantity >= 10 and l.size > u.q[2] + 3 * greatest(u.q[2] - u.q[1], ln(2)) group by 1, 2, 3
     )
     select item_id, location_id, array_agg(day - '1970-01-01'::date order by day) as days, array_agg(units order by day) as units from bulk group by 1, 2`, [storeId, itemIds, from, before]);
  return new Map(rows.map((row) => [`${row.item_id}@${row.location_id}`, { days: row.days, values: row.units }]));
}

/** Notes today's selling price of every item where it changed. A store without any takes what its orders were sold at first. */
export async function notePrices(db: Queryable, storeId: number, timeZone: string, from: string, today: string): Promise<void> {
  const { rows: [known] } = await db.query<{ some: boolean }>('select exists (select from item_price where store_id = $1) as some', [storeId]);
  if (!known!.some) {
    // Right after an import nothing is known of the tables' sizes: each step is made whole before the next, or every line would look for its variant anew.
    await db.query(
      `insert into item_price (store_id, item_id, since, price)
       with sold as materialized (
         select (l.value ->> 'variantId')::bigint as variant_id, (o.processed_at at time zone $2)::date as day, max((l.value ->> 'price')::bigint)::int as price
         from sales_order o cross join lateral jsonb_each(o.state -> 'lines') l
         where o.store_id = $1 and o.processed_at >= $3::date and (l.value ->> 'price')::bigint between 1 and 2000000000 group by 1, 2
       ), items as materialized (
         select v.shopify_variant_id as variant_id, x.item_id from variant v join inventory_item x on x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id where v.store_id = $1
       ), daily as (
         select i.item_id, s.day, max(s.price) as price from sold s join items i using (variant_id) group by 1, 2
       )
       select $1, item_id, day, price from (select item_id, day, price, lag(price) over (partition by item_id order by day) as before from daily) s
       where before is distinct from price on conflict do nothing`, [storeId, timeZone, from]);
  }
  await db.query(
    `insert into item_price (store_id, item_id, since, price)
     select $1, n.item_id, $2::date, n.price from (
       select x.item_id, max(v.price)::int as price from variant v join inventory_item x on x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id
       where v.store_id = $1 and v.deleted_at is null and v.price between 1 and 2000000000 group by 1) n
     where n.price is distinct from (select p.price from item_price p where p.store_id = $1 and p.item_id = n.item_id order by p.since desc limit 1)
     on conflict (store_id, item_id, since) do update set price = excluded.price`, [storeId, today]);
}

/** Price steps by item, in day numbers. */
export async function pricesOf(db: Queryable, storeId: number, itemIds: readonly number[]): Promise<Map<number, Sparse>> {
  const { rows } = await db.query<{ item_id: number; days: number[]; prices: number[] }>(
    `select item_id, array_agg(since - '1970-01-01'::date order by since) as days, array_agg(price order by since) as prices from item_price where store_id = $1 and item_id = any($2) group by 1`, [storeId, itemIds]);
  return new Map(rows.map((row) => [row.item_id, { days: row.days, values: row.prices }]));
}

/** What an item shares with others: its product type, else its vendor. */
export async function categoriesOf(db: Queryable, itemIds: readonly number[]): Promise<Map<number, string>> {
  const { rows } = await db.query<{ item_id: number; category: string }>(`select item_id, coalesce(nullif(product_type, ''), nullif(vendor, ''), '') as category from item where item_id = any($1)`, [itemIds]);
  return new Map(rows.map((row) => [row.item_id, row.category]));
}
