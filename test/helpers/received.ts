/** A row of a warehouse that could not be read, as the readers leave one. */
import type { Db } from '../../src/store/db.ts';

export async function recordReceived(db: Db, warehouseId: number, now: string): Promise<void> {
  await db.query(`insert into warehouse_reject (warehouse_id, place, field, message, raw, received_at) values ($1, 'stock.csv line 7', 'on hand', 'is not a number', 'ANT;many', $2)`, [warehouseId, now]);
}
