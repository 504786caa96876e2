/** A shop that every demonstration of a fault works on: a warehouse and a planner of the sandbox beside it, with or without a worker at its work. */
import { randomBytes } from 'node:crypto';
import { secretText } from '../../src/connectors/webhooks/standard.ts';
import { startWarehouse } from '../../src/sandbox/warehouse/server.ts';
import { connectPlanner, plannerAccount } from './planner-account.ts';
import type { World } from './world.ts';

/** Imports the shop and serves its second location from a sandbox warehouse. Answers how to stop that warehouse. */
export async function demoShop(w: World): Promise<() => Promise<void>> {
  await w.import();
  const { house, storeId } = w, { tables } = w.sandbox.shop, place = [...tables.locations.keys()][1]!, secret = secretText(randomBytes(32)), shelves: Record<string, number> = {};
  for (const variant of tables.variants.values()) {
    const level = tables.levels.get(`${variant.inventoryItemId}:${place}`);
    if (level && variant.sku && variant.components.length === 0) shelves[variant.sku] = Math.max(0, level.quantities.available + level.quantities.committed);
  }
  const building = await startWarehouse({ port: 0, secret, hookUrl: null, shelves });
  const { rows: [row] } = await house.db.query<{ warehouse_id: number }>(`insert into warehouse (name, connector, settings, hook_token, created_at) values ('Leeds', 'warehouse-rest', $1, 'demo-hook', $2) returning warehouse_id`, [JSON.stringify({ url: building.url }), new Date().toISOString()]);
  await house.db.query('update warehouse set secret = $2 where warehouse_id = $1', [row!.warehouse_id, house.vault.seal(`warehouse:${row!.warehouse_id}:secret`, secret)]);
  building.building.tellStock();
  await w.serve(place);
  const variants = [...tables.variants.values()].slice(0, 3);
  const side = await plannerAccount({ variants: 3, places: [...tables.locations.keys()], level: (n, at) => ({ inStock: tables.levels.get(`${variants[n]!.inventoryItemId}:${[...tables.locations.keys()][at]!}`)?.quantities.available ?? 0, sold: [] }), ids: (n) => variants[n]!.id, skus: (n) => variants[n]!.sku ?? '' });
  await connectPlanner(house, storeId, side.url, { pushes_stock: false });
  return async () => { await building.stop(); };
}
