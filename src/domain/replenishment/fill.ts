/**
 * A container filled. Full is what taking one case at a time makes of it, what is worth most for its room (or loses least) first, until nothing more fits or
 * the order would be worth less than it must; the filling is the most valuable one that takes as much of the room. So units that lose are bought, as few and
 * as cheap as it takes.
 */
import type { Units } from '../quantity.ts';
import { bestOrder } from './best-order.ts';
import { loadOf, RESOURCES, share, takenOf, total, type Bound } from './load.ts';
import { nextQuantity, type SupplierLine, type Worth } from './supplier-line.ts';

/** Cases added to a line at most, and cases of all lines looked at. */
const MOST_CASES = 2_000, MOST_STEPS = 60_000;

/** `gap`: how far below the best filling it may be, as a share of what the order is worth, filled or before, whichever is more. */
export interface Filling { quantities: Units[]; gap: number }

/**
 * Above `from`, up to `line.most` of each, within the room. What takes no room is not added; `keep` is the least the order must be worth, 0 being none at all. Down to `least` of each, where as full and at
 * or above `floor` another mix is worth more.
 */
export function filled(lines: readonly SupplierLine[], worth: Worth, from: readonly Units[], room: Bound, keep = 0, { least = from, floor = {} }: { least?: readonly Units[]; floor?: Bound } = {}): Filling {
  const cased = caseByCase(lines, worth, from, room, keep), sum = (quantities: readonly Units[]): number => quantities.reduce((all, quantity, n) => all + worth[n]!(quantity), 0);
  if (cased.every((quantity, n) => quantity === from[n])) return { quantities: cased, gap: 0 };
  const most = lines.map((line, n) => (share(loadOf(line, 1), room) > 0 ? Math.max(line.most, from[n]!) : from[n]!)), best = bestOrder(lines, worth, least, most, room, { ...floor, ...fullness(lines, cased, room) }, cased);
  if (best === null) return { quantities: cased, gap: 1 };
  return { quantities: best.quantities, gap: best.bound <= best.worth ? 0 : Math.min(1, (best.bound - best.worth) / Math.max(best.bound, sum(from))) };
}

/** How full quantities make a container: what they take of the volume or the weight, whichever is used up more. */
export function fullness(lines: readonly SupplierLine[], quantities: readonly Units[], room: Bound): Bound {
  const load = total(lines, quantities), used = (of: (typeof RESOURCES)[number]): number => load[of] / Math.max(1, room[of]!), [scarce] = RESOURCES.filter((of) => room[of] !== undefined).sort((a, b) => used(b) - used(a));
  return scarce === undefined ? {} : { [scarce]: load[scarce] };
}

/**
 * Case by case, the best for its room first: the measure of what is full. Of each line the next case alone waits its turn (a step waits for the one before it, so
 * a line's rates never rise); one that is not taken ends its line, since what follows is on top of it and the room only shrinks.
 */
export function caseByCase(lines: readonly SupplierLine[], worth: Worth, from: readonly Units[], room: Bound, keep = 0): Units[] {
  const now = [...from], capped = RESOURCES.filter((of) => room[of] !== undefined), before = total(lines, now), each = Math.max(8, Math.min(MOST_CASES, Math.floor(MOST_STEPS / Math.max(1, lines.length))));
  const caps = capped.map((of) => room[of]!), load = capped.map((of) => before[of]), to = new Float64Array(lines.length), gain = new Float64Array(lines.length), worthNow = new Float64Array(lines.length), cases = new Int32Array(lines.length), rate = new Float64Array(lines.length).fill(Infinity);
  const waiting = new Waiting(rate);
  let sum = 0;
  for (let n = 0; n < lines.length; n++) sum += worthNow[n] = worth[n]!(now[n]!);
  const next = (n: number): void => {
    const line = lines[n]!, at = now[n]!, quantity = cases[n]! < each ? nextQuantity(line, at) : null;
    if (quantity === null) return;
    let taken = 0;
    for (let r = 0; r < capped.length; r++) taken += (takenOf(line, quantity, capped[r]!) - takenOf(line, at, capped[r]!)) / Math.max(1, caps[r]!);
    if (taken <= 0) return;
    to[n] = quantity;
    gain[n] = worth[n]!(quantity) - worthNow[n]!;
    rate[n] = Math.min(rate[n]!, gain[n]! / taken);
    waiting.add(n);
  };
  for (let n = 0; n < lines.length; n++) next(n);
  for (let n = waiting.best(); n !== -1; n = waiting.best()) {
    const line = lines[n]!, quantity = to[n]!, at = now[n]!;
    let fitting = gain[n]! >= 0 || sum + gain[n]! >= keep;
    for (let r = 0; r < capped.length && fitting; r++) fitting = load[r]! + (takenOf(line, quantity, capped[r]!) - takenOf(line, at, capped[r]!)) <= caps[r]! + 1e-6;
    if (!fitting) continue;
    for (let r = 0; r < capped.length; r++) load[r]! += takenOf(line, quantity, capped[r]!) - takenOf(line, at, capped[r]!);
    now[n] = quantity;
    sum += gain[n]!;
    worthNow[n] = worth[n]!(quantity);
    cases[n]!++;
    next(n);
  }
  return now;
}

/** Lines in a heap, the highest rate first, of two alike the earlier line. A line's rate does not change while it waits. */
class Waiting {
  readonly #rate: Float64Array;
  readonly #heap: number[] = [];
  constructor(rate: Float64Array) { this.#rate = rate; }

  add(n: number): void {
    const heap = this.#heap;
    let k = heap.push(n) - 1;
    for (let up = (k - 1) >> 1; k > 0 && this.#before(n, heap[up]!); up = (k - 1) >> 1) { heap[k] = heap[up]!; k = up; }
    heap[k] = n;
  }

  /** Takes the first out; -1: none waits. */
  best(): number {
    const heap = this.#heap, first = heap[0] ?? -1, last = heap.pop()!;
    if (heap.length === 0 || first === -1) return first;
    let k = 0;
    for (let below = 1; below < heap.length; below = 2 * k + 1) {
      if (below + 1 < heap.length && this.#before(heap[below + 1]!, heap[below]!)) below++;
      if (!this.#before(heap[below]!, last)) break;
      heap[k] = heap[below]!;
      k = below;
    }
    heap[k] = last;
    return first;
  }

  #before(a: number, b: number): boolean { return this.#rate[a]! > this.#rate[b]! || (this.#rate[a] === this.#rate[b] && a < b); }
}
