import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, emptyOrder, join, linePosition, type OrderState } from './order-state.ts';

const instant = fc.integer({ min: 0, max: 5 }).map((n) => `2026-11-01T00:00:0${n}.000Z`);
const units = fc.integer({ min: 0, max: 5 });
const lineIds = ['1', '2'];
const fragment: fc.Arbitrary<OrderState> = fc.record({
  updatedAt: instant, processedAt: fc.option(instant), cancelledAt: fc.option(instant), test: fc.boolean(),
  lines: fc.dictionary(fc.constantFrom(...lineIds), fc.record({
    variantId: fc.option(fc.constantFrom('11', '12')), sku: fc.option(fc.constantFrom('A', 'B')),
    title: fc.constantFrom('', 'x'), ordered: units, removed: units, giftCard: fc.boolean(), requiresShipping: fc.boolean(), price: units, group: fc.constant(null),
  })),
  refunds: fc.dictionary(fc.constantFrom('91', '92'), fc.record({
    refundId: fc.constant('9'), lineId: fc.constantFrom(...lineIds), quantity: units,
    restockType: fc.constantFrom('return' as const, 'cancel' as const, 'no_restock' as const), locationId: fc.option(fc.constantFrom('5', '6')), at: instant,
  })),
  fulfilments: fc.dictionary(fc.constantFrom('71', '72'), fc.record({
    locationId: fc.option(fc.constantFrom('5', '6')), cancelled: fc.boolean(), at: instant, updatedAt: instant, lines: fc.dictionary(fc.constantFrom(...lineIds), units),
  })),
  assignments: fc.dictionary(fc.constantFrom('81', '82'), fc.record({
    locationId: fc.constantFrom('5', '6'), open: fc.boolean(), updatedAt: instant, readAt: instant,
    lines: fc.dictionary(fc.constantFrom(...lineIds), fc.record({ total: units, remaining: units })),
  })),
  dispositions: fc.dictionary(fc.constantFrom('61', '62'), fc.record({ lineId: fc.option(fc.constantFrom(...lineIds)), quantity: units, restocked: fc.boolean(), locationId: fc.option(fc.constantFrom('5', '6')), at: instant })),
  unfulfilled: fc.dictionary(fc.constantFrom(...lineIds), fc.record({ quantity: units, at: instant })),
  fulfilledBefore: fc.dictionary(fc.constantFrom(...lineIds), fc.record({ quantity: units, locationId: fc.option(fc.constantFrom('5')) })),
  fulfilmentsKnown: fc.boolean(), refundsKnown: fc.boolean(),
}).map((part) => ({ ...emptyOrder('1'), ...part }));

describe('an order is a join of fragments', () => {
  it('does not care for order, grouping or repetition', () => {
    fc.assert(fc.property(fragment, fragment, fragment, (a, b, c) => {
      expect(canonical(join(a, b))).toBe(canonical(join(b, a)));
      expect(canonical(join(join(a, b), c))).toBe(canonical(join(a, join(b, c))));
      expect(canonical(join(a, a))).toBe(canonical(a));
      expect(canonical(join(a, emptyOrder('1')))).toBe(canonical(a));
      expect(canonical(join(join(a, b), b))).toBe(canonical(join(a, b)));
    }), { numRuns: 2000 });
  });

  it('accounts for each ordered unit at most once, whatever is heard', () => {
    fc.assert(fc.property(fragment, fragment, (a, b) => {
      const order = join(a, b);
      for (const [id, line] of Object.entries(order.lines)) {
        const p = linePosition(order, id);
        expect(p.open).toBeGreaterThanOrEqual(0);
        expect(p.released).toBeGreaterThanOrEqual(0);
        expect(p.open + p.released).toBeLessThanOrEqual(Math.max(0, line.ordered - line.removed));
      }
    }), { numRuns: 2000 });
  });

  it('tells shipped from unshipped units in a refund without restock by what Shopify says is unfulfilled', () => {
    const order = (stated: number): OrderState => ({
      ...emptyOrder('1'), fulfilmentsKnown: true, refundsKnown: true,
      lines: { 1: { variantId: '11', sku: 'A', title: '', ordered: 2, removed: 0, giftCard: false, requiresShipping: true, price: 0, group: null } },
      fulfilments: { 71: { locationId: '5', cancelled: false, at: '', updatedAt: '', lines: { 1: 1 } } },
      refunds: { 91: { refundId: '9', lineId: '1', quantity: 1, restockType: 'no_restock', locationId: null, at: '' } },
      unfulfilled: { 1: { quantity: stated, at: '' } },
    });
    expect(linePosition(order(1), '1')).toMatchObject({ open: 1, released: 0 });
    expect(linePosition(order(0), '1')).toMatchObject({ open: 0, released: 1 });
  });
});
