/** Repeatable chance: one seed, one stream of numbers, on every machine. */

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform whole number in [low, high]. */
  int(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  shuffled<T>(from: readonly T[]): T[];
  /** Index drawn in proportion to the weights, given as running totals. */
  weighted(runningTotals: ArrayLike<number>): number;
  normal(mean: number, deviation: number): number;
  poisson(mean: number): number;
  exponential(mean: number): number;
  /** A stream of its own, so that one part may draw more without moving the others. */
  fork(name: string): Random;
}

/** mulberry32: 32 bits of state, passes the usual tests well enough for shoppers. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const normal = (mean: number, deviation: number) => mean + deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    next, normal,
    int: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    pick: (from) => from[Math.floor(next() * from.length)]!,
    shuffled(from) {
      const order = [...from];
      for (let last = order.length - 1; last > 0; last--) {
        const other = Math.floor(next() * (last + 1));
        [order[last], order[other]] = [order[other]!, order[last]!];
      }
      return order;
    },
    weighted(runningTotals) {
      const target = next() * (runningTotals[runningTotals.length - 1] ?? 0);
      let low = 0;
      let high = runningTotals.length - 1;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (runningTotals[middle]! > target) high = middle; else low = middle + 1;
      }
      return low;
    },
    poisson(mean) {
      // Knuth's product for small means; beyond that the normal approximation is indistinguishable here.
      if (mean > 60) return Math.max(0, Math.round(normal(mean, Math.sqrt(mean))));
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = next(); product > limit; product *= next()) count++;
      return count;
    },
    exponential: (mean) => -mean * Math.log(1 - next()),
    fork(name) {
      let hash = seed ^ 0x811c9dc5;
      for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
      return randomFrom(hash);
    },
  };
}
