/**
 * Which place is supplied from which, as many levels deep as somebody says, and what that comes to for buying: the place at the top buys for all below it, and
 * what it buys for one of them is on its way there for the days of every transfer between. A deeper tree is planned as the flat one with those days added up.
 */
import { assert } from '../assert.ts';

/** The place at the top that buys for a supplied one, and days from there to it. */
export interface Supplied { buyer: number; days: number; /** The place that sends to it. */ from: number }

/** Of each supplied place who buys for it; `daysOf` a transfer between two neighbours, whole days. A circle is a broken tree and throws. */
export function flattened(from: ReadonlyMap<number, number>, daysOf: (from: number, to: number) => number): Map<number, Supplied> {
  const made = new Map<number, Supplied>();
  for (const place of from.keys()) {
    let days = 0, at = place, steps = 0;
    for (let above = from.get(at); above !== undefined; above = from.get(at)) {
      assert(++steps <= from.size, `place ${place} is supplied in a circle`);
      days += daysOf(above, at);
      at = above;
    }
    made.set(place, { buyer: at, days, from: from.get(place)! });
  }
  return made;
}

/** The places from `supplier` up to `place` if `place` were supplied from it: a circle; null where there is none. */
export function circleOf(from: ReadonlyMap<number, number>, place: number, supplier: number): number[] | null {
  const way = [supplier];
  for (let at = supplier; at !== place && way.length <= from.size + 1;) {
    const above = from.get(at);
    if (above === undefined) return null;
    way.push(at = above);
  }
  return way;
}
