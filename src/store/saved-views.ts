/** Lists as people left them, under names: their own, those of their role, and those others share with everybody. */
import type { Queryable } from './db.ts';

export interface SavedViewRow { saved_view_id: string; page: string; name: string; query: string; columns: { hidden: Record<string, boolean>; tall: boolean }; owner: string; owner_name: string; shared: boolean; for_role: string | null }
export type NewView = Pick<SavedViewRow, 'page' | 'name' | 'query' | 'columns' | 'shared'> & { role: string | null };

/** Somebody keeps so many of a page at most; so many are listed. */
export const MOST_OWN = 50;
const MOST_LISTED = 300;

/** Their own first, then their role's (an administrator's are all), then everybody's, each by name. */
export async function viewsOf(db: Queryable, storeId: number, page: string, person: string, role: string): Promise<SavedViewRow[]> {
  return (await db.query<SavedViewRow>(
    `select v.saved_view_id, v.page, v.name, v.query, v.columns, v.owner, coalesce(u.name, v.owner) as owner_name, v.shared, v.for_role from saved_view v left join app_user u on u.email = v.owner
     where v.store_id = $1 and v.page = $2 and (v.owner = $3 or v.shared or v.for_role = $4 or v.for_role is not null and $4 = 'admin') order by v.owner <> $3, v.for_role is null, lower(v.name), v.saved_view_id limit ${MOST_LISTED}`, [storeId, page, person, role])).rows;
}

/** Keeps a view; their own of the same name is changed. Null when they keep too many of the page already. */
export async function saveView(db: Queryable, storeId: number, view: NewView, person: string, now: string): Promise<string | null> {
  const { rows } = await db.query<{ id: string }>(
    `insert into saved_view (store_id, page, name, query, columns, owner, shared, updated_at, for_role) select $1, $2, $3, $4, $5, $6, $7, $8, $9
     where exists (select from saved_view where store_id = $1 and page = $2 and owner = $6 and lower(name) = lower($3)) or (select count(*) from saved_view where store_id = $1 and page = $2 and owner = $6) < ${MOST_OWN}
     on conflict (store_id, page, owner, lower(name)) do update set name = excluded.name, query = excluded.query, columns = excluded.columns, shared = excluded.shared, for_role = excluded.for_role, updated_at = excluded.updated_at returning saved_view_id as id`,
    [storeId, view.page, view.name, view.query, JSON.stringify(view.columns), person, view.shared, now, view.role]);
  return rows[0]?.id ?? null;
}

/** Forgets one of their own; false when there is none of theirs by this number. */
export async function dropView(db: Queryable, storeId: number, id: string, person: string): Promise<boolean> {
  return (await db.query('delete from saved_view where store_id = $1 and saved_view_id = $2 and owner = $3', [storeId, id, person])).rowCount === 1;
}
