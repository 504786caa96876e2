/** What Instep's own database tells an audit: orders without reading them again, and what no shop can say of itself. Every list has a bound. */
import type { OwnFacts } from '../domain/audit/facts.ts';
import type { OrderState } from '../domain/orders/order-state.ts';
import type { Queryable } from './db.ts';

const MOST = 20_000;

/** Kept orders: those with open units, and those with a refund since an instant, each whole; with whether a return of it is known. Page by page. */
export async function* auditedOrders(db: Queryable, storeId: number, since: string): AsyncGenerator<{ state: OrderState; isOpen: boolean; refunded: boolean; hasReturn: boolean }[]> {
  for (let after = '0', total = 0; total < 10 * MOST;) {
    const { rows } = await db.query<{ order_id: string; state: OrderState; is_open: boolean; refunded: boolean; has_return: boolean }>(
      `select o.order_id, o.state, o.is_open, o.state -> 'refunds' <> '{}'::jsonb and o.updated_at >= $2 as refunded, exists (select from return_case r where r.store_id = o.store_id and r.order_id = o.order_id and r.state <> 'cancelled') as has_return
       from sales_order o where o.store_id = $1 and o.order_id > $3 and (o.is_open or (o.updated_at >= $2 and o.state -> 'refunds' <> '{}'::jsonb)) order by o.order_id limit 1000`, [storeId, since, after]);
    if (rows.length === 0) return;
    yield rows.map((row) => ({ state: row.state, isOpen: row.is_open, refunded: row.refunded, hasReturn: row.has_return }));
    after = rows.at(-1)!.order_id;
    total += rows.length;
  }
}

/** Units, days and first and last day sold of each variant, by its item's demand; and how many orders are kept since when. */
export async function auditedSales(db: Queryable, storeId: number): Promise<{ sold: { variant_id: string; units: number; days: number; first: string; last: string }[]; orders: number; from: string | null }> {
  const { rows } = await db.query<{ variant_id: string; units: number; days: number; first: string; last: string }>(
    `with per_day as (select item_id, day, sum(quantity)::int as units from daily_demand where store_id = $1 group by 1, 2 having sum(quantity) > 0),
     per_item as (select item_id, sum(units)::int as units, count(*)::int as days, min(day)::text as first, max(day)::text as last from per_day group by 1)
     select v.shopify_variant_id as variant_id, p.units, p.days, p.first, p.last from per_item p join inventory_item x on x.store_id = $1 and x.item_id = p.item_id
     join variant v on v.store_id = x.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id and v.deleted_at is null`, [storeId]);
  const { rows: [kept] } = await db.query<{ orders: number; from: string | null }>(
    `select count(*)::int as orders, (min(o.processed_at) at time zone s.time_zone)::date::text as from from store s left join sales_order o using (store_id) where s.store_id = $1 group by s.time_zone`, [storeId]);
  return { sold: rows, orders: kept?.orders ?? 0, from: kept?.from ?? null };
}

export async function ownFacts(db: Queryable, storeId: number, now: string): Promise<OwnFacts> {
  const one = async <T extends object>(text: string, ...values: unknown[]): Promise<T> => (await db.query<T>(text, [storeId, ...values])).rows[0]!;
  const renames = await db.query<{ variant_id: string; title: string; from: string | null; to: string | null; at: string }>(
    `select e.evidence ->> 'variantId' as variant_id, v.title, e.evidence ->> 'from' as "from", e.evidence ->> 'to' as "to", e.last_seen as at from exception e
     join variant v on v.store_id = e.store_id and v.shopify_variant_id = (e.evidence ->> 'variantId')::bigint where e.store_id = $1 and e.kind = 'SKU_RENAMED' and e.state in ('open', 'snoozed', 'grace') and e.evidence ? 'variantId' limit ${MOST}`, [storeId]);
  const counts = await one<{ skus: number; heard: string | null; changed: string | null; dead: number; levels: number; codes: number }>(
    `select (select count(*)::int from variant where store_id = $1 and deleted_at is null) as skus, (select max(received_at) from inbox where store_id = $1) as heard, (select max(updated_at) from sales_order where store_id = $1) as changed,
       (select count(*)::int from inbox where store_id = $1 and state = 3) as dead, (select count(*)::int from observed_level where store_id = $1) as levels,
       (select count(*)::int from warehouse_sku k where k.warehouse_id in (select warehouse_id from location where store_id = $1) and k.ignored_reason is null) as codes`);
  const faults = await db.query<{ kind: string; sentence: string; since: string }>(
    `select kind, sentence, first_seen as since from exception where store_id = $1 and kind in ('WEBHOOK_GAP', 'WEBHOOK_HMAC_FAILED') and state in ('open', 'snoozed', 'grace') limit 20`, [storeId]);
  const locations = await db.query<{ id: string; served: string | null }>(`select l.shopify_location_id as id, w.name as served from location l left join warehouse w using (warehouse_id) where l.store_id = $1`, [storeId]);
  const codes = await db.query<{ warehouse: string; code: string; units: number }>(
    `select w.name as warehouse, k.sku as code, s.on_hand as units from warehouse_sku k join warehouse w using (warehouse_id) join warehouse_stock s on s.warehouse_id = k.warehouse_id and s.sku = k.sku
     where k.warehouse_id in (select warehouse_id from location where store_id = $1) and k.item_id is null and k.ignored_reason is null and s.on_hand <> 0 order by s.on_hand desc limit ${MOST}`, [storeId]);
  const stale = await db.query<{ item_id: number; sku: string | null; title: string; location: string; units: number; seen_at: string }>(
    `select o.item_id, i.sku, i.title, l.name as location, o.available as units, coalesce(o.full_at, o.available_at) as seen_at from observed_level o join item i on i.item_id = o.item_id join location l on l.store_id = o.store_id and l.location_id = o.location_id
     where o.store_id = $1 and l.is_active and coalesce(o.full_at, '-infinity') < $2::timestamptz - interval '3 days' order by o.available desc limit ${MOST}`, [storeId, now]);
  return {
    renames: renames.rows.map((row) => ({ variantId: row.variant_id, title: row.title, from: row.from ?? '', to: row.to ?? '', at: row.at })), skus: counts.skus,
    webhooks: { heardAt: counts.heard, lastChangeAt: counts.changed, deadLetters: counts.dead, faults: faults.rows },
    locations: locations.rows.map((row) => ({ locationId: row.id, known: true, served: row.served })), codes: { counted: counts.codes, unmatched: codes.rows },
    levels: { counted: counts.levels, stale: stale.rows.map((row) => ({ itemId: row.item_id, sku: row.sku, title: row.title, location: row.location, units: row.units, seenAt: row.seen_at })) },
  };
}
