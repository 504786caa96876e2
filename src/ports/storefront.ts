/**
 * What we need of a storefront, in our words. Shopify's connector answers it; the sandbox answers the same connector over HTTP.
 * All ids are the storefront's own, as decimal strings. Streams are bounded in memory: one batch at a time.
 */
import type { StorefrontLevel, StorefrontLocation, StorefrontVariant, StorefrontVariantPatch } from '../domain/catalogue/storefront.ts';
import type { Assignment, OrderState } from '../domain/orders/order-state.ts';
import type { StockState } from '../domain/stock/fact.ts';

export interface StorefrontShop { id: string; name: string; domain: string; currency: string; timeZone: string; createdAt: string | null; scopes: string[]; /** What we ask to be allowed, and what cannot be done without it. */ wantedScopes: readonly { scope: string; why: string }[]; /** The interface version we speak, like 2026-10. */ apiVersion: string; }

/** What one webhook says, in our words. */
export type StorefrontEvent =
  | { type: 'order'; order: OrderState }
  | { type: 'level'; inventoryItemId: string; locationId: string; available: number | null; at: string }
  | { type: 'level disconnected'; inventoryItemId: string; locationId: string; at: string }
  /** Fulfilment orders were made (an order has its places now) or `moved` (places changed; the order's own updatedAt does not say so). */
  | { type: 'routing'; moved: boolean }
  /** Something about a return; without an order id all that changed lately are to be read. */
  | { type: 'return'; returnId: string | null; orderId: string | null }
  | { type: 'product'; productId: string; variants: StorefrontVariantPatch[]; /** Null: it says nothing of them. */ tags: string[] | null; updatedAt: string }
  | { type: 'product deleted'; productId: string }
  | { type: 'location'; location: StorefrontLocation }
  | { type: 'bulk finished'; operationId: string }
  | { type: 'uninstalled' }
  | { type: 'none'; reason: string };

/** One level to set, refused by the storefront when it no longer shows `changeFrom`. `null` (no comparison) only for a person's audited repair. */
export interface SetRow { inventoryItemId: string; locationId: string; quantity: number; changeFrom: number | null }
/** One level to change by a signed delta; `ledgerUri` for every state but available. */
export interface AdjustRow { inventoryItemId: string; locationId: string; delta: number; ledgerUri: string | null }

/**
 * What became of a write. `refused` names the rows at fault; the storefront applied none of the call. `repeat` = the same key is being worked on
 * elsewhere, ask again; `mismatch` = the key was used with other rows: a defect of ours; `new key` = the first attempt under this key failed for good.
 */
export type WriteResult =
  | { outcome: 'written' }
  | { outcome: 'refused'; faults: { row: number | null; code: string; message: string }[] }
  | { outcome: 'repeat' | 'mismatch' | 'new key'; message: string };

export interface FulfilmentOrder {
  id: string; orderId: string; locationId: string | null; updatedAt: string;
  status: 'open' | 'in progress' | 'scheduled' | 'on hold' | 'incomplete' | 'closed' | 'cancelled';
  /** Why it is held, in Shopify's words. */
  holds: string[];
  canFulfil: boolean;
  lines: { id: string; lineId: string; total: number; remaining: number }[];
}
export interface Fulfilment { id: string; cancelled: boolean; locationId: string | null; numbers: string[]; at: string; updatedAt: string; lines: Record<string, number> }
export interface NewFulfilment {
  groups: { fulfilmentOrderId: string; lines: { id: string; quantity: number }[] }[];
  numbers: string[]; urls: string[]; company: string | null; notifyCustomer: boolean;
}

export interface StorefrontReturn {
  id: string; name: string; orderId: string; status: 'requested' | 'open' | 'closed' | 'cancelled' | 'declined'; createdAt: string;
  lines: { lineId: string; quantity: number }[];
  /** What goes out in exchange; `processed` units of it have become lines of the order. */
  exchanged: { id: string; variantId: string | null; quantity: number; processed: number; lineIds: string[] }[];
  /** What was done with the goods in Shopify. `restocked` raises its stock there. */
  dispositions: StorefrontDisposition[];
  /** The goods as the work orders that take them in have them, by order line; a disposition is of one of these. */
  reverseLines: { id: string; lineId: string | null; total: number }[];
}
export interface StorefrontDisposition {
  id: string; reverseLineId: string; lineId: string | null; quantity: number; type: 'restocked' | 'not restocked' | 'processing required' | 'missing'; locationId: string | null; at: string;
}
export interface NewDisposition { reverseLineId: string; quantity: number; type: 'restocked' | 'not restocked'; locationId: string | null }

export interface StorefrontTransfer {
  id: string; name: string; status: 'draft' | 'ready' | 'in transit' | 'received' | 'cancelled' | 'other';
  /** `accepted` units came into stock at the destination, `rejected` ones did not; the others of `quantity` are on their way. */
  shipments: { id: string; name: string; status: 'draft' | 'in transit' | 'received' | 'other'; lines: { lineId: string; inventoryItemId: string; quantity: number; accepted: number; rejected: number }[] }[];
  lines: { lineId: string; inventoryItemId: string; total: number; shipped: number; accepted: number; rejected: number }[];
}
/** What became of a step of a transfer; `id` of what was made. As WriteResult. */
export type TransferStep = { outcome: 'written'; id: string } | { outcome: 'refused' | 'repeat' | 'new key'; message: string };

/** One change of a state of an item's stock, as the storefront's own records have it. */
export interface Adjustment {
  at: string; inventoryItemId: string; locationId: string; state: string; change: number; reason: string;
  /** Who made it, by name: both null where the storefront did it itself, of an order say. */
  app: string | null; staff: string | null;
  /** What it was made for: a document of the storefront, or whatever the app that made it wrote; `documentType` of its own, as `Order`. */
  document: string | null; documentType: string | null;
}
/** `refused`: why the storefront does not tell, in its words: this connection may not ask. */
export type AdjustmentsRead = { adjustments: Adjustment[] } | { refused: string };

export interface Progress { stage: string; done: number; total: number | null; bytes?: number }
export type OnProgress = (progress: Progress) => void;

export interface Storefront {
  shop(): Promise<StorefrontShop>;
  /** What the calls made so far showed to be wrong with the interface version we speak, in a sentence; null when nothing is. */
  versionFault(): string | null;
  /** What Shopify last said to be on its way out of what we ask for, in its own words; null when nothing is. */
  deprecation(): string | null;
  /** Now by the storefront's own clock, never later than it is there: what cursors over its `updatedAt` begin with, and the time of what was written to it. */
  time(): Promise<string>;
  /** How far our clock is behind the storefront's, ms (less than 0: ahead), as far as its answers of the last minute tell; 0 while the two may both be right. */
  clockError(): number;
  locations(): Promise<StorefrontLocation[]>;

  /** All variants, by bulk operation, in batches. */
  allVariants(onProgress: OnProgress): AsyncIterable<StorefrontVariant[]>;
  /** Variants of products changed since an instant, paged. */
  variantsChangedSince(since: string): AsyncIterable<StorefrontVariant[]>;
  variantsOf(productIds: string[]): Promise<StorefrontVariant[]>;

  /**
   * The whole order history, by bulk operation. The file cannot carry everything: orders with open units or edits are listed in `incomplete` (read
   * them whole), shipped orders with refunds in `refunded` (read their refunds).
   */
  allOrders(onProgress: OnProgress): AsyncIterable<{ orders: OrderState[]; incomplete: string[]; refunded: string[] }>;
  /** Refund lines of the given orders, as fragments. */
  refundsOf(orderIds: string[]): Promise<OrderState[]>;
  /** Orders whose updatedAt is at or after an instant, oldest first, complete. */
  ordersChangedSince(since: string): AsyncIterable<OrderState[]>;
  /** Complete states of the given orders; unknown ids are absent from the answer. */
  ordersById(ids: string[]): Promise<OrderState[]>;
  /** Fulfilment orders of the given orders. */
  assignments(orderIds: string[]): Promise<{ orderId: string; assignments: Record<string, Assignment> }[]>;
  ordersCount(): Promise<number | null>;

  /** Every level with all states, by bulk operation. */
  allLevels(onProgress: OnProgress): AsyncIterable<StorefrontLevel[]>;
  levelsChangedSince(since: string): AsyncIterable<StorefrontLevel[]>;
  levels(keys: { inventoryItemId: string; locationId: string }[]): Promise<StorefrontLevel[]>;
  /** Who changed the stock of items since an instant, whoever it was, the newest first and a thousand of fifty items at most. The storefront may know of the last minutes later. */
  adjustments(inventoryItemIds: readonly string[], since: string): Promise<AdjustmentsRead>;
  /** Where the storefront's own people read who changed an item's stock, also where this connection may not ask. Null where the item is not known. */
  inventoryHistoryUrl(inventoryItemId: string): Promise<string | null>;

  /**
   * Sets `available` of at most 250 levels in one call, all or none. `key` makes a repeated call with the same rows harmless for 24 hours. Throws
   * NetworkError or HttpError when the outcome is unknown.
   */
  setAvailable(write: { key: string; referenceUri: string; rows: readonly SetRow[] }): Promise<WriteResult>;
  /** Changes one state of at most 250 levels, all or none; as `setAvailable`. `reason` is one of Shopify's words. */
  adjust(write: { key: string; referenceUri: string; state: StockState; reason: string; rows: readonly AdjustRow[] }): Promise<WriteResult>;
  /** Begins to stock an item at a location, at zero. */
  activate(write: { key: string; inventoryItemId: string; locationId: string }): Promise<{ refused: string | null }>;

  transfer(id: string): Promise<StorefrontTransfer | null>;
  /** The transfer made with a tag; null where there is none. Keys are forgotten after a day: look here before a call without an answer is made again. */
  transferMadeBy(tag: string): Promise<StorefrontTransfer | null>;
  /** Made ready to ship: its units are reserved at the origin. */
  createTransfer(made: { key: string; tag: string; reference: string; fromLocationId: string; toLocationId: string; note: string; lines: readonly { inventoryItemId: string; quantity: number }[] }): Promise<TransferStep>;
  /** A shipment on its way: its units leave the origin and are incoming at the destination. Answers the shipment's id. */
  shipTransfer(made: { key: string; transferId: string; lines: readonly { inventoryItemId: string; quantity: number }[] }): Promise<TransferStep>;
  /** Units of its lines come into stock, or are not expected any more; the others stay on their way. */
  receiveShipment(made: { key: string; shipmentId: string; lines: readonly { lineId: string; accepted: number; rejected: number }[] }): Promise<TransferStep>;
  /** The units of items of a transfer of which nothing was shipped; what is reserved at the origin follows. */
  setTransferQuantities(made: { key: string; transferId: string; lines: readonly { inventoryItemId: string; quantity: number }[] }): Promise<TransferStep>;
  /** Takes lines off; one must stay. */
  removeTransferLines(made: { transferId: string; lineIds: readonly string[] }): Promise<TransferStep>;
  /** Possible until something was shipped. */
  cancelTransfer(id: string): Promise<TransferStep>;

  fulfilmentOrders(orderIds: string[]): Promise<FulfilmentOrder[]>;
  /** Orders with a fulfilment order that changed at or after an instant; such changes do not touch the order's own updatedAt. */
  ordersWithMovedWork(since: string): AsyncIterable<string[]>;
  fulfilments(orderId: string): Promise<Fulfilment[]>;
  /** Not idempotent: look in `fulfilments` for the tracking number before a call whose outcome was unknown is made again. */
  createFulfilment(made: NewFulfilment): Promise<{ fulfilment: Fulfilment } | { refused: string }>;
  returns(orderIds: string[]): Promise<StorefrontReturn[]>;
  /**
   * Says what became of goods that came back, all or none; answers every disposition of the lines named. `restocked` raises stock at its location. Not
   * idempotent: after a call whose outcome was unknown, look in `returns` at the dispositions before it is made again.
   */
  dispose(said: readonly NewDisposition[]): Promise<{ dispositions: StorefrontDisposition[] } | { refused: string }>;
  orderOfReturn(returnId: string): Promise<string | null>;
  /** Orders that changed at or after an instant and have returns. */
  ordersWithReturns(since: string): AsyncIterable<string[]>;

  /** Makes the webhook subscriptions what they should be; answers what was created, kept or removed. */
  ensureSubscriptions(address: (topic: string) => string): Promise<{ created: string[]; kept: string[]; removed: string[] }>;
}

/** Reading a webhook needs no connection to the shop. Throws `UnreadableWebhook` when the body is not what its topic promises. */
export interface WebhookReader {
  read(topic: string, body: Uint8Array): StorefrontEvent;
}

export class UnreadableWebhook extends Error {
  override name = 'UnreadableWebhook';
}
