/** Orders with more units fulfilled than wanted: raised when they are recorded, looked at again while a case of theirs is open, accepted by a person. */
import { overFulfilledCase, overFulfilledKey, overFulfilledLines } from '../domain/orders/over-fulfilled.ts';
import type { OrderState } from '../domain/orders/order-state.ts';
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import type { Queryable } from './db.ts';
import { resolveChecked } from './exceptions.ts';

/** Cases of orders as they were just recorded. Accepted units are asked for only where there are too many: nearly never. */
export async function overFulfilled(db: Queryable, storeId: number, orders: readonly OrderState[]): Promise<RaisedException[]> {
  const over = orders.filter((order) => overFulfilledLines(order).length > 0);
  if (over.length === 0) return [];
  const { rows } = await db.query<{ order_id: string; line_id: string; units: number }>('select order_id, line_id, units from over_fulfilled_accepted where store_id = $1 and order_id = any($2)', [storeId, over.map((order) => order.id)]);
  return over.flatMap((order) => overFulfilledCase(order, new Map(rows.filter((row) => row.order_id === order.id).map((row) => [row.line_id, row.units]))));
}

/**
 * Looks at the orders of open cases again and closes those that are right by now, or accepted. One that is raised meanwhile is not closed: the keys to close are
 * named by what was looked at.
 */
export async function recheckOverFulfilled(db: Queryable, storeId: number, now: string, limit = 5_000): Promise<number> {
  const { rows } = await db.query<{ fingerprint: string; state: OrderState | null }>(
    `select e.fingerprint, o.state from exception e left join sales_order o on o.store_id = e.store_id and o.order_id = (split_part(e.fingerprint, '/', 2))::bigint
     where e.store_id = $1 and e.kind = 'OVER_FULFILLED' and e.state in ('open', 'snoozed', 'ignored', 'grace') and e.fingerprint like 'OVER_FULFILLED:order/%' order by e.exception_id limit $2`, [storeId, limit]);
  if (rows.length === 0) return 0;
  const still = new Set((await overFulfilled(db, storeId, rows.flatMap((row) => row.state ?? []))).map((one) => one.key));
  const right = new Set(rows.flatMap((row) => (row.state && !still.has(overFulfilledKey(row.state.id)) ? [row.fingerprint] : [])));
  if (right.size === 0) return 0;
  const { rows: open } = await db.query<{ fingerprint: string }>(`select fingerprint from exception where store_id = $1 and kind = 'OVER_FULFILLED' and state in ('open', 'snoozed', 'ignored', 'grace')`, [storeId]);
  return resolveChecked(db, storeId, 'OVER_FULFILLED', open.filter((row) => !right.has(row.fingerprint)).map((row) => row.fingerprint.slice('OVER_FULFILLED:'.length)), now);
}

/** A person takes note of what is too many by now, with a reason; more than that is a case again. Answers the units, null where nothing is too many any more. */
export async function acceptOverFulfilled(db: Queryable, storeId: number, orderId: string, by: string, reason: string, now: string): Promise<number | null> {
  const { rows: [row] } = await db.query<{ state: OrderState }>('select state from sales_order where store_id = $1 and order_id = $2', [storeId, orderId]);
  const lines = row ? overFulfilledLines(row.state) : [];
  if (lines.length === 0) return null;
  await db.query(
    `insert into over_fulfilled_accepted (store_id, order_id, line_id, units, reason, accepted_at, accepted_by) select $1, $2, l, u, $3, $4, $5 from unnest($6::bigint[], $7::int[]) as t(l, u)
     on conflict (store_id, order_id, line_id) do update set units = excluded.units, reason = excluded.reason, accepted_at = excluded.accepted_at, accepted_by = excluded.accepted_by`,
    [storeId, orderId, reason, now, by, lines.map((line) => line.lineId), lines.map((line) => line.over)]);
  return lines.reduce((sum, line) => sum + line.over, 0);
}
