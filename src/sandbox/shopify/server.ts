/** The simulated store on HTTP: Admin GraphQL, tokens, bulk results, and the control API under /sandbox/. Loopback only. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parse } from 'graphql';
import { Access, DEFAULT_SCOPES } from './access.ts';
import { BulkOperations } from './bulk/operations.ts';
import { Control } from './control.ts';
import { answer, type GraphqlRequest } from './graphql/execute.ts';
import { IdempotencyStore } from './graphql/idempotency.ts';
import { CostBucket, type Plan } from './graphql/throttle.ts';
import { answerJson, bodyOf, HttpRefusal, jsonObject } from './http-message.ts';
import { OrderEdits } from './order-edits.ts';
import { clockOf, type Context } from './resolvers/fields.ts';
import { API_VERSION } from './schema.ts';
import type { OpenShop } from './shop.ts';
import { Tokens } from './tokens.ts';
import { Deliveries } from './webhooks/deliveries.ts';
import { openDeliveryFile } from './webhooks/delivery-file.ts';
import { Faults } from './webhooks/faults.ts';

const MAX_BODY = 8 * 1024 * 1024;
const MAX_BUCKETS = 1_000;

export interface ServeOptions {
  shop: OpenShop;
  /** Folder for bulk results and waiting deliveries; made when missing. */
  dataDir: string;
  /** 0 picks a free port. */
  port: number;
  clientId: string;
  clientSecret: string;
  plan: Plan;
  scopes?: readonly string[];
  /** Seeds the faults' dice. */
  seed: number;
  /** Sets the shoppers' pace; absent when nobody trades. */
  setTrading?: (ordersPerMinute: number) => void;
  /** Told about requests that failed inside the store itself. */
  onError?: (error: unknown) => void;
}
export interface ServedStore { url: string; faults: Faults; deliveries: Deliveries; stop(): Promise<void> }

/** Starts the store's server on 127.0.0.1. Rejects when the port is taken. */
export async function serveStore(options: ServeOptions): Promise<ServedStore> {
  const { shop } = options;
  const bulk = new BulkOperations(shop, join(options.dataDir, 'bulk'));
  const file = openDeliveryFile(join(options.dataDir, 'deliveries.sqlite'));
  const faults = new Faults(options.seed);
  const deliveries = new Deliveries(shop, file, faults, () => options.clientSecret);
  const tokens = new Tokens(file, { clientId: options.clientId, clientSecret: options.clientSecret, scopes: options.scopes ?? DEFAULT_SCOPES });
  const idempotency = new IdempotencyStore(shop);
  const services = { shop, bulk, idempotency, edits: new OrderEdits() };
  const control = new Control({ shop, faults, deliveries, idempotency, setTrading: options.setTrading });
  const buckets = new Map<string, CostBucket>();
  const now = () => clockOf(shop);
  let baseUrl = '';

  function bucketOf(token: string): CostBucket {
    let bucket = buckets.get(token);
    if (bucket === undefined) {
      buckets.set(token, bucket = new CostBucket(options.plan, now()));
      if (buckets.size > MAX_BUCKETS) buckets.delete(buckets.keys().next().value as string);
    }
    return bucket;
  }

  async function graphql(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = String(request.headers['x-shopify-access-token'] ?? '');
    const access = tokens.accessOf(token, now());
    if (access === null) {
      answerJson(response, 401, { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' });
      return;
    }
    const body = jsonObject(await bodyOf(request, MAX_BODY));
    if (typeof body['query'] !== 'string') throw new HttpRefusal(400, 'query is missing');
    const mutations = mutationsIn(body['query']);
    if (faults.takeCall(faults.failBefore, mutations)) {
      answerJson(response, 503, { errors: 'Service Unavailable' });
      return;
    }
    const bucket = bucketOf(token);
    if (faults.takeThrottle()) bucket.drain(now());
    const context: Context = { ...services, access, baseUrl };
    const reply = await answer(body as unknown as GraphqlRequest, context, bucket, now);
    if (reply.data != null && faults.takeCall(faults.failAfterCommit, mutations)) {
      request.socket.destroy();
      return;
    }
    answerJson(response, 200, reply, { 'X-Shopify-API-Version': API_VERSION, 'X-Request-Id': randomUUID() });
  }

  async function token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await bodyOf(request, MAX_BODY);
    const isForm = String(request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
    const reply = tokens.grant(isForm ? Object.fromEntries(new URLSearchParams(raw.toString('utf8'))) : jsonObject(raw), now());
    answerJson(response, reply.status, reply.body);
  }

  function bulkResult(name: string, response: ServerResponse): void {
    const path = bulk.resultFile(name);
    if (path === null) throw new HttpRefusal(404, 'no such result, or its seven days are over');
    response.writeHead(200, { 'Content-Type': 'application/jsonl' });
    createReadStream(path).on('error', () => response.destroy()).pipe(response);
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://store');
    const api = /^\/admin\/api\/([^/]+)\/graphql\.json$/.exec(pathname);
    if (api !== null && request.method === 'POST') {
      if (api[1] !== API_VERSION) throw new HttpRefusal(404, `API version ${api[1]} is not served; this store speaks ${API_VERSION}`);
      return graphql(request, response);
    }
    if (pathname === '/admin/oauth/access_token' && request.method === 'POST') return token(request, response);
    if (pathname.startsWith('/bulk/') && request.method === 'GET') return bulkResult(pathname.slice('/bulk/'.length), response);
    if (pathname.startsWith('/sandbox/')) {
      const body = request.method === 'POST' ? jsonObject(await bodyOf(request, MAX_BODY)) : {};
      const reply = control.handle(request.method ?? 'GET', pathname.slice('/sandbox/'.length), body);
      return answerJson(response, 200, reply);
    }
    throw new HttpRefusal(404, `${request.method} ${pathname} is not simulated`);
  }

  const server: Server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      if (!(error instanceof HttpRefusal)) options.onError?.(error);
      if (response.headersSent) response.destroy();
      else answerJson(response, error instanceof HttpRefusal ? error.status : 500, { errors: error instanceof Error ? error.message : String(error) });
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  bulk.resume({ ...services, access: new Access(options.scopes ?? DEFAULT_SCOPES), baseUrl });
  return {
    url: baseUrl, faults, deliveries,
    async stop() {
      bulk.stop();
      deliveries.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => { server.close(() => resolve()); });
      await bulk.idle();
      file.close();
    },
  };
}

const mutationNames = new Map<string, string[]>();

/** Root fields of the mutations in a document, for the faults; none for queries and for text that does not parse. */
function mutationsIn(query: string): string[] {
  if (!query.includes('mutation')) return [];
  let names = mutationNames.get(query);
  if (names === undefined) {
    try {
      names = parse(query).definitions.flatMap((definition) => definition.kind === 'OperationDefinition' && definition.operation === 'mutation'
        ? definition.selectionSet.selections.flatMap((selection) => selection.kind === 'Field' ? [selection.name.value] : []) : []);
    } catch {
      names = [];
    }
    mutationNames.set(query, names);
    if (mutationNames.size > 500) mutationNames.delete(mutationNames.keys().next().value as string);
  }
  return names;
}
