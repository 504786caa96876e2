/** The pretended Inventory Planner of the bundled sandbox, connected as a person would on the page; what people change about it stays. */
import { randomBytes } from 'node:crypto';
import type { BuiltHouse } from '../compose.ts';
import { findPlanner } from '../store/planner.ts';
import { audit } from '../store/users.ts';

export interface DemoPlanner { apiKey: string; account: string }
/** Where it is since its last start; the password of its folder is the key. */
export interface SandboxPlannerAt { url: string; sftp: { port: number; fingerprint: string } }

const ACTOR = 'Instep', ACCOUNT = 'a1001';
const isOurs = (row: { account: string; origin: string } | null): boolean => row !== null && row.account === ACCOUNT && new URL(row.origin).hostname === '127.0.0.1';

/** The key it knows from an earlier start, or one for a connection to come; null when somebody has connected a planner of their own. */
export async function demoPlanner(house: BuiltHouse, storeId: number | undefined): Promise<DemoPlanner | null> {
  const row = storeId === undefined ? null : await findPlanner(house.db, storeId);
  if (row && !isOurs(row)) return null;
  return { account: ACCOUNT, apiKey: row ? house.vault.open(`${row.store_id}:planner_connection:api_key`, row.api_key) : randomBytes(18).toString('base64url') };
}

/** Connects it once, and tells its new address at every later start; then exchanges. */
export async function connectDemoPlanner(house: BuiltHouse, storeId: number, demo: DemoPlanner, { url, sftp: at }: SandboxPlannerAt, log: (line: string) => void): Promise<void> {
  const now = house.clock.now().toISOString(), row = await findPlanner(house.db, storeId);
  if (row && !isOurs(row)) return;
  const sftp = JSON.stringify({ host: '127.0.0.1', port: at.port, user: 'planner', fingerprint: at.fingerprint, folder: '' });
  if (row) await house.db.query(`update planner_connection set origin = $2, sftp = case when sftp ->> 'host' = '127.0.0.1' then $3::jsonb else sftp end where store_id = $1`, [storeId, url, sftp]);
  else {
    // It raises no stock in the sandbox shop, so receipts may go both ways.
    await house.db.query(
      `insert into planner_connection (store_id, origin, account, api_key, pushes_stock, files_token, created_at, updated_at, updated_by, sftp, sftp_secret) values ($1, $2, $3, $4, false, $5, $6, $6, $7, $8, $9) on conflict do nothing`,
      [storeId, url, demo.account, house.vault.seal(`${storeId}:planner_connection:api_key`, demo.apiKey), randomBytes(24).toString('base64url'), now, ACTOR, sftp, house.vault.seal(`${storeId}:planner_connection:sftp_secret`, demo.apiKey)]);
    await audit(house.db, { at: now, actor: ACTOR, action: 'planner connected', subject: 'Sandbox planner', after: { account: demo.account } });
    log(`Sandbox planner on ${url} is connected`);
  }
  house.reconnectPlanner(storeId);
  await house.enqueue('planner-exchange', storeId);
}
