/**
 * Boosted quantiles of weeks and months: trees that lower the pinball loss say directly below what a period ahead stays with a chance of 50 to 97.5 %. A variance about a
 * mean says too little where a series may end, multiply or run out: its far quantiles are those of a mixture. Their word and that of the calibrated
 * distribution are averaged. Trained on the table of the boosted means where these have a say. Measured on 130 series of five years of weeks: pinball loss of periods −0.6 %
 * at 19 earlier origins (of P95 −2.1, of P97.5 −4.1 %), −0.8 % at the last three.
 */
import { came, weightsOf, type Table } from './boosted-table.ts';
import { boost } from './boosting/boost.ts';
import { predict, type BoostedTrees } from './boosting/model.ts';
import type { Work } from './work.ts';

/** Levels that are learned; lines between. */
const LEARNED = [0.5, 0.8, 0.9, 0.95, 0.975] as const;
/** Say of the trees at each. The middle is the means' own affair. */
const SAY = [0.25, 0.5, 0.5, 0.5, 0.5] as const;
/** Targets and what is said are relative to a level and one unit: of a small series a unit is much. */
const UNIT = 1;
/** A period is at most so many times its level, a quantile so many times its mean. */
const FURTHEST = 30;

/** One model a learned level. */
export type QuantilePool = readonly BoostedTrees[];

/** From rows whose periods are over; each series counts in its own scale. */
export function trainQuantiles({ rows, features, levels }: Table): QuantilePool {
  const aged = weightsOf(rows), target = Float64Array.from(rows, (row, i) => Math.min(FURTHEST, came(row) / (levels[i]! + UNIT)));
  const weight = Float64Array.from(rows, ({ work: { scale } }, i) => (aged[i]! * (levels[i]! + UNIT)) / Math.sqrt(scale + 1e-3));
  return LEARNED.map((level) => boost({ rows: rows.length, features }, target, { objective: { loss: 'pinball', level }, trees: 40, leaves: 12, bins: 64, learningRate: 0.12, leafRows: 150, lambda: 5, featureShare: 0.5, rowShare: 0.7, seed: 7 }, { weight }));
}

/** What the trees say of each row: level by level, a row each, in units. */
export function quantilesSaid(pool: QuantilePool, { rows, features, levels }: Table): Float64Array[] {
  return pool.map((trees) => predict(trees, { rows: rows.length, features }).map((said, i) => Math.max(0, said) * (levels[i]! + UNIT)));
}

/** Fills `boostedQuantiles` of a work from its rows, which are its periods ahead in order from row `first`; `mean` are those of its single periods. */
export function keepQuantiles(work: Work, said: readonly Float64Array[], first: number, mean: Float64Array): void {
  const count = mean.length, kept = work.boostedQuantiles = new Float64Array(LEARNED.length * count);
  for (let h = 0; h < count; h++) for (let k = 0; k < LEARNED.length; k++) kept[h * LEARNED.length + k] = Math.min(FURTHEST, said[k]![first + h]! / (mean[h]! + UNIT));
}

/** The learned levels, for who asks the distribution. */
export const LEARNED_LEVELS: Float64Array = Float64Array.from(LEARNED);
/** What the trees change at each of them, in the cell that is told. */
const changes = new Float64Array(LEARNED.length);

/**
 * Draws the quantiles at `levels` (ascending) of the period `h` ahead, which stand in `out` from `offset`, `stride` apart, to what the trees say of it; `own` are the
 * distribution's at `LEARNED_LEVELS`, `mean` its mean. Periods beyond those learned are like the last of them. They stay in order and above none.
 */
export function drawToBoosted({ boostedQuantiles: kept }: Work, h: number, mean: number, own: Float64Array, levels: Float64Array, out: Float64Array, offset: number, stride: number): void {
  const count = kept.length / LEARNED.length;
  if (count === 0) return;
  const row = Math.min(h, count - 1) * LEARNED.length;
  for (let k = 0; k < LEARNED.length; k++) changes[k] = SAY[k]! * (kept[row + k]! * (mean + UNIT) - own[k]!);
  let least = 0;
  for (let i = 0; i < levels.length; i++) {
    const cell = offset + i * stride;
    least = out[cell] = Math.max(least, out[cell]! + changeAt(levels[i]!));
  }
}

/** On lines between the learned levels; none at level 0, beyond the last as at it. */
function changeAt(level: number): number {
  let below = 0, before = 0;
  for (let k = 0; k < LEARNED.length; k++) {
    if (level <= LEARNED[k]!) return before + ((level - below) / (LEARNED[k]! - below)) * (changes[k]! - before);
    below = LEARNED[k]!;
    before = changes[k]!;
  }
  return before;
}
