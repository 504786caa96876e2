/** Lines of an order changed together, which one at a time cannot: what one gives up others take, so that a least and a limit that stand close are both kept. */
import { picked, ROUNDING, type Choices, type Pick } from './choices.ts';

/** Choices on either side of each line's own, and pairs of them looked at in all. */
export interface Reach { beside: number; most: number }

/**
 * Two lines changed together, which one at a time cannot: what the one gives up the other takes, so that a least and a limit that stand close are both kept. Each by up to `beside` choices, until
 * no two make it worth more or `most` pairs were looked at. An order that does not keep the rows is first brought to.
 */
export function exchanged(choices: Choices, from: Pick, { beside, most }: Reach): Pick & { looked: number } {
  const { start, worth, load, rows } = choices, m = rows.length, now = from.at.slice(), taken = from.load.slice(), open = [...now.keys()].filter((n) => start[n + 1]! - start[n]! > 1), weigh = rows.map((row) => 1 / Math.max(1, Math.abs(row.limit))), rest = new Float64Array(m);
  const about = (n: number): Int32Array => { const low = Math.max(start[n]!, now[n]! - beside), high = Math.min(start[n + 1]!, now[n]! + beside + 1); return Int32Array.from({ length: high - low }, (_, k) => low + k).sort((a, b) => worth[b]! - worth[a]! || a - b); };
  const near = new Map(open.map((n) => [n, about(n)])), overOf = (): number => { let sum = 0; for (let r = 0; r < m; r++) sum += Math.max(0, taken[r]! - rows[r]!.limit - ROUNDING) * weigh[r]!; return sum; };
  let over = overOf(), looked = 0;
  const changed = (a: number, b: number): boolean => {
    const others = near.get(b)!, top = worth[others[0]!]!;
    let best = worth[now[a]!]! + worth[now[b]!]! + 1e-6, c = -1, d = -1, least = over;
    for (const one of near.get(a)!) {
      if (least === 0 && worth[one]! + top <= best) break;
      for (let r = 0; r < m; r++) rest[r] = rows[r]!.limit + ROUNDING - taken[r]! + load[r]![now[a]!]! + load[r]![now[b]!]! - load[r]![one]!;
      for (const other of others) {
        looked++;
        const sum = worth[one]! + worth[other]!;
        if (least === 0 && sum <= best) break;
        let beyond = 0;
        for (let r = 0; r < m && beyond <= least; r++) { const more = load[r]![other]! - rest[r]!; if (more > 0) beyond += more * weigh[r]!; }
        if (beyond < least || (beyond === least && sum > best)) { least = beyond; best = sum; c = one; d = other; }
      }
    }
    if (c === -1) return false;
    for (let r = 0; r < m; r++) taken[r]! += load[r]![c]! - load[r]![now[a]!]! + load[r]![d]! - load[r]![now[b]!]!;
    now[a] = c; now[b] = d; over = overOf();
    near.set(a, about(a)); near.set(b, about(b));
    return true;
  };
  for (let better = true; better && looked < most;) {
    better = false;
    for (let i = 0; i < open.length && looked < most; i++) for (let j = i + 1; j < open.length && looked < most; j++) if (changed(open[i]!, open[j]!)) better = true;
  }
  return { ...picked(choices, now), looked };
}

/** A least and a limit of the same that stand closer than this share: an order then has to cost what it may. */
const NARROW = 0.001;

/** The rows of a limit and a least that leave next to nothing between them; null: none do. */
export function narrowOf({ rows }: Choices): { cap: number; floor: number } | null {
  for (const [cap, row] of rows.entries()) {
    const floor = rows.findIndex((other) => other.resource === row.resource && other.sign !== row.sign);
    if (row.sign === 1 && floor !== -1 && row.limit + rows[floor]!.limit <= NARROW * Math.abs(row.limit)) return { cap, floor };
  }
  return null;
}

/** Three lines changed together, where two seldom meet what is next to one amount: of two by choices beside their own, the third looked up by what it then has to take. As `exchanged` otherwise. */
export function exchangedByThree(choices: Choices, from: Pick, narrow: { cap: number; floor: number }, { beside, most }: Reach): Pick & { looked: number } {
  const { start, worth, load, rows } = choices, m = rows.length, now = from.at.slice(), taken = from.load.slice(), open = [...now.keys()].filter((n) => start[n + 1]! - start[n]! > 1), rest = new Float64Array(m), cost = load[narrow.cap]!;
  // What can be looked up: the choices of each line by what they take, and the most any is worth.
  const bySize = new Map(open.map((n) => [n, Int32Array.from({ length: start[n + 1]! - start[n]! }, (_, k) => start[n]! + k).sort((a, b) => cost[a]! - cost[b]! || a - b)])), top = new Map(open.map((n) => [n, bySize.get(n)!.reduce((high, c) => Math.max(high, worth[c]!), -Infinity)]));
  let keeps = rows.every((row, r) => taken[r]! <= row.limit + ROUNDING), sum = from.worth, looked = 0;
  const changed = (a: number, b: number, third: number): boolean => {
    const sizes = bySize.get(third)!, own = worth[now[a]!]! + worth[now[b]!]! + worth[now[third]!]!, high = top.get(third)!;
    let best = keeps ? own + 1e-6 : -Infinity, found: [number, number, number] | null = null;
    for (let c = Math.max(start[a]!, now[a]! - beside); c < Math.min(start[a + 1]!, now[a]! + beside + 1); c++) for (let d = Math.max(start[b]!, now[b]! - beside); d < Math.min(start[b + 1]!, now[b]! + beside + 1); d++) {
      looked++;
      const two = worth[c]! + worth[d]!;
      if (two + high <= best) continue;
      for (let r = 0; r < m; r++) rest[r] = rows[r]!.limit + ROUNDING - taken[r]! + load[r]![now[a]!]! + load[r]![now[b]!]! + load[r]![now[third]!]! - load[r]![c]! - load[r]![d]!;
      let low = 0, end = sizes.length;
      while (low < end) { const middle = (low + end) >> 1; if (cost[sizes[middle]!]! < -rest[narrow.floor]!) low = middle + 1; else end = middle; }
      for (; low < sizes.length && cost[sizes[low]!]! <= rest[narrow.cap]!; low++) {
        const e = sizes[low]!;
        if (two + worth[e]! <= best) continue;
        let fits = true;
        for (let r = 0; r < m && fits; r++) fits = load[r]![e]! <= rest[r]!;
        if (fits) { best = two + worth[e]!; found = [c, d, e]; }
      }
    }
    if (found === null) return false;
    for (const [n, c] of [[a, found[0]], [b, found[1]], [third, found[2]]] as const) { for (let r = 0; r < m; r++) taken[r]! += load[r]![c]! - load[r]![now[n]!]!; sum += worth[c]! - worth[now[n]!]!; now[n] = c; }
    keeps = true;
    return true;
  };
  // The line with most choices is looked up.
  const order = [...open].sort((a, b) => start[a + 1]! - start[a]! - (start[b + 1]! - start[b]!) || a - b);
  for (let better = true; better && looked < most;) {
    better = false;
    for (let i = 0; i < order.length; i++) for (let j = i + 1; j < order.length; j++) for (let k = j + 1; k < order.length && looked < most; k++) if (changed(order[i]!, order[j]!, order[k]!)) better = true;
  }
  return { ...picked(choices, now), looked };
}
