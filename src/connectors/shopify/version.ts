/** The Admin API version everything here is written and validated against. The one place it is named. */
export const API_VERSION = '2026-10';

/** Scopes Instep asks for: what the flows read today. Write scopes come with the flows that write. */
export const SCOPES = ['read_products', 'read_inventory', 'read_locations', 'read_orders', 'read_all_orders', 'read_fulfillments',
  'read_merchant_managed_fulfillment_orders'] as const;
