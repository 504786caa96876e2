/** Moves the people of a warehouse were told of: the list, what was done of each, and by whom or by which change of the warehouse it is known. */
import { moveReference, seenMoves, type OpenMove, type WarehouseChange } from '../domain/replenishment/warehouse-moves.ts';
import type { Db, Queryable } from './db.ts';
import { searchTerms } from './keyset.ts';

export interface MoveKey { itemId: number; fromLocationId: number; toLocationId: number; quantity: number }
export interface WarehouseMoveRow {
  move_id: number; item_id: number; sku: string | null; title: string; from_location_id: number; to_location_id: number; from_location: string; to_location: string; warehouse: string; warehouse_code: string | null;
  quantity: number; done: number; state: 'open' | 'done' | 'dropped'; gain: string; version: number; told_at: string; told_by: string; settled_at: string | null;
  events: { kind: 'told' | 'done' | 'seen' | 'dropped'; quantity: number; note: string; at: string; by: string }[];
}
const MOST_OPEN = 20_000, MOST_CHANGES = 20_000, MOST_EVENTS = 50;

/** Puts proposals on the list; those that are not proposed any more, or are a transfer of Shopify's, stay off it. Told twice is told once. Answers how many are new. */
export async function tellMoves(db: Db, storeId: number, moves: readonly MoveKey[], by: string, now: string): Promise<number> {
  return db.transaction(async (tx) => {
    const { rows } = await tx.query<{ move_id: number }>(
      `with made as (
         insert into warehouse_move (store_id, item_id, from_location_id, to_location_id, warehouse_id, quantity, gain, told_at, told_by)
         select $1, p.item_id, p.from_location_id, p.to_location_id, case when f.authority = 'warehouse' then f.warehouse_id else d.warehouse_id end, t.quantity, p.gain, $2, $3
         from unnest($4::int[], $5::int[], $6::int[], $7::int[]) as t(item_id, f, d, quantity)
         join transfer_proposal p on p.store_id = $1 and p.item_id = t.item_id and p.from_location_id = t.f and p.to_location_id = t.d
         join location f on f.store_id = $1 and f.location_id = t.f join location d on d.store_id = $1 and d.location_id = t.d
         where f.authority = 'warehouse' or d.authority = 'warehouse' on conflict do nothing returning move_id, item_id, from_location_id, to_location_id, quantity
       ), said as (insert into warehouse_move_event (store_id, move_id, kind, quantity, at, by_whom) select $1, move_id, 'told', quantity, $2, $3 from made)
       select move_id from made`, [storeId, now, by, moves.map((m) => m.itemId), moves.map((m) => m.fromLocationId), moves.map((m) => m.toLocationId), moves.map((m) => m.quantity)]);
    await tx.query(`delete from transfer_proposal p using warehouse_move m where p.store_id = $1 and m.store_id = $1 and m.state = 'open' and m.item_id = p.item_id and m.from_location_id = p.from_location_id and m.to_location_id = p.to_location_id`, [storeId]);
    return rows.length;
  });
}

/** A person says what was done of a move, and whether the rest still will be. 'conflict': somebody, or the warehouse, said something since. */
export async function settleMove(db: Db, storeId: number, moveId: number, of: { version: number; quantity: number; close: boolean; note: string }, by: string, now: string): Promise<'done' | 'conflict' | 'over' | 'unknown'> {
  return db.transaction(async (tx) => {
    const { rows: [row] } = await tx.query<{ version: number; state: string }>('select version, state from warehouse_move where store_id = $1 and move_id = $2 for update', [storeId, moveId]);
    if (!row) return 'unknown';
    if (row.state !== 'open') return 'over';
    if (row.version !== of.version) return 'conflict';
    const { rows: [after] } = await tx.query<{ done: number; quantity: number }>(
      `update warehouse_move set done = done + $3, version = version + 1, state = case when done + $3 >= quantity or ($4 and done + $3 > 0) then 'done' when $4 then 'dropped' else 'open' end,
         settled_at = case when done + $3 >= quantity or $4 then $5::timestamptz end where store_id = $1 and move_id = $2 returning done, quantity`, [storeId, moveId, of.quantity, of.close, now]);
    if (of.quantity > 0) await event(tx, storeId, moveId, 'done', of.quantity, of.note, by, now);
    if (of.close && after!.done < after!.quantity) await event(tx, storeId, moveId, 'dropped', 0, of.note, by, now);
    return 'done';
  });
}
const event = (tx: Queryable, storeId: number, moveId: number, kind: string, quantity: number, note: string, by: string, now: string): Promise<unknown> =>
  tx.query('insert into warehouse_move_event (store_id, move_id, kind, quantity, note, at, by_whom) values ($1, $2, $3, $4, $5, $6, $7)', [storeId, moveId, kind, quantity, note, now, by]);

/** Takes the warehouses' own changes for what they say of open moves, each once. Answers how many moves it was seen of. */
export async function seeMoves(db: Db, storeId: number, now: string): Promise<number> {
  return db.transaction(async (tx) => {
    const { rows } = await tx.query<Omit<OpenMove, 'reference'>>(
      `select m.move_id as "moveId", m.item_id as "itemId", m.from_location_id as "fromLocationId", m.to_location_id as "toLocationId", m.quantity - m.done as left, m.told_at as "toldAt", case when f.authority = 'warehouse' then 'origin' else 'destination' end as "seenAt"
       from warehouse_move m join location f on f.store_id = m.store_id and f.location_id = m.from_location_id where m.store_id = $1 and m.state = 'open' order by m.move_id limit ${MOST_OPEN} for update of m`, [storeId]);
    if (rows.length === 0) return 0;
    // Sales, returns and goods of a supplier have documents of their own kinds: what is left is what its people did by themselves.
    const { rows: changes } = await tx.query<WarehouseChange>(
      `select 'warehouse/' || c.warehouse_id || '/' || c.cause || '/' || c.sku as cause, k.item_id as "itemId", l.location_id as "locationId", c.on_hand_change as change, c.occurred_at as at, c.reason
       from warehouse_change c join warehouse_sku k on k.org_id = c.org_id and k.warehouse_id = c.warehouse_id and k.sku = c.sku join location l on l.store_id = $1 and l.warehouse_id = c.warehouse_id and l.authority = 'warehouse'
       where c.kind = 'adjusted' and c.on_hand_change <> 0 and c.occurred_at >= $2 and k.item_id = any($3)
         and not exists (select from warehouse_move_event e where e.store_id = $1 and e.cause = 'warehouse/' || c.warehouse_id || '/' || c.cause || '/' || c.sku)
       order by c.occurred_at, c.cause, c.sku limit ${MOST_CHANGES}`, [storeId, rows.reduce((first, row) => (row.toldAt < first ? row.toldAt : first), rows[0]!.toldAt), [...new Set(rows.map((row) => row.itemId))]]);
    const seen = seenMoves(rows.map((row) => ({ ...row, reference: moveReference(row.moveId) })), changes);
    if (seen.length === 0) return 0;
    await tx.query(`insert into warehouse_move_event (store_id, move_id, kind, quantity, cause, at, by_whom) select $1, t.move_id, 'seen', t.quantity, t.cause, t.at, 'the warehouse' from unnest($2::int[], $3::int[], $4::text[], $5::timestamptz[]) as t(move_id, quantity, cause, at)`,
      [storeId, seen.map((one) => one.moveId), seen.map((one) => one.quantity), seen.map((one) => one.cause), seen.map((one) => one.at)]);
    const units = new Map<number, number>();
    for (const { moveId, quantity } of seen) units.set(moveId, (units.get(moveId) ?? 0) + quantity);
    await tx.query(`update warehouse_move m set done = m.done + t.units, version = version + 1, state = case when m.done + t.units >= m.quantity then 'done' else 'open' end, settled_at = case when m.done + t.units >= m.quantity then $4::timestamptz end
      from unnest($2::int[], $3::int[]) as t(move_id, units) where m.store_id = $1 and m.move_id = t.move_id`, [storeId, [...units.keys()], [...units.values()], now]);
    return units.size;
  });
}

export interface MoveFilter { view: 'open' | 'over' | 'all'; q: string | null; before: number | null; limit: number }
/** Newest first, from before an id. */
export async function warehouseMoves(db: Queryable, storeId: number, of: MoveFilter): Promise<WarehouseMoveRow[]> {
  const { skus, words } = searchTerms(of.q ?? undefined);
  return (await db.query<WarehouseMoveRow>(
    `select m.*, i.sku, i.title, f.name as from_location, d.name as to_location, w.name as warehouse, (select min(k.sku) from warehouse_sku k where k.warehouse_id = m.warehouse_id and k.item_id = m.item_id) as warehouse_code,
       (select coalesce(jsonb_agg(jsonb_build_object('kind', e.kind, 'quantity', e.quantity, 'note', e.note, 'at', e.at, 'by', e.by_whom) order by e.event_id desc), '[]') from (select * from warehouse_move_event e where e.store_id = m.store_id and e.move_id = m.move_id order by e.event_id desc limit ${MOST_EVENTS}) e) as events
     from warehouse_move m join item i using (item_id) join warehouse w using (warehouse_id) join location f on f.store_id = m.store_id and f.location_id = m.from_location_id join location d on d.store_id = m.store_id and d.location_id = m.to_location_id
     where m.store_id = $1 and ($2 = 'all' or (m.state = 'open') = ($2 = 'open')) and ($3::text[] is null or lower(i.sku) = any($3)) and ($4::text is null or i.sku ilike '%' || $4 || '%' or i.title ilike '%' || $4 || '%') and ($5::int is null or m.move_id < $5)
     order by m.move_id desc limit $6`, [storeId, of.view, skus, words, of.before, of.limit])).rows;
}

export async function moveCounts(db: Queryable, storeId: number): Promise<{ open: number; over: number; all: number; units: number }> {
  return (await db.query<{ open: number; over: number; all: number; units: number }>(`select count(*) filter (where state = 'open')::int as open, count(*) filter (where state <> 'open')::int as over, count(*)::int as all, coalesce(sum(quantity - done) filter (where state = 'open'), 0)::int as units from warehouse_move where store_id = $1`, [storeId])).rows[0]!;
}

/** Units a warehouse was told to move and has not: gone from where they stand and on their way, for planning. */
export async function openMoveUnits(db: Queryable, storeId: number, itemIds: readonly number[]): Promise<{ item_id: number; from_location_id: number; to_location_id: number; units: number }[]> {
  return (await db.query<{ item_id: number; from_location_id: number; to_location_id: number; units: number }>(
    `select item_id, from_location_id, to_location_id, sum(quantity - done)::int as units from warehouse_move where store_id = $1 and state = 'open' and done < quantity and item_id = any($2) group by 1, 2, 3`, [storeId, itemIds])).rows;
}
