/**
 * Prices of what is scarce: with a price on each row, every line chooses for itself, and what all of them are worth less what they take plus the price of
 * the whole room is above the best order there can be, whatever the prices (Lagrangian duality; Fisher 1981). The prices sought are those under which that
 * bound is least: it is then the linear relaxation's (Geoffrion 1974). One price is found by chords of the bound, several by cutting an ellipsoid.
 */
import { leastOf, picked, ROUNDING, within, type Choices, type Pick } from './choices.ts';

export interface Priced extends Pick {
  /** No order is worth more. */
  bound: number;
}

/** Numbers looked at in a search of several prices: a few milliseconds. */
const MOST_LOOKS = 6_000_000;
const MOST_CHORDS = 60, CUTS = 500;

/** The best choice of each line under prices; of two alike the first. */
export function priced(choices: Choices, price: Float64Array): Priced {
  const { start, worth, load, rows } = choices, at = new Int32Array(start.length - 1);
  let value = 0;
  const asked = rows.flatMap((_, r) => (price[r] === 0 ? [] : [r])), [a, b, ...more] = asked;
  // Most calls have one price or two: their columns are read side by side, in the same order of arithmetic.
  const first = load[a ?? -1] ?? null, second = load[b ?? -1] ?? null, p = price[a ?? -1] ?? 0, q = price[b ?? -1] ?? 0;
  for (let n = 0; n < at.length; n++) {
    const end = start[n + 1]!;
    let best = -Infinity, chosen = 0;
    for (let c = start[n]!; c < end; c++) {
      let net = first === null ? worth[c]! : second === null ? worth[c]! - p * first[c]! : worth[c]! - p * first[c]! - q * second[c]!;
      for (let k = 0; k < more.length; k++) net -= price[more[k]!]! * load[more[k]!]![c]!;
      if (net > best) { best = net; chosen = c; }
    }
    at[n] = chosen;
    value += best;
  }
  return { ...picked(choices, at), bound: value + rows.reduce((sum, row, r) => sum + price[r]! * row.limit, 0) };
}

/** The prices, what is chosen under them, and the orders that fit met on the way (`seen`). The choices are affordable. */
export function pricesOf(choices: Choices, seen: (fits: Pick) => void): { price: Float64Array; bound: number } {
  const { rows } = choices, active = new Set<number>();
  let best = { price: new Float64Array(rows.length), bound: Infinity };
  const look = (price: Float64Array): Priced => {
    const found = priced(choices, price);
    if (within(rows, found.load)) seen(found);
    if (found.bound < best.bound) best = { price: price.slice(), bound: found.bound };
    return found;
  };
  const free = look(best.price), first = leanest(choices);
  if (within(rows, first.load)) seen(first);
  for (let last: Priced = free; active.size < rows.length;) {
    const over = rows.flatMap((row, r) => (!active.has(r) && last.load[r]! > row.limit + ROUNDING ? [r] : []));
    if (over.length === 0) break;
    for (const r of over) active.add(r);
    if (active.size === 1) last = chords(choices, over[0]!, free, look); else last = ellipsoid(choices, [...active], free, look);
  }
  return best;
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

/** Several rows: the centre of an ellipsoid that holds the best prices is looked at, and the half that cannot hold them cut off (Shor 1977; deep cuts as in Bland, Goldfarb & Todd 1981). */
function ellipsoid(choices: Choices, active: readonly number[], free: Priced, look: (price: Float64Array) => Priced): Priced {
  const rooms = active.map((r) => { const { sum } = leastOf(choices, r); return { r, room: Math.max(1e-9, choices.rows[r]!.limit - sum), sum }; }), m = rooms.length;
  let reach = free.worth, found = free, least = free.bound;
  for (let n = 0; n + 1 < choices.start.length; n++) { let low = Infinity; for (let c = choices.start[n]!; c < choices.start[n + 1]!; c++) low = Math.min(low, choices.worth[c]!); reach -= low; }
  const price = new Float64Array(choices.rows.length), centre = rooms.map(() => reach / 2), shape = rooms.map((_, i) => rooms.map((__, j) => (i === j ? (m * reach * reach) / 4 : 0)));
  const most = Math.min(CUTS, Math.max(40, Math.floor(MOST_LOOKS / (choices.quantity.length * m))));
  for (let cuts = 0; cuts < most; cuts++) {
    const below = centre.findIndex((one) => one < 0);
    let slope: number[], depth = 0;
    if (below >= 0) { slope = centre.map((_, i) => (i === below ? -1 : 0)); depth = -centre[below]!; } else {
      rooms.forEach(({ r, room }, i) => { price[r] = centre[i]! / room; });
      found = look(price);
      least = Math.min(least, found.bound);
      slope = rooms.map(({ r, room }) => (choices.rows[r]!.limit - found.load[r]!) / room);
      depth = found.bound - least;
    }
    const along = shape.map((row) => row.reduce((sum, one, j) => sum + one * slope[j]!, 0)), width = Math.sqrt(along.reduce((sum, one, i) => sum + one * slope[i]!, 0));
    if (!(width > 1e-7 * Math.max(1, Math.abs(least)))) break; // the bound can fall by no more than this
    const cut = Math.min(0.999, depth / width), step = (1 + m * cut) / (m + 1), shrink = (m * m * (1 - cut * cut)) / (m * m - 1), squeeze = (2 * (1 + m * cut)) / ((m + 1) * (1 + cut));
    for (let i = 0; i < m; i++) centre[i]! -= (step * along[i]!) / width;
    for (let i = 0; i < m; i++) for (let j = 0; j < m; j++) shape[i]![j] = shrink * (shape[i]![j]! - (squeeze * along[i]! * along[j]!) / (width * width));
  }
  return found;
}
