/**
 * The command that starts simulated stores: one, or several shops of one assortment in one process, each on a port and in a folder of its own.
 *   node src/sandbox/main.ts --port 4010 --data DIR [--shops 1] [--history FILE] [--seed 7] [--months 24] [--scale 1] [--orders-per-minute 6]
 *     [--no-shipping] [--plan standard|advanced|plus|enterprise] [--client-id ID] [--client-secret SECRET] [--shop-domain x.myshopify.com]
 *     [--warehouse-at second --warehouse-hook URL]   a pretended warehouse serves the second location; SANDBOX_WAREHOUSE_SECRET in the environment signs both ways
 *     [--planner ACCOUNT]   a pretended Inventory Planner plans for the first shop; SANDBOX_PLANNER_KEY in the environment is its key, and the password of its SFTP folder
 * Prints JSON lines: {"progress": …} while seeding, {"ready": true, "url": …, "shops": […], "warehouse": {"url": …, "locationId": …}?, "planner": {"url": …, "sftp": {"port": …, "fingerprint": …}}?} once all listen. SIGTERM and SIGINT stop it cleanly.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { secondPlace, startServed, type ServedPlace } from './served.ts';
import { startSftp, type SftpServer } from './warehouse/sftp-server.ts';
import { startPlanner, type SandboxPlanner } from './planner/server.ts';
import { firstOrder, platformOf } from './planner/shop-platform.ts';
import { PLANS, type Plan } from './shopify/graphql/throttle.ts';
import type { OpenShop } from './shopify/shop.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from './start.ts';

// Whoever runs a store in its own process asks for it where the command does.
export { startSandbox, type Sandbox, type SandboxOptions } from './start.ts';

const MAX_SHOPS = 50;

/** `x.myshopify.com` → `x-2.myshopify.com`; the first shop keeps its name. */
function domainOf(domain: string | undefined, index: number): { shopDomain?: string } {
  if (domain === undefined) return {};
  return { shopDomain: index === 0 ? domain : domain.replace(/^[^.]+/, (name) => `${name}-${index + 1}`) };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: {
    port: { type: 'string', default: '4010' }, data: { type: 'string' }, shops: { type: 'string', default: '1' }, history: { type: 'string' }, seed: { type: 'string', default: '7' },
    months: { type: 'string', default: '24' }, scale: { type: 'string', default: '1' }, 'orders-per-minute': { type: 'string', default: '0' },
    'no-shipping': { type: 'boolean', default: false }, 'with-parent': { type: 'boolean', default: false }, plan: { type: 'string', default: 'standard' }, 'client-id': { type: 'string' }, 'client-secret': { type: 'string' }, 'shop-domain': { type: 'string' },
    'warehouse-at': { type: 'string' }, 'warehouse-hook': { type: 'string' }, planner: { type: 'string' },
  } });
  const { data } = values;
  if (data === undefined) throw new Error('--data DIR is required');
  if (!Object.hasOwn(PLANS, values.plan)) throw new Error(`--plan must be one of ${Object.keys(PLANS).join(', ')}`);
  const number = (name: 'port' | 'seed' | 'months' | 'scale' | 'orders-per-minute' | 'shops') => {
    const value = Number(values[name]);
    if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} must be a number, got "${values[name]}"`);
    return value;
  };
  const shops = number('shops');
  if (!Number.isInteger(shops) || shops < 1 || shops > MAX_SHOPS) throw new Error(`--shops must be a whole number from 1 to ${MAX_SHOPS}`);
  if (shops > 1 && values.history !== undefined) throw new Error('--shops copies an invented assortment; a --history makes one shop');
  const hookUrl = values['warehouse-hook'], secret = process.env['SANDBOX_WAREHOUSE_SECRET'];
  if (values['warehouse-at'] !== undefined) {
    if (values['warehouse-at'] !== 'second') throw new Error(`--warehouse-at must be second, got "${values['warehouse-at']}"`);
    if (hookUrl === undefined || !secret) throw new Error('--warehouse-at needs --warehouse-hook URL, and SANDBOX_WAREHOUSE_SECRET in the environment');
    if (shops > 1) throw new Error('--warehouse-at serves one shop');
  }
  const plannerKey = process.env['SANDBOX_PLANNER_KEY'];
  if (values.planner !== undefined && !plannerKey) throw new Error('--planner needs SANDBOX_PLANNER_KEY in the environment');
  let building: ServedPlace | undefined, planner: SandboxPlanner | undefined, plannerFolder: SftpServer | undefined;
  const served = async (shop: OpenShop) => {
    const place = secondPlace(shop);
    if (place === undefined) return undefined;
    building = await startServed(shop, place, { dataDir: data, hookUrl: hookUrl!, secret: secret!, seed: number('seed'), ordersPerMinute: number('orders-per-minute') });
    return building.served;
  };
  const print = (entry: Record<string, unknown>) => { process.stdout.write(`${JSON.stringify(entry)}\n`); };
  const common: Omit<SandboxOptions, 'port' | 'dataDir'> = {
    months: number('months'), scale: number('scale'), ordersPerMinute: number('orders-per-minute'), plan: values.plan as Plan, log: print,
    ...(values['no-shipping'] ? { fulfilAfterMs: null } : {}), ...(values['warehouse-at'] === undefined ? {} : { served }), ...(values.history === undefined ? {} : { history: values.history }),
    ...(values['client-id'] === undefined ? {} : { clientId: values['client-id'] }), ...(values['client-secret'] === undefined ? {} : { clientSecret: values['client-secret'] }),
  };
  const port = number('port');
  const open: Sandbox[] = [];
  for (let index = 0; index < shops; index++) {
    open.push(await startSandbox({
      ...common, ...domainOf(values['shop-domain'], index), seed: number('seed') + index, port: port === 0 ? 0 : port + index,
      dataDir: index === 0 ? data : join(data, `shop-${index + 1}`), ...(open[0] === undefined ? {} : { assortmentOf: open[0] }),
    }));
  }
  if (values.planner !== undefined) {
    const { shop } = open[0]!, files = join(data, 'planner-files');
    mkdirSync(files, { recursive: true });
    planner = await startPlanner({ port: 0, apiKey: plannerKey!, accountId: values.planner, platform: () => platformOf(shop), currency: [...shop.tables.shop.values()][0]!.currency, memory: join(data, 'planner.json'), files });
    plannerFolder = await startSftp({ root: files, port: 0, user: 'planner', password: plannerKey!, loseAnswer: () => false });
    firstOrder(planner.account);
  }
  print({ ready: true, url: open[0]?.url, shops: open.map(({ url, domain }) => ({ url, domain })), ...(building === undefined ? {} : { warehouse: { url: building.warehouse.url, locationId: building.locationId } }), ...(planner === undefined ? {} : { planner: { url: planner.url, sftp: { port: plannerFolder!.port, fingerprint: plannerFolder!.fingerprint } } }) });
  const stop = () => { void Promise.all([building?.stop(), planner?.stop(), plannerFolder?.stop(), ...open.map((sandbox) => sandbox.stop())]).then(() => process.exit(0), (error: unknown) => { print({ error: String(error) }); process.exit(1); }); };
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
