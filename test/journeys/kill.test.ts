/**
 * kill -9 in the middle of everything, as a real process with a real database: nothing acknowledged is lost, nothing is applied twice, the next start
 * recovers by itself and attaches to the database that lived on.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { ledgerFaults } from '../../src/store/ledger.ts';
import { openVault } from '../../src/runtime/secrets.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const dir = mkdtempSync(path.join(tmpdir(), 'instep-kill-'));
chmodSync(dir, 0o755); // the database runs as another user when we are root
const processes: ChildProcess[] = [];

/** Starts `instep start` and answers its address once it is ready. */
async function start(): Promise<{ child: ChildProcess; url: string; said: string }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, 'start', '--no-web'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, INSTEP_DATA_DIR: dir, INSTEP_PORT: '0', INSTEP_SANDBOX_MONTHS: '1', INSTEP_SANDBOX_SCALE: '0.03', INSTEP_SANDBOX_ORDERS_PER_MINUTE: '0', INSTEP_SANDBOX_WAREHOUSE: 'off', DATABASE_URL: '' },
  });
  processes.push(child);
  let said = '';
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`exit ${code}: ${said}`)));
    child.stderr!.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const ready = /ready on (http:\S+)/.exec(said);
      if (ready) resolve({ child, url: ready[1]!, said });
    });
  });
}

async function database(): Promise<pg.Client> {
  const port = Number(readFileSync(path.join(dir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[3]);
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'instep', password: readFileSync(path.join(dir, 'postgres.password'), 'utf8').trim(), database: 'instep' });
  await client.connect();
  return client;
}

const gone = (child: ChildProcess): Promise<void> => new Promise((resolve) => { if (child.exitCode !== null || child.signalCode) resolve(); else child.once('exit', () => resolve()); });
afterAll(async () => {
  for (const child of processes) if (child.exitCode === null && !child.signalCode) { child.kill('SIGTERM'); await gone(child); }
  rmSync(dir, { recursive: true, force: true });
});

describe('kill -9', () => {
  it('loses nothing acknowledged, applies nothing twice, and starts again by itself', async () => {
    const first = await start();
    const db = await database();
    const { rows: [hook] } = await db.query<{ hook_token: string; client_secret: Buffer; shop_domain: string; store_id: number }>('select c.*, s.shop_domain from connection c join store s using (store_id)');
    const secret = openVault(dir).open(`${hook!.store_id}:connection:client_secret`, hook!.client_secret);
    const { rows: [known] } = await db.query<{ variant: string }>(
      `select v.shopify_variant_id as variant from variant v join inventory_item i using (store_id, shopify_inventory_item_id) where i.tracked and not v.is_bundle limit 1`);
    await db.end();

    // Orders pour in; the process dies in the middle, with no warning.
    const acknowledged: string[] = [];
    const send = async (n: number): Promise<void> => {
      const id = randomUUID(), at = '2026-11-24T10:00:00Z';
      const body = JSON.stringify({
        id: 880_000 + n, name: `#${n}`, created_at: at, processed_at: at, updated_at: at, cancelled_at: null, cancel_reason: null, refunds: [], fulfillments: [],
        line_items: [{ id: 1, variant_id: Number(known!.variant), sku: 'S', title: 'T', quantity: 1, current_quantity: 1, fulfillable_quantity: 1, price: '1.00' }],
      });
      const response = await fetch(`${first.url}/hooks/${hook!.hook_token}/orders/create`, { method: 'POST', body, headers: {
        'content-type': 'application/json', 'x-shopify-topic': 'orders/create', 'x-shopify-shop-domain': hook!.shop_domain, 'x-shopify-webhook-id': id,
        'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
      } });
      if (response.status === 200) acknowledged.push(id);
    };
    let sent = 0, alive = true;
    const sending = Array.from({ length: 12 }, async () => { while (alive) await send(sent++).catch(() => {}); });
    for (const end = Date.now() + 30_000; acknowledged.length < 60 && Date.now() < end;) await new Promise((resolve) => { setTimeout(resolve, 5); });
    first.child.kill('SIGKILL');
    await gone(first.child);
    alive = false;
    await Promise.all(sending);
    expect(acknowledged.length).toBeGreaterThan(20);

    const second = await start();
    expect(second.said).toContain('attached');
    const again = await database();
    const waiting = async (): Promise<number> => (await again.query<{ n: number }>('select count(*)::int as n from inbox where state = 0')).rows[0]!.n;
    for (let n = 0; n < 2_000 && (await waiting()) > 0; n++) await new Promise((resolve) => { setTimeout(resolve, 20); });
    const { rows: stored } = await again.query<{ webhook_id: string; state: number }>('select webhook_id, state from inbox where webhook_id = any($1)', [acknowledged]);
    expect(stored.length).toBe(acknowledged.length);
    expect(stored.filter((row) => row.state !== 1)).toEqual([]);
    const { rows: [orders] } = await again.query<{ n: number; demand: number; inbox: number }>(
      `select (select count(*)::int from sales_order where order_id >= 880000 and order_id < 881000) as n, (select count(*)::int from demand_fact where fact like 'order/88%:line/1' and quantity = 1 and order_id between 880000 and 880999) as demand,
         (select count(*)::int from inbox where topic = 'orders/create' and webhook_id like '%-%-%-%-%') as inbox`);
    expect(orders!.n).toBe(orders!.demand);
    expect(orders!.n).toBeGreaterThanOrEqual(acknowledged.length);
    expect(await ledgerFaults(again as never, hook!.store_id)).toEqual([]);
    await again.end();

    // Ctrl-C ends everything that was started.
    const server = Number(/127\.0\.0\.1:(\d+)/.exec(second.url)![1]);
    second.child.kill('SIGINT');
    await gone(second.child);
    await expect(fetch(`http://127.0.0.1:${server}/livez`)).rejects.toThrow();
    await expect(database()).rejects.toThrow();
  }, 120_000);
});
