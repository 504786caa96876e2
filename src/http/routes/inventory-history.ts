/** From an item to the page where Shopify says who changed its stock. No query of Shopify's answers that; the page is its own, for people with an account there. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { Refusal, type Services } from '../app.ts';
import { storeOf } from '../store-scope.ts';

const ADMIN_HOST = 'admin.shopify.com';

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
}

/** Nobody is sent elsewhere by an answer that is not Shopify's: the shop, the admin, or the sandbox the store is connected to. */
export function leadsToShopify(url: string, shopDomain: string, origin: string | null): boolean {
  if (!URL.canParse(url)) return false;
  const to = new URL(url);
  return origin === null ? to.protocol === 'https:' && (to.host === shopDomain || to.host === ADMIN_HOST) : to.origin === new URL(origin).origin;
}
