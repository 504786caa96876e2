/**
 * Features as small whole numbers. Bin 0 is a missing value (NaN); bin b ≥ 1 holds the values above cut b − 2 and up to cut b − 1, so that
 * any value, seen or not, has a bin: below the first cut the first, above the last the last.
 */
import { assert } from '../../assert.ts';
import { roll, type Dice } from './dice.ts';

/** Column by column; every column has `rows` values, NaN where the value is missing. */
export interface FeatureTable { rows: number; features: readonly Float32Array[] }

export interface Bins {
  /** Upper bounds of all bins of each feature but its last, ascending. */
  cuts: Float32Array[];
  /** Bin of each row, one column a feature. */
  columns: Uint8Array[];
}

/** Cut points are set by this many rows: a bin of a 255th is then off by an eighth of its size, which no tree notices. */
const SAMPLE = 2_000;

/** Bins every feature into at most `bins` (≤ 255) bins of about equally many rows. Throws AssertionError for columns of another length. */
export function binned({ rows, features }: FeatureTable, bins: number, dice: Dice): Bins {
  const places = sampledRows(rows, dice), sample = new Float32Array(places.length);
  const all = new Uint8Array(rows * features.length), padded = new Float32Array(256);
  const cuts: Float32Array[] = [], columns: Uint8Array[] = [];
  features.forEach((values, f) => {
    assert(values.length === rows, `feature ${f} has ${values.length} values for ${rows} rows`);
    let known = 0;
    for (let i = 0; i < places.length; i++) {
      const value = values[places[i]!]!;
      if (value === value) sample[known++] = value;
    }
    const column = all.subarray(f * rows, (f + 1) * rows);
    cuts.push(cutPoints(sample.subarray(0, known).sort(), bins));
    columns.push(column);
    padded.fill(Infinity).set(cuts[f]!);
    fill(values, padded, cuts[f]!.length, column);
  });
  return { cuts, columns };
}

/** One row from each of equal stretches, anywhere in it: a fixed step would always meet the same weekday of a panel. */
function sampledRows(rows: number, dice: Dice): Int32Array {
  const count = Math.min(rows, SAMPLE), places = new Int32Array(count);
  for (let i = 0; i < count; i++) places[i] = rows <= SAMPLE ? i : Math.floor(((i + roll(dice)) * rows) / count);
  return places;
}

/**
 * Between which values to cut an ascending sample into at most `bins` bins: everywhere where there are few values; otherwise bins of
 * about equal size, a value held by more rows than that having a bin of its own.
 */
function cutPoints(sample: Float32Array, bins: number): Float32Array {
  const count = sample.length, ends = new Int32Array(count), found = new Float32Array(bins - 1);
  let values = 0, cuts = 0, inBin = 0;
  for (let i = 1; i <= count; i++) if (i === count || sample[i] !== sample[i - 1]) ends[values++] = i;
  for (let v = 0; v < values - 1 && cuts < bins - 1; v++) {
    const end = ends[v]!, start = v > 0 ? ends[v - 1]! : 0;
    inBin += end - start;
    const size = (count - end + inBin) / (bins - cuts);
    if (values > bins && inBin < size && ends[v + 1]! - end < size) continue;
    found[cuts++] = between(sample[end - 1]!, sample[end]!);
    inBin = 0;
  }
  return found.slice(0, cuts);
}

/** A float32 c with low ≤ c < high, in the middle where there is one. */
function between(low: number, high: number): number {
  const middle = Math.fround(low / 2 + high / 2);
  return middle >= low && middle < high ? middle : low;
}

/**
 * Binary search for four rows at a time and without branches, which would be guessed wrong half the time: four times as fast. `cuts` are
 * followed by Infinity.
 */
function fill(values: Float32Array, cuts: Float32Array, count: number, column: Uint8Array): void {
  const last = values.length - 1;
  let first = 1;
  while (first <= count) first <<= 1;
  for (let i = 0; i <= last; i += 4) {
    const i1 = Math.min(i + 1, last), i2 = Math.min(i + 2, last), i3 = Math.min(i + 3, last);
    const x0 = values[i]!, x1 = values[i1]!, x2 = values[i2]!, x3 = values[i3]!;
    let b0 = 0, b1 = 0, b2 = 0, b3 = 0; // cuts known to lie below
    for (let step = first >> 1; step > 0; step >>= 1) {
      b0 += step * Number(cuts[b0 + step - 1]! < x0); b1 += step * Number(cuts[b1 + step - 1]! < x1);
      b2 += step * Number(cuts[b2 + step - 1]! < x2); b3 += step * Number(cuts[b3 + step - 1]! < x3);
    }
    column[i] = x0 === x0 ? b0 + 1 : 0; column[i1] = x1 === x1 ? b1 + 1 : 0;
    column[i2] = x2 === x2 ? b2 + 1 : 0; column[i3] = x3 === x3 ? b3 + 1 : 0;
  }
}
