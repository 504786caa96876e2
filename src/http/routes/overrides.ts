/** What planners say on top of the engine: one series, all of a filtered list, or a file; never edited, only ended. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { dayOf } from '../../domain/calendar.ts';
import { OVERRIDE_CELLS, OVERRIDE_COLUMNS, overrideFault, overrideRow } from '../../domain/forecast/override-row.ts';
import { decimalCell } from '../../domain/purchasing/import-numbers.ts';
import { overrideWords } from '../../domain/forecast/override.ts';
import { forecastPage, forecastTotals } from '../../store/forecast-page.ts';
import { currentRun } from '../../store/forecasts.ts';
import { addOverride, addOverrides, endOverride, listOverrides, MOST_OVERRIDES, overrideHistory, overrideNamed, type ListedOverride, type NewOverride, type OverrideRow } from '../../store/overrides.ts';
import { itemsOfSkus } from '../../store/planned-prices.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { ForecastQuery, Override, OverrideBody, OverrideEnd, OverrideList, OverrideMany } from '../contract-forecast.ts';
import { ImportResult } from '../contract-stock.ts';
import { csv } from '../csv.ts';
import { cellSigns, csvTable } from '../csv-in.ts';
import { storeOf } from '../store-scope.ts';
import { filterOf } from './forecast.ts';

export function overrideRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const inStore = z.object({ store: z.coerce.number() }), ofItem = z.object({ itemId: z.coerce.number().int() }), listed = inStore.extend({ state: z.enum(['in force', 'all']).default('in force'), q: z.string().max(200).optional() });
  const now = (): string => house.clock.now().toISOString();
  const today = (timeZone: string): string => dayOf(now(), timeZone);
  const listOf = (storeId: number, timeZone: string, { state, q }: { state: 'in force' | 'all'; q?: string | undefined }): Promise<ListedOverride[]> => listOverrides(house.db, storeId, { inForce: state === 'in force', words: q?.trim() || null, today: today(timeZone) });

  api.get('/api/v1/items/:itemId/overrides', { schema: {
    tags: ['forecast'], summary: 'Every override an item has had, newest first', params: ofItem, querystring: inStore.extend({ location: z.coerce.number().int().optional() }), response: { 200: z.object({ overrides: z.array(Override) }) },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return { overrides: (await overrideHistory(house.db, store.store_id, request.params.itemId, request.query.location ?? null)).map((row) => overrideView(row, today(store.time_zone))) };
  });

  api.post('/api/v1/items/:itemId/overrides', { schema: { tags: ['forecast'], summary: 'Say more, less or something else than the engine for a range of days; the same said again is the one that stands', params: ofItem, querystring: inStore, body: OverrideBody, response: { 200: Override } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { itemId } = request.params, { body } = request, day = today(store.time_zone);
    const fault = overrideFault(body, day);
    if (fault) throw new Refusal(400, `${fault.field}: ${fault.message}`);
    const { rows: [known] } = await house.db.query('select 1 from inventory_item where store_id = $1 and item_id = $2', [store.store_id, itemId]);
    if (!known) throw new Refusal(404, `There is no item ${itemId}`);
    if (body.locationId !== null && (await house.db.query('select 1 from location where store_id = $1 and location_id = $2', [store.store_id, body.locationId])).rows.length === 0) throw new Refusal(400, `locationId: there is no location ${body.locationId}`);
    const author = request.user?.email ?? 'operator';
    const said = { item_id: itemId, location_id: body.locationId, from_day: body.from, to_day: body.to, kind: body.kind, value: body.value, reason: body.reason, author, expires_on: body.expiresOn };
    const { overrideId: id, added } = await house.db.transaction((tx) => addOverride(tx, store.store_id, said, now()));
    if (added) await told(store.store_id, author, 'forecast overridden', `${store.shop_domain} item ${itemId}`, body);
    return overrideView((await overrideNamed(house.db, store.store_id, id))!, day);
  });

  api.post('/api/v1/overrides/:overrideId/end', { schema: { tags: ['forecast'], summary: 'Undo an override; it stays in the history', params: z.object({ overrideId: z.string().regex(/^\d{1,18}$/) }), querystring: inStore, body: OverrideEnd, response: { 200: z.object({ ended: z.boolean() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator';
    if (!(await endOverride(house.db, store.store_id, request.params.overrideId, by, request.body.reason, now()))) throw new Refusal(409, 'There is no such override, or it was undone before.');
    await told(store.store_id, by, 'forecast override undone', `${store.shop_domain} override ${request.params.overrideId}`, request.body);
    return { ended: true };
  });

  api.get('/api/v1/overrides', { schema: { tags: ['forecast'], summary: `Overrides of all items, newest first, ${MOST_OVERRIDES} at most`, querystring: listed, response: { 200: OverrideList } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), rows = await listOf(store.store_id, store.time_zone, request.query);
    return { cut: rows.length === MOST_OVERRIDES, overrides: rows.map((row) => ({ ...overrideView(row, today(store.time_zone)), sku: row.sku, title: row.title, locationName: row.location })) };
  });

  api.get('/api/v1/overrides.csv', { schema: { tags: ['forecast'], summary: 'Overrides as CSV, in the form the import takes, with who said them and what became of them', querystring: listed } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), rows = await listOf(store.store_id, store.time_zone, request.query);
    return csv(reply, `overrides-${store.shop_domain}`, [...OVERRIDE_COLUMNS, 'Title', 'By', 'Set at', 'State', 'Undone by', 'Undone because'], rows.map((row) => {
      const { value, state } = overrideView(row, today(store.time_zone));
      return [row.sku, row.location, row.from_day, row.to_day, row.kind, decimalCell(value), row.reason, row.expires_on, row.title, row.author, row.created_at, state, row.ended_by, row.end_reason];
    }));
  });

  api.post('/api/v1/overrides', { schema: {
    tags: ['forecast'], summary: 'Say the same of every series of a filtered list', querystring: ForecastQuery, body: OverrideMany, response: { 200: z.object({ series: z.number(), added: z.number() }) },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { body } = request, day = today(store.time_zone), fault = overrideFault(body, day), run = await currentRun(house.db, store.store_id);
    if (fault) throw new Refusal(400, `${fault.field}: ${fault.message}`);
    if (!run) throw new Refusal(409, 'There is no forecast yet.');
    const filter = { ...filterOf({ ...request.query, cursor: undefined }, run, day), limit: MOST_OVERRIDES }, { rows: series } = await forecastTotals(house.db, store.store_id, filter);
    if (series > MOST_OVERRIDES) throw new Refusal(400, `The list has ${series} series; at most ${MOST_OVERRIDES} at once. Narrow it.`);
    const by = request.user?.email ?? 'operator', rows = await forecastPage(house.db, store.store_id, filter);
    const added = await house.db.transaction((tx) => addOverrides(tx, store.store_id, rows.map((row) => ({
      item_id: row.item_id, location_id: row.location_id, from_day: body.from, to_day: body.to, kind: body.kind, value: body.value, reason: body.reason, author: by, expires_on: body.expiresOn,
    })), now()));
    if (added > 0) await told(store.store_id, by, 'forecasts overridden', `${store.shop_domain} ${added} series`, { ...body, q: request.query.q, vendor: request.query.vendor, location: request.query.location, view: request.query.view });
    return { series: rows.length, added };
  });

  api.post('/api/v1/overrides/import', { bodyLimit: 2_000_000, schema: {
    tags: ['forecast'], summary: 'Overrides from CSV (SKU, Location, From, To, Kind, Value, Reason, Counts until); a dry run first', querystring: inStore.extend({ dryRun: z.enum(['true', 'false']).default('true') }), body: z.object({ csv: z.string().max(1_500_000) }).strict(), response: { 200: ImportResult },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), dryRun = request.query.dryRun === 'true', day = today(store.time_zone), by = request.user?.email ?? 'operator';
    const named = (column: string): string => column.trim().toLowerCase(), table = csvTable(request.body.csv, MOST_OVERRIDES, named), signs = cellSigns(table, OVERRIDE_CELLS, named);
    const read = table.rows.map(({ record, line }) => ({ line, row: overrideRow((column) => record[named(column)] ?? '', day, signs) }));
    const items = await itemsOfSkus(house.db, store.store_id, read.flatMap(({ row }) => ('message' in row ? [] : [row.sku])));
    const { rows: places } = await house.db.query<{ location_id: number; name: string }>('select location_id, name from location where store_id = $1', [store.store_id]), placeOf = new Map(places.map((place) => [place.name.toLowerCase(), place.location_id]));
    const there = new Set((await listOf(store.store_id, store.time_zone, { state: 'in force' })).map(keyOf)), wanted: NewOverride[] = [];
    const result: Of<typeof ImportResult> = { dryRun, lines: read.length, applied: 0, unchanged: 0, errors: [], ...(signs.notes.length > 0 ? { notes: signs.notes } : {}) };
    for (const { line, row } of read) {
      if ('message' in row) { result.errors.push({ line, field: row.column, message: row.message }); continue; }
      const ids = items.get(row.sku.toLowerCase()) ?? [], place = row.location === '' ? null : placeOf.get(row.location.toLowerCase());
      if (ids.length !== 1) { result.errors.push({ line, field: 'SKU', message: ids.length === 0 ? `no item of this store has the SKU ${row.sku}` : `${ids.length} items of this store have the SKU ${row.sku}` }); continue; }
      if (place === undefined) { result.errors.push({ line, field: 'Location', message: `there is no location called ${row.location}` }); continue; }
      const made = { item_id: ids[0]!, location_id: place, from_day: row.from, to_day: row.to, kind: row.kind, value: Math.fround(row.value), reason: row.reason, author: by, expires_on: row.expiresOn };
      if (there.has(keyOf(made))) { result.unchanged++; continue; }
      there.add(keyOf(made));
      wanted.push(made);
    }
    result.applied = wanted.length;
    if (!dryRun && wanted.length > 0) {
      result.applied = await house.db.transaction((tx) => addOverrides(tx, store.store_id, wanted, now()));
      await told(store.store_id, by, 'overrides from a file', `${store.shop_domain} ${result.applied} overrides`, { lines: read.length });
    }
    return result;
  });

  async function told(storeId: number, actor: string, action: string, subject: string, after: object): Promise<void> {
    await audit(house.db, { at: now(), actor, action, subject, after });
    house.changed(storeId, ['forecast']);
    await house.enqueue('replenishment', storeId);
  }
}

const keyOf = (row: Pick<NewOverride, 'item_id' | 'location_id' | 'from_day' | 'to_day' | 'kind' | 'value' | 'expires_on'>): string => JSON.stringify([row.item_id, row.location_id, row.from_day, row.to_day, row.kind, Math.fround(row.value), row.expires_on]);

function overrideView(row: OverrideRow, today: string): Of<typeof Override> {
  const value = Math.round(row.value * 1_000) / 1_000;
  return {
    overrideId: row.override_id, itemId: row.item_id, locationId: row.location_id, from: row.from_day, to: row.to_day, kind: row.kind, value, words: overrideWords({ kind: row.kind, value }), reason: row.reason, author: row.author,
    createdAt: row.created_at, expiresOn: row.expires_on, endedAt: row.ended_at, endedBy: row.ended_by, endReason: row.end_reason,
    state: row.ended_at !== null ? 'undone' : row.expires_on !== null && row.expires_on < today ? 'expired' : row.to_day < today ? 'past' : 'in force',
  };
}
