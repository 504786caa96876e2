/** People, sessions and the one-time token that makes the first administrator. Only hashes of tokens are stored. */
import { handOver, NOBODY_YET } from './exception-people.ts';
import type { Queryable } from './db.ts';

export interface UserRow { user_id: number; email: string; name: string; role: string; /** Null until the invitation is used. */ password_hash: string | null; disabled_at: string | null }

export async function administratorExists(db: Queryable): Promise<boolean> {
  const { rowCount } = await db.query(`select from app_user where role = 'admin' and disabled_at is null limit 1`);
  return (rowCount ?? 0) > 0;
}

export async function saveSetupToken(db: Queryable, hash: Buffer, expiresAt: string): Promise<void> {
  await db.query('delete from setup_token');
  await db.query('insert into setup_token values ($1, $2)', [hash, expiresAt]);
}

/** Uses the token up and makes the administrator; null when the token is wrong, used or too old, or an administrator exists already. */
export async function createFirstAdministrator(tx: Queryable, hash: Buffer, user: { email: string; name: string; passwordHash: string }, now: string): Promise<number | null> {
  await tx.query('lock table app_user in share row exclusive mode');
  if (await administratorExists(tx)) return null;
  const used = await tx.query('delete from setup_token where token_hash = $1 and expires_at > $2', [hash, now]);
  if (used.rowCount !== 1) return null;
  const { rows } = await tx.query<{ user_id: number }>(
    `insert into app_user (email, name, role, password_hash, created_at) values (lower($1), $2, 'admin', $3, $4) returning user_id`, [user.email, user.name, user.passwordHash, now]);
  await handOver(tx, NOBODY_YET, user.email.toLowerCase(), now);
  await ownWhatWaits(tx, user.email.toLowerCase());
  return rows[0]!.user_id;
}

/** What was made at the machine before there were accounts and may still wait for a second person is the first administrator's, who held the token printed there: the same hands do not approve it. */
async function ownWhatWaits(tx: Queryable, email: string): Promise<void> {
  await tx.query(`update purchase_order set made_by = array_append(made_by, $2) where $1 = any(made_by) and state not in ('closed', 'cancelled')`, [NOBODY_YET, email]);
  await tx.query(`update drift_repair set proposed_by = $2 where proposed_by = $1 and state = 'waits for approval'`, [NOBODY_YET, email]);
  await tx.query(`update match_request set asked_by = $2 where asked_by = $1 and state = 'waits'`, [NOBODY_YET, email]);
  await tx.query(`update stock_count set created_by = $2 where created_by = $1 and state in ('open', 'submitted')`, [NOBODY_YET, email]);
}

export async function findUserByEmail(db: Queryable, email: string): Promise<UserRow | null> {
  return (await db.query<UserRow>('select * from app_user where email = lower($1) and disabled_at is null', [email])).rows[0] ?? null;
}

export async function saveSession(db: Queryable, hash: Buffer, userId: number, now: string, expiresAt: string): Promise<void> {
  await db.query('insert into app_session values ($1, $2, $3, $3, $4)', [hash, userId, now, expiresAt]);
}

/** The user of a live session; a session idle for 12 hours is over. */
export async function findSession(db: Queryable, hash: Buffer, now: string): Promise<UserRow | null> {
  const { rows } = await db.query<UserRow>(
    `with live as (update app_session set last_seen = $2 where token_hash = $1 and expires_at > $2 and last_seen > $2::timestamptz - interval '12 hours' returning user_id)
     select u.* from live join app_user u using (user_id) where u.disabled_at is null`, [hash, now]);
  return rows[0] ?? null;
}

export async function endSession(db: Queryable, hash: Buffer): Promise<void> {
  await db.query('delete from app_session where token_hash = $1', [hash]);
}

/** Failed sign-ins of an account or address in the last 15 minutes. */
export async function recentFailures(db: Queryable, account: string, now: string): Promise<number> {
  const { rows } = await db.query<{ n: number }>(`select count(*)::int as n from login_failure where account = $1 and at > $2::timestamptz - interval '15 minutes'`, [account, now]);
  return rows[0]!.n;
}

export async function noteFailure(db: Queryable, account: string, now: string): Promise<void> {
  await db.query('insert into login_failure values ($1, $2)', [account, now]);
  await db.query(`delete from login_failure where at < $1::timestamptz - interval '1 day'`, [now]);
}

export async function audit(db: Queryable, entry: { at: string; actor: string; action: string; subject: string; before?: unknown; after?: unknown }): Promise<void> {
  await db.query('insert into audit_event (at, actor, action, subject, before, after) values ($1, $2, $3, $4, $5, $6)',
    [entry.at, entry.actor, entry.action, entry.subject, entry.before === undefined ? null : JSON.stringify(entry.before), entry.after === undefined ? null : JSON.stringify(entry.after)]);
}
