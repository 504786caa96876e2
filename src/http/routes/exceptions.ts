/** The exceptions inbox and the runbooks. */
import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { EXCEPTION_KINDS } from '../../domain/exceptions/catalogue.ts';
import { listExceptions, type ExceptionRow } from '../../store/exceptions.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { Exception, ExceptionAction, ExceptionPage, ExceptionQuery, Runbook, type Of } from '../contract.ts';
import { storeOf } from '../store-scope.ts';

const RUNBOOKS = new URL('../../../docs/runbooks/', import.meta.url);

export function exceptionRow(row: ExceptionRow): Of<typeof Exception> {
  return {
    exceptionId: row.exception_id, kind: row.kind, severity: row.severity, owner: row.owner, subject: row.subject, sentence: row.sentence, evidence: row.evidence,
    itemId: row.item_id, locationId: row.location_id, occurrences: row.occurrences, firstSeen: row.first_seen, lastSeen: row.last_seen, dueAt: row.due_at,
    state: row.state as 'open', assignedTo: row.assigned_to, snoozedUntil: row.snoozed_until, resolvedAt: row.resolved_at, reason: row.reason, regressions: row.regressions,
  };
}

export function exceptionRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();

  api.get('/api/v1/exceptions', { schema: { tags: ['exceptions'], summary: 'Exceptions, most urgent first', querystring: ExceptionQuery, response: { 200: ExceptionPage } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const { tab, kind, q, limit, cursor } = request.query;
    const me = request.user?.email ?? 'operator';
    const before = cursor === undefined ? undefined : (() => {
      const [dueAt, id] = Buffer.from(cursor, 'base64url').toString('utf8').split('|');
      if (!dueAt || !id || Number.isNaN(Date.parse(dueAt))) throw new Refusal(400, 'cursor: not one this API gave out');
      return { dueAt, id };
    })();
    const rows = await listExceptions(house.db, store.store_id, {
      states: tab === 'snoozed' ? ['snoozed'] : tab === 'resolved' ? ['resolved'] : tab === 'ignored' ? ['ignored'] : ['open'], limit: limit + 1,
      ...(tab === 'mine' ? { assignedTo: me } : tab === 'unassigned' ? { assignedTo: null } : {}), ...(kind ? { kind } : {}), ...(q ? { q } : {}), ...(before ? { before } : {}),
    });
    const page = rows.slice(0, limit), last = page.at(-1);
    const counts = await house.db.query<{ state: string; mine: boolean; unassigned: boolean; n: number }>(
      `select state, coalesce(assigned_to = $2, false) as mine, assigned_to is null as unassigned, count(*)::int as n from exception where store_id = $1 group by 1, 2, 3`, [store.store_id, me]);
    const kinds = await house.db.query<{ kind: string; count: number }>(
      `select kind, count(*)::int as count from exception where store_id = $1 and state = 'open' group by 1 order by 2 desc`, [store.store_id]);
    const checked = await house.db.query<{ at: string | null }>(`select max(finished_at) as at from flow_run where store_id = $1 and flow = 'drift-check' and state = 'done'`, [store.store_id]);
    const sum = (test: (row: (typeof counts.rows)[number]) => boolean): number => counts.rows.filter(test).reduce((total, row) => total + row.n, 0);
    return {
      rows: page.map(exceptionRow), nextCursor: rows.length > limit && last ? Buffer.from(`${last.due_at}|${last.exception_id}`).toString('base64url') : null,
      lastCheckedAt: checked.rows[0]?.at ?? null, byKind: kinds.rows,
      counts: {
        open: sum((r) => r.state === 'open'), mine: sum((r) => r.state === 'open' && r.mine), unassigned: sum((r) => r.state === 'open' && r.unassigned),
        snoozed: sum((r) => r.state === 'snoozed'), resolved: sum((r) => r.state === 'resolved'), ignored: sum((r) => r.state === 'ignored'),
      },
    };
  });

  api.post('/api/v1/exceptions/:id', { schema: {
    tags: ['exceptions'], summary: 'Assign, snooze, ignore with a reason, or reopen', params: z.object({ id: z.string().regex(/^\d+$/) }), querystring: z.object({ store: z.coerce.number() }),
    body: ExceptionAction, response: { 200: Exception },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const body = request.body, now = house.clock.now().toISOString();
    const change: [string, unknown[]] = body.action === 'assign' ? ['assigned_to = $3', [body.to]]
      : body.action === 'snooze' ? [`state = 'snoozed', snoozed_until = $3`, [body.until]]
        : body.action === 'ignore' ? [`state = 'ignored', reason = $3`, [body.reason]]
          : [`state = 'open', snoozed_until = null, reason = null, resolved_at = null`, []];
    if (body.action === 'snooze' && (Number.isNaN(Date.parse(body.until)) || body.until <= now)) throw new Refusal(400, 'until: expected an instant in the future');
    const { rows } = await house.db.query<ExceptionRow>(`update exception set ${change[0]} where store_id = $1 and exception_id = $2 returning *`, [store.store_id, request.params.id, ...change[1]]);
    if (!rows[0]) throw new Refusal(404, `There is no exception ${request.params.id}`);
    await audit(house.db, { at: now, actor: request.user?.email ?? 'operator', action: `exception ${body.action}`, subject: `${rows[0].kind} ${rows[0].subject}`, after: body });
    house.changed(store.store_id, ['exceptions']);
    return exceptionRow(rows[0]);
  });

  api.get('/api/v1/runbooks/:kind', { schema: { tags: ['exceptions'], summary: 'What to do about a kind of exception', params: z.object({ kind: z.string() }), response: { 200: Runbook } } }, async (request) => {
    if (!EXCEPTION_KINDS.some((entry) => entry.kind === request.params.kind)) throw new Refusal(404, `There is no exception kind ${request.params.kind}`);
    return { kind: request.params.kind, markdown: await readFile(new URL(`${request.params.kind}.md`, RUNBOOKS), 'utf8') };
  });
}
