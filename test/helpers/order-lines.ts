/** Lines of a supplier's order as they are drawn for tests and benches, and the best order of them as an exact solver (HiGHS) finds it. */
import highs from 'highs';
import { quantilesOf } from '../../src/domain/forecast/distribution.ts';
import { demandTotal, type DemandTotal } from '../../src/domain/replenishment/demand-total.ts';
import { loadOf, type Bound } from '../../src/domain/replenishment/load.ts';
import { nextQuantity, worthOf, type SupplierLine } from '../../src/domain/replenishment/supplier-line.ts';

const LEVELS = Float64Array.of(0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99);
function demandOf(mean: number, spread: number): DemandTotal {
  const out = new Float64Array(LEVELS.length);
  quantilesOf(mean, mean * spread, LEVELS, out, 0, 1);
  return demandTotal({ mean: [mean], cumulative: [...LEVELS].map((q, k) => ({ q, values: [out[k]!] })) }, 1);
}

export interface Drawn { mean: number; spread: number; position: number; casePack: number; moq: number; unitCost: number; margin: number; ratio: number; volume: number; weight: number; breakAt: number; off: number; place?: string }

/** A line whose own quantity is the one worth most, as its policy would order. */
export function lineOf(drawn: Drawn, n: number): SupplierLine {
  const short = Math.max(1, Math.round(drawn.unitCost * drawn.margin)), priceBreaks = drawn.off === 0 ? [] : [{ from: drawn.breakAt, unitCost: Math.round(drawn.unitCost * (1 - drawn.off)) }];
  const line: SupplierLine = {
    key: `line ${String(n).padStart(5, '0')}`, place: drawn.place ?? 'mill', position: drawn.position, quantity: 0, casePack: drawn.casePack, moq: drawn.moq, most: 400, unitCost: drawn.unitCost, priceBreaks: [], volumeCm3: drawn.volume, weightG: drawn.weight,
    demand: demandOf(drawn.mean, drawn.spread), short, over: (short * (1 - drawn.ratio)) / drawn.ratio,
  };
  const worth = worthOf(line);
  for (let q: number | null = 0; q !== null && q < 300; q = nextQuantity(line, q)) if (worth(q) > worth(line.quantity)) line.quantity = q;
  return { ...line, priceBreaks };
}

/** Lines that order something. `large`: cases and minimum orders of up to ten times the demand beside small ones. */
export function drawLines(count: number, random: () => number, large: boolean): SupplierLine[] {
  const between = (low: number, high: number): number => low + (high - low) * random(), whole = (low: number, high: number): number => Math.floor(between(low, high + 1)), of = <T>(...all: T[]): T => all[whole(0, all.length - 1)]!;
  const lines: SupplierLine[] = [];
  for (let n = 0; lines.length < count; n++) lines.push(...[lineOf({
    mean: between(0.5, 50), spread: between(1, 4), position: whole(-3, 25), casePack: large ? of(1, 12, 24, 48, 96) : of(1, 1, 2, 6, 12), moq: large ? of(0, 0, 24, 60, 120) : of(0, 1, 10, 24), unitCost: whole(100, 5_000),
    margin: between(0.2, 1.5), ratio: between(0.8, 0.97), volume: whole(100, 20_000), weight: whole(50, 8_000), breakAt: whole(20, 80), off: of(0, 0, 0.03, 0.1),
  }, n)].filter((line) => line.quantity > 0));
  return lines;
}

export const worthOfAll = (lines: readonly SupplierLine[], quantities: readonly number[]): number => lines.reduce((sum, line, n) => sum + worthOf(line)(quantities[n]!), 0);

type Solver = { solve(model: string, options: object): { Status: string; ObjectiveValue: number } };
const solver = await (highs as unknown as () => Promise<Solver>)();

/** The best order over every quantity each line can be ordered in, one being chosen a line, within 0.02 %, `places` with bounds of their own; null where none keeps the bounds, 'unproven' where the solver did not get so far in its seconds. */
export function exact(lines: readonly SupplierLine[], bounds: { least?: readonly number[]; most?: readonly number[] }, caps: Bound, floors: Bound = {}, seconds = 10, places: readonly { members: readonly number[]; cap: Bound; floor: Bound }[] = []): number | null | 'unproven' {
  const choices = lines.flatMap((line, n) => {
    const all: number[] = [0], worth = worthOf(line);
    for (let q = nextQuantity(line, 0); q !== null && q <= (bounds.most?.[n] ?? line.most); q = nextQuantity(line, q)) all.push(q);
    return all.filter((q) => q >= (bounds.least?.[n] ?? 0)).map((q) => ({ n, q, name: `y${n}_${q}`, worth: worth(q), load: loadOf(line, q) }));
  });
  const of = Map.groupBy(choices, (choice) => choice.n);
  const sum = (value: (choice: (typeof choices)[number]) => number): string => choices.map((choice) => { const one = value(choice); return `${one < 0 ? '-' : '+'} ${Math.abs(one).toFixed(6)} ${choice.name}`; }).join('\n ');
  const rows = [
    ...lines.map((_, n) => `one${n}: ${of.get(n)!.map((choice) => choice.name).join(' + ')} = 1`),
    ...Object.entries(caps).map(([each, cap]) => `cap${each}: ${sum((choice) => choice.load[each as 'cost'])} <= ${cap}`),
    ...Object.entries(floors).map(([each, floor]) => `floor${each}: ${sum((choice) => choice.load[each as 'cost'])} >= ${floor}`),
    ...places.flatMap(({ members, cap, floor }, p) => [['cap', '<=', cap], ['floor', '>=', floor]].flatMap(([name, sign, bound]) => Object.entries(bound as Bound).map(([each, limit]) => `${name as string}${p}${each}: ${sum((choice) => (members.includes(choice.n) ? choice.load[each as 'cost'] : 0))} ${sign as string} ${limit}`))),
  ];
  const found = solver.solve(`Maximize\n obj: ${sum((choice) => choice.worth)}\nSubject To\n ${rows.join('\n ')}\nBinary\n ${choices.map((choice) => choice.name).join('\n ')}\nEnd`, { mip_rel_gap: 0.0002, time_limit: seconds });
  return found.Status === 'Optimal' ? found.ObjectiveValue : found.Status === 'Infeasible' ? null : 'unproven';
}
