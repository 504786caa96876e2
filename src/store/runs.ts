/** Runs of flows: progress while they last, the account of every input when they end. input = applied + unchanged + skipped + failed. */
import type { Db, Queryable } from './db.ts';

export interface Tally { input: number; applied: number; unchanged: number; skipped: Record<string, number>; failed: Record<string, number> }
export const emptyTally = (): Tally => ({ input: 0, applied: 0, unchanged: 0, skipped: {}, failed: {} });

export interface RunRow extends Tally {
  run_id: string; flow: string; trigger: string; state: 'running' | 'done' | 'failed' | 'interrupted'; stage: string | null; done: number; total: number | null;
  detail: Record<string, unknown>; error: string | null; started_at: string; heartbeat_at: string; finished_at: string | null;
}

export async function startRun(db: Queryable, storeId: number, flow: string, trigger: string, now: string): Promise<string> {
  const { rows } = await db.query<{ run_id: string }>(
    `insert into flow_run (store_id, flow, trigger, state, started_at, heartbeat_at) values ($1, $2, $3, 'running', $4, $4) returning run_id`, [storeId, flow, trigger, now]);
  return rows[0]!.run_id;
}

export async function reportProgress(db: Queryable, storeId: number, runId: string, progress: { stage: string; done: number; total: number | null }, now: string): Promise<void> {
  await db.query('update flow_run set stage = $3, done = $4, total = $5, heartbeat_at = $6 where store_id = $1 and run_id = $2',
    [storeId, runId, progress.stage, progress.done, progress.total, now]);
}

export async function finishRun(db: Queryable, storeId: number, runId: string, tally: Tally, detail: Record<string, unknown>, now: string): Promise<void> {
  await db.query(
    `update flow_run set state = 'done', input = $3, applied = $4, unchanged = $5, skipped = $6, failed = $7, detail = $8, finished_at = $9, heartbeat_at = $9
     where store_id = $1 and run_id = $2`,
    [storeId, runId, tally.input, tally.applied, tally.unchanged, JSON.stringify(tally.skipped), JSON.stringify(tally.failed), JSON.stringify(detail), now]);
}

export async function failRun(db: Queryable, storeId: number, runId: string, error: string, now: string): Promise<void> {
  await db.query(`update flow_run set state = 'failed', error = $3, finished_at = $4, heartbeat_at = $4 where store_id = $1 and run_id = $2`, [storeId, runId, error.slice(0, 2000), now]);
}

/** A run whose process died keeps saying "running": those silent for two minutes are marked interrupted. */
export async function markInterrupted(db: Queryable, now: string, silentSeconds = 120): Promise<number> {
  const { rowCount } = await db.query(
    `update flow_run set state = 'interrupted', finished_at = heartbeat_at where state = 'running' and heartbeat_at < $1::timestamptz - $2 * interval '1 second'`, [now, silentSeconds]);
  return rowCount ?? 0;
}

export async function listRuns(db: Queryable, storeId: number, flow: string | null, limit: number): Promise<RunRow[]> {
  const { rows } = await db.query<RunRow>(
    'select * from flow_run where store_id = $1 and ($2::text is null or flow = $2) order by run_id desc limit $3', [storeId, flow, limit]);
  return rows;
}

export async function latestRuns(db: Queryable, storeId: number, dayStart: string): Promise<(RunRow & { today: number })[]> {
  const { rows } = await db.query<RunRow & { today: number }>(
    `select r.*, (select count(*)::int from flow_run t where t.store_id = $1 and t.flow = r.flow and t.started_at >= $2) as today
     from (select distinct flow from flow_run where store_id = $1) f
     cross join lateral (select * from flow_run x where x.store_id = $1 and x.flow = f.flow order by run_id desc limit 1) r`, [storeId, dayStart]);
  return rows;
}

export async function runningRuns(db: Queryable, storeId: number): Promise<RunRow[]> {
  return (await db.query<RunRow>(`select * from flow_run where store_id = $1 and state = 'running' order by run_id`, [storeId])).rows;
}

export async function readCursor(db: Queryable, storeId: number, name: string): Promise<string | null> {
  const { rows } = await db.query<{ value: string }>('select value from cursor where store_id = $1 and name = $2', [storeId, name]);
  return rows[0]?.value ?? null;
}

export async function writeCursor(db: Queryable, storeId: number, name: string, value: string, now: string): Promise<void> {
  await db.query(
    `insert into cursor values ($1, $2, $3, $4) on conflict (store_id, name) do update set value = excluded.value, updated_at = excluded.updated_at`,
    [storeId, name, value, now]);
}

/**
 * Runs `work` while holding the advisory lock of (flow, store); answers null at once when another worker holds it.
 * The lock is a session's, so it ends with the process that held it.
 */
export async function exclusively<T>(db: Db, storeId: number, flow: string, work: () => Promise<T>): Promise<T | null> {
  const client = await db.locks.connect();
  try {
    const { rows } = await client.query<{ ok: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 1)) as ok', [`${flow}:${storeId}`]);
    if (!rows[0]!.ok) return null;
    try {
      return await work();
    } finally {
      await client.query('select pg_advisory_unlock(hashtextextended($1, 1))', [`${flow}:${storeId}`]);
    }
  } finally {
    client.release();
  }
}
