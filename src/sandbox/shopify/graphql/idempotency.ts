/**
 * Idempotency keys, kept 24 hours with their outcome: the same key and arguments answer the first outcome again, other arguments are a mismatch.
 * The key is staged before the engine runs, so engine and key become durable in one commit: after a crash a key without its outcome means
 * the effect happened, and the retry is told so without applying it twice.
 */
import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { IdempotencyRecord, Shop } from '../state.ts';

const KEPT_MS = 24 * 3_600_000;
const SCAN_MS = 600_000;

export interface KeyedOutcome { userErrors: { code: string | null; field: string[] | null; message: string }[] }

function refusal(code: string, message: string): KeyedOutcome {
  return { userErrors: [{ code, field: null, message }] };
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`;
}

export class IdempotencyStore {
  private readonly shop: Shop;
  /** Answers to give as if another request with the key were in flight: the control API's fault. */
  concurrentAnswers = 0;
  private scannedAt = 0;

  constructor(shop: Shop) {
    this.shop = shop;
  }

  /** Drops keys past their day. A scan of all keys, so not more often than every ten minutes of the shop's clock. */
  private forgetOld(now: number): void {
    if (now - this.scannedAt < SCAN_MS) return;
    this.scannedAt = now;
    for (const record of this.shop.tables.idempotency.values()) {
      if (now - Date.parse(record.at) >= KEPT_MS) this.shop.remove('idempotency', record.key);
    }
  }

  /**
   * Runs `act` once per key. `act` must be synchronous and commit its own effect. Its outcome, user errors included, is what a repeat gets;
   * if it throws, the key is spent: PREVIOUS_ATTEMPT_FAILED until it expires.
   */
  once<O extends KeyedOutcome>(mutation: string, key: string, args: unknown, act: () => O): O | KeyedOutcome {
    const now = Date.parse(this.shop.now());
    this.forgetOld(now);
    if (this.concurrentAnswers > 0) {
      this.concurrentAnswers--;
      return refusal('IDEMPOTENCY_CONCURRENT_REQUEST', 'This request is currently in progress, please try again.');
    }
    const variablesHash = createHash('sha256').update(canonical(args)).digest('hex');
    const earlier = this.shop.tables.idempotency.get(key);
    if (earlier !== undefined && now - Date.parse(earlier.at) < KEPT_MS) {
      if (earlier.mutation !== mutation || earlier.variablesHash !== variablesHash) {
        return refusal('IDEMPOTENCY_KEY_PARAMETER_MISMATCH', 'The same idempotency key cannot be used with different operation parameters.');
      }
      if (earlier.outcome === 'failed') {
        return refusal('IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED', 'A previous request with this idempotency key failed. Retry with a new idempotency key.');
      }
      return (earlier.response ?? { userErrors: [] }) as O;
    }
    const record: IdempotencyRecord = { key, mutation, variablesHash, outcome: 'running', response: null, at: this.shop.now() };
    this.shop.put('idempotency', record);
    try {
      const outcome = act();
      this.shop.put('idempotency', { ...record, outcome: 'done', response: outcome });
      this.shop.commit();
      return outcome;
    } catch (error) {
      this.shop.rollback();
      // A refused argument (a malformed id) is not an attempt; anything else spends the key.
      if (!(error instanceof GraphQLError)) {
        this.shop.put('idempotency', { ...record, outcome: 'failed' });
        this.shop.commit();
      }
      throw error;
    }
  }
}
