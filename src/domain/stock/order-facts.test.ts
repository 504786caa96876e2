import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyOrder, join, type OrderState, type RestockType } from '../orders/order-state.ts';
import type { Account, Fact } from './fact.ts';
import { orderFacts, type StockKeys } from './order-facts.ts';

const PLACES: Record<string, number> = { 501: 1, 502: 2, 503: 3 };
/** Location 3 was counted while the order lived, the others before it. */
const keys: StockKeys = { item: (variantId) => Number(variantId), location: (id) => PLACES[id] ?? null, openedAt: (_, place) => (place === 3 ? instant(4) : instant(0)) };
const instant = (second: number): string => `2026-11-01T00:00:0${second}.000Z`;

/** What truly happened to an order of one line, all parts of it that can be heard apart. */
interface Story {
  ordered: number;
  parcels: { at: number; place: string; units: number }[];
  refunds: { at: number; type: RestockType; place: string | null; units: number }[];
  assignments: { at: number; place: string; units: number; open: boolean }[];
  stated: { at: number; units: number }[];
}
const place = fc.constantFrom('501', '502', '503'), second = fc.integer({ min: 1, max: 9 }), units = fc.integer({ min: 1, max: 3 });
const story: fc.Arbitrary<Story> = fc.record({
  ordered: fc.integer({ min: 1, max: 6 }),
  parcels: fc.array(fc.record({ at: second, place, units }), { maxLength: 2 }),
  refunds: fc.array(fc.record({ at: second, type: fc.constantFrom<RestockType>('return', 'cancel', 'no_restock'), place: fc.option(place), units }), { maxLength: 3 }),
  assignments: fc.array(fc.record({ at: second, place, units: fc.integer({ min: 0, max: 6 }), open: fc.boolean() }), { maxLength: 4 }),
  stated: fc.array(fc.record({ at: second, units: fc.integer({ min: 0, max: 6 }) }), { maxLength: 3 }),
});

/** Each part of a story as a fragment of its own; a moved fulfilment order (even and odd readings are of two) is read again and again. */
function fragments(told: Story): OrderState[] {
  const base = (): OrderState => ({
    ...emptyOrder('1'), processedAt: instant(1), updatedAt: instant(1),
    lines: { 7: { variantId: '11', sku: 'A', title: '', ordered: told.ordered, removed: 0, giftCard: false, requiresShipping: true, price: 0, group: null } },
  });
  return [
    base(),
    ...told.parcels.map((p, n) => ({ ...base(), fulfilments: { [`7${n}`]: { locationId: p.place, cancelled: false, at: instant(p.at), updatedAt: instant(p.at), lines: { 7: p.units } } } })),
    ...told.refunds.map((r, n) => ({ ...base(), refunds: { [`9${n}`]: { refundId: `9${n}`, lineId: '7', quantity: r.units, restockType: r.type, locationId: r.place, at: instant(r.at) } } })),
    ...told.assignments.map((a, n) => ({ ...base(), assignments: { [`8${n % 2}`]: { locationId: a.place, open: a.open, updatedAt: instant(a.at), readAt: instant(a.at), lines: { 7: { total: a.units, remaining: a.units } } } } })),
    ...told.stated.map((s) => ({ ...base(), unfulfilled: { 7: { quantity: s.units, at: instant(s.at) } } })),
    { ...base(), refundsKnown: true }, { ...base(), fulfilmentsKnown: true },
  ];
}

/** The ledger's own rule: a fact moves the difference to what was posted for it before. */
function ledger() {
  const posted = new Map<string, number>(), levels: Record<string, number> = {};
  const move = (account: Account, quantity: number): void => { const key = `${account.locationId}/${account.state}`; levels[key] = (levels[key] ?? 0) + quantity; };
  return {
    post(facts: readonly Fact[]): void {
      expect(new Set(facts.map((f) => f.fact)).size).toBe(facts.length);
      for (const fact of facts) {
        const due = fact.quantity - (posted.get(fact.fact) ?? 0);
        posted.set(fact.fact, fact.quantity);
        move(fact.from, -due);
        move(fact.to, due);
      }
    },
    levels: (): Record<string, number> => Object.fromEntries(Object.entries(levels).filter(([, n]) => n !== 0)),
  };
}
const final = (parts: readonly OrderState[]): OrderState => parts.reduce(join);

describe('facts of an order', () => {
  it('leave the same ledger whatever was heard on the way to it', () => {
    fc.assert(fc.property(story.chain((told) => fc.shuffledSubarray(fragments(told), { minLength: 1 })), (heard) => {
      const stepwise = ledger(), atOnce = ledger();
      heard.forEach((_, n) => stepwise.post(orderFacts(final(heard.slice(0, n + 1)), keys, 'test').facts));
      atOnce.post(orderFacts(final(heard), keys, 'test').facts);
      expect(stepwise.levels()).toEqual(atOnce.levels());
    }), { numRuns: 5_000 });
  });

  it('commit at each location just the open units assigned there', () => {
    fc.assert(fc.property(story.chain((told) => fc.shuffledSubarray(fragments(told), { minLength: 1 })), (heard) => {
      const order = final(heard), book = ledger();
      const result = orderFacts(order, keys, 'test');
      book.post(result.facts);
      const committed = [1, 2, 3].map((n) => book.levels()[`${n}/committed`] ?? 0);
      expect(Math.min(...committed)).toBeGreaterThanOrEqual(0);
      expect(committed.reduce((a, b) => a + b)).toBeLessThanOrEqual(result.openUnits);
    }), { numRuns: 5_000 });
  });

  it('takes back a release without restock once the parcel it was of is heard', () => {
    const told = fragments({ ordered: 1, parcels: [{ at: 2, place: '501', units: 1 }], refunds: [{ at: 3, type: 'no_restock', place: null, units: 1 }], assignments: [{ at: 1, place: '501', units: 1, open: true }], stated: [{ at: 3, units: 0 }] });
    const [base, parcel, refund, assignment, stated, , whole] = told as [OrderState, OrderState, OrderState, OrderState, OrderState, OrderState, OrderState];
    const book = ledger();
    book.post(orderFacts(final([base, assignment, refund, stated, whole]), keys, 'test').facts);
    expect(book.levels()).toMatchObject({ '0/shrinkage': 1 });
    book.post(orderFacts(final([base, assignment, refund, stated, whole, parcel]), keys, 'test').facts);
    expect(book.levels()).toEqual({ '0/customer': 1, '1/available': -1 });
  });

  it('move nothing for units of history refunded without restock, whose parcels a bulk file does not name: they may have shipped before the count', () => {
    const told = fragments({ ordered: 2, parcels: [], refunds: [{ at: 8, type: 'no_restock', place: null, units: 2 }], assignments: [{ at: 2, place: '501', units: 0, open: false }], stated: [{ at: 8, units: 0 }] }), [base, refund, assignment, stated, refundsRead] = told as [OrderState, OrderState, OrderState, OrderState, OrderState];
    const history = final([base, assignment, stated, refund, refundsRead]), book = ledger();
    expect(history.fulfilmentsKnown).toBe(false);
    book.post(orderFacts(history, keys, 'test').facts);
    expect(book.levels()).toEqual({});
  });
});
