/**
 * What we need of a storefront, in our words. Shopify's connector answers it; the sandbox answers the same connector over HTTP.
 * All ids are the storefront's own, as decimal strings. Streams are bounded in memory: one batch at a time.
 */
import type { StorefrontLevel, StorefrontLocation, StorefrontVariant, StorefrontVariantPatch } from '../domain/catalogue/storefront.ts';
import type { Assignment, OrderState } from '../domain/orders/order-state.ts';

export interface StorefrontShop { id: string; name: string; domain: string; currency: string; timeZone: string; createdAt: string | null; scopes: string[] }

/** What one webhook says, in our words. */
export type StorefrontEvent =
  | { type: 'order'; order: OrderState }
  | { type: 'level'; inventoryItemId: string; locationId: string; available: number | null; at: string }
  | { type: 'level disconnected'; inventoryItemId: string; locationId: string; at: string }
  | { type: 'routing'; fulfilmentOrderId: string }
  | { type: 'product'; productId: string; variants: StorefrontVariantPatch[]; updatedAt: string }
  | { type: 'product deleted'; productId: string }
  | { type: 'location'; location: StorefrontLocation }
  | { type: 'bulk finished'; operationId: string }
  | { type: 'uninstalled' }
  | { type: 'none'; reason: string };

export interface Progress { stage: string; done: number; total: number | null; bytes?: number }
export type OnProgress = (progress: Progress) => void;

export interface Storefront {
  shop(): Promise<StorefrontShop>;
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
  ordersChangedSince(since: string): AsyncIterable<{ orders: OrderState[]; through: string }>;
  /** Complete states of the given orders; unknown ids are absent from the answer. */
  ordersById(ids: string[]): Promise<OrderState[]>;
  /** Fulfilment orders of the given orders. */
  assignments(orderIds: string[]): Promise<{ orderId: string; assignments: Record<string, Assignment> }[]>;
  ordersCount(): Promise<number | null>;

  /** Every level with all states, by bulk operation. */
  allLevels(onProgress: OnProgress): AsyncIterable<StorefrontLevel[]>;
  levelsChangedSince(since: string): AsyncIterable<StorefrontLevel[]>;
  levels(keys: { inventoryItemId: string; locationId: string }[]): Promise<StorefrontLevel[]>;

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
