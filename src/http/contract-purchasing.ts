/**
 * The public contract of purchasing under /api/v1: suppliers and their terms, purchase orders, goods receipts, imports.
 * As in contract.ts; money is minor units of the named currency (the supplier's, the order's), days are the shop's, every edit names the version it saw.
 */
import { z } from 'zod';
import { isCurrency } from '../domain/money.ts';

const instant = z.string();
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a day, YYYY-MM-DD').refine((text) => { const d = new Date(`${text}T00:00:00Z`); return !Number.isNaN(d.getTime()) && d.toISOString().startsWith(text); }, 'no such day');
const minor = z.number().int().min(0).max(1e13), count = z.number().int().min(0).max(10_000_000), days = z.number().int().min(0).max(730);
const currency = z.string().refine(isCurrency, 'expected a currency code like EUR');
const page = { cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(500).default(100) };
const inStore = { store: z.coerce.number() };
const textOrNull = (most: number) => z.string().trim().max(most).nullable().transform((text) => (text === '' ? null : text));

// ---- suppliers ----------------------------------------------------------------------------------------------------------------------------
export const PriceBreak = z.object({ from: z.number().int().min(2).max(10_000_000), unitCost: minor }).meta({ id: 'PriceBreak' });
const supplierFields = {
  name: z.string().trim().min(1).max(200), email: z.email().nullable(), contact: textOrNull(200), address: textOrNull(1_000), notes: textOrNull(4_000), currency, leadTimeDays: days.nullable(), leadTimeToleranceDays: days,
  orderDays: z.array(z.number().int().min(1).max(7)).max(7), minOrderCost: minor.nullable(), minOrderUnits: count.nullable(), containerVolumeCm3: z.number().int().min(1).max(1e12).nullable(), containerWeightG: z.number().int().min(1).max(1e12).nullable(),
  minimumCounts: z.enum(['place', 'all places']).describe('whose order the minimum is of: what goes to one place, or all that is asked for at once'), fillContainer: z.boolean().describe('the last container is filled with what is worth most'),
  mostContainers: z.number().int().min(1).max(1_000).nullable().describe('that the order of a place may take'), budget: minor.nullable().describe('most that is planned of it, in its currency'), budgetPer: z.enum(['plan', 'month']).describe('a month’s budget is less by what was ordered in it'),
  paymentTerms: textOrNull(500), active: z.boolean(),
};
export const SupplierBody = z.object({ ...supplierFields, email: supplierFields.email.default(null), contact: supplierFields.contact.default(null), address: supplierFields.address.default(null), notes: supplierFields.notes.default(null),
  leadTimeDays: supplierFields.leadTimeDays.default(null), leadTimeToleranceDays: days.default(3), orderDays: supplierFields.orderDays.default([]), minOrderCost: supplierFields.minOrderCost.default(null), minOrderUnits: supplierFields.minOrderUnits.default(null),
  containerVolumeCm3: supplierFields.containerVolumeCm3.default(null), containerWeightG: supplierFields.containerWeightG.default(null), minimumCounts: supplierFields.minimumCounts.default('place'), fillContainer: z.boolean().default(false), mostContainers: supplierFields.mostContainers.default(null),
  budget: supplierFields.budget.default(null), budgetPer: supplierFields.budgetPer.default('plan'), paymentTerms: supplierFields.paymentTerms.default(null), active: z.boolean().default(true) }).strict().meta({ id: 'SupplierBody' });
export const SupplierChange = z.object({ version: z.number().int(), ...supplierFields }).partial().required({ version: true }).strict().meta({ id: 'SupplierChange', description: 'what is left out stays' });
export const LearnedLeadTime = z.object({ n: z.number(), p10: z.number(), p50: z.number(), p90: z.number(), spread: z.number(), days: z.array(z.number()) }).meta({ id: 'LearnedLeadTime' });
export const Scorecard = z.object({ orders: z.number(), onTime: z.number().nullable(), inFull: z.number().nullable(), onTimeInFull: z.number().nullable(), damagedShare: z.number().nullable(), leadTime: LearnedLeadTime.nullable() }).meta({ id: 'Scorecard' });
export const Supplier = z.object({
  supplierId: z.number(), name: z.string(), vendor: z.string().nullable(), email: z.string().nullable(), contact: z.string().nullable(), address: z.string().nullable(), notes: z.string().nullable(), currency: z.string(), leadTimeDays: z.number().nullable(),
  leadTimeToleranceDays: z.number(), orderDays: z.array(z.number()), minOrderCost: z.number().nullable(), minOrderUnits: z.number().nullable(), containerVolumeCm3: z.number().nullable(), containerWeightG: z.number().nullable(), minimumCounts: supplierFields.minimumCounts, fillContainer: z.boolean(), mostContainers: z.number().nullable(), budget: z.number().nullable(), budgetPer: supplierFields.budgetPer, paymentTerms: z.string().nullable(),
  active: z.boolean(), version: z.number(), updatedAt: instant, updatedBy: z.string(), items: z.number(), openOrders: z.number(), scorecard: Scorecard, /** Learned P50 − stated, days, when it is a drift. */ driftDays: z.number().nullable(),
}).meta({ id: 'Supplier' });
export const SupplierQuery = z.object({ ...inStore, q: z.string().max(200).optional(), all: z.enum(['true', 'false']).default('false').describe('inactive ones too'), ...page });
export const SupplierPage = z.object({ rows: z.array(Supplier), nextCursor: z.string().nullable() }).meta({ id: 'SupplierPage' });
const itemTerms = {
  itemId: z.number().int(), supplierSku: textOrNull(200), unitCost: minor.nullable(), moq: z.number().int().min(1).max(10_000_000).nullable(), casePack: z.number().int().min(1).max(1_000_000).nullable(), priceBreaks: z.array(PriceBreak).max(20),
  volumeCm3: z.number().int().min(0).max(1e10).nullable(), weightG: z.number().int().min(0).max(1e10).nullable(), leadTimeDays: days.nullable(), preferred: z.boolean(),
};
export const SupplierItem = z.object({ itemId: z.number(), sku: z.string().nullable(), title: z.string(), supplierSku: z.string().nullable(), unitCost: z.number().nullable(), /** What the shop says the item costs, in the shop's currency. */ itemCost: z.number().nullable(), moq: z.number().nullable(),
  casePack: z.number().nullable(), priceBreaks: z.array(PriceBreak), volumeCm3: z.number().nullable(), weightG: z.number().nullable(), leadTimeDays: z.number().nullable(), preferred: z.boolean(), updatedAt: instant, updatedBy: z.string() }).meta({ id: 'SupplierItem' });
export const SupplierItemsPage = z.object({ rows: z.array(SupplierItem), nextCursor: z.string().nullable() }).meta({ id: 'SupplierItemsPage' });
export const SupplierItemsBody = z.object({ items: z.array(z.object({ ...itemTerms, seenAt: instant.nullable().default(null).describe('updatedAt of the row you changed; null for a new one') }).strict()).min(1).max(500) }).strict().meta({ id: 'SupplierItemsBody' });

// ---- purchase orders ----------------------------------------------------------------------------------------------------------------------
export const PurchaseState = z.enum(['draft', 'awaiting approval', 'approved', 'sent', 'confirmed', 'part received', 'received', 'closed', 'cancelled']);
export const PURCHASE_VIEWS = ['open', 'draft', 'awaiting approval', 'on order', 'overdue', 'received', 'over', 'all'] as const;
const purchaseHead = {
  purchaseOrderId: z.number(), reference: z.string(), supplierId: z.number(), supplier: z.string(), locationId: z.number(), locationName: z.string(), authority: z.enum(['storefront', 'warehouse']), state: PurchaseState, currency: z.string(),
  orderedOn: z.string().nullable(), expectedOn: z.string().nullable(), dueOn: z.string().nullable().describe('the expected day; where nobody said one, as the stated lead time has it; null where nothing was ordered'), /** When it comes if the supplier takes as long as it usually did; null where that is not known, or nothing is to come. */ learnedOn: z.string().nullable(), overdue: z.boolean(), lines: z.number(), units: z.number(), receivedUnits: z.number().describe('good units that came, more than ordered too'), damagedUnits: z.number().describe('that came damaged'), openUnits: z.number(), /** Goods with shipping, duty and other cost. */ value: z.number(), origin: z.string(), version: z.number(), createdAt: instant, createdBy: z.string(), updatedAt: instant,
};
export const PurchaseRow = z.object(purchaseHead).meta({ id: 'PurchaseRow' });
export const PurchaseQuery = z.object({ ...inStore, view: z.enum(PURCHASE_VIEWS).default('open'), q: z.string().max(200).optional(), supplier: z.coerce.number().int().optional(), location: z.coerce.number().int().optional(), ...page });
export const PurchasePage = z.object({ rows: z.array(PurchaseRow), nextCursor: z.string().nullable(), counts: z.record(z.string(), z.number()),
  totals: z.object({ orders: z.number(), units: z.number(), received: z.number().describe('good units that came'), damaged: z.number(), open: z.number().describe('units still to come'), values: z.array(z.object({ currency: z.string(), value: minor })), inStore: z.object({ value: minor, withoutRate: z.array(z.string()) }).describe('all of it in the store’s currency at the rates of the days they were ordered, or today’s, but for currencies no rate is known of') }).describe('of all filtered orders'),
}).meta({ id: 'PurchasePage' });
const lineIn = z.object({ itemId: z.number().int(), quantity: count, unitCost: minor.optional().describe('left out: the supplier’s price at this quantity, else the item’s cost'), expectedOn: day.nullable().default(null), supplierSku: textOrNull(200).optional() }).strict();
export const PurchaseBody = z.object({
  supplierId: z.number().int(), locationId: z.number().int(), expectedOn: day.nullable().default(null), notes: z.string().max(4_000).default(''), shipping: minor.default(0), duty: minor.default(0), otherCost: minor.default(0),
  key: z.string().min(8).max(100).optional().describe('made by the client before its first try: the same key makes one order'), lines: z.array(lineIn).max(5_000).default([]),
}).strict().meta({ id: 'PurchaseBody' });
export const CopyBody = z.object({ key: z.string().min(8).max(100).describe('made by the client before its first try: the same key makes one order') }).strict().meta({ id: 'CopyBody' });
export const FromRecommendations = z.object({
  supplierId: z.number().int().optional(), locationId: z.number().int().optional(), itemIds: z.array(z.number().int()).max(20_000).optional(),
  /** These lines with these quantities, whatever is recommended. */
  lines: z.array(z.object({ itemId: z.number().int(), locationId: z.number().int(), quantity: z.number().int().min(0).max(10_000_000) }).strict()).max(20_000).optional(),
}).strict().meta({ id: 'FromRecommendations' });
export const MadePurchases = z.object({
  made: z.array(z.object({ purchaseOrderId: z.number(), reference: z.string(), supplier: z.string(), locationName: z.string(), lines: z.number(), units: z.number() })),
  leftOut: z.array(z.object({ itemId: z.number(), sku: z.string().nullable(), locationId: z.number(), why: z.string() })),
}).meta({ id: 'MadePurchases' });
export const PurchaseChangeBody = z.object({ version: z.number().int(), expectedOn: day.nullable(), locationId: z.number().int(), shipping: minor, duty: minor, otherCost: minor, notes: z.string().max(4_000), lines: z.array(lineIn).max(5_000) }).partial().required({ version: true }).strict().meta({ id: 'PurchaseChangeBody', description: 'what is left out stays; lines replace the lines of a draft' });
export const PURCHASE_VERBS = ['submit', 'approve', 'reopen', 'send', 'confirm', 'close', 'cancel'] as const;
export const PurchaseActionBody = z.object({ version: z.number().int(), said: z.string().max(1_000).optional(), expectedOn: day.nullable().optional().describe('send, confirm; send with null: by the lead time it is planned with, with nothing said: the draft’s day where it is not over, else likewise'), how: z.enum(['mail', 'hand']).optional().describe('send: by mail from here, or by hand'), to: z.email().optional().describe('send by mail: other than the supplier’s address'), words: z.string().max(4_000).optional() }).strict().meta({ id: 'PurchaseActionBody' });
export const PurchaseLineView = z.object({
  line: z.number(), itemId: z.number(), sku: z.string().nullable(), barcode: z.string().nullable(), title: z.string(), supplierSku: z.string().nullable(), ordered: z.number(), unitCost: z.number(), expectedOn: z.string().nullable(), received: z.number(), damaged: z.number(), cancelled: z.number(), open: z.number(),
  goods: z.number(), landedUnits: z.number().describe('that came or are still to come: the charges are shared over them'), landedShare: z.number(), landedUnitCost: z.number(), available: z.number(), incoming: z.number(), /** What became of its units on their way in Shopify; null where nothing is written. */ incomingWritten: z.string().nullable(), /** Why this many: the recommendation's sentence. */ why: z.string().nullable(),
  /** The day it is more likely than not sold out there without this order, and again once its units are `here`; null of a day: not before `until`. Null: no forecast, or the order is over. */
  runsOut: z.object({ without: day.nullable(), here: day, with: day.nullable(), until: day }).nullable(),
}).meta({ id: 'PurchaseLineView' });
export const PurchaseVersionView = z.object({ version: z.number(), what: z.string(), at: instant, by: z.string(), said: z.string().nullable(), changes: z.array(z.object({ itemId: z.number().nullable(), sku: z.string().nullable(), field: z.string(), from: z.union([z.string(), z.number()]).nullable(), to: z.union([z.string(), z.number()]).nullable() })) }).meta({ id: 'PurchaseVersionView' });
export const GoodsReceipt = z.object({
  goodsReceiptId: z.number(), reference: z.string(), purchaseOrderId: z.number().nullable(), purchaseReference: z.string().nullable(), locationId: z.number(), locationName: z.string(), receivedAt: instant, receivedBy: z.string(), reverses: z.number().nullable(), reversedBy: z.number().nullable(), writesStock: z.boolean(), note: z.string(),
  currency: z.string().nullable().describe('the order’s; null: of no order, so that its cost is not known'), landed: z.number().nullable().describe('minor units of that currency: goods with their share of shipping, duty and other cost'), storeCurrency: z.string(),
  landedInStore: z.number().nullable().describe('minor units of the store’s currency at the rate of the day it came; null: no rate is known'), rate: z.string().nullable().describe('of the store’s currency for one unit of the order’s, on that day'), rateDay: day.nullable(), rateMissing: z.string().nullable().describe('why there is no landedInStore'),
  lines: z.array(z.object({ itemId: z.number(), sku: z.string().nullable(), title: z.string(), quantity: z.number(), damaged: z.number(), landedUnitCost: z.number().nullable(), landed: z.number().nullable().describe('summing exactly to the receipt’s'), landedUnitCostInStore: z.number().nullable().describe('to the nearest minor unit: for a reader, never to multiply back'), landedInStore: z.number().nullable(), outcome: z.string().nullable() })),
}).meta({ id: 'GoodsReceipt' });
export const PurchaseDetail = z.object({
  ...purchaseHead, lines: z.array(PurchaseLineView), shipping: z.number(), duty: z.number(), otherCost: z.number(), goods: z.number(), storeValue: z.number().nullable().describe('value in minor units of the store’s currency at the rate of the day it was ordered, or today’s; null: no rate is known'), storeCurrency: z.string(), rate: z.string().nullable().describe('of the store’s currency for one unit of the order’s'), rateMissing: z.string().nullable().describe('why there is no storeValue'), notes: z.string(), supplierEmail: z.string().nullable(), approvedBy: z.string().nullable(), approvedAt: instant.nullable(), sentAt: instant.nullable(), closedAt: instant.nullable(),
  /** What may be done now, and why approving is not for the one who asks. */
  verbs: z.array(z.string()), approvalWanted: z.boolean(), approveRefused: z.string().nullable(), passedLimit: z.string().nullable().describe('charges entered since it was approved brought it above the limit, and who may approve that much; null: they did not'), canMail: z.boolean(), /** Per cent more than ordered that is received without a note; null: any amount. */ overTolerancePercent: z.number().nullable(), /** Terms of the supplier that the order does not meet. */ warnings: z.array(z.string()),
  versions: z.array(PurchaseVersionView), receipts: z.array(GoodsReceipt), mails: z.array(z.object({ version: z.number(), recipient: z.string(), state: z.enum(['waiting', 'sent', 'failed']), attempts: z.number(), message: z.string().nullable(), madeAt: instant, sentAt: instant.nullable() })),
}).meta({ id: 'PurchaseDetail' });
export const PurchaseSettings = z.object({ version: z.number().int(), approvalLimits: z.record(currency, minor).describe('minor units by currency: above it another person approves; an order in a currency without one is measured by the store’s, at the day’s rate'),
  approvers: z.array(z.object({ role: z.enum(['admin', 'ecommerce', 'planner', 'warehouse', 'finance', 'viewer']).optional(), email: z.email().max(200).optional(), amount: minor.nullable().describe('minor units of the store’s currency; null: any amount') }).strict().refine((one) => (one.role === undefined) !== (one.email === undefined), 'name a role or an e-mail address')).max(200).describe('who may approve up to which amount; none: whoever did not make the order'), overdueToleranceDays: z.number().int().min(0).max(90),
  planBudget: minor.nullable().describe('most that is planned over all suppliers, minor units of the store’s currency'), planBudgetPer: z.enum(['plan', 'month']),
  overTolerancePercent: z.number().int().min(0).max(1_000).nullable().describe('how much more than ordered is received without a note; null: any amount') }).strict().meta({ id: 'PurchaseSettings' });
export const PurchaseSettingsBody = PurchaseSettings.partial({ approvers: true, planBudget: true, planBudgetPer: true, overTolerancePercent: true }).meta({ id: 'PurchaseSettingsBody', description: 'a budget or a tolerance left out stays' });

// ---- goods receipts -------------------------------------------------------------------------------------------------------------------------
export const ReceiptsCsvQuery = z.object({ store: z.coerce.number(), from: day.optional(), to: day.optional(), purchaseOrderId: z.coerce.number().int().min(1).max(2 ** 31 - 1).optional() });
export const ReceiptBody = z.object({ key: z.string().min(8).max(100).describe('made by the client before its first try: the same key posts once'), note: z.string().max(1_000).default(''), lines: z.array(z.object({ itemId: z.number().int(), quantity: count.default(0), damaged: count.default(0) }).strict()).min(1).max(5_000) }).strict().meta({ id: 'ReceiptBody' });
export const ReceiptFileBody = z.object({ name: z.string().min(1).max(200), csv: z.string().max(5_000_000), dryRun: z.boolean().default(true), note: z.string().max(1_000).default('').describe('needed where more came than ordered and tolerated') }).strict().meta({ id: 'ReceiptFileBody', description: 'columns: SKU or Barcode or Supplier SKU, Quantity, Damaged' });
export const ReceiptFileResult = z.object({ dryRun: z.boolean(), lines: z.number(), units: z.number(), damaged: z.number(), known: z.boolean().describe('this file was posted before'), notes: z.array(z.string()).describe('how cells were read that could be read two ways'), errors: z.array(z.object({ line: z.number(), field: z.string(), message: z.string() })), rows: z.array(z.object({ itemId: z.number(), sku: z.string().nullable(), quantity: z.number(), damaged: z.number(), open: z.number() })) }).meta({ id: 'ReceiptFileResult' });
export const TakeBackBody = z.object({ note: z.string().trim().min(1).max(1_000) }).strict();
export const GoodsReceiptPage = z.object({ rows: z.array(GoodsReceipt), nextCursor: z.string().nullable() }).meta({ id: 'GoodsReceiptPage' });

// ---- imports --------------------------------------------------------------------------------------------------------------------------------
export const IMPORT_KINDS = ['suppliers', 'supplier-items', 'purchase-orders', 'min-max'] as const;
export const PurchasingImportBody = z.object({ kind: z.enum(IMPORT_KINDS), source: z.enum(['csv', 'stocky', 'inventory-planner']).default('csv'), csv: z.string().max(20_000_000), dryRun: z.boolean().default(true) }).strict().meta({ id: 'PurchasingImportBody' });
export const PurchasingImportResult = z.object({
  importId: z.number().describe('its result as a file: /purchasing/imports/{importId}/result.csv'), rejected: z.number().describe('rows'), dryRun: z.boolean(), kind: z.enum(IMPORT_KINDS), lines: z.number(), applied: z.number(), unchanged: z.number(), skipped: z.number(), /** Which column was read as what. */ columns: z.record(z.string(), z.string()), ignoredColumns: z.array(z.string()),
  errors: z.array(z.object({ line: z.number(), field: z.string(), message: z.string() })), moreErrors: z.number(), notes: z.array(z.string()),
}).meta({ id: 'PurchasingImportResult' });
export type Of<T extends z.ZodType> = z.infer<T>;
