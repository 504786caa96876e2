/** What each scope of version.ts is for: what cannot be done without it. */
export const WANTED_SCOPES: readonly { scope: string; why: string }[] = [
  { scope: 'read_products', why: 'the catalogue, its SKUs and bundles cannot be read' },
  { scope: 'read_inventory', why: 'stock levels and costs cannot be read' },
  { scope: 'write_inventory', why: 'stock of locations that follow a warehouse cannot be set' },
  { scope: 'read_locations', why: 'locations cannot be read, so no unit has a place' },
  { scope: 'read_orders', why: 'sales and open orders cannot be read' },
  { scope: 'read_all_orders', why: 'orders older than sixty days are hidden, and with them every season' },
  { scope: 'read_returns', why: 'what came back cannot be told from what was only refunded' },
  { scope: 'write_returns', why: 'a return that was inspected stays open in Shopify' },
  { scope: 'read_fulfillments', why: 'parcels that left cannot be read' },
  { scope: 'read_merchant_managed_fulfillment_orders', why: 'the place an order ships from cannot be read' },
  { scope: 'write_merchant_managed_fulfillment_orders', why: 'tracking numbers cannot be written back' },
  { scope: 'write_inventory_transfers', why: 'a transfer between places cannot be made' },
  { scope: 'write_inventory_shipments', why: 'a transfer cannot be sent on its way' },
  { scope: 'write_inventory_shipments_received_items', why: 'a transfer that arrived cannot be received' },
];
