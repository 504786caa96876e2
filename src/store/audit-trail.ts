/** The audit trail as people read it, and whether its chain holds (0027_audit_chain_and_people.sql). Entries are written by `audit` in users.ts. */
import type { Queryable } from './db.ts';

export interface TrailRow { audit_id: string; at: string; actor: string; action: string; subject: string; before: unknown; after: unknown; link: string; hash: string }
export interface TrailFilter { q?: string | undefined; actor?: string | undefined; /** The act, or how it begins. */ action?: string | undefined; /** Instants; `to` is not included. */ from?: string | undefined; to?: string | undefined; /** The last entry of the page before. */ before?: string | undefined; limit: number }

/** Newest first. */
export async function trailPage(db: Queryable, filter: TrailFilter): Promise<TrailRow[]> {
  const values: unknown[] = [filter.limit], wheres: string[] = [];
  const where = (condition: (place: string) => string, value: unknown): void => { if (value !== undefined) wheres.push(condition(`$${values.push(value)}`)); };
  where((v) => `e.actor = ${v}`, filter.actor);
  where((v) => `starts_with(e.action, ${v})`, filter.action);
  where((v) => `e.at >= ${v}`, filter.from);
  where((v) => `e.at < ${v}`, filter.to);
  where((v) => `e.audit_id < ${v}`, filter.before);
  for (const word of filter.q?.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 8) ?? []) where((v) => `position(${v} in lower(concat_ws(' ', e.actor, e.action, e.subject, e.before::text, e.after::text))) > 0`, word);
  const { rows } = await db.query<TrailRow>(
    `select e.audit_id, e.at, e.actor, e.action, e.subject, e.before, e.after, l.link, encode(l.hash, 'hex') as hash from audit_event e join audit_link l using (audit_id)
     ${wheres.length > 0 ? `where ${wheres.join(' and ')}` : ''} order by e.audit_id desc limit $1`, values);
  return rows;
}

/** Who acted, and what was done, for the filters of the page. */
export async function trailWords(db: Queryable): Promise<{ actors: string[]; actions: string[] }> {
  const { rows: [words] } = await db.query<{ actors: string[] | null; actions: string[] | null }>(
    `select (select array_agg(actor order by actor) from (select distinct actor from audit_event limit 500) a) as actors, (select array_agg(action order by action) from (select distinct action from audit_event limit 500) a) as actions`);
  return { actors: words!.actors ?? [], actions: words!.actions ?? [] };
}

export type TrailFault = 'it is not what was written' | 'entries before it are gone' | 'it was written past the chain' | 'the trail was cut off after it was sealed';
/** `link` is null for an entry without one. `found` names what is there now, so that another change is another fault. */
export interface BrokenEntry { link: string | null; auditId: string | null; fault: TrailFault; found: string }
export interface Trail { links: number; /** Hash of the last link, as hex; '' for an empty trail. */ head: string; broken: BrokenEntry[] }

/** Most faults that are named: the first says when it began. */
const MOST_FAULTS = 20;

/** Works every link out again, in one pass by link, and looks for entries without a link and for seals that the trail does not reach. */
export async function verifyTrail(db: Queryable): Promise<Trail> {
  const { rows: broken } = await db.query<{ link: string | null; audit_id: string | null; fault: TrailFault; found: string }>(
    `with chain as (select l.link, l.audit_id, l.hash, coalesce(lag(l.link) over before, 0) as before_link, lag(l.hash) over before as before_hash from audit_link l window before as (order by l.link)),
       worked as (select c.*, audit_hash(c.link, c.before_hash, e) as own from chain c left join audit_event e using (audit_id))
     select * from (
       (select link, audit_id, 'it is not what was written' as fault, coalesce(encode(own, 'hex'), 'gone') as found from worked where own is distinct from hash and before_link = link - 1 order by link limit ${MOST_FAULTS})
       union all (select link, audit_id, 'entries before it are gone', before_link::text from chain where before_link <> link - 1 order by link limit ${MOST_FAULTS})
       union all (select null, e.audit_id, 'it was written past the chain', e.audit_id::text from audit_event e where not exists (select from audit_link l where l.audit_id = e.audit_id) order by e.audit_id limit ${MOST_FAULTS})
       union all (select s.link, null, 'the trail was cut off after it was sealed', encode(s.hash, 'hex') from audit_seal s where not exists (select from audit_link l where l.link = s.link and l.hash = s.hash) order by s.link limit ${MOST_FAULTS})
     ) faults order by link nulls last, audit_id limit ${MOST_FAULTS}`);
  const { rows: [last] } = await db.query<{ links: number; head: string }>(`select count(*)::int as links, coalesce((select encode(hash, 'hex') from audit_link order by link desc limit 1), '') as head from audit_link`);
  return { links: last!.links, head: last!.head, broken: broken.map((row) => ({ link: row.link, auditId: row.audit_id, fault: row.fault, found: row.found })) };
}

/** Hash of the last link, as hex; '' for an empty trail. */
export async function trailHead(db: Queryable): Promise<string> {
  return (await db.query<{ head: string }>(`select encode(hash, 'hex') as head from audit_link order by link desc limit 1`)).rows[0]?.head ?? '';
}

/** Keeps the last link as it is now told to people: what is cut off afterwards is missed. */
export async function sealTrail(db: Queryable, now: string): Promise<void> {
  await db.query('insert into audit_seal select link, hash, $1 from audit_link order by link desc limit 1 on conflict do nothing', [now]);
}
