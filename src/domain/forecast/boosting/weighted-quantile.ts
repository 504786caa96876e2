/**
 * The least of the first `count` values at or below which at least `level` of the weight lies; NaN without any. By selection, not sorting,
 * on average O(count); reorders both arrays. Values equal to the pivot are set aside together: residuals of counts are mostly the same few.
 */
export function weightedQuantile(values: Float64Array, weights: Float64Array, count: number, level: number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += weights[i]!;
  let wanted = level * total * (1 - 1e-12); // a level of exactly k of n rows is met by k rows, however the product rounds
  let from = 0, to = count;
  while (to - from > 1) {
    const pivot = middleOf(values[from]!, values[(from + to) >>> 1]!, values[to - 1]!);
    let below = from, at = from, above = to, weightBelow = 0, weightAt = 0;
    while (at < above) {
      const value = values[at]!, weight = weights[at]!;
      if (value < pivot) {
        values[at] = values[below]!; weights[at++] = weights[below]!;
        values[below] = value; weights[below++] = weight;
        weightBelow += weight;
      } else if (value > pivot) {
        values[at] = values[--above]!; weights[at] = weights[above]!;
        values[above] = value; weights[above] = weight;
      } else { weightAt += weight; at++; }
    }
    if (wanted <= weightBelow && below > from) to = below;
    else if (wanted <= weightBelow + weightAt || above === to) return pivot;
    else { wanted -= weightBelow + weightAt; from = above; }
  }
  return count > 0 ? values[from]! : NaN;
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
