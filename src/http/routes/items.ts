/** One item: where it is, why each number is what it is, what is expected of it. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { addDays, dayNumber, dayOf } from '../../domain/calendar.ts';
import { forecastTerms } from '../../domain/forecast/made-of-words.ts';
import { overPlaces } from '../../domain/forecast/over-places.ts';
import { overridden } from '../../domain/forecast/override.ts';
import { ON_ORDER } from '../../domain/purchasing/purchase-order.ts';
import { fromKept } from '../../domain/replenishment/facts.ts';
import { balanceSentence, movementSentence } from '../../domain/stock/sentence.ts';
import type { Party, StockState } from '../../domain/stock/fact.ts';
import { outcomeOf } from '../../store/forecast-outcomes.ts';
import { expectedOrders } from '../../store/arrivals.ts';
import { currentRun, forecastFor, forecastsOfItem, paths, type ForecastRow, type ForecastRunRow } from '../../store/forecasts.ts';
import { orderNames } from '../../store/order-names.ts';
import { asOverride, overridesInForce } from '../../store/overrides.ts';
import { accountByKind, explainAccount } from '../../store/ledger.ts';
import { positions } from '../../store/planning.ts';
import { shelvesOf } from '../../store/shelf.ts';
import { sold30, stockPage } from '../../store/stock-page.ts';
import { worklistPage } from '../../store/worklist.ts';
import { Refusal, type Services } from '../app.ts';
import { DemandView, Explanation, Item, MovementQuery, type Of } from '../contract.ts';
import { storeOf } from '../store-scope.ts';
import { stockRow } from './stock.ts';

const HISTORY_DAYS = 420;
/** The window an expected total is explained over: the engine's own for days. */
const EXPLAINED_DAYS = 28;

export function itemRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const inStore = z.object({ store: z.coerce.number() });
  const params = z.object({ itemId: z.coerce.number().int() });

  api.get('/api/v1/items/:itemId', { schema: { tags: ['items'], summary: 'An item with its listings, bundles and stock by location', params, querystring: inStore, response: { 200: Item } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { itemId } = request.params;
    const { rows: [item] } = await house.db.query<{ item_id: number; sku: string | null; title: string; barcode: string | null; vendor: string | null; product_type: string | null; unit_cost: string | null; tracked: boolean }>(
      'select i.*, x.tracked from item i join inventory_item x using (item_id) where x.store_id = $1 and i.item_id = $2 limit 1', [store.store_id, itemId]);
    if (!item) throw new Refusal(404, `There is no item ${itemId}`);
    const variants = await house.db.query<{ id: string; product: string; sku: string | null; title: string; price: string | null; is_bundle: boolean; deleted_at: string | null }>(
      `select v.shopify_variant_id as id, v.shopify_product_id as product, v.sku, v.title, v.price, v.is_bundle, v.deleted_at from variant v
       join inventory_item x on x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id where v.store_id = $1 and x.item_id = $2`, [store.store_id, itemId]);
    const bundles = await house.db.query<{ id: string; title: string; sku: string | null; quantity: number }>(
      `select p.shopify_variant_id as id, p.title, p.sku, c.quantity from bundle_component c join variant p on p.store_id = c.store_id and p.shopify_variant_id = c.bundle_variant_id
       where c.store_id = $1 and c.component_variant_id = any($2::bigint[])`, [store.store_id, variants.rows.map((v) => v.id)]);
    const same = item.sku ? await house.db.query<{ item_id: number; title: string }>('select item_id, title from item where sku = $1 and item_id <> $2 limit 20', [item.sku, itemId]) : { rows: [] };
    const levels = await stockPage(house.db, store.store_id, { view: 'all', sort: 'title', dir: 'asc', after: null, limit: 200, itemId, changedSince: house.clock.now().toISOString() });
    const sold = await sold30(house.db, store.store_id, dayOf(house.clock.now().toISOString(), store.time_zone), levels.map((l) => ({ itemId, locationId: l.location_id })));
    return {
      itemId, sku: item.sku, title: item.title, barcode: item.barcode, vendor: item.vendor, productType: item.product_type, unitCost: item.unit_cost === null ? null : Number(item.unit_cost), tracked: item.tracked,
      variants: variants.rows.map((v) => ({ variantId: v.id, productId: v.product, sku: v.sku, title: v.title, price: v.price === null ? null : Number(v.price), isBundle: v.is_bundle, deletedAt: v.deleted_at })),
      bundles: bundles.rows.map((b) => ({ variantId: b.id, title: b.title, sku: b.sku, quantity: b.quantity })),
      locations: levels.map((row) => stockRow(row, sold.get(`${itemId}@${row.location_id}`) ?? [])), sameSku: same.rows.map((r) => ({ itemId: r.item_id, title: r.title })),
      shelf: (await shelvesOf(house.db, store.store_id, itemId)).map((r) => ({ locationId: r.location_id, locationName: r.location, warehouse: r.warehouse, codes: r.codes, onHand: r.on_hand, unsellable: r.unsellable, countedAt: r.counted_at, state: r.state, pushedAt: r.pushed_at, sentence: r.sentence })),
    };
  });

  api.get('/api/v1/items/:itemId/explain', { schema: { tags: ['items'], summary: 'Why is this number 7? The movements that sum to it', params, querystring: inStore.extend(MovementQuery.shape), response: { 200: Explanation } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { itemId } = request.params;
    const { location, state, at, cursor, limit } = request.query;
    if (at !== undefined && Number.isNaN(Date.parse(at))) throw new Refusal(400, 'at: expected an instant like 2026-11-24T09:00:00Z');
    if (cursor !== undefined && !/^\d+$/.test(cursor)) throw new Refusal(400, 'cursor: not one this API gave out');
    const account = { locationId: location, state: state as StockState | Party };
    const names = await locationNames(house.db, store.store_id);
    const rows = await explainAccount(house.db, store.store_id, itemId, account, { limit: limit + 1, ...(at ? { at } : {}), ...(cursor ? { before: cursor } : {}) });
    const byKind = await accountByKind(house.db, store.store_id, itemId, account, at);
    const balance = byKind.reduce((sum, kind) => sum + kind.quantity, 0);
    const page = rows.slice(0, limit), orders = await orderNames(house.db, store.store_id, page.map((m) => m.fact));
    const place = (id: number, name: string): string => (id === 0 ? name : `${names.get(id) ?? id} · ${name.replaceAll('_', ' ')}`);
    return {
      itemId, locationId: location, state, balance, sentence: balanceSentence(state.replaceAll('_', ' '), balance, byKind), byKind,
      movements: page.map((m) => ({
        movementId: m.movement_id, kind: m.kind, quantity: m.quantity, from: place(m.from_location, m.from_state), to: place(m.to_location, m.to_state), fact: m.fact, revision: m.revision,
        occurredAt: m.occurred_at, recordedAt: m.recorded_at, source: m.source, change: m.change, balance: Number(m.balance),
        sentence: movementSentence({ kind: m.kind, quantity: m.quantity, fact: m.fact, change: m.change, locationName: names.get(location) ?? String(location), order: orders.get(m.fact) }),
      })),
      nextCursor: rows.length > limit ? page.at(-1)!.movement_id : null,
    };
  });

  api.get('/api/v1/items/:itemId/demand', { schema: { tags: ['items'], summary: 'Demand history, forecast and stock projection of an item at a location; without one, at all of them together, without the projection', params, querystring: inStore.extend({ location: z.coerce.number().int().optional() }), response: { 200: DemandView } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { itemId } = request.params, location = request.query.location ?? null;
    const today = dayOf(house.clock.now().toISOString(), store.time_zone), from = addDays(today, 1 - HISTORY_DAYS);
    const demand = new Array<number>(HISTORY_DAYS).fill(0), returned = new Array<number>(HISTORY_DAYS).fill(0), inStock = new Array<number | null>(HISTORY_DAYS).fill(null);
    const facts = await house.db.query<{ day: string; quantity: number; returned: number }>(
      'select day, sum(quantity)::int as quantity, sum(returned)::int as returned from daily_demand where store_id = $1 and item_id = $2 and ($3::int is null or location_id = $3) and day between $4 and $5 group by day',
      [store.store_id, itemId, location, from, today]);
    for (const row of facts.rows) { demand[dayNumber(row.day) - dayNumber(from)] = row.quantity; returned[dayNumber(row.day) - dayNumber(from)] = row.returned; }
    const exposure = await house.db.query<{ day: string; share: number }>(
      'select day, max(in_stock) as share from daily_exposure where store_id = $1 and item_id = $2 and ($3::int is null or location_id = $3) and day between $4 and $5 group by day', [store.store_id, itemId, location, from, today]);
    for (const row of exposure.rows) inStock[dayNumber(row.day) - dayNumber(from)] = row.share;
    const run = await currentRun(house.db, store.store_id);
    if (location === null) return { itemId, locationId: null, from, demand, returned, inStock, forecast: run && await forecastOverPlaces(house.db, store.store_id, run, itemId, today), projection: null } satisfies Of<typeof DemandView>;
    const row = run ? await forecastFor(house.db, store.store_id, run.run_id, itemId, location) : null;
    const said = row ? (await overridesInForce(house.db, store.store_id, today, [itemId]))(itemId, location) : [];
    const planned = row && run ? overridden(row, addDays(run.as_of, 1), said.map(asOverride)) : null;
    const outcome = row ? await outcomeOf(house.db, store.store_id, itemId, location) : null, days = Math.min(EXPLAINED_DAYS, row?.mean.length ?? 0);
    const cumulative = row && planned ? paths(row.levels, planned.cumulative) : [];
    const first = run ? addDays(run.as_of, 1) : today, ahead = row ? await stockAhead(house.db, store.store_id, itemId, location, today) : null;
    const left = (level: number): number[] => (cumulative.find((p) => p.level === level)?.values ?? []).map((wanted, n) => Math.round((ahead!.on(addDays(first, n)) - wanted) * 100) / 100);
    return {
      itemId, locationId: location, from, demand, returned, inStock,
      forecast: row && run && planned ? {
        runId: run.run_id, asOf: run.as_of, method: row.method, mean: planned.mean, engineMean: planned.changed ? row.mean : null, daily: paths(row.levels, planned.daily ?? row.daily), cumulative, wape: row.wape, rmsse: row.rmsse, bias: row.bias, coverage: row.coverage, under80: row.under80, under90: row.under90, pinball: row.pinball,
        flags: row.flags, trainedFrom: row.trained_from, trainedTo: row.trained_to, censoredDays: row.censored_days,
        madeOf: row.made_of && { days, terms: forecastTerms(row.made_of, days, sum(planned.mean, days) - sum(row.mean, days)) }, weekdays: row.weekdays, ahead: outcome && { asOf: outcome.as_of, said: outcome.said, came: outcome.came, wape: outcome.units > 0 ? outcome.abs_error / outcome.units : null },
      } : null,
      // Little demand leaves much stock: the 10 % quantile of stock comes from the 90 % quantile of demand.
      projection: row && ahead ? { p10: left(0.9), p50: left(0.5), p90: left(0.1), orders: ahead.orders, suggested: ahead.suggested } : null,
    } satisfies Of<typeof DemandView>;
  });
}

/** The item at all of its places, overrides included; how good it was is known of each place alone. */
async function forecastOverPlaces(db: Services['house']['db'], storeId: number, run: ForecastRunRow, itemId: number, today: string): Promise<Of<typeof DemandView>['forecast']> {
  const rows = await forecastsOfItem(db, storeId, run.run_id, itemId);
  if (rows.length === 0) return null;
  const overrides = await overridesInForce(db, storeId, today, [itemId]), made = rows.map((row) => overridden(row, addDays(run.as_of, 1), overrides(itemId, row.location_id).map(asOverride)));
  const { mean, levels, cumulative, daily } = overPlaces(rows.map((row, n) => ({ levels: row.levels, ...made[n]! }))), days = Math.min(EXPLAINED_DAYS, mean.length), over = (of: (row: ForecastRow) => number): number => rows.reduce((all, row) => all + of(row), 0);
  const engine = mean.map((_, d) => over((row) => row.mean[d]!)), steps = rows.every((row) => row.made_of) ? rows[0]!.made_of!.map((_, n) => over((row) => row.made_of![n]!)) : null;
  return {
    runId: run.run_id, asOf: run.as_of, method: `the sum of ${rows.length} ${rows.length === 1 ? 'location' : 'locations'}`, mean: [...mean], engineMean: made.some(({ changed }) => changed) ? engine : null, daily: paths(levels, daily ?? []), cumulative: paths(levels, cumulative),
    wape: null, rmsse: null, bias: null, coverage: null, under80: null, under90: null, pinball: null, flags: [], censoredDays: over((row) => row.censored_days), ahead: null, weekdays: null,
    trainedFrom: rows.reduce((first, row) => (row.trained_from < first ? row.trained_from : first), rows[0]!.trained_from), trainedTo: rows.reduce((last, row) => (row.trained_to > last ? row.trained_to : last), rows[0]!.trained_to),
    madeOf: steps && { days, terms: forecastTerms(steps, days, sum(mean, days) - sum(engine, days)) },
  };
}

const sum = (values: readonly number[], count: number): number => values.slice(0, count).reduce((all, value) => all + value, 0);
/** What is there by a day of what stands there and is on its way; the orders behind it, and what the plan would order today. */
async function stockAhead(db: Services['house']['db'], storeId: number, itemId: number, locationId: number, today: string) {
  const level = (await positions(db, storeId, [itemId])).get(`${itemId}@${locationId}`), expected = await expectedOrders(db, storeId, itemId, locationId), [plan] = await worklistPage(db, storeId, { view: 'all', today, sort: 'urgency', dir: 'asc', after: null, limit: 1, itemId, locationId });
  const orders = expected.map(({ purchase_order_id: purchaseOrderId, reference, state, day, by_lead_time: byLeadTime, units }) => ({ purchaseOrderId, reference, day, byLeadTime, units, sent: (ON_ORDER as readonly string[]).includes(state), overdue: (ON_ORDER as readonly string[]).includes(state) && day < today }));
  const coming = orders.filter((one) => one.sent && one.day > today), position = (level?.available ?? 0) + (level?.incoming ?? 0);
  const made = plan && plan.quantity > 0 ? fromKept(plan.facts).made : null;
  return {
    orders, suggested: made && { units: plan!.quantity, day: addDays(today, (made.orders?.wait ?? 0) + made.policy.leadTimeDays) },
    on: (day: string): number => position - coming.reduce((sum, one) => (one.day > day ? sum + one.units : sum), 0),
  };
}

async function locationNames(db: Services['house']['db'], storeId: number): Promise<Map<number, string>> {
  const { rows } = await db.query<{ location_id: number; name: string }>('select location_id, name from location where store_id = $1', [storeId]);
  return new Map(rows.map((row) => [row.location_id, row.name]));
}
