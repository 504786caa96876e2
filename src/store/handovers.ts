/** Who took which part of the daily running over. */
import type { Queryable } from './db.ts';

export interface Handover { owner: string; at: string; by_whom: string; name: string; note: string | null; times: number }

/** The last of each owner, and how many there were. */
export async function handovers(db: Queryable, storeId: number): Promise<Handover[]> {
  return (await db.query<Handover>(
    `select distinct on (owner) owner, at, by_whom, name, note, count(*) over (partition by owner)::int as times from handover where store_id = $1 order by owner, handover_id desc`, [storeId])).rows;
}

export async function takeOver(tx: Queryable, storeId: number, of: { owner: string; at: string; by: string; name: string; note: string | null }): Promise<void> {
  await tx.query('insert into handover (store_id, owner, at, by_whom, name, note) values ($1, $2, $3, $4, $5, $6)', [storeId, of.owner, of.at, of.by, of.name, of.note]);
}
