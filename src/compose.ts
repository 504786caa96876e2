/** The only file that imports everything: it builds the house for the server, the worker, the command line and the tests. */
import { pino } from 'pino';
import { adminClient } from './connectors/shopify/admin-client.ts';
import { bucketOfOne, readOnly } from './connectors/shopify/read-only.ts';
import { sandboxShoppers } from './connectors/shopify/shoppers.ts';
import { shopifyStorefront } from './connectors/shopify/storefront.ts';
import { signedBy, webhookReader } from './connectors/shopify/webhook.ts';
import { checkAddress, newSigningSecret, openAlertChannel, withNewSigning } from './connectors/alerts.ts';
import { allowList } from './connectors/outside.ts';
import { emailNotifier } from './connectors/email/notifier.ts';
import { pdfPaper } from './connectors/paper/purchase-order.ts';
import type { send } from './connectors/http.ts';
import { secretOf, verifySignature } from './connectors/warehouse-rest/signature.ts';
import { warehouseRestReader } from './connectors/warehouse-rest/reader.ts';
import { inventoryPlanner } from './connectors/inventory-planner/planner.ts';
import { parsePlannerSettings } from './connectors/inventory-planner/settings.ts';
import { starterHeader, starterLines } from './connectors/inventory-planner/starter-files.ts';
import { parseSftpSettings } from './connectors/sftp-settings.ts';
import { checkWarehouseSettings, connectWarehouse } from './connectors/warehouses.ts';
import type { AlertKnowledge, PlannerKnowledge, WarehouseKnowledge } from './http/app.ts';
import { tellWaiting as alertWaiting } from './flows/alerts.ts';
import { fulfilWaiting } from './flows/fulfilments.ts';
import { tellWaiting } from './flows/orders-out.ts';
import { adjustWaiting } from './flows/stock-adjustments.ts';
import { pushWaiting } from './flows/stock-push.ts';
import { applyDocument } from './flows/warehouse-feed.ts';
import { FLOWS } from './flows/contents.ts';
import { applyWaiting, placeWaiting } from './flows/inbox.ts';
import type { Notifier } from './ports/notifier.ts';
import type { Planner } from './ports/planner.ts';
import type { Storefront } from './ports/storefront.ts';
import type { Warehouse } from './ports/warehouse.ts';
import { computeThreads } from './runtime/compute.ts';
import type { Config } from './runtime/config.ts';
import type { FlowContext, Log } from './runtime/flow.ts';
import { openHub, type Hub } from './runtime/hub.ts';
import { openJobs, type Jobs } from './runtime/jobs.ts';
import { shopifyRequests } from './runtime/metrics.ts';
import { contextFor, type House } from './runtime/run-flow.ts';
import { openVault, type Vault } from './runtime/secrets.ts';
import { INBOX_BATCH, streamInbox, streamOf, streamPlaces, type Stream } from './runtime/streams.ts';
import { sharedBucket } from './store/bucket.ts';
import { openDb, waitForDatabase, type Db } from './store/db.ts';
import { migrate } from './store/migrate.ts';
import { failSilentReplays } from './store/replays.ts';
import { markInterrupted } from './store/runs.ts';
import { findConnection, findStore, listStores } from './store/stores.ts';
import { findChannel } from './store/alert-channels.ts';
import { storesToAlert } from './store/alert-deliveries.ts';
import { storesToAdjust } from './store/adjustments.ts';
import { storesToTell } from './store/orders-out.ts';
import { storesInPeak } from './store/peak.ts';
import { storesToPush } from './store/push-levels.ts';
import { storesToFulfil } from './store/shipments.ts';
import { findPlanner } from './store/planner.ts';
import { findWarehouse } from './store/warehouses.ts';

export interface BuiltHouse extends House {
  readonly config: Config;
  readonly vault: Vault;
  readonly hub: Hub;
  readonly jobs: Jobs;
  readonly signedBy: typeof signedBy;
  readonly warehouses: WarehouseKnowledge;
  readonly planners: PlannerKnowledge;
  readonly alerts: AlertKnowledge;
  /** Mail by another server than the configured one. */
  notifierFor(mail: NonNullable<Config['mail']>): Notifier;
  /** Forgets the cached connection of a store after its settings changed. */
  reconnect(storeId: number): void;
  reconnectWarehouse(warehouseId: number): void;
  reconnectPlanner(storeId: number): void;
  /** Applies the inbox, places orders, works the jobs, until stopped. */
  startWorker(): Promise<{ stop(): Promise<void> }>;
  close(): Promise<void>;
}

export interface BuildOptions {
  config: Config; databaseUrl: string; log?: Log;
  /** Time as this host tells it, and, where it is simulated, `shared`: the clock of all hosts, PostgreSQL's otherwise. */
  clock?: House['clock'] & { shared?: { now(): Date } };
  /** How calls leave the house, and which warehouse stands behind an id: the simulation puts its own in their place. */
  send?: typeof send; warehouse?: (warehouseId: number) => Promise<Warehouse>;
  /** Who runs flows and who wakes whom: job library and notifications, unless another is given (the simulation turns each step by hand). */
  jobs?: Jobs; hub?: Hub;
}

/** Stores a flow's schedule is for: imported, and none of those it leaves alone. */
export const storesOnSchedule = (stores: readonly { store_id: number; imported_at: string | null }[], except: readonly number[]): number[] => stores.filter((store) => store.imported_at !== null && !except.includes(store.store_id)).map((store) => store.store_id);

/** As long as a database may take to recover before its people are told. */
const DATABASE_PATIENCE_MS = 120_000;

export const systemClock: House['clock'] = { now: () => new Date(), sleep: (ms) => new Promise((resolve) => { setTimeout(resolve, ms); }) };

export async function buildHouse(options: BuildOptions): Promise<BuiltHouse> {
  const { config } = options;
  const clock = options.clock ?? systemClock;
  const log = options.log ?? pino({ level: config.logLevel, redact: ['*.token', '*.secret', '*.password', 'error.config'] });
  const db: Db = openDb(options.databaseUrl);
  await waitForDatabase(db, DATABASE_PATIENCE_MS);
  await migrate(db.pool, clock.now());
  const vault = openVault(config.dataDir);
  const hub = options.hub ?? await openHub(options.databaseUrl, db);
  const jobs = options.jobs ?? await openJobs(options.databaseUrl, (error) => log.error({ error: (error as Error).message }, 'jobs'));
  const storefronts = new Map<number, Promise<Storefront>>();
  const connected = new Map<number, Promise<Warehouse>>();
  const planners = new Map<number, Promise<Planner>>();
  const compute = computeThreads(), notifier = config.mail ? emailNotifier(config.mail) : null, allow = allowList(config.alertsAllow);

  const house: BuiltHouse = {
    config, db, clock, log, vault, hub, jobs, signedBy, warehouses: { check: checkWarehouseSettings, reader: warehouseRestReader(), verify: verifySignature, newSecret: secretOf }, planners: plannerKnowledge, publicUrl: config.publicUrl, compute,
    notifier, notifierFor: emailNotifier, alerts: { check: (kind, address, signing) => checkAddress(kind, address, signing, allow), newSecret: newSigningSecret, withNewSigning }, paper: pdfPaper(),
    storefront(storeId) {
      let made = storefronts.get(storeId);
      if (!made) {
        made = connect(storeId);
        storefronts.set(storeId, made);
        made.catch(() => storefronts.delete(storeId));
      }
      return made;
    },
    warehouse(warehouseId) {
      if (options.warehouse) return options.warehouse(warehouseId);
      let made = connected.get(warehouseId);
      if (!made) {
        made = openWarehouse(warehouseId);
        connected.set(warehouseId, made);
        made.catch(() => connected.delete(warehouseId));
      }
      return made;
    },
    planner(storeId) {
      let made = planners.get(storeId);
      if (!made) {
        made = openPlanner(storeId);
        planners.set(storeId, made);
        made.catch(() => planners.delete(storeId));
      }
      return made;
    },
    async shoppers(storeId) {
      // Only a sandbox is reached at an origin of its own.
      const origin = (await findConnection(db, storeId))?.origin ?? null;
      return origin === null ? null : sandboxShoppers(config.shopifyApiOrigin ?? origin, config.sandbox.ordersPerMinute);
    },
    async alertChannel(storeId, channelId) {
      const row = await findChannel(db, storeId, channelId);
      if (!row) throw new Error(`There is no channel ${channelId}`);
      return openAlertChannel(row.kind, row.shown, row.sealed && vault.open(`${storeId}:alert_channel:${channelId}`, row.sealed), { notifier, clock, allow });
    },
    async reader(storeId) { return webhookReader((await findStore(db, storeId))!.currency); },
    enqueue: (flow, storeId, afterSeconds) => jobs.enqueue(flow, storeId, 'event', afterSeconds),
    changed: (storeId, topics) => hub.changed(storeId, topics),
    reconnect: (storeId) => { storefronts.delete(storeId); },
    reconnectWarehouse(warehouseId) {
      const known = connected.get(warehouseId);
      connected.delete(warehouseId);
      known?.then((warehouse) => warehouse.close()).catch(() => {});
    },
    reconnectPlanner(storeId) {
      const known = planners.get(storeId);
      planners.delete(storeId);
      known?.then((planner) => planner.close()).catch(() => {});
    },
    async startWorker() {
      const contexts = contextCache(house), at = (): string => clock.now().toISOString();
      // Work of a process that died says so, when a worker starts and while one lives.
      const noteDead = async (): Promise<void> => { await markInterrupted(db, at()); await failSilentReplays(db, at()); };
      await noteDead();
      const watch = setInterval(() => { noteDead().catch((error: unknown) => log.error({ error }, 'dead runs were not marked')); }, 60_000);
      const streams: Stream[] = [
        streamInbox(hub, () => applyWaiting(db, contexts, INBOX_BATCH), log),
        streamPlaces(hub, () => placeAll(house, contexts), log),
        streamOf('push', hub, () => forStores(contexts, storesToPush(db, at()), pushWaiting), log),
        streamOf('push', hub, () => forStores(contexts, storesToAdjust(db, at()), adjustWaiting), log),
        streamOf('orders-out', hub, () => forStores(contexts, storesToTell(db, at()), tellWaiting), log),
        streamOf('fulfil', hub, () => forStores(contexts, storesToFulfil(db, at()), fulfilWaiting), log),
        streamOf('alerts', hub, () => forStores(contexts, storesToAlert(db, at()), alertWaiting), log),
        streamOf('feed', hub, async () => ((await applyDocument(db, { now: at, log })) ? 1 : 0), log),
      ];
      await jobs.work(FLOWS, house, async (flow) => storesOnSchedule(await listStores(db), flow.waitsInPeak ? await storesInPeak(db, clock.now().toISOString()) : []));
      return { async stop() { clearInterval(watch); await Promise.all(streams.map((s) => s.stop())); } };
    },
    async close() {
      await jobs.stop();
      house.notifier?.close();
      await compute.stop();
      for (const known of connected.values()) await known.then((warehouse) => warehouse.close()).catch(() => {});
      for (const known of planners.values()) await known.then((planner) => planner.close()).catch(() => {});
      await hub.close();
      await db.close();
    },
  };

  async function connect(storeId: number): Promise<Storefront> {
    const store = await findStore(db, storeId), connection = await findConnection(db, storeId);
    if (!store || !connection) throw new Error(`Store ${storeId} is not connected`);
    const place = (column: string): string => `${storeId}:connection:${column}`;
    const client = adminClient({
      shopDomain: store.shop_domain, origin: config.shopifyApiOrigin ?? connection.origin, clientId: connection.client_id,
      clientSecret: vault.open(place('client_secret'), connection.client_secret),
      token: connection.access_token && connection.access_token_expires_at ? { value: vault.open(place('access_token'), connection.access_token), expiresAt: connection.access_token_expires_at } : null,
      async saveToken(token) {
        await db.query('update connection set access_token = $2, access_token_expires_at = $3, scopes = $4 where store_id = $1',
          [storeId, vault.seal(place('access_token'), token.value), token.expiresAt, token.scopes]);
      },
      bucket: sharedBucket(db, storeId, options.clock ? options.clock.shared ?? options.clock : null), clock, ...(options.send ? { send: options.send } : {}),
      onCall: (call) => shopifyRequests.inc({ op: call.operation, status: String(call.status) }),
    });
    return shopifyStorefront(client, { currency: store.currency, clock });
  }
  async function openWarehouse(warehouseId: number): Promise<Warehouse> {
    const row = await findWarehouse(db, warehouseId);
    if (!row) throw new Error(`There is no warehouse ${warehouseId}`);
    return connectWarehouse(row.connector, row.settings, row.secret ? vault.open(`warehouse:${warehouseId}:secret`, row.secret) : null, clock);
  }
  async function openPlanner(storeId: number): Promise<Planner> {
    const row = await findPlanner(db, storeId), store = await findStore(db, storeId);
    if (!row || !store) throw new Error(`Store ${storeId} has no planner connected`);
    const place = `${storeId}:planner_connection`, read = row.sftp === null ? null : parseSftpSettings(withSftpSecret(row.sftp, row.sftp_secret && vault.open(`${place}:sftp_secret`, row.sftp_secret)));
    if (read && !read.ok) throw new Error(`The SFTP settings of the planner do not make a connection: ${read.field} ${read.message}`);
    return inventoryPlanner({ origin: row.origin, account: row.account, apiKey: vault.open(`${place}:api_key`, row.api_key), clock, timeZone: store.time_zone, sftp: read?.settings ?? null });
  }
  return house;
}

/** A shop by its token alone, without a database and unable to change anything: for an audit. `origin` replaces https://{domain}. */
export async function shopToAudit({ domain, token, origin }: { domain: string; token: string; origin: string | null }, clock: House['clock'] = systemClock): Promise<Storefront> {
  const client = readOnly(adminClient({ shopDomain: domain, origin, clientId: '', clientSecret: null, token: { value: token, expiresAt: '9999-12-31T00:00:00.000Z' }, async saveToken() {}, bucket: bucketOfOne(clock), clock }));
  const { currency } = await shopifyStorefront(client, { currency: 'USD', clock }).shop();
  return shopifyStorefront(client, { currency, clock });
}

const withSftpSecret = (settings: object, secret: string | null): object => (secret === null ? settings : secret.trimStart().startsWith('-----BEGIN') ? { ...settings, privateKey: secret } : { ...settings, password: secret });

/** What the planner's connector knows that the pages need. */
const plannerKnowledge: PlannerKnowledge = {
  check: parsePlannerSettings,
  checkSftp: (settings, secret) => parseSftpSettings(withSftpSecret(settings, secret)),
  starterHeader, starterLines,
};

/** One round over stores that have something waiting; a store whose shop or warehouse does not answer stops no other. */
async function forStores(contextOf: (storeId: number) => Promise<FlowContext>, waiting: Promise<number[]>, work: (context: FlowContext) => Promise<number>): Promise<number> {
  let done = 0, failed: unknown = null;
  for (const storeId of await waiting) {
    try { done += await work(await contextOf(storeId)); } catch (error) { failed = error; }
  }
  if (failed !== null && done === 0) throw failed;
  return done;
}

/** Contexts for the streams, renewed every five seconds: a store's settings change rarely, its webhooks come often. */
function contextCache(house: House): (storeId: number) => Promise<FlowContext> {
  const kept = new Map<number, { at: number; context: Promise<FlowContext> }>();
  return (storeId) => {
    const now = house.clock.now().getTime(), known = kept.get(storeId);
    if (known && now - known.at < 5_000) return known.context;
    const context = contextFor(house, storeId, () => {});
    context.catch(() => kept.delete(storeId));
    kept.set(storeId, { at: now, context });
    return context;
  };
}

async function placeAll(house: House, contextOf: (storeId: number) => Promise<FlowContext>): Promise<number> {
  const { rows } = await house.db.query<{ store_id: number }>('select distinct store_id from sales_order where needs_place and place_after <= $1 and place_attempts < 40', [house.clock.now().toISOString()]);
  let placed = 0;
  for (const { store_id } of rows) placed += await placeWaiting(await contextOf(store_id));
  return placed;
}
