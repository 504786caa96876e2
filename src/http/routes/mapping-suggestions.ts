/** Suggestions for codes: what taking them would do to stock, many taken at once, codes set aside, the history of each, and the rules that go without a person. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { approvable } from '../../domain/mapping/auto-approve.ts';
import { AUTO_APPROVE } from '../../domain/mapping/match.ts';
import { applyMatches, autoMatchOf, codeHistory, ignoreCode, setAutoMatch, type Match } from '../../store/code-matches.ts';
import { bestSuggestions, stockEffect, type StockEffect as EffectRow } from '../../store/code-suggestions.ts';
import { setProductMaster } from '../../store/stores.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { ApproveBody, Approved, CodeHistory, IgnoreBody, MappingRules, Preview, PreviewBody, RulesBody, type StockEffect } from '../contract-mapping.ts';
import { storeOf } from '../store-scope.ts';

export function mappingSuggestionRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), querystring = z.object({ store: z.coerce.number() });
  const now = (): string => house.clock.now().toISOString(), tags = ['mapping'];
  const servedBy = async (storeId: number, warehouseId: number): Promise<void> => {
    if (!(await autoMatchOf(house.db, storeId)).some((each) => each.warehouse_id === warehouseId)) throw new Refusal(404, `There is no warehouse ${warehouseId} that serves this store`);
  };
  const rules = async (storeId: number, master: 'Shopify' | 'warehouse'): Promise<Of<typeof MappingRules>> => ({
    productMaster: master, measured: AUTO_APPROVE, warehouses: (await autoMatchOf(house.db, storeId)).map((each) => ({ warehouseId: each.warehouse_id, name: each.name, autoApproveAbove: each.auto_match })),
  });

  api.post('/api/v1/mapping/preview', { schema: { tags, summary: 'What matches would do to stock, before they are saved', querystring, body: PreviewBody, response: { 200: Preview } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), effects = (await stockEffect(house.db, store.store_id, request.body.changes)).map(effect);
    return { effects: effects.slice(0, EFFECTS_SHOWN), intoItems: effects.reduce((sum, e) => sum + Math.max(0, e.after - e.now), 0), outOfItems: effects.reduce((sum, e) => sum + Math.max(0, e.now - e.after), 0) };
  });

  api.post('/api/v1/mapping/approve', { schema: { tags, summary: 'Take every suggestion at least so sure; a dry run first', querystring, body: ApproveBody, response: { 200: Approved } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { above, dryRun, warehouseId } = request.body, by = request.user?.email ?? 'operator', at = now();
    if (warehouseId !== undefined) await servedBy(store.store_id, warehouseId);
    const warehouses = (await autoMatchOf(house.db, store.store_id)).filter((each) => warehouseId === undefined || each.warehouse_id === warehouseId);
    const answer = await house.db.transaction(async (tx) => {
      const matches: Match[] = [];
      let sure = 0;
      for (const warehouse of warehouses) {
        // Two who approve at once would both find the item without a code.
        await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`approve:${warehouse.warehouse_id}`]);
        const { best, coded } = await bestSuggestions(tx, warehouse.warehouse_id);
        sure += best.filter((each) => each.confidence >= above).length;
        for (const each of approvable(best, coded, above)) matches.push({ warehouseId: warehouse.warehouse_id, sku: each.sku, itemId: each.itemId, by: 'suggestion', said: `${each.why}, confidence ${each.confidence}` });
      }
      const effects = (await stockEffect(tx, store.store_id, matches)).map(effect);
      if (!dryRun && matches.length > 0) await applyMatches(tx, matches, by, at);
      return { dryRun, codes: matches.length, leftForAPerson: sure - matches.length, effects: effects.slice(0, EFFECTS_SHOWN), units: effects.reduce((sum, e) => sum + e.after - e.now, 0) };
    });
    if (!dryRun && answer.codes > 0) {
      await audit(house.db, { at, actor: by, action: 'suggestions approved', subject: `${answer.codes} codes`, after: { above, units: answer.units } });
      house.changed(store.store_id, ['push', 'stock', 'catalogue']);
      await house.enqueue('warehouse-feed', store.store_id);
    }
    return answer;
  });

  api.put('/api/v1/mapping/ignore', { schema: { tags, summary: 'Set a code aside with a reason; null takes it back', querystring, body: IgnoreBody, response: { 200: z.object({ saved: z.boolean() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { warehouseId, sku, reason, version } = request.body, by = request.user?.email ?? 'operator', at = now();
    await servedBy(store.store_id, warehouseId);
    if (!(await house.db.transaction((tx) => ignoreCode(tx, { warehouseId, sku, reason, version: version ?? null }, by, at)))) throw new Refusal(409, `${sku} is no longer as it was on your screen, or is matched. Look at it again.`);
    await audit(house.db, { at, actor: by, action: reason === null ? 'code no longer ignored' : 'code ignored', subject: sku, after: { reason } });
    house.changed(store.store_id, ['catalogue']);
    await house.enqueue('warehouse-feed', store.store_id);
    if (reason === null) await house.enqueue('mapping-suggest', store.store_id);
    return { saved: true };
  });

  api.get('/api/v1/mapping/history', { schema: { tags, summary: 'What was done with a code, newest first', querystring: querystring.extend({ warehouse: z.coerce.number().int(), sku: z.string().min(1).max(200) }), response: { 200: CodeHistory } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    await servedBy(store.store_id, request.query.warehouse);
    return { events: (await codeHistory(house.db, request.query.warehouse, request.query.sku)).map((row) => ({ at: row.at, by: row.by_whom, what: row.what, from: row.item_from, to: row.item_to, said: row.said })) };
  });

  api.get('/api/v1/mapping/rules', { schema: { tags, summary: 'Who is the master of products, and what is matched without a person', querystring, response: { 200: MappingRules } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return rules(store.store_id, store.product_master);
  });
  api.put('/api/v1/mapping/rules', { schema: { tags, summary: 'Change a rule', querystring, body: RulesBody, response: { 200: MappingRules } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { productMaster, warehouse } = request.body, by = request.user?.email ?? 'operator', at = now(), before = await rules(store.store_id, store.product_master);
    if (warehouse) {
      await servedBy(store.store_id, warehouse.warehouseId);
      await setAutoMatch(house.db, warehouse.warehouseId, warehouse.autoApproveAbove);
      if (warehouse.autoApproveAbove !== null) await house.enqueue('mapping-suggest', store.store_id);
    }
    if (productMaster) await setProductMaster(house.db, store.store_id, productMaster);
    await audit(house.db, { at, actor: by, action: 'mapping rules changed', subject: store.shop_domain, before, after: request.body });
    return rules(store.store_id, productMaster ?? store.product_master);
  });
}

/** The largest that are shown; the sums are of all of them. */
const EFFECTS_SHOWN = 500;
const effect = (row: EffectRow): Of<typeof StockEffect> => ({ itemId: row.item_id, sku: row.sku, title: row.title, warehouse: row.warehouse, now: row.now, after: row.after, codes: row.codes, shown: row.shown });
