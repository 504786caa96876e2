/** Trained trees as plain arrays, and what they say of a table. */
import { assert } from '../../assert.ts';
import type { FeatureTable } from './bins.ts';
import type { TreeGrower } from './tree.ts';

/** Structured-cloneable. Nodes of all trees stand one after another; a child ≥ 0 is a node, below 0 the leaf ~child. */
export interface BoostedTrees {
  /** Raw score before any tree. */
  base: number;
  /** First node of each tree. */
  roots: Int32Array;
  feature: Int32Array;
  /** A value up to this goes left, a greater one right, a missing one left where `missingLeft` is 1. Infinity: only missing ones go right. */
  threshold: Float32Array;
  missingLeft: Uint8Array;
  left: Int32Array;
  right: Int32Array;
  /** Raw score of each leaf, the learning rate included. */
  value: Float64Array;
  /** Sum of the gains of the splits on each feature. */
  gain: Float64Array;
}

/** Takes grown trees over, one by one. */
export class ModelBuilder {
  private readonly model: BoostedTrees;
  private readonly cuts: readonly Float32Array[];
  private trees = 0;
  private nodes = 0;
  private leaves = 0;

  constructor(base: number, trees: number, leaves: number, cuts: readonly Float32Array[]) {
    const nodes = trees * (leaves - 1);
    this.cuts = cuts;
    this.model = {
      base, roots: new Int32Array(trees), feature: new Int32Array(nodes), threshold: new Float32Array(nodes), missingLeft: new Uint8Array(nodes),
      left: new Int32Array(nodes), right: new Int32Array(nodes), value: new Float64Array(trees * leaves), gain: new Float64Array(cuts.length),
    };
  }

  /** Adds the grower's tree, which has at least one node, with these scores of its leaves. */
  add(grower: TreeGrower, values: Float64Array): void {
    const { model, nodes, leaves } = this;
    const moved = (child: number): number => (child >= 0 ? child + nodes : child - leaves);
    model.roots[this.trees++] = nodes;
    for (let n = 0; n < grower.nodeCount; n++) {
      const feature = grower.nodeFeature[n]!, cuts = this.cuts[feature]!, bin = grower.nodeBin[n]!;
      model.feature[nodes + n] = feature;
      model.threshold[nodes + n] = bin <= cuts.length ? cuts[bin - 1]! : Infinity;
      model.missingLeft[nodes + n] = grower.nodeMissingLeft[n]!;
      model.left[nodes + n] = moved(grower.nodeLeft[n]!);
      model.right[nodes + n] = moved(grower.nodeRight[n]!);
      model.gain[feature]! += grower.nodeGain[n]!;
    }
    model.value.set(values.subarray(0, grower.leafCount), leaves);
    this.nodes += grower.nodeCount; this.leaves += grower.leafCount;
  }

  built(): BoostedTrees {
    const { model, nodes } = this;
    return {
      base: model.base, roots: model.roots.slice(0, this.trees), feature: model.feature.slice(0, nodes), threshold: model.threshold.slice(0, nodes),
      missingLeft: model.missingLeft.slice(0, nodes), left: model.left.slice(0, nodes), right: model.right.slice(0, nodes),
      value: model.value.slice(0, this.leaves), gain: model.gain,
    };
  }
}

/** Rows predicted together: their values lie side by side and stay in the cache while tree after tree reads them. */
const BLOCK = 256;

/**
 * Raw score of each row, without any offset: the caller adds it, and takes the exponential for Poisson and Tweedie. Throws AssertionError
 * for a table of other features than the model was trained on.
 */
export function predict(model: BoostedTrees, { rows, features }: FeatureTable, into: Float64Array = new Float64Array(rows)): Float64Array {
  const width = model.gain.length;
  assert(features.length === width, `${features.length} features for a model of ${width}`);
  assert(features.every((values) => values.length === rows) && into.length >= rows, `columns and result do not have ${rows} rows`);
  const block = new Float32Array(Math.min(rows, BLOCK) * width);
  for (let from = 0; from < rows; from += BLOCK) {
    const count = Math.min(BLOCK, rows - from);
    for (let f = 0; f < width; f++) {
      const values = features[f]!;
      for (let i = 0; i < count; i++) block[i * width + f] = values[from + i]!;
    }
    into.fill(model.base, from, from + count);
    for (let tree = 0; tree < model.roots.length; tree++) addTree(model, model.roots[tree]!, block, count, width, into, from);
  }
  return into;
}

function addTree({ feature, threshold, missingLeft, left, right, value }: BoostedTrees, root: number, block: Float32Array, count: number, width: number, into: Float64Array, from: number): void {
  for (let i = 0; i < count; i++) {
    let node = root;
    while (node >= 0) {
      const x = block[i * width + feature[node]!]!;
      node = x <= threshold[node]! || (x !== x && missingLeft[node] === 1) ? left[node]! : right[node]!;
    }
    into[from + i]! += value[~node]!;
  }
}

/** Total gain of the splits on each feature: about twice what they lowered the training loss by, at a learning rate of 1. */
export function importance(model: BoostedTrees): Float64Array {
  return model.gain.slice();
}
