/**
 * Starts the simulated store: opens or seeds its file, serves the Admin API and the control API, lets shoppers trade.
 *   node src/sandbox/main.ts --port 4010 --data DIR [--history FILE] [--seed 7] [--months 24] [--scale 1] [--orders-per-minute 6]
 *     [--no-shipping] [--plan standard|advanced|plus|enterprise] [--client-id ID] [--client-secret SECRET] [--shop-domain x.myshopify.com]
 * Prints JSON lines: {"progress": …} while seeding, {"ready": true, "url": …} once it listens. SIGTERM and SIGINT stop it cleanly.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { PLANS, type Plan } from './shopify/graphql/throttle.ts';
import { serveStore } from './shopify/server.ts';
import { openShop, type OpenShop } from './shopify/shop.ts';
import { startTrading } from './shopify/shoppers/trading.ts';
import { seedTown } from './shopify/shoppers/town.ts';

export interface SandboxOptions {
  /** 0 picks a free port. */
  port: number;
  dataDir: string;
  seed?: number;
  /** Months of history the town is seeded with, and its size as a factor. */
  months?: number;
  scale?: number;
  /** A sales history file that takes the place of the invented town. */
  history?: string;
  ordersPerMinute?: number;
  /** Shop time from a shopper's order to its parcel in milliseconds, 20 s on average by default; null leaves shipping to a warehouse outside. */
  fulfilAfterMs?: number | null;
  clientId?: string;
  clientSecret?: string;
  shopDomain?: string;
  plan?: Plan;
  scopes?: readonly string[];
  /** Told what happens: progress while seeding, errors while serving. */
  log?: (entry: Record<string, unknown>) => void;
}
export interface Sandbox { url: string; shop: OpenShop; clientId: string; clientSecret: string; stop(): Promise<void> }

/** Seeds an empty store, from a history file or with the invented town, under the domain asked for. */
async function seed(shop: OpenShop, options: SandboxOptions, log: (entry: Record<string, unknown>) => void): Promise<void> {
  if (options.history !== undefined) {
    // Loaded only when asked for: it brings the CSV parser along.
    const { formatTally, loadHistory } = await import('./shopify/history/load.ts');
    const tally = await loadHistory(shop, options.history, (progress) => log({ progress }));
    log({ history: tally, text: formatTally(tally) });
  } else {
    const summary = seedTown(shop, { seed: options.seed ?? 1, months: options.months ?? 24, scale: options.scale ?? 1 }, (progress) => log({ progress }));
    log({ seeded: summary });
  }
  const record = shop.tables.shop.values().next().value;
  if (record !== undefined && options.shopDomain !== undefined && record.domain !== options.shopDomain) {
    shop.put('shop', { ...record, domain: options.shopDomain });
    shop.commit();
  }
}

/** Starts a store in this process. The first start in a folder seeds it; later starts reopen it as it was left. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const log = options.log ?? (() => {});
  const clientId = options.clientId ?? 'instep-sandbox';
  const clientSecret = options.clientSecret ?? 'instep-sandbox-secret';
  mkdirSync(options.dataDir, { recursive: true });
  const shop = openShop({ file: join(options.dataDir, 'shop.sqlite') });
  try {
    if (shop.tables.shop.size === 0) await seed(shop, options, log);
    const ordersPerMinute = options.ordersPerMinute ?? 0;
    const trading = startTrading(shop, { ordersPerMinute, seed: options.seed ?? 1, ...(options.fulfilAfterMs === undefined ? {} : { fulfilAfterMs: options.fulfilAfterMs }) });
    const served = await serveStore({
      shop, dataDir: options.dataDir, port: options.port, clientId, clientSecret, plan: options.plan ?? 'standard', seed: options.seed ?? 1,
      ...(options.scopes === undefined ? {} : { scopes: options.scopes }),
      setTrading: (rate) => { trading.setRate(rate); },
      onError: (error) => log({ error: error instanceof Error ? error.stack ?? error.message : String(error) }),
    }).catch((error: unknown) => { trading.stop(); throw error; });
    return {
      url: served.url, shop, clientId, clientSecret,
      async stop() {
        trading.stop();
        await served.stop();
        shop.close();
      },
    };
  } catch (error) {
    shop.close();
    throw error;
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: {
    port: { type: 'string', default: '4010' }, data: { type: 'string' }, history: { type: 'string' }, seed: { type: 'string', default: '7' },
    months: { type: 'string', default: '24' }, scale: { type: 'string', default: '1' }, 'orders-per-minute': { type: 'string', default: '0' },
    'no-shipping': { type: 'boolean', default: false }, 'with-parent': { type: 'boolean', default: false }, plan: { type: 'string', default: 'standard' }, 'client-id': { type: 'string' }, 'client-secret': { type: 'string' }, 'shop-domain': { type: 'string' },
  } });
  if (values.data === undefined) throw new Error('--data DIR is required');
  if (!Object.hasOwn(PLANS, values.plan)) throw new Error(`--plan must be one of ${Object.keys(PLANS).join(', ')}`);
  const number = (name: 'port' | 'seed' | 'months' | 'scale' | 'orders-per-minute') => {
    const value = Number(values[name]);
    if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} must be a number, got "${values[name]}"`);
    return value;
  };
  const print = (entry: Record<string, unknown>) => { process.stdout.write(`${JSON.stringify(entry)}\n`); };
  const sandbox = await startSandbox({
    port: number('port'), dataDir: values.data, seed: number('seed'), months: number('months'), scale: number('scale'), ordersPerMinute: number('orders-per-minute'),
    plan: values.plan as Plan, log: print, ...(values['no-shipping'] ? { fulfilAfterMs: null } : {}),
    ...(values.history === undefined ? {} : { history: values.history }), ...(values['client-id'] === undefined ? {} : { clientId: values['client-id'] }),
    ...(values['client-secret'] === undefined ? {} : { clientSecret: values['client-secret'] }), ...(values['shop-domain'] === undefined ? {} : { shopDomain: values['shop-domain'] }),
  });
  print({ ready: true, url: sandbox.url });
  const stop = () => { void sandbox.stop().then(() => process.exit(0), (error: unknown) => { print({ error: String(error) }); process.exit(1); }); };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Whoever started us with --with-parent holds our standard input: when it dies, however it dies, so do we.
  if (values['with-parent']) process.stdin.resume().once('end', stop).once('error', stop);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error: unknown) => {
    process.stdout.write(`${JSON.stringify({ error: error instanceof Error ? error.message : String(error) })}\n`);
    process.exitCode = 1;
  });
}
