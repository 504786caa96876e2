import fc from 'fast-check';
import highs from 'highs';
import { describe, expect, it } from 'vitest';
import { quantilesOf } from '../forecast/distribution.ts';
import { demandTotal } from './demand-total.ts';
import { loadOf, total } from './load.ts';
import { nextQuantity, worthOf, type SupplierLine } from './supplier-line.ts';
import { NO_LIMITS, supplierOrder } from './supplier-order.ts';

const LEVELS = Float64Array.of(0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99);
function demandOf(mean: number, spread: number) {
  const out = new Float64Array(LEVELS.length);
  quantilesOf(mean, mean * spread, LEVELS, out, 0, 1);
  return demandTotal({ mean: [mean], cumulative: [...LEVELS].map((q, k) => ({ q, values: [out[k]!] })) }, 1);
}

interface Drawn { mean: number; spread: number; position: number; casePack: number; moq: number; unitCost: number; margin: number; ratio: number; volume: number; weight: number; breakAt: number; off: number }
/** A line whose own quantity is the one worth most, as its policy would order. */
function lineOf(drawn: Drawn, n: number): SupplierLine {
  const short = Math.max(1, Math.round(drawn.unitCost * drawn.margin)), priceBreaks = drawn.off === 0 ? [] : [{ from: drawn.breakAt, unitCost: Math.round(drawn.unitCost * (1 - drawn.off)) }];
  const line: SupplierLine = { key: `line ${n}`, position: drawn.position, quantity: 0, casePack: drawn.casePack, moq: drawn.moq, most: 400, unitCost: drawn.unitCost, priceBreaks: [], volumeCm3: drawn.volume, weightG: drawn.weight, demand: demandOf(drawn.mean, drawn.spread), short, over: (short * (1 - drawn.ratio)) / drawn.ratio };
  const worth = worthOf(line);
  for (let q: number | null = 0; q !== null && q < 300; q = nextQuantity(line, q)) if (worth(q) > worth(line.quantity)) line.quantity = q;
  return { ...line, priceBreaks };
}
const drawn = fc.record({
  mean: fc.double({ min: 0.5, max: 50, noNaN: true }), spread: fc.double({ min: 1, max: 4, noNaN: true }), position: fc.integer({ min: -3, max: 25 }), casePack: fc.constantFrom(1, 1, 2, 6, 12), moq: fc.constantFrom(0, 1, 10, 24),
  unitCost: fc.integer({ min: 100, max: 5_000 }), margin: fc.double({ min: 0.2, max: 1.5, noNaN: true }), ratio: fc.double({ min: 0.8, max: 0.97, noNaN: true }), volume: fc.integer({ min: 100, max: 20_000 }), weight: fc.integer({ min: 50, max: 8_000 }),
  breakAt: fc.integer({ min: 20, max: 80 }), off: fc.constantFrom(0, 0, 0.03, 0.1),
});
const anyLines = fc.array(drawn, { minLength: 1, maxLength: 14 }).map((all) => all.map(lineOf));
const worthOfAll = (lines: readonly SupplierLine[], quantities: readonly number[]): number => lines.reduce((sum, line, n) => sum + worthOf(line)(quantities[n]!), 0);

const solver = await (highs as unknown as () => Promise<{ solve(model: string, options: object): { Status: string; ObjectiveValue: number } }>)();
/** The exact optimum over every quantity each line can be ordered in: one is chosen a line. */
function exact(lines: readonly SupplierLine[], bounds: { least?: readonly number[]; most?: readonly number[] }, caps: Partial<Record<'cost' | 'volumeCm3' | 'weightG', number>>, floors: Partial<Record<'cost' | 'units', number>> = {}): number | null {
  const choices = lines.flatMap((line, n) => {
    const all: number[] = [0];
    for (let q = nextQuantity(line, 0); q !== null && q <= (bounds.most?.[n] ?? line.most); q = nextQuantity(line, q)) all.push(q);
    return all.filter((q) => q >= (bounds.least?.[n] ?? 0)).map((q) => ({ n, q, name: `y${n}_${q}`, worth: worthOf(line)(q), load: loadOf(line, q) }));
  });
  const sum = (of: (choice: (typeof choices)[number]) => number, only = choices): string => only.map((choice) => { const value = of(choice); return `${value < 0 ? '-' : '+'} ${Math.abs(value).toFixed(6)} ${choice.name}`; }).join('\n ');
  const rows = [
    ...lines.map((_, n) => `one${n}: ${choices.filter((choice) => choice.n === n).map((choice) => choice.name).join(' + ')} = 1`),
    ...Object.entries(caps).map(([each, cap]) => `cap${each}: ${sum((choice) => choice.load[each as 'cost'])} <= ${cap}`),
    ...Object.entries(floors).map(([each, floor]) => `floor${each}: ${sum((choice) => choice.load[each as 'cost'])} >= ${floor}`),
  ];
  const found = solver.solve(`Maximize\n obj: ${sum((choice) => choice.worth)}\nSubject To\n ${rows.join('\n ')}\nBinary\n ${choices.map((choice) => choice.name).join('\n ')}\nEnd`, { mip_rel_gap: 0.0005, time_limit: 10 });
  return found.Status === 'Optimal' ? found.ObjectiveValue : null;
}

describe('a supplier’s order', () => {
  const anyLimits = fc.record({
    minCost: fc.option(fc.integer({ min: 0, max: 400_000 })), minUnits: fc.option(fc.nat(300)), volumeCm3: fc.option(fc.integer({ min: 10_000, max: 1_000_000 })), weightG: fc.option(fc.integer({ min: 10_000, max: 400_000 })),
    containers: fc.option(fc.integer({ min: 1, max: 3 })), fillContainer: fc.boolean(), budget: fc.option(fc.integer({ min: 0, max: 300_000 })),
  });

  it('never passes budget or container; is full cases at or above the minimum order; its changes sum', () => fc.assert(fc.property(anyLines, anyLimits, (lines, limits) => {
    const order = supplierOrder(lines, limits), quantities = order.lines.map((line) => line.quantity), load = total(lines, quantities);
    expect(order.load).toEqual(load);
    if (limits.budget !== null) expect(load.cost).toBeLessThanOrEqual(limits.budget);
    if (limits.containers !== null && limits.volumeCm3 !== null) expect(load.volumeCm3).toBeLessThanOrEqual(limits.containers * limits.volumeCm3);
    if (limits.containers !== null && limits.weightG !== null) expect(load.weightG).toBeLessThanOrEqual(limits.containers * limits.weightG);
    order.lines.forEach((made, n) => {
      const line = lines[n]!;
      expect(made.quantity % line.casePack).toBe(0);
      expect(made.quantity === 0 || made.quantity >= line.moq).toBe(true);
      expect(made.quantity).toBeLessThanOrEqual(Math.max(line.most, line.quantity));
      expect(line.quantity + made.changes.reduce((sum, one) => sum + one.change, 0)).toBe(made.quantity);
    });
    const reached = (limits.minCost === null || load.cost >= limits.minCost) && (limits.minUnits === null || load.units >= limits.minUnits);
    expect(reached || load.units === 0 || order.notes.length > 0).toBe(true);
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
    expect(supplierOrder([line], { ...NO_LIMITS, minCost: 10_000 }).lines).toEqual([{ key: 'line 0', quantity: 0, changes: [] }]);
  });
  it('says when the minimum cannot be reached, and then buys nothing for it', () => {
    const line = { ...lineOf({ mean: 5, spread: 1, position: 0, casePack: 1, moq: 0, unitCost: 500, margin: 1, ratio: 0.95, volume: 1, weight: 1, breakAt: 1, off: 0 }, 0), most: 12 };
    const order = supplierOrder([line], { ...NO_LIMITS, minUnits: 40 });
    expect(order.lines[0]!.quantity).toBe(line.quantity);
    expect(order.notes).toEqual([`The supplier takes orders from 40 units; this one is of ${line.quantity}.`]);
  });
});

describe('beside the exact solver', () => {
  const seeded = (n: number) => fc.sample(fc.array(drawn, { minLength: 6, maxLength: 14, size: 'max' }), { seed: n, numRuns: 1 })[0]!.map(lineOf).filter((line) => line.quantity > 0);
  const instances = Array.from({ length: 24 }, (_, n) => seeded(n + 1)).filter((lines) => lines.length > 2);

  it('a budget: within 1 % of the optimum', () => {
    for (const lines of instances) for (const part of [0.35, 0.7]) {
      const most = supplierOrder(lines, NO_LIMITS).lines.map((line) => line.quantity), budget = Math.round(total(lines, most).cost * part);
      const best = exact(lines, { most }, { cost: budget })!, made = worthOfAll(lines, supplierOrder(lines, { ...NO_LIMITS, budget }).lines.map((line) => line.quantity));
      expect(made / best).toBeGreaterThan(0.99);
      expect(made / best).toBeLessThan(1.001);
    }
  }, 60_000);

  it('a container of volume and weight: within 1 %', () => {
    for (const lines of instances) {
      const most = supplierOrder(lines, NO_LIMITS).lines.map((line) => line.quantity), load = total(lines, most);
      const room = { volumeCm3: Math.round(load.volumeCm3 * 0.6), weightG: Math.round(load.weightG * 0.55) };
      const best = exact(lines, { most }, room)!, made = worthOfAll(lines, supplierOrder(lines, { ...NO_LIMITS, ...room, containers: 1 }).lines.map((line) => line.quantity));
      expect(made / best).toBeGreaterThan(0.99);
    }
  }, 60_000);

  it('the supplier’s minimum: within 1 %', () => {
    for (const lines of instances) {
      const least = supplierOrder(lines, NO_LIMITS).lines.map((line) => line.quantity), minCost = Math.round(total(lines, least).cost * 1.25);
      const order = supplierOrder(lines, { ...NO_LIMITS, minCost }), best = exact(lines, { least }, {}, { cost: minCost });
      if (best === null) { expect(order.notes).toHaveLength(1); continue; }
      expect(order.load.cost).toBeGreaterThanOrEqual(minCost);
      expect(worthOfAll(lines, order.lines.map((line) => line.quantity)) / best).toBeGreaterThan(0.99);
    }
  }, 60_000);
});
