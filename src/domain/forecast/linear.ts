/** Ridge regression from its normal equations. */

/** Σ w x xᵀ (lower triangle used) and Σ w x y of `size` regressors. */
export interface NormalEquations { size: number; xx: Float64Array; xy: Float64Array; rows: number }

export function normalEquations(size: number): NormalEquations {
  return { size, xx: new Float64Array(size * size), xy: new Float64Array(size), rows: 0 };
}

export function observe(into: NormalEquations, x: Float64Array, y: number, weight: number): void {
  const { size, xx, xy } = into;
  for (let u = 0; u < size; u++) {
    const wx = weight * x[u]!;
    if (wx === 0) continue;
    xy[u]! += wx * y;
    for (let v = 0; v <= u; v++) xx[u * size + v]! += wx * x[v]!;
  }
  into.rows++;
}

/** Adds the observations of another to those of `into`. */
export function join(into: NormalEquations, other: NormalEquations): void {
  for (let k = 0; k < into.xx.length; k++) into.xx[k]! += other.xx[k]!;
  for (let k = 0; k < into.size; k++) into.xy[k]! += other.xy[k]!;
  into.rows += other.rows;
}

/**
 * The coefficients, each regressor's own sum of squares (and a tenth of their mean) raised by `ridge`. Gaussian elimination with partial
 * pivoting; a direction without information gets 0.
 */
export function solveRidge({ size, xx, xy }: NormalEquations, ridge: number): Float64Array {
  const width = size + 1, m = new Float64Array(size * width), beta = new Float64Array(size);
  let trace = 0;
  for (let u = 0; u < size; u++) trace += xx[u * size + u]!;
  for (let u = 0; u < size; u++) {
    for (let v = 0; v < size; v++) m[u * width + v] = u >= v ? xx[u * size + v]! : xx[v * size + u]!;
    m[u * width + u]! += ridge * (xx[u * size + u]! + (0.1 * trace) / size) + 1e-12;
    m[u * width + size] = xy[u]!;
  }
  for (let u = 0; u < size; u++) {
    let pivot = u;
    for (let v = u + 1; v < size; v++) if (Math.abs(m[v * width + u]!) > Math.abs(m[pivot * width + u]!)) pivot = v;
    if (pivot !== u) for (let c = 0; c < width; c++) { const held = m[u * width + c]!; m[u * width + c] = m[pivot * width + c]!; m[pivot * width + c] = held; }
    const head = m[u * width + u]!;
    if (Math.abs(head) < 1e-14) continue;
    for (let v = u + 1; v < size; v++) {
      const share = m[v * width + u]! / head;
      if (share !== 0) for (let c = u; c < width; c++) m[v * width + c]! -= share * m[u * width + c]!;
    }
  }
  for (let u = size - 1; u >= 0; u--) {
    let rest = m[u * width + size]!;
    for (let c = u + 1; c < size; c++) rest -= m[u * width + c]! * beta[c]!;
    const head = m[u * width + u]!;
    beta[u] = Math.abs(head) < 1e-14 ? 0 : rest / head;
  }
  return beta;
}
