/**
 * What we need of a warehouse, in our words. Three connectors answer it: our REST with signed webhooks, CSV files over SFTP, and Tryton's JSON-RPC.
 *
 * SKUs are the warehouse's own codes; the mapping to items is ours. References and line references are made by us and come back as we gave them.
 * Quantities are whole units, not negative unless said; instants are ISO-8601 UTC with milliseconds. No buyer's name or address passes here.
 */

/** What inspection made of a returned unit. Only `sellable` raises stock that may be sold. */
export type Disposition = 'sellable' | 'damaged' | 'quarantine' | 'scrap';
export const DISPOSITIONS: readonly Disposition[] = ['sellable', 'damaged', 'quarantine', 'scrap'];

/** What stands on the shelf of one SKU at an instant, `unsellable` (damaged, quarantine) among `onHand`. Replaces everything the warehouse said of the SKU up to and including `at`. */
export interface StockCountFact { type: 'stock'; sku: string; onHand: number; unsellable: number; at: string }

interface Document {
  /** The warehouse's own id of the document, unique within its type: hearing it twice is hearing it once. */
  id: string;
  at: string;
}
/** A change for any other reason than the documents below (damage, loss, found, correction); signed units. */
export interface StockChangeFact extends Document { type: 'change'; sku: string; onHandChange: number; unsellableChange: number; reason: string }
/** The warehouse has the order and will pick it. */
export interface AcknowledgementFact extends Document { type: 'acknowledged'; reference: string; warehouseReference: string }
/** The warehouse cannot or will not pick the order (or this version of it). */
export interface RefusalFact extends Document { type: 'refused'; reference: string; reason: string }
export interface FactLine {
  /** Ours, as sent with the order; null when the warehouse only names the SKU. */
  lineReference: string | null;
  sku: string;
  quantity: number;
}
export interface Parcel { number: string | null; carrier: string | null; url: string | null }
/** Goods left the building. `at` is when they left: they are out of the warehouse's on hand from then on. */
export interface ShipmentFact extends Document { type: 'shipment'; reference: string; lines: FactLine[]; parcels: Parcel[] }
/** Goods came back to the door, not yet looked at. They are not part of on hand until inspected. */
export interface ReturnReceivedFact extends Document { type: 'return received'; reference: string; lines: FactLine[] }
/** Inspected: `sellable` and `damaged`/`quarantine` units join on hand (the latter two as unsellable), `scrap` does not. */
export interface ReturnInspectedFact extends Document { type: 'return inspected'; reference: string; lines: (FactLine & { disposition: Disposition })[] }
/** Goods of a purchase order or transfer came in and were put away; `damaged` are among `quantity` and join on hand as unsellable. */
export interface GoodsReceivedFact extends Document { type: 'goods received'; reference: string; lines: (FactLine & { damaged: number })[] }

export type WarehouseDocument = StockChangeFact | AcknowledgementFact | RefusalFact | ShipmentFact | ReturnReceivedFact | ReturnInspectedFact | GoodsReceivedFact;
export type WarehouseFact = StockCountFact | WarehouseDocument;

/** A row or message that could not be read: where (file and line, or message id), which field, and the row as it came. The rest goes on. */
export interface WarehouseReject { where: string; field: string | null; message: string; raw: string }

export interface WarehouseBatch {
  facts: WarehouseFact[];
  rejects: WarehouseReject[];
  /** Where to go on once this batch is stored; opaque. */
  cursor: string;
}

export interface WarehouseOrderLine { lineReference: string; sku: string; quantity: number }
export interface WarehouseOrder {
  /** Ours; the same for every version of the order at this warehouse. */
  reference: string;
  /** The shop's order name, for people (`#1042`). */
  orderName: string;
  /** Grows by one with every change of the lines. */
  version: number;
  placedAt: string;
  /** Component lines: bundles are already exploded. Never empty; an order without lines is cancelled instead. */
  lines: WarehouseOrderLine[];
}

/** An announced return: what to expect at the door. */
export interface WarehouseReturn { reference: string; orderReference: string; lines: WarehouseOrderLine[] }

export interface KnownOrder { warehouseReference: string; version: number; state: 'open' | 'shipped in part' | 'shipped' | 'cancelled' }

/**
 * A definite no of the warehouse, with its reason: nothing was done and trying again will not help. Everything else that goes wrong on the way
 * (`NetworkError`, `HttpError`) leaves the outcome unknown: the flow looks with `findOrder` before it sends again.
 */
export class WarehouseRefused extends Error { override name = 'WarehouseRefused'; }

export interface Warehouse {
  /** A read that proves the connection works. Throws with what to do when it does not. */
  check(): Promise<{ detail: string }>;

  /**
   * What the warehouse said since `cursor` (null: everything it still has), oldest first, in batches of at most 1,000 facts. Documents may come
   * again; counts may come late. A connector that is told by webhook alone answers nothing here.
   */
  facts(cursor: string | null): AsyncIterable<WarehouseBatch>;
  /** The batch up to `cursor` is stored: files may be put away, rejects reported back. Safe to call twice. */
  stored(cursor: string, rejects: readonly WarehouseReject[]): Promise<void>;
  /** Counts of every SKU, for a full comparison. */
  stock(): AsyncIterable<{ counts: StockCountFact[]; rejects: WarehouseReject[] }>;

  /** What the warehouse has under our reference, or null. */
  findOrder(reference: string): Promise<KnownOrder | null>;
  /**
   * Makes the order at the warehouse what it is here: created when unknown, changed when the version is newer. Never makes a second one: the connector
   * looks by reference first where the other side has no idempotency of its own. Answers `too late` when it has already left.
   */
  placeOrder(order: WarehouseOrder): Promise<{ warehouseReference: string; outcome: 'created' | 'changed' | 'known' | 'too late' }>;
  /** Cancels what is not shipped. Unknown references count as cancelled. */
  cancelOrder(reference: string): Promise<'cancelled' | 'too late'>;
  announceReturn(announced: WarehouseReturn): Promise<void>;
  close(): Promise<void>;
}

/** Reads a message the warehouse sent to us (its signature already verified). Throws `UnreadableMessage` when nothing of it can be read. */
export interface WarehouseReader {
  read(body: Uint8Array, messageId: string): { facts: WarehouseFact[]; rejects: WarehouseReject[] };
}
export class UnreadableMessage extends Error { override name = 'UnreadableMessage'; }

export const WAREHOUSE_CONNECTORS = ['warehouse-rest', 'warehouse-files', 'tryton'] as const;
export type WarehouseConnector = (typeof WAREHOUSE_CONNECTORS)[number];
