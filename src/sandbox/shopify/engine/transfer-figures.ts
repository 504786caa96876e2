/** Figures read off a transfer and its shipments. */
import { gid } from '../gid.ts';
import type { Shop, ShipmentRecord, TransferRecord } from '../state.ts';

export const shipmentsOf = (shop: Shop, transferId: string): ShipmentRecord[] => [...shop.tables.shipments.values()].filter((shipment) => shipment.transferId === transferId);
/** The ledger entry every reserved and incoming unit of a transfer belongs to; apps cannot write under it. */
export const ledgerOf = (transfer: TransferRecord): string => gid('InventoryTransfer', transfer.id);
export const unreceived = (line: ShipmentRecord['lines'][number]): number => line.quantity - line.accepted - line.rejected;
export const underWay = (shipment: ShipmentRecord): boolean => shipment.status === 'IN_TRANSIT' || shipment.status === 'PARTIALLY_RECEIVED';

/** Where the units of one transfer line are: in draft shipments, gone, or still free to act on. */
export function lineFigures(shop: Shop, transfer: TransferRecord, inventoryItemId: string): { picked: number; shipped: number; processable: number; received: number } {
  const total = transfer.lines.find((line) => line.inventoryItemId === inventoryItemId)?.totalQuantity ?? 0;
  let [picked, shipped, received] = [0, 0, 0];
  for (const shipment of shipmentsOf(shop, transfer.id)) {
    for (const line of shipment.lines) {
      if (line.inventoryItemId !== inventoryItemId) continue;
      if (shipment.status === 'DRAFT') picked += line.quantity; else shipped += line.quantity;
      received += line.accepted + line.rejected;
    }
  }
  return { picked, shipped, processable: total - picked - shipped, received };
}

/** Units on their way to a location for an item, by transfers; what else is incoming there, apps wrote. */
export function inTransitTo(shop: Shop, inventoryItemId: string, locationId: string): number {
  let units = 0;
  for (const shipment of shop.tables.shipments.values()) {
    if (!underWay(shipment) || shop.tables.transfers.get(shipment.transferId)?.destination?.locationId !== locationId) continue;
    for (const line of shipment.lines) if (line.inventoryItemId === inventoryItemId) units += unreceived(line);
  }
  return units;
}
