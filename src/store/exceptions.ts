/**
 * Exceptions: raised by fingerprint (kind + subject), counted, resolved only by a check that saw the good state, come back as regressed. Only changes of
 * state leave an event; a check that finds the same thing again only counts it. All of it set-based: a check of a thousand levels is two statements.
 */
import { FLAPPING } from '../domain/exceptions/clock.ts';
import { kindOf, type ExceptionKindName, type RaisedException } from '../domain/exceptions/catalogue.ts';
import type { Queryable } from './db.ts';
import { duesAt, duesFrom, goneAt, timeZoneOf } from './exception-clock.ts';
import { closeStorm, settleStorms, standAlone } from './exception-storms.ts';

/** Raises or refreshes the given cases. One that is more urgent than before gets the shorter time, and its owner is told again, or it wakes; it never gets less urgent while it lasts. */
export async function raise(db: Queryable, storeId: number, raised: readonly RaisedException[], at: string): Promise<void> {
  const unique = [...new Map(raised.map((r) => [`${r.kind}:${r.key}`, r])).values()];
  if (unique.length === 0) return;
  const { rows: [store] } = await db.query<{ time_zone: string; peak: boolean }>('select time_zone, exists (select from push_policy p where p.store_id = s.store_id and p.peak_until > $2) as peak from store s where store_id = $1', [storeId, at]);
  const kinds = unique.map((r) => kindOf(r.kind)), severities = unique.map((r, n) => r.severity ?? (store!.peak ? kinds[n]!.peakSeverity : undefined) ?? kinds[n]!.severity), dues = duesAt(at, store!.time_zone, [...new Set(kinds)]);
  const { rows } = await db.query<{ kind: ExceptionKindName }>(
    `with said as (
       select * from unnest($3::text[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::int[], $11::int[], $12::float8[], $13::real[], $14::bigint[])
         as r(kind, fingerprint, severity, owner, subject, sentence, evidence, item_id, location_id, grace, size, risk)
     ), dues as (
       select * from ${duesFrom(15)}
     ), before as (
       select e.fingerprint, e.state, e.resolved_at, e.severity from exception e join said using (fingerprint) where e.store_id = $1
     ), written as (
       insert into exception as e (store_id, kind, fingerprint, severity, owner, subject, sentence, evidence, item_id, location_id, first_seen, last_seen, due_at, size, risk, state, opened_at, grace_until)
       select $1, s.kind, fingerprint, s.severity, owner, subject, sentence, evidence::jsonb, item_id, location_id, $2, $2, d.due_at, size, risk,
         case when grace = 0 then 'open' else 'grace' end, case when grace = 0 then $2::timestamptz end, $2::timestamptz + grace * interval '1 minute'
       from said s join dues d on d.kind = s.kind and d.severity = s.severity order by fingerprint
       on conflict (store_id, fingerprint) do update set
         last_seen = excluded.last_seen, occurrences = e.occurrences + 1, subject = excluded.subject, sentence = excluded.sentence, evidence = excluded.evidence, size = excluded.size, risk = excluded.risk, good_since = null,
         state = case when e.state = 'resolved' then excluded.state when ${WAKES} then 'open' else e.state end,
         grace_until = case when e.state = 'resolved' then excluded.grace_until else e.grace_until end,
         opened_at = case when ${OPENS} then excluded.last_seen when e.state = 'resolved' then null else e.opened_at end,
         due_at = case when ${OPENS} or e.state = 'resolved' then ${due(SEVERITY)} when excluded.severity < e.severity then least(e.due_at, ${due('excluded.severity')}) else e.due_at end,
         escalation = case when ${OPENS} then 0 else e.escalation end, regressions = e.regressions + (${OPENS} and e.resolved_at is not null)::int, severity = ${SEVERITY},
         snoozed_until = case when ${ANEW} then null else e.snoozed_until end, snoozed_size = case when ${ANEW} then null else e.snoozed_size end, ignored_until = case when ${ANEW} then null else e.ignored_until end, reason = case when ${ANEW} then null else e.reason end,
         parent_id = case when e.state = 'resolved' then null else e.parent_id end,
         resolved_at = case when ${OPENS} then null else e.resolved_at end
       returning e.exception_id, e.fingerprint, e.kind, e.state, e.sentence, e.severity
     ), changed as (
       select w.*, b.state as was, b.resolved_at from written w left join before b using (fingerprint) where w.state = 'open' and b.state is distinct from 'open'
     ), told as (
       insert into exception_event (store_id, exception_id, at, what, by_whom, said)
       select $1, exception_id, $2, case when was in ('snoozed', 'ignored') then 'woke' when resolved_at is not null then 'came back' else 'opened' end, 'check', sentence from changed order by exception_id
     ), worse as (
       insert into exception_event (store_id, exception_id, at, what, by_whom, said, detail)
       select $1, w.exception_id, $2, 'escalated', 'check', w.sentence, jsonb_build_object('level', 1, 'severity', w.severity) from written w join before b using (fingerprint) where w.state = 'open' and b.state = 'open' and w.severity < b.severity order by w.exception_id
     )
     select kind from changed union select w.kind from written w join before b using (fingerprint) where w.state = 'open' and b.state = 'open' and w.severity < b.severity`,
    [storeId, at, unique.map((r) => r.kind), unique.map((r) => `${r.kind}:${r.key}`), severities, kinds.map((k) => k.owner),
      unique.map((r) => r.subject), unique.map((r) => r.sentence), unique.map((r) => JSON.stringify(r.evidence ?? {})),
      unique.map((r) => r.itemId ?? null), unique.map((r) => r.locationId ?? null), unique.map((r, n) => r.graceMinutes ?? kinds[n]!.graceMinutes ?? 0),
      unique.map((r) => r.size ?? null), unique.map((r) => r.risk ?? null), ...dues]);
  if (rows.length > 0) await settleStorms(db, storeId, rows.map((row) => row.kind), at, dues);
}

/** In the upsert above, `e` is the row as it was. A grace is over; a sleep is, by its time or because the case is worse: bigger, or more urgent. What is ignored stays so until its time. */
const WAKES = `coalesce((e.state = 'grace' and e.grace_until <= excluded.last_seen) or (e.state = 'snoozed' and (e.snoozed_until <= excluded.last_seen or excluded.size > e.snoozed_size or excluded.severity < e.severity)) or (e.state = 'ignored' and e.ignored_until <= excluded.last_seen), false)`;
/** The case is seen by people from now on, with a clock of its own. */
const OPENS = `((e.state = 'resolved' and excluded.state = 'open') or ${WAKES})`;
/** What somebody had put it off with is of the past. */
const ANEW = `(e.state = 'resolved' or ${OPENS})`;
/** One that comes back is one step worse than it is by itself now; in its grace nobody knows that yet. */
const SEVERITY = `(case when e.state = 'resolved' then case when excluded.state = 'open' then greatest(1, excluded.severity - 1) else excluded.severity end
  when e.state = 'grace' and e.resolved_at is not null and e.grace_until <= excluded.last_seen then greatest(1, least(e.severity, excluded.severity) - 1) else least(e.severity, excluded.severity) end)`;
/** When a case that opens now with a severity is due. */
const due = (severity: string): string => `(select d.due_at from dues d where d.kind = excluded.kind and d.severity = ${severity})`;

/**
 * A check has seen the good state: closes the cases of a kind, snoozed and ignored ones too, all of them or all but the keys still bad; of a kind that must be good for a while, those last seen bad before it;
 * of a kind that asks for two checks, those whose first was long enough ago. Keys `undecided` were seen neither good nor bad: they stay as they are, unless nobody
 * was told of them yet. What comes and goes is held open until it has been good for a day.
 */
export async function resolveChecked(db: Queryable, storeId: number, kind: ExceptionKindName, stillBad: readonly string[], at: string, undecided: readonly string[] = []): Promise<number> {
  const { rows } = await db.query<{ outcome: string }>(
    `with first as (
       update exception e set good_since = $4 where e.store_id = $1 and e.kind = $2 and $6::int > 0 and e.state in ('open', 'snoozed', 'ignored') and e.good_since is null and not e.fingerprint = any($3) and not e.fingerprint = any($7) and e.fingerprint <> e.kind || ':storm'
     ), good as (
       select e.exception_id, e.state, e.resolved_at, e.held_until,
         (select count(*) from exception_event v where v.store_id = e.store_id and v.exception_id = e.exception_id and v.what = 'resolved' and v.at > $4::timestamptz - interval '${FLAPPING.hours} hours') >= ${FLAPPING.times}
           and e.last_seen > $4::timestamptz - interval '${FLAPPING.hours} hours' as flaps
       from exception e where e.store_id = $1 and e.kind = $2 and e.state in ('open', 'snoozed', 'ignored', 'grace') and not e.fingerprint = any($3) and e.fingerprint <> e.kind || ':storm'
         and ($5::int = 0 or e.state = 'grace' or e.last_seen <= $4::timestamptz - $5::int * interval '1 minute')
         and (e.state = 'grace' or not e.fingerprint = any($7)) and ($6::int = 0 or e.state = 'grace' or e.good_since <= $4::timestamptz - $6::int * interval '1 minute')
     ), unseen as (
       delete from exception e using good g where e.store_id = $1 and e.exception_id = g.exception_id and g.state = 'grace' and g.resolved_at is null
     ), settled as (
       update exception e set state = case when g.flaps and g.state <> 'grace' then e.state else 'resolved' end, resolved_at = case when g.state = 'grace' then e.resolved_at when g.flaps then null else $4::timestamptz end,
         held_until = case when g.flaps then e.last_seen + interval '${FLAPPING.hours} hours' end
       from good g where e.store_id = $1 and e.exception_id = g.exception_id and not (g.state = 'grace' and g.resolved_at is null)
       returning e.exception_id, e.state, g.state as was, g.held_until as held_before, g.flaps
     ), told as (
       insert into exception_event (store_id, exception_id, at, what, by_whom, said)
       select $1, exception_id, $4, case when flaps then 'held open' else 'resolved' end, 'check', case when flaps then 'It came and went more than ${FLAPPING.times} times in a day: it stays open until it has been good for a day.' end
       from settled where was <> 'grace' and (not flaps or held_before is null) order by exception_id
     )
     select case when state = 'resolved' and was <> 'grace' then 'resolved' else 'other' end as outcome from settled`,
    [storeId, kind, stillBad.map((key) => `${kind}:${key}`), at, kindOf(kind).goodMinutes ?? 0, kindOf(kind).againMinutes ?? 0, undecided.map((key) => `${kind}:${key}`)]);
  const resolved = rows.filter((row) => row.outcome === 'resolved').length;
  await closeStorm(db, storeId, kind, at);
  return resolved;
}

/** Adds an event to each case. */
export async function note(db: Queryable, storeId: number, ids: readonly string[], what: ExceptionEvent['what'], by: string, said: string | null, at: string, detail: object | null = null): Promise<void> {
  await db.query(
    `insert into exception_event (store_id, exception_id, at, what, by_whom, said, detail) select $1, id, $3, $4, $5, $6, $7 from unnest($2::bigint[]) as t(id) order by id`,
    [storeId, ids, at, what, by, said, detail === null ? null : JSON.stringify(detail)]);
}

export interface ExceptionEvent { event_id: string; at: string; what: 'opened' | 'came back' | 'gathered' | 'assigned' | 'snoozed' | 'woke' | 'ignored' | 'reopened' | 'escalated' | 'held open' | 'said' | 'tried' | 'resolved'; by_whom: string; said: string | null; detail: Record<string, unknown> | null }

export interface ExceptionRow {
  exception_id: string; kind: string; fingerprint: string; severity: number; owner: string; subject: string; sentence: string; evidence: Record<string, unknown>;
  item_id: number | null; location_id: number | null; occurrences: number; first_seen: string; last_seen: string; due_at: string; state: string; opened_at: string | null;
  assigned_to: string | null; snoozed_until: string | null; snoozed_size: number | null; ignored_until: string | null; resolved_at: string | null; reason: string | null; regressions: number;
  size: number | null; risk: string | null; escalation: number; parent_id: string | null; held_until: string | null; good_since: string | null; children: number;
  /** Of a resolved one: who closed it last; null while it is not. */
  resolved_by: string | null;
}

const COLUMNS = `e.*, (select count(*)::int from exception c where c.store_id = e.store_id and c.parent_id = e.exception_id and c.state in ('open', 'snoozed', 'ignored')) as children,
  case when e.state = 'resolved' then (select v.by_whom from exception_event v where v.store_id = e.store_id and v.exception_id = e.exception_id and v.what = 'resolved' order by v.event_id desc limit 1) end as resolved_by`;

export interface ExceptionFilter { states: string[]; assignedTo?: string | null; kind?: string; q?: string; owner?: string; /** Any of these; none given: everybody's. */ owners?: readonly string[]; parent?: string; before?: { at: string; id: string }; limit: number }

/** What lists show and every screen counts: a case gathered into a storm is its storm's while it lasts. */
export const COUNTS = `(parent_id is null or state = 'resolved')`;

/** By what a list of cases in these states is sorted: those that are over by when they ended, the newest first; all others by when they are due. */
export const sortOf = (row: ExceptionRow, states: readonly string[]): string => (endedOnly(states) ? row.resolved_at ?? row.last_seen : row.due_at);
const endedOnly = (states: readonly string[]): boolean => states.length > 0 && states.every((state) => state === 'resolved');

/** Cases as `sortOf` says, after the one named by `before`. Those gathered into a storm are listed by their parent alone, unless one asks for them. */
export async function listExceptions(db: Queryable, storeId: number, filter: ExceptionFilter): Promise<ExceptionRow[]> {
  const ended = endedOnly(filter.states), by = ended ? 'coalesce(resolved_at, last_seen)' : 'due_at', way = ended ? 'desc' : 'asc';
  const { rows } = await db.query<ExceptionRow>(
    `select ${COLUMNS} from exception e where store_id = $1 and state = any($2)
       and ($3::text is null or kind = $3) and ($4::text is null or subject ilike '%' || $4 || '%' or sentence ilike '%' || $4 || '%')
       and ($5::text is null or ($5 = '' and assigned_to is null) or assigned_to = $5) and ($9::text is null or owner = $9) and (cardinality($11::text[]) = 0 or owner = any($11))
       and case when $10::bigint is not null then parent_id = $10 else $4::text is not null or ${COUNTS} end
       and ($6::timestamptz is null or (${by}, exception_id) ${ended ? '<' : '>'} ($6, $7::bigint))
     order by ${by} ${way}, exception_id ${way} limit $8`,
    [storeId, filter.states, filter.kind ?? null, filter.q ?? null, filter.assignedTo === null ? '' : filter.assignedTo ?? null,
      filter.before?.at ?? null, filter.before?.id ?? null, filter.limit, filter.owner ?? null, filter.parent ?? null, filter.owners ?? []]);
  return rows;
}

export async function findException(db: Queryable, storeId: number, id: string): Promise<ExceptionRow | null> {
  return (await db.query<ExceptionRow>(`select ${COLUMNS} from exception e where store_id = $1 and exception_id = $2`, [storeId, id])).rows[0] ?? null;
}

/** What happened to a case, oldest first. */
export async function eventsOf(db: Queryable, storeId: number, id: string): Promise<ExceptionEvent[]> {
  return (await db.query<ExceptionEvent>(
    `select * from (select event_id, at, what, by_whom, said, detail from exception_event where store_id = $1 and exception_id = $2 order by event_id desc limit 200) e order by event_id`, [storeId, id])).rows;
}

export interface SimilarCase { exception_id: string; subject: string; resolved_at: string; hours: number; fixed_by: string | null }

/** Cases of the kind that were resolved, those of the same item first, with how long they stayed and what people last tried. */
export async function similarCases(db: Queryable, storeId: number, row: Pick<ExceptionRow, 'exception_id' | 'kind' | 'item_id'>, limit = 5): Promise<SimilarCase[]> {
  return (await db.query<SimilarCase>(
    `select e.exception_id, e.subject, e.resolved_at, (extract(epoch from e.resolved_at - coalesce(e.opened_at, e.first_seen)) / 3600)::float8 as hours,
       (select coalesce(v.said, v.what) || ' (' || v.by_whom || ')' from exception_event v where v.store_id = e.store_id and v.exception_id = e.exception_id and v.what in ('tried', 'said') order by v.event_id desc limit 1) as fixed_by
     from exception e where e.store_id = $1 and e.kind = $2 and e.state = 'resolved' and e.exception_id <> $3 and e.resolved_at is not null
     order by (e.item_id is not distinct from $4) desc, e.resolved_at desc limit $5`, [storeId, row.kind, row.exception_id, row.item_id, limit])).rows;
}

export interface Outcomes { closed: number; medianHours: number | null; ways: { way: string; cases: number }[] }

/**
 * How cases of a kind that closed since an instant came to their end, the most frequent first: the button somebody pressed last (its name), `person` where one said it
 * was resolved, `itself` where nobody did anything. Of the last thousand; the parents of storms are none.
 */
export async function outcomesOf(db: Queryable, storeId: number, kind: string, since: string): Promise<Outcomes> {
  const { rows } = await db.query<{ way: string; cases: number; median: number }>(
    `with closed as (
       select e.exception_id, extract(epoch from e.resolved_at - coalesce(e.opened_at, e.first_seen)) / 3600 as hours,
         coalesce((select v.detail ->> 'fix' from exception_event v where v.store_id = e.store_id and v.exception_id = e.exception_id and v.what = 'tried' order by v.event_id desc limit 1),
           (select case when v.by_whom <> 'check' then 'person' end from exception_event v where v.store_id = e.store_id and v.exception_id = e.exception_id and v.what = 'resolved' order by v.event_id desc limit 1), 'itself') as way
       from exception e where e.store_id = $1 and e.kind = $2 and e.state = 'resolved' and e.resolved_at >= $3 and e.fingerprint <> e.kind || ':storm' order by e.resolved_at desc limit 1000)
     select way, count(*)::int as cases, (select percentile_cont(0.5) within group (order by greatest(0, hours)) from closed)::float8 as median from closed group by way order by cases desc, way`, [storeId, kind, since]);
  return { closed: rows.reduce((sum, row) => sum + row.cases, 0), medianHours: rows[0]?.median ?? null, ways: rows.map(({ way, cases }) => ({ way, cases })) };
}

export type CaseChange =
  | { action: 'assign'; to: string | null; from?: string | null | undefined } | { action: 'snooze'; until: string | null; worse?: boolean | undefined } | { action: 'ignore'; reason: string; until: string }
  | { action: 'reopen' } | { action: 'resolve'; said: string } | { action: 'say'; said: string };

/** A storm carries its cases along, but for a word said of it, and where one's own giving is taken back: each was somebody else's before. */
const carriesAlong = (change: CaseChange): boolean => change.action !== 'say' && !(change.action === 'assign' && change.from !== undefined);

/** Whose these cases are now, those they gather with them, by person; locked, so that what is read is what changes. */
export async function carersOf(tx: Queryable, storeId: number, ids: readonly string[]): Promise<{ to: string | null; ids: string[] }[]> {
  const { rows } = await tx.query<{ id: string; assigned_to: string | null }>(`select exception_id as id, assigned_to from exception where store_id = $1 and (exception_id = any($2) or parent_id = any($2)) order by exception_id for update`, [storeId, ids]);
  return [...Map.groupBy(rows, (row) => row.assigned_to)].map(([to, of]) => ({ to, ids: of.map((row) => row.id) }));
}

/** A person changes cases; those it does not fit (assigning what is resolved) are left out. Answers the changed ids. A storm carries its cases along. */
export async function changeCases(tx: Queryable, storeId: number, ids: readonly string[], change: CaseChange, by: string, at: string): Promise<string[]> {
  const all = (await tx.query<{ id: string }>(`select exception_id as id from exception where store_id = $1 and (exception_id = any($2) or parent_id = any($2) and $3) order by 1`, [storeId, ids, carriesAlong(change)])).rows.map((row) => row.id);
  const set: Record<CaseChange['action'], { sql: string; from: string[]; values: unknown[]; where?: { sql: string; value: unknown } | undefined }> = {
    assign: { sql: 'assigned_to = $4', from: ['open', 'snoozed', 'ignored', 'grace'], values: [change.action === 'assign' ? change.to : null], where: change.action === 'assign' && change.from !== undefined ? { sql: 'and assigned_to is not distinct from $5', value: change.from } : undefined },
    // Of a kind without a measure, any size is worse than none.
    snooze: { sql: `state = 'snoozed', snoozed_until = $4, snoozed_size = case when $5 then coalesce(size, 0) end`, from: ['open', 'snoozed'], values: change.action === 'snooze' ? [change.until, change.worse === true] : [] },
    ignore: { sql: `state = 'ignored', reason = $4, ignored_until = $5`, from: ['open', 'snoozed'], values: change.action === 'ignore' ? [change.reason, change.until] : [] },
    reopen: { sql: `state = 'open', snoozed_until = null, snoozed_size = null, ignored_until = null, reason = null, resolved_at = null, good_since = null, opened_at = $4, escalation = 0,
      due_at = coalesce((select d.due_at from ${duesFrom(5)} where d.kind = exception.kind and d.severity = exception.severity), due_at)`, from: ['snoozed', 'ignored', 'resolved'], values: change.action === 'reopen' ? [at, ...duesAt(at, await timeZoneOf(tx, storeId))] : [] },
    resolve: { sql: `state = 'resolved', resolved_at = $4, held_until = null`, from: ['open', 'snoozed'], values: [at] },
    say: { sql: 'assigned_to = assigned_to', from: ['open', 'snoozed', 'ignored', 'resolved', 'grace'], values: [] },
  };
  const { sql, from, values, where } = set[change.action];
  const { rows } = await tx.query<{ exception_id: string; kind: string }>(`update exception set ${sql} where store_id = $1 and exception_id = any($2) and state = any($3) ${where?.sql ?? ''} returning exception_id, kind`, [storeId, all, from, ...values, ...(where ? [where.value] : [])]);
  const changed = rows.map((row) => row.exception_id).sort();
  const words: Record<CaseChange['action'], [ExceptionEvent['what'], string | null]> = {
    assign: ['assigned', change.action === 'assign' ? change.to ?? 'nobody' : null], snooze: ['snoozed', change.action === 'snooze' ? [change.until && `until ${change.until}`, change.worse && 'until it is worse'].filter(Boolean).join(' or ') : null],
    ignore: ['ignored', change.action === 'ignore' ? change.reason : null], reopen: ['reopened', null], resolve: ['resolved', change.action === 'resolve' ? change.said : null], say: ['said', change.action === 'say' ? change.said : null],
  };
  if (changed.length > 0) await note(tx, storeId, changed, words[change.action][0], by, words[change.action][1], at);
  const kinds = [...new Set(rows.map((row) => row.kind))];
  if (kinds.length > 0) await standAlone(tx, storeId, kinds);
  for (const kind of kinds) await closeStorm(tx, storeId, kind, at);
  return changed;
}

export interface Escalated { exception_id: string; kind: ExceptionKindName; escalation: number; subject: string }

/** What only time changes: graces that end, snoozes and mutes that are over, each with a clock of its own from then; and one more told where too much of the time is gone. */
export async function chase(db: Queryable, storeId: number, at: string, shares: readonly number[]): Promise<{ woken: number; escalated: Escalated[] }> {
  const timeZone = await timeZoneOf(db, storeId), dues = duesAt(at, timeZone);
  const woken = await db.query<{ kind: ExceptionKindName }>(
    `with over as (
       select exception_id, state as was, resolved_at as resolved_before, case when state = 'grace' and resolved_at is not null then greatest(1, severity - 1) else severity end as severity
       from exception where store_id = $1 and ((state = 'grace' and grace_until <= $2) or (state = 'snoozed' and snoozed_until <= $2) or (state = 'ignored' and ignored_until <= $2))
     ), woken as (
       update exception e set state = 'open', snoozed_until = null, snoozed_size = null, ignored_until = null, reason = null, opened_at = $2, escalation = 0, resolved_at = null, regressions = e.regressions + (o.was = 'grace' and o.resolved_before is not null)::int,
         severity = o.severity, due_at = coalesce((select d.due_at from ${duesFrom(3)} where d.kind = e.kind and d.severity = o.severity), e.due_at)
       from over o where e.store_id = $1 and e.exception_id = o.exception_id and e.state = o.was returning e.exception_id, e.kind, e.sentence, o.was, o.resolved_before
     ), told as (
       insert into exception_event (store_id, exception_id, at, what, by_whom, said)
       select $1, exception_id, $2, case when was <> 'grace' then 'woke' when resolved_before is not null then 'came back' else 'opened' end, 'check', sentence from woken order by exception_id
     ) select kind from woken`, [storeId, at, ...dues]);
  if (woken.rows.length > 0) await settleStorms(db, storeId, [...new Set(woken.rows.map((row) => row.kind))], at, dues);
  const { rows: escalated } = await db.query<Escalated>(
    `with late as (
       select e.exception_id, count(*)::int as level from exception e join ${duesFrom(3)} on d.kind = e.kind and d.severity = e.severity and e.due_at <= d.due_at
       where e.store_id = $1 and e.state = 'open' and e.parent_id is null group by e.exception_id
     ), raised as (
       update exception e set escalation = late.level from late where e.store_id = $1 and e.exception_id = late.exception_id and late.level > e.escalation returning e.exception_id, e.kind, e.escalation, e.subject
     ), told as (
       insert into exception_event (store_id, exception_id, at, what, by_whom, detail) select $1, exception_id, $2, 'escalated', 'check', jsonb_build_object('level', escalation) from raised order by exception_id
     ) select exception_id, kind, escalation::int, subject from raised`, [storeId, at, ...goneAt(at, timeZone, shares)]);
  return { woken: woken.rows.length, escalated };
}
