/**
 * Gradient-boosted trees over binned features (Friedman 2001; Ke et al., LightGBM, 2017): each tree leans against what is still wrong with
 * the sum of those before it. Pure and deterministic; a model is plain arrays and crosses threads.
 */
import { assert } from '../../assert.ts';
import { binned, type FeatureTable } from './bins.ts';
import { choose, type Dice } from './dice.ts';
import type { SplitRules } from './histogram.ts';
import { ModelBuilder, type BoostedTrees } from './model.ts';
import { assertObjective, derivatives, leafStep, startingScore } from './objective.ts';
import { settled, type BoostingOptions } from './options.ts';
import { TreeGrower } from './tree.ts';
import { weightedQuantile } from './weighted-quantile.ts';

/**
 * Trains on `target`, one value a row: units. `weight` (≥ 0; 0 is a row that is not there) counts a row more or less; `offset` is a raw score
 * the trees only correct: log of a level for Poisson and Tweedie, units for squared and pinball loss. Throws AssertionError for options or
 * data that cannot be.
 */
export function boost(
  table: FeatureTable, target: Float64Array | Float32Array, options: BoostingOptions, extra: { weight?: Float64Array; offset?: Float64Array } = {},
): BoostedTrees {
  const { rows, features } = table, settings = settled(options, rows), { objective, learningRate, trees, leaves } = settings;
  const rules: SplitRules = { leafRows: settings.leafRows, leafHessian: settings.leafHessian, lambda: settings.lambda, leastGain: 0 };
  assert(target.length === rows, `${target.length} targets for ${rows} rows`);
  const y = target instanceof Float64Array ? target : Float64Array.from(target);
  assertObjective(objective, y);
  const { active, weight } = weighted(rows, extra.weight), { offset } = extra;
  assert(!offset || (offset.length === rows && offset.every(Number.isFinite)), 'an offset is a finite number for every row');

  const base = active.length > 0 ? startingScore(objective, y, weight, offset) : 0;
  const score = new Float64Array(rows).fill(base), gradient = new Float64Array(rows), hessian = new Float64Array(rows);
  if (offset) for (let i = 0; i < rows; i++) score[i]! += offset[i]!;
  const dice: Dice = { state: settings.seed };
  const grid = binned(table, settings.bins, dice);
  const grower = new TreeGrower(grid, rows, leaves, rules);
  const all = Int32Array.from(features, (_, f) => f), order = all.slice();
  const chosen = order.subarray(0, Math.max(1, Math.round(settings.featureShare * all.length)));
  const sampled = Math.max(1, Math.round(settings.rowShare * active.length));
  const model = new ModelBuilder(base, trees, leaves, grid.cuts), values = new Float64Array(leaves);
  for (let tree = 0; tree < trees && active.length > 0 && all.length > 0; tree++) {
    derivatives(objective, y, score, weight, gradient, hessian);
    if (tree === 0) rules.leastGain = roundingOf(score, hessian);
    choose(dice, active, sampled, grower.index);
    choose(dice, all, chosen.length, order);
    grower.grow(sampled, chosen.sort(), gradient, hessian);
    if (grower.nodeCount === 0) {
      if (sampled === active.length && chosen.length === all.length) break; // nor will there be anything to split next time
      continue;
    }
    for (let k = 0; k < grower.leafCount; k++) {
      const leaf = grower.leaves[k]!;
      const step = objective.loss === 'pinball' ? renewed(objective.level, y, score, weight, grower.index, leaf.from, leaf.to, gradient, hessian)
        : leafStep(objective, leaf.gradient, leaf.hessian, rules.lambda);
      values[k] = learningRate * step;
    }
    for (let k = 0; k < grower.leafCount; k++) addTo(score, values[k]!, grower.index, grower.leaves[k]!.from, grower.leaves[k]!.to);
    for (let i = sampled; i < active.length; i++) { const row = grower.index[i]!; score[row]! += values[grower.leafOf(row)]!; }
    model.add(grower, values);
  }
  return model.built();
}

/** Rows with a weight, and every row's weight. */
function weighted(rows: number, given: Float64Array | undefined): { active: Int32Array; weight: Float64Array } {
  const weight = given ?? new Float64Array(rows).fill(1), active = new Int32Array(rows);
  assert(weight.length === rows, `${weight.length} weights for ${rows} rows`);
  let count = 0;
  for (let i = 0; i < rows; i++) {
    assert(weight[i]! >= 0 && weight[i]! < Infinity, `weight ${i} cannot be ${weight[i]}`);
    if (weight[i]! > 0) active[count++] = i;
  }
  return { active: active.subarray(0, count), weight };
}

/** Gains below this are what rounding alone makes of a score that fits every row. */
function roundingOf(score: Float64Array, hessian: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < score.length; i++) sum += hessian[i]! * (1 + score[i]! * score[i]!);
  return 1e-24 * sum;
}

/** The leaf's own quantile of what is left to explain; the gradient only says on which side of it the rows lie. `values` and `weights` are scratch. */
function renewed(
  level: number, target: Float64Array, score: Float64Array, weight: Float64Array, index: Int32Array, from: number, to: number,
  values: Float64Array, weights: Float64Array,
): number {
  let count = 0;
  for (let i = from; i < to; i++, count++) {
    const row = index[i]!;
    values[count] = target[row]! - score[row]!; weights[count] = weight[row]!;
  }
  return weightedQuantile(values, weights, count, level);
}

function addTo(score: Float64Array, value: number, index: Int32Array, from: number, to: number): void {
  for (let i = from; i < to; i++) score[index[i]!]! += value;
}
