/** Who else wrote levels in conflict: which are to be asked about, and what Shopify said. */
import { SETS_BEFORE_CONFLICT } from '../domain/push/decide.ts';
import type { OtherWriter } from '../domain/push/other-writers.ts';
import type { Queryable } from './db.ts';

export interface ConflictToName { item_id: number; location_id: number; inventory_item_id: string; shopify_location_id: string; /** The first refused set of the last day. */ since: string }

/** Levels in conflict whose writers were last asked for before `askedBefore`, or before `refusedBefore` where Shopify did not say; those asked longest ago first. */
export async function conflictsToName(db: Queryable, storeId: number, when: { dayAgo: string; askedBefore: string; refusedBefore: string }, limit: number): Promise<ConflictToName[]> {
  const { rows } = await db.query<ConflictToName>(
    `select p.item_id, p.location_id, x.shopify_inventory_item_id as inventory_item_id, l.shopify_location_id,
       coalesce((select min(a.created_at) from push_attempt a join push_attempt_row r using (store_id, attempt_id) where a.store_id = p.store_id and r.item_id = p.item_id and r.location_id = p.location_id and r.state = 'stale' and a.created_at > $2), $2) as since
     from push_level p join inventory_item x on x.store_id = p.store_id and x.item_id = p.item_id join location l on l.store_id = p.store_id and l.location_id = p.location_id
     left join level_writer w on w.store_id = p.store_id and w.item_id = p.item_id and w.location_id = p.location_id
     where p.store_id = $1 and (p.state = 'conflict' or p.strikes >= ${SETS_BEFORE_CONFLICT}) and (w.asked_at is null or w.asked_at < (case when w.refused is null then $3::timestamptz else $4::timestamptz end))
     order by w.asked_at nulls first, p.item_id, p.location_id limit $5`, [storeId, when.dayAgo, when.askedBefore, when.refusedBefore, limit]);
  return rows;
}

export async function saveLevelWriters(db: Queryable, storeId: number, found: readonly { item_id: number; location_id: number; writers: readonly OtherWriter[] }[], refused: string | null, now: string): Promise<void> {
  await db.query(
    `insert into level_writer (store_id, item_id, location_id, asked_at, writers, refused) select $1, a.item_id, a.location_id, $5, a.writers, $6 from unnest($2::int[], $3::int[], $4::jsonb[]) as a(item_id, location_id, writers)
     on conflict (store_id, item_id, location_id) do update set asked_at = excluded.asked_at, writers = excluded.writers, refused = excluded.refused`,
    [storeId, found.map((one) => one.item_id), found.map((one) => one.location_id), found.map((one) => JSON.stringify(one.writers)), now, refused?.slice(0, 500) ?? null]);
}
