/** How long a position lasts. Day 0 is the first day of the forecast. */

/** Ten years: a longer cover is no number a planner can use. */
const FOR_EVER = 3650;

/**
 * Stock cover: days the position lasts at forecast rate, fractional. Past the horizon it goes on at the horizon's average rate;
 * `beyondHorizon` says so. Null when it lasts more than ten years, as it does without demand. Nothing there lasts 0 days.
 */
export function coverDays(position: number, mean: ArrayLike<number>): { days: number | null; beyondHorizon: boolean } {
  if (position <= 0) return { days: 0, beyondHorizon: false };
  let left = position, total = 0;
  for (let h = 0; h < mean.length; h++) {
    const wanted = mean[h]!;
    if (wanted > left) return { days: h + left / wanted, beyondHorizon: false };
    left -= wanted;
    total += wanted;
  }
  const days = mean.length + left / (total / mean.length);
  return { days: days <= FOR_EVER ? days : null, beyondHorizon: true };
}
