/** Held back from sale: one press and an item shows nothing in Shopify, until it is let go or until a time. By the push, like every other number. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { heldBackPage, holdItems, letGo, writtenItems, type HeldBackRow } from '../../store/held-back.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { HeldBackList, HoldAnswer, HoldBody, LetGoBody, type HeldBack } from '../contract-peak.ts';
import { storeOf } from '../store-scope.ts';

const LONGEST_HOLD_MS = 90 * 86_400_000;
/** Held back at one time and shown, at most. */
const MOST_SHOWN = 500;

export function heldBackRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), querystring = z.object({ store: z.coerce.number() }), tags = ['peak'];
  const now = (): string => house.clock.now().toISOString(), by = (request: FastifyRequest): string => request.user?.email ?? 'operator';
  const storesOf = async (asked: number, chosen: readonly number[] | undefined) => Promise.all([...new Set(chosen ?? [asked])].map((id) => storeOf(house.db, id)));
  const woken = async (storeIds: readonly number[]): Promise<void> => {
    for (const storeId of storeIds) { await house.enqueue('stock-push', storeId); house.changed(storeId, ['push', 'stock']); }
  };

  api.get('/api/v1/held-back', { schema: { tags, summary: 'Items held back from sale, longest first', querystring: querystring.extend({ item: z.coerce.number().int().positive().optional() }), response: { 200: HeldBackList } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return { rows: (await heldBackPage(house.db, store.store_id, request.query.item ?? null, now(), MOST_SHOWN)).map(view) };
  });

  api.post('/api/v1/held-back', { schema: { tags, summary: 'Hold items back from sale: their levels show nothing in Shopify; or give those that are another end', querystring, body: HoldBody, response: { 200: HoldAnswer } } }, async (request) => {
    const { items, until, reason } = request.body, at = now(), stores = await storesOf(request.query.store, request.body.stores);
    if (until !== null && !(Date.parse(until) > Date.parse(at) && Date.parse(until) <= Date.parse(at) + LONGEST_HOLD_MS)) throw new Refusal(400, 'until: expected an instant in the next 90 days');
    const held: Of<typeof HoldAnswer>['stores'] = [], still: string[] = [];
    await house.db.transaction(async (tx) => {
      held.length = still.length = 0; // a transaction may be tried again
      for (const store of stores) {
        const written = await writtenItems(tx, store.store_id, items);
        const n = written.length === 0 ? 0 : await holdItems(tx, store.store_id, written, { until: until === null ? null : new Date(until).toISOString(), reason }, by(request), at);
        held.push({ storeId: store.store_id, name: store.name, items: n });
        for (const row of await heldBackPage(tx, store.store_id, null, at, MOST_SHOWN)) if (written.includes(row.item_id)) still.push(...goesOn(row, store.name));
      }
    });
    if (held.every((store) => store.items === 0)) throw new Refusal(409, 'Instep sets what Shopify shows of this at no location, so it can hold nothing back. Take it off in Shopify: set its quantity there, or make the product a draft.');
    await woken(stores.map((store) => store.store_id));
    return { stores: held, still };
  });

  api.post('/api/v1/held-back/let-go', { schema: { tags, summary: 'Let items go: their levels show again what the shelf allows', querystring, body: LetGoBody, response: { 200: HoldAnswer } } }, async (request) => {
    const stores = await storesOf(request.query.store, request.body.stores), at = now();
    const gone = await house.db.transaction(async (tx) => {
      const done: Of<typeof HoldAnswer>['stores'] = [];
      for (const store of stores) done.push({ storeId: store.store_id, name: store.name, items: await letGo(tx, store.store_id, request.body.items, by(request), at) });
      return done;
    });
    if (gone.every((store) => store.items === 0)) throw new Refusal(409, 'It is not held back. Somebody let it go, or its time is over.');
    await woken(stores.map((store) => store.store_id));
    return { stores: gone, still: [] };
  });
}

/** What a hold does not stop: places Instep does not write, and a shop that sells at zero. */
function goesOn(row: HeldBackRow, store: string): string[] {
  const name = row.sku || row.title, open = row.places.filter((place) => !place.written && (place.shown ?? 0) > 0);
  return [
    ...(row.sells_on ? [`${name} in ${store}: “Continue selling when out of stock” is on in Shopify. Switch it off there.`] : []),
    ...open.map((place) => `${name} at ${place.name}, ${store}: Shopify shows ${place.shown} there, and Instep does not write it now.`),
  ];
}

function view(row: HeldBackRow): Of<typeof HeldBack> {
  return { itemId: row.item_id, sku: row.sku, title: row.title, reason: row.reason, since: row.since, by: row.held_by, until: row.until, sellsOn: row.sells_on, places: row.places };
}
