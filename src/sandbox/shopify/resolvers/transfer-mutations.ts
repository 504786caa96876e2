/** Transfers and shipments through the Admin API. Those that could be repeated by accident carry a key. */
import { createShipment, createShipmentInTransit, deleteShipment, markInTransit, receiveShipment, setShipmentTracking, type ShipmentOutcome } from '../engine/shipments.ts';
import { cancelTransfer, createReadyTransfer, createTransfer, markReady, removeTransferItems, setTransferItems, type LineUpdate, type TransferInput, type TransferOutcome } from '../engine/transfers.ts';
import type { KeyedOutcome } from '../graphql/idempotency.ts';
import { gid, idOf } from '../gid.ts';
import type { ShipmentRecord } from '../state.ts';
import { fieldsOf, notSimulated, type Args, type Context } from './fields.ts';
import { keyed } from './inventory-mutations.ts';

interface Keyed extends KeyedOutcome { id?: string | null; updates?: LineUpdate[] }
const time = (value: unknown): string | null => value == null ? null : new Date(String(value)).toISOString();
const items = (lines: Args[] | null | undefined) => (lines ?? []).map((line) => ({ inventoryItemId: idOf(line['inventoryItemId'], 'InventoryItem'), quantity: line['quantity'] as number }));
const location = (value: unknown): string | null => value == null ? null : idOf(String(value), 'Location');

function transferInput(input: Args): TransferInput {
  if (Array.isArray(input['metafields']) && input['metafields'].length > 0) throw notSimulated('transfers with metafields');
  return {
    originId: location(input['originLocationId']), destinationId: location(input['destinationLocationId']), items: items(input['lineItems']), note: input['note'] ?? null,
    referenceName: input['referenceName'] ?? null, tags: input['tags'] ?? [], dateCreated: time(input['dateCreated']),
  };
}

function tracking(input: Args): NonNullable<ShipmentRecord['tracking']> {
  return { company: input['company'] ?? null, trackingNumber: input['trackingNumber'] ?? null, trackingUrl: input['trackingUrl'] ?? null, arrivesAt: time(input['arrivesAt']) };
}

const shipmentInput = (input: Args) => ({
  transferId: idOf(input['movementId'], 'InventoryTransfer'), items: items(input['lineItems']), barcode: input['barcode'] ?? null, dateCreated: time(input['dateCreated']),
  tracking: input['trackingInput'] == null ? null : tracking(input['trackingInput']),
});

const ofTransfer = ({ transfer, updates, userErrors }: TransferOutcome): Keyed => ({ id: transfer?.id ?? null, ...(updates === undefined ? {} : { updates }), userErrors });
const ofShipment = ({ shipment, userErrors }: ShipmentOutcome): Keyed => ({ id: shipment?.id ?? null, userErrors });
// Read again: a repeated key answers from current records.
const transferPayload = ({ id, userErrors }: Keyed, { shop }: Context) => ({ inventoryTransfer: id == null ? null : shop.tables.transfers.get(id) ?? null, userErrors });
const shipmentPayload = ({ id, userErrors }: Keyed, { shop }: Context) => ({ inventoryShipment: id == null ? null : shop.tables.shipments.get(id) ?? null, userErrors });
const updateLines = (updates: LineUpdate[] | undefined) => updates?.map((update) => ({ ...update, inventoryItemId: gid('InventoryItem', update.inventoryItemId) })) ?? null;

export const transferMutations = fieldsOf<undefined>({
  inventoryTransferCreate: keyed('inventoryTransferCreate', ({ input }, { shop }): Keyed => ofTransfer(createTransfer(shop, transferInput(input))), transferPayload),
  inventoryTransferCreateAsReadyToShip: keyed('inventoryTransferCreateAsReadyToShip', ({ input }, { shop }): Keyed => ofTransfer(createReadyTransfer(shop, transferInput(input))), transferPayload),
  inventoryTransferMarkAsReadyToShip: (_root, args, context) => transferPayload(ofTransfer(markReady(context.shop, idOf(args['id'], 'InventoryTransfer'))), context),
  inventoryTransferCancel: (_root, args, context) => transferPayload(ofTransfer(cancelTransfer(context.shop, idOf(args['id'], 'InventoryTransfer'))), context),
  inventoryTransferSetItems: keyed('inventoryTransferSetItems', ({ input }, { shop }): Keyed => ofTransfer(setTransferItems(shop, { id: idOf(input['id'], 'InventoryTransfer'), items: items(input['lineItems']) })),
    (outcome: Keyed, context) => ({ ...transferPayload(outcome, context), updatedLineItems: updateLines(outcome.updates) })),
  inventoryTransferRemoveItems: (_root, { input }, context) => {
    const outcome = ofTransfer(removeTransferItems(context.shop, {
      id: idOf(input['id'], 'InventoryTransfer'), lineIds: ((input['transferLineItemIds'] ?? []) as string[]).map((id) => idOf(id, 'InventoryTransferLineItem')),
    }));
    return { ...transferPayload(outcome, context), removedQuantities: updateLines(outcome.updates) };
  },
  inventoryShipmentCreate: keyed('inventoryShipmentCreate', ({ input }, { shop }): Keyed => ofShipment(createShipment(shop, shipmentInput(input))), shipmentPayload),
  inventoryShipmentCreateInTransit: keyed('inventoryShipmentCreateInTransit', ({ input }, { shop }): Keyed => ofShipment(createShipmentInTransit(shop, shipmentInput(input))), shipmentPayload),
  inventoryShipmentMarkInTransit: (_root, args, context) => shipmentPayload(ofShipment(markInTransit(context.shop, { id: idOf(args['id'], 'InventoryShipment'), dateShipped: time(args['dateShipped']) })), context),
  inventoryShipmentSetTracking: (_root, args, context) => shipmentPayload(ofShipment(setShipmentTracking(context.shop, { id: idOf(args['id'], 'InventoryShipment'), tracking: tracking(args['tracking']) })), context),
  inventoryShipmentDelete: (_root, args, { shop }) => {
    const { id, userErrors } = deleteShipment(shop, idOf(args['id'], 'InventoryShipment'));
    return { id: id === null ? null : gid('InventoryShipment', id), userErrors };
  },
  inventoryShipmentReceive: keyed('inventoryShipmentReceive', (args, { shop }): Keyed => ofShipment(receiveShipment(shop, {
    id: idOf(args['id'], 'InventoryShipment'), dateReceived: time(args['dateReceived']), rest: args['bulkReceiveAction'] ?? null,
    lines: (args['lineItems'] as Args[] | null | undefined)?.map((line) => ({ lineId: idOf(line['shipmentLineItemId'], 'InventoryShipmentLineItem'), quantity: line['quantity'], reason: line['reason'] })) ?? null,
  })), shipmentPayload),
});
