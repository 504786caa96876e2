/** Goods receipts: by scan and by file, each posted once; taken back by a receipt that reverses it. */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { dayOf } from '../../domain/calendar.ts';
import { money, toDecimal } from '../../domain/money.ts';
import { openUnits } from '../../domain/purchasing/purchase-order.ts';
import { readReceiptRows } from '../../domain/purchasing/receipt-file.ts';
import { idempotencyKey } from '../../runtime/key.ts';
import { listReceipts, postReceipt, takeBackReceipt, type NewReceipt, type Posted } from '../../store/goods-receipts.ts';
import { findPurchase, type Doing, type FoundPurchase } from '../../store/purchase-orders.ts';
import { purchaseItems } from '../../store/purchase-page.ts';
import { purchaseSettings } from '../../store/purchase-settings.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { GoodsReceiptPage, ReceiptBody, ReceiptFileBody, ReceiptFileResult, ReceiptsCsvQuery, TakeBackBody, type Of } from '../contract-purchasing.ts';
import { csvTable } from '../csv-in.ts';
import { csv } from '../csv.ts';
import { cut, decodeParts } from '../cursor.ts';
import { receiptViews } from '../purchase-views.ts';
import { storeOf } from '../store-scope.ts';

export function goodsReceiptRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const now = (): string => house.clock.now().toISOString();
  const querystring = z.object({ store: z.coerce.number() }), params = z.object({ purchaseOrderId: z.coerce.number().int().min(1).max(2 ** 31 - 1) });
  const doing = (storeId: number, by: string): Doing => ({ by, now: now(), keyOf: (cause) => idempotencyKey(`stock-adjustments/${storeId}/${cause}`) });
  const one = async (storeId: number, id: number): Promise<FoundPurchase> => {
    const found = await findPurchase(house.db, storeId, { id });
    if (!found) throw new Refusal(404, `There is no purchase order ${id}`);
    return found;
  };
  /** Stock is written where Shopify is the authority; where a warehouse is, its own book has the goods and this is what came of the order. */
  const receipt = async (storeId: number, found: FoundPurchase, reference: string, note: string, lines: NewReceipt['lines'], file = ''): Promise<NewReceipt> => ({ overTolerancePercent: note.trim() === '' ? (await purchaseSettings(house.db, storeId)).overTolerancePercent : null, reference, purchaseOrderId: found.id, locationId: found.order.locationId, receivedAt: now(), note: [file, note.trim()].filter(Boolean).join(': '), writesStock: found.row.authority === 'storefront', strangers: 'refuse', lines });
  const after = async (storeId: number, posted: Posted, what: string, subject: string, by: string, body: unknown): Promise<number> => {
    if (posted.outcome === 'refused') throw new Refusal(409, posted.why);
    if (posted.outcome === 'posted') await audit(house.db, { at: now(), actor: by, action: what, subject, after: body });
    house.changed(storeId, ['stock', 'push', 'replenishment']);
    await house.enqueue('replenishment', storeId);
    return posted.receiptId;
  };

  api.get('/api/v1/goods-receipts', { schema: { tags: ['purchasing'], summary: 'Goods receipts, newest first', querystring: querystring.extend({ cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }), response: { 200: GoodsReceiptPage } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { cursor, limit } = request.query;
    const { page, nextCursor } = cut(await listReceipts(house.db, store.store_id, { purchaseOrderId: null, before: decodeParts<[number]>(cursor, ['number'])?.[0] ?? null, limit: limit + 1 }), limit, (row) => [row.goods_receipt_id]);
    return { rows: await receiptViews(house.db, store, page), nextCursor };
  });
  const MOST_RECEIPTS = 5_000;
  api.get('/api/v1/goods-receipts.csv', { schema: { tags: ['purchasing'], summary: 'What came in between two days at its landed cost, a row a line: in the order’s currency and in the store’s at the rate of the day it came', querystring: ReceiptsCsvQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), { from, to, purchaseOrderId } = request.query, rows = await listReceipts(house.db, store.store_id, { purchaseOrderId: purchaseOrderId ?? null, before: null, limit: MOST_RECEIPTS + 1, days: { from: from ?? null, to: to ?? null, timeZone: store.time_zone } });
    if (rows.length > MOST_RECEIPTS) throw new Refusal(400, `from, to: more than ${MOST_RECEIPTS} receipts; ask for fewer days`);
    const say = (minor: number | null, currency: string | null): string | null => (minor === null || currency === null ? null : toDecimal(money(minor, currency)));
    return csv(reply, `goods-receipts-${store.shop_domain}`, ['Receipt', 'Received on', 'Purchase order', 'Location', 'SKU', 'Item', 'Good', 'Damaged', 'Takes back', 'Currency', 'Landed unit cost', 'Landed', 'Exchange rate', 'Store currency', 'Landed unit cost in store currency', 'Landed in store currency', 'No rate'],
      (await receiptViews(house.db, store, rows)).flatMap((one) => one.lines.map((line) => [one.goodsReceiptId, dayOf(one.receivedAt, store.time_zone), one.purchaseReference, one.locationName, line.sku, line.title, line.quantity, line.damaged, one.reverses, one.currency, say(line.landedUnitCost, one.currency), say(line.landed, one.currency), one.rate, store.currency, say(line.landedUnitCostInStore, store.currency), say(line.landedInStore, store.currency), one.rateMissing])));
  });

  api.post('/api/v1/purchase-orders/:purchaseOrderId/receipts', { schema: { tags: ['purchasing'], summary: 'What came in, counted; the same key posts once', querystring, params, body: ReceiptBody, response: { 200: z.object({ goodsReceiptId: z.number() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), found = await one(store.store_id, request.params.purchaseOrderId), by = request.user?.email ?? 'operator';
    const counted = await receipt(store.store_id, found, `scan/${request.body.key}`, request.body.note, request.body.lines), posted = await house.db.transaction((tx) => postReceipt(tx, store.store_id, counted, doing(store.store_id, by)));
    return { goodsReceiptId: await after(store.store_id, posted, 'goods received', found.order.reference, by, request.body) };
  });

  api.post('/api/v1/purchase-orders/:purchaseOrderId/receipts/file', { bodyLimit: 6_000_000, schema: { tags: ['purchasing'], summary: 'A delivery note as CSV; a dry run first. The same file posts once', querystring, params, body: ReceiptFileBody, response: { 200: ReceiptFileResult } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), found = await one(store.store_id, request.params.purchaseOrderId), by = request.user?.email ?? 'operator', { name, csv, dryRun, note } = request.body;
    const { rows, delimiter } = csvTable(csv, 5_000);
    const items = await purchaseItems(house.db, store.store_id, found.id);
    const read = readReceiptRows(rows, found.order.lines.map((line) => ({ itemId: line.itemId, codes: [items.get(line.itemId)?.sku, items.get(line.itemId)?.barcode, line.supplierSku].filter((code): code is string => Boolean(code)) })), delimiter);
    const reference = `file/${createHash('sha256').update(name).update('\0').update(csv).digest('hex').slice(0, 40)}`, known = ((await house.db.query('select from goods_receipt where store_id = $1 and reference = $2', [store.store_id, reference])).rowCount ?? 0) > 0;
    // A delivery note with a wrong line is looked at before any of it counts: half a receipt is a wrong one.
    if (!dryRun && read.errors.length > 0) throw new Refusal(400, `csv: line ${read.errors[0]!.line}, ${read.errors[0]!.field}: ${read.errors[0]!.message}${read.errors.length > 1 ? ` (and ${read.errors.length - 1} more)` : ''}`);
    const noted = await receipt(store.store_id, found, reference, note, read.lines, name);
    if (!dryRun && !known) await after(store.store_id, await house.db.transaction((tx) => postReceipt(tx, store.store_id, noted, doing(store.store_id, by))), 'goods received', found.order.reference, by, { file: name, note, lines: read.lines.length });
    const open = new Map(found.order.lines.map((line) => [line.itemId, openUnits(line)])), sum = (of: 'quantity' | 'damaged'): number => read.lines.reduce((total, line) => total + line[of], 0);
    const result: Of<typeof ReceiptFileResult> = { dryRun, lines: rows.length, units: sum('quantity'), damaged: sum('damaged'), known, notes: read.notes, errors: read.errors.slice(0, 500), rows: read.lines.map((line) => ({ ...line, sku: items.get(line.itemId)?.sku ?? null, open: open.get(line.itemId) ?? 0 })) };
    return result;
  });

  api.post('/api/v1/goods-receipts/:goodsReceiptId/take-back', { schema: { tags: ['purchasing'], summary: 'Take a receipt back by one that reverses it; once', querystring, params: z.object({ goodsReceiptId: z.coerce.number().int().min(1).max(2 ** 31 - 1) }), body: TakeBackBody, response: { 200: z.object({ goodsReceiptId: z.number() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), id = request.params.goodsReceiptId, by = request.user?.email ?? 'operator';
    const posted = await house.db.transaction((tx) => takeBackReceipt(tx, store.store_id, id, request.body.note, doing(store.store_id, by)));
    return { goodsReceiptId: await after(store.store_id, posted, 'goods receipt taken back', `goods receipt ${id}`, by, request.body) };
  });
}
