/** Reports of a period: folded from the ledger, and as they were signed, each a link of a chain. */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { linkText, periodText, verifyChain, type BrokenLink, type Link } from '../domain/audit/chain.ts';
import type { PeriodFigures, PeriodRow } from '../domain/audit/period.ts';
import { ON_HAND_STATES } from '../domain/stock/fact.ts';
import type { Queryable } from './db.ts';

export interface SignedPeriod { period_id: string; from_day: string; to_day: string; figures: PeriodFigures; digest: string; chain: string; signed_at: string; signed_by: string; signed_role: string; note: string | null }
const COLUMNS = 'period_id, from_day::text, to_day::text, figures, digest, chain, signed_at, signed_by, signed_role, note';

/** One pass over the ledger: every leg into or out of a place's units on hand, by kind, before and within the days (inclusive, of the shop's calendar); of several periods in the order they were asked for, all of the same instant. */
export async function periodRows(db: Queryable, storeId: number, periods: readonly { from: string; to: string }[]): Promise<PeriodRow[][]> {
  const { rows } = await db.query<{ n: number; location_id: number; name: string; kind: string; before: number; within: number; first_day: string | null; last_day: string | null }>(
    `with bounds as (select w.n::int as n, (w.from_day)::timestamp at time zone time_zone as from_at, (w.to_day + 1)::timestamp at time zone time_zone as to_at, time_zone from store cross join unnest($2::date[], $3::date[]) with ordinality as w(from_day, to_day, n) where store_id = $1),
     legs as (
       select to_location as location_id, kind, occurred_at, quantity as units from movement where store_id = $1 and to_location > 0 and to_state = any($4)
       union all select from_location, kind, occurred_at, -quantity from movement where store_id = $1 and from_location > 0 and from_state = any($4))
     select b.n, g.location_id, l.name, g.kind, coalesce(sum(g.units) filter (where g.occurred_at < b.from_at), 0)::int as before, coalesce(sum(g.units) filter (where g.occurred_at >= b.from_at and g.occurred_at < b.to_at), 0)::int as within,
       min((g.occurred_at at time zone b.time_zone)::date) filter (where g.occurred_at >= b.from_at and g.occurred_at < b.to_at)::text as first_day, max((g.occurred_at at time zone b.time_zone)::date) filter (where g.occurred_at >= b.from_at and g.occurred_at < b.to_at)::text as last_day
     from legs g cross join bounds b join location l on l.store_id = $1 and l.location_id = g.location_id group by 1, 2, 3, 4 order by 1, 2, 4`, [storeId, periods.map((period) => period.from), periods.map((period) => period.to), ON_HAND_STATES]);
  return periods.map((_, n) => rows.filter((row) => row.n === n + 1).map((row) => ({ locationId: row.location_id, name: row.name, kind: row.kind, before: row.before, within: row.within, firstDay: row.first_day, lastDay: row.last_day })));
}

export interface PeriodItem { item_id: number; sku: string | null; title: string; units: number; movements: number; items: number }

/** The items behind one figure of a period: units on hand a kind of movement brought to a location, the most first. `items` is how many there are. */
export async function periodItems(db: Queryable, storeId: number, fromDay: string, toDay: string, locationId: number, kind: string, limit: number): Promise<PeriodItem[]> {
  return (await db.query<PeriodItem>(
    `with bounds as (select ($2::date)::timestamp at time zone time_zone as from_at, ($3::date + 1)::timestamp at time zone time_zone as to_at from store where store_id = $1),
     legs as (
       select item_id, occurred_at, quantity as units from movement where store_id = $1 and to_location = $5 and to_state = any($4) and kind = $6
       union all select item_id, occurred_at, -quantity from movement where store_id = $1 and from_location = $5 and from_state = any($4) and kind = $6)
     select item_id, i.sku, i.title, sum(g.units)::int as units, count(*)::int as movements, count(*) over ()::int as items from legs g cross join bounds b join item i using (item_id)
     where g.occurred_at >= b.from_at and g.occurred_at < b.to_at group by 1, 2, 3 order by abs(sum(g.units)) desc, item_id limit $7`, [storeId, fromDay, toDay, ON_HAND_STATES, locationId, kind, limit])).rows;
}

export async function signedPeriods(db: Queryable, storeId: number): Promise<SignedPeriod[]> {
  return (await db.query<SignedPeriod>(`select ${COLUMNS} from signed_period where store_id = $1 order by to_day desc, from_day desc limit 200`, [storeId])).rows;
}

export async function findSigned(db: Queryable, storeId: number, fromDay: string, toDay: string): Promise<SignedPeriod | null> {
  return (await db.query<SignedPeriod>(`select ${COLUMNS} from signed_period where store_id = $1 and from_day = $2 and to_day = $3`, [storeId, fromDay, toDay])).rows[0] ?? null;
}

/** A signed period that holds some of the days, other than the one of exactly these days; the earliest. */
export async function findOverlapping(db: Queryable, storeId: number, fromDay: string, toDay: string): Promise<SignedPeriod | null> {
  return (await db.query<SignedPeriod>(`select ${COLUMNS} from signed_period where store_id = $1 and from_day <= $3 and to_day >= $2 and (from_day, to_day) <> ($2::date, $3::date) order by from_day, to_day limit 1`, [storeId, fromDay, toDay])).rows[0] ?? null;
}

/** The signed period that ended last before a day; of those signed before `beforeId` where that is given. */
export async function findSignedBefore(db: Queryable, storeId: number, day: string, beforeId: string | null = null): Promise<SignedPeriod | null> {
  return (await db.query<SignedPeriod>(`select ${COLUMNS} from signed_period where store_id = $1 and to_day < $2 and ($3::bigint is null or period_id < $3) order by to_day desc, period_id desc limit 1`, [storeId, day, beforeId])).rows[0] ?? null;
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Most links that are verified: more than a century of months. */
const MOST_LINKS = 2_000;

/** One signer at a time a store, until the transaction ends: two would both come after the same link, and neither see whether the other's days overlap. */
export async function holdSigning(tx: pg.PoolClient, storeId: number): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('signed-periods'), $1)`, [storeId]);
}

/** Signs a period, which nobody signed before, as the next link. The transaction holds signing. */
export async function signPeriod(tx: pg.PoolClient, storeId: number, signed: { fromDay: string; toDay: string; figures: PeriodFigures; at: string; by: string; role: string; note: string | null }): Promise<{ digest: string; chain: string }> {
  const { rows: [last] } = await tx.query<{ chain: string }>('select chain from signed_period where store_id = $1 order by period_id desc limit 1', [storeId]);
  const digest = sha256(periodText(signed.fromDay, signed.toDay, signed.figures)), previous = last?.chain ?? '', at = new Date(signed.at).toISOString();
  const chain = sha256(linkText({ previous, digest, fromDay: signed.fromDay, toDay: signed.toDay, signedAt: at, signedBy: signed.by, signedRole: signed.role, note: signed.note }));
  await tx.query(
    `insert into signed_period (store_id, from_day, to_day, figures, digest, previous, chain, signed_at, signed_by, signed_role, note) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [storeId, signed.fromDay, signed.toDay, JSON.stringify(signed.figures), digest, previous, chain, at, signed.by, signed.role, signed.note]);
  return { digest, chain };
}

/** What is broken of the chain, beside what the audit log says was signed. */
export async function verifySigned(db: Queryable, storeId: number): Promise<{ links: number; broken: BrokenLink[] }> {
  const { rows } = await db.query<Link>(
    `select period_id as "periodId", from_day::text as "fromDay", to_day::text as "toDay", figures, digest, previous, chain, to_char(signed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "signedAt", signed_by as "signedBy", signed_role as "signedRole", note
     from signed_period where store_id = $1 order by period_id limit $2`, [storeId, MOST_LINKS]);
  const { rows: told } = await db.query<{ chain: string; subject: string }>(`select after ->> 'chain' as chain, subject from audit_event where action = 'period signed' and (after ->> 'store')::int = $1 and after ? 'chain' order by audit_id limit $2`, [storeId, MOST_LINKS]);
  return { links: rows.length, broken: verifyChain(rows, told, sha256) };
}

/** Faults nobody has closed as an incident: what a person closed stays closed, and another change of the same link is another fault. */
export async function openFaults<T extends { key: string }>(db: Queryable, storeId: number, faults: readonly T[]): Promise<T[]> {
  const { rows } = await db.query<{ fingerprint: string }>(`select fingerprint from exception where store_id = $1 and kind = 'AUDIT_CHAIN_BROKEN' and state = 'resolved' and fingerprint = any($2)`, [storeId, faults.map((fault) => `AUDIT_CHAIN_BROKEN:${fault.key}`)]);
  const closed = new Set(rows.map((row) => row.fingerprint));
  return faults.filter((fault) => !closed.has(`AUDIT_CHAIN_BROKEN:${fault.key}`));
}
