/**
 * A container filled. Full is what taking one case at a time makes of it, what is worth most for its room (or loses least) first, until nothing more fits or
 * the order would be worth less than it must; the filling is the most valuable one that takes as much of the room. So units that lose are bought, as few and
 * as cheap as it takes.
 */
import type { Units } from '../quantity.ts';
import { bestOrder } from './best-order.ts';
import { difference, fits, loadOf, plus, RESOURCES, share, total, type Bound } from './load.ts';
import { nextQuantity, type SupplierLine, type Worth } from './supplier-line.ts';

/** Cases added to a line at most, and cases of all lines looked at. */
const MOST_CASES = 2_000, MOST_STEPS = 60_000;

/** `gap`: how far below the best filling it may be, as a share of what the order is worth, filled or before, whichever is more. */
export interface Filling { quantities: Units[]; gap: number }

/** Above `from`, up to `line.most` of each, within the room. What takes no room is not added; `keep` is the least the order must be worth, 0 being none at all. */
export function filled(lines: readonly SupplierLine[], worth: Worth, from: readonly Units[], room: Bound, keep = 0): Filling {
  const cased = caseByCase(lines, worth, from, room, keep), sum = (quantities: readonly Units[]): number => quantities.reduce((all, quantity, n) => all + worth[n]!(quantity), 0);
  if (cased.every((quantity, n) => quantity === from[n])) return { quantities: cased, gap: 0 };
  const most = lines.map((line, n) => (share(loadOf(line, 1), room) > 0 ? Math.max(line.most, from[n]!) : from[n]!)), best = bestOrder(lines, worth, from, most, room, fullness(lines, cased, room), cased);
  if (best === null) return { quantities: cased, gap: 1 };
  return { quantities: best.quantities, gap: best.bound <= best.worth ? 0 : Math.min(1, (best.bound - best.worth) / Math.max(best.bound, sum(from))) };
}

/** How full quantities make a container: what they take of the volume or the weight, whichever is used up more. */
export function fullness(lines: readonly SupplierLine[], quantities: readonly Units[], room: Bound): Bound {
  const load = total(lines, quantities), used = (of: (typeof RESOURCES)[number]): number => load[of] / Math.max(1, room[of]!), [scarce] = RESOURCES.filter((of) => room[of] !== undefined).sort((a, b) => used(b) - used(a));
  return scarce === undefined ? {} : { [scarce]: load[scarce] };
}

/** Case by case, the best for its room first: the measure of what is full. */
export function caseByCase(lines: readonly SupplierLine[], worth: Worth, from: readonly Units[], room: Bound, keep = 0): Units[] {
  const now = [...from], load = { ...total(lines, now) }, each = Math.max(8, Math.min(MOST_CASES, Math.floor(MOST_STEPS / Math.max(1, lines.length))));
  const steps = lines.flatMap((line, n) => {
    const found: { n: number; from: Units; to: Units; gain: number; rate: number }[] = [];
    let last = Infinity;
    for (let q = now[n]!, next = nextQuantity(line, q); next !== null && found.length < each && fits(plus(load, difference(line, now[n]!, next)), room); q = next, next = nextQuantity(line, q)) {
      const taken = share(difference(line, q, next), room), gain = worth[n]!(next) - worth[n]!(q);
      if (taken <= 0) break;
      last = Math.min(last, gain / taken); // a step waits for the one before it
      found.push({ n, from: q, to: next, gain, rate: last });
    }
    return found;
  }).sort((a, b) => b.rate - a.rate || a.n - b.n || a.to - b.to);
  let sum = now.reduce((all, quantity, n) => all + worth[n]!(quantity), 0);
  for (const { n, from: at, to, gain } of steps) {
    const change = now[n] === at && (gain >= 0 || sum + gain >= keep) ? difference(lines[n]!, at, to) : null;
    if (change === null || !fits(plus(load, change), room)) continue;
    Object.assign(load, plus(load, change));
    now[n] = to;
    sum += gain;
  }
  return now;
}
