/** Periods shared by address: who made one for whom, how long it may be read, and how often it was. */
import { createHash } from 'node:crypto';
import type { Queryable } from './db.ts';

export interface SharedPeriod { shared_period_id: string; from_day: string; to_day: string; shared_for: string; made_at: string; made_by: string; expires_at: string; ended_at: string | null; ended_by: string | null; opened: number; opened_at: string | null }
const COLUMNS = 'shared_period_id, from_day::text, to_day::text, shared_for, made_at, made_by, expires_at, ended_at, ended_by, opened, opened_at';

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
/** Shown of one period. */
const MOST = 50;

export async function sharePeriod(tx: Queryable, storeId: number, token: string, of: { from: string; to: string; sharedFor: string; until: string; at: string; by: string }): Promise<string> {
  return (await tx.query<{ id: string }>('insert into shared_period (store_id, from_day, to_day, token_hash, shared_for, made_at, made_by, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8) returning shared_period_id as id', [storeId, of.from, of.to, hashOf(token), of.sharedFor, of.at, of.by, of.until])).rows[0]!.id;
}

/** Newest first. */
export async function sharedPeriods(db: Queryable, storeId: number, from: string, to: string): Promise<SharedPeriod[]> {
  return (await db.query<SharedPeriod>(`select ${COLUMNS} from shared_period where store_id = $1 and from_day = $2 and to_day = $3 order by shared_period_id desc limit $4`, [storeId, from, to, MOST])).rows;
}

/** Null when there is none, or it was taken back before. */
export async function endShared(tx: Queryable, storeId: number, id: string, at: string, by: string): Promise<SharedPeriod | null> {
  return (await tx.query<SharedPeriod>(`update shared_period set ended_at = $3, ended_by = $4 where store_id = $1 and shared_period_id = $2 and ended_at is null returning ${COLUMNS}`, [storeId, id, at, by])).rows[0] ?? null;
}

/** The period an address opens now, counted as read; null when it is none, is over or was taken back: which of them, nobody is told. */
export async function openShared(db: Queryable, token: string, at: string): Promise<{ storeId: number; from: string; to: string } | null> {
  const { rows: [found] } = await db.query<{ store_id: number; from_day: string; to_day: string }>(
    'update shared_period set opened = opened + 1, opened_at = $2 where token_hash = $1 and ended_at is null and expires_at > $2 returning store_id, from_day::text, to_day::text', [hashOf(token), at]);
  return found ? { storeId: found.store_id, from: found.from_day, to: found.to_day } : null;
}
