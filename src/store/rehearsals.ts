/** Rehearsals of a peak: one at a time for a store, the last of them kept with their reports. */
import type { Rehearsal } from '../domain/push/rehearsal.ts';
import type { Queryable } from './db.ts';

export interface RehearsalRow {
  peak_rehearsal_id: string; times: number; minutes: number; asked_at: string; asked_by: string; started_at: string | null; stop_asked_by: string | null;
  ended_at: string | null; passed: boolean | null; failed_rules: string[]; reached_per_minute: number | null; said: string | null; report: string | null;
}

const KEPT = 50;

/** Asks for one; null when one waits or runs already. */
export async function askRehearsal(db: Queryable, storeId: number, { times, minutes }: { times: number; minutes: number }, by: string, now: string): Promise<string | null> {
  const { rows } = await db.query<{ id: string }>(
    'insert into peak_rehearsal (store_id, times, minutes, asked_at, asked_by) values ($1, $2, $3, $4, $5) on conflict (store_id) where ended_at is null do nothing returning peak_rehearsal_id as id', [storeId, times, minutes, now, by]);
  return rows[0]?.id ?? null;
}

/** The one that waits, begun now. `cutOff`: it was running in a process that died, and cannot be judged any more. */
export async function beginRehearsal(db: Queryable, storeId: number, now: string): Promise<(RehearsalRow & { cutOff: boolean }) | null> {
  const { rows } = await db.query<RehearsalRow & { cutOff: boolean }>(
    `update peak_rehearsal r set started_at = coalesce(r.started_at, $2) from (select peak_rehearsal_id, started_at is not null as "cutOff" from peak_rehearsal where store_id = $1 and ended_at is null) b
     where r.store_id = $1 and r.peak_rehearsal_id = b.peak_rehearsal_id returning r.*, b."cutOff"`, [storeId, now]);
  return rows[0] ?? null;
}

/** Asks the one that waits or runs to end; false when it is over. */
export async function stopRehearsal(db: Queryable, storeId: number, id: string, by: string): Promise<boolean> {
  return (await db.query('update peak_rehearsal set stop_asked_by = $3 where store_id = $1 and peak_rehearsal_id = $2 and ended_at is null', [storeId, id, by])).rowCount === 1;
}

export async function stopAskedBy(db: Queryable, storeId: number, id: string): Promise<string | null> {
  return (await db.query<{ by: string | null }>('select stop_asked_by as by from peak_rehearsal where store_id = $1 and peak_rehearsal_id = $2', [storeId, id])).rows[0]?.by ?? null;
}

export async function endRehearsal(db: Queryable, storeId: number, id: string, end: { result: Rehearsal; report: string } | { said: string }, now: string): Promise<void> {
  const judged = 'result' in end ? end : null;
  await db.query(
    `update peak_rehearsal set ended_at = $3, passed = $4, failed_rules = $5, reached_per_minute = $6, report = $7, said = $8 where store_id = $1 and peak_rehearsal_id = $2 and ended_at is null`,
    [storeId, id, now, judged?.result.passed ?? null, judged?.result.rules.filter((rule) => !rule.passed).map((rule) => rule.label) ?? [], judged?.result.reachedPerMinute ?? null, judged?.report ?? null, 'said' in end ? end.said.slice(0, 500) : null]);
  await db.query('delete from peak_rehearsal where store_id = $1 and peak_rehearsal_id in (select peak_rehearsal_id from peak_rehearsal where store_id = $1 and ended_at is not null order by peak_rehearsal_id desc offset $2)', [storeId, KEPT]);
}

/** Newest first. */
export async function listRehearsals(db: Queryable, storeId: number, limit: number): Promise<RehearsalRow[]> {
  return (await db.query<RehearsalRow>('select * from peak_rehearsal where store_id = $1 order by peak_rehearsal_id desc limit $2', [storeId, limit])).rows;
}

export async function findRehearsal(db: Queryable, storeId: number, id: string): Promise<RehearsalRow | null> {
  return (await db.query<RehearsalRow>('select * from peak_rehearsal where store_id = $1 and peak_rehearsal_id = $2', [storeId, id])).rows[0] ?? null;
}
