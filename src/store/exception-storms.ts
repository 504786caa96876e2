/**
 * Storms: more than twenty cases of a kind within ten minutes become one to look at. A gathered case is where its storm is: open with an open one, snoozed or ignored
 * with one that is. One that goes another way (it wakes, somebody puts it off) stands alone, so that no case is hidden behind one that nobody sees.
 */
import { STORM } from '../domain/exceptions/clock.ts';
import { kindOf, type ExceptionKindName } from '../domain/exceptions/catalogue.ts';
import type { Queryable } from './db.ts';
import { duesFrom, type Dues } from './exception-clock.ts';

/** The fingerprint of the parent of a storm. */
const stormOf = (kind: string): string => `${kind}:storm`;

/** Cases of these kinds have opened, woken or become more urgent: storms that sleep wake where that makes them worse, what woke alone stands alone, new ones gather. */
export async function settleStorms(db: Queryable, storeId: number, kinds: readonly ExceptionKindName[], at: string, dues: Dues): Promise<void> {
  await asUrgentAsTheirCases(db, storeId, kinds, at, dues);
  await standAlone(db, storeId, kinds);
  if (await gather(db, storeId, kinds, at, dues)) await asUrgentAsTheirCases(db, storeId, kinds, at, dues);
}

/** Gathered cases that are not where their storm is stand alone from now on. */
export async function standAlone(db: Queryable, storeId: number, kinds: readonly string[]): Promise<void> {
  await db.query(
    `update exception c set parent_id = null from exception p where c.store_id = $1 and c.kind = any($2) and c.parent_id is not null and c.state in ('open', 'snoozed', 'ignored')
       and p.store_id = c.store_id and p.exception_id = c.parent_id and p.state <> c.state`, [storeId, kinds]);
}

/** A storm is over when none of its cases is left. */
export async function closeStorm(db: Queryable, storeId: number, kind: string, at: string): Promise<void> {
  await db.query(
    `with over as (
       update exception p set state = 'resolved', resolved_at = $3 where p.store_id = $1 and p.fingerprint = $2 and p.state in ('open', 'snoozed', 'ignored')
         and not exists (select from exception c where c.store_id = p.store_id and c.parent_id = p.exception_id and c.state in ('open', 'snoozed', 'ignored')) returning exception_id)
     insert into exception_event (store_id, exception_id, at, what, by_whom) select $1, exception_id, $3, 'resolved', 'check' from over`, [storeId, stormOf(kind), at]);
}

/** Its cases are told of by it alone: when one of them becomes more urgent, it does, with the shorter time, and its owner is told again; one that was snoozed wakes. */
async function asUrgentAsTheirCases(db: Queryable, storeId: number, kinds: readonly ExceptionKindName[], at: string, dues: Dues): Promise<void> {
  const { rows } = await db.query<{ id: string }>(
    `with worse as (
       select p.exception_id, min(c.severity)::int as severity, min(c.due_at) as due_at from exception p join exception c on c.store_id = p.store_id and c.parent_id = p.exception_id and c.state = 'open'
       where p.store_id = $1 and p.fingerprint = any($2) and p.state in ('open', 'snoozed') group by p.exception_id, p.severity having min(c.severity) < p.severity
     ), done as (
       update exception p set severity = w.severity, due_at = least(p.due_at, w.due_at) from worse w where p.store_id = $1 and p.exception_id = w.exception_id returning p.exception_id, p.severity, p.state
     ), told as (
       insert into exception_event (store_id, exception_id, at, what, by_whom, said, detail)
       select $1, exception_id, $3, 'escalated', 'check', 'One of these cases is more urgent than all of them were.', jsonb_build_object('level', 1, 'severity', severity) from done where state = 'open' order by exception_id
     ) select exception_id as id from done where state = 'snoozed'`, [storeId, kinds.map(stormOf), at]);
  if (rows.length > 0) await wake(db, storeId, rows.map((row) => row.id), at, dues);
}

/** Storms that were snoozed are there again, with a clock of their own, and with the cases that were snoozed along. */
async function wake(db: Queryable, storeId: number, ids: readonly string[], at: string, dues: Dues): Promise<void> {
  await db.query(
    `with slept as (
       select exception_id, snoozed_until from exception where store_id = $1 and exception_id = any($2)
     ), woken as (
       update exception e set state = 'open', opened_at = $3, escalation = 0, snoozed_until = null, snoozed_size = null,
         due_at = coalesce((select d.due_at from ${duesFrom(4)} where d.kind = e.kind and d.severity = e.severity), e.due_at)
       from slept s where e.store_id = $1 and (e.exception_id = s.exception_id or (e.parent_id = s.exception_id and e.state = 'snoozed' and e.snoozed_until is not distinct from s.snoozed_until)) returning e.exception_id, e.sentence
     )
     insert into exception_event (store_id, exception_id, at, what, by_whom, said) select $1, exception_id, $3, 'woke', 'check', sentence from woken order by exception_id`, [storeId, ids, at, ...dues]);
}

interface Newcomers { kind: ExceptionKindName; n: number; ids: string[]; severity: number; due_at: string; parent: string | null; parent_state: string | null; snoozed_size: number | null; children: number }

/**
 * Cases that opened within minutes become a storm, or join the one that is open; one snoozed until it is worse is worse by them, wakes and takes them in. One that is
 * snoozed until a time, or ignored, takes none: they are seen alone, and where they are enough for a storm it begins anew with them, without those put off with
 * it before. Answers whether any was gathered.
 */
async function gather(db: Queryable, storeId: number, kinds: readonly ExceptionKindName[], at: string, dues: Dues): Promise<boolean> {
  const { rows } = await db.query<Newcomers>(
    `select e.kind, count(*)::int as n, array_agg(e.exception_id order by e.exception_id) as ids, min(e.severity)::int as severity, min(e.due_at) as due_at, p.exception_id as parent, p.state as parent_state, p.snoozed_size,
       (select count(*)::int from exception c where c.store_id = $1 and c.parent_id = p.exception_id and c.state in ('open', 'snoozed', 'ignored')) as children
     from exception e left join exception p on p.store_id = e.store_id and p.fingerprint = e.kind || ':storm' and p.state <> 'resolved'
     where e.store_id = $1 and e.kind = any($2) and e.state = 'open' and e.parent_id is null and e.fingerprint <> e.kind || ':storm' and e.opened_at > $3::timestamptz - interval '${STORM.minutes} minutes'
     group by e.kind, p.store_id, p.exception_id`, [storeId, kinds, at]);
  let gathered = false;
  for (const row of rows) {
    const grows = row.parent_state === 'snoozed' && row.snoozed_size !== null && row.children + row.n > row.snoozed_size, joins = row.parent_state === 'open' || grows;
    if (!joins && row.n <= STORM.cases) continue;
    gathered = true;
    if (grows) await wake(db, storeId, [row.parent!], at, dues);
    if (!joins && row.parent !== null) await db.query('update exception set parent_id = null where store_id = $1 and parent_id = $2', [storeId, row.parent]);
    await take(db, storeId, row, joins, at);
  }
  return gathered;
}

/** The newcomers into the storm; one that does not go on (`joins`) begins with them. */
async function take(db: Queryable, storeId: number, row: Newcomers, joins: boolean, at: string): Promise<void> {
  const all = row.n + (joins ? row.children : 0), sentence = `${all} cases of this kind opened within minutes of each other. One cause is likely: look for what happened to all of them before going through each.`;
  const { rows: [parent] } = await db.query<{ exception_id: string }>(
    `insert into exception as e (store_id, kind, fingerprint, severity, owner, subject, sentence, evidence, first_seen, last_seen, due_at, size, state, opened_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, 'open', $9)
     on conflict (store_id, fingerprint) do update set last_seen = excluded.last_seen, occurrences = e.occurrences + 1, subject = excluded.subject, sentence = excluded.sentence, evidence = excluded.evidence, size = excluded.size,
       opened_at = case when $12 then e.opened_at else excluded.opened_at end, due_at = case when $12 then e.due_at else excluded.due_at end, escalation = case when $12 then e.escalation else 0 end, severity = case when $12 then e.severity else excluded.severity end,
       state = 'open', resolved_at = null, snoozed_until = null, snoozed_size = null, ignored_until = null, reason = null
     returning exception_id`,
    [storeId, row.kind, stormOf(row.kind), row.severity, kindOf(row.kind).owner, `${all} cases at once`, sentence, JSON.stringify({ cases: all }), at, row.due_at, all, joins]);
  // Who opened this very moment was never there alone; who did before is gathered by now.
  await db.query(
    `with mine as (
       update exception set parent_id = $3 where store_id = $1 and exception_id = any($2) returning exception_id
     ), same as (
       update exception_event set what = 'gathered' where not $6 and store_id = $1 and exception_id = any($2) and what = 'opened' and at = $4 returning exception_id
     )
     insert into exception_event (store_id, exception_id, at, what, by_whom, said)
     select $1, exception_id, $4, 'gathered', 'check', case when $6 then null else $5 end from mine where exception_id not in (select exception_id from same)
     union all select $1, $3, $4, $7, 'check', $5 where not $6 order by 2`,
    [storeId, row.ids, parent!.exception_id, at, sentence, joins, row.parent === null ? 'opened' : 'woke']);
}
