import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineOf } from '../../../test/helpers/order-lines.ts';
import { branched } from './branch.ts';
import { affordable, choicesIn, picked, rowsOf, within, type Choices, type Pick } from './choices.ts';
import { exchanged, exchangedByThree, narrowOf } from './exchange.ts';
import { total } from './load.ts';
import { mixtureOf } from './mixture.ts';
import { priced } from './priced.ts';
import { choicesOf, worthOf } from './supplier-line.ts';

/** Up to four lines of a few cases each, under limits and above leasts that stand close to them, so that many have no order at all. */
const few = fc.record({
  lines: fc.array(fc.record({
    mean: fc.double({ min: 2, max: 50, noNaN: true }), spread: fc.double({ min: 1, max: 4, noNaN: true }), position: fc.integer({ min: -3, max: 10 }), casePack: fc.constantFrom(6, 12, 24), moq: fc.constantFrom(0, 24), unitCost: fc.integer({ min: 100, max: 5_000 }),
    margin: fc.double({ min: 0.2, max: 1.5, noNaN: true }), ratio: fc.double({ min: 0.8, max: 0.97, noNaN: true }), volume: fc.integer({ min: 100, max: 20_000 }), weight: fc.integer({ min: 50, max: 8_000 }), breakAt: fc.integer({ min: 20, max: 60 }), off: fc.constantFrom(0, 0.03, 0.1),
  }), { minLength: 1, maxLength: 4 }), cost: fc.integer({ min: 20, max: 100 }), least: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constant(100)), room: fc.integer({ min: 20, max: 100 }),
}).map(({ lines: drawn, cost, least, room }): Choices | null => {
  const lines = drawn.map(lineOf), most = lines.map((line) => line.casePack * 6), all = total(lines, most), cap = { cost: Math.round((all.cost * cost) / 150), volumeCm3: Math.round((all.volumeCm3 * room) / 150), weightG: Math.round((all.weightG * room) / 150) };
  return affordable(choicesIn(rowsOf(cap, { cost: Math.round((cap.cost * least) / 100) }), lines, lines.map(worthOf), (n) => choicesOf(lines[n]!, 0, most[n]!, 20)));
}).filter((made) => made !== null);

/** The best of all there are; null: none keeps the rows. */
function best(choices: Choices): number | null {
  let most: number | null = null;
  const each = (n: number, at: number[]): void => {
    if (n === choices.start.length - 1) { const pick = picked(choices, Int32Array.from(at)); if (within(choices.rows, pick.load)) most = Math.max(most ?? -Infinity, pick.worth); return; }
    for (let c = choices.start[n]!; c < choices.start[n + 1]!; c++) each(n + 1, [...at, c]);
  };
  each(0, []);
  return most;
}

describe('what prices leave open', () => {
  it('a mixture keeps the rows and is worth its bound, which no order passes; there is none only where no order keeps them', () => fc.assert(fc.property(few, (choices) => {
    const found: Pick[] = [], mixture = mixtureOf(choices, (fits) => found.push(fits)), most = best(choices);
    for (const fits of found) expect(within(choices.rows, fits.load)).toBe(true);
    if (mixture === null) { expect(most).toBeNull(); return; }
    if (most !== null) expect(mixture.bound).toBeGreaterThanOrEqual(most - 1e-6 * Math.abs(most));
    const parts = mixture.parts.reduce((sum, one) => sum + one.part, 0), worth = mixture.parts.reduce((sum, one) => sum + one.part * one.pick.worth, 0);
    expect(parts).toBeCloseTo(1, 6);
    choices.rows.forEach((row, r) => expect(mixture.parts.reduce((sum, one) => sum + one.part * one.pick.load[r]!, 0)).toBeLessThanOrEqual(row.limit + 1e-5 * Math.max(1, Math.abs(row.limit))));
    expect(Math.abs(mixture.bound - worth)).toBeLessThanOrEqual(1e-4 * Math.max(1, Math.abs(mixture.bound)));
    expect(priced(choices, mixture.price).bound).toBeCloseTo(mixture.bound, 3);
  }), { numRuns: 300 }));

  it('split, it is the best of all there are within what was asked, or there is none', () => fc.assert(fc.property(few, (choices) => {
    const { pick, bound } = branched(choices, null, 0.0005), most = best(choices);
    if (most === null) { expect(pick).toBeNull(); return; }
    expect(within(choices.rows, pick!.load)).toBe(true);
    expect(pick!.worth).toBeLessThanOrEqual(most + 1e-6);
    expect(pick!.worth).toBeGreaterThanOrEqual(most - 0.00051 * Math.abs(most) - 1e-6);
    expect(bound).toBeGreaterThanOrEqual(most - 1e-6 * Math.abs(most));
  }), { numRuns: 80 }));

  it('two lines changed together, or three, are worth no less and keep what was kept', () => fc.assert(fc.property(few, fc.array(fc.nat(20), { minLength: 4, maxLength: 4 }), (choices, some) => {
    const at = Int32Array.from({ length: choices.start.length - 1 }, (_, n) => choices.start[n]! + (some[n]! % (choices.start[n + 1]! - choices.start[n]!))), from = picked(choices, at), narrow = narrowOf(choices), reach = { beside: Infinity, most: 10_000 };
    const twice = exchanged(choices, from, reach), thrice = narrow && exchangedByThree(choices, from, narrow, reach);
    if (within(choices.rows, from.load)) for (const to of [twice, thrice ?? from]) {
      expect(within(choices.rows, to.load)).toBe(true);
      expect(to.worth).toBeGreaterThanOrEqual(from.worth);
    }
    // Of three lines that can be looked at whole it is the best there is.
    if (thrice !== null && choices.start.length === 4 && [0, 1, 2].every((n) => choices.start[n + 1]! - choices.start[n]! > 1)) { const most = best(choices); if (most !== null) expect(thrice.worth).toBeCloseTo(most, 3); }
  }), { numRuns: 300 }));
});
