/** Replenishment worklist, the waterfall of a line, planners' decisions, and planning values. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { dayOf } from '../../domain/calendar.ts';
import { encodeCursor } from '../../store/keyset.ts';
import { decide, decisionsOn, undecide } from '../../store/plan-decisions.ts';
import { SplitRefused, splitLine } from '../../store/plan-split.ts';
import { policyOf, savePolicy } from '../../store/planning.ts';
import type { StoreRow } from '../../store/stores.ts';
import { audit } from '../../store/users.ts';
import { worklistPage, worklistTotals } from '../../store/worklist.ts';
import { Refusal, type Services } from '../app.ts';
import { DecisionBody, DecisionResult, PolicyBody, RecommendationDetail, ReplenishmentPage, SplitBody, ReplenishmentQuery } from '../contract-replenishment.ts';
import { csv } from '../csv.ts';
import { costsOf, detailView, inStoreOf, lineView, policyView, sentenceOfRow, spendingOf, storeBudgetView, supplierView, worklistFilter } from '../replenishment-views.ts';
import { storeOf } from '../store-scope.ts';

const SCOPE = /^(default|class:[ABC]|category:.{1,200}|vendor:.{1,200}|item:\d{1,9}(@\d{1,9})?)$/;

export function replenishmentRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const inStore = z.object({ store: z.coerce.number() });
  const now = (): string => house.clock.now().toISOString(), todayOf = (store: StoreRow): string => dayOf(now(), store.time_zone);

  api.get('/api/v1/replenishment', { schema: { tags: ['replenishment'], summary: 'What to order, most urgent first, and what it comes to by supplier', querystring: ReplenishmentQuery, response: { 200: ReplenishmentPage } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), filter = worklistFilter(request.query, todayOf(store));
    const rows = await worklistPage(house.db, store.store_id, { ...filter, limit: filter.limit + 1 });
    const page = rows.slice(0, filter.limit), last = page.at(-1), { totals, suppliers, plan } = await worklistTotals(house.db, store.store_id, filter), spending = await spendingOf(house.db, store, filter.today);
    return {
      rows: page.map(lineView), nextCursor: rows.length > filter.limit && last ? encodeCursor({ value: last.sort_value, key: [last.item_id, last.location_id] }) : null,
      computedAt: plan?.computed_at ?? null, nextOrderBy: totals.next_order_by, inDrafts: plan?.drafted ?? 0, suppliers: suppliers.map((row) => supplierView(row, spending)), budget: storeBudgetView(spending),
      totals: { rows: totals.rows, units: totals.units, costs: costsOf(suppliers), inStore: inStoreOf(costsOf(suppliers), spending), withoutCost: totals.no_cost, atRisk: Math.round(totals.at_risk), atRiskValue: Number(totals.at_risk_value), due: totals.due, overstockUnits: totals.overstock },
    };
  });

  api.get('/api/v1/replenishment.csv', { schema: { tags: ['replenishment'], summary: 'The filtered worklist as CSV', querystring: ReplenishmentQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store);
    const rows = await worklistPage(house.db, store.store_id, { ...worklistFilter({ ...request.query, cursor: undefined }, todayOf(store)), limit: 100_000 });
    return csv(reply, `replenishment-${store.shop_domain}`, ['SKU', 'Title', 'Supplier', 'Location', 'Available', 'Incoming', 'Order quantity', 'Recommended', 'Need', 'Cost (minor units)', 'Currency', 'Units at risk', `Sales at risk (${store.currency}, minor units)`, 'Cover days', 'Stockout P50', 'Stockout P10', 'Order by', 'Class', 'Overstock', 'Method', 'Decision', 'Why'],
      rows.map((r) => [r.sku, r.title, r.supplier, r.location, r.available, r.incoming, r.quantity, r.recommended, r.need, r.cost === null ? null : Number(r.cost), r.currency, r.at_risk, r.at_risk_value === null ? null : Number(r.at_risk_value), r.cover_days, r.stockout_p50, r.stockout_p10, r.order_by, r.abc, r.overstock, r.by_rule ? 'rule' : r.method, r.decision, sentenceOfRow(r)]));
  });

  api.get('/api/v1/items/:itemId/replenishment', { schema: {
    tags: ['replenishment'], summary: 'One line with the terms that sum to it', params: z.object({ itemId: z.coerce.number().int() }), querystring: inStore.extend({ location: z.coerce.number().int() }), response: { 200: RecommendationDetail },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const [row] = await worklistPage(house.db, store.store_id, { view: 'all', today: todayOf(store), sort: 'urgency', dir: 'asc', after: null, limit: 1, itemId: request.params.itemId, locationId: request.query.location });
    if (!row) throw new Refusal(404, 'There is no recommendation for this item here: it has neither a forecast nor sales of the last four weeks, nor a minimum stock.');
    return detailView(row);
  });

  api.put('/api/v1/replenishment/decisions', { schema: { tags: ['replenishment'], summary: 'Another quantity, not at all, or not now, with a reason; or as recommended again', querystring: inStore, body: DecisionBody, response: { 200: DecisionResult } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { lines, decision, quantity, until = null, reason } = request.body, by = request.user?.email ?? 'operator', today = todayOf(store);
    if (decision !== 'none' && reason === undefined) throw new Refusal(400, 'reason: say why, in a few words');
    if (decision === 'quantity' && quantity === undefined) throw new Refusal(400, 'quantity: how many to order instead');
    if (decision === 'snoozed' && until === null) throw new Refusal(400, 'until: the last day it stays away');
    if (until !== null && until < today) throw new Refusal(400, `until: ${until} is past`);
    const before = await decisionsOn(house.db, store.store_id, lines);
    const done = decision === 'none' ? await undecide(house.db, store.store_id, lines) : await decide(house.db, store.store_id, lines, { decision, quantity: decision === 'quantity' ? quantity! : null, until, reason: reason! }, by, now(), today);
    const left = lines.filter((line) => !done.has(`${line.itemId}@${line.locationId}`)), theirs = await decisionsOn(house.db, store.store_id, left);
    const conflicts = left.map((line) => {
      const other = theirs.get(`${line.itemId}@${line.locationId}`);
      return { itemId: line.itemId, locationId: line.locationId, message: other ? `${other.decided_by} decided it meanwhile: ${other.decision === 'quantity' ? `${other.quantity} units` : other.decision} (${other.reason}). Look again, then decide.` : 'It is no longer recommended.' };
    });
    for (const line of lines) {
      const key = `${line.itemId}@${line.locationId}`;
      if (done.has(key)) await audit(house.db, { at: now(), actor: by, action: decision === 'none' ? 'plan decision taken back' : `plan decision: ${decision}`, subject: `${store.shop_domain} item:${key}`, before: before.get(key) ?? null, after: decision === 'none' ? null : { quantity, until, reason } });
    }
    if (done.size === 0) throw new Refusal(409, conflicts[0]!.message);
    house.changed(store.store_id, ['replenishment']);
    return { saved: done.size, conflicts };
  });

  api.post('/api/v1/replenishment/split', { schema: { tags: ['replenishment'], summary: 'Order a line’s units at several places: decided for all of them, or for none', querystring: inStore, body: SplitBody, response: { 200: DecisionResult } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { itemId, parts, reason } = request.body;
    try { await splitLine(house.db, store, itemId, parts, reason, request.user?.email ?? 'operator', now(), todayOf(store)); } catch (error) { throw error instanceof SplitRefused ? new Refusal(error.meanwhile ? 409 : 400, error.message) : error; }
    house.changed(store.store_id, ['replenishment']);
    return { saved: parts.length, conflicts: [] };
  });

  const scoped = { params: z.object({ scope: z.string().regex(SCOPE, 'scope: default, class:<A|B|C>, category:<product type>, vendor:<name>, item:<id> or item:<id>@<location>') }), querystring: inStore };
  api.get('/api/v1/policies/:scope', { schema: { tags: ['replenishment'], summary: 'Planning values set for a scope; null where none is set', ...scoped, response: { 200: PolicyBody } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return policyView(await policyOf(house.db, store.store_id, request.params.scope));
  });

  api.put('/api/v1/policies/:scope', { schema: { tags: ['replenishment'], summary: 'Set planning values of a scope; what is left out stays, null takes a value away', ...scoped, body: PolicyBody, response: { 200: PolicyBody } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { scope } = request.params, current = await policyOf(house.db, store.store_id, scope), before = policyView(current);
    const { version = before.version!, ...given } = request.body, after = { ...before, ...given };
    const conflict = (by: string | undefined): Refusal => new Refusal(409, `${by ?? 'Somebody'} changed these planning values meanwhile. Look at theirs, then set yours again.`);
    if (version !== before.version) throw conflict(current?.updated_by);
    if (after.maxStock != null && after.minStock != null && after.maxStock < after.minStock) throw new Refusal(400, `maxStock: ${after.maxStock} is below the minimum stock of ${after.minStock}`);
    if (after.endOfLife != null && after.lastOrder != null && after.lastOrder > after.endOfLife) throw new Refusal(400, `lastOrder: ${after.lastOrder} is after the last day of sale, ${after.endOfLife}`);
    const actor = request.user?.email ?? 'operator';
    if (!await savePolicy(house.db, store.store_id, scope, after, version, actor, now())) throw conflict((await policyOf(house.db, store.store_id, scope))?.updated_by);
    await audit(house.db, { at: now(), actor, action: 'planning values set', subject: `${store.shop_domain} ${scope}`, before, after });
    await house.enqueue('replenishment', store.store_id);
    return { ...after, version: version + 1 };
  });
}
