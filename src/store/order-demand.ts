/** What orders want of the shelf, and what of it warehouses must be told: written with the order, in its transaction, so that the two cannot disagree. */
import type pg from 'pg';
import { orderDemand, type OrderDemandRow } from '../domain/orders/order-demand.ts';
import type { OrderState } from '../domain/orders/order-state.ts';
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { bundleBook, itemsOfVariants, reachableVariants } from './bundles.ts';
import type { Queryable } from './db.ts';
import { wantOrdersOut } from './orders-out.ts';

interface Served { location_id: number; shopify_location_id: string; warehouse_id: number; live: boolean }

/** Locations of the store that a warehouse serves. */
export async function servedLocations(db: Queryable, storeId: number): Promise<Served[]> {
  const { rows } = await db.query<Served>({ name: 'served-locations', text:
    `select l.location_id, l.shopify_location_id, l.warehouse_id, coalesce(a.mode = 'live', false) as live from location l left join push_policy a using (store_id, location_id)
     where l.store_id = $1 and l.warehouse_id is not null and l.authority = 'warehouse' order by 1`, values: [storeId] });
  return rows;
}

export interface DemandRecorded { itemIds: number[]; exceptions: RaisedException[] }

/** Replaces the rows of the given orders. A store no warehouse serves pays one small query; `bundles`: it has any. The caller holds the orders' rows. */
export async function recordOrderDemand(tx: pg.PoolClient, storeId: number, orders: readonly OrderState[], bundles: boolean, now: string): Promise<DemandRecorded> {
  const served = await servedLocations(tx, storeId);
  const result: DemandRecorded = { itemIds: [], exceptions: [] };
  if (served.length === 0) return result;
  const placeOf = new Map(served.map((place) => [place.shopify_location_id, place.location_id]));
  const variantIds = [...new Set(orders.flatMap((o) => Object.values(o.lines).flatMap((l) => (l.variantId === null ? [] : [l.variantId]))))];
  const book = bundles ? await bundleBook(tx, storeId, variantIds) : () => () => null;
  const items = await itemsOfVariants(tx, storeId, bundles ? await reachableVariants(tx, storeId, variantIds) : variantIds);
  const rows: (OrderDemandRow & { orderId: string; orderedAt: string | null })[] = [];
  for (const order of orders) {
    const wanted = orderDemand(order, {
      itemOf: (variantId) => items.get(variantId)?.item_id ?? null, served: (id) => placeOf.get(id) ?? null, partsOf: book(order.processedAt ?? now),
    });
    for (const row of wanted.rows) rows.push({ ...row, orderId: order.id, orderedAt: order.processedAt });
    for (const { variantId, bundleVariantId, lineId } of wanted.missing) {
      result.exceptions.push({
        kind: 'BUNDLE_COMPONENT_UNKNOWN', key: `variant/${bundleVariantId}/${variantId}`, subject: `Bundle ${bundleVariantId}`,
        sentence: `Order ${order.name} sold a bundle (variant ${bundleVariantId}) whose part, variant ${variantId}, Instep does not know. Its other parts and the order's other lines went on.`,
        evidence: { orderId: order.id, order: order.name, lineId, bundleVariantId, variantId },
      });
    }
  }
  result.itemIds = await replaceRows(tx, storeId, orders.map((o) => o.id), rows);
  await wantOrdersOut(tx, storeId, orders, rows, new Map(served.map((place) => [place.location_id, place])), now);
  return result;
}

/** One statement: rows that left go, the others are set. Answers the items whose wants changed. */
async function replaceRows(tx: Queryable, storeId: number, orderIds: readonly string[], rows: readonly (OrderDemandRow & { orderId: string; orderedAt: string | null })[]): Promise<number[]> {
  const { rows: changed } = await tx.query<{ item_id: number }>({ name: 'order-demand', text: `
    with wanted as (
      select order_id, line_id, item_id, location_id, bool_or(via) as via, sum(open)::int as open, sum(fulfilled)::int as fulfilled, max(fulfilled_at) as fulfilled_at, max(ordered_at) as ordered_at
      from unnest($3::bigint[], $4::bigint[], $5::int[], $6::int[], $7::bool[], $8::int[], $9::int[], $10::timestamptz[], $11::timestamptz[])
        as t(order_id, line_id, item_id, location_id, via, open, fulfilled, fulfilled_at, ordered_at) where open > 0 or fulfilled > 0 group by 1, 2, 3, 4
    ), gone as (
      delete from order_demand d where d.store_id = $1 and d.order_id = any($2)
        and not exists (select from wanted w where w.order_id = d.order_id and w.line_id = d.line_id and w.item_id = d.item_id and w.location_id = d.location_id) returning d.item_id
    ), put as (
      insert into order_demand as d (store_id, order_id, line_id, item_id, location_id, via_bundle, open, fulfilled, fulfilled_at, ordered_at)
      select $1, order_id, line_id, item_id, location_id, via, open, fulfilled, fulfilled_at, ordered_at from wanted order by 2, 3, 4, 5
      on conflict (store_id, order_id, line_id, item_id, location_id) do update set via_bundle = excluded.via_bundle, open = excluded.open, fulfilled = excluded.fulfilled, fulfilled_at = excluded.fulfilled_at
      where (d.via_bundle, d.open, d.fulfilled, d.fulfilled_at) is distinct from (excluded.via_bundle, excluded.open, excluded.fulfilled, excluded.fulfilled_at) returning item_id
    ) select item_id from gone union select item_id from put`,
  values: [storeId, orderIds, rows.map((r) => r.orderId), rows.map((r) => r.lineId), rows.map((r) => r.itemId), rows.map((r) => r.locationId), rows.map((r) => r.viaBundle), rows.map((r) => r.open),
    rows.map((r) => r.fulfilled), rows.map((r) => r.fulfilledAt), rows.map((r) => r.orderedAt)] });
  return changed.map((row) => row.item_id);
}
