/** Transfers between locations: made once by a key, moved on by compare-and-set of their version, followed until they are received. */
import type { Move, ShipmentSeen } from '../domain/replenishment/transfer-moves.ts';
import type { TransferState, TransferStepName } from '../domain/replenishment/transfer-steps.ts';
import type { Db, Queryable } from './db.ts';
import { DEFAULT_TRANSFER_DAYS } from '../domain/replenishment/supply-then.ts';

export interface TransferRow {
  transfer_id: number; reference: string; from_location_id: number; to_location_id: number; from_location: string; to_location: string; from_shopify_id: string; to_shopify_id: string; state: TransferState; asked: TransferStepName | null; refused: boolean;
  shopify_transfer_id: string | null; reason: string; message: string | null; key: string; turn: number; attempts: number; version: number; created_at: string; created_by: string; updated_at: string; shipments: ShipmentSeen[]; lines: number; units: number; shipped: number; received: number; rejected: number;
}
export interface TransferLineRow { line: number; item_id: number; inventory_item_id: string; sku: string | null; barcode: string | null; title: string; quantity: number; shipped: number; received: number; rejected: number; detail: TransferDetail | null }
export interface MoveRow { transfer_move_id: number; move: Move; note: string; state: 'asked' | 'done' | 'refused'; message: string | null; made_at: string; made_by: string; settled_at: string | null }
/** What was known when it was proposed. Worths in minor units of the store's currency. */
export interface TransferDetail { firstThere: number; firstHere: number; lastThere: number; lastHere: number; here: number; there: number; thereIncoming: number; gain: number }
export interface NewTransfer { key: string; fromLocationId: number; toLocationId: number; reason: string; lines: { itemId: number; quantity: number }[] }

const ROWS = `select t.transfer_id, t.reference, t.from_location_id, t.to_location_id, f.name as from_location, d.name as to_location, f.shopify_location_id as from_shopify_id, d.shopify_location_id as to_shopify_id, t.state, t.asked, t.refused,
    t.shopify_transfer_id, t.reason, t.message, t.key, t.turn, t.attempts, t.version, t.created_at, t.created_by, t.updated_at, t.shipments, n.*
  from transfer t join location f on f.store_id = t.store_id and f.location_id = t.from_location_id join location d on d.store_id = t.store_id and d.location_id = t.to_location_id
  cross join lateral (select count(*)::int as lines, coalesce(sum(quantity), 0)::int as units, coalesce(sum(shipped), 0)::int as shipped, coalesce(sum(received), 0)::int as received, coalesce(sum(rejected), 0)::int as rejected from transfer_line n where n.store_id = t.store_id and n.transfer_id = t.transfer_id) n
  where t.store_id = $1`;

/** Makes a transfer with what its proposals said; the same key answers the same one. */
export async function makeTransfer(db: Db, storeId: number, made: NewTransfer, by: string, now: string): Promise<number> {
  return db.transaction(async (tx) => {
    const { rows: [known] } = await tx.query<{ transfer_id: number }>('select transfer_id from transfer where store_id = $1 and key = $2', [storeId, made.key]);
    if (known) return known.transfer_id;
    const { rows: [number] } = await tx.query<{ n: number }>(
      `insert into transfer_setting as s (store_id, next_number, updated_at, updated_by) values ($1, 2, $2, $3) on conflict (store_id) do update set next_number = s.next_number + 1 returning next_number - 1 as n`, [storeId, now, by]);
    const { rows: [row] } = await tx.query<{ transfer_id: number }>(
      `insert into transfer (store_id, reference, from_location_id, to_location_id, reason, key, asked, created_at, created_by, updated_at) values ($1, $2, $3, $4, $5, $6, 'create', $7, $8, $7) returning transfer_id`,
      [storeId, `T-${String(number!.n).padStart(5, '0')}`, made.fromLocationId, made.toLocationId, made.reason, made.key, now, by]);
    await tx.query(
      `insert into transfer_line (store_id, transfer_id, line, item_id, quantity, detail)
       select $1, $2, t.line, t.item_id, t.quantity, p.detail from unnest($5::int[], $6::int[]) with ordinality as t(item_id, quantity, line)
       left join transfer_proposal p on p.store_id = $1 and p.item_id = t.item_id and p.from_location_id = $3 and p.to_location_id = $4`,
      [storeId, row!.transfer_id, made.fromLocationId, made.toLocationId, made.lines.map((line) => line.itemId), made.lines.map((line) => line.quantity)]);
    await tx.query('delete from transfer_proposal where store_id = $1 and item_id = any($2) and from_location_id = $3 and to_location_id = $4', [storeId, made.lines.map((line) => line.itemId), made.fromLocationId, made.toLocationId]);
    return row!.transfer_id;
  });
}

export async function findTransfer(db: Queryable, storeId: number, id: number): Promise<TransferRow | null> {
  return (await db.query<TransferRow>(`${ROWS} and t.transfer_id = $2`, [storeId, id])).rows[0] ?? null;
}

export async function transferLines(db: Queryable, storeId: number, id: number): Promise<TransferLineRow[]> {
  return (await db.query<TransferLineRow>(
    `select n.line, n.item_id, x.shopify_inventory_item_id as inventory_item_id, i.sku, i.barcode, i.title, n.quantity, n.shipped, n.received, n.rejected, n.detail from transfer_line n join item i using (item_id)
     join inventory_item x on x.store_id = n.store_id and x.item_id = n.item_id where n.store_id = $1 and n.transfer_id = $2 order by n.line limit 1000`, [storeId, id])).rows;
}

/** Newest first, from before an id. */
export async function transferPage(db: Queryable, storeId: number, of: { states: readonly string[] | null; refused: boolean; q: string | null; before: number | null; limit: number }): Promise<TransferRow[]> {
  return (await db.query<TransferRow>(
    `${ROWS} and ($2::text[] is null or t.state = any($2)) and (not $3 or t.refused) and ($4::int is null or t.transfer_id < $4)
     and ($5::text is null or t.reference ilike '%' || $5 || '%' or f.name ilike '%' || $5 || '%' or d.name ilike '%' || $5 || '%' or exists (select from transfer_line n join item i using (item_id) where n.store_id = t.store_id and n.transfer_id = t.transfer_id and i.sku ilike $5))
     order by t.transfer_id desc limit $6`, [storeId, of.states, of.refused, of.before, of.q?.replaceAll(/[%_\\]/g, '\\$&') ?? null, of.limit])).rows;
}

export async function transferCounts(db: Queryable, storeId: number): Promise<Record<string, number>> {
  const { rows } = await db.query<{ state: string; n: number; refused: number }>('select state, count(*)::int as n, count(*) filter (where refused)::int as refused from transfer where store_id = $1 group by 1', [storeId]);
  return { ...Object.fromEntries(rows.map((row) => [row.state, row.n])), refused: rows.reduce((sum, row) => sum + row.refused, 0) };
}

export interface Asked { step: TransferStepName; /** Of a part: what of it, under whose key. */ part: { key: string; move: Move; note: string } | null; by: string }
/** A person asks for a step. False when somebody moved it on since `version`. */
export async function askTransfer(db: Db, storeId: number, id: number, version: number, asked: Asked, now: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const { rowCount } = await tx.query('update transfer set asked = $4, refused = false, message = null, attempts = 0, not_before = null, version = version + 1, updated_at = $5 where store_id = $1 and transfer_id = $2 and version = $3', [storeId, id, version, asked.step, now]);
    if (rowCount !== 1) return false;
    if (asked.part) await tx.query('insert into transfer_move (store_id, transfer_id, kind, key, move, note, made_at, made_by) values ($1, $2, $3, $4, $5, $6, $7, $8)', [storeId, id, asked.part.move.kind, asked.part.key, JSON.stringify(asked.part.move), asked.part.note, now, asked.by]);
    return true;
  });
}

/** Parts asked for, the newest first. */
export async function transferMoves(db: Queryable, storeId: number, id: number, limit: number): Promise<MoveRow[]> {
  return (await db.query<MoveRow>('select transfer_move_id, move, note, state, message, made_at, made_by, settled_at from transfer_move where store_id = $1 and transfer_id = $2 order by transfer_move_id desc limit $3', [storeId, id, limit])).rows;
}
/** The transfer of a part that was asked for under this key already. */
export async function transferOfKey(db: Queryable, storeId: number, key: string): Promise<number | null> {
  return (await db.query<{ transfer_id: number }>('select transfer_id from transfer_move where store_id = $1 and key = $2', [storeId, key])).rows[0]?.transfer_id ?? null;
}

/** New quantities of a transfer that Shopify does not have: 0 takes a line off. Its next try goes under another key. False when somebody moved it on since `version`. */
export async function changeDraft(db: Db, storeId: number, id: number, version: number, lines: readonly { itemId: number; quantity: number }[], now: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const { rowCount } = await tx.query(`update transfer set turn = turn + 1, version = version + 1, updated_at = $4 where store_id = $1 and transfer_id = $2 and version = $3 and state = 'draft' and asked is null`, [storeId, id, version, now]);
    if (rowCount !== 1) return false;
    await setQuantities(tx, storeId, id, lines);
    return true;
  });
}
async function setQuantities(tx: Queryable, storeId: number, id: number, lines: readonly { itemId: number; quantity: number }[]): Promise<void> {
  await tx.query(`delete from transfer_line where store_id = $1 and transfer_id = $2 and item_id = any($3)`, [storeId, id, lines.filter((line) => line.quantity === 0).map((line) => line.itemId)]);
  await tx.query(`update transfer_line n set quantity = a.quantity from unnest($3::int[], $4::int[]) as a(item_id, quantity) where n.store_id = $1 and n.transfer_id = $2 and n.item_id = a.item_id and a.quantity > 0 and n.quantity <> a.quantity`, [storeId, id, lines.map((line) => line.itemId), lines.map((line) => line.quantity)]);
}

/** What waits for Shopify, and what is followed there: those not looked at for longest. */
export async function transfersUnderWay(db: Queryable, storeId: number, now: string, limit: number): Promise<TransferRow[]> {
  return (await db.query<TransferRow>(`${ROWS} and (t.not_before is null or t.not_before <= $2) and (t.asked is not null or t.state in ('ready', 'in transit')) order by t.asked is null, t.read_at nulls first, t.transfer_id limit $3`, [storeId, now, limit])).rows;
}

export interface Settled { state?: TransferState; asked: TransferStepName | null; shopifyId?: string | null; refused?: boolean; message: string | null; attempts: number; turn?: number; notBefore: string | null; seen?: { shipments: ShipmentSeen[]; lines: { inventoryItemId: string; total: number; shipped: number; accepted: number; rejected: number }[] }; part?: { id: number; state: 'done' | 'refused' } | null }
/** Records what was seen, if nobody moved it on meanwhile. The version moves only with what a person sees. */
export async function settleTransfer(db: Db, storeId: number, row: TransferRow, to: Settled, now: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const state = to.state ?? row.state, refused = to.refused ?? false, shopifyId = to.shopifyId ?? row.shopify_transfer_id, seen = state !== row.state || to.asked !== row.asked || refused !== row.refused || shopifyId !== row.shopify_transfer_id;
    const { rowCount } = await tx.query(
      `update transfer set state = $4, asked = $5, shopify_transfer_id = $6, refused = $7, message = $8, attempts = $9, turn = $10, not_before = $11, read_at = $12, version = version + $13::int, updated_at = case when $13::int = 1 then $12 else updated_at end,
         shipped_at = case when $4 = 'in transit' then coalesce(shipped_at, $12) else shipped_at end, received_at = case when $4 = 'received' then coalesce(received_at, $12) else received_at end
       where store_id = $1 and transfer_id = $2 and version = $3`, [storeId, row.transfer_id, row.version, state, to.asked, shopifyId, refused, to.message?.slice(0, 500) ?? null, to.attempts, to.turn ?? row.turn, to.notBefore, now, seen ? 1 : 0]);
    if (rowCount !== 1) return false;
    if (to.part) await tx.query('update transfer_move set state = $3, message = $4, settled_at = $5 where store_id = $1 and transfer_move_id = $2', [storeId, to.part.id, to.part.state, to.part.state === 'refused' ? to.message?.slice(0, 500) ?? null : null, now]);
    if (to.seen && to.seen.lines.length > 0) {
      await tx.query('update transfer set shipments = $3 where store_id = $1 and transfer_id = $2', [storeId, row.transfer_id, JSON.stringify(to.seen.shipments)]);
      const { rows } = await tx.query<{ item_id: number; n: number }>('select x.item_id, a.n::int from unnest($2::bigint[]) with ordinality as a(id, n) join inventory_item x on x.store_id = $1 and x.shopify_inventory_item_id = a.id', [storeId, to.seen.lines.map((line) => line.inventoryItemId)]);
      const at = rows.map(({ item_id: itemId, n }) => ({ itemId, ...to.seen!.lines[n - 1]! }));
      await tx.query('delete from transfer_line where store_id = $1 and transfer_id = $2 and not (item_id = any($3))', [storeId, row.transfer_id, at.map((line) => line.itemId)]);
      const { rowCount: moved } = await tx.query(
        `update transfer_line n set quantity = a.total, shipped = a.shipped, received = a.accepted, rejected = a.rejected from unnest($3::int[], $4::int[], $5::int[], $6::int[], $7::int[]) as a(item_id, total, shipped, accepted, rejected)
         where n.store_id = $1 and n.transfer_id = $2 and n.item_id = a.item_id and a.total > 0 and (n.quantity, n.shipped, n.received, n.rejected) is distinct from (a.total, a.shipped, a.accepted, a.rejected)`,
        [storeId, row.transfer_id, at.map((line) => line.itemId), at.map((line) => line.total), at.map((line) => line.shipped), at.map((line) => line.accepted), at.map((line) => line.rejected)]);
      if (!seen && (moved ?? 0) > 0) { await tx.query('update transfer set version = version + 1, updated_at = $3 where store_id = $1 and transfer_id = $2', [storeId, row.transfer_id, now]); return true; }
    }
    return seen;
  });
}

export async function transfersRefused(db: Queryable, storeId: number): Promise<TransferRow[]> {
  return (await db.query<TransferRow>(`${ROWS} and t.refused and t.state in ('draft', 'ready', 'in transit') order by t.transfer_id limit 200`, [storeId])).rows;
}

/** Units of open transfers that were not shipped: on their way for planning, though Shopify shows none; `unheard` are those it has not reserved either. */
export async function openTransferUnits(db: Queryable, storeId: number, itemIds: readonly number[]): Promise<{ item_id: number; from_location_id: number; to_location_id: number; units: number; unheard: number }[]> {
  return (await db.query<{ item_id: number; from_location_id: number; to_location_id: number; units: number; unheard: number }>(
    `select n.item_id, t.from_location_id, t.to_location_id, sum(n.quantity - n.shipped)::int as units, coalesce(sum(n.quantity) filter (where t.state = 'draft'), 0)::int as unheard
     from transfer t join transfer_line n using (store_id, transfer_id) where t.store_id = $1 and t.state in ('draft', 'ready', 'in transit') and n.quantity > n.shipped and n.item_id = any($2) group by 1, 2, 3`, [storeId, itemIds])).rows;
}

/** `transferDays`: of a transfer between places that say nothing else, and have not received enough of them to learn from. */
export interface TransferSettings { unitCost: number; leastGain: number; transferDays: number; version: number }
export async function transferSettings(db: Queryable, storeId: number): Promise<TransferSettings> {
  const { rows: [row] } = await db.query<{ unit_cost: string; least_gain: string; transfer_days: number; version: number }>('select unit_cost, least_gain, transfer_days, version from transfer_setting where store_id = $1', [storeId]);
  return row ? { unitCost: Number(row.unit_cost), leastGain: Number(row.least_gain), transferDays: row.transfer_days, version: row.version } : { unitCost: 50, leastGain: 500, transferDays: DEFAULT_TRANSFER_DAYS, version: 0 };
}

/** False when somebody saved since `version` (0: nothing was there). */
export async function saveTransferSettings(db: Queryable, storeId: number, to: TransferSettings, by: string, now: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into transfer_setting as s (store_id, unit_cost, least_gain, transfer_days, updated_at, updated_by) select $1, $2, $3, $7, $5, $6 where $4 = 0 or exists (select from transfer_setting where store_id = $1)
     on conflict (store_id) do update set unit_cost = excluded.unit_cost, least_gain = excluded.least_gain, transfer_days = excluded.transfer_days, version = s.version + 1, updated_at = excluded.updated_at, updated_by = excluded.updated_by where s.version = $4`, [storeId, to.unitCost, to.leastGain, to.version, now, by, to.transferDays]);
  return rowCount === 1;
}
