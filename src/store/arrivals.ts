/** When what was ordered is expected. */
import { ON_ORDER, type PurchaseState } from '../domain/purchasing/purchase-order.ts';
import type { Arrival } from '../domain/replenishment/recommend.ts';
import type { Queryable } from './db.ts';

/** Open units of sent orders by the day of their line, else of their order, by `item@location` and ascending; orders without a day are left out. */
export async function arrivalsOf(db: Queryable, storeId: number, itemIds: readonly number[]): Promise<Map<string, Arrival[]>> {
  const { rows } = await db.query<{ item_id: number; location_id: number; day: string; units: number }>(
    `select n.item_id, p.location_id, coalesce(n.expected_on, p.expected_on) as day, sum(greatest(0, n.ordered - n.received - n.damaged - n.cancelled))::int as units
     from purchase_order p join purchase_order_line n using (store_id, purchase_order_id)
     where p.store_id = $1 and p.state = any($3) and n.item_id = any($2) and coalesce(n.expected_on, p.expected_on) is not null group by 1, 2, 3 having sum(greatest(0, n.ordered - n.received - n.damaged - n.cancelled)) > 0 order by 3`, [storeId, itemIds, ON_ORDER]);
  const found = new Map<string, Arrival[]>();
  for (const { item_id: item, location_id: place, day, units } of rows) { const key = `${item}@${place}`, known = found.get(key); if (known) known.push({ day, units }); else found.set(key, [{ day, units }]); }
  return found;
}

/** An order's open units of one item at one place, and what it is. */
export interface ExpectedOrder { purchase_order_id: number; reference: string; state: PurchaseState; day: string; units: number }

/** Orders of an item at a place that have a day and units open, drafts too, by day. */
export async function expectedOrders(db: Queryable, storeId: number, itemId: number, locationId: number): Promise<ExpectedOrder[]> {
  return (await db.query<ExpectedOrder>(
    `select p.purchase_order_id, p.reference, p.state, coalesce(n.expected_on, p.expected_on) as day, sum(greatest(0, n.ordered - n.received - n.damaged - n.cancelled))::int as units
     from purchase_order p join purchase_order_line n using (store_id, purchase_order_id)
     where p.store_id = $1 and n.item_id = $2 and p.location_id = $3 and p.state in ('draft', 'awaiting approval', 'approved', 'sent', 'confirmed', 'part received') and coalesce(n.expected_on, p.expected_on) is not null
     group by 1, 2, 3, 4 having sum(greatest(0, n.ordered - n.received - n.damaged - n.cancelled)) > 0 order by 4, 1 limit 100`, [storeId, itemId, locationId])).rows;
}
