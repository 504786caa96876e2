import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCountedOver, isMoved, receiptOf, rejectedUnits, type ReceiveLine, type ShipmentSeen, type TransferSeen } from './transfer-moves.ts';

const shipment = (id: string, lines: ShipmentSeen['lines'], status: ShipmentSeen['status'] = 'in transit'): ShipmentSeen => ({ id, name: `#T1-${id}`, status, lines });
const line = (inventoryItemId: string, quantity: number, accepted = 0, rejected = 0): ShipmentSeen['lines'][number] => ({ lineId: `l${inventoryItemId}`, inventoryItemId, quantity, accepted, rejected });
const seen = (shipments: ShipmentSeen[], lines: TransferSeen['lines'] = []): TransferSeen => ({ lines, shipments });

describe('parts of a transfer', () => {
  it('a shipment that was not there and holds the same units is ours; one that was there, or holds others, is not', () => {
    const move = { kind: 'ship' as const, known: ['1'], lines: [{ itemId: 1, inventoryItemId: 'a', quantity: 3 }, { itemId: 2, inventoryItemId: 'b', quantity: 1 }] };
    expect(isMoved(move, seen([shipment('1', [line('b', 1), line('a', 3)])]))).toBe(false);
    expect(isMoved(move, seen([shipment('1', []), shipment('2', [line('b', 1), line('a', 3)])]))).toBe(true);
    expect(isMoved(move, seen([shipment('2', [line('a', 3)])]))).toBe(false);
  });
  it('a change is done when every line has its units, and what is taken off is gone', () => {
    const move = { kind: 'change' as const, lines: [{ itemId: 1, inventoryItemId: 'a', quantity: 3 }, { itemId: 2, inventoryItemId: 'b', quantity: 0 }] }, of = (a: number, b: number | null): TransferSeen => seen([], [{ lineId: '1', inventoryItemId: 'a', total: a, shipped: 0 }, ...(b === null ? [] : [{ lineId: '2', inventoryItemId: 'b', total: b, shipped: 0 }])]);
    expect([of(3, null), of(3, 2), of(4, null)].map((at) => isMoved(move, at))).toEqual([true, false, false]);
  });

  const counted = fc.record({ accepted: fc.nat(9), rejected: fc.array(fc.record({ reason: fc.constantFrom('damaged' as const, 'wrong item' as const, 'missing' as const, 'other' as const), quantity: fc.integer({ min: 1, max: 5 }) }), { maxLength: 3 }), before: fc.record({ accepted: fc.nat(9), rejected: fc.nat(9) }) });
  const receipt = fc.array(fc.tuple(fc.constantFrom('1', '2'), fc.constantFrom('a', 'b', 'c'), counted), { maxLength: 6 }).map((rows) => [...new Map(rows.map((row) => [`${row[0]}${row[1]}`, row])).values()].map(([shipmentId, inventoryItemId, of], n): ReceiveLine => ({ itemId: n, shipmentId, inventoryItemId, ...of })));
  /** What Shopify shows once the shipments in `applied` took their part, on top of what it showed before and with what others did. */
  const after = (lines: readonly ReceiveLine[], applied: ReadonlySet<string>, others = 0): TransferSeen => seen(['1', '2'].map((id) => shipment(id, lines.filter((one) => one.shipmentId === id).map((one) => ({ ...line(one.inventoryItemId, 99), accepted: one.before.accepted + (applied.has(id) ? one.accepted : 0) + others, rejected: one.before.rejected + (applied.has(id) ? rejectedUnits(one) : 0) })))));
  const asks = (one: ReceiveLine): boolean => one.accepted + rejectedUnits(one) > 0;

  it('a receipt is sent for the shipments that do not show it, and for no other: once, whatever answer was lost', () => {
    fc.assert(fc.property(receipt, fc.subarray(['1', '2']), (lines, done) => {
      const became = receiptOf(lines, after(lines, new Set(done)));
      for (const id of new Set(lines.map((one) => one.shipmentId))) expect(became.get(id)).toBe(done.includes(id) || !lines.some((one) => one.shipmentId === id && asks(one)) ? 'done' : 'open');
    }));
  });
  it('sent for what is open, it is done; more that others receive afterwards does not open it again', () => {
    fc.assert(fc.property(receipt, fc.subarray(['1', '2']), fc.nat(3), (lines, done, others) => {
      const all = new Set([...done, ...[...receiptOf(lines, after(lines, new Set(done)))].flatMap(([id, of]) => (of === 'open' ? [id] : []))]);
      expect(isMoved({ kind: 'receive', lines }, after(lines, all, others))).toBe(true);
    }));
  });
  it('what others received before it was sent is never received on top: done where it covers the count, else counted again', () => {
    fc.assert(fc.property(receipt, fc.integer({ min: 1, max: 12 }), (lines, others) => {
      const at = after(lines, new Set(), others), move = { kind: 'receive' as const, lines };
      expect([...receiptOf(lines, at).values()]).not.toContain('open');
      expect(isMoved(move, at)).toBe(!isCountedOver(move, at));
    }));
  });
});
