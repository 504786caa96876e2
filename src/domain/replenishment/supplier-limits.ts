/** What a supplier and the purse allow of an order: minimum, containers, budget; and whose lines each of them is of. Money in minor units of the order's currency. */
import type { Units } from '../quantity.ts';
import { missing, total, type Bound, type Load } from './load.ts';
import type { SupplierLine } from './supplier-line.ts';

/** Whose order a supplier's minimum is of: what goes to one place, or all it is asked for at once. */
export const MINIMUM_COUNTS = ['place', 'all places'] as const;
/** What a planning budget is for: all that a plan proposes, or that and what was ordered in the shop's calendar month. */
export const BUDGET_PER = ['plan', 'month'] as const;
export type BudgetPer = (typeof BUDGET_PER)[number];
export interface SupplierLimits {
  minCost: number | null; minUnits: Units | null;
  minimumCounts: (typeof MINIMUM_COUNTS)[number];
  /** Of one container. */
  volumeCm3: number | null; weightG: number | null;
  /** Containers the order of a place may take; null: as many as it needs. */
  containers: number | null;
  /** Fill the last container with what is worth most. */
  fillContainer: boolean;
  /** Most the order may cost, in minor units. */
  budget: number | null;
}
export const NO_LIMITS: SupplierLimits = { minCost: null, minUnits: null, minimumCounts: 'place', volumeCm3: null, weightG: null, containers: null, fillContainer: false, budget: null };

/** What is said of orders that stay below their supplier's minimum, by place. */
export function shortfalls(lines: readonly SupplierLine[], quantities: readonly Units[], limits: SupplierLimits): Map<string, string> {
  const floor = floorOf(limits), found = new Map<string, string>();
  for (const members of minimumsOf(lines, limits)) {
    const load = total(members.map((n) => lines[n]!), members.map((n) => quantities[n]!));
    if (missing(load, floor) <= 0 || load.units === 0) continue;
    const note = floor.units !== undefined && load.units < floor.units ? `The supplier takes orders from ${floor.units} units; this one is of ${load.units}.` : 'The order stays below the least the supplier takes an order for.';
    for (const n of members) found.set(lines[n]!.place, note);
  }
  return found;
}

export function floorOf({ minCost, minUnits }: SupplierLimits): Bound {
  return { ...(minCost === null ? {} : { cost: minCost }), ...(minUnits === null ? {} : { units: minUnits }) };
}

export function placesOf(lines: readonly SupplierLine[]): number[][] {
  const places = new Map<string, number[]>();
  lines.forEach(({ place }, n) => { const known = places.get(place); if (known) known.push(n); else places.set(place, [n]); });
  return [...places.values()];
}

/** The lines that each minimum is of. */
export function minimumsOf(lines: readonly SupplierLine[], limits: SupplierLimits): number[][] {
  return limits.minimumCounts === 'place' ? placesOf(lines) : [lines.map((_, n) => n)];
}

export function containersOf(load: Load, { volumeCm3, weightG }: SupplierLimits): number | null {
  if (volumeCm3 === null && weightG === null) return null;
  return Math.ceil(Math.max(volumeCm3 === null ? 0 : load.volumeCm3 / volumeCm3, weightG === null ? 0 : load.weightG / weightG) - 1e-9);
}

/** Volume and weight of so many containers. */
export function roomOf({ volumeCm3, weightG }: SupplierLimits, count: number): Bound {
  return { ...(volumeCm3 === null ? {} : { volumeCm3: volumeCm3 * count }), ...(weightG === null ? {} : { weightG: weightG * count }) };
}
