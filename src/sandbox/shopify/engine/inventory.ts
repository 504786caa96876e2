/**
 * Stock writes by apps and staff. Rules: reference shopify.md §1.2 and §1.3, recorded behaviour in pain-points.md.
 * A call is all or nothing. Ids are decimal strings. Setting a quantity to what it already is succeeds without a group, a change or an event.
 */
import type { LevelRecord, QuantityName, Shop, Writer } from '../state.ts';
import { act, Refusal, refuse, type Action, type UserError } from './action.ts';
import { OWN_APP } from './actors.ts';
import { changeLevel, ensureLevel, levelKey, onHand, quantityAt } from './levels.ts';
import { staleByFault } from './stale-compares.ts';
import { ADJUST_NAMES, checkHeader, checkLedger, checkPlace, QUANTITY_LIMIT } from './inventory-checks.ts';

export interface InventoryChange {
  name: string; delta: number; /** null in every recorded reply of Shopify */ quantityAfterChange: number | null;
  inventoryItemId: string; locationId: string; ledgerDocumentUri: string | null;
}
export interface AdjustmentGroup { id: string; reason: string; createdAt: string; referenceDocumentUri: string | null; changes: InventoryChange[]; by?: Writer }
export interface InventoryOutcome { group: AdjustmentGroup | null; level?: LevelRecord; userErrors: UserError[] }
/** `by` signs the write: the API's own app unless another cause is named; `at` back-dates it (history only). */
export interface WriteOptions { cause?: string; by?: Writer; at?: string }

export interface SetQuantitiesInput {
  name: string; reason: string; referenceDocumentUri?: string | null;
  quantities: { inventoryItemId: string; locationId: string; quantity: number; /** null or absent: no comparison */ changeFromQuantity?: number | null }[];
}
export interface AdjustQuantitiesInput {
  name: string; reason: string; referenceDocumentUri?: string | null;
  changes: { inventoryItemId: string; locationId: string; delta: number; ledgerDocumentUri?: string | null; changeFromQuantity?: number | null }[];
}
export interface MoveTerminal { name: string; locationId: string; ledgerDocumentUri?: string | null; changeFromQuantity?: number | null }
export interface MoveQuantitiesInput {
  reason: string; referenceDocumentUri?: string | null;
  changes: { inventoryItemId: string; quantity: number; from: MoveTerminal; to: MoveTerminal }[];
}

/** inventorySetQuantities: absolute `available` or `on_hand` (which moves `available` by the difference). */
export function setQuantities(shop: Shop, input: SetQuantitiesInput, options: WriteOptions = {}): InventoryOutcome {
  return write(shop, 'app:inventorySetQuantities', options, input, (action, changes) => {
    const errors = checkHeader(input, 'set');
    const byFault = staleByFault(shop, input.quantities.map((row) => row.changeFromQuantity));
    const rowsOf = Map.groupBy(input.quantities, (row) => levelKey(row.inventoryItemId, row.locationId));
    input.quantities.forEach((row, index) => {
      const path = ['input', 'quantities', String(index)];
      const fault = checkPlace(shop, row, path)
        ?? ((rowsOf.get(levelKey(row.inventoryItemId, row.locationId))?.length ?? 0) > 1
          ? { code: 'NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR', field: path, message: 'The combination of inventoryItemId and locationId must be unique.' } : null)
        ?? quantityFault(row.quantity, input.name, [...path, 'quantity'])
        ?? (errors.length === 0 ? stale(shop, row, input.name as QuantityName | 'on_hand', [...path, 'changeFromQuantity'], byFault) : null);
      if (fault) errors.push(fault);
    });
    if (errors.length > 0) throw new Refusal(errors);
    for (const row of input.quantities) {
      const delta = row.quantity - quantityAt(shop, row.inventoryItemId, row.locationId, input.name as QuantityName | 'on_hand');
      apply(action, changes, row, [{ name: 'available', delta, ledgerDocumentUri: null }], input);
    }
  });
}

/** inventoryAdjustQuantities: signed deltas to one state. */
export function adjustQuantities(shop: Shop, input: AdjustQuantitiesInput, options: WriteOptions = {}): InventoryOutcome {
  return write(shop, 'app:inventoryAdjustQuantities', options, input, (action, changes) => {
    const errors = checkHeader(input, 'adjust');
    const byFault = staleByFault(shop, input.changes.map((row) => row.changeFromQuantity));
    const ledgers = new Set(input.changes.flatMap((row) => row.ledgerDocumentUri ? [row.ledgerDocumentUri] : []));
    if (ledgers.size > 1) errors.push({ code: 'MAX_ONE_LEDGER_DOCUMENT', field: ['input', 'changes'], message: 'All changes must have the same ledger document URI.' });
    input.changes.forEach((row, index) => {
      const path = ['input', 'changes', String(index)];
      const fault = checkPlace(shop, row, path) ?? checkLedger(input.name, row.ledgerDocumentUri, path)
        ?? (row.delta > 2 * QUANTITY_LIMIT ? { code: 'INVALID_QUANTITY_TOO_HIGH', field: [...path, 'delta'], message: "The quantity can't be higher than 2,000,000,000." } : null)
        ?? (row.delta < -2 * QUANTITY_LIMIT ? { code: 'INVALID_QUANTITY_TOO_LOW', field: [...path, 'delta'], message: "The quantity can't be lower than -2,000,000,000." } : null);
      if (fault) errors.push(fault);
    });
    if (errors.length > 0) throw new Refusal(errors);
    const name = input.name as QuantityName;
    input.changes.forEach((row, index) => {
      // Rows of one call may name a level twice: each compares with what the rows before it left.
      const fault = stale(shop, row, name, ['input', 'changes', String(index), 'changeFromQuantity'], byFault);
      if (fault) errors.push(fault);
      else apply(action, changes, row, [{ name, delta: row.delta, ledgerDocumentUri: row.ledgerDocumentUri ?? null }], input);
    });
    if (errors.length > 0) throw new Refusal(errors);
  });
}

/** inventoryMoveQuantities: units from one state to another at the same location. */
export function moveQuantities(shop: Shop, input: MoveQuantitiesInput, options: WriteOptions = {}): InventoryOutcome {
  return write(shop, 'app:inventoryMoveQuantities', options, input, (action, changes) => {
    const errors = checkHeader(input, 'move');
    const byFault = staleByFault(shop, input.changes.flatMap((row) => [row.from.changeFromQuantity, row.to.changeFromQuantity]));
    const ledgers = new Set(input.changes.flatMap(({ from, to }) => [from, to].flatMap((end) => end.ledgerDocumentUri ? [end.ledgerDocumentUri] : [])));
    if (ledgers.size > 2) errors.push({ code: 'MAXIMUM_LEDGER_DOCUMENT_URIS', field: ['input', 'changes'], message: 'At most two ledger document URIs are allowed.' });
    input.changes.forEach((row, index) => {
      const path = ['input', 'changes', String(index)];
      const fault = moveFault(shop, row, path);
      if (fault) errors.push(fault);
    });
    if (errors.length > 0) throw new Refusal(errors);
    input.changes.forEach((row, index) => {
      const ends = [['from', row.from, -row.quantity], ['to', row.to, row.quantity]] as const;
      for (const [side, end] of ends) {
        const fault = stale(shop, { ...end, inventoryItemId: row.inventoryItemId }, end.name as QuantityName, ['input', 'changes', String(index), side, 'changeFromQuantity'], byFault);
        if (fault) errors.push(fault);
      }
      apply(action, changes, { inventoryItemId: row.inventoryItemId, locationId: row.from.locationId },
        ends.map(([, end, delta]) => ({ name: end.name as QuantityName, delta, ledgerDocumentUri: end.ledgerDocumentUri ?? null })), input);
    });
    if (errors.length > 0) throw new Refusal(errors);
  });
}

/** inventoryActivate: stocks an item at a location. A level that was deactivated returns with its old quantities, not with zero (trap 25). */
export function activate(shop: Shop, input: { inventoryItemId: string; locationId: string; available?: number | null; onHand?: number | null }, options: WriteOptions = {}): InventoryOutcome {
  let level: LevelRecord | undefined;
  const outcome = write(shop, 'app:inventoryActivate', options, { reason: 'correction' }, (action, changes) => {
    const fault = checkPlace(shop, input, []);
    if (fault) refuse(fault.field, fault.message);
    if (input.available != null && input.onHand != null) refuse(null, 'Cannot set both available and onHand quantities.');
    if ((input.onHand ?? 0) < 0) refuse(['onHand'], "The onHand quantity can't be negative.");
    const found = shop.tables.levels.get(levelKey(input.inventoryItemId, input.locationId));
    if (found?.isActive && (input.available != null || input.onHand != null)) {
      refuse([input.available != null ? 'available' : 'onHand'], 'Not allowed to set available quantity when the item is already active at the location.');
    }
    level = ensureLevel(action, input.inventoryItemId, input.locationId);
    const delta = input.available != null ? input.available - level.quantities.available : input.onHand != null ? input.onHand - onHand(level.quantities) : 0;
    apply(action, changes, input, [{ name: 'available', delta, ledgerDocumentUri: null }], { reason: 'correction' });
    level = shop.tables.levels.get(level.id);
  });
  // A plain UserError: this mutation has no codes.
  return outcome.userErrors.length > 0 ? outcome : { ...outcome, ...(level ? { level } : {}) };
}

/** What a hand edit says: an absolute `available` or `on_hand`, or a signed change of any state but `committed`. */
export interface HandEdit {
  inventoryItemId: string; locationId: string; reason?: string;
  available?: number; onHand?: number; change?: { name: QuantityName; delta: number };
}

/** Stock typed into the Shopify admin, or written by another app: no comparison, no key, no ledger to name. `by` says whose hand it was. */
export function editByHand(shop: Shop, input: HandEdit, options: WriteOptions = {}): InventoryOutcome {
  const reason = input.reason ?? 'correction';
  return write(shop, 'admin', { cause: 'admin', ...options }, { reason }, (action, changes) => {
    const fault = checkPlace(shop, input, []);
    if (fault) refuse(fault.field, fault.message, fault.code);
    const { change } = input;
    const deltas: StateDelta[] = change !== undefined ? [{ ...change, ledgerDocumentUri: null }]
      : [{ name: 'available', ledgerDocumentUri: null, delta: input.available !== undefined
        ? input.available - quantityAt(shop, input.inventoryItemId, input.locationId, 'available') : (input.onHand ?? 0) - quantityAt(shop, input.inventoryItemId, input.locationId, 'on_hand') }];
    apply(action, changes, input, deltas, { reason });
  });
}

/** A staff member types a new `available` into the Shopify admin. */
export function adminEdit(shop: Shop, input: { inventoryItemId: string; locationId: string; available: number; reason?: string }, options: WriteOptions = {}): InventoryOutcome {
  return editByHand(shop, input, options);
}

function write(
  shop: Shop, cause: string, options: WriteOptions, input: { reason: string; referenceDocumentUri?: string | null },
  work: (action: Action, changes: InventoryChange[]) => void,
): InventoryOutcome {
  return act<InventoryOutcome>(shop, options.cause ?? cause, options.at, (action) => {
    const changes: InventoryChange[] = [];
    const id = shop.nextId('InventoryAdjustmentGroup');
    const by = options.by ?? (options.cause === undefined ? { app: OWN_APP } : undefined);
    if (by !== undefined) action.signed = { by, groupId: id };
    work(action, changes);
    const group = changes.length === 0 ? null : {
      id, reason: input.reason, createdAt: action.at, referenceDocumentUri: input.referenceDocumentUri ?? null, changes, ...(by === undefined ? {} : { by }),
    };
    return { group, userErrors: [] };
  }, (userErrors) => ({ group: null, userErrors }));
}

interface StateDelta { name: QuantityName; delta: number; ledgerDocumentUri: string | null }

/** Applies one row; a changed on_hand is a change row of its own (recorded: an available delta answers two rows, an incoming delta one). */
function apply(
  action: Action, changes: InventoryChange[], place: { inventoryItemId: string; locationId: string }, deltas: StateDelta[],
  why: { reason: string; referenceDocumentUri?: string | null },
): void {
  const { inventoryItemId, locationId } = place;
  const before = quantityAt(action.shop, inventoryItemId, locationId, 'on_hand');
  ensureLevel(action, inventoryItemId, locationId);
  for (const { name, delta, ledgerDocumentUri } of deltas) {
    if (delta === 0) continue;
    changeLevel(action, inventoryItemId, locationId, { [name]: delta }, { reason: why.reason, referenceDocumentUri: why.referenceDocumentUri ?? null, ledgerDocumentUri });
    changes.push({ name, delta, quantityAfterChange: null, inventoryItemId, locationId, ledgerDocumentUri });
  }
  const delta = quantityAt(action.shop, inventoryItemId, locationId, 'on_hand') - before;
  if (delta !== 0) changes.push({ name: 'on_hand', delta, quantityAfterChange: null, inventoryItemId, locationId, ledgerDocumentUri: null });
}

function stale(
  shop: Shop, row: { inventoryItemId: string; locationId: string; changeFromQuantity?: number | null }, name: QuantityName | 'on_hand', field: string[], byFault: boolean,
): UserError | null {
  if (row.changeFromQuantity == null || (!byFault && row.changeFromQuantity === quantityAt(shop, row.inventoryItemId, row.locationId, name))) return null;
  return { code: 'CHANGE_FROM_QUANTITY_STALE', field, message: 'The changeFromQuantity value does not match the current quantity.' };
}

function quantityFault(quantity: number, name: string, field: string[]): UserError | null {
  if (name === 'on_hand' && quantity < 0) return { code: 'INVALID_QUANTITY_NEGATIVE', field, message: "The quantity can't be negative." };
  if (quantity > QUANTITY_LIMIT) return { code: 'INVALID_QUANTITY_TOO_HIGH', field, message: "The quantity can't be higher than 1,000,000,000." };
  if (quantity < -QUANTITY_LIMIT) return { code: 'INVALID_QUANTITY_TOO_LOW', field, message: "The quantity can't be lower than -1,000,000,000." };
  return null;
}

function moveFault(shop: Shop, row: MoveQuantitiesInput['changes'][number], path: string[]): UserError | null {
  if (row.quantity < 0) return { code: 'INVALID_QUANTITY_NEGATIVE', field: [...path, 'quantity'], message: "The quantity can't be negative." };
  if (row.quantity > 2 * QUANTITY_LIMIT) return { code: 'INVALID_QUANTITY_TOO_HIGH', field: [...path, 'quantity'], message: "The quantity can't be higher than 2,000,000,000." };
  for (const side of ['from', 'to'] as const) {
    const end = row[side];
    if (!ADJUST_NAMES.has(end.name)) {
      return { code: 'INVALID_QUANTITY_NAME', field: [...path, side, 'name'], message: 'The specified quantity name is invalid.' };
    }
    const fault = checkPlace(shop, { inventoryItemId: row.inventoryItemId, locationId: end.locationId }, path, [...path, side, 'locationId'])
      ?? checkLedger(end.name, end.ledgerDocumentUri, [...path, side]);
    if (fault) return fault;
  }
  if (row.from.locationId !== row.to.locationId) return { code: 'DIFFERENT_LOCATIONS', field: path, message: 'The quantities must be moved at one location.' };
  if (row.from.name === row.to.name) return { code: 'SAME_QUANTITY_NAME', field: path, message: 'The quantity names of the move must differ.' };
  return null;
}
