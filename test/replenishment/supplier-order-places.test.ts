/**
 * A supplier's order over several places beside the same as one problem, solved exactly (HiGHS): a minimum and a container of each place, one budget for all. What an order
 * is worth that stays below its minimum counts for nothing, since the supplier need not take it: the solver weighs every choice of places that reach theirs.
 */
import { afterAll, expect, it } from 'vitest';
import { seeded } from '../../bench/random.ts';
import { fits, total, type Bound } from '../../src/domain/replenishment/load.ts';
import { NO_LIMITS, placesOf, type SupplierLimits } from '../../src/domain/replenishment/supplier-limits.ts';
import type { SupplierLine } from '../../src/domain/replenishment/supplier-line.ts';
import { supplierOrder } from '../../src/domain/replenishment/supplier-order.ts';
import { drawLines, exact, worthOfAll } from '../helpers/order-lines.ts';

const EVERY = process.env['INSTEP_SOLVER'] === 'all', INSTANCES = EVERY ? 120 : 10, SECONDS = EVERY ? 10 : 3, gaps: { gap: number; what: string }[] = [];

interface Drawn { lines: SupplierLine[]; limits: SupplierLimits; room: Bound; what: string }
/** Two to four places; budgets from enough for all to enough for one. */
function drawn(seed: number): Drawn {
  const random = seeded(7_000 + seed), between = (low: number, high: number): number => low + (high - low) * random(), places = 2 + Math.floor(random() * (EVERY ? 3 : 2));
  const lines = drawLines(places * (2 + Math.floor(random() * (EVERY ? 3 : 2))), random, random() < 0.4).map((line, n): SupplierLine => ({ ...line, place: `place ${n % places}` })), load = total(lines, supplierOrder(lines, NO_LIMITS).lines.map((line) => line.quantity));
  const minCost = Math.round((load.cost / places) * between(0.4, 1.3)), budget = Math.max(minCost, Math.round(load.cost * between(0.3, 1.2))), contained = random() < 0.5, room: Bound = contained ? { volumeCm3: Math.round((load.volumeCm3 / places) * between(0.7, 1.6)), weightG: Math.round((load.weightG / places) * between(0.7, 1.6)) } : {};
  return { lines, limits: { ...NO_LIMITS, minCost, budget, ...room, containers: contained ? 1 : null }, room, what: `${lines.length} lines at ${places} places, minimum ${((minCost * places) / load.cost).toFixed(2)}, budget ${(budget / load.cost).toFixed(2)}${contained ? ', containers' : ''}` };
}
const of = (lines: readonly SupplierLine[], members: readonly number[]): SupplierLine[] => members.map((n) => lines[n]!);

/** The most that orders at or above their minimum can be worth; null where the solver did not prove it, or no place can reach its own. */
function best({ lines, limits, room }: Drawn): number | null {
  const places = placesOf(lines);
  let most: number | null = null;
  for (let chosen = 1; chosen < 2 ** places.length; chosen++) {
    const groups = places.map((members, p) => ({ members, reaches: (chosen >> p) % 2 === 1 })), out = new Set(groups.flatMap((one) => (one.reaches ? [] : one.members)));
    const found = exact(lines, { most: lines.map((line, n) => (out.has(n) ? 0 : line.most)) }, { cost: limits.budget! }, {}, SECONDS, groups.filter((one) => one.reaches).map(({ members }) => ({ members, cap: room, floor: { cost: limits.minCost! } })));
    if (found === 'unproven') return null;
    if (found !== null && (most === null || found > most)) most = found;
  }
  return most !== null && most > 0 ? most : null;
}

it(`${INSTANCES} small orders at two to ${EVERY ? 'four' : 'three'} places`, () => {
  for (let seed = 1; seed <= INSTANCES; seed++) {
    const made = drawn(seed), { lines, limits, room, what } = made, order = supplierOrder(lines, limits), quantities = order.lines.map((line) => line.quantity);
    expect(fits(order.load, { cost: limits.budget! }), `seed ${seed}`).toBe(true);
    for (const members of placesOf(lines)) expect(fits(total(of(lines, members), members.map((n) => quantities[n]!)), room), `seed ${seed}`).toBe(true);
    const optimum = best(made);
    if (optimum === null) continue;
    const taken = placesOf(lines).filter((members) => total(of(lines, members), members.map((n) => quantities[n]!)).cost >= limits.minCost!), worth = taken.reduce((sum, members) => sum + worthOfAll(of(lines, members), members.map((n) => quantities[n]!)), 0);
    expect(1 - worth / optimum, `seed ${seed}: ${what}`).toBeLessThan(0.01);
    gaps.push({ gap: Math.max(0, 1 - worth / optimum), what: `seed ${seed}: ${what}; ${Math.round(worth)} of ${Math.round(optimum)}, ${taken.length} reach theirs` });
  }
  expect(gaps.length).toBeGreaterThan(EVERY ? 30 : 3);
}, EVERY ? 5_400_000 : 900_000);

it('one of two places has its minimum where the budget is enough for one, and what is left goes to the other, which says that it stays below', () => {
  const wanted = drawLines(40, seeded(5), false).filter((line) => line.casePack === 1 && line.priceBreaks.length === 0 && line.quantity >= 20).slice(0, 6).map((line, n): SupplierLine => ({ ...line, place: n < 3 ? 'near' : 'far' })), all = total(wanted, wanted.map((line) => line.quantity)).cost, least = Math.round(all * 0.4);
  expect(wanted).toHaveLength(6);
  const lines = wanted, order = supplierOrder(lines, { ...NO_LIMITS, minCost: least, budget: Math.round(all * 0.65) }), cost = (place: string): number => order.lines.reduce((sum, one, n) => sum + (lines[n]!.place === place ? one.quantity * lines[n]!.unitCost : 0), 0), [most, rest] = [Math.max(cost('near'), cost('far')), Math.min(cost('near'), cost('far'))];
  expect(most).toBeGreaterThanOrEqual(least);
  expect(most + rest).toBeLessThanOrEqual(Math.round(all * 0.65));
  expect(rest).toBeGreaterThan(0);
  const below = order.lines.filter((one) => one.notes.length > 0).map((one) => lines.find((each) => each.key === one.key)!.place);
  expect(new Set(below)).toEqual(new Set([cost('near') === most ? 'far' : 'near']));
});

it('keeps budget, containers, full cases and what is fixed, whatever the sequence of the lines, of dozens of lines too', () => {
  for (let seed = 1; seed <= (EVERY ? 10 : 4); seed++) {
    const random = seeded(9_000 + seed), places = 2 + Math.floor(random() * 5), lines = drawLines(10 + Math.floor(random() * 50), random, random() < 0.4).map((line, n): SupplierLine => ({ ...line, place: `place ${n % places}`, ...(random() < 0.05 ? { fixed: true, most: line.quantity } : {}) })), load = total(lines, lines.map((line) => line.quantity)), fixed = total(lines, lines.map((line) => (line.fixed ? line.quantity : 0)));
    const limits: SupplierLimits = { ...NO_LIMITS, ...(random() < 0.5 ? { minCost: Math.round((load.cost / places) * (0.4 + random())) } : { minUnits: Math.round((load.units / places) * (0.4 + random())) }), budget: Math.round(Math.max(fixed.cost, load.cost * (0.3 + random()))) }, order = supplierOrder(lines, limits);
    expect(order.load.cost).toBeLessThanOrEqual(limits.budget!);
    order.lines.forEach(({ quantity, changes }, n) => {
      const line = lines[n]!;
      expect(quantity).toBe(line.quantity + changes.reduce((sum, one) => sum + one.change, 0));
      if (line.fixed) expect(quantity).toBe(line.quantity); else expect([quantity % line.casePack, quantity >= 0]).toEqual([0, true]);
    });
    expect([order.gap >= 0, order.gap <= 1]).toEqual([true, true]);
    const turned = supplierOrder([...lines].reverse(), limits);
    expect([...turned.lines].reverse()).toEqual(order.lines);
  }
}, 240_000);

afterAll(() => {
  gaps.sort((a, b) => b.gap - a.gap);
  const mean = gaps.reduce((sum, one) => sum + one.gap, 0) / Math.max(1, gaps.length), at = (share: number): string => `${((gaps[Math.floor(gaps.length * (1 - share))]?.gap ?? 0) * 100).toFixed(3)}%`;
  console.info(`${gaps.length} orders over places below the joint optimum: mean ${(mean * 100).toFixed(3)}%, half within ${at(0.5)}, 90% within ${at(0.9)}, worst ${((gaps[0]?.gap ?? 0) * 100).toFixed(3)}%; ${gaps.filter((one) => one.gap > 0.01).length} beyond 1%`);
  for (const one of gaps.slice(0, 12)) console.info(`  ${(one.gap * 100).toFixed(2)}%: ${one.what}`);
});
