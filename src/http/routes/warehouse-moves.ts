/** Moves a warehouse's people are told of: put on the list, marked done, as CSV. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { moveReference } from '../../domain/replenishment/warehouse-moves.ts';
import { audit } from '../../store/users.ts';
import { moveCounts, settleMove, tellMoves, warehouseMoves, type WarehouseMoveRow } from '../../store/warehouse-moves.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { WarehouseMoveDone, WarehouseMovePage, WarehouseMoveQuery, WarehouseMovesBody, type WarehouseMove } from '../contract-moves.ts';
import { csv } from '../csv.ts';
import { cut, decodeParts } from '../cursor.ts';
import { storeOf } from '../store-scope.ts';

const view = (row: WarehouseMoveRow): Of<typeof WarehouseMove> => ({
  moveId: row.move_id, reference: moveReference(row.move_id), itemId: row.item_id, sku: row.sku, title: row.title, fromLocationId: row.from_location_id, fromName: row.from_location, toLocationId: row.to_location_id, toName: row.to_location, warehouse: row.warehouse, warehouseCode: row.warehouse_code,
  quantity: row.quantity, done: row.done, state: row.state, gain: Number(row.gain), version: row.version, toldAt: row.told_at, toldBy: row.told_by, settledAt: row.settled_at, events: row.events,
});

export function warehouseMoveRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), querystring = z.object({ store: z.coerce.number() }), params = z.object({ moveId: z.coerce.number().int().min(1).max(2 ** 31 - 1) }), now = (): string => house.clock.now().toISOString();
  const changed = async (storeId: number): Promise<void> => { house.changed(storeId, ['transfers', 'replenishment']); for (const flow of ['replenishment', 'transfer-proposals']) await house.enqueue(flow, storeId); };

  api.get('/api/v1/warehouse-moves', { schema: { tags: ['transfers'], summary: 'Moves the people of warehouses were told of, newest first', querystring: WarehouseMoveQuery, response: { 200: WarehouseMovePage } } }, async (request) => {
    const { store_id: storeId } = await storeOf(house.db, request.query.store), { view: of, q, limit, cursor } = request.query;
    const { page, nextCursor } = cut(await warehouseMoves(house.db, storeId, { view: of, q: q ?? null, before: decodeParts<[number]>(cursor, ['number'])?.[0] ?? null, limit: limit + 1 }), limit, (row) => [row.move_id]), { units, ...counts } = await moveCounts(house.db, storeId);
    return { rows: page.map(view), nextCursor, counts, openUnits: units };
  });

  api.get('/api/v1/warehouse-moves.csv', { schema: { tags: ['transfers'], summary: 'The list for a warehouse’s people as CSV, with its codes', querystring: WarehouseMoveQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), { view: of, q } = request.query;
    return csv(reply, `warehouse-moves-${store.shop_domain}`, ['Move', 'Warehouse', 'Code there', 'SKU', 'Title', 'From', 'To', 'Units', 'Done', 'Left', 'State', 'Told at', 'Told by'],
      (await warehouseMoves(house.db, store.store_id, { view: of, q: q ?? null, before: null, limit: 20_000 })).map((r) => [moveReference(r.move_id), r.warehouse, r.warehouse_code, r.sku, r.title, r.from_location, r.to_location, r.quantity, r.done, r.state === 'open' ? Math.max(0, r.quantity - r.done) : 0, r.state, r.told_at, r.told_by]));
  });

  api.post('/api/v1/warehouse-moves', { schema: { tags: ['transfers'], summary: 'Put proposals on the list for a warehouse’s people; one that is on it already stays as it is', querystring, body: WarehouseMovesBody, response: { 200: z.object({ told: z.number(), left: z.number().describe('no longer proposed, on the list already, or a transfer of Shopify’s') }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', told = await tellMoves(house.db, store.store_id, request.body.moves, by, now());
    if (told > 0) { await audit(house.db, { at: now(), actor: by, action: 'moves listed for a warehouse', subject: store.shop_domain, after: { told } }); await changed(store.store_id); }
    return { told, left: request.body.moves.length - told };
  });

  api.post('/api/v1/warehouse-moves/:moveId/done', { schema: { tags: ['transfers'], summary: 'Say what was done of a move, and whether the rest still will be', querystring, params, body: WarehouseMoveDone, response: { 200: z.object({ moveId: z.number() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', { moveId } = request.params;
    if (request.body.quantity === 0 && !request.body.close) throw new Refusal(400, 'quantity: say how many units were moved, or close the move');
    const outcome = await settleMove(house.db, store.store_id, moveId, request.body, by, now());
    if (outcome === 'unknown') throw new Refusal(404, `There is no move ${moveReference(moveId)}`);
    if (outcome === 'over') throw new Refusal(409, `${moveReference(moveId)} is over already`);
    if (outcome === 'conflict') throw new Refusal(409, `Somebody, or the warehouse, said something of ${moveReference(moveId)} meanwhile: look again`);
    await audit(house.db, { at: now(), actor: by, action: 'move done', subject: `${store.shop_domain} ${moveReference(moveId)}`, after: request.body });
    await changed(store.store_id);
    return { moveId };
  });
}
