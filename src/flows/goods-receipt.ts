/**
 * goods-receipt: what warehouses received → the purchase order it belongs to.   Woken every minute, behind warehouse-feed.
 *  1 gather  documents of goods received, in the order they were heard; which order each names; whose items its codes are
 *  2 decide  the order of that reference at this warehouse; goods of no known order, or of one that is cancelled or not sent, are a receipt of their own
 *  3 record  the receipt once by the document's id, the order's lines and version with it; stock is not touched: the shelf has the goods already
 * What people receive by scan or file is posted where they do it (http/routes/goods-receipts), by the same statement.
 */
import { TRANSITIONS } from '../domain/purchasing/purchase-order.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { idempotencyKey } from '../runtime/key.ts';
import { postReceipt } from '../store/goods-receipts.ts';
import { readCursor, writeCursor } from '../store/runs.ts';
import { claimsOf, firstPlace, goodsDocuments, type GoodsDocument } from '../store/warehouse-goods.ts';
import { itemsOfSkus } from '../store/warehouse-documents.ts';

const WAITING = 0, PAGE = 200;

export const goodsReceipt = defineFlow({
  name: 'goods-receipt', moves: 'what warehouses received → the purchase order it belongs to', owner: 'warehouse', schedule: { cron: '* * * * *' }, raises: [],
  async run(context) {
    const { tally } = context;
    await recordAll(context);
    if (tally.applied > 0) {
      context.changed('replenishment', 'stock');
      await context.enqueue('replenishment'); // cover and what is to be ordered are other numbers now
    }
  },
});

/** Documents in their order, up to one that waits for the shelf. */
async function recordAll(context: FlowContext): Promise<void> {
  const { db, storeId, tally } = context;
  let after = (await readCursor(db, storeId, 'goods-receipt')) ?? '0';
  for (let page = await goodsDocuments(db, storeId, after, PAGE); page.length > 0; page = await goodsDocuments(db, storeId, after, PAGE)) {
    for (const document of page) {
      if (document.state === WAITING) return; // the shelf first; the next run goes on from here
      tally.input++;
      const outcome = await record(context, document);
      if (outcome === 'posted') tally.applied++;
      else if (outcome === 'known') tally.unchanged++;
      else tally.skipped[outcome] = (tally.skipped[outcome] ?? 0) + 1;
      after = document.document_id;
      await writeCursor(db, storeId, 'goods-receipt', after, context.now());
    }
  }
}

async function record(context: FlowContext, { warehouse_id: warehouseId, body }: GoodsDocument): Promise<'posted' | 'known' | 'of another store' | 'no item is known'> {
  const { db, storeId } = context;
  const items = await itemsOfSkus(db, warehouseId, body.lines.map((line) => line.sku));
  const lines = body.lines.flatMap((line) => { const itemId = items.get(line.sku); return itemId === undefined ? [] : [{ itemId, quantity: line.quantity - line.damaged, damaged: line.damaged }]; });
  if (lines.length === 0) return 'no item is known';
  const [claim, rival] = await claimsOf(db, warehouseId, body.reference, lines.map((line) => line.itemId));
  const clear = claim && TRANSITIONS.receive.includes(claim.state) && !(rival && rival.store_id !== claim.store_id && rival.lines === claim.lines && rival.state === claim.state) ? claim : null;
  const home = clear ?? await firstPlace(db, warehouseId);
  if (home === null || home.store_id !== storeId) return 'of another store';
  const unknown = body.lines.filter((line) => !items.has(line.sku)).map((line) => `${line.quantity} × ${line.sku}`);
  const note = [`The warehouse names ${body.reference}`, clear ? null : claim ? `which is ${claim.state}${rival ? ' or another store’s' : ''}: kept as goods of no order` : 'which is no order here', unknown.length > 0 ? `codes nobody matched: ${unknown.join(', ')}` : null].filter(Boolean).join('; ');
  const posted = await db.transaction((tx) => postReceipt(tx, storeId, {
    reference: `warehouse/${warehouseId}/${body.id}`, purchaseOrderId: clear?.purchase_order_id ?? null, locationId: home.location_id, receivedAt: body.at, note, writesStock: false, strangers: 'keep', lines,
  }, { by: 'warehouse', now: context.now(), keyOf: (cause) => idempotencyKey(`stock-adjustments/${storeId}/${cause}`) }));
  if (posted.outcome !== 'refused') return posted.outcome;
  // The order has none of these items: the goods are here all the same.
  const alone = await db.transaction((tx) => postReceipt(tx, storeId, {
    reference: `warehouse/${warehouseId}/${body.id}`, purchaseOrderId: null, locationId: home.location_id, receivedAt: body.at, note: `${note}; ${posted.why}`, writesStock: false, strangers: 'keep', lines,
  }, { by: 'warehouse', now: context.now(), keyOf: (cause) => cause }));
  return alone.outcome === 'known' ? 'known' : 'posted';
}
