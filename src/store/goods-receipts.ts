/** Goods receipts: facts, each posted once by its reference. What came in raises the order's lines, and Shopify's stock by delta where Shopify is the authority. */
import type pg from 'pg';
import { landedCost } from '../domain/purchasing/landed-cost.ts';
import { beyondTolerance } from '../domain/purchasing/receipt-tolerance.ts';
import { queueAdjustments } from './adjustments.ts';
import type { Queryable } from './db.ts';
import { changePurchase, type Doing } from './purchase-orders.ts';

export interface NewReceipt {
  /** `scan/<key>`, `file/<key>`, `warehouse/<id>/<document>`, `import/<source>/<id>`: heard again, it is known. */
  reference: string;
  purchaseOrderId: number | null;
  locationId: number;
  receivedAt: string;
  note: string;
  /** False where the warehouse's own book has the goods, or Shopify's stock had them already. */
  writesStock: boolean;
  lines: { itemId: number; quantity: number; damaged: number }[];
  /** Goods the order has no line of: refused when a person counts, kept when a warehouse says so. */
  strangers: 'refuse' | 'keep';
  /** More than ordered by more than this is refused; null or left out: any amount is taken, as where somebody said why. */
  overTolerancePercent?: number | null;
}
export type Posted = { outcome: 'posted' | 'known'; receiptId: number } | { outcome: 'refused'; why: string };

/** Posts a receipt with what it means for its order and for stock. Duplicate items are summed. The caller's transaction holds all of it together. */
export async function postReceipt(tx: pg.PoolClient, storeId: number, receipt: NewReceipt, doing: Doing): Promise<Posted> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`goods-receipt:${storeId}:${receipt.reference}`]); // the same file sent twice at once waits here
  const { rows: [known] } = await tx.query<{ goods_receipt_id: number }>('select goods_receipt_id from goods_receipt where store_id = $1 and reference = $2', [storeId, receipt.reference]);
  if (known) return { outcome: 'known', receiptId: known.goods_receipt_id };
  const lines = summed(receipt.lines);
  if (lines.length === 0) return { outcome: 'refused', why: 'nothing was counted: enter the units that came' };
  const landed = new Map<number, number>();
  if (receipt.purchaseOrderId !== null) {
    const { rows } = await tx.query<{ item_id: number; ordered: number; came: number; name: string }>(`select n.item_id, n.ordered, n.received + n.damaged as came, coalesce(nullif(i.sku, ''), i.title) as name from purchase_order_line n join item i using (item_id) where n.store_id = $1 and n.purchase_order_id = $2 and n.item_id = any($3)`, [storeId, receipt.purchaseOrderId, lines.map((l) => l.itemId)]);
    const ordered = new Map(rows.map((row) => [row.item_id, row])), [over] = receipt.overTolerancePercent == null ? [] : beyondTolerance(lines.flatMap((l) => { const row = ordered.get(l.itemId); return row ? [{ itemId: l.itemId, ordered: row.ordered, came: row.came, now: l.quantity + l.damaged }] : []; }), receipt.overTolerancePercent);
    if (over) return { outcome: 'refused', why: `note: ${over.beyond} of ${ordered.get(over.itemId)!.name} are beyond the ${ordered.get(over.itemId)!.ordered} ordered and the tolerance of ${receipt.overTolerancePercent}%: say why they are kept` };
    const ours = receipt.strangers === 'refuse' ? lines : lines.filter((l) => ordered.has(l.itemId));
    const changed = await changePurchase(tx, storeId, receipt.purchaseOrderId, null, { do: 'receive', by: doing.by, lines: ours }, { ...doing, said: receipt.note || null });
    if (changed.outcome !== 'done') return { outcome: 'refused', why: changed.outcome === 'refused' ? changed.why : `there is no purchase order ${receipt.purchaseOrderId}` };
    const costs = landedCost(changed.order);
    changed.order.lines.forEach((line, n) => landed.set(line.itemId, costs[n]!.landedUnitCost));
  }
  const { rows: [made] } = await tx.query<{ goods_receipt_id: number }>(
    'insert into goods_receipt (store_id, reference, purchase_order_id, location_id, received_at, received_by, writes_stock, note) values ($1, $2, $3, $4, $5, $6, $7, $8) returning goods_receipt_id',
    [storeId, receipt.reference, receipt.purchaseOrderId, receipt.locationId, receipt.receivedAt, doing.by, receipt.writesStock, receipt.note]);
  const receiptId = made!.goods_receipt_id;
  await saveLines(tx, storeId, receiptId, lines.map((l) => ({ ...l, landed: landed.get(l.itemId) ?? null })));
  if (receipt.writesStock) await queueStock(tx, storeId, receiptId, receipt.locationId, lines, doing);
  return { outcome: 'posted', receiptId };
}

/** Takes a receipt back by one that reverses it; once. */
export async function takeBackReceipt(tx: pg.PoolClient, storeId: number, receiptId: number, note: string, doing: Doing): Promise<Posted> {
  const { rows: [row] } = await tx.query<{ purchase_order_id: number | null; location_id: number; reverses: number | null; writes_stock: boolean; reference: string }>(
    'select * from goods_receipt where store_id = $1 and goods_receipt_id = $2 for update', [storeId, receiptId]);
  if (!row) return { outcome: 'refused', why: `there is no goods receipt ${receiptId}` };
  if (row.reverses !== null) return { outcome: 'refused', why: `goods receipt ${receiptId} takes another one back: count the goods again instead` };
  const { rows: [done] } = await tx.query<{ goods_receipt_id: number }>('select goods_receipt_id from goods_receipt where store_id = $1 and reverses = $2', [storeId, receiptId]);
  if (done) return { outcome: 'known', receiptId: done.goods_receipt_id };
  const { rows: lines } = await tx.query<{ item_id: number; quantity: number; damaged: number; landed_unit_cost: string | null }>('select * from goods_receipt_line where store_id = $1 and goods_receipt_id = $2 order by line', [storeId, receiptId]);
  if (row.purchase_order_id !== null) {
    const { rows: ordered } = await tx.query<{ item_id: number }>('select item_id from purchase_order_line where store_id = $1 and purchase_order_id = $2', [storeId, row.purchase_order_id]);
    const of = new Set(ordered.map((o) => o.item_id));
    const changed = await changePurchase(tx, storeId, row.purchase_order_id, null, { do: 'take back', by: doing.by, lines: lines.filter((l) => of.has(l.item_id)).map((l) => ({ itemId: l.item_id, quantity: l.quantity, damaged: l.damaged })) }, { ...doing, said: note });
    if (changed.outcome !== 'done') return { outcome: 'refused', why: changed.outcome === 'refused' ? changed.why : 'the purchase order is gone' };
  }
  const { rows: [made] } = await tx.query<{ goods_receipt_id: number }>(
    'insert into goods_receipt (store_id, reference, purchase_order_id, location_id, received_at, received_by, writes_stock, reverses, note) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning goods_receipt_id',
    [storeId, `reversal/${receiptId}`, row.purchase_order_id, row.location_id, doing.now, doing.by, row.writes_stock, receiptId, note]);
  const back = lines.map((l) => ({ itemId: l.item_id, quantity: -l.quantity, damaged: -l.damaged, landed: l.landed_unit_cost === null ? null : Number(l.landed_unit_cost) }));
  await saveLines(tx, storeId, made!.goods_receipt_id, back);
  if (row.writes_stock) await queueStock(tx, storeId, made!.goods_receipt_id, row.location_id, back, doing);
  return { outcome: 'posted', receiptId: made!.goods_receipt_id };
}

function summed(lines: NewReceipt['lines']): NewReceipt['lines'] {
  const sums = new Map<number, NewReceipt['lines'][number]>();
  for (const line of lines) {
    const before = sums.get(line.itemId);
    sums.set(line.itemId, { itemId: line.itemId, quantity: line.quantity + (before?.quantity ?? 0), damaged: line.damaged + (before?.damaged ?? 0) });
  }
  return [...sums.values()].filter((line) => line.quantity !== 0 || line.damaged !== 0).sort((a, b) => a.itemId - b.itemId);
}

async function saveLines(tx: Queryable, storeId: number, receiptId: number, lines: readonly (NewReceipt['lines'][number] & { landed: number | null })[]): Promise<void> {
  await tx.query(
    `insert into goods_receipt_line (store_id, goods_receipt_id, line, item_id, quantity, damaged, landed_unit_cost) select $1, $2, t.n, t.item_id, t.quantity, t.damaged, t.landed
     from unnest($3::int[], $4::int[], $5::int[], $6::bigint[]) with ordinality as t(item_id, quantity, damaged, landed, n)`, [storeId, receiptId, lines.map((l) => l.itemId), lines.map((l) => l.quantity), lines.map((l) => l.damaged), lines.map((l) => l.landed)]);
}

/** Good units to `available`, damaged ones to `damaged`. Shopify keeps no stock of untracked items: theirs is only the order's. */
async function queueStock(tx: pg.PoolClient, storeId: number, receiptId: number, locationId: number, lines: NewReceipt['lines'], doing: Doing): Promise<void> {
  const { rows } = await tx.query<{ item_id: number }>('select distinct item_id from inventory_item where store_id = $1 and tracked and item_id = any($2)', [storeId, lines.map((l) => l.itemId)]);
  const tracked = new Set(rows.map((row) => row.item_id));
  await queueAdjustments(tx, storeId, lines.filter((l) => tracked.has(l.itemId)).flatMap((line) => ([['available', line.quantity, 'received'], ['damaged', line.damaged, 'damaged']] as const).filter(([, units]) => units !== 0).map(([state, delta, reason]) => {
    const cause = `receipt/${receiptId}:item/${line.itemId}:${state}`;
    return { cause, itemId: line.itemId, locationId, stateName: state, delta, reason, sentence: `${Math.abs(delta)} ${state === 'damaged' ? 'damaged units ' : ''}${delta > 0 ? 'received' : 'taken back'} in goods receipt ${receiptId}, by ${doing.by}`, key: doing.keyOf(cause) };
  })), doing.now);
}

export interface ReceiptRow {
  goods_receipt_id: number; reference: string; purchase_order_id: number | null; purchase_reference: string | null; location_id: number; location: string; received_at: string; received_by: string; reverses: number | null; reversed_by: number | null; writes_stock: boolean; note: string;
  lines: { itemId: number; sku: string | null; title: string; quantity: number; damaged: number; landedUnitCost: number | null; outcome: string | null }[];
}

/** Receipts of one order, or the latest of the store, newest first, with what became of each line's stock write. */
export async function listReceipts(db: Queryable, storeId: number, of: { purchaseOrderId: number | null; before: number | null; limit: number; /** Of the shop’s time, both included. */ days?: { from: string | null; to: string | null; timeZone: string } }): Promise<ReceiptRow[]> {
  const { rows } = await db.query<ReceiptRow>(
    `select g.*, p.reference as purchase_reference, l.name as location, (select b.goods_receipt_id from goods_receipt b where b.store_id = g.store_id and b.reverses = g.goods_receipt_id) as reversed_by,
       (select coalesce(jsonb_agg(jsonb_build_object('itemId', n.item_id, 'sku', i.sku, 'title', i.title, 'quantity', n.quantity, 'damaged', n.damaged, 'landedUnitCost', n.landed_unit_cost,
          'outcome', (select string_agg(distinct case a.state when 'written' then 'written to Shopify' when 'parked' then 'refused: ' || coalesce(a.message, '') else 'on its way to Shopify' end, '; ')
             from stock_adjustment a where a.store_id = g.store_id and a.cause in ('receipt/' || g.goods_receipt_id || ':item/' || n.item_id || ':available', 'receipt/' || g.goods_receipt_id || ':item/' || n.item_id || ':damaged'))) order by n.line), '[]')
        from goods_receipt_line n join item i using (item_id) where n.store_id = g.store_id and n.goods_receipt_id = g.goods_receipt_id) as lines
     from goods_receipt g left join purchase_order p on p.store_id = g.store_id and p.purchase_order_id = g.purchase_order_id join location l on l.store_id = g.store_id and l.location_id = g.location_id
     where g.store_id = $1 and ($2::int is null or g.purchase_order_id = $2) and ($3::int is null or g.goods_receipt_id < $3)
       and ($5::date is null or g.received_at >= $5::date::timestamp at time zone $7) and ($6::date is null or g.received_at < ($6::date + 1)::timestamp at time zone $7)
     order by g.goods_receipt_id desc limit $4`, [storeId, of.purchaseOrderId, of.before, of.limit, of.days?.from ?? null, of.days?.to ?? null, of.days?.timeZone ?? 'UTC']);
  return rows;
}
