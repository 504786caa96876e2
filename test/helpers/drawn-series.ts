/** Series for tests: seeded, so that a failure comes back. */
import { roll, type Dice } from '../../src/domain/forecast/boosting/dice.ts';
import { normalScore } from '../../src/domain/forecast/distribution.ts';
import type { Grain, PanelSeries } from '../../src/domain/forecast/panel.ts';
import { addUp, prepare, type Work } from '../../src/domain/forecast/work.ts';

/** A Monday; every series of a panel ends where the longest does. */
export const MONDAY = 19_000 - ((19_000 + 3) % 7);
const LENGTH = { D: 1, W: 7, M: 30 } as const;
/** Day number at which all series end. */
export const END = MONDAY + 7 * 400;

export function seriesOf(demand: ArrayLike<number>, rest: Partial<PanelSeries> & { exposure?: ArrayLike<number> } = {}, grain: Grain = 'D'): PanelSeries {
  const { exposure, ...more } = rest, values = Float64Array.from(demand);
  return {
    id: 'a', item: '', location: '', category: '', ...more,
    series: { start: END - LENGTH[grain] * values.length, demand: values, exposure: exposure ? Float64Array.from(exposure) : new Float64Array(values.length).fill(1) },
  };
}

export function workOf(demand: ArrayLike<number>, rest: Partial<PanelSeries> & { exposure?: ArrayLike<number> } = {}, grain: Grain = 'D', horizon = 28): Work {
  const work = prepare(seriesOf(demand, rest, grain), grain, horizon);
  addUp(work);
  return work;
}

export const drawNormal = (dice: Dice): number => normalScore(Math.min(1 - 1e-12, Math.max(1e-12, roll(dice))));

/** By inversion for small means, in pieces for large ones. */
export function drawPoisson(dice: Dice, mean: number): number {
  let left = mean, count = 0;
  while (left > 0) {
    const part = Math.min(left, 30);
    for (let product = roll(dice); product > Math.exp(-part); product *= roll(dice)) count++;
    left -= part;
  }
  return count;
}

/** Gamma of mean 1 and variance φ (Marsaglia & Tsang, 2000). */
export function drawGamma(dice: Dice, phi: number): number {
  const shape = 1 / phi, boosted = shape < 1 ? shape + 1 : shape, d = boosted - 1 / 3, c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = drawNormal(dice), v = (1 + c * z) ** 3;
    if (v > 0 && Math.log(roll(dice) + 1e-300) < 0.5 * z * z + d - d * v + d * Math.log(v)) return (d * v * (shape < 1 ? (roll(dice) + 1e-300) ** (1 / shape) : 1)) / shape;
  }
}

/** Negative binomial of variance m + φ m². */
export const drawCount = (dice: Dice, mean: number, phi: number): number => drawPoisson(dice, mean * drawGamma(dice, phi));

export const drawn = (length: number, of: (t: number) => number): number[] => Array.from({ length }, (_, t) => of(t));
export const sum = (values: Iterable<number>): number => { let total = 0; for (const value of values) total += value; return total; };
