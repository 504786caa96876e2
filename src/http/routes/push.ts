/** The push queue: what each level should show, why, and what became of writing it. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { releaseLevels } from '../../store/authority.ts';
import { attemptsOf, pushCounts, pushPage, type PushPageRow } from '../../store/push-page.ts';
import { measuredLag } from '../../store/push-terms.ts';
import { audit } from '../../store/users.ts';
import type { Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { Attempt, LevelKeys, PushPage, PushQuery, type PushRow } from '../contract-stock.ts';
import { csv } from '../csv.ts';
import { cut, decodeParts } from '../cursor.ts';
import { storeOf } from '../store-scope.ts';

export function pushRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const now = (): string => house.clock.now().toISOString();

  api.get('/api/v1/push', { schema: { tags: ['push'], summary: 'Levels Instep may write, with the arithmetic of each', querystring: PushQuery, response: { 200: PushPage } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { view, q, location, item, limit, cursor } = request.query;
    const rows = await pushPage(house.db, store.store_id, { view, q: q ?? null, location: location ?? null, itemId: item ?? null, after: decodeParts<[string, number, number]>(cursor, ['string', 'number', 'number']), limit: limit + 1 });
    const { page, nextCursor } = cut(rows, limit, (row) => [(row.sku ?? '').toLowerCase(), row.item_id, row.location_id]);
    const lag = await measuredLag(house.db, store.store_id, now(), 0);
    return { rows: page.map(pushRow), nextCursor, counts: await pushCounts(house.db, store.store_id), lagSeconds: { in: lag.inSeconds, out: lag.outSeconds, measured: lag.measured } };
  });

  api.get('/api/v1/push.csv', { schema: { tags: ['push'], summary: 'The filtered push queue as CSV (at most 100,000 rows)', querystring: PushQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), { view, q, location, item } = request.query;
    const rows = await pushPage(house.db, store.store_id, { view, q: q ?? null, location: location ?? null, itemId: item ?? null, after: null, limit: 100_000 });
    return csv(reply, `push-${store.shop_domain}`, ['SKU', 'Title', 'Location', 'State', 'Should show', 'Shopify shows', 'Last written', 'Written at', 'Confirmed', 'Confirmed at', 'Arithmetic', 'Buffer', 'Reason'],
      rows.map((r) => [r.sku, r.title, r.location, r.state, r.wanted, r.shopify, r.pushed, r.pushed_at, r.confirmed, r.confirmed_at, r.arithmetic?.sentence ?? null, r.arithmetic?.bufferSentence ?? null, r.reason]));
  });

  api.post('/api/v1/push/release', { schema: { tags: ['push'], summary: 'Let held, refused or contested levels go on', querystring: z.object({ store: z.coerce.number() }), body: LevelKeys, response: { 200: z.object({ released: z.number() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const released = await house.db.transaction(async (tx) => {
      const levels = await releaseLevels(tx, store.store_id, request.body.levels, now());
      await audit(tx, { at: now(), actor: request.user?.email ?? 'operator', action: 'push released', subject: `${levels} levels`, after: request.body });
      return levels;
    });
    await house.enqueue('stock-push', store.store_id);
    house.changed(store.store_id, ['push', 'stock']);
    return { released };
  });

  api.get('/api/v1/push/:itemId/:locationId/attempts', { schema: {
    tags: ['push'], summary: 'What was sent for one level, newest first', querystring: z.object({ store: z.coerce.number() }), params: z.object({ itemId: z.coerce.number().int(), locationId: z.coerce.number().int() }), response: { 200: z.object({ attempts: z.array(Attempt) }) },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const rows = await attemptsOf(house.db, store.store_id, request.params.itemId, request.params.locationId, 50);
    return { attempts: rows.map((r) => ({
      attemptId: r.attempt_id, key: r.idempotency_key, createdAt: r.created_at, settledAt: r.settled_at, state: r.state, sends: r.sends, way: r.way, from: r.from_quantity, to: r.to_quantity, sentence: r.arithmetic?.sentence ?? null, outcome: r.message,
    })) };
  });
}

const TERMS = ['onHand', 'unsellable', 'open', 'openInBundles', 'dispatched', 'ahead', 'elsewhere', 'buffer', 'sharing', 'heldBack'] as const;

function pushRow(row: PushPageRow): Of<typeof PushRow> {
  return {
    itemId: row.item_id, locationId: row.location_id, sku: row.sku, title: row.title, locationName: row.location, state: row.state as Of<typeof PushRow>['state'], mode: row.mode, wanted: row.wanted, shopify: row.shopify, ledger: row.ledger,
    pushed: row.pushed, pushedAt: row.pushed_at, confirmed: row.confirmed, confirmedAt: row.confirmed_at, sentence: row.arithmetic?.sentence ?? null, bufferSentence: row.arithmetic?.bufferSentence ?? null,
    terms: Object.fromEntries(TERMS.flatMap((name) => (typeof row.arithmetic?.[name] === 'number' ? [[name, row.arithmetic[name]]] : []))), reason: row.reason, strikes: row.strikes, dirtySince: row.dirty_since, isBundle: row.is_bundle,
    parts: (row.arithmetic?.parts ?? []).map(({ sku, perUnit, available }) => ({ sku, perUnit, available })),
  };
}
