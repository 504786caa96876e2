/** Global search: items by SKU, title or barcode, exceptions by subject, screens by name. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Services } from '../app.ts';
import { SearchHit, type Of } from '../contract.ts';
import { storeOf } from '../store-scope.ts';

const SCREENS: [string, string][] = [['Today', '/'], ['Exceptions', '/exceptions'], ['Stock & drift', '/stock'], ['Push queue', '/push'], ['Mapping', '/mapping'], ['Bundles', '/mapping?tab=bundles'], ['Stock counts', '/counts'],
  ['Fulfilments', '/fulfilments'], ['Orders out', '/fulfilments?tab=orders'], ['Returns', '/returns'], ['Ghost stock', '/returns?tab=ghosts'], ['Replenishment', '/replenishment'], ['Flows', '/flows'], ['Connections', '/settings/connections'],
  ['Warehouses', '/settings/warehouses'], ['Locations', '/settings/locations']];

export function searchRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  api.get('/api/v1/search', { schema: {
    tags: ['search'], summary: 'Items, exceptions and screens', querystring: z.object({ store: z.coerce.number(), q: z.string().min(1).max(200) }), response: { 200: z.object({ hits: z.array(SearchHit) }) },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const like = `%${request.query.q.replaceAll(/[%_\\]/g, '\\$&')}%`;
    const items = await house.db.query<{ item_id: number; sku: string | null; title: string }>(
      `select i.item_id, i.sku, i.title from item i where exists (select from inventory_item x where x.store_id = $1 and x.item_id = i.item_id)
         and (i.sku ilike $2 or i.title ilike $2 or i.barcode = $3) order by (lower(i.sku) = lower($3)) desc nulls last, i.sku limit 12`, [store.store_id, like, request.query.q]);
    const cases = await house.db.query<{ exception_id: string; subject: string; sentence: string }>(
      `select exception_id, subject, sentence from exception where store_id = $1 and state = 'open' and (subject ilike $2 or kind ilike $2) order by due_at limit 5`, [store.store_id, like]);
    const hits: Of<typeof SearchHit>[] = SCREENS.filter(([name]) => name.toLowerCase().includes(request.query.q.toLowerCase())).map(([name, link]) => ({ type: 'screen', label: name, detail: 'Screen', link }));
    for (const item of items.rows) hits.push({ type: 'item', label: item.sku || item.title, detail: item.title, link: `/items/${item.item_id}` });
    for (const c of cases.rows) hits.push({ type: 'exception', label: c.subject, detail: c.sentence, link: `/exceptions?id=${c.exception_id}` });
    return { hits };
  });
}
