/** The kinds of policy beside each other: what each orders, and the laws all of them keep. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../calendar.ts';
import { fillRate, intervals } from './service.ts';
import type { DemandForecast } from './order-up-to.ts';
import { BUILT_IN, POLICY_KINDS, type PlanningPolicy } from './policy.ts';
import { adjusted, recommend, TERM_KEYS, type RecommendationInput, type TermKey } from './recommend.ts';
import { explain } from './sentence.ts';
import { termsOf } from './terms.ts';

const TODAY = '2026-03-02', HORIZON = 60;
/** `rate` a day with quantiles at fixed shares of the total. */
const steady = (rate: number | readonly number[]): DemandForecast => {
  const mean = Array.from({ length: HORIZON }, (_, h) => (typeof rate === 'number' ? rate : rate[h] ?? 0));
  let sum = 0;
  const total = mean.map((units) => (sum += units));
  return { mean, cumulative: [[0.01, 0.4], [0.1, 0.7], [0.5, 1], [0.9, 1.5], [0.975, 1.8], [0.995, 2.2]].map(([q, factor]) => ({ q: q!, values: total.map((units) => units * factor!) })) };
};
const NOTHING = { onHand: 0, incoming: 0, committed: 0, backorders: 0 };
const ask = (policy: Partial<PlanningPolicy>, onHand = 0, rate: number | readonly number[] = 2, more: Partial<RecommendationInput> = {}) =>
  recommend({ today: TODAY, forecast: steady(rate), stock: { ...NOTHING, onHand }, policy: { ...BUILT_IN, moq: 0, ...policy }, ...more });
const term = (made: ReturnType<typeof recommend>, key: TermKey): number => made.terms[TERM_KEYS.indexOf(key)]!;

const anyPolicy = fc.record({
  kind: fc.constantFrom(...POLICY_KINDS), leadTimeDays: fc.nat(30), reviewDays: fc.integer({ min: 1, max: 12 }), serviceLevel: fc.double({ min: 0.5, max: 0.975, noNaN: true }), fillRate: fc.double({ min: 0.5, max: 0.99, noNaN: true }),
  costRatio: fc.option(fc.double({ min: 0.5, max: 0.99, noNaN: true })), reorderPoint: fc.option(fc.nat(80)), orderQuantity: fc.option(fc.integer({ min: 1, max: 60 })), daysOfStock: fc.option(fc.integer({ min: 1, max: 25 })),
  moq: fc.nat(100), casePack: fc.integer({ min: 1, max: 24 }), minStock: fc.nat(30), maxStock: fc.integer({ min: 30, max: 500 }) as fc.Arbitrary<number | null>,
  endOfLife: fc.option(fc.nat(80).map((days) => addDays(TODAY, days))), lastOrder: fc.option(fc.integer({ min: -5, max: 40 }).map((days) => addDays(TODAY, days))), holdingPerYear: fc.constantFrom(0.1, 0.25, 0.6),
});
const anyStock = fc.record({ onHand: fc.integer({ min: -20, max: 300 }), incoming: fc.nat(100), committed: fc.nat(50), backorders: fc.nat(20) });
const anyRate = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 8, noNaN: true }));
const anyLead = fc.option(fc.constantFrom([{ days: 3, share: 0.5 }, { days: 20, share: 0.5 }], [{ days: 9, share: 1 }]));

describe('every kind of policy', () => {
  it('sums exactly, in whole units, to full cases at or above the minimum order, or to nothing', () => fc.assert(fc.property(anyPolicy, anyStock, anyRate, anyLead, (policy, stock, rate, leadTimes) => {
    const made = recommend({ today: TODAY, forecast: steady(rate), policy, stock, leadTimes });
    expect(made.terms).toHaveLength(TERM_KEYS.length);
    expect(made.terms.reduce((sum, units) => sum + units, 0)).toBe(made.quantity);
    expect(termsOf(made).reduce((sum, one) => sum + one.quantity, 0)).toBe(made.quantity);
    expect(made.terms.every(Number.isSafeInteger)).toBe(true);
    expect(made.quantity % policy.casePack).toBe(0);
    expect(made.quantity === 0 || made.quantity >= policy.moq).toBe(true);
    if (made.quantity > 0 && !policy.kind.startsWith('planner') && policy.kind !== 'min/max') expect(made.position + made.quantity).toBeLessThanOrEqual(policy.maxStock!);
    if (policy.lastOrder !== null && policy.lastOrder < TODAY) expect(made.quantity).toBe(0);
    expect(made.atRisk).toBeGreaterThanOrEqual(0);
    const text = explain(made);
    expect(text).not.toMatch(/NaN|undefined|null|Infinity/);
    expect(explain(structuredClone(made))).toBe(text);
  }), { numRuns: 1_000 }));

  const monotone = anyPolicy.map((policy) => ({ ...policy, maxStock: null as number | null, endOfLife: null, lastOrder: null, leadTimeDays: Math.min(20, policy.leadTimeDays), kind: policy.kind === 'min/max' ? 'cycle service' as const : policy.kind }));
  it('orders no less at a higher target', () => fc.assert(fc.property(monotone, anyStock, anyRate, fc.double({ min: 0.5, max: 0.975, noNaN: true }), (policy, stock, rate, other) => {
    const at = (level: number) => recommend({ today: TODAY, forecast: steady(rate), stock, policy: { ...policy, serviceLevel: level, fillRate: level, costRatio: level } }).quantity;
    expect(at(Math.max(other, 0.7))).toBeGreaterThanOrEqual(at(Math.min(other, 0.7)));
  })));
  it('orders up to no less with a longer lead time', () => fc.assert(fc.property(monotone, anyStock, anyRate, fc.nat(15), (policy, stock, rate, longer) => {
    const at = (leadTimeDays: number) => recommend({ today: TODAY, forecast: steady(rate), stock, policy: { ...policy, leadTimeDays } });
    const before = at(policy.leadTimeDays), after = at(policy.leadTimeDays + longer);
    // What is short in a longer lead time is demand of its own review period: a fill rate and parity with floor may buy less.
    if (policy.kind !== 'fill rate' && policy.kind !== 'planner parity floored') expect(after.orderUpTo).toBeGreaterThanOrEqual(before.orderUpTo);
    if (policy.kind === 'cycle service' || policy.kind === 'planner parity') expect(after.quantity).toBeGreaterThanOrEqual(before.quantity);
  })));
});

describe('parity with Inventory Planner', () => {
  // max(0, forecast(LT + DoS) + min − stock − on order), then MOQ, then cases, then what is there on arrival below the maximum.
  it.each([
    // rate, LT, DoS, min, stock, on order, MOQ, case, max → replenishment, to order
    [2, 14, 30, 0, 0, 0, 0, 1, null, 88, 88],
    [2, 14, 30, 10, 20, 0, 0, 1, null, 78, 78],
    [2, 14, 30, 10, 20, 0, 0, 24, null, 78, 96],
    [2, 14, 30, 10, 20, 0, 1500, 1, null, 78, 1500],
    [0.5, 14, 30, 1, 0, 0, 0, 1, 20, 23, 20], // the help page's: 22 to 25 recommended, 20 on the purchase order
    [2, 14, 30, 10, 25, 12, 0, 1, null, 61, 61],
    [2, 14, 30, 10, 25, 12, 100, 1, null, 61, 100],
    [2, 14, 30, 10, 25, 12, 0, 24, null, 61, 72],
    [2, 14, 30, 10, 25, 12, 70, 24, null, 61, 72],
    [2, 14, 30, 0, 100, 0, 50, 12, null, -12, 0],
    [0.3, 10, 20, 0, 2, 0, 0, 1, null, 7, 7],
    [0.31, 10, 20, 0, 2, 0, 0, 1, null, 8, 8],
    [2, 14, 30, 0, 50, 0, 0, 1, 30, 38, 8], // 22 are left on arrival, so 8 reach the maximum of 30
  ])('rate %d, lead time %d, days of stock %d, minimum %d, stock %d, on order %d, MOQ %d, case %d, maximum %o', (rate, leadTimeDays, daysOfStock, minStock, onHand, incoming, moq, casePack, maxStock, need, quantity) => {
    const made = ask({ kind: 'planner parity', leadTimeDays, daysOfStock, minStock, moq, casePack, maxStock }, 0, rate, { stock: { ...NOTHING, onHand, incoming } });
    expect([made.need, made.quantity]).toEqual([need, quantity]);
  });
  it('may floor the projected stock at zero: what is lost before arrival is not bought again', () => {
    expect(ask({ kind: 'planner parity floored', daysOfStock: 30 }, 10).quantity).toBe(60); // 28 wanted in the lead time, 10 there
    expect(term(ask({ kind: 'planner parity floored', daysOfStock: 30 }, 10), 'lost before arrival')).toBe(-18);
    expect(ask({ kind: 'planner parity floored', daysOfStock: 30 }, 40).quantity).toBe(48);
    expect(ask({ kind: 'planner parity', daysOfStock: 30 }, 10).quantity).toBe(78);
  });
});

describe('the other kinds', () => {
  it('(s,Q) waits above the reorder point and orders lots at it', () => {
    const policy = { kind: 's,Q', reorderPoint: 20, orderQuantity: 12 } as const;
    const waiting = ask(policy, 21);
    expect([waiting.quantity, waiting.orderBy]).toEqual([0, TODAY]); // the next sale brings it there
    expect(ask(policy, 20).quantity).toBe(12);
    expect(ask(policy, 8).quantity).toBe(24);
    expect(ask(policy, -5).quantity).toBe(36);
    expect(ask({ kind: 's,Q', serviceLevel: 0.9, orderQuantity: 10 }, 42).quantity).toBe(10); // 28 × 1.5
    expect(ask({ kind: 's,Q', serviceLevel: 0.9, orderQuantity: 10 }, 43).quantity).toBe(0);
    expect(explain(ask(policy, 8))).toContain('12 more make lots of 12');
  });
  it('min/max fills up at the minimum', () => {
    const policy = { kind: 'min/max', minStock: 10, maxStock: 60 } as const;
    expect(ask(policy, 10).quantity).toBe(50);
    const above = ask(policy, 11);
    expect(above.quantity).toBe(0);
    expect(explain(above)).toContain('above the reorder point');
    expect(ask({ ...policy, casePack: 24 }, 0).quantity).toBe(72);
  });
  it('fill rate takes the least level that keeps it', () => {
    const made = ask({ kind: 'fill rate', fillRate: 0.95 }), over = intervals(steady(2), [{ days: 14, share: 1 }], 7);
    expect(fillRate(over, made.orderUpTo)).toBeGreaterThanOrEqual(0.95);
    expect(fillRate(over, made.orderUpTo - 1)).toBeLessThan(0.95);
    expect(explain(made)).toContain('95% of units');
  });
  it('cost ratio comes from price and cost, or says that they are not known', () => {
    const economics = { price: 1_500, unitCost: 1_400, holdingPerYear: 0.5 };
    const made = ask({ kind: 'cost ratio' }, 0, 2, { economics });
    expect(made.ratio).toBeCloseTo(100 / (100 + (1_400 * 0.5 * 7) / 365), 6);
    expect(explain(made)).toContain('critical ratio of 88.16%');
    expect(ask({ kind: 'cost ratio' }).conflicts).toEqual([expect.stringContaining('not known')]);
    expect(ask({ kind: 'cost ratio', costRatio: 0.9 }).orderUpTo).toBe(63);
  });
  it('at the end of life buys only what can still be sold, and the last buy all of it', () => {
    expect(ask({ serviceLevel: 0.9, endOfLife: addDays(TODAY, 17) }).orderUpTo).toBe(54); // 18 days × 2 × 1.5
    const late = ask({ serviceLevel: 0.9, endOfLife: addDays(TODAY, 13) });
    expect([late.quantity, term(late, 'end of life')]).toEqual([0, -42]);
    expect(explain(late)).toContain('after its last day of sale');
    const last = ask({ serviceLevel: 0.9, endOfLife: addDays(TODAY, 39), lastOrder: addDays(TODAY, 3) });
    expect(last.orderUpTo).toBe(120); // 40 days
    expect(ask({ lastOrder: addDays(TODAY, 3) }).conflicts).toEqual([expect.stringContaining('forecast ends after 60 days')]);
    expect(ask({ lastOrder: addDays(TODAY, -1) }).quantity).toBe(0);
  });
  it('buys for a spread of lead times', () => {
    const sure = ask({ serviceLevel: 0.9 }), unsure = ask({ serviceLevel: 0.9 }, 0, 2, { leadTimes: [{ days: 7, share: 0.5 }, { days: 21, share: 0.5 }] });
    expect(unsure.orderUpTo).toBeGreaterThan(sure.orderUpTo);
    expect(explain(unsure)).toContain('(7 to 21 until an order arrives, 7 until the next one)');
  });
  it('tells what is at risk until the next review, and what a longer lead time would need', () => {
    const made = ask({ serviceLevel: 0.9 }, 30); // the lead time takes 28 of them: the week after it goes short
    expect(made.atRisk).toBeGreaterThan(8);
    expect(made.atRisk).toBeLessThan(14);
    expect(made.oneDayLonger).toBe(3);
    expect(ask({ serviceLevel: 0.9 }, 200).atRisk).toBe(0);
  });
  it('takes the change of a supplier’s order as a term', () => {
    const made = adjusted(adjusted(ask({ serviceLevel: 0.9 }), 'supplier minimum', 17), 'budget', -10);
    expect([made.quantity, term(made, 'supplier minimum'), term(made, 'budget')]).toEqual([70, 17, -10]);
    expect(explain(made)).toContain('17 more bring the supplier\'s order to its minimum; 10 fewer keep the budget');
    expect(() => adjusted(made, 'budget', -71)).toThrow('cannot be changed');
  });
});
