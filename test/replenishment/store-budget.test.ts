/** The store's budget beside suppliers' minimums: kept, none pushed below what it had reached where that can be helped, and close to every choice of suppliers looked at one by one. */
import { expect, it } from 'vitest';
import { seeded } from '../../bench/random.ts';
import { total } from '../../src/domain/replenishment/load.ts';
import { shared } from '../../src/domain/replenishment/places-budget.ts';
import { planOrders } from '../../src/domain/replenishment/plan-orders.ts';
import { withinStoreBudget } from '../../src/domain/replenishment/store-budget.ts';
import { NO_LIMITS } from '../../src/domain/replenishment/supplier-limits.ts';
import { worthOf } from '../../src/domain/replenishment/supplier-line.ts';
import { withinBudget } from '../../src/domain/replenishment/supplier-order.ts';
import { drawLines } from '../helpers/order-lines.ts';

const SEEDS = process.env['INSTEP_SOLVER'] === 'all' ? 60 : 8;

it(`${SEEDS} plans of two to five suppliers`, () => {
  const gaps: number[] = [], plain: number[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seeded(70_000 + seed), between = (low: number, high: number): number => low + (high - low) * random(), suppliers = 2 + Math.floor(random() * 4), each = 3 + Math.floor(random() * (SEEDS > 8 ? 12 : 4));
    const lines = drawLines(suppliers * each, random, random() < 0.4), of = Array.from({ length: suppliers }, (_, s) => [...lines.keys()].filter((n) => n % suppliers === s)), load = (members: readonly number[], quantities: readonly number[]): number => total(members.map((n) => lines[n]!), members.map((n) => quantities[n]!)).cost;
    const wanted = lines.map((line) => line.quantity), minimums = of.map((members) => (random() < 0.2 ? null : Math.round(load(members, wanted) * between(0.3, 0.95)))), budget = Math.round(total(lines, wanted).cost * between(0.3, 0.95));
    const limits = new Map(minimums.map((minCost, s) => [`supplier ${s}`, { ...NO_LIMITS, minimumCounts: 'all places' as const, minCost }])), planned = lines.map((line, n) => ({ line, order: `supplier ${n % suppliers}`, inStore: line }));
    const worth = (quantities: readonly number[]): number => of.reduce((sum, members, s) => (load(members, quantities) < (minimums[s] ?? 0) ? sum : sum + members.reduce((all, n) => all + worthOf(lines[n]!)(quantities[n]!), 0)), 0);
    const made = withinStoreBudget(planned, wanted, limits, budget), free = withinBudget(lines, wanted, budget);
    expect(total(lines, made.quantities).cost, `seed ${seed}`).toBeLessThanOrEqual(budget);
    made.quantities.forEach((quantity, n) => { expect([quantity <= wanted[n]!, quantity % lines[n]!.casePack], `seed ${seed}`).toEqual([true, 0]); });
    expect(worth(made.quantities), `seed ${seed}`).toBeGreaterThanOrEqual(worth(free.quantities) - 1e-6);
    // What stays below its minimum says so in the plan.
    planOrders(planned, limits, budget).lines.forEach((line, n) => { if (line.quantity > 0 && minimums[n % suppliers] === null) expect(line.notes).toEqual([]); });
    const choices = shared(of.map((members, s) => ({ lines: members.map((n) => lines[n]!), worth: members.map((n) => worthOf(lines[n]!)), least: members.map(() => 0), most: members.map((n) => wanted[n]!), free: members.map((n) => wanted[n]!), cap: {}, floor: minimums[s] === null ? {} : { cost: minimums[s]! } })), budget), best = Math.max(choices?.worth ?? 0, worth(made.quantities));
    if (best <= 0) continue;
    gaps.push(1 - worth(made.quantities) / best);
    plain.push(1 - worth(free.quantities) / best);
  }
  const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / all.length;
  console.log(`store budget over suppliers with minimums: ${(mean(gaps) * 100).toFixed(1)} % below every choice looked at, on average, ${(Math.max(...gaps) * 100).toFixed(1)} % at most; without minimums looked at ${(mean(plain) * 100).toFixed(1)} %`);
  expect(mean(gaps)).toBeLessThan(0.1);
  expect(mean(gaps)).toBeLessThan(mean(plain));
}, 600_000);

it('holds a supplier at its minimum where the money reaches, and the rest is cut', () => {
  // Two suppliers of the same goods, one with a minimum.
  const lines = drawLines(60, seeded(11), false).filter((line) => line.casePack === 1 && line.priceBreaks.length === 0 && line.quantity >= 15).slice(0, 4).flatMap((line) => ['a', 'b'].map((of) => ({ ...line, key: `${line.key} ${of}` }))), wanted = lines.map((line) => line.quantity), own = [...lines.keys()].filter((n) => n % 2 === 0), cost = (quantities: readonly number[]): number => total(own.map((n) => lines[n]!), own.map((n) => quantities[n]!)).cost;
  expect(lines).toHaveLength(8);
  const minCost = Math.round(cost(wanted) * 0.85), planned = lines.map((line, n) => ({ line, order: n % 2 === 0 ? 'with a minimum' : '', inStore: line })), budget = Math.round(total(lines, wanted).cost * 0.6);
  expect(cost(withinBudget(lines, wanted, budget).quantities)).toBeLessThan(minCost);
  const { quantities } = withinStoreBudget(planned, wanted, new Map([['with a minimum', { ...NO_LIMITS, minimumCounts: 'all places', minCost }]]), budget);
  expect(cost(quantities)).toBeGreaterThanOrEqual(minCost);
  expect(total(lines, quantities).cost).toBeLessThanOrEqual(budget);
});
