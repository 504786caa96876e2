/**
 * A thin GraphQL client for the Admin API. It exists because the official clients never retry THROTTLED, read Retry-After as
 * milliseconds and would re-send writes after a lost answer (../docs/decisions/006-shopify-client.md).
 *
 * - The cost bucket is shared by all workers of a shop: a call waits for its points before it is sent. Reading anew what messages tell anyway leaves half of it to
 *   the calls somebody waits for: where an order is, what a level should show.
 * - THROTTLED comes on HTTP 200; 429 carries Retry-After in seconds. Both wait and try again.
 * - Lost answers and 5xx are retried only for reads and for writes that carry @idempotent (the same key and variables each time).
 */
import { NetworkError, HttpError, readText, retryAfter, send } from '../http.ts';
import type { CostBucket } from '../../ports/cost-bucket.ts';
import { GRANTED_SCOPES, SHOP_TIME } from './documents.ts';
import { ShopClock } from './shop-clock.ts';
import { API_VERSION } from './version.ts';

export interface AdminClientOptions {
  shopDomain: string;
  /** Replaces https://{shop} (tests, the sandbox). */
  origin?: string | null;
  clientId: string;
  /** Null: the token given is all there is, and is never renewed. */
  clientSecret: string | null;
  /** The token kept from last time, and where a new one is put before it is used. */
  token: { value: string; expiresAt: string } | null;
  saveToken(token: { value: string; expiresAt: string; scopes: string[] }): Promise<void>;
  bucket: CostBucket;
  clock: { now(): Date; sleep(ms: number): Promise<void> };
  /** How a request reaches Shopify; the simulation calls its shop in process. */
  send?: typeof send;
  onCall?(call: { operation: string; status: number | 'lost' | 'throttled'; ms: number; cost: number | null }): void;
}

export interface GraphqlError { message: string; path?: (string | number)[]; extensions?: { code?: string; [key: string]: unknown } }

/** Shopify answered, and the answer was no. */
export class ShopifyError extends Error {
  override name = 'ShopifyError';
  readonly code: string;
  readonly errors: GraphqlError[];
  constructor(operation: string, errors: GraphqlError[]) {
    super(`${operation}: ${errors.map((e) => e.message).join('; ').slice(0, 600)}`);
    this.code = errors.find((e) => e.extensions?.code)?.extensions?.code ?? 'UNKNOWN';
    this.errors = errors;
  }
}

/** The token is refused: revoked, app uninstalled, secret wrong. A person must act. */
export class TokenDead extends Error { override name = 'TokenDead'; }

export interface AdminClient {
  /** Runs one document. Throws ShopifyError, TokenDead, HttpError or NetworkError after its retries are used up. */
  run<T>(document: string, variables?: Record<string, unknown>): Promise<T>;
  /** GET of a result file the API pointed to. */
  download(url: string): Promise<Response>;
  scopes(): Promise<string[]>;
  /** Now by Shopify's clock, never later than it is there and up to a second or two earlier, ISO-8601 (shop-clock.ts). Asks, when no answer of the last minute told. */
  time(): Promise<string>;
  /** How far our clock is behind Shopify's, ms; 0 while both may be right, or nothing was heard lately. */
  clockError(): number;
  /** What Shopify last said of the version we ask for: the one it answered with, why ours is on its way out, if it is, and what we ask for that it does not know. */
  versionHeard(): { served: string | null; deprecated: string | null; unknown: { operation: string; message: string }[] };
}

interface Reply { data?: unknown; errors?: GraphqlError[]; extensions?: { cost?: { requestedQueryCost: number; actualQueryCost: number | null; throttleStatus: { maximumAvailable: number; currentlyAvailable: number; restoreRate: number } } } }

/** Refusals of a document for what the schema that answers does not have or demands besides. */
const SCHEMA_CODES = new Set(['undefinedField', 'undefinedType', 'argumentNotAccepted', 'missingRequiredArguments', 'argumentLiteralsIncompatible', 'variableMismatch']);
/** Reads that find what was missed: in a rush they would take the calls with which orders are placed and levels set, and find nothing that is not on its way. */
const CAN_WAIT = new Set(['OrdersChanged', 'OrdersById', 'OrderRefunds', 'OrderLines', 'MoreLines', 'WorkChanged', 'LevelsChanged', 'VariantsChanged', 'MoreComponents', 'VariantsOfProduct', 'OrdersWithReturns', 'ReturnsOfOrders', 'MoreReturns', 'TransfersTagged', 'Subscriptions', 'AdjustmentHistory']);
/** Share of the bucket they leave. */
const RESERVE = 0.5;
const TRIES = 8;
const LONGEST_WAIT_MS = 120_000;

/** A body as GraphQL has it. What is said before a document is read (HTTP 401, 402, 503 …) comes with its errors as one text, or by field. */
function replyOf(body: unknown): Reply | null {
  if (body === null || typeof body !== 'object') return null;
  const { errors } = body as { errors?: unknown };
  if (errors === undefined || errors === null || Array.isArray(errors)) return body as Reply;
  return { ...body, errors: [{ message: typeof errors === 'string' ? errors : JSON.stringify(errors) }] };
}

export function adminClient(options: AdminClientOptions): AdminClient {
  const { clock, bucket } = options;
  const transmit = options.send ?? send;
  const origin = options.origin ?? `https://${options.shopDomain}`;
  const expectedCost = new Map<string, number>();
  let token = options.token;
  let refreshing: Promise<string> | null = null;
  let granted: string[] | null = null;
  let heard: Omit<ReturnType<AdminClient['versionHeard']>, 'unknown'> = { served: null, deprecated: null };
  const unknown = new Map<string, string>(), shopClock = new ShopClock();

  async function requestToken(): Promise<string> {
    const response = await transmit({
      method: 'POST', url: `${origin}/admin/oauth/access_token`, headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ grant_type: 'client_credentials', client_id: options.clientId, client_secret: options.clientSecret }),
    });
    const text = await readText(response);
    if (response.status === 400 || response.status === 401 || response.status === 403) throw new TokenDead(`Shopify refused the client id and secret of ${options.shopDomain} (HTTP ${response.status}).`);
    if (!response.ok) throw new HttpError(`Token endpoint of ${options.shopDomain} answered HTTP ${response.status}`, response.status, retryAfter(response, clock.now().getTime()));
    const body = JSON.parse(text) as { access_token: string; expires_in?: number; scope?: string };
    granted = (body.scope ?? '').split(',').map((s) => s.trim()).filter(Boolean);
    token = { value: body.access_token, expiresAt: new Date(clock.now().getTime() + (body.expires_in ?? 86_399) * 1000).toISOString() };
    await options.saveToken({ ...token, scopes: granted });
    return token.value;
  }

  /** Single flight: many callers, one request. A token is renewed ten minutes before it ends. */
  async function accessToken(renew: boolean): Promise<string> {
    if (options.clientSecret === null && token) return token.value;
    if (!renew && token && Date.parse(token.expiresAt) - clock.now().getTime() > 600_000) return token.value;
    refreshing ??= requestToken().finally(() => { refreshing = null; });
    return refreshing;
  }

  async function call(document: string, variables: Record<string, unknown>, operation: string, renew: boolean): Promise<{ response: Response; reply: Reply | null }> {
    const response = await transmit({
      method: 'POST', url: `${origin}/admin/api/${API_VERSION}/graphql.json`,
      headers: { 'content-type': 'application/json', accept: 'application/json', 'x-shopify-access-token': await accessToken(renew) },
      body: JSON.stringify({ query: document, variables, operationName: operation }),
    });
    shopClock.heard(response.headers.get('date'), clock.now().getTime());
    const served = response.headers.get('x-shopify-api-version') ?? heard.served;
    if (served !== heard.served) unknown.clear(); // what another version did not know
    heard = { served, deprecated: response.headers.get('x-shopify-api-deprecated-reason') };
    const text = await readText(response);
    try { return { response, reply: replyOf(JSON.parse(text)) }; } catch { return { response, reply: null }; }
  }

  async function run<T>(document: string, variables: Record<string, unknown> = {}): Promise<T> {
    const operation = /\b(?:query|mutation)\s+(\w+)/.exec(document)?.[1] ?? 'query';
    const repeatable = !/^\s*mutation\b/m.test(document) || document.includes('@idempotent');
    let renewed = false, renew = false;
    for (let attempt = 1; ; attempt++) {
      const taken = expectedCost.get(operation) ?? 50;
      const reserve = CAN_WAIT.has(operation) ? RESERVE : 0;
      for (let wait = await bucket.take(taken, reserve); wait > 0; wait = await bucket.take(taken, reserve)) await clock.sleep(Math.min(wait, LONGEST_WAIT_MS));
      const started = clock.now().getTime();
      const note = (status: number | 'lost' | 'throttled', cost: number | null): void => options.onCall?.({ operation, status, ms: clock.now().getTime() - started, cost });
      let answer: { response: Response; reply: Reply | null };
      try {
        answer = await call(document, variables, operation, renew);
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
        note('lost', null);
        if (!repeatable || attempt >= TRIES) throw error;
        await clock.sleep(Math.min(250 * 2 ** attempt, 30_000));
        continue;
      }
      renew = false;
      const { response, reply } = answer;
      const cost = reply?.extensions?.cost;
      if (cost) {
        // The dearest so far: a short last page must not make the next full one be sent too early. What a call did not use is given back.
        expectedCost.set(operation, Math.max(expectedCost.get(operation) ?? 0, cost.requestedQueryCost));
        await bucket.observe(cost.throttleStatus, taken - (cost.actualQueryCost ?? 0));
      }
      if (response.status === 401 && !renewed) { renewed = renew = true; continue; }
      if (response.status === 401 || response.status === 403 || response.status === 402 || response.status === 423) {
        throw new TokenDead(`Shopify answered HTTP ${response.status} for ${options.shopDomain}: the connection needs a person.`);
      }
      const throttled = reply?.errors?.some((e) => e.extensions?.code === 'THROTTLED') ?? false;
      if (throttled || response.status === 429) {
        note('throttled', cost?.requestedQueryCost ?? null);
        if (attempt >= TRIES) throw new HttpError(`${operation}: still throttled after ${TRIES} tries`, 429);
        const missing = cost ? (cost.requestedQueryCost - cost.throttleStatus.currentlyAvailable) / cost.throttleStatus.restoreRate : 1;
        await clock.sleep(Math.min(Math.max((retryAfter(response, clock.now().getTime()) ?? missing) * 1000, 50), LONGEST_WAIT_MS));
        continue;
      }
      if (response.status >= 500 || reply === null || reply.errors?.some((e) => e.extensions?.code === 'INTERNAL_SERVER_ERROR')) {
        note(response.status, cost?.requestedQueryCost ?? null);
        if (!repeatable || attempt >= TRIES) throw new HttpError(`${operation}: Shopify answered HTTP ${response.status}${reply === null ? ' without JSON' : ''}`, response.status);
        await clock.sleep(Math.min((retryAfter(response, clock.now().getTime()) ?? 0.25 * 2 ** attempt) * 1000, 30_000));
        continue;
      }
      note(response.status, cost?.requestedQueryCost ?? null);
      const strange = reply.errors?.find((e) => SCHEMA_CODES.has(e.extensions?.code ?? ''));
      if (strange) unknown.set(operation, strange.message); else unknown.delete(operation);
      if (reply.errors?.length) throw new ShopifyError(operation, reply.errors);
      if (!response.ok) throw new HttpError(`${operation}: HTTP ${response.status}`, response.status);
      return reply.data as T;
    }
  }

  return {
    run,
    async download(url) {
      const response = await transmit({ method: 'GET', url, timeoutMs: 600_000 });
      if (!response.ok) throw new HttpError(`Result file: HTTP ${response.status}`, response.status);
      return response;
    },
    async scopes() {
      if (granted === null && options.clientSecret === null) granted = (await run<{ currentAppInstallation: { accessScopes: { handle: string }[] } }>(GRANTED_SCOPES)).currentAppInstallation.accessScopes.map((scope) => scope.handle);
      if (granted === null) await accessToken(true);
      return granted!;
    },
    async time() {
      const known = shopClock.now(clock.now().getTime());
      if (known !== null) return known;
      await run(SHOP_TIME);
      return shopClock.now(clock.now().getTime()) ?? clock.now().toISOString();
    },
    clockError: () => shopClock.error(clock.now().getTime()),
    versionHeard: () => ({ ...heard, unknown: [...unknown].map(([operation, message]) => ({ operation, message })) }),
  };
}
