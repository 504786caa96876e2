/** A store with many stock levels, made in bulk and consistent: every balance is the fold of its movements. */
import type { Db } from '../src/store/db.ts';

export const STORE = 1;
export const PLACES = 20;
/** Units each level opens with. */
const OPENING = 1_000;

const AT = '2026-01-01T00:00:00Z';

/** Store, locations, items and variants, numbered from 1: location n is Shopify's 900 + n, item n its inventory item 1000000 + n and variant 2000000 + n. */
export async function makeCatalogue(db: Db, items: number): Promise<void> {
  await db.query(`insert into store (shop_domain, name, currency, time_zone, created_at) values ('bench.myshopify.com', 'Bench', 'EUR', 'UTC', $1)`, [AT]);
  await db.query(`insert into location (store_id, shopify_location_id, name, is_active, updated_at) select ${STORE}, 900 + n, 'Place ' || n, true, $1 from generate_series(1, ${PLACES}) n`, [AT]);
  await db.query(`insert into item (sku, title, vendor, unit_cost, currency) select 'SKU-' || n, 'Thing ' || n, 'Vendor ' || n % 50, 100 + n % 5000, 'EUR' from generate_series(1, $1::int) n`, [items]);
  await db.query(`insert into inventory_item select ${STORE}, 1000000 + n, n, true, 100, $2 from generate_series(1, $1::int) n`, [items, AT]);
  await db.query(`insert into variant (store_id, shopify_variant_id, shopify_product_id, shopify_inventory_item_id, sku, title, product_status, updated_at)
    select ${STORE}, 2000000 + n, 1, 1000000 + n, 'SKU-' || n, 'Thing ' || n, 'ACTIVE', $2 from generate_series(1, $1::int) n`, [items, AT]);
  await db.query('vacuum analyze location, item, inventory_item, variant');
}

/** Opens `levels` levels, items × 20 locations: openings, movements, balances. */
export async function makeLevels(db: Db, levels: number): Promise<{ items: number }> {
  const items = Math.ceil(levels / PLACES), at = AT;
  await db.query(
    `insert into movement (store_id, item_id, kind, from_location, from_state, to_location, to_state, quantity, fact, revision, occurred_at, recorded_at, source)
     select ${STORE}, i, 'opening', 0, 'opening', l, 'available', ${OPENING}, 'shopify:level/' || 1000000 + i || '@' || l || ':opening/available', 1, $2, $2, 'bulk'
     from generate_series(1, $1::int) i, generate_series(1, ${PLACES}) l`, [items, at]);
  await db.query(`insert into opening select ${STORE}, i, l, $2 from generate_series(1, $1::int) i, generate_series(1, ${PLACES}) l`, [items, at]);
  await db.query(
    `insert into ledger_level (store_id, item_id, location_id, available, updated_at)
     select ${STORE}, i, l, ${OPENING}, $2 from generate_series(1, $1::int) i, generate_series(1, ${PLACES}) l order by 2, 3`, [items, at]);
  await db.query('vacuum analyze movement, ledger_level, opening');
  return { items };
}
