/** Webhook bodies about transfers and shipments: the documented fields with global ids; the inside of the item lists is not published and assumed. */
import { gid } from '../gid.ts';
import type { Shop, ShipmentRecord, TransferRecord } from '../state.ts';
import { shopRecord, type Body } from './payloads.ts';
import { localTime } from './shop-time.ts';

interface Item { inventoryItemId: string; quantity: number }
const happened = (shop: Shop, at: string): Body => ({ happened_at: localTime(at, shopRecord(shop).ianaTimezone) });
export const itemList = (items: readonly Item[]): Body[] => items.map(({ inventoryItemId, quantity }) => ({ inventory_item_id: gid('InventoryItem', inventoryItemId), quantity }));

/** Body of every inventory_transfers topic; a place the transfer does not have is left out (2026-07). */
export function transferPayload(shop: Shop, transfer: TransferRecord, at: string, more: Body = {}): Body {
  return {
    id: gid('InventoryTransfer', transfer.id), status: transfer.status.toLowerCase(), ...happened(shop, at), ...more,
    ...(transfer.origin === null ? {} : { origin: { id: gid('Location', transfer.origin.locationId) } }),
    ...(transfer.destination === null ? {} : { destination: { id: gid('Location', transfer.destination.locationId) } }),
  };
}

const tracking = (shipment: ShipmentRecord): Body | null => shipment.tracking && {
  company: shipment.tracking.company, tracking_number: shipment.tracking.trackingNumber, tracking_url: shipment.tracking.trackingUrl, arrives_at: shipment.tracking.arrivesAt,
};

/** Body of every inventory_shipments topic but update_tracking. */
export function shipmentPayload(shop: Shop, shipment: ShipmentRecord, at: string, more: Body = {}): Body {
  return { id: gid('InventoryShipment', shipment.id), status: shipment.status.toLowerCase(), ...happened(shop, at), ...more };
}

/** Body of inventory_shipments/create. */
export function newShipmentPayload(shop: Shop, shipment: ShipmentRecord, at: string): Body {
  return shipmentPayload(shop, shipment, at, { line_items: itemList(shipment.lines), tracking: tracking(shipment) });
}

/** Body of inventory_shipments/update_tracking. */
export function trackingPayload(shop: Shop, shipment: ShipmentRecord, at: string): Body {
  return { shipment_id: gid('InventoryShipment', shipment.id), ...happened(shop, at), updated_tracking: tracking(shipment) };
}
