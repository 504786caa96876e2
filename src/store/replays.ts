/** Replays somebody asked for: each waits, runs once at a time for a store, and is kept with its lines until it is one of the oldest. */
import type { Decision } from '../domain/replenishment/replay.ts';
import type { PolicyChanges } from '../domain/replenishment/replay-panel.ts';
import type { PolicyKind } from '../domain/replenishment/policy.ts';
import type { ReplayResult } from '../domain/replenishment/replay-result.ts';
import type { Db, Queryable } from './db.ts';
import type { ReplayScope } from './replay-series.ts';
import { audit } from './users.ts';

export interface ReplayRow {
  replay_run_id: number; kind: PolicyKind | null; promise: number | null; from_day: string; to_day: string; scope: ReplayScope; most: number; order_cost: string; changes: PolicyChanges; known: 'then' | 'today';
  state: 'waiting' | 'running' | 'done' | 'failed'; attempts: number; message: string | null; done: number; total: number | null; result: ReplayResult | null; hash: string | null;
  made_at: string; made_by: string; started_at: string | null; finished_at: string | null;
}
export type NewReplay = Pick<ReplayRow, 'kind' | 'promise' | 'from_day' | 'to_day' | 'scope' | 'most'> & Partial<Pick<ReplayRow, 'changes' | 'known'>> & { orderCost: number; key: string };

const KEPT = 30, MOST_ATTEMPTS = 3;

/** Asks for a replay; the same key answers the same one. */
export async function askReplay(db: Queryable, storeId: number, made: NewReplay, by: string, now: string): Promise<number> {
  const { rows } = await db.query<{ replay_run_id: number }>(
    `with made as (
       insert into replay_run (store_id, key, kind, promise, from_day, to_day, scope, most, order_cost, made_at, made_by, changes, known) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (store_id, key) do nothing returning replay_run_id
     ) select replay_run_id from made union all select replay_run_id from replay_run where store_id = $1 and key = $2 limit 1`,
    [storeId, made.key, made.kind, made.promise, made.from_day, made.to_day, JSON.stringify(made.scope), made.most, made.orderCost, now, by, JSON.stringify(made.changes ?? {}), made.known ?? 'then']);
  return rows[0]!.replay_run_id;
}

/** Gives up on one that is not done. */
export async function stopReplay(db: Queryable, storeId: number, id: number, message: string, now: string): Promise<void> {
  await db.query(`update replay_run set state = 'failed', message = $3, finished_at = $4 where store_id = $1 and replay_run_id = $2 and state in ('waiting', 'running')`, [storeId, id, message, now]);
}

/** The oldest that waits, now running. One left running by a process that died is begun again, three times at most: a store's replays run one at a time. */
export async function nextReplay(db: Queryable, storeId: number, now: string): Promise<ReplayRow | null> {
  await db.query(`update replay_run set state = 'failed', finished_at = $2, message = 'It was begun three times and never came to its end' where store_id = $1 and state = 'running' and attempts >= ${MOST_ATTEMPTS}`, [storeId, now]);
  const { rows } = await db.query<ReplayRow>(
    `update replay_run set state = 'running', attempts = attempts + 1, started_at = $2, done = 0, total = null
     where store_id = $1 and replay_run_id = (select min(replay_run_id) from replay_run where store_id = $1 and state in ('waiting', 'running')) returning *`, [storeId, now]);
  return rows[0] ?? null;
}

/** Replays whose process died say so: those still running while no run of their flow has been heard of for two minutes (markInterrupted ends such runs first). */
export async function failSilentReplays(db: Queryable, now: string, silentSeconds = 120): Promise<number> {
  const { rowCount } = await db.query(
    `update replay_run r set state = 'failed', finished_at = $1, message = 'The process that ran it ended before it was done. Run it again.'
     where state = 'running' and started_at < $1::timestamptz - $2 * interval '1 second' and not exists (select from flow_run f where f.store_id = r.store_id and f.flow = 'replay' and f.state = 'running')`, [now, silentSeconds]);
  return rowCount ?? 0;
}

/** Asks once more for one that failed, with an entry in the audit trail. Null: it waits now; else why it is not run again. */
export async function repeatReplay(db: Db, store: { store_id: number; shop_domain: string }, { replay_run_id: id, state }: Pick<ReplayRow, 'replay_run_id' | 'state'>, by: string, now: string): Promise<string | null> {
  return db.transaction(async (tx) => {
    const { rowCount } = await tx.query(`update replay_run set state = 'waiting', attempts = 0, message = null, started_at = null, finished_at = null, done = 0, total = null where store_id = $1 and replay_run_id = $2 and state = 'failed'`, [store.store_id, id]);
    if (rowCount !== 1) return state === 'done' ? `Replay ${id} is done: on the same data it would come out the same.` : `Replay ${id} is waiting or running already.`;
    await audit(tx, { at: now, actor: by, action: 'replay again', subject: `${store.shop_domain} replay ${id}` });
    return null;
  });
}

export async function replayProgress(db: Queryable, storeId: number, id: number, done: number, total: number): Promise<void> {
  await db.query('update replay_run set done = $3, total = $4 where store_id = $1 and replay_run_id = $2', [storeId, id, done, total]);
}

export async function failReplay(db: Queryable, storeId: number, id: number, message: string, now: string): Promise<void> {
  await db.query(`update replay_run set state = 'failed', message = $3, finished_at = $4 where store_id = $1 and replay_run_id = $2`, [storeId, id, message.slice(0, 1_000), now]);
}

const COLUMNS = {
  item_id: 'int', location_id: 'int', wanted: 'int', estimated: 'int', unknown_days: 'int', standing: 'bool', opening: 'int', opening_incoming: 'int', served: 'int', lost: 'int', ordered: 'int', orders: 'int', received: 'int', closing: 'int',
  closing_incoming: 'int', moved_in: 'int', moved_out: 'int', unit_days: 'bigint', short_days: 'int', currency: 'text', unit_cost: 'bigint', bought: 'bigint', holding: 'bigint', ordering: 'bigint', lost_margin: 'bigint', cash: 'bigint', fault: 'text', decisions: 'text',
  returned: 'int', bulk_wanted: 'int', bulk_served: 'int', for_supplier: 'int', below_minimum: 'int', real_ordered: 'int', real_orders: 'int', real_bought: 'bigint', real_came_in: 'int', real_unit_days: 'bigint',
} as const;
export type ReplayItem = Record<'item_id' | 'location_id' | 'wanted' | 'estimated' | 'unknown_days' | 'opening' | 'opening_incoming' | 'served' | 'lost' | 'ordered' | 'orders' | 'received' | 'closing' | 'closing_incoming' | 'moved_in' | 'moved_out' | 'unit_days' | 'short_days' | 'returned' | 'bulk_wanted' | 'bulk_served' | 'for_supplier' | 'below_minimum' | 'real_ordered' | 'real_orders', number>
  & Record<'unit_cost' | 'bought' | 'holding' | 'ordering' | 'lost_margin' | 'cash' | 'real_bought' | 'real_came_in' | 'real_unit_days', number | null> & { standing: boolean; currency: string; fault: string | null; decisions: Decision[] };

/** Saves the lines and the result as one, and forgets the oldest replays. `hash` is of everything that came out. */
export async function finishReplay(db: Db, storeId: number, id: number, items: readonly ReplayItem[], result: ReplayResult, now: string): Promise<string> {
  const names = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];
  const cell = (item: ReplayItem, name: keyof typeof COLUMNS): unknown => (name === 'decisions' ? JSON.stringify(item.decisions.map((one) => [one.day, one.quantity, one.arrives])) : item[name]);
  return db.transaction(async (tx) => {
    await tx.query('delete from replay_item where store_id = $1 and replay_run_id = $2', [storeId, id]);
    for (let start = 0; start < items.length; start += 1_000) {
      const page = items.slice(start, start + 1_000);
      await tx.query(`insert into replay_item (store_id, replay_run_id, ${names.join(', ')}) select $1, $2, ${names.map((name) => (name === 'decisions' ? 't.decisions::jsonb' : `t.${name}`)).join(', ')} from unnest(${names.map((name, n) => `$${n + 3}::${COLUMNS[name]}[]`).join(', ')}) as t(${names.join(', ')})`,
        [storeId, id, ...names.map((name) => page.map((item) => cell(item, name)))]);
    }
    const { rows: [row] } = await tx.query<{ hash: string }>(
      `with lines as (select ${names.join(', ')} from replay_item where store_id = $1 and replay_run_id = $2)
       update replay_run set state = 'done', message = null, result = $3::text::jsonb, finished_at = $4, done = $5, total = $5,
         hash = encode(sha256(convert_to($3::text || coalesce((select string_agg(row_to_json(l)::text, E'\\n' order by item_id, location_id) from lines l), ''), 'UTF8')), 'hex')
       where store_id = $1 and replay_run_id = $2 returning hash`, [storeId, id, JSON.stringify(result), now, items.length]);
    await tx.query(`delete from replay_run where store_id = $1 and state in ('done', 'failed') and replay_run_id not in (select replay_run_id from replay_run where store_id = $1 order by replay_run_id desc limit ${KEPT})`, [storeId]);
    return row!.hash;
  });
}

export async function replays(db: Queryable, storeId: number): Promise<ReplayRow[]> {
  return (await db.query<ReplayRow>(`select * from replay_run where store_id = $1 order by replay_run_id desc limit ${2 * KEPT}`, [storeId])).rows;
}

export async function replayOf(db: Queryable, storeId: number, id: number): Promise<ReplayRow | null> {
  return (await db.query<ReplayRow>('select * from replay_run where store_id = $1 and replay_run_id = $2', [storeId, id])).rows[0] ?? null;
}

const ADDED = ['moved_in', 'moved_out', 'returned', 'bulk_wanted', 'bulk_served', 'for_supplier', 'below_minimum'] as const;
/** `ADDED` are null in replays made before they were kept. */
export type ReplayItemRow = Omit<ReplayItem, (typeof ADDED)[number] | 'decisions' | 'unit_cost' | 'bought' | 'holding' | 'ordering' | 'lost_margin' | 'cash' | 'real_bought' | 'unit_days' | 'real_unit_days'>
  & Record<'unit_cost' | 'bought' | 'holding' | 'ordering' | 'lost_margin' | 'cash' | 'real_bought' | 'real_unit_days', string | null> & Record<(typeof ADDED)[number], number | null> & { unit_days: string; decisions: [number, number, number][]; sku: string | null; title: string; vendor: string | null; location: string };

const SORTS = { lost: 'lost desc', cash: 'cash desc nulls last', bought: 'bought desc nulls last', wanted: 'wanted desc', sku: 'lower(i.sku)' } as const;
export type ReplaySort = keyof typeof SORTS;

/** Lines of a replay, a page by offset: a replay does not change once it is done. */
export async function replayItems(db: Queryable, storeId: number, id: number, of: { q?: string | undefined; sort: ReplaySort; offset: number; limit: number }): Promise<ReplayItemRow[]> {
  return (await db.query<ReplayItemRow>(
    `select r.*, i.sku, i.title, i.vendor, l.name as location from replay_item r join item i using (item_id) join location l on l.store_id = r.store_id and l.location_id = r.location_id
     where r.store_id = $1 and r.replay_run_id = $2 and ($3::text is null or i.sku ilike '%' || $3 || '%' or i.title ilike '%' || $3 || '%') order by ${SORTS[of.sort]}, r.item_id, r.location_id limit $4 offset $5`,
    [storeId, id, of.q?.replaceAll(/[%_\\]/g, '\\$&') ?? null, of.limit, of.offset])).rows;
}
