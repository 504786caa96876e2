/** What can be ordered of each line, as columns of numbers: a quantity, what it is worth, and what it takes of each row, a row being a limit or a least. */
import type { Units } from '../quantity.ts';
import { RESOURCES, takenOf, type Bound, type Load } from './load.ts';
import type { SupplierLine } from './supplier-line.ts';

/** Sign × load ≤ limit: of a least the sign is −1. */
export interface Row { resource: keyof Load; sign: 1 | -1; limit: number }
export interface Choices {
  rows: readonly Row[];
  /** Choices of line n stand from start[n] up to start[n + 1]. */
  start: Int32Array;
  /** Where a choice stood before others were left out. */
  id: Int32Array;
  quantity: Float64Array;
  worth: Float64Array;
  /** By row: sign × load. */
  load: Float64Array[];
}

/** Above a limit by so little is rounding: money and units are whole, volumes and weights of a unit too. */
export const ROUNDING = 1e-6;

export function rowsOf(cap: Bound, floor: Bound): Row[] {
  return RESOURCES.flatMap((resource): Row[] => [
    ...(cap[resource] === undefined ? [] : [{ resource, sign: 1 as const, limit: cap[resource] }]), ...(floor[resource] === undefined ? [] : [{ resource, sign: -1 as const, limit: -floor[resource] }]),
  ]);
}

export function choicesIn(rows: readonly Row[], lines: readonly SupplierLine[], worth: readonly ((quantity: Units) => number)[], quantities: (n: number) => readonly Units[]): Choices {
  const all = lines.map((_, n) => quantities(n)), start = new Int32Array(lines.length + 1);
  for (let n = 0; n < all.length; n++) start[n + 1] = start[n]! + all[n]!.length;
  const count = start[all.length]!, made: Choices = { rows, start, id: new Int32Array(count), quantity: new Float64Array(count), worth: new Float64Array(count), load: rows.map(() => new Float64Array(count)) };
  for (let c = 0; c < count; c++) made.id[c] = c;
  for (let n = 0, c = 0; n < all.length; n++) {
    const own = all[n]!, line = lines[n]!, worthOf = worth[n]!;
    for (let k = 0; k < own.length; k++, c++) { made.quantity[c] = own[k]!; made.worth[c] = worthOf(own[k]!); }
    for (let r = 0; r < rows.length; r++) {
      const { sign, resource } = rows[r]!, column = made.load[r]!;
      for (let k = 0, at = c - own.length; k < own.length; k++, at++) column[at] = sign * takenOf(line, own[k]!, resource);
    }
  }
  return made;
}

/** The choices kept; a line that keeps none makes it null. */
export function kept(choices: Choices, keep: Uint8Array): Choices | null {
  const { start } = choices, from: number[] = [], next = new Int32Array(start.length);
  for (let n = 0; n + 1 < start.length; n++) {
    for (let c = start[n]!; c < start[n + 1]!; c++) if (keep[c] === 1) from.push(c);
    next[n + 1] = from.length;
    if (next[n + 1] === next[n]) return null;
  }
  const column = (of: Float64Array): Float64Array => { const made = new Float64Array(from.length); for (let k = 0; k < from.length; k++) made[k] = of[from[k]!]!; return made; };
  const ids = new Int32Array(from.length);
  for (let k = 0; k < from.length; k++) ids[k] = choices.id[from[k]!]!;
  return { rows: choices.rows, start: next, id: ids, quantity: column(choices.quantity), worth: column(choices.worth), load: choices.load.map(column) };
}

/** Without what does not fit even when every other line takes the least there is of it; null: nothing fits. */
export function affordable(choices: Choices): Choices | null {
  const { start, load, rows } = choices, keep = new Uint8Array(choices.quantity.length).fill(1);
  for (let r = 0; r < rows.length; r++) {
    const { least, sum } = leastOf(choices, r), room = rows[r]!.limit - sum + ROUNDING;
    if (room < 0) return null;
    for (let n = 0; n < least.length; n++) for (let c = start[n]!; c < start[n + 1]!; c++) if (load[r]![c]! - least[n]! > room) keep[c] = 0;
  }
  return keep.includes(0) ? kept(choices, keep) : choices;
}

/** The least each line takes of a row, and the sum. */
export function leastOf({ start, load }: Choices, r: number): { least: Float64Array; sum: number } {
  const least = new Float64Array(start.length - 1).fill(Infinity);
  for (let n = 0; n < least.length; n++) for (let c = start[n]!; c < start[n + 1]!; c++) if (load[r]![c]! < least[n]!) least[n] = load[r]![c]!;
  return { least, sum: least.reduce((sum, one) => sum + one, 0) };
}

/** One choice of each line, by its place in the columns. */
export interface Pick { at: Int32Array; worth: number; load: Float64Array }
export function picked(choices: Choices, at: Int32Array): Pick {
  const load = new Float64Array(choices.rows.length);
  let worth = 0;
  for (let n = 0; n < at.length; n++) worth += choices.worth[at[n]!]!;
  for (let r = 0; r < load.length; r++) {
    const column = choices.load[r]!;
    let sum = 0;
    for (let n = 0; n < at.length; n++) sum += column[at[n]!]!;
    load[r] = sum;
  }
  return { at, worth, load };
}

export function within(rows: readonly Row[], load: Float64Array): boolean {
  return rows.every((row, r) => load[r]! <= row.limit + ROUNDING);
}
