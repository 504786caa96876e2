/** The daily digest: its numbers in one statement, and what was composed. */
import { ON_HAND_STATES } from '../domain/stock/fact.ts';
import type { Queryable } from './db.ts';
import { COUNTS } from './exceptions.ts';
import { dueLines } from './worklist.ts';

export interface DigestLine { text: string; tone: 'good' | 'warn' | 'bad' | 'neutral'; link: string | null }
export interface DigestNumbers {
  on_hand: number; drift_rows: number; unexplained_units: number; /** Cases of drift somebody was told of; none where all units are within the tolerance. */ drift_cases: number; exceptions_open: number; exceptions_overdue: number; due_lines: number; out_of_stock: number;
  orders_day: number; orders_unplaced: number; edits_day: number; dead_letters: number; forecast_as_of: string | null; forecast_finished_at: string | null; forecast_series: number; forecast_wape: number | null; flows_failed: number;
  /** Of the last 24 hours: levels written to Shopify, differences without a cause that opened and that closed. */
  pushed_day: number; drift_opened_day: number; drift_closed_day: number;
}

export async function digestNumbers(db: Queryable, storeId: number, now: string, day: string): Promise<DigestNumbers> {
  const { rows } = await db.query<DigestNumbers>(
    `with unknown_of as (
       select d.item_id, d.location_id, d.state, sum((c ->> 'units')::int)::int as units from drift d, jsonb_array_elements(d.causes) c where d.store_id = $1 and c ->> 'cause' = 'unknown' group by 1, 2, 3
     ), unknown_at as (
       -- A unit that left one state for another counts once, as in domain/drift/causes.ts.
       select coalesce(sum(units) filter (where units > 0), 0)::int as came, coalesce(-sum(units) filter (where units < 0), 0)::int as went from unknown_of group by item_id, location_id
     ) select
       (select coalesce(sum(${ON_HAND_STATES.join(' + ')}), 0)::int from ledger_level where store_id = $1) as on_hand,
       (select count(distinct (item_id, location_id))::int from drift where store_id = $1) as drift_rows,
       (select coalesce(sum(abs((c ->> 'units')::int)), 0)::int from (
          select jsonb_build_array(jsonb_build_object('cause', 'unknown', 'units', greatest(came, went))) as causes from unknown_at union all select causes from warehouse_drift where store_id = $1 union all select shelf -> 'causes' from warehouse_drift where store_id = $1 union all select causes from planner_drift where store_id = $1
        ) d, jsonb_array_elements(d.causes) c where c ->> 'cause' = 'unknown') as unexplained_units,
       (select count(*)::int from exception where store_id = $1 and state = 'open' and kind = 'STOCK_DRIFT') as drift_cases,
       (select count(*)::int from exception where store_id = $1 and state = 'open' and ${COUNTS}) as exceptions_open,
       (select count(*)::int from exception where store_id = $1 and state = 'open' and ${COUNTS} and due_at < $2) as exceptions_overdue,
       (${dueLines('$3')}) as due_lines,
       (select count(*)::int from (
          select d.item_id from daily_demand d where d.store_id = $1 and d.day > $3::date - 28 group by 1 having sum(d.quantity) > 0) s
        where not exists (select from ledger_level b where b.store_id = $1 and b.item_id = s.item_id and b.available > 0)) as out_of_stock,
       (select count(*)::int from sales_order where store_id = $1 and processed_at > $2::timestamptz - interval '24 hours') as orders_day,
       (select count(*)::int from sales_order where store_id = $1 and needs_place) as orders_unplaced,
       (select count(*)::int from movement where store_id = $1 and kind = 'storefront edit' and recorded_at > $2::timestamptz - interval '24 hours') as edits_day,
       (select count(*)::int from inbox where store_id = $1 and state = 3) as dead_letters,
       f.as_of as forecast_as_of, f.finished_at as forecast_finished_at, coalesce(f.series, 0) as forecast_series, f.wape as forecast_wape,
       (select count(*)::int from flow_run where store_id = $1 and state = 'failed' and started_at > $2::timestamptz - interval '24 hours') as flows_failed,
       (select count(*)::int from push_attempt a join push_attempt_row r using (store_id, attempt_id) where a.store_id = $1 and a.settled_at > $2::timestamptz - interval '24 hours' and r.state = 'written') as pushed_day,
       (select count(*)::int from exception_event v join exception e using (store_id, exception_id) where v.store_id = $1 and e.kind = 'STOCK_DRIFT' and v.at > $2::timestamptz - interval '24 hours' and v.what in ('opened', 'came back')) as drift_opened_day,
       (select count(*)::int from exception_event v join exception e using (store_id, exception_id) where v.store_id = $1 and e.kind = 'STOCK_DRIFT' and v.at > $2::timestamptz - interval '24 hours' and v.what = 'resolved') as drift_closed_day
     from (select 1) one left join lateral (select * from forecast_run where store_id = $1 and finished_at is not null order by run_id desc limit 1) f on true`, [storeId, now, day]);
  return rows[0]!;
}

export async function saveDigest(db: Queryable, storeId: number, day: string, verdict: string, lines: readonly DigestLine[], now: string): Promise<void> {
  await db.query(
    `insert into digest (store_id, day, verdict, lines, composed_at) values ($1, $2, $3, $4, $5)
     on conflict (store_id, day) do update set verdict = excluded.verdict, lines = excluded.lines, composed_at = excluded.composed_at`,
    [storeId, day, verdict, JSON.stringify(lines), now]);
}

export interface DigestRow { day: string; verdict: string; lines: DigestLine[]; composed_at: string; acknowledged_by: string | null; acknowledged_at: string | null }

export async function listDigests(db: Queryable, storeId: number, limit: number): Promise<DigestRow[]> {
  return (await db.query<DigestRow>('select * from digest where store_id = $1 order by day desc limit $2', [storeId, limit])).rows;
}

export async function acknowledgeDigest(db: Queryable, storeId: number, day: string, by: string, now: string): Promise<boolean> {
  const { rowCount } = await db.query('update digest set acknowledged_by = $3, acknowledged_at = $4 where store_id = $1 and day = $2 and acknowledged_at is null', [storeId, day, by, now]);
  return (rowCount ?? 0) > 0;
}
