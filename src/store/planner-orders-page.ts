/** Orders shared with the planner as people see them: both sides' totals and the last writes with their outcomes. */
import type { Queryable } from './db.ts';

export interface PlannerOrderPageRow {
  purchase_order_id: number; reference: string; direction: 'out' | 'in'; supplier: string; state: string; planner_id: string | null; planner_status: string | null; link: string; is_readonly: boolean; message: string | null; ordered: number; received: number; agreed: number; updated_at: string;
  attempts: { what: string; createdAt: string; outcome: string | null; message: string | null }[];
}

/** Newest first; `stuck`: refused, in conflict, gone, or held back. */
export async function plannerOrders(db: Queryable, storeId: number, view: 'stuck' | 'all', before: number | null, limit: number): Promise<PlannerOrderPageRow[]> {
  return (await db.query<PlannerOrderPageRow>(
    `select o.purchase_order_id, p.reference, o.direction, s.name as supplier, p.state, o.planner_id, o.planner_status, o.state as link, o.is_readonly, o.message, coalesce(n.ordered, 0)::int as ordered, coalesce(n.received, 0)::int as received, coalesce(a.agreed, 0)::int as agreed, o.updated_at,
       (select coalesce(jsonb_agg(jsonb_build_object('what', t.what, 'createdAt', to_char(t.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'outcome', t.outcome, 'message', t.message) order by t.attempt_id desc), '[]')
          from (select * from planner_attempt t where t.store_id = o.store_id and t.purchase_order_id = o.purchase_order_id order by t.attempt_id desc limit 5) t) as attempts
     from planner_order o join purchase_order p using (store_id, purchase_order_id) join supplier s on s.store_id = p.store_id and s.supplier_id = p.supplier_id
     left join lateral (select sum(greatest(0, ordered - cancelled)) as ordered, sum(received + damaged) as received from purchase_order_line n where n.store_id = o.store_id and n.purchase_order_id = o.purchase_order_id) n on true
     left join lateral (select sum(agreed) as agreed from planner_order_line a where a.store_id = o.store_id and a.purchase_order_id = o.purchase_order_id) a on true
     where o.store_id = $1 and ($2 = 'all' or o.state in ('refused', 'conflict', 'gone', 'waiting') or o.message is not null) and ($3::int is null or o.purchase_order_id < $3) order by o.purchase_order_id desc limit $4`, [storeId, view, before, limit])).rows;
}

/** What was refused is told once more as it is. False when nothing was. */
export async function sendAgain(db: Queryable, storeId: number, purchaseOrderId: number, now: string): Promise<boolean> {
  const { rowCount } = await db.query(`update planner_order set sent_digest = null, seen_digest = null, not_before = null, updated_at = $3, state = case when planner_id is null then 'waiting' else 'linked' end where store_id = $1 and purchase_order_id = $2 and (state in ('refused', 'conflict') or not_before is not null)`, [storeId, purchaseOrderId, now]);
  return (rowCount ?? 0) > 0;
}
