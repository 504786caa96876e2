/**
 * What prices and a core leave open, since a least stands close to a limit and cases are large: the choices are split in two where the mixture wavers between far ones
 * of a line, each part has a mixture of its own, and the part that promises most is split next (branch and bound; Land & Doig 1960).
 */
import { affordable, kept, picked, within, type Choices, type Pick } from './choices.ts';
import { unsettled } from './core.ts';
import { exchanged, exchangedByThree, narrowOf, type Reach } from './exchange.ts';
import { improved } from './finer.ts';
import { mixtureOf, type Mixture } from './mixture.ts';
import { priced } from './priced.ts';

/** Parts kept at once; choices and pairs looked at in all. */
const PARTS = 1_000, MOST_LOOKED = 12_000_000;
/** Choices on either side, and pairs, by which the order of a part is bettered; while none is known; of the best in the end. */
const NEAR: Reach = { beside: 8, most: 20_000 }, FAR: Reach = { beside: 30, most: 200_000 }, LAST: Reach = { beside: Infinity, most: 1_000_000 }, BY_THREE: Reach = { beside: 30, most: 600_000 };

interface Split { line: number; last: number }
interface Part { choices: Choices; split: Split | null; bound: number }

/** `from`, or what is worth more. Parts that would better it by no more than the share `near` are not split. `bound`: no order is worth more. */
export function branched(whole: Choices, from: Pick | null, near: number): { pick: Pick | null; bound: number } {
  const narrow = narrowOf(whole);
  let best = from, looked = 0, closed = -Infinity;
  const enough = (): number => (best === null ? -Infinity : best.worth + near * Math.abs(best.worth));
  const seen = ({ id }: Choices, pick: Pick): void => { if (best === null || pick.worth > best.worth) best = picked(whole, pick.at.map((c) => id[c]!)); };
  const part = (all: Choices, most: number): Part | null => {
    const mixture = mixtureOf(all, (fits) => seen(all, fits));
    if (mixture === null) return null;
    const main = mixture.parts[0]!.pick, made = narrow === null ? exchanged(all, main, best === null ? FAR : NEAR) : exchangedByThree(all, main, narrow, BY_THREE);
    if (within(all.rows, made.load)) seen(all, improved(all, made));
    looked += mixture.looked + made.looked;
    const bound = Math.min(most, mixture.bound), choices = bound <= enough() ? null : best === null ? all : unsettled(all, priced(all, mixture.price), mixture.price, enough());
    // What is left out, a choice or all of it, would better the order by no more than is enough.
    if (choices === null || choices.quantity.length < all.quantity.length) closed = Math.max(closed, Math.min(bound, enough()));
    return choices && { choices, split: splitOf(all, mixture), bound };
  };
  const open: Part[] = [], add = (choices: Choices | null, bound: number): void => { const made = choices && part(choices, bound); if (made) open.push(made); };
  add({ ...whole, id: whole.id.map((_, c) => c) }, Infinity);
  while (open.length > 0 && open.length <= PARTS && looked < MOST_LOOKED) {
    open.sort((a, b) => b.bound - a.bound);
    if (open[0]!.bound <= enough()) break;
    const { choices, split, bound } = open.shift()!;
    if (split === null) closed = Math.max(closed, bound);
    else for (const upper of [false, true]) add(half(choices, split, upper), bound);
  }
  const left = Math.max(closed, ...open.map((one) => one.bound));
  if (best !== null && left > enough()) seen({ ...whole, id: whole.id.map((_, c) => c) }, improved(whole, narrow === null ? exchanged(whole, best, LAST) : exchangedByThree(whole, best, narrow, BY_THREE)));
  return { pick: best, bound: Math.max(left, best?.worth ?? -Infinity) };
}

/** Of a line the choices up to the last of the lower part, or those above. */
function half(choices: Choices, { line, last }: Split, upper: boolean): Choices | null {
  const keep = new Uint8Array(choices.quantity.length).fill(1);
  for (let c = choices.start[line]!; c < choices.start[line + 1]!; c++) if (choices.id[c]! > last !== upper) keep[c] = 0;
  const made = kept(choices, keep);
  return made && affordable(made);
}

/** The line of which the mixture's orders choose farthest apart, by what that takes of a row, and the last choice of the lower part; null where all choose alike. */
function splitOf({ start, id, load, rows }: Choices, { parts }: Mixture): Split | null {
  let found: Split | null = null, widest = 0;
  for (let n = 0; n + 1 < start.length; n++) {
    let low = Infinity, high = -1, mean = 0;
    for (const { pick: { at }, part } of parts) { low = Math.min(low, at[n]!); high = Math.max(high, at[n]!); mean += part * at[n]!; }
    if (low === high) continue;
    let span = 0;
    for (let r = 0; r < rows.length; r++) span = Math.max(span, Math.abs(load[r]![high]! - load[r]![low]!) / Math.max(1, Math.abs(rows[r]!.limit)));
    if (span > widest) { widest = span; found = { line: n, last: id[Math.min(high - 1, Math.max(low, Math.floor(mean)))]! }; }
  }
  return found;
}
