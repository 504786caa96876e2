/**
 * Sums of gradient, hessian and rows by bin, three numbers a bin, for all features of a leaf one after another, and the best
 * split they show. The loops here are where the time of training goes: nothing is allocated in them.
 */

/** The rules of a split. */
export interface SplitRules { leafRows: number; leafHessian: number; lambda: number; leastGain: number }

/** Sums over the rows of a leaf. */
export interface Sums { gradient: number; hessian: number; rows: number }

/** A split: rows with bin in [missingLeft ? 0 : 1, bin] go left. `gain` 0: there is none. */
export interface Split { gain: number; feature: number; bin: number; missingLeft: boolean; left: Sums }

export const noSplit = (): Split => ({ gain: 0, feature: -1, bin: 0, missingLeft: false, left: { gradient: 0, hessian: 0, rows: 0 } });

/** A split must be this much better, relatively, to be preferred over an earlier one: equals stay in order however sums were rounded. */
const BETTER = 1 + 1e-10;

/**
 * Adds the rows `index[from…to)` of two features' columns to their bins, which begin at `startA` and `startB`. Gradient and hessian are in
 * the order of the index, from 0. Two at a time, because one alone waits for its own last sum wherever neighbours share a bin: a quarter less.
 */
export function addColumns(
  columnA: Uint8Array, columnB: Uint8Array, index: Int32Array, from: number, to: number, gradient: Float64Array, hessian: Float64Array,
  histogram: Float64Array, startA: number, startB: number,
): void {
  const baseA = 3 * startA, baseB = 3 * startB;
  for (let i = from, k = 0; i < to; i++, k++) {
    const row = index[i]!, a = baseA + 3 * columnA[row]!, b = baseB + 3 * columnB[row]!, g = gradient[k]!, h = hessian[k]!;
    histogram[a]! += g; histogram[a + 1]! += h; histogram[a + 2]!++;
    histogram[b]! += g; histogram[b + 1]! += h; histogram[b + 2]!++;
  }
}

/** The same for one feature. */
export function addColumn(
  column: Uint8Array, index: Int32Array, from: number, to: number, gradient: Float64Array, hessian: Float64Array, histogram: Float64Array, start: number,
): void {
  const base = 3 * start;
  for (let i = from, k = 0; i < to; i++, k++) {
    const a = base + 3 * column[index[i]!]!;
    histogram[a]! += gradient[k]!; histogram[a + 1]! += hessian[k]!; histogram[a + 2]!++;
  }
}

/** The sibling's sums: `parent` −= `child` over the bins [from, to). */
export function subtract(parent: Float64Array, parentStart: number, child: Float64Array, childStart: number, from: number, to: number): void {
  for (let i = 3 * from; i < 3 * to; i++) parent[parentStart + i]! -= child[childStart + i]!;
}

/**
 * Looks for a better split than `best` in one feature (bins [start, end) of the histogram at `offset`) and writes it there. Missing values are
 * tried on both sides of every cut, and apart from all others; where there are none in the leaf, they will follow the greater number of rows.
 */
export function scanFeature(
  histogram: Float64Array, offset: number, start: number, end: number, feature: number, sums: Sums, rules: SplitRules, best: Split,
): void {
  const { lambda, leafHessian } = rules, leafRows = rules.leafRows;
  const zero = offset + 3 * start, missG = histogram[zero]!, missH = histogram[zero + 1]!, missN = histogram[zero + 2]!;
  const G = sums.gradient, H = sums.hessian, N = sums.rows, parent = (G * G) / (H + lambda);
  let bar = Math.max((parent + best.gain) * BETTER, parent + rules.leastGain);
  let g = 0, h = 0, n = 0, foundBin = -1, foundLeft = false, foundG = 0, foundH = 0, foundN = 0;
  const last = missN > 0 ? end : end - 1;
  for (let bin = start + 1; bin < last; bin++) {
    const cell = offset + 3 * bin, rows = histogram[cell + 2]!;
    if (rows === 0) continue;
    g += histogram[cell]!; h += histogram[cell + 1]!; n += rows;
    if (n >= leafRows && N - n >= leafRows && h >= leafHessian && H - h >= leafHessian) {
      const left = h + lambda, right = H - h + lambda, score = (g * g * right + (G - g) * (G - g) * left) / (left * right);
      if (score > bar) { bar = score * BETTER; foundBin = bin; foundLeft = false; foundG = g; foundH = h; foundN = n; }
    }
    if (missN > 0 && n + missN >= leafRows && N - n - missN >= leafRows && h + missH >= leafHessian && H - h - missH >= leafHessian) {
      const gl = g + missG, left = h + missH + lambda, right = H - h - missH + lambda, score = (gl * gl * right + (G - gl) * (G - gl) * left) / (left * right);
      if (score > bar) { bar = score * BETTER; foundBin = bin; foundLeft = true; foundG = gl; foundH = h + missH; foundN = n + missN; }
    }
  }
  if (foundBin < 0) return;
  best.gain = bar / BETTER - parent;
  best.feature = feature;
  best.bin = foundBin - start;
  best.missingLeft = missN > 0 ? foundLeft : 2 * foundN >= N;
  best.left.gradient = foundG; best.left.hessian = foundH; best.left.rows = foundN;
}
