/** What goods receipts came to at their landed cost, in the order's currency and in the store's. Worked out when it is read: charges amended and rates said later count. */
import { dayOf, type Day } from '../domain/calendar.ts';
import { rateText } from '../domain/exchange.ts';
import type { CostedLine, CostedOrder } from '../domain/purchasing/landed-cost.ts';
import { inStoreParts, landedReceipts, type ReceivedGoods } from '../domain/purchasing/landed-receipt.ts';
import type { Queryable } from './db.ts';
import { ratesOf } from './exchange-rates.ts';
import type { ReceiptRow } from './goods-receipts.ts';

/** Minor units. `day` is the receipt's; of one that takes another back that one's, so that the two cancel out. `inStore` null: no rate is known, `missing` says so. */
export interface LandedReceipt { currency: string; day: Day; landed: number; rate: string | null; inStore: number | null; missing: string | null; /** By item. */ lines: ReadonlyMap<number, { landed: number; inStore: number | null }> }
type Received = Pick<ReceiptRow, 'goods_receipt_id' | 'purchase_order_id'>;

/** By receipt; one without an order, which nobody knows the cost of, is left out. */
export async function landedOf(db: Queryable, store: { store_id: number; currency: string; time_zone: string }, receipts: readonly Received[]): Promise<Map<number, LandedReceipt>> {
  const orderIds = [...new Set(receipts.flatMap((one) => one.purchase_order_id ?? []))], made = new Map<number, LandedReceipt>();
  if (orderIds.length === 0) return made;
  const orders = await ordersOf(db, store.store_id, orderIds), rates = await ratesOf(db, store), asked = new Set(receipts.map((one) => one.goods_receipt_id));
  for (const [orderId, all] of await receivedOf(db, store.store_id, orderIds)) {
    const order = orders.get(orderId)!, landed = landedReceipts(order, all), at = new Map(all.map((one) => [one.receiptId, one.receivedAt]));
    for (const { receiptId, reverses } of all) {
      if (!asked.has(receiptId)) continue;
      const lines = [...landed.get(receiptId)!], parts = lines.map(([, minor]) => minor), day = dayOf(at.get(reverses ?? receiptId)!, store.time_zone), rate = rates.on(order.currency, day), inStore = rate === null ? null : inStoreParts(parts, order.currency, store.currency, rate);
      made.set(receiptId, {
        currency: order.currency, day, landed: parts.reduce((sum, one) => sum + one, 0), rate: rate === null ? null : rateText(rate), inStore: inStore === null ? null : inStore.reduce((sum, one) => sum + one, 0), missing: rate === null ? rates.missing(order.currency, day) : null,
        lines: new Map(lines.map(([itemId, minor], n) => [itemId, { landed: minor, inStore: inStore === null ? null : inStore[n]! }])),
      });
    }
  }
  return made;
}

async function ordersOf(db: Queryable, storeId: number, ids: readonly number[]): Promise<Map<number, CostedOrder>> {
  const { rows } = await db.query<{ purchase_order_id: number; currency: string; shipping: string; duty: string; other_cost: string; lines: CostedLine[] }>(
    `select p.purchase_order_id, p.currency, p.shipping, p.duty, p.other_cost, coalesce((select jsonb_agg(jsonb_build_object('line', n.line, 'itemId', n.item_id, 'ordered', n.ordered, 'received', n.received, 'damaged', n.damaged, 'cancelled', n.cancelled, 'unitCost', n.unit_cost) order by n.line)
       from purchase_order_line n where n.store_id = p.store_id and n.purchase_order_id = p.purchase_order_id), '[]') as lines
     from purchase_order p where p.store_id = $1 and p.purchase_order_id = any($2)`, [storeId, ids]);
  return new Map(rows.map((row): [number, CostedOrder] => [row.purchase_order_id, { currency: row.currency, shipping: Number(row.shipping), duty: Number(row.duty), otherCost: Number(row.other_cost), lines: row.lines }]));
}

/** All receipts of some orders, in the order in which they were posted. */
async function receivedOf(db: Queryable, storeId: number, orderIds: readonly number[]): Promise<Map<number, (ReceivedGoods & { receivedAt: string })[]>> {
  const { rows } = await db.query<{ goods_receipt_id: number; purchase_order_id: number; reverses: number | null; received_at: string; items: number[]; units: number[] }>(
    `select g.goods_receipt_id, g.purchase_order_id, g.reverses, g.received_at, array_agg(n.item_id order by n.line) as items, array_agg(n.quantity + n.damaged order by n.line) as units
     from goods_receipt g join goods_receipt_line n using (store_id, goods_receipt_id) where g.store_id = $1 and g.purchase_order_id = any($2) group by 1, 2, 3, 4 order by 1`, [storeId, orderIds]);
  return Map.groupBy(rows.map((row) => ({ orderId: row.purchase_order_id, receiptId: row.goods_receipt_id, reverses: row.reverses, receivedAt: row.received_at, lines: row.items.map((itemId, n) => ({ itemId, units: row.units[n]! })) })), (one) => one.orderId);
}
