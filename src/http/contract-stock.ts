/**
 * The public contract of stock truth under /api/v1: warehouses, authority, the push queue, bundles, mapping, orders out, fulfilments, returns, counts.
 * As in contract.ts: ids of Shopify are strings, quantities whole units, instants ISO-8601 UTC, every list bounded and cursored.
 */
import { z } from 'zod';

const instant = z.string();
const page = { cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(500).default(100) };
const inStore = { store: z.coerce.number() };
const id = z.string().regex(/^\d+$/, 'expected an id of digits');

// ---- warehouses -----------------------------------------------------------------------------------------------------------------------
export const WarehouseConnectorName = z.enum(['warehouse-rest', 'warehouse-files', 'tryton']);
export const WarehouseView = z.object({
  warehouseId: z.number(), name: z.string(), connector: WarehouseConnectorName, settings: z.record(z.string(), z.unknown()), hasSecret: z.boolean(),
  /** Where the warehouse sends its messages to; warehouse-rest only. */
  messagesUrl: z.string().nullable(), status: z.enum(['new', 'ok', 'failing']), checkedAt: instant.nullable(), heardAt: instant.nullable(), lastError: z.string().nullable(),
  locations: z.array(z.object({ storeId: z.number(), store: z.string(), locationId: z.number(), name: z.string() })),
  skus: z.number(), unmatched: z.number(), units: z.number(),
}).meta({ id: 'Warehouse' });
export const WarehouseBody = z.object({
  name: z.string().trim().min(1).max(120), connector: WarehouseConnectorName, settings: z.record(z.string(), z.unknown()).default({}),
  secret: z.string().min(1).max(10_000).optional().describe('left out: the one kept stays; for warehouse-rest one is made when there is none'),
}).strict().meta({ id: 'WarehouseBody' });
/** The secret is shown once, when it is made. */
export const WarehouseMade = z.object({ warehouseId: z.number(), secret: z.string().nullable(), messagesUrl: z.string().nullable() }).meta({ id: 'WarehouseMade' });

// ---- locations and how they are written -------------------------------------------------------------------------------------------------
export const PushPolicy = z.object({
  mode: z.enum(['off', 'shadow', 'live']), paused: z.boolean(), firstPushCap: z.number(), liveSince: instant.nullable(), bufferQuantile: z.number(), peakQuantile: z.number(), peakUntil: instant.nullable(),
  bufferCapUnits: z.number().nullable(), bufferCapShare: z.number(), notifyCustomer: z.boolean(), updatedAt: instant, updatedBy: z.string(),
}).meta({ id: 'PushPolicy' });
export const LocationView = z.object({
  locationId: z.number(), shopifyLocationId: z.string(), name: z.string(), isActive: z.boolean(), authority: z.enum(['storefront', 'warehouse']), warehouseId: z.number().nullable(), warehouse: z.string().nullable(),
  suppliedFrom: z.number().nullable().describe('the location that sends to this one; null: it buys for itself'),
  supply: z.object({ buyer: z.number().describe('the location that buys for it: the one at the top'), days: z.number().describe('of a transfer from the one that sends to it'), said: z.enum(['set', 'learned', 'default']), transfers: z.number().describe('received ones that was learned from'), totalDays: z.number().describe('from the buying location') }).nullable().describe('null: it buys for itself'), policy: PushPolicy.nullable(), levels: z.number(), counts: z.record(z.string(), z.number()),
}).meta({ id: 'LocationView' });
export const AuthorityBody = z.object({ authority: z.enum(['storefront', 'warehouse']), warehouseId: z.number().int().nullable().default(null) }).strict().meta({ id: 'AuthorityBody' });
export const SupplyBody = z.object({ suppliedFrom: z.number().int().nullable(), days: z.number().int().min(0).max(365).nullable().optional().describe('of a transfer between the two; null: as learned, else the default; left out: as it is') }).strict().meta({ id: 'SupplyBody' });
export const PolicyChange = z.object({
  mode: z.enum(['off', 'shadow', 'live']), paused: z.boolean(), firstPushCap: z.number().int().min(0).max(1_000_000), bufferQuantile: z.number().min(0.5).max(0.99999), peakQuantile: z.number().min(0.5).max(0.99999),
  peakUntil: z.iso.datetime({ offset: true }).nullable(), bufferCapUnits: z.number().int().min(0).max(1_000_000).nullable(), bufferCapShare: z.number().min(0).max(1),
  notifyCustomer: z.boolean().describe('whether Shopify mails the customer when a parcel becomes a fulfilment'),
}).partial().strict().meta({ id: 'PolicyChange' });

// ---- push queue -------------------------------------------------------------------------------------------------------------------------
export const PushLevelState = z.enum(['in step', 'queued', 'sent', 'written', 'held', 'quarantined', 'conflict', 'shadow', 'not written']);
export const PushRow = z.object({
  itemId: z.number(), locationId: z.number(), sku: z.string().nullable(), title: z.string(), locationName: z.string(), state: PushLevelState, mode: z.string(),
  wanted: z.number().nullable(), shopify: z.number().nullable(), ledger: z.number(), pushed: z.number().nullable(), pushedAt: instant.nullable(), confirmed: z.number().nullable(), confirmedAt: instant.nullable(),
  /** The arithmetic in a sentence, the buffer in another, and each term by its name. */
  sentence: z.string().nullable(), bufferSentence: z.string().nullable(), terms: z.record(z.string(), z.number()),
  reason: z.string().nullable(), strikes: z.number(), dirtySince: instant.nullable(), isBundle: z.boolean(),
  /** A bundle's parts, with what is available of each and how many one bundle takes; none for anything else. */
  parts: z.array(z.object({ sku: z.string(), perUnit: z.number(), available: z.number() })),
}).meta({ id: 'PushRow' });
export const PUSH_VIEWS = ['all', 'waiting', 'held', 'failed', 'shadow', 'not written'] as const;
export const PushQuery = z.object({ ...inStore, view: z.enum(PUSH_VIEWS).default('all'), q: z.string().max(4000).optional(), location: z.coerce.number().optional(), item: z.coerce.number().int().optional().describe('one item alone'), ...page });
export const PushPage = z.object({ rows: z.array(PushRow), nextCursor: z.string().nullable(), counts: z.record(z.string(), z.number()), lagSeconds: z.object({ in: z.number(), out: z.number(), measured: z.boolean() }) }).meta({ id: 'PushPage' });
export const LevelKeys = z.object({ levels: z.array(z.object({ itemId: z.number().int(), locationId: z.number().int() })).min(1).max(500) }).strict();
export const Attempt = z.object({ attemptId: z.string(), key: z.string(), createdAt: instant, settledAt: instant.nullable(), state: z.string(), sends: z.number(), way: z.enum(['set', 'difference']).describe('difference: changed by to − from, whatever Shopify showed by then'), from: z.number().nullable(), to: z.number(), sentence: z.string().nullable(), outcome: z.string().nullable() }).meta({ id: 'PushAttempt' });
export const ItemAdjustments = z.object({
  since: instant, refused: z.string().nullable().describe('why Shopify does not tell, in its words'), more: z.boolean().describe('there are more than are answered'),
  adjustments: z.array(z.object({ at: instant, locationId: z.number().nullable(), locationName: z.string(), state: z.string(), change: z.number(), reason: z.string(), by: z.string().nullable().describe('app or person; null: Shopify itself, of a sale say'), isOurs: z.boolean(), document: z.string().nullable() })),
  writers: z.array(z.object({ by: z.string(), times: z.number(), lastAt: instant })).describe('who else changed what is available, the busiest first'),
}).meta({ id: 'ItemAdjustments' });

// ---- shared stock -------------------------------------------------------------------------------------------------------------------------
export const SharingBody = z.object({
  itemId: z.number().int().min(0).default(0).describe('0: the default of the warehouse'), mode: z.enum(['pool', 'split', 'priority']),
  shares: z.array(z.object({ storeId: z.number().int(), percent: z.number().min(0).max(100).optional(), reserve: z.number().int().min(0).optional() })).max(100).default([]),
}).strict().refine((body) => body.mode !== 'split' || body.shares.reduce((sum, share) => sum + (share.percent ?? 0), 0) <= 100, { path: ['shares'], message: 'the shares of a split add up to at most 100%' }).meta({ id: 'SharingBody' });
export const SharingView = z.object({ itemId: z.number(), sku: z.string().nullable(), mode: z.enum(['pool', 'split', 'priority']), shares: z.array(z.object({ storeId: z.number(), percent: z.number().optional(), reserve: z.number().optional() })), updatedAt: instant, updatedBy: z.string() }).meta({ id: 'SharingView' });

// ---- mapping ------------------------------------------------------------------------------------------------------------------------------
export const MappingRow = z.object({
  warehouseId: z.number(), warehouse: z.string(), sku: z.string(), itemId: z.number().nullable(), itemSku: z.string().nullable(), itemTitle: z.string().nullable(), matchedBy: z.enum(['same SKU', 'by hand', 'suggestion', 'nobody']), codeTitle: z.string().nullable(), codeBarcode: z.string().nullable(), ignoredReason: z.string().nullable(), version: z.number(),
  onHand: z.number(), unsellable: z.number(), countedAt: instant.nullable(), updatedAt: instant, updatedBy: z.string(),
  /** Items that could be meant, best first, with how sure (0 to 1) and why. */
  suggestions: z.array(z.object({ itemId: z.number(), sku: z.string().nullable(), title: z.string(), why: z.string(), confidence: z.number() })),
}).meta({ id: 'MappingRow' });
export const MappingQuery = z.object({ ...inStore, view: z.enum(['all', 'unmatched', 'suggested', 'by hand', 'ignored']).default('all'), q: z.string().max(4000).optional(), ...page });
export const MappingPage = z.object({ rows: z.array(MappingRow), nextCursor: z.string().nullable(), counts: z.object({ all: z.number(), unmatched: z.number(), suggested: z.number(), byHand: z.number(), ignored: z.number() }) }).meta({ id: 'MappingPage' });
export const MatchBody = z.object({ warehouseId: z.number().int(), sku: z.string().min(1).max(200), itemId: z.number().int().min(1).max(2_147_483_647).nullable(), version: z.number().int().optional().describe('as it was seen: a code somebody changed since is a conflict') }).strict();

// ---- bundles ------------------------------------------------------------------------------------------------------------------------------
export const Bundle = z.object({
  variantId: z.string(), sku: z.string().nullable(), title: z.string(), effectiveFrom: instant, effectiveTo: instant.nullable(), updatedAt: instant, updatedBy: z.string(), current: z.boolean(),
  parts: z.array(z.object({ variantId: z.string(), sku: z.string().nullable(), title: z.string(), quantity: z.number(), itemId: z.number().nullable() })),
  /** Units that can be made now at each place a warehouse serves, and the part that limits them. */
  availability: z.array(z.object({ locationId: z.number(), locationName: z.string(), units: z.number(), scarcest: z.string().nullable() })),
}).meta({ id: 'Bundle' });
export const BundleBody = z.object({
  variantId: id, effectiveFrom: z.iso.datetime({ offset: true }).optional().describe('now when left out'),
  parts: z.array(z.object({ variantId: id, quantity: z.number().int().min(1).max(2000) })).max(100).describe('none: no bundle any more from then on'),
}).strict().meta({ id: 'BundleBody' });
/** A file's outcome in lines; nothing is saved in a dry run. */
export const ImportResult = z.object({ dryRun: z.boolean(), lines: z.number(), applied: z.number(), unchanged: z.number(), errors: z.array(z.object({ line: z.number(), field: z.string(), message: z.string() })), notes: z.array(z.string()).optional().describe('how cells that could be read two ways were read'), waits: z.object({ requestId: z.string(), units: z.number(), limit: z.number() }).nullable().optional().describe('it takes more units from items than one person may: a second one has to agree') }).meta({ id: 'ImportResult' });
export const VariantHit = z.object({ variantId: z.string(), sku: z.string().nullable(), title: z.string(), itemId: z.number().nullable() });

// ---- orders out ---------------------------------------------------------------------------------------------------------------------------
export const OrderOut = z.object({
  orderId: z.string(), orderName: z.string(), reference: z.string(), warehouse: z.string(), locationId: z.number(), locationName: z.string(), state: z.string(), version: z.number(), sentVersion: z.number(), held: z.boolean(), warehouseReference: z.string().nullable(),
  attempts: z.number(), message: z.string().nullable(), createdAt: instant, updatedAt: instant, acknowledgedAt: instant.nullable(), lines: z.array(z.object({ lineReference: z.string(), sku: z.string().nullable(), title: z.string(), quantity: z.number(), shipped: z.number() })),
}).meta({ id: 'OrderOut' });
export const OrderOutPage = z.object({ rows: z.array(OrderOut), nextCursor: z.string().nullable(), counts: z.object({ open: z.number(), stuck: z.number(), done: z.number(), all: z.number() }) }).meta({ id: 'OrderOutPage' });
export const OrderOutQuery = z.object({ ...inStore, view: z.enum(['open', 'stuck', 'done', 'all']).default('open'), q: z.string().max(200).optional(), ...page });

// ---- fulfilments --------------------------------------------------------------------------------------------------------------------------
export const Shipment = z.object({
  shipmentId: z.string(), documentId: z.string(), orderId: z.string(), orderName: z.string().nullable(), warehouse: z.string(), locationName: z.string(), shippedAt: instant, receivedAt: instant, writtenAt: instant.nullable(),
  state: z.enum(['waiting', 'sending', 'written', 'held', 'failed', 'cancelled']), late: z.boolean(), reason: z.string().nullable(), attempts: z.number(), units: z.number(),
  parcels: z.array(z.object({ number: z.string().nullable(), carrier: z.string().nullable(), url: z.string().nullable() })), fulfilmentIds: z.array(z.string()),
  lines: z.array(z.object({ sku: z.string().nullable(), title: z.string(), quantity: z.number() })),
}).meta({ id: 'Shipment' });
export const ShipmentQuery = z.object({ ...inStore, view: z.enum(['late', 'waiting', 'held', 'written', 'all']).default('all'), q: z.string().max(200).optional(), ...page });
export const ShipmentPage = z.object({ rows: z.array(Shipment), nextCursor: z.string().nullable(), counts: z.object({ late: z.number(), waiting: z.number(), held: z.number(), written: z.number(), all: z.number() }), lateMinutes: z.number() }).meta({ id: 'ShipmentPage' });

// ---- returns ------------------------------------------------------------------------------------------------------------------------------
export const ReturnCase = z.object({
  returnId: z.string(), reference: z.string(), name: z.string(), orderId: z.string().nullable(), orderName: z.string().nullable(), locationId: z.number().nullable(), locationName: z.string().nullable(), authority: z.enum(['storefront', 'warehouse']).nullable(),
  state: z.enum(['announced', 'received', 'inspected', 'closed', 'cancelled']), announcedAt: instant.nullable(), receivedAt: instant.nullable(), inspectedAt: instant.nullable(), updatedAt: instant,
  lines: z.array(z.object({ lineKey: z.string(), itemId: z.number().nullable(), sku: z.string().nullable(), title: z.string(), announced: z.number(), received: z.number(), sellable: z.number(), damaged: z.number(), quarantine: z.number(), scrap: z.number() })),
  /** What goes out in exchange: `processed` units are lines of the order, `sent` units have left. */
  exchange: z.array(z.object({ exchangeId: z.string(), variantId: z.string().nullable(), itemId: z.number().nullable(), sku: z.string().nullable(), title: z.string(), quantity: z.number(), processed: z.number(), sent: z.number() })),
  /** What Shopify's own return was told of the inspection; null when there is nothing to tell. Units are those of its order lines. */
  shopify: z.object({ state: z.enum(['waiting', 'told', 'refused']), units: z.number(), restockedBefore: z.number(), adjusted: z.number(), at: instant.nullable(), message: z.string().nullable() }).nullable(),
}).meta({ id: 'ReturnCase' });
export const RETURN_VIEWS = ['to inspect', 'announced', 'inspected', 'all'] as const;
export const ReturnQuery = z.object({ ...inStore, view: z.enum(RETURN_VIEWS).default('to inspect'), q: z.string().max(200).optional().describe('return, order, SKU or a scanned barcode'), ...page });
export const ReturnPage = z.object({ rows: z.array(ReturnCase), nextCursor: z.string().nullable(), counts: z.record(z.string(), z.number()) }).meta({ id: 'ReturnPage' });
export const ReceiveBody = z.object({
  /** Made by the client before the first try: sending it twice is receiving once. */
  key: z.string().min(8).max(100),
  lines: z.array(z.object({ lineKey: z.string().min(1).max(200), quantity: z.number().int().min(1).max(100_000) })).min(1).max(500),
}).strict();
export const InspectBody = z.object({
  /** Made by the client before the first try: sending it twice is inspecting once. */
  key: z.string().min(8).max(100),
  lines: z.array(z.object({ lineKey: z.string().min(1).max(200), disposition: z.enum(['sellable', 'damaged', 'quarantine', 'scrap']), quantity: z.number().int().min(1).max(100_000) })).min(1).max(500),
}).strict().meta({ id: 'InspectBody' });
export const GhostRow = z.object({ itemId: z.number(), locationId: z.number(), sku: z.string().nullable(), title: z.string(), locationName: z.string(), restocked: z.number(), reversed: z.number(), open: z.number(), lastAt: instant, facts: z.array(z.string()) }).meta({ id: 'GhostRow' });

// ---- counts -------------------------------------------------------------------------------------------------------------------------------
export const StockCount = z.object({
  countId: z.string(), locationId: z.number(), locationName: z.string(), authority: z.enum(['storefront', 'warehouse']), name: z.string(), state: z.enum(['open', 'submitted', 'approved', 'rejected']),
  createdAt: instant, createdBy: z.string(), decidedAt: instant.nullable(), decidedBy: z.string().nullable(), reason: z.string().nullable(), lines: z.number(), difference: z.number(),
}).meta({ id: 'StockCount' });
export const StockCountDetail = StockCount.extend({
  items: z.array(z.object({ itemId: z.number(), sku: z.string().nullable(), title: z.string(), counted: z.number(), expected: z.number(), difference: z.number(), countedAt: instant, countedBy: z.string(), outcome: z.string().nullable() })),
  wanted: z.array(z.object({ itemId: z.number(), sku: z.string().nullable(), title: z.string(), barcode: z.string().nullable(), counted: z.boolean() })).describe('what somebody asked to be counted'),
}).meta({ id: 'StockCountDetail' });
export const CountBody = z.object({ locationId: z.number().int(), name: z.string().trim().min(1).max(120), itemIds: z.array(z.number().int()).max(500).default([]).describe('asks others to count these') }).strict();
export const LevelsBody = z.object({ levels: z.array(z.object({ itemId: z.number().int(), locationId: z.number().int() })).min(1).max(500) }).strict();
export const CountLinesBody = z.object({ lines: z.array(z.object({ sku: z.string().min(1).max(200), counted: z.number().int().min(0).max(1_000_000) })).min(1).max(5000) }).strict();
export const CountDecision = z.object({ decision: z.enum(['submit', 'approve', 'reject']), reason: z.string().trim().min(3).max(500).optional() }).strict();
