/**
 * A person's inspection and what it does to stock: at a warehouse's location the shelf changes and the push follows; at a storefront's location the accepted
 * units rise by what Shopify's own return is told, or by deltas where Shopify has no such return. Either way once, by the key the client made before its first try.
 */
import type pg from 'pg';
import type { Disposition } from '../ports/warehouse.ts';
import { queueAdjustments } from './adjustments.ts';
import { markDirty } from './push-levels.ts';
import { queueDispositions, risesByDisposition } from './return-dispositions.ts';
import { inspectReturn, receiveReturn, type ReturnRow } from './returns.ts';
import { saveShelfChanges } from './shelf.ts';

/** Shopify's state for goods that came back and cannot be sold. */
const STATE: Record<Exclude<Disposition, 'scrap'>, string> = { sellable: 'available', damaged: 'damaged', quarantine: 'quality_control' };

export async function recordInspection(
  tx: pg.PoolClient, storeId: number, row: ReturnRow, key: string, lines: readonly { lineKey: string; disposition: Disposition; quantity: number }[], by: string, now: string, keyOf: (cause: string) => string,
): Promise<number> {
  const fresh = await inspectReturn(tx, storeId, row.return_id, lines.map((line) => ({ ...line, cause: `instep:${key}`, at: now, by })), now);
  await queueDispositions(tx, storeId, row, fresh, now);
  const known = fresh.flatMap((made) => { const line = row.lines.find((l) => l.lineKey === made.lineKey); return line?.itemId == null ? [] : [{ ...made, itemId: line.itemId, title: line.title }]; });
  if (row.authority === 'warehouse' && row.warehouse_id !== null) {
    const skus = await tx.query<{ item_id: number; sku: string }>(
      `select distinct on (item_id) item_id, sku from warehouse_sku where warehouse_id = $1 and item_id = any($2) order by item_id, (matched_by = 'by hand') desc, sku`, [row.warehouse_id, known.map((k) => k.itemId)]);
    const skuOf = new Map(skus.rows.map((s) => [s.item_id, s.sku]));
    const changes = known.filter((k) => k.disposition !== 'scrap' && skuOf.has(k.itemId));
    const itemIds = await saveShelfChanges(tx, row.warehouse_id, changes.map((k) => ({
      cause: `return inspected/instep:${key}:${k.lineKey}:${k.disposition}`, sku: skuOf.get(k.itemId)!, kind: 'returned', onHandChange: k.quantity, unsellableChange: k.disposition === 'sellable' ? 0 : k.quantity, occurredAt: now, reason: row.name,
    })), now);
    await markDirty(tx, itemIds, now);
  } else if (row.location_id !== null) {
    await queueAdjustments(tx, storeId, known.filter((k) => k.disposition !== 'scrap' && !risesByDisposition(row, k)).map((k) => {
      const cause = `return/${row.return_id}:${key}:${k.lineKey}:${k.disposition}`;
      return { cause, itemId: k.itemId, locationId: row.location_id!, stateName: STATE[k.disposition as Exclude<Disposition, 'scrap'>], delta: k.quantity, reason: k.disposition === 'sellable' ? 'restock' : k.disposition === 'damaged' ? 'damaged' : 'quality_control',
        sentence: `${k.quantity} ${k.disposition} from return ${row.name}, inspected by ${by}`, key: keyOf(cause) };
    }), now);
  }
  return fresh.reduce((sum, made) => sum + made.quantity, 0);
}

/** Goods a person received; false when this very key was recorded before, and then nothing is added. */
export async function recordReceipt(tx: pg.PoolClient, storeId: number, row: ReturnRow, key: string, lines: readonly { lineKey: string; quantity: number }[], by: string, now: string): Promise<boolean> {
  const { rowCount } = await tx.query('insert into return_receipt (store_id, cause, return_id, received_at, by) values ($1, $2, $3, $4, $5) on conflict do nothing', [storeId, `instep:${key}`, row.return_id, now, by]);
  if (rowCount === 0) return false;
  await receiveReturn(tx, storeId, row.return_id, lines, now, now);
  return true;
}
