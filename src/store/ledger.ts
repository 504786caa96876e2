/**
 * Posting facts: movements and balances change in one statement, set-based, idempotent by (fact, revision).
 *
 * One statement per batch of up to 5,000 facts. Losing ways, measured in bench/RESULTS.md: a transaction per movement, row by row in one
 * transaction, VALUES lists. Balances are updated in key order, and facts in the order of their names, so concurrent batches cannot deadlock.
 */
import type pg from 'pg';
import type { Account, Fact } from '../domain/stock/fact.ts';
import type { Queryable } from './db.ts';

export interface Posted {
  /** Movements written. */
  movements: number;
  /** Facts that were already posted with this quantity. */
  unchanged: number;
  /** Items whose balances changed. */
  itemIds: number[];
}

const BATCH = 5_000;

/**
 * Posts the difference between each fact's quantity and what was posted for it before. The caller holds whatever lock orders two versions of the same
 * fact (the order's row, the level's row); facts are otherwise free of order. Duplicate facts in one call: the last one counts.
 */
export async function postFacts(tx: pg.PoolClient, storeId: number, facts: readonly Fact[], recordedAt: string): Promise<Posted> {
  const last = new Map(facts.map((fact) => [fact.fact, fact]));
  const all = [...last.values()];
  const result: Posted = { movements: 0, unchanged: 0, itemIds: [] };
  const items = new Set<number>();
  for (let start = 0; start < all.length; start += BATCH) {
    const batch = all.slice(start, start + BATCH);
    const { rows } = await tx.query<{ item_id: number; movements: number }>({ name: 'post-facts', text: POST, values: [
      storeId, recordedAt,
      batch.map((f) => f.fact), batch.map((f) => f.kind), batch.map((f) => f.itemId),
      batch.map((f) => f.from.locationId), batch.map((f) => f.from.state), batch.map((f) => f.to.locationId), batch.map((f) => f.to.state),
      batch.map((f) => f.quantity), batch.map((f) => f.occurredAt), batch.map((f) => f.source),
    ] });
    for (const row of rows) { items.add(row.item_id); result.movements += row.movements; }
  }
  result.unchanged = all.length - result.movements;
  result.itemIds = [...items].sort((a, b) => a - b);
  return result;
}

const POST = `
with wanted as (
  select * from unnest($3::text[], $4::text[], $5::int[], $6::int[], $7::text[], $8::int[], $9::text[], $10::int[], $11::timestamptz[], $12::text[])
    as w(fact, kind, item_id, from_location, from_state, to_location, to_state, quantity, occurred_at, source)
), first as (
  -- Most facts are new: the unique cause itself says so, and nothing is looked up for them.
  insert into movement (store_id, item_id, kind, from_location, from_state, to_location, to_state, quantity, fact, revision, occurred_at, recorded_at, source)
  select $1, item_id, kind, from_location, from_state, to_location, to_state, quantity, fact, 1, occurred_at, $2, source from wanted where quantity <> 0
  on conflict (store_id, fact, revision) do nothing
  returning fact, item_id, from_location, from_state, to_location, to_state, quantity
), due as (
  select w.*, w.quantity - coalesce(p.posted, 0) as delta, coalesce(p.revision, 0) + 1 as revision
  from wanted w
  left join lateral (
    select sum(m.quantity)::int as posted, max(m.revision) as revision from movement m where m.store_id = $1 and m.fact = w.fact
  ) p on true
  where not exists (select from first f where f.fact = w.fact) and w.quantity <> coalesce(p.posted, 0)
), again as (
  insert into movement (store_id, item_id, kind, from_location, from_state, to_location, to_state, quantity, fact, revision, occurred_at, recorded_at, source)
  select $1, item_id, kind, from_location, from_state, to_location, to_state, delta, fact, revision, occurred_at, $2, source from due
  on conflict (store_id, fact, revision) do nothing
  returning fact, item_id, from_location, from_state, to_location, to_state, quantity
), written as (
  select * from first union all select * from again
), legs as (
  select item_id, from_location as location_id, from_state as state, -quantity as quantity from written
  union all
  select item_id, to_location, to_state, quantity from written
), changed as (
  insert into balance (store_id, item_id, location_id, state, quantity, updated_at)
  select $1, item_id, location_id, state, sum(quantity)::int, $2 from legs group by item_id, location_id, state
  order by item_id, location_id, state
  on conflict (store_id, item_id, location_id, state) do update set quantity = balance.quantity + excluded.quantity, updated_at = excluded.updated_at
  returning 1
)
select item_id, count(*)::int as movements from written group by item_id`;

export interface MovementRow {
  movement_id: string; kind: string; quantity: number; from_location: number; from_state: string; to_location: number; to_state: string;
  fact: string; revision: number; occurred_at: string; recorded_at: string; source: string; change: number; balance: string;
}

/** The movements of one account, newest first, each with the balance after it: the answer to "why is this number 7?". */
export async function explainAccount(
  db: Queryable, storeId: number, itemId: number, account: Account, options: { at?: string; before?: string; limit: number },
): Promise<MovementRow[]> {
  const { rows } = await db.query<MovementRow>(
    `select * from (
       select m.movement_id, m.kind, m.quantity, m.from_location, m.from_state, m.to_location, m.to_state, m.fact, m.revision, m.occurred_at, m.recorded_at, m.source,
         c.change, sum(c.change) over (order by m.movement_id) as balance
       from movement m, lateral (select (case when m.to_location = $3 and m.to_state = $4 then m.quantity else 0 end)
                                      - (case when m.from_location = $3 and m.from_state = $4 then m.quantity else 0 end) as change) c
       where m.store_id = $1 and m.item_id = $2 and c.change <> 0 and ($5::timestamptz is null or m.recorded_at <= $5)
     ) t where $6::bigint is null or movement_id < $6 order by movement_id desc limit $7`,
    [storeId, itemId, account.locationId, account.state, options.at ?? null, options.before ?? null, options.limit]);
  return rows;
}

/** Sum of movements by kind for one account, and the balance they make. */
export async function accountByKind(
  db: Queryable, storeId: number, itemId: number, account: Account, at?: string,
): Promise<{ kind: string; quantity: number; movements: number }[]> {
  const { rows } = await db.query<{ kind: string; quantity: number; movements: number }>(
    `select m.kind, sum(c.change)::int as quantity, count(*)::int as movements
     from movement m, lateral (select (case when m.to_location = $3 and m.to_state = $4 then m.quantity else 0 end)
                                    - (case when m.from_location = $3 and m.from_state = $4 then m.quantity else 0 end) as change) c
     where m.store_id = $1 and m.item_id = $2 and c.change <> 0 and ($5::timestamptz is null or m.recorded_at <= $5)
     group by m.kind order by min(m.movement_id)`,
    [storeId, itemId, account.locationId, account.state, at ?? null]);
  return rows;
}

/** Conservation: the sum over all accounts of an item must be zero, and balances must be the fold of movements. Returns what is not. */
export async function ledgerFaults(db: Queryable, storeId: number): Promise<{ item_id: number; location_id: number; state: string; folded: number; kept: number }[]> {
  const { rows } = await db.query<{ item_id: number; location_id: number; state: string; folded: number; kept: number }>(
    `with legs as (
       select item_id, from_location as location_id, from_state as state, -quantity as quantity from movement where store_id = $1
       union all select item_id, to_location, to_state, quantity from movement where store_id = $1
     ), fold as (select item_id, location_id, state, sum(quantity)::int as quantity from legs group by 1, 2, 3)
     select coalesce(f.item_id, b.item_id) as item_id, coalesce(f.location_id, b.location_id) as location_id, coalesce(f.state, b.state) as state,
       coalesce(f.quantity, 0) as folded, coalesce(b.quantity, 0) as kept
     from fold f full join (select * from balance where store_id = $1) b using (item_id, location_id, state)
     where coalesce(f.quantity, 0) <> coalesce(b.quantity, 0) limit 100`, [storeId]);
  return rows;
}
