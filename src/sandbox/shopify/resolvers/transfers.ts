/** Inventory transfers and their shipments. */
import { lineFigures, shipmentsOf, unreceived } from '../engine/transfer-figures.ts';
import { trackingOf } from '../engine/tracking.ts';
import { gid, idOf } from '../gid.ts';
import type { Listing } from '../connections.ts';
import { idField, instantField, searchPredicate, textField, type SearchFields } from '../search/match.ts';
import type { LocationSnapshotRecord, ShipmentRecord, Shop, TransferRecord } from '../state.ts';
import { instant, instantOrNull } from '../wire-format.ts';
import { fieldsOf, list, notSimulated, type Args } from './fields.ts';

interface TransferLineSource { transfer: TransferRecord; line: TransferRecord['lines'][number] }
type ShipmentLine = ShipmentRecord['lines'][number];

const TRANSFER_SEARCH: SearchFields<TransferRecord> = {
  id: idField((transfer) => transfer.id), status: textField((transfer) => transfer.status), tag: textField((transfer) => transfer.tags), created_at: instantField((transfer) => transfer.createdAt),
  origin_id: idField((transfer) => transfer.origin?.locationId ?? null), destination_id: idField((transfer) => transfer.destination?.locationId ?? null),
};

function transferListing(shop: Shop, args: Args): Listing<TransferRecord> {
  if (args['savedSearchId'] != null) throw notSimulated('inventoryTransfers(savedSearchId:)');
  const keys: Record<string, (transfer: TransferRecord) => string | number> = { ID: () => 0, CREATED_AT: (transfer) => transfer.createdAt.slice(0, 19), NAME: (transfer) => transfer.name, STATUS: (transfer) => transfer.status };
  const sortKey = keys[args['sortKey'] ?? 'ID'];
  if (sortKey === undefined) throw notSimulated(`inventoryTransfers sorted by ${args['sortKey']}`);
  return { rows: shop.tables.transfers.values(), where: searchPredicate(args['query'], TRANSFER_SEARCH), sortKey, id: (transfer) => transfer.id };
}

const withoutQuery = (args: Args, what: string): void => { if (args['query'] != null) throw notSimulated(`${what}(query:)`); };
const sum = (lines: ShipmentLine[], of: (line: ShipmentLine) => number): number => lines.reduce((total, line) => total + of(line), 0);
const titleOf = (shop: Shop, inventoryItemId: string): string | null => shop.tables.products.get(shop.variantOfItem(inventoryItemId)?.productId ?? '')?.title ?? null;

export const transferTypes = {
  InventoryTransfer: fieldsOf<TransferRecord>({
    id: (transfer) => gid('InventoryTransfer', transfer.id),
    name: (transfer) => transfer.name,
    status: (transfer) => transfer.status,
    note: (transfer) => transfer.note,
    referenceName: (transfer) => transfer.referenceName,
    tags: (transfer) => transfer.tags,
    dateCreated: (transfer) => instant(transfer.createdAt),
    origin: (transfer) => transfer.origin,
    destination: (transfer) => transfer.destination,
    hasTimelineComment: () => false,
    totalQuantity: (transfer) => transfer.lines.reduce((total, line) => total + line.totalQuantity, 0),
    receivedQuantity: (transfer, _args, { shop }) => shipmentsOf(shop, transfer.id).reduce((total, shipment) => total + sum(shipment.lines, (line) => line.accepted + line.rejected), 0),
    lineItemsCount: (transfer, args) => { withoutQuery(args, 'InventoryTransfer.lineItemsCount'); return { count: transfer.lines.length, precision: 'EXACT' }; },
    lineItems: list((transfer, args) => {
      withoutQuery(args, 'InventoryTransfer.lineItems');
      return { rows: transfer.lines.map((line): TransferLineSource => ({ transfer, line })), id: ({ line }: TransferLineSource) => line.id };
    }),
    shipments: list((transfer, _args, { shop }) => ({ rows: shipmentsOf(shop, transfer.id), id: (shipment: ShipmentRecord) => shipment.id })),
  }),
  InventoryTransferLineItem: fieldsOf<TransferLineSource>({
    id: ({ line }) => gid('InventoryTransferLineItem', line.id),
    inventoryItem: ({ line }, _args, { shop }) => shop.tables.inventoryItems.get(line.inventoryItemId) ?? null,
    title: ({ line }, _args, { shop }) => titleOf(shop, line.inventoryItemId),
    totalQuantity: ({ line }) => line.totalQuantity,
    processableQuantity: ({ transfer, line }, _args, { shop }) => lineFigures(shop, transfer, line.inventoryItemId).processable,
    pickedForShipmentQuantity: ({ transfer, line }, _args, { shop }) => lineFigures(shop, transfer, line.inventoryItemId).picked,
    shippedQuantity: ({ transfer, line }, _args, { shop }) => lineFigures(shop, transfer, line.inventoryItemId).shipped,
    shippableQuantity: ({ transfer, line }, _args, { shop }) => { const { processable, picked } = lineFigures(shop, transfer, line.inventoryItemId); return processable + picked; },
  }),
  InventoryShipment: fieldsOf<ShipmentRecord>({
    id: (shipment) => gid('InventoryShipment', shipment.id),
    name: (shipment) => shipment.name,
    status: (shipment) => shipment.status,
    barcode: (shipment) => shipment.barcode,
    dateCreated: (shipment) => instant(shipment.createdAt),
    dateShipped: (shipment) => instantOrNull(shipment.shippedAt),
    dateReceived: (shipment) => instantOrNull(shipment.receivedAt),
    lineItemTotalQuantity: (shipment) => sum(shipment.lines, (line) => line.quantity),
    totalAcceptedQuantity: (shipment) => sum(shipment.lines, (line) => line.accepted),
    totalRejectedQuantity: (shipment) => sum(shipment.lines, (line) => line.rejected),
    totalReceivedQuantity: (shipment) => sum(shipment.lines, (line) => line.accepted + line.rejected),
    lineItemsCount: (shipment, args) => { withoutQuery(args, 'InventoryShipment.lineItemsCount'); return { count: shipment.lines.length, precision: 'EXACT' }; },
    lineItems: list((shipment, args) => { withoutQuery(args, 'InventoryShipment.lineItems'); return { rows: shipment.lines, id: (line: ShipmentLine) => line.id }; }),
    tracking: (shipment) => shipment.tracking,
  }),
  InventoryShipmentLineItem: fieldsOf<ShipmentLine>({
    id: (line) => gid('InventoryShipmentLineItem', line.id),
    inventoryItem: (line, _args, { shop }) => shop.tables.inventoryItems.get(line.inventoryItemId) ?? null,
    quantity: (line) => line.quantity,
    acceptedQuantity: (line) => line.accepted,
    rejectedQuantity: (line) => line.rejected,
    unreceivedQuantity: unreceived,
  }),
  InventoryShipmentTracking: fieldsOf<NonNullable<ShipmentRecord['tracking']>>({
    company: (tracking) => tracking.company,
    trackingNumber: (tracking) => tracking.trackingNumber,
    trackingUrl: (tracking) => tracking.trackingUrl ?? trackingOf({ company: tracking.company, number: tracking.trackingNumber })[0]?.url ?? null,
    arrivesAt: (tracking) => instantOrNull(tracking.arrivesAt),
  }),
  LocationSnapshot: fieldsOf<LocationSnapshotRecord>({
    name: (snapshot) => snapshot.name,
    address: (snapshot) => ({ countryCode: snapshot.countryCode }),
    snapshottedAt: (snapshot) => instant(snapshot.at),
    location: (snapshot, _args, { shop }) => { const found = shop.tables.locations.get(snapshot.locationId); return found === undefined || found.deletedAt ? null : found; },
  }),
};

export const transferQueries = fieldsOf<undefined>({
  inventoryTransfer: (_root, args, { shop }) => shop.tables.transfers.get(idOf(args['id'], 'InventoryTransfer')) ?? null,
  inventoryTransfers: list((_root, args, { shop }) => transferListing(shop, args)),
  inventoryShipment: (_root, args, { shop }) => shop.tables.shipments.get(idOf(args['id'], 'InventoryShipment')) ?? null,
});
