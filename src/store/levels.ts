/** Levels as the storefront last stated them, and the openings that bring them into the ledger. */
import type pg from 'pg';
import { ON_HAND_STATES, STOCK_STATES, at, outside, type Fact, type StockState } from '../domain/stock/fact.ts';
import type { StorefrontLevel } from '../domain/catalogue/storefront.ts';
import type { Queryable } from './db.ts';

export interface LevelKey { itemId: number; locationId: number }
/** A stated level whose item and location are ours. */
export type MappedLevel = Omit<StorefrontLevel, 'locationId'> & LevelKey;

/** Which levels of a read are of known items and locations; the rest are named. Untracked items are left out silently. */
export async function mapLevels(db: Queryable, storeId: number, levels: readonly StorefrontLevel[]): Promise<{
  known: MappedLevel[]; unknownLocations: Map<string, number>; unknownItems: Map<string, number>; untracked: number;
}> {
  const items = await db.query<{ id: string; item_id: number; tracked: boolean }>(
    'select shopify_inventory_item_id as id, item_id, tracked from inventory_item where store_id = $1 and shopify_inventory_item_id = any($2::bigint[])',
    [storeId, [...new Set(levels.map((l) => l.inventoryItemId))]]);
  const places = await db.query<{ id: string; location_id: number }>('select shopify_location_id as id, location_id from location where store_id = $1', [storeId]);
  const itemOf = new Map(items.rows.map((r) => [r.id, r])), placeOf = new Map(places.rows.map((r) => [r.id, r.location_id]));
  const result = { known: [] as MappedLevel[], unknownLocations: new Map<string, number>(), unknownItems: new Map<string, number>(), untracked: 0 };
  for (const level of levels) {
    const item = itemOf.get(level.inventoryItemId), locationId = placeOf.get(level.locationId);
    if (locationId === undefined) bump(result.unknownLocations, level.locationId, level.quantities.available ?? 0);
    else if (!item) bump(result.unknownItems, level.inventoryItemId, level.quantities.available ?? 0);
    else if (!item.tracked) result.untracked++;
    else result.known.push({ ...level, itemId: item.item_id, locationId });
  }
  return result;
}

/** How Shopify names levels of ours; those it was never seen to have are left out. */
export async function levelIds(db: Queryable, storeId: number, levels: readonly LevelKey[]): Promise<{ inventoryItemId: string; locationId: string }[]> {
  return (await db.query<{ inventoryItemId: string; locationId: string }>(
    `select distinct x.shopify_inventory_item_id as "inventoryItemId", l.shopify_location_id as "locationId" from unnest($2::int[], $3::int[]) as t(item_id, location_id)
     join inventory_item x on x.store_id = $1 and x.item_id = t.item_id join location l on l.store_id = $1 and l.location_id = t.location_id`, [storeId, levels.map((level) => level.itemId), levels.map((level) => level.locationId)])).rows;
}

/** Whether a level as stated (o) differs from the ledger's (g) in any state. What was stated of the states beside available counts while it is as new as available. */
export const LEVEL_DIFFERS = `(coalesce(g.available, 0) <> o.available or (o.full_at >= o.available_at and (${STOCK_STATES.filter((state) => state !== 'available').map((state) => `coalesce(g.${state}, 0) <> o.${state}`).join(' or ')})))`;

/** How many of these levels show another number than the ledger has, in any state. */
export async function levelsDiffering(db: Queryable, storeId: number, levels: readonly LevelKey[]): Promise<number> {
  return (await db.query<{ n: number }>(
    `select count(*)::int as n from unnest($2::int[], $3::int[]) as t(item_id, location_id) join observed_level o on o.store_id = $1 and o.item_id = t.item_id and o.location_id = t.location_id
     left join ledger_level g on g.store_id = $1 and g.item_id = t.item_id and g.location_id = t.location_id where ${LEVEL_DIFFERS}`, [storeId, levels.map((level) => level.itemId), levels.map((level) => level.locationId)])).rows[0]!.n;
}

function bump(map: Map<string, number>, key: string, by: number): void { map.set(key, (map.get(key) ?? 0) + by); }

/** Keeps the newest statement per level. `full` reads carry every state; `fullAt` is when the reading began by Shopify's clock, and what it states is of no earlier time. Returns the levels whose stated numbers changed. */
export async function saveObserved(tx: Queryable, storeId: number, levels: readonly MappedLevel[], fullAt: string | null): Promise<LevelKey[]> {
  const latest = new Map<string, MappedLevel>();
  for (const level of levels) {
    const key = `${level.itemId}@${level.locationId}`, known = latest.get(key);
    if (!known || known.availableAt <= level.availableAt) latest.set(key, level);
  }
  const all = [...latest.values()].filter((l) => l.quantities.available !== undefined);
  if (all.length === 0) return [];
  const state = (name: StockState | 'on_hand'): (number | null)[] => all.map((l) => l.quantities[name] ?? null);
  const { rows } = await tx.query<{ item_id: number; location_id: number }>(
    `insert into observed_level as o (store_id, item_id, location_id, available, available_at, on_hand, committed, reserved, damaged, safety_stock, quality_control, incoming, full_at, is_active)
     select $1, t.item_id, t.location_id, t.available, t.available_at, t.on_hand, t.committed, t.reserved, t.damaged, t.safety_stock, t.quality_control, t.incoming, greatest($2::timestamptz, case when $2 is not null then t.available_at end), t.is_active
     from unnest($3::int[], $4::int[], $5::int[], $6::timestamptz[], $7::int[], $8::int[], $9::int[], $10::int[], $11::int[], $12::int[], $13::int[], $14::bool[])
       as t(item_id, location_id, available, available_at, on_hand, committed, reserved, damaged, safety_stock, quality_control, incoming, is_active)
     order by 2, 3
     on conflict (store_id, item_id, location_id) do update set
       available = case when excluded.available_at >= o.available_at then excluded.available else o.available end,
       available_at = greatest(o.available_at, excluded.available_at),
       on_hand = coalesce(excluded.on_hand, o.on_hand), committed = coalesce(excluded.committed, o.committed), reserved = coalesce(excluded.reserved, o.reserved),
       damaged = coalesce(excluded.damaged, o.damaged), safety_stock = coalesce(excluded.safety_stock, o.safety_stock),
       quality_control = coalesce(excluded.quality_control, o.quality_control), incoming = coalesce(excluded.incoming, o.incoming),
       full_at = coalesce(excluded.full_at, o.full_at), is_active = excluded.is_active
     where excluded.available_at >= o.available_at
     returning item_id, location_id`,
    [storeId, fullAt, all.map((l) => l.itemId), all.map((l) => l.locationId), all.map((l) => l.quantities.available), all.map((l) => l.availableAt),
      state('on_hand'), state('committed'), state('reserved'), state('damaged'), state('safety_stock'), state('quality_control'), state('incoming'), all.map((l) => l.isActive)]);
  return rows.map((row) => ({ itemId: row.item_id, locationId: row.location_id }));
}

/** Those of the levels that are not in the ledger yet. */
export async function unopened<Level extends LevelKey>(db: Queryable, storeId: number, levels: readonly Level[]): Promise<Level[]> {
  if (levels.length === 0) return [];
  const { rows } = await db.query<{ n: number }>(
    `select t.n::int - 1 as n from unnest($2::int[], $3::int[]) with ordinality as t(item_id, location_id, n) where not exists
       (select from opening o where o.store_id = $1 and o.item_id = t.item_id and o.location_id = t.location_id) order by 1`,
    [storeId, levels.map((l) => l.itemId), levels.map((l) => l.locationId)]);
  return rows.map((row) => levels[row.n]!);
}

/**
 * Opening facts of levels not opened yet, and their cuts. Committed units are opened as available: the open orders then commit them,
 * so that a promise and its order can never be counted apart.
 */
export async function openLevels(tx: pg.PoolClient, storeId: number, levels: readonly MappedLevel[], source: string): Promise<Fact[]> {
  const complete = levels.filter((l) => l.quantities.on_hand !== undefined && l.quantities.available !== undefined);
  const { rows } = await tx.query<{ item_id: number; location_id: number }>(
    `insert into opening (store_id, item_id, location_id, as_of)
     select $1, item_id, location_id, as_of from unnest($2::int[], $3::int[], $4::timestamptz[]) as t(item_id, location_id, as_of) order by 2, 3
     on conflict do nothing returning item_id, location_id`,
    [storeId, complete.map((l) => l.itemId), complete.map((l) => l.locationId), complete.map((l) => l.onHandAt)]);
  const opened = new Set(rows.map((row) => `${row.item_id}@${row.location_id}`));
  const facts: Fact[] = [];
  for (const level of complete) {
    if (!opened.has(`${level.itemId}@${level.locationId}`)) continue;
    for (const state of STOCK_STATES) {
      if (state === 'committed') continue;
      let quantity = level.quantities[state] ?? 0;
      if (state === 'available') {
        quantity = level.quantities.on_hand!;
        for (const other of ON_HAND_STATES) if (other !== 'available' && other !== 'committed') quantity -= level.quantities[other] ?? 0;
      }
      if (quantity === 0) continue;
      facts.push({
        fact: `shopify:level/${level.inventoryItemId}@${level.locationId}:opening/${state}`, kind: 'opening', itemId: level.itemId,
        from: outside('opening'), to: at(level.locationId, state), quantity, occurredAt: level.onHandAt, source,
      });
    }
  }
  return facts;
}
