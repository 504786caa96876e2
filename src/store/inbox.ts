/** The inbox: webhooks as they came, stored before they are acknowledged, taken in batches by any number of workers. */
import { intArray, textArray } from './binary.ts';
import type { Queryable } from './db.ts';
import type pg from 'pg';

export interface Received { storeId: number; webhookId: string; eventId: string | null; topic: string; triggeredAt: string | null; receivedAt: string; body: Buffer }
export interface InboxRow { inbox_id: string; store_id: number; webhook_id: string; topic: string; triggered_at: string | null; received_at: string; body: Buffer }

/**
 * Stores a batch in one statement; a delivery heard before is left as it is. The bodies travel as one bytea with offsets, because an
 * array of bytea costs more to escape than to store. One NOTIFY per batch wakes the workers.
 */
export async function storeReceived(db: Queryable, batch: readonly Received[]): Promise<void> {
  const offsets: number[] = [], sizes: number[] = [];
  let size = 0;
  for (const { body } of batch) { offsets.push(size + 1); sizes.push(body.length); size += body.length; }
  await db.query({ name: 'inbox-store', text: `
    with stored as (
      insert into inbox (store_id, webhook_id, event_id, topic, triggered_at, received_at, body)
      select t.store_id, t.webhook_id, t.event_id, t.topic, t.triggered_at::timestamptz, t.received_at::timestamptz, substring($1::bytea from t.at for t.size)
      from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::int[])
        as t(store_id, webhook_id, event_id, topic, triggered_at, received_at, at, size)
      on conflict (store_id, webhook_id) do nothing returning 1
    ) select pg_notify('instep_inbox', '') from (select count(*) from stored) c`,
  values: [batch.length === 1 ? batch[0]!.body : Buffer.concat(batch.map((r) => r.body), size), intArray(batch.map((r) => r.storeId)),
    ...[batch.map((r) => r.webhookId), batch.map((r) => r.eventId), batch.map((r) => r.topic), batch.map((r) => r.triggeredAt), batch.map((r) => r.receivedAt)].map(textArray),
    intArray(offsets), intArray(sizes)] });
}

/** Takes waiting rows, oldest first, locked for this transaction and skipped by every other worker. */
export async function takeWaiting(tx: pg.PoolClient, limit: number): Promise<InboxRow[]> {
  const { rows } = await tx.query<InboxRow>({ name: 'take-waiting', text:
    'select inbox_id, store_id, webhook_id, topic, triggered_at, received_at, body from inbox where state = 0 order by inbox_id limit $1 for update skip locked', values: [limit] });
  return rows;
}

export type InboxOutcome = { inboxId: string; state: 'applied' | 'ignored' | 'dead letter'; reason: string | null };

/** `clockError`: how far the clock of `now` is behind the storefront's, ms, where the two cannot both be right; else 0. */
export async function settleInbox(tx: Queryable, outcomes: readonly InboxOutcome[], now: string, clockError = 0): Promise<void> {
  const code = { 'applied': 1, 'ignored': 2, 'dead letter': 3 };
  await tx.query({ name: 'settle-inbox', text:
    `update inbox i set state = t.state, reason = t.reason, settled_at = $1, clock_error_ms = nullif($5::bigint, 0) from unnest($2::bigint[], $3::smallint[], $4::text[]) as t(id, state, reason) where i.inbox_id = t.id`,
  values: [now, outcomes.map((o) => o.inboxId), outcomes.map((o) => code[o.state]), outcomes.map((o) => o.reason), Math.round(clockError)] });
}

export interface InboxHealth { waiting: number; oldest: string | null; last: string | null; last_settled: string | null; today: number; dead: number; p50_ms: number | null; p99_ms: number | null }

/** Backlog and lag (triggered → settled) of a store over the last hour. */
export async function inboxHealth(db: Queryable, storeId: number, now: string, dayStart: string): Promise<InboxHealth> {
  const { rows } = await db.query<InboxHealth>(
    `select (select count(*)::int from inbox where store_id = $1 and state = 0) as waiting,
       (select min(received_at) from inbox where store_id = $1 and state = 0) as oldest,
       max(received_at) as last, max(settled_at) as last_settled,
       count(*) filter (where received_at >= $3)::int as today, (select count(*)::int from inbox where store_id = $1 and state = 3) as dead,
       (percentile_cont(0.5) within group (order by extract(epoch from settled_at - received_at)) filter (where settled_at is not null) * 1000)::float8 as p50_ms,
       (percentile_cont(0.99) within group (order by extract(epoch from settled_at - received_at)) filter (where settled_at is not null) * 1000)::float8 as p99_ms
     from inbox where store_id = $1 and received_at >= least($2::timestamptz - interval '1 hour', $3::timestamptz)`, [storeId, now, dayStart]);
  return rows[0]!;
}

/** Messages of the store that wait to be applied, counted up to `most`: what a rush leaves behind is not counted whole each time somebody asks. */
export async function inboxWaiting(db: Queryable, storeId: number, most = 1_000): Promise<number> {
  const { rows } = await db.query<{ n: number }>({ name: 'inbox-waiting', text: 'select count(*)::int as n from (select from inbox where store_id = $1 and state = 0 limit $2) w', values: [storeId, most] });
  return rows[0]!.n;
}

/** A dead letter goes back into the inbox, to be read by what has learned since. */
export async function readAgain(db: Queryable, storeId: number, inboxId: string): Promise<boolean> {
  const { rowCount } = await db.query('update inbox set state = 0, reason = null, settled_at = null where store_id = $1 and inbox_id = $2 and state = 3', [storeId, inboxId]);
  if (rowCount === 1) await db.query(`select pg_notify('instep_inbox', '')`);
  return rowCount === 1;
}

/** Nothing is expected of a dead letter any more; its bytes stay. */
export async function setAside(db: Queryable, storeId: number, inboxId: string, reason: string, now: string): Promise<boolean> {
  const { rowCount } = await db.query('update inbox set state = 2, reason = $3, settled_at = $4 where store_id = $1 and inbox_id = $2 and state = 3', [storeId, inboxId, reason.slice(0, 500), now]);
  return rowCount === 1;
}

/** Messages that wait and those that could not be applied, oldest first: what they will or would have done is evidence for the drift check. */
export async function unappliedMessages(db: Queryable, storeId: number, limit: number): Promise<{ inbox_id: string; topic: string; body: Buffer; state: number }[]> {
  return (await db.query<{ inbox_id: string; topic: string; body: Buffer; state: number }>(
    'select inbox_id, topic, body, state from ((select * from inbox where store_id = $1 and state = 0 order by inbox_id limit $2) union all (select * from inbox where store_id = $1 and state = 3 order by inbox_id desc limit $2)) i order by inbox_id', [storeId, limit])).rows;
}
