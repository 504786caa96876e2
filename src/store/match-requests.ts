/** Changes of matches that wait for a second person: what was asked, by whom, and what became of it. */
import type pg from 'pg';
import type { Match } from './code-matches.ts';
import type { Queryable } from './db.ts';

export interface MatchRequest {
  request_id: string; matches: (Pick<Match, 'warehouseId' | 'sku' | 'itemId'> & { version: number })[]; units: number; state: 'waits' | 'approved' | 'withdrawn' | 'overtaken';
  asked_at: string; asked_by: string; decided_at: string | null; decided_by: string | null;
  /** The first codes, with what they are and would be. */
  codes: { sku: string; warehouse: string; from: string | null; to: string | null }[];
}

const MOST_CODES = 20;

/** Keeps matches as they are seen now (their versions too); the transaction holds their rows. A code nobody named before has version 0. */
export async function askMatches(tx: pg.PoolClient, storeId: number, matches: readonly Match[], units: number, by: string, now: string): Promise<string> {
  return (await tx.query<{ request_id: string }>(
    `insert into match_request (store_id, matches, units, asked_at, asked_by)
     select $1, jsonb_agg(jsonb_build_object('warehouseId', t.warehouse_id, 'sku', t.sku, 'itemId', t.item_id, 'version', coalesce(k.version, 0)) order by t.n), $5, $6, $7
     from unnest($2::int[], $3::text[], $4::int[]) with ordinality as t(warehouse_id, sku, item_id, n) left join warehouse_sku k on k.warehouse_id = t.warehouse_id and k.sku = t.sku returning request_id`,
    [storeId, matches.map((match) => match.warehouseId), matches.map((match) => match.sku), matches.map((match) => match.itemId), units, now, by])).rows[0]!.request_id;
}

/** What waits, the oldest first; then what was decided last. */
export async function matchRequests(db: Queryable, storeId: number, decided: number): Promise<MatchRequest[]> {
  const { rows } = await db.query<MatchRequest>(
    `select r.request_id, r.matches, r.units, r.state, r.asked_at, r.asked_by, r.decided_at, r.decided_by,
       (select coalesce(jsonb_agg(jsonb_build_object('sku', m ->> 'sku', 'warehouse', w.name, 'from', coalesce(nullif(f.sku, ''), f.title), 'to', coalesce(nullif(t.sku, ''), t.title)) order by n), '[]') from jsonb_array_elements(r.matches) with ordinality as e(m, n)
          join warehouse w on w.warehouse_id = (m ->> 'warehouseId')::int left join warehouse_sku k on k.warehouse_id = w.warehouse_id and k.sku = m ->> 'sku' left join item f on f.item_id = k.item_id left join item t on t.item_id = (m ->> 'itemId')::int where n <= $3) as codes
     from match_request r where r.store_id = $1 and (r.state = 'waits' or r.request_id in (select request_id from match_request d where d.store_id = $1 and d.state <> 'waits' order by d.decided_at desc limit $2))
     order by (r.state = 'waits') desc, case when r.state = 'waits' then r.asked_at end, r.decided_at desc limit 200`, [storeId, decided, MOST_CODES]);
  return rows;
}

/** A request that waits, locked until the transaction ends; null when it does not wait any more. */
export async function lockRequest(tx: pg.PoolClient, storeId: number, requestId: string): Promise<Pick<MatchRequest, 'request_id' | 'matches' | 'units' | 'asked_by'> | null> {
  return (await tx.query<Pick<MatchRequest, 'request_id' | 'matches' | 'units' | 'asked_by'>>(`select request_id, matches, units, asked_by from match_request where store_id = $1 and request_id = $2 and state = 'waits' for update`, [storeId, requestId])).rows[0] ?? null;
}

export async function settleRequest(tx: pg.PoolClient, storeId: number, requestId: string, state: 'approved' | 'withdrawn' | 'overtaken', by: string, now: string): Promise<void> {
  await tx.query('update match_request set state = $3, decided_by = $4, decided_at = $5 where store_id = $1 and request_id = $2', [storeId, requestId, state, by, now]);
}
