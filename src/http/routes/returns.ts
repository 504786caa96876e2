/** Returns: what is announced, at the door and inspected; receiving and inspecting; goods restocked in Shopify that nobody accepted. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { idempotencyKey } from '../../runtime/key.ts';
import { recordInspection, recordReceipt } from '../../store/return-inspection.ts';
import { findReturn, listReturns, type ReturnRow } from '../../store/returns.ts';
import { ghostRestocks } from '../../store/returns-checks.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { GhostRow, InspectBody, ReceiveBody, ReturnCase, ReturnPage, ReturnQuery, type RETURN_VIEWS } from '../contract-stock.ts';
import { csv } from '../csv.ts';
import { cut, decodeParts } from '../cursor.ts';
import { storeOf } from '../store-scope.ts';

const STATES: Record<(typeof RETURN_VIEWS)[number], readonly string[] | null> = { 'to inspect': ['received'], announced: ['announced'], inspected: ['inspected', 'closed'], all: null };

export function returnRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const now = (): string => house.clock.now().toISOString();
  const querystring = z.object({ store: z.coerce.number() }), params = z.object({ returnId: z.string().regex(/^\d+$/) });
  const filterOf = (query: Of<typeof ReturnQuery>, limit: number): Parameters<typeof listReturns>[2] => {
    const before = decodeParts<[string, string]>(query.cursor, ['string', 'string']);
    return { states: STATES[query.view], q: query.q ?? null, before: before && { at: before[0], id: before[1] }, limit };
  };
  const one = async (storeId: number, returnId: string): Promise<ReturnRow> => {
    const row = await findReturn(house.db, storeId, { id: returnId });
    if (!row) throw new Refusal(404, `There is no return ${returnId}`);
    return row;
  };

  api.get('/api/v1/returns', { schema: { tags: ['returns'], summary: 'Returns, newest first', querystring: ReturnQuery, response: { 200: ReturnPage } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const rows = await listReturns(house.db, store.store_id, filterOf(request.query, request.query.limit + 1));
    const { page, nextCursor } = cut(rows, request.query.limit, (row) => [row.updated_at, row.return_id]);
    const counts = await house.db.query<{ state: string; n: number }>('select state, count(*)::int as n from return_case where store_id = $1 group by 1', [store.store_id]);
    const sum = (states: readonly string[] | null): number => counts.rows.filter((row) => states === null || states.includes(row.state)).reduce((total, row) => total + row.n, 0);
    return { rows: page.map(view), nextCursor, counts: Object.fromEntries(Object.entries(STATES).map(([name, states]) => [name, sum(states)])) };
  });

  api.get('/api/v1/returns.csv', { schema: { tags: ['returns'], summary: 'The filtered returns as CSV, a row a line', querystring: ReturnQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store);
    const rows = await listReturns(house.db, store.store_id, filterOf({ ...request.query, cursor: undefined }, 20_000));
    return csv(reply, `returns-${store.shop_domain}`, ['Return', 'Order', 'Location', 'State', 'Announced', 'Received', 'SKU', 'Title', 'Units announced', 'Units received', 'Sellable', 'Damaged', 'Quarantine', 'Scrap', 'Goes out in exchange'],
      rows.flatMap((r) => r.lines.map((l) => [r.name, r.order_name, r.location, r.state, r.announced_at, r.received_at, l.sku, l.title, l.announced, l.received, l.sellable, l.damaged, l.quarantine, l.scrap, r.exchange.map((e) => `${e.quantity} × ${e.sku || e.title}`).join('; ')])));
  });

  api.get('/api/v1/returns/ghosts', { schema: { tags: ['returns'], summary: 'Goods restocked in Shopify at a warehouse’s location without its inspection', querystring, response: { 200: z.object({ rows: z.array(GhostRow) }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return { rows: (await ghostRestocks(house.db, store.store_id)).map((r) => ({ itemId: r.item_id, locationId: r.location_id, sku: r.sku, title: r.title, locationName: r.location, restocked: r.restocked, reversed: r.reversed, open: r.open, lastAt: r.last_at, facts: r.facts })) };
  });

  api.get('/api/v1/returns/:returnId', { schema: { tags: ['returns'], summary: 'One return', querystring, params, response: { 200: ReturnCase } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return view(await one(store.store_id, request.params.returnId));
  });

  api.post('/api/v1/returns/:returnId/receive', { schema: { tags: ['returns'], summary: 'Goods are at the door; not yet looked at', querystring, params, body: ReceiveBody, response: { 200: ReturnCase } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), row = await one(store.store_id, request.params.returnId), by = request.user?.email ?? 'operator';
    knownLines(row, request.body.lines);
    const fresh = await house.db.transaction((tx) => recordReceipt(tx, store.store_id, row, request.body.key, request.body.lines, by, now()));
    if (fresh) await audit(house.db, { at: now(), actor: by, action: 'return received', subject: row.name, after: request.body });
    house.changed(store.store_id, ['returns']);
    return view(await one(store.store_id, row.return_id));
  });

  api.post('/api/v1/returns/:returnId/inspect', { schema: { tags: ['returns'], summary: 'What became of each unit; only sellable ones can be sold again', querystring, params, body: InspectBody, response: { 200: ReturnCase } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), row = await one(store.store_id, request.params.returnId), by = request.user?.email ?? 'operator';
    knownLines(row, request.body.lines);
    const units = await house.db.transaction((tx) => recordInspection(tx, store.store_id, row, request.body.key, request.body.lines, by, now(), (cause) => idempotencyKey(`stock-adjustments/${store.store_id}/${cause}`)));
    if (units > 0) await audit(house.db, { at: now(), actor: by, action: 'return inspected', subject: row.name, after: request.body });
    if (units > 0) await house.enqueue('returns', store.store_id);
    house.changed(store.store_id, ['returns', 'stock', 'push']);
    return view(await one(store.store_id, row.return_id));
  });
}

function knownLines(row: ReturnRow, lines: readonly { lineKey: string }[]): void {
  const strange = lines.find((line) => !row.lines.some((l) => l.lineKey === line.lineKey));
  if (strange) throw new Refusal(400, `lines.lineKey: ${row.name} has no line ${strange.lineKey}`);
  if (row.state === 'closed') throw new Refusal(409, `${row.name} is closed`);
}

function view(row: ReturnRow): Of<typeof ReturnCase> {
  return {
    returnId: row.return_id, reference: row.reference, name: row.name, orderId: row.order_id, orderName: row.order_name, locationId: row.location_id, locationName: row.location, authority: row.authority, state: row.state,
    announcedAt: row.announced_at, receivedAt: row.received_at, inspectedAt: row.inspected_at, updatedAt: row.updated_at, lines: row.lines.map(({ lineId: _, ...line }) => line), exchange: row.exchange, shopify: row.shopify,
  };
}
