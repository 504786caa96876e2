/** Lines of a replay that one of them buys for, and how what stands there is shared out among them. */
import type { Units } from '../quantity.ts';
import { supplyOn, type ReplayLine } from './replay.ts';

/** A line by its place in the list, and days from the one that buys for it. */
export interface SuppliedLine { n: number; days: number }
/** Of each line that buys for others, those. */
export type Echelons = ReadonlyMap<number, readonly SuppliedLine[]>;

/** A line whose buyer is not among the lines is in none of them. */
export function echelonsOf(lines: readonly { key: string; supply: { buyer: string; days: number } | null }[]): Echelons {
  const at = new Map(lines.map((line, n) => [line.key, n])), made = new Map<number, SuppliedLine[]>();
  lines.forEach(({ supply }, n) => {
    const buyer = supply === null ? undefined : at.get(supply.buyer);
    if (buyer === undefined) return;
    const known = made.get(buyer);
    if (known) known.push({ n, days: supply!.days }); else made.set(buyer, [{ n, days: supply!.days }]);
  });
  return made;
}

/** The lines by who buys for them on a day; asked for days in their order, it is worked out where anything changed. */
export function echelonsBy(lines: readonly Pick<ReplayLine, 'key' | 'supply' | 'suppliedLater'>[]): (day: number) => Echelons {
  const changes = new Set([0, ...lines.flatMap((line) => line.suppliedLater.map((one) => one.from))]);
  let made: Echelons = new Map();
  return (day) => (changes.has(day) ? made = echelonsOf(lines.map((line) => ({ key: line.key, supply: supplyOn(line, day) }))) : made);
}

/** What each gets of `there`: all it lacks, or where that is more than there is, its share of it, the largest remainders rounded up (fair share: Eppen & Schrage 1981). */
export function rationed(there: Units, lacks: readonly Units[]): Units[] {
  const wanted = lacks.reduce((sum, one) => sum + one, 0);
  if (wanted <= there) return [...lacks];
  const exact = lacks.map((one) => (there * one) / wanted), shares = exact.map(Math.floor), order = exact.map((_, n) => n).sort((a, b) => (exact[b]! - shares[b]!) - (exact[a]! - shares[a]!) || a - b);
  for (let left = there - shares.reduce((sum, one) => sum + one, 0), k = 0; left > 0; left--, k++) shares[order[k]!]!++;
  return shares;
}
