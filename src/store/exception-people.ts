/** Whom a case can be given to, and how much each of them has already. */
import type { Queryable } from './db.ts';
import { COUNTS } from './exceptions.ts';

export interface CarerRow { email: string; name: string; /** Null: no account of this installation any more, or never one. */ role: string | null; may: boolean; open: number }

/**
 * Everybody who can be given a case (an account that is not shut out), and those who have open ones though they cannot: their cases want somebody else.
 * `open`: open cases of the store, those of a storm counted once.
 */
export async function listCarers(db: Queryable, storeId: number): Promise<CarerRow[]> {
  return (await db.query<CarerRow>(
    `with has as (select assigned_to, count(*)::int as open from exception where store_id = $1 and state = 'open' and ${COUNTS} and assigned_to is not null group by 1)
     select coalesce(u.email, has.assigned_to) as email, coalesce(u.name, has.assigned_to) as name, u.role, coalesce(u.disabled_at is null and u.email is not null, false) as may, coalesce(has.open, 0) as open
     from app_user u full join has on has.assigned_to = u.email where u.disabled_at is null and u.email is not null or has.open > 0 order by 2, 1 limit 1000`, [storeId])).rows;
}

/** As whom people work while there are no accounts. */
export const NOBODY_YET = 'operator';

/** Whatever is assigned to one is assigned to another, in every store, and each case's history says so; what is resolved stays whose it was. */
export async function handOver(tx: Queryable, from: string, to: string, at: string): Promise<void> {
  await tx.query(
    `with given as (update exception set assigned_to = $2 where assigned_to = $1 and state <> 'resolved' returning store_id, exception_id)
     insert into exception_event (store_id, exception_id, at, what, by_whom, said) select store_id, exception_id, $3, 'assigned', $1, $2 from given order by store_id, exception_id`, [from, to, at]);
}

/** Whether a case can be given to `email`: an account that is not shut out. While there are no accounts, any name is taken. */
export async function canCare(db: Queryable, email: string): Promise<boolean> {
  const { rows: [found] } = await db.query<{ accounts: boolean; may: boolean }>('select exists (select from app_user) as accounts, exists (select from app_user where email = $1 and disabled_at is null) as may', [email]);
  return !found!.accounts || found!.may;
}
