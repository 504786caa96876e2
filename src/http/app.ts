/** The HTTP side: API by contract, webhooks, health, metrics, and the web UI's files. Replies are filtered by their schema; errors are RFC 9457 problems. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import files from '@fastify/static';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance } from 'fastify';
import { hasZodFastifySchemaValidationErrors, jsonSchemaTransform, jsonSchemaTransformObject, serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { ChannelKind } from '../domain/alerts/routing.ts';
import type { StarterFile } from '../ports/planner.ts';
import type { WarehouseConnector } from '../ports/warehouse.ts';
import type { Flow } from '../runtime/flow.ts';
import type { Hub } from '../runtime/hub.ts';
import { registry } from '../runtime/metrics.ts';
import type { House } from '../runtime/run-flow.ts';
import type { Vault } from '../runtime/secrets.ts';
import type { Config } from '../runtime/config.ts';
import { raise } from '../store/exceptions.ts';
import { storeReceived } from '../store/inbox.ts';
import { connectionByHookToken, sealedSecrets } from '../store/stores.ts';
import { guard, type Guard } from './auth.ts';
import { freezeInPeak } from './peak-freeze.ts';
import { listingRoutes } from './routes/listings.ts';
import { mappingSuggestionRoutes } from './routes/mapping-suggestions.ts';
import { auditRoutes } from './routes/audit.ts';
import { periodRoutes } from './routes/periods.ts';
import { sharedPeriodRoutes } from './routes/shared-periods.ts';
import { alertRoutes } from './routes/alerts.ts';
import { auditTrailRoutes } from './routes/audit-trail.ts';
import { peopleRoutes } from './routes/people.ts';
import { bufferRuleRoutes } from './routes/buffer-rules.ts';
import { bundleRoutes } from './routes/bundles.ts';
import { connectionRoutes } from './routes/connections.ts';
import { countRoutes } from './routes/counts.ts';
import { eventRoutes } from './routes/events.ts';
import { driftRoutes } from './routes/drift.ts';
import { driftToleranceRoutes } from './routes/drift-tolerance.ts';
import { repairRoutes } from './routes/repairs.ts';
import { exchangeRateRoutes } from './routes/exchange-rates.ts';
import { exceptionFixRoutes } from './routes/exception-fixes.ts';
import { exceptionRoutes } from './routes/exceptions.ts';
import { flowRoutes } from './routes/flows.ts';
import { goodsReceiptRoutes } from './routes/goods-receipts.ts';
import { purchaseDraftRoutes } from './routes/purchase-drafts.ts';
import { purchaseOrderRoutes } from './routes/purchase-orders.ts';
import { purchaseSettingRoutes } from './routes/purchase-settings.ts';
import { purchasingImportRoutes } from './routes/purchasing-imports.ts';
import { supplierRoutes } from './routes/suppliers.ts';
import { analogueRoutes } from './routes/analogues.ts';
import { forecastRoutes } from './routes/forecast.ts';
import { fulfilmentRoutes } from './routes/fulfilments.ts';
import { heldBackRoutes } from './routes/held-back.ts';
import { handoverRoutes } from './routes/handover.ts';
import { helpRoutes } from './routes/help.ts';
import { inventoryHistoryRoutes } from './routes/inventory-history.ts';
import { itemRoutes } from './routes/items.ts';
import { locationRoutes } from './routes/locations.ts';
import { mappingImportRoutes } from './routes/mapping-import.ts';
import { mappingRoutes } from './routes/mapping.ts';
import { peakRoutes } from './routes/peak.ts';
import { rehearsalRoutes } from './routes/rehearsals.ts';
import { overrideRoutes } from './routes/overrides.ts';
import { plannedPriceRoutes } from './routes/planned-prices.ts';
import { plannerRoutes } from './routes/planner.ts';
import { planningEventRoutes } from './routes/planning-events.ts';
import { pushRoutes } from './routes/push.ts';
import { replayRoutes } from './routes/replays.ts';
import { replenishmentRoutes } from './routes/replenishment.ts';
import { whatIfRoutes } from './routes/what-if.ts';
import { returnRoutes } from './routes/returns.ts';
import { searchRoutes } from './routes/search.ts';
import { settingRoutes } from './routes/settings.ts';
import { sessionRoutes } from './routes/session.ts';
import { stockRoutes } from './routes/stock.ts';
import { transferRoutes } from './routes/transfers.ts';
import { warehouseMoveRoutes } from './routes/warehouse-moves.ts';
import { viewRoutes } from './routes/views.ts';
import { todayRoutes } from './routes/today.ts';
import { warehouseRoutes } from './routes/warehouses.ts';
import { textOnly } from './text-only.ts';
import { plannerFileRoutes } from './planner-files.ts';
import { warehouseMessageRoutes, type WarehouseDoor } from './warehouse-messages.ts';
import { webhookRoutes, type HookTarget, type WebhookOptions } from './webhooks.ts';

/** What routes may use. */
export interface Services {
  house: House & { config: Config; vault: Vault; hub: Hub; reconnect(storeId: number): void; reconnectWarehouse(warehouseId: number): void; warehouses: WarehouseKnowledge; planners: PlannerKnowledge; alerts: AlertKnowledge; reconnectPlanner(storeId: number): void };
  flows: readonly Flow[];
  guard: Guard;
  apiVersion: string; scopes: readonly string[];
  signedBy(rawBody: Uint8Array, signature: string | undefined, secrets: readonly string[]): boolean;
  /** Starts the first import of a store that was just connected. */
  importStore(storeId: number): void;
}

/** What the warehouse connectors know of settings, secrets and messages. */
export interface WarehouseKnowledge extends Pick<WarehouseDoor, 'reader' | 'verify'> {
  check(connector: WarehouseConnector, settings: object, secret: string | null): { ok: true } | { ok: false; field: string; message: string };
  newSecret(random: Uint8Array): string;
}

/** What the ways to tell people know of addresses and secrets. */
export interface AlertKnowledge {
  check(kind: ChannelKind, address: string, signing: string | null): { ok: true; shown: string; secret: string | null } | { ok: false; field: string; message: string };
  newSecret(random: Uint8Array): string;
  withNewSigning(secret: string, signing: string): string;
}

/** What the planner's connector knows of settings and files. */
export interface PlannerKnowledge {
  check(given: { origin?: string | undefined; account: string; apiKey: string | null }): { ok: true; settings: { origin: string; account: string } } | { ok: false; field: string; message: string };
  checkSftp(settings: object, secret: string | null): { ok: true } | { ok: false; field: string; message: string };
  starterHeader(file: StarterFile): string;
  starterLines(file: StarterFile, rows: readonly unknown[], currency: string): string;
}

/** A request that cannot be done, with what to do about it. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) { super(message); this.status = status; }
}

export async function buildApp(services: Omit<Services, 'guard'>, options: { webDir: string | null; logger?: boolean }): Promise<FastifyInstance> {
  const { house } = services;
  const app = Fastify({
    genReqId: () => randomUUID(), bodyLimit: 1024 * 1024, trustProxy: false, logger: false, requestTimeout: 30_000, routerOptions: { maxParamLength: 500 },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await webhookRoutes(app, {
    target: hookTargets(house), signedBy: services.signedBy, store: (batch) => storeReceived(house.db, batch), clock: house.clock, rejected: badSignatures(house),
  });
  await warehouseMessageRoutes(app, { db: house.db, clock: house.clock, reader: house.warehouses.reader, verify: house.warehouses.verify, secretsOf: (row) => secretsOf(house, row) });
  await app.register(cookie);
  await app.register(helmet, {
    enableCSPNonces: false, hsts: false, crossOriginEmbedderPolicy: false,
    contentSecurityPolicy: { useDefaults: false, directives: {
      defaultSrc: ["'self'"], scriptSrc: ["'self'"], styleSrc: ["'self'", (_request: unknown, reply: unknown) => `'nonce-${nonceOf(reply as { nonce?: string })}'`],
      imgSrc: ["'self'", 'data:'], connectSrc: ["'self'"], objectSrc: ["'none'"], baseUri: ["'none'"], frameAncestors: ["'none'"], formAction: ["'self'"],
    } },
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Instep API', version: '1', description: 'Stock, demand, replenishment and exceptions of the stores in this installation. Quantities are whole units, money is minor units, ids of Shopify are strings.' },
    },
    transform: jsonSchemaTransform, transformObject: jsonSchemaTransformObject,
  });
  const gate = guard(app, house.db, { host: house.config.host, publicUrl: house.config.publicUrl, clock: house.clock });
  const all: Services = { ...services, guard: gate };

  app.setErrorHandler((error: Error & { statusCode?: number; validation?: unknown }, request, reply) => {
    const problem = (status: number, title: string, detail: string, errors?: { field: string; message: string }[]): unknown =>
      reply.code(status).type('application/problem+json').send({ type: 'about:blank', title, status, detail, requestId: request.id, ...(errors ? { errors } : {}) });
    if (hasZodFastifySchemaValidationErrors(error)) {
      const errors = error.validation.map((v) => ({ field: v.instancePath.replace(/^\//, '').replaceAll('/', '.') || 'body', message: v.message ?? 'not valid' }));
      return problem(400, 'The request is not valid', errors.map((e) => `${e.field}: ${e.message}`).join('; '), errors);
    }
    if (error instanceof Refusal) return problem(error.status, 'Not possible', error.message);
    if (error.statusCode && error.statusCode < 500) return problem(error.statusCode, 'The request is not valid', error.message);
    house.log.error({ requestId: request.id, url: request.routeOptions.url, error }, 'request failed');
    return problem(500, 'Something went wrong here', `The request failed; nothing was half done. Quote ${request.id} when asking for help.`);
  });
  app.setNotFoundHandler((request, reply) => {
    if (options.webDir && request.method === 'GET' && !/^\/(api|hooks|warehouse)\//.test(request.url) && request.headers.accept?.includes('text/html')) return page(reply, options.webDir);
    return reply.code(404).type('application/problem+json').send({ type: 'about:blank', title: 'Not found', status: 404, detail: `There is nothing at ${request.method} ${request.url.split('?')[0]}`, requestId: request.id });
  });

  textOnly(app);
  freezeInPeak(app, house.db, house.clock);
  healthRoutes(app, all);
  const api = app.withTypeProvider<ZodTypeProvider>();
  for (const routes of [
    sessionRoutes, todayRoutes, stockRoutes, itemRoutes, inventoryHistoryRoutes, forecastRoutes, overrideRoutes, analogueRoutes, planningEventRoutes, plannedPriceRoutes, replenishmentRoutes, whatIfRoutes, replayRoutes, transferRoutes, warehouseMoveRoutes,
    exceptionRoutes, exceptionFixRoutes, alertRoutes, driftRoutes, driftToleranceRoutes, repairRoutes, peakRoutes, rehearsalRoutes, bufferRuleRoutes, heldBackRoutes, helpRoutes, handoverRoutes, flowRoutes, connectionRoutes, warehouseRoutes,
    plannerRoutes, plannerFileRoutes, locationRoutes, pushRoutes, mappingRoutes, mappingImportRoutes, bundleRoutes, fulfilmentRoutes, returnRoutes, supplierRoutes,
    purchaseDraftRoutes, purchaseOrderRoutes, purchaseSettingRoutes, exchangeRateRoutes, goodsReceiptRoutes, purchasingImportRoutes, countRoutes, searchRoutes,
    eventRoutes, auditRoutes, periodRoutes, sharedPeriodRoutes, mappingSuggestionRoutes, listingRoutes, peopleRoutes, auditTrailRoutes, settingRoutes, viewRoutes,
  ]) routes(api as never, all);
  app.get('/api/openapi.json', { config: { public: true }, schema: { hide: true } as never }, () => app.swagger());
  if (options.webDir) {
    // The UI's own files hold no data of anybody's: they are served before a sign-in, or there could be none.
    app.addHook('onRoute', (route) => { if (!/^\/(api|hooks|warehouse|metrics)/.test(route.url)) route.config = { ...route.config, public: true }; });
    await app.register(files, { root: options.webDir, wildcard: false, index: false, immutable: true, maxAge: '365d', globIgnore: ['index.html'], preCompressed: true });
    for (const path of ['/', '/index.html']) app.get(path, { config: { public: true }, schema: { hide: true } as never }, (_request, reply) => page(reply, options.webDir!));
  }
  return app;
}

function nonceOf(response: { nonce?: string }): string {
  response.nonce ??= randomUUID().replaceAll('-', '');
  return response.nonce;
}

let shell: { path: string; html: string } | null = null;
/** index.html with this answer's style nonce in it, never cached. */
function page(reply: { raw: object; header(name: string, value: string): unknown; type(type: string): { send(body: string): unknown } }, webDir: string): unknown {
  const path = `${webDir}/index.html`;
  if (shell?.path !== path) shell = { path, html: fs.readFileSync(path, 'utf8') };
  reply.header('cache-control', 'no-store');
  return reply.type('text/html; charset=utf-8').send(shell.html.replaceAll('__NONCE__', nonceOf(reply.raw as { nonce?: string })));
}

/** What hosts of one installation may differ by. Nothing goes wrong with more, but lags and clocks of cases are told wrong, and leases last longer or shorter than meant. */
const MOST_CLOCK_APART_MS = 2_000;

/** How far the database's clock lies outside the time between asking and its answer, ms. */
export function clockApart(asked: number, answered: number, theirs: number): number {
  return Math.max(0, asked - theirs, theirs - answered);
}

function healthRoutes(app: FastifyInstance, { house }: Services): void {
  const open = { config: { public: true }, schema: { hide: true } as never };
  app.get('/livez', open, () => ({ ok: true }));
  app.get('/readyz', open, async (_request, reply) => {
    try {
      const asked = house.clock.now().getTime();
      const { rows: [row] } = await house.db.query<{ n: number; at: string | null }>('select count(*)::int as n, (select query_start from pg_stat_activity where pid = pg_backend_pid()) as at from migration');
      const apart = row!.at === null ? 0 : clockApart(asked, house.clock.now().getTime(), Date.parse(row!.at));
      if (apart > MOST_CLOCK_APART_MS) return reply.code(503).send({ ok: false, database: 'answers', migrations: row!.n, clock: `${(apart / 1000).toFixed(1)} s apart from the database's: set the time of this host or of that (NTP)` });
      return { ok: true, database: 'answers', migrations: row!.n, clock: 'agrees with the database' };
    } catch (error) {
      return reply.code(503).send({ ok: false, database: (error as Error).message });
    }
  });
  app.get('/metrics', { schema: { hide: true } as never }, async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}

/** Store and secrets behind a webhook address, kept for ten seconds: deliveries come by the hundred. */
/** Kept for a while, and read again at once where a signature does not fit: a secret may have been replaced, here or by another process. Not more often than DOUBT_MS, whoever sends nonsense. */
const KEPT_MS = 10_000, DOUBT_MS = 250;

function hookTargets(house: Services['house']): WebhookOptions['target'] {
  const kept = new Map<string, { at: number; target: Promise<HookTarget | null> }>();
  return (token, doubted = false) => {
    const now = house.clock.now().getTime(), known = kept.get(token);
    if (known && now - known.at < (doubted ? DOUBT_MS : KEPT_MS)) return known.target;
    if (kept.size > 1_000) kept.clear();
    const target = connectionByHookToken(house.db, token).then((row) => row && {
      storeId: row.store_id, shopDomain: row.shop_domain, secrets: sealedSecrets(row, now).map((sealed) => house.vault.open(`${row.store_id}:connection:client_secret`, sealed)),
    });
    target.catch(() => kept.delete(token));
    kept.set(token, { at: now, target });
    return target;
  };
}

function secretsOf(house: Services['house'], row: { warehouse_id: number; secret: Buffer | null; previous_secret: Buffer | null }): string[] {
  return [row.secret, row.previous_secret].flatMap((sealed) => (sealed === null ? [] : [house.vault.open(`warehouse:${row.warehouse_id}:secret`, sealed)]));
}

/** Three bad signatures within five minutes are a case for the administrator. */
function badSignatures(house: Services['house']): (target: HookTarget, topic: string) => void {
  const recent = new Map<number, number[]>();
  return (target, topic) => {
    const now = house.clock.now().getTime();
    const times = [...(recent.get(target.storeId) ?? []).filter((t) => now - t < 300_000), now].slice(-100);
    recent.set(target.storeId, times);
    if (times.length < 3) return;
    raise(house.db.pool, target.storeId, [{
      kind: 'WEBHOOK_HMAC_FAILED', key: 'signature', subject: target.shopDomain,
      sentence: `${times.length} webhook deliveries in five minutes had a signature that does not fit (last topic ${topic}). None was stored. Either the client secret was changed in Shopify, or somebody else is sending.`,
      evidence: { count: times.length, topic },
    }], new Date(now).toISOString()).then(() => house.changed(target.storeId, ['exceptions'])).catch(() => {});
  };
}
