/** A supplier's order taken step by step (price breaks, minimum, container, budget) beside the same as one problem, solved exactly (HiGHS) over every quantity of every line at once. */
import { afterAll, describe, expect, it } from 'vitest';
import { seeded } from '../../bench/random.ts';
import { fullness } from '../../src/domain/replenishment/fill.ts';
import { fits, total, type Bound } from '../../src/domain/replenishment/load.ts';
import { NO_LIMITS, type SupplierLimits } from '../../src/domain/replenishment/supplier-limits.ts';
import { supplierOrder } from '../../src/domain/replenishment/supplier-order.ts';
import { drawLines, exact, worthOfAll } from '../helpers/order-lines.ts';

/** INSTEP_SOLVER=all asks for many, of more lines. */
const EVERY = process.env['INSTEP_SOLVER'] === 'all', INSTANCES = EVERY ? 160 : 16, SECONDS = EVERY ? 10 : 3, gaps: { gap: number; what: string }[] = [], filling: typeof gaps = [];
let missed = 0;

const WITHIN = 0.01;

/** A minimum, a container and a budget at once, from slack to tight, so that some bind alone, some together, some against each other. */
function drawn(seed: number, most = EVERY ? 10 : 5): { lines: ReturnType<typeof drawLines>; limits: SupplierLimits; cap: Bound; floor: Bound; what: string } {
  const random = seeded(seed), between = (low: number, high: number): number => low + (high - low) * random(), lines = drawLines(3 + Math.floor(random() * (most - 2)), random, random() < 0.5), free = supplierOrder(lines, NO_LIMITS).lines.map((line) => line.quantity), load = total(lines, free);
  const minCost = Math.round(load.cost * between(0.3, 1.3)), budget = Math.max(minCost, Math.round(load.cost * between(0.4, 1.4))), volumeCm3 = Math.round(load.volumeCm3 * between(0.5, 1.3)), weightG = Math.round(load.weightG * between(0.5, 1.3));
  return { lines, limits: { ...NO_LIMITS, minCost, budget, volumeCm3, weightG, containers: 1 }, cap: { cost: budget, volumeCm3, weightG }, floor: { cost: minCost }, what: `minimum ${(minCost / load.cost).toFixed(2)}, budget ${(budget / load.cost).toFixed(2)}, room ${(volumeCm3 / load.volumeCm3).toFixed(2)}` };
}

/** The same with a container to fill and no budget. */
function drawnToFill(seed: number, most = EVERY ? 10 : 5): { lines: ReturnType<typeof drawLines>; limits: SupplierLimits; room: Bound; minCost: number; what: string } {
  const random = seeded(3_000 + seed), between = (low: number, high: number): number => low + (high - low) * random(), lines = drawLines(3 + Math.floor(random() * (most - 2)), random, random() < 0.5), load = total(lines, supplierOrder(lines, NO_LIMITS).lines.map((line) => line.quantity));
  const minCost = Math.round(load.cost * between(0.3, 1.2)), volumeCm3 = Math.round(load.volumeCm3 * between(0.6, 1.5)), weightG = Math.round(load.weightG * between(0.6, 1.5));
  return { lines, limits: { ...NO_LIMITS, minCost, volumeCm3, weightG, containers: 1, fillContainer: true }, room: { volumeCm3, weightG }, minCost, what: `minimum ${(minCost / load.cost).toFixed(2)}, room ${(volumeCm3 / load.volumeCm3).toFixed(2)}` };
}

describe('minimum, price breaks, container and budget as one problem', () => {
  it(`${INSTANCES} small orders`, () => {
    for (let seed = 1; seed <= INSTANCES; seed++) {
      const { lines, limits, cap, floor, what } = drawn(seed), order = supplierOrder(lines, limits), quantities = order.lines.map((line) => line.quantity), made = worthOfAll(lines, quantities);
      expect(fits(order.load, cap), `seed ${seed}: ${what}`).toBe(true);
      // With the minimum where that can be had and is worth it, else without: as the supplier is asked.
      const least = exact(lines, {}, cap, floor, SECONDS), best = typeof least === 'number' && least >= 0 ? least : least === 'unproven' ? least : exact(lines, {}, cap, {}, SECONDS);
      if (typeof best !== 'number' || best <= 0) continue;
      const wanting = best === least && order.load.cost < limits.minCost!;
      // An order below its minimum is refused, whatever it is worth. Of one that may cost the minimum and not a minor unit more, few are found by anyone.
      if (limits.budget! > limits.minCost!) expect(wanting, `seed ${seed}: ${what}: below the minimum, which ${best} reaches`).toBe(false);
      else if (wanting) { missed++; continue; }
      expect(1 - made / best, `seed ${seed}: ${what}: ${made} of ${best}`).toBeLessThan(WITHIN);
      gaps.push({ gap: Math.max(0, 1 - made / best), what: `seed ${seed}, ${lines.length} lines: ${what}; ${Math.round(made)} of ${Math.round(best)}${order.load.cost < limits.minCost! ? ', below the minimum' : ''}${typeof least === 'number' && least >= 0 ? '' : ', minimum not worth it'}` });
    }
    expect(gaps.length).toBeGreaterThan(5); // how many the solver proves in its time is the machine's
  }, EVERY ? 5_400_000 : 600_000);

  it(`${INSTANCES} small orders that fill a container: as full, with the minimum and the price breaks in the same problem`, () => {
    for (let seed = 1; seed <= INSTANCES; seed++) {
      const { lines, limits, room, minCost, what } = drawnToFill(seed), order = supplierOrder(lines, limits), quantities = order.lines.map((line) => line.quantity), made = worthOfAll(lines, quantities), full = fullness(lines, quantities, room);
      expect(fits(order.load, room), `seed ${seed}: ${what}`).toBe(true);
      // What is wanted stays where it fits: a container is filled on top of it.
      const wanted = supplierOrder(lines, NO_LIMITS).lines.map((line) => line.quantity), best = exact(lines, fits(total(lines, wanted), room) ? { least: wanted } : {}, room, { ...full, ...(order.load.cost >= minCost ? { cost: minCost } : {}) }, SECONDS);
      if (typeof best !== 'number' || best <= 0) continue;
      // Of what the order is worth as wanted: a filling buys units that lose, so that what is left may be next to nothing.
      const own = Math.max(best, worthOfAll(lines, lines.map((line) => line.quantity))), gap = Math.max(0, (best - made) / own);
      expect(gap, `seed ${seed}: ${what}: ${made} of ${best}`).toBeLessThan(WITHIN);
      filling.push({ gap, what: `seed ${seed}, ${lines.length} lines: ${what}; ${Math.round(made)} of ${Math.round(best)}` });
    }
    expect(filling.length).toBeGreaterThan(5);
  }, EVERY ? 5_400_000 : 600_000);
});

// What the solver found in 20 s, where prices and a core alone lost 1 to 5 %, or stayed below a minimum that can be had: it stands close to a limit, and cases are large. Of the last three the budget is the minimum.
it.each([[77, 76_048], [92, 300_026], [188, 130_079], [58, 117_674], [198, 139_091], [9, 48_796], [80, 265_131], [295, 414_102]])('order %i of up to ten lines reaches its minimum, and %i of worth', (seed, best) => {
  const { lines, limits, cap } = drawn(seed, 10), order = supplierOrder(lines, limits);
  expect(fits(order.load, cap)).toBe(true);
  expect(order.load.cost).toBeGreaterThanOrEqual(limits.minCost!);
  expect(worthOfAll(lines, order.lines.map((line) => line.quantity))).toBeGreaterThanOrEqual(best * 0.999);
});

it('a container of seven lines is filled with what the solver finds in 20 s', () => {
  const { lines, limits, room, minCost } = drawnToFill(24, 10), order = supplierOrder(lines, limits);
  expect(fits(order.load, room)).toBe(true);
  expect(order.load.cost).toBeGreaterThanOrEqual(minCost);
  expect(worthOfAll(lines, order.lines.map((line) => line.quantity))).toBeGreaterThanOrEqual(268_887 * 0.999);
});

afterAll(() => { tell('orders', gaps); console.info(`${missed} orders whose budget is their minimum stay below it`); tell('orders that fill a container', filling); });

function tell(name: string, gaps: { gap: number; what: string }[]): void {
  gaps.sort((a, b) => b.gap - a.gap);
  const at = (share: number): string => `${((gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * (1 - share)))]?.gap ?? 0) * 100).toFixed(3)}%`, mean = gaps.reduce((sum, one) => sum + one.gap, 0) / Math.max(1, gaps.length);
  console.info(`${gaps.length} ${name} below the joint optimum: mean ${(mean * 100).toFixed(3)}%, half within ${at(0.5)}, 90% within ${at(0.9)}, 95% within ${at(0.95)}, worst ${((gaps[0]?.gap ?? 0) * 100).toFixed(3)}%; ${gaps.filter((one) => one.gap > 0.01).length} beyond 1%`);
  for (const one of gaps.slice(0, 8)) console.info(`  ${(one.gap * 100).toFixed(2)}%: ${one.what}`);
}
