/** Replays: asked for, followed, read, as CSV. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { dayOf, daysBetween } from '../../domain/calendar.ts';
import { demandSpan } from '../../store/replay-series.ts';
import { askReplay, repeatReplay, replayItems, replayOf, replays, type ReplayRow } from '../../store/replays.ts';
import { audit } from '../../store/users.ts';
import { isSupplierKnown, NO_SUPPLIER } from '../../store/worklist.ts';
import { Refusal, type Services } from '../app.ts';
import { Replay, ReplayBody, ReplayLinesPage, ReplayLinesQuery, ReplayList } from '../contract-replay.ts';
import { csv } from '../csv.ts';
import { decodeParts, encodeParts } from '../cursor.ts';
import { replayLineView, replayView } from '../replay-views.ts';
import { storeOf } from '../store-scope.ts';

const LONGEST_DAYS = 550;

export function replayRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), querystring = z.object({ store: z.coerce.number() }), params = z.object({ replayId: z.coerce.number().int().min(1).max(2 ** 31 - 1) });
  const found = async (storeId: number, id: number): Promise<ReplayRow> => {
    const row = await replayOf(house.db, storeId, id);
    if (!row) throw new Refusal(404, `There is no replay ${id}: only the latest are kept. Run it again.`);
    return row;
  };

  api.get('/api/v1/replays', { schema: { tags: ['replay'], summary: 'Replays, newest first', querystring, response: { 200: ReplayList } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return { replays: (await replays(house.db, store.store_id)).map(replayView), span: await demandSpan(house.db, store.store_id) };
  });

  api.post('/api/v1/replays', { schema: { tags: ['replay'], summary: 'Replay a policy on the days that were', querystring, body: ReplayBody, response: { 200: Replay } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), now = house.clock.now().toISOString(), { from, to, kind, promise, key, scope, most, orderCost, changes, known } = request.body, by = request.user?.email ?? 'operator';
    if (to >= dayOf(now, store.time_zone)) throw new Refusal(400, `to: ${to} is not over yet; choose yesterday or an earlier day`);
    if (daysBetween(from, to) < 27) throw new Refusal(400, 'from: a replay takes 28 days at least, or it shows nothing but its beginning');
    if (daysBetween(from, to) >= LONGEST_DAYS) throw new Refusal(400, `from: a replay takes ${LONGEST_DAYS} days at most`);
    if (changes.maxStock !== undefined && changes.maxStock < (changes.minStock ?? 0)) throw new Refusal(400, `changes.maxStock: a maximum of ${changes.maxStock} is below the minimum of ${changes.minStock}`);
    if (scope.vendor !== undefined && (scope.vendor === NO_SUPPLIER || !(await isSupplierKnown(house.db, store.store_id, scope.vendor)))) throw new Refusal(400, `scope.vendor: there is no supplier or vendor called ${scope.vendor}, as it is spelled`);
    const span = await demandSpan(house.db, store.store_id);
    if (span === null || daysBetween(span.first, from) < 28) throw new Refusal(400, span === null ? 'Nothing has been sold yet, so there are no days to replay.' : `from: the first sale known is of ${span.first}; begin 28 days later at least, so that there is something to forecast from`);
    const id = await askReplay(house.db, store.store_id, { key, kind, promise, from_day: from, to_day: to, scope, most, orderCost, changes, known }, by, now);
    await audit(house.db, { at: now, actor: by, action: 'replay', subject: `${store.shop_domain} replay ${id}`, after: request.body });
    await house.enqueue('replay', store.store_id);
    house.changed(store.store_id, ['replay']);
    return replayView(await found(store.store_id, id));
  });

  api.get('/api/v1/replays/:replayId', { schema: { tags: ['replay'], summary: 'One replay with its sums and its frontier', querystring, params, response: { 200: Replay } } }, async (request) => replayView(await found((await storeOf(house.db, request.query.store)).store_id, request.params.replayId)));

  api.post('/api/v1/replays/:replayId/again', { schema: { tags: ['replay'], summary: 'Run a replay that failed once more', querystring, params, response: { 200: Replay } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), run = await found(store.store_id, request.params.replayId), refused = await repeatReplay(house.db, store, run, request.user?.email ?? 'operator', house.clock.now().toISOString());
    if (refused !== null) throw new Refusal(409, refused);
    await house.enqueue('replay', store.store_id);
    house.changed(store.store_id, ['replay']);
    return replayView(await found(store.store_id, run.replay_run_id));
  });

  api.get('/api/v1/replays/:replayId/lines', { schema: { tags: ['replay'], summary: 'Lines of a replay', querystring: ReplayLinesQuery, params, response: { 200: ReplayLinesPage } } }, async (request) => {
    const { store_id: storeId } = await storeOf(house.db, request.query.store), run = await found(storeId, request.params.replayId), { q, sort, limit } = request.query, offset = decodeParts<[number]>(request.query.cursor, ['number'])?.[0] ?? 0;
    const rows = await replayItems(house.db, storeId, run.replay_run_id, { q, sort, offset, limit: limit + 1 });
    return { rows: rows.slice(0, limit).map((row) => replayLineView(row, run)), nextCursor: rows.length > limit ? encodeParts(offset + limit) : null, total: run.result === null ? 0 : run.result.policy.lines + (run.result.undecided ?? 0) };
  });

  api.get('/api/v1/replays/:replayId/lines.csv', { schema: { tags: ['replay'], summary: 'Lines of a replay as CSV', querystring: ReplayLinesQuery, params } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), run = await found(store.store_id, request.params.replayId);
    const rows = (await replayItems(house.db, store.store_id, run.replay_run_id, { q: request.query.q, sort: request.query.sort, offset: 0, limit: 5_000 })).map((row) => replayLineView(row, run));
    return csv(reply, `replay-${run.replay_run_id}-${store.shop_domain}`, ['SKU', 'Title', 'Location', 'Wanted', 'Of it estimated', 'Days out of stock', 'Served', 'Lost', 'Ordered', 'Orders', 'Average stock', 'Bought (minor units)', 'Holding', 'Lost margin', 'Money in stock', 'Currency', 'Sent here', 'Sent on', 'Brought back', 'In bulk order lines', 'Of it served', 'For the supplier’s order', 'Orders below its minimum', 'Really ordered', 'Really bought (minor units)', 'Really came in', 'Really in stock', 'Note'],
      rows.map((r) => [r.sku, r.title, r.locationName, r.wanted, r.estimated, r.unknownDays, r.served, r.lost, r.ordered, r.orders, r.averageStock, r.bought, r.holding, r.lostMargin, r.cash, r.currency, r.movedIn, r.movedOut, r.returned, r.bulkWanted, r.bulkServed, r.forSupplier, r.belowMinimum, r.real.ordered, r.real.bought, r.real.cameIn, r.real.averageStock, r.fault]));
  });
}
