/**
 * The most valuable quantities under caps, or reaching a least: line by line, the best order found for every amount of what is scarce (dynamic programming
 * over a grid of amounts, each cell keeping its best; the amounts themselves stay exact, so nothing that does not fit passes). Exact but for what shares a cell.
 */
import type { Units } from '../quantity.ts';
import { difference, fits, loadOf, missing, NOTHING, plus, RESOURCES, share, total, type Bound, type Load } from './load.ts';
import { choicesOf, nextQuantity, previousQuantity, type SupplierLine } from './supplier-line.ts';

export type Worth = readonly ((quantity: Units) => number)[];
interface Partway { load: Load; worth: number; quantity: Units; before: Partway | null }

/** Cases added one by one at most. */
const MOST_STEPS = 5_000;
/** Cells × lines, so that short orders are looked at more finely, and quantities of a line looked at: cases are added or taken back one by one afterwards. */
const CELLS_OF_ALL = 60_000, MOST_CELLS = 12_000, CHOICES = 64;

/** `least` quantities are kept at least, `most` at most. Null where the bounds cannot be kept. Either `cap` or `floor` is bound. */
export function bestWithin(lines: readonly SupplierLine[], worth: Worth, least: readonly Units[], most: readonly Units[], cap: Bound, floor: Bound): Units[] | null {
  const bound = { ...cap, ...floor }, counted = RESOURCES.filter((each) => bound[each] !== undefined), perAxis = Math.max(2, Math.floor(Math.min(MOST_CELLS, CELLS_OF_ALL / Math.max(1, lines.length)) ** (1 / Math.max(1, counted.length))));
  const choices = lines.map((line, n) => choicesOf(line, least[n]!, most[n]!, CHOICES));
  const cell = (load: Load): number => counted.reduce((key, each) => key * (perAxis + 1) + Math.min(perAxis, Math.floor((load[each] / Math.max(1, bound[each]!)) * perAxis)), 0);
  let ways = new Map<number, Partway>([[0, { load: NOTHING, worth: 0, quantity: 0, before: null }]]);
  for (const [n, line] of lines.entries()) {
    const next = new Map<number, Partway>(), loads = choices[n]!.map((quantity) => loadOf(line, quantity)), worths = choices[n]!.map(worth[n]!);
    for (const before of ways.values()) for (let k = 0; k < loads.length; k++) {
      const load = plus(before.load, loads[k]!), sum = before.worth + worths[k]!;
      if (!fits(load, cap)) continue;
      const key = cell(load), known = next.get(key);
      if (known === undefined || sum > known.worth) next.set(key, { load, worth: sum, quantity: choices[n]![k]!, before });
    }
    ways = next;
  }
  let best: Partway | null = null;
  for (const way of ways.values()) if (missing(way.load, floor) <= 0 && (best === null || way.worth > best.worth)) best = way;
  if (best === null) return null;
  const found = new Array<Units>(lines.length);
  for (let n = lines.length - 1; n >= 0; n--) { found[n] = best!.quantity; best = best!.before; }
  return found;
}

/** Case by case, what still fits and is worth something; with `always`, whatever fits and takes room, the best first. */
export function topped(lines: readonly SupplierLine[], worth: Worth, from: readonly Units[], most: readonly Units[], cap: Bound, always = false): Units[] {
  const now = [...from], load = { ...total(lines, now) };
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    let best = -1, bestRate = always ? -Infinity : 0, to = 0;
    for (const [n, line] of lines.entries()) {
      const next = nextQuantity(line, now[n]!);
      if (next === null || next > most[n]!) continue;
      const gain = worth[n]!(next) - worth[n]!(now[n]!);
      if (gain <= 0 && !always) continue;
      const change = difference(line, now[n]!, next), taken = share(change, cap);
      if ((always && taken <= 0) || !fits(plus(load, change), cap)) continue;
      const rate = gain / Math.max(1e-12, taken);
      if (rate > bestRate) { best = n; bestRate = rate; to = next; }
    }
    if (best < 0) return now;
    Object.assign(load, plus(load, difference(lines[best]!, now[best]!, to)));
    now[best] = to;
  }
  return now;
}

/** Adds what loses least for each unit of what is missing; null where the floor is out of reach. */
export function reaching(lines: readonly SupplierLine[], worth: Worth, from: readonly Units[], floor: Bound): Units[] | null {
  const now = [...from], load = { ...total(lines, now) };
  while (missing(load, floor) > 0) {
    let best = -1, bestRate = -Infinity, to = 0;
    for (const [n, line] of lines.entries()) {
      const next = nextQuantity(line, now[n]!);
      if (next === null) continue;
      const progress = missing(load, floor) - missing(plus(load, difference(line, now[n]!, next)), floor);
      const rate = (worth[n]!(next) - worth[n]!(now[n]!)) / progress;
      if (progress > 0 && rate > bestRate) { best = n; bestRate = rate; to = next; }
    }
    if (best < 0) return null;
    Object.assign(load, plus(load, difference(lines[best]!, now[best]!, to)));
    now[best] = to;
  }
  return now;
}

/** Takes back, case by case, the worst of what the floor does not need; never below `least`. */
export function trimmed(lines: readonly SupplierLine[], worth: Worth, given: readonly Units[], least: readonly Units[], floor: Bound): Units[] {
  const now = [...given], load = { ...total(lines, now) };
  for (;;) {
    let best = -1, bestGain = 1e-9, to = 0;
    for (const [n, line] of lines.entries()) {
      const less = previousQuantity(line, now[n]!), gain = less < least[n]! || less === now[n] ? 0 : worth[n]!(less) - worth[n]!(now[n]!);
      if (gain > bestGain && missing(plus(load, difference(line, now[n]!, less)), floor) <= 0) { best = n; bestGain = gain; to = less; }
    }
    if (best < 0) return now;
    Object.assign(load, plus(load, difference(lines[best]!, now[best]!, to)));
    now[best] = to;
  }
}
