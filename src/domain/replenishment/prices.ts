/**
 * Prices of what is scarce: with a price on each row, every line chooses for itself, and what all of them are worth less what they take plus the price of
 * the whole room is above the best order there can be, whatever the prices (Lagrangian duality; Fisher 1981). The prices sought are those under which that
 * bound is least: it is then the linear relaxation's (Geoffrion 1974). One price is found by chords of the bound, several as a mixture's (mixture.ts).
 */
import { picked, ROUNDING, within, type Choices, type Pick } from './choices.ts';
import { mixtureOf } from './mixture.ts';
import { priced, type Priced } from './priced.ts';

const MOST_CHORDS = 60;

/** The prices, the bound under them, and the orders that fit met on the way (`seen`). The choices are affordable. Null: no order keeps the rows. */
export function pricesOf(choices: Choices, seen: (fits: Pick) => void): { price: Float64Array; bound: number } | null {
  const { rows } = choices, overOf = ({ load }: Pick): number[] => rows.flatMap((row, r) => (load[r]! > row.limit + ROUNDING ? [r] : []));
  let best = { price: new Float64Array(rows.length), bound: Infinity };
  const look = (price: Float64Array): Priced => {
    const found = priced(choices, price);
    if (within(rows, found.load)) seen(found);
    if (found.bound < best.bound) best = { price: price.slice(), bound: found.bound };
    return found;
  };
  const free = look(best.price), first = leanest(choices);
  if (within(rows, first.load)) seen(first);
  const [over, ...more] = overOf(free);
  if (over === undefined) return best;
  return more.length === 0 && overOf(chords(choices, over, free, look)).every((r) => r === over) ? best : mixtureOf(choices, seen);
}

/** Under growing prices less and less is taken: the first order that fits, told to `seen`. */
export function stepped(choices: Choices, price: Float64Array, seen: (fits: Pick) => void): void {
  const at = (times: number): boolean => { const found = priced(choices, price.map((one) => one * times)), fits = within(choices.rows, found.load); if (fits) seen(found); return fits; };
  let low = 0, high = 1;
  while (high < 1_000 && !at(high)) { low = high; high *= 1.5; }
  for (let step = 0; step < 8; step++) { const middle = (low + high) / 2; if (at(middle)) high = middle; else low = middle; }
}

/** Each line's choice that takes least of row r, or of all rows together; of two alike the one worth more. */
function leanest({ start, worth, load, rows, ...rest }: Choices, only?: number): Pick {
  const at = new Int32Array(start.length - 1), taken = (c: number): number => rows.reduce((sum, row, r) => sum + (only === undefined || only === r ? load[r]![c]! / Math.max(1, Math.abs(row.limit)) : 0), 0);
  for (let n = 0; n < at.length; n++) {
    let least = Infinity;
    for (let c = start[n]!; c < start[n + 1]!; c++) {
      const one = taken(c);
      if (one < least || (one === least && worth[c]! > worth[at[n]!]!)) { least = one; at[n] = c; }
    }
  }
  return picked({ start, worth, load, rows, ...rest }, at);
}

/** Row r alone: where the lines through two orders, one above the limit and one within, meet, a third is chosen, until none is better. */
function chords(choices: Choices, r: number, above: Priced, look: (price: Float64Array) => Priced): Priced {
  const price = new Float64Array(choices.rows.length), { limit } = choices.rows[r]!;
  let over: Pick = above, under: Pick = leanest(choices, r), found = above;
  for (let step = 0; step < MOST_CHORDS; step++) {
    price[r] = Math.max(0, (over.worth - under.worth) / (over.load[r]! - under.load[r]!));
    found = look(price);
    const value = found.worth - price[r]! * found.load[r]!, chord = over.worth - price[r]! * over.load[r]!;
    if (value <= chord + 1e-9 * Math.max(1, Math.abs(chord))) break;
    if (found.load[r]! > limit + ROUNDING) over = found; else under = found;
  }
  return found;
}
