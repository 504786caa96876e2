/** What is being counted of a transfer's shipments: units that come into stock, and units that do not, by reason, until it is sent. */
import type { TransferDetail } from '../api/replay-queries.ts';

export type Reason = 'damaged' | 'wrong item' | 'missing' | 'other';
export const REASONS: readonly { reason: Reason; label: string }[] = [{ reason: 'damaged', label: 'Damaged' }, { reason: 'wrong item', label: 'Wrong item' }, { reason: 'missing', label: 'Never arrived' }, { reason: 'other', label: 'Not taken, other' }];
export interface Counted { accepted: number; rejected: Partial<Record<Reason, number>> }
/** By `<shipment>/<item>`. */
export type ReceiptDraft = Record<string, Counted>;
export interface Coming { key: string; shipmentId: string; itemId: number; sku: string | null; barcode: string | null; title: string; /** Units neither accepted nor rejected. */ left: number }

export const rejectedOf = (at: Counted): number => Object.values(at.rejected).reduce((sum, units) => sum + units, 0);
export const countedOf = (at: Counted): number => at.accepted + rejectedOf(at);

/** Shipments of which something is still coming, oldest first, with those lines. */
export function coming(transfer: TransferDetail): { shipmentId: string; name: string; lines: Coming[] }[] {
  return transfer.shipments.filter((one) => one.status === 'in transit').map((one) => ({ shipmentId: one.shipmentId, name: one.name, lines: one.lines.flatMap((line): Coming[] => {
    const item = transfer.items.find((each) => each.itemId === line.itemId), left = line.quantity - line.accepted - line.rejected;
    return !item || left <= 0 ? [] : [{ key: `${one.shipmentId}/${line.itemId}`, shipmentId: one.shipmentId, itemId: line.itemId, sku: item.sku, barcode: item.barcode, title: item.title, left }];
  }) })).filter((one) => one.lines.length > 0);
}

/** One more of what the code names: of the oldest shipment that still waits for it. A sentence when it names nothing, or nothing more is coming of it. */
export function scanned(draft: ReceiptDraft, shipments: readonly { lines: readonly Coming[] }[], code: string): { draft: ReceiptDraft; key: string } | string {
  const said = code.trim().toLowerCase(), lines = shipments.flatMap((one) => one.lines).filter((line) => [line.sku, line.barcode].some((known) => known?.toLowerCase() === said));
  if (lines.length === 0) return `${code} is in no shipment that is coming`;
  const line = lines.find((one) => countedOf(draft[one.key] ?? NOTHING) < one.left);
  if (!line) return `All units of ${code} that are coming are counted`;
  const had = draft[line.key] ?? NOTHING;
  return { draft: { ...draft, [line.key]: { ...had, accepted: had.accepted + 1 } }, key: line.key };
}
export const NOTHING: Counted = { accepted: 0, rejected: {} };

/** Lines worth sending. */
export function receiptLines(draft: ReceiptDraft, shipments: readonly { lines: readonly Coming[] }[]): { shipmentId: string; itemId: number; accepted: number; rejected: { reason: Reason; quantity: number }[] }[] {
  return shipments.flatMap((one) => one.lines).flatMap((line) => {
    const at = draft[line.key];
    return !at || countedOf(at) === 0 ? [] : [{ shipmentId: line.shipmentId, itemId: line.itemId, accepted: at.accepted, rejected: REASONS.flatMap(({ reason }) => ((at.rejected[reason] ?? 0) > 0 ? [{ reason, quantity: at.rejected[reason]! }] : [])) }];
  });
}
