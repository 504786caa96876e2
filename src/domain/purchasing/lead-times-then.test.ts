import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayFromNumber } from '../calendar.ts';
import { learnedLeadTimes } from '../replenishment/lead-time.ts';
import { leadTimeOf } from './lead-time.ts';
import { leadTimesThen, type OrderSeen } from './lead-times-then.ts';

const FIRST = 20_000, DAYS = 40;
const orders = fc.array(fc.record({
  supplierId: fc.constantFrom(1, 2), orderedOn: fc.integer({ min: FIRST - 420, max: FIRST + 30 }),
  arrivals: fc.array(fc.record({ after: fc.integer({ min: 0, max: 60 }), units: fc.integer({ min: 1, max: 20 }), undoneAfter: fc.option(fc.integer({ min: 0, max: 20 }), { freq: 2 }) }), { maxLength: 3 }),
}), { maxLength: 40 }).map((all) => all.map(({ supplierId, orderedOn, arrivals }, n): OrderSeen => ({ supplierId, orderId: n + 1, orderedOn, arrivals: arrivals.map(({ after, units, undoneAfter }) => ({ day: orderedOn + after, units, undone: undoneAfter === null ? null : orderedOn + after + undoneAfter })) })));
/** The shares of each morning, as text. */
function mornings(seen: readonly OrderSeen[], first = FIRST, days = DAYS): string[] {
  const told = leadTimesThen(seen, first, days);
  return Array.from({ length: days }, (_, n) => JSON.stringify([1, 2].map((supplier) => told.get(supplier)?.findLast((one) => one.from <= n)?.shares ?? null)));
}

describe('lead times as receipts had taught them by each morning', () => {
  it('what comes or is taken back on a day or after it alters nothing known that morning', () => {
    fc.assert(fc.property(orders, orders, fc.integer({ min: 0, max: DAYS - 1 }), fc.integer({ min: 1, max: 50 }), (seen, more, day, units) => {
      const today = FIRST + day, added = more.map((order) => ({ ...order, orderId: order.orderId + 1_000, arrivals: order.arrivals.map((one) => ({ ...one, day: Math.max(one.day, today) })) }));
      const changed = seen.map((order) => ({ ...order, arrivals: [...order.arrivals.map((one) => ({ ...one, undone: one.undone !== null && one.undone < today ? one.undone : Math.max(today, one.day) })), { day: Math.max(today, order.orderedOn), units, undone: null }] }));
      const [before, after] = [mornings(seen), mornings([...changed, ...added])];
      for (let n = 0; n <= day; n++) expect(after[n]).toBe(before[n]);
    }), { numRuns: 300 });
  });

  it('is the rule for lead times, asked each morning anew of what had come by then', () => {
    fc.assert(fc.property(orders, (seen) => {
      mornings(seen).forEach((text, n) => {
        const morning = FIRST + n;
        expect(text).toBe(JSON.stringify([1, 2].map((supplier) => learnedLeadTimes(seen.filter((one) => one.supplierId === supplier && one.orderedOn >= morning - 401).flatMap((one) => leadTimeOf({
          orderedOn: dayFromNumber(one.orderedOn), arrivals: one.arrivals.filter((each) => each.day < morning && (each.undone === null || each.undone >= morning)).map((each) => ({ day: dayFromNumber(each.day), units: each.units })),
        }) ?? [])))));
      });
    }), { numRuns: 150 });
  });

  it('is the same whether asked day by day or for a period, in whatever order the receipts are read', () => {
    fc.assert(fc.property(orders, fc.integer({ min: 0, max: DAYS - 1 }), (seen, n) => {
      expect(mornings(seen, FIRST + n, 1)[0]).toBe(mornings(seen)[n]);
      expect(mornings([...seen].reverse().map((one) => ({ ...one, arrivals: [...one.arrivals].reverse() })))).toEqual(mornings(seen));
    }), { numRuns: 200 });
  });
});
