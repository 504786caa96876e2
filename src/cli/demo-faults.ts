/**
 * Every kind of exception, and how it is made to happen for real: through the sandbox's control APIs, then by the flow that finds it. The same table
 * drives `instep demo raise` and the test that raises and clears each. `age` steps set back when something happened: nobody waits three days for a demonstration.
 */
import type { ExceptionKindName } from '../domain/exceptions/catalogue.ts';
import { CATCH_UP } from '../store/catch-up.ts';
import { setAside } from '../store/inbox.ts';
import { HOUSE_FAULTS } from './demo-faults-house.ts';
import { PLAN_FAULTS } from './demo-faults-plan.ts';
import { PUSH_FAULTS } from './demo-faults-push.ts';
import { SHOP_FAULTS } from './demo-faults-shop.ts';
import { WORK_FAULTS } from './demo-faults-work.ts';
import type { DemoFault, DemoLevel, DemoWorld } from './demo-world.ts';

const sku = (kind: ExceptionKindName, story: string, n: number, change: (level: DemoLevel, other: DemoLevel) => string): DemoFault => ({
  kind, story, look: '/mapping',
  async raise(w) {
    const level = await w.level('storefront', n), other = await w.level('storefront', n + 1);
    const changed = change(level, other);
    await w.remember({ ...level, changed });
    await w.shop(`variants/${level.variantId}`, { sku: changed });
    await w.run('catalogue');
  },
  async clear(w) {
    const level = await w.recall<DemoLevel & { changed: string }>();
    await w.run('catalogue');
    const known = await w.one<{ sku: string | null }>('select sku from variant where store_id = $1 and shopify_variant_id = $2', level.variantId);
    if ((known?.sku ?? '') !== level.changed) return 'the SKU is another one by now';
    if (!(await w.one(`select from exception where store_id = $1 and kind = $2 and state <> 'resolved' and (subject like '%' || $3 || '%' or item_id = $4) limit 1`, kind, level.changed, level.itemId))) return 'the SKU was accepted as it is';
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
    clear: (w) => w.run('subscriptions', ...CATCH_UP),
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
      await w.run('catalogue', ...CATCH_UP);
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
    async raise(w) { const { order } = await servedOrder(w, 0, (level) => level.available + 5); await w.remember(order); await w.seen('stock-push'); },
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
    kind: 'REFUND_RESTOCK_MISMATCH', story: 'somebody restocks returned goods in Shopify that the warehouse has not seen (pushes of its place are paused until you undo it: the next one would take them back)', look: '/returns?tab=ghosts',
    async raise(w) {
      const { level, order } = await servedOrder(w, 7, () => 1), { paused } = (await w.one<{ paused: boolean }>('select paused from push_policy where store_id = $1 and location_id = $2', level.locationId))!;
      await w.remember({ locationId: level.locationId, paused });
      await w.pausePushes(level.locationId, true);
      await w.shop(`orders/${order.id}/fulfil`, { locationId: level.shopifyLocationId, number: 'DEMO1' });
      await w.settle();
      await w.shop(`orders/${order.id}/refund`, { lines: [{ sku: level.sku, quantity: 1, restockType: 'RETURN', locationId: level.shopifyLocationId }] });
      await w.settle();
      await w.seen('returns');
    },
    async clear(w) {
      const { locationId, paused } = await w.recall<{ locationId: number; paused: boolean }>();
      await w.pausePushes(locationId, paused);
      for (let n = 0; n < 3; n++) { await w.run('stock-push'); await w.settle(); }
      await w.run('stock-levels', 'returns');
    },
  },
  {
    kind: 'FORECAST_STALE', story: 'no forecast came to its end for four days', look: '/forecast',
    async raise(w) { await w.remember({ at: w.now() }); await w.one(`update forecast_run set finished_at = finished_at - interval '4 days' where store_id = $1`); await w.run('daily-digest'); },
    // What was forecast since stays where it is.
    async clear(w) { await w.one(`update forecast_run set finished_at = finished_at + interval '4 days' where store_id = $1 and finished_at <= $2::timestamptz - interval '4 days'`, (await w.recall<{ at: string }>()).at); await w.run('forecast'); },
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
  ...SHOP_FAULTS, ...PUSH_FAULTS, ...WORK_FAULTS, ...PLAN_FAULTS, ...HOUSE_FAULTS,
];

/** Kinds the sandbox cannot bring about, why, and the test that raises and clears each by its own detection. */
export const NOT_DEMONSTRATED: Readonly<Partial<Record<ExceptionKindName, { why: string; test: string }>>> = {};
