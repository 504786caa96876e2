/** `instep start`: everything on this machine, in one command: database, sandbox shop when none is configured, import, worker, web UI and API. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildHouse, type BuiltHouse } from '../../compose.ts';
import { SCOPES, API_VERSION } from '../../connectors/shopify/version.ts';
import { FIRST_IMPORT, FLOWS } from '../../flows/contents.ts';
import { buildApp } from '../../http/app.ts';
import { tokenHash } from '../../http/auth.ts';
import { databaseAway } from '../../store/db.ts';
import { leaveAddress } from '../../runtime/address.ts';
import { isLoopback, readConfig, type Config } from '../../runtime/config.ts';
import { firstImport } from '../../runtime/first-import.ts';
import { startEmbeddedPostgres } from '../../runtime/postgres.ts';
import { findConnection, listStores, saveStore } from '../../store/stores.ts';
import { administratorExists, saveSetupToken } from '../../store/users.ts';
import { demoWarehouse, readdressDemo, serveDemo, type DemoWarehouse } from '../demo-warehouse.ts';
import { connectDemoPlanner, demoPlanner, type DemoPlanner, type SandboxPlannerAt } from '../demo-planner.ts';
import { progressBars, UsageError } from '../terminal.ts';
import { buildWeb } from '../web-build.ts';

const SETUP_MINUTES = 15;
export const SANDBOX_SHOP = 'instep-sandbox.myshopify.com';
const say = (line: string): void => { console.error(line); };

/** Starts everything. A database that goes away while it starts is waited for: nobody may be there to type the command again. */
export async function start(options: { web: boolean; history?: string }, triesLeft = 20): Promise<void> {
  const began = performance.now();
  const config = readConfig();
  if (options.history) config.sandbox.history = options.history;
  const closers: (() => Promise<unknown> | unknown)[] = [];
  let stopping: Promise<void> | null = null, serving = false;
  const stop = (code: number): Promise<void> => (stopping ??= (async () => {
    for (const close of closers.reverse()) await Promise.race([Promise.resolve(close()).catch(() => {}), new Promise((r) => { setTimeout(r, 12_000).unref(); })]);
    process.exit(code);
  })());
  const bySignal = (): void => { say('\nStopping …'); void stop(0); };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, bySignal);

  try {
    const webBuild = options.web ? buildWeb(say) : Promise.resolve(null);
    webBuild.catch(() => {});
    let databaseUrl = config.databaseUrl;
    if (!databaseUrl) {
      const server = await startEmbeddedPostgres({ dataDir: config.dataDir });
      // One that ran already is ours to stop only once we serve from it: until then another Instep may be at work on it.
      closers.push(() => (server.attached && !serving ? undefined : server.stop()));
      databaseUrl = server.url;
      say(server.attached ? 'PostgreSQL 18 was still running: attached' : 'PostgreSQL 18 started');
    }
    const house = await buildHouse({ config, databaseUrl });
    closers.push(() => house.close());
    if (!isLoopback(config.host) && !(await administratorExists(house.db))) {
      throw new UsageError(`INSTEP_HOST=${config.host}: Instep listens on loopback only until an administrator exists. Start it without INSTEP_HOST, create the administrator, then set it.`);
    }
    const imports = new Set<Promise<unknown>>();
    const app = await buildApp({
      house, flows: FLOWS, apiVersion: API_VERSION, scopes: SCOPES, signedBy: house.signedBy,
      importStore(storeId) {
        const work = firstImport(house, FIRST_IMPORT, storeId).catch(() => {}).finally(() => imports.delete(work));
        imports.add(work);
      },
    }, { webDir: await webBuild });
    await app.listen({ host: config.host, port: config.port }).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EADDRINUSE' ? new UsageError(`Port ${config.port} of ${config.host} is in use, perhaps by an Instep that runs already. Stop it, or choose another with INSTEP_PORT.`) : error;
    });
    serving = true;
    closers.push(() => app.close());
    const address = `http://${config.host}:${(app.server.address() as { port: number }).port}`;
    if (config.port === 0) Object.assign(config, { publicUrl: address }), Object.assign(house, { publicUrl: address });
    closers.push(leaveAddress(config.dataDir, config.publicUrl));

    const sandbox = await sandboxIfAlone(house, config, address, say);
    if (sandbox) closers.push(() => stopChild(sandbox.child));
    if (sandbox?.demo) await readdressDemo(house, sandbox.demo);
    const worker = await house.startWorker();
    closers.push(() => worker.stop());

    for (const store of await listStores(house.db)) {
      if (store.imported_at === null) {
        say(`Importing ${store.shop_domain}`);
        const bars = progressBars(false);
        try { await firstImport(house, FIRST_IMPORT, store.store_id, bars.watch); } finally { bars.stop(); }
      } else {
        // What happened while we were away: subscriptions first, then what changed.
        for (const flow of ['subscriptions', 'sales-history', 'stock-levels', 'drift-check']) await house.enqueue(flow, store.store_id);
      }
    }
    if (sandbox?.demo) await serveDemo(house, sandbox.storeId, sandbox.demo, say);
    if (sandbox?.planner) await connectDemoPlanner(house, sandbox.storeId, sandbox.planner, sandbox.planner, say);
    say(`\nInstep is ready on ${address}  (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    if (!(await administratorExists(house.db))) {
      const token = randomBytes(24).toString('base64url');
      await saveSetupToken(house.db, tokenHash(token), new Date(house.clock.now().getTime() + SETUP_MINUTES * 60_000).toISOString());
      say(`No administrator yet: only this machine may look. Create one within ${SETUP_MINUTES} minutes at ${address}/setup?token=${token}`);
    }
  } catch (error) {
    if (databaseAway(error) && config.databaseUrl && triesLeft > 0) {
      say('The database went away while starting; waiting for it');
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, bySignal);
      for (const close of closers.reverse()) await Promise.race([Promise.resolve(close()).catch(() => {}), new Promise((r) => { setTimeout(r, 3_000).unref(); })]);
      return start(options, triesLeft - 1);
    }
    say(error instanceof UsageError ? error.message : `Could not start: ${(error as Error).stack ?? String(error)}`);
    await stop(error instanceof UsageError ? 2 : 1);
  }
}

/** Starts the sandbox when no real shop is configured, and makes or refreshes its store. */
async function sandboxIfAlone(house: BuiltHouse, config: Config, address: string, log: (line: string) => void): Promise<{ child: ChildProcess; storeId: number; demo: DemoWarehouse | null; planner: (DemoPlanner & SandboxPlannerAt) | null } | null> {
  const stores = await listStores(house.db);
  if (!config.sandbox.enabled || stores.some((s) => s.shop_domain !== SANDBOX_SHOP)) return null;
  const known = stores.find((s) => s.shop_domain === SANDBOX_SHOP);
  const connection = known ? await findConnection(house.db, known.store_id) : null;
  const clientId = connection?.client_id ?? `instep-${randomBytes(6).toString('hex')}`;
  const clientSecret = connection ? house.vault.open(`${known!.store_id}:connection:client_secret`, connection.client_secret) : `shpss_${randomBytes(24).toString('hex')}`;
  const demo = config.sandbox.warehouse ? await demoWarehouse(house, address) : null;
  const planned = config.sandbox.planner ? await demoPlanner(house, known?.store_id) : null;
  const { child, url, warehouse, planner } = await spawnSandbox(config, clientId, clientSecret, log, 0, demo, planned);
  log(`Sandbox shop on ${url} (control API under /sandbox/)`);
  const storeId = await saveStore(house.db, {
    shopDomain: SANDBOX_SHOP, name: 'Instep sandbox', currency: known?.currency ?? (config.sandbox.history ? 'GBP' : 'EUR'), timeZone: known?.time_zone ?? 'UTC', origin: url, clientId,
    clientSecret: connection?.client_secret ?? Buffer.alloc(0), hookToken: connection?.hook_token ?? randomBytes(24).toString('base64url'), now: house.clock.now().toISOString(),
  });
  if (!connection) await house.db.query('update connection set client_secret = $2 where store_id = $1', [storeId, house.vault.seal(`${storeId}:connection:client_secret`, clientSecret)]);
  house.reconnect(storeId);
  // The shop's own name, currency and time zone before anything is read in them.
  const shop = await (await house.storefront(storeId)).shop();
  await house.db.query('update store set name = $2, currency = $3, time_zone = $4 where store_id = $1', [storeId, shop.name, shop.currency, shop.timeZone]);
  house.reconnect(storeId);
  return { child, storeId, demo: demo && warehouse ? { ...demo, ...warehouse } : null, planner: planned && planner ? { ...planned, ...planner } : null };
}

/** Starts the sandbox as a process of its own; with `demo`, a pretended warehouse beside it serves its second location, when it has one. */
export function spawnSandbox(config: Config, clientId: string, clientSecret: string, log: (line: string) => void, port = 0, demo: Pick<DemoWarehouse, 'hookUrl' | 'secret'> | null = null, planned: DemoPlanner | null = null): Promise<{ child: ChildProcess; url: string; warehouse?: { url: string; locationId: string }; planner?: SandboxPlannerAt }> {
  const main = fileURLToPath(new URL('../../sandbox/main.ts', import.meta.url));
  const dataDir = path.join(config.dataDir, 'sandbox');
  fs.mkdirSync(dataDir, { recursive: true });
  const args = [main, '--with-parent', '--port', String(port), '--data', dataDir, '--seed', String(config.sandbox.seed), '--months', String(config.sandbox.months), '--scale', String(config.sandbox.scale),
    '--orders-per-minute', String(config.sandbox.ordersPerMinute), '--shop-domain', SANDBOX_SHOP, '--plan', 'plus', '--client-id', clientId, '--client-secret', clientSecret,
    ...(config.sandbox.history ? ['--history', path.resolve(config.sandbox.history)] : []), ...(demo ? ['--warehouse-at', 'second', '--warehouse-hook', demo.hookUrl] : []), ...(planned ? ['--planner', planned.account] : [])];
  // Detached: Ctrl-C comes to us alone. The secret is that of a pretended shop.
  const child = spawn(process.execPath, ['--max-semi-space-size=8', '--disable-warning=ExperimentalWarning', ...args], {
    detached: true, stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...(demo ? { SANDBOX_WAREHOUSE_SECRET: demo.secret } : {}), ...(planned ? { SANDBOX_PLANNER_KEY: planned.apiKey } : {}) },
  });
  return new Promise((resolve, reject) => {
    let lastSaid = 0;
    child.once('exit', (code) => reject(new Error(`The sandbox stopped while starting (exit ${code})`)));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      let message: { ready?: boolean; url?: string; warehouse?: { url: string; locationId: string }; planner?: SandboxPlannerAt; progress?: { what?: string; rows?: number; done?: number; of?: number | null }; text?: string; history?: unknown; error?: string };
      try { message = JSON.parse(line); } catch { log(line); return; }
      if (message.ready && message.url) resolve({ child, url: message.url, ...(message.warehouse ? { warehouse: message.warehouse } : {}), ...(message.planner ? { planner: message.planner } : {}) });
      else if (message.history) log(message.text ?? JSON.stringify(message.history));
      else if (message.error) log(`  sandbox: ${message.error}`);
      else if (message.progress && Date.now() - lastSaid > 1_500) {
        lastSaid = Date.now();
        const p = message.progress;
        log(`  sandbox: ${p.what ?? 'making history'} ${(p.done ?? p.rows ?? 0).toLocaleString('en-GB')}${p.of ? ` of ${p.of.toLocaleString('en-GB')}` : ''}`);
      }
    });
  });
}

export function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => child.kill('SIGKILL'), 5_000);
    child.once('exit', () => { clearTimeout(force); resolve(); });
    child.kill('SIGTERM');
  });
}
