/**
 * Whether kept balances are the fold of what made them: a level of its movements, a shelf of its count and changes. Each question is one statement, so both
 * sides are of one instant, whatever is posted meanwhile.
 */
import type pg from 'pg';
import { STOCK_STATES } from '../domain/stock/fact.ts';
import type { Queryable } from './db.ts';
import type { LevelKey } from './levels.ts';

/** A level whose balances are not what its movements make: each state with what is kept and what they make. */
export interface LevelFault extends LevelKey { name: string; location: string; states: { state: string; kept: number; folded: number }[] }

/** The levels in `level` (item_id, location_id) that are not their movements' fold. Movements are found by item, whole: a level has no index of its own. */
const FAULTS = `
  items as materialized (select distinct item_id from level), legs as (
    select item_id, from_location as location_id, from_state as state, -quantity::bigint as quantity from movement where store_id = $1 and from_location > 0 and item_id in (select item_id from items)
    union all select item_id, to_location, to_state, quantity from movement where store_id = $1 and to_location > 0 and item_id in (select item_id from items)
  ), folded as (
    select item_id, location_id, ${STOCK_STATES.map((state) => `coalesce(sum(quantity) filter (where state = '${state}'), 0)::int as ${state}`).join(', ')} from legs group by 1, 2
  ), fault as (
    select l.item_id, l.location_id, ${STOCK_STATES.map((state) => `coalesce(g.${state}, 0) as kept_${state}, coalesce(f.${state}, 0) as ${state}`).join(', ')}
    from level l left join ledger_level g on g.store_id = $1 and g.item_id = l.item_id and g.location_id = l.location_id left join folded f on f.item_id = l.item_id and f.location_id = l.location_id
    where (${STOCK_STATES.map((state) => `coalesce(g.${state}, 0)`).join(', ')}) is distinct from (${STOCK_STATES.map((state) => `coalesce(f.${state}, 0)`).join(', ')})
  )
  select f.item_id as "itemId", f.location_id as "locationId", coalesce(nullif(i.sku, ''), i.title) as name, o.name as location,
    (select jsonb_agg(jsonb_build_object('state', s.state, 'kept', s.kept, 'folded', s.folded) order by s.n) from (values ${STOCK_STATES.map((state, n) => `(${n}, '${state}', f.kept_${state}, f.${state})`).join(', ')}) as s(n, state, kept, folded) where s.kept <> s.folded) as states
  from fault f join item i on i.item_id = f.item_id join location o on o.store_id = $1 and o.location_id = f.location_id order by f.item_id, f.location_id limit `;

/** Of given levels. At most `most` are answered. */
export async function faultsOf(db: Queryable, storeId: number, levels: readonly LevelKey[], most: number): Promise<LevelFault[]> {
  if (levels.length === 0) return [];
  return (await db.query<LevelFault>(`with level as (select distinct * from unnest($2::int[], $3::int[]) as t(item_id, location_id)), ${FAULTS} $4`, [storeId, levels.map((l) => l.itemId), levels.map((l) => l.locationId), most])).rows;
}

/** A slice of items from `after` on: how many levels they have, kept or moved, the last of the items, and their faults; null when no item is left. */
export async function faultsOfSlice(db: Queryable, storeId: number, after: number, items: number, most: number): Promise<{ last: number; levels: number; faults: LevelFault[] } | null> {
  const { rows: [slice] } = await db.query<{ last: number | null }>('select max(item_id) as last from (select item_id from inventory_item where store_id = $1 and item_id > $2 group by 1 order by 1 limit $3) i', [storeId, after, items]);
  if (slice!.last === null) return null;
  const level = `level as materialized (
    select item_id, location_id from ledger_level where store_id = $1 and item_id > $2 and item_id <= $3
    union select item_id, to_location from movement where store_id = $1 and item_id > $2 and item_id <= $3 and to_location > 0
    union select item_id, from_location from movement where store_id = $1 and item_id > $2 and item_id <= $3 and from_location > 0)`;
  const { rows } = await db.query<LevelFault>(`with ${level}, ${FAULTS} $4`, [storeId, after, slice!.last, most]);
  const { rows: [count] } = await db.query<{ n: number }>('select count(*)::int as n from ledger_level where store_id = $1 and item_id > $2 and item_id <= $3', [storeId, after, slice!.last]);
  return { last: slice!.last, levels: count!.n, faults: rows };
}

/** Levels written, or moved by a movement recorded, at or after an instant; the oldest first, at most `most`, with the instant up to which these are all. */
export async function levelsTouched(db: Queryable, storeId: number, since: string, most: number): Promise<{ levels: LevelKey[]; through: string | null }> {
  const { rows } = await db.query<LevelKey & { at: string }>(
    `select item_id as "itemId", location_id as "locationId", max(at) as at from (
       select item_id, location_id, updated_at as at from ledger_level where store_id = $1 and updated_at >= $2
       union all select item_id, to_location, recorded_at from movement where store_id = $1 and recorded_at >= $2 and to_location > 0
       union all select item_id, from_location, recorded_at from movement where store_id = $1 and recorded_at >= $2 and from_location > 0
     ) t group by 1, 2 order by 3, 1, 2 limit $3`, [storeId, since, most]);
  return { levels: rows.map(({ itemId, locationId }) => ({ itemId, locationId })), through: rows.length < most ? null : rows.at(-1)!.at };
}

/** Makes balances the fold of their movements again. Answers how many levels were not. */
export async function rebuildLevels(tx: pg.PoolClient, storeId: number, levels: readonly LevelKey[], now: string): Promise<number> {
  // Locked first: what is posted meanwhile waits, and adds to what is put right here.
  await tx.query('select from ledger_level g join unnest($2::int[], $3::int[]) as t(item_id, location_id) using (item_id, location_id) where g.store_id = $1 order by g.item_id, g.location_id for update of g', [storeId, levels.map((l) => l.itemId), levels.map((l) => l.locationId)]);
  const wrong = await faultsOf(tx, storeId, levels, levels.length);
  for (const { itemId, locationId, states } of wrong) {
    await tx.query(
      `insert into ledger_level (store_id, item_id, location_id, updated_at, ${states.map((s) => s.state).join(', ')}) values ($1, $2, $3, $4, ${states.map((_, n) => `$${n + 5}`).join(', ')})
       on conflict (store_id, item_id, location_id) do update set updated_at = excluded.updated_at, ${states.map(({ state }) => `${state} = excluded.${state}`).join(', ')}`, [storeId, itemId, locationId, now, ...states.map((s) => s.folded)]);
  }
  return wrong.length;
}

/** A code on a shelf whose kept figures are not its count and the changes since. */
export interface ShelfFault { warehouseId: number; sku: string; warehouse: string; what: 'on hand' | 'unsellable'; kept: number; folded: number }

/** Where a walk over codes goes on: after this one, or at `itself` alone. */
export interface ShelfPlace { warehouseId: number; sku: string; itself?: true }

/**
 * Codes on the shelves of warehouses (each looked after by the first store it serves), from a place on by (warehouse, code), `rows` of them, with the last
 * one; null when none is left. `touchedSince`: those written since alone.
 */
export async function shelfFaultsOfSlice(db: Queryable, storeId: number, from: ShelfPlace, rows: number, touchedSince: string | null): Promise<{ last: { warehouseId: number; sku: string }; codes: number; faults: ShelfFault[] } | null> {
  const { rows: found } = await db.query<{ warehouseId: number; sku: string; warehouse: string; onHand: number; unsellable: number; foldedOnHand: number; foldedUnsellable: number }>(
    `with own as (select warehouse_id, name from warehouse w where (select min(store_id) from location l where l.warehouse_id = w.warehouse_id) = $1), slice as materialized (
       select s.*, w.name from warehouse_stock s join own w using (warehouse_id) where (s.warehouse_id, s.sku) ${from.itself ? '=' : '>'} ($2, $3) and ($5::timestamptz is null or s.updated_at >= $5) order by s.warehouse_id, s.sku limit $4)
     select s.warehouse_id as "warehouseId", s.sku, s.name as warehouse, s.on_hand as "onHand", s.unsellable, s.counted_on_hand + coalesce(sum(c.on_hand_change), 0)::int as "foldedOnHand", s.counted_unsellable + coalesce(sum(c.unsellable_change), 0)::int as "foldedUnsellable"
     from slice s left join warehouse_change c on c.warehouse_id = s.warehouse_id and c.sku = s.sku and c.occurred_at > s.counted_at
     group by s.warehouse_id, s.sku, s.name, s.on_hand, s.unsellable, s.counted_on_hand, s.counted_unsellable order by 1, 2`, [storeId, from.warehouseId, from.sku, rows, touchedSince]);
  const last = found.at(-1);
  if (!last) return null;
  return { last: { warehouseId: last.warehouseId, sku: last.sku }, codes: found.length, faults: found.flatMap(({ warehouseId, sku, warehouse, ...is }) => ([
    ...(is.onHand === is.foldedOnHand ? [] : [{ warehouseId, sku, warehouse, what: 'on hand' as const, kept: is.onHand, folded: is.foldedOnHand }]),
    ...(is.unsellable === is.foldedUnsellable ? [] : [{ warehouseId, sku, warehouse, what: 'unsellable' as const, kept: is.unsellable, folded: is.foldedUnsellable }]),
  ])) };
}

/** What the open cases are of: looked at again by every check. Codes as (warehouse, code); `books`: any of what is looked at in one statement (book-check.ts). */
export async function openFaults(db: Queryable, storeId: number, most: number): Promise<{ levels: LevelKey[]; shelves: { warehouseId: number; sku: string }[]; items: number[]; orders: string[]; books: boolean; all: boolean }> {
  const { rows } = await db.query<{ key: string; itemId: number | null; locationId: number | null; shelf: { warehouseId: number; sku: string } | null }>(
    `select substr(fingerprint, length('INVARIANT_BROKEN:') + 1) as key, item_id as "itemId", location_id as "locationId", evidence -> 'shelf' as shelf from exception where store_id = $1 and kind = 'INVARIANT_BROKEN' and state <> 'resolved' and fingerprint <> kind || ':storm' order by exception_id limit $2`, [storeId, most]);
  const of = (what: string): typeof rows => rows.filter(({ key }) => key.startsWith(`${what}/`));
  return {
    levels: of('ledger').flatMap(({ itemId, locationId }) => (itemId === null || locationId === null ? [] : [{ itemId, locationId }])), shelves: rows.flatMap(({ shelf }) => (shelf === null ? [] : [shelf])),
    items: of('demand').flatMap(({ itemId }) => (itemId === null ? [] : [itemId])), orders: of('order').map(({ key }) => key.slice('order/'.length)), books: ['fulfilment', 'return', 'purchase'].some((what) => of(what).length > 0), all: rows.length < most,
  };
}
