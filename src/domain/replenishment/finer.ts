/** Choices between those looked at of lines with many, and what is left over put to use. */
import type { Units } from '../quantity.ts';
import { choicesIn, picked, type Choices, type Pick } from './choices.ts';
import { takenOf } from './load.ts';
import { nextQuantity, type SupplierLine, type Worth } from './supplier-line.ts';

/** Cases on either side of the best that are kept. */
const BESIDE = 2;

/**
 * Around what each line would choose under the prices, at each of its unit prices, the best of every case and its neighbours: within one unit price a line's
 * worth less its price is concave, so that the best of the choices looked at has the best of all beside it. `also`: quantities to keep, a line each, or none.
 * The choices themselves where every case is among them.
 */
export function finer(lines: readonly SupplierLine[], worth: Worth, coarse: Choices, price: Float64Array, also: readonly Units[]): Choices {
  const { start, quantity, rows } = coarse, more = lines.map((line, n): Units[] => {
    const pairs = beside(line, quantity.subarray(start[n], start[n + 1]), (k) => net(coarse, price, start[n]! + k)), found: Units[] = [];
    for (const [low, high] of pairs) {
      const value = (k: number): number => { const q = low + k * line.casePack; return rows.reduce((sum, row, r) => sum - price[r]! * row.sign * takenOf(line, q, row.resource), worth[n]!(q)); };
      let from = 0, to = (high - low) / line.casePack;
      while (from < to) { const middle = (from + to) >> 1; if (value(middle) < value(middle + 1)) from = middle + 1; else to = middle; }
      for (let k = from - BESIDE; k <= from + BESIDE; k++) if (k > 0 && low + k * line.casePack < high) found.push(low + k * line.casePack);
    }
    return found;
  });
  if (more.every((one) => one.length === 0)) return coarse;
  return choicesIn(rows, lines, worth, (n) => {
    const known = [...quantity.subarray(start[n], start[n + 1])];
    return more[n]!.length === 0 ? known : [...new Set([...known, ...more[n]!, ...also.slice(n, n + 1)])].sort((a, b) => a - b);
  });
}

function net({ worth, load }: Choices, price: Float64Array, c: number): number {
  let value = worth[c]!;
  for (let r = 0; r < price.length; r++) value -= price[r]! * load[r]![c]!;
  return value;
}

/** Neighbours of the best at each unit price with cases between them. */
function beside(line: SupplierLine, all: Float64Array, value: (k: number) => number): [Units, Units][] {
  const pairs: [Units, Units][] = [], first = nextQuantity(line, 0) ?? Infinity, pair = (low: number, high: number): void => {
    if (low >= 0 && high < all.length && all[low]! >= first && all[high]! - all[low]! > line.casePack) pairs.push([all[low]!, all[high]!]);
  };
  let best = -1, most = -Infinity, level = -1;
  for (let k = 0; k <= all.length; k++) {
    const here = k === all.length ? -2 : levelOf(line, all[k]!);
    if (here !== level && best >= 0) { pair(best - 1, best); pair(best, best + 1); best = -1; most = -Infinity; }
    level = here;
    if (k < all.length && all[k]! >= first && value(k) > most) { best = k; most = value(k); }
  }
  return pairs;
}

/** How many of its price breaks a quantity has passed. */
function levelOf({ priceBreaks }: SupplierLine, quantity: Units): number {
  let level = 0;
  for (const { from } of priceBreaks) if (quantity >= from) level++;
  return level;
}

const PASSES = 8;

/** Lines changed one at a time to what is worth more and still fits, what brings most for its room first. */
export function improved(choices: Choices, from: Pick): Pick {
  const { start, worth, load, rows } = choices, now = { at: from.at.slice(), load: from.load.slice() };
  const share = rows.map((row) => 1 / Math.max(1, Math.abs(row.limit)));
  for (let pass = 0; pass < PASSES; pass++) {
    const found: { n: number; c: number; rate: number }[] = [];
    for (let n = 0; n < now.at.length; n++) {
      const here = now.at[n]!;
      let best = -1, rate = 0;
      for (let c = start[n]!; c < start[n + 1]!; c++) {
        const gain = worth[c]! - worth[here]!;
        if (gain <= 1e-9 || !fitsIn(choices, now.load, here, c)) continue;
        let room = 1e-9;
        for (let r = 0; r < rows.length; r++) room += Math.max(0, load[r]![c]! - load[r]![here]!) * share[r]!;
        if (gain / room > rate) { best = c; rate = gain / room; }
      }
      if (best >= 0) found.push({ n, c: best, rate });
    }
    if (found.length === 0) break;
    for (const { n, c } of found.sort((a, b) => b.rate - a.rate || a.n - b.n)) {
      const here = now.at[n]!;
      if (!fitsIn(choices, now.load, here, c)) continue;
      for (let r = 0; r < rows.length; r++) now.load[r]! += load[r]![c]! - load[r]![here]!;
      now.at[n] = c;
    }
  }
  return picked(choices, now.at);
}

function fitsIn({ load, rows }: Choices, taken: Float64Array, here: number, c: number): boolean {
  for (let r = 0; r < rows.length; r++) { const change = load[r]![c]! - load[r]![here]!; if (change > 0 && taken[r]! + change > rows[r]!.limit) return false; }
  return true;
}
