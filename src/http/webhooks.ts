/**
 * The front door: verify the signature on the raw bytes, store durably, answer. Nothing is parsed before it is stored.
 *
 * Group commit without a timer: a batch is whatever arrived while the last commits were on their way, at most three of 64 rows in flight. With two of
 * 256, a wave of deliveries waited for one long statement, and p99 was a third higher. One INSERT a request was 0.25 of the HMAC-only ceiling, this is
 * over twice that (bench/RESULTS.md). Above a bound of waiting requests the answer is an early 503: Shopify retries for four hours, while a full memory
 * would lose what was acknowledged.
 */
import type { FastifyInstance } from 'fastify';
import { webhooksReceived } from '../runtime/metrics.ts';
import type { Received } from '../store/inbox.ts';

export interface HookTarget { storeId: number; shopDomain: string; secrets: readonly string[] }

export interface WebhookOptions {
  /** The store behind the token in the address; null when there is none. Cached by the caller; `doubted`: a signature did not fit what it knows, which a secret just replaced may explain. */
  target(hookToken: string, doubted?: boolean): Promise<HookTarget | null>;
  signedBy(rawBody: Uint8Array, signature: string | undefined, secrets: readonly string[]): boolean;
  store(batch: readonly Received[]): Promise<void>;
  /** A delivery whose signature does not fit: counted, and raised when it repeats. */
  rejected(target: HookTarget, topic: string): void;
  clock: { now(): Date };
  maxWaiting?: number;
}

const MAX_BATCH = 64;
const MAX_IN_FLIGHT = 3;
const MAX_BODY = 8 * 1024 * 1024;

/**
 * Registered before anything else of the app, so that its parser of raw bytes is its own. Hooks of plugins registered later reach these routes all the same: the
 * headers that protect pages are left off by name, they would cost deliveries a tenth of their rate.
 */
export async function webhookRoutes(app: FastifyInstance, options: WebhookOptions): Promise<void> {
  const commit = groupCommit(options.store, options.maxWaiting ?? 10_000);
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY }, (_request, body, done) => done(null, body));
    scope.post<{ Params: { token: string; '*': string } }>('/hooks/:token/*', { config: { public: true, helmet: { skipRoute: true } } as object, schema: { hide: true } }, async (request, reply) => {
      const target = await options.target(request.params.token);
      if (!target) { webhooksReceived.inc({ result: 'unknown address' }); return reply.code(404).send(); }
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const headers = request.headers as Record<string, string | undefined>;
      if (!options.signedBy(body, headers['x-shopify-hmac-sha256'], target.secrets) && !options.signedBy(body, headers['x-shopify-hmac-sha256'], (await options.target(request.params.token, true))?.secrets ?? [])) {
        webhooksReceived.inc({ result: 'bad signature' });
        options.rejected(target, request.params['*']);
        return reply.code(401).send();
      }
      // Headers are not signed: the address carries the token of one store and its topic, and they must agree.
      const topic = request.params['*'];
      if (headers['x-shopify-topic'] !== topic || headers['x-shopify-shop-domain'] !== target.shopDomain || !headers['x-shopify-webhook-id']) {
        webhooksReceived.inc({ result: 'headers do not fit' });
        options.rejected(target, topic);
        return reply.code(401).send();
      }
      const stored = commit({
        storeId: target.storeId, webhookId: headers['x-shopify-webhook-id'], eventId: headers['x-shopify-event-id'] ?? null, topic,
        triggeredAt: validInstant(headers['x-shopify-triggered-at']), receivedAt: options.clock.now().toISOString(), body,
      });
      if (stored === null) { webhooksReceived.inc({ result: 'too busy' }); return reply.code(503).header('retry-after', '2').send(); }
      try {
        await stored;
      } catch {
        webhooksReceived.inc({ result: 'not stored' });
        return reply.code(503).header('retry-after', '5').send();
      }
      webhooksReceived.inc({ result: 'stored' });
      return reply.code(200).send();
    });
  });
}

function validInstant(value: string | undefined): string | null {
  return value !== undefined && !Number.isNaN(Date.parse(value)) ? new Date(value).toISOString() : null;
}

/** Answers a promise of the row's commit, or null when too many wait. A failed batch is tried row by row, so that one bad row harms only itself. */
export function groupCommit(store: (batch: readonly Received[]) => Promise<void>, maxWaiting: number): (row: Received) => Promise<void> | null {
  let waiting: { row: Received; done: () => void; failed: (error: unknown) => void }[] = [];
  let inFlight = 0;
  const flush = (): void => {
    // A further batch beside one on its way is worth its commit only when it is half full: what comes meanwhile goes together.
    while (waiting.length > 0 && (inFlight === 0 || (inFlight < MAX_IN_FLIGHT && waiting.length >= MAX_BATCH / 2))) {
      const batch = waiting.splice(0, MAX_BATCH);
      inFlight++;
      store(batch.map((entry) => entry.row))
        .then(() => { for (const entry of batch) entry.done(); }, async (error: unknown) => {
          if (batch.length === 1) { batch[0]!.failed(error); return; }
          for (const entry of batch) await store([entry.row]).then(entry.done, entry.failed);
        })
        .finally(() => { inFlight--; flush(); });
    }
  };
  return (row) => {
    if (waiting.length >= maxWaiting) return null;
    const promise = new Promise<void>((done, failed) => { waiting.push({ row, done, failed }); });
    if (inFlight === 0) queueMicrotask(flush); else if (inFlight < MAX_IN_FLIGHT) setImmediate(flush);
    return promise;
  };
}
