/**
 * The warehouse's door: signed messages, stored before they are answered. The signature is checked on the raw bytes before anything is read; unreadable rows
 * are kept and named in the answer, and stop no other row.
 */
import type { FastifyInstance } from 'fastify';
import { UnreadableMessage, type WarehouseReader } from '../ports/warehouse.ts';
import { webhooksReceived } from '../runtime/metrics.ts';
import type { Db } from '../store/db.ts';
import { storeWarehouseFacts } from '../store/warehouse-documents.ts';
import { warehouseByToken, warehouseHeard, type WarehouseRow } from '../store/warehouses.ts';

export interface WarehouseDoor {
  db: Db;
  clock: { now(): Date };
  reader: WarehouseReader;
  verify(rawBody: Uint8Array, headers: Readonly<Record<string, string | string[] | undefined>>, secrets: readonly string[], now: Date): { ok: true; id: string } | { ok: false; reason: string };
  /** The secrets a warehouse may sign with: the one in use and, while it is being replaced, the one before. */
  secretsOf(row: WarehouseRow): string[];
}

const MAX_BODY = 4 * 1024 * 1024;

export async function warehouseMessageRoutes(app: FastifyInstance, door: WarehouseDoor): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY }, (_request, body, done) => done(null, body));
    scope.post<{ Params: { token: string } }>('/warehouse/v1/:token', { config: { public: true }, schema: { hide: true } }, async (request, reply) => {
      const row = await warehouseByToken(door.db, request.params.token);
      if (!row || row.connector !== 'warehouse-rest') { webhooksReceived.inc({ result: 'unknown address' }); return reply.code(404).send(); }
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0), now = door.clock.now();
      const signed = door.verify(body, request.headers, door.secretsOf(row), now);
      if (!signed.ok) { webhooksReceived.inc({ result: 'bad signature' }); return reply.code(401).send(); }
      let read;
      try {
        read = door.reader.read(body, signed.id);
      } catch (error) {
        if (!(error instanceof UnreadableMessage)) throw error;
        // Nothing of it can be read: kept as it came, and said so, or the sender would never know.
        await door.db.transaction((tx) => storeWarehouseFacts(tx, row.warehouse_id, [], [{ where: `message ${signed.id}`, field: null, message: error.message, raw: body.toString('utf8') }], now.toISOString()));
        return reply.code(400).send({ accepted: 0, rejected: [{ where: `message ${signed.id}`, field: null, message: error.message }] });
      }
      await door.db.transaction(async (tx) => {
        await storeWarehouseFacts(tx, row.warehouse_id, read.facts, read.rejects, now.toISOString());
        await warehouseHeard(tx, row.warehouse_id, null, now.toISOString());
      });
      webhooksReceived.inc({ result: 'warehouse message' });
      return reply.code(200).send({ accepted: read.facts.length, rejected: read.rejects.map(({ where, field, message }) => ({ where, field, message })) });
    });
  });
}
