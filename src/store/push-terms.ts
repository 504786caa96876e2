/** The terms of available to sell, for many items of one warehouse in one statement: shelf, open and dispatched units per store, today's rate of sale. */
import type { Queryable } from './db.ts';

export interface ItemTerms {
  itemId: number;
  onHand: number; unsellable: number;
  /** Null: the warehouse never named the item. */
  countedAt: string | null;
  byStore: { storeId: number; locationId: number; open: number; openInBundles: number; dispatched: number; ahead: number; orderedLastHour: number }[];
}

/**
 * Per order line: dispatched units that Shopify still shows open are D; units fulfilled in Shopify since the last count that the warehouse has not
 * dispatched are still on the shelf ("ahead"). Both follow from totals, so the order in which the two sides tell us does not matter.
 */
export async function itemTerms(db: Queryable, warehouseId: number, itemIds: readonly number[], hourAgo: string): Promise<Map<number, ItemTerms>> {
  const { rows } = await db.query<{
    item_id: number; on_hand: number | null; unsellable: number | null; counted_at: string | null; store_id: number | null; location_id: number | null;
    open: number; in_bundles: number; dispatched: number; ahead: number; last_hour: number;
  }>({ name: 'push-terms', text: `
    with wanted as (select distinct unnest($2::int[]) as item_id
    ), shelf as (
      select s.item_id, sum(s.on_hand)::int as on_hand, sum(s.unsellable)::int as unsellable, min(s.counted_at) as counted_at
      from warehouse_stock s where s.warehouse_id = $1 and s.item_id = any($2) group by 1
    ), line as materialized ( -- what was all fulfilled before the count and ordered long ago has nothing to say
      select d.store_id, d.location_id, d.item_id, d.order_id, d.line_id, d.via_bundle, d.open, d.fulfilled, d.fulfilled_at, d.ordered_at
      from location l join order_demand d on d.store_id = l.store_id and d.location_id = l.location_id left join shelf s using (item_id)
      where l.warehouse_id = $1 and d.item_id = any($2) and (d.open > 0 or d.ordered_at >= $3 or (d.fulfilled > 0 and d.fulfilled_at > coalesce(s.counted_at, '-infinity')))
    ), sent as materialized (
      select h.store_id, h.location_id, h.order_id, n.line_id, n.item_id, sum(n.quantity)::int as dispatched
      from (select distinct store_id, location_id, order_id from line) o join shipment h using (store_id, location_id, order_id) join shipment_line n using (store_id, shipment_id)
      where h.state <> 'cancelled' and n.item_id = any($2) group by 1, 2, 3, 4, 5
    ), demand as (
      select n.store_id, n.location_id, n.item_id, sum(n.open) filter (where not via_bundle)::int as open, sum(n.open) filter (where via_bundle)::int as in_bundles,
        sum(least(greatest(coalesce(t.dispatched, 0) - n.fulfilled, 0), n.open))::int as dispatched,
        sum(case when n.fulfilled_at > coalesce(s.counted_at, '-infinity') then greatest(n.fulfilled - coalesce(t.dispatched, 0), 0) else 0 end)::int as ahead,
        sum(n.open + n.fulfilled) filter (where n.ordered_at >= $3)::int as last_hour
      from line n left join shelf s using (item_id) left join sent t using (store_id, location_id, order_id, line_id, item_id) group by 1, 2, 3
    )
    select w.item_id, s.on_hand, s.unsellable, s.counted_at, d.store_id, d.location_id, coalesce(d.open, 0) as open, coalesce(d.in_bundles, 0) as in_bundles,
      coalesce(d.dispatched, 0) as dispatched, coalesce(d.ahead, 0) as ahead, coalesce(d.last_hour, 0) as last_hour
    from wanted w left join shelf s using (item_id) left join demand d using (item_id) order by w.item_id`, values: [warehouseId, itemIds, hourAgo] });
  const terms = new Map<number, ItemTerms>();
  for (const row of rows) {
    const known = terms.get(row.item_id) ?? { itemId: row.item_id, onHand: row.on_hand ?? 0, unsellable: row.unsellable ?? 0, countedAt: row.on_hand === null ? null : row.counted_at, byStore: [] };
    if (row.store_id !== null) {
      known.byStore.push({ storeId: row.store_id, locationId: row.location_id!, open: row.open, openInBundles: row.in_bundles, dispatched: row.dispatched, ahead: row.ahead, orderedLastHour: row.last_hour });
    }
    terms.set(row.item_id, known);
  }
  return terms;
}

/** Units a day the forecast in use expects today, over all stores that sell from the shelf. */
export async function forecastRates(db: Queryable, warehouseId: number, itemIds: readonly number[], today: string): Promise<Map<number, number>> {
  const { rows } = await db.query<{ item_id: number; rate: number }>(
    `select f.item_id, sum(greatest(coalesce(f.mean[greatest(1, $3::date - r.as_of)], 0), 0))::float8 as rate
     from location l cross join lateral (select run_id, as_of from forecast_run r where r.store_id = l.store_id and r.finished_at is not null order by run_id desc limit 1) r
     join forecast f on f.store_id = l.store_id and f.run_id = r.run_id and f.location_id = l.location_id
     where l.warehouse_id = $1 and f.item_id = any($2) group by 1`, [warehouseId, itemIds, today]);
  return new Map(rows.map((row) => [row.item_id, row.rate]));
}

export interface SharingRow { item_id: number; mode: 'pool' | 'split' | 'priority'; shares: { storeId: number; percent?: number; reserve?: number }[] }

/** Sharing of the given items; item 0 is the warehouse's default. */
export async function sharingOf(db: Queryable, warehouseId: number, itemIds: readonly number[]): Promise<Map<number, SharingRow>> {
  const { rows } = await db.query<SharingRow>('select item_id, mode, shares from stock_sharing where warehouse_id = $1 and (item_id = 0 or item_id = any($2))', [warehouseId, itemIds]);
  return new Map(rows.map((row) => [row.item_id, row]));
}

/**
 * p99 of the lag of the last hour (or since an instant) in seconds, both directions: from Shopify's event to our ledger, and from the change of the shelf to Shopify's yes.
 * Over at most 500 latest of each, because every look asks; with nothing measured yet, `fallback`.
 */
export async function measuredLag(db: Queryable, storeId: number, now: string, fallback: number, since = new Date(Date.parse(now) - 3_600_000).toISOString()): Promise<{ inSeconds: number; outSeconds: number; measured: boolean }> {
  const { rows } = await db.query<{ inward: number | null; outward: number | null }>(
    `select (select percentile_cont(0.99) within group (order by greatest(0, extract(epoch from case when triggered_at is null then settled_at - received_at else settled_at + coalesce(clock_error_ms, 0) * interval '1 millisecond' - triggered_at end)))
             from (select settled_at, triggered_at, received_at, clock_error_ms from inbox where store_id = $1 and received_at >= $2 and settled_at is not null order by received_at desc limit 500) i)::float8 as inward,
       (select percentile_cont(0.99) within group (order by greatest(0, extract(epoch from settled_at - dirty_since)))
        from (select settled_at, dirty_since from push_attempt where store_id = $1 and state = 'written' and settled_at >= $2 order by settled_at desc limit 500) o)::float8 as outward`, [storeId, since]);
  const row = rows[0]!;
  return { inSeconds: row.inward ?? fallback, outSeconds: row.outward ?? fallback, measured: row.inward !== null && row.outward !== null };
}
