/**
 * Accounts, facts and movements: the words of the ledger.
 *
 * A fact says "this much has gone from here to there because of that", as a total, not as a step. Posting a fact moves the difference
 * between its quantity and what was posted for it before: hearing it twice moves nothing, and a fact that changes (a fulfilment order
 * moved, an edit taken back) is followed by the difference under the next revision. Movements are never edited.
 */

export type StockState = 'available' | 'committed' | 'reserved' | 'damaged' | 'safety_stock' | 'quality_control' | 'incoming';
/** `warehouse` is the authority whose count a push follows. */
export type Party = 'supplier' | 'customer' | 'shrinkage' | 'opening' | 'warehouse' | 'unknown';

/** Shopify's states in the order of its own sum: on hand = all of these but incoming. */
export const ON_HAND_STATES: readonly StockState[] = ['available', 'committed', 'reserved', 'damaged', 'safety_stock', 'quality_control'];
export const STOCK_STATES: readonly StockState[] = [...ON_HAND_STATES, 'incoming'];

/** Location 0 is the outside: the state then names a party. */
export interface Account { locationId: number; state: StockState | Party }

export type MovementKind =
  | 'opening' | 'order committed' | 'fulfilled' | 'released without restock' | 'returned to stock' | 'restocked elsewhere'
  | 'storefront edit' | 'opening corrected' | 'stock push' | 'ghost restock reversed' | 'return accepted' | 'goods received' | 'counted' | 'drift accepted' | 'ordered';

export interface Fact {
  /** The unique cause, e.g. `shopify:refund/881:line/2`. */
  fact: string;
  kind: MovementKind;
  itemId: number;
  from: Account;
  to: Account;
  /** Whole units in all; zero takes back what was posted. */
  quantity: number;
  occurredAt: string;
  /** What told us: `webhook:<id>`, `bulk`, `read`, `drift-check`. */
  source: string;
}

export const outside = (party: Party): Account => ({ locationId: 0, state: party });
export const at = (locationId: number, state: StockState): Account => ({ locationId, state });
