/** What people and checks did in a period, read from cases, the audit trail, back-ups and daily checks. Bounded: counts are of all, lists of the latest. */
import { ACT_GROUPS, groupOf, type Act, type BackupTried, type CasesOfKind, type PeriodActs } from '../domain/audit/period-acts.ts';
import { isTied } from '../domain/drift/verdict.ts';
import { verifyTrail } from './audit-trail.ts';
import type { Queryable } from './db.ts';

/** Acts of a group, drills and days that are listed; the counts are of all. */
const MOST = 200;

/** Instants of the first and behind the last day, of the shop's calendar. `$2`, `$3` are the days, `$1` the store. */
const BOUNDS = `with bounds as (select ($2::date)::timestamp at time zone time_zone as from_at, ($3::date + 1)::timestamp at time zone time_zone as to_at from store where store_id = $1)`;

/**
 * Of one store, but for acts, the trail, back-ups and migrations, which are of the whole installation. `fromDay` and `toDay` are days of the shop's calendar, the
 * last one included.
 */
export async function periodActs(db: Queryable, storeId: number, fromDay: string, toDay: string, versions: { instep: string; api: string }): Promise<PeriodActs> {
  const of = [storeId, fromDay, toDay], cases = await casesOf(db, of), drift = cases.find((each) => each.kind === 'STOCK_DRIFT');
  const { rows: [repairs] } = await db.query<{ repairs: number; reversed: number; units: number; automatic: number }>(
    `${BOUNDS} select count(*) filter (where r.settled_at >= b.from_at and r.settled_at < b.to_at and r.state <> 'refused')::int as repairs, count(*) filter (where r.reversed_at >= b.from_at and r.reversed_at < b.to_at)::int as reversed,
       coalesce(sum(r.units) filter (where r.settled_at >= b.from_at and r.settled_at < b.to_at and r.state <> 'refused'), 0)::int as units, count(*) filter (where r.settled_at >= b.from_at and r.settled_at < b.to_at and r.state <> 'refused' and r.automatic)::int as automatic
     from bounds b left join drift_repair r on r.store_id = $1`, of);
  const { rows: migrations } = await db.query<{ name: string; at: string }>(`${BOUNDS} select m.name, m.applied_at as at from migration m cross join bounds b where m.applied_at >= b.from_at and m.applied_at < b.to_at order by m.name`, of);
  return {
    checks: await checksOf(db, of),
    drift: { opened: drift?.opened ?? 0, closed: drift?.closed ?? 0, open: drift?.open ?? 0, repairs: repairs!.repairs, reversed: repairs!.reversed, units: repairs!.units, byPolicy: repairs!.automatic },
    cases, ...await actsOf(db, of), backups: await backupsOf(db, of), trail: await trailOf(db, of), versions: { ...versions, migrations },
  };
}

async function checksOf(db: Queryable, of: unknown[]): Promise<PeriodActs['checks']> {
  const { rows } = await db.query<{ day: string; verdict: string }>('select day::text, verdict from digest where store_id = $1 and day between $2::date and $3::date order by day', of), others = rows.filter(({ verdict }) => !isTied(verdict));
  return { days: rows.length, tied: rows.length - others.length, others: others.slice(-MOST) };
}

/** An opening lasts until the next closing of its case; what was opened before and not closed when the period ended is open. */
async function casesOf(db: Queryable, of: unknown[]): Promise<CasesOfKind[]> {
  const { rows } = await db.query<{ kind: string; opened: number; closed: number; open: number; median: number | null }>(
    `${BOUNDS}, turns as (
       select v.exception_id, v.at, v.what in ('opened', 'came back', 'reopened') as opens, v.what in ('opened', 'came back') as fresh,
         lag(v.what in ('opened', 'came back', 'reopened')) over turn as was_open, lag(v.at) over turn as since, lead(v.event_id) over turn is null as last
       from exception_event v cross join bounds b where v.store_id = $1 and v.at < b.to_at and v.what in ('opened', 'came back', 'reopened', 'resolved', 'ignored') window turn as (partition by v.exception_id order by v.event_id))
     select e.kind, count(*) filter (where t.fresh and t.at >= b.from_at)::int as opened, count(*) filter (where not t.opens and t.was_open and t.at >= b.from_at)::int as closed, count(*) filter (where t.opens and t.last)::int as open,
       percentile_cont(0.5) within group (order by extract(epoch from t.at - t.since)) filter (where not t.opens and t.was_open and t.at >= b.from_at) as median
     from turns t join exception e on e.store_id = $1 and e.exception_id = t.exception_id cross join bounds b group by 1 order by 1`, of);
  return rows.filter((row) => row.opened + row.closed + row.open > 0).map(({ kind, opened, closed, open, median }) => ({ kind, opened, closed, open, medianSeconds: median }));
}

async function actsOf(db: Queryable, of: unknown[]): Promise<Pick<PeriodActs, 'acts' | 'rest'>> {
  const { rows: counts } = await db.query<{ action: string; n: number }>(`${BOUNDS} select e.action, count(*)::int as n from audit_event e cross join bounds b where e.at >= b.from_at and e.at < b.to_at group by 1`, of);
  const by = new Map<string | null, { n: number; actions: string[] }>();
  for (const { action, n } of counts) { const group = groupOf(action), known = by.get(group); if (known) { known.n += n; known.actions.push(action); } else by.set(group, { n, actions: [action] }); }
  const acts: PeriodActs['acts'] = [];
  for (const { group, label } of ACT_GROUPS) {
    const counted = by.get(group);
    if (!counted) continue;
    const { rows } = await db.query<Omit<Act, 'auditId'> & { audit_id: string }>(
      `${BOUNDS} select e.audit_id, e.at, e.actor, e.action, e.subject, left(coalesce(e.after ->> 'reason', e.after ->> 'note', e.after ->> 'said', e.after ->> 'why'), 500) as why
       from audit_event e cross join bounds b where e.at >= b.from_at and e.at < b.to_at and e.action = any($4) order by e.audit_id desc limit $5`, [...of, counted.actions, MOST]);
    acts.push({ group, label, count: counted.n, acts: rows.map(({ audit_id: auditId, ...act }) => ({ auditId, ...act })) });
  }
  return { acts, rest: by.get(null)?.n ?? 0 };
}

async function backupsOf(db: Queryable, of: unknown[]): Promise<PeriodActs['backups']> {
  const { rows } = await db.query<BackupTried>(`${BOUNDS} select r.kind, r.finished_at as at, r.by_whom as by, r.file, r.ok, r.said from backup_run r cross join bounds b where r.finished_at >= b.from_at and r.finished_at < b.to_at order by r.backup_run_id desc limit 5000`, of);
  const made = rows.filter((run) => run.kind === 'back-up');
  return { backUps: made.filter((run) => run.ok).length, failed: made.filter((run) => !run.ok).length, drills: rows.filter((run) => run.kind !== 'back-up').slice(0, MOST) };
}

async function trailOf(db: Queryable, of: unknown[]): Promise<PeriodActs['trail']> {
  const { rows: [links] } = await db.query<{ first: string | null; last: string | null; entries: number }>(`${BOUNDS} select min(l.link) as first, max(l.link) as last, count(*)::int as entries from audit_event e join audit_link l using (audit_id) cross join bounds b where e.at >= b.from_at and e.at < b.to_at`, of);
  const { rows: [head] } = await db.query<{ head: string }>(`select encode(hash, 'hex') as head from audit_link where link = $1`, [links!.last]);
  return { ...links!, head: head?.head ?? null, broken: (await verifyTrail(db)).broken.map((each) => `${each.link === null ? `entry ${each.auditId}` : `link ${each.link}`}: ${each.fault}`) };
}
