/** Purchase orders and receipts as the contract shows them. */
import { addDays } from '../domain/calendar.ts';
import { format, money } from '../domain/money.ts';
import { purchaseChanges } from '../domain/purchasing/changes.ts';
import { nextOrderDay } from '../domain/purchasing/order-days.ts';
import { landedCost } from '../domain/purchasing/landed-cost.ts';
import { ENOUGH, learnLeadTime } from '../domain/purchasing/lead-time.ts';
import { needsApproval } from '../domain/purchasing/approval.ts';
import { goodsValue, ON_ORDER, openUnits, orderValue, TRANSITIONS, type PurchaseOrder, type PurchaseVerb } from '../domain/purchasing/purchase-order.ts';
import type { Db, Queryable } from '../store/db.ts';
import { listReceipts, type ReceiptRow } from '../store/goods-receipts.ts';
import { landedOf, type LandedReceipt } from '../store/landed-receipts.ts';
import { DEFAULTS } from '../store/planning.ts';
import { findPurchase } from '../store/purchase-orders.ts';
import { purchaseItems, purchaseVersions, type PurchasePageRow } from '../store/purchase-page.ts';
import { mailsOf, purchaseSettings } from '../store/purchase-settings.ts';
import type { StoreRow } from '../store/stores.ts';
import { termsOf } from '../store/supplier-items.ts';
import { deliveredOrders } from '../store/supplier-performance.ts';
import { findSupplier } from '../store/suppliers.ts';
import { Refusal } from './app.ts';
import { approvalOf, passedLimitOf } from './purchase-approval.ts';
import { orderEffect } from './purchase-effect.ts';
import type { GoodsReceipt, Of, PurchaseDetail, PurchaseRow } from './contract-purchasing.ts';

/** The days a supplier usually took: the middle of what its receipts say. */
export type UsualDays = (supplierId: number) => number | null;

export async function usualDaysOf(db: Queryable, storeId: number, supplierIds: readonly number[]): Promise<UsualDays> {
  const delivered = await deliveredOrders(db, storeId, [...new Set(supplierIds)]);
  return (supplierId) => { const learned = learnLeadTime(delivered.get(supplierId) ?? []); return learned !== null && learned.n >= ENOUGH ? Math.round(learned.p50) : null; };
}

/** When it comes if the supplier takes its usual days. */
function learnedOn(order: { state: string; orderedOn: string | null; supplierId: number }, usual: UsualDays): string | null {
  const days = order.orderedOn !== null && (ON_ORDER as readonly string[]).includes(order.state) ? usual(order.supplierId) : null;
  return days === null ? null : addDays(order.orderedOn!, days);
}

export function purchaseView(row: PurchasePageRow, usual: UsualDays): Of<typeof PurchaseRow> {
  return {
    purchaseOrderId: row.purchase_order_id, reference: row.reference, supplierId: row.supplier_id, supplier: row.supplier, locationId: row.location_id, locationName: row.location, authority: row.authority, state: row.state, currency: row.currency,
    orderedOn: row.ordered_on, expectedOn: row.expected_on, dueOn: row.due_on, learnedOn: learnedOn({ state: row.state, orderedOn: row.ordered_on, supplierId: row.supplier_id }, usual), overdue: row.overdue ?? false, lines: row.lines, units: row.units, receivedUnits: row.received_units, damagedUnits: row.damaged_units, openUnits: row.open_units,
    value: Number(row.goods_value) + Number(row.shipping) + Number(row.duty) + Number(row.other_cost), origin: row.origin, version: row.version, createdAt: row.created_at, createdBy: row.created_by, updatedAt: row.updated_at,
  };
}

/** Receipts with what they came to. */
export async function receiptViews(db: Queryable, store: StoreRow, rows: readonly ReceiptRow[]): Promise<Of<typeof GoodsReceipt>[]> {
  const landed = await landedOf(db, store, rows);
  return rows.map((row) => receiptView(row, landed.get(row.goods_receipt_id), store.currency));
}

function receiptView(row: ReceiptRow, came: LandedReceipt | undefined, storeCurrency: string): Of<typeof GoodsReceipt> {
  return {
    goodsReceiptId: row.goods_receipt_id, reference: row.reference, purchaseOrderId: row.purchase_order_id, purchaseReference: row.purchase_reference, locationId: row.location_id, locationName: row.location, receivedAt: row.received_at, receivedBy: row.received_by,
    reverses: row.reverses, reversedBy: row.reversed_by, writesStock: row.writes_stock, note: row.note,
    currency: came?.currency ?? null, landed: came?.landed ?? null, storeCurrency, landedInStore: came?.inStore ?? null, rate: came?.rate ?? null, rateDay: came?.day ?? null, rateMissing: came?.missing ?? null,
    lines: row.lines.map((line) => {
      const part = came?.lines.get(line.itemId), units = line.quantity + line.damaged;
      return { ...line, landed: part?.landed ?? null, landedInStore: part?.inStore ?? null, landedUnitCostInStore: part?.inStore == null || units === 0 ? null : Math.round(part.inStore / units) };
    }),
  };
}

/** Everything of one order, as `who` sees it. 404 when it is not the store's. */
export async function purchaseDetail(db: Db, store: StoreRow, id: number, who: { by: string; role: string; today: string; canMail: boolean }): Promise<Of<typeof PurchaseDetail>> {
  const storeId = store.store_id;
  const found = await findPurchase(db, storeId, { id });
  if (!found) throw new Refusal(404, `There is no purchase order ${id}`);
  const { order, row } = found;
  const [items, versions, receipts, mails, settings] = [await purchaseItems(db, storeId, id), await purchaseVersions(db, storeId, id), await listReceipts(db, storeId, { purchaseOrderId: id, before: null, limit: 200 }), await mailsOf(db, storeId, id), await purchaseSettings(db, storeId)];
  // Nobody promised a day: the supplier's lead time stands in, as in the list.
  const due = order.expectedOn ?? (order.orderedOn === null ? null : addDays(order.orderedOn, (await findSupplier(db, storeId, { id: order.supplierId }))?.lead_time_days ?? DEFAULTS.lead_time_days));
  const approval = await approvalOf(db, store, order, { email: who.by, role: who.role }, who.today), { value, refused } = approval, passed = await passedLimitOf(db, storeId, id, order, approval);
  const effect = await orderEffect(db, store, order, who.today), landed = landedCost(order), sum = (of: (line: PurchaseOrder['lines'][number]) => number): number => order.lines.reduce((total, line) => total + of(line), 0);
  return {
    purchaseOrderId: id, reference: order.reference, supplierId: order.supplierId, supplier: row.supplier, locationId: order.locationId, locationName: row.location, authority: row.authority, state: order.state, currency: order.currency, orderedOn: order.orderedOn, expectedOn: order.expectedOn, dueOn: due, learnedOn: learnedOn(order, await usualDaysOf(db, storeId, [order.supplierId])),
    overdue: due !== null && (ON_ORDER as readonly string[]).includes(order.state) && addDays(due, settings.overdueToleranceDays) < who.today, units: sum((l) => l.ordered), receivedUnits: sum((l) => l.received), damagedUnits: sum((l) => l.damaged), openUnits: sum(openUnits), value: orderValue(order),
    origin: row.origin, version: order.version, createdAt: row.created_at, createdBy: row.created_by, updatedAt: row.updated_at, shipping: order.shipping, duty: order.duty, otherCost: order.otherCost, goods: goodsValue(order), storeValue: value.inStore, storeCurrency: store.currency, rate: value.rate, rateMissing: value.missing, notes: order.notes, supplierEmail: row.supplier_email,
    approvedBy: order.approvedBy, approvedAt: row.approved_at, sentAt: row.sent_at, closedAt: row.closed_at,
    verbs: (Object.keys(TRANSITIONS) as PurchaseVerb[]).filter((verb) => TRANSITIONS[verb].includes(order.state)), approvalWanted: needsApproval(order, settings.approvalLimits, value), approveRefused: refused, canMail: who.canMail, overTolerancePercent: settings.overTolerancePercent,
    passedLimit: passed, warnings: await warningsOf(db, storeId, order, who.today),
    lines: order.lines.map((line, n) => {
      const item = items.get(line.itemId);
      return {
        line: line.line, itemId: line.itemId, sku: item?.sku ?? null, barcode: item?.barcode ?? null, title: item?.title ?? `Item ${line.itemId}`, supplierSku: line.supplierSku, ordered: line.ordered, unitCost: line.unitCost, expectedOn: line.expectedOn, received: line.received, damaged: line.damaged, cancelled: line.cancelled, open: openUnits(line),
        goods: line.ordered * line.unitCost, landedUnits: landed[n]!.units, landedShare: landed[n]!.share, landedUnitCost: landed[n]!.landedUnitCost, available: item?.available ?? 0, incoming: item?.incoming ?? 0, incomingWritten: item?.written ?? null, why: sentenceOf(line.recommendation), runsOut: effect.get(line.itemId) ?? null,
      };
    }),
    versions: versions.map((version, n) => ({
      version: version.version, what: version.what, at: version.at, by: version.by_whom, said: version.said,
      changes: versions[n + 1] === undefined ? [] : purchaseChanges(versions[n + 1]!.document, version.document).slice(0, 500).map((change) => ({ ...change, sku: change.itemId === null ? null : items.get(change.itemId)?.sku || items.get(change.itemId)?.title || `item ${change.itemId}` })),
    })),
    receipts: await receiptViews(db, store, receipts), mails: mails.map((mail) => ({ version: mail.version, recipient: mail.recipient, state: mail.state, attempts: mail.attempts, message: mail.message, madeAt: mail.made_at, sentAt: mail.sent_at })),
  };
}

function sentenceOf(recommendation: unknown): string | null {
  const sentence = (recommendation as { sentence?: unknown } | null)?.sentence;
  return typeof sentence === 'string' ? sentence : null;
}

/** Goods and units of the supplier's other orders in this currency that are not sent yet. */
async function waitingBeside(db: Queryable, storeId: number, order: PurchaseOrder): Promise<{ goods: number; units: number }> {
  const { rows: [row] } = await db.query<{ goods: string; units: number }>(
    `select coalesce(sum(n.ordered::bigint * n.unit_cost), 0) as goods, coalesce(sum(n.ordered), 0)::int as units from purchase_order p join purchase_order_line n using (store_id, purchase_order_id)
     where p.store_id = $1 and p.supplier_id = $2 and p.currency = $3 and p.reference <> $4 and p.state in ('draft', 'awaiting approval', 'approved')`, [storeId, order.supplierId, order.currency, order.reference]);
  return { goods: Number(row!.goods), units: row!.units };
}

/** The supplier's terms the draft does not meet: said, not enforced; a buyer may know better. */
async function warningsOf(db: Queryable, storeId: number, order: PurchaseOrder, today: string): Promise<string[]> {
  if (!['draft', 'awaiting approval', 'approved'].includes(order.state)) return [];
  const supplier = await findSupplier(db, storeId, { id: order.supplierId }), terms = await termsOf(db, storeId, order.supplierId, order.lines.map((line) => line.itemId)), warnings: string[] = [];
  if (!supplier) return [];
  const goods = goodsValue(order), unitsInAll = order.lines.reduce((sum, line) => sum + line.ordered, 0);
  // Where the minimum is of all places, what else waits to be sent to the supplier counts with it.
  const others = supplier.minimum_counts === 'all places' ? await waitingBeside(db, storeId, order) : { goods: 0, units: 0 }, all = others.units > 0 ? `${supplier.name}, its other orders that are not sent yet counted,` : supplier.name;
  if (supplier.min_order_cost !== null && goods + others.goods < Number(supplier.min_order_cost)) warnings.push(`${all} takes orders from ${format(money(Number(supplier.min_order_cost), order.currency))} on: ${format(money(Number(supplier.min_order_cost) - goods - others.goods, order.currency))} are missing.`);
  if (supplier.min_order_units !== null && unitsInAll + others.units < supplier.min_order_units) warnings.push(`${all} takes orders from ${supplier.min_order_units} units on: ${supplier.min_order_units - unitsInAll - others.units} are missing.`);
  const volume = order.lines.reduce((sum, line) => sum + line.ordered * Number(terms.get(line.itemId)?.volume_cm3 ?? 0), 0), weight = order.lines.reduce((sum, line) => sum + line.ordered * Number(terms.get(line.itemId)?.weight_g ?? 0), 0);
  if (supplier.container_volume_cm3 !== null && volume > 0) warnings.push(`By volume it fills ${percent(volume / Number(supplier.container_volume_cm3))} of a container.`);
  if (supplier.container_weight_g !== null && weight > 0) warnings.push(`By weight it fills ${percent(weight / Number(supplier.container_weight_g))} of a container.`);
  const goesOut = nextOrderDay(today, supplier.order_days);
  if (goesOut !== today) warnings.push(`${supplier.name} takes no orders today; its next day is ${goesOut}.`);
  for (const line of order.lines) {
    const term = terms.get(line.itemId), name = term?.sku || `line ${line.line}`;
    if (line.ordered === 0) continue;
    if (term?.moq && line.ordered < term.moq) warnings.push(`${name}: ${line.ordered} is below its minimum of ${term.moq}.`);
    if (term?.case_pack && line.ordered % term.case_pack !== 0) warnings.push(`${name}: ${line.ordered} is no multiple of its case of ${term.case_pack}.`);
    if (line.unitCost === 0) warnings.push(`${name} has no price in ${order.currency}.`);
  }
  return warnings.length > 30 ? [...warnings.slice(0, 30), `… and ${warnings.length - 30} more.`] : warnings;
}
const percent = (share: number): string => `${Math.round(share * 100)}%`;
