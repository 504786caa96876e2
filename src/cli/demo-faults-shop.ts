/** Demonstrations of what the shop does behind our back: products and places nobody told of, bundles that do not hold, an interface that ends, calls used up. */
import { acceptOverFulfilled } from '../store/over-fulfilled.ts';
import { saveBundle } from '../store/bundles.ts';
import type { DemoFault, DemoWorld } from './demo-world.ts';

const LONG_AGO = '2020-01-01T00:00:00.000Z';
const stamp = (w: DemoWorld): string => w.now().slice(11, 23).replace(/\D/g, '');
/** Rights that are missing, and webhooks that are lost, until `end`: what is new in the shop cannot be heard of. */
const deaf = async (w: DemoWorld, scopes: string[], topics: string[]): Promise<void> => { await w.shop('faults', { loseScopes: scopes, webhooks: { drop: 1, topics } }); };
/** One call, whose reply says how many are left. */
const askShopify = async (w: DemoWorld): Promise<unknown> => (await w.house.storefront(w.storeId)).shop();
const hearing = async (w: DemoWorld): Promise<void> => { await w.shop('faults', { loseScopes: [], webhooks: null }); };

export const SHOP_FAULTS: readonly DemoFault[] = [
  {
    kind: 'VARIANT_UNMAPPED', story: 'a new product is sold while Instep may not read products', look: '/flows',
    async raise(w) {
      const { shopifyLocationId: locationId } = await w.level('storefront', 14);
      await deaf(w, ['read_products', 'write_products'], ['products/create', 'products/update']);
      const { id } = await w.shop<{ id: string }>('products', { title: 'Demo newcomer', sku: `DEMO-NEW-${stamp(w)}`, levels: [{ locationId, available: 20 }] });
      const order = await w.shop<{ id: string }>('orders', { lines: [{ variantId: id, quantity: 1 }], locationId });
      await w.remember(order);
      await w.settle();
      await w.wait(15);
    },
    async clear(w) { await hearing(w); await w.run('catalogue'); await w.shop(`orders/${(await w.recall<{ id: string }>()).id}/cancel`, { reason: 'OTHER' }); await w.settle(); await w.run('stock-levels'); },
  },
  {
    kind: 'LOCATION_UNMAPPED', story: 'somebody opens a location and stocks it while Instep may not read locations', look: '/settings/locations',
    async raise(w) {
      const { variantId } = await w.level('storefront', 15);
      await deaf(w, ['read_locations', 'write_locations'], ['locations/create', 'locations/update', 'locations/activate']);
      const { id } = await w.shop<{ id: string }>('locations', { name: `Demo dock ${stamp(w)}`, countryCode: 'GB' });
      await w.remember({ id, variantId });
      await w.shop('levels/stocked', { variantId, locationId: id, stocked: true });
      await w.shop('levels', { variantId, locationId: id, available: 4 });
      await w.settle();
    },
    async clear(w) {
      const { id, variantId } = await w.recall<{ id: string; variantId: string }>();
      await hearing(w);
      await w.run('catalogue');
      await w.shop('levels', { variantId, locationId: id, available: 0 });
      await w.settle();
      await w.run('stock-levels');
    },
  },
  {
    kind: 'BUNDLE_COMPONENT_UNKNOWN', story: 'a bundle is sold whose new part Instep was not told of (the pages refuse such a part: it is written past them)', look: '/mapping?tab=bundles',
    async raise(w) {
      const bundle = await w.level('storefront', 18), part = await w.level('storefront', 19);
      await deaf(w, [], ['products/create', 'products/update']);
      const { id } = await w.shop<{ id: string }>('products', { title: 'Demo part', sku: `DEMO-PART-${stamp(w)}` });
      await w.house.db.transaction((tx) => saveBundle(tx, w.storeId, bundle.variantId, LONG_AGO, [{ variantId: part.variantId, quantity: 1 }, { variantId: id, quantity: 1 }], 'demonstration', w.now()));
      const order = await w.shop<{ id: string }>('orders', { lines: [{ variantId: bundle.variantId, quantity: 1 }], locationId: bundle.shopifyLocationId });
      await w.remember({ orderId: order.id, variantId: bundle.variantId });
      await w.settle();
    },
    async clear(w) {
      const { orderId, variantId } = await w.recall<{ orderId: string; variantId: string }>();
      await hearing(w);
      await w.run('catalogue');
      await w.shop(`orders/${orderId}/cancel`, { reason: 'OTHER' });
      await w.settle();
      await w.one('delete from bundle_version where store_id = $1 and variant_id = $2 and effective_from = $3', variantId, LONG_AGO);
    },
  },
  {
    kind: 'BUNDLE_CYCLE', story: 'somebody writes two bundles into the database that contain each other: every other way in refuses them', look: '/mapping?tab=bundles',
    async raise(w) {
      const pair = [await w.level('storefront', 20), await w.level('storefront', 21)].map((level) => level.variantId);
      await w.remember(pair);
      for (const [n, id] of pair.entries()) {
        await w.one(`insert into bundle_version (store_id, variant_id, effective_from, updated_at, updated_by) values ($1, $2, $3, $4, 'demonstration')`, id, LONG_AGO, w.now());
        await w.one('insert into bundle_part (store_id, variant_id, effective_from, component_variant_id, quantity) values ($1, $2, $3, $4, 1)', id, LONG_AGO, pair[1 - n]);
      }
      await w.run('catalogue');
    },
    async clear(w) { await w.one('delete from bundle_version where store_id = $1 and variant_id = any($2) and effective_from = $3', await w.recall<string[]>(), LONG_AGO); await w.run('catalogue'); },
  },
  {
    kind: 'API_VERSION_ENDING', story: 'Shopify says that something Instep asks for is on its way out', look: '/settings/connections',
    async raise(w) { await w.remember({}); await w.shop('faults', { deprecated: 'https://shopify.dev/docs/api/usage/versioning#deprecation-practices' }); await w.run('catalogue'); },
    async clear(w) { await w.shop('faults', { deprecated: null }); await w.run('catalogue'); },
  },
  {
    kind: 'RATE_STARVED', story: 'somebody else uses up the calls Shopify allows this app', look: '/peak',
    async raise(w) { await w.remember({}); await w.shop('faults', { bucket: { share: 0.05, restoreRate: 200 } }); await askShopify(w); await w.run('stock-push'); await w.wait(6); },
    // It refills in twenty seconds, and stays so for ten minutes, which are taken to have passed.
    async clear(w) { await w.shop('faults', { bucket: null }); await askShopify(w); await w.one(`update shop_bucket set at = at - interval '20 seconds' where store_id = $1`); await w.wait(10); await w.run('stock-push'); },
  },
  {
    kind: 'OVER_FULFILLED', story: 'a parcel is in Shopify twice, as after a race of two writers', look: '/fulfilments',
    async raise(w) {
      const level = await w.level('storefront', 22), { id } = await w.shop<{ id: string }>('orders', { lines: [{ variantId: level.variantId, quantity: 2 }], locationId: level.shopifyLocationId });
      await w.settle();
      await w.shop(`orders/${id}/fulfil`, { locationId: level.shopifyLocationId, number: 'DEMO2' });
      await w.settle();
      await w.shop(`orders/${id}/double`, {});
      await w.remember({ id });
      await w.settle();
    },
    // As its button does: what went out is accepted.
    async clear(w) { await acceptOverFulfilled(w.house.db, w.storeId, (await w.recall<{ id: string }>()).id, 'demonstration', 'a demonstration', w.now()); await w.run('fulfilments'); },
  },
];
