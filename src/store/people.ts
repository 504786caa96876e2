/** Accounts: who may sign in, as what, and the links that let them set a password. Sessions and the first administrator are in users.ts. */
import type { Queryable } from './db.ts';

export interface PersonRow { user_id: number; email: string; name: string; role: string; created_at: string; disabled_at: string | null; last_seen: string | null; sessions: number; invite_until: string | null; has_password: boolean }

const PEOPLE = `select u.user_id, u.email, u.name, u.role, u.created_at, u.disabled_at, s.last_seen, coalesce(s.open, 0)::int as sessions, i.expires_at as invite_until, u.password_hash is not null as has_password
  from app_user u left join user_invitation i using (user_id)
    left join lateral (select max(last_seen) as last_seen, count(*) filter (where expires_at > $1 and last_seen > $1::timestamptz - interval '12 hours') as open from app_session where user_id = u.user_id) s on true`;

/** Everybody, those who may sign in first. */
export async function listPeople(db: Queryable, now: string): Promise<PersonRow[]> {
  return (await db.query<PersonRow>(`${PEOPLE} order by u.disabled_at is not null, u.name, u.user_id limit 1000`, [now])).rows;
}

export async function findPerson(db: Queryable, userId: number, now: string): Promise<PersonRow | null> {
  return (await db.query<PersonRow>(`${PEOPLE} where u.user_id = $2`, [now, userId])).rows[0] ?? null;
}

/** A new account without a password; null when the address has one already. */
export async function addPerson(tx: Queryable, person: { email: string; name: string; role: string }, now: string): Promise<number | null> {
  const { rows } = await tx.query<{ user_id: number }>('insert into app_user (email, name, role, created_at) values (lower($1), $2, $3, $4) on conflict (email) do nothing returning user_id', [person.email, person.name, person.role, now]);
  return rows[0]?.user_id ?? null;
}

/** The link given last is the one that works. */
export async function invite(tx: Queryable, userId: number, hash: Buffer, expiresAt: string): Promise<void> {
  await tx.query('insert into user_invitation values ($1, $2, $3) on conflict (user_id) do update set token_hash = excluded.token_hash, expires_at = excluded.expires_at', [hash, userId, expiresAt]);
}

/** Uses a link up: the password is set and every session of before is over. Null when the link is wrong, used, too old, or of a disabled account. */
export async function acceptInvitation(tx: Queryable, hash: Buffer, passwordHash: string, now: string): Promise<{ user_id: number; email: string } | null> {
  const { rows: [found] } = await tx.query<{ user_id: number }>('delete from user_invitation where token_hash = $1 and expires_at > $2 returning user_id', [hash, now]);
  return found ? setPassword(tx, found.user_id, passwordHash) : null;
}

export async function setPassword(tx: Queryable, userId: number, passwordHash: string): Promise<{ user_id: number; email: string } | null> {
  const { rows: [user] } = await tx.query<{ user_id: number; email: string }>('update app_user set password_hash = $2 where user_id = $1 and disabled_at is null returning user_id, email', [userId, passwordHash]);
  if (user) await endSessions(tx, userId);
  return user ?? null;
}

/** Ends every session of somebody. Answers how many. */
export async function endSessions(tx: Queryable, userId: number): Promise<number> {
  return (await tx.query('delete from app_session where user_id = $1', [userId])).rowCount ?? 0;
}

/**
 * Another name or role, shut out or let in again. Whoever is shut out or given another role must sign in anew. Refuses to leave the installation without an
 * administrator who can sign in: then nothing is changed and the answer is false.
 */
export async function changePerson(tx: Queryable, userId: number, to: { name: string; role: string; disabled: boolean }, now: string): Promise<boolean> {
  await tx.query('lock table app_user in share row exclusive mode');
  const { rows: [left] } = await tx.query<{ n: number }>(`select count(*)::int as n from app_user where role = 'admin' and disabled_at is null and password_hash is not null and user_id <> $1`, [userId]);
  const { rows: [was] } = await tx.query<{ role: string; disabled_at: string | null; password_hash: string | null }>('select role, disabled_at, password_hash from app_user where user_id = $1', [userId]);
  if (!was) return false;
  const wasAdmin = was.role === 'admin' && was.disabled_at === null && was.password_hash !== null;
  if (wasAdmin && left!.n === 0 && (to.role !== 'admin' || to.disabled)) return false;
  await tx.query('update app_user set name = $2, role = $3, disabled_at = case when $4 then coalesce(disabled_at, $5::timestamptz) end where user_id = $1', [userId, to.name, to.role, to.disabled, now]);
  if (to.disabled) await tx.query('delete from user_invitation where user_id = $1', [userId]);
  if (to.disabled || to.role !== was.role) await endSessions(tx, userId);
  return true;
}
