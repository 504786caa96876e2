/** The exceptions inbox and the runbooks. */
import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { backupOf, EXCEPTION_KINDS, kindOf, type ExceptionKindName } from '../../domain/exceptions/catalogue.ts';
import { LONGEST_AWAY_DAYS } from '../../domain/exceptions/clock.ts';
import { fixNamed } from '../../domain/exceptions/fixes.ts';
import { carersOf, changeCases, COUNTS, eventsOf, findException, listExceptions, outcomesOf, similarCases, sortOf, type CaseChange, type ExceptionRow } from '../../store/exceptions.ts';
import { canCare, listCarers } from '../../store/exception-people.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { Carer, Exception, ExceptionAction, ExceptionBulk, ExceptionBulkDone, ExceptionDetail, ExceptionPage, ExceptionQuery, Runbook, type Of } from '../contract.ts';
import { csv } from '../csv.ts';
import { storeOf } from '../store-scope.ts';

const RUNBOOKS = new URL('../../../docs/runbooks/', import.meta.url);
/** How far back the usual ends of a kind are told from. */
const OUTCOME_DAYS = 90;
const LONGEST_AWAY_MS = LONGEST_AWAY_DAYS * 86_400_000;

/** Seen good by one check of the two its kind asks for. */
function goodOnce({ kind, state, good_since: at }: ExceptionRow): Of<typeof Exception>['goodOnce'] {
  const { againMinutes } = kindOf(kind as ExceptionKindName);
  return at === null || againMinutes === undefined || (state !== 'open' && state !== 'snoozed') ? null : { at, againAfter: new Date(Date.parse(at) + againMinutes * 60_000).toISOString() };
}

export function exceptionRow(row: ExceptionRow): Of<typeof Exception> {
  return {
    exceptionId: row.exception_id, kind: row.kind, severity: row.severity, owner: row.owner, subject: row.subject, sentence: row.sentence, evidence: row.evidence,
    itemId: row.item_id, locationId: row.location_id, occurrences: row.occurrences, firstSeen: row.first_seen, lastSeen: row.last_seen, openedAt: row.opened_at, dueAt: row.due_at,
    state: row.state as 'open', assignedTo: row.assigned_to, snoozedUntil: row.snoozed_until, snoozedSize: row.snoozed_size, ignoredUntil: row.ignored_until, resolvedAt: row.resolved_at, resolvedBy: row.resolved_by ?? null, reason: row.reason, regressions: row.regressions,
    size: row.size, risk: row.risk === null ? null : Number(row.risk), escalation: row.escalation, heldUntil: row.held_until, goodOnce: goodOnce(row), children: row.children ?? 0, parentId: row.parent_id,
  };
}

type Carers = Of<typeof ExceptionBulkDone>['before'];

export function exceptionRoutes(app: FastifyInstance, { house, flows }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const now = (): string => house.clock.now().toISOString();
  const querystring = z.object({ store: z.coerce.number() }), params = z.object({ id: z.string().regex(/^\d{1,18}$/) });
  const statesOf = (tab: Of<typeof ExceptionQuery>['tab']): string[] => (tab === 'snoozed' || tab === 'resolved' || tab === 'ignored' ? [tab] : ['open']);
  const filterOf = ({ tab, kind, owner, person, q }: Of<typeof ExceptionQuery>, me: string) => ({
    states: statesOf(tab), ...(tab === 'mine' ? { assignedTo: me } : tab === 'unassigned' ? { assignedTo: null } : person ? { assignedTo: person } : {}), ...(kind ? { kind } : {}), ...(owner ? { owner } : {}), ...(q ? { q } : {}),
  });
  /** The flow that raises a kind is the one whose next run looks at it again. */
  const checkerOf = (kind: string): string | null => flows.find((flow) => (flow.raises as readonly string[]).includes(kind))?.name ?? null;
  const one = async (storeId: number, id: string): Promise<ExceptionRow> => {
    const row = await findException(house.db, storeId, id);
    if (!row) throw new Refusal(404, `There is no exception ${id}`);
    return row;
  };
  /** What a person may ask, as the store takes it, or a refusal that names the field. */
  const changeOf = (body: Of<typeof ExceptionAction>): CaseChange => {
    const at = now(), future = (name: string, instant: string): string => {
      if (Number.isNaN(Date.parse(instant)) || Date.parse(instant) <= Date.parse(at)) throw new Refusal(400, `${name}: expected an instant in the future`);
      return new Date(instant).toISOString();
    };
    const last = new Date(Date.parse(at) + LONGEST_AWAY_MS).toISOString();
    if (body.action === 'snooze') {
      if (body.until === null && !body.worse) throw new Refusal(400, 'until: say until when, or until it is worse');
      const until = body.until === null ? last : future('until', body.until);
      if (until > last) throw new Refusal(400, `until: nothing is snoozed for longer than ${LONGEST_AWAY_DAYS} days; what is still there then comes back`);
      return { action: 'snooze', until, worse: body.worse };
    }
    if (body.action === 'assign') return { action: 'assign', to: body.to === null ? null : body.to.toLowerCase(), ...(body.from === undefined ? {} : { from: body.from === null ? null : body.from.toLowerCase() }) };
    if (body.action !== 'ignore') return body;
    const until = body.until === undefined ? last : future('until', body.until);
    if (until > last) throw new Refusal(400, `until: nothing is ignored for longer than ${LONGEST_AWAY_DAYS} days; what is still there then comes back`);
    return { action: 'ignore', reason: body.reason, until };
  };
  const change = async (storeId: number, ids: readonly string[], body: Of<typeof ExceptionAction>, by: string): Promise<{ changed: string[]; before: Carers }> => {
    if (body.action === 'resolve' || body.action === 'ignore') {
      const { rows } = await house.db.query<{ kind: ExceptionKindName; subject: string }>('select kind, subject from exception where store_id = $1 and exception_id = any($2)', [storeId, ids]), not = rows.find((row) => kindOf(row.kind).onlyByCheck);
      if (not) throw new Refusal(409, `${not.kind}, ${not.subject}: only its check closes it, when it has seen the good state.`);
    }
    const wanted = changeOf(body);
    if (wanted.action === 'assign' && wanted.to !== null && !(await canCare(house.db, wanted.to))) throw new Refusal(400, `to: ${wanted.to} has no account that may sign in; Settings → People lists those who have`);
    const { changed, before } = await house.db.transaction(async (tx) => {
      const carers = wanted.action === 'assign' ? await carersOf(tx, storeId, ids) : [], done = await changeCases(tx, storeId, ids, wanted, by, now()), of = new Set(done);
      return { changed: done, before: carers.map((one) => ({ to: one.to, ids: one.ids.filter((id) => of.has(id)) })).filter((one) => one.ids.length > 0 && !(wanted.action === 'assign' && one.to === wanted.to)) };
    });
    if (body.action === 'resolve') {
      const { rows } = await house.db.query<{ kind: string }>('select distinct kind from exception where store_id = $1 and exception_id = any($2)', [storeId, changed]);
      for (const checker of new Set(rows.map((row) => checkerOf(row.kind)))) if (checker !== null) await house.enqueue(checker, storeId);
    }
    house.changed(storeId, ['exceptions']);
    return { changed, before };
  };

  api.get('/api/v1/exceptions', { schema: { tags: ['exceptions'], summary: 'Exceptions, most urgent first', querystring: ExceptionQuery, response: { 200: ExceptionPage } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { limit, cursor } = request.query, me = request.user?.email ?? 'operator';
    const before = cursor === undefined ? undefined : (() => {
      const [at, id] = Buffer.from(cursor, 'base64url').toString('utf8').split('|');
      if (!at || !id || Number.isNaN(Date.parse(at))) throw new Refusal(400, 'cursor: not one this API gave out');
      return { at, id };
    })();
    const rows = await listExceptions(house.db, store.store_id, { ...filterOf(request.query, me), limit: limit + 1, ...(before ? { before } : {}) });
    const page = rows.slice(0, limit), last = page.at(-1);
    const counts = await house.db.query<{ state: string; mine: boolean; unassigned: boolean; n: number }>(
      `select state, coalesce(assigned_to = $2, false) as mine, assigned_to is null as unassigned, count(*)::int as n from exception where store_id = $1 and ${COUNTS} group by 1, 2, 3`, [store.store_id, me]);
    const groups = await house.db.query<{ kind: string | null; owner: string | null; count: number }>(
      `select kind, owner, count(*)::int as count from exception where store_id = $1 and state = 'open' and ${COUNTS} group by grouping sets ((kind), (owner)) order by 3 desc, 1, 2`, [store.store_id]);
    const checked = await house.db.query<{ at: string | null }>(`select max(finished_at) as at from flow_run where store_id = $1 and flow = 'drift-check' and state = 'done'`, [store.store_id]);
    const sum = (test: (row: (typeof counts.rows)[number]) => boolean): number => counts.rows.filter(test).reduce((total, row) => total + row.n, 0);
    return {
      rows: page.map(exceptionRow), nextCursor: rows.length > limit && last ? Buffer.from(`${sortOf(last, statesOf(request.query.tab))}|${last.exception_id}`).toString('base64url') : null, lastCheckedAt: checked.rows[0]?.at ?? null,
      byKind: groups.rows.flatMap(({ kind, count }) => (kind === null ? [] : [{ kind, count }])), byOwner: groups.rows.flatMap(({ owner, count }) => (owner === null ? [] : [{ owner, count }])),
      counts: {
        open: sum((r) => r.state === 'open'), mine: sum((r) => r.state === 'open' && r.mine), unassigned: sum((r) => r.state === 'open' && r.unassigned),
        snoozed: sum((r) => r.state === 'snoozed'), resolved: sum((r) => r.state === 'resolved'), ignored: sum((r) => r.state === 'ignored'),
      },
    };
  });

  api.get('/api/v1/exceptions.csv', { schema: { tags: ['exceptions'], summary: 'The filtered exceptions as CSV', querystring: ExceptionQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), rows = await listExceptions(house.db, store.store_id, { ...filterOf(request.query, request.user?.email ?? 'operator'), limit: 20_000 });
    return csv(reply, `exceptions-${store.shop_domain}`, ['Kind', 'Severity', 'Owner', 'Subject', 'What happened', 'State', 'Assigned to', 'Due', 'First seen', 'Last seen', 'Times seen', 'Came back', 'Cases gathered', 'At risk, minor units'],
      rows.map((r) => [r.kind, r.severity, r.owner, r.subject, r.sentence, r.state, r.assigned_to, r.due_at, r.first_seen, r.last_seen, r.occurrences, r.regressions, r.children, r.risk]));
  });

  api.get('/api/v1/exceptions/people', { schema: { tags: ['exceptions'], summary: 'Whom a case can be given to, and how many open ones each has', querystring, response: { 200: z.object({ people: z.array(Carer) }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return { people: await listCarers(house.db, store.store_id) };
  });

  api.get('/api/v1/exceptions/:id', { schema: { tags: ['exceptions'], summary: 'One exception: what happened to it, what it gathers, what helped before', params, querystring, response: { 200: ExceptionDetail } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), row = await one(store.store_id, request.params.id), kind = kindOf(row.kind as ExceptionKindName);
    const since = new Date(house.clock.now().getTime() - OUTCOME_DAYS * 86_400_000).toISOString();
    const [events, children, similar, outcomes] = await Promise.all([
      eventsOf(house.db, store.store_id, row.exception_id), listExceptions(house.db, store.store_id, { states: ['open', 'snoozed', 'ignored'], parent: row.exception_id, limit: 200 }), similarCases(house.db, store.store_id, row),
      outcomesOf(house.db, store.store_id, row.kind, since),
    ]);
    return {
      row: exceptionRow(row), events: events.map((event) => ({ at: event.at, what: event.what, by: event.by_whom, said: event.said })), children: children.map(exceptionRow), similar: similar.map((s) => ({ exceptionId: s.exception_id, subject: s.subject, resolvedAt: s.resolved_at, hours: s.hours, fixedBy: s.fixed_by })),
      backup: backupOf(kind), closes: kind.closes, checkedBy: checkerOf(row.kind),
      outcomes: { ...outcomes, ways: outcomes.ways.map(({ way, cases }) => ({ way: way === 'itself' ? (cases === 1 ? 'by itself' : 'by themselves') : way === 'person' ? 'when a person said so' : `after “${fixNamed(way)?.label ?? way}”`, cases })) },
    };
  });

  api.post('/api/v1/exceptions/:id', { schema: { tags: ['exceptions'], summary: 'Assign, snooze, ignore with a reason, resolve, reopen, or say something', params, querystring, body: ExceptionAction, response: { 200: Exception } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', row = await one(store.store_id, request.params.id);
    const { changed } = await change(store.store_id, [row.exception_id], request.body, by);
    if (!changed.includes(row.exception_id)) throw new Refusal(409, `It is ${row.state} by now, which leaves nothing to ${request.body.action}. Look at it again.`);
    await audit(house.db, { at: now(), actor: by, action: `exception ${request.body.action}`, subject: `${row.kind} ${row.subject}`, after: request.body });
    return exceptionRow(await one(store.store_id, row.exception_id));
  });

  api.post('/api/v1/exceptions/bulk', { schema: { tags: ['exceptions'], summary: 'One change to many exceptions; those it does not fit are left as they are', querystring, body: ExceptionBulk, response: { 200: ExceptionBulkDone } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', ids = [...new Set(request.body.ids)];
    const { changed, before } = await change(store.store_id, ids, request.body.change, by), of = new Set(changed), own = ids.filter((id) => of.has(id));
    if (changed.length > 0) await audit(house.db, { at: now(), actor: by, action: `exceptions ${request.body.change.action}`, subject: `${changed.length} exceptions`, after: request.body });
    return { changed: changed.length, left: ids.length - own.length, ids: own, before };
  });

  api.get('/api/v1/runbooks/:kind', { schema: { tags: ['exceptions'], summary: 'What to do about a kind of exception', params: z.object({ kind: z.string() }), response: { 200: Runbook } } }, async (request) => {
    if (!EXCEPTION_KINDS.some((entry) => entry.kind === request.params.kind)) throw new Refusal(404, `There is no exception kind ${request.params.kind}`);
    return { kind: request.params.kind, markdown: await readFile(new URL(`${request.params.kind}.md`, RUNBOOKS), 'utf8') };
  });
}
