/** Parts of a transfer that leave and arrive: what was asked of one, and whether what Shopify shows is its outcome already. A call is only made where it is not. */

/** Why units of a shipment do not come into stock. `missing`: they never arrived and are no longer expected. Shopify knows accepted and rejected only. */
export const REJECT_REASONS = ['damaged', 'wrong item', 'missing', 'other'] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

/** Units of an item that leave. */
export interface ShipLine { itemId: number; inventoryItemId: string; quantity: number }
/** Units of an item of one shipment: come into stock, or not, by reason. `before`: what Shopify showed when it was counted. */
export interface ReceiveLine { itemId: number; shipmentId: string; inventoryItemId: string; accepted: number; rejected: { reason: RejectReason; quantity: number }[]; before: { accepted: number; rejected: number } }
/** The units an item is to have in all; 0 takes it off. */
export interface ChangeLine { itemId: number; inventoryItemId: string; quantity: number }
export type Move = { kind: 'ship'; lines: ShipLine[]; /** Shipments there were already. */ known: string[] } | { kind: 'receive'; lines: ReceiveLine[] } | { kind: 'change'; lines: ChangeLine[] };

export interface ShipmentSeen { id: string; name: string; status: 'draft' | 'in transit' | 'received' | 'other'; lines: { lineId: string; inventoryItemId: string; quantity: number; accepted: number; rejected: number }[] }
export interface TransferSeen { lines: { lineId: string; inventoryItemId: string; total: number; shipped: number }[]; shipments: ShipmentSeen[] }

export const rejectedUnits = (line: Pick<ReceiveLine, 'rejected'>): number => line.rejected.reduce((sum, part) => sum + part.quantity, 0);

/**
 * What became of a receipt, by shipment, each of which Shopify takes whole or not at all: `done` where at least what was counted stands on top of what was before
 * (by us, or by somebody who saw the same goods), `open` where nothing has changed, `otherwise` where somebody else's hands were in it: then it is counted again.
 */
export function receiptOf(lines: readonly ReceiveLine[], seen: TransferSeen): Map<string, 'done' | 'open' | 'otherwise'> {
  return new Map([...new Set(lines.map((line) => line.shipmentId))].map((id) => {
    const at = lines.filter((line) => line.shipmentId === id).map((line) => ({ line, now: seen.shipments.find((one) => one.id === id)?.lines.find((one) => one.inventoryItemId === line.inventoryItemId) }));
    if (at.every(({ line, now }) => now !== undefined && now.accepted >= line.before.accepted + line.accepted && now.rejected >= line.before.rejected + rejectedUnits(line))) return [id, 'done'];
    return [id, at.every(({ line, now }) => now !== undefined && now.accepted === line.before.accepted && now.rejected === line.before.rejected) ? 'open' : 'otherwise'];
  }));
}

/** What Shopify shows is what was asked for: nothing is to be called. */
export function isMoved(move: Move, seen: TransferSeen): boolean {
  if (move.kind === 'receive') return [...receiptOf(move.lines, seen).values()].every((of) => of === 'done');
  if (move.kind === 'change') return move.lines.every((line) => (seen.lines.find((one) => one.inventoryItemId === line.inventoryItemId)?.total ?? 0) === line.quantity);
  const wanted = asText(move.lines);
  return seen.shipments.some((one) => !move.known.includes(one.id) && asText(one.lines) === wanted);
}
/** Somebody else received some of it since it was counted. */
export const isCountedOver = (move: Move, seen: TransferSeen): boolean => move.kind === 'receive' && [...receiptOf(move.lines, seen).values()].includes('otherwise');
const asText = (lines: readonly { inventoryItemId: string; quantity: number }[]): string => lines.map((line) => `${line.inventoryItemId}×${line.quantity}`).sort().join();
