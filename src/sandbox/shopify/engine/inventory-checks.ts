/** What every stock write is checked for before anything changes: names, reasons, documents, places. */
import type { Shop } from '../state.ts';
import type { UserError } from './action.ts';

/** ±1,000,000,000 for an absolute quantity; deltas may be twice that (reference §1.3). */
export const QUANTITY_LIMIT = 1_000_000_000;

/** The documented reasons; Shopify keeps the list in its docs, not in the schema (reference §1.3). */
export const REASONS: ReadonlySet<string> = new Set([
  'correction', 'cycle_count_available', 'damaged', 'movement_created', 'movement_updated', 'movement_received', 'movement_canceled', 'other', 'promotion',
  'quality_control', 'received', 'reservation_created', 'reservation_updated', 'reservation_deleted', 'restock', 'safety_stock', 'shrinkage',
]);

const SET_NAMES: ReadonlySet<string> = new Set(['available', 'on_hand']);
/** `committed` belongs to the order engine and on_hand is derived: neither can be adjusted or moved. */
export const ADJUST_NAMES: ReadonlySet<string> = new Set(['available', 'damaged', 'incoming', 'quality_control', 'reserved', 'safety_stock']);

const isUri = (text: string) => /^[a-z][a-z0-9+.-]*:\S+$/i.test(text);

export function checkHeader(input: { name?: string; reason: string; referenceDocumentUri?: string | null }, call: 'set' | 'adjust' | 'move'): UserError[] {
  const errors: UserError[] = [];
  if (call === 'set' && !SET_NAMES.has(input.name ?? '')) {
    errors.push({ code: 'INVALID_NAME', field: ['input', 'name'], message: 'The quantity name must be either \'available\' or \'on_hand\'.' });
  }
  if (call === 'adjust' && !ADJUST_NAMES.has(input.name ?? '')) {
    errors.push({ code: 'INVALID_QUANTITY_NAME', field: ['input', 'name'], message: 'The specified quantity name is invalid.' });
  }
  if (!REASONS.has(input.reason)) errors.push({ code: 'INVALID_REASON', field: ['input', 'reason'], message: 'The specified reason is invalid.' });
  const uri = input.referenceDocumentUri;
  if (uri == null ? call === 'move' : !isUri(uri)) {
    errors.push({ code: 'INVALID_REFERENCE_DOCUMENT', field: ['input', 'referenceDocumentUri'], message: 'The specified reference document is invalid.' });
  }
  return errors;
}

/** Item and location exist, and the item's stock is its own (not computed from components). */
export function checkPlace(
  shop: Shop, place: { inventoryItemId: string; locationId: string }, path: string[], locationPath: string[] = [...path, 'locationId'],
): UserError | null {
  const variant = shop.variantOfItem(place.inventoryItemId);
  if (!variant) {
    return { code: 'INVALID_INVENTORY_ITEM', field: [...path, 'inventoryItemId'], message: 'The specified inventory item could not be found.' };
  }
  if (variant.components.length > 0) {
    return {
      code: 'NON_MUTABLE_INVENTORY_ITEM', field: [...path, 'inventoryItemId'],
      message: 'The specified inventory item is not allowed to be adjusted via API. Example: if the inventory item is a parent bundle.',
    };
  }
  if (!shop.tables.locations.get(place.locationId)?.isActive) {
    return { code: 'INVALID_LOCATION', field: locationPath, message: 'The specified location could not be found.' };
  }
  return null;
}

/** Every state but `available` names the ledger entry it belongs to; `available` must not; Shopify's own ledgers are read-only. */
export function checkLedger(name: string, uri: string | null | undefined, path: string[]): UserError | null {
  const field = [...path, 'ledgerDocumentUri'];
  if (name === 'available') {
    return uri == null ? null : { code: 'INVALID_AVAILABLE_DOCUMENT', field, message: 'A ledger document URI is not allowed when adjusting available.' };
  }
  if (uri == null) return { code: 'INVALID_QUANTITY_DOCUMENT', field, message: 'A ledger document URI is required except when adjusting available.' };
  if (uri.startsWith('gid://shopify/')) return { code: 'INTERNAL_LEDGER_DOCUMENT', field, message: 'Internal (gid://shopify/) ledger documents are not allowed to be adjusted via API.' };
  return isUri(uri) ? null : { code: 'INVALID_LEDGER_DOCUMENT', field, message: 'The specified ledger document is invalid.' };
}
