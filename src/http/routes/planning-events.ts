/** The event calendar: days on which demand is another, by hand or from a file. The next forecast learns from it. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { byEventName, eventKey } from '../../domain/forecast/event-names.ts';
import { EVENT_CELLS, EVENT_COLUMNS, eventRow, type EventRow } from '../../domain/forecast/event-row.ts';
import { decimalCell } from '../../domain/purchasing/import-numbers.ts';
import { currentRun, type LearnedEvents } from '../../store/forecasts.ts';
import { addEvents, changeEvent, MOST_EVENTS, planningEvents, removeEvent, type PlanningEventRow, type PlanningEventValues } from '../../store/planning-events.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { cellSigns, csvTable } from '../csv-in.ts';
import type { Of } from '../contract.ts';
import { PlanningEvent, PlanningEventBody } from '../contract-forecast.ts';
import { ImportResult } from '../contract-stock.ts';
import { csv } from '../csv.ts';
import { storeOf } from '../store-scope.ts';

export function planningEventRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const querystring = z.object({ store: z.coerce.number() }), params = z.object({ eventId: z.string().regex(/^\d{1,18}$/) });
  const now = (): string => house.clock.now().toISOString();
  const namesOfLocations = async (storeId: number): Promise<Map<number, string>> =>
    new Map((await house.db.query<{ location_id: number; name: string }>('select location_id, name from location where store_id = $1', [storeId])).rows.map((row) => [row.location_id, row.name]));
  const view = (row: PlanningEventRow, names: Map<number, string>, learned: LearnedEvents, seen = byEventName(learned, row.name)): Of<typeof PlanningEvent> => ({
    eventId: row.event_id, name: row.name, from: row.from_day, to: row.to_day, locationIds: row.location_ids, locationNames: (row.location_ids ?? []).map((id) => names.get(id) ?? String(id)),
    uplift: row.uplift, learned: seen && { uplift: Math.round((seen.factor - 1) * 1000) / 10, days: seen.days }, updatedAt: row.updated_at, updatedBy: row.updated_by,
  });
  /** The body as a row, or a refusal that names its field. */
  const valuesOf = (body: Of<typeof PlanningEventBody>, names: Map<number, string>): PlanningEventValues => {
    const row = eventRow((column) => ({ Name: body.name, From: body.from, To: body.to, Locations: '', Uplift: '' })[column]);
    if ('message' in row) throw new Refusal(400, `${row.column.toLowerCase()}: ${row.message}`);
    const unknown = body.locationIds?.find((id) => !names.has(id));
    if (unknown !== undefined) throw new Refusal(400, `locationIds: there is no location ${unknown}`);
    return { name: row.name, from_day: row.from, to_day: row.to, location_ids: body.locationIds === null ? null : [...new Set(body.locationIds)].sort((a, b) => a - b), uplift: body.uplift };
  };
  const noted = async (storeId: number, actor: string, action: string, subject: string, after?: object): Promise<void> => {
    await audit(house.db, { at: now(), actor, action, subject, ...(after ? { after } : {}) });
    house.changed(storeId, ['forecast']);
  };

  api.get('/api/v1/planning-events', { schema: { tags: ['forecast'], summary: 'The event calendar, latest first', querystring, response: { 200: z.object({ events: z.array(PlanningEvent) }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), names = await namesOfLocations(store.store_id), learned = (await currentRun(house.db, store.store_id))?.events ?? {};
    return { events: (await planningEvents(house.db, store.store_id)).map((row) => view(row, names, learned)) };
  });

  api.get('/api/v1/planning-events.csv', { schema: { tags: ['forecast'], summary: 'The event calendar as CSV, in the form the import takes', querystring } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), names = await namesOfLocations(store.store_id);
    return csv(reply, `events-${store.shop_domain}`, [...EVENT_COLUMNS], (await planningEvents(house.db, store.store_id)).map((row) => [row.name, row.from_day, row.to_day, (row.location_ids ?? []).map((id) => names.get(id) ?? String(id)).join(';'), decimalCell(row.uplift)]));
  });

  api.post('/api/v1/planning-events', { schema: { tags: ['forecast'], summary: 'Add an event', querystring, body: PlanningEventBody, response: { 200: z.object({ added: z.boolean() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', values = valuesOf(request.body, await namesOfLocations(store.store_id));
    if ((await planningEvents(house.db, store.store_id)).length >= MOST_EVENTS) throw new Refusal(409, `There are ${MOST_EVENTS} events; remove old ones first`);
    const added = await addEvents(house.db, store.store_id, [values], by, now());
    if (added > 0) await noted(store.store_id, by, 'event added', values.name, values);
    return { added: added > 0 };
  });

  api.put('/api/v1/planning-events/:eventId', { schema: { tags: ['forecast'], summary: 'Change an event', params, querystring, body: PlanningEventBody, response: { 200: z.object({ saved: z.boolean() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', values = valuesOf(request.body, await namesOfLocations(store.store_id));
    if ((await planningEvents(house.db, store.store_id)).some((other) => other.event_id !== request.params.eventId && keyOf(other) === keyOf(values))) throw new Refusal(409, `name: there is another event called ${values.name} on these days at these locations`);
    if (!(await changeEvent(house.db, store.store_id, request.params.eventId, values, by, now()))) throw new Refusal(404, 'There is no such event; it may have been removed.');
    await noted(store.store_id, by, 'event changed', values.name, values);
    return { saved: true };
  });

  api.delete('/api/v1/planning-events/:eventId', { schema: { tags: ['forecast'], summary: 'Remove an event', params, querystring, response: { 200: z.object({ removed: z.boolean() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), removed = await removeEvent(house.db, store.store_id, request.params.eventId, request.user?.email ?? 'operator', now());
    if (!removed) throw new Refusal(404, 'There is no such event; it may have been removed.');
    await noted(store.store_id, request.user?.email ?? 'operator', 'event removed', removed.name, removed);
    return { removed: true };
  });

  api.post('/api/v1/planning-events/import', { bodyLimit: 2_000_000, schema: {
    tags: ['forecast'], summary: 'Events from CSV (Name, From, To, Locations separated by semicolons, Uplift in per cent); a dry run first', querystring: querystring.extend({ dryRun: z.enum(['true', 'false']).default('true') }), body: z.object({ csv: z.string().max(1_500_000) }).strict(), response: { 200: ImportResult },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), dryRun = request.query.dryRun === 'true', names = await namesOfLocations(store.store_id);
    const named = (column: string): string => column.trim().toLowerCase(), table = csvTable(request.body.csv, MOST_EVENTS, named), { rows } = table, signs = cellSigns(table, EVENT_CELLS, named);
    const known = await planningEvents(house.db, store.store_id);
    if (rows.length + known.length > MOST_EVENTS) throw new Refusal(400, `The file has ${rows.length} lines and there are ${known.length} events; at most ${MOST_EVENTS} in all`);
    const there = new Map(known.map((row) => [keyOf(row), row.uplift])), idOf = new Map([...names].map(([id, name]) => [name.toLowerCase(), id]));
    const result: Of<typeof ImportResult> = { dryRun, lines: rows.length, applied: 0, unchanged: 0, errors: [], ...(signs.notes.length > 0 ? { notes: signs.notes } : {}) }, wanted: PlanningEventValues[] = [];
    for (const { record, line } of rows) {
      const read = eventRow((column) => record[named(column)] ?? '', signs);
      if ('message' in read) { result.errors.push({ line, field: read.column, message: read.message }); continue; }
      const strange = read.locations.find((name) => !idOf.has(name.toLowerCase()));
      if (strange !== undefined) { result.errors.push({ line, field: 'Locations', message: `there is no location called ${strange}` }); continue; }
      const values = asValues(read, idOf);
      if (there.has(keyOf(values)) && there.get(keyOf(values)) === values.uplift) { result.unchanged++; continue; }
      there.set(keyOf(values), values.uplift);
      wanted.push(values);
    }
    result.applied = wanted.length;
    if (!dryRun && wanted.length > 0) {
      const by = request.user?.email ?? 'operator';
      await addEvents(house.db, store.store_id, wanted, by, now());
      await noted(store.store_id, by, 'events from a file', `${wanted.length} events`);
    }
    return result;
  });
}

const keyOf = (row: Omit<PlanningEventValues, 'uplift'>): string => JSON.stringify([eventKey(row.name), row.from_day, row.to_day, row.location_ids]);

function asValues(row: EventRow, idOf: ReadonlyMap<string, number>): PlanningEventValues {
  const ids = [...new Set(row.locations.map((name) => idOf.get(name.toLowerCase())!))].sort((a, b) => a - b);
  return { name: row.name, from_day: row.from, to_day: row.to, location_ids: ids.length > 0 ? ids : null, uplift: row.uplift };
}
