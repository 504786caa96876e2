/** A container filled with what is worth most for its room, or loses least. */
import type { Units } from '../quantity.ts';
import { difference, fits, plus, share, total, type Bound } from './load.ts';
import { nextQuantity, type SupplierLine, type Worth } from './supplier-line.ts';

/** Cases added to a line at most, and cases of all lines looked at. */
const MOST_CASES = 2_000, MOST_STEPS = 60_000;

/** Case by case up to `line.most`, the best for its room first, until nothing fits or the order would be worth less than `keep`, 0 being none at all. What takes no room is not added. */
export function filled(lines: readonly SupplierLine[], worth: Worth, from: readonly Units[], room: Bound, keep = 0): Units[] {
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
