/** What Today adds to the digest's numbers: the work of each role, and what happened since somebody last looked. */
import type { Queryable } from './db.ts';
import { COUNTS } from './exceptions.ts';
import { DUE } from './purchase-page.ts';

export interface RoleNumbers {
  po_overdue: number; po_today: number; po_to_approve: number; push_failed: number; push_held: number; unmapped: number; listings: number; parcels_late: number; orders_stuck: number; returns_waiting: number;
}

/** `lateBefore`: parcels that left before it are late. `today` is the shop's day; an order is overdue from the day after the one promised. */
export async function roleNumbers(db: Queryable, storeId: number, today: string, lateBefore: string): Promise<RoleNumbers> {
  return (await db.query<RoleNumbers>(
    `with po as (
       select p.state, ${DUE} as expected_on from purchase_order p join supplier s on s.store_id = p.store_id and s.supplier_id = p.supplier_id where p.store_id = $1 and (p.state = 'awaiting approval' or p.state in ('sent', 'confirmed', 'part received') and ${DUE} <= $2
         and exists (select from purchase_order_line n where n.store_id = p.store_id and n.purchase_order_id = p.purchase_order_id and n.ordered > n.received + n.damaged + n.cancelled))
     ) select
       (select count(*)::int from po where state <> 'awaiting approval' and expected_on < $2) as po_overdue,
       (select count(*)::int from po where state <> 'awaiting approval' and expected_on = $2) as po_today,
       (select count(*)::int from po where state = 'awaiting approval') as po_to_approve,
       (select count(*)::int from push_level where store_id = $1 and state in ('quarantined', 'conflict')) as push_failed,
       (select count(*)::int from push_level where store_id = $1 and state = 'held') as push_held,
       (select count(*)::int from exception where store_id = $1 and state = 'open' and ${COUNTS} and kind in ('VARIANT_UNMAPPED', 'LOCATION_UNMAPPED', 'WAREHOUSE_SKU_UNMAPPED', 'SKU_DUPLICATE', 'SKU_BLANK')) as unmapped,
       (select count(*)::int from exception where store_id = $1 and state = 'open' and ${COUNTS} and kind in ('SKU_DUPLICATE', 'SKU_BLANK')) as listings,
       (select count(*)::int from shipment where store_id = $1 and state not in ('written', 'cancelled') and shipped_at <= $3) as parcels_late,
       (select count(*)::int from order_out where store_id = $1 and state in ('refused', 'unmapped', 'too late')) as orders_stuck,
       (select count(*)::int from return_case where store_id = $1 and state = 'received') as returns_waiting`, [storeId, today, lateBefore])).rows[0]!;
}

export interface SinceNumbers { opened: number; still_open: number; resolved: number; received: number; edits: number; orders: number; purchase_orders: number }

/** What happened after an instant. Cases are counted once, however often they opened, those of a storm by it while it lasts. */
export async function sinceNumbers(db: Queryable, storeId: number, since: string): Promise<SinceNumbers> {
  return (await db.query<SinceNumbers>(
    `with heard as (select distinct v.exception_id, v.what from exception_event v where v.store_id = $1 and v.at > $2 and v.what in ('opened', 'came back', 'resolved'))
     select (select count(distinct exception_id)::int from heard join exception using (exception_id) where what <> 'resolved' and store_id = $1 and ${COUNTS}) as opened,
       (select count(distinct h.exception_id)::int from heard h join exception e on e.store_id = $1 and e.exception_id = h.exception_id where h.what <> 'resolved' and e.state = 'open' and ${COUNTS}) as still_open,
       (select count(distinct h.exception_id)::int from heard h join exception e on e.store_id = $1 and e.exception_id = h.exception_id where h.what = 'resolved' and e.state = 'resolved') as resolved,
       (select coalesce(sum(quantity), 0)::int from movement where store_id = $1 and kind = 'goods received' and recorded_at > $2) as received,
       (select count(*)::int from movement where store_id = $1 and kind = 'storefront edit' and recorded_at > $2) as edits,
       (select count(*)::int from sales_order where store_id = $1 and processed_at > $2) as orders,
       (select count(*)::int from purchase_order where store_id = $1 and sent_at > $2) as purchase_orders`, [storeId, since])).rows[0]!;
}
