/** The REST side: takes signed orders and returns, answers questions. Written from docs/warehouse-rest.md, not from our connector. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Building, Line } from './building.ts';
import { Refused } from './building.ts';

export interface Reply { status: number; body: object; headers?: Record<string, string> }

const keyOf = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');

export const signatureOf = (secret: string, id: string, seconds: string, body: string | Buffer): string => `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${seconds}.`).update(body).digest('base64')}`;

export class RestDesk {
  readonly #building: Building;
  readonly #secret: () => string;
  readonly #now: () => Date;

  constructor(building: Building, secret: () => string, now: () => Date) {
    this.#building = building;
    this.#secret = secret;
    this.#now = now;
  }

  /** Null when the caller knows the secret; else the refusal. On GET the request line stands for the body. */
  refusal(method: string, pathAndQuery: string, headers: Record<string, string | string[] | undefined>, body: Buffer): Reply | null {
    const id = String(headers['webhook-id'] ?? ''), seconds = String(headers['webhook-timestamp'] ?? ''), given = Buffer.from(String(headers['webhook-signature'] ?? ''));
    const expected = Buffer.from(signatureOf(this.#secret(), id, seconds, method === 'GET' ? `GET ${pathAndQuery}` : body));
    const isFresh = Math.abs(this.#now().getTime() / 1000 - Number(seconds)) <= 300;
    return isFresh && given.length === expected.length && timingSafeEqual(given, expected) ? null : { status: 401, body: { reason: 'signature' } };
  }

  get(path: string, query: URLSearchParams): Reply {
    const limit = Math.min(Math.max(1, Number(query.get('limit') ?? 500)), 1_000), from = Number(query.get('cursor') ?? 0);
    if (path === '/stock') {
      const rows = this.#building.rows();
      return { status: 200, body: { rows: rows.slice(from, from + limit), cursor: from + limit < rows.length ? String(from + limit) : null } };
    }
    if (path === '/messages') {
      const messages = this.#building.said.slice(from, from + limit);
      return { status: 200, body: { messages, cursor: String(from + messages.length) } };
    }
    const order = path.startsWith('/orders/') ? this.#building.orders.get(decodeURIComponent(path.slice('/orders/'.length))) : undefined;
    if (!order) return { status: 404, body: { outcome: 'unknown' } };
    return { status: 200, body: { warehouseReference: order.warehouseReference, version: order.version, state: this.#building.stateOf(order) } };
  }

  /** The same message again finds its work done: orders are keyed by reference and version, returns by reference. */
  post(body: Record<string, unknown>): Reply {
    try {
      switch (body['type']) {
        case 'order.placed': case 'order.changed': {
          const placed = this.#building.place({ reference: String(body['reference']), orderName: String(body['orderName']), version: Number(body['version']), placedAt: String(body['placedAt']), lines: body['lines'] as Line[] });
          return { status: placed.outcome === 'too late' ? 409 : 200, body: placed };
        }
        case 'order.cancelled': {
          const outcome = this.#building.cancel(String(body['reference']));
          return { status: outcome === 'cancelled' ? 200 : outcome === 'unknown' ? 404 : 409, body: { outcome } };
        }
        case 'return.announced':
          this.#building.returns.set(String(body['reference']), { reference: String(body['reference']), orderReference: String(body['orderReference']), lines: body['lines'] as Line[] });
          return { status: 200, body: {} };
        default: return { status: 422, body: { reason: `type ${String(body['type'])} is not known` } };
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { status: 422, body: { reason: error.message } };
    }
  }
}
