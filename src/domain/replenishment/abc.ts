/** ABC by value, XYZ by variability: where a planner's attention belongs. */
import { assert } from '../assert.ts';

export type AbcClass = 'A' | 'B' | 'C';
export type XyzClass = 'X' | 'Y' | 'Z';

export interface Valued { id: string | number; /** E.g. minor units sold in a year; negative counts as none. */ value: number }
export interface AbcLimits { /** Cumulative share of value where A ends. */ a: number; /** … where B ends. */ b: number }

/**
 * Classes by cumulative share of value, largest first (Pareto 80/95 by default). The item that crosses a limit still belongs above it, so
 * there is an A as soon as anything sold; an item without value is C. Equal values are told apart by id, so the order given does not matter.
 */
export function abcClasses(items: readonly Valued[], limits: AbcLimits = { a: 0.8, b: 0.95 }): Map<string | number, AbcClass> {
  assert(limits.a > 0 && limits.a <= limits.b && limits.b <= 1, `not class limits: ${limits.a}, ${limits.b}`);
  const ranked = [...items].sort((x, y) => y.value - x.value || (String(x.id) < String(y.id) ? -1 : 1));
  const total = ranked.reduce((sum, item) => sum + Math.max(0, item.value), 0);
  const classes = new Map<string | number, AbcClass>();
  let before = 0;
  for (const item of ranked) {
    classes.set(item.id, item.value <= 0 ? 'C' : before < limits.a * total ? 'A' : before < limits.b * total ? 'B' : 'C');
    before += Math.max(0, item.value);
  }
  return classes;
}

/**
 * Variability by the coefficient of variation of demand per period (weeks tell more than days): X up to 0.5, Y up to 1, Z above it or
 * without demand. Null with fewer than two periods: nothing varies yet.
 */
export function xyzClass(periods: ArrayLike<number>): XyzClass | null {
  if (periods.length < 2) return null;
  let sum = 0;
  for (let t = 0; t < periods.length; t++) sum += periods[t]!;
  const average = sum / periods.length;
  if (!(average > 0)) return 'Z';
  let squares = 0;
  for (let t = 0; t < periods.length; t++) squares += (periods[t]! - average) ** 2;
  const variation = Math.sqrt(squares / (periods.length - 1)) / average;
  return variation <= 0.5 ? 'X' : variation <= 1 ? 'Y' : 'Z';
}
