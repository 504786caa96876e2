/**
 * A warehouse that speaks our own REST (docs/warehouse-rest.md): we post orders and announced returns, signed; we read orders, counts and, from
 * warehouses that cannot call us, messages. Posts are safe to repeat: the warehouse keys them by reference and version, and by `webhook-id`.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { HttpError } from '../http.ts';
import { WarehouseRefused, type StockCountFact, type Warehouse, type WarehouseBatch, type WarehouseOrder, type WarehouseReject } from '../../ports/warehouse.ts';
import { readMessages, readStockRows } from './messages.ts';
import { messagesIn } from './reader.ts';
import { signedCaller, type Answer } from './signed-caller.ts';

export interface WarehouseRestOptions { url: string; secret: string; clock: { now(): Date } }

const FACTS_IN_BATCH = 1_000;
const MOST_PAGES = 10_000;

const Placed = z.object({ warehouseReference: z.string().min(1).max(200), outcome: z.enum(['created', 'changed', 'known']) });
const TooLate = z.object({ outcome: z.literal('too late'), warehouseReference: z.string().max(200).default('') });
const Known = z.object({ warehouseReference: z.string().min(1).max(200), version: z.number().int().min(1), state: z.enum(['open', 'shipped in part', 'shipped', 'cancelled']) });
const Page = z.object({ cursor: z.string().max(500).nullable().default(null) });
const StockPage = z.object({ rows: z.array(z.unknown()).max(5_000), at: z.iso.datetime({ offset: true }).optional(), ...Page.shape });

/** Throws `WarehouseRefused` on a definite no, `HttpError` and `NetworkError` on everything else that goes wrong. */
export function warehouseRest(options: WarehouseRestOptions): Warehouse {
  const { get, post } = signedCaller(options);

  async function page(path: string, cursor: string | null, limit: number): Promise<Answer> {
    return get(`${path}?limit=${limit}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
  }

  return {
    async check() {
      const answer = await page('/stock', null, 1);
      if (answer.status === 401 || answer.status === 403) throw new HttpError(`The warehouse refused our signature (HTTP ${answer.status}): compare the secret, and both clocks.`, answer.status);
      if (answer.status === 404) throw new HttpError(`Nothing answers at ${options.url}/stock (HTTP 404): check the address.`, 404);
      expect(answer, StockPage, 'stock');
      return { detail: `${new URL(options.url).host} answers and knows our signature` };
    },

    async *facts(cursor) {
      for (let from = cursor || null, pages = 0; pages < MOST_PAGES; pages++) {
        const answer = await page('/messages', from, 500);
        if (answer.status === 404) return;
        const next = expect(answer, Page, 'messages').cursor ?? from, messages = messagesIn(answer.body);
        if (messages.length === 0) return;
        yield* batches(readMessages(messages, `messages after ${from ?? 'the beginning'}`), from ?? '', next ?? '');
        if (next === from) return;
        from = next;
      }
    },
    // The cursor is the warehouse's own: asking from it is all it takes. Rejects are shown to people here and in the answer to a delivery.
    async stored() {},

    async *stock() {
      let cursor: string | null = null;
      for (let pages = 0; pages < MOST_PAGES; pages++) {
        const answer = await page('/stock', cursor, 1_000);
        const { rows, at, cursor: next } = expect(answer, StockPage, 'stock');
        const read: { facts: StockCountFact[]; rejects: WarehouseReject[] } = { facts: [], rejects: [] };
        readStockRows(rows, at, `stock after ${cursor ?? 'the beginning'}, rows`, read);
        yield { counts: read.facts, rejects: read.rejects };
        if (next === null || next === cursor) return;
        cursor = next;
      }
    },

    async findOrder(reference) {
      const answer = await get(`/orders/${encodeURIComponent(reference)}`);
      return answer.status === 404 ? null : expect(answer, Known, 'order');
    },

    async placeOrder(order: WarehouseOrder) {
      const type = order.version === 1 ? 'order.placed' : 'order.changed';
      const answer = await post(`order/${order.reference}/${order.version}`, { type, ...order });
      const late = answer.status === 409 ? TooLate.safeParse(answer.body) : null;
      return late?.success ? late.data : expect(answer, Placed, type);
    },

    async cancelOrder(reference) {
      const answer = await post(`order/${reference}/cancelled`, { type: 'order.cancelled', reference });
      if (answer.status === 409 && TooLate.safeParse(answer.body).success) return 'too late';
      // A bare 404 may be a wrong address: only the warehouse's word makes an order unknown.
      if (answer.status === 404 && (answer.body as { outcome?: unknown } | null)?.outcome === 'unknown') return 'cancelled';
      expect(answer, z.unknown(), 'order.cancelled');
      return 'cancelled';
    },

    async announceReturn(announced) {
      const message = { type: 'return.announced', ...announced };
      // A return has no version: what it says is part of the id, so that a changed announcement is a new message and a repeated one is not.
      const digest = createHash('sha256').update(JSON.stringify(message)).digest('hex').slice(0, 16);
      expect(await post(`return/${announced.reference}/${digest}`, message), z.unknown(), 'return.announced');
    },
    async close() {},
  };
}

/** At most 1,000 facts each. Only the last moves the cursor: after a crash in between, the page comes again whole. */
function* batches({ facts, rejects }: Omit<WarehouseBatch, 'cursor'>, from: string, next: string): Iterable<WarehouseBatch> {
  for (let start = 0; ; start += FACTS_IN_BATCH) {
    const isLast = start + FACTS_IN_BATCH >= facts.length;
    yield { facts: facts.slice(start, start + FACTS_IN_BATCH), rejects: isLast ? rejects : [], cursor: isLast ? next : from };
    if (isLast) return;
  }
}

/** The body of a good answer. A 4xx with a reason is a definite no; without one, and for faults of the connection or the load, the outcome stays open. */
function expect<T>(answer: Answer, shape: z.ZodType<T>, what: string): T {
  const { status, body } = answer;
  if (status >= 200 && status < 300) {
    const parsed = shape.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new HttpError(`The warehouse's answer to ${what} cannot be read: ${parsed.error.issues[0]!.path.join('.')} ${parsed.error.issues[0]!.message}`, status);
  }
  const reason = (body as { reason?: unknown } | null)?.reason;
  if (status >= 400 && status < 500 && ![401, 403, 404, 407, 408, 425, 429].includes(status) && typeof reason === 'string' && reason.trim()) {
    throw new WarehouseRefused(reason.trim().slice(0, 500));
  }
  throw new HttpError(`The warehouse answered ${what} with HTTP ${status}`, status, answer.retryAfterSeconds);
}
