/** Purchase orders: listed, amended, approved, sent, closed. Every step names the version it saw. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { addDays, dayOf } from '../../domain/calendar.ts';
import { money, toDecimal } from '../../domain/money.ts';
import { paperCsv } from '../../domain/purchasing/paper.ts';
import { nextOrderDay } from '../../domain/purchasing/order-days.ts';
import { needsApproval } from '../../domain/purchasing/approval.ts';
import { orderValue, type PurchaseAction, type PurchaseOrder } from '../../domain/purchasing/purchase-order.ts';
import { idempotencyKey } from '../../runtime/key.ts';
import { ratesOf } from '../../store/exchange-rates.ts';
import { plannedLeadTime } from '../../store/order-lead-time.ts';
import { changePurchase, findPurchase, type Changed, type Doing, type FoundPurchase } from '../../store/purchase-orders.ts';
import { purchaseCounts, purchasePage, purchaseTotals, type PurchaseFilter } from '../../store/purchase-page.ts';
import { purchasePaper } from '../../store/purchase-paper.ts';
import { dropMail, oweMail, purchaseSettings } from '../../store/purchase-settings.ts';
import type { StoreRow } from '../../store/stores.ts';
import { findSupplier } from '../../store/suppliers.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { PurchaseActionBody, PurchaseChangeBody, PurchaseDetail, PurchasePage, PurchaseQuery, PURCHASE_VERBS, type Of, type PURCHASE_VIEWS } from '../contract-purchasing.ts';
import { csv } from '../csv.ts';
import { cut, decodeParts } from '../cursor.ts';
import { approvalOf, passedLimitOf } from '../purchase-approval.ts';
import { knownPlace, linesOf } from '../purchase-lines.ts';
import { purchaseDetail, purchaseView, usualDaysOf } from '../purchase-views.ts';
import { storeOf } from '../store-scope.ts';

const VIEWS: Record<(typeof PURCHASE_VIEWS)[number], readonly string[] | null> = {
  open: ['draft', 'awaiting approval', 'approved', 'sent', 'confirmed', 'part received'], draft: ['draft'], 'awaiting approval': ['awaiting approval'], 'on order': ['sent', 'confirmed', 'part received'], overdue: ['sent', 'confirmed', 'part received'], received: ['received'], over: ['closed', 'cancelled'], all: null,
};

export function purchaseOrderRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const now = (): string => house.clock.now().toISOString();
  const querystring = z.object({ store: z.coerce.number() }), params = z.object({ purchaseOrderId: z.coerce.number().int().min(1).max(2 ** 31 - 1) });
  const doing = (storeId: number, by: string, said?: string): Doing => ({ by, now: now(), keyOf: (cause) => idempotencyKey(`stock-adjustments/${storeId}/${cause}`), said: said ?? null });
  const today = (store: StoreRow): string => dayOf(now(), store.time_zone);
  const detail = async (store: StoreRow, id: number, by: string, role: string): Promise<Of<typeof PurchaseDetail>> => {
    const found = await purchaseDetail(house.db, store, id, { by, role, today: today(store), canMail: house.notifier !== null });
    return ['closed', 'cancelled'].includes(found.state) ? found : { ...found, warnings: [...found.warnings, ...await lettersLost(store, id)] };
  };
  /** A supplier should not be the one who finds out. */
  const lettersLost = async (store: StoreRow, id: number): Promise<string[]> => {
    const letters = await house.paper.unprintable(await purchasePaper(house.db, store, (await findPurchase(house.db, store.store_id, { id }))!));
    if (letters.length === 0) return [];
    const named = letters.slice(0, 10).map((letter) => `${letter} (U+${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')})`).join(', ');
    return [`The PDF has no letter for ${named}${letters.length > 10 ? ` and ${letters.length - 10} others` : ''}: a box with the code stands in its place. The CSV has it as it is.`];
  };
  const changed = async (storeId: number): Promise<void> => { house.changed(storeId, ['replenishment', 'stock']); await house.enqueue('replenishment', storeId); };

  const filterOf = async (query: Of<typeof PurchaseQuery>, store: StoreRow, limit: number): Promise<PurchaseFilter> => {
    const { overdueToleranceDays } = await purchaseSettings(house.db, store.store_id);
    return { states: VIEWS[query.view], overdue: query.view === 'overdue', q: query.q ?? null, supplierId: query.supplier ?? null, locationId: query.location ?? null, today: today(store), toleranceDays: overdueToleranceDays, before: decodeParts<[number]>(query.cursor, ['number'])?.[0] ?? null, limit };
  };
  api.get('/api/v1/purchase-orders', { schema: { tags: ['purchasing'], summary: 'Purchase orders, newest first', querystring: PurchaseQuery, response: { 200: PurchasePage } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), filter = await filterOf(request.query, store, request.query.limit + 1);
    const { page, nextCursor } = cut(await purchasePage(house.db, store.store_id, filter), request.query.limit, (row) => [row.purchase_order_id]);
    const states = await purchaseCounts(house.db, store.store_id, filter.today, filter.toleranceDays);
    const counts = Object.fromEntries(Object.entries(VIEWS).map(([name, of]) => [name, name === 'overdue' ? states['overdue'] ?? 0 : Object.entries(states).reduce((sum, [state, n]) => sum + (state !== 'overdue' && (of === null || of.includes(state)) ? n : 0), 0)]));
    const usual = await usualDaysOf(house.db, store.store_id, page.map((row) => row.supplier_id));
    return { rows: page.map((row) => purchaseView(row, usual)), nextCursor, counts, totals: await purchaseTotals(house.db, store.store_id, filter, await ratesOf(house.db, store)) };
  });
  api.get('/api/v1/purchase-orders.csv', { schema: { tags: ['purchasing'], summary: 'The filtered purchase orders as CSV, a row an order', querystring: PurchaseQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), found = await purchasePage(house.db, store.store_id, await filterOf({ ...request.query, cursor: undefined }, store, 20_000)), usual = await usualDaysOf(house.db, store.store_id, found.map((row) => row.supplier_id)), rows = found.map((row) => purchaseView(row, usual));
    return csv(reply, `purchase-orders-${store.shop_domain}`, ['Purchase order', 'Supplier', 'Location', 'State', 'Ordered on', 'Expected on', 'By usual lead time', 'Overdue', 'Lines', 'Units', 'Received', 'Damaged', 'Open', 'Value', 'Currency', 'Made by'],
      rows.map((r) => [r.reference, r.supplier, r.locationName, r.state, r.orderedOn, r.expectedOn, r.learnedOn, r.overdue ? 'yes' : '', r.lines, r.units, r.receivedUnits, r.damagedUnits, r.openUnits, toDecimal(money(r.value, r.currency)), r.currency, r.createdBy]));
  });

  api.get('/api/v1/purchase-orders/:purchaseOrderId', { schema: { tags: ['purchasing'], summary: 'One order with its lines, landed cost, versions and receipts', querystring, params, response: { 200: PurchaseDetail } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return detail(store, request.params.purchaseOrderId, request.user?.email ?? 'operator', request.user?.role ?? 'admin');
  });
  for (const kind of ['pdf', 'csv'] as const) {
    api.get(`/api/v1/purchase-orders/:purchaseOrderId/paper.${kind}`, { schema: { tags: ['purchasing'], summary: `The order for its supplier, as ${kind.toUpperCase()}`, querystring, params } }, async (request, reply) => {
      const store = await storeOf(house.db, request.query.store), found = await findPurchase(house.db, store.store_id, { id: request.params.purchaseOrderId });
      if (!found) throw new Refusal(404, `There is no purchase order ${request.params.purchaseOrderId}`);
      const paper = await purchasePaper(house.db, store, found), name = found.order.reference.replaceAll(/[^A-Za-z0-9._-]/g, '-');
      reply.header('content-disposition', `attachment; filename="${name}.${kind}"`);
      return kind === 'pdf' ? reply.type('application/pdf').send(await house.paper.purchaseOrder(paper)) : reply.type('text/csv; charset=utf-8').send(paperCsv(paper));
    });
  }

  const settled = (outcome: Changed, id: number, version: number): PurchaseOrder => {
    if (outcome.outcome === 'done') return outcome.order;
    if (outcome.outcome === 'unknown') throw new Refusal(404, `There is no purchase order ${id}`);
    if (outcome.outcome === 'refused') throw new Refusal(409, outcome.why);
    throw new Refusal(409, `The order was ${outcome.what} by ${outcome.by} meanwhile (version ${outcome.version}, you saw ${version}): load it again and repeat your change`);
  };

  api.patch('/api/v1/purchase-orders/:purchaseOrderId', { bodyLimit: 4_000_000, schema: { tags: ['purchasing'], summary: 'Amend an order', querystring, params, body: PurchaseChangeBody, response: { 200: PurchaseDetail } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), id = request.params.purchaseOrderId, by = request.user?.email ?? 'operator', { version, lines, ...head } = request.body;
    const found = await findPurchase(house.db, store.store_id, { id });
    if (!found) throw new Refusal(404, `There is no purchase order ${id}`);
    if (head.locationId !== undefined) await knownPlace(house.db, store.store_id, head.locationId);
    const before = new Map(found.order.lines.map((line) => [line.itemId, line]));
    const priced = lines && await linesOf(house.db, store.store_id, { supplier_id: found.order.supplierId, currency: found.order.currency }, lines.map((line) => ({ ...line, supplierSku: line.supplierSku ?? before.get(line.itemId)?.supplierSku, recommendation: before.get(line.itemId)?.recommendation })));
    const action = { do: 'amend', by, ...Object.fromEntries(Object.entries(head).filter(([, value]) => value !== undefined)), ...(priced ? { lines: priced } : {}) } as PurchaseAction;
    await house.db.transaction(async (tx) => {
      const order = settled(await changePurchase(tx, store.store_id, id, version, action, doing(store.store_id, by)), id, version);
      await audit(tx, { at: now(), actor: by, action: 'purchase order amend', subject: found.order.reference, after: { version: order.version, ...head, ...(lines ? { lines: lines.slice(0, 50) } : {}) } });
      // Once for the charges that are above it, not for each date and note that is amended later.
      if (orderValue(order) <= orderValue(found.order)) return;
      const passed = await passedLimitOf(tx, store.store_id, id, order, await approvalOf(tx, store, order, { email: by, role: request.user?.role ?? 'admin' }, today(store)));
      if (passed !== null) await audit(tx, { at: now(), actor: by, action: 'purchase order above its limit', subject: found.order.reference, after: { version: order.version, said: passed } });
    });
    await changed(store.store_id);
    return detail(store, id, by, request.user?.role ?? 'admin');
  });

  api.post('/api/v1/purchase-orders/:purchaseOrderId/:verb', { schema: { tags: ['purchasing'], summary: 'One step of an order: submit, approve, reopen, send, confirm, close, cancel', querystring, params: params.extend({ verb: z.enum(PURCHASE_VERBS) }), body: PurchaseActionBody, response: { 200: PurchaseDetail } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { purchaseOrderId: id, verb } = request.params, by = request.user?.email ?? 'operator', { version, said, expectedOn, how = 'hand', to, words } = request.body;
    const found = await findPurchase(house.db, store.store_id, { id });
    if (!found) throw new Refusal(404, `There is no purchase order ${id}`);
    const recipient = to ?? found.row.supplier_email;
    if (verb === 'send' && how === 'mail' && house.notifier === null) throw new Refusal(409, 'No mail server is set (INSTEP_SMTP_URL): download the PDF, send it yourself and mark the order as sent by hand');
    if (verb === 'send' && how === 'mail' && !recipient) throw new Refusal(400, `to: ${found.row.supplier} has no e-mail address; give one here or at the supplier`);
    const { limits, value, refused } = await approvalOf(house.db, store, found.order, { email: by, role: request.user?.role ?? 'admin' }, today(store));
    const action: PurchaseAction = verb === 'submit' ? { do: 'submit', by, needsApproval: needsApproval(found.order, limits, value) } : verb === 'approve' ? { do: 'approve', by, refused }
      : verb === 'send' ? { do: 'send', by, today: today(store), expectedOn: await promisedDay(store, found, expectedOn) } : verb === 'confirm' ? { do: 'confirm', by, expectedOn: expectedOn ?? null } : { do: verb, by };
    await house.db.transaction(async (tx) => {
      const order = settled(await changePurchase(tx, store.store_id, id, version, action, doing(store.store_id, by, verb === 'send' ? `${how === 'mail' ? `by mail to ${recipient}` : 'by hand'}${said ? `: ${said}` : ''}` : said)), id, version);
      if (verb === 'send' && how === 'mail') await oweMail(tx, store.store_id, id, order.version, recipient!, words ?? '', now());
      if (verb === 'reopen' || verb === 'cancel') await dropMail(tx, store.store_id, id);
      await audit(tx, { at: now(), actor: by, action: `purchase order ${verb}`, subject: found.order.reference, after: request.body });
    });
    if (verb === 'send') await house.enqueue('purchase-orders', store.store_id);
    await changed(store.store_id);
    return detail(store, id, by, request.user?.role ?? 'admin');
  });

  /**
   * A day that is named; null: what the lead time makes of it. Nothing said: the day the draft has, unless that is over, when it was of another sending. The lead time
   * is the one the order was planned with, from the supplier's next order day.
   */
  async function promisedDay(store: StoreRow, { order }: FoundPurchase, said: string | null | undefined): Promise<string> {
    const day = today(store), kept = said === undefined && order.expectedOn !== null && order.expectedOn >= day ? order.expectedOn : null;
    if (said != null || kept !== null) return said ?? kept!;
    const supplier = await findSupplier(house.db, store.store_id, { id: order.supplierId }), itemIds = order.lines.filter((line) => line.ordered > 0).map((line) => line.itemId);
    return addDays(nextOrderDay(day, supplier?.order_days ?? []), await plannedLeadTime(house.db, store, { supplierId: order.supplierId, locationId: order.locationId, itemIds }, day));
  }
}
