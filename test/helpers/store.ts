/** A store row with items, variants and locations, for tests that need no shop behind it. */
import { randomBytes } from 'node:crypto';
import type { Db } from '../../src/store/db.ts';
import { saveLocations, saveVariants } from '../../src/store/catalogue.ts';
import { saveStore } from '../../src/store/stores.ts';

export const NOW = '2026-11-24T12:00:00.000Z';

/** Variants 101…, inventory items 201…, one location 301…; answers ids as the database gave them. */
export async function storeWith(db: Db, counts: { variants: number; locations: number }): Promise<{ storeId: number; itemIds: number[]; locationIds: number[] }> {
  const storeId = await saveStore(db, {
    shopDomain: `t${randomBytes(5).toString('hex')}.myshopify.com`, name: 'Test', currency: 'EUR', timeZone: 'Europe/Amsterdam', origin: null, clientId: 'c', clientSecret: Buffer.alloc(1),
    hookToken: randomBytes(8).toString('hex'), now: NOW,
  });
  await saveLocations(db, storeId, Array.from({ length: counts.locations }, (_, n) => ({ id: String(301 + n), name: `Place ${n + 1}`, isActive: true })), NOW);
  const variants = Array.from({ length: counts.variants }, (_, n) => ({
    variantId: String(101 + n), productId: '11', inventoryItemId: String(201 + n), sku: `SKU-${n + 1}`, barcode: null, title: `Thing ${n + 1}`, price: 1000, vendor: 'Mill', productType: 'Thing',
    tags: [], tagsAt: '2026-01-01T00:00:00.000Z', productStatus: 'ACTIVE', continuesSelling: false, isBundle: false, components: [], tracked: true, unitCost: 400, updatedAt: NOW,
  }));
  for (let start = 0; start < variants.length; start += 5_000) await db.transaction((tx) => saveVariants(tx, storeId, variants.slice(start, start + 5_000), NOW));
  const items = await db.query<{ item_id: number }>('select item_id from inventory_item where store_id = $1 order by shopify_inventory_item_id', [storeId]);
  const places = await db.query<{ location_id: number }>('select location_id from location where store_id = $1 order by shopify_location_id', [storeId]);
  return { storeId, itemIds: items.rows.map((r) => r.item_id), locationIds: places.rows.map((r) => r.location_id) };
}

/** Every balance, movement total and demand of a store as one text: two stores that agree in it agree in everything that counts. */
export async function fingerprint(db: Db, storeId: number): Promise<string> {
  const balances = await db.query('select item_id, location_id, state, quantity from balance where store_id = $1 and quantity <> 0 order by 1, 2, 3', [storeId]);
  const facts = await db.query('select fact, sum(quantity)::int as quantity from movement where store_id = $1 group by 1 having sum(quantity) <> 0 order by 1', [storeId]);
  const demand = await db.query('select item_id, location_id, day, quantity, returned from daily_demand where store_id = $1 and (quantity <> 0 or returned <> 0) order by 1, 2, 3', [storeId]);
  const orders = await db.query('select order_id, state from sales_order where store_id = $1 order by 1', [storeId]);
  // When a fulfilment order was read is about our reading, not about the order.
  return JSON.stringify([balances.rows, facts.rows, demand.rows, orders.rows], (key, value: unknown) => (key === 'readAt' ? undefined : value));
}
