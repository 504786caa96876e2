/**
 * The lines whose choice the bound does not settle: ways through them are followed side by side, the most promising first, those left out that cannot beat
 * what is known (a beam search under the bound of several prices). What was left out for want of room says how much better an order there could still be.
 */
import { affordable, kept, leastOf, picked, ROUNDING, type Choices, type Pick } from './choices.ts';
import type { Priced } from './priced.ts';

/** Without the choices that the bound rules out: taking one, no order is worth more than `floor`. Null: no order at all is. */
export function unsettled(choices: Choices, { at, bound }: Priced, price: Float64Array, floor: number): Choices | null {
  const { start, worth, load } = choices, keep = new Uint8Array(choices.quantity.length), net = (c: number): number => { let value = worth[c]!; for (let r = 0; r < price.length; r++) value -= price[r]! * load[r]![c]!; return value; };
  for (let n = 0; n < at.length; n++) {
    const best = net(at[n]!);
    for (let c = start[n]!; c < start[n + 1]!; c++) if (bound - (best - net(c)) > floor) keep[c] = 1;
  }
  const left = kept(choices, keep);
  return left && affordable(left);
}

export interface Followed {
  /** Better than what was known, or null. */
  pick: Pick | null;
  /** No order among those followed or left out is worth more than this or what was known. */
  left: number;
  looked: number;
}

/** `known`: the best so far; `near`: ways that would better it by no more than this are not followed; `width`: ways kept from line to line. */
export function followed(choices: Choices, prices: readonly Float64Array[], known: number, near: number, width: number): Followed {
  const { start, worth, load, rows } = choices, lines = start.length - 1, m = rows.length;
  const least = rows.map((_, r) => leastOf(choices, r).least), spread = (n: number): number => {
    let most = 0;
    for (let r = 0; r < m; r++) for (let c = start[n]! + 1; c < start[n + 1]!; c++) most = Math.max(most, Math.abs(load[r]![c]! - load[r]![c - 1]!) / Math.max(1, Math.abs(rows[r]!.limit)));
    return most;
  };
  // Large lumps first: small ones fill what they leave.
  const open = Array.from({ length: lines }, (_, n) => n).filter((n) => start[n + 1]! - start[n]! > 1), spreads = new Map(open.map((n) => [n, spread(n)])), order = open.sort((a, b) => spreads.get(b)! - spreads.get(a)! || a - b);
  const settled = Int32Array.from({ length: lines }, (_, n) => start[n]!), base = new Float64Array(m);
  let fixed = 0;
  for (let n = 0; n < lines; n++) if (!spreads.has(n)) { fixed += worth[start[n]!]!; for (let r = 0; r < m; r++) base[r]! += load[r]![start[n]!]!; }
  // What the lines still to come can bring under each set of prices, and the least they take.
  const steps = order.length, ahead = prices.map(() => new Float64Array(steps + 1)), needed = rows.map(() => new Float64Array(steps + 1)), net = prices.map((price) => worth.map((one, c) => { let value = one; for (let r = 0; r < m; r++) value -= price[r]! * load[r]![c]!; return value; }));
  for (let s = steps - 1; s >= 0; s--) {
    const n = order[s]!;
    prices.forEach((_, p) => { let best = -Infinity; for (let c = start[n]!; c < start[n + 1]!; c++) if (net[p]![c]! > best) best = net[p]![c]!; ahead[p]![s] = ahead[p]![s + 1]! + best; });
    for (let r = 0; r < m; r++) needed[r]![s] = needed[r]![s + 1]! + least[r]![n]!;
  }
  const none = rows.some((row, r) => base[r]! + needed[r]![0]! > row.limit + ROUNDING);
  let ways: Way[] = none ? [] : [{ worth: fixed, load: base, hope: Infinity, choice: -1, before: null }], left = known + near, looked = 0;
  for (let s = 0; s < steps && ways.length > 0; s++) {
    const next: Way[] = [], n = order[s]!;
    for (const before of ways) for (let c = start[n]!; c < start[n + 1]!; c++) {
      looked++;
      let over = false;
      for (let r = 0; r < m && !over; r++) over = before.load[r]! + load[r]![c]! + needed[r]![s + 1]! > rows[r]!.limit + ROUNDING;
      if (over) continue;
      const sum = before.worth + worth[c]!;
      let hope = Infinity;
      for (let p = 0; p < prices.length && hope > known + near; p++) {
        let value = sum + ahead[p]![s + 1]!;
        for (let r = 0; r < m; r++) value += prices[p]![r]! * (rows[r]!.limit - before.load[r]! - load[r]![c]!);
        if (value < hope) hope = value;
      }
      if (hope <= known + near) continue;
      next.push({ worth: sum, load: before.load.map((one, r) => one + load[r]![c]!), hope, choice: c, before });
    }
    const best = m === 1 ? undominated(next) : next;
    if (best.length > width) {
      best.sort((a, b) => b.hope - a.hope || b.worth - a.worth);
      ways = m === 1 ? best.slice(0, width) : apart(best, width, m);
      const taken = new Set(ways);
      left = Math.max(left, best.find((way) => !taken.has(way))?.hope ?? 0);
    } else ways = best;
  }
  let end = ways.reduce<Way | null>((best, way) => (way.worth > known && (best === null || way.worth > best.worth) ? way : best), null);
  if (end === null) return { pick: null, left, looked };
  for (let s = steps - 1; s >= 0; s--) { settled[order[s]!] = end!.choice; end = end!.before; }
  return { pick: picked(choices, settled), left, looked };
}

interface Way { worth: number; load: Float64Array; hope: number; choice: number; before: Way | null }

/** One row: of two ways the one that takes more is worth more, or it is left out. */
function undominated(ways: Way[]): Way[] {
  ways.sort((a, b) => a.load[0]! - b.load[0]! || b.worth - a.worth);
  let worth = -Infinity;
  return ways.filter((way) => { const better = way.worth > worth; if (better) worth = way.worth; return better; });
}

/** Several rows: of the ways that take about as much of each, the most promising; then others as far as there is room. */
function apart(ways: readonly Way[], width: number, m: number): Way[] {
  const low = new Float64Array(m).fill(Infinity), high = new Float64Array(m).fill(-Infinity), cells = Math.max(2, Math.floor(width ** (1 / m)));
  for (const { load } of ways) for (let r = 0; r < m; r++) { low[r] = Math.min(low[r]!, load[r]!); high[r] = Math.max(high[r]!, load[r]!); }
  const met = new Set<number>(), first: Way[] = [], rest: Way[] = [];
  for (const way of ways) {
    let cell = 0;
    for (let r = 0; r < m; r++) cell = cell * (cells + 1) + Math.floor(((way.load[r]! - low[r]!) / Math.max(1e-9, high[r]! - low[r]!)) * cells);
    if (met.has(cell)) rest.push(way); else { met.add(cell); first.push(way); }
  }
  return first.length >= width ? first.slice(0, width) : [...first, ...rest.slice(0, width - first.length)];
}
