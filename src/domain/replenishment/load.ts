/** What an order takes of what is scarce, and limits on it: money, units, volume, weight. */
import { unitCostAt, type SupplierLine } from './supplier-line.ts';
import type { Units } from '../quantity.ts';

export interface Load { cost: number; units: Units; volumeCm3: number; weightG: number }
/** A limit, or a least, on some of it. */
export type Bound = Partial<Load>;
export const RESOURCES = ['cost', 'units', 'volumeCm3', 'weightG'] as const;
export const NOTHING: Load = { cost: 0, units: 0, volumeCm3: 0, weightG: 0 };

/** What a quantity takes of one of them. */
export function takenOf(line: SupplierLine, quantity: Units, of: keyof Load): number {
  return quantity * (of === 'cost' ? unitCostAt(line, quantity) : of === 'units' ? 1 : line[of]);
}

export function loadOf(line: SupplierLine, quantity: Units): Load {
  return { cost: takenOf(line, quantity, 'cost'), units: quantity, volumeCm3: takenOf(line, quantity, 'volumeCm3'), weightG: takenOf(line, quantity, 'weightG') };
}

export function total(lines: readonly SupplierLine[], quantities: readonly Units[]): Load {
  return lines.reduce((sum, line, n) => plus(sum, loadOf(line, quantities[n]!)), NOTHING);
}

/** What going from one quantity to another adds. */
export function difference(line: SupplierLine, from: Units, to: Units): Load {
  const a = loadOf(line, from), b = loadOf(line, to);
  return { cost: b.cost - a.cost, units: b.units - a.units, volumeCm3: b.volumeCm3 - a.volumeCm3, weightG: b.weightG - a.weightG };
}

export function plus(a: Load, b: Load): Load {
  return { cost: a.cost + b.cost, units: a.units + b.units, volumeCm3: a.volumeCm3 + b.volumeCm3, weightG: a.weightG + b.weightG };
}

export function fits(load: Load, cap: Bound): boolean {
  return RESOURCES.every((each) => cap[each] === undefined || load[each] <= cap[each] + 1e-6);
}

/** The shares of the caps a load takes, added up. */
export function share(load: Load, cap: Bound): number {
  let sum = 0;
  for (const each of RESOURCES) if (cap[each] !== undefined) sum += load[each] / Math.max(1, cap[each]);
  return sum;
}

/** How far a load is below the least, in shares of it; 0 when it is reached. */
export function missing(load: Load, least: Bound): number {
  let sum = 0;
  for (const each of RESOURCES) if (least[each] !== undefined) sum += Math.max(0, least[each] - load[each]) / Math.max(1, least[each]);
  return sum < 1e-9 ? 0 : sum;
}
