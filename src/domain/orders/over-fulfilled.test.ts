import fc from 'fast-check';
import { expect, it } from 'vitest';
import { emptyOrder, type OrderState } from './order-state.ts';
import { overFulfilledCase, overFulfilledLines } from './over-fulfilled.ts';

const few = fc.nat(6);
const drawn = fc.record({ ordered: few, removed: few, cancelled: few, returned: few, sent: fc.array(fc.record({ units: few, takenBack: fc.boolean() }), { maxLength: 4 }) });
function orderOf(of: { ordered: number; removed: number; cancelled: number; returned: number; sent: readonly { units: number; takenBack: boolean }[] }): OrderState {
  const order = { ...emptyOrder('1'), name: '#1001' }, at = '2026-03-02T09:00:00.000Z';
  order.lines['11'] = { variantId: '5', sku: 'MUG', title: 'Mug', ordered: of.ordered, removed: of.removed, giftCard: false, requiresShipping: true, price: 100, group: null };
  order.refunds = { a: { refundId: 'r', lineId: '11', quantity: of.cancelled, restockType: 'cancel', locationId: null, at }, b: { refundId: 'r', lineId: '11', quantity: of.returned, restockType: 'return', locationId: null, at } };
  order.fulfilments = Object.fromEntries(of.sent.map((parcel, n) => [String(n), { locationId: '3', cancelled: parcel.takenBack, at, updatedAt: at, lines: { 11: parcel.units } }]));
  return order;
}

it('is what was sent and not taken back, above what was ordered and not cancelled; a return changes nothing', () => {
  fc.assert(fc.property(drawn, (of) => {
    const sent = of.sent.filter((parcel) => !parcel.takenBack).reduce((sum, parcel) => sum + parcel.units, 0), wanted = Math.max(0, of.ordered - of.removed - of.cancelled);
    expect(overFulfilledLines(orderOf(of)).map((line) => line.over)).toEqual(sent > wanted ? [sent - wanted] : []);
    expect(overFulfilledLines(orderOf({ ...of, returned: 0 }))).toEqual(overFulfilledLines(orderOf(of)));
  }));
});

it('is no case once accepted, until it is more', () => {
  fc.assert(fc.property(drawn, few, (of, accepted) => {
    const order = orderOf(of), [line] = overFulfilledLines(order), found = overFulfilledCase(order, new Map([['11', accepted]]));
    expect(found.length).toBe(line !== undefined && line.over > accepted ? 1 : 0);
    if (found[0]) expect(found[0].size).toBe(line!.over);
  }));
});
