/** Exceptions: raised by fingerprint (kind + subject), counted, reopened as regressed, resolved only by a check that saw the good state. */
import { kindOf, type ExceptionKindName, type RaisedException } from '../domain/exceptions/catalogue.ts';
import type { Queryable } from './db.ts';

/** Raises or refreshes the given cases. A resolved one that comes back is reopened and counted as a regression; snoozed and ignored stay so. */
export async function raise(db: Queryable, storeId: number, raised: readonly RaisedException[], at: string): Promise<void> {
  const unique = [...new Map(raised.map((r) => [`${r.kind}:${r.key}`, r])).values()];
  if (unique.length === 0) return;
  const kinds = unique.map((r) => kindOf(r.kind));
  await db.query(
    `insert into exception as e (store_id, kind, fingerprint, severity, owner, subject, sentence, evidence, item_id, location_id, first_seen, last_seen, due_at)
     select $1, kind, fingerprint, severity, owner, subject, sentence, evidence::jsonb, item_id, location_id, $2, $2, $2::timestamptz + due_hours * interval '1 hour'
     from unnest($3::text[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::int[], $11::int[], $12::int[])
       as r(kind, fingerprint, severity, owner, subject, sentence, evidence, item_id, location_id, due_hours)
     order by fingerprint
     on conflict (store_id, fingerprint) do update set
       last_seen = excluded.last_seen, occurrences = e.occurrences + 1, subject = excluded.subject, sentence = excluded.sentence, evidence = excluded.evidence,
       state = case when e.state = 'resolved' then 'open' when e.state = 'snoozed' and e.snoozed_until <= excluded.last_seen then 'open' else e.state end,
       regressions = e.regressions + (e.state = 'resolved')::int,
       due_at = case when e.state = 'resolved' then excluded.due_at else e.due_at end,
       resolved_at = null`,
    [storeId, at, unique.map((r) => r.kind), unique.map((r) => `${r.kind}:${r.key}`), kinds.map((k) => k.severity), kinds.map((k) => k.owner),
      unique.map((r) => r.subject), unique.map((r) => r.sentence), unique.map((r) => JSON.stringify(r.evidence ?? {})),
      unique.map((r) => r.itemId ?? null), unique.map((r) => r.locationId ?? null), kinds.map((k) => k.dueHours)]);
}

/** A check has seen the good state: closes open and snoozed cases of a kind, all of them or all but the keys still bad. */
export async function resolveChecked(db: Queryable, storeId: number, kind: ExceptionKindName, stillBad: readonly string[], at: string): Promise<number> {
  const { rowCount } = await db.query(
    `update exception set state = 'resolved', resolved_at = $4
     where store_id = $1 and kind = $2 and state in ('open', 'snoozed') and not fingerprint = any($3)`,
    [storeId, kind, stillBad.map((key) => `${kind}:${key}`), at]);
  return rowCount ?? 0;
}

export interface ExceptionRow {
  exception_id: string; kind: string; severity: number; owner: string; subject: string; sentence: string; evidence: Record<string, unknown>;
  item_id: number | null; location_id: number | null; occurrences: number; first_seen: string; last_seen: string; due_at: string; state: string;
  assigned_to: string | null; snoozed_until: string | null; resolved_at: string | null; reason: string | null; regressions: number;
}

export async function listExceptions(
  db: Queryable, storeId: number,
  filter: { states: string[]; assignedTo?: string | null; kind?: string; q?: string; before?: { dueAt: string; id: string }; limit: number },
): Promise<ExceptionRow[]> {
  const { rows } = await db.query<ExceptionRow>(
    `select exception_id, kind, severity, owner, subject, sentence, evidence, item_id, location_id, occurrences, first_seen, last_seen, due_at, state,
       assigned_to, snoozed_until, resolved_at, reason, regressions
     from exception where store_id = $1 and state = any($2)
       and ($3::text is null or kind = $3) and ($4::text is null or subject ilike '%' || $4 || '%' or sentence ilike '%' || $4 || '%')
       and ($5::text is null or ($5 = '' and assigned_to is null) or assigned_to = $5)
       and ($6::timestamptz is null or (due_at, exception_id) > ($6, $7::bigint))
     order by due_at, exception_id limit $8`,
    [storeId, filter.states, filter.kind ?? null, filter.q ?? null, filter.assignedTo === null ? '' : filter.assignedTo ?? null,
      filter.before?.dueAt ?? null, filter.before?.id ?? null, filter.limit]);
  return rows;
}
