/** What a new item sells like, as long as it has not sold itself. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { analogueOf, itemsThatSold, removeAnalogue, setAnalogue } from '../../store/analogues.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { Analogue, AnalogueBody } from '../contract-forecast.ts';
import { storeOf } from '../store-scope.ts';

export function analogueRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const querystring = z.object({ store: z.coerce.number() }), params = z.object({ itemId: z.coerce.number().int() });
  const now = (): string => house.clock.now().toISOString();
  const noted = async (storeId: number, actor: string, action: string, subject: string, after?: object): Promise<void> => {
    await audit(house.db, { at: now(), actor, action, subject, ...(after ? { after } : {}) });
    house.changed(storeId, ['forecast']);
  };

  api.get('/api/v1/items/:itemId/analogue', { schema: { tags: ['forecast'], summary: 'What an item is said to sell like', params, querystring, response: { 200: z.object({ analogue: Analogue.nullable() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), row = await analogueOf(house.db, store.store_id, request.params.itemId);
    return { analogue: row && { likeItemId: row.like_item_id, sku: row.sku, title: row.title, percent: row.percent, updatedAt: row.updated_at, updatedBy: row.updated_by } };
  });

  api.put('/api/v1/items/:itemId/analogue', { schema: { tags: ['forecast'], summary: 'Say what a new item sells like, until it sells itself', params, querystring, body: AnalogueBody, response: { 200: z.object({ saved: z.boolean() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { itemId } = request.params, { likeItemId, percent } = request.body, by = request.user?.email ?? 'operator';
    const sold = await itemsThatSold(house.db, store.store_id, [itemId, likeItemId]);
    if (!sold.has(itemId)) throw new Refusal(404, `There is no item ${itemId}`);
    if (itemId === likeItemId) throw new Refusal(400, 'likeItemId: an item is not like itself');
    if (!sold.has(likeItemId)) throw new Refusal(400, `likeItemId: there is no item ${likeItemId}`);
    if (!sold.get(likeItemId)) throw new Refusal(400, 'likeItemId: it has never sold; there is nothing to be like');
    await setAnalogue(house.db, store.store_id, itemId, likeItemId, percent, by, now());
    await noted(store.store_id, by, 'said to sell like another', `${store.shop_domain} item ${itemId}`, request.body);
    return { saved: true };
  });

  api.delete('/api/v1/items/:itemId/analogue', { schema: { tags: ['forecast'], summary: 'Let an item stand for itself', params, querystring, response: { 200: z.object({ removed: z.boolean() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { itemId } = request.params;
    if (!(await removeAnalogue(house.db, store.store_id, itemId))) throw new Refusal(404, 'Nothing was said of this item; it may have been removed.');
    await noted(store.store_id, request.user?.email ?? 'operator', 'stands for itself', `${store.shop_domain} item ${itemId}`);
    return { removed: true };
  });
}
