/** Stock & drift: the table, its totals and its CSV. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { dayOf } from '../../domain/calendar.ts';
import { decodeCursor, encodeCursor } from '../../store/keyset.ts';
import { levelIds, levelsDiffering, mapLevels, saveObserved } from '../../store/levels.ts';
import { sold30, stockPage, stockTotals, type StockFilter, type StockPageRow } from '../../store/stock-page.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { StockPage, StockQuery, type Of, type StockRow } from '../contract.ts';
import { LevelsBody } from '../contract-stock.ts';
import { csv } from '../csv.ts';
import { storeOf } from '../store-scope.ts';

export function stockRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();

  api.get('/api/v1/stock', { schema: { tags: ['stock'], summary: 'Stock by item and location beside what Shopify shows', querystring: StockQuery, response: { 200: StockPage } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const filter = stockFilter(request.query, house.clock.now());
    const rows = await stockPage(house.db, store.store_id, { ...filter, limit: filter.limit + 1 });
    const page = rows.slice(0, filter.limit);
    const today = dayOf(house.clock.now().toISOString(), store.time_zone);
    const sold = await sold30(house.db, store.store_id, today, page.map((r) => ({ itemId: r.item_id, locationId: r.location_id })));
    const totals = await stockTotals(house.db, store.store_id, filter);
    const last = page.at(-1);
    return {
      rows: page.map((row) => stockRow(row, sold.get(`${row.item_id}@${row.location_id}`) ?? [])),
      nextCursor: rows.length > filter.limit && last ? encodeCursor({ value: last.sort_value, key: [last.item_id, last.location_id] }) : null,
      totals: { rows: totals.rows, onHand: totals.on_hand, committed: totals.committed, available: totals.available, incoming: totals.incoming, driftUnits: totals.drift_units, driftRows: totals.drift_rows },
    };
  });

  api.get('/api/v1/stock.csv', { schema: { tags: ['stock'], summary: 'The filtered stock table as CSV (at most 100,000 rows)', querystring: StockQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store);
    const rows = await stockPage(house.db, store.store_id, { ...stockFilter({ ...request.query, cursor: undefined }, house.clock.now()), limit: 100_000 });
    return csv(reply, `stock-${store.shop_domain}`, ['SKU', 'Title', 'Vendor', 'Location', 'On hand', 'Committed', 'Available', 'Unavailable', 'Incoming', 'Shopify available', 'Drift', 'State', 'Planner stock less ours', 'Planner on order less ours'],
      rows.map((r) => [r.sku, r.title, r.vendor, r.location, r.on_hand, r.committed, r.available, r.unavailable, r.incoming, r.shopify_available, r.drift, stateOf(r), r.planner?.stock ?? 0, r.planner?.incoming ?? 0]));
  });

  api.post('/api/v1/stock/read-again', { schema: {
    tags: ['stock'], summary: 'Read levels from Shopify now, and compare them', querystring: z.object({ store: z.coerce.number() }), body: LevelsBody, response: { 200: z.object({ read: z.number(), differ: z.number().describe('from the ledger; the drift check says why') }) },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), at = house.clock.now().toISOString(), ids = await levelIds(house.db, store.store_id, request.body.levels);
    const storefront = await house.storefront(store.store_id), readAt = await storefront.time();
    const { known } = await mapLevels(house.db, store.store_id, await storefront.levels(ids));
    await house.db.transaction(async (tx) => {
      await saveObserved(tx, store.store_id, known, readAt);
      await audit(tx, { at, actor: request.user?.email ?? 'operator', action: 'levels read again', subject: `${known.length} levels`, after: request.body });
    });
    await house.enqueue('drift-check', store.store_id);
    house.changed(store.store_id, ['stock']);
    return { read: known.length, differ: await levelsDiffering(house.db, store.store_id, known) };
  });

  api.get('/api/v1/vendors', { schema: { tags: ['stock'], summary: 'Vendors and categories (product types) of the store', querystring: z.object({ store: z.coerce.number() }), response: { 200: z.object({ vendors: z.array(z.string()), categories: z.array(z.string()) }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const { rows } = await house.db.query<{ vendor: string }>(
      'select distinct i.vendor from item i join inventory_item x using (item_id) where x.store_id = $1 and i.vendor is not null order by 1 limit 2000', [store.store_id]);
    const { rows: types } = await house.db.query<{ category: string }>(
      `select distinct i.product_type as category from item i join inventory_item x using (item_id) where x.store_id = $1 and i.product_type <> '' order by 1 limit 2000`, [store.store_id]);
    return { vendors: rows.map((row) => row.vendor), categories: types.map((row) => row.category) };
  });
}

export function stockFilter(query: Of<typeof StockQuery>, now: Date): StockFilter {
  let after;
  try { after = decodeCursor(query.cursor, 2); } catch { throw new Refusal(400, 'cursor: not one this API gave out'); }
  const locations = query.location?.split(',').filter(Boolean).map(Number);
  if (locations?.some((id) => !Number.isInteger(id))) throw new Refusal(400, 'location: expected location ids separated by commas');
  return {
    q: query.q, locations: locations?.length ? locations : undefined, vendor: query.vendor, view: query.view, sort: query.sort, dir: query.dir, after, limit: query.limit,
    changedSince: new Date(now.getTime() - 3_600_000).toISOString(),
  };
}

function stateOf(row: StockPageRow): Of<typeof StockRow>['state'] {
  if (!row.opened) return 'not opened';
  if (row.drift === 0 && row.states === null) return 'in step';
  return [{ causes: row.causes ?? [] }, ...row.states ?? []].some(({ causes }) => causes.some((c) => c.cause === 'unknown')) ? 'drift' : 'pending';
}

export function stockRow(row: StockPageRow, sold: number[]): Of<typeof StockRow> {
  return {
    itemId: row.item_id, locationId: row.location_id, sku: row.sku, title: row.title, vendor: row.vendor, locationName: row.location, authority: row.authority,
    onHand: row.on_hand, committed: row.committed, available: row.available, unavailable: row.unavailable, incoming: row.incoming,
    shopifyAvailable: row.shopify_available, shopifyAt: row.shopify_at, drift: row.drift,
    cause: causeOf(row),
    state: stateOf(row), lastMovementAt: row.last_movement, sold30: sold,
    planner: row.planner && { stock: row.planner.stock ?? 0, incoming: row.planner.incoming ?? 0 },
    push: row.push_state === null || row.authority !== 'warehouse' ? null : { state: row.push_state, wanted: row.wanted, pushedAt: row.pushed_at, confirmedAt: row.confirmed_at, reason: row.push_reason },
  };
}

/** Causes of available, then of the other states that differ, each named; of a unit that went from available to committed only the first is said. */
function causeOf(row: StockPageRow): string | null {
  if (row.drift === 0 && row.states === null) return null;
  const said = (causes: readonly { cause: string; units: number }[], of = ''): string[] => causes.map((c) => `${of}${c.cause} ${c.units > 0 ? '+' : ''}${c.units}`);
  const others = (row.states ?? []).filter((each) => each.state !== 'committed' || row.drift === 0).flatMap((each) => said(each.causes, `${each.state.replace('_', ' ')}: `));
  return [...(row.drift === 0 ? [] : said(row.causes ?? [])), ...others].join(', ') || 'just changed, not checked yet';
}
