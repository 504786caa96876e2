/** Buffers by item, tag, product type or vendor. Not frozen in a peak: raising one is what is done in a rush. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { dropBufferRule, listBufferRules, MOST_RULES, saveBufferRule } from '../../store/buffer-rules.ts';
import { tagsInUse } from '../../store/product-tags.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { BufferRuleBody, BufferRules } from '../contract-settings.ts';
import { storeOf } from '../store-scope.ts';

export function bufferRuleRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), tags = ['push'], querystring = z.object({ store: z.coerce.number() }), now = (): string => house.clock.now().toISOString();

  api.get('/api/v1/buffer-rules', { schema: { tags, summary: 'Buffers of some goods apart from their location’s; the more specific wins', querystring, response: { 200: BufferRules } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const { rows } = await house.db.query<{ type: string | null; vendor: string | null }>(
      `select distinct nullif(trim(i.product_type), '') as type, nullif(trim(i.vendor), '') as vendor from push_level p join item i using (item_id) where p.store_id = $1 limit 2000`, [store.store_id]);
    const names = (pick: (row: (typeof rows)[number]) => string | null): string[] => [...new Set(rows.flatMap((row) => pick(row) ?? []))].sort((a, b) => a.localeCompare(b));
    return { rules: await listBufferRules(house.db, store.store_id), tags: await tagsInUse(house.db, store.store_id, 2_000), productTypes: names((row) => row.type), vendors: names((row) => row.vendor) };
  });

  api.put('/api/v1/buffer-rules', { schema: { tags, summary: 'Make the rule of some goods, a place and a time, or change the one there is', querystring, body: BufferRuleBody, response: { 200: z.object({ ruleId: z.string() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', { body } = request, itemId = await itemOf(store.store_id, body.scope, body.name);
    if (body.locationId !== null && (await house.db.query('select from location where store_id = $1 and location_id = $2', [store.store_id, body.locationId])).rowCount === 0) throw new Refusal(400, `locationId: there is no location ${body.locationId}`);
    if (body.quantile === null && body.atLeast === 0 && body.capUnits === null) throw new Refusal(400, 'quantile: say what is other than usual: a quantile, units at least, or units at most');
    if (body.capUnits !== null && body.atLeast > body.capUnits) throw new Refusal(400, 'atLeast: is more than capUnits');
    const ruleId = await house.db.transaction(async (tx) => {
      const id = await saveBufferRule(tx, store.store_id, { ...body, itemId, name: itemId === null ? body.name : null }, by, now());
      if (id === null) throw new Refusal(409, `There are ${MOST_RULES} rules already; those can be changed. Take one away for a new one.`);
      await audit(tx, { at: now(), actor: by, action: 'buffer rule set', subject: `${body.scope} ${body.name}`, after: body });
      return id;
    });
    house.changed(store.store_id, ['push', 'stock']);
    return { ruleId };
  });

  api.delete('/api/v1/buffer-rules/:ruleId', { schema: { tags, summary: 'Take a rule away: the next specific one holds, or the location’s own', params: z.object({ ruleId: z.string().regex(/^\d{1,18}$/) }), querystring, response: { 200: z.object({ ok: z.literal(true) }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator';
    await house.db.transaction(async (tx) => {
      const gone = await dropBufferRule(tx, store.store_id, request.params.ruleId, now());
      if (gone === null) throw new Refusal(404, `There is no rule ${request.params.ruleId}`);
      await audit(tx, { at: now(), actor: by, action: 'buffer rule taken away', subject: `${gone.scope} ${gone.name ?? gone.itemId}`, before: gone });
    });
    house.changed(store.store_id, ['push', 'stock']);
    return { ok: true as const };
  });

  /** The item with this SKU in the store; null where the rule is of a kind of goods. */
  async function itemOf(storeId: number, scope: string, name: string): Promise<number | null> {
    if (scope !== 'item') return null;
    const { rows } = await house.db.query<{ id: number }>('select i.item_id as id from item i join inventory_item x using (item_id) where x.store_id = $1 and lower(i.sku) = lower($2) limit 2', [storeId, name]);
    if (rows.length === 0) throw new Refusal(400, `name: no item has the SKU ${name}`);
    if (rows.length > 1) throw new Refusal(400, `name: several items have the SKU ${name}; mend that first`);
    return rows[0]!.id;
  }
}
