/** The arithmetic of one inventory level: states, the derived on_hand, and the append-only history of why they changed. */
import { QUANTITY_NAMES, type LevelRecord, type QuantityName, type Shop } from '../state.ts';
import type { Action } from './action.ts';

export const levelKey = (inventoryItemId: string, locationId: string): string => `${inventoryItemId}:${locationId}`;

/** on_hand = available + committed + reserved + damaged + safety_stock + quality_control; `incoming` lies outside (reference §1.2). */
export function onHand(quantities: Record<QuantityName, number>): number {
  return quantities.available + quantities.committed + quantities.reserved + quantities.damaged + quantities.safety_stock + quantities.quality_control;
}

/** Units in a state at a level; a level that does not exist holds none. */
export function quantityAt(shop: Shop, inventoryItemId: string, locationId: string, name: QuantityName | 'on_hand'): number {
  const level = shop.tables.levels.get(levelKey(inventoryItemId, locationId));
  if (!level) return 0;
  return name === 'on_hand' ? onHand(level.quantities) : level.quantities[name];
}

/** The level, made empty when the item was not stocked there (2026-10: a write never fails for that), revived when deactivated. */
export function ensureLevel(action: Action, inventoryItemId: string, locationId: string): LevelRecord {
  const { shop, at } = action;
  const id = levelKey(inventoryItemId, locationId);
  const found = shop.tables.levels.get(id);
  if (found?.isActive) return found;
  const level: LevelRecord = found ? { ...found, isActive: true, updatedAt: at } : {
    id, inventoryItemId, locationId, isActive: true, createdAt: at, updatedAt: at,
    quantities: { available: 0, committed: 0, reserved: 0, damaged: 0, safety_stock: 0, quality_control: 0, incoming: 0 },
    quantityUpdatedAt: { available: at, committed: at, reserved: at, damaged: at, safety_stock: at, quality_control: at, incoming: at, on_hand: at },
  };
  shop.put('levels', level);
  action.connected.add(id);
  return level;
}

/** Units for sale at a location: none where the item is not stocked, or no longer. */
export function sellableAt(shop: Shop, inventoryItemId: string, locationId: string): number {
  const level = shop.tables.levels.get(levelKey(inventoryItemId, locationId));
  return level?.isActive ? level.quantities.available : 0;
}

export interface Why {
  reason: string; referenceDocumentUri?: string | null; ledgerDocumentUri?: string | null;
  /** Goods leave: a deactivated level stays deactivated. */
  asItIs?: boolean;
}

/** Changes states of one level by signed deltas, writing one adjustment per state. Zero deltas leave no trace. */
export function changeLevel(action: Action, inventoryItemId: string, locationId: string, deltas: Partial<Record<QuantityName, number>>, why: Why): LevelRecord {
  const { shop, at } = action;
  const known = why.asItIs ? shop.tables.levels.get(levelKey(inventoryItemId, locationId)) : undefined;
  const level = known ?? ensureLevel(action, inventoryItemId, locationId);
  const quantities = { ...level.quantities };
  const quantityUpdatedAt = { ...level.quantityUpdatedAt };
  let changed = false;
  for (const name of QUANTITY_NAMES) {
    const delta = deltas[name] ?? 0;
    if (delta === 0) continue;
    changed = true;
    quantities[name] += delta;
    quantityUpdatedAt[name] = at;
    shop.put('adjustments', {
      id: shop.nextId('InventoryAdjustment'), inventoryItemId, locationId, name, delta, after: quantities[name], reason: why.reason, cause: action.cause,
      referenceDocumentUri: why.referenceDocumentUri ?? null, ledgerDocumentUri: why.ledgerDocumentUri ?? null, at, ...action.signed,
    });
    if (name === 'available') action.availableChanged.add(level.id);
  }
  if (!changed) return level;
  if (onHand(quantities) !== onHand(level.quantities)) quantityUpdatedAt.on_hand = at;
  const next: LevelRecord = { ...level, quantities, quantityUpdatedAt, updatedAt: at };
  shop.put('levels', next);
  return next;
}
