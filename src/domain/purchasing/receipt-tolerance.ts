/** More than was ordered: how much of it is received without a word. */
import type { Units } from '../quantity.ts';

export interface CountedLine { itemId: number; ordered: Units; /** Good and damaged units that came before. */ came: Units; now: Units }

/** Units of each line beyond what was ordered and the tolerance, rounded down to whole units; `percent` null: any amount is within it. */
export function beyondTolerance(lines: readonly CountedLine[], percent: number | null): { itemId: number; beyond: Units }[] {
  if (percent === null) return [];
  return lines.map(({ itemId, ordered, came, now }) => ({ itemId, beyond: now === 0 ? 0 : Math.min(now, came + now - Math.floor((ordered * (100 + percent)) / 100)) })).filter((line) => line.beyond > 0);
}
