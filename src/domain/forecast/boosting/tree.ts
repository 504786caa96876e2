/**
 * One tree, grown leaf-wise: of all leaves the one whose split gains most is split next (Shi 2007; LightGBM). Of two children only the
 * smaller one's histogram is built; the other's is the parent's less that. All memory is taken once, for all trees.
 */
import type { Bins } from './bins.ts';
import { addColumn, addColumns, noSplit, scanFeature, subtract, type Split, type SplitRules, type Sums } from './histogram.ts';

/** A later leaf is split before an earlier one only if it gains this much more: a gain is what is left of two sums, and less exact than they. */
const AHEAD = 1 + 1e-7;

interface Leaf extends Sums { from: number; to: number; histogram: number; best: Split; node: number }

export class TreeGrower {
  /** Rows of the tree in [0, rows), each leaf's together; those left out of its sample behind them. */
  readonly index: Int32Array;
  readonly leaves: Leaf[];
  leafCount = 0;
  /** Inner nodes in the order of growth. A child ≥ 0 is a node, below 0 the leaf ~child. */
  nodeCount = 0;
  readonly nodeFeature: Int32Array;
  readonly nodeBin: Int32Array;
  readonly nodeMissingLeft: Uint8Array;
  readonly nodeLeft: Int32Array;
  readonly nodeRight: Int32Array;
  readonly nodeGain: Float64Array;
  private readonly first: Int32Array;
  private readonly size: number;
  private readonly histograms: Float64Array;
  private readonly aside: Int32Array;
  private readonly orderedGradient: Float64Array;
  private readonly orderedHessian: Float64Array;
  private readonly columns: Uint8Array[];
  private readonly maxLeaves: number;
  private readonly rules: SplitRules;

  constructor({ cuts, columns }: Bins, rows: number, maxLeaves: number, rules: SplitRules) {
    this.columns = columns; this.maxLeaves = maxLeaves; this.rules = rules;
    this.index = new Int32Array(rows);
    this.aside = new Int32Array(rows);
    this.orderedGradient = new Float64Array(rows);
    this.orderedHessian = new Float64Array(rows);
    this.first = new Int32Array(cuts.length + 1);
    cuts.forEach((cut, f) => { this.first[f + 1] = this.first[f]! + cut.length + 2; });
    this.size = 3 * this.first[cuts.length]!;
    this.histograms = new Float64Array(this.size * maxLeaves);
    this.leaves = Array.from({ length: maxLeaves }, (_, k) => ({ from: 0, to: 0, gradient: 0, hessian: 0, rows: 0, histogram: k * this.size, best: noSplit(), node: -1 }));
    this.nodeFeature = new Int32Array(maxLeaves); this.nodeBin = new Int32Array(maxLeaves); this.nodeMissingLeft = new Uint8Array(maxLeaves);
    this.nodeLeft = new Int32Array(maxLeaves); this.nodeRight = new Int32Array(maxLeaves); this.nodeGain = new Float64Array(maxLeaves);
  }

  /** Grows a tree over the rows `index[0…rows)`, choosing among `features`. */
  grow(rows: number, features: Int32Array, gradient: Float64Array, hessian: Float64Array): void {
    const root = this.leaves[0]!;
    root.from = 0; root.to = rows; root.rows = rows; root.node = -1;
    this.leafCount = 1; this.nodeCount = 0;
    root.gradient = 0; root.hessian = 0;
    for (let i = 0; i < rows; i++) { root.gradient += gradient[this.index[i]!]!; root.hessian += hessian[this.index[i]!]!; }
    this.build(root, features, gradient, hessian);
    this.scan(root, features);
    while (this.leafCount < this.maxLeaves) {
      let next = root;
      for (let k = 1; k < this.leafCount; k++) if (this.leaves[k]!.best.gain > next.best.gain * AHEAD) next = this.leaves[k]!;
      if (!(next.best.gain > 0)) return;
      this.split(next, features, gradient, hessian);
    }
  }

  /** The leaf a row falls into. */
  leafOf(row: number): number {
    let node = this.nodeCount > 0 ? 0 : -1;
    while (node >= 0) {
      const low = 1 - this.nodeMissingLeft[node]!;
      const goesLeft = ((this.columns[this.nodeFeature[node]!]![row]! - low) >>> 0) <= this.nodeBin[node]! - low;
      node = goesLeft ? this.nodeLeft[node]! : this.nodeRight[node]!;
    }
    return ~node;
  }

  private split(leaf: Leaf, features: Int32Array, gradient: Float64Array, hessian: Float64Array): void {
    const { best } = leaf, number = this.leaves.indexOf(leaf), node = this.nodeCount++, other = this.leaves[this.leafCount++]!;
    this.nodeFeature[node] = best.feature; this.nodeBin[node] = best.bin; this.nodeMissingLeft[node] = best.missingLeft ? 1 : 0; this.nodeGain[node] = best.gain;
    this.nodeLeft[node] = ~number; this.nodeRight[node] = ~(this.leafCount - 1);
    if (leaf.node >= 0) {
      if (this.nodeLeft[leaf.node] === ~number) this.nodeLeft[leaf.node] = node;
      else this.nodeRight[leaf.node] = node;
    }
    const middle = part(this.index, leaf.from, leaf.to, this.columns[best.feature]!, best.missingLeft ? 0 : 1, best.bin, this.aside);
    other.from = middle; other.to = leaf.to; leaf.to = middle;
    other.node = node; leaf.node = node;
    other.gradient = leaf.gradient - best.left.gradient; other.hessian = leaf.hessian - best.left.hessian; other.rows = leaf.rows - best.left.rows;
    leaf.gradient = best.left.gradient; leaf.hessian = best.left.hessian; leaf.rows = best.left.rows;
    leaf.best.gain = 0; other.best.gain = 0;
    const small = leaf.rows < other.rows ? leaf : other, large = small === leaf ? other : leaf;
    if (this.leafCount === this.maxLeaves || large.rows < 2 * this.rules.leafRows) return; // neither will be split
    if (small === leaf) { const inherited = leaf.histogram; leaf.histogram = other.histogram; other.histogram = inherited; }
    this.build(small, features, gradient, hessian);
    for (let k = 0; k < features.length; k++) {
      subtract(this.histograms, large.histogram, this.histograms, small.histogram, this.first[features[k]!]!, this.first[features[k]! + 1]!);
    }
    this.scan(small, features);
    this.scan(large, features);
  }

  private build(leaf: Leaf, features: Int32Array, gradient: Float64Array, hessian: Float64Array): void {
    const { index, columns, first, orderedGradient, orderedHessian } = this;
    for (let i = leaf.from, k = 0; i < leaf.to; i++, k++) { const row = index[i]!; orderedGradient[k] = gradient[row]!; orderedHessian[k] = hessian[row]!; }
    const histogram = this.histograms.subarray(leaf.histogram, leaf.histogram + this.size).fill(0);
    let k = 0;
    for (; k + 1 < features.length; k += 2) {
      const a = features[k]!, b = features[k + 1]!;
      addColumns(columns[a]!, columns[b]!, index, leaf.from, leaf.to, orderedGradient, orderedHessian, histogram, first[a]!, first[b]!);
    }
    if (k < features.length) addColumn(columns[features[k]!]!, index, leaf.from, leaf.to, orderedGradient, orderedHessian, histogram, first[features[k]!]!);
  }

  private scan(leaf: Leaf, features: Int32Array): void {
    leaf.best.gain = 0;
    if (leaf.rows < 2 * this.rules.leafRows) return;
    for (let k = 0; k < features.length; k++) {
      const feature = features[k]!;
      scanFeature(this.histograms, leaf.histogram, this.first[feature]!, this.first[feature + 1]!, feature, leaf, this.rules, leaf.best);
    }
  }
}

/** Moves the rows whose bin lies in [low, high] to the front of index[from…to), both sides in their old order so that columns are read forwards. Returns where the others begin. */
function part(index: Int32Array, from: number, to: number, column: Uint8Array, low: number, high: number, aside: Int32Array): number {
  let left = from, right = 0;
  for (let i = from; i < to; i++) {
    const row = index[i]!, goesLeft = ((column[row]! - low) >>> 0) <= high - low ? 1 : 0;
    index[left] = row; aside[right] = row; // without a branch, which would be guessed wrong as often as right
    left += goesLeft; right += 1 - goesLeft;
  }
  for (let k = 0; k < right; k++) index[left + k] = aside[k]!;
  return left;
}
