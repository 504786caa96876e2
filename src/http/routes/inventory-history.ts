/** Who changed an item's stock, as Shopify has it: asked of its reports where the connection may read them, and the way to its own page, for people with an account there. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { isOurs, madeBy, writersOf } from '../../domain/push/other-writers.ts';
import { Refusal, type Services } from '../app.ts';
import { ItemAdjustments } from '../contract-stock.ts';
import { storeOf } from '../store-scope.ts';

const ADMIN_HOST = 'admin.shopify.com';
/** Changes answered at most. */
const MOST = 200;

export function inventoryHistoryRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();

  api.get('/api/v1/items/:itemId/inventory-history', { schema: { tags: ['items'], summary: 'Leads to the item’s inventory history in the Shopify admin, which names the app or person of each change', params: z.object({ itemId: z.coerce.number().int() }), querystring: z.object({ store: z.coerce.number() }) } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store);
    const { rows: [listed] } = await house.db.query<{ id: string; origin: string | null }>(
      `select x.shopify_inventory_item_id as id, c.origin from inventory_item x left join connection c using (store_id) where x.store_id = $1 and x.item_id = $2 order by x.shopify_inventory_item_id limit 1`, [store.store_id, request.params.itemId]);
    if (!listed) throw new Refusal(404, `There is no item ${request.params.itemId} in this store`);
    const url = await (await house.storefront(store.store_id)).inventoryHistoryUrl(listed.id);
    if (url === null) throw new Refusal(404, 'Shopify does not know this item any more.');
    if (!leadsToShopify(url, store.shop_domain, listed.origin)) throw new Refusal(502, 'Shopify named an address that is not its own. Open the item in its admin.');
    return reply.header('referrer-policy', 'no-referrer').redirect(url, 302);
  });

  api.get('/api/v1/items/:itemId/adjustments', { schema: { tags: ['items'], summary: 'Changes of the item’s stock in Shopify and who made each, asked of Shopify now; `refused` says why it does not tell', params: z.object({ itemId: z.coerce.number().int() }), querystring: z.object({ store: z.coerce.number(), location: z.coerce.number().int().optional(), days: z.coerce.number().int().min(1).max(180).default(7) }), response: { 200: ItemAdjustments } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { location, days } = request.query, since = new Date(house.clock.now().getTime() - days * 86_400_000).toISOString();
    const { rows: listed } = await house.db.query<{ id: string }>('select shopify_inventory_item_id as id from inventory_item where store_id = $1 and item_id = $2 order by 1 limit 50', [store.store_id, request.params.itemId]);
    if (listed.length === 0) throw new Refusal(404, `There is no item ${request.params.itemId} in this store`);
    const read = await (await house.storefront(store.store_id)).adjustments(listed.map((row) => row.id), since);
    if ('refused' in read) return { since, refused: read.refused, adjustments: [], writers: [], more: false };
    const { rows: places } = await house.db.query<{ id: string; location_id: number; name: string }>('select shopify_location_id as id, location_id, name from location where store_id = $1', [store.store_id]);
    const place = new Map(places.map((row) => [row.id, row])), here = read.adjustments.filter((change) => location === undefined || place.get(change.locationId)?.location_id === location);
    return {
      since, refused: null, more: here.length > MOST, writers: writersOf(here),
      adjustments: here.slice(0, MOST).map((change) => ({ at: change.at, locationId: place.get(change.locationId)?.location_id ?? null, locationName: place.get(change.locationId)?.name ?? change.locationId, state: change.state, change: change.change, reason: change.reason.replaceAll('_', ' '), by: isOurs(change) ? 'Instep' : madeBy(change), isOurs: isOurs(change), document: change.document })),
    };
  });
}

/** Nobody is sent elsewhere by an answer that is not Shopify's: the shop, the admin, or the sandbox the store is connected to. */
export function leadsToShopify(url: string, shopDomain: string, origin: string | null): boolean {
  if (!URL.canParse(url)) return false;
  const to = new URL(url);
  return origin === null ? to.protocol === 'https:' && (to.host === shopDomain || to.host === ADMIN_HOST) : to.origin === new URL(origin).origin;
}
