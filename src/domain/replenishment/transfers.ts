/**
 * Stock of one item moved between places where the next unit is worth more than the last one is where it stands:
 * a unit goes from y at its source to x at its destination while `v(x there) − v(y here) > cost of moving it` (the marginal condition of multi-location
 * allocation; for values that fall with every unit, as here, taking the best pair again and again is the best of all plans).
 *
 * v(x) is the margin of a unit times the chance that demand until the place is supplied again exceeds x: P(D > x), from the forecast's own quantiles.
 */
import { assert } from '../assert.ts';
import type { Units } from '../quantity.ts';
import { atMost, type DemandTotal } from './demand-total.ts';
import type { Buying } from './plan-line.ts';

export interface TransferPlace {
  locationId: number;
  /** Units standing there that nobody has been promised; only these can be moved. */
  available: Units;
  /** On their way there. */
  incoming: Units;
  /** Demand until it is supplied again; null: nothing is known to be wanted here. */
  demand: DemandTotal | null;
  /** What a unit sold there earns, minor units. */
  margin: number;
  /** Fewest units that stay, whatever they are worth elsewhere. */
  keeps: Units;
  /** Whether stock may be taken from here, and brought here. */
  gives: boolean; takes: boolean;
}

export interface Move {
  from: number; to: number; quantity: Units;
  /** Minor units: what the first unit moved is worth there and here, and the last one; and the gain of all of them after the cost of moving. */
  worth: { firstThere: number; firstHere: number; lastThere: number; lastHere: number };
  gain: number;
}

/** More units of one item than this are not looked at one by one. */
const MOST_UNITS = 20_000;

/** What a sold unit earns, minor units of the store's currency: price less cost, or half of what is known of the two; null where neither is known in it. */
export function marginOf(price: number | null, { unitCost, currency }: Pick<Buying, 'unitCost' | 'currency'>, storeCurrency: string): number | null {
  const cost = currency === storeCurrency ? unitCost : null;
  if (price !== null && cost !== null && price > cost) return price - cost;
  return cost !== null ? cost / 2 : price !== null ? price / 2 : null;
}

/** What one more unit at a place with `x` is worth, minor units, fractional. */
export function worthOfNext({ demand, margin }: Pick<TransferPlace, 'demand' | 'margin'>, x: Units): number {
  return demand === null ? 0 : margin * (1 - atMost(demand, x));
}

/** Expected worth of `x` units: Σ of what each was worth when it came. */
export function worthOf(place: Pick<TransferPlace, 'demand' | 'margin'>, x: Units): number {
  let sum = 0;
  for (let k = 0; k < x; k++) sum += worthOfNext(place, k);
  return sum;
}

/** The moves worth making, the most gain first; `unitCost` of moving one unit in minor units. Sources never fall below zero nor below what they keep. */
export function transfersOf(places: readonly TransferPlace[], unitCost: number): Move[] {
  assert(unitCost >= 0, `moving a unit costs nothing or more, not ${unitCost}`);
  const there = places.map((place) => place.available + place.incoming), left = places.map((place) => (place.gives ? Math.max(0, place.available - Math.max(0, place.keeps)) : 0));
  const last = places.map((place, n) => worthOfNext(place, there[n]! - 1)), next = places.map((place, n) => worthOfNext(place, there[n]!)), moves = new Map<string, Move>();
  for (let moved = 0; moved < MOST_UNITS; moved++) {
    let from = -1, to = -1;
    for (let n = 0; n < places.length; n++) {
      if (left[n]! > 0 && (from < 0 || last[n]! < last[from]!)) from = n;
      if (places[n]!.takes && (to < 0 || next[n]! > next[to]!)) to = n;
    }
    // Where one place is both, no other pair gains anything: its last unit is worth no less than its next, and the others' lie outside of the two.
    if (from < 0 || to < 0 || from === to || next[to]! - last[from]! <= unitCost + 1e-9) break;
    const key = `${from}>${to}`, worthThere = next[to]!, here = last[from]!;
    const move = moves.get(key) ?? { from: places[from]!.locationId, to: places[to]!.locationId, quantity: 0, worth: { firstThere: worthThere, firstHere: here, lastThere: worthThere, lastHere: here }, gain: 0 };
    moves.set(key, { ...move, quantity: move.quantity + 1, gain: move.gain + worthThere - here - unitCost, worth: { ...move.worth, lastThere: worthThere, lastHere: here } });
    there[from]!--; left[from]!--; there[to]!++;
    for (const n of [from, to]) { last[n] = worthOfNext(places[n]!, there[n]! - 1); next[n] = worthOfNext(places[n]!, there[n]!); }
  }
  return [...moves.values()].sort((a, b) => b.gain - a.gain || a.from - b.from || a.to - b.to);
}
