/** What planners decided of lines of the worklist: one decision a line at a time, changed only by who saw the one before. */
import type { Queryable } from './db.ts';

export type Decision = 'quantity' | 'excluded' | 'snoozed';
export interface DecisionRow { item_id: number; location_id: number; decision: Decision; quantity: number | null; until: string | null; reason: string; recommended: number; version: number; decided_at: string; decided_by: string }
export interface DecidedLine { itemId: number; locationId: number; version: number }

/** The decisions on some lines. */
export async function decisionsOn(db: Queryable, storeId: number, lines: readonly { itemId: number; locationId: number }[]): Promise<Map<string, DecisionRow>> {
  const { rows } = await db.query<DecisionRow>(
    `select d.* from unnest($2::int[], $3::int[]) as k(item_id, location_id) join plan_decision d on d.store_id = $1 and d.item_id = k.item_id and d.location_id = k.location_id`, [storeId, lines.map((l) => l.itemId), lines.map((l) => l.locationId)]);
  return new Map(rows.map((row) => [`${row.item_id}@${row.location_id}`, row]));
}

/** Decisions in force on a day, by `item@location`. */
export async function decisionsInForce(db: Queryable, storeId: number, today: string): Promise<Map<string, Pick<DecisionRow, 'decision' | 'quantity'>>> {
  const { rows } = await db.query<DecisionRow>('select item_id, location_id, decision, quantity from plan_decision where store_id = $1 and (until is null or until >= $2::date)', [storeId, today]);
  return new Map(rows.map((row) => [`${row.item_id}@${row.location_id}`, row]));
}

/** Decides lines that are recommended; answers those it did. A line somebody else decided since, or that is not recommended, is left as it is. */
export async function decide(db: Queryable, storeId: number, lines: readonly DecidedLine[], said: { decision: Decision; quantity: number | null; until: string | null; reason: string }, by: string, now: string, today: string): Promise<Set<string>> {
  const { rows } = await db.query<{ item_id: number; location_id: number }>(
    `insert into plan_decision as d (store_id, item_id, location_id, decision, quantity, until, reason, recommended, version, decided_at, decided_by)
     select $1, k.item_id, k.location_id, $5, $6, $7, $8, r.quantity, k.version + 1, $9, $10
     from unnest($2::int[], $3::int[], $4::int[]) as k(item_id, location_id, version) join recommendation r on r.store_id = $1 and r.item_id = k.item_id and r.location_id = k.location_id
     where k.version = 0 or exists (select from plan_decision x where x.store_id = $1 and x.item_id = k.item_id and x.location_id = k.location_id)
     on conflict (store_id, item_id, location_id) do update set decision = excluded.decision, quantity = excluded.quantity, until = excluded.until, reason = excluded.reason, recommended = excluded.recommended,
       version = excluded.version, decided_at = excluded.decided_at, decided_by = excluded.decided_by
     where d.version = excluded.version - 1 or d.until < $11::date
     returning item_id, location_id`,
    [storeId, lines.map((l) => l.itemId), lines.map((l) => l.locationId), lines.map((l) => l.version), said.decision, said.quantity, said.until, said.reason, now, by, today]);
  return new Set(rows.map((row) => `${row.item_id}@${row.location_id}`));
}

/** Takes decisions back; answers the lines that have none now. */
export async function undecide(db: Queryable, storeId: number, lines: readonly DecidedLine[]): Promise<Set<string>> {
  const { rows } = await db.query<{ item_id: number; location_id: number }>(
    `with k as (select * from unnest($2::int[], $3::int[], $4::int[]) as k(item_id, location_id, version)),
     gone as (delete from plan_decision d using k where d.store_id = $1 and d.item_id = k.item_id and d.location_id = k.location_id and d.version = k.version returning d.item_id, d.location_id)
     select item_id, location_id from gone
     union select k.item_id, k.location_id from k where not exists (select from plan_decision d where d.store_id = $1 and d.item_id = k.item_id and d.location_id = k.location_id)`,
    [storeId, lines.map((l) => l.itemId), lines.map((l) => l.locationId), lines.map((l) => l.version)]);
  return new Set(rows.map((row) => `${row.item_id}@${row.location_id}`));
}
