/**
 * Every kind of exception, and how it is made to happen for real: through the sandbox's control APIs, then by the flow that finds it. The same table
 * drives `instep demo raise` and the test that raises and clears each. `age` steps set back when something happened: nobody waits three days for a demonstration.
 */
import type { ExceptionKindName } from '../domain/exceptions/catalogue.ts';
import { setAside } from '../store/inbox.ts';
import type { DemoLevel, DemoWorld } from './demo-world.ts';

export interface DemoFault {
  kind: ExceptionKindName;
  /** What is made to happen, for the person who asked. */
  story: string;
  /** Where to look, beside Exceptions. */
  look: string;
  raise(world: DemoWorld): Promise<void>;
  /** Undoes the cause, then lets the flow that raised it look again. */
  clear(world: DemoWorld): Promise<void>;
}

const sku = (kind: ExceptionKindName, story: string, n: number, change: (level: DemoLevel, other: DemoLevel) => string): DemoFault => ({
  kind, story, look: '/mapping',
  async raise(w) {
    const level = await w.level('storefront', n), other = await w.level('storefront', n + 1);
    await w.remember(level);
    await w.shop(`variants/${level.variantId}`, { sku: change(level, other) });
    await w.run('catalogue');
  },
  async clear(w) {
    const level = await w.recall<DemoLevel>();
    await w.shop(`variants/${level.variantId}`, { sku: level.sku });
    await w.run('catalogue');
  },
});

/** Something the shop does wrong until it is told to stop; `flows` meet it. */
const shopFault = (kind: ExceptionKindName, story: string, look: string, on: object, off: object, ...flows: string[]): DemoFault => ({
  kind, story, look,
  async raise(w) { await w.remember({}); await w.shop('faults', on); await w.run(...flows); },
  async clear(w) { await w.shop('faults', off); await w.run(...flows); },
});

const readAllAgain = (w: DemoWorld): Promise<unknown> => w.one(`delete from cursor where store_id = $1 and name = 'sales-history'`);
const servedOrder = async (w: DemoWorld, n: number, quantity: (level: DemoLevel) => number): Promise<{ level: DemoLevel; order: { id: string; name: string } }> => {
  const level = await w.level('warehouse', n), order = await w.shop<{ id: string; name: string }>('orders', { lines: [{ variantId: level.variantId, quantity: quantity(level) }], locationId: level.shopifyLocationId, force: true });
  await w.settle();
  return { level, order };
};

export const DEMO_FAULTS: readonly DemoFault[] = [
  sku('SKU_DUPLICATE', 'somebody gives two products the same SKU', 0, (_level, other) => other.sku),
  sku('SKU_BLANK', 'somebody empties the SKU of a product', 2, () => ''),
  sku('SKU_RENAMED', 'somebody renames the SKU of a product', 4, (level) => `${level.sku}-NEW`),
  shopFault('API_VERSION_RETIRED', 'Shopify answers with a version that is not the one Instep speaks', '/settings/connections', { apiVersion: '2026-04' }, { apiVersion: null }, 'catalogue'),
  shopFault('FLOW_FAILED', 'somebody takes away the right to read orders', '/flows', { loseScopes: ['read_orders', 'write_orders', 'read_all_orders'] }, { loseScopes: [] }, 'sales-history'),
  {
    kind: 'WEBHOOK_GAP', story: 'Shopify deletes all webhook subscriptions, as it does after eight failed deliveries', look: '/settings/connections',
    async raise(w) { await w.remember({}); await w.run('subscriptions'); await w.shop('faults', { deleteSubscriptions: true }); await w.run('subscriptions'); },
    clear: (w) => w.run('subscriptions'),
  },
  {
    kind: 'WEBHOOK_HMAC_FAILED', story: 'somebody who does not know the secret sends webhooks', look: '/settings/connections',
    async raise(w) {
      const connection = await w.one<{ hook_token: string; shop_domain: string }>('select c.hook_token, s.shop_domain from connection c join store s using (store_id) where store_id = $1');
      await w.remember({});
      for (let n = 0; n < 4; n++) {
        await fetch(`${w.house.publicUrl}/hooks/${connection!.hook_token}/orders/updated`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', 'x-shopify-topic': 'orders/updated', 'x-shopify-shop-domain': connection!.shop_domain, 'x-shopify-webhook-id': `forged-${n}`, 'x-shopify-hmac-sha256': 'AAAA' } });
      }
      await w.settle();
    },
    async clear(w) { await w.one(`update exception set last_seen = last_seen - interval '61 minutes' where store_id = $1 and kind = 'WEBHOOK_HMAC_FAILED'`); await w.run('subscriptions'); },
  },
  {
    kind: 'PAYLOAD_UNREADABLE', story: 'a webhook arrives torn in half', look: '/flows',
    async raise(w) {
      const level = await w.level('storefront', 6);
      await w.remember(level);
      await w.shop('faults', { webhooks: { poison: 'truncated' } });
      await w.shop('levels', { variantId: level.variantId, locationId: level.shopifyLocationId, available: level.available + 1 });
      await w.settle();
      await w.shop('faults', { webhooks: null });
    },
    async clear(w) {
      const level = await w.recall<DemoLevel>();
      for (let letter; (letter = await w.one<{ inbox_id: string }>('select inbox_id from inbox where store_id = $1 and state = 3 limit 1'));) await setAside(w.house.db, w.storeId, letter.inbox_id, 'set aside by a demonstration', w.now());
      await w.shop('levels', { variantId: level.variantId, locationId: level.shopifyLocationId, available: level.available });
      await w.settle();
      await w.run('subscriptions');
    },
  },
  {
    kind: 'TOKEN_DEAD', story: 'the client secret Instep holds is not the shop’s any more', look: '/settings/connections',
    async raise(w) {
      const kept = await w.one<{ secret: string }>(`select encode(client_secret, 'base64') as secret from connection where store_id = $1`);
      await w.remember(kept!);
      await w.house.db.query('update connection set client_secret = $2, access_token = null where store_id = $1', [w.storeId, w.house.vault.seal(`${w.storeId}:connection:client_secret`, 'not-the-secret')]);
      w.house.reconnect(w.storeId);
      await w.run('catalogue');
    },
    async clear(w) {
      await w.one(`update connection set client_secret = decode($2, 'base64') where store_id = $1`, (await w.recall<{ secret: string }>()).secret);
      w.house.reconnect(w.storeId);
      await w.run('catalogue');
    },
  },
  {
    kind: 'IMPORT_INCOMPLETE', story: 'the file of the whole history has fewer orders than Shopify counts', look: '/flows',
    async raise(w) { await w.remember({}); await readAllAgain(w); await w.shop('faults', { bulk: { kind: 'fewer-rows', count: 1 } }); await w.run('sales-history'); },
    async clear(w) { await w.shop('faults', { bulk: null }); await readAllAgain(w); await w.run('sales-history'); },
  },
  {
    kind: 'LOCATION_DEACTIVATED', story: 'somebody switches a location off whose goods Instep still counts', look: '/settings/locations',
    async raise(w) {
      const level = await w.level('storefront', 8), name = `Demo corner ${w.now().slice(11, 23)}`, { id } = await w.shop<{ id: string }>('locations', { name, countryCode: 'GB' });
      await w.remember({ id });
      await w.shop('levels/stocked', { variantId: level.variantId, locationId: id, stocked: true });
      await w.shop('levels', { variantId: level.variantId, locationId: id, available: 3 });
      await w.settle();
      await w.run('stock-levels', 'drift-check');
      await w.shop('faults', { webhooks: { drop: 1 } });
      await w.shop(`locations/${id}/deactivate`, { destinationId: level.shopifyLocationId });
      await w.shop('faults', { webhooks: null });
      await w.run('stock-levels');
    },
    async clear(w) { await w.shop(`locations/${(await w.recall<{ id: string }>()).id}/activate`, {}); await w.run('stock-levels'); },
  },
  {
    kind: 'STOCK_NEGATIVE', story: 'somebody sets a level below zero in Shopify', look: '/stock?view=negative',
    async raise(w) { const level = await w.level('storefront', 10); await w.remember(level); await w.shop('levels', { variantId: level.variantId, locationId: level.shopifyLocationId, available: -2 }); await w.settle(); await w.run('stock-levels', 'drift-check'); },
    async clear(w) { const level = await w.recall<DemoLevel>(); await w.shop('levels', { variantId: level.variantId, locationId: level.shopifyLocationId, available: level.available }); await w.settle(); await w.run('stock-levels', 'drift-check'); },
  },
  {
    kind: 'OVERSOLD', story: 'an order takes more than the warehouse has on its shelf', look: '/push',
    async raise(w) { const { order } = await servedOrder(w, 0, (level) => level.available + 5); await w.remember(order); await w.run('stock-push'); },
    async clear(w) { await w.shop(`orders/${(await w.recall<{ id: string }>()).id}/cancel`, { reason: 'INVENTORY' }); await w.settle(); await w.run('orders-out', 'stock-push'); },
  },
  {
    kind: 'WAREHOUSE_SKU_UNMAPPED', story: 'the warehouse counts goods under a code nobody knows', look: '/mapping?view=unmatched',
    async raise(w) { await w.remember({}); await w.warehouse('lay', { sku: 'DEMO-NOBODY-KNOWS', quantity: 5 }); await w.warehouse('count'); await w.run('warehouse-feed'); await w.settle(); await w.run('warehouse-feed'); },
    async clear(w) {
      const level = await w.level('warehouse', 4);
      // As a person would on Mapping: the code is matched to an item.
      await w.one(`update warehouse_sku k set item_id = $2 from location l where l.store_id = $1 and l.warehouse_id = k.warehouse_id and k.sku = 'DEMO-NOBODY-KNOWS'`, level.itemId);
      await w.run('warehouse-feed');
    },
  },
  {
    kind: 'ORDER_OUT_FAILED', story: 'the warehouse refuses an order', look: '/fulfilments?tab=orders',
    async raise(w) {
      const { order } = await servedOrder(w, 5, () => 1);
      await w.remember(order);
      await w.run('orders-out');
      const out = await w.one<{ reference: string }>('select reference from order_out where store_id = $1 and order_id = $2', order.id);
      await w.warehouse('refuse', { reference: out!.reference, reason: 'We do not ship this.' });
      await w.run('warehouse-feed'); await w.settle(); await w.run('warehouse-feed', 'orders-out');
    },
    async clear(w) { await w.shop(`orders/${(await w.recall<{ id: string }>()).id}/cancel`, { reason: 'INVENTORY' }); await w.settle(); await w.run('orders-out'); },
  },
  {
    kind: 'RETURN_AWAITING_INSPECTION', story: 'goods came back three days ago and nobody has looked at them', look: '/returns',
    async raise(w) {
      const level = await w.level('warehouse', 6), reference = `RMA-DEMO-${w.now().slice(11, 23).replace(/\D/g, '')}`;
      await w.remember({ reference, sku: level.sku });
      await w.warehouse('receive-return', { reference, lines: [{ sku: level.sku, quantity: 1 }] });
      await w.run('warehouse-feed'); await w.settle();
      await w.one(`update return_case set received_at = received_at - interval '3 days' where store_id = $1 and reference = $2`, reference);
      await w.run('returns');
    },
    async clear(w) {
      const { reference, sku: code } = await w.recall<{ reference: string; sku: string }>();
      await w.warehouse('inspect-return', { reference, lines: [{ sku: code, quantity: 1, disposition: 'damaged' }] });
      await w.run('warehouse-feed'); await w.settle(); await w.run('returns');
    },
  },
  {
    kind: 'REFUND_RESTOCK_MISMATCH', story: 'somebody restocks returned goods in Shopify that the warehouse has not seen', look: '/returns?tab=ghosts',
    async raise(w) {
      const { level, order } = await servedOrder(w, 7, () => 1);
      await w.remember(level);
      await w.shop(`orders/${order.id}/fulfil`, { locationId: level.shopifyLocationId, number: 'DEMO1' });
      await w.settle();
      await w.shop(`orders/${order.id}/refund`, { lines: [{ sku: level.sku, quantity: 1, restockType: 'RETURN', locationId: level.shopifyLocationId }] });
      await w.settle();
      await w.run('returns');
    },
    async clear(w) { for (let n = 0; n < 3; n++) { await w.run('stock-push'); await w.settle(); } await w.run('stock-levels', 'returns'); },
  },
  {
    kind: 'PO_OVERDUE', story: 'the day a supplier promised passed three weeks ago', look: '/purchase-orders?view=overdue',
    async raise(w) {
      const level = await w.level('storefront', 12), now = w.now();
      await w.one(`insert into supplier (store_id, name, currency, updated_at, updated_by) select $1, 'Demo supplier', currency, $2, 'demonstration' from store where store_id = $1 on conflict (store_id, lower(name)) do nothing`, now);
      const made = await w.one<{ id: number }>(
        `insert into purchase_order (store_id, reference, supplier_id, location_id, state, currency, ordered_on, expected_on, sent_at, created_at, created_by, updated_at)
         select $1, 'DEMO-' || to_char($2::timestamptz, 'YYYYMMDDHH24MISSMS'), supplier_id, $3, 'sent', currency, $2::date - 30, $2::date - 21, $2::timestamptz - interval '30 days', $2, 'demonstration', $2 from supplier where store_id = $1 and name = 'Demo supplier' returning purchase_order_id as id`, now, level.locationId);
      await w.one('insert into purchase_order_line (store_id, purchase_order_id, line, item_id, ordered, unit_cost) values ($1, $2, 1, $3, 12, 100)', made!.id, level.itemId);
      await w.remember(made!);
      await w.run('purchase-orders');
    },
    async clear(w) { await w.one(`update purchase_order set state = 'cancelled', closed_at = $3, updated_at = $3, version = version + 1 where store_id = $1 and purchase_order_id = $2`, (await w.recall<{ id: number }>()).id, w.now()); await w.run('purchase-orders'); },
  },
  {
    kind: 'FORECAST_STALE', story: 'no forecast came to its end for four days', look: '/forecast',
    async raise(w) { await w.remember({}); await w.one(`update forecast_run set finished_at = finished_at - interval '4 days' where store_id = $1`); await w.run('daily-digest'); },
    async clear(w) { await w.one(`update forecast_run set finished_at = finished_at + interval '4 days' where store_id = $1`); await w.run('daily-digest'); },
  },
  {
    kind: 'PLANNER_REJECTED', story: 'somebody gives an order in Inventory Planner a status nobody has explained', look: '/settings/planner?tab=orders',
    async raise(w) {
      await w.run('planner-exchange');
      const state = await w.planner<{ statuses: [string, string][] }>('state'), open = state.statuses.find(([, type]) => type === 'Active')!;
      const of = await w.one<{ warehouse: string; variant: string }>(
        `select p.planner_warehouse_id as warehouse, v.planner_variant_id as variant from planner_warehouse p, planner_variant v where p.store_id = $1 and v.store_id = $1 and p.kind = 'warehouse' and not p.is_disabled order by 1, 2 limit 1`);
      await w.remember({ from: open[0] });
      await w.planner('order', { reference: `DEMO-${w.now().slice(11, 19).replace(/\D/g, '')}`, status: open[0], warehouse: of!.warehouse, vendor: 'Demo supplier', items: [{ id: of!.variant, replenishment: 6 }] });
      await w.planner('rename-status', { from: open[0], to: 'On the boat' });
      await w.run('planner-exchange');
    },
    async clear(w) { await w.planner('rename-status', { from: 'On the boat', to: (await w.recall<{ from: string }>()).from }); await w.run('planner-exchange'); },
  },
];

/** Kinds the sandbox cannot bring about, why, and the test that raises and clears each by its own detection. */
export const NOT_DEMONSTRATED: Readonly<Partial<Record<ExceptionKindName, { why: string; test: string }>>> = {
  VARIANT_UNMAPPED: { why: 'the sandbox tells of a new product before it can be sold', test: 'test/scenarios/orders.test.ts' },
  LOCATION_UNMAPPED: { why: 'locations are read before their levels, so it lasts for a moment only', test: 'test/scenarios/reading.test.ts' },
  STOCK_DRIFT: { why: 'every difference the sandbox can make has a cause that is found; only a fault of ours has none', test: 'test/exceptions/detected.test.ts' },
  PUSH_HELD: { why: 'only the first push of a level is held, and for an hour', test: 'test/exceptions/detected.test.ts' },
  PUSH_CONFLICT: { why: 'another app must be faster than us three times in a row', test: 'test/scenarios/pushing.test.ts' },
  PUSH_FAILED: { why: 'Shopify refuses a level only when the product was turned into a bundle behind our back', test: 'test/scenarios/pushing.test.ts' },
  BUNDLE_COMPONENT_UNKNOWN: { why: 'the pages refuse a bundle of parts that are not there', test: 'test/exceptions/detected.test.ts' },
  BUNDLE_CYCLE: { why: 'the pages, the import and a second person at the same time are refused; only a hand in the database makes one', test: 'test/exceptions/detected.test.ts' },
  WAREHOUSE_REJECTED: { why: 'the sandbox warehouse breaks rows of files only, and speaks by messages here', test: 'test/exceptions/detected.test.ts' },
  WAREHOUSE_SILENT: { why: 'a warehouse that is asked answers, which ends its silence', test: 'test/exceptions/detected.test.ts' },
  ORDER_SHORT: { why: 'wants two lines that share a part of a bundle kept in Instep', test: 'test/scenarios/writing.test.ts' },
  FULFIL_NOT_SYNCED: { why: 'half an hour must pass', test: 'test/push/orders.test.ts' },
  AUDIT_CHAIN_BROKEN: { why: 'a signed period would have to be tampered with, and its break stays', test: 'test/audit/store.test.ts' },
  OVER_FULFILLED: { why: 'the sandbox, as Shopify, fulfils no more than is open; it takes a race with a cancellation', test: 'test/exceptions/detected.test.ts' },
  PO_MAIL_FAILED: { why: 'wants a mail server that refuses', test: 'test/purchasing/journey.test.ts' },
  LEADTIME_DRIFT: { why: 'wants a supplier with months of late deliveries', test: 'test/purchasing/journey.test.ts' },
  AUDIT_SCORE_FELL: { why: 'wants two audits with much broken in between', test: 'test/audit/store.test.ts' },
  DEMAND_ANOMALY: { why: 'wants days of sales nobody forecast', test: 'test/forecast/flow.test.ts' },
  PLANNER_SILENT: { why: 'an exchange must fail for more than a day', test: 'test/journeys/planner-exchange.test.ts' },
  API_VERSION_ENDING: { why: 'the year must pass', test: 'test/exceptions/detected.test.ts' },
  RATE_STARVED: { why: 'Shopify must be asked without pause for five minutes', test: 'test/exceptions/detected.test.ts' },
  OVERSELL_RISK: { why: 'wants a flash sale that is faster than the way to Shopify', test: 'test/exceptions/detected.test.ts' },
  TRANSFER_REFUSED: { why: 'Shopify must refuse a transfer it showed the scope and the places for', test: 'test/replenishment/transfers.test.ts' },
  ALERT_UNDELIVERED: { why: 'wants an address that does not answer for half an hour', test: 'test/alerts/telling.test.ts' },
};
