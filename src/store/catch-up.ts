/**
 * After a gap (a dead token, webhooks that went missing): the case ends when what was missed has been read, not when the way is open again. Each of these
 * readings goes on from its own cursor, which no failed run has moved: one that began after the way was open, and came to its end, covers the gap.
 */
import type { Queryable } from './db.ts';
import { note, resolveChecked } from './exceptions.ts';

/** The readings that together cover all a webhook would have told. */
export const CATCH_UP: readonly string[] = ['sales-history', 'order-routing', 'stock-levels', 'returns', 'catalogue'];
export type GapKind = 'TOKEN_DEAD' | 'WEBHOOK_GAP';

/**
 * The way is open again since `openAgain`: said once a case, and kept in it. Answers whether any case now waits for its reading, so that it can be asked for.
 * `keys`: of these cases alone. An instant before the last refusal says nothing: what began then was answered before it.
 */
export async function openAgain(db: Queryable, storeId: number, kind: GapKind, openAgain: string, now: string, keys: readonly string[] | null = null): Promise<boolean> {
  const { rows } = await db.query<{ exception_id: string }>(
    `update exception set evidence = evidence || jsonb_build_object('openAgain', $3::text) where store_id = $1 and kind = $2 and state in ('open', 'snoozed', 'grace', 'ignored') and not evidence ? 'openAgain' and last_seen <= $5::timestamptz and fingerprint <> kind || ':storm'
       and ($4::text[] is null or fingerprint = any($4)) returning exception_id`, [storeId, kind, openAgain, keys?.map((key) => `${kind}:${key}`) ?? null, openAgain]);
  await note(db, storeId, rows.map((row) => row.exception_id), 'said', 'check', `The way is open again since ${openAgain}. The case ends when what was missed has been read: ${CATCH_UP.join(', ')}.`, now);
  return rows.length > 0;
}

/** Which readings have not yet ended that began at or after an instant. */
export async function notYetRead(db: Queryable, storeId: number, since: string): Promise<string[]> {
  return (await db.query<{ flow: string }>(
    `select flow from unnest($2::text[]) with ordinality as t(flow, n) where not exists (select from flow_run r where r.store_id = $1 and r.flow = t.flow and r.state = 'done' and r.started_at >= $3) order by n`, [storeId, CATCH_UP, since])).rows.map((row) => row.flow);
}

/** Closes the cases of a kind whose gap has been read. A store that was not imported yet has missed nothing: its import reads everything. */
export async function closeCaughtUp(db: Queryable, storeId: number, kind: GapKind, now: string): Promise<void> {
  const { rows } = await db.query<{ key: string; open_again: string | null; imported: boolean }>(
    `select substr(fingerprint, length(kind) + 2) as key, evidence ->> 'openAgain' as open_again, (select imported_at is not null from store where store_id = $1) as imported
     from exception where store_id = $1 and kind = $2 and state in ('open', 'snoozed', 'ignored', 'grace') and fingerprint <> kind || ':storm'`, [storeId, kind]);
  if (rows.length === 0) return;
  const bad: string[] = [];
  for (const { key, open_again, imported } of rows) if (open_again === null || (imported && (await notYetRead(db, storeId, open_again)).length > 0)) bad.push(key);
  if (bad.length < rows.length) await resolveChecked(db, storeId, kind, bad, now);
}
