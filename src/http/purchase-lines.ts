/** Lines and places as a request names them: what is not the store's, or named twice, is refused with the field. */
import type { PurchaseLine } from '../domain/purchasing/purchase-order.ts';
import type { Queryable } from '../store/db.ts';
import { pricedLines, type WantedLine } from '../store/purchase-making.ts';
import { Refusal } from './app.ts';

export async function knownPlace(db: Queryable, storeId: number, locationId: number): Promise<void> {
  if ((await db.query('select from location where store_id = $1 and location_id = $2', [storeId, locationId])).rowCount === 0) throw new Refusal(400, `locationId: there is no location ${locationId}`);
}

/** The lines wanted, with prices where none was given. */
export async function linesOf(db: Queryable, storeId: number, supplier: { supplier_id: number; currency: string }, wanted: readonly WantedLine[]): Promise<PurchaseLine[]> {
  const seen = new Set<number>();
  for (const [n, { itemId }] of wanted.entries()) {
    if (seen.has(itemId)) throw new Refusal(400, `lines.${n}.itemId: item ${itemId} is on two lines: put its units on one`);
    seen.add(itemId);
  }
  const { lines, strangers } = await pricedLines(db, storeId, supplier.supplier_id, supplier.currency, wanted);
  if (strangers.length > 0) throw new Refusal(400, `lines.${wanted.findIndex((line) => line.itemId === strangers[0])}.itemId: there is no item ${strangers[0]} in this store`);
  return lines;
}
