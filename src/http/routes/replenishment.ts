/** Replenishment worklist, the waterfall of a line, and planning values. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { dayOf } from '../../domain/calendar.ts';
import { decodeCursor, encodeCursor } from '../../store/keyset.ts';
import { policyOf, savePolicy, type PolicyRow } from '../../store/planning.ts';
import { replenishmentPage, replenishmentTotals, type RecommendationRow, type ReplenishmentFilter } from '../../store/recommendations.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { PolicyBody, Recommendation, RecommendationDetail, ReplenishmentPage, ReplenishmentQuery, type Of } from '../contract.ts';
import { csv } from '../csv.ts';
import { storeOf } from '../store-scope.ts';

const SCOPE = /^(default|vendor:.{1,200}|item:\d{1,9}(@\d{1,9})?)$/;

export function replenishmentRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const inStore = z.object({ store: z.coerce.number() });

  api.get('/api/v1/replenishment', { schema: { tags: ['replenishment'], summary: 'What to order, most urgent first', querystring: ReplenishmentQuery, response: { 200: ReplenishmentPage } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const filter = filterOf(request.query, dayOf(house.clock.now().toISOString(), store.time_zone));
    const rows = await replenishmentPage(house.db, store.store_id, { ...filter, limit: filter.limit + 1 });
    const page = rows.slice(0, filter.limit), last = page.at(-1);
    const { totals, vendors } = await replenishmentTotals(house.db, store.store_id, filter);
    return {
      rows: page.map(line), nextCursor: rows.length > filter.limit && last ? encodeCursor({ value: last.sort_value, key: [last.item_id, last.location_id] }) : null,
      computedAt: totals.computed_at, nextOrderBy: totals.next_order_by,
      totals: { rows: totals.rows, units: totals.units, cost: Number(totals.cost), due: totals.due, overstockUnits: totals.overstock },
      vendors: vendors.map((v) => ({ ...v, cost: Number(v.cost) })),
    };
  });

  api.get('/api/v1/replenishment.csv', { schema: { tags: ['replenishment'], summary: 'The filtered worklist as CSV', querystring: ReplenishmentQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store);
    const rows = await replenishmentPage(house.db, store.store_id, { ...filterOf({ ...request.query, cursor: undefined }, dayOf(house.clock.now().toISOString(), store.time_zone)), limit: 100_000 });
    return csv(reply, `replenishment-${store.shop_domain}`, ['SKU', 'Title', 'Vendor', 'Location', 'Available', 'Incoming', 'Order quantity', 'Need', `Cost (${store.currency}, minor units)`, 'Cover days', 'Stockout P50', 'Stockout P10', 'Order by', 'Class', 'Method', 'Why'],
      rows.map((r) => [r.sku, r.title, r.vendor, r.location, r.available, r.incoming, r.quantity, r.need, r.cost === null ? null : Number(r.cost), r.cover_days, r.stockout_p50, r.stockout_p10, r.order_by, r.abc, r.method, r.detail.sentence]));
  });

  api.get('/api/v1/items/:itemId/replenishment', { schema: {
    tags: ['replenishment'], summary: 'One line with the terms that sum to it', params: z.object({ itemId: z.coerce.number().int() }), querystring: inStore.extend({ location: z.coerce.number().int() }), response: { 200: RecommendationDetail },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const [row] = await replenishmentPage(house.db, store.store_id, {
      view: 'all', today: dayOf(house.clock.now().toISOString(), store.time_zone), sort: 'urgency', dir: 'asc', after: null, limit: 1, itemId: request.params.itemId, locationId: request.query.location,
    });
    if (!row) throw new Refusal(404, 'There is no recommendation for this item here: it has no forecast, because it has not sold at this location.');
    return { ...line(row), waterfall: row.detail.terms, policy: row.detail.policy, sentence: [row.detail.sentence, ...row.detail.conflicts].join(' ') };
  });

  const scoped = { params: z.object({ scope: z.string().regex(SCOPE, 'scope: default, vendor:<name>, item:<id> or item:<id>@<location>') }), querystring: inStore };
  api.get('/api/v1/policies/:scope', { schema: { tags: ['replenishment'], summary: 'Planning values set for a scope; null where none is set', ...scoped, response: { 200: PolicyBody } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return body(await policyOf(house.db, store.store_id, request.params.scope));
  });

  api.put('/api/v1/policies/:scope', { schema: { tags: ['replenishment'], summary: 'Set planning values of a scope; what is left out stays, null takes a value away', ...scoped, body: PolicyBody, response: { 200: PolicyBody } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const before = body(await policyOf(house.db, store.store_id, request.params.scope));
    const after = { ...before, ...request.body };
    if (after.maxStock != null && after.minStock != null && after.maxStock < after.minStock) throw new Refusal(400, `maxStock: ${after.maxStock} is below the minimum stock of ${after.minStock}`);
    const at = house.clock.now().toISOString(), actor = request.user?.email ?? 'operator';
    await savePolicy(house.db, store.store_id, {
      scope: request.params.scope, lead_time_days: after.leadTimeDays ?? null, review_days: after.reviewDays ?? null, service_level: after.serviceLevel ?? null, moq: after.moq ?? null,
      case_pack: after.casePack ?? null, min_stock: after.minStock ?? null, max_stock: after.maxStock ?? null, updated_by: actor,
    }, at);
    await audit(house.db, { at, actor, action: 'planning values set', subject: `${store.shop_domain} ${request.params.scope}`, before, after });
    await house.enqueue('replenishment', store.store_id);
    return after;
  });
}

function filterOf(query: Of<typeof ReplenishmentQuery>, today: string): ReplenishmentFilter {
  let after;
  try { after = decodeCursor(query.cursor, 2); } catch { throw new Refusal(400, 'cursor: not one this API gave out'); }
  const locations = query.location?.split(',').filter(Boolean).map(Number);
  if (locations?.some((id) => !Number.isInteger(id))) throw new Refusal(400, 'location: expected location ids separated by commas');
  return { q: query.q, vendor: query.vendor, locations: locations?.length ? locations : undefined, view: query.view, today, sort: query.sort, dir: query.dir, after, limit: query.limit };
}

function body(row: PolicyRow | null): Of<typeof PolicyBody> {
  return {
    leadTimeDays: row?.lead_time_days ?? null, reviewDays: row?.review_days ?? null, serviceLevel: row?.service_level == null ? null : Math.round(row.service_level * 10_000) / 10_000,
    moq: row?.moq ?? null, casePack: row?.case_pack ?? null, minStock: row?.min_stock ?? null, maxStock: row?.max_stock ?? null,
  };
}

function line(row: RecommendationRow): Of<typeof Recommendation> {
  return {
    itemId: row.item_id, locationId: row.location_id, sku: row.sku, title: row.title, vendor: row.vendor, locationName: row.location, available: row.available, incoming: row.incoming,
    quantity: row.quantity, need: row.need, cost: row.cost === null ? null : Number(row.cost), overstock: row.overstock, coverDays: row.cover_days, stockoutP50: row.stockout_p50,
    stockoutP10: row.stockout_p10, orderBy: row.order_by, urgency: row.urgency, abc: row.abc, method: row.method ?? '', wape: row.wape, flags: row.flags ?? [], computedAt: row.computed_at,
  };
}
