/** One simulated store in this process: opened or seeded, served over HTTP or in process, traded in by shoppers, on the system's clock or a virtual one. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from './shopify/graphql/throttle.ts';
import { serveStore, type ServedStore } from './shopify/server.ts';
import { openShop, type OpenShop } from './shopify/shop.ts';
import { startTrading, type Served, type Trading } from './shopify/shoppers/trading.ts';
import { seedTown } from './shopify/shoppers/town.ts';
import type { Deliver } from './shopify/webhooks/post.ts';

export interface SandboxOptions {
  /** 0 picks a free port; null opens none: the store is reached through `handle` only. */
  port: number | null;
  /** Folder of the store's files; ':memory:' keeps nothing. */
  dataDir: string;
  seed?: number;
  /** Months of history the town is seeded with, and its size as a factor. */
  months?: number;
  scale?: number;
  /** A sales history file that takes the place of the invented town. */
  history?: string;
  /** Fills the empty store instead of town and history; it must put a shop record and commit. */
  prepare?: (shop: OpenShop) => void;
  /** Another shop with the goods of this one under the same SKUs, and no id in common; `seed` still varies its history. */
  assortmentOf?: Sandbox;
  /** Shops of different spaces share no id. By default 0, or the next one beside `assortmentOf`. */
  idSpace?: number;
  ordersPerMinute?: number;
  /** Shop time from a shopper's order to its parcel in milliseconds, 20 s on average by default; null leaves shipping to a warehouse outside. */
  fulfilAfterMs?: number | null;
  /** Asked once the store is open, before it trades: the location whose goods stand in a building of their own. */
  served?: (shop: OpenShop) => Promise<Served | undefined>;
  clientId?: string;
  clientSecret?: string;
  shopDomain?: string;
  plan?: Plan;
  scopes?: readonly string[];
  /** Milliseconds since 1970; the system's clock by default. */
  clock?: () => number;
  /** False: no wall-clock timer runs and nobody trades by themselves; `pump` or the control API's clock/advance does what is due. */
  timers?: boolean;
  /** Takes the place of the HTTP POST of webhooks. */
  deliver?: Deliver;
  /** Told what happens: progress while seeding, errors while serving. */
  log?: (entry: Record<string, unknown>) => void;
}
export interface Sandbox extends Pick<ServedStore, 'url' | 'handle' | 'pump' | 'nextDue' | 'faults' | 'deliveries' | 'stop'> {
  shop: OpenShop; domain: string; clientId: string; clientSecret: string;
  /** What a sister shop needs to know; null when the goods were not the invented town's. */
  assortment: Assortment | null;
}
/** Shared by all shops of one assortment, so that each takes an id space of its own. */
interface Assortment { seed: number; scale: number; lastIdSpace: number }

function assortmentFor(options: SandboxOptions): Assortment | null {
  const sister = options.assortmentOf;
  if (sister !== undefined) {
    if (sister.assortment === null) throw new Error('assortmentOf: that shop does not sell an invented assortment');
    return sister.assortment;
  }
  if (options.history !== undefined || options.prepare !== undefined) return null;
  return { seed: options.seed ?? 1, scale: options.scale ?? 1, lastIdSpace: options.idSpace ?? 0 };
}

/** Fills an empty store and gives it the domain asked for. */
async function seed(shop: OpenShop, options: SandboxOptions, assortment: Assortment | null, log: (entry: Record<string, unknown>) => void): Promise<void> {
  if (options.prepare !== undefined) options.prepare(shop);
  else if (options.history !== undefined) {
    // Loaded only when asked for: it brings the CSV parser along.
    const { formatTally, loadHistory } = await import('./shopify/history/load.ts');
    const tally = await loadHistory(shop, options.history, (progress) => log({ progress }));
    log({ history: tally, text: formatTally(tally) });
  } else {
    const town = { seed: options.seed ?? 1, months: options.months ?? 24, scale: assortment?.scale ?? 1, ...(assortment === null ? {} : { assortmentSeed: assortment.seed }) };
    log({ seeded: seedTown(shop, town, (progress) => log({ progress })) });
  }
  const record = shop.tables.shop.values().next().value;
  if (record === undefined) throw new Error('prepare left the store without a shop record');
  const domain = options.shopDomain ?? (options.assortmentOf === undefined ? record.domain : record.domain.replace(/^[^.]+/, (name) => `${name}-${(assortment?.lastIdSpace ?? 0) + 1}`));
  if (record.domain === domain) return;
  shop.put('shop', { ...record, domain });
  shop.commit();
}

/** Starts a store in this process. The first start in a folder seeds it; later starts reopen it as it was left. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const log = options.log ?? (() => {});
  const timers = options.timers ?? true;
  if (!timers && (options.ordersPerMinute ?? 0) > 0) throw new Error('ordersPerMinute: shoppers need timers');
  const clientId = options.clientId ?? 'instep-sandbox';
  const clientSecret = options.clientSecret ?? 'instep-sandbox-secret';
  const assortment = assortmentFor(options);
  if (options.assortmentOf !== undefined && assortment !== null) assortment.lastIdSpace = options.idSpace ?? assortment.lastIdSpace + 1;
  const idSpace = options.idSpace ?? assortment?.lastIdSpace ?? 0;
  const inMemory = options.dataDir === ':memory:';
  if (!inMemory) mkdirSync(options.dataDir, { recursive: true });
  const shop = openShop({ file: inMemory ? ':memory:' : join(options.dataDir, 'shop.sqlite'), idSpace, ...(options.clock === undefined ? {} : { clock: options.clock }) });
  let trading: Trading | undefined;
  try {
    if (shop.tables.shop.size === 0) await seed(shop, options, assortment, log);
    const place = await options.served?.(shop);
    if (timers) {
      trading = startTrading(shop, {
        ordersPerMinute: options.ordersPerMinute ?? 0, seed: options.seed ?? 1, ...(options.fulfilAfterMs === undefined ? {} : { fulfilAfterMs: options.fulfilAfterMs }), ...(place === undefined ? {} : { served: place }),
      });
    }
    const served = await serveStore({
      shop, dataDir: options.dataDir, port: options.port, clientId, clientSecret, plan: options.plan ?? 'standard', seed: options.seed ?? 1, timers, deliver: options.deliver,
      ...(options.scopes === undefined ? {} : { scopes: options.scopes }), ...(trading === undefined ? {} : { setTrading: trading.setRate }),
      onError: (error) => log({ error: error instanceof Error ? error.stack ?? error.message : String(error) }),
    });
    const { url, handle, pump, nextDue, faults, deliveries } = served;
    return {
      url, handle, pump, nextDue, faults, deliveries, shop, clientId, clientSecret, assortment, domain: shop.tables.shop.values().next().value?.domain ?? '',
      async stop() {
        trading?.stop();
        await served.stop();
        shop.close();
      },
    };
  } catch (error) {
    trading?.stop();
    shop.close();
    throw error;
  }
}
