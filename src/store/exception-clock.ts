/** The clock of every kind at an instant, as rows a statement joins: working hours are the domain's (domain/exceptions/clock.ts), never SQL's. */
import { dueAt, goneBy, hoursOf } from '../domain/exceptions/clock.ts';
import { EXCEPTION_KINDS, type ExceptionKind } from '../domain/exceptions/catalogue.ts';
import type { Queryable } from './db.ts';

const SEVERITIES = [1, 2, 3, 4] as const;

/** As columns: kinds, severities, and when a case of such that opens now is due. */
export type Dues = readonly [kinds: string[], severities: number[], dueAt: string[]];

/** When cases that open at `at` are due, by kind and severity. */
export function duesAt(at: string, timeZone: string, kinds: readonly ExceptionKind[] = EXCEPTION_KINDS): Dues {
  const rows = byHours(kinds, (severity, hours) => dueAt(at, severity, hours, timeZone));
  return [rows.map((row) => row.kind), rows.map((row) => row.severity), rows.map((row) => row.of)];
}

/** By kind, severity and share of the time: cases due at that instant or before have used so much of it by `at`. */
export function goneAt(at: string, timeZone: string, shares: readonly number[]): Dues {
  const rows = shares.flatMap((share) => byHours(EXCEPTION_KINDS, (severity, hours) => goneBy(at, severity, hours, share, timeZone)));
  return [rows.map((row) => row.kind), rows.map((row) => row.severity), rows.map((row) => row.of)];
}

/** Few kinds have hours of their own: each pair of severity and hours is counted once. */
function byHours(kinds: readonly ExceptionKind[], count: (severity: number, hours: number) => string): { kind: string; severity: number; of: string }[] {
  const known = new Map<string, string>();
  return kinds.flatMap((kind) => SEVERITIES.map((severity) => {
    const hours = hoursOf(kind, severity), key = `${severity} ${hours}`, of = known.get(key) ?? count(severity, hours);
    known.set(key, of);
    return { kind: kind.kind, severity, of };
  }));
}

export async function timeZoneOf(db: Queryable, storeId: number): Promise<string> {
  return (await db.query<{ time_zone: string }>('select time_zone from store where store_id = $1', [storeId])).rows[0]!.time_zone;
}

/** `duesAt` as a table of the statement whose parameters begin at `$n`. */
export const duesFrom = (n: number): string => `unnest($${n}::text[], $${n + 1}::int[], $${n + 2}::timestamptz[]) as d(kind, severity, due_at)`;
