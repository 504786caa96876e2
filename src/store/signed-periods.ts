/** Reports of a period: folded from the ledger, and as they were signed. */
import type { PeriodFigures, PeriodRow } from '../domain/audit/period.ts';
import { ON_HAND_STATES } from '../domain/stock/fact.ts';
import type { Queryable } from './db.ts';

export interface SignedPeriod { period_id: string; from_day: string; to_day: string; figures: PeriodFigures; digest: string; signed_at: string; signed_by: string; signed_role: string; note: string | null }
const COLUMNS = 'period_id, from_day::text, to_day::text, figures, digest, signed_at, signed_by, signed_role, note';

/** One pass over the ledger: every leg into or out of a place's units on hand, by kind, before and within the days (inclusive, of the shop's calendar). */
export async function periodRows(db: Queryable, storeId: number, fromDay: string, toDay: string): Promise<PeriodRow[]> {
  const { rows } = await db.query<{ location_id: number; name: string; kind: string; before: number; within: number }>(
    `with bounds as (select ($2::date)::timestamp at time zone time_zone as from_at, ($3::date + 1)::timestamp at time zone time_zone as to_at from store where store_id = $1),
     legs as (
       select to_location as location_id, kind, occurred_at, quantity as units from movement where store_id = $1 and to_location > 0 and to_state = any($4)
       union all select from_location, kind, occurred_at, -quantity from movement where store_id = $1 and from_location > 0 and from_state = any($4))
     select g.location_id, l.name, g.kind, coalesce(sum(g.units) filter (where g.occurred_at < b.from_at), 0)::int as before, coalesce(sum(g.units) filter (where g.occurred_at >= b.from_at and g.occurred_at < b.to_at), 0)::int as within
     from legs g cross join bounds b join location l on l.store_id = $1 and l.location_id = g.location_id group by 1, 2, 3 order by 1, 3`, [storeId, fromDay, toDay, ON_HAND_STATES]);
  return rows.map((row) => ({ locationId: row.location_id, name: row.name, kind: row.kind, before: row.before, within: row.within }));
}

export async function signedPeriods(db: Queryable, storeId: number): Promise<SignedPeriod[]> {
  return (await db.query<SignedPeriod>(`select ${COLUMNS} from signed_period where store_id = $1 order by to_day desc, from_day desc limit 200`, [storeId])).rows;
}

export async function findSigned(db: Queryable, storeId: number, fromDay: string, toDay: string): Promise<SignedPeriod | null> {
  return (await db.query<SignedPeriod>(`select ${COLUMNS} from signed_period where store_id = $1 and from_day = $2 and to_day = $3`, [storeId, fromDay, toDay])).rows[0] ?? null;
}

/** False when somebody signed the period before. */
export async function signPeriod(db: Queryable, storeId: number, signed: { fromDay: string; toDay: string; figures: PeriodFigures; digest: string; at: string; by: string; role: string; note: string | null }): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into signed_period (store_id, from_day, to_day, figures, digest, signed_at, signed_by, signed_role, note) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (store_id, from_day, to_day) do nothing`,
    [storeId, signed.fromDay, signed.toDay, JSON.stringify(signed.figures), signed.digest, signed.at, signed.by, signed.role, signed.note]);
  return rowCount === 1;
}
