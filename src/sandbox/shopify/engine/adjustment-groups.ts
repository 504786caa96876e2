/** Adjustment groups read back from the history of the levels. */
import type { Shop } from '../state.ts';
import type { AdjustmentGroup, InventoryChange } from './inventory.ts';
import { levelKey } from './levels.ts';

/** Every group an app or staff made can be read again, from the adjustments that name it. */
export function adjustmentGroup(shop: Shop, id: string): AdjustmentGroup | null {
  const rows = [...shop.tables.adjustments.values()].filter((row) => row.groupId === id);
  const first = rows[0];
  if (first === undefined) return null;
  const changes = [...Map.groupBy(rows, (row) => levelKey(row.inventoryItemId, row.locationId)).values()].flatMap((ofLevel): InventoryChange[] => {
    const { inventoryItemId, locationId } = ofLevel[0]!;
    const place = { quantityAfterChange: null, inventoryItemId, locationId };
    const onHandDelta = ofLevel.reduce((sum, row) => row.name === 'incoming' ? sum : sum + row.delta, 0);
    return [...ofLevel.map((row) => ({ ...place, name: row.name, delta: row.delta, ledgerDocumentUri: row.ledgerDocumentUri })),
      ...(onHandDelta === 0 ? [] : [{ ...place, name: 'on_hand', delta: onHandDelta, ledgerDocumentUri: null }])];
  });
  return { id, reason: first.reason, createdAt: first.at, referenceDocumentUri: first.referenceDocumentUri, changes, ...(first.by === undefined ? {} : { by: first.by }) };
}
