import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, weekday } from '../calendar.ts';
import type { DemandForecast } from './order-up-to.ts';
import { BUILT_IN, type PlanningPolicy } from './policy.ts';
import { recommend, type RecommendationInput, type TermKey } from './recommend.ts';
import { explain } from './sentence.ts';
import { termsOf } from './terms.ts';

/** Steady demand of `rate` a day, with quantiles 30 % below and 50 % and 80 % above the mean. */
const steady = (rate: number, horizon = 42): DemandForecast => {
  const total = Array.from({ length: horizon }, (_, h) => rate * (h + 1));
  return {
    mean: Array.from({ length: horizon }, () => rate),
    cumulative: [[0.1, 0.7], [0.5, 1], [0.9, 1.5], [0.975, 1.8]].map(([q, factor]) => ({ q: q!, values: total.map((value) => value * factor!) })),
  };
};
const POLICY: PlanningPolicy = { ...BUILT_IN, serviceLevel: 0.9, moq: 0 };
const EMPTY = { onHand: 0, incoming: 0, committed: 0, backorders: 0 };
const ask = (given: Partial<RecommendationInput> & { rate?: number; with?: Partial<PlanningPolicy> } = {}) =>
  recommend({ today: '2025-06-02', forecast: steady(given.rate ?? 2), stock: EMPTY, ...given, policy: { ...POLICY, ...given.with } });
const termOf = (recommendation: ReturnType<typeof recommend>, key: TermKey): number => termsOf(recommendation).find((term) => term.key === key)!.quantity;

const anyPolicy = fc.record({
  ...Object.fromEntries(Object.entries(BUILT_IN).map(([field, value]) => [field, fc.constant(value)])) as { [F in keyof PlanningPolicy]: fc.Arbitrary<PlanningPolicy[F]> },
  leadTimeDays: fc.nat(30), reviewDays: fc.integer({ min: 1, max: 12 }), serviceLevel: fc.double({ min: 0.1, max: 0.975, noNaN: true }), moq: fc.nat(200),
  casePack: fc.integer({ min: 1, max: 48 }), maxStock: fc.option(fc.integer({ min: 50, max: 400 })), minStock: fc.nat(50),
});
const anyStock = fc.record({ onHand: fc.integer({ min: -20, max: 300 }), incoming: fc.nat(200), committed: fc.nat(100), backorders: fc.nat(50) });
const anyRate = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 20, noNaN: true }));

describe('any recommendation', () => {
  it('is the exact sum of its whole terms, a multiple of the case, at least the minimum order, or nothing', () => {
    fc.assert(fc.property(anyPolicy, anyStock, anyRate, (policy, stock, rate) => {
      const made = recommend({ today: '2025-06-02', forecast: steady(rate), policy, stock });
      expect(termsOf(made).reduce((sum, term) => sum + term.quantity, 0)).toBe(made.quantity);
      for (const term of termsOf(made)) expect(Number.isSafeInteger(term.quantity)).toBe(true);
      expect(made.quantity % policy.casePack).toBe(0);
      expect(made.quantity).toBeGreaterThanOrEqual(0);
      if (made.quantity > 0) expect(made.quantity).toBeGreaterThanOrEqual(policy.moq);
      if (policy.maxStock !== null && made.quantity > 0) expect(made.position + made.quantity).toBeLessThanOrEqual(policy.maxStock);
    }), { numRuns: 400 });
  });

  it('covers the need, or says which constraint forbids it', () => {
    fc.assert(fc.property(anyPolicy, anyStock, anyRate, (policy, stock, rate) => {
      const made = recommend({ today: '2025-06-02', forecast: steady(rate), policy, stock });
      if (made.quantity < made.need) expect(made.conflicts).toHaveLength(1);
      else expect(made.conflicts).toEqual([]);
      if (policy.maxStock === null) expect(made.quantity).toBeGreaterThanOrEqual(made.need);
      if (made.need <= 0) expect(made.quantity).toBe(0);
    }), { numRuns: 400 });
  });

  it('asks for nothing more once it has been ordered', () => {
    fc.assert(fc.property(anyPolicy, anyStock, anyRate, (policy, stock, rate) => {
      const unlimited = { ...policy, maxStock: null };
      const first = recommend({ today: '2025-06-02', forecast: steady(rate), policy: unlimited, stock });
      const second = recommend({ today: '2025-06-02', forecast: steady(rate), policy: unlimited, stock: { ...stock, incoming: stock.incoming + first.quantity } });
      expect(second.quantity).toBe(0);
      if (first.overstock === 0) expect(second.overstock).toBe(0); // its own order never is overstock
    }));
  });

  it('needs no less at a higher service level, and no more with more stock', () => {
    fc.assert(fc.property(anyPolicy, anyStock, anyRate, fc.nat(50), (policy, stock, rate, more) => {
      const at = (serviceLevel: number, extra: number) =>
        recommend({ today: '2025-06-02', forecast: steady(rate), policy: { ...policy, serviceLevel }, stock: { ...stock, onHand: stock.onHand + extra } }).need;
      expect(at(0.975, 0)).toBeGreaterThanOrEqual(at(policy.serviceLevel, 0));
      expect(at(policy.serviceLevel, more)).toBe(at(policy.serviceLevel, 0) - more);
    }));
  });

  it('explains every order in the same words each time, naming its quantity', () => {
    fc.assert(fc.property(anyPolicy, anyStock, anyRate, (policy, stock, rate) => {
      const made = recommend({ today: '2025-06-02', forecast: steady(rate), policy, stock });
      const text = explain(made);
      expect(text.startsWith(made.quantity > 0 ? `Order ${made.quantity}. ` : 'Order nothing. ')).toBe(true);
      expect(explain(structuredClone(made))).toBe(text);
      expect(text).not.toMatch(/NaN|undefined|null|Infinity|-\d+ (is|are)/);
    }));
  });
});

describe('the arithmetic', () => {
  it('walks from demand to order, in words too', () => {
    const made = ask({ stock: { onHand: 20, incoming: 10, committed: 3, backorders: 1 }, with: { moq: 40, casePack: 12 } });
    expect(termsOf(made).map((term) => [term.key, term.quantity])).toEqual([
      ['expected demand', 42], ['safety stock', 21], ['minimum stock', 0], ['on hand', -20], ['incoming', -10], ['committed', 3], ['backorders', 1],
      ['floor at zero', 0], ['minimum order', 3], ['full cases', 8], ['maximum stock', 0],
    ]);
    expect(explain(made)).toBe(
      'Order 48. 42 are expected to be wanted in 21 days (14 until an order arrives, 7 until the next one); 21 more keep 90% of order cycles in stock; '
      + '20 are on hand; 10 are on the way; 3 are promised to customers out of it; 1 is owed to customers: 37 are needed. '
      + "3 more reach the supplier's minimum of 40; 8 more fill cases of 12. What is there lasts 13 days at the forecast rate. "
      + 'It may run out on 2025-06-10 (one chance in ten), and more likely than not on 2025-06-15. '
      + 'An order placed in time for 90% service was due on 2025-05-27. Not ordering before the next review is expected to lose 13.4 sales.');
  });

  it('equals the planners’ forecast + minimum − stock − on order where the safety stock is nil', () => {
    expect(ask({ with: { serviceLevel: 0.5, minStock: 10 }, stock: { ...EMPTY, onHand: 15, incoming: 7 } }).quantity).toBe(42 + 10 - 15 - 7);
    expect(ask({ with: { serviceLevel: 0.5, minStock: 10 }, stock: { ...EMPTY, onHand: 150 } }).quantity).toBe(0);
  });

  it('keeps the larger of safety stock and minimum stock, not both', () => {
    expect(ask({ with: { minStock: 5 } }).quantity).toBe(63);
    expect(ask({ with: { minStock: 30 } }).quantity).toBe(72);
  });

  it('rounds the level up and balances the shown parts', () => {
    const made = ask({ rate: 0.11 });
    expect(made.orderUpTo).toBe(4); // 0.11 × 21 × 1.5 = 3.465
    expect([termOf(made, 'expected demand'), termOf(made, 'safety stock')]).toEqual([2, 2]);
  });

  it('stays under the maximum stock in full cases, and says what is short', () => {
    const made = ask({ with: { casePack: 12, maxStock: 50 }, stock: { ...EMPTY, onHand: 10 } });
    expect(made.quantity).toBe(36);
    expect(termOf(made, 'maximum stock')).toBe(-24);
    expect(made.conflicts).toEqual(['The maximum stock of 50 leaves room for 36, but 53 are needed.']);
    const none = ask({ with: { moq: 45, maxStock: 50 }, stock: { ...EMPTY, onHand: 10 } });
    expect(none.quantity).toBe(0);
    expect(none.conflicts).toEqual(["The maximum stock of 50 leaves room for 40, less than the supplier's minimum of 45, but 53 are needed."]);
  });

  it('dates the stockout and the last day to order', () => {
    const made = ask({ stock: { ...EMPTY, onHand: 61 } }); // the 0.9 path passes 61 on its 21st day, the median on its 31st
    expect(made.stockoutDate).toEqual({ p50: '2025-07-02', p10: '2025-06-22' });
    expect(made.orderBy).toBe('2025-06-08');
    expect(made.coverDays).toBeCloseTo(30.5);
    const safe = ask({ stock: { ...EMPTY, onHand: 1000 } });
    expect(safe).toMatchObject({ stockoutDate: { p50: null, p10: null }, orderBy: null, quantity: 0, coverDays: 500, coverBeyondHorizon: true });
  });

  it('counts as overstock only what the policy could not have ordered itself', () => {
    expect(ask({ stock: { ...EMPTY, onHand: 100 } }).overstock).toBe(37);
    expect(ask({ stock: { ...EMPTY, onHand: 100 }, with: { moq: 60 } }).overstock).toBe(0);
    expect(ask({ rate: 0, stock: { ...EMPTY, onHand: 8 } }).overstock).toBe(8);
  });

  it('refuses a forecast that is too short and a policy that cannot be', () => {
    expect(() => ask({ forecast: steady(2, 20) })).toThrow('21 days asked of a forecast of 20');
    expect(() => ask({ with: { serviceLevel: 0.99 } })).toThrow('no quantile 0.99');
    expect(() => ask({ with: { casePack: 0 } })).toThrow('case pack');
  });
});

describe('suppliers that take orders on some days', () => {
  const MONDAY = '2025-06-02', anyDays = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 });

  it('are waited for: the wait is demand to cover, and the day to order by is one of theirs', () => {
    fc.assert(fc.property(anyPolicy, anyStock, fc.double({ min: 0.5, max: 20, noNaN: true }), fc.nat(6), anyDays, (policy, stock, rate, n, orderDays) => {
      const today = addDays(MONDAY, n), forecast = steady(rate, 60), free = recommend({ today, forecast, policy, stock }), made = recommend({ today, forecast, policy, stock, orderDays });
      expect(made.orders!.wait).toBeLessThan(7);
      expect(orderDays).toContain(weekday(addDays(today, made.orders!.wait)));
      expect(made.orders!.between).toBeGreaterThanOrEqual(policy.reviewDays);
      expect(made.protectionDays).toBe(policy.leadTimeDays + made.orders!.wait + made.orders!.between);
      expect(made.need).toBeGreaterThanOrEqual(free.need);
      expect(termsOf(made).reduce((sum, term) => sum + term.quantity, 0)).toBe(made.quantity);
      if (made.orderBy !== null) expect(orderDays).toContain(weekday(made.orderBy));
      expect(explain(made)).not.toMatch(/NaN|undefined|null|Infinity/);
    }), { numRuns: 300 });
  });

  it('any day of the week is no day in particular', () => {
    fc.assert(fc.property(anyPolicy, anyStock, anyRate, (policy, stock, rate) => {
      const { orders, ...made } = recommend({ today: MONDAY, forecast: steady(rate), policy, stock, orderDays: [1, 2, 3, 4, 5, 6, 7] }), { orders: none, ...free } = recommend({ today: MONDAY, forecast: steady(rate), policy, stock });
      expect([orders, none]).toEqual([{ wait: 0, between: policy.reviewDays }, null]);
      expect(made).toEqual(free);
    }));
  });

  it('says the wait in its days', () => {
    const made = ask({ orderDays: [4], forecast: steady(2, 60) }); // today is a Monday: three days until Thursday, and a week to the next
    expect(made).toMatchObject({ orders: { wait: 3, between: 7 }, protectionDays: 24 });
    expect(explain(made)).toContain("48 are expected to be wanted in 24 days (3 until the supplier's next order day, 14 until an order arrives, 7 until the next one)");
    expect(ask({ orderDays: [4], with: { kind: 'planner parity' } }).orders).toBeNull();
  });
});

describe('goods on their way with a day', () => {
  it('are not there before it: the shelf may be empty although the position is not, and it is said', () => {
    const stock = { ...EMPTY, onHand: 10, incoming: 100 }, late = ask({ stock, arrivals: [{ day: '2025-06-20', units: 100 }] }), soon = ask({ stock, arrivals: [{ day: '2025-06-04', units: 100 }] });
    expect(late.stockoutDate).toEqual({ p50: '2025-06-07', p10: '2025-06-05' }); // two a day: the sixth day asks for 12
    expect(late.conflicts).toEqual(['It is more likely than not gone on 2025-06-07, before the 100 of 2025-06-20 come.']);
    expect(soon).toMatchObject({ stockoutDate: ask({ stock }).stockoutDate, conflicts: [] });
    expect(late.quantity).toBe(ask({ stock }).quantity); // no order of today comes sooner
  });

  it('what is out is out today, and says so; what nobody wants never is', () => {
    const stock = { ...EMPTY, onHand: 2, committed: 6, incoming: 100 }, out = ask({ stock, arrivals: [{ day: '2025-06-20', units: 100 }] });
    expect(out.stockoutDate).toEqual({ p50: '2025-06-02', p10: '2025-06-02' });
    expect(out.conflicts).toEqual(['Nothing is left until the 100 of 2025-06-20 come.']);
    expect(explain(out)).toContain('It is sold out now.');
    expect(explain(out)).not.toContain('may run out');
    expect(ask({ stock: EMPTY }).stockoutDate.p50).toBe('2025-06-02');
    expect(recommend({ today: '2025-06-02', forecast: steady(0), policy: BUILT_IN, stock: EMPTY }).stockoutDate).toEqual({ p50: null, p10: null });
  });

  it('never lasts longer for coming later, and what is overdue or more than is on its way counts as there', () => {
    const arrivals = fc.array(fc.record({ day: fc.integer({ min: -5, max: 50 }).map((n) => addDays('2025-06-02', n)), units: fc.integer({ min: 1, max: 80 }) }), { maxLength: 5 });
    fc.assert(fc.property(anyPolicy, anyStock, anyRate, arrivals, (policy, stock, rate, coming) => {
      const at = (list: typeof coming) => recommend({ today: '2025-06-02', forecast: steady(rate), policy, stock, arrivals: list }).stockoutDate.p50 ?? '9999', now = at([]);
      expect(at(coming) <= now).toBe(true);
      expect(at(coming.filter((one) => one.day <= '2025-06-02'))).toBe(now);
      expect(at(coming.map((one) => ({ ...one, day: addDays(one.day, 3) }))) <= at(coming)).toBe(true);
    }), { numRuns: 300 });
  });
});

describe('a place that buys for others', () => {
  it('needs what all of them want less what all of them have; the others order nothing, and say why', () => {
    fc.assert(fc.property(anyPolicy, anyStock, anyRate, fc.integer({ min: -50, max: 300 }), (policy, stock, rate, elsewhere) => {
      const alone = recommend({ today: '2025-06-02', forecast: steady(rate), policy, stock }), all = recommend({ today: '2025-06-02', forecast: steady(rate), policy, stock, elsewhere }), supplied = recommend({ today: '2025-06-02', forecast: steady(rate), policy, stock, boughtElsewhere: true });
      expect(all.need).toBe(alone.need - elsewhere);
      for (const made of [all, supplied]) expect(termsOf(made).reduce((sum, term) => sum + term.quantity, 0)).toBe(made.quantity);
      expect(supplied).toMatchObject({ quantity: 0, need: alone.need, atRisk: alone.atRisk, stockoutDate: alone.stockoutDate });
      if (alone.quantity > 0) expect(explain(supplied)).toContain(`${alone.quantity} come from the place that buys for this one`);
      if (elsewhere !== 0) expect(explain(all)).toContain('the places supplied from here');
    }), { numRuns: 300 });
  });
});
