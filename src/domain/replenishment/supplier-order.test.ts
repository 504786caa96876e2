import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineOf, worthOfAll } from '../../../test/helpers/order-lines.ts';
import { bestOrder } from './best-order.ts';
import { beyondOf, expectedBeyond } from './demand-total.ts';
import { fits, missing, total } from './load.ts';
import { planOrders } from './plan-orders.ts';
import { containersOf, MINIMUM_COUNTS, NO_LIMITS, type SupplierLimits } from './supplier-limits.ts';
import { choicesOf, worthOf, type SupplierLine } from './supplier-line.ts';
import { supplierOrder, withinBudget } from './supplier-order.ts';

const drawn = fc.record({
  mean: fc.double({ min: 0.5, max: 50, noNaN: true }), spread: fc.double({ min: 1, max: 4, noNaN: true }), position: fc.integer({ min: -3, max: 25 }), casePack: fc.constantFrom(1, 1, 2, 6, 12), moq: fc.constantFrom(0, 1, 10, 24),
  unitCost: fc.integer({ min: 100, max: 5_000 }), margin: fc.double({ min: 0.2, max: 1.5, noNaN: true }), ratio: fc.double({ min: 0.8, max: 0.97, noNaN: true }), volume: fc.integer({ min: 100, max: 20_000 }), weight: fc.integer({ min: 50, max: 8_000 }),
  breakAt: fc.integer({ min: 20, max: 80 }), off: fc.constantFrom(0, 0, 0.03, 0.1), place: fc.constantFrom('mill', 'mill', 'shop'),
});
const anyLines = fc.array(drawn, { minLength: 1, maxLength: 14 }).map((all) => all.map(lineOf));
const free = (lines: readonly SupplierLine[]) => supplierOrder(lines, NO_LIMITS), quantitiesOf = (order: { lines: readonly { quantity: number }[] }): number[] => order.lines.map((line) => line.quantity);

describe('a supplier’s order', () => {
  const anyLimits: fc.Arbitrary<SupplierLimits> = fc.record({
    minimumCounts: fc.constantFrom(...MINIMUM_COUNTS), minCost: fc.option(fc.integer({ min: 0, max: 400_000 })), minUnits: fc.option(fc.nat(300)), volumeCm3: fc.option(fc.integer({ min: 10_000, max: 1_000_000 })), weightG: fc.option(fc.integer({ min: 10_000, max: 400_000 })),
    containers: fc.option(fc.integer({ min: 1, max: 3 })), fillContainer: fc.boolean(), budget: fc.option(fc.integer({ min: 0, max: 300_000 })),
  });

  it('never passes budget or container; is full cases at or above the minimum order; its changes sum', () => fc.assert(fc.property(anyLines, anyLimits, (lines, limits) => {
    const order = supplierOrder(lines, limits), quantities = order.lines.map((line) => line.quantity), load = total(lines, quantities);
    expect(order.load).toEqual(load);
    if (limits.budget !== null) expect(load.cost).toBeLessThanOrEqual(limits.budget);
    for (const place of ['mill', 'shop']) {
      const here = lines.flatMap((line, n) => (line.place === place ? [n] : [])), taken = total(here.map((n) => lines[n]!), here.map((n) => quantities[n]!));
      if (limits.containers !== null) expect(containersOf(taken, limits) ?? 0).toBeLessThanOrEqual(limits.containers);
    }
    order.lines.forEach((made, n) => {
      const line = lines[n]!;
      expect(made.quantity % line.casePack).toBe(0);
      expect(made.quantity === 0 || made.quantity >= line.moq).toBe(true);
      expect(made.quantity).toBeLessThanOrEqual(Math.max(line.most, line.quantity));
      expect(line.quantity + made.changes.reduce((sum, one) => sum + one.change, 0)).toBe(made.quantity);
    });
    const reached = (limits.minCost === null || load.cost >= limits.minCost) && (limits.minUnits === null || load.units >= limits.minUnits);
    expect(reached || load.units === 0 || order.notes.length > 0).toBe(true);
    expect(order.gap).toBeGreaterThanOrEqual(0);
    expect(order.gap).toBeLessThanOrEqual(1);
  }), { numRuns: 80 }));

  it('without limits is what the lines order, but for price breaks that pay', () => fc.assert(fc.property(anyLines, (lines) => {
    const order = supplierOrder(lines, NO_LIMITS);
    order.lines.forEach((made, n) => {
      expect(made.quantity).toBeGreaterThanOrEqual(lines[n]!.quantity);
      expect(worthOf(lines[n]!)(made.quantity)).toBeGreaterThanOrEqual(worthOf(lines[n]!)(lines[n]!.quantity) - 1e-6);
      if (lines[n]!.priceBreaks.length === 0) expect(made.quantity).toBe(lines[n]!.quantity);
    });
  }), { numRuns: 60 }));

  it('is never worth more with less to spend', () => fc.assert(fc.property(anyLines, fc.integer({ min: 1, max: 9 }), (lines, tenths) => {
    const whole = supplierOrder(lines, NO_LIMITS), budget = Math.round((whole.load.cost * tenths) / 10);
    expect(worthOfAll(lines, supplierOrder(lines, { ...NO_LIMITS, budget }).lines.map((line) => line.quantity))).toBeLessThanOrEqual(worthOfAll(lines, whole.lines.map((line) => line.quantity)) + 1e-6);
  }), { numRuns: 60 }));

  it('orders nothing where nothing is needed, whatever the minimum', () => {
    const line = { ...lineOf({ mean: 5, spread: 1, position: 100, casePack: 1, moq: 0, unitCost: 500, margin: 1, ratio: 0.95, volume: 1, weight: 1, breakAt: 1, off: 0 }, 0), quantity: 0 };
    expect(supplierOrder([line], { ...NO_LIMITS, minCost: 10_000 }).lines).toEqual([{ key: line.key, quantity: 0, changes: [], notes: [] }]);
  });
  it('says when the minimum cannot be reached, and then buys nothing for it', () => {
    const line = { ...lineOf({ mean: 5, spread: 1, position: 0, casePack: 1, moq: 0, unitCost: 500, margin: 1, ratio: 0.95, volume: 1, weight: 1, breakAt: 1, off: 0 }, 0), most: 12 };
    const order = supplierOrder([line], { ...NO_LIMITS, minUnits: 40 });
    expect(order.lines[0]!.quantity).toBe(line.quantity);
    expect(order.notes).toEqual([`The supplier takes orders from 40 units; this one is of ${line.quantity}.`]);
  });

  it('is never worth less than ordering nothing', () => fc.assert(fc.property(anyLines, anyLimits, (lines, limits) => {
    expect(worthOfAll(lines, quantitiesOf(supplierOrder(lines, limits)))).toBeGreaterThanOrEqual(-1e-6);
  }), { numRuns: 80 }));

  it('is the same whenever asked, and whatever the sequence of its lines', () => fc.assert(fc.property(anyLines, anyLimits, fc.integer({ min: 1, max: 13 }), (lines, limits, turn) => {
    const at = turn % lines.length, turned = [...lines.slice(at), ...lines.slice(0, at)], one = supplierOrder(lines, limits);
    expect(supplierOrder(lines, limits)).toEqual(one);
    const quantities = new Map(one.lines.map((line) => [line.key, line]));
    for (const line of supplierOrder(turned, limits).lines) expect(line).toEqual(quantities.get(line.key));
  }), { numRuns: 60 }));

  it('more to spend is worth no less, but for the gap it states', () => fc.assert(fc.property(anyLines, fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }), (lines, a, b) => {
    const most = quantitiesOf(free(lines)), { cost } = total(lines, most), low = Math.round((cost * Math.min(a, b)) / 100), high = Math.round((cost * Math.max(a, b)) / 100);
    const less = withinBudget(lines, most, low), more = withinBudget(lines, most, high), worthLess = worthOfAll(lines, less.quantities), worthMore = worthOfAll(lines, more.quantities);
    expect(total(lines, less.quantities).cost).toBeLessThanOrEqual(low);
    expect(worthMore).toBeGreaterThanOrEqual(worthLess * (1 - more.gap) - 1e-6);
    expect(more.gap).toBeLessThan(0.01);
  }), { numRuns: 80 }));

  it('a planner’s own quantity stays, and is paid first', () => fc.assert(fc.property(anyLines, anyLimits, fc.nat(60), (lines, limits, quantity) => {
    const given = [{ ...lines[0]!, quantity, most: quantity, fixed: true }, ...lines.slice(1)], order = supplierOrder(given, limits);
    expect(order.lines[0]).toMatchObject({ quantity, changes: [] });
    const rest = order.lines.slice(1).reduce((sum, line) => sum + line.quantity, 0);
    if (limits.budget !== null && rest > 0 && order.lines.some((line) => line.changes.some((one) => one.term === 'budget'))) expect(order.load.cost).toBeLessThanOrEqual(limits.budget);
  }), { numRuns: 60 }));

  it('the store’s budget is kept over all suppliers, a term of its own', () => fc.assert(fc.property(anyLines, anyLimits, fc.integer({ min: 0, max: 300_000 }), (lines, limits, storeBudget) => {
    const planned = lines.map((line, n) => ({ line, order: n % 3 === 0 ? '' : `supplier ${n % 3}`, inStore: n % 4 !== 3 ? line : null })), orders = new Map([['supplier 1', limits], ['supplier 2', NO_LIMITS]]);
    const made = planOrders(planned, orders, storeBudget), without = planOrders(planned, orders, null), domestic = [...lines.keys()].filter((n) => planned[n]!.inStore !== null);
    expect(total(domestic.map((n) => lines[n]!), domestic.map((n) => made.lines[n]!.quantity)).cost).toBeLessThanOrEqual(storeBudget);
    made.lines.forEach((one, n) => {
      expect(lines[n]!.quantity + one.changes.reduce((sum, { change }) => sum + change, 0)).toBe(one.quantity);
      expect(one.changes.filter(({ term }) => term !== 'store budget')).toEqual(without.lines[n]!.changes);
      if (planned[n]!.inStore === null) expect(one.quantity).toBe(without.lines[n]!.quantity);
    });
  }), { numRuns: 60 }));

  const plain = { mean: 20, spread: 2, position: 0, casePack: 1, moq: 0, unitCost: 500, margin: 1, ratio: 0.95, volume: 1_000, weight: 100, breakAt: 1, off: 0 };
  it('a minimum counts for each place, or over all of them', () => {
    const lines = [lineOf(plain, 0), { ...lineOf({ ...plain, mean: 30 }, 1), place: 'shop' }], own = total(lines, lines.map((line) => line.quantity)), minUnits = own.units - 5;
    const each = supplierOrder(lines, { ...NO_LIMITS, minUnits }), all = supplierOrder(lines, { ...NO_LIMITS, minUnits, minimumCounts: 'all places' });
    expect(quantitiesOf(all)).toEqual(lines.map((line) => line.quantity));
    for (const quantity of quantitiesOf(each)) expect(quantity).toBeGreaterThanOrEqual(minUnits);
    const more = supplierOrder(lines, { ...NO_LIMITS, minUnits: own.units + 12, minimumCounts: 'all places' });
    expect(more.load.units).toBe(own.units + 12);
  });

  it('fills the container, or takes one fewer where a second would only be filled with what is not wanted', () => {
    const line = lineOf(plain, 0), needs = line.quantity * line.volumeCm3, fill = { ...NO_LIMITS, fillContainer: true };
    expect(supplierOrder([line], { ...fill, volumeCm3: needs + 6_500 })).toMatchObject({ containers: 1, lines: [{ quantity: line.quantity + 6 }] });
    expect(supplierOrder([line], { ...fill, volumeCm3: needs - 1_000 })).toMatchObject({ containers: 1, lines: [{ quantity: line.quantity - 1, changes: [{ term: 'container', change: -1 }] }] });
    expect(supplierOrder([line], { ...fill, volumeCm3: needs - 1_000, containers: 3, fillContainer: false }).lines[0]!.quantity).toBe(line.quantity);
  });

  it('what is reached at too high a price is not: the order is left as it is, and says so', () => {
    const line = lineOf({ ...plain, mean: 1, ratio: 0.55 }, 0), order = supplierOrder([{ ...line, quantity: 1, most: 400 }], { ...NO_LIMITS, minUnits: 400 });
    expect(order.lines[0]).toMatchObject({ quantity: 1, changes: [] });
    expect(order.notes[0]).toBe('To reach the least the supplier takes an order for would cost more than the order is worth.');
  });

  it('an order above its minimum stays there when the budget cuts it', () => {
    const lines = Array.from({ length: 8 }, (_, n) => lineOf({ ...plain, mean: 10 + n, casePack: 6, unitCost: 400 + n * 37 }, n)), { cost } = free(lines).load;
    const order = supplierOrder(lines, { ...NO_LIMITS, minCost: Math.round(cost * 0.795), budget: Math.round(cost * 0.8) });
    expect(order.notes).toEqual([]);
    expect(order.load.cost).toBeGreaterThanOrEqual(Math.round(cost * 0.795));
    expect(order.load.cost).toBeLessThanOrEqual(Math.round(cost * 0.8));
  });
});

it('expected shortages of one total, worked out once, are those worked out each time', () => fc.assert(fc.property(drawn, fc.double({ min: 1, max: 400, noNaN: true }), fc.integer({ min: -5, max: 2_000 }), (one, times, s) => {
  const { demand } = lineOf({ ...one, mean: one.mean * times }, 0), expected = expectedBeyond(demand, s);
  expect(Math.abs(beyondOf(demand)(s) - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, expected));
}), { numRuns: 300 }));

it('of few lines it is the best of all there are, limits and leasts together, or there is none', () => {
  const few = fc.array(drawn.map((one) => ({ ...one, casePack: 12, moq: one.moq === 10 ? 30 : 0 })), { minLength: 1, maxLength: 4 }).map((all) => all.map(lineOf).map((line) => ({ ...line, most: 72 })));
  const shares = fc.record({ cost: fc.integer({ min: 0, max: 110 }), volumeCm3: fc.integer({ min: 0, max: 110 }), least: fc.integer({ min: 0, max: 110 }), units: fc.integer({ min: 0, max: 80 }) });
  fc.assert(fc.property(few, shares, (lines, share) => {
    const most = lines.map((line) => Math.floor(line.most / 12) * 12), all = total(lines, most), cap = { cost: Math.round((all.cost * share.cost) / 100), volumeCm3: Math.round((all.volumeCm3 * share.volumeCm3) / 100) };
    const floor = { cost: Math.round((all.cost * share.least) / 200), units: Math.round((all.units * share.units) / 200) }, worth = lines.map(worthOf), found = bestOrder(lines, worth, lines.map(() => 0), most, cap, floor);
    let best = -Infinity;
    const each = (n: number, quantities: number[]): void => {
      if (n === lines.length) { const load = total(lines, quantities); if (fits(load, cap) && missing(load, floor) === 0) best = Math.max(best, worthOfAll(lines, quantities)); return; }
      for (const q of choicesOf(lines[n]!, 0, most[n]!, 100)) each(n + 1, [...quantities, q]);
    };
    each(0, []);
    if (best === -Infinity) { expect(found).toBeNull(); return; }
    expect(found).not.toBeNull();
    const made = total(lines, found!.quantities);
    expect(fits(made, cap) && missing(made, floor) === 0).toBe(true);
    expect(found!.bound).toBeGreaterThanOrEqual(best - 1e-6);
    expect(found!.worth).toBeGreaterThanOrEqual(best - 0.0011 * Math.abs(best) - 1e-6);
    expect(found!.worth).toBeLessThanOrEqual(best + 1e-6);
  }), { numRuns: 300 });
});
