/** Seeded choices without replacement: the same seed, the same rows and features, on any machine. */

export interface Dice { state: number }

/** A number in [0, 1). Mulberry32 (T. Ettinger, public domain): 32 bits of state, enough to choose rows by. */
export function roll(dice: Dice): number {
  dice.state = (dice.state + 0x6d2b79f5) | 0;
  let x = Math.imul(dice.state ^ (dice.state >>> 15), 1 | dice.state);
  x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
  return ((x ^ (x >>> 14)) >>> 0) / 4_294_967_296;
}

/**
 * Writes `wanted` of the `from` elements into `into`, in their order, and the others, also in their order, behind them. Every choice of
 * that size is equally likely (Knuth, TAOCP 2, algorithm 3.4.2 S).
 */
export function choose(dice: Dice, from: Int32Array, wanted: number, into: Int32Array): void {
  const count = from.length;
  let chosen = 0, other = wanted;
  if (wanted >= count) { into.set(from); return; }
  for (let i = 0; i < count; i++) {
    if (roll(dice) * (count - i) < wanted - chosen) into[chosen++] = from[i]!;
    else into[other++] = from[i]!;
  }
}
