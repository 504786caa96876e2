/** The peak monitor: the figures of a rush, and the few things that are done in one. Every act is written down and has its way back. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { minutesToZero, peakRules } from '../../domain/push/peak.ts';
import { peakEvents, peakPage, setFrozen, setPeak } from '../../store/peak.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { PeakAction, PeakView } from '../contract-peak.ts';
import { storeOf } from '../store-scope.ts';

const LONGEST_PEAK_MS = 14 * 86_400_000;

export function peakRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), querystring = z.object({ store: z.coerce.number() });

  api.get('/api/v1/peak', { schema: { tags: ['peak'], summary: 'Orders a minute, queues, lag, budget, and what sells out next', querystring, response: { 200: PeakView } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), at = house.clock.now().toISOString(), page = await peakPage(house.db, store.store_id, at);
    return {
      at, ordersPerMinute: page.ordersPerMinute, perMinute: page.perMinute, rules: peakRules(page).map((rule) => ({ ...rule, acts: [...rule.acts] })), inboxWaiting: page.inboxWaiting, pushWaiting: page.pushWaiting, measured: page.measured, bucket: page.bucket,
      hot: page.hot.map((row) => ({ itemId: row.item_id, locationId: row.location_id, sku: row.sku, title: row.title, locationName: row.location, available: row.available, unitsLastHour: row.units, minutesToZero: row.continues ? null : minutesToZero(row.available, row.units), continuesSelling: row.continues, push: row.push, heldBack: row.held_back })),
      locations: page.places.map((row) => ({ locationId: row.location_id, name: row.name, mode: row.mode, paused: row.paused, peakUntil: row.peak_until })),
      events: (await peakEvents(house.db, store.store_id, 20)).map((row) => ({ action: row.action, at: row.at, by: row.by_whom, reason: row.reason, until: row.until, locations: row.location_ids.length })),
    };
  });

  api.post('/api/v1/peak', { schema: { tags: ['peak'], summary: 'Begin or end a peak, freeze every write of stock, or let it go on', querystring, body: PeakAction, response: { 200: z.object({ locations: z.number() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', now = house.clock.now().toISOString(), { body } = request;
    if (body.action === 'begin' && !(Date.parse(body.until) > Date.parse(now) && Date.parse(body.until) <= Date.parse(now) + LONGEST_PEAK_MS)) throw new Refusal(400, 'until: expected an instant in the next 14 days');
    const changed = await house.db.transaction((tx) => (body.action === 'begin' ? setPeak(tx, store.store_id, new Date(body.until).toISOString(), body.reason, by, now)
      : body.action === 'end' ? setPeak(tx, store.store_id, null, body.reason, by, now) : setFrozen(tx, store.store_id, body.action === 'freeze', body.reason, by, now)));
    if (changed.length === 0) throw new Refusal(409, body.action === 'begin' || body.action === 'freeze' ? 'No location is written by Instep, so there is nothing to change. Give one to a warehouse under Settings → Locations.' : 'There is nothing to end.');
    await audit(house.db, { at: now, actor: by, action: `peak: ${body.action}`, subject: `${changed.length} locations`, after: body });
    house.changed(store.store_id, ['push', 'stock']);
    return { locations: changed.length };
  });
}
