/** Settings of a store that say what one person may do alone, and how its items find those of other stores. */
import type { Queryable } from './db.ts';

export interface LimitValues { repairLimit: number; matchItems: 'same SKU' | 'by hand' }

export async function limitsOf(db: Queryable, storeId: number): Promise<LimitValues> {
  return (await db.query<LimitValues>('select repair_limit as "repairLimit", match_items as "matchItems" from store where store_id = $1', [storeId])).rows[0]!;
}

export async function setLimits(tx: Queryable, storeId: number, to: LimitValues): Promise<void> {
  await tx.query('update store set repair_limit = $2, match_items = $3 where store_id = $1', [storeId, to.repairLimit, to.matchItems]);
}
