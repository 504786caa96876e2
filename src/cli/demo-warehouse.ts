/** The pretended warehouse of the bundled sandbox, set up as a person would on the pages: a connection with a secret, a location given to it, live. */
import { randomBytes } from 'node:crypto';
import type { BuiltHouse } from '../compose.ts';
import { changePolicy, setAuthority } from '../store/authority.ts';
import { makeCount, recordCounted } from '../store/stock-counts.ts';
import { audit } from '../store/users.ts';
import { makeWarehouse, type WarehouseRow } from '../store/warehouses.ts';

export interface DemoWarehouse {
  /** Null until it was set up; it is never set up twice. */
  warehouseId: number | null;
  hookToken: string; hookUrl: string; secret: string;
  /** Where it answers, and the location of the shop it serves: known once the sandbox runs. */
  url: string; locationId: string;
}

const NAME = 'Sandbox warehouse', ACTOR = 'Instep';
/** Nobody types a token, so its beginning tells this warehouse from those of people. */
const TOKEN = 'sandbox-';
/** Units one level may change by at first: the shelves begin as the shop shows them, so more than this is worth a look. */
const FIRST_PUSH_CAP = 60;

/** The warehouse as it was set up at an earlier start, or token and secret for one to come. `address` is where this process listens. */
export async function demoWarehouse(house: BuiltHouse, address: string): Promise<DemoWarehouse> {
  const { rows: [row] } = await house.db.query<WarehouseRow>(`select * from warehouse where connector = 'warehouse-rest' and hook_token like $1 order by warehouse_id limit 1`, [`${TOKEN}%`]);
  const hookToken = row?.hook_token ?? TOKEN + randomBytes(24).toString('base64url');
  const secret = row?.secret ? house.vault.open(`warehouse:${row.warehouse_id}:secret`, row.secret) : house.warehouses.newSecret(randomBytes(32));
  return { warehouseId: row?.warehouse_id ?? null, hookToken, secret, hookUrl: `${address.replace('//0.0.0.0:', '//127.0.0.1:')}/warehouse/v1/${hookToken}`, url: '', locationId: '' };
}

/** At a later start only the address is new: what people changed since stays. To be done before anybody asks the warehouse. */
export async function readdressDemo(house: BuiltHouse, demo: DemoWarehouse): Promise<void> {
  if (demo.warehouseId === null) return;
  // Its list of messages begins anew with each start, so the place we had read up to means nothing.
  await house.db.query(`update warehouse set settings = settings || $2::jsonb, cursor = null where warehouse_id = $1`, [demo.warehouseId, JSON.stringify({ url: demo.url })]);
  house.reconnectWarehouse(demo.warehouseId);
}

/** Sets the warehouse up, once for all, when the shop was imported and the location is known. */
export async function serveDemo(house: BuiltHouse, storeId: number, demo: DemoWarehouse, log: (line: string) => void): Promise<void> {
  const isNew = demo.warehouseId === null;
  if (isNew) {
    const now = house.clock.now().toISOString();
    const { rows: [place] } = await house.db.query<{ location_id: number; name: string; warehouse_id: number | null }>('select location_id, name, warehouse_id from location where store_id = $1 and shopify_location_id = $2', [storeId, demo.locationId]);
    if (!place || place.warehouse_id !== null) return;
    await house.db.transaction(async (tx) => {
      const warehouseId = await makeWarehouse(tx, { name: NAME, connector: 'warehouse-rest', settings: { url: demo.url }, hookToken: demo.hookToken, now });
      await tx.query('update warehouse set secret = $2 where warehouse_id = $1', [warehouseId, house.vault.seal(`warehouse:${warehouseId}:secret`, demo.secret)]);
      await setAuthority(tx, storeId, place.location_id, 'warehouse', warehouseId);
      await changePolicy(tx, storeId, place.location_id, { mode: 'live', firstPushCap: FIRST_PUSH_CAP }, ACTOR, now);
      await audit(tx, { at: now, actor: ACTOR, action: 'warehouse set up', subject: NAME, after: { serves: place.name, mode: 'live', firstPushCap: FIRST_PUSH_CAP } });
    });
    log(`${NAME} on ${demo.url} serves ${place.name}`);
  }
  for (const flow of ['warehouse-feed', 'stock-push']) await house.enqueue(flow, storeId);
  if (isNew) await demoCount(house, storeId, demo.locationId);
  house.changed(storeId, ['stock', 'push', 'connections']);
}

/** A count that waits for somebody's decision, once the warehouse said what is there; a warehouse that does not within seconds has none. */
async function demoCount(house: BuiltHouse, storeId: number, shopifyLocationId: string): Promise<void> {
  for (let tries = 0; tries < 50; tries++, await new Promise((resolve) => { setTimeout(resolve, 200); })) {
    const { rows } = await house.db.query<{ location_id: number; sku: string; on_hand: number }>(
      `select l.location_id, s.sku, s.on_hand from location l join warehouse_stock s on s.warehouse_id = l.warehouse_id where l.store_id = $1 and l.shopify_location_id = $2 and s.item_id is not null and s.on_hand > 2 order by s.sku limit 4`, [storeId, shopifyLocationId]);
    if (rows.length === 0) continue;
    const now = house.clock.now().toISOString(), { location_id: locationId } = rows[0]!;
    await house.db.transaction(async (tx) => {
      const countId = await makeCount(tx, storeId, locationId, 'Aisle 4, monthly', NAME, now);
      await recordCounted(tx, storeId, countId, locationId, rows.map((row, n) => ({ sku: row.sku, counted: row.on_hand + [-2, 0, 1, 0][n]! })), NAME, now);
      await tx.query(`update stock_count set state = 'submitted', decided_at = $3, decided_by = $4 where store_id = $1 and count_id = $2`, [storeId, countId, now, NAME]);
    });
    return;
  }
}
