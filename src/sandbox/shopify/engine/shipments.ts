/**
 * Shipments of a transfer: drafted, sent (reserved leaves the origin, incoming rises at the destination), received (accepted units become
 * available, rejected ones are no longer expected and nobody's stock). Reference §1.2, §9.
 */
import type { ShipmentRecord, Shop, TransferRecord } from '../state.ts';
import { act, refuse, type Action, type UserError } from './action.ts';
import { changeLevel } from './levels.ts';
import { ledgerOf, lineFigures, shipmentsOf, underWay, unreceived } from './transfer-figures.ts';
import { itemList, newShipmentPayload, shipmentPayload, trackingPayload, transferPayload } from './transfer-payloads.ts';
import type { TransferItem } from './transfers.ts';

type Tracking = NonNullable<ShipmentRecord['tracking']>;
export interface ShipmentInput { transferId: string; items: readonly TransferItem[]; barcode?: string | null; tracking?: Tracking | null; dateCreated?: string | null; at?: string }
export interface ReceiveInput {
  id: string; dateReceived?: string | null; at?: string;
  lines?: readonly { lineId: string; quantity: number; reason: 'ACCEPTED' | 'REJECTED' }[] | null;
  /** What happens to everything not named. */
  rest?: 'ACCEPTED' | 'REJECTED' | null;
}
export interface ShipmentOutcome { shipment: ShipmentRecord | null; userErrors: UserError[] }

/** inventoryShipmentCreate: picked, not sent yet. */
export function createShipment(shop: Shop, input: ShipmentInput): ShipmentOutcome {
  return make(shop, input, 'BARCODE_DUPLICATE', (_action, _transfer, shipment) => shipment);
}

/** inventoryShipmentCreateInTransit. */
export function createShipmentInTransit(shop: Shop, input: ShipmentInput): ShipmentOutcome {
  return make(shop, input, 'INVALID_SHIPMENT_INPUT', (action, transfer, shipment) => send(action, transfer, shipment, action.at));
}

/** `takenBarcode`: the two mutations name that fault differently. */
function make(shop: Shop, input: ShipmentInput, takenBarcode: string, finish: (action: Action, transfer: TransferRecord, shipment: ShipmentRecord) => ShipmentRecord): ShipmentOutcome {
  const id = shop.nextId('InventoryShipment');
  return act<ShipmentOutcome>(shop, `shipment/${id}`, input.at, (action) => {
    const transfer = shop.tables.transfers.get(input.transferId);
    if (!transfer) return refuse(['input', 'movementId'], 'The transfer was not found.', 'TRANSFER_NOT_FOUND');
    if (transfer.status !== 'READY_TO_SHIP' && transfer.status !== 'IN_PROGRESS') return refuse(['input', 'movementId'], 'Current transfer status does not support this operation.', 'INVALID_TRANSFER_STATUS');
    if (input.items.length === 0) return refuse(['input', 'lineItems'], 'The shipment input cannot be empty.', 'EMPTY_SHIPMENT_INPUT');
    if (input.barcode != null && shop.tables.shipments.values().some((other) => other.barcode === input.barcode)) return refuse(['input', 'barcode'], 'This barcode is already assigned to another shipment.', takenBarcode);
    const lines = input.items.map(({ inventoryItemId, quantity }, index): ShipmentRecord['lines'][number] => {
      const field = ['input', 'lineItems', String(index)];
      if (input.items.findIndex((item) => item.inventoryItemId === inventoryItemId) < index) return refuse(field, "A single item can't be listed twice.", 'DUPLICATE_ITEM');
      if (!transfer.lines.some((line) => line.inventoryItemId === inventoryItemId)) return refuse([...field, 'inventoryItemId'], 'The item was not found.', 'ITEM_NOT_FOUND');
      if (!Number.isSafeInteger(quantity) || quantity <= 0 || quantity > lineFigures(shop, transfer, inventoryItemId).processable) return refuse([...field, 'quantity'], 'The quantity is invalid.', 'INVALID_QUANTITY');
      return { id: shop.nextId('InventoryShipmentLineItem'), inventoryItemId, quantity, accepted: 0, rejected: 0 };
    });
    const draft: ShipmentRecord = {
      id, transferId: transfer.id, name: `${transfer.name}-${shipmentsOf(shop, transfer.id).length + 1}`, status: 'DRAFT', barcode: input.barcode ?? null, tracking: input.tracking ?? null,
      createdAt: input.dateCreated ?? action.at, shippedAt: null, receivedAt: null, lines,
    };
    shop.put('shipments', draft);
    shop.emit('inventory_shipments/create', newShipmentPayload(shop, draft, action.at));
    shop.emit('inventory_transfers/updated', transferPayload(shop, transfer, action.at));
    const shipment = finish(action, transfer, draft);
    shop.put('shipments', shipment);
    return { shipment, userErrors: [] };
  }, (userErrors) => ({ shipment: null, userErrors }));
}

function send(action: Action, transfer: TransferRecord, shipment: ShipmentRecord, shippedAt: string): ShipmentRecord {
  const { shop } = action;
  const [origin, destination] = [transfer.origin!.locationId, transfer.destination!.locationId];
  if (!shop.tables.locations.get(destination)?.isActive) return refuse(['id'], 'The location selected is not active.', 'LOCATION_NOT_ACTIVE');
  const why = { reason: 'movement_created', ledgerDocumentUri: ledgerOf(transfer) };
  for (const line of shipment.lines) {
    changeLevel(action, line.inventoryItemId, origin, { reserved: -line.quantity }, { ...why, asItIs: true });
    changeLevel(action, line.inventoryItemId, destination, { incoming: line.quantity }, why);
  }
  if (transfer.status !== 'IN_PROGRESS') shop.put('transfers', { ...transfer, status: 'IN_PROGRESS' });
  const sent: ShipmentRecord = { ...shipment, status: 'IN_TRANSIT', shippedAt };
  shop.emit('inventory_shipments/mark_in_transit', shipmentPayload(shop, sent, action.at));
  return sent;
}

function onShipment(shop: Shop, id: string, at: string | undefined, fits: (shipment: ShipmentRecord) => boolean, change: (action: Action, shipment: ShipmentRecord, transfer: TransferRecord) => ShipmentRecord): ShipmentOutcome {
  return act<ShipmentOutcome>(shop, `shipment/${id}`, at, (action) => {
    const found = shop.tables.shipments.get(id);
    if (!found) return refuse(['id'], 'The shipment was not found.', 'SHIPMENT_NOT_FOUND');
    if (!fits(found)) return refuse(['id'], 'Current shipment status does not support this operation.', 'INVALID_SHIPMENT_STATUS');
    const shipment = change(action, found, shop.tables.transfers.get(found.transferId)!);
    shop.put('shipments', shipment);
    return { shipment, userErrors: [] };
  }, (userErrors) => ({ shipment: null, userErrors }));
}

/** inventoryShipmentMarkInTransit. */
export function markInTransit(shop: Shop, input: { id: string; dateShipped?: string | null; at?: string }): ShipmentOutcome {
  return onShipment(shop, input.id, input.at, ({ status }) => status === 'DRAFT', (action, shipment, transfer) => send(action, transfer, shipment, input.dateShipped ?? action.at));
}

/** inventoryShipmentSetTracking. */
export function setShipmentTracking(shop: Shop, input: { id: string; tracking: Tracking; at?: string }): ShipmentOutcome {
  return onShipment(shop, input.id, input.at, () => true, (action, shipment, transfer) => {
    const next = { ...shipment, tracking: input.tracking };
    shop.emit('inventory_shipments/update_tracking', trackingPayload(shop, next, action.at));
    shop.emit('inventory_transfers/updated', transferPayload(shop, transfer, action.at));
    return next;
  });
}

/** inventoryShipmentDelete: drafts only; their units are free to ship again. */
export function deleteShipment(shop: Shop, id: string, at?: string): { id: string | null; userErrors: UserError[] } {
  return act<{ id: string | null; userErrors: UserError[] }>(shop, `shipment/${id}`, at, (action) => {
    const found = shop.tables.shipments.get(id);
    if (!found) return refuse(['id'], 'The shipment was not found.', 'SHIPMENT_NOT_FOUND');
    if (found.status !== 'DRAFT') return refuse(['id'], 'Current shipment status does not support this operation.', 'INVALID_SHIPMENT_STATUS');
    shop.remove('shipments', id);
    shop.emit('inventory_shipments/delete', shipmentPayload(shop, found, action.at));
    shop.emit('inventory_transfers/updated', transferPayload(shop, shop.tables.transfers.get(found.transferId)!, action.at));
    return { id, userErrors: [] };
  }, (userErrors) => ({ id: null, userErrors }));
}

/** inventoryShipmentReceive: line by line, or everything at once. The transfer is complete when nothing of it is left to ship or to receive. */
export function receiveShipment(shop: Shop, input: ReceiveInput): ShipmentOutcome {
  return onShipment(shop, input.id, input.at, underWay, (action, shipment, transfer) => {
    const place = transfer.destination!.locationId;
    if (!shop.tables.locations.get(place)?.isActive) return refuse(['id'], 'The location selected is not active.', 'LOCATION_NOT_ACTIVE');
    const named = (input.lines ?? []).map((want, index) => ({ ...want, field: ['lineItems', String(index)] }));
    const left = new Map(shipment.lines.map((line) => [line.id, unreceived(line)]));
    for (const { lineId, quantity, field } of named) {
      const rest = left.get(lineId);
      if (rest === undefined) return refuse([...field, 'shipmentLineItemId'], 'The item was not found.', 'ITEM_NOT_FOUND');
      if (!Number.isSafeInteger(quantity) || quantity <= 0 || quantity > rest) return refuse([...field, 'quantity'], 'The quantity is invalid.', 'INVALID_QUANTITY');
      left.set(lineId, rest - quantity);
    }
    const { rest } = input;
    const all = [...named, ...(rest == null ? [] : [...left].filter(([, quantity]) => quantity > 0).map(([lineId, quantity]) => ({ lineId, quantity, reason: rest, field: ['bulkReceiveAction'] })))];
    if (all.length === 0) return refuse(['lineItems'], 'The quantity is invalid.', 'INVALID_QUANTITY');
    let { lines } = shipment;
    for (const { lineId, quantity, reason } of all) {
      const line = lines.find((candidate) => candidate.id === lineId)!;
      const accepted = reason === 'ACCEPTED';
      changeLevel(action, line.inventoryItemId, place, { incoming: -quantity, ...(accepted ? { available: quantity } : {}) }, { reason: 'movement_received', ledgerDocumentUri: ledgerOf(transfer) });
      lines = lines.map((other) => other === line ? { ...line, accepted: line.accepted + (accepted ? quantity : 0), rejected: line.rejected + (accepted ? 0 : quantity) } : other);
    }
    const next: ShipmentRecord = { ...shipment, lines, status: lines.every((line) => unreceived(line) === 0) ? 'RECEIVED' : 'PARTIALLY_RECEIVED', receivedAt: shipment.receivedAt ?? input.dateReceived ?? action.at };
    shop.put('shipments', next);
    shop.emit('inventory_shipments/receive_items', shipmentPayload(shop, next, action.at, {
      items_received: all.map(({ lineId, quantity, reason }) => ({ ...itemList([{ inventoryItemId: lines.find((line) => line.id === lineId)!.inventoryItemId, quantity }])[0], reason: reason.toLowerCase() })),
    }));
    const complete = transfer.lines.every((line) => lineFigures(shop, transfer, line.inventoryItemId).received === line.totalQuantity);
    if (complete) {
      const done: TransferRecord = { ...transfer, status: 'TRANSFERRED' };
      shop.put('transfers', done);
      shop.emit('inventory_transfers/complete', transferPayload(shop, done, action.at));
    }
    return next;
  });
}
