/** What changed between two versions of a purchase order, in words a supplier understands. */
import type { PurchaseLine, PurchaseOrder } from './purchase-order.ts';

export interface PurchaseChange { /** Null: of the whole order. */ itemId: number | null; field: string; from: string | number | null; to: string | number | null }

const HEAD = ['state', 'locationId', 'orderedOn', 'expectedOn', 'shipping', 'duty', 'otherCost', 'notes'] as const;
const LINE = ['ordered', 'unitCost', 'expectedOn', 'supplierSku', 'received', 'damaged', 'cancelled'] as const satisfies readonly (keyof PurchaseLine)[];

/** Every field that differs, the order's own first, then line by line; a line that came or went is its ordered units from or to null. */
export function purchaseChanges(before: PurchaseOrder, after: PurchaseOrder): PurchaseChange[] {
  const changes: PurchaseChange[] = [];
  for (const field of HEAD) if (before[field] !== after[field]) changes.push({ itemId: null, field, from: before[field], to: after[field] });
  const old = new Map(before.lines.map((line) => [line.itemId, line]));
  for (const line of after.lines) {
    const was = old.get(line.itemId);
    old.delete(line.itemId);
    if (!was) { changes.push({ itemId: line.itemId, field: 'ordered', from: null, to: line.ordered }); continue; }
    for (const field of LINE) if (was[field] !== line[field]) changes.push({ itemId: line.itemId, field, from: was[field], to: line[field] });
  }
  for (const gone of old.values()) changes.push({ itemId: gone.itemId, field: 'ordered', from: gone.ordered, to: null });
  return changes;
}
