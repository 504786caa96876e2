/**
 * Where an item is stocked: levels switched off keep their quantities and come back with them (trap 25, recorded behaviour 9). Allowed with
 * committed, incoming or reserved units, as long as the item stays stocked somewhere.
 */
import type { LevelRecord, Shop } from '../state.ts';
import { act, refuse, type Action, type UserError } from './action.ts';
import { checkPlace } from './inventory-checks.ts';
import { ensureLevel, levelKey } from './levels.ts';
import { disconnectPayload } from './payloads.ts';

export interface ToggleOutcome { levels: LevelRecord[] | null; userErrors: UserError[] }

function switchOff(action: Action, level: LevelRecord): void {
  const { shop, at } = action;
  shop.put('levels', { ...level, isActive: false, updatedAt: at });
  shop.emit('inventory_levels/disconnect', disconnectPayload(level));
}

const stockedElsewhere = (shop: Shop, level: LevelRecord): boolean =>
  shop.levelsOf(level.inventoryItemId).some((other) => other.isActive && other.id !== level.id && shop.tables.locations.get(other.locationId)?.isActive);

/** inventoryDeactivate. Its errors carry no code. */
export function deactivateLevel(shop: Shop, key: string, at?: string): { userErrors: UserError[] } {
  return act<{ userErrors: UserError[] }>(shop, 'app:inventoryDeactivate', at, (action) => {
    const level = shop.tables.levels.get(key);
    if (!level?.isActive) return refuse(['inventoryLevelId'], "The inventory level couldn't be found.");
    if (!stockedElsewhere(shop, level)) return refuse(['inventoryLevelId'], 'Cannot unstock an inventory item from the only location at which it is stocked.');
    switchOff(action, level);
    return { userErrors: [] };
  }, (userErrors) => ({ userErrors }));
}

/** inventoryBulkToggleActivation: one item, several locations, all or nothing. Answers the levels that were switched on. */
export function toggleLevels(shop: Shop, inventoryItemId: string, updates: readonly { locationId: string; activate: boolean }[], at?: string): ToggleOutcome {
  return act<ToggleOutcome>(shop, 'app:inventoryBulkToggleActivation', at, (action) => {
    if (!shop.variantOfItem(inventoryItemId)) return refuse(['inventoryItemId'], 'The inventory item was not found.', 'INVENTORY_ITEM_NOT_FOUND');
    const on: string[] = [];
    // First on, then off: an item may move from one place to another in one call.
    const inOrder = updates.map((update, index) => ({ ...update, field: ['inventoryItemUpdates', String(index), 'locationId'] })).sort((a, b) => Number(b.activate) - Number(a.activate));
    for (const { locationId, activate, field } of inOrder) {
      const fault = checkPlace(shop, { inventoryItemId, locationId }, field, field);
      if (fault) return refuse(field, fault.message, fault.code === 'INVALID_LOCATION' ? 'LOCATION_NOT_FOUND' : 'FAILED_TO_STOCK_AT_LOCATION');
      const level = shop.tables.levels.get(levelKey(inventoryItemId, locationId));
      if (activate) on.push(ensureLevel(action, inventoryItemId, locationId).id);
      else if (level?.isActive) {
        if (!stockedElsewhere(shop, level)) return refuse(field, 'Cannot unstock an inventory item from the only location at which it is stocked.', 'CANNOT_DEACTIVATE_FROM_ONLY_LOCATION');
        switchOff(action, level);
      }
    }
    return { levels: on.map((id) => shop.tables.levels.get(id)!), userErrors: [] };
  }, (userErrors) => ({ levels: null, userErrors }));
}
