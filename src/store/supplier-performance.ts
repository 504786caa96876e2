/** What a supplier's orders and receipts say of it: arrivals by order, for lead times learned and scorecards. */
import type { DeliveredOrder } from '../domain/purchasing/scorecard.ts';
import type { Queryable } from './db.ts';

/** Orders looked at for each supplier, the latest. */
const LATEST = 60;

/**
 * Sent orders of which goods came, newest first, by supplier. Days are the shop's. Receipts that were taken back are no arrivals.
 * The promised day is the one the order was first confirmed or sent with, since it was last reopened: a new promise does not make the old one kept.
 */
export async function deliveredOrders(db: Queryable, storeId: number, supplierIds: readonly number[]): Promise<Map<number, DeliveredOrder[]>> {
  const { rows } = await db.query<{ supplier_id: number; ordered_on: string; promised: string | null; received: number; damaged: number; short: number; over: boolean; arrivals: { day: string; units: number }[] }>(
    `select s.supplier_id, p.ordered_on, p.state in ('received', 'closed') as over, n.received, n.damaged, n.short, a.arrivals,
       coalesce((select v.document ->> 'expectedOn' from purchase_order_version v where v.store_id = p.store_id and v.purchase_order_id = p.purchase_order_id and v.what = 'confirmed' and v.version > b.version order by v.version limit 1),
         (select v.document ->> 'expectedOn' from purchase_order_version v where v.store_id = p.store_id and v.purchase_order_id = p.purchase_order_id and v.what in ('sent', 'created') and v.document ->> 'orderedOn' is not null and v.version > b.version order by v.version limit 1)) as promised
     from unnest($2::int[]) as s(supplier_id)
     cross join lateral (select * from purchase_order p where p.store_id = $1 and p.supplier_id = s.supplier_id and p.ordered_on is not null and p.state in ('part received', 'received', 'closed') order by p.ordered_on desc, p.purchase_order_id desc limit ${LATEST}) p
     join store t on t.store_id = p.store_id
     cross join lateral (select coalesce(max(v.version), 0) as version from purchase_order_version v where v.store_id = p.store_id and v.purchase_order_id = p.purchase_order_id and v.what = 'reopened') b
     cross join lateral (select sum(received)::int as received, sum(damaged)::int as damaged, sum(greatest(0, ordered - received))::int as short from purchase_order_line n where n.store_id = p.store_id and n.purchase_order_id = p.purchase_order_id) n
     cross join lateral (select jsonb_agg(jsonb_build_object('day', to_char(g.received_at at time zone t.time_zone, 'YYYY-MM-DD'), 'units', (select sum(l.quantity + l.damaged) from goods_receipt_line l where l.store_id = g.store_id and l.goods_receipt_id = g.goods_receipt_id))) as arrivals
       from goods_receipt g where g.store_id = p.store_id and g.purchase_order_id = p.purchase_order_id and g.reverses is null and not exists (select from goods_receipt b where b.store_id = g.store_id and b.reverses = g.goods_receipt_id)) a
     where a.arrivals is not null order by s.supplier_id, p.ordered_on desc, p.purchase_order_id desc`, [storeId, supplierIds]);
  const found = new Map<number, DeliveredOrder[]>();
  for (const row of rows) {
    const order: DeliveredOrder = { orderedOn: row.ordered_on, expectedOn: row.promised, received: row.received, damaged: row.damaged, short: row.short, over: row.over, arrivals: row.arrivals };
    found.set(row.supplier_id, [...(found.get(row.supplier_id) ?? []), order]);
  }
  return found;
}

/** Suppliers of which goods have come at all, with what they state. */
export async function suppliersWithReceipts(db: Queryable, storeId: number): Promise<{ supplier_id: number; name: string; lead_time_days: number | null }[]> {
  return (await db.query<{ supplier_id: number; name: string; lead_time_days: number | null }>(
    'select supplier_id, name, lead_time_days from supplier s where store_id = $1 and active and exists (select from purchase_order p where p.store_id = s.store_id and p.supplier_id = s.supplier_id and p.state in (\'part received\', \'received\', \'closed\')) order by 1 limit 5000', [storeId])).rows;
}
