/** The pretended Inventory Planner of the bundled sandbox, connected as a person would on the page; what people change about it stays. */
import { randomBytes } from 'node:crypto';
import type { BuiltHouse } from '../compose.ts';
import { findPlanner } from '../store/planner.ts';
import { audit } from '../store/users.ts';

export interface DemoPlanner { apiKey: string; account: string }

const ACTOR = 'Instep', ACCOUNT = 'a1001';
const isOurs = (row: { account: string; origin: string } | null): boolean => row !== null && row.account === ACCOUNT && new URL(row.origin).hostname === '127.0.0.1';

/** The key it knows from an earlier start, or one for a connection to come; null when somebody has connected a planner of their own. */
export async function demoPlanner(house: BuiltHouse, storeId: number | undefined): Promise<DemoPlanner | null> {
  const row = storeId === undefined ? null : await findPlanner(house.db, storeId);
  if (row && !isOurs(row)) return null;
  return { account: ACCOUNT, apiKey: row ? house.vault.open(`${row.store_id}:planner_connection:api_key`, row.api_key) : randomBytes(18).toString('base64url') };
}

/** Connects it once, and tells its new address at every later start; then exchanges. */
export async function connectDemoPlanner(house: BuiltHouse, storeId: number, demo: DemoPlanner, url: string, log: (line: string) => void): Promise<void> {
  const now = house.clock.now().toISOString(), row = await findPlanner(house.db, storeId);
  if (row && !isOurs(row)) return;
  if (row) await house.db.query('update planner_connection set origin = $2 where store_id = $1', [storeId, url]);
  else {
    // It raises no stock in the sandbox shop, so receipts may go both ways.
    await house.db.query(
      `insert into planner_connection (store_id, origin, account, api_key, pushes_stock, files_token, created_at, updated_at, updated_by) values ($1, $2, $3, $4, false, $5, $6, $6, $7) on conflict do nothing`,
      [storeId, url, demo.account, house.vault.seal(`${storeId}:planner_connection:api_key`, demo.apiKey), randomBytes(24).toString('base64url'), now, ACTOR]);
    await audit(house.db, { at: now, actor: ACTOR, action: 'planner connected', subject: 'Sandbox planner', after: { account: demo.account } });
    log(`Sandbox planner on ${url} is connected`);
  }
  house.reconnectPlanner(storeId);
  await house.enqueue('planner-exchange', storeId);
}
