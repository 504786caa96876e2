/** When what was ordered is expected. */
import { ON_ORDER, type PurchaseState } from '../domain/purchasing/purchase-order.ts';
import type { Arrival } from '../domain/replenishment/recommend.ts';
import type { Queryable } from './db.ts';
import { DEFAULTS } from './planning.ts';

/** The day a line comes: its own, else its order's, else by the lead time its supplier states, else by the one planning begins with. */
const DAY = `coalesce(n.expected_on, p.expected_on, p.ordered_on + coalesce(s.lead_time_days, ${DEFAULTS.lead_time_days}))`;

/** Open units of sent orders by the day they come, by `item@location` and ascending. */
export async function arrivalsOf(db: Queryable, storeId: number, itemIds: readonly number[]): Promise<Map<string, Arrival[]>> {
  const { rows } = await db.query<{ item_id: number; location_id: number; day: string; units: number }>(
    `select n.item_id, p.location_id, ${DAY} as day, sum(greatest(0, n.ordered - n.received - n.damaged - n.cancelled))::int as units
     from purchase_order p join purchase_order_line n using (store_id, purchase_order_id) join supplier s on s.store_id = p.store_id and s.supplier_id = p.supplier_id
     where p.store_id = $1 and p.state = any($3) and n.item_id = any($2) and p.ordered_on is not null group by 1, 2, 3 having sum(greatest(0, n.ordered - n.received - n.damaged - n.cancelled)) > 0 order by 3`, [storeId, itemIds, ON_ORDER]);
  const found = new Map<string, Arrival[]>();
  for (const { item_id: item, location_id: place, day, units } of rows) { const key = `${item}@${place}`, known = found.get(key); if (known) known.push({ day, units }); else found.set(key, [{ day, units }]); }
  return found;
}

/** An order's open units of one item at one place, and what it is. */
export interface ExpectedOrder { purchase_order_id: number; reference: string; state: PurchaseState; day: string; /** Nobody said the day: it is by the lead time. */ by_lead_time: boolean; units: number }

/** Orders of an item at a place with units open, by the day they come; drafts too where they have a day. */
export async function expectedOrders(db: Queryable, storeId: number, itemId: number, locationId: number): Promise<ExpectedOrder[]> {
  return (await db.query<ExpectedOrder>(
    `select p.purchase_order_id, p.reference, p.state, ${DAY} as day, bool_or(n.expected_on is null and p.expected_on is null) as by_lead_time, sum(greatest(0, n.ordered - n.received - n.damaged - n.cancelled))::int as units
     from purchase_order p join purchase_order_line n using (store_id, purchase_order_id) join supplier s on s.store_id = p.store_id and s.supplier_id = p.supplier_id
     where p.store_id = $1 and n.item_id = $2 and p.location_id = $3 and p.state in ('draft', 'awaiting approval', 'approved', 'sent', 'confirmed', 'part received') and ${DAY} is not null
     group by 1, 2, 3, 4 having sum(greatest(0, n.ordered - n.received - n.damaged - n.cancelled)) > 0 order by 4, 1 limit 100`, [storeId, itemId, locationId])).rows;
}
