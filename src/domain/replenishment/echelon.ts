/** Lines of a replay that one of them buys for, and how what stands there is shared out among them. */
import type { Units } from '../quantity.ts';

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

/** What each gets of `there`: all it lacks, or where that is more than there is, its share of it, the largest remainders rounded up (fair share: Eppen & Schrage 1981). */
export function rationed(there: Units, lacks: readonly Units[]): Units[] {
  const wanted = lacks.reduce((sum, one) => sum + one, 0);
  if (wanted <= there) return [...lacks];
  const exact = lacks.map((one) => (there * one) / wanted), shares = exact.map(Math.floor), order = exact.map((_, n) => n).sort((a, b) => (exact[b]! - shares[b]!) - (exact[a]! - shares[a]!) || a - b);
  for (let left = there - shares.reduce((sum, one) => sum + one, 0), k = 0; left > 0; left--, k++) shares[order[k]!]!++;
  return shares;
}
