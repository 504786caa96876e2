/** Filling case by case: what the heap takes is what sorting all cases first takes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseByCase } from '../../src/domain/replenishment/fill.ts';
import { difference, fits, plus, share, total, type Bound } from '../../src/domain/replenishment/load.ts';
import { nextQuantity, worthOf, type SupplierLine } from '../../src/domain/replenishment/supplier-line.ts';
import { seeded } from '../../bench/random.ts';
import { drawLines } from '../helpers/order-lines.ts';

/** Every case that could be added, the best for its room first, each taken if it still fits and the one before it was. */
function sorted(lines: readonly SupplierLine[], from: readonly number[], room: Bound, keep: number): number[] {
  const now = [...from], worth = lines.map(worthOf);
  let load = total(lines, now), sum = now.reduce((all, quantity, n) => all + worth[n]!(quantity), 0);
  const steps = lines.flatMap((line, n) => {
    const found: { n: number; at: number; to: number; gain: number; rate: number }[] = [];
    let last = Infinity;
    for (let at = now[n]!, to = nextQuantity(line, at); to !== null; at = to, to = nextQuantity(line, at)) {
      const taken = share(difference(line, at, to), room), gain = worth[n]!(to) - worth[n]!(at);
      if (taken <= 0) break;
      found.push({ n, at, to, gain, rate: last = Math.min(last, gain / taken) });
    }
    return found;
  }).sort((a, b) => b.rate - a.rate || a.n - b.n || a.to - b.to);
  for (const { n, at, to, gain } of steps) {
    if (now[n] !== at || (gain < 0 && sum + gain < keep) || !fits(plus(load, difference(lines[n]!, at, to)), room)) continue;
    load = plus(load, difference(lines[n]!, at, to));
    now[n] = to;
    sum += gain;
  }
  return now;
}

describe('a container filled case by case', () => {
  it('takes the cases that sorting all of them first would, whatever the room', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), fc.boolean(), fc.double({ min: 0.2, max: 3, noNaN: true }), fc.option(fc.double({ min: 0.2, max: 3, noNaN: true })), fc.boolean(), fc.constantFrom(0, 500, -2_000), (size, seed, large, volume, weight, empty, keep) => {
      const lines = drawLines(size, seeded(seed + 1), large), own = lines.map((line) => (empty ? 0 : line.quantity)), load = total(lines, lines.map((line) => line.quantity));
      const room: Bound = { volumeCm3: Math.round(load.volumeCm3 * volume), ...(weight === null ? {} : { weightG: Math.round(load.weightG * weight) }) };
      expect(caseByCase(lines, lines.map(worthOf), own, room, keep)).toEqual(sorted(lines, own, room, keep));
    }), { numRuns: 300 });
  });
});
