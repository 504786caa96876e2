/** A period's report for somebody without an account: an address made for them, told once, that opens this one page and nothing else until it is over or taken back. */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { periodHtml } from '../../domain/audit/period-report.ts';
import { endShared, openShared, sharedPeriods, sharePeriod, type SharedPeriod as Row } from '../../store/shared-periods.ts';
import { findStore } from '../../store/stores.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { PeriodQuery, ShareBody, SharedPeriod, SharedPeriods, SharedPeriodMade } from '../contract-audit.ts';
import type { Of } from '../contract.ts';
import { periodReport } from '../period-report.ts';
import { storeOf } from '../store-scope.ts';

const DAY_MS = 86_400_000;
/** How long a page is given out as it was made, and to all who ask meanwhile: an address in many hands, or pressed again and again, costs one reading. */
const AS_MADE_MS = 30_000;
/** Pages kept at most. */
const MOST_MADE = 20;
/** Of the page alone: it has no script, and is shown in no frame. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export function sharedPeriodRoutes(app: FastifyInstance, { house, apiVersion }: Services): void {
  const made = new Map<string, { at: number; html: Promise<string> }>();
  const api = app.withTypeProvider<ZodTypeProvider>(), tags = ['audit'], querystring = z.object({ store: z.coerce.number() }), now = (): string => house.clock.now().toISOString();

  api.get('/api/v1/periods/shares', { schema: { tags, summary: 'Addresses by which a period is shared, newest first; the secret part of none', querystring: PeriodQuery, response: { 200: SharedPeriods } } }, async (request) => {
    const { store, from, to } = request.query, at = now();
    return { shares: (await sharedPeriods(house.db, (await storeOf(house.db, store)).store_id, from, to)).map((row) => view(row, at)), mayShare: mayShare(request) };
  });

  api.post('/api/v1/periods/shares', { schema: { tags, summary: 'Share a period by an address that is told once; administrators and finance', querystring, body: ShareBody, response: { 200: SharedPeriodMade } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { from, to, sharedFor, days } = request.body, by = sharer(request), at = now(), until = new Date(Date.parse(at) + days * DAY_MS).toISOString(), token = randomBytes(32).toString('base64url');
    if (from > to) throw new Refusal(400, 'to: lies before from');
    const id = await house.db.transaction(async (tx) => {
      const made = await sharePeriod(tx, store.store_id, token, { from, to, sharedFor, until, at, by });
      await audit(tx, { at, actor: by, action: 'period shared', subject: `${from} to ${to}`, after: { store: store.store_id, share: made, for: sharedFor, until } });
      return made;
    });
    house.changed(store.store_id, ['audit']);
    return { sharedPeriodId: id, url: `${house.publicUrl}/reports/${token}`, until };
  });

  api.delete('/api/v1/periods/shares/:sharedPeriodId', { schema: { tags, summary: 'Take it back: the address opens nothing from now on', querystring, params: z.object({ sharedPeriodId: z.string().regex(/^\d{1,18}$/) }), response: { 200: SharedPeriod } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = sharer(request), at = now();
    const row = await house.db.transaction(async (tx) => {
      const ended = await endShared(tx, store.store_id, request.params.sharedPeriodId, at, by);
      if (!ended) throw new Refusal(404, 'There is no such address, or it was taken back before');
      await audit(tx, { at, actor: by, action: 'period no longer shared', subject: `${ended.from_day} to ${ended.to_day}`, after: { store: store.store_id, share: ended.shared_period_id, for: ended.shared_for } });
      return ended;
    });
    house.changed(store.store_id, ['audit']);
    return view(row, at);
  });

  app.get<{ Params: { token: string } }>('/reports/:token', { config: { public: true }, schema: { hide: true } as never }, async (request, reply) => {
    const found = /^[A-Za-z0-9_-]{43}$/.test(request.params.token) ? await openShared(house.db, request.params.token, now()) : null, store = found && await findStore(house.db, found.storeId);
    void reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer').header('x-robots-tag', 'noindex').header('content-security-policy', POLICY);
    if (!found || !store) return reply.code(404).type('text/plain; charset=utf-8').send('There is no such report, or it is no longer shared. Ask whoever sent you the address for another.\n');
    const asked = house.clock.now().getTime(), before = made.get(request.params.token);
    const page = before && asked - before.at < AS_MADE_MS ? before : { at: asked, html: periodReport(house, apiVersion, store, found.from, found.to).then(periodHtml) };
    made.delete(request.params.token);
    made.set(request.params.token, page);
    if (made.size > MOST_MADE) made.delete(made.keys().next().value!);
    page.html.catch(() => made.delete(request.params.token));
    return reply.type('text/html; charset=utf-8').send(await page.html);
  });
}

const SHARERS: readonly string[] = ['admin', 'finance'];
/** Without an administrator only this machine is let in, and may. */
const mayShare = (request: FastifyRequest): boolean => request.user === null || SHARERS.includes(request.user.role);

function sharer(request: FastifyRequest): string {
  if (!mayShare(request)) throw new Refusal(403, 'Administrators and finance share reports with people outside. Ask one of them.');
  return request.user?.email ?? 'operator';
}

function view(row: Row, now: string): Of<typeof SharedPeriod> {
  return {
    sharedPeriodId: row.shared_period_id, sharedFor: row.shared_for, madeAt: row.made_at, madeBy: row.made_by, until: row.expires_at, endedAt: row.ended_at, endedBy: row.ended_by, opened: row.opened, openedAt: row.opened_at,
    open: row.ended_at === null && Date.parse(row.expires_at) > Date.parse(now),
  };
}
