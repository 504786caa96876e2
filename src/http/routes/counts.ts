/** Stock counts: count, submit, approve. Whoever approves must not be who submitted, once there is more than one person. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { idempotencyKey } from '../../runtime/key.ts';
import { countLines, findCount, listCounts, makeCount, postCount, recordCounted, wantedItems, type CountRow } from '../../store/stock-counts.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { CountBody, CountDecision, CountLinesBody, StockCount, StockCountDetail } from '../contract-stock.ts';
import { csv } from '../csv.ts';
import { storeOf } from '../store-scope.ts';

export function countRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const now = (): string => house.clock.now().toISOString();
  const querystring = z.object({ store: z.coerce.number() }), params = z.object({ countId: z.string().regex(/^\d+$/) });
  const one = async (storeId: number, countId: string): Promise<CountRow> => {
    const row = await findCount(house.db, storeId, countId);
    if (!row) throw new Refusal(404, `There is no count ${countId}`);
    return row;
  };
  const detail = async (storeId: number, countId: string): Promise<Of<typeof StockCountDetail>> => ({
    ...view(await one(storeId, countId)),
    items: (await countLines(house.db, storeId, countId)).map((l) => ({ itemId: l.item_id, sku: l.sku, title: l.title, counted: l.counted, expected: l.expected, difference: l.counted - l.expected, countedAt: l.counted_at, countedBy: l.counted_by, outcome: l.outcome })),
    wanted: (await wantedItems(house.db, storeId, countId)).map((row) => ({ itemId: row.item_id, sku: row.sku, title: row.title, barcode: row.barcode, counted: row.counted })),
  });

  api.get('/api/v1/counts', { schema: { tags: ['counts'], summary: 'Stock counts, newest first', querystring, response: { 200: z.object({ counts: z.array(StockCount) }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return { counts: (await listCounts(house.db, store.store_id, 200)).map(view) };
  });
  api.post('/api/v1/counts', { schema: { tags: ['counts'], summary: 'Begin a count at a location, or ask for one of some items', querystring, body: CountBody, response: { 200: StockCountDetail } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const { rowCount } = await house.db.query('select from location where store_id = $1 and location_id = $2', [store.store_id, request.body.locationId]);
    if (rowCount === 0) throw new Refusal(400, `locationId: there is no location ${request.body.locationId}`);
    const by = request.user?.email ?? 'operator';
    const { itemIds } = request.body, known = await house.db.query<{ item_id: number }>('select distinct item_id from inventory_item where store_id = $1 and item_id = any($2)', [store.store_id, itemIds]), strange = itemIds.find((id) => !known.rows.some((row) => row.item_id === id));
    if (strange !== undefined) throw new Refusal(400, `itemIds: there is no item ${strange} in this store`);
    return detail(store.store_id, await house.db.transaction(async (tx) => {
      const id = await makeCount(tx, store.store_id, request.body.locationId, request.body.name, by, now(), itemIds);
      await audit(tx, { at: now(), actor: by, action: 'count begun', subject: `count ${id}`, after: request.body });
      return id;
    }));
  });
  api.get('/api/v1/counts/:countId', { schema: { tags: ['counts'], summary: 'A count with its lines, largest difference first', querystring, params, response: { 200: StockCountDetail } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return detail(store.store_id, request.params.countId);
  });
  api.get('/api/v1/counts/:countId/lines.csv', { schema: { tags: ['counts'], summary: 'A count as CSV', querystring, params } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), count = await one(store.store_id, request.params.countId);
    const lines = await countLines(house.db, store.store_id, count.count_id);
    return csv(reply, `count-${count.name}`, ['SKU', 'Title', 'Expected', 'Counted', 'Difference', 'Counted at', 'Counted by', 'Outcome'], lines.map((l) => [l.sku, l.title, l.expected, l.counted, l.counted - l.expected, l.counted_at, l.counted_by, l.outcome]));
  });
  api.post('/api/v1/counts/:countId/lines', { schema: { tags: ['counts'], summary: 'What was counted, by SKU or barcode', querystring, params, body: CountLinesBody, response: { 200: z.object({ saved: z.number(), unknown: z.array(z.string()) }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), count = await one(store.store_id, request.params.countId);
    if (count.state !== 'open') throw new Refusal(409, `${count.name} was ${count.state}; begin another count`);
    const by = request.user?.email ?? 'operator';
    return house.db.transaction(async (tx) => {
      const told = await recordCounted(tx, store.store_id, count.count_id, count.location_id, request.body.lines, by, now());
      if (told.saved > 0) await audit(tx, { at: now(), actor: by, action: 'count lines', subject: `count ${count.count_id}`, after: { saved: told.saved, lines: request.body.lines.slice(0, 50) } });
      return told;
    });
  });
  api.post('/api/v1/counts/:countId/decision', { schema: { tags: ['counts'], summary: 'Submit for approval, approve or reject', querystring, params, body: CountDecision, response: { 200: StockCountDetail } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', { decision, reason } = request.body;
    const from = decision === 'submit' ? 'open' : 'submitted', to = { submit: 'submitted', approve: 'approved', reject: 'rejected' }[decision];
    if (decision === 'approve' && reason === undefined) throw new Refusal(400, 'reason: say why the count is right; it stands beside the movements');
    await house.db.transaction(async (tx) => {
      const { rows: [held] } = await tx.query<{ state: string; created_by: string }>('select state, created_by from stock_count where store_id = $1 and count_id = $2 for update', [store.store_id, request.params.countId]);
      if (!held) throw new Refusal(404, `There is no count ${request.params.countId}`);
      if (held.state !== from) throw new Refusal(409, `The count is ${held.state}; only one that is ${from} can be ${to}`);
      if (decision === 'approve' && request.user && held.created_by === by && await others(by)) throw new Refusal(403, 'Somebody else than who counted must approve');
      await tx.query('update stock_count set state = $3, decided_at = $4, decided_by = $5, reason = coalesce($6, reason) where store_id = $1 and count_id = $2', [store.store_id, request.params.countId, to, now(), by, reason ?? null]);
      if (decision === 'approve') await postCount(tx, store.store_id, (await findCount(tx, store.store_id, request.params.countId))!, (cause) => idempotencyKey(`stock-adjustments/${store.store_id}/${cause}`), now());
      await audit(tx, { at: now(), actor: by, action: `count ${to}`, subject: `count ${request.params.countId}`, after: request.body });
    });
    house.changed(store.store_id, ['stock', 'push']);
    return detail(store.store_id, request.params.countId);
  });

  async function others(email: string): Promise<boolean> {
    return ((await house.db.query(`select from app_user where disabled_at is null and email <> $1 and role in ('admin', 'warehouse', 'ecommerce') limit 1`, [email])).rowCount ?? 0) > 0;
  }
}

function view(row: CountRow): Of<typeof StockCount> {
  return { countId: row.count_id, locationId: row.location_id, locationName: row.location, authority: row.authority, name: row.name, state: row.state, createdAt: row.created_at, createdBy: row.created_by, decidedAt: row.decided_at, decidedBy: row.decided_by, reason: row.reason, lines: row.lines, difference: row.difference };
}
