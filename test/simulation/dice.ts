/** mulberry32: small, seeded, the same on every machine. */
export interface Dice { (below: number): number; chance(share: number): boolean; pick<T>(from: readonly T[]): T }

export function dice(seed: number): Dice {
  let state = (seed * 2_654_435_761) >>> 0;
  const roll = (below: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
  return Object.assign(roll, { chance: (share: number) => roll(1_000_000) < share * 1_000_000, pick: <T>(from: readonly T[]): T => from[roll(from.length)]! });
}
