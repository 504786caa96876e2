/**
 * The simulated shop's tables: plain records in Maps, keyed by numeric id as a string.
 * Everything else in the sandbox reads and writes these through a `Shop`; a record is replaced, never shared with callers.
 * Times are ISO-8601 UTC strings; money is integer minor units of the shop's currency; ids are decimal strings (beyond 2^53 allowed).
 */

export type QuantityName = 'available' | 'committed' | 'reserved' | 'damaged' | 'safety_stock' | 'quality_control' | 'incoming';
export const QUANTITY_NAMES: readonly QuantityName[] =
  ['available', 'committed', 'reserved', 'damaged', 'safety_stock', 'quality_control', 'incoming'];

export interface ShopRecord {
  id: string; domain: string; name: string; currency: string; ianaTimezone: string; createdAt: string;
}
export interface LocationRecord {
  id: string; name: string; isActive: boolean; shipsInventory: boolean; countryCode: string; createdAt: string; updatedAt: string;
  deactivatedAt?: string | null;
  /** Gone for the merchant; parcels and levels of its time still name it. */
  deletedAt?: string | null;
  address?: { address1: string | null; address2: string | null; city: string | null; zip: string | null; phone: string | null; provinceCode: string | null };
}
export interface ProductRecord {
  id: string; title: string; handle: string; vendor: string; productType: string; status: 'ACTIVE' | 'DRAFT' | 'ARCHIVED' | 'UNLISTED';
  tags: string[]; options: { name: string; values: string[] }[]; createdAt: string; updatedAt: string; publishedAt: string | null;
}
export interface VariantRecord {
  id: string; productId: string; inventoryItemId: string; title: string; position: number;
  /** As the merchant typed it: may be null, blank, duplicated or renamed. */
  sku: string | null; barcode: string | null; price: number; compareAtPrice: number | null;
  selectedOptions: { name: string; value: string }[]; inventoryPolicy: 'DENY' | 'CONTINUE'; taxable: boolean;
  /** Native bundle: its components. A parent keeps no stock of its own. */
  components: { variantId: string; quantity: number }[];
  createdAt: string; updatedAt: string; deletedAt: string | null;
}
export interface InventoryItemRecord {
  id: string; variantId: string; tracked: boolean; requiresShipping: boolean; unitCost: number | null;
  countryCodeOfOrigin: string | null; createdAt: string; updatedAt: string;
}
export interface LevelRecord {
  /** `${inventoryItemId}:${locationId}`, the key of the table. The GraphQL id is gid://shopify/InventoryLevel/<locationId>?inventory_item_id=<itemId>. */
  id: string; inventoryItemId: string; locationId: string; isActive: boolean;
  quantities: Record<QuantityName, number>; quantityUpdatedAt: Record<QuantityName | 'on_hand', string>;
  createdAt: string; updatedAt: string;
}
/** Append-only: why a level changed. `cause` is e.g. order/1001, fulfillment/5, admin, app:inventorySetQuantities. */
export interface AdjustmentRecord {
  id: string; inventoryItemId: string; locationId: string; name: QuantityName; delta: number; after: number;
  reason: string; cause: string; referenceDocumentUri: string | null; ledgerDocumentUri: string | null; at: string;
  /** Who wrote it, where an app or a member of staff did, and the group the write made. */
  by?: Writer; groupId?: string;
}
/** An app or a member of staff, by name; one of the two. */
export type Writer = { app: string } | { staff: string };
export interface LineItemRecord {
  id: string; variantId: string | null; productId: string | null; sku: string | null; title: string; variantTitle: string | null;
  quantity: number; /** quantity less removed by edits and refunded */ currentQuantity: number;
  /** units neither fulfilled nor released */ unfulfilledQuantity: number;
  price: number; requiresShipping: boolean; isGiftCard: boolean;
  /** Native bundle the line belongs to: the line is a component, the group is the parent. */
  group: { id: string; productId: string; variantId: string; variantSku: string | null; title: string; quantity: number } | null;
}
export interface RefundRecord {
  id: string; createdAt: string; note: string | null;
  /** Return whose processing paid it out. */
  returnId?: string;
  lines: { id: string; lineItemId: string; quantity: number; restockType: 'RETURN' | 'CANCEL' | 'NO_RESTOCK'; restocked: boolean; locationId: string | null; subtotal: number }[];
}
export type DispositionType = 'RESTOCKED' | 'NOT_RESTOCKED' | 'PROCESSING_REQUIRED' | 'MISSING';
export interface DispositionRecord { id: string; type: DispositionType; quantity: number; locationId: string | null; createdAt: string }
export interface ReturnRecord {
  id: string; orderId: string; name: string; status: 'REQUESTED' | 'OPEN' | 'CLOSED' | 'CANCELED' | 'DECLINED';
  createdAt: string; requestApprovedAt: string | null; closedAt: string | null; decline: { reason: string; note: string | null } | null;
  /** Shipped units the shopper sends back, by the parcel line they came in. */
  lines: {
    id: string; fulfillmentLineItemId: string; lineItemId: string; quantity: number; processedQuantity: number; refundedQuantity: number;
    reason: string; reasonNote: string; customerNote: string | null;
  }[];
  /** What the shopper gets instead; each processing makes a new order line. */
  exchanges: {
    id: string; variantId: string; productId: string; sku: string | null; title: string; variantTitle: string | null; quantity: number; processedQuantity: number; lineItemIds: string[];
  }[];
  /** The work of taking the goods in: made once the return is open. What became of them is here, never on a refund. */
  reverse: {
    id: string; status: 'OPEN' | 'CLOSED' | 'CANCELED'; lines: { id: string; returnLineId: string; totalQuantity: number; dispositions: DispositionRecord[] }[];
  } | null;
  /** Mails the shopper would have got about it. */
  notifications: number;
}
export interface FulfillmentRecord {
  id: string; orderId: string; locationId: string; status: 'SUCCESS' | 'CANCELLED'; createdAt: string; updatedAt: string;
  tracking: { company: string | null; number: string | null; url: string | null }[];
  /** Mails the shopper would have got about it. */
  notifications?: number;
  lines: { id: string; lineItemId: string; fulfillmentOrderId: string; quantity: number }[];
}
export interface FulfillmentOrderRecord {
  id: string; orderId: string; assignedLocationId: string; status: 'OPEN' | 'IN_PROGRESS' | 'CLOSED' | 'CANCELLED' | 'ON_HOLD' | 'SCHEDULED' | 'INCOMPLETE';
  createdAt: string; updatedAt: string;
  lines: { id: string; lineItemId: string; totalQuantity: number; remainingQuantity: number }[];
  /** Why it may not be fulfilled; its status is ON_HOLD while there is any. */
  holds?: HoldRecord[];
  /** Somebody reported progress by hand: it cannot be moved until it is opened again. */
  progressReported?: boolean;
}
export interface HoldRecord {
  id: string; reason: string; reasonNotes: string | null; handle: string;
  /** The app that placed it, by name; null: staff. */
  app: string | null; externalId: string | null;
}
export interface OrderRecord {
  id: string; number: number; name: string; createdAt: string; processedAt: string; updatedAt: string;
  cancelledAt: string | null; cancelReason: 'CUSTOMER' | 'DECLINED' | 'FRAUD' | 'INVENTORY' | 'OTHER' | 'STAFF' | null; closedAt: string | null;
  test: boolean; confirmed: boolean; edited: boolean; sourceName: string; currency: string; tags: string[];
  financialStatus: 'PENDING' | 'PAID' | 'PARTIALLY_REFUNDED' | 'REFUNDED' | 'VOIDED';
  lines: LineItemRecord[]; refunds: RefundRecord[];
  /**
   * Location a line was sold from, where its stock stays committed until routing. From then on the open fulfilment orders say where its units
   * are committed: they may be moved, whole or in part.
   */
  committedAt: Record<string, string>;
  /** When fulfilment orders become visible (routing delay); null once they exist. */
  routesAt: string | null;
  countryCode: string | null; discountTotal: number; shippingTotal: number; taxTotal: number;
}
/** A location as a transfer saw it; it outlives the location. */
export interface LocationSnapshotRecord { locationId: string; name: string; countryCode: string; at: string }
export interface TransferRecord {
  id: string; name: string; status: 'DRAFT' | 'READY_TO_SHIP' | 'IN_PROGRESS' | 'TRANSFERRED' | 'CANCELED';
  origin: LocationSnapshotRecord | null; destination: LocationSnapshotRecord | null; note: string | null; referenceName: string | null; tags: string[]; createdAt: string;
  lines: { id: string; inventoryItemId: string; totalQuantity: number }[];
}
export interface ShipmentRecord {
  id: string; transferId: string; name: string; status: 'DRAFT' | 'IN_TRANSIT' | 'PARTIALLY_RECEIVED' | 'RECEIVED'; barcode: string | null;
  tracking: { company: string | null; trackingNumber: string | null; trackingUrl: string | null; arrivesAt: string | null } | null;
  createdAt: string; shippedAt: string | null; receivedAt: string | null;
  lines: { id: string; inventoryItemId: string; quantity: number; accepted: number; rejected: number }[];
}
export interface WebhookSubscriptionRecord {
  id: string; topic: string; uri: string; apiVersion: string; includeFields: string[]; filter: string | null; createdAt: string; consecutiveFailures: number;
}
export interface BulkOperationRecord {
  id: string; type: 'QUERY' | 'MUTATION'; status: 'CREATED' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELING' | 'CANCELED' | 'EXPIRED';
  errorCode: 'ACCESS_DENIED' | 'INTERNAL_SERVER_ERROR' | 'TIMEOUT' | null; query: string; groupObjects: boolean;
  objectCount: number; rootObjectCount: number; fileSize: number | null; url: string | null; partialDataUrl: string | null;
  createdAt: string; completedAt: string | null;
}
export interface IdempotencyRecord { key: string; mutation: string; variablesHash: string; outcome: 'running' | 'done' | 'failed'; response: unknown; at: string }

export interface Tables {
  shop: Map<string, ShopRecord>; locations: Map<string, LocationRecord>; products: Map<string, ProductRecord>; variants: Map<string, VariantRecord>;
  inventoryItems: Map<string, InventoryItemRecord>; levels: Map<string, LevelRecord>; adjustments: Map<string, AdjustmentRecord>;
  orders: Map<string, OrderRecord>; fulfillmentOrders: Map<string, FulfillmentOrderRecord>; fulfillments: Map<string, FulfillmentRecord>; returns: Map<string, ReturnRecord>; transfers: Map<string, TransferRecord>; shipments: Map<string, ShipmentRecord>;
  subscriptions: Map<string, WebhookSubscriptionRecord>; bulkOperations: Map<string, BulkOperationRecord>; idempotency: Map<string, IdempotencyRecord>;
}

/** What the engine tells the outside: one merchant action may cause several events that share `eventId`. */
export interface ShopEvent { topic: string; eventId: string; at: string; payload: Record<string, unknown> }

/**
 * One simulated shop: its tables, its clock and its event stream.
 * - `put` stages a record; `commit` makes everything staged durable in one transaction (kill -9 safe) and then hands the events to listeners.
 *   An exception before `commit` must call `rollback`.
 * - `now` is the shop's own clock (real time plus whatever was advanced through the control API); ISO string.
 * - `nextId(kind)` gives increasing decimal ids, large enough to be worth treating as strings.
 */
export interface Shop {
  readonly tables: Tables;
  now(): string;
  nextId(kind: string): string;
  put<K extends keyof Tables>(table: K, record: Tables[K] extends Map<string, infer R> ? R : never): void;
  remove<K extends keyof Tables>(table: K, id: string): void;
  emit(topic: string, payload: Record<string, unknown>, eventId?: string): void;
  commit(): void;
  rollback(): void;
  onEvent(listener: (event: ShopEvent) => void): void;
  /** Secondary indexes kept by the store: ordersByUpdatedAt etc. are built by callers from tables; these two are hot. */
  levelsOf(inventoryItemId: string): LevelRecord[];
  variantOfItem(inventoryItemId: string): VariantRecord | undefined;
  fulfillmentOrdersOf(orderId: string): FulfillmentOrderRecord[];
  fulfillmentsOf(orderId: string): FulfillmentRecord[];
}
