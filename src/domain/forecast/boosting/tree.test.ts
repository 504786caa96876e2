import { describe, expect, it } from 'vitest';
import { binned } from './bins.ts';
import { choose, roll } from './dice.ts';
import { TreeGrower } from './tree.ts';

const ROWS = 900, dice = { state: 5 };
const features = Array.from({ length: 4 }, (_, f) => Float32Array.from({ length: ROWS }, () => (f === 2 && roll(dice) < 0.3 ? NaN : Math.floor(roll(dice) * 12 ** f))));
const gradient = Float64Array.from({ length: ROWS }, (_, i) => features[1]![i]! * (features[0]![i]! + 1) - features[3]![i]! / 200 + (Number.isNaN(features[2]![i]!) ? 9 : 0) + roll(dice));
const hessian = Float64Array.from({ length: ROWS }, () => 0.2 + roll(dice));
const RULES = { leafRows: 15, leafHessian: 10, lambda: 0.5, leastGain: 0 };
const every = Int32Array.from({ length: ROWS }, (_, i) => i);

function grown(leaves: number, sampled: number, chosen: number[], rules = RULES): TreeGrower {
  const grower = new TreeGrower(binned({ rows: ROWS, features }, 60, { state: 1 }), ROWS, leaves, rules);
  choose({ state: 3 }, every, sampled, grower.index);
  grower.grow(sampled, Int32Array.from(chosen), gradient, hessian);
  return grower;
}
const rowsOf = (grower: TreeGrower, leaf: number) => grower.index.slice(grower.leaves[leaf]!.from, grower.leaves[leaf]!.to);

describe('a tree', () => {
  it.each([[2, ROWS], [9, ROWS], [31, ROWS], [17, 500]])('of %i leaves over %i rows has each in one leaf, the one it falls into', (leaves, sampled) => {
    const grower = grown(leaves, sampled, [0, 1, 2, 3]);
    expect(grower.leafCount).toBe(leaves);
    expect(grower.nodeCount).toBe(leaves - 1);
    const seen: number[] = [];
    for (let k = 0; k < grower.leafCount; k++) for (const row of rowsOf(grower, k)) { expect(grower.leafOf(row)).toBe(k); seen.push(row); }
    expect(seen).toHaveLength(sampled);
    expect(Int32Array.from([...seen, ...grower.index.subarray(sampled)]).sort()).toEqual(every);
  });

  it('knows the sums of every leaf, though it added up only the smaller ones', () => {
    const grower = grown(31, 700, [0, 1, 2, 3]);
    for (let k = 0; k < grower.leafCount; k++) {
      const leaf = grower.leaves[k]!, rows = [...rowsOf(grower, k)];
      expect(leaf.rows).toBe(rows.length);
      expect(leaf.gradient).toBeCloseTo(rows.reduce((sum, row) => sum + gradient[row]!, 0), 8);
      expect(leaf.hessian).toBeCloseTo(rows.reduce((sum, row) => sum + hessian[row]!, 0), 8);
      expect(leaf.rows).toBeGreaterThanOrEqual(RULES.leafRows);
      expect(leaf.hessian).toBeGreaterThanOrEqual(RULES.leafHessian - 1e-9);
    }
  });

  it('splits where it gains most: one of k leaves is the beginning of one of k + 1, and asks only the features given', () => {
    const small = grown(8, ROWS, [0, 1, 3]), large = grown(9, ROWS, [0, 1, 3]);
    for (const key of ['nodeFeature', 'nodeBin', 'nodeGain'] as const) expect(small[key].subarray(0, 7)).toEqual(large[key].subarray(0, 7));
    expect(new Set(large.nodeFeature.subarray(0, 8)).has(2)).toBe(false);
    expect(grown(9, ROWS, [2]).nodeFeature.every((feature, n) => feature === (n < 8 ? 2 : 0))).toBe(true);
  });

  it('stops where nothing may be split, and can be grown again', () => {
    expect(grown(9, ROWS, [0, 1, 2, 3], { ...RULES, leafRows: 451 }).leafCount).toBe(1);
    expect(grown(9, ROWS, [0, 1, 2, 3], { ...RULES, leastGain: 1e9 }).leafOf(4)).toBe(0);
    const grower = grown(9, ROWS, [0, 1, 2, 3]), first = grower.nodeGain.slice();
    grower.index.set(every);
    grower.grow(ROWS, Int32Array.of(0, 1, 2, 3), gradient, hessian);
    expect(grower.nodeGain).toEqual(first);
  });
});
