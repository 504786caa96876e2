/**
 * The simulated store without a network: Admin GraphQL, tokens, bulk results and the control API as one function from request to reply.
 * `server.ts` puts HTTP in front of it; a simulator calls `handle` itself and, without timers, drives it with `pump`.
 */
import { join } from 'node:path';
import { Access, DEFAULT_SCOPES } from './access.ts';
import { BulkOperations } from './bulk/operations.ts';
import { control } from './control/control.ts';
import type { ControlServices } from './control/routes.ts';
import { routeDue } from './engine/orders.ts';
import { Faults } from './faults/faults.ts';
import { answer, type GraphqlRequest } from './graphql/execute.ts';
import { IdempotencyStore } from './graphql/idempotency.ts';
import { mutationsIn } from './graphql/mutation-names.ts';
import { CostBucket, type Plan } from './graphql/throttle.ts';
import { ConnectionLost, HttpRefusal, jsonObject, jsonReply, proxyPage, type StoreReply, type StoreRequest } from './http-message.ts';
import { inventoryHistoryPage } from './inventory-history.ts';
import { OrderEdits } from './order-edits.ts';
import { clockOf, type Context } from './resolvers/fields.ts';
import { API_VERSION } from './schema.ts';
import { unroutedOrders, type OpenShop } from './shop.ts';
import { uuidOf } from './stable-ids.ts';
import { Tokens } from './tokens.ts';
import { Deliveries } from './webhooks/deliveries.ts';
import type { Deliver } from './webhooks/post.ts';
import { openDeliveryFile } from './webhooks/delivery-file.ts';


const MAX_BUCKETS = 1_000;

export interface StoreOptions {
  shop: OpenShop;
  /** Folder for bulk results and waiting deliveries, made when missing; ':memory:' keeps nothing. */
  dataDir: string;
  clientId: string;
  clientSecret: string;
  plan: Plan;
  scopes?: readonly string[];
  /** Seeds the faults' dice. */
  seed: number;
  /** Takes the place of the HTTP POST of webhooks. */
  deliver?: Deliver | undefined;
  /** False: nothing happens by itself. Routing, bulk operations and webhooks wait for `pump`. */
  timers?: boolean;
  /** Sets the shoppers' pace; absent when nobody trades. */
  setTrading?: ((ordersPerMinute: number) => void) | undefined;
  /** Told about requests that failed inside the store itself. */
  onError?: ((error: unknown) => void) | undefined;
}
/** What one pump did. All zero: nothing was due. */
export interface Pumped { routed: number; bulk: number; webhooks: number }

export interface Store {
  readonly faults: Faults; readonly deliveries: Deliveries; readonly bulk: BulkOperations;
  /** Origin of the links the store gives out; the shop's own domain until a server sets it. */
  baseUrl: string;
  /** Answers one request. Rejects only with ConnectionLost: the caller hears nothing, whether the request took effect or not. */
  handle(request: StoreRequest): Promise<StoreReply>;
  /** Path on disk of a bulk result served under `path`; null when it is none or lives in memory. */
  resultFile(path: string): string | null;
  /** Does what is due on the shop's clock: routing, then bulk operations, then webhooks. One round; what it causes is for the next. */
  pump(): Promise<Pumped>;
  /** When something is due next, milliseconds of the shop's clock; null when nothing waits. */
  nextDue(): number | null;
  /** Begins what an earlier process left half done. */
  resume(): void;
  stop(): Promise<void>;
}

export function openStore(options: StoreOptions): Store {
  const { shop } = options;
  const inMemory = options.dataDir === ':memory:';
  const byHand = options.timers === false;
  const file = openDeliveryFile(inMemory ? ':memory:' : join(options.dataDir, 'deliveries.sqlite'));
  const faults = new Faults(options.seed);
  const bulk = new BulkOperations(shop, inMemory ? null : join(options.dataDir, 'bulk'), { byHand, damage: () => faults.takeBulk() });
  const deliveries = new Deliveries(shop, file, faults, () => tokens.signing, { deliver: options.deliver, byHand });
  const tokens = new Tokens(file, { clientId: options.clientId, clientSecret: options.clientSecret, scopes: options.scopes ?? DEFAULT_SCOPES, shop: shop.tables.shop.keys().next().value ?? '' });
  tokens.lostScopes = () => faults.lostScopes;
  const idempotency = new IdempotencyStore(shop);
  const services = { shop, bulk, idempotency, edits: new OrderEdits() };
  const buckets = new Map<string, CostBucket>();
  const now = () => clockOf(shop);
  const controls: ControlServices = { shop, faults, deliveries, idempotency, bulk, tokens, setTrading: options.setTrading, pump: () => store.pump() };
  let requests = 0;

  function bucketOf(token: string): CostBucket {
    let bucket = buckets.get(token);
    if (bucket === undefined) {
      buckets.set(token, bucket = new CostBucket(options.plan, now()));
      if (buckets.size > MAX_BUCKETS) buckets.delete(buckets.keys().next().value as string);
    }
    return bucket;
  }

  async function graphql(headers: Record<string, string>, raw: Buffer): Promise<StoreReply> {
    const token = headers['x-shopify-access-token'] ?? '';
    const access = tokens.accessOf(token, now());
    if (access === null) return jsonReply(401, { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' });
    const body = jsonObject(raw);
    if (typeof body['query'] !== 'string') throw new HttpRefusal(400, 'query is missing');
    const mutations = mutationsIn(body['query']);
    const stalled = faults.takeRequest(faults.stall, mutations);
    if (stalled !== null) throw new ConnectionLost('no answer in time; nothing happened', stalled.ms);
    if (faults.takeRequest(faults.proxyError, mutations) !== null) return proxyPage();
    if (faults.takeCall(faults.failBefore, mutations)) return jsonReply(503, { errors: 'Service Unavailable' });
    const bucket = bucketOf(token);
    bucket.limit(faults.bucket, now());
    if (faults.takeThrottle()) bucket.drain(now());
    const context: Context = { ...services, access, baseUrl: store.baseUrl, faults };
    const reply = await answer(body as unknown as GraphqlRequest, context, bucket, now);
    if (reply.data != null && faults.takeCall(faults.failAfterCommit, mutations)) throw new ConnectionLost('the connection was cut after the commit');
    if (reply.data != null && faults.takeCall(faults.serverErrorAfterCommit, mutations)) return jsonReply(500, { errors: 'Internal Server Error' });
    const answered = jsonReply(200, reply, { 'X-Shopify-API-Version': faults.apiVersion ?? API_VERSION, 'X-Request-Id': uuidOf('request', shop.now(), requests++), ...(faults.deprecated === null ? {} : { 'X-Shopify-API-Deprecated-Reason': faults.deprecated }) });
    const dripping = faults.takeRequest(faults.drip, mutations);
    return dripping === null ? answered : { ...answered, takesMs: dripping.ms };
  }

  function grant(headers: Record<string, string>, raw: Buffer): StoreReply {
    const isForm = (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
    const reply = tokens.grant(isForm ? Object.fromEntries(new URLSearchParams(raw.toString('utf8'))) : jsonObject(raw), now());
    return jsonReply(reply.status, reply.body);
  }

  function bulkResult(name: string): StoreReply {
    const body = bulk.result(name);
    if (body === null) throw new HttpRefusal(404, 'no such result, or its seven days are over');
    return { status: 200, headers: { 'Content-Type': 'application/jsonl', 'Content-Length': String(body.length) }, body };
  }

  async function route(request: StoreRequest): Promise<StoreReply> {
    const { pathname } = new URL(request.path, 'http://store');
    const { method } = request;
    const headers = Object.fromEntries(Object.entries(request.headers ?? {}).flatMap(([name, value]) => value === undefined ? [] : [[name.toLowerCase(), String(value)]]));
    const raw = Buffer.from(request.body ?? '');
    const api = /^\/admin\/api\/([^/]+)\/graphql\.json$/.exec(pathname);
    if (api !== null && method === 'POST') {
      if (api[1] !== API_VERSION) throw new HttpRefusal(404, `API version ${api[1]} is not served; this store speaks ${API_VERSION}`);
      return graphql(headers, raw);
    }
    if (pathname === '/admin/oauth/access_token' && method === 'POST') return grant(headers, raw);
    if (pathname.startsWith('/bulk/') && method === 'GET') return bulkResult(pathname.slice('/bulk/'.length));
    const history = /^\/inventory-history\/(\d+)$/.exec(pathname);
    if (history !== null && method === 'GET') return inventoryHistoryPage(shop, history[1]!);
    if (pathname.startsWith('/sandbox/')) {
      return jsonReply(200, await control(controls, method, pathname.slice('/sandbox/'.length), method === 'POST' ? jsonObject(raw) : {}));
    }
    throw new HttpRefusal(404, `${method} ${pathname} is not simulated`);
  }

  const store: Store = {
    faults, deliveries, bulk, baseUrl: `https://${shop.tables.shop.values().next().value?.domain ?? 'store.invalid'}`,
    async handle(request) {
      try {
        const reply = await route(request);
        reply.headers['Date'] = new Date(shop.now()).toUTCString();
        return reply;
      } catch (error) {
        if (error instanceof ConnectionLost) throw error;
        if (error instanceof HttpRefusal) return jsonReply(error.status, { errors: error.message });
        options.onError?.(error);
        return jsonReply(500, { errors: error instanceof Error ? error.message : String(error) });
      }
    },
    resultFile: (path) => path.startsWith('/bulk/') ? bulk.resultFile(path.slice('/bulk/'.length)) : null,
    async pump() {
      const routed = routeDue(shop);
      const ended = byHand ? bulk.pump() : 0;
      if (byHand) return { routed, bulk: ended, webhooks: await deliveries.pumpByHand() };
      deliveries.pump();
      return { routed, bulk: ended, webhooks: 0 };
    },
    nextDue() {
      const routing = unroutedOrders(shop).flatMap((id) => shop.tables.orders.get(id)?.routesAt ?? []).map((at) => Date.parse(at));
      const all = [...routing, bulk.nextDue(), deliveries.nextDue()].filter((at) => at !== null);
      return all.length === 0 ? null : Math.min(...all);
    },
    resume: () => bulk.resume({ ...services, access: new Access(options.scopes ?? DEFAULT_SCOPES), baseUrl: store.baseUrl }),
    async stop() {
      bulk.stop();
      deliveries.close();
      await bulk.idle();
      file.close();
    },
  };
  return store;
}
