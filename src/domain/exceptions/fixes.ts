/**
 * What a runbook's buttons do. A runbook names them as [button: read_orders]; tools/tidy.ts fails on one that is not here, and on a kind whose runbook has none.
 * A button runs a flow, opens a screen, or does one thing to the case's subject (http/routes/exception-fixes.ts).
 */
import type { ExceptionKindName } from './catalogue.ts';

export type Fix = { name: string; label: string } & (
  | { run: string }
  | { open: string }
  /** An address of the API that leads to a page of Shopify's, opened beside this one. */
  | { outside: string }
  /** `reason`: the person says why. */
  | { does: string; kinds: readonly ExceptionKindName[]; reason?: true });

const fixes = [
  { name: 'read_orders', label: 'Read the orders that changed', run: 'sales-history' },
  { name: 'read_catalogue', label: 'Read the catalogue', run: 'catalogue' },
  { name: 'read_levels', label: 'Read the levels', run: 'stock-levels' },
  { name: 'check_drift', label: 'Check the levels', run: 'drift-check' },
  { name: 'repair_subscriptions', label: 'Check the webhooks', run: 'subscriptions' },
  { name: 'read_warehouse', label: 'Read the warehouse', run: 'warehouse-feed' },
  { name: 'send_orders', label: 'Tell the warehouse again', run: 'orders-out' },
  { name: 'push_now', label: 'Push now', run: 'stock-push' },
  { name: 'write_fulfilments', label: 'Write the fulfilments', run: 'fulfilments' },
  { name: 'read_returns', label: 'Read the returns', run: 'returns' },
  { name: 'forecast_now', label: 'Forecast now', run: 'forecast' },
  { name: 'watch_again', label: 'Compare with the forecast', run: 'forecast-watch' },
  { name: 'check_orders', label: 'Check purchase orders', run: 'purchase-orders' },
  { name: 'exchange_now', label: 'Exchange with the planner', run: 'planner-exchange' },
  { name: 'open_item', label: 'Open the item', open: '/items/{itemId}?location={locationId}&tab=movements' },
  { name: 'open_history', label: 'Who changed it, in Shopify', outside: '/items/{itemId}/inventory-history' },
  { name: 'open_drift', label: 'Stock & drift', open: '/stock?view=drift' },
  { name: 'open_push', label: 'Push queue', open: '/push?view=failed' },
  { name: 'open_held', label: 'Held pushes', open: '/push?view=held' },
  { name: 'open_peak', label: 'Peak monitor', open: '/peak' },
  { name: 'open_mapping', label: 'Mapping', open: '/mapping?view=unmatched' },
  { name: 'open_bundles', label: 'Bundles', open: '/mapping?tab=bundles' },
  { name: 'open_late', label: 'Late parcels', open: '/fulfilments?view=late' },
  { name: 'open_orders_out', label: 'Orders at the warehouse', open: '/fulfilments?tab=orders' },
  { name: 'open_returns', label: 'Returns', open: '/returns' },
  { name: 'open_ghosts', label: 'Ghost stock', open: '/returns?tab=ghosts' },
  { name: 'open_forecast', label: 'Open the forecast', open: '/forecast/{itemId}?location={locationId}' },
  { name: 'open_events', label: 'Events', open: '/forecast?tab=events' },
  { name: 'open_flows', label: 'Flows', open: '/flows' },
  { name: 'open_connections', label: 'Connections', open: '/settings' },
  { name: 'open_warehouses', label: 'Warehouses', open: '/settings/warehouses' },
  { name: 'open_transfers', label: 'Transfers', open: '/transfers?tab=transfers' },
  { name: 'follow_transfers', label: 'Follow the transfers', run: 'transfers' },
  { name: 'open_overdue', label: 'Overdue purchase orders', open: '/purchase-orders?view=overdue' },
  { name: 'open_purchase_orders', label: 'Purchase orders', open: '/purchase-orders' },
  { name: 'open_suppliers', label: 'Suppliers', open: '/suppliers' },
  { name: 'open_planner', label: 'Inventory Planner', open: '/settings/planner' },
  { name: 'audit_now', label: 'Audit the shop now', run: 'audit' },
  { name: 'open_audit', label: 'Audit report', open: '/audit' },
  { name: 'verify_chains', label: 'Verify both chains', run: 'daily-digest' },
  { name: 'open_periods', label: 'Signed periods', open: '/audit?tab=period' },
  { name: 'open_trail', label: 'Audit trail', open: '/settings/audit-trail' },
  { name: 'open_alerts', label: 'Alerts', open: '/settings/alerts' },
  { name: 'open_backups', label: 'Back-ups', open: '/settings/backups' },
  { name: 'check_backups', label: 'Look again', run: 'backup-watch' },
  { name: 'check_ledger', label: 'Check the balances again', run: 'ledger-check' },
  { name: 'open_locations', label: 'Locations', open: '/settings/locations' },
  { name: 'release_push', label: 'Release it', does: 'lets the level be written, above the cap or after it was set aside', kinds: ['PUSH_HELD', 'PUSH_FAILED', 'PUSH_CONFLICT'] },
  { name: 'let_go', label: 'Let it go', does: 'ends the holding back: its levels show again what the shelf allows', kinds: ['HELD_BACK_TOO_LONG'] },
  { name: 'read_message_again', label: 'Read the message again', does: 'puts the message back into the inbox', kinds: ['PAYLOAD_UNREADABLE'] },
  { name: 'set_message_aside', label: 'Set the message aside', does: 'keeps the message and expects nothing of it any more', kinds: ['PAYLOAD_UNREADABLE'], reason: true },
  { name: 'set_row_aside', label: 'Set the row aside', does: 'keeps the row and expects nothing of it any more', kinds: ['WAREHOUSE_REJECTED'], reason: true },
  { name: 'accept_shopify', label: 'Accept Shopify’s number', does: 'makes the ledger follow what Shopify shows, by a movement', kinds: ['STOCK_DRIFT'], reason: true },
  { name: 'push_ours', label: 'Push our number', does: 'sets Shopify to what the ledger says, if it still shows what was looked at', kinds: ['STOCK_DRIFT'], reason: true },
  { name: 'accept_over_fulfilled', label: 'Accept what went out', does: 'takes note of the units too many; only more of them is a case again', kinds: ['OVER_FULFILLED'], reason: true },
  { name: 'rebuild_balance', label: 'Make it what its movements make', does: 'writes a level anew as the fold of its movements, demand as that of its facts, and posts what an order says and the ledger lacks; what made them stays as it is', kinds: ['INVARIANT_BROKEN'], reason: true },
  { name: 'accept_rename', label: 'Accept the new SKU', does: 'takes the new SKU for right', kinds: ['SKU_RENAMED'] },
] as const satisfies readonly Fix[];

export const FIXES: readonly Fix[] = fixes;
export type FixName = (typeof fixes)[number]['name'];

export function fixNamed(name: string): Fix | undefined {
  return FIXES.find((fix) => fix.name === name);
}

/** Where a button that opens a screen leads for a case; parts that are not known are left out. */
export function addressOf(open: string, of: { itemId: number | null; locationId: number | null }): string | null {
  if (open.includes('{itemId}') && of.itemId === null) return null;
  return open.replace('{itemId}', String(of.itemId)).replace(/([?&])location=\{locationId\}&?/, (_, before: string) => (of.locationId === null ? before : `${before}location=${of.locationId}&`)).replace(/[?&]$/, '');
}
