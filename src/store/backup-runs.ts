/** What was backed up, tried and restored; when it is late; how late it may be. Of the whole installation, not of a store. */
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import type { Queryable } from './db.ts';
import { shelfFaults } from './shelf.ts';
import { ledgerFaults } from './ledger.ts';
import { verifySigned } from './signed-periods.ts';
import { listStores } from './stores.ts';
import { verifyTrail } from './audit-trail.ts';
import { audit } from './users.ts';

export interface BackupRun { kind: 'back-up' | 'drill' | 'restore'; startedAt: string; finishedAt: string; by: string; file: string; madeAt: string | null; ok: boolean; bytes: number | null; tables: number | null; rows: number | null; said: string }

/** Writes a run down, in the list and in the audit trail. False where the database is older than the list: a back-up before an upgrade. */
export async function saveBackupRun(tx: Queryable, run: BackupRun): Promise<boolean> {
  const { rows: [there] } = await tx.query<{ there: boolean }>(`select to_regclass('public.backup_run') is not null as there`);
  if (!there!.there) return false;
  await tx.query('insert into backup_run (kind, started_at, finished_at, by_whom, file, made_at, ok, bytes, tables, row_count, said) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)',
    [run.kind, run.startedAt, run.finishedAt, run.by, run.file, run.madeAt, run.ok, run.bytes, run.tables, run.rows, run.said.slice(0, 1_000)]);
  await audit(tx, { at: run.finishedAt, actor: run.by, action: `${run.kind}${run.ok ? '' : ' failed'}`, subject: run.file, after: { madeAt: run.madeAt, bytes: run.bytes, rows: run.rows, said: run.said.slice(0, 1_000) } });
  return true;
}

export interface BackupRunRow { backup_run_id: string; kind: BackupRun['kind']; started_at: string; finished_at: string; by_whom: string; file: string; made_at: string | null; ok: boolean; bytes: string | null; tables: number | null; row_count: string | null; said: string }

export async function backupRuns(db: Queryable, limit: number): Promise<BackupRunRow[]> {
  return (await db.query<BackupRunRow>('select * from backup_run where org_id = 1 order by backup_run_id desc limit $1', [limit])).rows;
}

export interface BackupWatch { watched: boolean; backup_hours: number; drill_days: number; said: string; updated_at: string | null; updated_by: string | null }

export async function backupWatch(db: Queryable): Promise<BackupWatch> {
  return (await db.query<BackupWatch>('select watched, backup_hours, drill_days, said, updated_at, updated_by from backup_watch where org_id = 1')).rows[0]!;
}

export async function changeBackupWatch(tx: Queryable, to: { watched: boolean; backupHours: number; drillDays: number; said: string }, by: string, now: string): Promise<void> {
  const before = await backupWatch(tx);
  await tx.query('update backup_watch set watched = $1, backup_hours = $2, drill_days = $3, said = $4, updated_at = $5, updated_by = $6 where org_id = 1', [to.watched, to.backupHours, to.drillDays, to.said, now, by]);
  await audit(tx, { at: now, actor: by, action: 'back-up watch changed', subject: to.watched ? `${to.backupHours} hours, ${to.drillDays} days` : 'not watched', before: { watched: before.watched, backupHours: before.backup_hours, drillDays: before.drill_days, said: before.said }, after: to });
}

export interface BackupState { watch: BackupWatch; lastBackup: string | null; /** A restore proves as much as a drill. */ lastDrill: string | null; since: string; late: RaisedException[] }

/** The last of each, and what is late. Counted from the first shop where there was none yet. */
export async function backupState(db: Queryable, now: string): Promise<BackupState> {
  const watch = await backupWatch(db);
  const { rows: [last] } = await db.query<{ backup: string | null; drill: string | null; since: string }>(
    `select (select max(finished_at) from backup_run where org_id = 1 and kind = 'back-up' and ok) as backup, (select max(finished_at) from backup_run where org_id = 1 and kind in ('drill', 'restore') and ok) as drill, coalesce((select min(created_at) from store), $1::timestamptz) as since`, [now]);
  const hours = (from: string): number => (Date.parse(now) - Date.parse(from)) / 3_600_000, backup = hours(last!.backup ?? last!.since), drill = hours(last!.drill ?? last!.since), late: RaisedException[] = [];
  if (watch.watched && backup > watch.backup_hours) {
    late.push({ kind: 'BACKUP_OR_DRILL_LATE', key: 'back-up', subject: 'Back-up', size: Math.floor(backup), evidence: { last: last!.backup, allowedHours: watch.backup_hours },
      sentence: last!.backup === null ? `Nothing was backed up since the first shop was connected, ${Math.floor(backup)} hours ago; at most ${watch.backup_hours} are allowed.` : `The last back-up is ${Math.floor(backup)} hours old; at most ${watch.backup_hours} are allowed.` });
  }
  if (watch.watched && drill > watch.drill_days * 24) {
    late.push({ kind: 'BACKUP_OR_DRILL_LATE', key: 'drill', subject: 'Restore drill', size: Math.floor(drill / 24), evidence: { last: last!.drill, allowedDays: watch.drill_days },
      sentence: last!.drill === null ? `No back-up was ever tried by restoring it, in ${Math.floor(drill / 24)} days; at most ${watch.drill_days} are allowed.` : `A back-up was last tried by restoring it ${Math.floor(drill / 24)} days ago; at most ${watch.drill_days} are allowed.` });
  }
  return { watch, lastBackup: last!.backup, lastDrill: last!.drill, since: last!.since, late };
}

export interface Verified { stores: number; movements: string; links: number; faults: string[] }

/** What a restored database must satisfy, whatever its rows: balances are the fold of the ledger, shelves of their counts, and both chains hold. */
export async function verifyRestored(db: Queryable): Promise<Verified> {
  const faults: string[] = [], stores = await listStores(db);
  for (const store of stores) {
    const folded = await ledgerFaults(db, store.store_id), signed = await verifySigned(db, store.store_id);
    if (folded.length > 0) faults.push(`${store.name}: ${folded.length === 100 ? '100 or more' : folded.length} balances are not the fold of the ledger`);
    for (const { subject, fault } of signed.broken) faults.push(`${store.name}: the signed period ${subject} does not hold: ${fault}`);
  }
  const shelves = await shelfFaults(db), trail = await verifyTrail(db), { rows: [movements] } = await db.query<{ n: string }>('select count(*) as n from movement');
  if (shelves.length > 0) faults.push(`${shelves.length === 100 ? '100 or more' : shelves.length} shelves are not their counts and changes`);
  for (const { link, auditId, fault } of trail.broken) faults.push(`audit trail, ${link === null ? `entry ${auditId}` : `link ${link}`}: ${fault}`);
  return { stores: stores.length, movements: movements!.n, links: trail.links, faults };
}
