/** What every line chooses for itself under prices of what is scarce, and the bound that follows. */
import { picked, type Choices, type Pick } from './choices.ts';

export interface Priced extends Pick {
  /** No order is worth more. */
  bound: number;
}

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
