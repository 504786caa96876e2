import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demandTotal } from './demand-total.ts';
import { fallbackForecast } from './fallback.ts';
import { transfersOf, worthOf, worthOfNext, type TransferPlace } from './transfers.ts';

/** A place where `rate` a day are wanted in the ten days until it is supplied again. */
const place = (locationId: number, available: number, rate: number | null, rest: Partial<TransferPlace> = {}): TransferPlace => ({
  locationId, available, incoming: 0, demand: rate === null ? null : demandTotal(fallbackForecast(Math.round(rate * 28), 10), 10), margin: 1_000, keeps: 0, gives: true, takes: true, ...rest,
});
const places = (most: number, units: number) => fc.array(fc.record({
  available: fc.integer({ min: 0, max: units }), incoming: fc.integer({ min: 0, max: 3 }), rate: fc.option(fc.double({ min: 0, max: 2, noNaN: true })), margin: fc.integer({ min: 1, max: 3_000 }),
  keeps: fc.integer({ min: 0, max: 2 }), gives: fc.boolean(), takes: fc.boolean(),
}), { minLength: 1, maxLength: most }).map((all) => all.map(({ rate, available, ...rest }, n) => place(n + 1, available, rate, rest)));

/** Units at each place afterwards. */
function after(all: readonly TransferPlace[], moves: ReturnType<typeof transfersOf>): number[] {
  const there = all.map((one) => one.available + one.incoming);
  for (const { from, to, quantity } of moves) { there[from - 1]! -= quantity; there[to - 1]! += quantity; }
  return there;
}
const total = (all: readonly TransferPlace[], there: readonly number[]): number => all.reduce((sum, one, n) => sum + worthOf(one, there[n]!), 0);

/** The best of all plans, every one of them looked at. */
function best(all: readonly TransferPlace[], cost: number): number {
  const start = all.map((one) => one.available + one.incoming), units = start.reduce((a, b) => a + b, 0), least = all.map((one, n) => start[n]! - (one.gives ? Math.max(0, one.available - one.keeps) : 0));
  let found = -Infinity;
  const put = (n: number, left: number, there: number[]): void => {
    if (n === all.length) {
      if (left === 0) found = Math.max(found, total(all, there) - cost * there.reduce((sum, x, k) => sum + Math.max(0, x - start[k]!), 0));
      return;
    }
    for (let x = least[n]!; x <= (all[n]!.takes ? left : Math.min(left, start[n]!)); x++) put(n + 1, left - x, [...there, x]);
  };
  put(0, units, []);
  return found;
}

describe('transfers', () => {
  it('moves what stands idle to where it is short, and stops where moving costs more than it earns', () => {
    const all = [place(1, 40, 0.2), place(2, 0, 1)];
    const [move] = transfersOf(all, 50);
    expect(move).toMatchObject({ from: 1, to: 2 });
    expect(move!.worth.lastThere - move!.worth.lastHere).toBeGreaterThan(50);
    const [from, to] = after(all, [move!]);
    expect(worthOfNext(all[1]!, to!) - worthOfNext(all[0]!, from! - 1)).toBeLessThanOrEqual(50);
    expect(transfersOf(all, 1_001)).toEqual([]);
  });

  it('serves the oversold first, keeps what is to be kept, and takes nothing from what is only on its way', () => {
    expect(transfersOf([place(1, 5, 0, { keeps: 4 }), place(2, -3, 0.5)], 1)).toMatchObject([{ quantity: 1, worth: { firstThere: 1_000 } }]);
    expect(transfersOf([place(1, 0, 0, { incoming: 9 }), place(2, 0, 1)], 1)).toEqual([]);
  });

  it('never takes more than may go, makes or loses no unit, and never lowers what the stock is worth', () => {
    fc.assert(fc.property(places(5, 25), fc.integer({ min: 0, max: 500 }), (all, cost) => {
      const moves = transfersOf(all, cost), there = after(all, moves), start = all.map((one) => one.available + one.incoming);
      expect(there.reduce((a, b) => a + b, 0)).toBe(start.reduce((a, b) => a + b, 0));
      for (const [n, one] of all.entries()) {
        const given = moves.reduce((sum, move) => sum + (move.from === one.locationId ? move.quantity : 0), 0), got = moves.reduce((sum, move) => sum + (move.to === one.locationId ? move.quantity : 0), 0);
        expect(given).toBeLessThanOrEqual(one.gives ? Math.max(0, one.available - one.keeps) : 0);
        if (!one.takes) expect(got).toBe(0);
        expect(Math.min(given, got)).toBe(0);
        expect(there[n]!).toBeGreaterThanOrEqual(Math.min(0, start[n]!));
      }
      const gain = moves.reduce((sum, move) => sum + move.gain, 0), moved = moves.reduce((sum, move) => sum + move.quantity, 0);
      expect(gain).toBeGreaterThanOrEqual(0);
      expect(total(all, there) - total(all, start) - cost * moved).toBeCloseTo(gain, 4);
    }), { numRuns: 300 });
  });

  it('is the best of all plans', () => {
    fc.assert(fc.property(places(3, 4), fc.integer({ min: 0, max: 400 }), (all, cost) => {
      const moves = transfersOf(all, cost), moved = moves.reduce((sum, move) => sum + move.quantity, 0);
      expect(total(all, after(all, moves)) - cost * moved).toBeCloseTo(best(all, cost), 4);
    }), { numRuns: 300 });
  });
});
