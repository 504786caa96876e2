/**
 * Posting facts: movements and the levels they change, set-based, idempotent by (fact, revision).
 *
 * A batch of up to 5,000 facts is three statements: what was posted for them before; the movements that are due, by binary COPY; the sums by level, by
 * one upsert. Losing ways, measured in bench/RESULTS.md: a transaction per movement, one statement that inserts and returns, a hashed cause, a balance a row.
 *
 * Nothing can deadlock: every batch writes causes and levels in one order, by item first, whatever order its facts came in.
 */
import type pg from 'pg';
import { STOCK_STATES, type Account, type Fact, type StockState } from '../domain/stock/fact.ts';
import { CopyRows, intArray, sendCopy, textArray, unlessTaken } from './binary.ts';
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
/** From so many movements on, COPY with its savepoint in place of `insert … returning`: four round trips for one. The number is a guess. */
const WORTH_COPYING = 100;

/** A fact with the units still to be posted for it, under the next revision. */
interface Due { fact: Fact; units: number; revision: number }

/**
 * Posts the difference between each fact's quantity and what was posted for it before. The caller holds whatever lock orders two versions of the same
 * fact (the order's row, the level's row); facts are otherwise free of order. Duplicate facts in one call: the last one counts.
 */
export async function postFacts(tx: pg.PoolClient, storeId: number, facts: readonly Fact[], recordedAt: string): Promise<Posted> {
  const all = [...new Map(facts.map((fact) => [fact.fact, fact])).values()].sort(byItemAndTime);
  const items = new Set<number>();
  let movements = 0;
  for (let start = 0; start < all.length; start += BATCH) {
    const batch = all.slice(start, start + BATCH), before = await postedBefore(tx, storeId, batch);
    const due: Due[] = [];
    for (const fact of batch) {
      const known = before.get(fact.fact), units = fact.quantity - (known?.quantity ?? 0);
      if (units !== 0) due.push({ fact, units, revision: (known?.revision ?? 0) + 1 });
    }
    const written = await writeMovements(tx, storeId, due, recordedAt);
    await addToLevels(tx, storeId, written, recordedAt);
    for (const { fact } of written) items.add(fact.itemId);
    movements += written.length;
  }
  return { movements, unchanged: all.length - movements, itemIds: [...items].sort((a, b) => a - b) };
}

/** By item, then as it happened; at one instant what comes in before what changes state, and what goes out last. The same in every batch. */
function byItemAndTime(a: Fact, b: Fact): number {
  return a.itemId - b.itemId || compare(a.occurredAt, b.occurredAt) || flow(a) - flow(b) || compare(a.fact, b.fact);
}
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const flow = (fact: Fact): number => (fact.from.locationId === 0 ? 0 : fact.to.locationId === 0 ? 2 : 1);

/**
 * Up to so many facts are looked up one by one. A whole array costs a tenth of that a fact, once the planner knows how large the table is; before, it prefers to
 * read every movement of the store, which a rush of small batches on a fresh database pays for each time. An import's batches are above it.
 */
const FEW = 1_000;

/** The sum and the last revision posted for each fact that was posted at all. */
async function postedBefore(tx: Queryable, storeId: number, facts: readonly Fact[]): Promise<Map<string, { quantity: number; revision: number }>> {
  const { rows } = await tx.query<{ fact: string; quantity: number; revision: number }>(facts.length > FEW
    ? { name: 'posted-before', text: 'select fact, quantity, revision from posted_before($1, $2)', values: [storeId, textArray(facts.map((f) => f.fact))] }
    : { name: 'posted-before-few', text: `select m.fact, m.quantity, m.revision from unnest($2::text[]) as t(fact)
        cross join lateral (select m.fact, m.quantity, m.revision from movement m where m.store_id = $1 and m.fact = t.fact order by m.revision limit 1000) m`, values: [storeId, textArray(facts.map((f) => f.fact))] });
  const before = new Map<string, { quantity: number; revision: number }>();
  for (const { fact, quantity, revision } of rows) {
    const known = before.get(fact);
    before.set(fact, { quantity: quantity + (known?.quantity ?? 0), revision: Math.max(revision, known?.revision ?? 0) });
  }
  return before;
}

/** Facts of which another number of units is posted than they say, with what is; nothing is written. In a snapshot of the facts' source, or what is posted meanwhile differs too. */
export async function unposted(db: Queryable, storeId: number, facts: readonly Fact[]): Promise<{ fact: Fact; posted: number }[]> {
  const before = facts.length === 0 ? new Map<string, { quantity: number }>() : await postedBefore(db, storeId, facts);
  return facts.flatMap((fact) => { const posted = before.get(fact.fact)?.quantity ?? 0; return posted === fact.quantity ? [] : [{ fact, posted }]; });
}

const COLUMNS = 'store_id, item_id, kind, from_location, from_state, to_location, to_state, quantity, fact, revision, occurred_at, recorded_at, source';

/** Writes what is due; answers what was written, which is all of it unless another transaction posted the same revision of a fact first. */
async function writeMovements(tx: pg.PoolClient, storeId: number, due: readonly Due[], recordedAt: string): Promise<readonly Due[]> {
  if (due.length === 0) return due;
  if (due.length >= WORTH_COPYING && (await unlessTaken(tx, () => copyMovements(tx, storeId, due, recordedAt)))) return due;
  const of = <T>(pick: (fact: Fact) => T): T[] => due.map(({ fact }) => pick(fact));
  const { rows } = await tx.query<{ fact: string }>({ name: 'insert-movements', text:
    `insert into movement (${COLUMNS})
     select $1, item_id, kind, from_location, from_state, to_location, to_state, quantity, fact, revision, occurred_at, $2, source
     from unnest($3::int[], $4::text[], $5::int[], $6::text[], $7::int[], $8::text[], $9::int[], $10::text[], $11::int[], $12::timestamptz[], $13::text[]) with ordinality
       as w(item_id, kind, from_location, from_state, to_location, to_state, quantity, fact, revision, occurred_at, source, n)
     order by n on conflict (store_id, fact, revision) do nothing returning fact`, values: [
    storeId, recordedAt, of((f) => f.itemId), of((f) => f.kind), of((f) => f.from.locationId), of((f) => f.from.state), of((f) => f.to.locationId), of((f) => f.to.state),
    due.map((d) => d.units), of((f) => f.fact), due.map((d) => d.revision), of((f) => f.occurredAt), of((f) => f.source)] });
  if (rows.length === due.length) return due;
  const ours = new Set(rows.map((row) => row.fact));
  return due.filter(({ fact }) => ours.has(fact.fact));
}

async function copyMovements(tx: pg.PoolClient, storeId: number, due: readonly Due[], recordedAt: string): Promise<void> {
  const rows = new CopyRows();
  for (const { fact: f, units, revision } of due) {
    rows.row(13).int(storeId).int(f.itemId).text(f.kind).int(f.from.locationId).text(f.from.state).int(f.to.locationId).text(f.to.state)
      .int(units).text(f.fact).int(revision).instant(f.occurredAt).instant(recordedAt).text(f.source);
  }
  await sendCopy(tx, `copy movement (${COLUMNS}) from stdin (format binary)`, rows);
}

/** Adds both sides of the movements to the levels they are at, a row a level in key order; an outside party has none. */
async function addToLevels(tx: pg.PoolClient, storeId: number, written: readonly Due[], recordedAt: string): Promise<void> {
  const levels = new Map<number, { itemId: number; locationId: number; change: Record<StockState, number> }>();
  const touched = new Set<StockState>();
  const add = (itemId: number, { locationId, state }: Account, units: number): void => {
    if (locationId === 0) return;
    const key = itemId * 2 ** 21 + locationId; // items are below 2^31: exact while there are fewer than two million locations
    let level = levels.get(key);
    if (!level) levels.set(key, level = { itemId, locationId, change: { available: 0, committed: 0, reserved: 0, damaged: 0, safety_stock: 0, quality_control: 0, incoming: 0 } });
    level.change[state as StockState] += units;
    touched.add(state as StockState);
  };
  for (const { fact, units } of written) { add(fact.itemId, fact.from, -units); add(fact.itemId, fact.to, units); }
  if (levels.size === 0) return;
  const rows = [...levels.values()].sort((a, b) => a.itemId - b.itemId || a.locationId - b.locationId);
  const states = STOCK_STATES.filter((state) => touched.has(state)); // mostly two of seven
  await tx.query({ name: `add-to-levels ${states.join(' ')}`, text:
    `insert into ledger_level as l (store_id, updated_at, item_id, location_id, ${states.join(', ')})
     select $1, $2, * from unnest($3::int[], $4::int[], ${states.map((_, n) => `$${n + 5}::int[]`).join(', ')})
     on conflict (store_id, item_id, location_id) do update set updated_at = excluded.updated_at, ${states.map((state) => `${state} = l.${state} + excluded.${state}`).join(', ')}`,
  values: [storeId, recordedAt, ...[rows.map((r) => r.itemId), rows.map((r) => r.locationId), ...states.map((state) => rows.map((r) => r.change[state]))].map(intArray)] });
}

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

/**
 * Where balances are not the fold of the movements. A movement names both its sides, so the sum over all accounts of an item, outside parties included,
 * is zero by its form; what can go wrong is a level that missed a side.
 */
export async function ledgerFaults(db: Queryable, storeId: number): Promise<{ item_id: number; location_id: number; state: string; folded: number; kept: number }[]> {
  const { rows } = await db.query<{ item_id: number; location_id: number; state: string; folded: number; kept: number }>(
    `with legs as (
       select item_id, from_location as location_id, from_state as state, -quantity as quantity from movement where store_id = $1 and from_location > 0
       union all select item_id, to_location, to_state, quantity from movement where store_id = $1 and to_location > 0
     ), fold as (select item_id, location_id, state, sum(quantity)::int as quantity from legs group by 1, 2, 3)
     select coalesce(f.item_id, b.item_id) as item_id, coalesce(f.location_id, b.location_id) as location_id, coalesce(f.state, b.state) as state,
       coalesce(f.quantity, 0) as folded, coalesce(b.quantity, 0) as kept
     from fold f full join (select * from balance where store_id = $1) b using (item_id, location_id, state)
     where coalesce(f.quantity, 0) <> coalesce(b.quantity, 0) limit 100`, [storeId]);
  return rows;
}
