/**
 * Transfers between locations: a draft reserves nothing, a ready one takes its units from available to reserved at the origin, a cancelled one
 * gives them back (recorded behaviour 8; reference §1.2, §9). Shipments carry them away (shipments.ts).
 */
import type { LocationSnapshotRecord, Shop, TransferRecord } from '../state.ts';
import { act, refuse, type Action, type UserError } from './action.ts';
import { changeLevel, levelKey } from './levels.ts';
import { ledgerOf, lineFigures, shipmentsOf } from './transfer-figures.ts';
import { itemList, transferPayload } from './transfer-payloads.ts';

export interface TransferItem { inventoryItemId: string; quantity: number }
export interface TransferInput {
  originId?: string | null; destinationId?: string | null; items: readonly TransferItem[];
  note?: string | null; referenceName?: string | null; tags?: readonly string[]; dateCreated?: string | null; at?: string;
}
export interface LineUpdate { inventoryItemId: string; newQuantity: number; deltaQuantity: number }
export interface TransferOutcome { transfer: TransferRecord | null; updates?: LineUpdate[]; userErrors: UserError[] }

const nextName = (shop: Shop): string => `#T${String(shop.tables.transfers.size + 1).padStart(4, '0')}`;

function snapshot(shop: Shop, id: string | null | undefined, field: string[], at: string): LocationSnapshotRecord | null {
  if (id == null) return null;
  const location = shop.tables.locations.get(id);
  if (!location || location.deletedAt) return refuse(field, "The location selected can't be found.", 'LOCATION_NOT_FOUND');
  if (!location.isActive) return refuse(field, 'The location selected is not active.', 'LOCATION_NOT_ACTIVE');
  return { locationId: id, name: location.name, countryCode: location.countryCode, at };
}

/** Items may be moved at all, each once, in whole units, from where they are stocked. @throws Refusal */
function checkItems(shop: Shop, items: readonly TransferItem[], originId: string | null, least: number, field: string[]): void {
  const seen = new Set<string>();
  items.forEach(({ inventoryItemId, quantity }, index) => {
    const path = [...field, String(index)];
    const variant = shop.variantOfItem(inventoryItemId);
    if (!variant || variant.deletedAt !== null) return refuse([...path, 'inventoryItemId'], 'The item was not found.', 'ITEM_NOT_FOUND');
    if (seen.has(inventoryItemId)) return refuse([...path, 'inventoryItemId'], "A single item can't be listed twice.", 'DUPLICATE_ITEM');
    seen.add(inventoryItemId);
    if (variant.components.length > 0) return refuse([...path, 'inventoryItemId'], 'Bundled items cannot be used for this operation.', 'BUNDLED_ITEM');
    if (!shop.tables.inventoryItems.get(inventoryItemId)?.tracked) return refuse([...path, 'inventoryItemId'], 'The item does not track inventory.', 'UNTRACKED_ITEM');
    if (!Number.isSafeInteger(quantity) || quantity < least) return refuse([...path, 'quantity'], 'The quantity is invalid.', 'INVALID_QUANTITY');
    if (originId !== null && !shop.tables.levels.get(levelKey(inventoryItemId, originId))?.isActive) return refuse([...path, 'inventoryItemId'], 'The item is not stocked at the intended location.', 'INVENTORY_STATE_NOT_ACTIVE');
  });
}

/** inventoryTransferCreate: a draft; its places may still be open. */
export function createTransfer(shop: Shop, input: TransferInput): TransferOutcome {
  return make(shop, input, 0, (_action, transfer) => transfer);
}

/** inventoryTransferCreateAsReadyToShip: both places known, something to move, reserved at once. */
export function createReadyTransfer(shop: Shop, input: TransferInput): TransferOutcome {
  return make(shop, input, 1, (action, transfer) => makeReady(action, transfer, ['input']));
}

function make(shop: Shop, input: TransferInput, least: number, finish: (action: Action, transfer: TransferRecord) => TransferRecord): TransferOutcome {
  const id = shop.nextId('InventoryTransfer');
  return act<TransferOutcome>(shop, `transfer/${id}`, input.at, (action) => {
    const origin = snapshot(shop, input.originId, ['input', 'originLocationId'], action.at);
    const destination = snapshot(shop, input.destinationId, ['input', 'destinationLocationId'], action.at);
    if (origin !== null && origin.locationId === destination?.locationId) {
      return refuse(['input', 'destinationLocationId'], 'The origin location cannot be the same as the destination location.', 'TRANSFER_ORIGIN_CANNOT_BE_THE_SAME_AS_DESTINATION');
    }
    checkItems(shop, input.items, origin?.locationId ?? null, least, ['input', 'lineItems']);
    const transfer = finish(action, {
      id, name: nextName(shop), status: 'DRAFT', origin, destination, note: input.note ?? null, referenceName: input.referenceName ?? null, tags: [...input.tags ?? []], createdAt: input.dateCreated ?? action.at,
      lines: input.items.map(({ inventoryItemId, quantity }) => ({ id: shop.nextId('InventoryTransferLineItem'), inventoryItemId, totalQuantity: quantity })),
    });
    shop.put('transfers', transfer);
    return { transfer, userErrors: [] };
  }, (userErrors) => ({ transfer: null, userErrors }));
}

/** Runs `change` on a transfer in one of the `from` states. */
function onTransfer(shop: Shop, id: string, from: readonly TransferRecord['status'][], at: string | undefined, field: string[], change: (action: Action, transfer: TransferRecord) => { transfer: TransferRecord; updates?: LineUpdate[] }): TransferOutcome {
  return act<TransferOutcome>(shop, `transfer/${id}`, at, (action) => {
    const found = shop.tables.transfers.get(id);
    if (!found) return refuse(field, 'The transfer was not found.', 'TRANSFER_NOT_FOUND');
    if (!from.includes(found.status)) return refuse(field, 'Current transfer status does not support this operation.', 'INVALID_TRANSFER_STATUS');
    const outcome = change(action, found);
    shop.put('transfers', outcome.transfer);
    return { ...outcome, userErrors: [] };
  }, (userErrors) => ({ transfer: null, userErrors }));
}

/** Moves units of a transfer between available and reserved at its origin. */
function reserve(action: Action, transfer: TransferRecord, inventoryItemId: string, units: number, reason: string): void {
  if (transfer.origin === null || units === 0) return;
  changeLevel(action, inventoryItemId, transfer.origin.locationId, { available: -units, reserved: units }, { reason, ledgerDocumentUri: ledgerOf(transfer), asItIs: true });
}

function makeReady(action: Action, transfer: TransferRecord, field: string[]): TransferRecord {
  const { shop } = action;
  if (transfer.origin === null || transfer.destination === null) return refuse(field, 'A location is required for this operation.', 'LOCATION_REQUIRED');
  for (const place of [transfer.origin, transfer.destination]) snapshot(shop, place.locationId, field, action.at);
  if (transfer.lines.length === 0) return refuse(field, 'The list of line items is empty.', 'ITEMS_EMPTY');
  if (transfer.lines.some((line) => line.totalQuantity <= 0 || shop.variantOfItem(line.inventoryItemId)?.deletedAt !== null)) return refuse(field, 'One or more items are not valid.', 'INVALID_ITEM');
  for (const line of transfer.lines) reserve(action, transfer, line.inventoryItemId, line.totalQuantity, 'movement_created');
  const ready: TransferRecord = { ...transfer, status: 'READY_TO_SHIP' };
  const items = ready.lines.map((line) => ({ inventoryItemId: line.inventoryItemId, quantity: line.totalQuantity }));
  shop.emit('inventory_transfers/ready_to_ship', transferPayload(shop, ready, action.at, { line_items: itemList(items) }));
  return ready;
}

/** inventoryTransferMarkAsReadyToShip. */
export function markReady(shop: Shop, id: string, at?: string): TransferOutcome {
  return onTransfer(shop, id, ['DRAFT'], at, ['id'], (action, transfer) => ({ transfer: makeReady(action, transfer, ['id']) }));
}

/** inventoryTransferCancel: before any shipment was made for it. */
export function cancelTransfer(shop: Shop, id: string, at?: string): TransferOutcome {
  return onTransfer(shop, id, ['DRAFT', 'READY_TO_SHIP'], at, ['id'], (action, transfer) => {
    if (shipmentsOf(shop, id).length > 0) return refuse(['id'], 'Shipment already exists for the transfer.', 'SHIPMENT_EXISTS');
    if (transfer.status === 'READY_TO_SHIP') for (const line of transfer.lines) reserve(action, transfer, line.inventoryItemId, -line.totalQuantity, 'movement_canceled');
    const cancelled: TransferRecord = { ...transfer, status: 'CANCELED' };
    shop.emit('inventory_transfers/cancel', transferPayload(shop, cancelled, action.at));
    return { transfer: cancelled };
  });
}

/** inventoryTransferSetItems: quantities replace what is still processable; what was picked or shipped stays. */
export function setTransferItems(shop: Shop, input: { id: string; items: readonly TransferItem[]; at?: string }): TransferOutcome {
  return onTransfer(shop, input.id, ['DRAFT', 'READY_TO_SHIP', 'IN_PROGRESS'], input.at, ['input', 'id'], (action, transfer) => {
    const draft = transfer.status === 'DRAFT';
    checkItems(shop, input.items, transfer.origin?.locationId ?? null, draft ? 0 : 1, ['input', 'lineItems']);
    let { lines } = transfer;
    const added: TransferItem[] = [];
    const updates = input.items.map(({ inventoryItemId, quantity }): LineUpdate => {
      const line = lines.find((candidate) => candidate.inventoryItemId === inventoryItemId);
      const delta = quantity - (line === undefined ? 0 : lineFigures(shop, transfer, inventoryItemId).processable);
      if (line === undefined) added.push({ inventoryItemId, quantity });
      lines = line === undefined ? [...lines, { id: shop.nextId('InventoryTransferLineItem'), inventoryItemId, totalQuantity: quantity }]
        : lines.map((other) => other === line ? { ...line, totalQuantity: line.totalQuantity + delta } : other);
      if (!draft) reserve(action, transfer, inventoryItemId, delta, 'movement_updated');
      return { inventoryItemId, newQuantity: lines.find((candidate) => candidate.inventoryItemId === inventoryItemId)!.totalQuantity, deltaQuantity: delta };
    });
    const next: TransferRecord = { ...transfer, lines };
    const changed = updates.filter((update) => update.deltaQuantity !== 0 && !added.some((item) => item.inventoryItemId === update.inventoryItemId));
    if (added.length > 0) shop.emit('inventory_transfers/add_items', transferPayload(shop, next, action.at, { items_added: itemList(added) }));
    if (changed.length > 0) {
      shop.emit('inventory_transfers/update_item_quantities', transferPayload(shop, next, action.at, { items_updated: itemList(changed.map((update) => ({ inventoryItemId: update.inventoryItemId, quantity: update.newQuantity }))) }));
    }
    return { transfer: next, updates };
  });
}

/** inventoryTransferRemoveItems: a line goes, or shrinks to what shipments hold of it. */
export function removeTransferItems(shop: Shop, input: { id: string; lineIds: readonly string[]; at?: string }): TransferOutcome {
  return onTransfer(shop, input.id, ['DRAFT', 'READY_TO_SHIP'], input.at, ['input', 'id'], (action, transfer) => {
    let { lines } = transfer;
    const updates = input.lineIds.map((lineId, index): LineUpdate => {
      const field = ['input', 'transferLineItemIds', String(index)];
      const line = lines.find((candidate) => candidate.id === lineId);
      if (line === undefined) return refuse(field, 'The item was not found.', 'ITEM_NOT_FOUND');
      const { processable } = lineFigures(shop, transfer, line.inventoryItemId);
      if (processable <= 0 && line.totalQuantity > 0) return refuse(field, 'The item cannot be removed because all of its quantity is allocated to shipments.', 'ALL_QUANTITY_SHIPPED');
      const left = line.totalQuantity - processable;
      lines = left === 0 ? lines.filter((other) => other !== line) : lines.map((other) => other === line ? { ...line, totalQuantity: left } : other);
      if (transfer.status === 'READY_TO_SHIP') reserve(action, transfer, line.inventoryItemId, -processable, 'movement_updated');
      return { inventoryItemId: line.inventoryItemId, newQuantity: left, deltaQuantity: -processable };
    });
    if (lines.length === 0 && transfer.status === 'READY_TO_SHIP') return refuse(['input', 'transferLineItemIds'], 'A ready to ship transfer must keep at least one line item.', 'CANT_REMOVE_ALL_ITEMS_FROM_READY_TO_SHIP_TRANSFER');
    const next: TransferRecord = { ...transfer, lines };
    if (updates.length > 0) shop.emit('inventory_transfers/remove_items', transferPayload(shop, next, action.at, { items_removed: itemList(updates.map((update) => ({ inventoryItemId: update.inventoryItemId, quantity: -update.deltaQuantity }))) }));
    return { transfer: next, updates };
  });
}
