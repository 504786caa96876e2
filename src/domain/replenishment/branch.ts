/**
 * What prices and a core leave open, since a least stands close to a limit and cases are large: the choices are split in two where the mixture wavers most between far
 * ones of a line, each part is a mixture of its own, and the part that promises most is split next (branch and bound; Land & Doig 1960).
 */
import { affordable, kept, picked, within, type Choices, type Pick } from './choices.ts';
import { exchanged, improved } from './finer.ts';
import { mixtureOf, type Mixture } from './mixture.ts';

/** Parts looked at, and numbers in all; choices on either side, and pairs, by which the order of a part is bettered; pairs of the best in the end. */
const PARTS = Number(process.env.NODES ?? 80), MOST_LOOKS = Number(process.env.LOOKS ?? 4e6), BESIDE = 8, PAIRS = Number(process.env.PAIRS ?? 20_000), LAST_PAIRS = 1_000_000;

interface Part { choices: Choices; mixture: Mixture }

/** Better than `from` by more than the share `near` of its worth, or that. `bound`: no order is worth more. */
export function branched(whole: Choices, from: Pick | null, near: number): { pick: Pick | null; bound: number } {
  let best = from, looked = 0;
  const seen = (choices: Choices, pick: Pick): void => { if (within(choices.rows, pick.load) && (best === null || pick.worth > best.worth)) best = picked(whole, pick.at.map((c) => choices.id[c]!)); };
  const part = (choices: Choices, bound: number): Part | null => {
    looked += choices.quantity.length;
    const mixture = mixtureOf(choices, (fits) => seen(choices, fits));
    if (mixture === null) return null;
    const made = exchanged(choices, mixture.parts[0]!.pick, BESIDE, PAIRS);
    if (within(choices.rows, made.load)) seen(choices, improved(choices, made));
    return { choices, mixture: { ...mixture, bound: Math.min(bound, mixture.bound) } };
  };
  const first = part({ ...whole, id: whole.id.map((_, c) => c) }, Infinity), open: Part[] = first === null ? [] : [first];
  let closed = -Infinity;
  while (open.length > 0 && looked < MOST_LOOKS) {
    open.sort((a, b) => b.mixture.bound - a.mixture.bound);
    const { choices, mixture } = open[0]!, at = best === null || mixture.bound > (best as Pick).worth + near * Math.abs((best as Pick).worth) ? splitOf(choices, mixture) : null;
    if (at === null) { if (best !== null && mixture.bound <= best.worth + near * Math.abs(best.worth)) break; closed = Math.max(closed, mixture.bound); open.shift(); continue; }
    open.shift();
    for (const upper of [false, true]) {
      const keep = new Uint8Array(choices.quantity.length).fill(1);
      for (let c = choices.start[at.line]!; c < choices.start[at.line + 1]!; c++) if (c > at.last !== upper) keep[c] = 0;
      const half = kept(choices, keep), left = half && affordable(half), made = left && part(left, mixture.bound);
      if (made) open.push(made);
    }
    if (open.length > PARTS) break;
  }
  if (best !== null && open.length > 0 && open[0]!.mixture.bound > best.worth) { const better = improved(whole, exchanged(whole, best, Infinity, LAST_PAIRS)); if (better.worth > best.worth) best = better; }
  return { pick: best, bound: Math.max(closed, best?.worth ?? -Infinity, ...open.map((one) => one.mixture.bound)) };
}

/** The line of which the mixture's orders choose farthest apart, by what that takes of a row, and the last choice of the lower part; null where all choose alike. */
function splitOf({ start, load, rows }: Choices, { parts }: Mixture): { line: number; last: number } | null {
  let found: { line: number; last: number } | null = null, widest = 0;
  for (let n = 0; n + 1 < start.length; n++) {
    let low = Infinity, high = -1, mean = 0;
    for (const { pick: { at }, part } of parts) { low = Math.min(low, at[n]!); high = Math.max(high, at[n]!); mean += part * at[n]!; }
    if (low === high) continue;
    let span = 0;
    for (let r = 0; r < rows.length; r++) span = Math.max(span, Math.abs(load[r]![high]! - load[r]![low]!) / Math.max(1, Math.abs(rows[r]!.limit)));
    if (span > widest) { widest = span; found = { line: n, last: Math.min(high - 1, Math.max(low, Math.floor(mean))) }; }
  }
  return found;
}
