import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { weekday } from '../calendar.ts';
import { roll } from '../forecast/boosting/dice.ts';
import { echelonsOf } from './echelon.ts';
import { fallbackForecast } from './fallback.ts';
import type { DemandForecast } from './order-up-to.ts';
import { BUILT_IN, POLICY_KINDS, type PlanningPolicy } from './policy.ts';
import { begunBook, knownToday, replayDay, type Known } from './replay-panel.ts';
import { costsOfLine, drawnLeadTime, wantedOf, type Replayed, type ReplayLine } from './replay.ts';
import { NO_LIMITS, type SupplierLimits } from './supplier-limits.ts';

const FIRST = 20_000;
const line = (wanted: ArrayLike<number>, rest: Partial<ReplayLine> = {}): ReplayLine => ({
  key: '7@1', wanted: Int32Array.from(wanted as number[]), bulk: new Int32Array(wanted.length), returned: new Int32Array(wanted.length), order: '', opening: { onHand: 10, incoming: 0 }, policy: { ...BUILT_IN, leadTimeDays: 5, reviewDays: 7 }, leadTimes: null, orderDays: [],
  reach: 240, later: [],
  buying: { supplierId: null, unitCost: 400, currency: 'EUR', priceBreaks: [], volumeCm3: 0, weightG: 0 }, price: 1_000, storeCurrency: 'EUR', exchange: new Map(), supply: null, suppliedLater: [], joins: 0, ...rest,
});
const steady = (rate: number): DemandForecast => fallbackForecast(Math.round(rate * 28), 60);
function replayed(lines: readonly ReplayLine[], policies: readonly PlanningPolicy[], forecastAt: (day: number, n: number) => DemandForecast | null, limits: [string, SupplierLimits][] = []): Replayed[] {
  const echelons = echelonsOf(lines), knownOn = (day: number): Known => knownToday((n) => forecastAt(day, n), echelons), book = begunBook(lines, policies.map((policy) => () => policy), FIRST, knownOn(0), echelons);
  for (let day = 0; day < lines[0]!.wanted.length; day++) replayDay(lines, book, day, knownOn(day), new Map(limits), echelons);
  return book.map((one) => one.end());
}
const replayLine = (one: ReplayLine, policy: PlanningPolicy, _first: number, forecastAt: (day: number) => DemandForecast | null): Replayed => replayed([one], [policy], forecastAt)[0]!;
const conserved = (of: Replayed): void => {
  expect(of.opening + of.openingIncoming + of.ordered + of.returned + of.movedIn).toBe(of.served + of.closing + of.closingIncoming + of.movedOut);
  expect(of.opening + of.received + of.returned).toBe(of.served + of.closing + of.movedOut);
  expect(of.wanted).toBe(of.served + of.lost);
};
const lots = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 120 });
const policies = fc.record({
  kind: fc.constantFrom(...POLICY_KINDS), leadTimeDays: fc.integer({ min: 0, max: 15 }), reviewDays: fc.integer({ min: 1, max: 14 }), serviceLevel: fc.double({ min: 0.5, max: 0.99, noNaN: true }),
  moq: fc.integer({ min: 0, max: 30 }), casePack: fc.integer({ min: 1, max: 12 }), minStock: fc.integer({ min: 0, max: 20 }), maxStock: fc.integer({ min: 20, max: 200 }),
}).map((some): PlanningPolicy => ({ ...BUILT_IN, ...some }));

describe('a replayed line', () => {
  it('a day at a time: what is due arrives first, the order is placed, then the day is served and what is short is lost', () => {
    const made = replayLine(line([3, 3, 3, 3, 3, 3, 3, 3], { opening: { onHand: 7, incoming: 4 }, policy: { ...BUILT_IN, kind: 'min/max', minStock: 5, maxStock: 12, leadTimeDays: 2 } }), { ...BUILT_IN, kind: 'min/max', minStock: 5, maxStock: 12, leadTimeDays: 2 }, FIRST, () => steady(3));
    // 7 + 4 coming after two days. Day 2 finds 1 + 4: at the minimum, orders 7, which come on day 4; day 3 has 2 left of 3.
    expect(made).toMatchObject({ opening: 7, openingIncoming: 4, wanted: 24 });
    expect(made.decisions[0]).toEqual({ day: 2, quantity: 7, arrives: 4 });
    expect(made.lost).toBeGreaterThan(0);
    conserved(made);
  });

  it('makes and loses no unit, whatever the policy, and never serves what is not there', () => {
    fc.assert(fc.property(lots, policies, fc.option(fc.record({ onHand: fc.integer({ min: -5, max: 60 }), incoming: fc.integer({ min: 0, max: 40 }) })), fc.double({ min: 0, max: 6, noNaN: true }), (wanted, policy, opening, rate) => {
      const made = replayLine(line(wanted, { opening, policy }), policy, FIRST, () => steady(rate));
      conserved(made);
      for (const count of [made.opening, made.served, made.lost, made.closing, made.closingIncoming, made.unitDays]) expect(count).toBeGreaterThanOrEqual(0);
    }), { numRuns: 300 });
  });

  it('what is decided between a supplier’s order days goes out on the next of them', () => {
    fc.assert(fc.property(lots, policies, fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 }), (wanted, policy, orderDays) => {
      const made = replayLine(line(wanted, { policy, orderDays }), policy, FIRST, () => steady(3));
      conserved(made);
      if (policy.kind.startsWith('planner parity')) return; // it knows no such days
      for (const { arrives } of made.decisions) expect(orderDays).toContain(weekday(FIRST + arrives - policy.leadTimeDays));
    }), { numRuns: 200 });
  });

  it('is the same on every run', () => {
    const uncertain = line([2, 0, 5, 1, 9, 2, 2, 4, 0, 0, 3, 8, 1, 1], { leadTimes: [{ days: 2, share: 0.5 }, { days: 9, share: 0.5 }] });
    expect(replayLine(uncertain, uncertain.policy, FIRST, () => steady(2))).toEqual(replayLine(uncertain, uncertain.policy, FIRST, () => steady(2)));
  });

  it('more service is more money in stock and no less served, the forecast being what it is', () => {
    fc.assert(fc.property(fc.integer(), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 10 }), (seed, tenths, leadTimeDays, reviewDays) => {
      const dice = { state: seed | 0 }, wanted = Array.from({ length: 200 }, () => Math.floor(roll(dice) * 2 * (tenths / 10) + roll(dice))), policy = { ...BUILT_IN, leadTimeDays, reviewDays };
      const points = [0.5, 0.7, 0.9, 0.98].map((serviceLevel) => replayLine(line(wanted, { opening: null, policy }), { ...policy, serviceLevel }, FIRST, () => steady(tenths / 10)));
      for (let n = 1; n < points.length; n++) {
        expect(points[n]!.served).toBeGreaterThanOrEqual(points[n - 1]!.served);
        expect(points[n]!.unitDays).toBeGreaterThanOrEqual(points[n - 1]!.unitDays);
      }
    }), { numRuns: 150 });
  });

  it('begins at its own level where the ledger had not begun: what the lead time takes is on its way', () => {
    const made = replayLine(line(new Array(28).fill(2), { opening: null }), line([]).policy, FIRST, () => steady(2));
    expect(made.openingIncoming).toBe(10);
    expect(made.lost).toBe(0);
    conserved(made);
  });

  it('says at how many reviews nothing was known', () => {
    const made = replayLine(line(new Array(21).fill(1)), line([]).policy, FIRST, () => null);
    expect(made.faults).toEqual({ 'nothing known yet': 3 });
    expect(made.lost).toBe(11);
  });

  it('costs whole minor units: stock by the day at a quarter of its cost a year, the margin of what was lost', () => {
    expect(costsOfLine({ bought: 4_000, orders: 2, stockCost: 292_000, holding: 200, lostMargin: 1_800 }, line([]), 73, 500)).toEqual({ currency: 'EUR', bought: 4_000, holding: 200, ordering: 1_000, lostMargin: 1_800, cash: 4_000 });
    expect(costsOfLine({ bought: 400, orders: 1, stockCost: 400, holding: 0, lostMargin: 600 }, line([], { buying: { ...line([]).buying, currency: 'USD' } }), 1, 0)).toMatchObject({ currency: 'USD', lostMargin: null });
  });
});

describe('returns, bulk order lines and suppliers’ orders', () => {
  const anyLimits = fc.record({ minCost: fc.option(fc.integer({ min: 0, max: 80_000 })), minUnits: fc.option(fc.integer({ min: 0, max: 200 })), minimumCounts: fc.constantFrom('place' as const, 'all places' as const), volumeCm3: fc.option(fc.integer({ min: 500, max: 40_000 })), containers: fc.option(fc.integer({ min: 1, max: 2 })), fillContainer: fc.boolean() });

  it('make and lose no unit, and add up, whatever the supplier asks for', () => {
    fc.assert(fc.property(fc.array(lots, { minLength: 1, maxLength: 4 }), policies, anyLimits, fc.nat(1_000), fc.double({ min: 0, max: 6, noNaN: true }), (all, policy, some, seed, rate) => {
      const dice = { state: seed }, days = Math.min(...all.map((wanted) => wanted.length)), limits: SupplierLimits = { ...NO_LIMITS, ...some, weightG: null, budget: null };
      const lines = all.map((wanted, n) => line(wanted.slice(0, days), {
        key: `${n}@${n % 2}`, order: n === 3 ? '' : 'mill', policy, bulk: Int32Array.from(wanted.slice(0, days), (units) => Math.floor(roll(dice) * (units + 1))), returned: Int32Array.from({ length: days }, () => Math.floor(roll(dice) * 3)),
        buying: { ...line([]).buying, priceBreaks: n === 0 ? [{ from: 20, unitCost: 360 }] : [], volumeCm3: 100 },
      }));
      for (const made of replayed(lines, lines.map(() => policy), () => steady(rate), [['mill', limits]])) {
        conserved(made);
        expect(made.ordered).toBe(made.decisions.reduce((sum, one) => sum + one.quantity, 0));
        expect(made.bought).toBeLessThanOrEqual(made.ordered * 400);
        expect(made.bought).toBeGreaterThanOrEqual(made.ordered * 360);
        expect(made.bulkServed).toBeLessThanOrEqual(Math.min(made.bulkWanted, made.served));
        expect(made.bulkWanted - made.bulkServed).toBeLessThanOrEqual(made.lost);
      }
    }), { numRuns: 100 });
  });

  it('what comes back is sold from the next morning on', () => {
    const policy = { ...BUILT_IN, kind: 'min/max' as const, minStock: 0, maxStock: 0 }, back = line([5, 5, 5], { opening: { onHand: 4, incoming: 0 }, returned: Int32Array.of(3, 0, 0), policy });
    expect(replayLine(back, policy, FIRST, () => steady(0))).toMatchObject({ served: 7, lost: 8, returned: 3, unitDays: 3, closing: 0 });
  });

  it('a bulk order line takes what the other customers leave', () => {
    const policy = { ...BUILT_IN, kind: 'min/max' as const, minStock: 0, maxStock: 0 }, short = line([12, 0], { opening: { onHand: 5, incoming: 0 }, bulk: Int32Array.of(10, 0), policy });
    expect(replayLine(short, policy, FIRST, () => steady(0))).toMatchObject({ served: 5, lost: 7, bulkWanted: 10, bulkServed: 3 });
  });

  it('lines of one supplier are ordered together up to its minimum; one below it is told', () => {
    const policy = { ...BUILT_IN, leadTimeDays: 3, reviewDays: 7 }, two = [line(new Array(28).fill(2), { key: '1@1', order: 'mill', policy }), line(new Array(28).fill(3), { key: '2@1', order: 'mill', policy })];
    const each = (limits: SupplierLimits): Replayed[] => replayed(two, [policy, policy], (_, n) => steady(n + 2), [['mill', limits]]), own = each(NO_LIMITS), raised = each({ ...NO_LIMITS, minUnits: 60 }), apart = each({ ...NO_LIMITS, minUnits: 100_000 });
    const perDay = (made: Replayed[]): number[] => [...Map.groupBy(made.flatMap((one) => one.decisions), (one) => one.day).values()].map((all) => all.reduce((sum, one) => sum + one.quantity, 0));
    expect(Math.min(...perDay(own))).toBeLessThan(60);
    for (const units of perDay(raised)) expect(units).toBeGreaterThanOrEqual(60);
    expect(raised.reduce((sum, one) => sum + (one.changes['supplier minimum'] ?? 0), 0)).toBeGreaterThan(0);
    expect(raised.map((one) => one.belowMinimum)).toEqual([0, 0]);
    expect(apart.map((one) => one.belowMinimum)).toEqual(apart.map((one) => one.orders));
    expect(apart.map((one) => one.decisions)).toEqual(own.map((one) => one.decisions));
  });

  it('a price break that pays for itself is taken, and paid', () => {
    const policy = { ...BUILT_IN, leadTimeDays: 3, reviewDays: 7 }, broken = line(new Array(28).fill(4), { order: 'mill', opening: { onHand: 0, incoming: 0 }, policy, buying: { ...line([]).buying, priceBreaks: [{ from: 60, unitCost: 200 }] } });
    const [made] = replayed([broken], [policy], () => steady(4), [['mill', NO_LIMITS]]);
    expect(made!.decisions[0]!.quantity).toBe(60);
    expect(made!.changes['price break']).toBeGreaterThan(0);
    expect(made!.bought).toBe(made!.decisions.reduce((sum, one) => sum + one.quantity * (one.quantity >= 60 ? 200 : 400), 0));
  });
});

describe('lead times and demand', () => {
  it('draws lead times in their shares, the same for every policy', () => {
    const shares = [{ days: 3, share: 0.25 }, { days: 8, share: 0.75 }], drawn = Array.from({ length: 4_000 }, (_, n) => drawnLeadTime(shares, `${n % 40}@1`, FIRST + n));
    expect(drawn.filter((days) => days === 3).length / drawn.length).toBeCloseTo(0.25, 1);
    expect(drawnLeadTime(shares, '5@1', FIRST)).toBe(drawnLeadTime(shares, '5@1', FIRST));
  });

  it('adds to sales of days the shop had run out what the weeks before would have sold, from the past alone', () => {
    const demand = new Float64Array(60).fill(2), exposure = new Float64Array(60).fill(1);
    for (let t = 50; t < 55; t++) { demand[t] = 0; exposure[t] = 0; }
    const { wanted, estimated, unknown } = wantedOf({ start: FIRST - 40, demand, exposure }, FIRST, 20);
    expect([...wanted]).toEqual(new Array(20).fill(2));
    expect([estimated, unknown]).toEqual([10, 5]);
    const later = demand.slice();
    later.fill(9, 56);
    expect([...wantedOf({ start: FIRST - 40, demand: later, exposure }, FIRST, 20).wanted].slice(0, 16)).toEqual([...wanted].slice(0, 16));
  });
});
