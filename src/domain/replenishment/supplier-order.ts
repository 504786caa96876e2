/**
 * The order of one supplier to one place: the lines' own quantities, changed until they fit what the supplier and the purse allow. In this order, each a
 * term of the waterfall: a price break that pays for itself; up to the supplier's minimum by the units that lose least; into the container (filled with the
 * best of the rest where asked); down to the budget by the units that are worth least.
 *
 * Greedy by marginal value per unit of what is scarce. Minimum orders and price breaks make a line's worth uneven: it is taken by the steps of its upper
 * hull, as for the knapsack of multiple choice (Sinha & Zoltners 1979). An order of few lines, where a case more or less counts, is searched over its
 * frontier beside it and the better one taken. Tests compare with an exact solver.
 */
import { assert } from '../assert.ts';
import type { Units } from '../quantity.ts';
import { bestWithin, reaching, topped, trimmed, type Worth } from './frontier.ts';
import { difference, fits, loadOf, missing, NOTHING, plus, share, total, type Bound, type Load } from './load.ts';
import { choicesOf, worthOf, type SupplierLine } from './supplier-line.ts';

export interface SupplierLimits {
  minCost: number | null; minUnits: Units | null;
  /** Of one container. */
  volumeCm3: number | null; weightG: number | null;
  /** Containers the order may take; null: as many as it needs. */
  containers: number | null;
  /** Fill the last container with what is worth most. */
  fillContainer: boolean;
  /** Most the order may cost, in minor units. */
  budget: number | null;
}
export const NO_LIMITS: SupplierLimits = { minCost: null, minUnits: null, volumeCm3: null, weightG: null, containers: null, fillContainer: false, budget: null };

export type SupplierTerm = 'price break' | 'supplier minimum' | 'container' | 'budget';
export interface SupplierOrder {
  lines: { key: string; quantity: Units; changes: { term: SupplierTerm; change: Units }[] }[];
  load: Load;
  /** Containers it takes; null where the supplier has none. */
  containers: number | null;
  /** What could not be reached. */
  notes: string[];
}

/** Orders of up to so many lines are searched, which takes some hundred milliseconds; in longer ones a case is small beside the whole. */
export const MOST_SEARCHED = 30;

/** Points of all hulls together: a what-if over thousands of lines answers while a slider moves. */
const MOST_POINTS = 60_000;

/** `thorough` searches the frontier of short orders; without it greedy alone, a hundred times faster. */
export function supplierOrder(lines: readonly SupplierLine[], limits: SupplierLimits, thorough = true): SupplierOrder {
  for (const line of lines) assert(line.casePack >= 1 && line.quantity >= 0 && line.quantity % line.casePack === 0, `not an order of full cases: ${line.quantity} of ${line.casePack}`);
  const worth = lines.map(worthOf), notes: string[] = [], own = lines.map((line) => line.quantity), search = thorough && lines.length <= MOST_SEARCHED;
  const stages: { term: SupplierTerm; quantities: Units[] }[] = [];
  let now = own;
  const stage = (term: SupplierTerm, quantities: Units[]): void => { stages.push({ term, quantities }); now = quantities; };
  if (now.some((quantity) => quantity > 0)) {
    stage('price break', lines.map((line, n) => worthwhile(line, worth[n]!, now[n]!)));
    const floor: Bound = { ...(limits.minCost === null ? {} : { cost: limits.minCost }), ...(limits.minUnits === null ? {} : { units: limits.minUnits }) };
    stage('supplier minimum', raised(lines, worth, now, floor, search));
    const room = containerRoom(lines, now, limits);
    if (room) {
      const inside = fitted(lines, worth, now, room, search);
      stage('container', limits.fillContainer ? topped(lines, worth, inside, lines.map((line) => line.most), room, true) : inside);
    }
    if (limits.budget !== null) stage('budget', fitted(lines, worth, now, { ...room, cost: limits.budget }, search));
    const short = shortfall(total(lines, now), floor);
    if (short !== null) notes.push(short);
  }
  const load = total(lines, now);
  return {
    lines: lines.map((line, n) => ({
      key: line.key, quantity: now[n]!,
      changes: stages.map(({ term, quantities }, s) => ({ term, change: quantities[n]! - (s === 0 ? own : stages[s - 1]!.quantities)[n]! })).filter(({ change }) => change !== 0),
    })),
    load, containers: containersOf(load, limits), notes,
  };
}

/** The quantity at a lower price where that, with what is bought too early, is worth more. */
function worthwhile(line: SupplierLine, worth: (quantity: Units) => number, quantity: Units): Units {
  if (quantity === 0) return 0;
  let best = quantity;
  for (const { from } of line.priceBreaks) {
    const reached = Math.ceil(Math.max(from, line.moq) / line.casePack) * line.casePack;
    if (reached > quantity && reached <= line.most && worth(reached) > worth(best) + 1e-9) best = reached;
  }
  return best;
}

const sumOf = (worth: Worth, quantities: readonly Units[]): number => quantities.reduce((sum, quantity, n) => sum + worth[n]!(quantity), 0);
const better = (worth: Worth, a: Units[] | null, b: Units[] | null): Units[] | null => (a === null ? b : b === null || sumOf(worth, a) >= sumOf(worth, b) ? a : b);

/** Up to the floor; unchanged where that is out of reach: what is not reached is not paid for. */
function raised(lines: readonly SupplierLine[], worth: Worth, from: readonly Units[], floor: Bound, search: boolean): Units[] {
  if (missing(total(lines, from), floor) <= 0) return [...from];
  const greedily = reaching(lines, worth, from, floor), searched = search && greedily !== null ? bestWithin(lines, worth, from, lines.map((line) => line.most), {}, floor) : null;
  const trim = (quantities: Units[] | null): Units[] | null => quantities && trimmed(lines, worth, quantities, from, floor);
  return better(worth, trim(greedily), trim(searched)) ?? [...from];
}

/** The most valuable quantities at or below `most` that fit. */
export function fitted(lines: readonly SupplierLine[], worth: Worth, most: readonly Units[], cap: Bound, search: boolean): Units[] {
  if (fits(total(lines, most), cap)) return [...most];
  const top = (quantities: Units[] | null): Units[] | null => quantities && topped(lines, worth, quantities, most, cap);
  const searched = search ? bestWithin(lines, worth, lines.map(() => 0), most, cap, {}) : null;
  return better(worth, top(greedy(lines, worth, most, cap)), top(searched))!;
}

/** Steps of the lines' upper hulls, the most valuable for their share of the caps first. */
function greedy(lines: readonly SupplierLine[], worth: Worth, most: readonly Units[], cap: Bound): Units[] {
  const slope = (a: { gain: number; use: number }, b: { gain: number; use: number }): number => (b.gain - a.gain) / Math.max(1e-12, b.use - a.use);
  const about = Math.max(12, Math.min(128, Math.floor(MOST_POINTS / lines.length)));
  const steps = lines.flatMap((line, n) => {
    const points = choicesOf(line, 0, most[n]!, about).map((q) => ({ q, gain: worth[n]!(q), use: share(loadOf(line, q), cap) })), hull: typeof points = [];
    for (const point of points.sort((a, b) => a.use - b.use || a.gain - b.gain)) {
      if (hull.length > 0 && point.gain <= hull.at(-1)!.gain) continue;
      while (hull.length > 1 && slope(hull.at(-2)!, hull.at(-1)!) <= slope(hull.at(-1)!, point)) hull.pop();
      hull.push(point);
    }
    return hull.slice(1).map((point, k) => ({ n, from: hull[k]!.q, to: point.q, rate: slope(hull[k]!, point) }));
  }).sort((a, b) => b.rate - a.rate);
  const now = lines.map(() => 0), load = { ...NOTHING };
  for (const { n, from, to } of steps) {
    const change = now[n] === from ? difference(lines[n]!, from, to) : null; // an earlier step of the line did not fit
    if (change === null || !fits(plus(load, change), cap)) continue;
    Object.assign(load, plus(load, change));
    now[n] = to;
  }
  return now;
}

function containersOf(load: Load, { volumeCm3, weightG }: SupplierLimits): number | null {
  if (volumeCm3 === null && weightG === null) return null;
  return Math.ceil(Math.max(volumeCm3 === null ? 0 : load.volumeCm3 / volumeCm3, weightG === null ? 0 : load.weightG / weightG) - 1e-9);
}

/** Volume and weight the order may take; null where there is no container, or as many as it likes and none to fill. */
function containerRoom(lines: readonly SupplierLine[], quantities: readonly Units[], limits: SupplierLimits): Bound | null {
  const needed = containersOf(total(lines, quantities), limits);
  if (needed === null || (limits.containers === null && !limits.fillContainer)) return null;
  const count = limits.containers ?? Math.max(1, needed);
  return { ...(limits.volumeCm3 === null ? {} : { volumeCm3: limits.volumeCm3 * count }), ...(limits.weightG === null ? {} : { weightG: limits.weightG * count }) };
}

function shortfall(load: Load, floor: Bound): string | null {
  if (missing(load, floor) <= 0 || load.units === 0) return null;
  return floor.units !== undefined && load.units < floor.units ? `The supplier takes orders from ${floor.units} units; this one is of ${load.units}.` : 'The order stays below the least the supplier takes an order for.';
}
