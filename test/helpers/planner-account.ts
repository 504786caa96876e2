/** A simulated planner over a platform a test can change: variants named by number, one or more places, sales per day. */
import { afterAll } from 'vitest';
import type { BuiltHouse } from '../../src/compose.ts';
import type { Platform, PlatformLevel } from '../../src/sandbox/planner/account.ts';
import { startPlanner, type SandboxPlanner } from '../../src/sandbox/planner/server.ts';

export const KEY = 'ip-test-key-0123456789', ACCOUNT = 'a4711';
export interface PlannerAccount extends SandboxPlanner { platform: { -readonly [K in keyof Platform]: Platform[K][number][] } }

export async function plannerAccount(options: { variants?: number; places?: string[]; level?: (variant: number, place: number) => Partial<PlatformLevel>; ids?: (n: number) => string; skus?: (n: number) => string; clock?: { now(): Date }; currency?: string } = {}): Promise<PlannerAccount> {
  const { variants = 3, places = ['301'], level = () => ({}), ids = (n) => String(101 + n), skus = (n) => `SKU-${n + 1}` } = options;
  const platform: PlannerAccount['platform'] = {
    locations: places.map((id, n) => ({ id, name: `Place ${n + 1}` })),
    variants: Array.from({ length: variants }, (_, n) => ({ id: ids(n), sku: skus(n), title: `Thing ${n + 1}`, barcode: null, vendor: 'Mill', price: 1000, cost: 400 })),
    levels: places.flatMap((locationId, place) => Array.from({ length: variants }, (_, n) => ({ variantId: ids(n), locationId, inStock: 20, sold: Array.from({ length: 30 }, () => 2), inStockDays: Array.from({ length: 30 }, () => true), ...level(n, place) }))),
  };
  const started = await startPlanner({ port: 0, apiKey: KEY, accountId: ACCOUNT, platform: () => platform, currency: options.currency ?? 'EUR', ...(options.clock ? { clock: options.clock } : {}) });
  afterAll(() => started.stop());
  return { ...started, platform };
}

/** A connection of the store to it, as the page would make one; guards and files as given. */
export async function connectPlanner(house: BuiltHouse, storeId: number, url: string, settings: Partial<Record<'pushes_stock' | 'sends_orders' | 'takes_orders' | 'floors_in_lead_time', boolean>> & { sftp?: object; sftpSecret?: string } = {}): Promise<void> {
  const now = house.clock.now().toISOString(), place = `${storeId}:planner_connection`, { sftp, sftpSecret, ...switches } = settings;
  await house.db.query(
    `insert into planner_connection (store_id, origin, account, api_key, files_token, sftp, sftp_secret, created_at, updated_at, updated_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $8, 'test')`,
    [storeId, url, ACCOUNT, house.vault.seal(`${place}:api_key`, KEY), `files-${storeId}`, sftp ? JSON.stringify(sftp) : null, sftpSecret === undefined ? null : house.vault.seal(`${place}:sftp_secret`, sftpSecret), now]);
  for (const [name, on] of Object.entries(switches)) await house.db.query(`update planner_connection set ${name} = $2 where store_id = $1`, [storeId, on]);
}

export interface MadeOrder { id: number; reference: string }
/** An approved order of ours, as the purchasing pages leave one. */
export async function ourOrder(house: BuiltHouse, storeId: number, reference: string, locationId: number, lines: readonly { itemId: number; ordered: number; unitCost?: number }[], supplier = 'Mill'): Promise<MadeOrder> {
  const now = house.clock.now().toISOString();
  await house.db.query(`insert into supplier (store_id, name, currency, updated_at, updated_by) values ($1, $2, 'EUR', $3, 'test') on conflict (store_id, lower(name)) do nothing`, [storeId, supplier, now]);
  const { rows: [made] } = await house.db.query<{ id: number }>(
    `insert into purchase_order (store_id, reference, supplier_id, location_id, state, currency, expected_on, created_at, created_by, updated_at) values ($1, $2, (select supplier_id from supplier where store_id = $1 and lower(name) = lower($3)), $4, 'approved', 'EUR', '2026-03-20', $5, 'test', $5) returning purchase_order_id as id`,
    [storeId, reference, supplier, locationId, now]);
  for (const [n, line] of lines.entries()) await house.db.query('insert into purchase_order_line (store_id, purchase_order_id, line, item_id, ordered, unit_cost) values ($1, $2, $3, $4, $5, $6)', [storeId, made!.id, n + 1, line.itemId, line.ordered, line.unitCost ?? 400]);
  return { id: made!.id, reference };
}
/** Goods of ours come in, as a scan would book them. */
export async function weReceive(house: BuiltHouse, storeId: number, orderId: number, itemId: number, units: number): Promise<void> {
  await house.db.query('update purchase_order_line set received = received + $4 where store_id = $1 and purchase_order_id = $2 and item_id = $3', [storeId, orderId, itemId, units]);
}
