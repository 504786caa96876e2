/**
 * Whole units, and every rounding by its name.
 *
 * A forecast may be a fraction; what is counted, ordered or pushed may not. The one place where a fraction becomes units calls one of
 * the functions below, so that a reader can search for the rounding.
 */
import { assert } from './assert.ts';

/** Whole units of an item; signed where it is a difference. */
export type Units = number;

/** Fractions nearer than this to a whole number are arithmetic dust (0.1 × 30 = 3.0000000000000004), not a further unit. */
const DUST = 1e-9;

/** The number itself, believed to be whole and exact (|n| ≤ 2^53 − 1). Throws AssertionError otherwise. */
export function units(n: number): Units {
  assert(Number.isSafeInteger(n), `not a whole number of units: ${n}`);
  return n === 0 ? 0 : n;
}

/** The smallest whole number not below `quantity`: whoever must not fall short rounds up. */
export function roundUpToWholeUnits(quantity: number): Units {
  return units(Math.ceil(quantity - DUST * Math.max(1, Math.abs(quantity))));
}

/** The nearest whole number, halves upwards: for figures that are shown and then balanced by a further term. */
export function roundToNearestUnit(quantity: number): Units {
  return units(Math.floor(quantity + 0.5));
}

/** The smallest multiple of `pack` that is not below `need`; nothing needed stays nothing. Both in whole units, `pack` at least 1. */
export function roundUpToCasePack(need: Units, pack: Units): Units {
  assertPack(pack);
  return units(need) <= 0 ? 0 : units(Math.ceil(need / pack) * pack);
}

/** The largest multiple of `pack` that is not above `room`; no room is nothing. */
export function roundDownToCasePack(room: Units, pack: Units): Units {
  assertPack(pack);
  return units(room) <= 0 ? 0 : units(Math.floor(room / pack) * pack);
}

function assertPack(pack: Units): void {
  assert(units(pack) >= 1, `a case pack holds at least one unit, not ${pack}`);
}
