/**
 * What boosted trees of weeks and months learn from: past origins of the whole catalogue and periods ahead of them, described by what a series, its item, place and
 * category looked like at the origin, and by the time of year of the target.
 */
import { endOf, soldOrUsual, type Work } from './work.ts';

/** Periods that means are taken over, those whose mean is the level the trees correct, origins learned from, and the periods that count as lately. */
const RULES = {
  W: { spans: [1, 2, 4, 8, 13, 26, 52], level: [4, 8, 13, 26], origins: 156, lately: 4 },
  M: { spans: [1, 2, 3, 6, 12, 24], level: [3, 6, 12], origins: 36, lately: 3 },
} as const;
/** Periods ahead that are learned; what follows is corrected like the last of them. */
export const AHEAD = 13;
const MOST_ROWS = 40_000;
/** With fewer periods a series is not described. */
export const LEAST_HISTORY = 8;
/** Periods in which a row's weight halves. */
const HALF_LIFE = 100;
/** A period is seen. */
export const SEEN = 0.95;
/** Units added where a logarithm is taken. */
export const TRACE = 0.05;

export interface Row { work: Work; /** Periods known. */ t: number; ahead: number }

export interface Groups {
  /** Number of the period after the last one of the groups (`endOf`). */
  end: number;
  /** Running totals of the demand of an item, a place, a category and the catalogue, each series by the root of its mean; they all end at `end`. */
  groups: Record<string, Float64Array>;
}

/** A series' running totals, and those of its groups with the place of its first period in them. */
export interface View { total: Float64Array; groups: { total: Float64Array; shift: number }[] }

const groupsOf = ({ source: { item, location, category } }: Work): string[] => [`i ${item}`, `l ${location}`, `c ${category}`, '*'];

function runningTotal(values: Float64Array, length = values.length): Float64Array {
  const total = new Float64Array(length + 1);
  for (let t = 0; t < length; t++) total[t + 1] = total[t]! + values[t]!;
  return total;
}

export function learnGroups(works: readonly Work[]): Groups {
  const end = works.reduce((last, work) => Math.max(last, endOf(work)), -Infinity), length = works.reduce((most, work) => Math.max(most, work.n + end - endOf(work)), 0), groups: Groups['groups'] = {};
  for (const work of works) {
    const sold = soldOrUsual(work), from = length - (end - endOf(work)) - work.n;
    let units = 0;
    for (let t = work.first; t < work.n; t++) units += sold[t]!;
    if (!(units > 0)) continue;
    const weight = 1 / Math.sqrt(units / (work.n - work.first));
    for (const name of groupsOf(work)) {
      const sums = groups[name] ??= new Float64Array(length);
      for (let t = work.first; t < work.n; t++) sums[from + t]! += weight * sold[t]!;
    }
  }
  for (const [name, sums] of Object.entries(groups)) groups[name] = runningTotal(sums);
  return { end, groups };
}

export function viewOf(work: Work, { end, groups }: Groups): View {
  const total = runningTotal(soldOrUsual(work), work.n);
  return { total, groups: groupsOf(work).map((name) => { const sums = groups[name] ?? new Float64Array(1); return { total: sums, shift: sums.length - 1 - (end - endOf(work)) - work.n }; }) };
}

/** Mean of the periods from `from` up to `to`; NaN where none is there. */
function meanOf(total: Float64Array, from: number, to: number): number {
  const a = Math.max(0, from), b = Math.min(total.length - 1, to);
  return b > a ? (total[b]! - total[a]!) / (b - a) : NaN;
}

/** What the trees correct: the mean of a few plain means. */
function levelAt({ grain, first }: Work, { total }: View, t: number): number {
  let sum = 0, count = 0;
  for (const span of RULES[grain as 'W' | 'M'].level) { const mean = meanOf(total, Math.max(first, t - span), t); if (mean === mean) { sum += mean; count++; } }
  return count > 0 ? sum / count : 0;
}

/** Describes a row, putting one feature after the other. */
function describe({ work, t, ahead }: Row, view: View, level: number, put: (value: number) => void): void {
  const { first, grain, sold, rules: { year } } = work, { spans, lately } = RULES[grain as 'W' | 'M'], { total, groups } = view, trace = TRACE * level + 0.1;
  const ratio = (value: number): number => Math.log((value + trace) / (level + trace));
  put(Math.log(level + TRACE));
  put(ahead);
  put(Math.min(300, t - first));
  for (const span of spans) put(t - first >= span ? ratio(meanOf(total, t - span, t)) : NaN);
  for (let k = 1; k <= 3; k++) put(t - k >= first ? ratio(total[t - k + 1]! - total[t - k]!) : NaN);
  // The target's neighbourhood a year and two years before it, and the year-old past of now.
  const then = t + ahead - year;
  put(then - 2 >= first ? ratio(meanOf(total, then - 1, Math.min(t, then + 2))) : NaN);
  put(then - year - 2 >= first ? ratio(meanOf(total, then - year - 1, then - year + 2)) : NaN);
  put(t - year - lately >= first ? ratio(meanOf(total, t - year - lately, t - year)) : NaN);
  for (const { total: sums, shift } of groups) {
    const now = t + shift, target = then + shift, usual = meanOf(sums, now - year, now);
    put(usual > 0 ? Math.log((meanOf(sums, now - lately, now) + TRACE * usual) / usual) : NaN);
    const around = target >= 2 ? meanOf(sums, target - (year >> 1), Math.min(now, target + (year >> 1))) : NaN;
    put(around > 0 ? Math.log((meanOf(sums, target - 1, Math.min(now, target + 2)) + TRACE * around) / around) : NaN);
  }
  const phase = (2 * Math.PI * ((((endOf(work) - work.n + t + ahead) % year) + year) % year)) / year;
  put(Math.sin(phase));
  put(Math.cos(phase));
  const from = Math.max(first, t - (year >> 1)), mean = meanOf(total, from, t);
  let silent = 0, most = 0, squares = 0;
  for (let u = from; u < t; u++) { const y = sold[u]!; if (!(y > 0)) silent++; if (y > most) most = y; squares += (y - mean) * (y - mean); }
  put(silent / Math.max(1, t - from));
  put(ratio(most));
  let gap = 0;
  while (t - 1 - gap >= first && !(sold[t - 1 - gap]! > 0)) gap++;
  put(gap);
  put(Math.log((Math.sqrt(squares / Math.max(1, t - from)) + 0.1) / (mean + 0.1)));
}

/** Rows and their features, one array a feature, and the level of each that trees correct. */
export interface Table { rows: readonly Row[]; features: Float32Array[]; levels: Float64Array }

export function tableOf(rows: readonly Row[], views: ReadonlyMap<Work, View>): Table {
  const features: Float32Array[] = [], levels = new Float64Array(rows.length);
  rows.forEach((row, i) => {
    const view = views.get(row.work)!, level = levels[i] = levelAt(row.work, view, row.t);
    let f = 0;
    describe(row, view, level, (value) => { (features[f++] ??= new Float32Array(rows.length))[i] = value; });
  });
  return { rows, features, levels };
}

/** Origins and periods ahead that are over, thinned evenly to the most that are learned from. */
export function rowsOf(works: readonly Work[], ahead: number): Row[] {
  const rows: Row[] = [];
  let draw = 1;
  const count = works.reduce((sum, work) => sum + Math.max(0, Math.min(RULES[work.grain as 'W' | 'M'].origins, work.n - work.first - LEAST_HISTORY)), 0) * ahead, keep = Math.min(0.25, MOST_ROWS / Math.max(1, count));
  for (const work of works) {
    const { n, first, seen, stockedOut, grain } = work;
    for (let j = 1; j <= RULES[grain as 'W' | 'M'].origins && n - j - first >= LEAST_HISTORY; j++) {
      for (let h = 1; h <= Math.min(ahead, j); h++) {
        draw = (Math.imul(draw, 1_664_525) + 1_013_904_223) >>> 0;
        const target = n - j + h - 1;
        if (draw / 4_294_967_296 < keep && seen[target]! >= SEEN && !stockedOut?.[target]) rows.push({ work, t: n - j, ahead: h });
      }
    }
  }
  return rows;
}

/** What came of a row, and how much it counts. */
export const came = ({ work, t, ahead }: Row): number => work.sold[t + ahead - 1]!;
export const weightsOf = (rows: readonly Row[]): Float64Array => Float64Array.from(rows, ({ work, t }) => Math.pow(0.5, (work.n - t) / HALF_LIFE));
