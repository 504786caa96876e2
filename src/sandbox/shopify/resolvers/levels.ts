/** Inventory levels and their quantities per state. */
import type { Listing } from '../connections.ts';
import { onHand } from '../engine/levels.ts';
import { gid, idOf, levelGid } from '../gid.ts';
import { idField, instantField, searchPredicate, type SearchFields } from '../search/match.ts';
import type { LevelRecord, QuantityName, Shop } from '../state.ts';
import { instant, instantOrNull } from '../wire-format.ts';
import { fieldsOf, type Args, type Context } from './fields.ts';

const LEVEL_SEARCH: SearchFields<LevelRecord> = {
  inventory_item_id: idField((level) => level.inventoryItemId),
  location_id: idField((level) => level.locationId),
  created_at: instantField((level) => level.createdAt),
  updated_at: instantField((level) => level.updatedAt),
};

/** An item is stocked where neither its level nor the location was switched off. */
export const stocked = (shop: Shop, level: LevelRecord): boolean => level.isActive && shop.tables.locations.get(level.locationId)?.isActive === true;

/** Levels as a connection; deactivated ones keep their quantities and stay hidden unless asked for. */
export function levelListing(shop: Shop, rows: Iterable<LevelRecord>, args: Args): Listing<LevelRecord> {
  const matches = searchPredicate(args['query'], LEVEL_SEARCH);
  return { rows, where: (level) => (args['includeInactive'] === true || stocked(shop, level)) && matches(level), sortKey: () => 0, id: (level) => level.id };
}

interface ByLocation { size: number; ids: Map<string, string[]> }
const byLocation = new WeakMap<Map<string, LevelRecord>, ByLocation>();

/** Levels at a location, active or not. Levels are never deleted, so their index is rebuilt only when the table grew. */
export function* levelsAtLocation(shop: Shop, locationId: string): Generator<LevelRecord> {
  const table = shop.tables.levels;
  let index = byLocation.get(table);
  if (index === undefined || index.size !== table.size) {
    index = { size: table.size, ids: Map.groupBy(table.keys(), (key) => key.slice(key.indexOf(':') + 1)) };
    byLocation.set(table, index);
  }
  for (const id of index.ids.get(locationId) ?? []) {
    const level = table.get(id);
    if (level !== undefined) yield level;
  }
}

/** One level by item and location gid; null when the item is not stocked there or the level is inactive. */
export function visibleLevel({ shop }: Context, itemGid: string, locationGid: string, includeInactive: boolean): LevelRecord | null {
  const level = shop.tables.levels.get(`${idOf(itemGid, 'InventoryItem')}:${idOf(locationGid, 'Location')}`);
  return level !== undefined && (stocked(shop, level) || includeInactive) ? level : null;
}

function quantity(level: LevelRecord, name: string): unknown {
  const value = name === 'on_hand' ? onHand(level.quantities) : level.quantities[name as QuantityName];
  if (value === undefined) return null;
  return {
    id: `${gid('InventoryQuantity', level.locationId)}?inventory_item_id=${level.inventoryItemId}&name=${name}`,
    name, quantity: value, updatedAt: instantOrNull(level.quantityUpdatedAt[name as QuantityName | 'on_hand'] ?? null),
  };
}

export const levelTypes = {
  InventoryLevel: fieldsOf<LevelRecord>({
    id: (level) => levelGid(level.inventoryItemId, level.locationId),
    item: (level, _args, { shop }) => shop.tables.inventoryItems.get(level.inventoryItemId),
    location: (level, _args, { shop }) => shop.tables.locations.get(level.locationId),
    isActive: (level, _args, { shop }) => stocked(shop, level),
    canDeactivate: (level, _args, { shop }) => stocked(shop, level) && shop.levelsOf(level.inventoryItemId).some((other) => other.id !== level.id && stocked(shop, other)),
    deactivationAlert: () => null,
    createdAt: (level) => instant(level.createdAt),
    updatedAt: (level) => instant(level.updatedAt),
    quantities: (level, args) => (args['names'] as string[]).flatMap((name) => quantity(level, name) ?? []),
  }),
};
