/** The lead time an order is planned with: of its lines the longest, each by whoever says it first, as replenishment has it. */
import type { AbcClass } from '../domain/replenishment/abc.ts';
import { policyOfLine } from '../domain/replenishment/layers.ts';
import { learnedDays } from '../domain/replenishment/recommend.ts';
import type { Queryable } from './db.ts';
import { learnedShares } from './plan-inputs.ts';
import { scopedValues } from './planning.ts';
import type { StoreRow } from './stores.ts';

/** Days, for an order of that supplier and place. `today`: the last day receipts are learned from. 0 without items. */
export async function plannedLeadTime(db: Queryable, store: Pick<StoreRow, 'store_id' | 'currency' | 'time_zone'>, order: { supplierId: number; locationId: number; itemIds: readonly number[] }, today: string): Promise<number> {
  const { rows } = await db.query<{ item_id: number; vendor: string | null; category: string | null; abc: AbcClass | null; stated: number | null }>(
    `select i.item_id, i.vendor, nullif(i.product_type, '') as category, r.abc, coalesce(t.lead_time_days, s.lead_time_days) as stated
     from item i join supplier s on s.store_id = $1 and s.supplier_id = $2 left join supplier_item t on t.store_id = $1 and t.supplier_id = $2 and t.item_id = i.item_id
     left join recommendation r on r.store_id = $1 and r.item_id = i.item_id and r.location_id = $3 where i.item_id = any($4)`, [store.store_id, order.supplierId, order.locationId, order.itemIds]);
  const scopes = await scopedValues(db, store.store_id), shares = (await learnedShares(db, store, today)).get(order.supplierId);
  const days = rows.map((row) => policyOfLine(scopes, { itemId: row.item_id, locationId: order.locationId, vendor: row.vendor, category: row.category, abc: row.abc }, row.stated === null ? undefined : { leadTimeDays: row.stated }, shares && { leadTimeDays: learnedDays(shares) }).values.leadTimeDays);
  return Math.max(0, ...days);
}
