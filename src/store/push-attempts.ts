/**
 * Attempts: a call to Shopify as a committed row with its key and its exact payload, made before the call. Until the outcome is definite the same
 * key and rows are sent again, by whoever finds the attempt after its lease has run out; only then may a level have another attempt.
 */
import type pg from 'pg';
import { SETS_BEFORE_CONFLICT, SETS_BEFORE_DIFFERENCE, type PushWay } from '../domain/push/decide.ts';
import type { Queryable } from './db.ts';

export interface AttemptRow {
  item_id: number; location_id: number; from_quantity: number | null; to_quantity: number; dirty_version: string; arithmetic: { sentence?: string };
  inventory_item_id: string; shopify_location_id: string;
}
export interface Attempt { attempt_id: string; way: PushWay; idempotency_key: string; created_at: string; sends: number; rows: AttemptRow[] }
/** `basis`: available and committed units together that Shopify is believed to show; null leaves the level's last one. */
export interface NewRow { itemId: number; locationId: number; from: number | null; to: number; basis: number | null; dirtyVersion: string; arithmetic: unknown }

/** Makes an attempt of at most 250 rows, all written one way; its key comes from its own number, so that a retry can only be verbatim. Marks its levels as sent. */
export async function openAttempt(
  tx: Queryable, storeId: number, way: PushWay, rows: readonly NewRow[], keyOf: (attemptId: string) => string, now: string, leasedUntil: string, dirtySince: string | null,
): Promise<string> {
  const { rows: [id] } = await tx.query<{ id: string }>(`select nextval(pg_get_serial_sequence('push_attempt', 'attempt_id')) as id`);
  const attemptId = id!.id;
  await tx.query(
    `insert into push_attempt (store_id, attempt_id, idempotency_key, created_at, leased_until, sends, dirty_since, way) overriding system value values ($1, $2, $3, $4, $5, 1, $6, $7)`,
    [storeId, attemptId, keyOf(attemptId), now, leasedUntil, dirtySince, way]);
  await tx.query(
    `with given as (
       select * from unnest($3::int[], $4::int[], $5::int[], $6::int[], $7::bigint[], $8::jsonb[], $9::int[]) as t(item_id, location_id, from_quantity, to_quantity, version, arithmetic, basis)
     ), made as (
       insert into push_attempt_row (store_id, attempt_id, item_id, location_id, from_quantity, to_quantity, dirty_version, arithmetic)
       select $1, $2, item_id, location_id, from_quantity, to_quantity, version, arithmetic from given order by item_id, location_id)
     update push_level p set state = 'sent', wanted = g.to_quantity, arithmetic = g.arithmetic, basis = coalesce(g.basis, p.basis), reason = null, not_before = null from given g
     where p.store_id = $1 and p.item_id = g.item_id and p.location_id = g.location_id`,
    [storeId, attemptId, rows.map((r) => r.itemId), rows.map((r) => r.locationId), rows.map((r) => r.from), rows.map((r) => r.to), rows.map((r) => r.dirtyVersion), rows.map((r) => JSON.stringify(r.arithmetic)), rows.map((r) => r.basis)]);
  return attemptId;
}

/** The attempt with its rows in a fixed order: the payload is the same at every send. */
export async function readAttempt(db: Queryable, storeId: number, attemptId: string): Promise<Attempt> {
  const head = await db.query<Omit<Attempt, 'rows'>>('select attempt_id, way, idempotency_key, created_at, sends from push_attempt where store_id = $1 and attempt_id = $2', [storeId, attemptId]);
  const { rows } = await db.query<AttemptRow>(
    `select r.item_id, r.location_id, r.from_quantity, r.to_quantity, r.dirty_version, r.arithmetic, x.shopify_inventory_item_id as inventory_item_id, l.shopify_location_id
     from push_attempt_row r join inventory_item x on x.store_id = r.store_id and x.item_id = r.item_id join location l on l.store_id = r.store_id and l.location_id = r.location_id
     where r.store_id = $1 and r.attempt_id = $2 order by r.item_id, r.location_id`, [storeId, attemptId]);
  return { ...head.rows[0]!, rows };
}

/** Open attempts nobody is sending: their process died or their outcome stayed unknown. Leases them to the caller. */
export async function takeAttempts(db: Queryable, storeId: number, now: string, leasedUntil: string, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ attempt_id: string }>(
    `update push_attempt set leased_until = $3, sends = sends + 1 where (store_id, attempt_id) in (
       select store_id, attempt_id from push_attempt where store_id = $1 and state = 'open' and (leased_until is null or leased_until <= $2) order by attempt_id limit $4 for update skip locked)
     returning attempt_id`, [storeId, now, leasedUntil, limit]);
  return rows.map((row) => row.attempt_id);
}

/** The outcome is not known: the attempt stays open and may be sent again from `retryAt`. */
export async function attemptUnknown(db: Queryable, storeId: number, attemptId: string, message: string, retryAt: string): Promise<void> {
  await db.query(`update push_attempt set leased_until = $4, outcome = $3 where store_id = $1 and attempt_id = $2 and state = 'open'`, [storeId, attemptId, message.slice(0, 500), retryAt]);
}

export type RowOutcome = { itemId: number; locationId: number; state: 'written' | 'stale' | 'refused' | 'abandoned'; message: string | null };

/** Closes an attempt with what became of each row. Answers false when somebody closed it before: then nothing may be posted for it. */
export async function closeAttempt(
  tx: pg.PoolClient, storeId: number, attemptId: string, state: 'written' | 'stale' | 'refused' | 'abandoned', outcome: string | null, rows: readonly RowOutcome[], now: string,
): Promise<boolean> {
  const closed = await tx.query(`update push_attempt set state = $3, outcome = $4, settled_at = $5, leased_until = null where store_id = $1 and attempt_id = $2 and state = 'open'`, [storeId, attemptId, state, outcome?.slice(0, 500) ?? null, now]);
  if (closed.rowCount === 0) return false;
  await tx.query(
    `update push_attempt_row r set state = t.state, message = t.message from unnest($3::int[], $4::int[], $5::text[], $6::text[]) as t(item_id, location_id, state, message)
     where r.store_id = $1 and r.attempt_id = $2 and r.item_id = t.item_id and r.location_id = t.location_id`,
    [storeId, attemptId, rows.map((r) => r.itemId), rows.map((r) => r.locationId), rows.map((r) => r.state), rows.map((r) => r.message)]);
  return true;
}

/** Levels that were written: clears exactly the reasons the attempt had read. */
export async function levelsWritten(tx: Queryable, storeId: number, rows: readonly AttemptRow[], now: string): Promise<void> {
  await tx.query(
    `update push_level p set pushed = t.q, pushed_at = $2, seen_version = greatest(p.seen_version, t.version), reread = false, strikes = 0, reason = null, not_before = null, released = true,
       state = case when p.dirty_version > t.version then 'queued' else 'written' end
     from unnest($3::int[], $4::int[], $5::int[], $6::bigint[]) as t(item_id, location_id, q, version) where p.store_id = $1 and p.item_id = t.item_id and p.location_id = t.location_id`,
    [storeId, now, rows.map((r) => r.item_id), rows.map((r) => r.location_id), rows.map((r) => r.to_quantity), rows.map((r) => r.dirty_version)]);
}

/** Shopify showed another number than assumed: read it, look again; after three in a row the level becomes a case and pauses, longer each time. Pauses in seconds. */
export async function levelsStale(tx: Queryable, storeId: number, rows: readonly { item_id: number; location_id: number; message: string }[], now: string, pause: { first: number; longest: number }): Promise<{ item_id: number; location_id: number; strikes: number }[]> {
  const updated = await tx.query<{ item_id: number; location_id: number; strikes: number }>(
    `update push_level p set dirty_version = p.dirty_version + 1, reread = true, strikes = p.strikes + 1, reason = t.message,
       state = case when p.strikes + 1 >= ${SETS_BEFORE_CONFLICT} then 'conflict' else 'queued' end, not_before = $2::timestamptz + case when p.strikes + 1 >= ${SETS_BEFORE_CONFLICT} then least($7::int, $3::int * 2 ^ least(p.strikes + 1 - ${SETS_BEFORE_CONFLICT}, 10)) else 0 end * interval '1 second'
     from unnest($4::int[], $5::int[], $6::text[]) as t(item_id, location_id, message) where p.store_id = $1 and p.item_id = t.item_id and p.location_id = t.location_id
     returning p.item_id, p.location_id, p.strikes`, [storeId, now, pause.first, rows.map((r) => r.item_id), rows.map((r) => r.location_id), rows.map((r) => r.message), pause.longest]);
  return updated.rows;
}

/** Two sets in a row with these levels in them were refused because sales had outrun one or another: read again, and ripe for a difference. Never parks them. */
export async function levelsOvertaken(tx: Queryable, storeId: number, rows: readonly { item_id: number; location_id: number }[]): Promise<void> {
  await tx.query(
    `update push_level p set dirty_version = p.dirty_version + 1, reread = true, strikes = greatest(p.strikes, ${SETS_BEFORE_DIFFERENCE}), state = case when p.state = 'sent' then 'queued' else p.state end
     from unnest($2::int[], $3::int[]) as t(item_id, location_id) where p.store_id = $1 and p.item_id = t.item_id and p.location_id = t.location_id`, [storeId, rows.map((r) => r.item_id), rows.map((r) => r.location_id)]);
}

/** Shopify will not take these rows: they wait for a person. */
export async function levelsQuarantined(tx: Queryable, storeId: number, rows: readonly { item_id: number; location_id: number; message: string }[]): Promise<void> {
  await tx.query(
    `update push_level p set state = 'quarantined', reason = t.message from unnest($2::int[], $3::int[], $4::text[]) as t(item_id, location_id, message)
     where p.store_id = $1 and p.item_id = t.item_id and p.location_id = t.location_id`, [storeId, rows.map((r) => r.item_id), rows.map((r) => r.location_id), rows.map((r) => r.message)]);
}

/** Looked at again later, with Shopify read first. */
export async function levelsAgain(tx: Queryable, storeId: number, rows: readonly { item_id: number; location_id: number }[], notBefore: string): Promise<void> {
  await tx.query(
    `update push_level p set dirty_version = p.dirty_version + 1, reread = true, not_before = $2, state = 'queued' from unnest($3::int[], $4::int[]) as t(item_id, location_id)
     where p.store_id = $1 and p.item_id = t.item_id and p.location_id = t.location_id`, [storeId, notBefore, rows.map((r) => r.item_id), rows.map((r) => r.location_id)]);
}

/**
 * Units at these levels that were restocked in Shopify without the warehouse having accepted anything, and not taken back yet. At a warehouse-authority
 * level no return comes through Shopify, so every 'returned to stock' since it went live is one.
 */
export async function ghostUnits(tx: Queryable, storeId: number, levels: readonly { item_id: number; location_id: number }[]): Promise<Map<string, number>> {
  const { rows } = await tx.query<{ item_id: number; location_id: number; units: number }>(
    `select m.item_id, t.location_id, sum(m.quantity)::int as units from unnest($2::int[], $3::int[]) as t(item_id, location_id)
     join push_policy a on a.store_id = $1 and a.location_id = t.location_id and a.live_since is not null
     join movement m on m.store_id = $1 and m.item_id = t.item_id and m.to_location = t.location_id and m.to_state = 'available' and m.kind in ('returned to stock', 'ghost restock reversed') and m.recorded_at >= a.live_since
     group by 1, 2 having sum(m.quantity) > 0`, [storeId, levels.map((l) => l.item_id), levels.map((l) => l.location_id)]);
  return new Map(rows.map((row) => [`${row.item_id}@${row.location_id}`, row.units]));
}
