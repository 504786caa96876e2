/** The peak monitor: the figures of a rush, and the few things that are done in one. Every act is written down and has its way back. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { minutesToZero, peakRules } from '../../domain/push/peak.ts';
import { peakReportText, type PeakReport } from '../../domain/push/peak-report.ts';
import { openSettings, peakEvents, peakPage, setFrozen, setPeak, settingsInPeak } from '../../store/peak.ts';
import { peakReport, peakReports } from '../../store/peak-report.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { PeakAction, PeakReports, PeakReportView, PeakSettings, PeakView } from '../contract-peak.ts';
import { storeOf } from '../store-scope.ts';

const reportParams = z.object({ reportId: z.string().regex(/^\d{1,18}$/) });
function found(report: PeakReport | null, id: string): PeakReport {
  if (report === null) throw new Refusal(404, `There is no report ${id} of a peak`);
  return report;
}

const LONGEST_PEAK_MS = 14 * 86_400_000;

/** An administrator; and, before there is one, whoever sits at this machine. */
const mayOpen = (request: FastifyRequest): boolean => request.user === null || request.user.role === 'admin';

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

  api.get('/api/v1/peak/reports', { schema: { tags: ['peak'], summary: 'Reports of peaks that are over, newest first', querystring, response: { 200: PeakReports } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return { reports: (await peakReports(house.db, store.store_id, 100)).map((row) => ({ reportId: row.peak_report_id, begunAt: row.begun_at, begunBy: row.begun_by, endedAt: row.ended_at, endedBy: row.ended_by, writtenAt: row.written_at, orders: row.orders, rulesAtAct: row.failed })) };
  });

  api.get('/api/v1/peak/reports/:reportId', { schema: { tags: ['peak'], summary: 'A report as it was written when the peak ended', querystring, params: reportParams, response: { 200: PeakReportView } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return found(await peakReport(house.db, store.store_id, request.params.reportId), request.params.reportId);
  });

  api.get('/api/v1/peak/reports/:reportId/text', { schema: { tags: ['peak'], summary: 'The same as Markdown, in the form of a rehearsal’s report', querystring, params: reportParams } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), report = found(await peakReport(house.db, store.store_id, request.params.reportId), request.params.reportId);
    return reply.type('text/markdown; charset=utf-8').header('content-disposition', `attachment; filename="peak-${report.begunAt.slice(0, 10)}.md"`).send(peakReportText(report));
  });

  api.get('/api/v1/peak/settings', { schema: { tags: ['peak'], summary: 'Whether a peak keeps settings as they are', querystring, response: { 200: PeakSettings } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), on = (await settingsInPeak(house.db, house.clock.now().toISOString())).find((peak) => peak.store_id === store.store_id);
    return { peakUntil: on?.until ?? null, openedUntil: on?.opened_until ?? null, mayOpen: mayOpen(request) };
  });

  api.post('/api/v1/peak', { schema: { tags: ['peak'], summary: 'Begin or end a peak, freeze every write of stock or let it go on, open settings in a peak or close them', querystring, body: PeakAction, response: { 200: z.object({ locations: z.number() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', now = house.clock.now().toISOString(), { body } = request;
    if (body.action === 'begin' && !(Date.parse(body.until) > Date.parse(now) && Date.parse(body.until) <= Date.parse(now) + LONGEST_PEAK_MS)) throw new Refusal(400, 'until: expected an instant in the next 14 days');
    if (body.action === 'open settings' || body.action === 'close settings') {
      if (body.action === 'open settings' && !mayOpen(request)) throw new Refusal(403, 'Only an administrator opens settings while a peak is on. Ask one of them.');
      const until = body.action === 'open settings' ? new Date(Date.parse(now) + body.minutes * 60_000).toISOString() : null;
      await house.db.transaction(async (tx) => {
        if (!(await openSettings(tx, store.store_id, until, body.reason, by, now))) throw new Refusal(409, 'No peak is on, so settings can be changed.');
        await audit(tx, { at: now, actor: by, action: `peak: ${body.action}`, subject: store.name, after: { ...body, until } });
      });
      house.changed(store.store_id, ['push']);
      return { locations: 0 };
    }
    const changed = await house.db.transaction((tx) => (body.action === 'begin' ? setPeak(tx, store.store_id, new Date(body.until).toISOString(), body.reason, by, now)
      : body.action === 'end' ? setPeak(tx, store.store_id, null, body.reason, by, now) : setFrozen(tx, store.store_id, body.action === 'freeze', body.reason, by, now)));
    if (changed.length === 0) throw new Refusal(409, body.action === 'begin' || body.action === 'freeze' ? 'No location is written by Instep, so there is nothing to change. Give one to a warehouse under Settings → Locations.' : 'There is nothing to end.');
    await audit(house.db, { at: now, actor: by, action: `peak: ${body.action}`, subject: `${changed.length} locations`, after: body });
    // Written down from its first minute, and reported on at its end: nobody waits for the minute's turn.
    if (body.action === 'begin' || body.action === 'end') await house.enqueue('peak-watch', store.store_id);
    house.changed(store.store_id, ['push', 'stock']);
    return { locations: changed.length };
  });
}
