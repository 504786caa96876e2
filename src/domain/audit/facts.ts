/**
 * What an audit looks at: a shop as it was read, and what Instep's own database knows of it, if there is one. Plain values, gathered by flows/audit.ts;
 * a part that could not be read is named in `unread` with the reason, and its checks say so instead of finding nothing.
 * Quantities are whole units, money is minor units of the shop's currency, ids are the storefront's own.
 */
import type { StorefrontLocation, StorefrontVariant } from '../catalogue/storefront.ts';

export type Part = 'locations' | 'variants' | 'levels' | 'orders' | 'returns';

export interface AuditLevel { inventoryItemId: string; locationId: string; onHand: number; available: number; /** When available, or the level as a whole, last changed. */ changedAt: string }

/** Units of one order line that are neither fulfilled nor given up. */
export interface OpenLine { orderId: string; orderName: string; processedAt: string; variantId: string | null; title: string; units: number; price: number; held: boolean }
/** Units put back to stock by a refund. `hasReturn`: a return of that order says that goods came back. */
export interface Restock { orderId: string; orderName: string; at: string; variantId: string | null; title: string; units: number; price: number; locationId: string | null; hasReturn: boolean }
/** What was sold of a variant: units, days with a sale, first and last of them (YYYY-MM-DD). */
export interface Sold { units: number; days: number; first: string; last: string }

export interface OrderFacts {
  read: number;
  /** Day of the oldest order that could be read; null when there is none. */
  from: string | null;
  open: readonly OpenLine[];
  restocks: readonly Restock[];
  /** Refunded orders looked at for restocks; the newest, when there are very many. */
  refundsRead: number;
  sold: ReadonlyMap<string, Sold>;
}

/** What only the database knows. */
export interface OwnFacts {
  /** Renames of SKUs that nobody has accepted. */
  renames: readonly { variantId: string; title: string; from: string; to: string; at: string }[];
  skus: number;
  webhooks: { heardAt: string | null; lastChangeAt: string | null; deadLetters: number; faults: readonly { kind: string; sentence: string; since: string }[] };
  /** Locations of the shop, and whether Instep knows who is right about each. */
  locations: readonly { locationId: string; known: boolean; served: string | null }[];
  /** Warehouse codes with units on the shelf, and those nobody matched. */
  codes: { counted: number; unmatched: readonly { warehouse: string; code: string; units: number }[] };
  /** Levels whose last observation by Instep is this old or older than what Shopify shows. */
  levels: { counted: number; stale: readonly { itemId: number; sku: string | null; title: string; location: string; units: number; seenAt: string }[] };
}

export interface AuditFacts {
  at: string;
  shop: { domain: string; name: string; currency: string; timeZone: string; createdAt: string | null };
  scopes: readonly string[];
  /** What the connection must be able to do, and what for. */
  wanted: readonly { scope: string; why: string }[];
  versionFault: string | null;
  locations: readonly StorefrontLocation[];
  variants: readonly StorefrontVariant[];
  levels: readonly AuditLevel[];
  orders: OrderFacts;
  own: OwnFacts | null;
  unread: Readonly<Partial<Record<Part, string>>>;
}
