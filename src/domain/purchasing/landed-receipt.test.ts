import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toStore } from '../exchange.ts';
import { landedCost, type CostedOrder } from './landed-cost.ts';
import { inStoreParts, landedReceipts, type ReceivedGoods } from './landed-receipt.ts';

interface Made { order: CostedOrder; receipts: ReceivedGoods[] }
/** Orders of some lines, received in parts, some of those taken back. */
const received = fc.record({
  charges: fc.tuple(fc.nat(5_000), fc.nat(5_000), fc.nat(900)), lines: fc.array(fc.record({ unitCost: fc.nat(3_000), expected: fc.nat(9) }), { minLength: 1, maxLength: 5 }),
  parts: fc.array(fc.record({ counts: fc.array(fc.nat(12), { minLength: 5, maxLength: 5 }), back: fc.boolean() }), { maxLength: 6 }),
}).map(({ charges: [shipping, duty, otherCost], lines, parts }): Made => {
  const receipts: ReceivedGoods[] = [], came = lines.map(() => 0);
  parts.forEach(({ counts, back }, n) => {
    const own = lines.flatMap((_, k) => (counts[k]! > 0 ? [{ itemId: k + 1, units: counts[k]! }] : []));
    receipts.push({ receiptId: n + 1, reverses: null, lines: own });
    if (back) receipts.push({ receiptId: 100 + n, reverses: n + 1, lines: own.map((line) => ({ ...line, units: -line.units })) }); else own.forEach(({ itemId, units }) => { came[itemId - 1]! += units; });
  });
  return { receipts, order: { currency: 'USD', shipping, duty, otherCost, lines: lines.map(({ unitCost, expected }, k) => ({ line: k + 1, itemId: k + 1, ordered: came[k]! + expected, unitCost, received: came[k]!, damaged: 0, cancelled: 0 })) } };
});
const sums = (made: Map<number, Map<number, number>>): Map<number, number> => { const all = new Map<number, number>(); for (const lines of made.values()) for (const [item, minor] of lines) all.set(item, (all.get(item) ?? 0) + minor); return all; };

describe('receipts at their landed cost', () => {
  it('of a line that has wholly come they are its landed cost to the minor unit, whatever was taken back between', () => {
    fc.assert(fc.property(received, ({ order, receipts }) => {
      const all = sums(landedReceipts(order, receipts));
      landedCost(order).forEach((line, n) => {
        const { received: came, ordered, itemId } = order.lines[n]!;
        if (came > 0 && came === ordered) expect(all.get(itemId)).toBe(line.landed);
        else expect(Math.abs((all.get(itemId) ?? 0) - (line.units === 0 ? 0 : (line.landed * came) / line.units))).toBeLessThanOrEqual(0.5);
      });
    }), { numRuns: 500 });
  });

  it('one taken back and the one that does so cancel out; no part is a minor unit or more from its units’ share', () => {
    fc.assert(fc.property(received, ({ order, receipts }) => {
      const made = landedReceipts(order, receipts), costs = landedCost(order);
      for (const { receiptId, reverses, lines } of receipts) for (const { itemId, units } of lines) {
        const line = costs[itemId - 1]!, part = made.get(receiptId)!.get(itemId)!;
        if (reverses !== null) expect(part + made.get(reverses)!.get(itemId)!).toBe(0);
        expect(Math.abs(part - (line.units === 0 ? units * order.lines[itemId - 1]!.unitCost : (line.landed * units) / line.units))).toBeLessThanOrEqual(1);
      }
    }), { numRuns: 500 });
  });

  it('in the store’s currency the lines of a receipt sum to the receipt, each within two minor units of its own amount', () => {
    fc.assert(fc.property(fc.array(fc.nat(10_000_000), { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 40_000_000_000 }), fc.constantFrom('USD', 'JPY', 'KWD'), fc.boolean(), (amounts, billionths, currency, back) => {
      const parts = amounts.map((one) => (back ? -one : one)), made = inStoreParts(parts, currency, 'EUR', billionths), whole = parts.reduce((sum, one) => sum + one, 0);
      expect(made.reduce((sum, one) => sum + one, 0)).toBe(toStore(whole, currency, 'EUR', billionths));
      if (whole !== 0) made.forEach((minor, n) => expect(Math.abs(minor - toStore(parts[n]!, currency, 'EUR', billionths))).toBeLessThanOrEqual(2));
      expect(inStoreParts(parts.map((one) => -one), currency, 'EUR', billionths).map((one) => 0 - one)).toEqual(made.map((one) => 0 + one));
    }), { numRuns: 500 });
  });

  it('an item the order has no line of costs nothing known', () => {
    const order: CostedOrder = { currency: 'USD', shipping: 100, duty: 0, otherCost: 0, lines: [{ line: 1, itemId: 1, ordered: 3, unitCost: 50, received: 3, damaged: 0, cancelled: 0 }] };
    expect(landedReceipts(order, [{ receiptId: 7, reverses: null, lines: [{ itemId: 1, units: 3 }, { itemId: 9, units: 4 }] }])).toEqual(new Map([[7, new Map([[1, 250]])]]));
  });
});
