import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roll } from '../forecast/boosting/dice.ts';
import { dayFromNumber } from '../calendar.ts';
import { echelonsOf, rationed } from './echelon.ts';
import { fallbackForecast } from './fallback.ts';
import { echelonDemand, leavingFor } from './joined-demand.ts';
import type { DemandForecast } from './order-up-to.ts';
import { planLine } from './plan-line.ts';
import { BUILT_IN, POLICY_KINDS, type PlanningPolicy } from './policy.ts';
import { begunBook, knownToday, replayDay } from './replay-panel.ts';
import type { Replayed, ReplayLine } from './replay.ts';
import { circleOf, flattened } from './supply-tree.ts';

const FIRST = 20_000, DAYS = 70;
const forecastOf = (rate: number): DemandForecast => fallbackForecast(rate, 120);
/** A forest over places 0, 1, 2, …: each but the first is supplied from an earlier one, or from nowhere. */
const forests = fc.array(fc.record({ up: fc.option(fc.nat(), { freq: 6 }), days: fc.nat(6) }), { minLength: 2, maxLength: 7 }).map((all) => {
  const from = new Map<number, number>(), days = new Map<string, number>();
  all.forEach(({ up, days: take }, place) => { if (place > 0 && up !== null) { const above = up % place; from.set(place, above); days.set(`${above}>${place}`, take); } });
  return { places: all.length, from, daysOf: (a: number, b: number) => days.get(`${a}>${b}`)! };
});
const policies = fc.record({
  kind: fc.constantFrom(...POLICY_KINDS), leadTimeDays: fc.integer({ min: 0, max: 15 }), reviewDays: fc.integer({ min: 1, max: 14 }), serviceLevel: fc.double({ min: 0.5, max: 0.99, noNaN: true }),
  moq: fc.integer({ min: 0, max: 30 }), casePack: fc.integer({ min: 1, max: 12 }), minStock: fc.integer({ min: 0, max: 20 }), maxStock: fc.integer({ min: 40, max: 400 }),
}).map((some): PlanningPolicy => ({ ...BUILT_IN, ...some }));

describe('a tree of supplied places', () => {
  it('is planned as the flat one: each place is bought for by the top, as many days away as all transfers between take', () => {
    fc.assert(fc.property(forests, ({ from, daysOf }) => {
      const flat = flattened(from, daysOf);
      expect([...flat.keys()]).toEqual([...from.keys()]);
      for (const [place, { buyer, days }] of flat) {
        expect(from.has(buyer)).toBe(false);
        const above = from.get(place)!;
        expect(flat.get(above) ?? { buyer: above, days: 0 }).toMatchObject({ buyer, days: days - daysOf(above, place) });
      }
      // The flat tree is its own flat tree.
      const again = flattened(new Map([...flat].map(([place, { buyer }]) => [place, buyer])), (_, place) => flat.get(place)!.days);
      for (const [place, { buyer, days }] of flat) expect(again.get(place)).toEqual({ buyer, days, from: buyer });
    }));
  });

  it('has no circles: whoever would close one is told the way, and nobody else is', () => {
    fc.assert(fc.property(forests, fc.nat(), fc.nat(), ({ places, from }, a, b) => {
      const place = a % places, supplier = b % places, circle = circleOf(from, place, supplier), up = [supplier];
      while (from.has(up.at(-1)!)) up.push(from.get(up.at(-1)!)!);
      expect(circle !== null).toBe(up.includes(place));
      if (circle !== null) { expect(circle[0]).toBe(supplier); expect(circle.at(-1)).toBe(place); }
    }));
    expect(() => flattened(new Map([[1, 2], [2, 1]]), () => 1)).toThrow('circle');
  });
});

describe('demand of a place some days away', () => {
  it('is of the lead time to it: its total over some days is that of as many more', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 90 }), (rate, away, days) => {
      const whole = forecastOf(rate), made = leavingFor(whole, away), sum = (mean: ArrayLike<number>, upTo: number): number => Array.from(mean).slice(0, upTo).reduce((a, b) => a + b, 0);
      expect(made.mean.length).toBe(120 - away);
      expect(sum(made.mean, days)).toBeCloseTo(sum(whole.mean, days + away), 6);
      made.cumulative.forEach(({ values }, k) => expect(values[days - 1]).toBe(whole.cumulative[k]!.values[days - 1 + away]));
    }));
  });

  it('the further away, the more is held for it', () => {
    fc.assert(fc.property(fc.array(fc.record({ rate: fc.integer({ min: 0, max: 200 }), days: fc.nat(10) }), { minLength: 1, maxLength: 4 }), fc.nat(3), fc.integer({ min: 1, max: 10 }), policies, (parts, which, more, policy) => {
      const level = (days: number[]): number => {
        const { leaving, wanted } = echelonDemand(parts.map(({ rate }, n) => ({ forecast: forecastOf(rate), days: days[n]! }))), made = planLine({ today: '2026-03-02', forecast: leaving, wanted, policy, stock: { onHand: 0, incoming: 0, committed: 0, backorders: 0 }, leadTimes: null, buying: { supplierId: null, unitCost: 400, currency: 'EUR', priceBreaks: [], volumeCm3: 0, weightG: 0 }, price: 1_000, storeCurrency: 'EUR' });
        if (typeof made === 'string') throw new Error(made);
        return made.orderUpTo;
      }, days = parts.map((part) => part.days);
      // Joined quantiles are of spreads added in squares: a spread that narrows with more days would be a forecast's fault, a unit of rounding is none.
      expect(level(days.map((one, n) => (n === which % parts.length ? one + more : one)))).toBeGreaterThanOrEqual(level(days) - 1);
    }), { numRuns: 200 });
  });
});

describe('a replay of places of which one buys for the others', () => {
  const lineOf = (place: number, seed: number, rest: Partial<ReplayLine>): ReplayLine => {
    const dice = { state: seed + place * 7_919 };
    return {
      key: `7@${place}`, wanted: Int32Array.from({ length: DAYS }, () => Math.floor(roll(dice) * 5)), bulk: new Int32Array(DAYS), returned: Int32Array.from({ length: DAYS }, () => (roll(dice) < 0.1 ? 1 : 0)), order: '', opening: { onHand: Math.floor(roll(dice) * 30), incoming: Math.floor(roll(dice) * 10) },
      policy: BUILT_IN, leadTimes: null, orderDays: [], buying: { supplierId: null, unitCost: 400, currency: 'EUR', priceBreaks: [], volumeCm3: 0, weightG: 0 }, price: 1_000, storeCurrency: 'EUR', exchange: new Map(), supply: null, suppliedLater: [], joins: 0, reach: 240, later: [], ...rest,
    };
  };
  const forecasts = (n: number): DemandForecast | null => (n % 5 === 4 ? null : forecastOf(30 + 17 * n));
  function run(lines: readonly ReplayLine[]): Replayed[] {
    const echelons = echelonsOf(lines), known = knownToday(forecasts, echelons), book = begunBook(lines, lines.map(() => (terms) => terms.policy), FIRST, known, echelons);
    for (let day = 0; day < DAYS; day++) replayDay(lines, book, day, known, new Map(), echelons);
    return book.map((one) => one.end());
  }
  const linesOf = ({ places, from, daysOf }: { places: number; from: Map<number, number>; daysOf(a: number, b: number): number }, seed: number, policy: PlanningPolicy, known: boolean): ReplayLine[] => {
    const flat = flattened(from, daysOf);
    return Array.from({ length: places }, (_, place) => { const above = flat.get(place); return lineOf(place, seed, { policy, ...(known ? {} : { opening: null }), supply: above ? { buyer: `7@${above.buyer}`, days: above.days } : null }); });
  };

  it('makes and loses no unit: what left one place is on its way to or at another; supplied places order nothing', () => {
    fc.assert(fc.property(forests, fc.nat(), policies, fc.boolean(), (forest, seed, policy, known) => {
      const lines = linesOf(forest, seed, policy, known), made = run(lines), sum = (of: (one: Replayed) => number): number => made.reduce((all, one) => all + of(one), 0);
      expect(sum((one) => one.opening + one.openingIncoming + one.ordered + one.returned)).toBe(sum((one) => one.served + one.closing + one.closingIncoming));
      expect(sum((one) => one.movedIn)).toBe(sum((one) => one.movedOut));
      made.forEach((one, n) => {
        expect(one.wanted).toBe(one.served + one.lost);
        for (const count of [one.opening, one.openingIncoming, one.closing, one.closingIncoming, one.movedIn, one.movedOut, one.served]) expect(count).toBeGreaterThanOrEqual(0);
        if (lines[n]!.supply) expect([one.ordered, one.movedOut]).toEqual([0, 0]);
      });
    }), { numRuns: 150 });
  });

  it('orders on its first morning what the plan of that day does', () => {
    fc.assert(fc.property(forests, fc.nat(), policies, (forest, seed, policy) => {
      const lines = linesOf(forest, seed, policy, true), made = run(lines);
      lines.forEach((line, n) => {
        if (line.supply) return;
        const below = lines.flatMap((one, at) => (one.supply?.buyer === line.key ? [{ at, days: one.supply.days, position: one.opening!.onHand + one.opening!.incoming }] : []));
        const parts = [{ at: n, days: 0 }, ...below].flatMap(({ at, days }) => { const forecast = forecasts(at); return forecast ? [{ forecast, days }] : []; });
        if (parts.length === 0) return;
        const { leaving, wanted } = echelonDemand(parts), { buying, price, storeCurrency, leadTimes } = line;
        const plan = planLine({ today: dayFromNumber(FIRST), forecast: leaving, wanted, elsewhere: below.reduce((sum, one) => sum + one.position, 0), policy, stock: { ...line.opening!, committed: 0, backorders: 0 }, leadTimes, buying, price, storeCurrency });
        expect(typeof plan).toBe('object');
        expect(made[n]!.decisions.filter((one) => one.day === 0).reduce((sum, one) => sum + one.quantity, 0)).toBe(typeof plan === 'object' ? plan.quantity : -1);
      });
    }), { numRuns: 200 });
  });

  it('a deeper tree comes out as the flat one', () => {
    fc.assert(fc.property(forests, fc.nat(), policies, fc.boolean(), (forest, seed, policy, known) => {
      const flat = flattened(forest.from, forest.daysOf), level = { places: forest.places, from: new Map([...flat].map(([place, { buyer }]) => [place, buyer])), daysOf: (_: number, place: number) => flat.get(place)!.days };
      expect(run(linesOf(level, seed, policy, known))).toEqual(run(linesOf(forest, seed, policy, known)));
    }), { numRuns: 50 });
  });

  it('shares what is short: nobody gets more than it lacks, and nothing is left while somebody lacks', () => {
    fc.assert(fc.property(fc.nat(500), fc.array(fc.nat(200), { minLength: 1, maxLength: 8 }), (there, lacks) => {
      const shares = rationed(there, lacks), wanted = lacks.reduce((sum, one) => sum + one, 0);
      expect(shares.reduce((sum, one) => sum + one, 0)).toBe(Math.min(there, wanted));
      shares.forEach((share, n) => { expect(share).toBeLessThanOrEqual(lacks[n]!); expect(Math.abs(share - (wanted <= there ? lacks[n]! : (there * lacks[n]!) / wanted))).toBeLessThan(1); });
    }));
  });
});
