/** The Admin API version everything here is written and validated against. The one place it is named. */
export const API_VERSION = '2026-10';

/** Scopes Instep asks for, each because a flow needs it. Writing is asked for in one place each: levels, fulfilments at the merchant's own locations, transfers between them, and what became of returned goods. */
export const SCOPES = ['read_products', 'read_inventory', 'write_inventory', 'read_locations', 'read_orders', 'read_all_orders', 'read_returns', 'write_returns', 'read_fulfillments',
  'read_merchant_managed_fulfillment_orders', 'write_merchant_managed_fulfillment_orders',
  'write_inventory_transfers', 'write_inventory_shipments', 'write_inventory_shipments_received_items'] as const;
