import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roll } from '../forecast/boosting/dice.ts';
import { learnPool, type PanelOptions, type PanelSeries } from '../forecast/panel.ts';
import { BUILT_IN } from './policy.ts';
import { knownBefore, replayPanel, varied, type ReplayTask } from './replay-panel.ts';
import { wantedOf } from './replay.ts';
import { NO_LIMITS } from './supplier-limits.ts';

const START = 19_600, BEFORE = 200, DAYS = 56, FIRST = START + BEFORE, SERIES = 6;
const options: PanelOptions = { grain: 'D', horizon: 40, quantiles: [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.995] };

function panelOf(seed: number): PanelSeries[] {
  const dice = { state: seed };
  return Array.from({ length: SERIES }, (_, n) => ({
    id: `${n}@1`, item: String(n), location: '1', category: 'a',
    series: { start: START, demand: Float64Array.from({ length: BEFORE + DAYS }, (_, t) => Math.floor(roll(dice) * (n + 2)) + (t % 40 === 39 ? 1 : 0)), exposure: Float64Array.from({ length: BEFORE + DAYS }, () => (roll(dice) < 0.05 ? 0.5 : 1)) },
    price: new Float64Array(BEFORE + DAYS).fill(1_000), bulk: Float64Array.from({ length: BEFORE + DAYS }, (_, t) => (t % 40 === 39 ? 1 : 0)),
  }));
}
function taskOf(panel: PanelSeries[]): ReplayTask {
  return {
    panel, options, first: FIRST, days: DAYS, variants: [{ kind: null, promise: null }, { kind: 'cycle service', promise: 0.8 }, { kind: 's,Q', promise: 0.95 }],
    limits: [['mill', { ...NO_LIMITS, minUnits: 60 }], ['4@1', NO_LIMITS]],
    lines: panel.map((one, n) => ({
      key: one.id, wanted: wantedOf(one.series, FIRST, DAYS).wanted, bulk: Int32Array.from(one.bulk!.subarray(BEFORE)), returned: Int32Array.from({ length: DAYS }, (_, day) => (day % 9 === n ? 2 : 0)), order: n < 3 ? 'mill' : n === 4 ? one.id : '', opening: { onHand: 20, incoming: 0 }, policy: { ...BUILT_IN, leadTimeDays: 6 }, orderDays: n === 1 ? [2, 5] : [], leadTimes: [{ days: 4, share: 0.5 }, { days: 8, share: 0.5 }],
      buying: { supplierId: null, unitCost: 400, currency: 'EUR', priceBreaks: n === 4 ? [{ from: 40, unitCost: 300 }] : [], volumeCm3: 0, weightG: 0 }, price: 1_000, storeCurrency: 'EUR', exchange: new Map(), supply: null, suppliedLater: [], joins: 0, reach: options.horizon, later: [],
    })),
  };
}
const pool = learnPool(panelOf(5).map((one) => knownBefore(one, FIRST, options.horizon)!), options);

describe('a replayed batch', () => {
  it('is identical when it is run again', () => {
    expect(replayPanel(taskOf(panelOf(5)), pool)).toEqual(replayPanel(taskOf(panelOf(5)), pool));
  });

  it('decides from the past alone: whatever changes from a day on changes no decision up to that day', () => {
    const honest = replayPanel(taskOf(panelOf(5)), pool);
    fc.assert(fc.property(fc.integer({ min: 1, max: DAYS - 1 }), fc.integer({ min: 0, max: 1_000 }), (day, seed) => {
      const panel = panelOf(5), dice = { state: seed };
      for (const one of panel) for (let t = BEFORE + day; t < BEFORE + DAYS; t++) { one.series.demand[t] = Math.floor(roll(dice) * 30); one.series.exposure[t] = roll(dice); one.price![t] = Math.ceil(roll(dice) * 5_000); one.bulk![t] = Math.floor(roll(dice) * one.series.demand[t]!); }
      const task = taskOf(panel);
      for (const line of task.lines) for (let t = day; t < DAYS; t++) line.returned[t] = Math.floor(roll(dice) * 20);
      const other = replayPanel(task, pool);
      // The order of a day is placed in its morning: that of the day itself is made from the days before it.
      for (const [n, variants] of honest.entries()) for (const [v, made] of variants.entries()) expect(other[n]![v]!.decisions.filter((one) => one.day <= day)).toEqual(made.decisions.filter((one) => one.day <= day));
    }), { numRuns: 12 });
  });

  it('a change of planning values made after a day never alters what was done on that day', () => {
    const honest = replayPanel(taskOf(panelOf(5)), pool);
    fc.assert(fc.property(fc.integer({ min: 1, max: DAYS - 1 }), fc.array(fc.record({ n: fc.nat(SERIES - 1), kind: fc.constantFrom('cycle service' as const, 'min/max' as const), leadTimeDays: fc.nat(20), reviewDays: fc.integer({ min: 1, max: 9 }), moq: fc.nat(40), cost: fc.integer({ min: 1, max: 900 }), price: fc.integer({ min: 1, max: 5_000 }), order: fc.constantFrom('', 'mill', '4@1') }), { minLength: 1, maxLength: SERIES }), (day, changes) => {
      const task = taskOf(panelOf(5));
      for (const { n, cost, price, order, ...policy } of changes) {
        const line = task.lines[n]!;
        task.lines[n] = { ...line, later: [{ from: day, terms: { ...line, policy: { ...line.policy, ...policy, maxStock: 60 }, buying: { ...line.buying, unitCost: cost }, price, order, reach: 40 } }] };
      }
      const other = replayPanel(task, pool);
      for (const [n, variants] of honest.entries()) for (const [v, made] of variants.entries()) expect(other[n]![v]!.decisions.filter((one) => one.day < day)).toEqual(made.decisions.filter((one) => one.day < day));
    }), { numRuns: 12 });
  });

  it('orders a supplier’s lines together, each policy by itself', () => {
    const of = replayPanel(taskOf(panelOf(5)), pool);
    for (const v of [0, 1]) for (const day of new Set(of.slice(0, 3).flatMap((variants) => variants[v]!.decisions.map((one) => one.day)))) {
      const units = of.slice(0, 3).flatMap((variants) => variants[v]!.decisions.filter((one) => one.day === day)), below = of.slice(0, 3).some((variants) => variants[v]!.belowMinimum > 0);
      if (!below) expect(units.reduce((sum, one) => sum + one.quantity, 0)).toBeGreaterThanOrEqual(60);
    }
    expect(of.slice(0, 3).reduce((sum, variants) => sum + (variants[0]!.changes['supplier minimum'] ?? 0), 0)).toBeGreaterThan(0);
    expect(of[5]![0]!.changes).toEqual({});
  });

  it('a series is known before a day up to the day before, its price as it was then', () => {
    const [one] = panelOf(1);
    one!.price!.fill(2_000, BEFORE);
    const known = knownBefore(one!, FIRST, 10)!;
    expect(known.series.demand).toHaveLength(BEFORE);
    expect([known.price!.length, known.price!.at(-1)]).toEqual([BEFORE + 10, 1_000]);
    expect(knownBefore(one!, START, 10)).toBeNull();
  });

  it('each kind of policy keeps its promise in a field of its own', () => {
    expect(varied(BUILT_IN, { kind: 'fill rate', promise: 0.9 })).toMatchObject({ kind: 'fill rate', fillRate: 0.9, serviceLevel: 0.95 });
    expect(varied({ ...BUILT_IN, reorderPoint: 5 }, { kind: 's,Q', promise: 0.9 })).toMatchObject({ serviceLevel: 0.9, reorderPoint: null });
    expect(varied(BUILT_IN, { kind: null, promise: null })).toEqual(BUILT_IN);
    expect(varied({ ...BUILT_IN, minStock: 5, maxStock: 9, reorderPoint: 3 }, { kind: 'min/max', promise: null, changes: { stockPercent: 150 } })).toMatchObject({ minStock: 8, maxStock: 14, reorderPoint: 5 });
    expect(varied({ ...BUILT_IN, maxStock: 9 }, { kind: null, promise: null, changes: { minStock: 20, daysOfStock: 30 } })).toMatchObject({ minStock: 20, maxStock: 20, daysOfStock: 30 });
  });

  it('who buys for whom, an exchange rate, a lead time learned: changed from a day on, nothing done before that day is other, however the lines then belong together', () => {
    const abroad = (task: ReplayTask): ReplayTask => { for (const line of task.lines.slice(4)) { line.buying = { ...line.buying, currency: 'USD' }; line.exchange = new Map([['USD', new Float64Array(DAYS).fill(900_000_000)]]); line.policy = { ...line.policy, kind: 'cost ratio', costRatio: null }; } return task; };
    const honest = replayPanel(abroad(taskOf(panelOf(5))), pool);
    fc.assert(fc.property(fc.integer({ min: 1, max: DAYS - 1 }), fc.array(fc.tuple(fc.nat(SERIES - 1), fc.nat(SERIES - 1), fc.nat(4)), { maxLength: 4 }), fc.integer({ min: 1, max: 5 }), fc.nat(60), (day, supplies, rate, lead) => {
      const task = abroad(taskOf(panelOf(5))), supplied = new Set<number>(), buyers = new Set<number>();
      // One level deep, as a tree is flattened before it comes here.
      for (const [n, buyer, away] of supplies) if (n !== buyer && !supplied.has(n) && !supplied.has(buyer) && !buyers.has(n)) { supplied.add(n); buyers.add(buyer); task.lines[n]!.suppliedLater = [{ from: day, supply: { buyer: task.lines[buyer]!.key, days: away } }]; }
      for (const line of task.lines) {
        if (line.exchange.size > 0) line.exchange = new Map([['USD', Float64Array.from({ length: DAYS }, (_, n) => (n < day ? 900_000_000 : rate * 200_000_000))]]);
        line.later = [{ from: day, terms: { ...line, leadTimes: [{ days: lead, share: 1 }], policy: { ...line.policy, leadTimeDays: lead } } }];
      }
      const other = replayPanel(task, pool);
      for (const [n, variants] of honest.entries()) for (const [v, made] of variants.entries()) {
        expect(other[n]![v]!.decisions.filter((one) => one.day < day)).toEqual(made.decisions.filter((one) => one.day < day));
        const { opening, openingIncoming, ordered, returned, movedIn, served, closing, closingIncoming, movedOut } = other[n]![v]!;
        expect(opening + openingIncoming + ordered + returned + movedIn).toBe(served + closing + closingIncoming + movedOut);
      }
      for (const n of supplied) for (const made of other[n]!) expect(made.decisions.filter((one) => one.day >= day)).toEqual([]);
    }), { numRuns: 25 });
  });

  it('a line that joins on a later day is no part of a supplier’s order before it', () => {
    const honest = replayPanel(taskOf(panelOf(5)), pool), without = taskOf(panelOf(5)), joining = taskOf(panelOf(5)), day = 30;
    without.lines[2]!.joins = DAYS; joining.lines[2]!.joins = day;
    const [apart, later] = [replayPanel(without, pool), replayPanel(joining, pool)];
    expect(apart[0]).not.toEqual(honest[0]);
    for (const n of [0, 1, 2]) expect(later[n]!.map((made) => made.decisions.filter((one) => one.day < day))).toEqual(apart[n]!.map((made) => made.decisions.filter((one) => one.day < day)));
  });
});
